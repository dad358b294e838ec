"""Random procedures that are sound by construction, and what a slip of the hand makes of them.

A procedure is data here (nodes and flows), so that one change can be made to it; `text` writes it in the
short form of the execution tests. The same number always gives the same mutant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from random import Random

GATEWAYS = ("xor", "and", "or")


@dataclass
class Drawing:
    nodes: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # id → kind, rest of line, parent
    flows: list[list] = field(default_factory=list)  # source, target, condition ("default" for the default)
    numbers: count = field(default_factory=lambda: count(1))

    def new(self, kind: str, rest: str = "", parent: str = "") -> str:
        ident = f"{kind}{next(self.numbers)}"
        self.nodes[ident] = kind, rest, parent
        return ident

    def link(self, source: str, target: str, condition: str = "") -> None:
        self.flows.append([source, target, condition])

    def text(self) -> str:
        lines: list[str] = []
        self._write("", 0, lines)
        return "\n".join(lines)

    def _write(self, parent: str, depth: int, lines: list[str]) -> None:
        pad = " " * depth
        for ident, (kind, rest, inside) in self.nodes.items():
            if inside == parent:
                lines.append(f"{pad}{kind} {ident}{rest}")
                if kind == "sub":
                    self._write(ident, depth + 1, lines)
        for source, target, condition in self.flows:
            if self.nodes[source][2] == parent:
                tail = " default" if condition == "default" else f" if {condition}" if condition else ""
                lines.append(f"{pad}{source} -> {target}{tail}")


def sound(chance: Random) -> Drawing:
    """Nested blocks, each with one way in and one way out; every choice has a default or both answers."""
    drawing = Drawing()
    _scope(drawing, chance, "", chance.randint(2, 5))
    return drawing


def mutated(chance: Random) -> Drawing:
    drawing = sound(chance)
    for _ in range(chance.choice((1, 1, 1, 2))):
        chance.choice((_remove_flow, _swap, _drop_gateway, _redirect, _add_flow, _undefault, _recondition))(
            drawing, chance
        )
    return drawing


# --- drawing ---------------------------------------------------------------------------------------


def _scope(drawing: Drawing, chance: Random, parent: str, budget: int) -> None:
    start = drawing.new("start", "", parent)
    first, last = _block(drawing, chance, parent, budget, False)
    terminates = not parent and chance.random() < 0.2
    end = drawing.new("end", " : terminate" if terminates else "", parent)
    drawing.link(start, first)
    drawing.link(last, end)


def _block(drawing: Drawing, chance: Random, parent: str, budget: int, looped: bool) -> tuple[str, str]:
    kinds = ["user", "user", "user", "service", "catch", "late"]
    kinds += [] if looped else ["quiet"]
    if budget > 1:
        kinds += ["sequence"] * 3 + ["xor", "xor", "rework", "sub"] + ([] if looped else ["and", "and", "or"])
    kind = chance.choice(kinds)
    if kind in ("user", "service"):
        one = drawing.new(kind, "", parent)
        return one, one
    if kind == "catch":
        one = drawing.new("catch", f" : {chance.choice(('timer PT1H', 'message M', 'message N'))}", parent)
        return one, one
    if kind == "sub":
        one = drawing.new("sub", "", parent)
        _scope(drawing, chance, one, budget - 1)
        return one, one
    if kind == "late":
        return _late(drawing, chance, parent)
    if kind == "quiet":
        work = drawing.new("user", "", parent)
        event = drawing.new("boundary", f" on {work} quiet : timer PT1H", parent)
        answer, end = drawing.new("user", "", parent), drawing.new("end", "", parent)
        drawing.link(event, answer)
        drawing.link(answer, end)
        return work, work
    if kind == "sequence":
        first, middle = _block(drawing, chance, parent, budget - 1, looped)
        then, last = _block(drawing, chance, parent, budget - 1, looped)
        drawing.link(middle, then)
        return first, last
    if kind == "rework":
        return _rework(drawing, chance, parent, budget)
    return _branches(drawing, chance, parent, budget, looped, kind)


def _late(drawing: Drawing, chance: Random, parent: str) -> tuple[str, str]:
    work, after = drawing.new("user", "", parent), drawing.new("xor", "", parent)
    what = chance.choice(("timer PT1H", "message M", "error E"))
    event = drawing.new("boundary", f" on {work} : {what}", parent)
    answer = drawing.new("user", "", parent)
    drawing.link(work, after)
    drawing.link(event, answer)
    drawing.link(answer, after)
    return work, after


def _rework(drawing: Drawing, chance: Random, parent: str, budget: int) -> tuple[str, str]:
    merge, check = drawing.new("xor", "", parent), drawing.new("user", "", parent)
    decide = drawing.new("xor", "", parent)
    first, last = _block(drawing, chance, parent, budget - 1, True)
    drawing.link(merge, first)
    drawing.link(last, check)
    drawing.link(check, decide)
    drawing.link(decide, merge, f"v{chance.randint(1, 3)}")
    after = drawing.new("service", "", parent)
    drawing.link(decide, after, "default")
    return merge, after


def _branches(
    drawing: Drawing, chance: Random, parent: str, budget: int, looped: bool, kind: str
) -> tuple[str, str]:
    split, join = drawing.new(kind, "", parent), drawing.new(kind, "", parent)
    names = chance.sample(("v1", "v2", "v3"), 3)
    both = kind != "and" and chance.random() < 0.3
    conditions = [names[0], f"not({names[0]})"] if both else ["default", *names[: chance.choice((1, 2))]]
    for condition in conditions:
        first, last = _block(drawing, chance, parent, budget - 1, looped)
        drawing.link(split, first, "" if kind == "and" else condition)
        drawing.link(last, join)
    return split, join


# --- slips of the hand -----------------------------------------------------------------------------


def _remove_flow(drawing: Drawing, chance: Random) -> None:
    drawing.flows.remove(chance.choice(drawing.flows))


def _swap(drawing: Drawing, chance: Random) -> None:
    """Another kind of gateway; one that chooses keeps its conditions, one that splits loses them."""
    gateways = [ident for ident, (kind, _, _) in drawing.nodes.items() if kind in GATEWAYS]
    if not gateways:
        return _redirect(drawing, chance)
    ident = chance.choice(gateways)
    old, rest, parent = drawing.nodes[ident]
    new = chance.choice([one for one in GATEWAYS if one != old])
    drawing.nodes[ident] = new, rest, parent
    for number, flow in enumerate(one for one in drawing.flows if one[0] == ident):
        if new == "and":
            flow[2] = ""
        elif old == "and" and number:
            flow[2] = f"v{number}"
    return None


def _drop_gateway(drawing: Drawing, chance: Random) -> None:
    """Whatever came to a join goes straight on behind it."""
    joins = [
        ident
        for ident, (kind, _, _) in drawing.nodes.items()
        if kind in GATEWAYS and sum(one[0] == ident for one in drawing.flows) == 1
    ]
    if not joins:
        return _remove_flow(drawing, chance)
    ident = chance.choice(joins)
    after = next(one for one in drawing.flows if one[0] == ident)
    drawing.flows.remove(after)
    for flow in drawing.flows:
        if flow[1] == ident:
            flow[1] = after[1]
    del drawing.nodes[ident]
    return None


def _redirect(drawing: Drawing, chance: Random) -> None:
    flow = chance.choice(drawing.flows)
    flow[1] = _target(drawing, chance, flow[0])


def _add_flow(drawing: Drawing, chance: Random) -> None:
    sources = [ident for ident, (kind, _, _) in drawing.nodes.items() if kind != "end"]
    source = chance.choice(sources)
    chooses = drawing.nodes[source][0] in ("xor", "or")
    drawing.link(source, _target(drawing, chance, source), f"v{chance.randint(1, 3)}" if chooses else "")


def _target(drawing: Drawing, chance: Random, source: str) -> str:
    parent = drawing.nodes[source][2]
    return chance.choice(
        [
            ident
            for ident, (kind, _, inside) in drawing.nodes.items()
            if inside == parent and kind not in ("start", "boundary") and ident != source
        ]
    )


def _undefault(drawing: Drawing, chance: Random) -> None:
    defaults = [one for one in drawing.flows if one[2] == "default"]
    if not defaults:
        return _redirect(drawing, chance)
    chance.choice(defaults)[2] = chance.choice(("", "v1", "v2", "v3"))
    return None


def _recondition(drawing: Drawing, chance: Random) -> None:
    asked = [one for one in drawing.flows if one[2] not in ("", "default")]
    if not asked:
        return _add_flow(drawing, chance)
    chance.choice(asked)[2] = chance.choice(("v1", "v2", "v3", "not(v1)", "not(v2)"))
    return None
