"""Laws of every diagram: random ones with all kinds of elements, random walks, and what must hold at each step.

A walk is known by its number: the same number draws the same diagram and takes the same way.
"""

import os
from collections import Counter
from random import Random

import pytest

from engine.bpmn.problems import BadDiagram
from engine.errors import ProcedureError
from engine.execution import (
    Choose,
    Entered,
    Escalate,
    Fail,
    Interrupted,
    Left,
    Message,
    Signal,
    Skip,
    WorkClosed,
    WorkOpened,
)
from engine.execution.state import load, walk

WALKS = int(os.environ.get("MOTCUA_WALKS", "300"))
PART = 100
MOST_STEPS = 12
CAUGHT = ("message M", "signal S", "timer PT1H", "when v1", "cycle R2/PT1H")
THROWN = ("message M", "signal S", "escalation X")


CALLED = (
    '<message id="oM" name="M"/><signal id="oS" name="S"/><process id="other"><startEvent id="os"/><userTask id="user_o"/><boundaryEvent id="ob" attachedToRef="user_o" '
    'cancelActivity="false"><signalEventDefinition signalRef="oS"/></boundaryEvent><userTask id="user_p"/>'
    '<endEvent id="oe"/><sequenceFlow id="o1" sourceRef="os" targetRef="user_o"/>'
    '<sequenceFlow id="o2" sourceRef="user_o" targetRef="oe"/><sequenceFlow id="o3" sourceRef="ob" targetRef="user_p"/>'
    '<subProcess id="o_sub" triggeredByEvent="true"><startEvent id="oss"><messageEventDefinition '
    'messageRef="oM"/></startEvent><userTask id="user_q"/>'
    '<sequenceFlow id="o4" sourceRef="oss" targetRef="user_q"/></subProcess></process>'
)


class Drawn:
    """A diagram in the making: blocks with one way in and one way out, and things attached to them."""

    def __init__(self, chance):
        self.chance = chance
        self.lines = []
        self.number = 0
        self.depth = 0

    def diagram(self):
        self.say("start s")
        first, last = self.block(4)
        self.say("end e")
        self.say(f"s -> {first}")
        self.say(f"{last} -> e")
        if self.chance.random() < 0.4:
            self.event_sub()
        return "\n".join(self.lines)

    def say(self, line):
        self.lines.append("  " * self.depth + line)

    def new(self, kind, rest=""):
        self.number += 1
        self.say(f"{kind} {kind}{self.number}{rest}")
        return f"{kind}{self.number}"

    def block(self, budget):
        kinds = ["work", "work", "auto", "throw", "catch", "link", "loop"]
        if budget > 0:
            kinds += [
                "sequence",
                "sequence",
                "branches",
                "branches",
                "rework",
                "sub",
                "sub",
                "adhoc",
                "first",
                "cancel",
                "call",
            ]
        return getattr(self, "_" + self.chance.choice(kinds))(budget - 1)

    def _work(self, budget):
        work = self.new("user")
        if self.chance.random() < 0.5:
            self.boundary(work)
        if self.chance.random() < 0.3:
            self.undo(work)
        return work, work

    def _auto(self, budget):
        auto = self.new("service", self.chance.choice(["", " completionQuantity=2"]))
        if self.chance.random() < 0.4:
            self.undo(auto)
        return auto, auto

    def _throw(self, budget):
        one = self.new("throw", " : " + self.chance.choice([*THROWN, "compensate"]))
        return one, one

    def _catch(self, budget):
        one = self.new("catch", " : " + self.chance.choice([*CAUGHT, "message M & signal S"]))
        return one, one

    def _link(self, budget):
        throw = self.new("throw", f" : link L{self.number}")
        return throw, self.new("catch", f" : link L{self.number - 1}")

    def _loop(self, budget):
        how = self.chance.choice(["each 2", "each-in-turn 2", "each 3 until v2", "while v3"])
        work = self.new("user", f" : {how}")
        if self.chance.random() < 0.5:
            self.boundary(work)
        return work, work

    def _sequence(self, budget):
        first, middle = self.block(budget)
        then, last = self.block(budget)
        self.say(f"{middle} -> {then}")
        return first, last

    def _branches(self, budget):
        kind = self.chance.choice(["and", "xor", "or", "complex"])
        split, join = self.new(kind), self.new(self.chance.choice([kind, kind, "or"]))
        for number in range(2):
            first, last = self.block(budget)
            plain = kind in ("and",)
            self.say(
                f"{split} -> {first}" + ("" if plain else " default" if number == 0 else f" if v{number}")
            )
            self.say(f"{last} -> {join}")
        return split, join

    def _rework(self, budget):
        merge, choose = self.new("xor"), self.new("xor")
        first, last = self.block(budget)
        pause = self.new("user")
        self.say(f"{merge} -> {first}")
        self.say(f"{last} -> {pause} -> {choose}")
        self.say(f"{choose} -> {merge} if v1")
        end = self.new("service")
        self.say(f"{choose} -> {end} default")
        return merge, end

    def _inside(self, kind, budget, rest="", compensable=True):
        sub = self.new(kind, rest)
        self.depth += 1
        start = self.new("start")
        first, last = self.block(budget)
        end = self.new("end", self.chance.choice(["", "", " : error E", " : escalation X", " : terminate"]))
        self.say(f"{start} -> {first}")
        self.say(f"{last} -> {end}")
        if self.chance.random() < 0.4:
            self.event_sub()
        self.depth -= 1
        return sub

    def _sub(self, budget):
        sub = self._inside("sub", budget, self.chance.choice(["", "", " : each 2", " : each-in-turn 2"]))
        self.boundary(sub, caught=(*CAUGHT, "error E", "escalation X", "error"))
        if self.chance.random() < 0.3:
            self.undo(sub)
        return sub, sub

    def _cancel(self, budget):
        tx = self._inside("transaction", budget)
        self.depth += 1
        one, go, stop = self.new("user"), self.new("xor"), self.new("end", " : cancel")
        last = self.new("end")
        self.say(f"{one} -> {go}")
        self.say(f"{go} -> {stop} if v1")
        self.say(f"{go} -> {last} default")
        begin = self.new("start")
        self.say(f"{begin} -> {one}")
        self.depth -= 1
        bound, after = self.new("boundary", f" on {tx} : cancel"), self.new("user")
        self.say(f"{bound} -> {after}")
        return tx, tx

    def _adhoc(self, budget):
        how = self.chance.choice(
            ["", " ordering=Sequential", " mc:begin=chosen", " cancelRemainingInstances=false"]
        )
        adhoc = self.new("adhoc", how)
        self.depth += 1
        if self.chance.random() < 0.5:
            self.say("<completionCondition>v2</completionCondition>")
        _, two, three = self.new("user"), self.new("user"), self.new("service")
        self.say(f"{two} -> {three}")
        self.depth -= 1
        self.boundary(adhoc)
        return adhoc, adhoc

    def _first(self, budget):
        gateway, join = self.new("first"), self.new("xor")
        for what in self.chance.sample(CAUGHT[:4], 2):
            event = self.new("catch", f" : {what}")
            self.say(f"{gateway} -> {event} -> {join}")
        return gateway, join

    def _call(self, budget):
        call = self.new("call", " : other")
        how = self.chance.choice(["", ' isSequential="false"', ' isSequential="true"'])
        number = "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
        if how:
            self.say(f"  <multiInstanceLoopCharacteristics{how}>{number}")
        self.boundary(call)
        if self.chance.random() < 0.3:
            self.undo(call)
        return call, call

    def boundary(self, host, caught=CAUGHT):
        what = self.chance.choice(caught)
        quiet = " quiet" if "error" not in what and self.chance.random() < 0.4 else ""
        event, after = self.new("boundary", f" on {host}{quiet} : {what}"), self.new("user")
        self.say(f"{event} -> {after}")

    def undo(self, host):
        event, work = self.new("boundary", f" on {host} : compensate"), self.new("user", " undoing")
        self.say(f"{event} ~ {work}")

    def event_sub(self):
        sub = self.new("on")
        self.depth += 1
        what = self.chance.choice([*CAUGHT, "error E", "escalation X"])
        quiet = " quiet" if "error" not in what and self.chance.random() < 0.5 else ""
        start, work = self.new("start", f"{quiet} : {what}"), self.new("user")
        end = self.new("throw", " : compensate") if self.chance.random() < 0.3 else self.new("end")
        self.say(f"{start} -> {work} -> {end}")
        self.depth -= 1
        return sub


class Laws:
    """What every sequence of effects obeys."""

    def __init__(self):
        self.living = Counter()
        self.over = set()
        self.work = Counter()

    def look(self, p):
        for effect in p.last:
            if isinstance(effect, Entered):
                assert (effect.node, effect.token) not in self.over, f"{effect} after its end"
                self.living[effect.node, effect.token] += 1
            elif isinstance(effect, Left | Interrupted):
                assert self.living[effect.node, effect.token] == 1, f"{effect} without a beginning"
                del self.living[effect.node, effect.token]
                self.over.add((effect.node, effect.token))
            elif isinstance(effect, WorkOpened):
                self.work[effect.node] += 1
            elif isinstance(effect, WorkClosed):
                self.work[effect.node] -= 1
        assert sorted(self.work.elements()) == p.open
        there = {(token.at, token.id) for token in walk(load(p.state)[0])}
        assert set(self.living) <= there, f"gone without a word: {set(self.living) - there}"
        if p.status != "running":
            assert (dict(self.living), p.timers, p.waiting) == ({}, {}, [])


def events(p, chance):
    """Everything that may happen now, and some things that may not."""
    work = p.executor.open_work(p.definition, p.state)
    found = [lambda n=node: p.done(n) for node, _ in work] * 3
    found += [lambda t=token: p.do(Fail(t, "E")) for _, token in work]
    found += [lambda t=token: p.do(Escalate(t, "X")) for _, token in work]
    found += [lambda n=key[0]: p.fire(n) for key in p.timers]
    found += [lambda: p.do(Message("M")), lambda: p.do(Signal("S"))] * 2
    found += [lambda: p.changed(**{f"v{chance.randint(1, 3)}": chance.random() < 0.5})]
    ids = [n for n in p.definition.model.nodes if n.startswith(("user", "adhoc"))]
    found += [lambda: p.do(Choose(chance.choice(ids)))] if ids else []
    for _, token in p.executor.waiting(p.definition, p.state):
        for flow in p.executor.ways_on(p.definition, p.state, token):
            found.append(lambda t=token, f=flow.id: p.do(Skip(t, f)))
    return found


@pytest.mark.parametrize("part", range(0, WALKS, PART))
def test_every_walk_through_every_diagram_obeys_the_laws(play, part):
    walked = 0
    for number in range(part, min(part + PART, WALKS)):
        chance = Random(number)
        text = Drawn(chance).diagram()
        try:
            p = play(text, before=CALLED, v1=chance.random() < 0.3, v2=False, v3=False)
        except BadDiagram as bad:
            raise AssertionError(f"walk {number}: {bad}\n{text}") from None
        except ProcedureError:
            continue
        laws = Laws()
        p.last = p.effects
        try:
            laws.look(p)
            for _ in range(MOST_STEPS):
                if p.status != "running":
                    break
                timers, effects = dict(p.timers), len(p.effects)
                try:
                    chance.choice(events(p, chance))()
                except ProcedureError:
                    p.timers = timers  # nothing has happened
                    del p.effects[effects:]
                    continue
                laws.look(p)
                walked += 1
        except Exception as error:
            raise AssertionError(f"walk {number}: {error!r}\n{text}") from error
    assert walked > PART
