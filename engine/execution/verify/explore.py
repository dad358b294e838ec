"""Every state that a process can get into, by the interpreter itself, nearest first.

From each state each open step is completed with each of its outcomes, each timer fires, each message and
signal comes. Where a condition could come out both ways, both are followed. Nothing is sampled.
"""

from __future__ import annotations

import marshal
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import ProcedureError
from engine.execution.activities import choices
from engine.execution.advance import advance
from engine.execution.listeners import Listener, all_listeners
from engine.execution.run import Run, is_work
from engine.execution.state import Json, load, walk
from engine.execution.steps import (
    Choose,
    Complete,
    DataChanged,
    Entered,
    Escalate,
    Fail,
    Fire,
    Interrupted,
    Left,
    Message,
    Reached,
    Signal,
    Start,
    Step,
    Thrown,
    Uncaught,
    WorkClosed,
)
from engine.execution.verify import markings
from engine.execution.verify.answers import outcomes_of
from engine.execution.verify.paths import Move, Overlap, Path, Settled, Tape
from engine.execution.verify.questions import Box, Question
from engine.execution.verify.world import World, is_quiet

MOST_STATES = 50_000
MOST_SECONDS = 30.0
MOST_BYTES = 150 * 1024 * 1024
CROWD = 3  # so many at one place are not followed further: what follows is no news
MOST_CROWDED = 300
_QUIET_KINDS = {Message: "message", Signal: "signal", Escalate: "escalation", DataChanged: "conditional"}
_OUTSIDE = ("timer", "message", "signal", "conditional")
_NOTED = frozenset((Thrown, Uncaught))
_BYTES_BESIDE = 600  # what Python keeps for a state besides its bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond any of these the answer is "not proven". Bytes are those of the states kept."""

    states: int = MOST_STATES
    seconds: float = MOST_SECONDS
    size: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Incident:
    """A step that the interpreter refused to take."""

    source: int
    move: Move
    tape: Tape
    error: ProcedureError
    box: Box
    question: Question | None


@dataclass(slots=True)
class Space:
    """The states found. State 0 is before the beginning; `parents` tells the way to each.

    Attributes:
        complete: Every state was looked at; False when a limit was reached.
        cut: States that were not followed because they were crowded already.
        refused: By state, whether a step out of it was refused.
    """

    world: World
    process: str
    packed: list[bytes] = field(default_factory=lambda: [b""])
    boxes: list[Box] = field(default_factory=lambda: [()])
    asked: list[Box] = field(default_factory=lambda: [()])
    status: list[str] = field(default_factory=lambda: [""])
    parents: list[tuple[int, Move | None, Tape]] = field(default_factory=lambda: [(-1, None, ())])
    edges: list[set[int]] = field(default_factory=lambda: [set()])
    cut: set[int] = field(default_factory=set)
    stuck: list[int] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    crowds: dict[tuple[str, str], int] = field(default_factory=dict)
    crowded: set[int] = field(default_factory=set)
    repeated: dict[str, int] = field(default_factory=dict)
    incidents: dict[tuple[str, str], Incident] = field(default_factory=dict)
    overlaps: dict[tuple[str, str], Overlap] = field(default_factory=dict)
    interrupted: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    uncaught: dict[str, int] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)
    finished: set[tuple[str, str]] = field(default_factory=set)
    waited: bool = False
    steps: int = 0
    seconds: float = 0.0
    complete: bool = True
    limit: str = ""

    def state(self, number: int) -> Json | None:
        return marshal.loads(self.packed[number]) if self.packed[number] else None

    def way(self, number: int) -> list[tuple[int, Move, Tape]]:
        """Return the moves to a state: where each was made, what, and how its questions came out."""
        found = []
        while number > 0:
            source, move, tape = self.parents[number]
            assert move is not None
            found.append((source, move, tape))
            number = source
        return found[::-1]


class Explorer:
    def __init__(self, world: World, process: str, limits: Limits) -> None:
        self.world = world
        self.limits = limits
        self.space = Space(world, process)
        self.space.boxes[0] = world.first
        self.space.asked[0] = tuple(0 for _ in world.lines)
        self.numbers: dict[Any, int] = {}
        self.settled: Settled = {}
        self.catchable = _catchable(world)

    def run(self) -> Space:
        space = self.space
        began, spent = time.perf_counter(), time.thread_time()
        todo = deque([0])
        size = 0
        while todo:
            number = todo.popleft()
            for found in self._follow(number):
                todo.append(found)
                size += len(space.packed[found]) + _BYTES_BESIDE
            space.limit = self._limit(size, began) if todo else ""
            if space.limit:
                space.complete = False
                break
        space.seconds = time.thread_time() - spent
        return space

    def _limit(self, size: int, began: float) -> str:
        if len(self.space.packed) > self.limits.states:
            return "states"
        if size > self.limits.size:
            return "size"
        return "seconds" if time.perf_counter() - began > self.limits.seconds else ""

    def _follow(self, number: int) -> Iterator[int]:
        """Take every step out of a state; yield the states that are new and still run."""
        space = self.space
        state = space.state(number)
        moves = list(self.moves(number, state))
        if not moves:
            space.stuck.append(number)
        for move in moves:
            for step, tape, box, asked in self.takes(number, self.seen_by(state, move), move):
                doubled = self.look_at(state, step)
                found, is_new = self.arrive(number, move, tape, step, box, asked)
                for end in doubled:
                    space.repeated.setdefault(end, found)
                if is_new and step.status == "running" and found not in space.cut:
                    yield found

    # --- moves -------------------------------------------------------------------------------------

    def moves(self, number: int, state: Json | None) -> Iterator[Move]:
        if state is None:
            for node in self.world.starts(self.space.process):
                yield Move(Start(self.space.process, node), node)
            return
        root, last, _ = load(state)
        for token in walk(root):
            if is_work(self.world.model.nodes[token.at], token):
                self.space.waited = True
                if token.inner is not None and token.inner.tokens:
                    continue  # what was chosen is still going on: it cannot end yet
                for outcome in self._unlike(number, token.at):
                    yield Move(Complete(token.id), token.at, outcome)
                for kind, code in self.catchable.get(token.at, ()):
                    yield Move(kind(token.id, code), token.at)
        yield from self._outside(Run(self.world.model, root, last, _nothing))

    @staticmethod
    def seen_by(state: Json | None, move: Move) -> Json | None:
        """Of several that wait for one message any may be the oldest: let this one stand first."""
        if isinstance(move.event, Message) and move.holder and state is not None:
            return markings.with_first(state, move.holder)
        return state

    def _unlike(self, number: int, node: str) -> list[str]:
        """Outcomes of a step that the diagram can tell apart."""
        box, found = self.space.boxes[number], {}
        written = self.world.written_by(node)
        for outcome in outcomes_of(self.world.steps.get(node)):
            self.space.finished.add((node, outcome))
            left = tuple([line.after(box[at], node, outcome) for at, line in written])
            found.setdefault(left, outcome)
        return list(found.values())

    def _outside(self, run: Run) -> Iterator[Move]:
        found: dict[str, list[Listener]] = {kind: [] for kind in _OUTSIDE}
        if not self.world.kinds.isdisjoint(_OUTSIDE):
            for one in all_listeners(run):
                if one.definition.kind in found:
                    found[one.definition.kind].append(one)
        for one in found["timer"]:
            yield Move(Fire(one.holder.id, one.node.id, one.number), one.node.id)
        for one in found["message"]:
            yield Move(Message(one.definition.ref), one.node.id, holder=one.holder.id)
        for name, node in {one.definition.ref: one.node.id for one in found["signal"]}.items():
            yield Move(Signal(name), node)
        if found["conditional"]:
            yield Move(DataChanged(), found["conditional"][0].node.id)
        if self.world.model.lets_choose:
            for node in choices(run):
                yield Move(Choose(node), node)

    # --- one move, every way it can come out -------------------------------------------------------

    def takes(self, number: int, state: Json | None, move: Move) -> Iterator[tuple[Step, Tape, Box, Box]]:
        tapes: list[Tape] = [()]
        while tapes:
            path = self._path(number, move, tapes.pop(), tapes)
            try:
                step = advance(self.world.model, state, move.event, path.answer, is_own=True)
            except ProcedureError as error:
                self._refuse(number, move, path, error)
                continue
            self.space.steps += 1
            for overlap in path.overlaps:
                self.space.overlaps.setdefault(overlap.flows, overlap)
            yield step, path.tape, path.known_after(step), tuple(path.asked)

    def take_again(self, number: int, move: Move, tape: Tape) -> Step | None:
        """Repeat a step that was taken before; None if it was refused."""
        path = self._path(number, move, tape, [])
        try:
            state = self.seen_by(self.space.state(number), move)
            return advance(self.world.model, state, move.event, path.answer, is_own=True)
        except ProcedureError:
            return None

    def _path(self, number: int, move: Move, tape: Tape, tapes: list[Tape]) -> Path:
        known = self.space.boxes[number], self.space.asked[number]
        return Path(self.world, self.settled, number, move, *known, tape, tapes)

    def _refuse(self, number: int, move: Move, path: Path, error: ProcedureError) -> None:
        self.space.refused.add(number)
        node = str(error.facts.get("node", move.node))
        found = Incident(number, move, path.tape, error, tuple(path.box), path.last)
        self.space.incidents.setdefault((error.code, node), found)

    # --- arriving ----------------------------------------------------------------------------------

    def arrive(
        self, source: int, move: Move, tape: Tape, step: Step, box: Box, asked: Box
    ) -> tuple[int, bool]:
        space, state = self.space, step.state
        self._spend(state, move)
        box, asked = self._forget(state, box, asked)
        key = self.world.keys.of(state), box, asked
        number = self.numbers.get(key)
        is_new = number is None
        if number is None:
            number = self.numbers[key] = len(space.packed)
            space.packed.append(marshal.dumps(state))
            space.boxes.append(box)
            space.asked.append(asked)
            space.status.append(step.status)
            space.parents.append((source, move, tape))
            space.edges.append(set())
            self._count(number, state)
        space.edges[number].add(source)
        self._note(number, step)
        return number, is_new

    def _count(self, number: int, state: Json) -> None:
        for place, count in self.world.keys.crowded(state).items():
            self.space.crowds.setdefault(place, number)
            self.space.crowded.add(number)
            if count >= CROWD or len(self.space.crowded) > MOST_CROWDED:
                self.space.cut.add(number)

    def look_at(self, before: Json | None, step: Step) -> list[str]:
        """Note what was entered; return the ends that this run of their scope had reached before."""
        space, world = self.space, self.world
        doubled: list[str] = []
        here: set[str] = set()
        for effect in step.effects:
            kind = type(effect)
            if kind is Entered:
                space.entered.add(effect.node)  # type: ignore[union-attr]
            elif kind is Reached and effect.node in world.ends:  # type: ignore[union-attr]
                end = effect.node  # type: ignore[union-attr]
                if end in here or self._was_reached(before, end):
                    doubled.append(end)
                here.add(end)
            elif here and isinstance(effect, Left | Interrupted) and effect.node in world.model.scopes:
                here -= {one for one in here if world.model.nodes[one].scope == effect.node}
        for end in here:
            still_open = markings.scopes_of(step.state, world.model.nodes[end].scope)
            if len(still_open) == 1:
                markings.add_mark(still_open[0], "seen", (end, 0))
        return doubled

    def _was_reached(self, before: Json | None, end: str) -> bool:
        scopes = markings.scopes_of(before, self.world.model.nodes[end].scope) if before else []
        return len(scopes) == 1 and [end, 0] in scopes[0].get("seen", ())

    def _spend(self, state: Json, move: Move) -> None:
        """What happens beside an activity without ending it is explored once while that is open."""
        event = move.event
        kind = _QUIET_KINDS.get(type(event))
        if kind is None:
            return
        name = getattr(event, "name", getattr(event, "code", ""))
        for ident, marked, node in self._quiet_listeners(state):
            if isinstance(event, Message) and ident != move.holder:
                continue
            for number, one in enumerate(node.definitions):
                if one.kind == kind and one.ref in ("", name):
                    markings.add_mark(marked, "spent", (node.id, number))

    def _quiet_listeners(self, state: Json) -> Iterator[tuple[int, Json, Any]]:
        """Yield whose listener it is, where it is marked, and the event that interrupts nothing."""
        model = self.world.model
        yield from ((0, state, one) for _, one in model.event_starts(state["process"]) if is_quiet(one))
        for token in markings.all_tokens(state):
            if "via" not in token and "controller" not in token:
                around = (model.nodes[one] for one in getattr(model.nodes[token["at"]], "boundaries", ()))
                yield from ((token["id"], token, one) for one in around if is_quiet(one))
            if "inner" in token:
                starts = model.event_starts(token.get("of", token["at"]))
                yield from ((token["id"], token["inner"], one) for _, one in starts if is_quiet(one))

    def _forget(self, state: Json, box: Box, asked: Box) -> tuple[Box, Box]:
        """Let go of what nobody will ask before it is written anew."""
        if not box:
            return box, asked
        live = 0
        if "status" not in state:
            known = self.world.live
            for token in markings.all_tokens(state):
                live |= known[token["at"]]
        left, forgotten = list(box), list(asked)
        for at, every in self.world.unasked(live):
            left[at] = every
            forgotten[at] = 0
        return tuple(left), tuple(forgotten)

    def _note(self, number: int, step: Step) -> None:
        stopping = ""
        if _NOTED.isdisjoint(map(type, step.effects)):
            return
        for effect in step.effects:
            if isinstance(effect, Thrown) and effect.kind == "terminate":
                stopping = effect.node
            elif stopping and isinstance(effect, WorkClosed) and effect.how == "cancelled":
                was = self.space.interrupted.get(stopping, (number, ()))
                if effect.node not in was[1]:
                    self.space.interrupted[stopping] = (was[0], (*was[1], effect.node))
            elif isinstance(effect, Uncaught) and effect.kind == "error":
                self.space.uncaught.setdefault(effect.node, number)


def _nothing(text: str, names: Mapping[str, Any]) -> None:
    return None


def _catchable(world: World) -> dict[str, list[tuple[Any, str]]]:
    """Errors and escalations that each step could end by, because something around it catches them."""
    model = world.model
    found: dict[str, list[tuple[Any, str]]] = {}
    for node in model.nodes.values():
        for ident in getattr(node, "boundaries", ()):
            for one in model.nodes[ident].definitions:
                if one.kind in ("error", "escalation"):
                    make = Fail if one.kind == "error" else Escalate
                    found.setdefault(node.id, []).append((make, one.ref))
    return found
