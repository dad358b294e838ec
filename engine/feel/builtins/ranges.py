"""Built-in functions on how points and ranges lie to each other.

Source: DMN 1.5, 10.3.4.9 (after Allen's interval algebra). A point is a range of one value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.range_texts import read_range
from engine.feel.values import ORDERED, Range, compare, equal, in_range

_POINT = "|".join(sorted(ORDERED))


@builtin("range", "from: string")
def to_range(text: str) -> Range | None:
    return read_range(text)


def _order(left: Any, right: Any) -> int:
    """Like `compare`, for values that must be in an order.

    Raises:
        _NoOrder: If they are not; the function then gives null.
    """
    order = None if left is None or right is None else compare(left, right)
    if order is None:
        raise _NoOrder
    return order


class _NoOrder(Exception):
    """Two values cannot be put in order."""


def _register(name: str, first: str, second: str) -> Callable[[Callable], Callable]:
    """Register for arguments named point or range, with null for what has no order."""
    kinds = {"point": _POINT, "range": "range"}
    names = (first, second) if first != second else (f"{first}1", f"{second}2")

    def register(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        def tried(left: Any, right: Any) -> bool | None:
            try:
                return function(left, right)
            except _NoOrder:
                return None

        builtin(name, f"{names[0]}: {kinds[first]}", f"{names[1]}: {kinds[second]}")(tried)
        return function

    return register


def _as_range(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


@_register("before", "point", "point")
@_register("before", "point", "range")
@_register("before", "range", "point")
@_register("before", "range", "range")
def before(left: Any, right: Any) -> bool:
    one, other = _as_range(left), _as_range(right)
    order = _order(one.end, other.start)
    return order < 0 or (order == 0 and not (one.has_end and other.has_start))


@_register("after", "point", "point")
@_register("after", "point", "range")
@_register("after", "range", "point")
@_register("after", "range", "range")
def after(left: Any, right: Any) -> bool:
    return before(right, left)


@_register("meets", "range", "range")
def meets(left: Range, right: Range) -> bool:
    return left.has_end and right.has_start and _order(left.end, right.start) == 0


@_register("met by", "range", "range")
def met_by(left: Range, right: Range) -> bool:
    return meets(right, left)


@_register("overlaps", "range", "range")
def overlaps(left: Range, right: Range) -> bool:
    return not before(left, right) and not before(right, left)


@_register("overlaps before", "range", "range")
def overlaps_before(left: Range, right: Range) -> bool:
    return _starts_before(left, right) and overlaps(left, right) and not _ends_before(right, left)


@_register("overlaps after", "range", "range")
def overlaps_after(left: Range, right: Range) -> bool:
    return _starts_before(right, left) and overlaps(left, right) and not _ends_before(left, right)


@_register("finishes", "point", "range")
@_register("finishes", "range", "range")
def finishes(left: Any, right: Range) -> bool:
    one = _as_range(left)
    same_end = _order(one.end, right.end) == 0 and one.has_end == right.has_end
    return same_end and not _starts_before(one, right)


@_register("finished by", "range", "point")
@_register("finished by", "range", "range")
def finished_by(left: Range, right: Any) -> bool:
    return finishes(right, left)


@_register("includes", "range", "point")
@_register("includes", "range", "range")
def includes(left: Range, right: Any) -> bool:
    if not isinstance(right, Range):
        if in_range(right, left) is None:
            raise _NoOrder
        return in_range(right, left) is True
    return not _starts_before(right, left) and not _ends_before(left, right)


@_register("during", "point", "range")
@_register("during", "range", "range")
def during(left: Any, right: Range) -> bool:
    return includes(right, left)


@_register("starts", "point", "range")
@_register("starts", "range", "range")
def starts(left: Any, right: Range) -> bool:
    one = _as_range(left)
    same_start = _order(one.start, right.start) == 0 and one.has_start == right.has_start
    return same_start and not _ends_before(right, one)


@_register("started by", "range", "point")
@_register("started by", "range", "range")
def started_by(left: Range, right: Any) -> bool:
    return starts(right, left)


@_register("coincides", "point", "point")
@_register("coincides", "range", "range")
def coincides(left: Any, right: Any) -> bool:
    if not isinstance(left, Range):
        return _order(left, right) == 0
    return equal(left, right) is True


def _starts_before(left: Range, right: Range) -> bool:
    order = _order(left.start, right.start)
    return order < 0 or (order == 0 and left.has_start and not right.has_start)


def _ends_before(left: Range, right: Range) -> bool:
    order = _order(left.end, right.end)
    return order < 0 or (order == 0 and not left.has_end and right.has_end)
