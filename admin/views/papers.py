"""Papers made, and the Word files of them. What they say is not shown here."""

from __future__ import annotations

from admin.views.base import OfficeView, lazy
from engine.domain.texts import Text
from engine.store.document_rows import DocumentRow
from engine.store.word_rows import WordFileRow


class DocumentView(OfficeView):
    about = Text(
        "Văn bản đã lập: số, mẫu, mã băm, số lần in. Nội dung xem ở trang hồ sơ.",
        "Papers made: number, form, hash, prints. What they say stands on the page of the dossier.",
    )
    column_list = ("made_at", "dossier", "form_code", "number_text", "prints")
    column_details_list = (
        "made_at", "dossier", "form_code", "title", "number_text", "book", "period", "prints", "sha256",
        "pdf_sha256", "pdf_size", "template",
    )  # fmt: skip
    column_sortable_list = ("made_at", "form_code")
    column_default_sort = ("made_at", True)
    column_labels = {
        "made_at": lazy("Lập lúc", "Made"),
        "dossier": lazy("Hồ sơ", "Dossier"),
        "form_code": lazy("Mẫu", "Form"),
        "title": lazy("Tên", "Title"),
        "number_text": lazy("Số", "Number"),
        "book": lazy("Sổ", "Book"),
        "period": lazy("Năm", "Year"),
        "prints": lazy("Số lần in", "Prints"),
        "sha256": lazy("Mã băm", "Hash"),
        "pdf_sha256": lazy("Mã băm PDF", "Hash of the PDF"),
        "pdf_size": lazy("Cỡ PDF (byte)", "Size of the PDF (bytes)"),
        "template": lazy("Lập theo mẫu", "By template"),
    }

    def title_of(self, model: DocumentRow) -> str:
        return str(model)


class WordFileView(OfficeView):
    about = Text(
        "Văn bản đã điền vào mẫu Word của đơn vị: theo mẫu nào, mã băm của tệp.",
        "Papers filled into an office's own Word template: by which one, and the hash of the file.",
    )
    column_list = ("made_at", "document", "template", "size")
    column_details_list = ("made_at", "document", "template", "size", "sha256")
    column_sortable_list = ("made_at",)
    column_default_sort = ("made_at", True)
    column_labels = {
        "made_at": lazy("Lập lúc", "Made"),
        "document": lazy("Văn bản", "Paper"),
        "template": lazy("Theo mẫu", "By template"),
        "size": lazy("Cỡ (byte)", "Size (bytes)"),
        "sha256": lazy("Mã băm", "Hash"),
    }

    def title_of(self, model: WordFileRow) -> str:
        return str(model.document)
