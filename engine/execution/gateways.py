"""Gateways: where tokens split, choose and wait for each other.

Nothing here reads a clock, a database or the current user, so any step can be replayed in a test.
Source: BPMN 2.0.2, 13.4.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.model import ComplexGateway, EventGateway, Flow, Node
from engine.execution import timers
from engine.execution.run import ARRIVE, Run, on
from engine.execution.state import Scope, Token, scopes
from engine.execution.steps import Awaited


@on(ARRIVE, "exclusiveGateway")
def choose_one(run: Run, token: Token, gateway: Node) -> None:
    """Send the token along the first flow whose condition holds, else the default.

    Raises:
        NoFlowHolds: If no condition holds and there is no default.
    """
    run.entered(token)
    for flow in gateway.outgoing:
        if flow.id != gateway.default and (not flow.condition or run.holds(flow.condition, token)):
            run.leave(token, [flow])
            return
    default = [flow for flow in gateway.outgoing if flow.id == gateway.default]
    if gateway.outgoing and not default:
        raise run.no_flow(gateway)
    run.leave(token, default)


@on(ARRIVE, "parallelGateway")
def join_all(run: Run, token: Token, gateway: Node) -> None:
    """Go on when a token waits on every incoming flow; take one from each, leave what is too much."""
    waiting = _waiting(token.home, gateway)
    if all(flow.id in waiting for flow in gateway.incoming):
        _pass(run, token, waiting, gateway.incoming, gateway.outgoing)


@on(ARRIVE, "inclusiveGateway")
def join_some(run: Run, token: Token, gateway: Node) -> None:
    """With several ways in, `synchronise` decides once everything else rests."""
    if len(gateway.incoming) < 2:
        run.entered(token)
        run.leave(token, run.chosen(token, gateway))


@on(ARRIVE, "complexGateway")
def join_by_rule(run: Run, token: Token, gateway: ComplexGateway) -> None:
    if gateway.id not in token.home.reset:
        _activate(run, token.home, gateway)


@on(ARRIVE, "eventBasedGateway")
def wait_for_one(run: Run, token: Token, gateway: EventGateway) -> None:
    """Wait here for all the events behind the gateway; the first that happens takes the token."""
    run.entered(token)
    timers.arm(run, token, run.model.targets(gateway))
    run.effects.append(Awaited(gateway.id, token.id))


def synchronise(run: Run) -> bool:
    """Let one join go on that looks at its whole scope: inclusive, or complex in its second phase."""
    joins = run.model.upstream
    for scope in scopes(run.root):
        waiting = [token.at for token in scope.tokens if token.at in joins]
        for ident in dict.fromkeys([*waiting, *scope.reset]) if waiting or scope.reset else ():
            gateway = run.model.nodes[ident]
            if isinstance(gateway, ComplexGateway):
                if _is_reset_due(run, scope, gateway):
                    _reset(run, scope, gateway)
                    return True
            elif _expects_no_more(run, scope, gateway, set(_waiting(scope, gateway))):
                _go_on(run, scope, gateway)
                return True
    return False


def _go_on(run: Run, scope: Scope, gateway: Node) -> None:
    waiting = _waiting(scope, gateway)
    token = next(iter(waiting.values()))[0]
    used = [flow for flow in gateway.incoming if flow.id in waiting]
    _pass(run, token, waiting, used, run.chosen(token, gateway))


def _waiting(scope: Scope, gateway: Node) -> dict[str, list[Token]]:
    """Tokens in front of a gateway by the flow they came on, oldest first."""
    found: dict[str, list[Token]] = {}
    for token in scope.tokens:
        if token.at == gateway.id and not token.fresh:
            found.setdefault(token.via, []).append(token)
    return found


def _pass(
    run: Run,
    token: Token,
    waiting: dict[str, list[Token]],
    used: Iterable[Flow],
    taken: Iterable[Flow],
) -> None:
    """One token goes through for all those that are used up."""
    merged = [waiting[flow.id][0] for flow in used]
    if merged and token not in merged:
        token = merged[0]
    run.entered(token)
    for other in merged:
        if other is not token:
            run.drop(other)
    run.leave(token, taken)


def _expects_no_more(run: Run, scope: Scope, gateway: Node, marked: set[str]) -> bool:
    """Whether no token elsewhere may still come on an empty flow, unless it can also reach a marked one.

    A path by way of a boundary event makes the join wait, but does not excuse it from waiting.

    Source: BPMN 2.0.2, 13.4.3.
    """
    upstream = run.model.upstream[gateway.id]
    empty = [upstream[flow.id].may for flow in gateway.incoming if flow.id not in marked]
    for at in {token.at for token in scope.tokens} - {gateway.id}:
        for may_come in empty:
            if at in may_come:
                if not any(at in upstream[flow].will for flow in marked if flow in upstream):
                    return False
                break
    return True


# --- complex gateways ----------------------------------------------------------------------------


def _activate(run: Run, scope: Scope, gateway: ComplexGateway) -> None:
    """First phase: go on as soon as the activation condition holds, with what is there."""
    waiting = _waiting(scope, gateway)
    count = sum(len(tokens) for tokens in waiting.values())
    if not count:
        return
    token = next(iter(waiting.values()))[0]
    names = {"activationCount": count, "waitingForStart": True}
    if gateway.activation and not run.holds(gateway.activation, token, **names):
        return
    taken = [
        flow
        for flow in gateway.outgoing
        if flow.id != gateway.default and (not flow.condition or run.holds(flow.condition, token, **names))
    ]
    taken = taken or [flow for flow in gateway.outgoing if flow.id == gateway.default]
    if gateway.outgoing and not taken:
        raise run.no_flow(gateway)
    used = [flow for flow in gateway.incoming if flow.id in waiting]
    _pass(run, token, waiting, used, taken)
    if len(used) < len(gateway.incoming):
        scope.reset[gateway.id] = [flow.id for flow in used]


def _is_reset_due(run: Run, scope: Scope, gateway: ComplexGateway) -> bool:
    if gateway.id not in scope.reset:
        return False
    marked = set(_waiting(scope, gateway)) | set(scope.reset[gateway.id])
    return _expects_no_more(run, scope, gateway, marked)


def _reset(run: Run, scope: Scope, gateway: ComplexGateway) -> None:
    """Second phase: the late tokens are used up, and the gateway is ready for a new round.

    All conditions are asked anew, now with waitingForStart false; the default counts where none holds. A
    flow without a condition has had its turn: nothing of it is evaluated. Nothing taken is no fault here.

    Source: BPMN 2.0.2, table 13.5.
    """
    waiting = _waiting(scope, gateway)
    used = scope.reset.pop(gateway.id)
    late = [waiting[f.id][0] for f in gateway.incoming if f.id in waiting and f.id not in used]
    at = late[0] if late else scope
    asked = [flow for flow in gateway.outgoing if flow.condition and flow.id != gateway.default]
    again = [flow for flow in asked if run.holds(flow.condition, at, waitingForStart=False)]
    if asked and not again:
        again = [flow for flow in gateway.outgoing if flow.id == gateway.default]
    for token in late:
        run.drop(token)
    run.send(scope, again)
    _activate(run, scope, gateway)
