"""A second opinion on soundness: every position of a token game on the bare XML.

It shares nothing with the engine and nothing with the verification: no model, no states, no listeners. It
was written from docs/reference/verify.md, for tasks, catches of timers and messages, boundary events on
tasks, the three gateways, sub-processes, plain and terminate ends, and conditions that are a name or
`not(name)`. It stops at the first fault and names it; "" is sound.
"""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from lxml import etree

WORK = ("userTask", "manualTask", "task")
STEPS = (*WORK, "serviceTask", "subProcess")
MOST_MOVES = 700
MOST_POSITIONS = 20_000


class Fault(Exception):
    """The position shows that the diagram is unsound."""


class TooLarge(Exception):
    """There are more positions than an oracle of this kind can look at."""


@dataclass(eq=False)
class Piece:
    node: str
    flow: str
    inside: Piece | None
    used: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)  # ends that its inside has reached


@dataclass
class Position:
    pieces: list[Piece] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    values: dict[str, bool] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=dict)
    status: str = "running"

    def key(self) -> Any:
        known = sorted(self.values.items()), sorted((k, sorted(v)) for k, v in self.asked.items())
        return self.status, str(known), self._within(None), tuple(sorted(self.ended))

    def _within(self, piece: Piece | None) -> Any:
        here = [one for one in self.pieces if one.inside is piece]
        return tuple(
            sorted((p.node, p.flow, str(sorted(p.used)), str(sorted(p.ended)), self._within(p)) for p in here)
        )


class Oracle:
    def __init__(self, xml: bytes) -> None:
        self.xml: dict[str, Any] = {}
        self.out: dict[str, list[Any]] = {}
        self.into: dict[str, list[Any]] = {}
        self.around: dict[str, list[str]] = {}
        for one in etree.fromstring(xml).iter():
            if one.get("sourceRef"):
                self.out.setdefault(one.get("sourceRef"), []).append(one)
                self.into.setdefault(one.get("targetRef"), []).append(one)
            elif one.get("id"):
                self.xml[one.get("id")] = one
                if one.get("attachedToRef"):
                    self.around.setdefault(one.get("attachedToRef"), []).append(one.get("id"))
        self.process = next(one for one in self.xml.values() if kind(one) == "process")
        self.entered: set[str] = set()
        quiet = [one for one in self.xml if self.xml[one].get("cancelActivity") == "false"]
        self.repeatable = self._behind(quiet)

    def fault(self) -> str:
        try:
            return self._explore()
        except Fault as found:
            return str(found)

    def _explore(self) -> str:
        first = list(self._begun())
        seen = {one.key(): at for at, one in enumerate(first)}
        todo = deque(first)
        numbers = count(len(first))
        back: dict[int, set[int]] = {}
        ends = {seen[one.key()] for one in first if one.status != "running"}
        while todo:
            position = todo.popleft()
            if position.status != "running":
                continue
            number = seen[position.key()]
            moves = self._moves(position)
            if not moves:
                return "stuck"
            for what, at, event in moves:
                for found in self._done(position, what, at, event):
                    key = found.key()
                    if key not in seen:
                        seen[key] = next(numbers)
                        todo.append(found)
                        if found.status != "running":
                            ends.add(seen[key])
                    back.setdefault(seen[key], set()).add(number)
            if len(seen) > MOST_POSITIONS:
                raise TooLarge
        good, ahead = set(ends), list(ends)
        while ahead:
            for before in back.get(ahead.pop(), ()):
                if before not in good:
                    good.add(before)
                    ahead.append(before)
        if len(good) < len(seen):
            return "no way to an end"
        steps = [one for one, xml in self.xml.items() if kind(xml) in STEPS or kind(xml).endswith("Event")]
        return "never reached" if set(steps) - self.entered else ""

    # --- what can happen -------------------------------------------------------------------------

    def _moves(self, position: Position) -> list[tuple[str, int, str]]:
        moves: list[tuple[str, int, str]] = []
        for at, piece in enumerate(position.pieces):
            if piece.flow:
                continue
            if self.kind(piece.node) in WORK:
                moves.append(("done", at, ""))
            if self.kind(piece.node) == "intermediateCatchEvent" and self._hears(position, piece, piece.node):
                moves.append(("caught", at, piece.node))
            for event in self.around.get(piece.node, ()):
                if event not in piece.used and self._hears(position, piece, event):
                    moves.append(("happens", at, event))
        return moves

    def _hears(self, position: Position, piece: Piece, event: str) -> bool:
        """A message goes to those who wait in an outer scope first."""
        name = self._message(event)
        if not name:
            return True
        outer = piece.inside
        while outer is not None:
            scope = outer.inside
            for one in position.pieces:
                if one.inside is scope and not one.flow:
                    ears = [one.node, *(e for e in self.around.get(one.node, ()) if e not in one.used)]
                    if any(self._message(ear) == name for ear in ears):
                        return False
            outer = scope
        return True

    def _done(self, position: Position, what: str, at: int, event: str) -> list[Position]:
        position = deepcopy(position)
        piece = position.pieces[at]
        if what == "happens":
            self.entered.add(event)
            if self.xml[event].get("cancelActivity") == "false":
                piece.used.add(event)
                self._send(position, event, piece.inside, self.out.get(event, []))
            else:
                self._take_away(position, piece)
                self._send(position, event, piece.inside, self.out.get(event, []))
        else:
            self._leave(position, piece)
        return self._rest(position)

    # --- moving until all rests ------------------------------------------------------------------

    def _begun(self) -> list[Position]:
        position = Position()
        self._open(position, self.process, None)
        return self._rest(position)

    def _open(self, position: Position, scope: Any, inside: Piece | None) -> None:
        for one in scope:
            if kind(one) == "startEvent":
                self.entered.add(one.get("id"))
                self._send(position, one.get("id"), inside, self.out.get(one.get("id"), []))

    def _rest(self, position: Position) -> list[Position]:
        """Every position to which this one comes to rest: one for each way unknown values can be."""
        before = deepcopy(position.asked)
        todo, found = [(position, set(), 0)], []
        while todo:
            at, renewed, moves = todo.pop()
            while at.status == "running":
                moves += 1
                if moves > MOST_MOVES:
                    raise Fault("round and round without rest")
                split = self._move(at, before, renewed)
                if split is None:
                    break
                if split:
                    todo += [(one, set(renewed), moves) for one in split]
                    break
            else:
                split = None
            if split is None:
                self._check(at)
                found.append(at)
        return found

    def _move(self, position: Position, before: dict, renewed: set[str]) -> list[Position] | None:
        """Move one piece. [] when it moved, positions where a value had to be guessed, None at rest."""
        for piece in position.pieces:
            if not piece.flow:
                continue
            what = self.kind(piece.node)
            if what in WORK or what == "intermediateCatchEvent":
                piece.flow = ""
            elif what == "subProcess":
                piece.flow = ""
                self._open(position, self.xml[piece.node], piece)
            elif what == "endEvent":
                self._end(position, piece)
                return []
            elif what == "parallelGateway":
                here = self._here(position, piece)
                if len(here) < len(self.into[piece.node]):
                    continue
                self._melt(position, here, self.out.get(piece.node, []))
                return []
            elif what == "inclusiveGateway" and len(self.into[piece.node]) > 1:
                continue
            elif what in ("exclusiveGateway", "inclusiveGateway"):
                return self._choose(position, [piece], before, renewed)
            else:
                self.entered.add(piece.node)
                self._leave(position, piece)
                return []
            self.entered.add(piece.node)
            return []
        if self._close(position):
            return []
        for piece in position.pieces:
            if self.kind(piece.node) == "inclusiveGateway" and self._nothing_comes(position, piece):
                here = self._here(position, piece)
                return self._choose(position, list(here.values()), before, renewed)
        return None

    def _choose(
        self, position: Position, pieces: list[Piece], before: dict, renewed: set[str]
    ) -> list[Position]:
        node = pieces[0].node
        default = self.xml[node].get("default")
        flows = self.out.get(node, [])
        asking = [one for one in flows if len(one) and one.get("id") != default]
        for flow in asking:
            name = variable(flow)
            if node in before.get(name, ()) and name not in renewed:
                renewed.add(name)
                position.values.pop(name, None)
                position.asked[name] = set()
            position.asked.setdefault(name, set()).add(node)
        unknown = next((v for v in map(variable, asking) if v not in position.values), None)
        if unknown is not None:
            ways = []
            for value in (True, False):
                position.values[unknown] = value
                ways.append(deepcopy(position))
            return ways
        holds = [
            one for one in asking if position.values[variable(one)] is not one[0].text.startswith("not(")
        ]
        names = [variable(one) for one in holds]
        only_one = self.kind(node) == "exclusiveGateway"
        if only_one and len(set(names)) < len(names):
            raise Fault("two conditions on one value hold")
        free = [one for one in flows if not len(one) and one.get("id") != default]
        taken = [one for one in flows if one in holds or one in free]
        if only_one:
            taken = taken[:1]
        default_flows = [one for one in flows if one.get("id") == default]
        if default_flows and not (taken if only_one else holds):
            taken = [one for one in flows if one in taken or one in default_flows]
        if flows and not taken:
            raise Fault("no condition holds")
        self._melt(position, {one.flow: one for one in pieces}, taken)
        return []

    def _melt(self, position: Position, here: dict[str, Piece], flows: list[Any]) -> None:
        pieces = list(here.values())
        for one in pieces:
            position.pieces.remove(one)
        self._send(position, pieces[0].node, pieces[0].inside, flows)

    def _leave(self, position: Position, piece: Piece) -> None:
        position.pieces.remove(piece)
        self._send(position, piece.node, piece.inside, self.out.get(piece.node, []))

    def _send(self, position: Position, node: str, inside: Piece | None, flows: list[Any]) -> None:
        for flow in flows:
            position.pieces.append(Piece(flow.get("targetRef"), flow.get("id"), inside))

    def _end(self, position: Position, piece: Piece) -> None:
        self.entered.add(piece.node)
        position.pieces.remove(piece)
        ended = piece.inside.ended if piece.inside else position.ended
        if piece.node in ended and piece.node not in self.repeatable:
            raise Fault("the same end twice")
        ended.add(piece.node)
        if any(kind(one) == "terminateEventDefinition" for one in self.xml[piece.node]):
            for one in [p for p in position.pieces if p.inside is piece.inside]:
                self._take_away(position, one)
            if piece.inside is None:
                position.status = "terminated"

    def _take_away(self, position: Position, piece: Piece) -> None:
        for one in [p for p in position.pieces if p.inside is piece]:
            self._take_away(position, one)
        position.pieces.remove(piece)

    def _close(self, position: Position) -> bool:
        for piece in position.pieces:
            full = any(one.inside is piece for one in position.pieces)
            if self.kind(piece.node) == "subProcess" and not piece.flow and not full:
                self._leave(position, piece)
                return True
        if not position.pieces:
            position.status = "completed"
        return False

    # --- judging ---------------------------------------------------------------------------------

    def _check(self, position: Position) -> None:
        seen: set[Any] = set()
        for piece in position.pieces:
            place = piece.node, piece.flow, id(piece.inside)
            if place in seen:
                raise Fault("two at one place")
            seen.add(place)

    def _here(self, position: Position, piece: Piece) -> dict[str, Piece]:
        beside = [one for one in position.pieces if one.inside is piece.inside and one.node == piece.node]
        return {one.flow: one for one in reversed(beside)}

    def _nothing_comes(self, position: Position, piece: Piece) -> bool:
        here = self._here(position, piece)
        empty = [one for one in self.into[piece.node] if one.get("id") not in here]
        full = [one for one in self.into[piece.node] if one.get("id") in here]
        others = [p for p in position.pieces if p.inside is piece.inside and p.node != piece.node]
        return not any(
            self._reaches(one.node, empty, piece.node, True)
            and not self._reaches(one.node, full, piece.node, False)
            for one in others
        )

    def _reaches(self, node: str, flows: list[Any], join: str, by_events: bool) -> bool:
        seen, todo = set(), [node]
        while todo:
            at = todo.pop()
            if at in seen or at == join:
                continue
            seen.add(at)
            if any(flow.get("sourceRef") == at for flow in flows):
                return True
            todo += [flow.get("targetRef") for flow in self.out.get(at, [])]
            todo += self.around.get(at, []) if by_events else []
        return False

    def _behind(self, starts: list[str]) -> set[str]:
        seen, todo = set(), list(starts)
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo += [flow.get("targetRef") for flow in self.out.get(at, [])]
                todo += self.around.get(at, [])
        return seen

    def _message(self, event: str) -> str:
        return next((one.get("messageRef", "") for one in self.xml[event] if one.get("messageRef")), "")

    def kind(self, node: str) -> str:
        return kind(self.xml[node])


def variable(flow: Any) -> str:
    return flow[0].text.removeprefix("not(").removesuffix(")")


def kind(xml: Any) -> str:
    return xml.tag.rpartition("}")[2]
