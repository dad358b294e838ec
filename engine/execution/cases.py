"""One instance of a process in a run: its state, variables and armed timers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.bpmn.definitions import Definition
from engine.errors import ProcedureError
from engine.execution.decisions import DecisionCall, Shelf
from engine.execution.durations import Schedule, schedule
from engine.execution.executors import Executor
from engine.execution.steps import Assigned, Happening, Step, TimerCleared, TimerSet
from engine.feel import evaluate

Key = tuple[str, int, int]


class Case:
    def __init__(
        self,
        definition: Definition,
        executor: Executor,
        process: str,
        data: dict[str, Any],
        shelf: Shelf | None = None,
    ):
        self.definition = definition
        self.shelf = shelf or Shelf()
        self.executor = executor
        self.process = process
        self.data = data
        self.state: Any = None
        self.status = "running"
        self.timers: dict[Key, Schedule] = {}

    @property
    def is_running(self) -> bool:
        return self.state is not None and self.status == "running"

    def do(self, event: Happening, now: datetime, new: Mapping[str, Any]) -> Step:
        """Let one event happen. When it cannot, neither state nor data change."""
        before = self.data
        self.data = {**before, **new}
        try:
            step = self.executor.advance(
                self.definition, self.state, event, lambda text, names: self.evaluate(text, names, now)
            )
        except ProcedureError:
            self.data = before
            raise
        self.state, self.status = step.state, step.status
        for effect in step.effects:
            if isinstance(effect, TimerSet):
                key = (effect.node, effect.token, effect.number)
                self.timers[key] = schedule(effect.kind, effect.text, now)
            elif isinstance(effect, TimerCleared):
                self.timers.pop((effect.node, effect.token, effect.number), None)
            elif isinstance(effect, Assigned):
                self.data = {**self.data, effect.name: effect.value}
        return step

    def evaluate(self, text: str, names: Mapping[str, Any], now: datetime) -> Any:
        known = {**self.data, "now": now, "today": now.date(), **names}
        if isinstance(text, DecisionCall):
            return self.shelf.decide(text, known, now, from_json=True)
        return evaluate(text, known)

    def open_work(self) -> list[tuple[str, int]]:
        return self.executor.open_work(self.definition, self.state) if self.is_running else []

    def waiting(self) -> list[str]:
        if not self.is_running:
            return []
        return [node for node, _ in self.executor.waiting(self.definition, self.state)]

    def stuck(self) -> list[str]:
        return self.executor.stuck(self.definition, self.state) if self.is_running else []
