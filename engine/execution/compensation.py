"""Compensation: completed activities leave a record; undoing goes one by one, the newest first.

A token leads the undoing. It rests at the event that threw the compensation, with the records left.
Source: BPMN 2.0.2, 13.5.5.
"""

from __future__ import annotations

from engine.bpmn.model import Activity, CompensateDefinition, Event, Node, StartEvent, SubProcess
from engine.execution import activities, events, timers
from engine.execution.run import THROW, Run, on
from engine.execution.state import Json, Scope, Token
from engine.execution.steps import Reached, Thrown

GO_ON, CANCEL = "go on", "cancel"


def remember(run: Run, token: Token, node: Activity) -> None:
    """Keep a record of a completed activity if there is anything to undo it with."""
    inner = token.inner.done if token.inner else []
    if inner:
        token.home.done.append({"at": node.id, "done": inner})
    elif _handler(run, node) or (token.inner and _undoing_sub(run, token.inner.of)):
        token.home.done.append({"at": node.id})


def handled(run: Run, token: Token, node: Activity) -> None:
    """A compensating activity is done: undo the next one."""
    leader = run.find(token.controller)
    if node.for_compensation:
        run.done(token)
    else:
        run.drop(token)
    if leader is not None:
        _next(run, leader)


@on(THROW, "compensate")
def compensate(run: Run, token: Token, node: Event, definition: CompensateDefinition) -> None:
    run.effects.append(Thrown("compensate", definition.ref, node.id))
    scope = _concerned(run, token)
    records = [record for record in reversed(scope.done) if definition.ref in ("", record["at"])]
    scope.done = [record for record in scope.done if not any(record is one for one in records)]
    if definition.waits:
        _lead(run, token, records, GO_ON)
    else:
        leader = Token(run.new_id(), token.at, token.home)
        token.home.tokens.append(leader)
        _lead(run, leader, records, "")


@on(THROW, "cancel")
def cancel(run: Run, token: Token, node: Event, definition: object) -> None:
    """Cancel the transaction: stop what runs, undo what was done, leave by its cancel event."""
    run.effects.append(Thrown("cancel", "", node.id))
    scope = _concerned(run, token)
    run.effects.append(Reached(node.id))
    run.done(token)
    run.clear(scope)
    timers.disarm_scope(run, scope)
    scope.stopped = True
    records, scope.done = scope.done[::-1], []
    leader = Token(run.new_id(), node.id, scope)
    scope.tokens.append(leader)
    _lead(run, leader, records, CANCEL)


def _concerned(run: Run, token: Token) -> Scope:
    """Thrown inside an event sub-process, compensation means the activities of the scope around it."""
    scope = token.home
    while scope.owner and _is_event_sub(run.model.nodes[scope.owner.at]):
        scope = scope.owner.home
    return scope


def _is_event_sub(node: Node) -> bool:
    return isinstance(node, SubProcess) and node.by_event


def _lead(run: Run, leader: Token, records: list[Json], after: str) -> None:
    leader.undo, leader.after = records, after
    _next(run, leader)


def _next(run: Run, leader: Token) -> None:
    if leader.undo:
        _undo(run, leader.undo.pop(0), _concerned(run, leader), leader)
        return
    after, leader.undo, leader.after = leader.after, None, ""
    if after == GO_ON:
        events.pass_event(run, leader, run.model.nodes[leader.at])
    elif after == CANCEL:
        owner = leader.home.owner
        assert owner is not None
        run.drop(leader)
        events.leave_cancelled(run, owner)
    else:
        run.drop(leader)


def _undo(run: Run, record: Json, scope: Scope, leader: Token) -> None:
    """Begin the handler of a completed activity; a sub-process without one undoes what is inside."""
    node = run.model.nodes[record["at"]]
    if handler := _handler(run, node):
        run.put(scope, handler, controller=leader.id)
        return
    token = Token(run.new_id(), node.id, scope, controller=leader.id)
    scope.tokens.append(token)
    of = activities.inside_of(node)
    token.inner = Scope(of, token, done=record.get("done", []), stopped=True)
    if found := _undoing_sub(run, of):
        events.start_event_sub(run, token.inner, *found)
        return
    records, token.inner.done = token.inner.done[::-1], []
    inner_leader = Token(run.new_id(), node.id, token.inner)
    token.inner.tokens.append(inner_leader)
    _lead(run, inner_leader, records, "")


def _handler(run: Run, node: Node) -> str:
    if not isinstance(node, Activity):
        return ""
    return next((boundary.handler for boundary in run.model.boundaries(node) if boundary.handler), "")


def _undoing_sub(run: Run, scope: str) -> tuple[SubProcess, StartEvent] | None:
    """The event sub-process that compensates a scope, if one is drawn."""
    for sub, start in run.model.event_starts(scope):
        if any(definition.kind == "compensate" for definition in start.definitions):
            return sub, start
    return None
