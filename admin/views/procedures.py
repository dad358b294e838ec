"""Procedures, their revisions and drawings, and what was imported: all of it made elsewhere, read here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_admin.actions import action

from admin.commands import Command, Field
from admin.views.base import IT_ADMIN, Facet, OfficeView, language, lazy, show_digest, two_languages
from engine.domain.texts import Text
from engine.store.rows import DefinitionRow, RevisionRow
from engine.store.work import Unit
from engine.usecases import oversight

APPROVER = oversight.APPROVER
STATES = {
    "DRAFT": Text("bản nháp", "draft"),
    "UNIT_REVIEW": Text("chờ đơn vị duyệt", "waits for the unit"),
    "PENDING_PROVINCE_APPROVAL": Text("chờ tỉnh duyệt", "waits for the province"),
    "APPROVED": Text("đã duyệt", "approved"),
    "PUBLISHED": Text("đã ban hành", "published"),
    "SUPERSEDED": Text("đã thay thế", "superseded"),
    "SUSPENDED": Text("tạm dừng", "suspended"),
    "ABOLISHED": Text("đã bãi bỏ", "abolished"),
}


def _suspend(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    oversight.suspend_revision(unit, int(key), values["reason"])
    return Text(
        "Đã tạm dừng: không nhận hồ sơ mới theo phiên bản này, hồ sơ đang giải quyết đi tiếp.",
        "Suspended: no new dossiers under this version; those under way go on.",
    )


class ProcedureView(OfficeView):
    about = Text(
        "Soạn và ban hành quy trình ở trang Quy trình.",
        "Procedures are written and published in the designer.",
    )
    column_list = ("key", "name_vi", "national_code", "field_vi", "set_code")
    column_details_list = ("key", "name_vi", "name_en", "national_code", "field_vi", "set_code")
    column_searchable_list = ("search_text",)
    folded_search = True
    column_default_sort = "key"
    column_formatters = {"name_vi": two_languages("name_vi", "name_en")}
    column_labels = {
        "key": lazy("Mã", "Key"),
        "name_vi": lazy("Tên thủ tục", "Procedure"),
        "name_en": lazy("Tên tiếng Anh", "Name in English"),
        "national_code": lazy("Mã quốc gia", "National code"),
        "field_vi": lazy("Lĩnh vực", "Field"),
        "set_code": lazy("Bộ quy trình chuẩn", "Standard set"),
        "search_text": lazy("Tên hoặc mã", "Name or code"),
    }


class RevisionView(OfficeView):
    roles = frozenset({IT_ADMIN, APPROVER})
    about = Text(
        "Lãnh đạo tỉnh duyệt quy trình có thể tạm dừng một phiên bản khi có sự cố.",
        "The province’s approver may suspend a version when something is wrong.",
    )
    column_list = ("procedure", "number", "state", "effective_from", "effective_to", "decision_no")
    column_details_list = (
        "procedure", "number", "state", "effective_from", "effective_to", "decision_no", "decision_date",
        "signer", "change_note", "review_note", "definition_hash", "participants", "created_at", "changed_at",
    )  # fmt: skip
    column_sortable_list = ("number", "state", "effective_from", "effective_to")
    column_default_sort = ("id", True)
    column_labels = {
        "procedure": lazy("Thủ tục", "Procedure"),
        "number": lazy("Phiên bản", "Version"),
        "state": lazy("Trạng thái", "State"),
        "effective_from": lazy("Từ ngày", "From"),
        "effective_to": lazy("Đến hết ngày", "Until"),
        "decision_no": lazy("Quyết định", "Decision"),
        "decision_date": lazy("Ngày ký", "Signed"),
        "signer": lazy("Người ký", "Signer"),
        "change_note": lazy("Thay đổi", "What changed"),
        "review_note": lazy("Ý kiến duyệt", "Review note"),
        "definition_hash": lazy("Mã bản vẽ", "Drawing"),
        "participants": lazy("Cơ quan tham gia", "Participants"),
        "created_at": lazy("Tạo lúc", "Created"),
        "changed_at": lazy("Sửa lúc", "Changed"),
    }
    column_formatters = {
        "state": lambda _v, _c, row, _n: STATES.get(row.state, Text(row.state)).say(language())
    }
    facets = (
        Facet(
            RevisionRow.state,
            Text("Trạng thái", "State"),
            lambda _session: [(code, text.say(language())) for code, text in STATES.items()],
        ),
    )
    commands = (
        Command(
            name="suspend",
            label=Text("Tạm dừng áp dụng", "Suspend"),
            explain=Text(
                "Không nhận hồ sơ mới theo phiên bản này; hồ sơ đang giải quyết đi tiếp.",
                "No new dossiers under this version; those under way go on.",
            ),
            tone="danger",
            role=APPROVER,
            run=_suspend,
            may=lambda row: row.state == "PUBLISHED",
            fields=(Field(name="reason", label=Text("Lý do", "Reason"), kind="long"),),
        ),
    )

    def title_of(self, model: RevisionRow) -> str:
        return f"{model.procedure} · {model.number}"

    def is_action_allowed(self, name: str) -> bool:
        return self._holds(APPROVER) and super().is_action_allowed(name)

    @action("resume", lazy("Áp dụng lại", "Resume"))
    def resume(self, ids: list[str]) -> None:
        done = Text("Đã áp dụng lại {count} phiên bản.", "{count} versions are in force again.")
        self.each(ids, oversight.resume_revision, done)


class DefinitionView(OfficeView):
    about = Text(
        "Bản vẽ được giữ theo mã nội dung và không bao giờ sửa.",
        "Drawings are kept by their content and never change.",
    )
    column_list = ("hash", "created_at")
    column_details_list = ("hash", "created_at")
    column_sortable_list = ("created_at",)
    column_default_sort = ("created_at", True)
    column_searchable_list = ("hash",)
    column_formatters = {"hash": show_digest}
    column_labels = {
        "hash": lazy("Mã nội dung (SHA-256)", "Content (SHA-256)"),
        "created_at": lazy("Lưu lúc", "Kept"),
    }

    def title_of(self, model: DefinitionRow) -> str:
        return model.hash[:12]


class SetImportView(OfficeView):
    about = Text(
        "Nhập lại đúng gói cũ thì không có gì thay đổi.", "The same package imported again changes nothing."
    )
    column_list = ("imported_at", "set_code", "set_version", "sha256")
    column_details_list = ("imported_at", "set_code", "set_version", "sha256", "result")
    column_sortable_list = ("imported_at",)
    column_default_sort = ("imported_at", True)
    column_formatters = {"sha256": show_digest}
    column_labels = {
        "imported_at": lazy("Nhập lúc", "Imported"),
        "set_code": lazy("Bộ quy trình", "Set"),
        "set_version": lazy("Phiên bản bộ", "Version"),
        "sha256": lazy("Mã gói (SHA-256)", "Package (SHA-256)"),
        "result": lazy("Kết quả", "Result"),
    }

    def title_of(self, model: Any) -> str:
        return f"{model.set_code} {model.set_version}"


class DraftVersionView(OfficeView):
    about = Text(
        "Mỗi lần lưu một bản nháp; khôi phục ở trang lịch sử của bản nháp.",
        "Every save of a draft; they are restored on the page of its history.",
    )
    column_list = ("revision_id", "version", "how", "author", "saved_at")
    column_details_list = ("revision_id", "version", "how", "note", "author", "saved_at", "definition_hash")
    column_default_sort = ("id", True)
    column_labels = {
        "revision_id": lazy("Bản nháp", "Draft"),
        "version": lazy("Lần lưu", "Save"),
        "how": lazy("Cách lưu", "How"),
        "note": lazy("Ghi chú", "Note"),
        "author": lazy("Người lưu", "By"),
        "saved_at": lazy("Lúc", "At"),
        "definition_hash": lazy("Bản vẽ", "Drawing"),
    }


class DraftCommentView(OfficeView):
    about = Text(
        "Ghi chú ở các bước của bản nháp; trả lời ở trang của phiên bản.",
        "Comments on steps of drafts; they are answered on the page of the version.",
    )
    column_list = ("revision_id", "step_name", "author", "written_at", "resolved_at")
    column_details_list = (
        "revision_id",
        "element",
        "step_name",
        "text",
        "author",
        "written_at",
        "resolved_at",
    )
    column_default_sort = ("id", True)
    column_labels = {
        "revision_id": lazy("Bản nháp", "Draft"),
        "element": lazy("Phần của sơ đồ", "Part of the diagram"),
        "step_name": lazy("Bước", "Step"),
        "text": lazy("Ghi chú", "Comment"),
        "author": lazy("Người ghi", "By"),
        "written_at": lazy("Lúc", "At"),
        "resolved_at": lazy("Xong lúc", "Resolved at"),
    }


class DraftCopyView(OfficeView):
    about = Text(
        "Bản sao mà người soạn thứ hai đang làm.",
        "Copies that a second author works on.",
    )
    column_list = ("revision_id", "user", "made_at", "changed_at", "ended")
    column_default_sort = ("id", True)
    column_labels = {
        "revision_id": lazy("Bản nháp", "Draft"),
        "user": lazy("Người soạn", "Author"),
        "made_at": lazy("Lấy lúc", "Taken at"),
        "changed_at": lazy("Sửa lần cuối", "Last changed"),
        "ended": lazy("Kết thúc", "Ended"),
    }
