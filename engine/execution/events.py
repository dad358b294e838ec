"""Events: arriving at them, throwing, and what happens when one that listens is triggered.

Source: BPMN 2.0.2, 13.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.bpmn.model import (
    Activity,
    BoundaryEvent,
    CatchEvent,
    Definition,
    EndEvent,
    Event,
    Node,
    StartEvent,
    SubProcess,
    ThrowEvent,
)
from engine.execution import activities, data, timers
from engine.execution.data import NOTHING, Carried
from engine.execution.errors import CancelUncaught, NothingWaits
from engine.execution.listeners import Listener, is_alive, listeners
from engine.execution.run import ARRIVE, THROW, Run, on
from engine.execution.state import Scope, Token
from engine.execution.steps import Awaited, Entered, FlowTaken, Reached, Thrown, Uncaught

# --- arriving ------------------------------------------------------------------------------------


@on(ARRIVE, "startEvent", "boundaryEvent")
def go_on(run: Run, token: Token, node: Event) -> None:
    run.entered(token)
    run.leave(token, node.outgoing)


@on(ARRIVE, "intermediateCatchEvent")
def wait(run: Run, token: Token, node: CatchEvent) -> None:
    run.entered(token)
    if node.definitions[0].kind == "link":
        run.leave(token, node.outgoing)
        return
    timers.arm(run, token, [node])
    run.effects.append(Awaited(node.id, token.id))


@on(ARRIVE, "intermediateThrowEvent", "endEvent")
def throw_later(run: Run, token: Token, node: EndEvent | ThrowEvent) -> None:
    run.entered(token)
    if node.definitions:
        run.throws.append(token)
    else:
        pass_event(run, token, node)


def pass_event(run: Run, token: Token, node: Node) -> None:
    """A throwing event is done: go on, or consume the token at an end."""
    if isinstance(node, EndEvent):
        run.effects.append(Reached(node.id))
        run.done(token)
    elif isinstance(node, ThrowEvent) and node.link:
        run.done(token)
        run.put(token.home, node.link)
    else:
        run.leave(token, node.outgoing)


# --- throwing ------------------------------------------------------------------------------------


def throw_next(run: Run) -> None:
    """Let the oldest throwing event throw all it has, then go on."""
    token = run.throws.popleft()
    node: Event = run.model.nodes[token.at]  # type: ignore[assignment]
    for definition in node.definitions:
        if not token.dead and run.status == "running":
            THROW[definition.kind](run, token, node, definition)
    if not token.dead and token.undo is None and run.status == "running":
        pass_event(run, token, node)


@on(THROW, "message")
def throw_message(run: Run, token: Token, node: Event, definition: Definition) -> None:
    carried = data.carried(run, token, node)
    run.effects.append(Thrown("message", definition.ref, node.id, carried, run.names(token)))


@on(THROW, "signal")
def throw_signal(run: Run, token: Token, node: Event, definition: Definition) -> None:
    what = data.carried(run, token, node)
    run.effects.append(Thrown("signal", definition.ref, node.id, what))
    broadcast(run, definition.ref, Carried(what))


@on(THROW, "link")
def throw_link(run: Run, token: Token, node: Event, definition: Definition) -> None:
    """The jump itself is how the event is passed."""


@on(THROW, "terminate")
def throw_terminate(run: Run, token: Token, node: Event, definition: Definition) -> None:
    """End everything in the scope at once; of a process, that is the end of the instance."""
    scope = token.home
    run.effects.append(Thrown("terminate", "", node.id))
    run.effects.append(Reached(node.id))
    run.done(token)
    run.clear(scope)
    timers.disarm_scope(run, scope)
    scope.stopped = True
    if scope.owner is None:
        run.terminated = True


@on(THROW, "error")
def throw_error(run: Run, token: Token, node: Event, definition: Definition) -> None:
    what = data.carried(run, token, node)
    run.effects.append(Thrown("error", definition.ref, node.id, what))
    run.effects.append(Reached(node.id))
    scope = token.home
    run.done(token)
    raise_error(run, scope, definition.ref, None, node.id, Carried(what))


@on(THROW, "escalation")
def throw_escalation(run: Run, token: Token, node: Event, definition: Definition) -> None:
    what = data.carried(run, token, node)
    run.effects.append(Thrown("escalation", definition.ref, node.id, what))
    escalate(run, token.home, definition.ref, None, node.id, Carried(what))


def raise_error(
    run: Run, scope: Scope, code: str, at: Token | None, node: str, what: Carried = NOTHING
) -> None:
    """Hand an error to its innermost catcher; uncaught, it ends the instance."""
    if not _rise(run, scope, "error", code, at, what):
        run.effects.append(Uncaught("error", code, node))
        run.end("failed")


def escalate(run: Run, scope: Scope, code: str, at: Token | None, node: str, what: Carried = NOTHING) -> None:
    """Hand an escalation to its innermost catcher; uncaught, it has no effect."""
    if not _rise(run, scope, "escalation", code, at, what):
        run.effects.append(Uncaught("escalation", code, node))


def _rise(run: Run, scope: Scope, kind: str, code: str, at: Token | None, what: Carried) -> bool:
    """Look outwards for a catcher: boundary of the activity, event sub-processes of its scope, and so on."""
    inside_event_sub = False
    while True:
        if at is not None:
            activity: Activity = run.model.nodes[at.at]  # type: ignore[assignment]
            # An event sub-process does not catch what it throws itself.
            inside_event_sub = isinstance(activity, SubProcess) and activity.by_event
            boundary = _best(run.model.boundaries(activity), kind, code)
            if isinstance(boundary, BoundaryEvent):
                trigger_boundary(run, at.whole, boundary, what)
                return True
            scope = at.whole.home
        if not inside_event_sub and not scope.stopped:
            starts = {start.id: (sub, start) for sub, start in run.model.event_starts(scope.of)}
            start = _best((start for _, start in starts.values()), kind, code)
            if start is not None:
                start_event_sub(run, scope, *starts[start.id], what)
                return True
        if scope.owner is None:
            return False
        at = scope.owner


def _best(candidates: Iterable[Event], kind: str, code: str) -> Event | None:
    """Return the catcher of exactly this code, else one that catches any."""
    fits = [
        (definition.ref == "", event)
        for event in candidates
        for definition in event.definitions
        if definition.kind == kind and definition.ref in ("", code)
    ]
    return min(fits, key=lambda fit: fit[0])[1] if fits else None


# --- being triggered -----------------------------------------------------------------------------


def broadcast(run: Run, name: str, what: Carried = NOTHING) -> None:
    """Give a signal to all who listened when it was thrown."""
    for listener in [one for one in listeners(run, "signal") if one.definition.ref == name]:
        if is_alive(listener):
            trigger(run, listener, what)


def deliver(run: Run, name: str, keys: Mapping[str, Any], what: Carried = NOTHING) -> None:
    """Give a message to exactly one listener, the oldest of those whose keys fit.

    Raises:
        NothingWaits: If nobody listens for it.
    """
    for listener in listeners(run, "message"):
        if listener.definition.ref == name and _fits(run, listener, keys):
            trigger(run, listener, what)
            return
    raise NothingWaits("something to wait for the message", f"nothing waits for {name!r}", what=name)


def _fits(run: Run, listener: Listener, keys: Mapping[str, Any]) -> bool:
    """Whether the listener's own values of the keys are those of the message; none yet fits any."""
    bindings = run.model.bindings.get(run.root.of, {})
    for key, value in keys.items():
        own = run.evaluate(bindings.get(key, key), listener.holder)
        if own is not None and own != value:
            return False
    return True


def fire(run: Run, listener: Listener, more: bool) -> None:
    """A timer fell due; without repeats left it listens no more."""
    if not more:
        listener.holder.spent |= {listener.mark}
    trigger(run, listener, stay=more)


def check_conditions(run: Run) -> bool:
    """Trigger one conditional event whose condition has become true since it was last looked at."""
    for listener in listeners(run, "conditional"):
        was = listener.mark in listener.holder.held
        now = run.holds(listener.definition.condition, listener.holder)  # type: ignore[attr-defined]
        if was and not now:
            listener.holder.held -= {listener.mark}
        if now and not was:
            listener.holder.held |= {listener.mark}
            trigger(run, listener)
            return True
    return False


def trigger(run: Run, listener: Listener, what: Carried = NOTHING, *, stay: bool = False) -> None:
    """Let a listener react. `stay`: a catch event goes on and keeps listening for the next repeat."""
    holder, node = listener.holder, listener.node
    if isinstance(node, CatchEvent):
        data.receive(run, holder, node, what)
    if isinstance(node, Event) and node.together and not _all_seen(listener, node):
        if not isinstance(node, CatchEvent):  # what it carried must not be lost until the others come
            data.receive(run, holder if isinstance(holder, Scope) else holder.home, node, what)
        return
    if isinstance(holder, Scope):
        found = next(pair for pair in run.model.event_starts(holder.of) if pair[1].id == node.id)
        start_event_sub(run, holder, *found, what)
    elif isinstance(node, BoundaryEvent):
        trigger_boundary(run, holder, node, what)
    elif holder.at != node.id:
        _take_gateway(run, holder, node, what)
    elif isinstance(node, CatchEvent) and stay and all(d.kind == "timer" for d in node.definitions):
        run.send(holder.home, node.outgoing)
    elif isinstance(node, CatchEvent):
        run.leave(holder, node.outgoing)
    else:
        data.receive_work(run, holder, node, what)
        activities.complete(run, holder)


def _all_seen(listener: Listener, node: Event) -> bool:
    """Of an event that needs all its definitions: note this one, and say whether it was the last."""
    listener.holder.seen |= {listener.mark}
    marks = {(node.id, number) for number in range(len(node.definitions))}
    if not marks <= listener.holder.seen:
        return False
    listener.holder.seen -= marks
    return True


def _take_gateway(run: Run, token: Token, node: Node, what: Carried) -> None:
    """One of the events behind an event gateway happened: the gateway is left, the event done."""
    run.done(token)
    flow = next(flow for flow in node.incoming if flow.source == token.at)
    run.effects.append(FlowTaken(flow.id))
    # It never rests at the event, so nothing was armed for it there.
    passing = Token(run.new_id(), node.id, token.home, fresh=True)
    token.home.tokens.append(passing)
    run.effects.append(Entered(node.id, passing.id))
    if isinstance(node, Activity):
        data.receive_work(run, passing, node, what)
        activities.complete(run, passing)
    else:
        run.leave(passing, node.outgoing)


def trigger_boundary(run: Run, host: Token, boundary: BoundaryEvent, what: Carried = NOTHING) -> None:
    home = host.home
    if boundary.interrupting:
        run.cancel(host)
    data.receive(run, home, boundary, what)
    run.put(home, boundary.id)


def leave_cancelled(run: Run, transaction: Token) -> None:
    """A cancelled transaction is left by its cancel boundary event.

    Raises:
        CancelUncaught: If it has none.
    """
    node: Activity = run.model.nodes[transaction.at]  # type: ignore[assignment]
    for boundary in run.model.boundaries(node):
        if any(definition.kind == "cancel" for definition in boundary.definitions):
            trigger_boundary(run, transaction.whole, boundary)
            return
    name = run.name_of(node.id)
    raise CancelUncaught("a cancel boundary event", f"{name} has none", element=name, node=node.id)


def start_event_sub(
    run: Run, scope: Scope, sub: SubProcess, start: StartEvent, what: Carried = NOTHING
) -> None:
    """Start an event sub-process in its scope; an interrupting one ends all else there."""
    compensating = any(definition.kind == "compensate" for definition in start.definitions)
    if start.interrupting and not compensating:
        run.clear(scope)
        timers.disarm_scope(run, scope)
        scope.stopped = True
        scope.spent = scope.held = scope.seen = frozenset()
    token = Token(run.new_id(), sub.id, scope)
    scope.tokens.append(token)
    run.entered(token)
    inner = run.open(token, sub.id)
    data.receive(run, inner, start, what)
    run.put(inner, start.id)
