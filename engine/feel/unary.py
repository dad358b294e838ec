"""Tests of a value: what stands after `in`, and in the cells of a decision table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.feel.nodes import OPERATORS, Node
from engine.feel.scope import Scope
from engine.feel.values import Range, either, equal, in_range

Test = Callable[[Any, Scope], Any]


def by_operator(sign: str, end: Node) -> Test:
    operate = OPERATORS[sign]
    return lambda value, scope: operate(value, end(scope))


def by_value(expected: Node, *, in_cell: bool = False) -> Test:
    """The value equals the expected one or is in it (list, range); in a cell, a true condition holds too."""

    def test(value: Any, scope: Scope) -> Any:
        found = expected(scope)
        scope.run.tick(scope.run.weigh(found))
        if in_cell and found is True and not isinstance(value, bool):
            return True
        return fits(value, found)

    return test


def by_condition(condition: Node) -> Test:
    """A condition that speaks of the value as `?`."""

    def test(value: Any, scope: Scope) -> Any:
        scope.run.tick()
        return condition(scope.inside({"?": value}))

    return test


def fits(value: Any, expected: Any) -> bool | None:
    if isinstance(expected, Range) and not isinstance(value, Range):
        return in_range(value, expected)
    if isinstance(expected, list):
        if isinstance(value, list) and equal(value, expected) is True:
            return True
        return any(fits(value, one) is True for one in expected)
    return equal(value, expected)


def fits_any(value: Node, tests: Sequence[Test]) -> Node:
    def evaluate(scope: Scope) -> bool | None:
        scope.run.tick()
        found = value(scope)
        return either([test(found, scope) for test in tests])

    return evaluate


def fits_none(value: Node, tests: Sequence[Test]) -> Node:
    positive = fits_any(value, tests)

    def evaluate(scope: Scope) -> bool | None:
        answer = positive(scope)
        return None if answer is None else not answer

    return evaluate
