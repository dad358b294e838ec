"""Studies of revisions and the register of legal documents: made in the designer, read here."""

from __future__ import annotations

from typing import Any

from admin.views.base import Facet, OfficeView, language, lazy
from engine.domain.texts import Text
from engine.store.study_rows import StudyRow

STATES = {
    "waiting": Text("đang tính", "under way"),
    "done": Text("xong", "done"),
    "failed": Text("không tính được", "failed"),
    "stopped": Text("đã dừng", "stopped"),
}
KINDS = {
    "impact": Text("tác động", "impact"),
    "what_if": Text("mô phỏng", "what if"),
}


class StudyView(OfficeView):
    about = Text(
        "Các lần tính tác động và mô phỏng của phiên bản; tính lại hoặc dừng ở trang của phiên bản.",
        "Studies of impact and simulations; they are begun and stopped on the page of the version.",
    )
    column_list = ("id", "kind", "revision_id", "state", "done", "total", "begun_at", "ended_at")
    column_details_list = (
        "kind", "revision_id", "base_id", "state", "done", "total", "attempts", "next_try_at", "error_vi",
        "error_en", "digest", "begun_at", "begun_by", "ended_at",
    )  # fmt: skip
    column_sortable_list = ("id", "begun_at", "ended_at")
    column_default_sort = ("id", True)
    column_labels = {
        "id": lazy("Lần tính", "Study"),
        "kind": lazy("Loại", "Kind"),
        "revision_id": lazy("Phiên bản", "Version"),
        "base_id": lazy("So với", "Compared with"),
        "state": lazy("Trạng thái", "State"),
        "done": lazy("Đã tính", "Done"),
        "total": lazy("Tất cả", "Of"),
        "attempts": lazy("Lần thử của phần đang tính", "Attempts of the part in hand"),
        "next_try_at": lazy("Tính tiếp lúc", "Goes on at"),
        "error_vi": lazy("Vì sao không tính được", "Why it failed"),
        "error_en": lazy("Tiếng Anh", "In English"),
        "digest": lazy("Mã nội dung đã tính", "Content studied"),
        "begun_at": lazy("Bắt đầu", "Begun"),
        "begun_by": lazy("Người bắt đầu", "By"),
        "ended_at": lazy("Xong lúc", "Ended"),
    }
    column_formatters = {
        "kind": lambda _v, _c, row, _n: KINDS.get(row.kind, Text(row.kind)).say(language()),
        "state": lambda _v, _c, row, _n: STATES.get(row.state, Text(row.state)).say(language()),
    }
    facets = (
        Facet(
            StudyRow.state,
            Text("Trạng thái", "State"),
            lambda _session: [(code, text.say(language())) for code, text in STATES.items()],
        ),
    )

    def title_of(self, model: Any) -> str:
        return f"{KINDS.get(model.kind, Text(model.kind)).say(language())} {model.id}"


class LegalDocumentView(OfficeView):
    about = Text(
        "Văn bản mà thời hạn, phí và các bước dựa vào; ghi và sửa ở trang Văn bản pháp luật của phần soạn.",
        "Documents that limits, fees and steps rest on; they are written on the designer’s page of law.",
    )
    column_list = ("number", "title", "issuer", "effective_from", "effective_to", "replaced_by", "verified")
    column_details_list = (
        "number", "title", "issuer", "signed_on", "effective_from", "effective_to", "replaced_by", "source",
        "verified", "changed_at", "changed_by",
    )  # fmt: skip
    column_searchable_list = ("number", "title")
    column_sortable_list = ("number", "effective_from", "effective_to")
    column_default_sort = "number"
    column_labels = {
        "number": lazy("Số", "Number"),
        "title": lazy("Tên", "Title"),
        "issuer": lazy("Nơi ban hành", "Issued by"),
        "signed_on": lazy("Ngày ký", "Signed"),
        "effective_from": lazy("Từ ngày", "From"),
        "effective_to": lazy("Đến hết ngày", "Until"),
        "replaced_by": lazy("Thay thế bởi", "Replaced by"),
        "source": lazy("Nguồn", "Source"),
        "verified": lazy("Đã đối chiếu", "Verified"),
        "changed_at": lazy("Sửa lúc", "Changed"),
        "changed_by": lazy("Người sửa", "By"),
    }

    def title_of(self, model: Any) -> str:
        return model.number
