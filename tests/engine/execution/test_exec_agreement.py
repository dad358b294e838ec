"""Two engines, random procedures of the subset, random walks: they must wait for the same things.

Neither was written after the other's results; where they differ, one of them is wrong.
"""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MOST_STEPS = 14


class Drawn:
    """A procedure in the making: nested blocks, each with one way in and one way out."""

    def __init__(self, draw):
        self.draw = draw
        self.lines = []
        self.numbers = count(1)

    def pick(self, *choices):
        return self.draw(st.sampled_from(choices))

    def new(self, kind, rest=""):
        ident = f"{kind}{next(self.numbers)}"
        self.say(f"{kind} {ident}{rest}")
        return ident

    def say(self, line):
        self.lines.append("  " * self.depth + line)

    depth = 0

    def block(self, budget, in_loop=False):
        """Write a block; return its first and last node."""
        kinds = ["work", "work", "work", "auto", "catch", "timer", "late", "quiet"]
        if budget > 1:
            kinds += ["sequence", "choice", "rework", "sub", "sequence"]
            kinds += [] if in_loop else ["all", "some", "all"]
        return getattr(self, "_" + self.pick(*kinds))(budget - 1, in_loop)

    def _work(self, budget, in_loop):
        one = self.new(self.pick("user", "manual", "task"))
        return one, one

    def _auto(self, budget, in_loop):
        one = self.new("service")
        return one, one

    def _catch(self, budget, in_loop):
        one = self.new("catch", " : message " + self.pick("M", "N"))
        return one, one

    def _timer(self, budget, in_loop):
        one = self.new("catch", " : timer PT1H")
        return one, one

    def _late(self, budget, in_loop):
        work, after = self.new("user"), self.new("xor")
        what = self.pick("timer PT1H", "message M", "error E")
        event, answer = self.new("boundary", f" on {work} : {what}"), self.new("user")
        self.say(f"{work} -> {after}")
        self.say(f"{event} -> {answer} -> {after}")
        return work, after

    def _quiet(self, budget, in_loop):
        work = self.new("user")
        event, beside, end = (
            self.new("boundary", f" on {work} quiet : timer PT1H"),
            self.new("user"),
            self.new("end"),
        )
        self.say(f"{event} -> {beside} -> {end}")
        return work, work

    def _sequence(self, budget, in_loop):
        first, middle = self.block(budget, in_loop)
        then, last = self.block(budget, in_loop)
        self.say(f"{middle} -> {then}")
        return first, last

    def _branches(self, kind, budget, in_loop, conditions):
        split, join = self.new(kind), self.new(kind)
        for number in range(self.pick(2, 3)):
            first, last = self.block(budget, in_loop)
            tail = "" if not conditions else " default" if number == 0 else f" if v{number}"
            self.say(f"{split} -> {first}{tail}")
            self.say(f"{last} -> {join}")
        return split, join

    def _choice(self, budget, in_loop):
        return self._branches("xor", budget, in_loop, True)

    def _all(self, budget, in_loop):
        return self._branches("and", budget, in_loop, False)

    def _some(self, budget, in_loop):
        return self._branches("or", budget, in_loop, True)

    def _rework(self, budget, in_loop):
        merge, check, decide = self.new("xor"), self.new("user"), self.new("xor")
        first, last = self.block(budget, True)
        out = self.new("service")
        self.say(f"{merge} -> {first}")
        self.say(f"{last} -> {check} -> {decide}")
        self.say(f"{decide} -> {merge} if v3")
        self.say(f"{decide} -> {out} default")
        return merge, out

    def _sub(self, budget, in_loop):
        sub = self.new("sub")
        self.depth += 1
        start, end = self.new("start"), self.new(self.pick("end", "user"))
        # What a loop around the sub-process repeats, the inside does not see.
        first, last = self.block(budget)
        self.say(f"{start} -> {first}")
        self.say(f"{last} -> {end}")
        self.depth -= 1
        return sub, sub


@st.composite
def procedures(draw):
    drawn = Drawn(draw)
    drawn.say("start s")
    first, last = drawn.block(draw(st.integers(3, 6)))
    drawn.say("end e" + drawn.pick("", "", " : terminate"))
    drawn.say(f"s -> {first}")
    drawn.say(f"{last} -> e")
    return "\n".join(drawn.lines)


def shown(p):
    return p.status, p.open, p.waiting, p.armed


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@settings(
    max_examples=600,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(st.data())
def test_both_engines_wait_for_the_same_things_on_every_walk(play, data):
    text = data.draw(procedures(), label="procedure")
    names = [f"v{number}" for number in range(4)]
    values = {name: data.draw(st.booleans()) for name in names}
    pair = [play(text, executor=name, **values) for name in ("marking", "spiffworkflow")]
    for _ in range(MOST_STEPS):
        first, second = pair
        assert shown(first) == shown(second)
        if first.status != "running":
            break
        ways = [("done", node) for node in first.open] + [("fire", node) for node in first.armed]
        ways += [("message", name) for name in "MN" if _hears(first, name)]
        ways += [("fail", node) for node in first.open if _catches_error(first, node)]
        if not ways:
            break
        kind, what = data.draw(st.sampled_from(sorted(set(ways))), label="step")
        changed = {name: data.draw(st.booleans()) for name in names}
        for p in pair:
            p.data |= changed
            p.fail(what, "E") if kind == "fail" else getattr(p, kind)(what)


def _hears(p, name):
    """Whether exactly one thing listens: among several, engines may choose differently."""
    model = p.definition.model
    here = [model.nodes[node] for node in p.waiting]
    events = [e for n in here for e in (model.boundaries(n) if hasattr(n, "boundaries") else [n])]
    return sum(any(d.ref == name for d in e.definitions) for e in events) == 1


def _catches_error(p, node):
    model = p.definition.model
    return any(d.kind == "error" for b in model.boundaries(model.nodes[node]) for d in b.definitions)
