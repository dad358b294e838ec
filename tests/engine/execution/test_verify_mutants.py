"""Random procedures with a slip of the hand in them: the verification and a second opinion must agree.

A mutant is known by its number. `./run.sh mutants` takes 1,000 of them; those on which the two once
disagreed have a test of their own in `test_verify_faults`.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from mutants import mutated, sound
from soundness_oracle import Oracle, TooLarge

from engine.bpmn.definitions import load_definition
from engine.bpmn.problems import BadDiagram
from engine.execution.verify import verify

MUTANTS = int(os.environ.get("MOTCUA_MUTANTS", "120"))
PART = 40


@pytest.mark.parametrize("part", range(0, MUTANTS, PART))
def test_both_opinions_agree_on_every_mutant(bpmn, part):
    told: Counter[str] = Counter()
    for number in range(part, min(part + PART, MUTANTS)):
        drawn, definition = _readable(bpmn, number)
        verdict = verify(definition).verdict
        try:
            fault = Oracle(definition.xml).fault()
        except TooLarge:
            told["too large for the second opinion"] += 1
            continue
        told[verdict] += 1
        assert verdict == ("unsound" if fault else "sound"), f"mutant {number}: {fault}\n{drawn}"
    print(f"mutants {part} to {number}: {dict(told)}, no disagreement")
    if number - part + 1 == PART:  # the last part may be a short one
        assert told["unsound"] >= 5
        assert told["sound"] >= 5


def test_a_walk_through_a_sound_procedure_never_gets_stuck(play):
    """What the verdict promises, on the interpreter alone: there is always something to do until the end."""
    walked = 0
    for number in range(90):
        chance = Random(1000 + number // 3)  # three walks through each
        drawn = sound(chance).text()
        chance.seed(number)
        p = play(drawn, v1=True, v2=False, v3=True)
        if verify(p.definition).verdict != "sound":
            continue
        for _ in range(25):
            if p.status != "running":
                break
            p.data |= {name: chance.random() < 0.5 for name in ("v1", "v2", "v3")}
            ways = [(p.done, one) for one in p.open] + [(p.fire, one) for one in p.armed]
            ways += [(p.message, name) for name in _awaited(p)]
            assert ways, f"procedure {number} is stuck\n{drawn}"
            act, what = chance.choice(ways)
            act(what)
            walked += 1
    assert walked > 200


def _readable(bpmn, number):
    """The mutant of a number: the first that the parser does not refuse already."""
    while True:
        drawn = mutated(Random(number)).text()
        try:
            return drawn, load_definition(bpmn(drawn))
        except BadDiagram:
            number += 1_000_000


def _awaited(p):
    model = p.definition.model
    here = [model.nodes[one] for one in p.waiting]
    heard = [
        event for node in here for event in (node, *map(model.nodes.get, getattr(node, "boundaries", ())))
    ]
    found = {one.ref for event in heard for one in getattr(event, "definitions", ()) if one.kind == "message"}
    return sorted(found)
