"""`for … return`, `some … satisfies`, `every … satisfies`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.feel import arithmetic
from engine.feel.nodes import Node
from engine.feel.scope import LONGEST_LIST, Scope
from engine.feel.values import Range, both, compare, either, kind

Source = tuple[str, Node, Node | None]  # name, list or start, end of a range or None


def for_each(sources: Sequence[Source], body: Node, *, needs_partial: bool = False) -> Node:
    """`for x in list return …`; `partial` is the list so far, made only where it is read."""

    def evaluate(scope: Scope) -> list[Any] | None:
        made: list[Any] = []
        try:
            for names in _rounds(sources, scope):
                scope.run.tick()
                if needs_partial:
                    names["partial"] = scope.run.checked(list(made))
                made.append(body(scope.inside(names)))
                if len(made) > LONGEST_LIST:
                    break
        except _NotAList:
            return None
        return scope.run.checked(made)

    return evaluate


def some(sources: Sequence[Source], body: Node) -> Node:
    return _quantified(sources, body, either)


def every(sources: Sequence[Source], body: Node) -> Node:
    return _quantified(sources, body, both)


class _NotAList(Exception):
    """What should be gone through is no list."""


def _quantified(sources: Sequence[Source], body: Node, judge: Callable[[list[Any]], bool | None]) -> Node:
    def evaluate(scope: Scope) -> bool | None:
        answers: list[Any] = []
        try:
            for names in _rounds(sources, scope):
                scope.run.tick()
                answers.append(body(scope.inside(names)))
        except _NotAList:
            return None
        if any(one is not None and not isinstance(one, bool) for one in answers):
            return None
        return judge(answers)

    return evaluate


def _rounds(sources: Sequence[Source], scope: Scope) -> Iterator[dict[str, Any]]:
    """Give the names of each round; later sources see the names of earlier ones."""
    if not sources:
        yield {}
        return
    (variable, start, end), rest = sources[0], sources[1:]
    for item in _items(start(scope), end(scope) if end else None, end is not None, scope):
        inner = scope.inside({variable: item})
        for names in _rounds(rest, inner):
            yield {variable: item, **names}


def _inside(bounds: Range, scope: Scope) -> Iterator[Any]:
    """Go through a range; ends that it does not include are left out."""
    for item in _items(bounds.start, bounds.end, True, scope):
        is_start, is_end = compare(item, bounds.start) == 0, compare(item, bounds.end) == 0
        if (bounds.has_start or not is_start) and (bounds.has_end or not is_end):
            yield item


def _items(start: Any, end: Any, is_range: bool, scope: Scope) -> Iterator[Any]:
    if isinstance(start, Range) and not is_range and start.start is not None and start.end is not None:
        yield from _inside(start, scope)
        return
    if not is_range:
        if start is None:
            raise _NotAList
        yield from start if isinstance(start, list) else [start]
        return
    order = compare(start, end)
    step: Any = None
    if isinstance(start, Decimal):
        step = Decimal(1)
    elif kind(start) == "date":
        step = timedelta(days=1)
    if order is None or step is None:
        raise _NotAList
    if order > 0:
        step = -step
    while True:
        scope.run.tick()
        yield start
        start = arithmetic.add(start, step)
        now = compare(start, end)
        if now is None or (now > 0 if order <= 0 else now < 0):
            return
