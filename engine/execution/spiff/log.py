"""What happened in the library during one step, told as our effects, and which of its tasks wait.

A task of the library has a UUID; outside it is known by a small number, given when it is first seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    Event,
    Model,
    Node,
    SubProcess,
    TimerDefinition,
)
from engine.execution.run import WORK
from engine.execution.spiff.translation import flow_between, is_around, is_split, node_of, split_of
from engine.execution.steps import (
    Awaited,
    Effect,
    Entered,
    FlowTaken,
    Interrupted,
    Left,
    Reached,
    Thrown,
    TimerCleared,
    TimerSet,
    WorkClosed,
    WorkOpened,
)
from engine.execution.timers import timer_text

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class Log:
    """Attributes:
    tokens: Number of every task that was ever seen waiting, by the text of its UUID.
    """

    def __init__(self, model: Model, workflow: BpmnWorkflow, tokens: dict[str, int], last: int) -> None:
        self.model = model
        self.workflow = workflow
        self.tokens = tokens
        self.last = last
        self.effects: list[Effect] = []
        self.terminated = False
        self._live: dict[str, Task] = {}
        self._holders: dict[str, int] = {}
        self._entered: set[str] = set()
        self._done: set[str] = set()
        self._spent: set[str] = set()

    # --- asking --------------------------------------------------------------------------------------

    def waiting(self) -> list[tuple[int, str]]:
        """Return (token, node) of all work and events that wait for the outside."""
        return sorted(
            (self.tokens[ident], self._node(task).id)
            for ident, task in self._live.items()
            if self._node(task).kind in WORK or isinstance(self._node(task), CatchEvent)
        )

    def kept_tokens(self) -> dict[str, int]:
        return {ident: token for ident, token in self.tokens.items() if ident in self._live}

    def task_of(self, token: int) -> Task | None:
        return next((task for ident, task in self._live.items() if self.tokens[ident] == token), None)

    def listening(self, kind: str) -> list[Task]:
        """Return the events that wait for something of a kind."""
        return [
            task
            for task in self._live.values()
            if isinstance(node := self._node(task), BoundaryEvent | CatchEvent)
            and node.definitions[0].kind == kind
        ]

    def holder_of(self, event: Task) -> int:
        """Return the token on whose behalf an event waits: a boundary event does so for its activity."""
        return self._number(_host(event) if isinstance(self._node(event), BoundaryEvent) else event)

    def boundaries_of(self, work: Task) -> list[Task]:
        return [
            task
            for task in self._live.values()
            if isinstance(self._node(task), BoundaryEvent) and _host(task) is work
        ]

    # --- telling -------------------------------------------------------------------------------------

    def completing(self, work: Task) -> None:
        self.effects.append(WorkClosed(self._node(work).id, self._number(work), "completed"))

    def fired(self, timer: Task) -> None:
        """A timer that fires is not also cleared."""
        self._spent.add(str(timer.id))

    def ran(self, task: Task) -> None:
        """The library ran a task to its end."""
        split = split_of(task.task_spec.name)
        if split:
            self._flows(self.model.nodes[split], task)
        if not node_of(task.task_spec.name) or is_around(task.task_spec.name):
            return
        if not task.has_state(TaskState.COMPLETED):
            return
        node = self._node(task)
        self._enter(task)
        self._done.add(str(task.id))
        self._throw(node)
        self.effects.append(Left(node.id, self._number(task)))
        if not is_split(node):
            self._flows(node, task)

    def look(self, first: bool = False) -> None:
        """Compare which tasks wait now with which waited before; tell what ended and what began."""
        now = {str(task.id): task for task in self._tasks()}
        if not first:
            for ident, task in reversed(self._live.items()):
                if ident not in now:
                    self._ended(ident, task)
        new = [task for ident, task in now.items() if ident not in self._live]
        self._live = now
        self._holders = {ident: self.holder_of(task) for ident, task in now.items()}
        if first:
            self._entered |= {i for i, task in now.items() if not isinstance(self._node(task), BoundaryEvent)}
        else:
            for task in new:
                self._enter(task)
            for task in new:
                self._began(task)

    def _tasks(self) -> Iterator[Task]:
        if self.workflow.completed:
            return
        for task in self.workflow.get_tasks(state=_LIVE):
            if node_of(task.task_spec.name) and not is_around(task.task_spec.name):
                node = self._node(task)
                if node.kind in WORK or isinstance(node, BoundaryEvent | CatchEvent | SubProcess):
                    self._number(task)
                    yield task

    def _began(self, task: Task) -> None:
        node, token = self._node(task), self._number(task)
        if node.kind in WORK:
            self.effects.append(WorkOpened(node.id, token))
        timer = self._timer(node)
        if timer is not None:
            text = timer_text(timer, lambda text: self.workflow.script_engine.evaluator(text, {}))
            holder = self.holder_of(task)
            self.effects.append(TimerSet(node.id, holder, 0, timer.time, text, timer.working))  # type: ignore[arg-type]
        if isinstance(node, CatchEvent):
            self.effects.append(Awaited(node.id, token))

    def _ended(self, ident: str, task: Task) -> None:
        node, token = self._node(task), self.tokens[ident]
        if self._timer(node) is not None and ident not in self._spent:
            self.effects.append(TimerCleared(node.id, self._holders[ident], 0))
        if ident in self._done or isinstance(node, BoundaryEvent):
            return
        if node.kind in WORK:
            self.effects.append(WorkClosed(node.id, token, "cancelled"))
        self.effects.append(Interrupted(node.id, token))

    def _enter(self, task: Task) -> None:
        """Tell once that a node was entered; the sub-process around it first."""
        ident, node = str(task.id), self._node(task)
        around = task.workflow.parent_task_id
        if around is not None:
            self._enter(self.workflow.get_task_from_id(around))
        waits = isinstance(node, BoundaryEvent) and not task.has_state(TaskState.COMPLETED)
        if ident in self._entered or waits:
            return
        self._entered.add(ident)
        self.effects.append(Entered(node.id, self._number(task)))

    def _throw(self, node: Node) -> None:
        if node.kind == "sendTask":
            self.effects.append(Thrown("message", node.message, node.id))  # type: ignore[attr-defined]
        elif isinstance(node, Event) and not isinstance(node, BoundaryEvent | CatchEvent):
            for definition in node.definitions:
                self.effects.append(Thrown(definition.kind, definition.ref, node.id))
                self.terminated = self.terminated or definition.kind == "terminate"
        if isinstance(node, EndEvent):
            self.effects.append(Reached(node.id))

    def _flows(self, node: Node, task: Task) -> None:
        if len(node.outgoing) == 1:
            self.effects.append(FlowTaken(node.outgoing[0].id))
            return
        for child in task.children:
            flow = flow_between(node, node_of(child.task_spec.name))
            if flow is not None:
                self.effects.append(FlowTaken(flow.id))

    def _timer(self, node: Node) -> TimerDefinition | None:
        first = node.definitions[0] if isinstance(node, BoundaryEvent | CatchEvent) else None
        return first if isinstance(first, TimerDefinition) else None

    def _node(self, task: Task) -> Node:
        return self.model.nodes[node_of(task.task_spec.name)]

    def _number(self, task: Task) -> int:
        ident = str(task.id)
        if ident not in self.tokens:
            self.last += 1
            self.tokens[ident] = self.last
        return self.tokens[ident]


def _host(boundary: Task) -> Task:
    """Return the task of the activity at whose boundary an event sits: its sibling below the split."""
    return next(one for one in boundary.parent.children if not hasattr(one.task_spec, "cancel_activity"))
