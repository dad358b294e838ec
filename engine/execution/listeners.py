"""Who listens: derived from the marking, never stored.

An activity listens by its boundary events, a token at a catch event or event gateway by those
events, a receive task by its message, and every scope by the start events of its event sub-processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.bpmn.model import Definition, Event, EventGateway, Model, Node, ReceiveTask
from engine.execution.run import Run, is_undone
from engine.execution.state import Mark, Scope, Token, scopes
from engine.execution.timers import events_of


class Listener(NamedTuple):
    holder: Token | Scope  # on whose behalf; remembers what must be remembered
    node: Node  # the event, or receive task, that reacts
    number: int  # which of its definitions
    definition: Definition

    @property
    def mark(self) -> Mark:
        return self.node.id, self.number


def listeners(run: Run, kind: str) -> list[Listener]:
    """Return who listens for a kind of event: outer scopes first, the oldest token first."""
    return [one for one in all_listeners(run) if one.definition.kind == kind]


def is_alive(listener: Listener) -> bool:
    """Whether it still listens, after others have reacted to the same event."""
    holder = listener.holder
    if isinstance(holder, Token):
        return not holder.dead
    return not (holder.stopped or holder.dead or (holder.owner and holder.owner.dead))


def listener_at(run: Run, token: int, node: str, number: int) -> Listener | None:
    """Return the listener that `token`, `node` and `number` name."""
    for one in all_listeners(run, token):
        if (one.holder.id, one.node.id, one.number) == (token, node, number):
            return one
    return None


def all_listeners(run: Run, holder: int | None = None) -> Iterator[Listener]:
    """Yield who listens: outer scopes first, the oldest token first; `holder` leaves most others out."""
    for scope in scopes(run.root):
        if not scope.stopped and holder in (None, scope.id):
            for _, start in run.model.event_starts(scope.of):
                yield from _of_event(scope, start)
        for token in scope.tokens:
            if holder is None or token.id == holder or token.instances:
                yield from _of_token(run, token)


def _of_token(run: Run, token: Token) -> Iterator[Listener]:
    node = run.model.nodes[token.at]
    if not token.arrived or token.undo is not None or is_undone(node, token):
        return
    for event in events_of(run, token):
        yield from _of_event(token, event)
    if isinstance(node, ReceiveTask):
        for one in [token] if token.counts is None else token.instances:
            if one.arrived:
                yield Listener(one, node, 0, node.definition)


def _of_event(holder: Token | Scope, node: Node) -> Iterator[Listener]:
    if isinstance(node, ReceiveTask):  # behind an event gateway
        yield Listener(holder, node, 0, node.definition)
    elif isinstance(node, Event):
        for number, definition in enumerate(node.definitions):
            if (node.id, number) not in holder.spent:
                yield Listener(holder, node, number, definition)


def waits_outside(model: Model, node: Node) -> bool:
    """Whether a token that has arrived at the node waits for something from outside the diagram."""
    return isinstance(node, EventGateway | ReceiveTask) or node.kind == "intermediateCatchEvent"
