"""Built-in functions of days, times and durations."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import far, temporal
from engine.feel.arithmetic import midnight
from engine.feel.builtins.registry import builtin
from engine.feel.fine import fine_time
from engine.feel.values import Months, kind

_DAYS = "date|date and time"


@builtin("date", "from: string")
def read_date(text: str) -> Any:
    return temporal.read_date(text)


@builtin("date", f"from: {_DAYS}")
def to_date(value: Any) -> Any:
    return far.day_of(value)


@builtin("date", "year: number", "month: number", "day: number")
def make_date(year: Decimal, month: Decimal, day: Decimal) -> Any:
    if max(abs(year), abs(month), abs(day)) > far.LARGEST_YEAR:
        return None
    if any(one != one.to_integral_value() for one in (year, month, day)):
        return None
    return far.make_day(int(year), int(month), int(day))


@builtin("time", "from: string")
def read_time(text: str) -> time | None:
    return temporal.read_time(text)


@builtin("time", "from: time|date and time|date")
def to_time(value: Any) -> time:
    if isinstance(value, time):
        return value
    near = far.split(value)[1]
    return near.timetz() if isinstance(near, datetime) else time(0, tzinfo=UTC)


@builtin("time", "hour: number", "minute: number", "second: number", "offset: days and time duration|null?")
def make_time(
    hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> time | None:
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    zone = None
    if offset is not None:
        minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
        zone = temporal.make_offset(minutes // 60, minutes % 60, seconds, offset < timedelta())
        if zone is None:
            return None
    micro, nanos = divmod(int(second % 1 * 1_000_000_000), 1_000)
    return fine_time(time(int(hour), int(minute), int(second), micro, tzinfo=zone), nanos)


@builtin("date and time", "from: string")
def read_moment(text: str) -> Any:
    return temporal.read_moment(text)


@builtin("date and time", f"from: {_DAYS}")
def to_moment(value: Any) -> Any:
    return midnight(value) if kind(value) == "date" else value


@builtin("date and time", f"date: {_DAYS}", "time: time")
def join_moment(day: Any, hour: time) -> Any:
    return far.at_time(day, hour)


_PARTS = ("year: number", "month: number", "day: number", "hour: number", "minute: number", "second: number")


@builtin("date and time", *_PARTS, "offset: days and time duration|null?")
def make_moment(year: Decimal, month: Decimal, day: Decimal, *clock: Any) -> Any:
    date_part, time_part = make_date(year, month, day), make_time(*clock)
    return None if date_part is None or time_part is None else far.at_time(date_part, time_part)


@builtin("duration", "from: string")
def read_duration(text: str) -> timedelta | Months | None:
    return temporal.read_duration(text)


@builtin("duration", "from: days and time duration|years and months duration")
def same_duration(length: timedelta | Months) -> timedelta | Months:
    return length


@builtin("years and months duration", f"from: {_DAYS}", f"to: {_DAYS}")
def months_between(start: Any, end: Any) -> Months:
    """Whole months from one day to the other, towards zero."""
    first, last, sign = _key(start), _key(end), 1
    if first > last:
        first, last, sign = last, first, -1
    months = (last[0] - first[0]) * 12 + last[1] - first[1]
    return Months(sign * (months - (last[2:] < first[2:])))


@builtin("day of week", f"date: {_DAYS}")
def day_of_week(day: Any) -> str:
    return temporal.weekday_name(far.split(day)[1])


@builtin("day of year", f"date: {_DAYS}")
def day_of_year(day: Any) -> Decimal:
    return Decimal(far.split(day)[1].timetuple().tm_yday)


@builtin("month of year", f"date: {_DAYS}")
def month_of_year(day: Any) -> str:
    return temporal.month_name(far.split(day)[1])


@builtin("week of year", f"date: {_DAYS}")
def week_of_year(day: Any) -> Decimal:
    """The week as ISO 8601 counts: the first one holds the year's first Thursday."""
    return Decimal(far.split(day)[1].isocalendar().week)


@builtin("last day of month", f"date: {_DAYS}")
def last_day_of_month(day: Any) -> Any:
    near = far.split(day)[1]
    return far.make_day(day.year, near.month, monthrange(near.year, near.month)[1])


def _key(day: Any) -> tuple[int, ...]:
    near = far.split(day)[1]
    hour = (near.hour, near.minute, near.second) if isinstance(near, datetime) else (0, 0, 0)
    return (day.year, near.month, near.day, *hour)
