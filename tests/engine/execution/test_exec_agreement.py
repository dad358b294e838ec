"""Three engines, random procedures of the subset, random walks: they must wait for the same things.

None was written after the others' results; where they differ, one of them is wrong. A walk is known
by its number: the same number draws the same procedure and takes the same way. The second engine walks
along where the whole procedure lies in its subset, the token game everywhere.
"""

import os
from collections import Counter
from itertools import count
from random import Random

import pytest
from token_game import TokenGame

from engine.execution import Entered, get_executor

MOST_STEPS = 18
WALKS = int(os.environ.get("MOTCUA_WALKS", "300"))
PART = 100
# What has to happen on some walk of every hundred; that a procedure merely contains it is not enough.
COVERED = (
    *("task", "message", "timer", "choice", "split", "join", "inclusive split", "inclusive join", "rework"),
    *("sub-process", "event gateway", "looped task", "task many times", "terminated", "second engine"),
    *("interrupting boundary event", "non-interrupting boundary event", "error boundary event"),
    *("interrupted sub-process", "non-interrupting event of a sub-process"),
)


class Drawn:
    """A procedure in the making: nested blocks, each with one way in and one way out.

    A narrow one stays within what the second engine runs.
    """

    def __init__(self, chance, narrow):
        self.chance = chance
        self.narrow = narrow
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
        kinds += [] if self.narrow else ["often", "often"]
        if budget > 1:
            kinds += ["sequence", "choice", "rework", "sub", "sequence"]
            kinds += [] if self.narrow else ["first", "sub_late", "sub_quiet"]
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
        what = self.pick("timer PT1H", "message M", "error E", "error E")
        event, answer = self.new("boundary", f" on {work} : {what}"), self.new("user")
        self.say(f"{work} -> {after}")
        self.say(f"{event} -> {answer} -> {after}")
        return work, after

    def _quiet(self, budget, in_loop):
        work = self.new("user")
        self._beside(work)
        return work, work

    def _beside(self, host):
        """Something that an event at the boundary begins beside its host."""
        what = "timer PT1H" if self.narrow else self.pick("timer PT1H", "message M")
        event = self.new("boundary", f" on {host} quiet : {what}")
        work, end = self.new("user"), self.new("end")
        self.say(f"{event} -> {work} -> {end}")

    def _often(self, budget, in_loop):
        one = self.new("user", " : " + self.pick("while v2", "while v2", "each 3", "each-in-turn 2"))
        return one, one

    def _first(self, budget, in_loop):
        gateway, after = self.new("first"), self.new("xor")
        for what in self.chance.sample(["message M", "message N", "timer PT1H"], self.pick(2, 3)):
            event = self.new("catch", f" : {what}")
            first, last = self.block(budget, in_loop)
            self.say(f"{gateway} -> {event} -> {first}")
            self.say(f"{last} -> {after}")
        return gateway, after

    def _sub_late(self, budget, in_loop):
        sub, after = self._sub(budget, in_loop)[0], self.new("xor")
        what = self.pick("timer PT2H", "message N")
        event, answer = self.new("boundary", f" on {sub} : {what}"), self.new("user")
        self.say(f"{sub} -> {after}")
        self.say(f"{event} -> {answer} -> {after}")
        return sub, after

    def _sub_quiet(self, budget, in_loop):
        sub = self._sub(budget, in_loop)[0]
        self._beside(sub)
        return sub, sub

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


def procedure(chance, narrow):
    drawn = Drawn(chance, narrow)
    drawn.say("start s")
    first, last = drawn._sequence(chance.randint(4, 7), False)
    drawn.say("end e" + drawn.pick("", "", " : terminate"))
    drawn.say(f"s -> {first}")
    drawn.say(f"{last} -> e")
    return "\n".join(drawn.lines)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("part", range(0, WALKS, PART))
def test_three_engines_wait_for_the_same_things_on_every_walk(play, part):
    walks = range(part, min(part + PART, WALKS))
    seen, steps = Counter(), 0
    for number in walks:
        taken, happened = _walk(play, number)
        steps += taken
        seen.update(happened)
    assert steps > 3 * len(walks), "the walks go somewhere"
    if len(walks) == PART:
        assert set(COVERED) - set(seen) == set()


def _walk(play, number):
    """Take one walk; return how many steps it had and what happened on it."""
    chance = Random(number)
    text = procedure(chance, narrow=number % 2 == 0)
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
        # Among several listeners engines may choose differently.
        ways += [("message", name) for name in "MN" if game.hears(name) == 1]
        ways += [("fail", node) for node in first.open if _catches_error(first, node)]
        if first.status != "running" or not ways:
            break
        kind, what = chance.choice(sorted(set(ways)))
        changed = {name: chance.random() < 0.5 for name in names}
        for one in players:
            one.data |= changed
            one.fail(what, "E") if kind == "fail" else getattr(one, kind)(what)
    return step, _happened(first) | ({"second engine"} if len(players) == 3 else set())


def _happened(p):
    """Return which kinds of things happened, from the effects of the first engine."""
    model, found = p.definition.model, set()
    entered = Counter(one.node for one in p.effects if isinstance(one, Entered))
    for node_id, times in entered.items():
        node = model.nodes[node_id]
        kinds = {one.kind for one in getattr(node, "definitions", ())}
        joins = len(node.incoming) > 1
        match node.kind:
            case "exclusiveGateway":
                found.add("choice")
                found |= {"rework"} if times > 1 and joins else set()
            case "parallelGateway":
                found.add("join" if joins else "split")
            case "inclusiveGateway":
                found.add("inclusive join" if joins else "inclusive split")
            case "subProcess":
                found.add("sub-process")
            case "eventBasedGateway":
                found.add("event gateway")
            case "intermediateCatchEvent":
                found |= kinds
            case "boundaryEvent":
                host = model.nodes[node.host]
                found.add(
                    "interrupting boundary event" if node.interrupting else "non-interrupting boundary event"
                )
                found |= {"error boundary event"} if "error" in kinds else set()
                if host.kind == "subProcess":
                    inside = "interrupted sub-process", "non-interrupting event of a sub-process"
                    found.add(inside[not node.interrupting])
            case "userTask" | "manualTask" | "task":
                found.add("task")
                marker = type(node.loop).__name__ if node.loop else ""
                found |= {"": set(), "MultiInstance": {"task many times"}}.get(marker, {"looped task"})
    return found | ({"terminated"} if p.status == "terminated" else set())


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


def _catches_error(p, node):
    model = p.definition.model
    return any(d.kind == "error" for b in model.boundaries(model.nodes[node]) for d in b.definitions)
