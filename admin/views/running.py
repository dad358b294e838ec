"""What runs: dossiers, open steps, timers, messages to send, incidents. Personal data is covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin.actions import action

from admin.commands import Command, Field
from admin.views.base import Facet, OfficeView, language, lazy, two_languages
from engine.domain.dossiers import Status
from engine.domain.messages import DELIVERED, DROPPED, KEPT, STUCK
from engine.domain.texts import Text
from engine.store.message_rows import MessageRow
from engine.store.notification_rows import NotificationRow
from engine.store.rows import DossierRow, IncidentRow, OutboxRow, ProcedureRow, TimerRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases import incidents, oversight, stuck_messages
from engine.usecases.incident_pages import OUTCOMES

WORK_STATES = {
    "open": Text("đang chờ", "open"),
    "done": Text("đã xong", "done"),
    "withdrawn": Text("đã rút", "withdrawn"),
}

MESSAGE_STATES = {
    KEPT: Text("đang giữ", "kept"),
    DELIVERED: Text("đã đến", "delivered"),
    STUCK: Text("chờ xử lý", "waits for a decision"),
    DROPPED: Text("đã hủy", "dropped"),
}


def _read_personal_data(unit: Unit, key: str, values: Mapping[str, Any]) -> oversight.PersonalData:
    return oversight.read_personal_data(unit, int(key), values["reason"])


def _retry_incident(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    incidents.retry_incident(unit, int(key), values["note"])
    return Text("Đã thử lại, sự cố kết thúc.", "Tried again; the incident has ended.")


class DossierView(OfficeView):
    about = Text(
        "Họ tên, giấy tờ và điện thoại được che. Cần xem thì ghi lý do; lý do nằm trong nhật ký.",
        "Names, papers and telephones are covered. To see them give a reason; it stands in the audit log.",
    )
    column_list = (
        "code",
        "procedure",
        "applicant_name",
        "status",
        "competent_unit",
        "accepted_at",
        "current_due",
    )
    column_details_list = (
        "code", "procedure", "revision", "applicant_name", "applicant_id_no", "applicant_phone",
        "applicant_email", "status", "payment_status", "delivery_status", "received_unit", "competent_unit",
        "accepted_at", "legal_due", "promised_due", "current_due", "clock_stopped_at", "supplement_rounds",
        "resolved_at", "returned_at", "ended_at", "executor",
    )  # fmt: skip
    column_sortable_list = ("code", "status", "accepted_at", "current_due")
    column_searchable_list = ("code",)  # not by name or number: a search would uncover what is covered
    column_default_sort = ("accepted_at", True)
    masked = frozenset({"applicant_name", "applicant_id_no", "applicant_phone", "applicant_email"})
    column_formatters = {
        "status": lambda _v, _c, row, _n: _status(row.status),
        "procedure": lambda _v, _c, row, _n: _procedure(row.procedure),
    }
    column_labels = {
        "code": lazy("Mã hồ sơ", "Code"),
        "procedure": lazy("Thủ tục", "Procedure"),
        "revision": lazy("Phiên bản", "Version"),
        "applicant_name": lazy("Người nộp", "Applicant"),
        "applicant_id_no": lazy("Số giấy tờ", "Paper number"),
        "applicant_phone": lazy("Điện thoại", "Telephone"),
        "applicant_email": lazy("Thư điện tử", "E-mail"),
        "status": lazy("Trạng thái", "Status"),
        "payment_status": lazy("Phí", "Fee"),
        "delivery_status": lazy("Trả kết quả", "Hand-back"),
        "received_unit": lazy("Nơi tiếp nhận", "Received at"),
        "competent_unit": lazy("Cơ quan giải quyết", "Decided by"),
        "accepted_at": lazy("Tiếp nhận lúc", "Accepted"),
        "legal_due": lazy("Hạn theo luật", "Legal due"),
        "promised_due": lazy("Hẹn trả", "Promised"),
        "current_due": lazy("Hạn hiện tại", "Due now"),
        "clock_stopped_at": lazy("Dừng đồng hồ lúc", "Clock stopped"),
        "supplement_rounds": lazy("Số lần bổ sung", "Supplements"),
        "resolved_at": lazy("Có kết quả lúc", "Resolved"),
        "returned_at": lazy("Trả lúc", "Handed back"),
        "ended_at": lazy("Kết thúc lúc", "Ended"),
        "executor": lazy("Bộ máy", "Executor"),
    }
    facets = (
        Facet(
            DossierRow.status,
            Text("Trạng thái", "Status"),
            lambda _session: [(one.value, _status(one.value)) for one in Status],
        ),
    )
    commands = (
        Command(
            name="personal-data",
            label=Text("Xem dữ liệu cá nhân", "See the personal data"),
            explain=Text(
                "Lý do và tên của bạn được ghi vào nhật ký của hồ sơ trước khi dữ liệu hiện ra, một lần.",
                "Your name and reason go into the dossier’s audit log before the data is shown, once.",
            ),
            run=_read_personal_data,
            fields=(Field(name="reason", label=Text("Lý do cần xem", "Why it is needed"), kind="long"),),
        ),
    )

    def show_once(self, command: Command, model: Any, answer: Any) -> ResponseReturnValue:
        return self.render("office/personal_data.html", model=model, person=answer)


class WorkItemView(OfficeView):
    about = Text("Các bước đang chờ người làm và đã làm.", "Steps that wait for somebody, and those done.")
    column_list = ("name_vi", "dossier", "unit", "role", "status", "opened_at", "due_at", "ended_at")
    column_details_list = (
        "name_vi", "dossier", "node_id", "kind", "role", "unit", "status", "outcome", "allotted_minutes",
        "spent_minutes", "opened_at", "due_at", "claimed_at", "ended_at",
    )  # fmt: skip
    column_sortable_list = ("status", "role", "opened_at", "due_at", "ended_at")
    column_searchable_list = ("dossier.code", "node_id")
    column_default_sort = ("opened_at", True)
    column_formatters = {
        "name_vi": two_languages("name_vi", "name_en"),
        "status": lambda _v, _c, row, _n: WORK_STATES.get(row.status, Text(row.status)).say(language()),
    }
    column_labels = {
        "name_vi": lazy("Bước", "Step"),
        "dossier": lazy("Hồ sơ", "Dossier"),
        "dossier.code": lazy("Mã hồ sơ", "Code"),
        "node_id": lazy("Mã bước", "Step id"),
        "kind": lazy("Loại", "Kind"),
        "role": lazy("Vai trò", "Role"),
        "unit": lazy("Đơn vị", "Unit"),
        "status": lazy("Trạng thái", "Status"),
        "outcome": lazy("Quyết định", "Outcome"),
        "allotted_minutes": lazy("Số phút được giao", "Minutes allotted"),
        "spent_minutes": lazy("Số phút đã dùng", "Minutes spent"),
        "opened_at": lazy("Mở lúc", "Opened"),
        "due_at": lazy("Hạn của bước", "Due"),
        "claimed_at": lazy("Nhận việc lúc", "Claimed"),
        "ended_at": lazy("Xong lúc", "Ended"),
    }
    facets = (
        Facet(
            WorkItemRow.status,
            Text("Trạng thái", "Status"),
            lambda _session: [(code, text.say(language())) for code, text in WORK_STATES.items()],
        ),
    )

    def title_of(self, model: WorkItemRow) -> str:
        return f"{model.name_vi} · {model.dossier}"


class TimerView(OfficeView):
    about = Text(
        "Hẹn giờ của quy trình; đến hạn thì máy tự chạy.", "Timers of procedures; they fire by themselves."
    )
    column_list = (
        "due_at", "dossier_id", "node_id", "working", "repeats", "every", "attempts", "next_try_at",
    )  # fmt: skip
    column_sortable_list = ("due_at", "dossier_id", "attempts")
    column_default_sort = "due_at"
    column_labels = {
        "due_at": lazy("Đến hạn lúc", "Due"),
        "dossier_id": lazy("Hồ sơ số", "Dossier number"),
        "node_id": lazy("Ở điểm", "At"),
        "working": lazy("Tính giờ làm việc", "Working time"),
        "repeats": lazy("Còn chạy (lần)", "Times left"),
        "every": lazy("Lặp lại sau", "Every"),
        "attempts": lazy("Lần thử không được", "Tries that failed"),
        "next_try_at": lazy("Thử lại lúc", "Next try"),
    }

    def title_of(self, model: TimerRow) -> str:
        return model.node_id


class OutboxView(OfficeView):
    about = Text(
        "Tin nhắn chờ gửi và đã gửi. Nội dung không hiện ở đây vì có dữ liệu cá nhân.",
        "Messages to send and sent. Their text is not shown here: it holds personal data.",
    )
    column_list = ("created_at", "kind", "dossier_id", "attempts", "next_try_at", "sent_at", "error")
    column_details_list = ("created_at", "kind", "dossier_id", "attempts", "next_try_at", "sent_at", "error")
    column_sortable_list = ("created_at", "sent_at", "attempts")
    column_default_sort = ("created_at", True)
    column_labels = {
        "created_at": lazy("Tạo lúc", "Made"),
        "kind": lazy("Loại", "Kind"),
        "dossier_id": lazy("Hồ sơ số", "Dossier number"),
        "attempts": lazy("Số lần thử", "Tries"),
        "next_try_at": lazy("Thử lại lúc", "Next try"),
        "sent_at": lazy("Gửi xong lúc", "Sent"),
        "error": lazy("Lỗi", "Error"),
    }

    def title_of(self, model: OutboxRow) -> str:
        return f"{model.kind} {model.id}"

    @action("retry", lazy("Gửi lại ngay", "Send again now"))
    def retry(self, ids: list[str]) -> None:
        done = Text("Đã xếp {count} tin nhắn để gửi lại.", "{count} messages will be tried again.")
        self.each(ids, oversight.retry_message, done)


class NotificationView(OfficeView):
    about = Text(
        "Ai được báo việc gì và khi nào. Nội dung không hiện ở đây vì có thể có tên người.",
        "Who was told of what, and when. The words are not shown here: they may name people.",
    )
    column_list = ("at", "user", "kind", "dossier", "read_at")
    column_details_list = ("at", "user", "kind", "dossier", "target", "read_at")
    column_sortable_list = ("at", "read_at")
    column_default_sort = ("at", True)
    column_labels = {
        "at": lazy("Lúc", "At"),
        "user": lazy("Người được báo", "Who was told"),
        "kind": lazy("Loại", "Kind"),
        "dossier": lazy("Hồ sơ", "Dossier"),
        "target": lazy("Trang", "Page"),
        "read_at": lazy("Đọc lúc", "Read"),
    }

    def title_of(self, model: NotificationRow) -> str:
        return f"{model.kind} {model.id}"


def _retry_message(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    stuck_messages.retry_outside_message(unit, int(key), values["note"])
    return Text("Tin đang được gửi lại.", "The message will be tried again.")


def _drop_message(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    stuck_messages.drop_outside_message(unit, int(key), values["reason"])
    return Text("Đã hủy tin.", "The message was dropped.")


def _is_stray(row: MessageRow) -> bool:
    return row.state == STUCK and row.source_dossier_id is None


class MessageView(OfficeView):
    about = Text(
        "Tin giữa các hồ sơ và từ bên ngoài. Nội dung không hiện ở đây vì có dữ liệu cá nhân.",
        "Messages between dossiers and from outside. What they carry is not shown here: it is personal data.",
    )
    column_list = ("thrown_at", "title_vi", "source", "target", "state", "expires_at", "trouble_vi")
    column_details_list = (
        "name", "title_vi", "source", "origin", "to_unit", "target", "state", "thrown_at", "expires_at",
        "next_try_at", "attempts", "ended_at", "trouble_vi",
    )  # fmt: skip
    column_sortable_list = ("thrown_at", "state", "expires_at")
    column_searchable_list = ("name",)
    column_default_sort = ("thrown_at", True)
    column_formatters = {
        "title_vi": two_languages("title_vi", "title_en"),
        "trouble_vi": two_languages("trouble_vi", "trouble_en"),
        "state": lambda _v, _c, row, _n: MESSAGE_STATES.get(row.state, Text(row.state)).say(language()),
    }
    column_labels = {
        "name": lazy("Mã tin", "Name"),
        "title_vi": lazy("Tin", "Message"),
        "source": lazy("Hồ sơ gửi", "Sent by"),
        "origin": lazy("Bên gửi ngoài hệ thống", "Sender outside"),
        "to_unit": lazy("Gửi cho", "For"),
        "target": lazy("Hồ sơ nhận", "Taken by"),
        "state": lazy("Trạng thái", "Status"),
        "thrown_at": lazy("Gửi lúc", "Sent"),
        "expires_at": lazy("Giữ đến", "Kept until"),
        "next_try_at": lazy("Thử lại lúc", "Next try"),
        "attempts": lazy("Số lần thử", "Tries"),
        "ended_at": lazy("Xong lúc", "Ended"),
        "trouble_vi": lazy("Vướng mắc", "Trouble"),
    }
    facets = (
        Facet(
            MessageRow.state,
            Text("Trạng thái", "Status"),
            lambda _session: [(code, text.say(language())) for code, text in MESSAGE_STATES.items()],
        ),
    )
    commands = (
        Command(
            name="retry",
            label=Text("Gửi lại", "Try again"),
            explain=Text(
                "Chỉ với tin từ bên ngoài không thuộc hồ sơ nào; tin của hồ sơ xử lý ở sự cố của hồ sơ.",
                "Only for messages from outside; those of a dossier are decided at its incident.",
            ),
            run=_retry_message,
            may=_is_stray,
            fields=(Field(name="note", label=Text("Đã kiểm tra gì", "What was checked"), kind="long"),),
        ),
        Command(
            name="drop",
            label=Text("Hủy tin", "Drop"),
            explain=Text("Tin này sẽ không đến hồ sơ nào nữa.", "It will never reach a dossier."),
            run=_drop_message,
            may=_is_stray,
            tone="danger",
            fields=(Field(name="reason", label=Text("Lý do hủy", "Why it is dropped"), kind="long"),),
        ),
    )

    def title_of(self, model: MessageRow) -> str:
        return str(model)


class IncidentView(OfficeView):
    about = Text(
        "Những chỗ hồ sơ không tự đi tiếp được.", "Places at which a dossier cannot go on by itself."
    )
    column_list = ("since", "dossier_id", "text_vi", "attempts", "ended_at", "action")
    column_details_list = (
        "since", "dossier_id", "code", "text_vi", "node_id", "attempts", "ended_at", "action", "resolution",
    )  # fmt: skip
    column_sortable_list = ("since", "ended_at")
    column_default_sort = ("since", True)
    column_formatters = {
        "text_vi": two_languages("text_vi", "text_en"),
        "action": lambda _v, _c, row, _n: OUTCOMES.get(row.action, Text(row.action)).say(language()),
    }
    column_labels = {
        "since": lazy("Từ lúc", "Since"),
        "dossier_id": lazy("Hồ sơ số", "Dossier number"),
        "code": lazy("Mã lỗi", "Code"),
        "text_vi": lazy("Việc gì", "What"),
        "node_id": lazy("Ở điểm", "At"),
        "ended_at": lazy("Xử lý xong lúc", "Ended"),
        "attempts": lazy("Số lần thử", "Tries"),
        "action": lazy("Cách xử lý", "Resolution"),
        "resolution": lazy("Lý do", "Reason"),
    }
    commands = (
        Command(
            name="retry",
            label=Text("Thử lại", "Try again"),
            explain=Text(
                "Nếu lần này được thì sự cố kết thúc; nếu không, chưa có gì thay đổi.",
                "If it works this time the incident ends; if not, nothing changes.",
            ),
            run=_retry_incident,
            may=lambda row: row.ended_at is None,
            fields=(
                Field(
                    name="note",
                    label=Text("Đã sửa gì trước khi thử lại", "What was mended first"),
                    kind="long",
                ),
            ),
        ),
    )

    def title_of(self, model: IncidentRow) -> str:
        return model.text_vi


def _procedure(row: ProcedureRow) -> str:
    return f"{row.key} {Text(row.name_vi, row.name_en).say(language())}"


def _status(value: str) -> str:
    known = {one.value: one for one in Status}
    return known[value].label.say(language()) if value in known else value
