"""Running a diagram without a database: answers in, one line out for everything that happens.

The clock is virtual: it only moves when an answer says so, and timers that fall due on the way fire
in their order. Each instance has its own variables; expressions read them by their bare names. Pools
that message flows connect run together, and every event start begins an instance of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.model import Event
from engine.errors import ProcedureError
from engine.execution.answers import BadAnswer, Json, ReservedName, checked, kind_of
from engine.execution.cases import Case, Key
from engine.execution.decisions import Shelf
from engine.execution.durations import Schedule, parse_duration, schedule
from engine.execution.errors import NothingWaits, Stuck, TooManySteps
from engine.execution.executors import Executor, get_executor
from engine.execution.pools import Address, addresses, event_definitions, playing, starts_by
from engine.execution.steps import (
    Awaited,
    Choose,
    Complete,
    Entered,
    Fail,
    Fire,
    Happening,
    Interrupted,
    Left,
    Message,
    Signal,
    Start,
    Step,
    Thrown,
    WorkOpened,
)
from engine.execution.timers import timer_text
from engine.feel import to_plain

__all__ = ["MOST_STEPS", "BadAnswer", "ReservedName", "run_file"]

MOST_STEPS = 10_000

_SHOWN = {Entered: "entered", WorkOpened: "waiting", Awaited: "waiting", Left: "completed"}
_SHOWN[Interrupted] = "cancelled"


def run_file(
    xml: bytes,
    process_id: str = "",
    data: Mapping[str, Any] | None = None,
    answers: Iterable[Mapping[str, Any]] = (),
    clock: datetime | None = None,
    max_steps: int = MOST_STEPS,
    pass_scripts: bool = False,
    executor: str = "marking",
    decisions: Mapping[str, bytes] | None = None,
) -> Iterator[Json]:
    """Execute a diagram and yield what happens; the last line is "stopped".

    Args:
        process_id: Which process of the file; "" the first executable one.
        data: Variables that every instance begins with.
        answers: Each is applied when nothing can go on by itself.
        clock: Where the virtual clock stands at first; aware. The present by default.
        decisions: DMN files, for the decisions that rule tasks ask for.

    Raises:
        BadXml, BadDiagram, BadExtension: If the diagram cannot be executed.
        BadAnswer, BadTime, ReservedName: If an answer cannot be read.
    """
    definition = load_definition(xml, pass_scripts=pass_scripts)
    process = process_id or definition.process_id
    now = clock or datetime.now(UTC)
    runner = _Runner(definition, get_executor(executor), process, checked(data or {}), now, max_steps)
    runner.shelf = Shelf(decisions)
    yield from runner.run(answers)


class _Incident(Exception):
    """The run cannot go on; the line that says why has been made."""

    def __init__(self, line: Json) -> None:
        super().__init__(line)
        self.line = line


class _Post(NamedTuple):
    """A message on its way: kept until somebody waits for it."""

    to: Address
    data: Json
    keys: Json


class _Runner:
    def __init__(
        self, definition: Definition, executor: Executor, process: str, data: Json, now: datetime, steps: int
    ) -> None:
        self.definition = definition
        self.model = definition.model
        self.executor = executor
        self.process = process
        self.processes = playing(self.model, process)
        self.data = data
        self.now = now
        self.steps = steps
        self.shelf = Shelf()
        self.cases: list[Case] = []
        self.starts: dict[tuple[str, Key], Schedule] = {}
        self.seen: dict[tuple[str, str], dict[int, Json]] = {}  # of parallel multiple start events
        self.post: list[_Post] = []
        self.thrown: deque[tuple[Case, Thrown]] = deque()
        self.lines: list[Json] = []

    def run(self, answers: Iterable[Mapping[str, Any]]) -> Iterator[Json]:
        try:
            for process in self.processes:
                self._begin(process)
            self._fire_until(self.now)
            yield from self._said()
            for answer in answers:
                if not self._goes_on(answer):
                    break
                self._apply(answer)
                self._fire_until(self.now)
                yield from self._said()
            self._check_stuck()
            outcome = self._outcome()
        except _Incident as incident:
            yield from self._said()
            yield incident.line
            outcome = "incident"
        data = to_plain(self._all_data())
        yield {"event": "stopped", "outcome": outcome, "waiting": self._waiting(), "data": data}

    # --- answers -----------------------------------------------------------------------------------

    def _goes_on(self, answer: Mapping[str, Any]) -> bool:
        """Once every instance has ended, only what starts another one is still of interest."""
        if not self.cases or any(case.is_running for case in self.cases):
            return True
        kind = kind_of(answer)
        return kind in ("message", "signal") and bool(self._starters(kind, self._name(kind, answer[kind])))

    def _apply(self, answer: Mapping[str, Any]) -> None:
        kind = kind_of(answer)
        given = answer[kind]
        new, keys = checked(answer.get("data") or {}), checked(answer.get("keys") or {})
        if kind == "advance":
            self._advance_clock(given)
        elif kind == "complete":
            self._work(given, lambda token: Complete(token, new))
        elif kind == "fail":
            self._work(given, lambda token: Fail(token, answer.get("code", "")), new)
        elif kind == "choose":
            self._choose(given)
        elif kind == "message":
            name = self._name(kind, given)
            found = {key: value for key, value in self._keys_of(None, name, new).items() if value is not None}
            keys = {**found, **keys}
            if not self._hand_over(_Post(Address("", name), new, keys)) and not self._began_by_data(new):
                waits = NothingWaits(
                    "something to wait for the message", f"nothing waits for {name}", what=name
                )
                raise self._incident(waits, "")
        elif not self._broadcast(self._name(kind, given), new) and not self.cases:
            self._began_by_data(new)
        self._settle()

    def _work(self, element: str, made: Callable[[int], Happening], new: Json | None = None) -> None:
        """Let something happen to the oldest open work of an element."""
        for case in self.cases:
            for node, token in case.open_work():
                if node == element:
                    self._do(case, made(token), new)
                    return
        raise self._incident(NothingWaits("an open task", f"{element} is not open", what=element), element)

    def _choose(self, element: str) -> None:
        for case in self.cases:
            if case.is_running:
                try:
                    self._do(case, Choose(element), refuse=False)
                except NothingWaits:
                    continue
                return
        raise self._incident(NothingWaits("a choice", f"{element} cannot be chosen", what=element), element)

    def _name(self, kind: str, given: str) -> str:
        """Names are compared; the id of a declared message or signal is understood too."""
        declared = self.model.messages if kind == "message" else self.model.signals
        return given if given in declared.values() else declared.get(given, given)

    # --- the clock ---------------------------------------------------------------------------------

    def _advance_clock(self, text: str) -> None:
        """Move the clock; what falls due on the way fires first, the earliest first."""
        until = parse_duration(text).after(self.now)
        self._fire_until(until)
        self.now = until

    def _fire_until(self, until: datetime) -> None:
        while due := self._next_due():
            when, fire = due
            if when > until:
                break
            self.now = max(self.now, when)
            fire()
            self._settle()

    def _next_due(self) -> tuple[datetime, Any] | None:
        found = [
            (due.due, lambda case=case, key=key: self._fire(case, key))
            for case in self.cases
            if case.is_running
            for key, due in case.timers.items()
        ]
        found += [(due.due, lambda key=key: self._fire_start(key)) for key, due in self.starts.items()]
        return min(found, key=lambda one: one[0]) if found else None

    def _fire(self, case: Case, key: Key) -> None:
        node, token, number = key
        following = case.timers.pop(key).next()
        if following:
            case.timers[key] = following
        self._do(case, Fire(token, node, number, more=following is not None))

    def _fire_start(self, at: tuple[str, Key]) -> None:
        """Every repeat of a start timer begins an instance of its own."""
        following = self.starts.pop(at).next()
        if following:
            self.starts[at] = following
        process, (node, _, number) = at
        self._occur(process, node, number)

    # --- beginning ---------------------------------------------------------------------------------

    def _begin(self, process: str) -> None:
        """Start at once, or wait for one of the events by which the process starts."""
        model = self.model
        if process not in model.processes or model.entries(process) or not model.triggers(process):
            self._start(process)
            self._settle()
            return
        case = self._new_case(process)
        for node in model.triggers(process):
            for number, definition in enumerate(event_definitions(node)):
                if definition.kind == "timer":
                    text = timer_text(definition, lambda text: case.evaluate(text, {}, self.now))
                    self.starts[process, (node.id, 0, number)] = schedule(definition.time, text, self.now)
        self._begin_when_true(process)

    def _new_case(self, process: str) -> Case:
        return Case(self.definition, self.executor, process, dict(self.data), self.shelf)

    def _start(self, process: str, node: str = "", data: Json | None = None, new: Json | None = None) -> None:
        """`data` is what the event that starts it carries, `new` what its variables begin with besides."""
        case = self._new_case(process)
        self.cases.append(case)
        try:
            self._do(case, Start(process, node, data or {}), new)
        except _Incident:
            if case.state is None:
                self.cases.remove(case)
            raise

    def _occur(
        self, process: str, node: str, number: int, data: Json | None = None, new: Json | None = None
    ) -> None:
        """One definition of a start event occurs; of a parallel multiple one, all must before it starts."""
        start = self.model.nodes[node]
        if isinstance(start, Event) and start.together:
            seen = self.seen.setdefault((process, node), {})
            seen[number] = {**(new or {}), **(data or {})}
            if len(seen) < len(start.definitions):
                return
            parts = self.seen.pop((process, node))
            data = {name: value for part in parts.values() for name, value in part.items()}
        self._start(process, node, data, new)

    def _starters(self, kind: str, name: str, process: str = "") -> list[tuple[str, str, int]]:
        """Processes that a message or signal starts, each with the node and definition that catch it."""
        found = []
        for one in (process,) if process else self.processes:
            node = starts_by(self.model, one, kind, name) if one in self.processes else None
            for number, definition in enumerate(event_definitions(node) if node else ()):
                if node and (definition.kind, definition.ref) == (kind, name):
                    found.append((one, node.id, number))
                    break
        return found

    def _began_by_data(self, new: Json) -> bool:
        """Before anything has begun, data may make the condition of a start event true."""
        if self.cases:
            return False
        self.data |= new
        self._begin_when_true(self.process)
        return bool(self.cases)

    def _begin_when_true(self, process: str) -> None:
        for node in self.model.triggers(process):
            for number, definition in enumerate(event_definitions(node)):
                if definition.kind == "conditional":
                    held = self._new_case(process).evaluate(definition.condition, {}, self.now)
                    if held is True:
                        self._occur(process, node.id, number)
                        self._settle()
                        return

    # --- messages and signals ----------------------------------------------------------------------

    def _settle(self) -> None:
        """Hand on what was thrown until nobody throws or waits for anything kept any more."""
        while self.thrown or self._hand_over_kept():
            if self.thrown:
                case, thrown = self.thrown.popleft()
                if thrown.kind == "signal":
                    self._broadcast(thrown.ref, dict(thrown.data), beside=case)
                else:
                    self._send(case, thrown)

    def _send(self, case: Case, thrown: Thrown) -> None:
        """By message flow to another pool, where it is kept until awaited; else to who waits now."""
        carried = dict(thrown.data)
        keys = self._keys_of(case, thrown.ref, carried)
        case.data = {**case.data, **self._adopted(case, keys)}
        to = addresses(self.model, thrown.node, thrown.ref)
        if to is None:
            self._hand_over(_Post(Address("", thrown.ref), carried, keys), first=case)
            return
        self.post += [_Post(one, carried, keys) for one in to if one.process in self.processes]

    def _keys_of(self, case: Case | None, name: str, carried: Json) -> Json:
        """The correlation properties of a message, by its paths into what it carries."""
        paths = self.model.message_paths.get(name, {})
        inside = [one for one in carried.values() if isinstance(one, dict)]
        names = {**(inside[0] if len(inside) == 1 else {}), **carried}
        at = case or Case(self.definition, self.executor, self.process, {})
        try:
            return {key: at.evaluate(path, names, self.now) for key, path in paths.items()}
        except ProcedureError as error:
            raise self._incident(error, "") from None

    def _hand_over_kept(self) -> bool:
        for kept in list(self.post):
            if self._hand_over(kept):
                self.post.remove(kept)
                return True
        return False

    def _hand_over(self, post: _Post, first: Case | None = None) -> bool:
        """Give a message to one instance that waits for it, else to a start event."""
        process, name = post.to
        for case in sorted(self.cases, key=lambda one: one is not first):
            if case.is_running and process in ("", case.process):
                try:
                    adopted = self._adopted(case, post.keys)
                    self._do(case, Message(name, post.keys, post.data), adopted, refuse=False)
                except NothingWaits:
                    continue
                return True
        for starting, node, number in self._starters("message", name, process)[:1]:
            self._occur(starting, node, number, post.data, post.keys)
            return True
        return False

    def _adopted(self, case: Case, keys: Json) -> Json:
        """A key without a value in the instance takes that of its first message (BPMN 2.0.2, 8.4.2)."""
        bound = self.model.bindings.get(case.process, {})
        return {
            key: value
            for key, value in keys.items()
            if value is not None and key not in bound and case.data.get(key) is None
        }

    def _broadcast(self, name: str, new: Json, beside: Case | None = None) -> bool:
        running = [case for case in self.cases if case.is_running and case is not beside]
        starters = self._starters("signal", name)
        for case in running:
            if case.is_running:
                self._do(case, Signal(name, new))
        for process, node, number in starters:
            self._occur(process, node, number, new)
        return bool(running or starters)

    # --- one step ----------------------------------------------------------------------------------

    def _do(self, case: Case, event: Happening, new: Json | None = None, *, refuse: bool = True) -> None:
        """Let one event happen to an instance; `refuse`: that it waits for nothing such is an incident."""
        self.steps -= 1
        try:
            if self.steps < 0:
                raise TooManySteps("the run to come to its end", "it took more steps than allowed")
            step = case.do(event, self.now, new or {})
        except NothingWaits as error:
            if not refuse:
                self.steps += 1
                raise
            raise self._incident(error, getattr(event, "node", "")) from None
        except ProcedureError as error:
            raise self._incident(error, getattr(event, "node", "")) from None
        self._take(case, step)

    def _take(self, case: Case, step: Step) -> None:
        for effect in step.effects:
            if isinstance(effect, Thrown):
                self._say("thrown", effect.node, kind=effect.kind, ref=effect.ref)
                if effect.kind in ("message", "signal"):
                    self.thrown.append((case, effect))
            elif type(effect) in _SHOWN:
                self._say(_SHOWN[type(effect)], effect.node)  # type: ignore[union-attr]

    # --- saying ------------------------------------------------------------------------------------

    def _say(self, event: str, element: str, **more: Any) -> None:
        self.lines.append({"event": event, "element": element, "time": self.now.isoformat(), **more})

    def _said(self) -> Iterator[Json]:
        lines, self.lines = self.lines, []
        yield from lines

    def _incident(self, error: ProcedureError, element: str) -> _Incident:
        return _Incident(
            {
                "event": "incident",
                "element": str(error.facts.get("node", element)),
                "time": self.now.isoformat(),
                "code": error.code,
                "message": {"vi": error.say("vi"), "en": error.say("en")},
            }
        )

    def _check_stuck(self) -> None:
        for join in [one for case in self.cases for one in case.stuck()]:
            found = f"{join} waits for a branch that never comes"
            raise self._incident(Stuck("every branch to arrive", found, what=join), join)

    def _outcome(self) -> str:
        """What has failed counts first, then what still waits, then how the instances ended."""
        ends = [case.status for case in self.cases]
        if "failed" in ends:
            return "error"
        if "running" in ends or not ends:
            return "waiting"
        return "terminated" if "terminated" in ends else "completed"

    def _waiting(self) -> list[str]:
        if not self.cases and self.process in self.model.processes:
            return [node.id for node in self.model.triggers(self.process)]
        return [node for case in self.cases for node in case.waiting()]

    def _all_data(self) -> Json:
        """The variables of all instances; where names are the same, those of the oldest count."""
        found = dict(self.data) if not self.cases else {}
        for case in reversed(self.cases):
            found |= case.data
        return found
