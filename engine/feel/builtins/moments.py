"""Built-in functions of days, times and durations."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import temporal
from engine.feel.arithmetic import midnight
from engine.feel.builtins.registry import builtin
from engine.feel.values import Months

_DAYS = "date|date and time"


@builtin("date", "from: string")
def read_date(text: str) -> date | None:
    return temporal.read_date(text)


@builtin("date", f"from: {_DAYS}")
def to_date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@builtin("date", "year: number", "month: number", "day: number")
def make_date(year: Decimal, month: Decimal, day: Decimal) -> date | None:
    if max(abs(year), abs(month), abs(day)) > 9999 or any(n != int(n) for n in (year, month, day)):
        return None
    return temporal.make_date(int(year), int(month), int(day))


@builtin("time", "from: string")
def read_time(text: str) -> time | None:
    return temporal.read_time(text)


@builtin("time", "from: time|date and time|date")
def to_time(value: Any) -> time:
    match value:
        case datetime():
            return value.timetz()
        case date():
            return time(0, tzinfo=UTC)
    return value


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
    micro = int(second % 1 * 1_000_000)
    return time(int(hour), int(minute), int(second), micro, tzinfo=zone)


@builtin("date and time", "from: string")
def read_moment(text: str) -> datetime | None:
    return temporal.read_moment(text)


@builtin("date and time", f"from: {_DAYS}")
def to_moment(value: date) -> datetime:
    return value if isinstance(value, datetime) else midnight(value)


@builtin("date and time", f"date: {_DAYS}", "time: time")
def join_moment(day: date, hour: time) -> datetime:
    return datetime.combine(to_date(day), hour)


@builtin("duration", "from: string")
def read_duration(text: str) -> timedelta | Months | None:
    return temporal.read_duration(text)


@builtin("duration", "from: days and time duration|years and months duration")
def same_duration(length: timedelta | Months) -> timedelta | Months:
    return length


@builtin("years and months duration", f"from: {_DAYS}", f"to: {_DAYS}")
def months_between(start: date, end: date) -> Months:
    """Whole months from one day to the other, towards zero."""
    sign = 1
    if _key(start) > _key(end):
        start, end, sign = end, start, -1
    months = (end.year - start.year) * 12 + end.month - start.month
    return Months(sign * (months - (_key(end)[2:] < _key(start)[2:])))


@builtin("day of week", f"date: {_DAYS}")
def day_of_week(day: date) -> str:
    return temporal.weekday_name(day)


@builtin("day of year", f"date: {_DAYS}")
def day_of_year(day: date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@builtin("month of year", f"date: {_DAYS}")
def month_of_year(day: date) -> str:
    return temporal.month_name(day)


@builtin("week of year", f"date: {_DAYS}")
def week_of_year(day: date) -> Decimal:
    """The week as ISO 8601 counts: the first one holds the year's first Thursday."""
    return Decimal(day.isocalendar().week)


@builtin("last day of month", f"date: {_DAYS}")
def last_day_of_month(day: date) -> date | None:
    start = to_date(day).replace(day=28) + timedelta(days=4)
    return start - timedelta(days=start.day)


def _key(day: date) -> tuple[int, ...]:
    hour = (day.hour, day.minute, day.second) if isinstance(day, datetime) else (0, 0, 0)
    return (day.year, day.month, day.day, *hour)
