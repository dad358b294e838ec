"""Three engines, random procedures of the subset, random walks: they must wait for the same things.

None was written after the others' results; where they differ, one of them is wrong. A walk is known
by its number: the same number draws the same procedure and takes the same way.
"""

import os
from itertools import count
from random import Random

import pytest
from token_game import TokenGame

from engine.execution import get_executor

MOST_STEPS = 14
WALKS = int(os.environ.get("MOTCUA_WALKS", "300"))
PART = 50


class Drawn:
    """A procedure in the making: nested blocks, each with one way in and one way out."""

    def __init__(self, chance):
        self.chance = chance
        self.lines = []
        self.numbers = count(1)

    def pick(self, *choices):
        return self.chance.choice(choices)

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


def procedure(chance):
    drawn = Drawn(chance)
    drawn.say("start s")
    first, last = drawn.block(chance.randint(3, 6))
    drawn.say("end e" + drawn.pick("", "", " : terminate"))
    drawn.say(f"s -> {first}")
    drawn.say(f"{last} -> e")
    return "\n".join(drawn.lines)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("part", range(0, WALKS, PART))
def test_three_engines_wait_for_the_same_things_on_every_walk(play, part):
    steps = sum(_walk(play, number) for number in range(part, min(part + PART, WALKS)))
    assert steps > PART, "the walks go somewhere"


def _walk(play, number):
    """Take one walk and return how many steps it had."""
    chance = Random(number)
    text = procedure(chance)
    names = [f"v{one}" for one in range(4)]
    values = {name: chance.random() < 0.5 for name in names}
    first = play(text, **values)
    game = TokenGame(first.definition.xml, dict(values))
    players = [first, game]
    if not get_executor("spiffworkflow").unsupported(first.definition):
        players.append(play(text, executor="spiffworkflow", **values))
    for step in range(MOST_STEPS):
        for other in players[1:]:
            assert shown(first) == shown(other), f"walk {number}, step {step}, {type(other)}:\n{text}"
        ways = [("done", node) for node in first.open] + [("fire", node) for node in first.armed]
        ways += [("message", name) for name in "MN" if _hears(first, name)]
        ways += [("fail", node) for node in first.open if _catches_error(first, node)]
        if first.status != "running" or not ways:
            return step
        kind, what = chance.choice(sorted(set(ways)))
        changed = {name: chance.random() < 0.5 for name in names}
        for one in players:
            one.data |= changed
            one.fail(what, "E") if kind == "fail" else getattr(one, kind)(what)
    return MOST_STEPS


def test_walk_4591_an_inclusive_join_waits_for_a_branch_with_a_choice(play):
    """Found by a walk: the library's own rule ends here at once."""
    text = """
        start s
        or split
        or join
        xor choose
        xor merge
        user other
        user u
        catch c : message M
        end e : terminate
        s -> split
        split -> choose if v1
        choose -> other default
        other -> merge
        choose -> u if v1
        u -> merge -> join
        split -> c if v1
        c -> join -> e
    """
    first = play(text, v1=True)
    game = TokenGame(first.definition.xml, {"v1": True})
    second = play(text, executor="spiffworkflow", v1=True)
    for player in (first, second, game):
        player.message("M")
        assert shown(player) == ("running", ["u"], ["u"], [])


def shown(p):
    return p.status, p.open, p.waiting, p.armed


def _hears(p, name):
    """Whether exactly one thing listens: among several, engines may choose differently."""
    model = p.definition.model
    here = [model.nodes[node] for node in p.waiting]
    events = [e for n in here for e in (model.boundaries(n) if hasattr(n, "boundaries") else [n])]
    return sum(any(d.ref == name for d in e.definitions) for e in events) == 1


def _catches_error(p, node):
    model = p.definition.model
    return any(d.kind == "error" for b in model.boundaries(model.nodes[node]) for d in b.definitions)
