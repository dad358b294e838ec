"""All scenarios of a procedure, played: what differs, what was gone through, what the second engine says."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from engine.bpmn.definitions import Definition
from engine.domain.procedures import Procedure
from engine.execution.executors import Executor
from engine.scenarios.coverage import Coverage, coverage
from engine.scenarios.remap import Proposal, propose
from engine.scenarios.runs import Difference, Run, play
from engine.scenarios.second import can_compare, compare

KEPT = 32
Opinions = Mapping[str, tuple[Difference, ...] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of playing all scenarios.

    Attributes:
        lost: Steps that scenarios name and the diagram does not have.
    """

    runs: tuple[Run, ...]
    coverage: Coverage
    lost: tuple[Proposal, ...]

    @property
    def passed(self) -> bool:
        return all(run.passed for run in self.runs)


def report(definition: Definition, procedure: Procedure) -> Report:
    """Play all scenarios; the same diagram with the same content is played once per process."""
    return _keep("first", definition, procedure, lambda: _make(definition, procedure))


def opinions(definition: Definition, procedure: Procedure, second: Executor | None = None) -> Opinions:
    """Return what the second engine did otherwise, by scenario; kept like a report.

    None for a diagram that lies outside what that engine runs, and for a scenario that does not pass.

    Args:
        second: The engine that gives the second opinion; the one there is by default.
    """
    if second is not None:
        return _compare_all(definition, procedure, second)
    return _keep("second", definition, procedure, lambda: _compare_all(definition, procedure, None))


def _make(definition: Definition, procedure: Procedure) -> Report:
    runs = tuple(play(definition, procedure, one) for one in procedure.scenarios)
    return Report(
        runs=runs,
        coverage=coverage(definition, runs),
        lost=tuple(propose(definition, procedure.scenarios)),
    )


def _compare_all(definition: Definition, procedure: Procedure, second: Executor | None) -> Opinions:
    runs = report(definition, procedure).runs
    comparable = bool(runs) and can_compare(definition, second)
    return {
        run.scenario.id: compare(definition, procedure, run.scenario, run, second)
        if comparable and run.passed
        else None
        for run in runs
    }


_kept: OrderedDict[tuple[str, str], Any] = OrderedDict()
_lock = Lock()


def _keep(what: str, definition: Definition, procedure: Procedure, make: Callable[[], Any]) -> Any:
    content = json.dumps(procedure.as_json(), ensure_ascii=False, sort_keys=True)
    key = what, definition.hash + hashlib.sha256(content.encode()).hexdigest()
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made
