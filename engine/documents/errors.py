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
