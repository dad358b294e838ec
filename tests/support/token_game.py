"""A third opinion on diagrams: a token game on the bare XML, written from the standard for a small subset.

It shares nothing with the engine: no model, no state, no listeners. Tokens lie on nodes in a list;
after every move the whole list is looked at again. Slow and plain on purpose. Subset: tasks, once,
in a loop or several times, timer and message catches, boundary events on tasks and sub-processes, the
four usual gateways, sub-processes, plain and terminate ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from lxml import etree

WORK = ("userTask", "manualTask", "task")


@dataclass(eq=False)
class Piece:
    """A token on a node; `flow` as long as it waits before a join, `inside` of which sub-process it lies.

    `left` is how many times a task is still to be done, where it is to be done several times.
    """

    number: int
    node: str
    flow: str
    inside: Piece | None
    used: set[str] = field(default_factory=set)
    left: int = 1


class TokenGame:
    def __init__(self, xml: bytes, data: dict[str, bool]) -> None:
        self.data = data
        self.numbers = count(1)
        self.pieces: list[Piece] = []
        self.status = "running"
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
        process = next(one for one in self.xml.values() if kind(one) == "process")
        self._begin(process, None)
        self._rest()

    # --- what a player does ----------------------------------------------------------------------

    def done(self, node: str) -> None:
        piece = self._oldest(node)
        piece.left -= 1
        if piece.left <= 0 and not self._loops(node):
            self._go(piece, piece.node)
        self._rest()

    def message(self, name: str) -> None:
        node = next(one for one in self._listening() if self._awaits(one[1], "message") == f"message_{name}")
        self._happen(*node)

    def fire(self, event: str) -> None:
        self._happen(*next(one for one in self._listening() if one[1] == event))

    def fail(self, node: str, code: str) -> None:
        piece = self._oldest(node)
        self._happen(piece, next(one for one in self.around[node] if self._awaits(one, "error")))

    # --- what it shows ---------------------------------------------------------------------------

    def hears(self, name: str) -> int:
        """How many listen for a message."""
        return sum(self._awaits(one, "message") == f"message_{name}" for _, one in self._listening())

    @property
    def open(self) -> list[str]:
        work = [p for p in self.pieces if self.kind(p.node) in WORK]
        return sorted(p.node for p in work for _ in range(1 if self._in_turn(p.node) else max(p.left, 1)))

    @property
    def waiting(self) -> list[str]:
        return sorted([*self.open, *(p.node for p in self.pieces if self._is_catch(p.node))])

    @property
    def armed(self) -> list[str]:
        return sorted(event for _, event in self._listening() if self._awaits(event, "timer"))

    # --- the rules -------------------------------------------------------------------------------

    def kind(self, node: str) -> str:
        return kind(self.xml[node])

    def _begin(self, scope: Any, inside: Piece | None) -> None:
        start = next(one for one in scope if kind(one) == "startEvent")
        self._go(None, start.get("id"), inside)

    def _go(self, piece: Piece | None, node: str, inside: Piece | None = None) -> None:
        """The piece leaves; new ones go along the flows that the node sends them."""
        if piece:
            inside = piece.inside
            self.pieces.remove(piece)
        for flow in self._taken(node):
            self.pieces.append(Piece(next(self.numbers), flow.get("targetRef"), flow.get("id"), inside))

    def _taken(self, node: str) -> list[Any]:
        flows = self.out.get(node, [])
        if self.kind(node) not in ("exclusiveGateway", "inclusiveGateway"):
            return flows
        default = self.xml[node].get("default")
        true = [f for f in flows if f.get("id") != default and (not len(f) or self.data[f[0].text])]
        true = true or [f for f in flows if f.get("id") == default]
        return true[:1] if self.kind(node) == "exclusiveGateway" else true

    def _rest(self) -> None:
        """Move one piece after another until none moves by itself; joins that look around come last."""
        while self.status == "running" and (self._arrive() or self._finish() or self._merge()):
            pass

    def _arrive(self) -> bool:
        for piece in [one for one in self.pieces if one.flow]:
            what = self.kind(piece.node)
            if what in WORK or self._is_catch(piece.node):
                piece.flow, piece.left = "", self._times(piece.node)
            elif what == "subProcess":
                piece.flow = ""
                self._begin(self.xml[piece.node], piece)
            elif what == "endEvent":
                self._end(piece)
            elif what == "parallelGateway":
                if not self._join(piece):
                    continue
            elif what == "inclusiveGateway" and len(self.into[piece.node]) > 1:
                continue
            else:
                self._go(piece, piece.node)
            return True
        return False

    def _end(self, piece: Piece) -> None:
        self.pieces.remove(piece)
        if any(kind(one) == "terminateEventDefinition" for one in self.xml[piece.node]):
            self.pieces.clear()
            self.status = "terminated"

    def _join(self, piece: Piece) -> bool:
        here = {one.flow: one for one in reversed(self._beside(piece)) if one.node == piece.node}
        if len(here) < len(self.into[piece.node]):
            return False
        self._melt(list(here.values()))
        return True

    def _melt(self, pieces: list[Piece]) -> None:
        for other in pieces[1:]:
            self.pieces.remove(other)
        self._go(pieces[0], pieces[0].node)

    def _finish(self) -> bool:
        """A sub-process in which no piece lies is done, and so is the game."""
        for piece in self.pieces:
            full = any(one.inside is piece for one in self.pieces)
            if self.kind(piece.node) == "subProcess" and not piece.flow and not full:
                self._go(piece, piece.node)
                return True
        if not self.pieces:
            self.status = "completed"
        return False

    def _merge(self) -> bool:
        """An inclusive join lets go what has come once no other piece can come on an empty way."""
        for piece in self.pieces:
            if self.kind(piece.node) != "inclusiveGateway":
                continue
            here = {p.flow: p for p in reversed(self._beside(piece)) if p.node == piece.node}
            empty = [f for f in self.into[piece.node] if f.get("id") not in here]
            full = [f for f in self.into[piece.node] if f.get("id") in here]
            others = [p for p in self._beside(piece) if p.node != piece.node]
            if not any(
                self._reaches(p.node, empty, piece.node, True)
                and not self._reaches(p.node, full, piece.node, False)
                for p in others
            ):
                self._melt(list(here.values()))
                return True
        return False

    def _reaches(self, node: str, flows: list[Any], join: str, by_events: bool) -> bool:
        """Whether a way leads from a node onto one of the flows without passing the join."""
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

    def _beside(self, piece: Piece) -> list[Piece]:
        return [one for one in self.pieces if one.inside is piece.inside]

    # --- events ----------------------------------------------------------------------------------

    def _happen(self, piece: Piece, event: str) -> None:
        if self.xml[event].get("cancelActivity") == "false":
            if self._awaits(event, "timer"):  # a duration passes once; messages may come again
                piece.used.add(event)
            self._go(None, event, piece.inside)
        else:
            self._empty(piece)
            self._go(piece, event)
        self._rest()

    def _listening(self) -> list[tuple[Piece, str]]:
        found = []
        for piece in sorted(self.pieces, key=lambda one: one.number):
            if self.kind(piece.node) == "eventBasedGateway" and not piece.flow:
                found += [(piece, flow.get("targetRef")) for flow in self.out[piece.node]]
            elif self._is_catch(piece.node):
                found.append((piece, piece.node))
            elif not piece.flow:
                found += [(piece, one) for one in self.around.get(piece.node, []) if one not in piece.used]
        return found

    def _awaits(self, event: str, what: str) -> str:
        for one in self.xml[event]:
            if kind(one) == f"{what}EventDefinition":
                return one.get(f"{what}Ref") or what
        return ""

    def _is_catch(self, node: str) -> bool:
        return self.kind(node) in ("intermediateCatchEvent", "eventBasedGateway")

    def _empty(self, piece: Piece) -> None:
        """Whatever lies inside a sub-process goes with it."""
        for one in [one for one in self.pieces if one.inside is piece]:
            self._empty(one)
            self.pieces.remove(one)

    # --- tasks done more than once ---------------------------------------------------------------

    def _marker(self, node: str, what: str) -> Any:
        return next((one for one in self.xml[node] if kind(one) == what), None)

    def _loops(self, node: str) -> bool:
        marker = self._marker(node, "standardLoopCharacteristics")
        return marker is not None and self.data[marker[0].text]

    def _times(self, node: str) -> int:
        marker = self._marker(node, "multiInstanceLoopCharacteristics")
        return 1 if marker is None else int(marker[0].text)

    def _in_turn(self, node: str) -> bool:
        marker = self._marker(node, "multiInstanceLoopCharacteristics")
        return marker is not None and marker.get("isSequential") == "true"

    def _oldest(self, node: str) -> Piece:
        return min((p for p in self.pieces if p.node == node), key=lambda one: one.number)


def kind(xml: Any) -> str:
    return xml.tag.rpartition("}")[2]
