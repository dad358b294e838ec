"""Arming and clearing timers. There is no clock here: the host reckons, and fires what fell due.

Which timers are armed follows from the marking; only those that fired for the last time are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.bpmn.durations import BadTime, check_time, is_literal
from engine.bpmn.model import Activity, CatchEvent, Event, EventGateway, Node, TimerDefinition
from engine.execution.state import Scope, Token
from engine.execution.steps import TimerCleared, TimerSet
from engine.feel.printing import show_value

if TYPE_CHECKING:
    from engine.execution.run import Run

Armed = tuple[Node, int, TimerDefinition]


def arm(run: Run, holder: Token | Scope, nodes: Iterable[Node]) -> None:
    """Set the timers of events that begin to listen for `holder`."""
    for node, number, definition in _timers(nodes):
        text = timer_text(definition, partial(run.evaluate, at=holder))
        run.effects.append(
            TimerSet(node.id, holder.id, number, definition.time, text, definition.working)  # type: ignore[arg-type]
        )


def arm_scope(run: Run, scope: Scope) -> None:
    arm(run, scope, (start for _, start in run.model.event_starts(scope.of)))


def disarm_token(run: Run, token: Token) -> None:
    """Clear what is still armed for a token: around an activity, at a catch event, behind a gateway."""
    if token.arrived and token.undo is None:
        _clear(run, token, events_of(run, token))


def disarm_scope(run: Run, scope: Scope) -> None:
    if not scope.stopped and not scope.dead:
        _clear(run, scope, (start for _, start in run.model.event_starts(scope.of)))


def events_of(run: Run, token: Token) -> Iterable[Node]:
    """The events that listen on behalf of a token that has arrived."""
    node = run.model.nodes[token.at]
    if isinstance(node, Activity):
        undoing = token.controller and not node.for_compensation
        return () if token.owner or undoing else run.model.boundaries(node)
    if isinstance(node, EventGateway):
        return run.model.targets(node)
    return (node,) if isinstance(node, CatchEvent) else ()


def timer_text(definition: TimerDefinition, evaluate: Callable[[str], Any]) -> str:
    """Return the time as ISO-8601: as drawn, or as its expression says now.

    Raises:
        BadTime: If that is no time within the bounds.
    """
    text = definition.text
    if is_literal(text):
        return text
    value = evaluate(text)
    if value is None:
        raise BadTime("một thời gian", "a time", f"{text} = null")
    said = iso(value)
    check_time(definition.time, said)
    return said


def iso(value: Any) -> str:
    """Write a value of an expression as ISO-8601; text is taken as it is."""
    return value.isoformat() if isinstance(value, date) else show_value(value)


def _timers(nodes: Iterable[Node]) -> Iterator[Armed]:
    for node in nodes:
        if isinstance(node, Event):
            for number, definition in enumerate(node.definitions):
                if isinstance(definition, TimerDefinition):
                    yield node, number, definition


def _clear(run: Run, holder: Token | Scope, nodes: Iterable[Node]) -> None:
    for node, number, _ in _timers(nodes):
        if (node.id, number) not in holder.spent:
            run.effects.append(TimerCleared(node.id, holder.id, number))
