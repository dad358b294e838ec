"""What is refused about papers: templates, facts, sizes."""

from __future__ import annotations

from engine.errors import Invalid, NotFound, Refused


class TemplateRefused(Invalid):
    """A template uses something that the language of templates does not have."""

    code = "template_refused"
    vi = "Mẫu văn bản không dùng được, dòng {line}: {why}. Xem docs/reference/documents.md."
    en = "The template cannot be used, line {line}: {why_en}. See docs/reference/documents.md."


class FactUnknown(Invalid):
    """A template asks for a value that this form does not have."""

    code = "document_fact_unknown"
    vi = "Mẫu {form} hỏi giá trị “{name}” nhưng văn bản này không có; sửa mẫu hoặc dùng |default."
    en = "Form {form} asks for “{name}”, which this paper does not have; correct it or use |default."


class DocumentTooLong(Refused):
    """What a template makes of the facts is longer than a paper may be."""

    code = "document_too_long"
    vi = "Văn bản theo mẫu {form} quá dài (trên {most} ký tự); hãy chọn thời gian ngắn hơn hoặc sửa mẫu."
    en = "The paper by form {form} is too long (over {most} characters); choose less time or mend it."


class NoTemplate(NotFound):
    """No template of this form holds on the day."""

    code = "no_template"
    vi = "Chưa có mẫu {form} nào có hiệu lực ngày {day}."
    en = "No template of form {form} holds on {day}."


class PdfMissing(Refused):
    """The libraries that make PDF are not on this machine."""

    code = "pdf_missing"
    vi = "Máy chủ chưa tạo được PDF: {why}. Hãy in từ trình duyệt; cán bộ CNTT chạy motcua doctor."
    en = "This server cannot make PDF: {why}. Print from the browser; IT staff run motcua doctor."


class WordTemplateRefused(Invalid):
    """A file is no .docx that may be filled; the reason names the part."""

    code = "word_template_refused"
    vi = "Không dùng được tệp “{name}” làm mẫu Word: {why}. Hãy sửa rồi gửi lại; chưa có gì được ghi."
    en = "The file “{name}” cannot be a Word template: {why_en}. Mend it and send it again."


class WordNotMade(Refused):
    """Filling a template took too long or too much memory, or Word could not read what came of it."""

    code = "word_not_made"
    vi = "Chưa lập được tệp Word theo mẫu này: {why}. Hãy in mẫu chung, và báo người soạn mẫu."
    en = "No Word file could be made by this template: {why_en}. Print the common form, and tell its author."


class PageTemplateRefused(Invalid):
    """A page that would be a template has something that loads or runs."""

    code = "page_template_refused"
    vi = "Không dùng được tệp “{name}” làm mẫu, dòng {line}: {why}. Hãy sửa rồi gửi lại."
    en = "The file “{name}” cannot be a template, line {line}: {why_en}. Mend it and send it again."
