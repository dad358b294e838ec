"""The shipped procedures: both engines agree on walks through them, and the states stay small."""

import json
from pathlib import Path
from random import Random

import pytest

from engine.bpmn.definitions import load_definition
from engine.errors import ProcedureError
from engine.execution import Complete, Fire, Start, TimerCleared, TimerSet, WorkOpened, get_executor
from engine.feel import evaluate

SETS = Path(__file__).parents[3] / "bpmn_library" / "sets"
DIAGRAMS = sorted(SETS.glob("*/*/*.bpmn"))
WALKS = 12
STEPS = 40


class Walk:
    """One dossier on one engine; outcomes are chosen by a random number that both engines share."""

    def __init__(self, definition, executor):
        self.definition, self.executor = definition, get_executor(executor)
        self.data, self.timers, self.state = {}, {}, None
        self.do(Start())

    def do(self, event):
        step = self.executor.advance(self.definition, self.state, event, self.evaluate)
        self.state, self.status = json.loads(json.dumps(step.state)), step.status
        self.opened = [e for e in step.effects if isinstance(e, WorkOpened)]
        for effect in step.effects:
            if isinstance(effect, TimerSet):
                self.timers[effect.node, effect.token, effect.number] = effect
            elif isinstance(effect, TimerCleared):
                del self.timers[effect.node, effect.token, effect.number]

    def evaluate(self, text, names):
        return evaluate(text, {**self.data, **names})

    def ways(self):
        work = {("done", node) for node, _ in self.executor.open_work(self.definition, self.state)}
        return sorted(work | {("fire", key[0]) for key in self.timers})

    def go(self, kind, node, number):
        if kind == "fire":
            key = min(key for key in self.timers if key[0] == node)
            del self.timers[key]
            self.do(Fire(key[1], node, key[2]))
            return
        step = self.definition.steps.get(node)
        if step and step.decision and step.outcomes:
            self.data[step.decision] = step.outcomes[number % len(step.outcomes)].code
        open_work = self.executor.open_work(self.definition, self.state)
        self.do(Complete(next(token for at, token in open_work if at == node)))

    def shown(self):
        waiting = sorted(node for node, _ in self.executor.waiting(self.definition, self.state))
        return self.status, waiting, sorted(key[0] for key in self.timers)


@pytest.fixture(params=DIAGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def definition(request):
    return load_definition(request.param.read_bytes())


def test_both_engines_agree_on_walks(definition):
    if get_executor("spiffworkflow").unsupported(definition):
        pytest.skip("outside the subset of the second engine")
    for seed in range(WALKS):
        random = Random(seed)
        pair = [Walk(definition, name) for name in ("marking", "spiffworkflow")]
        for _ in range(STEPS):
            assert pair[0].shown() == pair[1].shown(), f"seed {seed}"
            ways = pair[0].ways()
            if pair[0].status != "running" or not ways:
                break
            (kind, node), number = random.choice(ways), random.randrange(100)
            for walk in pair:
                walk.go(kind, node, number)


def test_states_stay_small_however_long_a_walk(definition):
    walk, random, largest = Walk(definition, "marking"), Random(1), 0
    for _ in range(300):
        ways = walk.ways()
        if walk.status != "running" or not ways:
            walk = Walk(definition, "marking")
            continue
        walk.go(*random.choice(ways), random.randrange(100))
        largest = max(largest, len(json.dumps(walk.state)))
    assert largest <= 600


def test_a_state_with_three_open_branches_of_thirty_nodes_fits_in_three_hundred_bytes(play):
    tasks = [f"user prepare_the_document_{n}" for n in range(22)]
    chain = " -> ".join(task.split()[1] for task in tasks)
    p = play(
        f"start s\n{chr(10).join(tasks)}\nand split\nuser opinion_of_fire_police\nuser opinion_of_culture\n"
        f"user opinion_of_tax\nboundary late on opinion_of_tax quiet : timer P2D\nuser remind\nand join\nend e\n"
        f"s -> {chain} -> split -> opinion_of_fire_police -> join -> e\nsplit -> opinion_of_culture -> join\n"
        "split -> opinion_of_tax -> join\nlate -> remind"
    )
    p.done(*(task.split()[1] for task in tasks))
    assert len(p.open) == 3
    assert len(p.definition.model.nodes) >= 30
    assert len(json.dumps(p.state)) <= 300


def test_a_damaged_state_is_refused_in_words_or_still_a_state(play):
    p = play("start s\nand f\nuser a : each 2\nsub q\n  start qs\n  user b\n  qs -> b\ns -> f -> a\nf -> q")
    text, random, refused = json.dumps(p.state), Random(3), 0
    for _ in range(600):
        at = random.randrange(len(text))
        try:
            p.state = json.loads(text[:at] + random.choice('{}[]:,"019ax ') + text[at + 1 :])
            p.do(Complete(4))
        except json.JSONDecodeError:
            continue
        except ProcedureError:
            refused += 1
    assert refused > 50
