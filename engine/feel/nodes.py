"""Closures: each function here takes the parts of an expression and returns what evaluates it.

A node is a function from a `Scope` to a value. Nodes never raise for wrong types; they give None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from engine.domain.texts import Text
from engine.feel import arithmetic, temporal
from engine.feel.external import find_external
from engine.feel.scope import MISSING, Scope
from engine.feel.types import shape_of
from engine.feel.values import Function, Range, both, equal, kind, less

Node = Callable[[Scope], Any]


def constant(value: Any) -> Node:
    return lambda scope: value


def name(text: str) -> Node:
    def find(scope: Scope) -> Any:
        value = scope.find(text)
        return None if value is MISSING else value

    return find


def either_name(text: str, builtin: Node) -> Node:
    """A name of something built in, unless the data has it too: `date`, `duration`."""

    def find(scope: Scope) -> Any:
        value = scope.find(text)
        return builtin(scope) if value is MISSING else value

    return find


def is_not_null(part: Node) -> Node:
    return lambda scope: part(scope) is not None


def is_defined(text: str) -> Node:
    return lambda scope: scope.find(text) is not MISSING


def path(base: Node, key: str) -> Node:
    def follow(scope: Scope) -> Any:
        scope.run.tick()
        found = get_property(base(scope), key)
        return scope.run.checked(found) if type(found) is list else found

    return follow


def descendants(base: Node, key: str) -> Node:
    """`value...key`: the entries of that name at any depth, the outer before the inner (DMN 1.6)."""

    def gather(value: Any, found: list[Any], run: Any) -> None:
        run.tick()
        if isinstance(value, dict):
            if key in value:
                found.append(value[key])
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                gather(one, found, run)

    def find(scope: Scope) -> Any:
        value = base(scope)
        if not isinstance(value, dict | list):
            return None
        found: list[Any] = []
        gather(value, found, scope.run)
        return scope.run.checked(found)

    return find


def get_property(value: Any, key: str) -> Any:
    """Return the entry or part `key` of a value; of every element if it is a list."""
    match value:
        case dict():
            return value.get(key)
        case list():
            return [get_property(one, key) for one in value]
        case Range():
            return _range_property(value, key)
    return temporal.part_of(value, key)


def _range_property(bounds: Range, key: str) -> Any:
    return {
        "start": bounds.start,
        "end": bounds.end,
        "start included": bounds.has_start,
        "end included": bounds.has_end,
    }.get(key)


# --- operators --------------------------------------------------------------------------------

Operator = Callable[[Any, Any], Any]


def _at_least(left: Any, right: Any) -> bool | None:
    return _at_most(right, left)


def _at_most(left: Any, right: Any) -> bool | None:
    """`<=` is `<` or `=`: of two moments only one of which has a zone, none is the other."""
    order = less(left, right)
    return order if order is not False else equal(left, right)


def _more(left: Any, right: Any) -> bool | None:
    return less(right, left)


def _unequal(left: Any, right: Any) -> bool | None:
    same = equal(left, right)
    return None if same is None else not same


OPERATORS: dict[str, Operator] = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "**": arithmetic.power,
    "=": equal,
    "!=": _unequal,
    "<": less,
    "<=": _at_most,
    ">": _more,
    ">=": _at_least,
}


def chain(first: Node, rest: Sequence[tuple[str, Node]]) -> Node:
    """Apply operators of one rank from left to right: a - b + c."""
    steps = tuple((OPERATORS[sign], node) for sign, node in rest)
    if len(steps) == 1 and rest[0][0] != "+":
        return _one_operator(first, *steps[0])

    def fold(scope: Scope) -> Any:
        value = first(scope)
        for operate, node in steps:
            scope.run.tick()
            if type(value) is list or type(value) is dict:
                scope.run.weigh(value)
            value = operate(value, node(scope))
            if type(value) is str:
                scope.run.checked(value)
        return value

    return fold


def _one_operator(first: Node, operate: Operator, second: Node) -> Node:
    """The same for one operator that makes no text: most conditions are this."""

    def evaluate(scope: Scope) -> Any:
        scope.run.tick()
        value = first(scope)
        if type(value) is list or type(value) is dict:
            scope.run.weigh(value)
        return operate(value, second(scope))

    return evaluate


def negative(part: Node) -> Node:
    return lambda scope: arithmetic.negate(part(scope))


def all_true(parts: Sequence[Node]) -> Node:
    def evaluate(scope: Scope) -> bool | None:
        answer: bool | None = True
        for part in parts:
            scope.run.tick()
            value = part(scope)
            if value is False:
                return False
            if value is not True:
                answer = None
        return answer

    return evaluate


def any_true(parts: Sequence[Node]) -> Node:
    def evaluate(scope: Scope) -> bool | None:
        answer: bool | None = False
        for part in parts:
            scope.run.tick()
            value = part(scope)
            if value is True:
                return True
            if value is not False:
                answer = None
        return answer

    return evaluate


def between(value: Node, low: Node, high: Node) -> Node:
    def evaluate(scope: Scope) -> bool | None:
        scope.run.tick()
        found = value(scope)
        return both([_at_least(found, low(scope)), _at_most(found, high(scope))])

    return evaluate


def choose(condition: Node, then: Node, other: Node) -> Node:
    def evaluate(scope: Scope) -> Any:
        scope.run.tick()
        return then(scope) if condition(scope) is True else other(scope)

    return evaluate


def instance_of(value: Node, is_member: Callable[[Any], bool]) -> Node:
    return lambda scope: is_member(value(scope))


# --- lists, contexts, ranges --------------------------------------------------------------------


def make_list(parts: Sequence[Node]) -> Node:
    def evaluate(scope: Scope) -> list[Any]:
        scope.run.tick(1 + len(parts))
        return scope.run.checked([part(scope) for part in parts])

    return evaluate


def make_context(entries: Sequence[tuple[str, Node]]) -> Node:
    """Later entries see earlier ones."""

    def evaluate(scope: Scope) -> dict[str, Any]:
        made: dict[str, Any] = {}
        inner = scope.inside(made)
        for key, part in entries:
            scope.run.tick()
            made[key] = part(inner)
        return scope.run.checked(made)

    return evaluate


def make_range(start: Node | None, end: Node | None, has_start: bool, has_end: bool) -> Node:
    def evaluate(scope: Scope) -> Range | None:
        scope.run.tick()
        low = start(scope) if start else None
        high = end(scope) if end else None
        if low is None and high is None:
            return None
        if low is not None and high is not None and kind(low) != kind(high):
            return None
        return Range(low, high, has_start and low is not None, has_end and high is not None)

    return evaluate


def choose_items(base: Node, condition: Node) -> Node:
    """A filter: `list[3]`, `list[-1]`, `list[item > 2]`, `list[price > 10]`."""

    def evaluate(scope: Scope) -> Any:
        found = base(scope)
        if found is None:
            return None
        items = found if isinstance(found, list) else [found]
        index = _index(items, condition, scope)
        if index is not None:
            at = int(index) - 1 if index > 0 else len(items) + int(index)
            return items[at] if index != 0 and 0 <= at < len(items) else None
        scope.run.tick(1 + len(items))
        return [one for one in items if condition(item_scope(scope, one)) is True]

    return evaluate


def _index(items: list[Any], condition: Node, scope: Scope) -> Decimal | None:
    """The position that the brackets ask for, or None when they hold a condition."""
    value = condition(item_scope(scope, items[0]) if items else scope)
    if isinstance(value, Decimal):
        return value if value == value.to_integral_value() and abs(value) < 10**6 else Decimal(0)
    return None


def item_scope(scope: Scope, item: Any) -> Scope:
    """The scope in a filter: entries of the item by their names, the item itself as `item`."""
    names = dict(item) if isinstance(item, dict) else {}
    names.setdefault("item", item)
    return scope.inside(names)


# --- functions ----------------------------------------------------------------------------------


def call(callee: Node, positional: Sequence[Node], named: Sequence[tuple[str, Node]]) -> Node:
    """Call whatever function the callee is; anything else gives null."""

    def evaluate(scope: Scope) -> Any:
        target = callee(scope)
        if not isinstance(target, Function):
            return None
        scope.run.enter()
        try:
            given = [part(scope) for part in positional]
            return scope.run.checked(target.call(scope, given, {key: part(scope) for key, part in named}))
        finally:
            scope.run.leave()

    return evaluate


def _converted(value: Any, accepts: Callable[[Any], bool]) -> Any:
    """The value as a parameter wants it: a list of one as the one, one as a list, a day as its midnight."""
    if value is None or accepts(value):
        return value
    if isinstance(value, list):
        return value[0] if len(value) == 1 and accepts(value[0]) else None
    if kind(value) == "date" and accepts(arithmetic.midnight(value)):
        return arithmetic.midnight(value)
    return [value] if accepts([value]) else None


def define(
    parameters: Sequence[tuple[str, Callable[[Any], bool] | None]], body: Node, *, is_constant: bool = False
) -> Node:
    """A function with its surroundings; an argument of the wrong type makes it null."""
    names = tuple(one for one, _ in parameters)
    types = tuple(shape_of(accepts) for _, accepts in parameters)

    def make(outer: Scope) -> Function:
        def invoke(scope: Scope, given: list[Any], named: dict[str, Any]) -> Any:
            if named:
                if given or not named.keys() <= set(names):
                    return None
                given = [named.get(one) for one in names]  # what is not supplied is null (table 63)
            if len(given) != len(names):
                return None
            values: dict[str, Any] = {}
            for value, (one, accepts) in zip(given, parameters, strict=True):
                values[one] = value if accepts is None else _converted(value, accepts)
                if values[one] is None and value is not None:
                    return None
            return body(outer.inside(values))

        return Function(invoke, names, types=types, always=partial(body, outer) if is_constant else None)

    return make


def define_external(names: Sequence[str], described: Node) -> Node:
    """A function of `java.lang` that the description names; what is not known gives null and a note."""

    def make(outer: Scope) -> Function:
        what = described(outer)
        java = what.get("java") if isinstance(what, dict) else None
        java = java if isinstance(java, dict) else {}
        found = find_external(java.get("class"), java.get("method signature"))

        def invoke(scope: Scope, given: list[Any], named: dict[str, Any]) -> Any:
            if named:
                given = [named.get(one) for one in names]
            if found is None:
                scope.run.notes.append(_NOT_RUN)
                return None
            return found(given) if len(given) == len(names) else None

        return Function(invoke, tuple(names))

    return make


_NOT_RUN = Text(
    "hàm ngoài này không được chạy; kết quả là null.",
    "this external function is not run; its result is null.",
)
