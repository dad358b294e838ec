"""Working together: saved views, acts on many, who follows what, comments, steps lent; and who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin.commands import Command, Field
from admin.views.base import Facet, OfficeView, language, lazy, two_languages
from engine.domain.texts import Text
from engine.store.duty_rows import LendingRuleRow, SigningFormRow
from engine.store.teamwork_rows import (
    BulkLineRow,
    BulkRow,
    CommentRow,
    DelegationRow,
    SavedViewRow,
    WatchRow,
)
from engine.store.work import Unit
from engine.usecases import bulk, views

REASON = Field(name="reason", label=Text("Lý do", "Reason"), kind="long")
BULK_STATES = {
    "prepared": Text("mới chọn", "chosen"),
    "queued": Text("chờ làm", "waiting"),
    "running": Text("đang làm", "at work"),
    "done": Text("xong", "done"),
    "dropped": Text("bỏ", "dropped"),
}
LOAN_ENDS = {
    "": Text("đang nhờ", "lent"),
    "returned": Text("đã trả", "given back"),
    "taken_back": Text("lấy lại", "taken back"),
    "done": Text("làm xong", "done"),
    "moved": Text("chuyển đi", "moved on"),
}
HOW = {
    "free": Text("được thay", "may be lent"),
    "decision": Text("cần văn bản", "only by decision"),
    "never": Text("không được thay", "never"),
}


def _remove_view(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    name = views.remove_view(unit, int(key), values["reason"])
    return Text(f"Đã xóa khung nhìn “{name}”.", f"The view “{name}” was deleted.")


def _stop_bulk(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    left = bulk.stop(unit, int(key), values["reason"])
    return Text(f"Đã dừng; {left} việc chưa làm được giữ nguyên.", f"Stopped; {left} steps were left alone.")


class SavedViewView(OfficeView):
    about = Text(
        "Câu hỏi mà cán bộ lưu cho danh sách việc. Xóa ở đây khi khung nhìn dùng chung không còn ai lo.",
        "Questions to the list of work that people kept. Delete one here when its owner is gone.",
    )
    column_list = ("name", "owner", "unit_id", "changed_at")
    column_details_list = ("name", "owner", "unit_id", "query", "changed_at")
    column_sortable_list = ("name", "changed_at")
    column_searchable_list = ("name",)
    column_default_sort = ("changed_at", True)
    column_labels = {
        "name": lazy("Tên", "Name"),
        "owner": lazy("Người lưu", "Owner"),
        "unit_id": lazy("Dùng chung ở đơn vị số", "Shared with unit number"),
        "query": lazy("Câu hỏi", "Question"),
        "changed_at": lazy("Lưu lúc", "Kept"),
    }
    commands = (
        Command(
            name="remove",
            label=Text("Xóa khung nhìn", "Delete"),
            explain=Text(
                "Ai đang mở đầu tiên bằng khung nhìn này thì mở như thường lệ.",
                "Whoever opens with it opens with the usual list.",
            ),
            run=_remove_view,
            tone="danger",
            fields=(REASON,),
        ),
    )

    def title_of(self, model: SavedViewRow) -> str:
        return model.name


class BulkView(OfficeView):
    about = Text(
        "Việc làm hàng loạt: ai làm gì với bao nhiêu bước, được bao nhiêu. Dừng ở đây khi chọn nhầm.",
        "Acts on many steps: who did what with how many, and how it went. Stop one here if it was a mistake.",
    )
    column_list = ("created_at", "user_id", "act", "state", "total", "done", "refused")
    column_details_list = (*column_list, "begun_at", "ended_at")
    column_sortable_list = ("created_at", "total", "refused")
    column_default_sort = ("created_at", True)
    column_formatters = {
        "state": lambda _v, _c, row, _n: BULK_STATES.get(row.state, Text(row.state)).say(language()),
    }
    column_labels = {
        "created_at": lazy("Chọn lúc", "Chosen"),
        "user_id": lazy("Tài khoản số", "Account number"),
        "act": lazy("Việc", "Act"),
        "state": lazy("Trạng thái", "Status"),
        "total": lazy("Số bước", "Steps"),
        "done": lazy("Đã làm", "Done"),
        "refused": lazy("Không làm được", "Refused"),
        "begun_at": lazy("Bắt đầu lúc", "Begun"),
        "ended_at": lazy("Xong lúc", "Ended"),
    }
    facets = (
        Facet(
            BulkRow.state,
            Text("Trạng thái", "Status"),
            lambda _session: [(code, text.say(language())) for code, text in BULK_STATES.items()],
        ),
    )
    commands = (
        Command(
            name="stop",
            label=Text("Dừng", "Stop"),
            explain=Text(
                "Bước đã làm vẫn giữ kết quả; bước chưa làm thì không làm nữa.",
                "What was done stays done; what waits is not done any more.",
            ),
            run=_stop_bulk,
            may=lambda row: row.state in ("queued", "running"),
            tone="danger",
            fields=(REASON,),
        ),
    )

    def title_of(self, model: BulkRow) -> str:
        return f"{model.act or '—'} {model.id}"


class BulkLineView(OfficeView):
    about = Text("Từng bước của việc hàng loạt.", "Each step of acts on many.")
    column_list = ("bulk_id", "work_item_id", "code", "step_vi", "state", "text_vi")
    column_details_list = column_list
    column_sortable_list = ("bulk_id", "work_item_id")
    column_searchable_list = ("code",)
    column_default_sort = ("id", True)
    column_formatters = {
        "step_vi": two_languages("step_vi", "step_en"),
        "text_vi": two_languages("text_vi", "text_en"),
    }
    column_labels = {
        "bulk_id": lazy("Lần làm hàng loạt", "Act number"),
        "work_item_id": lazy("Bước số", "Step number"),
        "code": lazy("Hồ sơ", "Dossier"),
        "step_vi": lazy("Bước", "Step"),
        "state": lazy("Trạng thái", "Status"),
        "text_vi": lazy("Kết quả", "What came of it"),
    }

    def title_of(self, model: BulkLineRow) -> str:
        return f"{model.bulk_id} / {model.work_item_id}"


class WatchView(OfficeView):
    about = Text("Ai theo dõi hồ sơ nào.", "Who follows which dossier.")
    can_view_details = False  # a line has two keys and says everything
    column_list = ("since", "user_id", "dossier", "seen_id", "told_id")
    column_sortable_list = ("since",)
    column_default_sort = ("since", True)
    column_labels = {
        "since": lazy("Từ lúc", "Since"),
        "user_id": lazy("Tài khoản số", "Account number"),
        "dossier": lazy("Hồ sơ", "Dossier"),
        "seen_id": lazy("Đã xem đến dòng", "Seen up to line"),
        "told_id": lazy("Đã báo đến dòng", "Told up to line"),
    }

    def title_of(self, model: WatchRow) -> str:
        return f"{model.user_id} / {model.dossier_id}"


class CommentView(OfficeView):
    about = Text(
        "Ai trao đổi ở hồ sơ nào, lúc nào. Lời nói không hiện ở đây vì có thể có tên người.",
        "Who said something on which dossier, and when. The words are not shown here: they may name people.",
    )
    column_list = ("at", "author", "dossier_id", "edited_at", "deleted_at")
    column_details_list = (*column_list, "mentions", "version")
    column_sortable_list = ("at", "edited_at", "deleted_at")
    column_default_sort = ("at", True)
    column_labels = {
        "at": lazy("Lúc", "At"),
        "author": lazy("Người viết", "Author"),
        "dossier_id": lazy("Hồ sơ số", "Dossier number"),
        "edited_at": lazy("Sửa lúc", "Edited"),
        "deleted_at": lazy("Xóa lúc", "Deleted"),
        "mentions": lazy("Nhắc tài khoản số", "Accounts mentioned"),
        "version": lazy("Lần ghi", "Version"),
    }

    def title_of(self, model: CommentRow) -> str:
        return f"{model.dossier_id} / {model.id}"


class DelegationView(OfficeView):
    about = Text("Bước việc nhờ đồng nghiệp làm rồi trả lại.", "Steps lent to a colleague for a while.")
    column_list = ("at", "work_item_id", "from_user_id", "to_user_id", "ended", "ended_at")
    column_details_list = column_list
    column_sortable_list = ("at", "ended_at")
    column_default_sort = ("at", True)
    column_formatters = {
        "ended": lambda _v, _c, row, _n: LOAN_ENDS.get(row.ended, Text(row.ended)).say(language()),
    }
    column_labels = {
        "at": lazy("Lúc", "At"),
        "work_item_id": lazy("Bước số", "Step number"),
        "from_user_id": lazy("Tài khoản nhờ", "Lent by account"),
        "to_user_id": lazy("Tài khoản làm", "Lent to account"),
        "ended": lazy("Trạng thái", "Status"),
        "ended_at": lazy("Kết thúc lúc", "Ended"),
    }

    def title_of(self, model: DelegationRow) -> str:
        return f"{model.work_item_id} / {model.id}"


class SubstitutionView(OfficeView):
    about = Text(
        "Ai thay ai, từ ngày nào đến ngày nào. Người có thẩm quyền lập và thu hồi ở trang Thay việc.",
        "Who stands in for whom and when. Made and taken back on the page of substitutions.",
    )
    column_list = ("giver", "taker", "unit", "roles", "starts_on", "ends_on", "form", "revoked_at")
    column_details_list = (
        *column_list, "procedures", "limits", "decision_no", "decision_on", "reason", "created_at",
        "revoke_reason",
    )  # fmt: skip
    column_sortable_list = ("starts_on", "ends_on", "revoked_at")
    column_default_sort = ("starts_on", True)
    column_labels = {
        "giver": lazy("Người nhờ", "Giver"),
        "taker": lazy("Người thay", "Substitute"),
        "unit": lazy("Đơn vị", "Unit"),
        "roles": lazy("Vai trò", "Roles"),
        "starts_on": lazy("Từ ngày", "From"),
        "ends_on": lazy("Đến ngày", "Until"),
        "form": lazy("Ký", "Signs as"),
        "revoked_at": lazy("Thu hồi lúc", "Taken back"),
        "procedures": lazy("Thủ tục", "Procedures"),
        "limits": lazy("Giới hạn", "Limits"),
        "decision_no": lazy("Số văn bản", "Decision"),
        "decision_on": lazy("Ngày văn bản", "Of"),
        "reason": lazy("Lý do", "Reason"),
        "created_at": lazy("Lập lúc", "Made"),
        "revoke_reason": lazy("Lý do thu hồi", "Why it was taken back"),
    }


class LendingRuleView(OfficeView):
    about = Text("Vai trò nào được nhờ người khác thay.", "Which roles may be lent to somebody else.")
    column_list = ("role", "how", "source")
    column_details_list = column_list
    column_default_sort = "role"
    column_formatters = {"how": lambda _v, _c, row, _n: HOW.get(row.how, Text(row.how)).say(language())}
    column_labels = {
        "role": lazy("Vai trò", "Role"),
        "how": lazy("Cách", "How"),
        "source": lazy("Căn cứ", "Source"),
    }

    def title_of(self, model: LendingRuleRow) -> str:
        return model.role


class SigningFormView(OfficeView):
    about = Text("Cách ký thay in trên văn bản.", "Ways to sign for somebody, as printed on papers.")
    column_list = ("code", "name_vi", "needs_decision", "place", "roles", "source")
    column_details_list = column_list
    column_default_sort = "code"
    column_formatters = {"name_vi": two_languages("name_vi", "name_en")}
    column_labels = {
        "code": lazy("Mã", "Code"),
        "name_vi": lazy("Tên", "Name"),
        "needs_decision": lazy("Cần văn bản", "Needs a decision"),
        "place": lazy("Nơi người thay ngồi", "Where the substitute sits"),
        "roles": lazy("Vai trò", "Roles"),
        "source": lazy("Căn cứ", "Source"),
    }

    def title_of(self, model: SigningFormRow) -> str:
        return model.code
