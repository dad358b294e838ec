"""Running a diagram without a database: answers in, one line out for everything that happens.

The clock is virtual: it only moves when an answer says so, and timers that fall due on the way fire
in their order. Process variables are one object; expressions read them by their bare names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.model import Event, Node, ReceiveTask
from engine.errors import Invalid, ProcedureError
from engine.execution.durations import Schedule, parse_duration, schedule
from engine.execution.errors import NothingWaits, Stuck, TooManySteps
from engine.execution.executors import Executor, get_executor
from engine.execution.steps import (
    Awaited,
    Complete,
    Entered,
    Fire,
    Happening,
    Interrupted,
    Left,
    Message,
    Signal,
    Start,
    Step,
    Thrown,
    TimerCleared,
    TimerSet,
    WorkOpened,
)
from engine.feel import evaluate, to_plain

RESERVED = frozenset({"dossier", "task", "unit", "today", "now"})
MOST_STEPS = 10_000

Json = dict[str, Any]
_SHOWN = {Entered: "entered", WorkOpened: "waiting", Awaited: "waiting", Left: "completed"}
_SHOWN[Interrupted] = "cancelled"
_OUTCOMES = {"failed": "error", "running": "waiting"}
_ANSWERS = {
    "complete": {"complete", "data"},
    "message": {"message", "data", "keys"},
    "signal": {"signal", "data"},
    "advance": {"advance"},
}


class BadAnswer(Invalid):
    """A line of the answers is none of the four kinds."""

    code = "bad_answer"
    vi = "Dòng trả lời không đúng: cần complete, message, signal hoặc advance; gặp {found}."
    en = "An answer is wrong: expected {expected}, but found {found}."


class ReservedName(Invalid):
    """A process variable has a name that expressions use for something else."""

    code = "reserved_name"
    vi = "“{found}” là tên dành riêng, không dùng làm tên dữ liệu."
    en = "“{found}” is reserved and cannot be the name of a variable."


def run_file(
    xml: bytes,
    process_id: str = "",
    data: Mapping[str, Any] | None = None,
    answers: Iterable[Mapping[str, Any]] = (),
    clock: datetime | None = None,
    max_steps: int = MOST_STEPS,
    pass_scripts: bool = False,
    executor: str = "marking",
) -> Iterator[Json]:
    """Execute a diagram and yield what happens; the last line is "stopped".

    Args:
        process_id: Which process of the file; "" the first executable one.
        answers: Each is applied when nothing can go on by itself.
        clock: Where the virtual clock stands at first; aware. The present by default.

    Raises:
        BadXml, BadDiagram, BadExtension: If the diagram cannot be executed.
        BadAnswer, BadTime, ReservedName: If an answer cannot be read.
    """
    definition = load_definition(xml, pass_scripts=pass_scripts)
    runner = _Runner(definition, get_executor(executor), data or {}, clock or datetime.now(UTC), max_steps)
    yield from runner.run(process_id or definition.process_id, answers)


class _Incident(Exception):
    """The run cannot go on; the line that says why has been made."""

    def __init__(self, line: Json) -> None:
        super().__init__(line)
        self.line = line


class _Runner:
    def __init__(
        self, definition: Definition, executor: Executor, data: Mapping[str, Any], now: datetime, steps: int
    ) -> None:
        self.definition = definition
        self.executor = executor
        self.data = _checked(data)
        self.now = now
        self.steps = steps
        self.state: Any = None
        self.status = "running"
        self.timers: dict[tuple[str, int, int], Schedule] = {}
        self.lines: list[Json] = []

    def run(self, process: str, answers: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
        try:
            self._begin(process)
            self._fire_until(process, self.now)
            yield from self._said()
            for answer in answers:
                if self.status != "running":
                    break
                self._apply(process, answer)
                self._fire_until(process, self.now)
                yield from self._said()
            self._check_stuck()
            outcome = _OUTCOMES.get(self.status, self.status)
        except _Incident as incident:
            yield from self._said()
            yield incident.line
            outcome = "incident"
        yield {
            "event": "stopped",
            "outcome": outcome,
            "waiting": self._waiting(),
            "data": to_plain(self.data),
        }

    # --- answers -----------------------------------------------------------------------------------

    def _apply(self, process: str, answer: Mapping[str, Any]) -> None:
        kind = _kind_of(answer)
        given = answer[kind]
        if kind == "advance":
            self._advance_clock(process, given)
            return
        new = _checked(answer.get("data") or {})
        if self.state is None:
            self._begin_by(process, kind, given, new)
        elif kind == "complete":
            self._do(Complete(self._oldest_work(given)), new)
        elif kind == "message":
            self._do(Message(self._name(given, self.definition.model.messages)), new)
        else:
            self._do(Signal(self._name(given, self.definition.model.signals)), new)

    def _oldest_work(self, element: str) -> int:
        for node, token in self.executor.open_work(self.definition, self.state):
            if node == element:
                return token
        raise self._incident(NothingWaits("an open task", f"{element} is not open", what=element), element)

    def _name(self, given: str, declared: Mapping[str, str]) -> str:
        """Names are compared; the id of a declared message or signal is understood too."""
        return given if given in declared.values() else declared.get(given, given)

    def _advance_clock(self, process: str, text: str) -> None:
        """Move the clock; what falls due on the way fires first, the earliest first."""
        until = parse_duration(text).after(self.now)
        self._fire_until(process, until)
        self.now = until

    def _fire_until(self, process: str, until: datetime) -> None:
        while self.status == "running" and self.timers:
            key, due = min(self.timers.items(), key=lambda one: one[1].due)
            if due.due > until:
                break
            self.now = max(self.now, due.due)
            self._fall_due(process, key, due)

    def _fall_due(self, process: str, key: tuple[str, int, int], due: Schedule) -> None:
        node, token, number = key
        if self.state is None:
            self.timers.clear()
            self._do(Start(process, node))
            return
        following = due.next()
        if following:
            self.timers[key] = following
        else:
            del self.timers[key]
        self._do(Fire(token, node, number, more=following is not None))

    # --- beginning ---------------------------------------------------------------------------------

    def _begin(self, process: str) -> None:
        """Start at once, or wait for one of the events by which the process starts."""
        model = self.definition.model
        if process not in model.processes or model.entries(process) or not model.triggers(process):
            self._do(Start(process))
            return
        for node in model.triggers(process):
            for number, definition in enumerate(_definitions(node)):
                if definition.kind == "timer":
                    key = (node.id, 0, number)
                    self.timers[key] = schedule(definition.time, definition.text, self.now)  # type: ignore[attr-defined]
        self._begin_when_true(process)

    def _begin_by(self, process: str, kind: str, given: str, new: Json) -> None:
        if kind == "complete":
            raise self._incident(NothingWaits("an open task", "nothing has begun", what=given), given)
        declared = self.definition.model.messages if kind == "message" else self.definition.model.signals
        name = self._name(given, declared)
        for node in self.definition.model.triggers(process):
            if any(d.kind == kind and d.ref == name for d in _definitions(node)):
                self.timers.clear()
                self._do(Start(process, node.id), new)
                return
        self.data |= new
        self._begin_when_true(process)
        if self.state is None and kind == "message":
            raise self._incident(NothingWaits("a start event", f"none waits for {name}", what=name), "")

    def _begin_when_true(self, process: str) -> None:
        for node in self.definition.model.triggers(process):
            for definition in _definitions(node):
                if definition.kind == "conditional" and self._evaluate(definition.condition, {}) is True:  # type: ignore[attr-defined]
                    self.timers.clear()
                    self._do(Start(process, node.id))
                    return

    # --- one step ----------------------------------------------------------------------------------

    def _do(self, event: Happening, new: Json | None = None) -> None:
        """Let one event happen. When it cannot, neither state nor data change."""
        before = self.data
        self.data = {**before, **(new or {})}
        try:
            step = self._step(event)
        except ProcedureError as error:
            self.data = before
            raise self._incident(error, getattr(event, "node", "")) from None
        self._take(step)
        self._deliver_own_messages(step)

    def _step(self, event: Happening) -> Step:
        self.steps -= 1
        if self.steps < 0:
            raise TooManySteps("the run to come to its end", "it took more steps than allowed")
        return self.executor.advance(self.definition, self.state, event, self._evaluate)

    def _deliver_own_messages(self, step: Step) -> None:
        """A message thrown here may be awaited here, in another branch; else it is for others."""
        thrown = deque(_messages(step))
        while thrown and self.status == "running":
            try:
                step = self._step(Message(thrown.popleft()))
            except NothingWaits:
                continue
            except ProcedureError as error:
                raise self._incident(error, "") from None
            self._take(step)
            thrown += _messages(step)

    def _take(self, step: Step) -> None:
        self.state, self.status = step.state, step.status
        for effect in step.effects:
            if isinstance(effect, TimerSet):
                key = (effect.node, effect.token, effect.number)
                self.timers[key] = schedule(effect.kind, effect.text, self.now)
            elif isinstance(effect, TimerCleared):
                self.timers.pop((effect.node, effect.token, effect.number), None)
            elif isinstance(effect, Thrown):
                self._say("thrown", effect.node, kind=effect.kind, ref=effect.ref)
            elif type(effect) in _SHOWN:
                self._say(_SHOWN[type(effect)], effect.node)  # type: ignore[union-attr]

    def _evaluate(self, text: str, names: Mapping[str, Any]) -> Any:
        moments = {"now": self.now, "today": self.now.date()}
        return evaluate(text, {**self.data, **moments, **names})

    # --- saying ------------------------------------------------------------------------------------

    def _say(self, event: str, element: str, **more: Any) -> None:
        self.lines.append({"event": event, "element": element, "time": self.now.isoformat(), **more})

    def _said(self) -> Iterator[Json]:
        lines, self.lines = self.lines, []
        yield from lines

    def _incident(self, error: ProcedureError, element: str) -> _Incident:
        node = str(error.facts.get("node", element))
        return _Incident(
            {
                "event": "incident",
                "element": node,
                "time": self.now.isoformat(),
                "code": error.code,
                "message": {"vi": error.say("vi"), "en": error.say("en")},
            }
        )

    def _check_stuck(self) -> None:
        if self.state is None or self.status != "running":
            return
        for join in self.executor.stuck(self.definition, self.state):
            found = f"{join} waits for a branch that never comes"
            raise self._incident(Stuck("every branch to arrive", found, what=join), join)

    def _waiting(self) -> list[str]:
        if self.status != "running":
            return []
        if self.state is None:
            return [node.id for node in self.definition.model.triggers(self.definition.process_id)]
        return [node for node, _ in self.executor.waiting(self.definition, self.state)]


def _messages(step: Step) -> list[str]:
    return [e.ref for e in step.effects if isinstance(e, Thrown) and e.kind == "message"]


def _kind_of(answer: Mapping[str, Any]) -> str:
    if isinstance(answer, Mapping):
        for kind, allowed in _ANSWERS.items():
            fits = isinstance(answer.get(kind), str) and set(answer) <= allowed
            if fits and isinstance(answer.get("data") or {}, Mapping):
                return kind
    raise BadAnswer("complete, message, signal or advance", repr(answer)[:120])


def _checked(data: Mapping[str, Any]) -> Json:
    for name in data:
        if name in RESERVED:
            raise ReservedName("another name", name)
    return {str(name): _exact(value) for name, value in data.items()}


def _exact(value: Any) -> Any:
    """Numbers that came as floats are taken as they were written."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {str(key): _exact(one) for key, one in value.items()}
    return [_exact(one) for one in value] if isinstance(value, list | tuple) else value


def _definitions(node: Node) -> Iterable[Any]:
    if isinstance(node, ReceiveTask):
        return (node.definition,)
    return node.definitions if isinstance(node, Event) else ()
