"""The values of FEEL in Python, their kinds, and when two of them are equal or in order.

    null None · number Decimal · string str · boolean bool · list list · context dict
    date date · time time · date and time datetime · days and time duration timedelta
    years and months duration Months · range Range · function Function

Nothing here raises for a wrong type: it answers None, which is FEEL's null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from engine.domain.calendar import ZONE
from engine.feel.far import CYCLE_DAYS, FarDate, FarMoment, days_since, split
from engine.feel.fine import FineMoment, FineTime, nanos_of

OFFSET = timezone(timedelta(hours=7))  # of ZONE, which has no daylight saving
NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
NumberFault = DecimalException


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration in years and months, kept as months; negative ones go back."""

    count: int


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` to `end`; None on one side means without an end there."""

    start: Any
    end: Any
    has_start: bool = True
    has_end: bool = True

    def __hash__(self) -> int:
        return hash((str(self.start), str(self.end), self.has_start, self.has_end))


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value; `call` takes the run's scope, positional and named arguments."""

    call: Callable[[Any, list[Any], dict[str, Any]], Any]
    parameters: tuple[str, ...] = ()
    name: str = field(default="function")
    types: tuple[Any, ...] | None = None  # shapes of the parameters, where they are said
    always: Callable[[], Any] | None = None  # what it gives, where that hangs on nothing


KINDS: dict[type, str] = {
    type(None): "null",
    Decimal: "number",
    str: "string",
    bool: "boolean",
    list: "list",
    dict: "context",
    date: "date",
    datetime: "date and time",
    FarDate: "date",
    FarMoment: "date and time",
    FineMoment: "date and time",
    time: "time",
    FineTime: "time",
    timedelta: "days and time duration",
    Months: "years and months duration",
    Range: "range",
    Function: "function",
}
ORDERED = frozenset(
    (
        *("number", "string", "date", "date and time", "time"),
        *("days and time duration", "years and months duration"),
    )
)


_PLAIN = frozenset((Decimal, str, bool))


def kind(value: Any) -> str:
    """Return the name of the value's type as FEEL calls it."""
    return KINDS.get(type(value), "null")


def from_python(value: Any) -> Any:
    """Return a value from outside as FEEL has it; what FEEL has no kind for is null.

    Moments in the office's own zone get its offset, so that they print as systems read them.
    """
    if type(value) in KINDS:
        if isinstance(value, list):
            return [from_python(one) for one in value]
        if isinstance(value, dict):
            return {str(key): from_python(one) for key, one in value.items()}
        if isinstance(value, datetime) and value.tzinfo is ZONE:
            return value.replace(tzinfo=OFFSET)
        return value if not isinstance(value, Decimal) or value.is_finite() else None
    match value:
        case Enum():
            return from_python(value.value)
        case int():
            return Decimal(int(value))
        case float():
            number = Decimal(repr(value))
            return number if number.is_finite() else None
        case str():
            return str(value)
        case Mapping():
            return {str(key): from_python(one) for key, one in value.items()}
        case tuple() | set() | frozenset():
            return [from_python(one) for one in value]
    return None


def equal(left: Any, right: Any) -> bool | None:
    """FEEL's `=`: null equals only null, values of different kinds give null."""
    if left is None or right is None:
        return left is right
    if type(left) is type(right) and type(left) in _PLAIN:
        return left == right
    what = kind(left)
    if what != kind(right):
        return _equal_singletons(left, right)
    match what:
        case "list":
            return len(left) == len(right) and all(
                equal(a, b) is True for a, b in zip(left, right, strict=True)
            )
        case "context":
            return left.keys() == right.keys() and all(equal(left[key], right[key]) is True for key in left)
        case "range":
            same = equal(left.start, right.start) is True and equal(left.end, right.end) is True
            return same and (left.has_start, left.has_end) == (right.has_start, right.has_end)
        case "date and time" | "time":
            return has_zone(left) == has_zone(right) and compare(left, right) == 0
        case "date":
            return compare(left, right) == 0
        case "function":
            return left is right
    return left == right


def compare(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1 for values in order; None when they cannot be put in one.

    Of two times or moments one without a zone has that of the other (DMN 1.5, table 54).
    """
    if type(left) is Decimal and type(right) is Decimal:
        return (left > right) - (left < right)
    what = kind(left)
    if what not in ORDERED or what != kind(right):
        return None
    if type(left) in _RARE or type(right) in _RARE:
        left, right = instant(left), instant(right)
    elif what == "date and time":
        left, right = (moment(one) for one in _zoned_alike(left, right))
    elif what == "time":
        left, right = (clock(one) for one in _zoned_alike(left, right))
    return (left > right) - (left < right)


def has_zone(value: Any) -> bool:
    """Whether a time or moment says its zone; nothing else has one."""
    return getattr(getattr(value, "near", value), "tzinfo", None) is not None


def _zoned_alike(left: Any, right: Any) -> tuple[Any, Any]:
    if (left.tzinfo is None) == (right.tzinfo is None):
        return left, right
    if left.tzinfo is None:
        return left.replace(tzinfo=right.tzinfo), right
    return left, right.replace(tzinfo=left.tzinfo)


def less(left: Any, right: Any) -> bool | None:
    """FEEL's `<`; a list of one stands for the one (DMN 1.5, 10.3.2.9.4 and 10.3.2.15)."""
    order = compare(left, right)
    if order is None and (type(left) is list or type(right) is list):
        order = compare(single(left), single(right))
    return None if order is None else order < 0


def single(value: Any) -> Any:
    """The one of a list of one; any other value as it is."""
    return value[0] if type(value) is list and len(value) == 1 else value


def in_range(value: Any, bounds: Range) -> bool | None:
    """Whether a value lies in a range; null when it cannot be compared with its ends."""
    answers = []
    if bounds.start is not None:
        order = compare(value, bounds.start)
        answers.append(None if order is None else order > 0 or (order == 0 and bounds.has_start))
    if bounds.end is not None:
        order = compare(value, bounds.end)
        answers.append(None if order is None else order < 0 or (order == 0 and bounds.has_end))
    return both(answers) if answers else None


def both(answers: list[Any]) -> bool | None:
    """FEEL's `and`: false if one is false, else null if one is not true."""
    if any(one is False for one in answers):
        return False
    return True if all(one is True for one in answers) else None


def either(answers: list[Any]) -> bool | None:
    """FEEL's `or`: true if one is true, else null if one is not false."""
    if any(one is True for one in answers):
        return True
    return False if all(one is False for one in answers) else None


def moment(value: datetime) -> datetime:
    """A date and time that can be compared with any other; without a zone it is local."""
    zone = value.tzinfo
    if zone is None:
        return value.replace(tzinfo=ZONE)
    # Python compares the clocks of two moments in one zone, whatever summer time did between them.
    return value.astimezone(UTC) if type(zone) is ZoneInfo and zone is not ZONE else value


_RARE = frozenset((FarDate, FarMoment, FineMoment, FineTime))


def instant(value: Any) -> tuple[int, timedelta, int]:
    """A day, time or moment of any kind as days, time within the day in UTC, and nanoseconds."""
    if isinstance(value, time):
        return 0, clock(value), nanos_of(value)
    cycles, near = split(value)
    if isinstance(near, datetime):
        nanos = nanos_of(near)
        near = moment(near).astimezone(UTC)
        since = timedelta(
            hours=near.hour, minutes=near.minute, seconds=near.second, microseconds=near.microsecond
        )
        return days_since(near) + cycles * CYCLE_DAYS, since, nanos
    return days_since(value), timedelta(), 0


def clock(value: time) -> timedelta:
    """A time of day as time since midnight UTC; without a zone it is local."""
    offset = offset_of(value)
    since = timedelta(
        hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
    )
    return since - (timedelta(hours=7) if offset is None else offset)


def offset_of(value: time | datetime) -> timedelta | None:
    """The offset from UTC; that of a named zone in winter where there is no day to tell."""
    offset = value.utcoffset()
    if offset is None and value.tzinfo is not None:
        return datetime.combine(date(2000, 1, 1), value).utcoffset()
    return offset


def _equal_singletons(left: Any, right: Any) -> bool | None:
    """A list of one equals the one; other kinds cannot be compared."""
    if isinstance(left, list) and len(left) == 1 and kind(left[0]) == kind(right):
        return equal(left[0], right)
    if isinstance(right, list) and len(right) == 1 and kind(right[0]) == kind(left):
        return equal(left, right[0])
    return None
