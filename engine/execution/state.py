"""The marking: scopes that hold tokens, tokens that hold loop instances or an inner scope.

As JSON it is small and canonical: absent means default, ids are small and only grow. What can be
derived from the diagram and the tokens, such as who listens, is not stored at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.execution.errors import BadState
from engine.execution.values import decode, encode

VERSION = 1
Json = dict[str, Any]
_MARKS = frozenset(("spent", "held", "seen"))
_IN_SCOPE = frozenset(("tokens", "done", "reset", "idle", "stopped", "data", *_MARKS))
_IN_TOKEN = frozenset(
    ("id", "at", "via", "index", "after", "controller", "counts", "undo", "instances", "of", "inner", "data",
     *_MARKS)
)  # fmt: skip
_KEYS = {"v", "process", "next", "status", *_IN_SCOPE}
Mark = tuple[str, int]  # an event definition: id of the node, number of the definition
Marks = frozenset[Mark]
_NONE: Marks = frozenset()


@dataclass(eq=False)
class Token:
    """What a token seldom has stands at the class until it is given, for tokens are made by the dozen.

    Attributes:
    via: Flow on which it arrived, as long as it waits in front of its node.
    fresh: On its way within this step; never stored.
    counts: Of the owner of loop instances: planned (-1 unknown), started, completed.
    index: Of a loop instance, from 1.
    undo: Of a compensation in progress: records still to undo, newest first.
    after: What follows that: "go on", "cancel" or "".
    controller: Of a compensating activity: id of the token that leads the compensation.
    data: Values of names that are local to the activity.
    spent: Of its listeners: timers that have fired for the last time.
    held: Conditions that were true when last looked at; they fire when they become true.
    seen: Definitions that have occurred, where all of several must.
    """

    id: int
    at: str
    home: Scope
    via: str = ""
    fresh: bool = False
    index: int = 0
    owner: Token | None = None
    controller: int = 0
    instances: list[Token] = field(default_factory=list)
    counts: list[int] | None = field(init=False, default=None)
    inner: Scope | None = field(init=False, default=None)
    spent: Marks = field(init=False, default=_NONE)
    held: Marks = field(init=False, default=_NONE)
    seen: Marks = field(init=False, default=_NONE)
    undo: list[Json] | None = field(init=False, default=None)
    after: str = field(init=False, default="")
    data: Json | None = field(init=False, default=None)
    dead: bool = field(init=False, default=False)

    @property
    def whole(self) -> Token:
        """The activity as its boundary events see it: the owner of a loop instance, else itself."""
        return self.owner or self

    @property
    def arrived(self) -> bool:
        return not self.fresh and not self.via


@dataclass(slots=True, eq=False)
class Scope:
    """Attributes:
    owner: The token of the activity whose inside this is; None for the process.
    done: Completed activities that can be compensated, oldest first.
    reset: Complex gateways in their second phase: flows already consumed.
    idle: Of an ad-hoc sub-process: activities not yet begun.
    stopped: An interrupting event sub-process, or a cancellation, has taken over.
    data: Values of names that are local to it.
    spent, held, seen: As of a token, of what listens for the scope.
    """

    of: str
    owner: Token | None = None
    tokens: list[Token] = field(default_factory=list)
    spent: Marks = _NONE
    held: Marks = _NONE
    seen: Marks = _NONE
    done: list[Json] = field(default_factory=list)
    reset: dict[str, list[str]] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)
    stopped: bool = False
    data: Json | None = None
    dead: bool = False

    @property
    def id(self) -> int:
        """How timers and listeners of the scope are addressed: its owner's id, 0 for the process."""
        return self.owner.id if self.owner else 0


def walk(scope: Scope) -> list[Token]:
    """Return every token below a scope, outer before inner, oldest first."""
    found: list[Token] = []
    _gather(scope.tokens, found)
    return found


def _gather(tokens: list[Token], found: list[Token]) -> None:
    for token in tokens:
        found.append(token)
        if token.instances:
            _gather(token.instances, found)
        if token.inner:
            _gather(token.inner.tokens, found)


def scopes(root: Scope) -> list[Scope]:
    """Return every scope, outer before inner."""
    found = [root]
    _gather_scopes(root.tokens, found)
    return found


def _gather_scopes(tokens: list[Token], found: list[Scope]) -> None:
    for token in tokens:
        if token.instances:
            _gather_scopes(token.instances, found)
        if token.inner:
            found.append(token.inner)
            _gather_scopes(token.inner.tokens, found)


# --- JSON --------------------------------------------------------------------------------------


def dump(root: Scope, last: int, status: str) -> Json:
    """Return the state as plain JSON that shares nothing with the marking."""
    state: Json = {"v": VERSION, "process": root.of, "next": last + 1}
    if status != "running":
        state["status"] = status
    state.update(_dump_scope(root))
    return state


def load(state: Any) -> tuple[Scope, int, str]:
    """Read a state; the given value is never changed.

    Raises:
        BadState: If it is not one of ours, of this version.
    """
    if not isinstance(state, dict) or state.get("v") != VERSION:
        raise BadState(f"a state of version {VERSION}", "another one was stored")
    try:
        if not set(state) <= _KEYS or type(state["next"]) is not int:
            raise ValueError("unknown keys")
        root = _load_scope(state["process"], state)
        return root, state["next"] - 1, state.get("status", "running")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadState("a complete state", f"a part of it is missing or damaged: {error!r}") from None


def check(root: Scope, last: int, nodes: Collection[str], of: Collection[str]) -> None:
    """Check that a state speaks of this diagram and is sound in itself.

    Raises:
        BadState: If a node or scope is unknown, or an id is used twice or was never given.
    """
    ids: set[Any] = set()
    for scope in scopes(root):
        if scope.of not in of:
            raise BadState("scopes of this diagram", f"{scope.of!r} is none"[:80])
        if scope.done or scope.reset or scope.idle:
            records = [one.get("at") if isinstance(one, dict) else one for one in scope.done]
            _check_known([*records, *scope.reset, *scope.idle], nodes)
    for token in walk(root):
        if type(token.at) is not str or token.at not in nodes:
            _check_known((token.at,), nodes)
        if token.undo:
            _check_known([record.get("at") for record in token.undo], nodes)
        ident = token.id
        if type(ident) is not int or not 0 < ident <= last or ident in ids:
            raise BadState("ids that were given once", f"id {ident!r} was not"[:80])
        ids.add(ident)
        counts = token.counts
        if counts is not None and (len(counts) != 3 or any(type(one) is not int for one in counts)):
            raise BadState("three counts of a loop", f"there is {counts!r}"[:80])


def _check_known(found: Iterable[Any], nodes: Collection[str]) -> None:
    for node in found:
        if not isinstance(node, str) or node not in nodes:
            raise BadState("nodes of this diagram", f"{node!r} is none"[:80])


def canonical(state: Any) -> Any:
    """Return a hashable form that is equal for markings that behave alike: no ids, no order of tokens."""
    if isinstance(state, dict):
        kept = ((key, canonical(value)) for key, value in state.items() if key not in ("id", "next"))
        return tuple(sorted(kept, key=repr))
    if isinstance(state, list):
        return tuple(sorted((canonical(one) for one in state), key=repr))
    return state


def _dump_scope(scope: Scope) -> Json:
    dumped: Json = {}
    if scope.tokens:
        dumped["tokens"] = [_dump_token(token) for token in scope.tokens]
    if scope.done:
        dumped["done"] = copied(scope.done)
    if scope.reset:
        dumped["reset"] = copied(scope.reset)
    if scope.idle:
        dumped["idle"] = list(scope.idle)
    if scope.stopped:
        dumped["stopped"] = True
    if scope.data:
        dumped["data"] = encode(scope.data)
    if scope.spent or scope.held or scope.seen:
        _dump_marks(scope, dumped)
    return dumped


def _dump_token(token: Token) -> Json:
    dumped: Json = {"id": token.id, "at": token.at}
    if token.via:
        dumped["via"] = token.via
    if token.index:
        dumped["index"] = token.index
    if token.after:
        dumped["after"] = token.after
    if token.controller:
        dumped["controller"] = token.controller
    if token.counts is not None:
        dumped["counts"] = list(token.counts)
    if token.undo is not None:
        dumped["undo"] = copied(token.undo)
    if token.data:
        dumped["data"] = encode(token.data)
    if token.instances:
        dumped["instances"] = [_dump_token(one) for one in token.instances]
    if token.inner:
        if token.inner.of != token.at:
            dumped["of"] = token.inner.of
        dumped["inner"] = _dump_scope(token.inner)
    if token.spent or token.held or token.seen:
        _dump_marks(token, dumped)
    return dumped


def _dump_marks(holder: Token | Scope, dumped: Json) -> None:
    for kind, marks in (("spent", holder.spent), ("held", holder.held), ("seen", holder.seen)):
        if marks:
            dumped[kind] = [list(mark) for mark in sorted(marks)]


def _load_scope(of: str, dumped: Json, owner: Token | None = None) -> Scope:
    if owner is not None and not dumped.keys() <= _IN_SCOPE:
        raise ValueError("unknown keys of a scope")
    scope = Scope(of, owner)
    if not _MARKS.isdisjoint(dumped):
        _load_marks(scope, dumped)
    if "done" in dumped:
        scope.done = copied(dumped["done"])
    if "reset" in dumped:
        scope.reset = copied(dumped["reset"])
    if "idle" in dumped:
        scope.idle = list(dumped["idle"])
    scope.stopped = dumped.get("stopped", False)
    if "data" in dumped:
        scope.data = _load_data(dumped)
    scope.tokens = [_load_token(one, scope) for one in dumped.get("tokens", ())]
    return scope


def _load_token(dumped: Json, home: Scope, owner: Token | None = None) -> Token:
    token = Token(dumped["id"], dumped["at"], home, dumped.get("via", ""), False, 0, owner)
    if len(dumped) > (3 if token.via else 2):  # most tokens are only somewhere
        if not dumped.keys() <= _IN_TOKEN:
            raise ValueError("unknown keys of a token")
        if not _MARKS.isdisjoint(dumped):
            _load_marks(token, dumped)
        token.index = dumped.get("index", 0)
        token.counts = copied(dumped.get("counts"))
        token.undo = copied(dumped.get("undo"))
        token.after = dumped.get("after", "")
        token.controller = dumped.get("controller", 0)
        if "data" in dumped:
            token.data = _load_data(dumped)
        token.instances = [_load_token(one, home, token) for one in dumped.get("instances", ())]
        if "inner" in dumped:
            token.inner = _load_scope(dumped.get("of", token.at), dumped["inner"], token)
    return token


def _load_data(dumped: Json) -> Json:
    return {name: decode(value) for name, value in dumped["data"].items()}


def _load_marks(holder: Token | Scope, dumped: Json) -> None:
    holder.spent, holder.held, holder.seen = (
        frozenset((node, number) for node, number in dumped.get(kind, ()))
        for kind in ("spent", "held", "seen")
    )


def copied(value: Any) -> Any:
    """Return a copy of plain JSON, deep."""
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    return [copied(one) for one in value] if isinstance(value, list) else value
