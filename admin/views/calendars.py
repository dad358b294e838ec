"""Working calendars and their single days; a day is set, confirmed and cleared by use cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_admin.actions import action
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.commands import NEW, Command, Field
from admin.views.base import Facet, OfficeView, language, lazy, two_languages
from engine.domain.calendar import Day, DayKind
from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.rows import CalendarDayRow, CalendarRow
from engine.store.work import Unit
from engine.usecases import calendars

KINDS = {
    "OFF": Text("nghỉ", "off"),
    "WORK": Text("làm bù", "working"),
    "HALF_AM": Text("làm buổi sáng", "morning only"),
    "HALF_PM": Text("làm buổi chiều", "afternoon only"),
    "RECEPTION_ONLY": Text("chỉ tiếp nhận, không tính hạn", "counter open, not counted"),
}
SCOPES = {
    "national": Text("cả nước", "national"),
    "province": Text("tỉnh", "province"),
    "unit": Text("một đơn vị", "one unit"),
}
WEEKDAYS = (
    Text("thứ Hai", "Mon"),
    Text("thứ Ba", "Tue"),
    Text("thứ Tư", "Wed"),
    Text("thứ Năm", "Thu"),
    Text("thứ Sáu", "Fri"),
    Text("thứ Bảy", "Sat"),
    Text("Chủ nhật", "Sun"),
)


def _calendars(session: Session) -> list[tuple[str, str]]:
    return [
        (str(one.id), one.name_vi) for one in session.scalars(select(CalendarRow).order_by(CalendarRow.id))
    ]


def _kinds(_session: Session) -> list[tuple[str, str]]:
    return [(code, text.say(language())) for code, text in KINDS.items()]


def confirm_day(unit: Unit, day_id: int) -> None:
    """Mark a day that was only expected as decided, leaving everything else as it was."""
    row = unit.session.get(CalendarDayRow, day_id)
    if row is None:
        raise NotFound("a day", "there is none", what="ngày trong lịch")
    entry = Day(
        kind=DayKind(row.kind),
        reason=Text(row.reason_vi, row.reason_en),
        decision_no=row.decision_no,
        confirmed=True,
    )
    calendars.set_day(unit, row.calendar_id, row.day, entry, row.source)


def _set_day(unit: Unit, _key: str, values: Mapping[str, Any]) -> Text:
    entry = Day(
        kind=DayKind(values["kind"]),
        reason=Text(values["reason_vi"], values["reason_en"]),
        decision_no=values["decision_no"],
        confirmed=values["confirmed"],
    )
    calendars.set_day(unit, int(values["calendar_id"]), values["day"], entry, values["source"])
    return Text("Đã ghi ngày {day}.", "{day} was set.").filled(day=f"{values['day']:%d/%m/%Y}")


def _clear_day(unit: Unit, key: str, _values: Mapping[str, Any]) -> Text:
    row = unit.session.get(CalendarDayRow, int(key))
    if row is None:
        raise NotFound("a day", "there is none", what="ngày trong lịch")
    day = row.day
    calendars.clear_day(unit, row.calendar_id, day)
    return Text(
        "Ngày {day} trở lại như ngày thường trong tuần.", "{day} is an ordinary weekday again."
    ).filled(day=f"{day:%d/%m/%Y}")


class CalendarView(OfficeView):
    about = Text(
        "Lịch của đơn vị thay cho lịch của tỉnh, lịch của tỉnh thay cho lịch cả nước.",
        "A unit’s calendar stands before the province’s, and that before the national one.",
    )
    column_list = ("name_vi", "scope", "week", "sessions", "valid_from", "valid_to", "version")
    column_sortable_list = ("name_vi", "valid_from")
    column_labels = {
        "name_vi": lazy("Tên", "Name"),
        "scope": lazy("Phạm vi", "Scope"),
        "week": lazy("Ngày làm việc", "Working days"),
        "sessions": lazy("Giờ làm việc", "Hours"),
        "valid_from": lazy("Từ ngày", "From"),
        "valid_to": lazy("Đến hết ngày", "Until"),
        "version": lazy("Lần sửa", "Version"),
    }
    column_formatters = {
        "scope": lambda _v, _c, row, _n: SCOPES.get(row.scope, Text(row.scope)).say(language()),
        "week": lambda _v, _c, row, _n: ", ".join(WEEKDAYS[one].say(language()) for one in row.week),
        "sessions": lambda _v, _c, row, _n: ", ".join("–".join(one) for one in row.sessions),
    }


class CalendarDayView(OfficeView):
    about = Text(
        "Ngày chưa xác nhận làm cho hạn trả ghi là “dự kiến” cho đến khi có quyết định.",
        "A day that is not confirmed makes due dates provisional until there is a decision.",
    )
    column_list = ("day", "calendar", "kind", "reason_vi", "decision_no", "confirmed", "source")
    column_details_list = (
        "day",
        "calendar",
        "kind",
        "reason_vi",
        "reason_en",
        "decision_no",
        "confirmed",
        "source",
    )
    column_sortable_list = ("day", "kind", "confirmed")
    column_default_sort = ("day", True)
    column_searchable_list = ("reason_vi", "decision_no")
    column_labels = {
        "day": lazy("Ngày", "Day"),
        "calendar": lazy("Lịch", "Calendar"),
        "kind": lazy("Là ngày", "Kind"),
        "reason_vi": lazy("Lý do", "Reason"),
        "reason_en": lazy("Lý do, tiếng Anh", "Reason in English"),
        "decision_no": lazy("Quyết định", "Decision"),
        "confirmed": lazy("Đã xác nhận", "Confirmed"),
        "source": lazy("Nguồn", "Source"),
    }
    column_formatters = {
        "kind": lambda _v, _c, row, _n: KINDS.get(row.kind, Text(row.kind)).say(language()),
        "reason_vi": two_languages("reason_vi", "reason_en"),
    }
    facets = (
        Facet(CalendarDayRow.calendar_id, Text("Lịch", "Calendar"), _calendars),
        Facet(
            CalendarDayRow.confirmed,
            Text("Xác nhận", "Confirmed"),
            lambda _session: [
                ("0", Text("chưa xác nhận", "not yet").say(language())),
                ("1", Text("đã xác nhận", "confirmed").say(language())),
            ],
        ),
    )
    commands = (
        Command(
            name="create",
            label=Text("Ghi một ngày", "Set a day"),
            on=NEW,
            run=_set_day,
            explain=Text(
                "Ngày đã có trong lịch thì nội dung mới thay nội dung cũ; thay đổi nằm trong nhật ký.",
                "A day that is there already is overwritten; the change stands in the audit log.",
            ),
            fields=(
                Field(name="calendar_id", label=Text("Lịch", "Calendar"), kind="choice", options=_calendars),
                Field(name="day", label=Text("Ngày", "Day"), kind="date"),
                Field(name="kind", label=Text("Là ngày", "Kind"), kind="choice", options=_kinds),
                Field(name="reason_vi", label=Text("Lý do", "Reason in Vietnamese")),
                Field(name="reason_en", label=Text("Lý do, tiếng Anh", "Reason in English"), needed=False),
                Field(name="decision_no", label=Text("Số quyết định", "Decision"), needed=False),
                Field(
                    name="confirmed",
                    label=Text("Đã có quyết định", "It is decided"),
                    kind="tick",
                    needed=False,
                ),
                Field(name="source", label=Text("Nguồn", "Source"), needed=False),
            ),
        ),
        Command(name="clear", label=Text("Bỏ ngày này", "Clear the day"), tone="danger", run=_clear_day),
    )

    def title_of(self, model: CalendarDayRow) -> str:
        return f"{model.day:%d/%m/%Y}"

    @action("confirm", lazy("Xác nhận", "Confirm"))
    def confirm(self, ids: list[str]) -> None:
        self.each(ids, confirm_day, Text("Đã xác nhận {count} ngày.", "{count} days were confirmed."))
