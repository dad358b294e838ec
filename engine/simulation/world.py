"""One repetition: dossiers arrive, wait for people, are worked on, and are done or not in the end."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from math import log
from typing import Any

from engine.bpmn.definitions import Definition
from engine.bpmn.model import AdHocSubProcess
from engine.bpmn.steps import StepSpec
from engine.domain.calendar import WorkingCalendar
from engine.domain.deadlines import ClockPolicy, Stop, TermKind, due
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Refused
from engine.execution import (
    Assigned,
    Choose,
    Complete,
    Fire,
    Happening,
    Start,
    TimerCleared,
    TimerSet,
    WorkClosed,
    WorkOpened,
)
from engine.execution.advance import advance, choosable
from engine.execution.errors import WorkGoesOn
from engine.simulation.loads import Load, Shares, waits_outside
from engine.simulation.worktime import WorkTime
from engine.usecases.evaluation import answer
from engine.usecases.results import is_main
from engine.usecases.stops import SUPPLEMENT, kind_of_stop, term_of
from engine.usecases.timer_texts import alarm, next_round

MOST_ACTS = 300  # of one dossier; more is a loop that the choices never leave
MOST_DOSSIERS = 500_000
DRAIN = 3  # how many times the days of arrivals the rest may take


class NeverEnds(Refused):
    """With these choices a dossier goes round and round."""

    code = "simulation_never_ends"
    vi = (
        "Mô phỏng này không kết thúc: một hồ sơ đã qua {acts} bước mà chưa xong, nhiều nhất là “{step}” "
        "({times} lần). Hãy cho tỷ lệ chọn khác, hoặc xem lại vòng lặp trong sơ đồ."
    )
    en = (
        "This simulation does not end: one dossier went through {acts} steps and is not done, most often "
        "“{step_en}” ({times} times). Give other shares of choices, or look at the loop in the diagram."
    )


class TooMuch(Refused):
    """No dossiers, or more than can be simulated at once."""

    code = "simulation_too_large"
    vi = "Mô phỏng {dossiers} hồ sơ: cần ít nhất 1, tối đa {most} hồ sơ một lần. Hãy đổi số ngày hay số lần."
    en = "Simulating {dossiers} dossiers: at least 1 and at most {most} at once. Change days or repetitions."


@dataclass(slots=True)
class Desk:
    """The people of one role, and the work that waits for them.

    Attributes:
        busy, waited: Working minutes within the days of arrivals: at work, and of work in the queue.
        delayed: Working minutes that all begun work has waited.
        asked: Working minutes that the arriving work needs, whether or not somebody gets to it.
    """

    people: int
    free: int
    queue: deque[Job] = field(default_factory=deque)
    waiting: int = 0
    longest: int = 0
    busy: float = 0.0
    waited: float = 0.0
    delayed: float = 0.0
    asked: float = 0.0
    served: int = 0


@dataclass(slots=True)
class Job:
    dossier: Dossier
    spec: StepSpec
    token: int
    opened: float
    began: float = -1.0  # working minute
    takes: float = 0.0
    gone: bool = False
    stop: str = ""


@dataclass(slots=True)
class Dossier:
    number: int
    arrived: float
    data: dict[str, Any]
    state: Any = None
    accepted: float = -1.0
    resolved: float = -1.0
    done: float = -1.0
    rounds: int = 0
    acts: int = 0
    jobs: dict[int, Job] = field(default_factory=dict)
    begun: dict[int, tuple[str, set[str]]] = field(default_factory=dict)  # where people choose, by token
    timers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    stops: list[tuple[int, Stop]] = field(default_factory=list)
    visits: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class StepFigures:
    """Means of one step, in working hours."""

    times: int
    waiting: float
    working: float


@dataclass(frozen=True, slots=True)
class RoleFigures:
    """One role over the days of arrivals.

    Attributes:
        utilisation: Share of the working time spent at work, 0 to 1.
        needed: People who would be busy all the time with what arrives; more than there are never catch up.
        queue, longest: Work in the queue, on average and at most.
        waiting: Mean working hours from opened to begun.
    """

    people: int
    utilisation: float
    needed: float
    queue: float
    longest: int
    waiting: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """What one repetition gave.

    Attributes:
        hours: Working hours from acceptance to result, of every resolved dossier.
        unfinished: Dossiers not done when the rest had its time.
    """

    arrived: int
    resolved: int
    on_time: int
    unfinished: int
    hours: tuple[float, ...]
    roles: Mapping[str, RoleFigures]
    steps: Mapping[str, StepFigures]


class World:
    """Everything that goes on in one repetition."""

    def __init__(
        self,
        definition: Definition,
        procedure: Procedure,
        load: Load,
        calendar: WorkingCalendar,
        time: WorkTime,
        days: int,
        seed: str,
    ) -> None:
        self.definition, self.procedure, self.load = definition, procedure, load
        self.calendar, self.time, self.seed = calendar, time, seed
        self.window = time.day_worked(days)
        self.per_minute = load.arrivals / calendar.day_minutes
        self.term = term_of(procedure)
        self.now = 0.0
        self.desks = {role: Desk(people, people) for role, people in load.staff.items()}
        self.waits: Counter[str] = Counter()
        self.works: Counter[str] = Counter()
        self.times: Counter[str] = Counter()
        self.dossiers: list[Dossier] = []
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._number = 0
        self._dues: dict[Any, float] = {}

    def run(self) -> Once:
        """Run to the end of the days, and on until all is done or the rest has had its time."""
        self._next_arrival(0.0)
        while self._heap:
            self.now, _, act, given = heapq.heappop(self._heap)
            if self.now >= self.time.end:
                break
            act(*given)
        return self._figures()

    # --- arrivals ----------------------------------------------------------------------------------

    def _next_arrival(self, worked: float) -> None:
        number = len(self.dossiers)
        worked += -log(1 - self._draw(number, "", 0)[0]) / self.per_minute
        if worked < self.window:
            self._at(self.time.wall(worked), self._arrive, number, worked)

    def _arrive(self, number: int, worked: float) -> None:
        data = dict(self.load.data)
        for name, shares in self.load.values.items():
            data[name] = _pick(shares, self._draw(number, name, 0)[0])
        dossier = Dossier(number, self.now, data)
        self.dossiers.append(dossier)
        self._next_arrival(worked)
        self._move(dossier, Start(self.definition.process_id))
        if dossier.accepted < 0 and not any(one.spec.kind == "receive" for one in dossier.jobs.values()):
            dossier.accepted = self.now

    # --- work --------------------------------------------------------------------------------------

    def _open(self, dossier: Dossier, node: str, token: int) -> Job:
        spec = self.definition.steps.get(node) or StepSpec(id=node)
        job = Job(dossier, spec, token, self.now, stop=kind_of_stop(spec))
        dossier.jobs[token] = job
        dossier.visits[node] += 1
        share = self._draw(dossier.number, node, dossier.visits[node])[0]
        job.takes = self.load.times[node].at(share)
        if waits_outside(spec):
            self._at(self.now + job.takes, self._finish, job)
            return job
        desk = self.desks[spec.role]
        if self._in_window(self.now):
            desk.asked += job.takes
        if desk.free:
            self._begin(desk, job)
        else:
            desk.queue.append(job)
            desk.waiting += 1
            desk.longest = max(desk.longest, desk.waiting)
        return job

    def _begin(self, desk: Desk, job: Job) -> None:
        desk.free -= 1
        desk.served += 1
        job.began = self.time.worked(self.now)
        opened = self.time.worked(job.opened)
        desk.waited += max(min(job.began, self.window) - opened, 0.0)
        desk.delayed += job.began - opened
        self.waits[job.spec.id] += job.began - opened
        self._at(self.time.wall(job.began + job.takes), self._finish, job)

    def _finish(self, job: Job) -> None:
        if job.gone:
            return
        dossier, spec = job.dossier, job.spec
        outcome = self._complete(dossier, job)
        if spec.kind == "receive" and dossier.accepted < 0:
            dossier.accepted = self.now
        if (spec.result or spec.kind == "return_result") and is_main(spec, outcome) and dossier.resolved < 0:
            dossier.resolved = self.now

    def _complete(self, dossier: Dossier, job: Job) -> str:
        """Take the outcome that the draw says; one that asks for papers too often is not possible."""
        spec, shares = job.spec, self.load.outcomes.get(job.spec.id, ())
        if not shares:
            self._move(dossier, Complete(job.token))
            return ""
        share = self._draw(dossier.number, spec.id, dossier.visits[spec.id])[1]
        while True:
            outcome = _pick(shares, share)
            before = dossier.data.get(spec.decision)
            if spec.decision:
                dossier.data[spec.decision] = outcome
            if self._move(dossier, Complete(job.token)):
                return outcome
            dossier.data[spec.decision] = before
            shares = _without(shares, outcome)
            if not shares:
                raise self._never_ends(dossier)

    def _close(self, job: Job) -> None:
        job.gone = True
        del job.dossier.jobs[job.token]
        if waits_outside(job.spec):
            return
        desk = self.desks[job.spec.role]
        if job.began < 0:
            desk.waiting -= 1
            return
        worked = self.time.worked(self.now) - job.began
        desk.busy += max(min(job.began + worked, self.window) - job.began, 0.0)
        self.works[job.spec.id] += worked
        self.times[job.spec.id] += 1
        desk.free += 1

    def _next_work(self) -> None:
        """Whoever is free takes the oldest work of the queue."""
        for desk in self.desks.values():
            while desk.free and desk.waiting:
                job = desk.queue.popleft()
                if not job.gone:
                    desk.waiting -= 1
                    self._begin(desk, job)

    # --- the diagram -------------------------------------------------------------------------------

    def _move(self, dossier: Dossier, event: Happening) -> bool:
        """Let something happen; False, and nothing, if it would ask for papers once too often."""
        step = advance(self.definition.model, dossier.state, event, self._evaluator(dossier))
        opened = [one for one in step.effects if isinstance(one, WorkOpened)]
        if self._asks_too_often(dossier, opened):
            return False
        dossier.acts += 1
        if dossier.acts > MOST_ACTS:
            raise self._never_ends(dossier)
        dossier.state = step.state
        for effect in step.effects:
            match effect:
                case WorkOpened(node, token) if self._lets_choose(node):
                    dossier.begun[token] = (node, set())
                case WorkOpened(node, token):
                    self._stop(self._open(dossier, node, token))
                case WorkClosed(_, token) if token in dossier.begun:
                    del dossier.begun[token]
                case WorkClosed(_, token) if token in dossier.jobs:
                    job = dossier.jobs[token]
                    self._close(job)
                    self._resume(job)
                case Assigned(name, value):
                    dossier.data[name] = value
                case TimerSet():
                    self._set(dossier, effect)
                case TimerCleared(node, token, number):
                    dossier.timers.pop((node, token, number), None)
        if dossier.begun and step.status == "running":
            self._choose(dossier)
        self._next_work()
        if step.status != "running":
            dossier.done = self.now
            if dossier.resolved < 0 and dossier.accepted >= 0:
                dossier.resolved = self.now
        return True

    def _lets_choose(self, node: str) -> bool:
        return isinstance(self.definition.model.nodes[node], AdHocSubProcess)

    def _choose(self, dossier: Dossier) -> None:
        """Where people choose what is done, each activity is begun once; then nothing more is."""
        inside = choosable(self.definition.model, dossier.state)
        for token, (node, begun) in dossier.begun.items():
            new = next((one for one, of in inside.items() if of == node and one not in begun), None)
            if new is not None:
                begun.add(new)
                self._move(dossier, Choose(new))  # and so on, until nothing is left to begin
                return
            with suppress(WorkGoesOn):
                self._move(dossier, Complete(token))
                return

    def _evaluator(self, dossier: Dossier) -> Callable[[str, Mapping[str, Any]], Any]:
        context: dict[str, Any] = {}

        def look(text: str, names: Mapping[str, Any]) -> Any:
            if not context:
                now = self.time.moment(self.now)
                context.update(self.procedure.options)
                context.update(dossier.data)
                context.update(
                    form=dossier.data,
                    unit=None,
                    task=None,
                    today=now.date(),
                    now=now,
                    dossier=self._facts(dossier),
                )
            known = {**context, **names} if names else context
            return answer(text, known, self.procedure, self.time.moment(self.now))

        return look

    def _facts(self, dossier: Dossier) -> dict[str, Any]:
        rule = self.procedure.supplement
        return {
            "procedure": self.procedure.key,
            "rounds": dossier.rounds,
            "max_rounds": rule.max_rounds,
            "options": dict(self.procedure.options),
        }

    def _asks_too_often(self, dossier: Dossier, opened: list[WorkOpened]) -> bool:
        if dossier.rounds < self.procedure.supplement.max_rounds:
            return False
        steps = self.definition.steps
        return any(one.node in steps and steps[one.node].kind == "wait_citizen" for one in opened)

    # --- clocks ------------------------------------------------------------------------------------

    def _stop(self, job: Job) -> None:
        if not job.stop:
            return
        policy = ClockPolicy.PAUSE
        if job.stop == SUPPLEMENT:
            policy = ClockPolicy(self.procedure.supplement.clock)
            job.dossier.rounds += 1
        at = self.time.moment(self.now)
        job.dossier.stops.append((job.token, Stop(policy=policy, stopped_at=at, resumed_at=None)))

    def _resume(self, job: Job) -> None:
        if job.stop:
            at = self.time.moment(self.now)
            job.dossier.stops = [
                (token, Stop(policy=one.policy, stopped_at=one.stopped_at, resumed_at=at))
                if token == job.token and one.resumed_at is None
                else (token, one)
                for token, one in job.dossier.stops
            ]

    def _set(self, dossier: Dossier, timer: TimerSet) -> None:
        key = (timer.node, timer.token, timer.number)
        calendar = self.calendar if timer.working else None
        found = alarm(timer.kind, timer.text, self.time.moment(self.now), calendar)
        self._arm(dossier, key, found.at, found.times, found.every, calendar)

    def _arm(
        self,
        dossier: Dossier,
        key: tuple[str, int, int],
        at: datetime,
        times: int,
        every: str,
        calendar: WorkingCalendar | None,
    ) -> None:
        self._number += 1
        dossier.timers[key] = self._number
        wall = max(self.time.since(at), self.now)
        self._at(wall, self._ring, dossier, key, self._number, at, times, every, calendar)

    def _ring(
        self,
        dossier: Dossier,
        key: tuple[str, int, int],
        number: int,
        at: datetime,
        times: int,
        every: str,
        calendar: WorkingCalendar | None,
    ) -> None:
        if dossier.timers.get(key) != number:
            return
        del dossier.timers[key]
        more = times > 1
        if more:
            self._arm(dossier, key, next_round(every, at, calendar), times - 1, every, calendar)
        node, token, place = key
        self._move(dossier, Fire(token, node, place, more))

    def _at(self, wall: float, act: Callable[..., None], *given: Any) -> None:
        self._number += 1
        heapq.heappush(self._heap, (wall, self._number, act, given))

    # --- chance ------------------------------------------------------------------------------------

    def _draw(self, dossier: int, what: str, visit: int) -> tuple[float, float]:
        """Return two numbers from 0 to 1, the same for this dossier and step in every variant."""
        digest = blake2b(f"{self.seed}/{dossier}/{what}/{visit}".encode(), digest_size=16).digest()
        scale = float(1 << 64)
        return int.from_bytes(digest[:8]) / scale, int.from_bytes(digest[8:]) / scale

    # --- the end -----------------------------------------------------------------------------------

    def _in_window(self, wall: float) -> bool:
        return self.time.worked(wall) < self.window

    def _due(self, dossier: Dossier) -> float:
        """Return the wall minute at which the dossier is due."""
        accepted = self.time.moment(dossier.accepted)
        stops = [one for _, one in dossier.stops]
        if stops or self.term.kind is TermKind.HOUR:
            return self.time.since(due(self.calendar, accepted, self.term, stops).at)
        late = bool(self.term.cutoff and accepted.time() > self.term.cutoff)
        key = (accepted.date(), late)
        if key not in self._dues:
            self._dues[key] = self.time.since(due(self.calendar, accepted, self.term).at)
        return self._dues[key]

    def _figures(self) -> Once:
        resolved = [one for one in self.dossiers if one.resolved >= 0 and one.accepted >= 0]
        if self.dossiers and not resolved:
            raise self._never_ends(max(self.dossiers, key=lambda one: one.acts))
        worked = self.time.worked
        return Once(
            arrived=len(self.dossiers),
            resolved=len(resolved),
            on_time=sum(one.resolved <= self._due(one) for one in resolved),
            unfinished=sum(one.done < 0 for one in self.dossiers),
            hours=tuple((worked(one.resolved) - worked(one.accepted)) / 60 for one in resolved),
            roles={role: self._role(desk) for role, desk in self.desks.items()},
            steps={
                node: StepFigures(times, self.waits[node] / times / 60, self.works[node] / times / 60)
                for node, times in self.times.items()
            },
        )

    def _role(self, desk: Desk) -> RoleFigures:
        left = sum(max(self.window - self.time.worked(job.opened), 0.0) for job in desk.queue if not job.gone)
        return RoleFigures(
            people=desk.people,
            utilisation=desk.busy / (desk.people * self.window),
            needed=desk.asked / self.window,
            queue=(desk.waited + left) / self.window,
            longest=desk.longest,
            waiting=desk.delayed / desk.served / 60 if desk.served else 0.0,
        )

    def _never_ends(self, dossier: Dossier) -> NeverEnds:
        node, times = dossier.visits.most_common(1)[0] if dossier.visits else ("", 0)
        spec = self.definition.steps.get(node)
        name = spec.name if spec and spec.name else Text(node)
        return NeverEnds(
            f"at most {MOST_ACTS} steps of a dossier",
            "one goes on",
            acts=dossier.acts,
            step=name.vi,
            step_en=name.say("en"),
            times=times,
        )


def _pick(shares: Shares, share: float) -> Any:
    """Return the value into whose part of 0 to 1 `share` falls."""
    total = 0.0
    for value, part in shares:
        total += part
        if share < total:
            return value
    return shares[-1][0]


def _without(shares: Shares, value: Any) -> Shares:
    """Return the other shares, as parts of a whole again."""
    rest = [(one, part) for one, part in shares if one != value]
    total = sum(part for _, part in rest)
    if not rest:
        return ()
    return tuple((one, part / total if total else 1 / len(rest)) for one, part in rest)
