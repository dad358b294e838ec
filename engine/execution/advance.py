"""The marking interpreter's one function: a state and an event in, the next state and effects out.

Pure: no clock, no session, no randomness; the state that came in is never changed. When it raises,
the caller still has the old state and nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.bpmn.model import EventGateway, Flow, Model, Node, ReceiveTask
from engine.execution import activities, data, events, gateways, timers
from engine.execution.data import Carried
from engine.execution.errors import CannotStart, NothingWaits, NotRunning
from engine.execution.listeners import listener_at, waits_outside
from engine.execution.run import SETTLE, TAKE, Run, is_work
from engine.execution.state import Scope, Token, check, dump, load, walk
from engine.execution.steps import (
    Cancel,
    Choose,
    Complete,
    DataChanged,
    Escalate,
    Evaluate,
    Fail,
    Fire,
    Happening,
    Message,
    Signal,
    Skip,
    Start,
    Step,
    Thrown,
)

TAKE[:] = [data.take]
SETTLE.update(
    conditions=events.check_conditions,
    scope=activities.close_scope,
    throw=events.throw_next,
    joins=gateways.synchronise,
)


def advance(model: Model, state: Any, event: Happening, evaluate: Evaluate, *, is_own: bool = False) -> Step:
    """Let one event happen, and move until everything waits again.

    Args:
        state: None for `Start`, else what the last step gave.
        evaluate: Gives the value of an expression, with the engine's own names for it.
        is_own: The state was never out of this process: that it speaks of the diagram is not checked again.

    Raises:
        NoFlowHolds, NotBoolean, TooManyInstances, EndlessLoop, CancelUncaught, BadTime: The diagram
            cannot go on with the data as it is.
        NothingWaits, NotRunning, CannotStart: The event does not fit the state.
        BadState: The state is damaged or of another version.
    """
    if isinstance(event, Start):
        run = _started(model, event, evaluate)
    else:
        root, last, status = load(state) if is_own else _loaded(model, state)
        if status != "running":
            raise NotRunning("the procedure to run", f"it is {status}")
        run = Run(model, root, last, evaluate)
        _HAPPENINGS[type(event)](run, event)
    run.settle()
    return Step(dump(run.root, run.last, run.status), tuple(run.effects), run.status)


def open_work(model: Model, state: Any) -> list[tuple[str, int]]:
    """Return (node, token) of all work that waits for a person, the oldest first."""
    root, _, _ = _loaded(model, state)
    found = [(token.id, token.at) for token in walk(root) if is_work(model.nodes[token.at], token)]
    return [(node, ident) for ident, node in sorted(found)]


def waiting(model: Model, state: Any) -> list[tuple[str, int]]:
    """Return (node, token) of everything that waits for the outside: work, messages, timers, events."""
    root, _, _ = _loaded(model, state)
    found = []
    for token in walk(root):
        node = model.nodes[token.at]
        outside = waits_outside(model, node) and token.arrived and token.counts is None
        if is_work(node, token) or (outside and token.undo is None):
            found.append((token.id, token.at))
    return [(node, ident) for ident, node in sorted(found)]


def ways_on(model: Model, state: Any, token: int) -> list[Flow]:
    """Return the flows along which a step that cannot go on may be skipped; empty if it may not."""
    root, _, _ = _loaded(model, state)
    return _ways_of(model, next((one for one in walk(root) if one.id == token), None))


def local_claims(model: Model, state: Any, token: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the values that stay local when the work of a token is completed with them."""
    if not model.has_local_names:
        return {}
    root, _, _ = _loaded(model, state)
    return data.claims(model, root, token, values)


def choosable(model: Model, state: Any) -> dict[str, str]:
    """Return the activities that a person may begin now, each with the sub-process that lets them choose."""
    if not model.lets_choose:
        return {}
    root, last, status = _loaded(model, state)
    return activities.choices(Run(model, root, last, _nothing)) if status == "running" else {}


def _nothing(_text: str, _names: Mapping[str, Any]) -> None:
    """What cannot be chosen by a condition needs none to be evaluated."""


def stuck(model: Model, state: Any) -> list[str]:
    """Return the joins where tokens wait for others that never come, when nothing else waits either."""
    root, _, status = _loaded(model, state)
    if status != "running" or waiting(model, state):
        return []
    return sorted({token.at for token in walk(root) if token.via})


def _loaded(model: Model, state: Any) -> tuple[Scope, int, str]:
    root, last, status = load(state)
    check(root, last, model.nodes.keys(), model.scopes.keys())
    return root, last, status


def _started(model: Model, event: Start, evaluate: Evaluate) -> Run:
    process = event.process_id or next(iter(model.executable or model.processes), "")
    if process not in model.processes:
        raise _cannot_start(process, "không có trong sơ đồ này.", "it is not in this diagram.")
    run = Run(model, Scope(process), 0, evaluate)
    timers.arm_scope(run, run.root)
    if event.node:
        _start_at(run, process, event.node, Carried(event.data, spread=True))
        return run
    entries = model.entries(process)
    if not entries:
        raise _cannot_start(
            process, "không có sự kiện bắt đầu thường.", "it has no plain start event to begin with."
        )
    for entry in entries:
        run.put(run.root, entry.id)
    return run


def _start_at(run: Run, process: str, ident: str, what: Carried) -> None:
    """Begin behind an event that has already happened."""
    node: Node | None = next((one for one in run.model.triggers(process) if one.id == ident), None)
    if node is None:
        raise _cannot_start(
            process, f"“{ident}” không bắt đầu quy trình.", f"“{ident}” does not start the process."
        )
    gateway = run.model.started_together(node)
    if gateway is not None:
        # The instance has all the other events still before it (BPMN 2.0.2, 10.6.6).
        run.send(run.root, [flow for flow in gateway.outgoing if flow.target != ident])
    token = Token(run.new_id(), ident, run.root, fresh=True)
    run.root.tokens.append(token)
    run.entered(token)
    if isinstance(node, ReceiveTask):
        data.receive_work(run, token, node, what)
        activities.complete(run, token)
    else:
        data.receive(run, token, node, what)
        run.leave(token, node.outgoing)


def _cannot_start(process: str, vi: str, en: str) -> CannotStart:
    return CannotStart("a process that can begin", en.rstrip("."), process=process, why_vi=vi, why=en)


# --- events --------------------------------------------------------------------------------------


def _work(run: Run, ident: int) -> Token:
    token = run.find(ident)
    if token is None or not is_work(run.model.nodes[token.at], token):
        raise NothingWaits("open work", f"token {ident} is not open work", what=ident)
    return token


def _complete(run: Run, event: Complete) -> None:
    token = _work(run, event.token)
    data.accept(run, token, event.data)
    activities.finish(run, token)


def _choose(run: Run, event: Choose) -> None:
    activities.choose(run, event.node)


def _fail(run: Run, event: Fail) -> None:
    token = _work(run, event.token)
    run.effects.append(Thrown("error", event.code, token.at))
    events.raise_error(run, token.home, event.code, token, token.at)


def _escalate(run: Run, event: Escalate) -> None:
    token = _work(run, event.token)
    run.effects.append(Thrown("escalation", event.code, token.at))
    events.escalate(run, token.home, event.code, token, token.at)


def _fire(run: Run, event: Fire) -> None:
    listener = listener_at(run, event.token, event.node, event.number)
    if listener is None or listener.definition.kind != "timer":
        found = f"{event.node}/{event.number} is not armed for token {event.token}"
        raise NothingWaits("an armed timer", found, what=event.node)
    events.fire(run, listener, event.more)


def _message(run: Run, event: Message) -> None:
    if event.to is None:
        events.deliver(run, event.name, event.keys, Carried(event.data, spread=True))
        return
    listener = listener_at(run, *event.to)
    if listener is None or (listener.definition.kind, listener.definition.ref) != ("message", event.name):
        found = f"nothing waits for {event.name!r} there"
        raise NothingWaits("something to wait for the message", found, what=event.name)
    events.trigger(run, listener, Carried(event.data, spread=True))


def _signal(run: Run, event: Signal) -> None:
    for name, value in event.data.items():
        data.assign(run, run.root, (name,), value, "")
    events.broadcast(run, event.name, Carried(event.data))


def _data_changed(run: Run, event: DataChanged) -> None:
    """Settling looks at the conditional events."""


def _cancel(run: Run, event: Cancel) -> None:
    run.end("cancelled")


def _skip(run: Run, event: Skip) -> None:
    token = run.find(event.token)
    flow = next((one for one in _ways_of(run.model, token) if one.id == event.flow), None)
    if token is None or flow is None:
        found = f"token {event.token} has no flow {event.flow!r} to take"[:120]
        raise NothingWaits("a step that waits and a flow that leaves it", found, what=event.flow[:60])
    home = token.whole.home
    run.cancel(token.whole)
    run.send(home, [flow])


def _ways_of(model: Model, token: Token | None) -> list[Flow]:
    """Flows out of what a token waits at; behind an event gateway those of its events."""
    if token is None or not token.arrived or token.undo is not None or token.controller:
        return []
    node = model.nodes[token.at]
    if isinstance(node, EventGateway):
        return [flow for target in model.targets(node) for flow in target.outgoing]
    return list(node.outgoing)


_HAPPENINGS: dict[type, Callable[[Run, Any], None]] = {
    Complete: _complete,
    Choose: _choose,
    Fail: _fail,
    Escalate: _escalate,
    Fire: _fire,
    Message: _message,
    Signal: _signal,
    DataChanged: _data_changed,
    Cancel: _cancel,
    Skip: _skip,
}
