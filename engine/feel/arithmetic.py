"""Plus, minus, times, divided by, to the power, over numbers, text, days and durations.

A pair of kinds that does not go together, a division by zero and a number too large give null.

Source: DMN 1.5, 10.3.2.12 (tables 55-57).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import far, temporal
from engine.feel.values import NUMBERS, Months, NumberFault, clock, kind, moment, single

_DAYS, _MONTHS = "days and time duration", "years and months duration"


def add(left: Any, right: Any) -> Any:
    return _apply(_ADD, left, right)


def subtract(left: Any, right: Any) -> Any:
    return _apply(_SUBTRACT, left, right)


def multiply(left: Any, right: Any) -> Any:
    return _apply(_MULTIPLY, left, right)


def divide(left: Any, right: Any) -> Any:
    return _apply(_DIVIDE, left, right)


def power(left: Any, right: Any) -> Any:
    return _apply({("number", "number"): _power}, left, right)


def negate(value: Any) -> Any:
    match value:
        case Decimal():
            return NUMBERS.minus(value)
        case timedelta():
            return -value
        case Months():
            return Months(-value.count)
    return None


def move_months(day: Any, count: int) -> Any:
    """Move a day (or moment) by whole months; the 31st becomes the last day of a shorter month."""
    near = far.split(day)[1]
    year, month = divmod(day.year * 12 + near.month - 1 + count, 12)
    longest = monthrange(far.FIRST + year % far.CYCLE, month + 1)[1]
    moved = far.make_day(year, month + 1, min(near.day, longest))
    if moved is None or not isinstance(near, datetime):
        return moved
    return far.at_time(moved, near.timetz())


def midnight(day: Any) -> Any:
    """A day as the moment it begins, in UTC as DMN has it."""
    return far.at_time(day, time(tzinfo=UTC))


Rule = Callable[[Any, Any], Any]


def _apply(rules: dict[tuple[str, str], Rule], left: Any, right: Any) -> Any:
    rule = rules.get((kind(left), kind(right)))
    if rule is None:
        left, right = single(left), single(right)
        rule = rules.get((kind(left), kind(right)))
    if rule is None:
        return None
    try:
        return rule(left, right)
    except (NumberFault, OverflowError, ValueError, ZeroDivisionError):
        return None


def _day_minus_day(left: Any, right: Any) -> timedelta:
    return timedelta(days=far.days_since(left) - far.days_since(right))


def _moment_minus(left: Any, right: Any) -> timedelta | None:
    """The time between two moments; a day stands for its midnight in UTC.

    Undefined where only one of the two has a zone (table 57).
    """
    (ahead, first), (behind, second) = far.split(left), far.split(right)
    if not isinstance(first, datetime):
        first = datetime.combine(first, time(), UTC)
    if not isinstance(second, datetime):
        second = datetime.combine(second, time(), UTC)
    if (first.tzinfo is None) != (second.tzinfo is None):
        return None
    return timedelta(days=(ahead - behind) * far.CYCLE_DAYS) + (moment(first) - moment(second))


def _time_plus(left: time, right: timedelta) -> time:
    around = datetime.combine(date(2000, 1, 1), left.replace(tzinfo=None)) + right % timedelta(days=1)
    return around.time().replace(tzinfo=left.tzinfo)


def _day_plus(left: Any, right: timedelta) -> Any:
    """A day moves by the whole days of a duration; hours go back to the day they fall in."""
    return far.day_at(far.days_since(left) + right // timedelta(days=1))


def _scale(length: timedelta, factor: Decimal) -> timedelta | None:
    return temporal.length_of(NUMBERS.multiply(temporal.seconds_of(length), factor))


def _scale_months(length: Months, factor: Decimal) -> Months | None:
    return _months(NUMBERS.multiply(Decimal(length.count), factor))


def _months(count: Decimal) -> Months | None:
    """Whole months; null for more than any calendar has."""
    return Months(int(count)) if abs(count) < 10**12 else None


def _power(left: Decimal, right: Decimal) -> Decimal:
    return NUMBERS.power(left, right) if right else Decimal(1)


def _swap(rule: Rule) -> Rule:
    return lambda left, right: rule(right, left)


_ADD: dict[tuple[str, str], Rule] = {
    ("number", "number"): NUMBERS.add,
    ("string", "string"): lambda a, b: a + b,
    ("date", _DAYS): _day_plus,
    ("date and time", _DAYS): far.moment_plus,
    ("time", _DAYS): _time_plus,
    ("date", _MONTHS): lambda a, b: move_months(a, b.count),
    ("date and time", _MONTHS): lambda a, b: move_months(a, b.count),
    (_DAYS, _DAYS): lambda a, b: a + b,
    (_MONTHS, _MONTHS): lambda a, b: Months(a.count + b.count),
}
_ADD |= {
    (right, left): _swap(rule) for (left, right), rule in _ADD.items() if left != right and right != "number"
}
_SUBTRACT: dict[tuple[str, str], Rule] = {
    ("number", "number"): NUMBERS.subtract,
    ("date", "date"): _day_minus_day,
    ("date and time", "date and time"): _moment_minus,
    ("date", "date and time"): _moment_minus,
    ("date and time", "date"): _moment_minus,
    ("time", "time"): lambda a, b: clock(a) - clock(b),
    ("date", _DAYS): lambda a, b: _day_plus(a, -b),
    ("date and time", _DAYS): lambda a, b: far.moment_plus(a, -b),
    ("time", _DAYS): lambda a, b: _time_plus(a, -b),
    ("date", _MONTHS): lambda a, b: move_months(a, -b.count),
    ("date and time", _MONTHS): lambda a, b: move_months(a, -b.count),
    (_DAYS, _DAYS): lambda a, b: a - b,
    (_MONTHS, _MONTHS): lambda a, b: Months(a.count - b.count),
}
_MULTIPLY: dict[tuple[str, str], Rule] = {
    ("number", "number"): NUMBERS.multiply,
    (_DAYS, "number"): _scale,
    (_MONTHS, "number"): _scale_months,
    ("number", _DAYS): _swap(_scale),
    ("number", _MONTHS): _swap(_scale_months),
}
_DIVIDE: dict[tuple[str, str], Rule] = {
    ("number", "number"): NUMBERS.divide,
    (_DAYS, "number"): lambda a, b: temporal.length_of(NUMBERS.divide(temporal.seconds_of(a), b)),
    (_MONTHS, "number"): lambda a, b: _months(NUMBERS.divide(Decimal(a.count), b)),
    (_DAYS, _DAYS): lambda a, b: NUMBERS.divide(temporal.seconds_of(a), temporal.seconds_of(b)),
    (_MONTHS, _MONTHS): lambda a, b: NUMBERS.divide(Decimal(a.count), Decimal(b.count)),
}
