"""The seam over the library: events in, steps out, its own state as plain JSON.

What happened within a step is told from the tasks that the library ran and from which tasks it keeps
waiting before and after. Its history grows with every round of rework, so there is a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.definitions import Definition
from engine.bpmn.lint.findings import Finding
from engine.bpmn.model import Event, Flow
from engine.errors import Refused
from engine.execution.awaits import Await, awaits_at
from engine.execution.errors import BadState, EndlessLoop, NoFlowHolds, NothingWaits, NotRunning
from engine.execution.run import MOVES, MOVES_PER_NODE, WORK
from engine.execution.spiff.conditions import Conditions
from engine.execution.spiff.log import Log
from engine.execution.spiff.specs import Specs, specs_of
from engine.execution.spiff.subset import unsupported
from engine.execution.spiff.translation import node_of, split_of
from engine.execution.steps import (
    Assigned,
    Cancel,
    Choose,
    Complete,
    DataChanged,
    Evaluate,
    Fail,
    Fire,
    Happening,
    Message,
    Signal,
    Skip,
    Start,
    Status,
    Step,
    Thrown,
    Uncaught,
)

VERSION = 1
MOST_TASKS = 500  # done or given up; those that the library foresees do not make its way longer
_PAST = TaskState.FINISHED_MASK


class OutsideSubset(Refused):
    """The diagram uses something that the second engine does not run as the standard says."""

    code = "outside_subset"
    vi = "Bộ chạy thứ hai không chạy được sơ đồ này: {first}"
    en = "The second engine cannot run this diagram: {first_en}"


class TooLongHistory(Refused):
    """The instance has been through so many steps that the library cannot go on safely."""

    code = "too_long_history"
    vi = "Hồ sơ đã qua quá nhiều bước đối với bộ chạy thứ hai ({found})."
    en = "The instance has been through too many steps for the second engine ({found})."


class SpiffExecutor:
    """SpiffWorkflow 3.2.0, for the subset where it is right."""

    name = "spiffworkflow"

    def advance(self, definition: Definition, state: Any, event: Happening, evaluate: Evaluate) -> Step:
        """Diagrams of the subset have no local names: all that an event brings becomes variables."""
        brought = dict(getattr(event, "data", {}))
        step = self._advance(
            definition, state, event, lambda text, names: evaluate(text, {**brought, **names})
        )
        assigned = (Assigned(name, value) for name, value in brought.items())
        return replace(step, effects=(*assigned, *step.effects))

    def _advance(self, definition: Definition, state: Any, event: Happening, evaluate: Evaluate) -> Step:
        engine = Conditions(definition.model, evaluate)
        specs = _specs(definition)
        if isinstance(event, Start):
            return _Run(definition, specs, specs.start(engine), {}, 0).started()
        workflow, tokens, last = _restored(specs, state, engine)
        run = _Run(definition, specs, workflow, tokens, last)
        run.log.look(first=True)
        if isinstance(event, Skip):
            raise NothingWaits("a step that may be skipped", "this engine skips none", what=event.flow[:60])
        if isinstance(event, Choose):
            raise NothingWaits("an activity that can be chosen", "this engine has none", what=event.node[:60])
        if isinstance(event, Message) and event.keys and event.to is None:
            raise NothingWaits("a message without keys", "this engine compares no keys", what=event.name[:60])
        _HAPPENINGS[type(event)](run, event)
        return run.finished()

    def unsupported(self, definition: Definition) -> list[Finding]:
        return unsupported(definition)

    def claims(
        self, definition: Definition, state: Any, token: int, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """None: diagrams of the subset have no local names."""
        return {}

    def open_work(self, definition: Definition, state: Any) -> list[tuple[str, int]]:
        return [
            pair for pair in self.waiting(definition, state) if definition.model.nodes[pair[0]].kind in WORK
        ]

    def waiting(self, definition: Definition, state: Any) -> list[tuple[str, int]]:
        """Read from the stored list: no need to wake the library."""
        return [(node, token) for token, node in sorted(state.get("waiting", ()))]

    def awaits(self, definition: Definition, state: Any) -> list[Await]:
        return awaits_at(definition.model, self.waiting(definition, state)) if state else []

    def own_keys(
        self, definition: Definition, state: Any, waiting: Await, evaluate: Evaluate
    ) -> dict[str, Any]:
        model = definition.model
        paths = model.message_paths.get(waiting.name, {})
        bound = model.bindings.get(definition.process_id, {})
        return {key: evaluate(bound.get(key, key), {}) for key in paths}

    def ways_on(self, definition: Definition, state: Any, token: int) -> list[Flow]:
        """None: the library cannot put a token elsewhere and keep its history sound."""
        return []

    def choosable(self, definition: Definition, state: Any) -> dict[str, str]:
        return {}  # it runs no ad-hoc sub-processes

    def stuck(self, definition: Definition, state: Any) -> list[str]:
        if state.get("status") or state.get("waiting"):
            return []
        tasks = state["workflow"]["tasks"].values()
        return sorted(
            {node_of(one["task_spec"]) for one in tasks if one["state"] == TaskState.WAITING} - {""}
        )


def _specs(definition: Definition) -> Specs:
    findings = unsupported(definition)
    if findings:
        first = findings[0].message
        raise OutsideSubset(
            "a diagram of the subset", first.en, first=first.vi, first_en=first.en, findings=tuple(findings)
        )
    return specs_of(definition)


def _restored(specs: Specs, state: Any, engine: Conditions) -> tuple[BpmnWorkflow, dict[str, int], int]:
    if not isinstance(state, dict) or state.get("spiff") != VERSION:
        raise BadState("a state of the second engine", "another one was stored")
    if state.get("status"):
        raise NotRunning("the procedure to run", f"it is {state['status']}")
    past = sum(1 for task in state["workflow"]["tasks"].values() if task["state"] & _PAST)
    if past > MOST_TASKS:
        raise TooLongHistory(f"at most {MOST_TASKS} tasks behind it", str(past))
    return specs.restore(state["workflow"], engine), dict(state["tokens"]), state["next"] - 1


class _Run:
    def __init__(
        self, definition: Definition, specs: Specs, workflow: BpmnWorkflow, tokens: dict[str, int], last: int
    ) -> None:
        self.model = definition.model
        self.specs = specs
        self.workflow = workflow
        self.log = Log(definition.model, workflow, tokens, last)
        self.status: Status = "running"
        self.moves = 0

    def started(self) -> Step:
        self._settle()
        return self.finished()

    def finished(self) -> Step:
        if self.status == "running" and self.workflow.is_completed():
            self.status = "terminated" if self.log.terminated else "completed"
        self.log.look()
        state: dict[str, Any] = {"spiff": VERSION, "next": self.log.last + 1}
        if self.status == "running":
            state["tokens"] = self.log.kept_tokens()
            state["waiting"] = [list(pair) for pair in self.log.waiting()]
            state["workflow"] = self.specs.dump(self.workflow)
        else:
            state |= {"tokens": {}, "status": self.status}
        return Step(state, tuple(self.log.effects), self.status)

    # --- events ------------------------------------------------------------------------------------

    def complete(self, token: int) -> None:
        task = self._work(token)
        self.log.completing(task)
        task.run()
        self.log.ran(task)
        self._settle()

    def fail(self, token: int, code: str) -> None:
        task = self._work(token)
        self.log.effects.append(Thrown("error", code, node_of(task.task_spec.name)))
        catchers = [
            (definition.ref == "", boundary)
            for boundary in self.log.boundaries_of(task)
            for definition in self._event(boundary).definitions
            if definition.kind == "error" and definition.ref in ("", code)
        ]
        if catchers:
            self._happen(min(catchers, key=lambda one: one[0])[1])
            return
        self.log.effects.append(Uncaught("error", code, node_of(task.task_spec.name)))
        self.end("failed")

    def fire(self, token: int, node: str, number: int, more: bool) -> None:
        for task in self.log.listening("timer"):
            if (
                (self.log.holder_of(task), node_of(task.task_spec.name)) == (token, node)
                and not number
                and not more
            ):
                self.log.fired(task)
                self._happen(task)
                return
        raise NothingWaits("an armed timer", f"{node} is not armed for token {token}", what=node)

    def message(self, name: str) -> None:
        heard = [
            task for task in self.log.listening("message") if self._event(task).definitions[0].ref == name
        ]
        if not heard:
            raise NothingWaits("something to wait for the message", f"nothing waits for {name!r}", what=name)
        self._happen(min(heard, key=self.log.holder_of))

    def end(self, status: Status) -> None:
        self.workflow.cancel()
        self.status = status

    def _work(self, token: int) -> Task:
        task = self.log.task_of(token)
        if task is None or self.model.nodes[node_of(task.task_spec.name)].kind not in WORK:
            raise NothingWaits("open work", f"token {token} is not open work", what=token)
        return task

    def _event(self, task: Task) -> Event:
        return self.model.nodes[node_of(task.task_spec.name)]  # type: ignore[return-value]

    def _happen(self, task: Task) -> None:
        """Let one waiting event of the library happen, past its own matching of names."""
        task._set_internal_data(event_fired=True)
        task.task_spec._update(task)
        self._settle()

    # --- moving ------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Let the library move until everything waits.

        Raises:
            NoFlowHolds, EndlessLoop: As the marking interpreter does.
        """
        try:
            self.workflow.do_engine_steps(self._count, self.log.ran)
        except WorkflowException as error:
            spec = getattr(getattr(error, "task_spec", None), "name", "")
            node = node_of(spec) or split_of(spec)
            if node and "No conditions satisfied" in str(error):
                name = self.model.nodes[node].name or node
                expected = f"a condition after {name} to hold"
                raise NoFlowHolds(expected, "none does", element=name, node=node) from error
            raise
        except RecursionError as error:
            raise TooLongHistory("a shorter history", "recursion") from error

    def _count(self, task: Task) -> None:
        self.moves += 1
        if self.moves > MOVES + MOVES_PER_NODE * len(self.model.nodes):
            node = node_of(task.task_spec.name)
            name = (self.model.nodes[node].name or node) if node else task.task_spec.name
            found = f"it was still moving at {name}"
            raise EndlessLoop("the step to come to rest", found, element=name, node=node)


def _cancel(run: _Run, event: Cancel) -> None:
    run.end("cancelled")


def _nothing(run: _Run, event: Signal | DataChanged) -> None:
    """Nothing of the subset listens for signals or data."""


_HAPPENINGS: dict[type, Callable[[_Run, Any], None]] = {
    Complete: lambda run, event: run.complete(event.token),
    Fail: lambda run, event: run.fail(event.token, event.code),
    Fire: lambda run, event: run.fire(event.token, event.node, event.number, event.more),
    Message: lambda run, event: run.message(event.name),
    Signal: _nothing,
    DataChanged: _nothing,
    Cancel: _cancel,
}
