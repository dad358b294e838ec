"""This revision beside the published one in a simulated month: the same dossiers, people and chances.

Inputs begin with what history says. One slice plays one month on both sides with the same seed, so that what
differs comes from the revision and not from luck.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from designer.drafts import get_revision
from designer.impact import base_of, digest_of
from engine.bpmn.definitions import Definition
from engine.domain.calendar import local_day
from engine.domain.fields import CHOICES
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.simulation.loads import Given, Spread, asked_variables, complete, waits_outside
from engine.simulation.reports import Estimate, Report, RoleReport, StepReport, bottlenecks, simulate
from engine.store.rows import AssignmentRow, PositionRow, RevisionRow, RoleRow, WorkItemRow
from engine.store.study_rows import StudyRow
from engine.store.work import Unit
from engine.usecases.calendars import calendar_of
from engine.usecases.learning import Learnt, learn
from engine.usecases.procedures import definition_of, procedure_of
from engine.usecases.studies import StudyBroken, StudyKind, begin_study, known_kinds, last_study

KIND = "what_if"
USUAL_DAYS, MOST_DAYS = 20, 250
USUAL_REPETITIONS, MOST_REPETITIONS = 8, 40
USUAL_ARRIVALS = 2.0
MOST_DOSSIERS, MOST_IN_A_SLICE = 40_000, 4_000
SIDES = ("before", "after")


class BadInputs(Invalid):
    """A number of the page cannot be simulated with."""

    code = "bad_what_if"
    vi = "Chưa mô phỏng được: {reason_vi}"
    en = "It cannot be simulated: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInput:
    """Hours at one step: shortest, usual, longest; from history where `is_learnt`, else from the drawing."""

    id: str
    name: Text
    low: float
    mode: float
    high: float
    is_learnt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the page begins with.

    Attributes:
        staff: Role → (its name, people).
        dossiers: How many dossiers of the last year this was learnt from.
    """

    arrivals: float
    staff: Mapping[str, tuple[Text, int]]
    steps: tuple[StepInput, ...]
    dossiers: int
    base: int
    days: int = USUAL_DAYS
    repetitions: int = USUAL_REPETITIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person wants simulated; `times` in hours by step."""

    arrivals: float
    days: int
    repetitions: int
    seed: int
    staff: Mapping[str, int]
    times: Mapping[str, tuple[float, float, float]]


def get_inputs(unit: Unit, revision_id: int) -> Inputs:
    """Return the inputs of the page, from the history of the procedure."""
    row = get_revision(unit, revision_id)
    definition = definition_of(unit, row.definition_hash)
    learnt = learn(unit, row.procedure.key)
    base = base_of(unit, row)
    names = _role_names(unit)
    roles = sorted(_roles(unit, [one for one in (row, base) if one is not None]))
    people = _people(unit, row.procedure_id, roles)
    return Inputs(
        arrivals=round(learnt.arrivals, 2) or USUAL_ARRIVALS,
        staff={role: (names.get(role, Text(role)), people.get(role, 1)) for role in roles},
        steps=tuple(_steps(definition, learnt)),
        dossiers=learnt.dossiers,
        base=base.number if base else 0,
    )


def begin_what_if(unit: Unit, revision_id: int, asked: Asked) -> int:
    """Begin a simulation of a revision beside the published one; return the id of the study.

    Raises:
        BadInputs: If a number cannot be simulated with, or it is too much.
        BadLoad: If the load makes no sense for the drawing.
    """
    row = get_revision(unit, revision_id)
    base = base_of(unit, row)
    _check(asked)
    given = {
        "to": row.id,
        "from": base.id if base else None,
        "digest": digest_of(row),
        "first": local_day(unit.now).isoformat(),
        "arrivals": asked.arrivals,
        "days": asked.days,
        "repetitions": asked.repetitions,
        "seed": asked.seed,
        "staff": dict(asked.staff),
        "times": {key: list(spread) for key, spread in asked.times.items()},
        "chances": {key: [list(one) for one in shares] for key, shares in _chances(unit, row).items()},
    }
    for one in [one for one in (row, base) if one is not None]:
        _load(definition_of(unit, one.definition_hash), procedure_of(one), given)  # refused here, in words
    return begin_study(
        unit, KIND, row.id, base.id if base else None, given, asked.repetitions, digest_of(row)
    )


def last_what_if(unit: Unit, revision_id: int) -> tuple[StudyRow | None, bool]:
    """Return the newest simulation of a revision, and whether the revision was changed since."""
    row, study = get_revision(unit, revision_id), last_study(unit, KIND, revision_id)
    return study, study is not None and study.digest != digest_of(row)


def _check(asked: Asked) -> None:
    wanted = asked.arrivals * asked.days * asked.repetitions
    if not 1 <= asked.days <= MOST_DAYS:
        raise _bad(f"số ngày làm việc từ 1 đến {MOST_DAYS}.", f"working days from 1 to {MOST_DAYS}.")
    if not 1 <= asked.repetitions <= MOST_REPETITIONS:
        raise _bad(f"số lần lặp từ 1 đến {MOST_REPETITIONS}.", f"repetitions from 1 to {MOST_REPETITIONS}.")
    if wanted > MOST_DOSSIERS or asked.arrivals * asked.days > MOST_IN_A_SLICE:
        one, all_ = (f"{most:,}".replace(",", ".") for most in (MOST_IN_A_SLICE, MOST_DOSSIERS))
        raise _bad(
            f"mỗi lần lặp tối đa {one} hồ sơ, tất cả tối đa {all_} hồ sơ.",
            f"at most {MOST_IN_A_SLICE:,} dossiers a repetition, {MOST_DOSSIERS:,} in all.",
        )


def _bad(vi: str, en: str) -> BadInputs:
    return BadInputs("numbers that can be simulated", en.rstrip("."), reason=en, reason_vi=vi)


def _role_names(unit: Unit) -> dict[str, Text]:
    found = unit.session.execute(select(RoleRow.code, RoleRow.name_vi, RoleRow.name_en))
    return {code: Text(vi, en) for code, vi, en in found}


def _roles(unit: Unit, rows: Iterable[RevisionRow]) -> set[str]:
    steps = (one for row in rows for one in definition_of(unit, row.definition_hash).steps.values())
    return {one.role for one in steps if one.role and not waits_outside(one)}


def _people(unit: Unit, procedure_id: int, roles: Iterable[str]) -> dict[str, int]:
    """Return how many people hold each role today in the units that had such steps."""
    places: dict[str, set[int]] = {}
    for role, place in unit.session.execute(
        select(WorkItemRow.role, WorkItemRow.unit_id)
        .where(WorkItemRow.role.in_(list(roles)))
        .group_by(WorkItemRow.role, WorkItemRow.unit_id)
    ):
        places.setdefault(role, set()).add(place)
    today = local_day(unit.now)
    held = unit.session.execute(
        select(AssignmentRow.user_id, PositionRow.unit_id, PositionRow.roles)
        .distinct()
        .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
        .where(
            AssignmentRow.starts_on <= today,
            (AssignmentRow.ends_on.is_(None)) | (AssignmentRow.ends_on >= today),
        )
    ).all()
    return {
        role: max(1, len({user for user, place, all_ in held if place in where and role in all_}))
        for role, where in places.items()
    }


def _steps(definition: Definition, learnt: Learnt) -> Iterable[StepInput]:
    for key, spec in definition.steps.items():
        if (not spec.role and spec.kind != "wait_citizen") or key not in definition.model.nodes:
            continue
        if key in learnt.times:
            low, mode, high = (minutes / 60 for minutes in learnt.times[key])
        elif spec.kind == "wait_citizen":
            low, mode, high = 24.0, 96.0, 360.0
        else:
            hours = (spec.minutes or 30) / 60
            low, mode, high = hours * 0.1, hours * 0.3, hours
        yield StepInput(
            id=key,
            name=spec.name or Text(key),
            low=round(low, 2),
            mode=round(mode, 2),
            high=round(high, 2),
            is_learnt=key in learnt.times,
        )


def _chances(unit: Unit, row: RevisionRow) -> dict[str, list[tuple[Any, float]]]:
    definition, procedure = definition_of(unit, row.definition_hash), procedure_of(row)
    fields = {one.name: one for form in procedure.forms.values() for one in form.fields}
    wanted = [
        one for one in asked_variables(definition) if one in fields and fields[one].type in (*CHOICES, "bool")
    ]
    return {key: list(shares) for key, shares in learn(unit, row.procedure.key, wanted).chances.items()}


def _load(definition: Definition, procedure: Procedure, given: Mapping[str, Any]):
    """Return the load of one side: what was said about steps and buttons that this side has."""
    nodes = definition.model.nodes
    roles = {one.role for key, one in definition.steps.items() if key in nodes and not waits_outside(one)}
    known = {
        *asked_variables(definition),
        *(f.name for form in procedure.forms.values() for f in form.fields),
    }
    chances = {}
    for key, shares in given["chances"].items():
        spec = definition.steps.get(key)
        if spec is not None and key in nodes:
            kept = [(code, share) for code, share in shares if spec.outcome(str(code))]
        elif key in known:
            kept = [(value, share) for value, share in shares]
        else:
            continue
        total = sum(share for _, share in kept)
        if total > 0:
            chances[key] = tuple((value, share / total) for value, share in kept)
    return complete(
        definition,
        procedure,
        Given(
            arrivals=given["arrivals"],
            staff={role: people for role, people in given["staff"].items() if role in roles} | {"*": 1},
            times={
                key: Spread(*(hours * 60 for hours in spread))
                for key, spread in given["times"].items()
                if key in nodes and key in definition.steps
            },
            chances=chances,
        ),
    )


# --- slices ------------------------------------------------------------------------------------------


def _slice(unit: Unit, given: Mapping[str, Any], done: int) -> tuple[list[Any], int]:
    row = get_revision(unit, given["to"])
    if digest_of(row) != given["digest"]:
        raise StudyBroken(
            "the revision as it was",
            "it changed",
            reason_vi="phiên bản đã được sửa trong lúc tính; hãy tính lại.",
            reason="the version was changed meanwhile; begin again.",
        )
    base = get_revision(unit, given["from"]) if given["from"] else None
    calendar = calendar_of(unit, row.procedure.owner_unit_id or _any_unit(unit))
    piece: dict[str, Any] = {}
    for side, one in zip(SIDES, (base, row), strict=True):
        if one is None:
            continue
        definition, procedure = definition_of(unit, one.definition_hash), procedure_of(one)
        report = simulate(
            definition,
            procedure,
            _load(definition, procedure, given),
            calendar,
            first=date.fromisoformat(given["first"]),
            days=given["days"],
            seed=given["seed"] * 1000 + done,
            repetitions=1,
        )
        piece[side] = _plain(report)
    return [piece], 1


def _any_unit(unit: Unit) -> int:
    return unit.session.scalars(select(PositionRow.unit_id).limit(1)).one()


def _plain(report: Report) -> dict[str, Any]:
    return {
        "dossiers": report.dossiers.mean,
        "unfinished": report.unfinished.mean,
        "on_time": report.on_time.mean,
        "hours": report.hours.mean,
        "slowest": report.slowest.mean,
        "roles": {
            role: {
                "people": one.people,
                "utilisation": one.utilisation.mean,
                "needed": one.needed.mean,
                "queue": one.queue.mean,
                "longest": one.longest,
                "waiting": one.waiting.mean,
            }
            for role, one in report.roles.items()
        },
        "steps": {
            key: {
                "name": one.name.as_json(),
                "times": one.times.mean,
                "waiting": one.waiting.mean,
                "working": one.working.mean,
            }
            for key, one in report.steps.items()
        },
        "assumed": [one.as_json() for one in report.assumed],
    }


def _finish(unit: Unit, given: Mapping[str, Any], pieces: list[Any]) -> dict[str, Any]:
    base = get_revision(unit, given["from"]) if given["from"] else None
    found: dict[str, Any] = {"base": base.number if base else 0}
    names = _role_names(unit)
    for side in SIDES:
        once = [one[side] for one in pieces if side in one]
        if once:
            found[side] = _together(once, names)
    if all(side in found for side in SIDES):
        found["difference"] = {
            figure: Estimate.of([one["after"][figure] - one["before"][figure] for one in pieces]).as_json()
            for figure in ("on_time", "hours", "slowest", "unfinished")
        }
    return found


def _together(once: list[Mapping[str, Any]], names: Mapping[str, Text]) -> dict[str, Any]:
    roles = {
        role: RoleReport(
            people=once[0]["roles"][role]["people"],
            longest=max(one["roles"][role]["longest"] for one in once),
            **{
                figure: Estimate.of([one["roles"][role][figure] for one in once])
                for figure in ("utilisation", "needed", "queue", "waiting")
            },
        )
        for role in once[0]["roles"]
    }
    keys = dict.fromkeys(key for one in once for key in one["steps"])
    steps = {
        key: StepReport(
            name=Text.of(next(one["steps"][key]["name"] for one in once if key in one["steps"])),
            **{
                figure: Estimate.of([one["steps"][key][figure] for one in once if key in one["steps"]])
                for figure in ("times", "waiting", "working")
            },
        )
        for key in keys
    }
    return {
        **{
            figure: Estimate.of([one[figure] for one in once]).as_json()
            for figure in ("dossiers", "unfinished", "on_time", "hours", "slowest")
        },
        "roles": {
            role: {
                "people": one.people,
                "longest": one.longest,
                "utilisation": one.utilisation.as_json(),
                "waiting": one.waiting.as_json(),
                "needed": one.needed.as_json(),
            }
            for role, one in roles.items()
        },
        "steps": {
            key: {
                "name": one.name.as_json(),
                "waiting": one.waiting.as_json(),
                "working": one.working.as_json(),
            }
            for key, one in steps.items()
        },
        "bottlenecks": [one.as_json() for one in bottlenecks(roles, steps, names)],
        "assumed": once[0]["assumed"],
    }


known_kinds[KIND] = StudyKind(slice=_slice, finish=_finish)
