"""The page of one step: what to do, by when, why, and what each button leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.steps import LegalBasis, Outcome, StepSpec
from engine.domain.calendar import local_day
from engine.domain.forms import Form, input_value, visible_fields
from engine.domain.texts import Text
from engine.domain.timewords import TimeLeft, say_minutes, time_left
from engine.errors import ProcedureError
from engine.execution import Complete, WorkClosed, WorkOpened, get_executor
from engine.feel.templates import fill
from engine.store import cases as rows
from engine.store import units
from engine.store.hanging import read_ahead
from engine.store.rows import ClockStopRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.evaluation import evaluate
from engine.usecases.history import HistoryLine, history_of
from engine.usecases.routing import unit_of_step
from engine.usecases.summaries import (
    ComponentLine,
    DossierSummary,
    FileLine,
    ShownSection,
    component_lines,
    file_lines,
    marks_of,
    shown_sections,
    step_answers,
    summary_of,
)
from engine.usecases.tasks import check_may_work
from engine.usecases.visibility import check_visible
from engine.usecases.working import form_of

MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NextWork:
    """A step that a button would open.

    Attributes:
        people: Names of those who hold its role there, if they are few enough to name.
    """

    name: Text
    unit: str
    time: Text
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsTo:
    """What a button would do, tried on the diagram without writing anything.

    Attributes:
        steps: Steps that would open.
        waits_for: Names of parallel steps that must finish first, when none would open.
        ends: The process would be over.
        problem: Why the button would not work with what is filled in so far; else empty.
    """

    steps: tuple[NextWork, ...] = ()
    waits_for: tuple[Text, ...] = ()
    ends: bool = False
    stops_clock: bool = False
    problem: Text = Text("")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeView:
    """One button. A step without outcomes has a single one with an empty code."""

    code: str
    name: Text
    style: str
    needs_reason: bool
    hint: Text
    leads_to: LeadsTo


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """Everything on the page of a step.

    Attributes:
        version: To be sent back with the form, so that a stale page is noticed.
        values: What stands in the form's controls: the draft if there is one, else the dossier's data.
        visible: Names of the fields that are shown for these values.
        draft_at: When the draft was saved; None without one.
        facts: The application as it was received, to be read.
        answers: What earlier steps wrote, by step; empty for an agency that was merely asked.
        why_not: Why the actor cannot work on it now; empty when they can.
        marks: Node id → done, now, other or late, for the picture of the diagram.
    """

    id: int
    version: int
    node: str
    status: str
    step: StepSpec
    name: Text
    todo: tuple[Text, ...]
    legal: tuple[LegalBasis, ...]
    unit: str
    role: str
    opened_at: datetime
    due_at: datetime | None
    time: TimeLeft | None
    dossier: DossierSummary
    form: Form | None
    values: Mapping[str, Any]
    visible: frozenset[str]
    draft_at: datetime | None
    facts: tuple[ShownSection, ...]
    answers: tuple[tuple[Text, tuple[ShownSection, ...]], ...]
    outcomes: tuple[OutcomeView, ...]
    components: tuple[ComponentLine, ...]
    missing_components: tuple[tuple[str, Text], ...]
    files: tuple[FileLine, ...]
    history: tuple[HistoryLine, ...]
    claimed_by_name: str
    is_mine: bool
    can_claim: bool
    can_complete: bool
    why_not: Text
    supplement_reason: str
    definition_hash: str
    marks: Mapping[str, str]


def get_task(unit: Unit, task_id: int) -> TaskView:
    """Return the page of a step; of one that was done too, to be read.

    Raises:
        NotFound: If there is none that this person may see.
    """
    item = rows.get_task(unit, task_id)
    scope = check_visible(unit, item.dossier)
    read_ahead(unit, item.dossier_id)
    case = Case.of(unit, item.dossier)
    spec = case.spec(item.node_id)
    form = form_of(case, spec)
    values = _values(case, item, form)
    summary = summary_of(case, scope)
    why_not = _why_not(unit, item)
    calendar = case.calendar(item.unit_id)
    stopped = case.row.clock_stopped_at is not None
    is_open = item.status == rows.OPEN
    known = case.context(item)
    return TaskView(
        id=item.id,
        version=item.version,
        node=item.node_id,
        status=item.status,
        step=spec,
        name=Text(item.name_vi, item.name_en),
        todo=tuple(fill(line, known) for line in spec.todo),
        legal=spec.legal,
        unit=units.get_unit(unit, item.unit_id).name_vi,
        role=item.role,
        opened_at=item.opened_at,
        due_at=item.due_at,
        time=time_left(calendar, unit.now, item.due_at, stopped=stopped) if item.due_at and is_open else None,
        dossier=summary,
        form=form,
        values=values,
        visible=visible_fields(form, case.row.data, known, evaluate) if form else frozenset(),
        draft_at=datetime.fromisoformat(item.draft["at"]) if "at" in item.draft else None,
        facts=shown_sections(case.procedure.forms.get(case.procedure.reception_form), case.row.data, known),
        answers=() if summary.limited else step_answers(case, rows.all_items(unit, case.row.id)),
        outcomes=_outcomes(case, item, spec) if is_open else (),
        components=component_lines(unit, case.row.id),
        missing_components=_missing(case),
        files=file_lines(unit, case.row.id),
        history=tuple(history_of(unit, case.row.id, only_units=scope.units if summary.limited else None)),
        claimed_by_name=units.people_of(unit, [item.claimed_by]).get(item.claimed_by or 0, ""),
        is_mine=item.claimed_by is not None and item.claimed_by == unit.actor.user_id,
        can_claim=not why_not and item.claimed_by is None,
        can_complete=not why_not,
        why_not=why_not,
        supplement_reason=_supplement_reason(case, item),
        definition_hash=case.definition.hash,
        marks=marks_of(case, scope),
    )


def try_outcome(case: Case, item: WorkItemRow, spec: StepSpec, outcome: str) -> LeadsTo:
    """Try what completing a step with `outcome` would open; nothing is written.

    Answers not yet given count as empty, so a gateway that reads them may still go another way.
    """
    context = {**case.context(item), **({spec.decision: outcome} if spec.decision else {})}
    executor = get_executor(case.row.executor)
    try:
        step = executor.advance(
            case.definition,
            case.state,
            Complete(item.token),
            lambda text, names: evaluate(text, {**context, **names}),
        )
    except ProcedureError as error:
        return LeadsTo(problem=Text(error.say("vi"), error.say("en")))
    opened = _still_open(step.effects)
    specs = [case.spec(node) for node in opened]
    waiting = tuple(Text(one.name_vi, one.name_en) for one in case.items if one.id != item.id)
    return LeadsTo(
        steps=tuple(_next(case, one) for one in specs),
        waits_for=() if opened or step.status != "running" else waiting,
        ends=step.status != "running",
        stops_clock=any(one.kind == "wait_citizen" or one.own_clock for one in specs),
    )


def _still_open(effects) -> list[str]:
    opened: list[tuple[str, int]] = []
    for effect in effects:
        match effect:
            case WorkOpened(node, token):
                opened.append((node, token))
            case WorkClosed(node, token) if (node, token) in opened:
                opened.remove((node, token))
    return list(dict.fromkeys(node for node, _ in opened))


def _next(case: Case, spec: StepSpec) -> NextWork:
    try:
        where = unit_of_step(case, spec)
        office, day = where.name_vi, case.calendar(where.id).day_minutes
    except ProcedureError:  # said in full when somebody presses the button
        where, office, day = None, "", 480
    time = say_minutes(spec.minutes, day) if spec.minutes is not None else Text("")
    people = units.holders(case.unit, where.id, spec.role, local_day(case.unit.now)) if where else ()
    return NextWork(
        name=spec.name or Text(spec.id),
        unit=office,
        time=time,
        people=people if len(people) <= MOST_NAMED else (),
    )


def _outcomes(case: Case, item: WorkItemRow, spec: StepSpec) -> tuple[OutcomeView, ...]:
    buttons = spec.outcomes or (Outcome(code="", name=Text("Hoàn thành", "Complete"), style="main"),)
    return tuple(
        OutcomeView(
            code=one.code,
            name=one.name,
            style=one.style,
            needs_reason=one.reason,
            hint=one.hint,
            leads_to=try_outcome(case, item, spec, one.code),
        )
        for one in buttons
    )


def _values(case: Case, item: WorkItemRow, form: Form | None) -> dict[str, Any]:
    """What stands in the controls: draft over earlier answers over defaults."""
    if form is None:
        return {}
    stored = {**case.row.data, **item.answers}
    values = {}
    for field in form.fields:
        if field.has_answer:
            value = stored.get(field.name)
            values[field.name] = input_value(field, field.default if value is None else value)
    return {**values, **(item.draft.get("raw", {}) if item.draft else {})}


def _why_not(unit: Unit, item: WorkItemRow) -> Text:
    try:
        check_may_work(unit, item)
    except ProcedureError as error:
        return Text(error.say("vi"), error.say("en"))
    return Text("")


def _missing(case: Case) -> tuple[tuple[str, Text], ...]:
    """Papers of the procedure that have not come, for the step that receives a supplement."""
    there = {one.code for one in rows.components(case.unit, case.row.id) if one.received}
    return tuple((one.code, one.name) for one in case.procedure.components if one.code not in there)


def _supplement_reason(case: Case, item: WorkItemRow) -> str:
    stop: ClockStopRow | None = next((one for one in case.stops if one.work_item_id == item.id), None)
    return stop.reason if stop else ""
