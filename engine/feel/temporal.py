"""Days, times and durations as text, and their parts. Years go from -999,999,999 to 999,999,999."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.far import Day, FarDate, FarMoment, Moment, at_time, make_day, moment_plus
from engine.feel.fine import fine_time, nanos_of
from engine.feel.values import Months, offset_of

_DATE = re.compile(r"(-?(?:[1-9]\d{4,8}|\d{4}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(\.\d{1,9})?"
    r"(?:([Zz])|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+\-/]{1,60}))?",
    re.ASCII,
)
MOST_OFFSET = 18 * 3600  # seconds; what tools accept, XML Schema stops at 14 hours
_DURATION = re.compile(
    r"(-)?P(?:(\d{1,10})Y)?(?:(\d{1,12})M)?(?:(\d{1,9})D)?"
    r"(T(?:(\d{1,12})H)?(?:(\d{1,13})M)?(?:(\d{1,15})(\.\d{0,9})?S)?)?",
    re.ASCII,
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def read_date(text: str) -> Day | None:
    found = _DATE.fullmatch(text)
    return make_day(*(int(part) for part in found.groups())) if found else None


def read_time(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, second, fraction, utc, sign, off_hour, off_minute, off_second, zone = found.groups()
    micro, nanos = divmod(int(Decimal(fraction or 0) * 1_000_000_000), 1_000)
    tz: tzinfo | None = UTC if utc else None
    if sign:
        tz = make_offset(int(off_hour), int(off_minute), int(off_second or 0), sign == "-")
        if tz is None:
            return None
    elif zone:
        tz = _zone(zone)
        if tz is None:
            return None
    hour_no = 0 if (hour, minute, second, micro) == ("24", "00", "00", 0) else int(hour)
    try:
        return fine_time(time(hour_no, int(minute), int(second), micro, tzinfo=tz), nanos)
    except ValueError:
        return None


def make_offset(hours: int, minutes: int, seconds: int, is_negative: bool) -> timezone | None:
    if hours * 3600 + minutes * 60 + seconds > MOST_OFFSET or minutes > 59 or seconds > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if is_negative else offset)


def read_moment(text: str) -> Moment | None:
    """Read a date and time; a day alone is its midnight."""
    day_text, mark, time_text = text.partition("T")
    day = read_date(day_text)
    if day is None:
        return None
    if not mark:
        return at_time(day, time())
    hour = read_time(time_text)
    if hour is None:
        return None
    try:
        moment = at_time(day, hour)
        return moment_plus(moment, timedelta(days=1)) if time_text.startswith("24:") else moment
    except OverflowError:
        return None


def read_duration(text: str) -> timedelta | Months | None:
    """Read P1Y2M or P1DT2H; years and months with days in one are null, and weeks are not FEEL."""
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    sign, years, months, days, clock, hours, minutes, seconds, fraction = found.groups()
    has_clock = any(part is not None for part in (hours, minutes, seconds))
    if clock is not None and not has_clock:
        return None
    if years is not None or months is not None:
        if days is not None or has_clock:
            return None
        count = int(years or 0) * 12 + int(months or 0)
        return Months(-count if sign else count)
    if days is None and not has_clock:
        return None
    micro = int(Decimal(fraction) * 1_000_000) if fraction and fraction != "." else 0
    try:
        length = timedelta(
            days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0), seconds=int(seconds or 0),
            microseconds=micro,
        )  # fmt: skip
        return -length if sign else length
    except OverflowError:
        return None


def read_any(text: str) -> Any:
    """Read what stands in @"…": a day, a moment, a time or a duration."""
    for read in (read_date, read_moment, read_time, read_duration):
        value = read(text)
        if value is not None:
            return value
    return None


def show(value: Any) -> str:
    """Return the FEEL text of a day, time or duration; reading it gives the same value."""
    match value:
        case datetime():
            return f"{value.year:04}-{value:%m-%d}T{_show_clock(value)}"
        case FarMoment():
            return f"{_show_year(value.year)}-{value.near:%m-%d}T{_show_clock(value.near)}"
        case FarDate():
            return f"{_show_year(value.year)}-{value.near:%m-%d}"
        case date():
            return f"{value.year:04}-{value:%m-%d}"
        case time():
            return _show_clock(value)
        case Months():
            return _show_months(value.count)
    return _show_length(value)


def _show_year(year: int) -> str:
    return f"-{-year:04}" if year < 0 else f"{year:04}"


def part_of(value: Any, name: str) -> Any:
    """Return a property such as `year`; null if the value has no such part."""
    found = None
    if isinstance(value, FarDate | FarMoment):
        return Decimal(value.year) if name == "year" else part_of(value.near, name)
    match value:
        case datetime():
            found = _day_part(value, name) if name in _DAY_PARTS else _clock_part(value, name)
        case date():
            found = _day_part(value, name)
        case time():
            found = _clock_part(value, name)
        case Months():
            years, months = divmod(abs(value.count), 12)
            found = {"years": years, "months": months, "value": abs(value.count)}.get(name)
            if found is not None and value.count < 0:
                found = -found
        case timedelta():
            found = _length_part(value, name)
    return Decimal(found) if isinstance(found, int) else found


def weekday_name(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


def month_name(day: date) -> str:
    return _MONTHS[day.month - 1]


_DAY_PARTS = frozenset(("year", "month", "day", "weekday"))


def _day_part(day: date, name: str) -> int | None:
    if name == "weekday":
        return day.isoweekday()
    return getattr(day, name) if name in _DAY_PARTS else None


def _clock_part(value: time | datetime, name: str) -> Any:
    match name:
        case "hour" | "minute":
            return int(getattr(value, name))
        case "second":
            return (
                Decimal(value.second) + Decimal(value.microsecond * 1_000 + nanos_of(value)) / 1_000_000_000
            )
        case "time offset":
            return offset_of(value)
        case "timezone":
            return getattr(value.tzinfo, "key", None)
    return None


def _length_part(length: timedelta, name: str) -> int | Decimal | None:
    total = abs(length)
    sign = -1 if length < timedelta() else 1
    match name:
        case "days":
            return sign * total.days
        case "hours":
            return sign * (total.seconds // 3600)
        case "minutes":
            return sign * (total.seconds // 60 % 60)
        case "seconds":
            return sign * (Decimal(total.seconds % 60) + Decimal(total.microseconds) / 1_000_000)
        case "value":
            return seconds_of(length)
    return None


def seconds_of(length: timedelta) -> Decimal:
    """The exact length in seconds."""
    return Decimal(length.days * 86_400 + length.seconds) + Decimal(length.microseconds) / 1_000_000


def length_of(seconds: Decimal) -> timedelta | None:
    """A duration of so many seconds, rounded to the microsecond; null when it is too long."""
    if seconds.adjusted() > 15:
        return None
    try:
        return timedelta(microseconds=int((seconds * 1_000_000).to_integral_value()))
    except (OverflowError, ArithmeticError):
        return None


def _show_clock(value: time | datetime) -> str:
    text = f"{value:%H:%M:%S}" + _fraction(value.microsecond * 1_000 + nanos_of(value))
    zone = getattr(value.tzinfo, "key", None)
    if zone is not None:
        return f"{text}@{zone}"
    offset = value.utcoffset()
    if offset is None:
        return text
    if not offset:
        return f"{text}Z"
    sign, rest = ("-", -offset) if offset < timedelta() else ("+", offset)
    minutes, seconds = divmod(int(rest.total_seconds()), 60)
    return f"{text}{sign}{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _show_months(count: int) -> str:
    years, months = divmod(abs(count), 12)
    sign = "-" if count < 0 else ""
    return sign + "P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")


def _show_length(length: timedelta) -> str:
    total = abs(length)
    sign = "-" if length < timedelta() else ""
    hours, minutes, seconds = total.seconds // 3600, total.seconds // 60 % 60, total.seconds % 60
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or total.microseconds:
        clock += f"{seconds}{_fraction(total.microseconds * 1_000)}S"
    day = f"{total.days}D" if total.days else ""
    if not day and not clock:
        return "PT0S"
    return f"{sign}P{day}" + (f"T{clock}" if clock else "")


def _fraction(nanos: int) -> str:
    return f".{nanos:09}".rstrip("0") if nanos else ""


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return None
