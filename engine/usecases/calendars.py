"""The working calendar of an office: its own days over those of the province over those of the nation.

A resolved calendar is kept per (calendar, version) of its whole line, so a day that is written anew is seen
at once and by every process, while ten thousand due dates cost a few comparisons of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Date, Row, Select, bindparam, literal, or_, select
from sqlalchemy import Engine as Database

from engine.domain.access import check_holds
from engine.domain.calendar import Day, DayKind, WorkingCalendar, local_day
from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.offices import keep, kept_offices
from engine.store.rows import CalendarDayRow, CalendarRow, UnitRow
from engine.store.work import Unit
from engine.usecases.audit import record

ADMIN = "IT_ADMIN"
KEPT = 64  # resolved calendars per database; a province has a few
DEEPEST = 20  # offices above one another; more means a circle
ASKED = "calendars"  # in unit.info: those in force, asked once in a command
CHANGED = "calendar_changed"  # in unit.info: this transaction wrote days, which may yet be undone

_CALENDARS, _UNITS = CalendarRow.__table__.c, UnitRow.__table__.c
_TODAY = bindparam("today", type_=Date)
_IN_FORCE = (
    select(CalendarRow.__table__)
    .where(_CALENDARS.valid_from <= _TODAY, or_(_CALENDARS.valid_to.is_(None), _CALENDARS.valid_to >= _TODAY))
    .order_by(_CALENDARS.valid_from.desc(), _CALENDARS.id)
)


def _superiors() -> Select:
    own = select(_UNITS.id, _UNITS.parent_id, literal(0).label("steps")).where(
        _UNITS.id == bindparam("office")
    )
    line = own.cte("superiors", recursive=True)
    above = select(_UNITS.id, _UNITS.parent_id, line.c.steps + 1).where(
        _UNITS.id == line.c.parent_id, line.c.steps < DEEPEST
    )
    line = line.union_all(above)
    return select(line.c.id).order_by(line.c.steps)


_SUPERIORS = _superiors()

Line = tuple[tuple[int, int], ...]  # (calendar id, version), the most particular first

_resolved: WeakKeyDictionary[Database, dict[Line, WorkingCalendar]] = WeakKeyDictionary()
_lock = Lock()


class NoCalendar(NotFound):
    """Neither the office nor its province nor the nation has a calendar in force."""

    code = "no_calendar"
    vi = "Chưa có lịch làm việc cho đơn vị này. Hãy nhờ cán bộ CNTT nhập lịch quốc gia hoặc lịch của tỉnh."
    en = "This unit has no working calendar. Ask the IT staff to enter the national or provincial one."


def calendar_of(unit: Unit, unit_id: int) -> WorkingCalendar:
    """Return the calendar by which an office works today.

    Raises:
        NoCalendar: If none is in force.
    """
    offices, asked = kept_offices(unit), (unit_id, local_day(unit.now))
    if offices is not None and asked in offices.calendars:
        return offices.calendars[asked]
    calendar = _find(unit, unit_id)
    if offices is not None:
        keep(offices.calendars, asked, calendar)
    return calendar


def set_day(unit: Unit, calendar_id: int, day: date, entry: Day, source: str = "") -> None:
    """Say what one day is, by which decision; what was said before is overwritten and audited.

    Raises:
        RoleMissing: If the actor is not IT staff.
        NotFound: If there is no such calendar.
    """
    check_holds(unit.actor, ADMIN)
    calendar = _calendar(unit, calendar_id)
    row = unit.session.scalar(
        select(CalendarDayRow).where(CalendarDayRow.calendar_id == calendar_id, CalendarDayRow.day == day)
    )
    if row is None:
        row = CalendarDayRow(calendar_id=calendar_id, day=day)
        unit.session.add(row)
    row.kind = entry.kind.value
    row.reason_vi, row.reason_en = entry.reason.vi, entry.reason.en
    row.decision_no, row.confirmed, row.source = entry.decision_no, entry.confirmed, source
    _bump(unit, calendar)
    said = {"day": day, "kind": row.kind, "decision": entry.decision_no, "confirmed": entry.confirmed}
    record(unit, f"calendar:{calendar_id}", "calendar.day_set", said)


def clear_day(unit: Unit, calendar_id: int, day: date) -> None:
    """Let a day be again what the week, or the wider calendar, says."""
    check_holds(unit.actor, ADMIN)
    calendar = _calendar(unit, calendar_id)
    row = unit.session.scalar(
        select(CalendarDayRow).where(CalendarDayRow.calendar_id == calendar_id, CalendarDayRow.day == day)
    )
    if row is None:
        return
    unit.session.delete(row)
    _bump(unit, calendar)
    record(unit, f"calendar:{calendar_id}", "calendar.day_cleared", {"day": day})


def _find(unit: Unit, unit_id: int) -> WorkingCalendar:
    if unit.info.get(CHANGED):
        unit.session.flush()
    line = _line(unit, unit_id)
    if unit.info.get(CHANGED):
        return _resolve(unit, line)
    key: Line = tuple((row.id, row.version) for row in line)
    with _lock:
        kept = _resolved.setdefault(unit.engine.database, {})
        if key in kept:
            return kept[key]
    calendar = _resolve(unit, line)
    with _lock:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = calendar
    return calendar


def _bump(unit: Unit, calendar: CalendarRow) -> None:
    calendar.version += 1
    unit.info[CHANGED] = True


def _calendar(unit: Unit, calendar_id: int) -> CalendarRow:
    row = unit.session.get(CalendarRow, calendar_id, with_for_update=True)
    if row is None:
        raise NotFound("a calendar", f"there is no number {calendar_id}", what=f"lịch {calendar_id}")
    return row


def _line(unit: Unit, unit_id: int) -> list[Row]:
    """The calendars that hold for an office, the most particular first."""
    today = local_day(unit.now)
    rows = unit.info.get(ASKED)
    if rows is None or unit.info.get(CHANGED):
        rows = unit.session.execute(_IN_FORCE, {"today": today}).all()
        unit.info[ASKED] = rows
    has_own = any(row.unit_id is not None for row in rows)
    start = _most_particular(rows, _with_superiors(unit, unit_id) if has_own else ())
    if start is None:
        raise NoCalendar("a calendar in force", f"there is none on {today}", what=f"đơn vị {unit_id}")
    by_id = {row.id: row for row in rows}
    line = [start]
    while (wider := by_id.get(line[-1].parent_id or 0)) is not None and wider not in line:
        line.append(wider)
    if line[-1].scope != "national":
        line.extend([row for row in rows if row.scope == "national"][:1])
    return line


def _most_particular(rows: Sequence[Row], offices: Sequence[int]) -> Row | None:
    for office in offices:
        for row in rows:
            if row.unit_id == office:
                return row
    for scope in ("province", "national"):
        for row in rows:
            if row.scope == scope and row.unit_id is None:
                return row
    return None


def _with_superiors(unit: Unit, unit_id: int) -> Sequence[int]:
    """The office and those above it, the nearest first."""
    return unit.session.scalars(_SUPERIORS, {"office": unit_id}).all()


def _resolve(unit: Unit, line: list[Row]) -> WorkingCalendar:
    place = {row.id: number for number, row in enumerate(line)}
    days = unit.session.scalars(select(CalendarDayRow).where(CalendarDayRow.calendar_id.in_(place))).all()
    merged = {
        row.day: _day(row) for row in sorted(days, key=lambda row: place[row.calendar_id], reverse=True)
    }
    return WorkingCalendar(week=frozenset(line[0].week), sessions=_sessions(line[0].sessions), days=merged)


def _day(row: CalendarDayRow) -> Day:
    return Day(
        kind=DayKind(row.kind),
        reason=Text(row.reason_vi, row.reason_en),
        decision_no=row.decision_no,
        confirmed=row.confirmed,
    )


def _sessions(stored: Iterable[Iterable[str]]) -> tuple[tuple[time, time], ...]:
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in stored)
