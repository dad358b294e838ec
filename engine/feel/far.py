"""Days and moments of years that Python's calendar cannot hold: before 1 and after 9999.

The calendar repeats every 400 years to the day of the week. A far day is therefore a day of the years 2000
to 2399 and a count of such cycles; its month, day and weekday are those of the near day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.fine import fine_moment, nanos_of

CYCLE = 400
CYCLE_DAYS = 146_097
FIRST = 2000
LARGEST_YEAR = 999_999_999

_START = date(FIRST, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class FarDate:
    """The day `near`, so many cycles of 400 years later."""

    cycles: int
    near: date

    @property
    def year(self) -> int:
        return self.near.year + self.cycles * CYCLE


@dataclass(frozen=True, slots=True)
class FarMoment:
    """The moment `near`, so many cycles of 400 years later."""

    cycles: int
    near: datetime

    @property
    def year(self) -> int:
        return self.near.year + self.cycles * CYCLE


Day = date | FarDate
Moment = datetime | FarMoment


def make_day(year: int, month: int, day: int) -> Day | None:
    """Return a day of any year; None if there is no such day."""
    if abs(year) > LARGEST_YEAR:
        return None
    try:
        return _joined(*_near(year, month, day))
    except ValueError:
        return None


def split(value: Any) -> tuple[int, Any]:
    """Return the cycles and the near day or moment of any day or moment."""
    if isinstance(value, FarDate | FarMoment):
        return value.cycles, value.near
    cycles, year = divmod(value.year - FIRST, CYCLE)
    near = value.replace(year=FIRST + year)
    return cycles, fine_moment(near, nanos_of(value)) if isinstance(near, datetime) else near


def at_time(day: Any, hour: time) -> Moment:
    """Return the moment of a time on a day."""
    if isinstance(day, FarDate | FarMoment):
        near = day.near.date() if isinstance(day.near, datetime) else day.near
        return FarMoment(day.cycles, _combined(near, hour))
    return _combined(day.date() if isinstance(day, datetime) else day, hour)


def day_of(value: Any) -> Day:
    """Return the day of a day or moment."""
    if isinstance(value, FarMoment):
        return FarDate(value.cycles, value.near.date())
    return value.date() if isinstance(value, datetime) else value


def days_since(value: Any) -> int:
    """Return a count of days that grows by one from each day to the next."""
    cycles, near = split(value)
    return near.toordinal() + cycles * CYCLE_DAYS


def day_at(count: int) -> Day | None:
    """Return the day of a count of days, see `days_since`."""
    cycles, rest = divmod(count - _START, CYCLE_DAYS)
    if abs(cycles) * CYCLE > LARGEST_YEAR:
        return None
    return _joined(cycles, date.fromordinal(_START + rest))


def moment_plus(value: Any, length: timedelta) -> Moment | None:
    """Return a moment that much later; in a named zone the clock may be put forward or back on the way."""
    if isinstance(value, datetime) and isinstance(value.tzinfo, ZoneInfo):
        try:
            moved = (value.astimezone(UTC) + length).astimezone(value.tzinfo)
        except OverflowError:
            pass
        else:
            return fine_moment(moved, nanos_of(value))
    days, rest = divmod(length, timedelta(days=1))
    cycles, near = split(value)
    near += rest
    day = day_at(near.toordinal() + cycles * CYCLE_DAYS + days)
    return None if day is None else at_time(day, near.timetz())


def _combined(day: date, hour: time) -> datetime:
    return fine_moment(datetime.combine(day, hour), nanos_of(hour))


def _near(year: int, month: int, day: int) -> tuple[int, date]:
    cycles, rest = divmod(year - FIRST, CYCLE)
    return cycles, date(FIRST + rest, month, day)


def _joined(cycles: int, near: date) -> Day:
    year = near.year + cycles * CYCLE
    return near.replace(year=year) if 1 <= year <= 9999 else FarDate(cycles, near)
