"""The engine alone: load, complete, route, dump, on the building permit procedure, without a database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bpmn_library.sets import shipped_set
from engine.bpmn.definitions import Definition, load_definition
from engine.execution import Complete, Evaluate, Start, get_executor
from engine.execution.spiff.stock import StockWorkflow
from engine.feel import evaluate
from runtime_api.bench.figures import summary, timed

FIRST = ("T1", "T2")
ROUND = ("T3", "T3b", "TS")  # appraise, agree to ask for papers, receive them: one round of rework
BRANCHES = ("T5a", "T5b", "T5c")
DATA = {
    "appraisal": "supplement",
    "supplement_review": "approve",
    "on_fire_list": True,
    "heritage_zone": True,
    "airspace_zone": False,
}
STOCK_ROUNDS = 10  # its state grows with every round; more would take minutes


def permit_definition() -> Definition:
    """Return the diagram of the shipped procedure P03."""
    return load_definition(permit_xml())


def permit_xml() -> bytes:
    return shipped_set("mot-cua-co-ban").entries["P03"].xml


def measure_memory(rounds: int = 2000, repeats: int = 300) -> dict[str, Any]:
    """Return figures of a step at rework round 1 and at the last round, with stock SpiffWorkflow beside."""
    definition = permit_definition()
    ours = _Instance(definition)
    early, first_bytes = _measure_round(ours, repeats)
    ours.go_round(rounds)
    late, last_bytes = _measure_round(ours, repeats)
    stock = _stock(definition, max(3, repeats // 20))
    p50 = early["p50_ms"]
    return {
        "ratios": {
            "late_over_early": round(late["p50_ms"] / p50, 3),
            "stock_over_ours": round(stock["round_1"]["p50_ms"] / p50, 1),
            "stock_late_over_ours_late": round(stock["last_round"]["p50_ms"] / late["p50_ms"], 1),
        },
        "nodes": len(definition.model.nodes),
        "rounds": rounds,
        "round_1": {**early, "state_bytes": first_bytes},
        "last_round": {**late, "state_bytes": last_bytes},
        "three_branches_bytes": ours.branch_bytes(),
        "stock": stock,
    }


class _Instance:
    """One running permit as the database would keep it: text."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.executor = get_executor("marking")
        self.data: dict[str, Any] = dict(DATA)
        self.text = self._dump(self.executor.advance(definition, None, Start(), self._evaluate).state)
        for node in FIRST:
            self.complete(node)

    def complete(self, node: str) -> None:
        self.text = self.after(self.text, node, self.token(node))

    def after(self, text: str, node: str, token: int) -> str:
        """Load, complete, route, dump: the step that is measured."""
        step = self.executor.advance(self.definition, json.loads(text), Complete(token), self._evaluate)
        return self._dump(step.state)

    def token(self, node: str) -> int:
        return dict(self.executor.open_work(self.definition, json.loads(self.text)))[node]

    def go_round(self, rounds: int) -> None:
        for _ in range(rounds):
            for node in ROUND:
                self.complete(node)

    def branch_bytes(self) -> int:
        """Return the size of the state with three opinions open in parallel."""
        self.data["appraisal"] = "pass"
        text = self.after(self.text, "T3", self.token("T3"))
        self.data["appraisal"] = "supplement"
        opened = {node for node, _ in self.executor.open_work(self.definition, json.loads(text))}
        assert set(BRANCHES) <= opened, opened
        return len(text.encode())

    def _evaluate(self, text: str, names: Mapping[str, Any]) -> Any:
        return evaluate(text, {**self.data, **names} if names else self.data)

    @staticmethod
    def _dump(state: Any) -> str:
        return json.dumps(state, separators=(",", ":"), ensure_ascii=False)


def _measure_round(instance: _Instance, repeats: int) -> tuple[dict[str, float], int]:
    """Measure the step from appraisal to the request; the instance stays where it was."""
    text, token = instance.text, instance.token("T3")
    for _ in range(20):
        instance.after(text, "T3", token)
    durations = timed(lambda: instance.after(text, "T3", token), repeats)
    return summary(durations), len(text.encode())


def _stock(definition: Definition, repeats: int) -> dict[str, Any]:
    decide: Evaluate = lambda text, names: evaluate(text, DATA)  # noqa: E731
    workflow = StockWorkflow(definition, decide)
    state = workflow.start()
    for node in FIRST:
        state = workflow.complete(state, node)
    first, first_bytes = timed(lambda: workflow.complete(state, "T3"), repeats), len(state)
    for node in ROUND * STOCK_ROUNDS:
        state = workflow.complete(state, node)
    last = timed(lambda: workflow.complete(state, "T3"), repeats)
    return {
        "version": "3.2.0",
        "rounds": STOCK_ROUNDS,
        "round_1": {**summary(first), "state_bytes": first_bytes},
        "last_round": {**summary(last), "state_bytes": len(state)},
    }
