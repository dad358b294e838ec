"""One step in progress: the marking, the queue of moves, and the few moves all elements are made of.

The modules of elements register one function per kind in the tables below. Order of moves:
conditional events, tokens, emptied scopes, throws, synchronising gateways. Throws come after all
else rests, so that a catch in a parallel branch of the same step already listens; joins that look
at the whole scope come last. That is one of the orders that the standard allows, always the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from engine.bpmn.model import Activity, AdHocSubProcess, Flow, Model, Node
from engine.errors import ProcedureError
from engine.execution import timers
from engine.execution.errors import EndlessLoop, NoFlowHolds, NotBoolean
from engine.execution.names import counts, local_values
from engine.execution.state import Scope, Token, walk
from engine.execution.steps import (
    Effect,
    Entered,
    Evaluate,
    FlowTaken,
    Interrupted,
    Left,
    Status,
    WorkClosed,
)

MOVES = 500
MOVES_PER_NODE = 4
MOVES_PER_INSTANCE = 20
MOST_MOVES_FOR_INSTANCES = 20_000

# Kinds of tasks that wait for a person; other tasks without an implementation complete at once.
WORK = frozenset({"userTask", "manualTask", "task"})

Element = Callable[["Run", Token, Any], None]
ARRIVE: dict[str, Element] = {}  # kind of node → a token arrives
BEGIN: dict[str, Element] = {}  # kind of activity → it, or one instance of its loop, begins
THROW: dict[str, Callable[..., None]] = {}  # kind of event definition → it is thrown
TAKE: list[Callable[[Run, Token, Any], None]] = []  # an activity takes its data
SETTLE: dict[str, Callable[[Run], Any]] = {}  # "conditions", "scope", "throw", "joins" → what moves there


def on(table: dict[str, Any], *kinds: str) -> Callable[[Any], Any]:
    """Register a function for kinds of elements."""

    def register(function: Any) -> Any:
        table.update(dict.fromkeys(kinds, function))
        return function

    return register


class Run:
    def __init__(self, model: Model, root: Scope, last: int, evaluate: Evaluate) -> None:
        self.model = model
        self.root = root
        self.last = last
        self.evaluator = evaluate
        self.status: Status = "running"
        self.terminated = False
        self.effects: list[Effect] = []
        self.ready: deque[Token] = deque()
        self.throws: deque[Token] = deque()
        self.emptied: deque[Scope] = deque()
        self.instances = 0
        self.changed: dict[str, Any] = {}  # variables that this step has given new values
        self._at = root.of

    # --- moving ----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Move until nothing can move by itself.

        Raises:
            EndlessLoop: If that takes more moves than any honest diagram needs.
        """
        moves = 0
        looks = self.model.has_conditional_events
        joins = bool(self.model.upstream)
        while self.status == "running":
            if looks and SETTLE["conditions"](self):
                pass
            elif self.ready:
                self.move_token()
            elif self.emptied:
                SETTLE["scope"](self)
            elif self.throws:
                SETTLE["throw"](self)
            elif not (joins and SETTLE["joins"](self)):
                return
            moves += 1
            if moves > MOVES and moves > self._most_moves():
                name = self.name_of(self._at)
                found = f"it was still moving at {name}"
                raise EndlessLoop("the step to come to rest", found, element=name, node=self._at)

    def _most_moves(self) -> int:
        for_instances = min(MOST_MOVES_FOR_INSTANCES, MOVES_PER_INSTANCE * self.instances)
        return MOVES + MOVES_PER_NODE * len(self.model.nodes) + for_instances

    def move_token(self) -> None:
        """Let the oldest token on its way arrive."""
        token = self.ready.popleft()
        if not token.dead:
            token.fresh = False
            self._at = token.at
            node = self.model.nodes[token.at]
            if token.owner:
                self.begin(token, node)
            else:
                ARRIVE[node.kind](self, token, node)

    def begin(self, token: Token, node: Node) -> None:
        """An activity begins, or one instance of its loop: each instance is entered and left by itself."""
        self.entered(token)
        if not token.owner and node.id in self.model.timed:
            timers.arm(self, token, timers.events_of(self, token))
        if self.model.data:
            TAKE[0](self, token, node)
        BEGIN[node.kind](self, token, node)

    # --- tokens ----------------------------------------------------------------------------------

    def new_id(self) -> int:
        self.last += 1
        return self.last

    def put(self, scope: Scope, node: str, via: str = "", controller: int = 0) -> Token:
        """Send a new token to a node."""
        self.last += 1
        token = Token(self.last, node, scope, via, True, 0, None, controller)
        scope.tokens.append(token)
        self.ready.append(token)
        return token

    def entered(self, token: Token) -> None:
        token.via = ""
        self.effects.append(Entered(token.at, token.id))

    def leave(self, token: Token, flows: Iterable[Flow], *, count: int = 1) -> None:
        """The node is done: take the token away and send new ones along the flows."""
        self.done(token)
        self.send(token.home, flows, count)

    def send(self, scope: Scope, flows: Iterable[Flow], count: int = 1) -> None:
        for flow in flows:
            self.effects.append(FlowTaken(flow.id))
            for _ in range(count):
                self.put(scope, flow.target, flow.id)

    def done(self, token: Token) -> None:
        """Take away a token whose node is done; what only listened for it is cleared."""
        if token.at in self.model.timed:
            timers.disarm_token(self, token)
        if token.counts is None:
            self.effects.append(Left(token.at, token.id))
        self.drop(token)

    def drop(self, token: Token) -> None:
        """Take a token out of the marking without a word."""
        token.dead = True
        (token.owner.instances if token.owner else token.home.tokens).remove(token)
        self.emptied.append(token.home)

    def cancel(self, token: Token) -> None:
        """Interrupt a token and everything below it, innermost first."""
        if token.dead:
            return
        for instance in list(token.instances):
            self.cancel(instance)
        if token.inner:
            self.clear(token.inner)
            self.close(token.inner)
        node = self.model.nodes[token.at]
        if is_work(node, token):
            self.effects.append(WorkClosed(token.at, token.id, "cancelled"))
        if token.at in self.model.timed:
            timers.disarm_token(self, token)
        if token.arrived and token.counts is None and _was_entered(token) and not is_undone(node, token):
            self.effects.append(Interrupted(token.at, token.id))
        self.drop(token)

    def clear(self, scope: Scope, keep: Token | None = None) -> None:
        """Interrupt everything in a scope."""
        for token in list(scope.tokens):
            if token is not keep:
                self.cancel(token)
        scope.idle.clear()

    # --- scopes ----------------------------------------------------------------------------------

    def open(self, owner: Token, of: str) -> Scope:
        """Open the inside of an activity; its event sub-processes begin to listen."""
        owner.inner = Scope(of, owner)
        if of in self.model.timed:
            timers.arm_scope(self, owner.inner)
        return owner.inner

    def close(self, scope: Scope) -> None:
        """The scope is over: nothing of it listens any more."""
        if scope.of in self.model.timed:
            timers.disarm_scope(self, scope)
        scope.dead = True

    def end(self, status: Status) -> None:
        """The instance is over."""
        self.clear(self.root)
        self.close(self.root)
        self.status = status

    # --- expressions -----------------------------------------------------------------------------

    def evaluate(self, text: str, at: Token | Scope, **names: Any) -> Any:
        """Evaluate an expression with the engine's own names of the nearest loop instance.

        A refusal says where it happened: `node` among its facts.
        """
        try:
            return self.evaluator(text, {**self.names(at), **names})
        except ProcedureError as error:
            error.facts.setdefault("node", at.at if isinstance(at, Token) else at.of)
            raise

    def holds(self, text: str, at: Token | Scope, **names: Any) -> bool:
        """Evaluate a condition; null is not true.

        Raises:
            NotBoolean: If it is anything but true, false or null.
        """
        value = self.evaluate(text, at, **names)
        if value is None or isinstance(value, bool):
            return bool(value)
        node = at.at if isinstance(at, Token) else at.of
        name = self.name_of(node)
        raise NotBoolean("true or false", f"{value!r}"[:80], text=text[:120], element=name, node=node)

    def names(self, at: Token | Scope) -> dict[str, Any]:
        """What only the engine knows: new values, local ones, items and counters of loops."""
        names = dict(self.changed)
        if not self.model.has_own_names:
            return names
        token = at if isinstance(at, Token) else at.owner
        counted = False
        while token:
            if token.owner and token.owner.counts:
                inner = self._item(token, token.owner)
                names |= {name: value for name, value in inner.items() if name not in names or not counted}
                if not counted:
                    names |= self._counters(token, token.owner)
                counted = True
            token = token.home.owner
        if self.model.has_local_names:
            names |= local_values(self.model, at)
        return names

    def _counters(self, instance: Token, owner: Token) -> dict[str, Any]:
        planned, started, completed = owner.counts or [0, 0, 0]
        return counts(
            loopCounter=instance.index,
            numberOfInstances=planned if planned >= 0 else started,
            numberOfActiveInstances=started - completed,
            numberOfCompletedInstances=completed,
        )

    def _item(self, instance: Token, owner: Token) -> dict[str, Any]:
        """The item of one instance of a loop over a list, by its name."""
        loop = self.model.nodes[owner.at].loop  # type: ignore[attr-defined]
        item = getattr(loop, "item", "")
        if not item:
            return {}
        values = self.evaluate(loop.collection, owner) if loop.collection else None
        fits = isinstance(values, list | tuple) and instance.index <= len(values)
        return {item: values[instance.index - 1] if fits else None}

    def chosen(self, token: Token, node: Node) -> list[Flow]:
        """Flows that a token takes out of a node that may choose several: all that hold, else the default.

        Raises:
            NoFlowHolds: If none does.

        Source: BPMN 2.0.2, 13.2.1 and 13.4.3.
        """
        if len(node.outgoing) == 1 and not node.outgoing[0].condition and not node.default:
            return [*node.outgoing]
        default = [flow for flow in node.outgoing if flow.id == node.default]
        others = [flow for flow in node.outgoing if flow.id != node.default]
        taken = [flow for flow in others if not flow.condition or self.holds(flow.condition, token)]
        held = any(flow.condition for flow in taken)
        if default and not held:
            taken += default
        if node.outgoing and not taken:
            raise self.no_flow(node)
        return [flow for flow in node.outgoing if flow in taken]

    def no_flow(self, node: Node) -> NoFlowHolds:
        name = self.name_of(node.id)
        return NoFlowHolds(f"a condition after {name} to hold", "none does", element=name, node=node.id)

    # --- asking ----------------------------------------------------------------------------------

    def find(self, token_id: int) -> Token | None:
        return next((token for token in walk(self.root) if token.id == token_id), None)

    def name_of(self, ident: str) -> str:
        known = self.model.nodes.get(ident) or self.model.scopes.get(ident)
        return (known.name if known else "") or ident


def is_undone(node: Node, token: Token) -> bool:
    """Whether a completed sub-process was opened again, only to compensate what it had done."""
    return bool(token.controller) and isinstance(node, Activity) and not node.for_compensation


def _was_entered(token: Token) -> bool:
    """Who leads an undoing has not, but for the event that threw it and waits for its end."""
    return token.undo is None or token.after == "go on"


def is_work(node: Node, token: Token) -> bool:
    """Whether the token is work of a person: a task, or choosing what is done in a sub-process."""
    is_kind = node.kind in WORK and isinstance(node, Activity)
    return (
        (is_kind or (isinstance(node, AdHocSubProcess) and node.chosen))
        and token.arrived and token.counts is None and token.undo is None
    )  # fmt: skip
