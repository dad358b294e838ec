"""Built-in functions of lists. Positions count from 1; negative ones from the end."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from engine.feel.arithmetic import add
from engine.feel.builtins.registry import builtin
from engine.feel.scope import Scope
from engine.feel.values import (
    NUMBERS,
    ORDERED,
    Function,
    NumberFault,
    both,
    compare,
    either,
    equal,
    has_zone,
    instant,
    kind,
)


@builtin("count", "list: list...")
def count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


@builtin("list contains", "list: list", "element: any", scope=True)
def list_contains(scope: Scope, items: list[Any], element: Any) -> bool:
    scope.run.weigh(items)
    return any(equal(one, element) is True for one in items)


@builtin("min", "list: list...")
def least(items: list[Any]) -> Any:
    return _first_in_order(items, -1)


@builtin("max", "list: list...")
def greatest(items: list[Any]) -> Any:
    return _first_in_order(items, 1)


@builtin("sum", "list: list...", scope=True)
def total(scope: Scope, items: list[Any]) -> Any:
    scope.run.weigh(items)
    if not items or not _are_summable(items):
        return None
    answer = items[0]
    for one in items[1:]:
        answer = add(answer, one)
    return answer


@builtin("mean", "list: list...")
def mean(items: list[Any]) -> Decimal | None:
    numbers = _numbers(items)
    return _tried(lambda: NUMBERS.divide(_sum(numbers), Decimal(len(numbers)))) if numbers else None


@builtin("product", "list: list...")
def product(items: list[Any]) -> Decimal | None:
    numbers = _numbers(items)
    if not numbers:
        return None
    answer: Decimal | None = Decimal(1)
    for one in numbers:
        answer = _tried(lambda a=answer, b=one: NUMBERS.multiply(a, b))
        if answer is None:
            return None
    return answer


@builtin("median", "list: list...")
def median(items: list[Any]) -> Decimal | None:
    numbers = sorted(_numbers(items) or ())
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return _tried(lambda: NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(2)))


@builtin("stddev", "list: list...")
def deviation(items: list[Any]) -> Decimal | None:
    """The deviation of a sample."""
    numbers = _numbers(items)
    if not numbers or len(numbers) < 2:
        return None

    def compute() -> Decimal:
        middle = NUMBERS.divide(_sum(numbers), Decimal(len(numbers)))
        squares = [
            NUMBERS.multiply(NUMBERS.subtract(one, middle), NUMBERS.subtract(one, middle)) for one in numbers
        ]
        return NUMBERS.sqrt(NUMBERS.divide(_sum(squares), Decimal(len(numbers) - 1)))

    return _tried(compute)


@builtin("mode", "list: list...")
def mode(items: list[Any]) -> list[Decimal] | None:
    """The numbers that stand in the list most often, in order."""
    if not items:
        return []
    numbers = _numbers(items)
    if numbers is None:
        return None
    times: dict[Decimal, int] = {}
    for one in numbers:
        times[one] = times.get(one, 0) + 1
    return sorted(one for one in times if times[one] == max(times.values()))


@builtin("all", "list: list...")
def all_of(items: list[Any]) -> bool | None:
    return both(items)


@builtin("any", "list: list...")
def any_of(items: list[Any]) -> bool | None:
    return either(items)


@builtin("sublist", "list: list", "start position: number", "length: number|null?")
def sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    first = _position(items, start)
    if first is None or (length is not None and not 1 <= length <= len(items) - first):
        return None
    return items[first:] if length is None else items[first : first + int(length)]


@builtin("append", "list: list", "item: any...")
def append(items: list[Any], more: list[Any]) -> list[Any]:
    return [*items, *more]


@builtin("concatenate", "list: any...")
def concatenate(lists: list[Any]) -> list[Any] | None:
    return None if any(one is None for one in lists) else _put_together(lists)


@builtin("insert before", "list: list", "position: number", "newItem: any")
def insert_before(items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    at = _position(items, position)
    return None if at is None else [*items[:at], item, *items[at:]]


@builtin("remove", "list: list", "position: number")
def remove(items: list[Any], position: Decimal) -> list[Any] | None:
    at = _position(items, position)
    return None if at is None else [*items[:at], *items[at + 1 :]]


@builtin("list replace", "list: list", "position: number", "newItem: any")
def list_replace(items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    at = _position(items, position)
    return None if at is None else [*items[:at], item, *items[at + 1 :]]


@builtin("list replace", "list: list", "match: function", "newItem: any", scope=True)
def list_replace_where(scope: Scope, items: list[Any], match: Function, item: Any) -> list[Any] | None:
    answers = [_ask(scope, match, [one, item]) for one in items]
    if not all(isinstance(one, bool) for one in answers):
        return None
    return [item if fits else one for one, fits in zip(items, answers, strict=True)]


@builtin("reverse", "list: list")
def reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of", "list: list", "match: any", scope=True)
def index_of(scope: Scope, items: list[Any], match: Any) -> list[Decimal]:
    scope.run.weigh(items)
    return [Decimal(at + 1) for at, one in enumerate(items) if equal(one, match) is True]


@builtin("union", "list: any...", scope=True)
def union(scope: Scope, lists: list[Any]) -> list[Any]:
    return _distinct(scope, _put_together(lists))


@builtin("distinct values", "list: list", scope=True)
def distinct_values(scope: Scope, items: list[Any]) -> list[Any]:
    return _distinct(scope, items)


@builtin("duplicate values", "list: list", scope=True)
def duplicate_values(scope: Scope, items: list[Any]) -> list[Any]:
    once = _distinct(scope, items)
    scope.run.tick(len(once) * len(items) // 20)
    return [one for one in once if sum(equal(one, other) is True for other in items) > 1]


@builtin("flatten", "list: list", scope=True)
def flatten(scope: Scope, items: list[Any]) -> list[Any]:
    scope.run.weigh(items)
    return list(_flat(items))


@builtin("sort", "list: list", "precedes: function", scope=True)
def sort(scope: Scope, items: list[Any], precedes: Function) -> list[Any] | None:
    """Order by a function that says whether its first argument goes before its second; stable."""

    class Placed:
        __slots__ = ("value",)

        def __init__(self, value: Any) -> None:
            self.value = value

        def __lt__(self, other: Placed) -> bool:
            return _ask(scope, precedes, [self.value, other.value]) is True

    return [one.value for one in sorted(Placed(one) for one in items)]


@builtin("sort", "list: list")
def sort_plain(items: list[Any]) -> list[Any] | None:
    kinds = {kind(one) for one in items}
    if not items:
        return []
    if len(kinds) > 1 or not kinds <= ORDERED:
        return None
    return sorted(items, key=_key)


def _ask(scope: Scope, function: Function, arguments: list[Any]) -> Any:
    scope.run.enter()
    try:
        return function.call(scope, arguments, {})
    finally:
        scope.run.leave()


def _first_in_order(items: list[Any], wanted: int) -> Any:
    if not items:
        return None
    best = items[0]
    if kind(best) not in ORDERED:
        return None
    for one in items[1:]:
        order = compare(one, best)
        if order is None:
            return None
        if order == wanted:
            best = one
    return best


def _are_summable(items: list[Any]) -> bool:
    kinds = {kind(one) for one in items}
    return len(kinds) == 1 and kinds <= {"number", "days and time duration", "years and months duration"}


def _numbers(items: list[Any]) -> list[Decimal] | None:
    return items if all(isinstance(one, Decimal) for one in items) else None


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    answer = Decimal(0)
    for one in numbers:
        answer = NUMBERS.add(answer, one)
    return answer


def _tried(compute: Any) -> Decimal | None:
    try:
        return compute()
    except NumberFault:
        return None


def _position(items: list[Any], position: Decimal) -> int | None:
    """The place from 0 that a FEEL position means, or None if the list does not have it."""
    if not 1 <= abs(position) <= len(items):
        return None
    return int(position) - 1 if position > 0 else len(items) + int(position)


def _distinct(scope: Scope, items: list[Any]) -> list[Any]:
    scope.run.weigh(items)
    out: list[Any] = []
    seen: set[Any] = set()
    large: list[Any] = []
    for one in items:
        if kind(one) in ORDERED or isinstance(one, bool) or one is None:
            key = (kind(one), _key(one), has_zone(one))
            if key in seen:
                continue
            seen.add(key)
        else:
            scope.run.tick(len(large))
            if any(equal(one, other) is True for other in large):
                continue
            large.append(one)
        out.append(one)
    return out


def _key(value: Any) -> Any:
    return instant(value) if kind(value) in ("date", "time", "date and time") else value


def _put_together(lists: list[Any]) -> list[Any]:
    return [one for part in lists for one in (part if isinstance(part, list) else [part])]


def _flat(items: list[Any]) -> Iterable[Any]:
    for one in items:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield one
