"""Deadlines that explain themselves.

A due date is the last entry of a walk over days (`Count.days`): each day is counted, or says why not. What
is shown under "why this date?" is therefore the very computation, not a second telling of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Literal

from engine.domain.calendar import FURTHEST, NoWorkingTime, WorkingCalendar, local_day, local_time
from engine.domain.texts import Text
from engine.errors import Invalid


class TermKind(StrEnum):
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"
    SAME_DAY = "same_day"


class ClockPolicy(StrEnum):
    """What waiting for the citizen does to the clock of the office."""

    RESET = "RESET"  # the term is counted again from the start
    PAUSE = "PAUSE"  # the days already used stay used
    RUN = "RUN"  # nothing stops


FURTHEST_CHANGE = 400  # days by which a due date may be moved by hand


class DayNotCounted(Invalid):
    """A due date was asked for on a day on which no term can end."""

    code = "day_not_counted"
    vi = "Không đặt được hạn vào {day}: đó là ngày nghỉ, ngày không tính vào thời hạn, hoặc quá xa."
    en = "The due date cannot be {day}: it is a day off, a day that does not count, or too far away."


class BadTerm(Invalid):
    code = "bad_term"
    vi = "Thời hạn không đúng: cần {expected}, nhưng {found}."
    en = "The term is wrong: expected {expected}, but {found}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The time that law or a commitment gives.

    Attributes:
        value: Days or hours, at least 1; for `same_day` 1 means the very day.
        cutoff: Local time after which a dossier counts as accepted on the next working day.

    Source: Civil Code 91/2015/QH13 art. 147-148 for the first and the last day (to be verified).
    """

    kind: TermKind
    value: int = 1
    cutoff: time | None = None

    def __post_init__(self) -> None:
        if self.value < 1:
            raise BadTerm("at least 1", f"the value is {self.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A wait for the citizen. `resumed_at` None: still waiting; such a stop changes no date yet."""

    policy: ClockPolicy
    stopped_at: datetime
    resumed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """One line of "why this date?": the day, its number in the term or None, and the reason."""

    day: date
    number: int | None
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A due moment and how it came about.

    Attributes:
        provisional: True if a day in between rests on a decision that is only expected.
    """

    at: datetime
    days: tuple[DayCount, ...]
    provisional: bool


def due(
    calendar: WorkingCalendar,
    accepted_at: datetime,
    term: Term,
    stops: Sequence[Stop] = (),
    extra: int = 0,
) -> Due:
    """Return when an answer is due for a dossier accepted at `accepted_at`.

    Stops with the policy RUN, and those not yet ended, change nothing. A stop that begins after the due
    date changes nothing either: late stays late.

    Args:
        extra: What extensions and changes by hand add to the term: days as the term counts them, working
            minutes for a term in hours; negative where the office gave itself less.

    Raises:
        BadTerm: If nothing of the term would be left.
    """
    is_hours = term.kind is TermKind.HOUR
    minutes = term.value * 60 + (extra if is_hours else 0)
    term, basic = replace(term, value=term.value + (0 if is_hours else extra)), term.value
    if minutes < 1:
        raise BadTerm("some time", f"{minutes} minutes are left")
    ended = sorted(
        (s for s in stops if s.resumed_at and s.policy is not ClockPolicy.RUN), key=lambda s: s.stopped_at
    )
    match term.kind:
        case TermKind.HOUR:
            moment, days = _count_hours(calendar, accepted_at, minutes, ended)
        case TermKind.SAME_DAY:
            days = _count_same_day(calendar, accepted_at, term, ended)
            moment = calendar.end_of_day(days[-1].day)
        case TermKind.WORKING_DAY:
            days = _count_days(calendar, accepted_at, term, ended, working=True)
            moment = calendar.end_of_day(days[-1].day)
        case TermKind.CALENDAR_DAY:
            days = _count_days(calendar, accepted_at, term, ended, working=False)
            moment = calendar.end_of_day(days[-1].day)
    provisional = calendar.is_provisional(local_day(accepted_at), local_day(moment))
    if extra > 0 and not is_hours:
        days = [_granted(one, basic) for one in days]
    return Due(at=moment, days=tuple(days), provisional=provisional)


def extra_for(
    calendar: WorkingCalendar,
    accepted_at: datetime,
    term: Term,
    stops: Sequence[Stop],
    extra: int,
    wanted: date,
) -> int:
    """Return the `extra` with which `due` falls on the day `wanted`, starting from the present `extra`.

    Raises:
        DayNotCounted: If no term ends on that day: a day off, one that does not count, or one too far.
    """
    present = due(calendar, accepted_at, term, stops, extra)
    if term.kind is TermKind.HOUR:
        end = calendar.end_of_day(wanted)
        if not calendar.is_working(wanted):
            raise _not_counted(wanted)
        if end >= present.at:
            return extra + calendar.working_minutes_between(present.at, end)
        return max(1 - term.value * 60, extra - calendar.working_minutes_between(end, present.at))
    step = 1 if wanted > local_day(present.at) else -1
    for tried in range(FURTHEST_CHANGE):
        now = extra + step * tried
        if term.value + now < 1:
            break
        found = local_day(due(calendar, accepted_at, term, stops, now).at)
        if found == wanted:
            return now
        if (found > wanted) == (step > 0):
            break
    raise _not_counted(wanted)


def step_target(calendar: WorkingCalendar, opened_at: datetime, minutes: int) -> datetime:
    """When a step should be done: a target for the desk, never the citizen's due date."""
    return calendar.add_working_minutes(opened_at, minutes)


def planned_targets(
    calendar: WorkingCalendar, accepted_at: datetime, allotments: Sequence[int]
) -> list[datetime]:
    """When each of the steps in a row would end if all used exactly their allotment, in minutes."""
    total, targets = 0, []
    for minutes in allotments:
        total += minutes
        targets.append(calendar.add_working_minutes(accepted_at, total))
    return targets


def overrun(allotted: int, spent: int) -> int:
    """Working minutes by which a step took longer than its allotment, at least 0."""
    return max(0, spent - allotted)


def overrun_shares(overruns: Mapping[str, int]) -> dict[str, float]:
    """Each unit's share of the lateness, 0 to 1; empty when no step overran.

    A late dossier with an empty answer was lost in the plan: its allotments exceed the limit.
    """
    total = sum(overruns.values())
    return {unit: minutes / total for unit, minutes in overruns.items() if minutes} if total else {}


Punctuality = Literal["early", "on_time", "late"]


def punctuality(resolved_at: datetime, due_at: datetime) -> Punctuality:
    """Compare the day on which the result was ready with the due day; hours do not matter."""
    resolved, last = local_day(resolved_at), local_day(due_at)
    if resolved < last:
        return "early"
    return "on_time" if resolved == last else "late"


def _granted(one: DayCount, basic: int) -> DayCount:
    if one.number is None or one.number <= basic:
        return one
    return replace(one, reason=GRANTED.filled(number=one.number))


def _not_counted(day: date) -> DayNotCounted:
    return DayNotCounted("a day that ends the term", f"{day:%d/%m/%Y} does not", day=f"{day:%d/%m/%Y}")


# --- counting ---------------------------------------------------------------------------------

RECEIVED = Text("ngày tiếp nhận, không tính", "day of receipt, not counted")
AFTER_CUTOFF = Text("nhận sau {hour}, tính như nhận ngày này", "received after {hour}, counts as this day")
TOO_LATE_TODAY = Text(
    "nhận sau {hour}, chuyển sang ngày làm việc kế tiếp",
    "received after {hour}, moved to the next working day",
)
WAITED = Text("chờ người nộp bổ sung, không tính", "waiting for the applicant, not counted")
ASKED_ON_LAST = Text("ngày yêu cầu bổ sung, chưa tính", "day of the request, not yet counted")
RESTARTED = Text("đã bổ sung đủ, tính lại từ đầu", "papers complete, counted again from the start")
RESUMED = Text("đã bổ sung đủ, tính tiếp", "papers complete, counting goes on")
COUNTED = Text("ngày thứ {number}", "day {number}")
GRANTED = Text("ngày thứ {number}, được gia hạn", "day {number}, by extension")
MOVED = Text(
    "hết hạn vào ngày nghỉ ({reason}), chuyển sang ngày làm việc kế tiếp", "ends on a day off ({reason})"
)
SAME_DAY = Text("trả trong ngày", "the same day")
_DAY = timedelta(days=1)
HOURS = Text("{minutes} phút làm việc", "{minutes} working minutes")


def _count_days(
    calendar: WorkingCalendar, accepted_at: datetime, term: Term, stops: Sequence[Stop], *, working: bool
) -> list[DayCount]:
    day, days = _first_day(calendar, accepted_at, term)
    waits = [(local_day(one.stopped_at), local_day(one.resumed_at), one.policy) for one in stops]  # type: ignore[arg-type]
    number, last = 0, _last_day(accepted_at)
    while number < term.value:
        day = _after(day, last)
        reason = _stop_reason(day, waits, is_last=number + 1 == term.value)
        if reason is RESTARTED:
            number = 0
        if reason is not None:
            days.append(DayCount(day, None, reason))
        elif working and not calendar.is_working(day):
            days.append(DayCount(day, None, calendar.reason_off(day)))
        else:
            number += 1
            days.append(DayCount(day, number, _counted(number)))
    while not calendar.is_working(day):  # only a calendar-day term can end on a day off
        off = calendar.reason_off(day)
        days.append(DayCount(day, None, MOVED.filled(reason=off)))
        day = _after(day, last)
        if calendar.is_working(day):
            days.append(DayCount(day, None, _counted(number)))
    return days


def _first_day(calendar: WorkingCalendar, accepted_at: datetime, term: Term) -> tuple[date, list[DayCount]]:
    """The day that is not counted, moved on when the dossier came after the cut-off."""
    day = local_day(accepted_at)
    days = [DayCount(day, None, RECEIVED)]
    if term.cutoff and calendar.is_working(day) and local_time(accepted_at) > term.cutoff:
        day = calendar.next_working(day + timedelta(days=1))
        days.append(DayCount(day, None, AFTER_CUTOFF.filled(hour=f"{term.cutoff:%H:%M}")))
    return day, days


def _stop_reason(day: date, waits: Iterable[tuple[date, date, ClockPolicy]], *, is_last: bool) -> Text | None:
    """Why a wait keeps `day` from counting, or None; `waits`: day asked, day they came, policy."""
    for asked, came, policy in waits:
        if day == came and policy is ClockPolicy.RESET:
            return RESTARTED
        if day == came and asked < came:
            return RESUMED
        if asked < day < came:
            return WAITED
        if day == asked < came and is_last:
            return ASKED_ON_LAST
    return None


def _count_same_day(
    calendar: WorkingCalendar, accepted_at: datetime, term: Term, stops: Sequence[Stop]
) -> list[DayCount]:
    """A wait within a same-day term starts the term anew when the papers come."""
    days: list[DayCount] = []
    start = accepted_at
    for stop in stops:
        days.append(DayCount(local_day(start), None, WAITED))
        start = stop.resumed_at  # type: ignore[assignment]
    day = local_day(start)
    if term.cutoff is not None and calendar.is_working(day) and local_time(start) > term.cutoff:
        days.append(DayCount(day, None, TOO_LATE_TODAY.filled(hour=f"{term.cutoff:%H:%M}")))
        day = calendar.next_working(day + timedelta(days=1))
    elif not calendar.is_working(day):
        days.append(DayCount(day, None, calendar.reason_off(day)))
        day = calendar.next_working(day)
    days.append(DayCount(day, 1, SAME_DAY))
    for number in range(2, term.value + 1):
        day = calendar.next_working(day + timedelta(days=1))
        days.append(DayCount(day, number, _counted(number)))
    return days


def _count_hours(
    calendar: WorkingCalendar, accepted_at: datetime, minutes: int, stops: Sequence[Stop]
) -> tuple[datetime, list[DayCount]]:
    start, left, days = accepted_at, minutes, []
    for stop in stops:
        end = calendar.add_working_minutes(start, left)
        if stop.stopped_at > end:
            break
        used = calendar.working_minutes_between(start, stop.stopped_at)
        days += _minutes_by_day(calendar, start, stop.stopped_at)
        days.append(DayCount(local_day(stop.stopped_at), None, WAITED))
        left = minutes if stop.policy is ClockPolicy.RESET else left - used
        start = stop.resumed_at  # type: ignore[assignment]
    end = calendar.add_working_minutes(start, left)
    return end, [*days, *_minutes_by_day(calendar, start, end)]


def _minutes_by_day(calendar: WorkingCalendar, start: datetime, end: datetime) -> Iterator[DayCount]:
    day, last = local_day(start), local_day(end)
    while day <= last:
        if not calendar.is_working(day):
            yield DayCount(day, None, calendar.reason_off(day))
        else:
            opens = max(start, calendar.end_of_day(day) - timedelta(days=1))
            closes = min(end, calendar.end_of_day(day))
            minutes = calendar.working_minutes_between(opens, closes)
            yield DayCount(day, None, HOURS.filled(minutes=minutes))
        day += timedelta(days=1)


@cache
def _counted(number: int) -> Text:
    return COUNTED.filled(number=number)


def _last_day(accepted_at: datetime) -> date:
    """The day behind which no term is followed."""
    return local_day(accepted_at) + timedelta(days=FURTHEST)


def _after(day: date, last: date) -> date:
    if day >= last:
        raise NoWorkingTime("the term to end", f"it does not within 20 years, until {last:%d/%m/%Y}")
    return day + _DAY
