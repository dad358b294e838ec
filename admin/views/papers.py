"""Templates of papers with their dates, and the papers made of them. What papers say is not shown here."""

from __future__ import annotations

from admin.views.base import OfficeView, lazy
from engine.domain.texts import Text
from engine.store.document_rows import DocumentRow, TemplateRow


class TemplateView(OfficeView):
    about = Text(
        "Mẫu văn bản theo từng thời kỳ; mẫu mới không sửa mẫu cũ, chỉ thay từ ngày có hiệu lực.",
        "Templates with their dates; a new one never changes an old one, it takes over from its day on.",
    )
    column_list = ("form_code", "version_name", "unit_id", "effective_from", "effective_to", "shipped")
    column_details_list = (
        "form_code", "version_name", "unit_id", "kind", "effective_from", "effective_to", "shipped", "source",
        "note", "added_at", "hash", "content",
    )  # fmt: skip
    column_sortable_list = ("form_code", "effective_from")
    column_default_sort = ("effective_from", True)
    column_labels = {
        "form_code": lazy("Mẫu", "Form"),
        "version_name": lazy("Phiên bản", "Version"),
        "unit_id": lazy("Đơn vị số", "Unit number"),
        "kind": lazy("Loại", "Kind"),
        "effective_from": lazy("Từ ngày", "From"),
        "effective_to": lazy("Đến ngày", "To"),
        "shipped": lazy("Có sẵn", "Shipped"),
        "source": lazy("Căn cứ", "Source"),
        "note": lazy("Ghi chú", "Note"),
        "added_at": lazy("Thêm lúc", "Added"),
        "hash": lazy("Mã băm", "Hash"),
        "content": lazy("Nội dung", "Content"),
    }

    def title_of(self, model: TemplateRow) -> str:
        return str(model)


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
