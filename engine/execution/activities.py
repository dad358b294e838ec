"""Tasks, sub-processes, call activities and ad-hoc sub-processes: beginning, completing, leaving.

Source: BPMN 2.0.2, 13.3.
"""

from __future__ import annotations

from engine.bpmn.model import (
    Activity,
    AdHocSubProcess,
    CallActivity,
    Node,
    ReceiveTask,
    RuleTask,
    SendTask,
    SubProcess,
)
from engine.execution import compensation, data, loops, timers
from engine.execution.decisions import DecisionCall
from engine.execution.errors import NothingWaits, WorkGoesOn
from engine.execution.run import ARRIVE, BEGIN, WORK, Run, is_work, on
from engine.execution.state import Scope, Token, scopes
from engine.execution.steps import Awaited, Thrown, WorkClosed, WorkOpened

_AUTOMATIC = ("serviceTask", "scriptTask")
_INSIDE = ("subProcess", "transaction", "callActivity", "adHocSubProcess")


@on(ARRIVE, *WORK, *_AUTOMATIC, *_INSIDE, "businessRuleTask", "sendTask", "receiveTask")
def arrive(run: Run, token: Token, node: Activity) -> None:
    """Begin the activity, or its loop, once enough tokens have come."""
    if node.start_quantity > 1 and not _gathered(run, token, node):
        return
    if node.loop is None:
        run.begin(token, node)
    else:
        loops.begin(run, token, node)


def _gathered(run: Run, token: Token, node: Activity) -> bool:
    """Merge as many waiting tokens as startQuantity asks for; the token stays in front until then."""
    others = [one for one in token.home.tokens if one.at == node.id and one.via and one is not token]
    waiting = [one for one in others if not one.fresh]
    if len(waiting) + 1 < node.start_quantity:
        return False
    for one in waiting[: node.start_quantity - 1]:
        run.drop(one)
    return True


@on(BEGIN, *WORK)
def wait_for_person(run: Run, token: Token, node: Node) -> None:
    run.effects.append(WorkOpened(node.id, token.id, token.index))


@on(BEGIN, *_AUTOMATIC)
def do_nothing(run: Run, token: Token, node: Node) -> None:
    """Without an implementation there is nothing to wait for."""
    complete(run, token)


@on(BEGIN, "businessRuleTask")
def decide(run: Run, token: Token, node: Activity) -> None:
    """Ask the decision and keep what it gives; a rule task that names none has nothing to do."""
    if isinstance(node, RuleTask) and node.decision:
        result = run.evaluate(DecisionCall(node.decision), token)
        data.assign(run, token, (node.into or node.id,), result, node.id)
    complete(run, token)


@on(BEGIN, "sendTask")
def send(run: Run, token: Token, node: SendTask) -> None:
    carried = data.carried(run, token, node)
    run.effects.append(Thrown("message", node.message, node.id, carried, run.names(token)))
    complete(run, token)


@on(BEGIN, "receiveTask")
def wait_for_message(run: Run, token: Token, node: ReceiveTask) -> None:
    run.effects.append(Awaited(node.id, token.id))


@on(BEGIN, "subProcess", "transaction", "callActivity")
def go_inside(run: Run, token: Token, node: SubProcess | CallActivity) -> None:
    scope = run.open(token, inside_of(node))
    if isinstance(node, CallActivity):
        data.call(run, token, scope, node)
    for entry in run.model.entries(scope.of):
        run.put(scope, entry.id)
    run.emptied.append(scope)


@on(BEGIN, "adHocSubProcess")
def go_inside_ad_hoc(run: Run, token: Token, node: AdHocSubProcess) -> None:
    """Every activity that nothing leads to is begun: all at once, or one after the other; or none is,
    until a person chooses it."""
    scope = run.open(token, node.id)
    if node.chosen:
        run.effects.append(WorkOpened(node.id, token.id, token.index))
        return
    scope.idle = [entry.id for entry in run.model.entries(node.id)]
    while scope.idle and not node.sequential:
        run.put(scope, scope.idle.pop(0))
    run.emptied.append(scope)


def choices(run: Run) -> dict[str, str]:
    """Return what a person may begin now, in ad-hoc sub-processes where nothing begins by itself.

    Activities that are not being done already, with what follows them; each with its sub-process.
    """
    found: dict[str, str] = {}
    for scope in scopes(run.root):
        owner = run.model.nodes.get(scope.of)
        if isinstance(owner, AdHocSubProcess) and owner.chosen and not scope.stopped:
            busy = {*scope.idle, *(token.at for token in scope.tokens)}
            inside = [one for one in run.model.members(owner.id) if _is_choosable(one)]
            free = (one.id for one in inside if busy.isdisjoint(_following(run, one)))
            found |= dict.fromkeys(free, owner.id)
    return found


def choose(run: Run, ident: str) -> None:
    """A person has an activity of an open ad-hoc sub-process begun: at once, or next in its turn.

    Where everything is chosen, the sub-process itself may be named: nothing more will be.

    Raises:
        NothingWaits: If it stands in no ad-hoc sub-process that is open, or flows lead to it, or if
            work goes on in a sub-process that is to end.
    """
    node = run.model.nodes.get(ident)
    if isinstance(node, AdHocSubProcess) and node.chosen:
        _end_chosen(run, node)
        return
    owner = run.model.nodes.get(node.scope) if node else None
    inside = [one for one in scopes(run.root) if one.of == getattr(owner, "id", "") and not one.stopped]
    if node is None or not isinstance(owner, AdHocSubProcess) or not inside or not _is_choosable(node):
        raise NothingWaits("an activity that can be chosen", f"{ident!r} is none"[:80], what=ident[:60])
    scope = inside[0]
    if owner.sequential and scope.tokens:
        scope.idle = [ident, *(one for one in scope.idle if one != ident)]
    else:
        if ident in scope.idle:
            scope.idle.remove(ident)
        run.put(scope, ident)


def _following(run: Run, node: Node) -> set[str]:
    """The node, and all that flows lead to from it."""
    seen: set[str] = set()
    todo = [node]
    while todo:
        at = todo.pop()
        if at.id not in seen:
            seen.add(at.id)
            todo += run.model.targets(at)
            todo += run.model.boundaries(at) if isinstance(at, Activity) else ()
    return seen


def _is_choosable(node: Node) -> bool:
    if not isinstance(node, Activity) or node.incoming or node.for_compensation:
        return False
    return not (isinstance(node, SubProcess) and node.by_event)


def _end_chosen(run: Run, node: AdHocSubProcess) -> None:
    for scope in scopes(run.root):
        if scope.of == node.id and scope.owner and not scope.tokens and not scope.stopped:
            run.close(scope)
            complete(run, scope.owner)
            return
    raise NothingWaits("a sub-process in which nothing runs", f"{node.id} is none", what=node.id)


def finish(run: Run, token: Token) -> None:
    """A person has done the work of a token; whoever chose what is done in a sub-process says: nothing more.

    Raises:
        WorkGoesOn: If something of what was chosen is still being done.
    """
    if token.inner is not None:
        if token.inner.tokens:
            name = run.name_of(token.at)
            raise WorkGoesOn("nothing to be going on inside", f"{name} has work", element=name, node=token.at)
        run.close(token.inner)
    complete(run, token)


def inside_of(node: Node) -> str:
    return node.called if isinstance(node, CallActivity) else node.id


def close_scope(run: Run) -> None:
    """A scope without tokens is complete, and with it its activity or the whole instance."""
    scope = run.emptied.popleft()
    if scope.tokens or scope.dead or (scope.owner and scope.owner.inner is not scope):
        return
    if scope.idle:
        run.put(scope, scope.idle.pop(0))
    elif _waits_for_a_choice(run, scope):
        pass
    elif scope.owner:
        run.close(scope)
        called = run.model.nodes[scope.owner.at]
        if isinstance(called, CallActivity):
            data.return_from(run, scope, scope.owner, called)
        complete(run, scope.owner)
    else:
        run.end("terminated" if run.terminated else "completed")


def _waits_for_a_choice(run: Run, scope: Scope) -> bool:
    """A sub-process of chosen work with a condition stays open until that holds, or a person ends it."""
    node = run.model.nodes.get(scope.of)
    return isinstance(node, AdHocSubProcess) and node.chosen and bool(node.completion) and not scope.stopped


def complete(run: Run, token: Token) -> None:
    """An activity, or one instance of its loop, has done its work."""
    node: Activity = run.model.nodes[token.at]  # type: ignore[assignment]
    if is_work(node, token):
        run.effects.append(WorkClosed(node.id, token.id, "completed"))
    data.give(run, token, node)
    if isinstance(node, SubProcess) and node.by_event:
        run.done(token)
    elif token.owner:
        loops.instance_done(run, token, node)
    else:
        if not token.controller:
            compensation.remember(run, token, node)
        leave(run, token, node)


def leave(run: Run, token: Token, node: Activity) -> None:
    """The activity as a whole is done: go on along its flows."""
    if token.controller:
        compensation.handled(run, token, node)
        return
    if token.counts is not None:
        data.give(run, token, node)
    home = token.home
    owner = run.model.nodes.get(home.of)
    is_over = isinstance(owner, AdHocSubProcess) and home.stopped
    flows = [] if is_over else run.chosen(token, node)
    run.leave(token, flows, count=node.completion_quantity)
    if isinstance(owner, AdHocSubProcess):
        _check_ad_hoc(run, home, owner)


def _check_ad_hoc(run: Run, scope: Scope, node: AdHocSubProcess) -> None:
    if node.completion and not scope.stopped and run.holds(node.completion, scope):
        scope.idle.clear()
        timers.disarm_scope(run, scope)
        scope.stopped = True
        for token in list(scope.tokens):
            if node.cancel_remaining:
                run.cancel(token)
            elif not token.arrived:  # what has not begun yet never will
                run.drop(token)
