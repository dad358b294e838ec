"""Working time: on which days and in which hours an office works.

Pure arithmetic on one resolved calendar (unit over province over nation). Moments are aware; days and
hours are local to Asia/Ho_Chi_Minh, which has no daylight saving. Law is data: nothing here knows a holiday.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.domain.texts import Text
from engine.errors import Invalid

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FURTHEST = 20 * 366  # days that a search looks ahead before it gives up
NOON = time(12, 0)
_DAY = timedelta(days=1)

Session = tuple[time, time]


class DayKind(StrEnum):
    OFF = "OFF"
    WORK = "WORK"
    HALF_AM = "HALF_AM"
    HALF_PM = "HALF_PM"
    RECEPTION_ONLY = "RECEPTION_ONLY"  # the counter is open, but no deadline counts the day


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a decision says about one day. `confirmed` is False while the decision is only expected."""

    kind: DayKind
    reason: Text = Text("")
    decision_no: str = ""
    confirmed: bool = True


class NoWorkingTime(Invalid):
    """The calendar never works again: every weekday is off, or there are no sessions."""

    code = "no_working_time"
    vi = "Lịch làm việc không có ngày làm việc nào trong 20 năm tới: cần {expected}, nhưng {found}."
    en = "The calendar has no working day in the next 20 years: expected {expected}, but {found}."


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """The working time of one office.

    Attributes:
        week: Weekdays worked, Monday = 0.
        sessions: Hours of a full day, in order, local time.
        days: Days on which the week pattern does not hold.
    """

    week: frozenset[int] = frozenset(range(5))
    sessions: tuple[Session, ...] = ((time(7), time(11)), (time(13), time(17)))
    days: Mapping[date, Day] = field(default_factory=dict)
    _spans: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _seconds: dict[date, float] = field(default_factory=dict, init=False, repr=False, compare=False)
    _between: dict[tuple[date, date], float] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def day_minutes(self) -> int:
        """Working minutes of a full day."""
        return sum(_minutes(session) for session in self.sessions)

    def kind(self, day: date) -> DayKind:
        if day in self.days:
            return self.days[day].kind
        return DayKind.WORK if day.weekday() in self.week else DayKind.OFF

    def is_working(self, day: date) -> bool:
        """Whether deadlines count this day; half a day counts as a day."""
        return self.kind(day) in (DayKind.WORK, DayKind.HALF_AM, DayKind.HALF_PM)

    def reason_off(self, day: date) -> Text:
        """Why a day is not worked: the holiday, or the weekday's name."""
        if day in self.days and self.days[day].reason.vi:
            return self.days[day].reason
        return WEEKDAYS[day.weekday()]

    def sessions_of(self, day: date) -> tuple[Session, ...]:
        match self.kind(day):
            case DayKind.WORK:
                return self.sessions
            case DayKind.HALF_AM:
                return tuple(one for one in self.sessions if one[0] < NOON)
            case DayKind.HALF_PM:
                return tuple(one for one in self.sessions if one[0] >= NOON)
        return ()

    def end_of_day(self, day: date) -> datetime:
        """The end of the last session; of a full day's sessions when the day is off."""
        sessions = self.sessions_of(day) or self.sessions
        return at(day, sessions[-1][1])

    def next_working(self, day: date) -> date:
        """The first working day on or after `day`.

        Raises:
            NoWorkingTime: If there is none within 20 years.
        """
        for ahead in range(FURTHEST):
            if self.is_working(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        raise NoWorkingTime("a working day", f"there is none after {day:%d/%m/%Y}")

    def add_working_days(self, moment: datetime, days: int) -> datetime:
        """End of the `days`-th working day after the day of `moment`, which is not counted."""
        day = local_day(moment)
        for _ in range(days):
            day = self.next_working(day + timedelta(days=1))
        return self.end_of_day(day)

    def add_calendar_days(self, moment: datetime, days: int) -> datetime:
        """End of the `days`-th day after `moment`; if that is off, of the next working day."""
        return self.end_of_day(self.next_working(local_day(moment) + timedelta(days=days)))

    def add_working_minutes(self, moment: datetime, minutes: int) -> datetime:
        """The moment at which `minutes` of working time have passed since `moment`.

        Time that ends with a session ends at the session's end, not at the start of the next one.

        Raises:
            NoWorkingTime: If so much working time does not come within 20 years.
        """
        left = timedelta(minutes=minutes)
        for start, end in self._spans_from(moment):
            if end - start >= left:
                return start + left
            left -= end - start
        raise NoWorkingTime(f"{minutes} working minutes", "the calendar runs out before")

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from `start` to `end`; 0 if `end` is not later."""
        day, last = local_day(start), local_day(end)
        total = self._seconds_within(day, start, end)
        if day < last:
            total += self._seconds_within(last, start, end)
            total += self._seconds_between(day, last)
        return int(total // 60)

    def is_provisional(self, after: date, until: date) -> bool:
        """Whether a day after `after`, up to and including `until`, rests on an expected decision."""
        return any(after < day <= until and not entry.confirmed for day, entry in self.days.items())

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working spans from `moment` on, the first one cut at `moment`."""
        day = local_day(moment)
        for _ in range(FURTHEST):
            for opens, closes in self._spans_of(day):
                if closes > moment:
                    yield max(opens, moment), closes
            day += _DAY

    def _seconds_within(self, day: date, start: datetime, end: datetime) -> float:
        """Working seconds of one day between two moments."""
        cut = ((max(opens, start), min(closes, end)) for opens, closes in self._spans_of(day))
        return sum((closes - opens).total_seconds() for opens, closes in cut if closes > opens)

    def _seconds_between(self, first: date, last: date) -> float:
        """Working seconds of the whole days between two days; the lines of a list ask the same few over."""
        found = self._between.get((first, last))
        if found is None:
            if len(self._between) >= FURTHEST:
                self._between.clear()
            days = range(1, min((last - first).days, FURTHEST + 1))
            found = sum(self._seconds_of(first + timedelta(days=ahead)) for ahead in days)
            self._between[first, last] = found
        return found

    def _seconds_of(self, day: date) -> float:
        """Working seconds of a whole day; a calendar keeps those that were asked for."""
        found = self._seconds.get(day)
        if found is None:
            if len(self._seconds) >= FURTHEST:
                self._seconds.clear()
            found = sum((closes - opens).total_seconds() for opens, closes in self._spans_of(day))
            self._seconds[day] = found
        return found

    def _spans_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Working spans of one day; a calendar keeps those that were asked for."""
        found = self._spans.get(day)
        if found is None:
            if len(self._spans) >= FURTHEST:
                self._spans.clear()
            found = tuple((at(day, opens), at(day, closes)) for opens, closes in self.sessions_of(day))
            self._spans[day] = found
        return found


WEEKDAYS = (
    Text("thứ hai", "Monday"),
    Text("thứ ba", "Tuesday"),
    Text("thứ tư", "Wednesday"),
    Text("thứ năm", "Thursday"),
    Text("thứ sáu", "Friday"),
    Text("thứ bảy", "Saturday"),
    Text("chủ nhật", "Sunday"),
)


@lru_cache(maxsize=1024)
def local_day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def local_time(moment: datetime) -> time:
    return moment.astimezone(ZONE).time()


def at(day: date, hour: time) -> datetime:
    """The aware UTC moment of a local day and hour."""
    return datetime.combine(day, hour, ZONE).astimezone(UTC)


def _minutes(session: Session) -> int:
    opens, closes = session
    return (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
