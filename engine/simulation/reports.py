"""Simulations repeated, and two variants side by side: means with their range, and what is narrow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt
from statistics import mean, stdev
from typing import Any

from engine.bpmn.definitions import Definition
from engine.domain.calendar import WorkingCalendar
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.simulation.loads import Load
from engine.simulation.worktime import WorkTime
from engine.simulation.world import DRAIN, MOST_DOSSIERS, Once, TooMuch, World

NARROW = 0.85  # of the time: queues grow fast beyond
LONG_WAIT = 1.0  # working hours in a queue that are worth a sentence
# Student's t for 95 % by repetitions less one; beyond the list the normal distribution does.
_T = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11)
_T += (2.10, 2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over repetitions, and how far it may be off: 95 % of the time within `margin`.

    `margin` is None with one repetition, which says nothing about chance.
    """

    mean: float
    margin: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> Estimate:
        if len(values) < 2:
            return cls(values[0] if values else 0.0, None)
        factor = _T[len(values) - 2] if len(values) - 2 < len(_T) else 1.96
        return cls(mean(values), factor * stdev(values) / sqrt(len(values)))

    def as_json(self) -> dict[str, float | None]:
        return {"mean": round(self.mean, 4), "margin": None if self.margin is None else round(self.margin, 4)}


@dataclass(frozen=True, slots=True)
class RoleReport:
    people: int
    utilisation: Estimate
    needed: Estimate
    queue: Estimate
    longest: int
    waiting: Estimate


@dataclass(frozen=True, slots=True)
class StepReport:
    name: Text
    times: Estimate
    waiting: Estimate
    working: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One variant.

    Attributes:
        on_time: Share of the resolved dossiers that kept their due date.
        hours, slowest: Working hours from acceptance to result: the mean, and what 9 of 10 stay below.
        bottlenecks: What is narrow, in sentences, the narrowest first.
        once: The repetitions themselves, for comparison.
    """

    dossiers: Estimate
    unfinished: Estimate
    on_time: Estimate
    hours: Estimate
    slowest: Estimate
    roles: Mapping[str, RoleReport]
    steps: Mapping[str, StepReport]
    bottlenecks: tuple[Text, ...]
    assumed: tuple[Text, ...]
    once: tuple[Once, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "dossiers": self.dossiers.as_json(),
            "unfinished": self.unfinished.as_json(),
            "on_time": self.on_time.as_json(),
            "hours": self.hours.as_json(),
            "hours_p90": self.slowest.as_json(),
            "roles": {
                key: {
                    "people": one.people,
                    "utilisation": one.utilisation.as_json(),
                    "needed": one.needed.as_json(),
                    "queue": one.queue.as_json(),
                    "longest_queue": one.longest,
                    "waiting_hours": one.waiting.as_json(),
                }
                for key, one in self.roles.items()
            },
            "steps": {
                key: {
                    "name": one.name.as_json(),
                    "times": one.times.as_json(),
                    "waiting_hours": one.waiting.as_json(),
                    "working_hours": one.working.as_json(),
                }
                for key, one in self.steps.items()
            },
            "bottlenecks": [one.as_json() for one in self.bottlenecks],
            "assumed": [one.as_json() for one in self.assumed],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two variants that met the same dossiers: the second less the first."""

    on_time: Estimate
    hours: Estimate
    unfinished: Estimate

    def as_json(self) -> dict[str, Any]:
        return {
            "on_time": self.on_time.as_json(),
            "hours": self.hours.as_json(),
            "unfinished": self.unfinished.as_json(),
        }


def simulate(
    definition: Definition,
    procedure: Procedure,
    load: Load,
    calendar: WorkingCalendar,
    *,
    first: date,
    days: int,
    seed: int,
    repetitions: int,
) -> Report:
    """Simulate so many working days of arrivals, so many times.

    Raises:
        TooMuch: If that is more dossiers than can be simulated at once.
        NeverEnds: If a dossier goes round and round.
    """
    wanted = load.arrivals * days * repetitions
    if days < 1 or repetitions < 1 or wanted > MOST_DOSSIERS:
        said = f"{wanted:,.0f}".replace(",", ".")
        raise TooMuch(
            f"at most {MOST_DOSSIERS}", said, dossiers=said, most=f"{MOST_DOSSIERS:,}".replace(",", ".")
        )
    time = WorkTime(calendar, first, (days * 7 // 5 + 30) * (1 + DRAIN))
    once = tuple(
        World(definition, procedure, load, calendar, time, days, f"{seed}/{repetition}").run()
        for repetition in range(repetitions)
    )
    roles = {role: _role([one.roles[role] for one in once]) for role in load.staff}
    steps = _steps(definition, once)
    return Report(
        dossiers=_over(once, lambda one: one.arrived),
        unfinished=_over(once, lambda one: one.unfinished),
        on_time=_over(once, _on_time),
        hours=_over(once, lambda one: mean(one.hours) if one.hours else 0.0),
        slowest=_over(once, lambda one: _tenth_slowest(one.hours)),
        roles=roles,
        steps=steps,
        bottlenecks=tuple(bottlenecks(roles, steps)),
        assumed=load.assumed,
        once=once,
    )


def compare(first: Report, second: Report) -> Comparison:
    """Compare repetition by repetition, which removes the chance that both share."""
    pairs = list(zip(first.once, second.once, strict=True))

    def difference(figure: Callable[[Once], float]) -> Estimate:
        return Estimate.of([figure(after) - figure(before) for before, after in pairs])

    return Comparison(
        on_time=difference(_on_time),
        hours=difference(lambda one: mean(one.hours) if one.hours else 0.0),
        unfinished=difference(lambda one: one.unfinished),
    )


def _over(once: Sequence[Once], figure: Callable[[Once], float]) -> Estimate:
    return Estimate.of([figure(one) for one in once])


def _on_time(one: Once) -> float:
    return one.on_time / one.resolved if one.resolved else 0.0


def _tenth_slowest(hours: Sequence[float]) -> float:
    return sorted(hours)[ceil(len(hours) * 0.9) - 1] if hours else 0.0


def _role(figures: Sequence[Any]) -> RoleReport:
    return RoleReport(
        people=figures[0].people,
        utilisation=Estimate.of([one.utilisation for one in figures]),
        needed=Estimate.of([one.needed for one in figures]),
        queue=Estimate.of([one.queue for one in figures]),
        longest=max(one.longest for one in figures),
        waiting=Estimate.of([one.waiting for one in figures]),
    )


def _steps(definition: Definition, once: Sequence[Once]) -> dict[str, StepReport]:
    found = {}
    for node in dict.fromkeys(node for one in once for node in one.steps):
        figures = [one.steps[node] for one in once if node in one.steps]
        spec = definition.steps.get(node)
        found[node] = StepReport(
            name=spec.name if spec and spec.name else Text(node),
            times=Estimate.of([float(one.times) for one in figures]),
            waiting=Estimate.of([one.waiting for one in figures]),
            working=Estimate.of([one.working for one in figures]),
        )
    return found


def bottlenecks(
    roles: Mapping[str, RoleReport], steps: Mapping[str, StepReport], names: Mapping[str, Text] | None = None
) -> list[Text]:
    """Say what is narrow: roles that cannot keep up or are busy, steps that wait; the narrowest first.

    Args:
        names: What roles are called; one without a name is called by its code.
    """
    said = []
    for code, one in sorted(roles.items(), key=lambda pair: -pair[1].utilisation.mean):
        role = (names or {}).get(code) or Text(code)
        needed = one.needed.mean
        if needed > one.people:
            said.append(_too_few(role, one.people, needed))
        elif one.utilisation.mean > NARROW:
            busy, waits = f"{one.utilisation.mean:.0%}", one.waiting.mean
            said.append(
                Text(
                    f"Vai trò {role.vi} bận {busy} thời gian; việc chờ trung bình {_vi(waits)} giờ làm việc.",
                    f"The role {role.say('en')} is busy {busy} of the time; work waits {waits:.1f} "
                    "working hours.",
                )
            )
    for step in sorted(steps.values(), key=lambda one: -one.waiting.mean)[:3]:
        waits = step.waiting.mean
        if waits >= LONG_WAIT:
            said.append(
                Text(
                    f"Bước “{step.name.vi}” chờ trung bình {_vi(waits)} giờ làm việc mới có người làm.",
                    f"The step “{step.name.say('en')}” waits {waits:.1f} working hours for somebody.",
                )
            )
    return said


def _too_few(role: Text, people: int, needed: float) -> Text:
    least = ceil(needed / NARROW)
    return Text(
        f"Vai trò {role.vi} không kịp: việc đến cần {_vi(needed)} người làm suốt giờ, chỉ có {people}; "
        f"hàng đợi dài mãi. Nên có ít nhất {least} người.",
        f"The role {role.say('en')} cannot keep up: what arrives needs {needed:.1f} people all the time, "
        f"there are {people}; the queue grows for ever. It should be at least {least}.",
    )


def _vi(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
