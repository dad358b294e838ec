"""What happened to a dossier, as lines that people read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.domain.texts import Text
from engine.domain.timewords import say_date, say_minutes, say_money
from engine.store import cases as rows
from engine.store import units
from engine.store.rows import EventRow
from engine.store.work import Unit

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One thing that happened.

    Attributes:
        detail: Reason, outcome or time spent; may be empty.
        who: Name of the person; empty for the system.
        instead_of: For whom they acted, with the form of signing: "thay …", "KT. …"; empty for own work.
    """

    at: datetime
    kind: str
    node: str
    text: Text
    detail: Text
    who: str
    unit: str
    instead_of: Text = Text("")


def history_of(unit: Unit, dossier_id: int, *, only_units: frozenset[int] | None = None) -> list[HistoryLine]:
    """Return the lines of a dossier in order.

    Args:
        only_units: Leave out what happened elsewhere, for an agency that was merely asked.
    """
    events = [
        one
        for one in rows.events(unit, dossier_id)
        if one.kind in _TEXTS and (only_units is None or one.unit_id in only_units)
    ]
    people = units.people_of(unit, (one.user_id for one in events))
    offices = units.names_of(unit, (one.unit_id for one in events))
    return [_line(one, people, offices) for one in events]


def says(event: EventRow) -> Text:
    """Return what one line of history says, without names; empty for what is not for people."""
    text, _ = _TEXTS.get(event.kind, (Text(""), _nothing))
    return text.filled(**_facts(event.data))


def _line(event: EventRow, people: Mapping[int, str], offices: Mapping[int, str]) -> HistoryLine:
    text, detail = _TEXTS[event.kind]
    return HistoryLine(
        at=event.at,
        kind=event.kind,
        node=event.node_id,
        text=text.filled(**_facts(event.data)),
        detail=detail(event.data),
        who=people.get(event.user_id or 0, ""),
        instead_of=_instead_of(event.data),
        unit=offices.get(event.unit_id or 0, ""),
    )


def _facts(data: Facts) -> dict[str, Any]:
    name = Text(data.get("name", ""), data.get("name_en", ""))
    return {"number": "", "book": "", **data, "name": name, "round": data.get("round", "")}


def _instead_of(data: Facts) -> Text:
    name = data.get("instead_of_name", "")
    if not name:
        return Text("")
    form = f"{data['form']}. " if data.get("form") else ""
    return Text(f"{form}thay {name}", f"{form}for {name}")


def _nothing(_: Facts) -> Text:
    return Text("")


def _reason(data: Facts) -> Text:
    return Text(data.get("reason", ""))


def _spent(data: Facts) -> Text:
    if data.get("spent") is None:
        return Text("")
    said = say_minutes(data["spent"])
    return Text(f"hết {said.vi} làm việc", f"took {said.en} of working time")


def _due(data: Facts) -> Text:
    before, after = (
        say_date(datetime.fromisoformat(data[name])) if data.get(name) else "" for name in ("before", "after")
    )
    return Text(f"từ {before} sang {after}", f"from {before} to {after}")


def _wanted(data: Facts) -> Text:
    day = say_date(date.fromisoformat(data["wanted"])) if data.get("wanted") else ""
    reason = data.get("reason", "")
    return Text(f"đến {day}: {reason}", f"to {day}: {reason}")


def _promised(data: Facts) -> Text:
    if not data.get("due"):
        return Text("")
    day = say_date(datetime.fromisoformat(data["due"]))
    return Text(f"hẹn trả {day}", f"due {day}")


def _amount(data: Facts) -> Text:
    return Text(say_money(data.get("amount", 0)), say_money(data.get("amount", 0), "en"))


def _result(data: Facts) -> Text:
    words = {"granted": Text("chấp thuận", "granted"), "refused": Text("từ chối", "refused")}
    when = {
        "early": Text("trước hạn", "early"),
        "on_time": Text("đúng hạn", "on time"),
        "late": Text("quá hạn", "late"),
    }
    said = [one for one in (words.get(data.get("result", "")), when.get(data.get("punctuality", ""))) if one]
    return Text(", ".join(one.vi for one in said), ", ".join(one.en for one in said))


def _number(data: Facts) -> Text:
    if not data.get("number"):
        return Text("")
    return Text(f"số {data.get('number', '')}", f"number {data.get('number', '')}")


def _incident(data: Facts) -> Text:
    return Text(data.get("text", ""), data.get("text_en", ""))


# kind of event → what is said, and what is said besides; kinds that are not here are not for people
_TEXTS: dict[str, tuple[Text, Callable[[Facts], Text]]] = {
    "received": (Text("Tiếp nhận hồ sơ", "Dossier accepted"), _promised),
    "step.opened": (Text("Chuyển đến bước “{name}”", "Passed on to “{name}”"), _nothing),
    "work.begun": (Text("Bắt đầu việc tự chọn “{name}”", "Began the chosen work “{name}”"), _nothing),
    "step.claimed": (Text("Nhận làm bước “{name}”", "Took the step “{name}”"), _nothing),
    "step.released": (Text("Trả lại bước “{name}” cho đơn vị", "Gave back the step “{name}”"), _nothing),
    "step.assigned": (Text("Giao bước “{name}”", "Assigned the step “{name}”"), _nothing),
    "step.lent": (
        Text("Nhờ đồng nghiệp làm bước “{name}”", "Lent the step “{name}” to a colleague"),
        _reason,
    ),
    "step.lent_back": (
        Text("Đồng nghiệp trả lại bước “{name}”", "The colleague gave back the step “{name}”"),
        _reason,
    ),
    "step.reassigned": (
        Text("Chuyển bước “{name}” cho người hoặc đơn vị khác", "Reassigned the step “{name}”"),
        _reason,
    ),
    "step.moved": (
        Text("Chuyển bước “{name}” sang đơn vị kế thừa", "Moved “{name}” to the successor"),
        _nothing,
    ),
    "step.done": (Text("Hoàn thành bước “{name}”", "Completed “{name}”"), _spent),
    "step.late": (Text("Lý do bước “{name}” quá hạn", "Why “{name}” was late"), _reason),
    "step.withdrawn": (Text("Bước “{name}” không cần làm nữa", "“{name}” is no longer needed"), _nothing),
    "supplement.asked": (Text("Yêu cầu bổ sung lần {round}", "Asked for papers, round {round}"), _reason),
    "supplement.beyond": (
        Text("Cho phép yêu cầu bổ sung quá số lần quy định", "Allowed one more request for papers"),
        _reason,
    ),
    "supplement.received": (Text("Đã bổ sung lần {round}", "Papers received, round {round}"), _nothing),
    "due.changed": (Text("Ngày hẹn trả thay đổi", "The due date moved"), _due),
    "extension.proposed": (Text("Đề nghị gia hạn", "Proposed an extension"), _wanted),
    "extension.decided": (Text("Ký gia hạn giải quyết", "Signed the extension"), _reason),
    "extension.refused": (Text("Không chấp thuận gia hạn", "Refused the extension"), _reason),
    "extension.taken_back": (Text("Rút đề nghị gia hạn", "Took the extension back"), _reason),
    "manual.proposed": (Text("Đề nghị đổi ngày hẹn trả", "Proposed another due date"), _wanted),
    "manual.decided": (Text("Chấp thuận đổi ngày hẹn trả", "Granted another due date"), _reason),
    "manual.refused": (Text("Không chấp thuận đổi ngày hẹn trả", "Refused another due date"), _reason),
    "manual.taken_back": (Text("Rút đề nghị đổi ngày hẹn trả", "Took the change back"), _reason),
    "alert.escalated": (
        Text("Chuyển lên lãnh đạo vì thời hạn", "Put before the leaders for its time"),
        _nothing,
    ),
    "alert.reassigned": (
        Text("Đổi người làm bước “{name}” vì thời hạn", "Gave “{name}” to another person for its time"),
        _nothing,
    ),
    "suspended": (Text("Tạm dừng giải quyết", "Suspended"), _reason),
    "resumed": (Text("Tiếp tục giải quyết", "Goes on"), _reason),
    "correction.opened": (
        Text("Mở hồ sơ đính chính {dossier}", "Opened {dossier} to correct the result"),
        _reason,
    ),
    "correction.of": (
        Text("Đính chính kết quả của hồ sơ {dossier}", "Corrects the result of {dossier}"),
        _reason,
    ),
    "step.undone": (
        Text("Lấy lại bước “{name}” vừa hoàn thành", "Took back “{name}”, just completed"),
        _nothing,
    ),
    "fee.paid": (Text("Đã thu phí, lệ phí", "Fee paid"), _amount),
    "registered": (Text("Vào sổ", "Entered in the register"), _number),
    "document.made": (Text("Lập văn bản “{name}”", "Made the paper “{name}”"), _number),
    "resolved": (Text("Có kết quả giải quyết", "Result ready"), _result),
    "rated": (Text("Người nộp đánh giá", "Rated by the applicant"), _nothing),
    "returned": (Text("Đã trả kết quả", "Result handed over"), _nothing),
    "withdrawn": (Text("Người nộp rút hồ sơ", "Withdrawn by the applicant"), _reason),
    "stopped": (Text("Dừng giải quyết hồ sơ", "Stopped"), _reason),
    "timer.fired": (Text("Hết thời gian chờ, hệ thống tự chuyển bước", "Time ran out; moved on"), _nothing),
    "incident.opened": (Text("Sự cố: không tự chuyển bước được", "Incident: could not go on"), _incident),
    "dossier.migrated": (
        Text("Chuyển quy trình từ phiên bản {before} sang {after}", "Moved from version {before} to {after}"),
        _reason,
    ),
    "dossier.migration_undone": (
        Text("Hoàn lại phiên bản {after} của quy trình", "Taken back to version {after}"),
        _reason,
    ),
    "step.skipped": (Text("Bỏ qua bước “{name}”", "Skipped “{name}”"), _reason),
    "answer.changed": (Text("Sửa thông tin “{name}”", "Changed the answer “{name}”"), _reason),
    "message.thrown": (Text("Gửi tin “{name}”", "Sent the message “{name}”"), _nothing),
    "message.delivered": (
        Text("Hồ sơ {receiver} đã nhận tin “{name}”", "Dossier {receiver} took the message “{name}”"),
        _nothing,
    ),
    "message.received": (
        Text("Nhận tin “{name}” từ {sender}", "Received the message “{name}” from {sender}"),
        _nothing,
    ),
    "message.readdressed": (
        Text("Sửa khóa của tin “{name}”", "Corrected the keys of “{name}”"),
        _reason,
    ),
    "message.dropped": (Text("Hủy một tin", "Dropped a message"), _reason),
    "incident.ended": (Text("Sự cố đã được xử lý", "The incident was dealt with"), _nothing),
}
