"""Built-in functions of numbers, of conversion to them, and of truth."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from engine.feel.arithmetic import negate
from engine.feel.builtins.registry import builtin
from engine.feel.far import FarMoment
from engine.feel.values import NUMBERS, Months, NumberFault, equal, kind

_SCALE = range(-6111, 6177)


@builtin("number", "from: string")
def to_number(text: str) -> Decimal | None:
    if not re.fullmatch(r"[+-]?(\d{1,400}(\.\d{1,400})?|\.\d{1,400})([eE][+-]?\d{1,5})?", text, re.ASCII):
        return None
    try:
        return NUMBERS.create_decimal(text)
    except NumberFault:
        return None


@builtin("number", "from: number")
def same_number(number: Decimal) -> Decimal:
    return number


@builtin("number", "from: string", "grouping separator: string|null", "decimal separator: string|null")
def to_number_with(text: str, grouping: str | None, point: str | None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or grouping == (point or "."):
        return None
    if grouping:
        text = text.replace(grouping, "")
    return to_number(text.replace(point, ".") if point else text)


@builtin("not", "negand: any")
def negation(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


@builtin("is", "value1: any", "value2: any")
def is_same(left: Any, right: Any) -> bool:
    """Whether two values are the same, the zone of a time included: 07:00 is not 07:00Z."""
    if kind(left) != kind(right) or equal(left, right) is not True:
        return False
    return kind(left) not in ("time", "date and time") or _offset(left) == _offset(right)


def _offset(value: Any) -> Any:
    return value.near.utcoffset() if isinstance(value, FarMoment) else value.utcoffset()


@builtin("abs", "n: number")
def absolute(number: Decimal) -> Decimal:
    return number.copy_abs()


@builtin("abs", "n: days and time duration|years and months duration")
def absolute_length(length: timedelta | Months) -> Any:
    below = length < (Months(0) if isinstance(length, Months) else timedelta())
    return negate(length) if below else length


@builtin("floor", "n: number", "scale: number?")
def floor(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    return _rounded(number, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number", "scale: number?")
def ceiling(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    return _rounded(number, scale, ROUND_CEILING)


@builtin("decimal", "n: number", "scale: number")
def decimal(number: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(number, scale, ROUND_HALF_EVEN)


@builtin("round up", "n: number", "scale: number?")
def round_up(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    return _rounded(number, scale, ROUND_UP)


@builtin("round down", "n: number", "scale: number?")
def round_down(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    return _rounded(number, scale, ROUND_DOWN)


@builtin("round half up", "n: number", "scale: number?")
def round_half_up(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    return _rounded(number, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number", "scale: number?")
def round_half_down(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
    return _rounded(number, scale, ROUND_HALF_DOWN)


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The rest with the sign of the divisor: dividend - divisor * floor(dividend / divisor)."""
    try:
        rest = NUMBERS.remainder(dividend, divisor)
        return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest
    except NumberFault:
        return None


@builtin("sqrt", "number: number")
def square_root(number: Decimal) -> Decimal | None:
    return _tried(NUMBERS.sqrt, number)


@builtin("log", "number: number")
def logarithm(number: Decimal) -> Decimal | None:
    return _tried(NUMBERS.ln, number) if number > 0 else None


@builtin("exp", "number: number")
def exponential(number: Decimal) -> Decimal | None:
    return _tried(NUMBERS.exp, number)


@builtin("odd", "number: number")
def is_odd(number: Decimal) -> bool:
    return number == number.to_integral_value() and _tried_rest(number) == 1


@builtin("even", "number: number")
def is_even(number: Decimal) -> bool:
    return number == number.to_integral_value() and _tried_rest(number) == 0


def _tried(function: Any, number: Decimal) -> Decimal | None:
    try:
        return function(number)
    except NumberFault:
        return None


def _tried_rest(number: Decimal) -> Decimal:
    """What is left over two; a number too large for its last digit to be known is even."""
    try:
        return NUMBERS.remainder(number, Decimal(2)).copy_abs()
    except NumberFault:
        return Decimal(0)


def _rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal | None:
    if scale != scale.to_integral_value() or int(scale) not in _SCALE:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= scale:
        return number
    try:
        return number.quantize(Decimal(1).scaleb(-int(scale)), rounding, NUMBERS)
    except NumberFault:
        return None
