"""Pages about a whole dossier: the dossier itself, and its line in lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, defer

from engine.domain.deadlines import Punctuality, overrun, punctuality
from engine.domain.dossiers import BadCode, DossierCode, Status
from engine.domain.texts import Text
from engine.domain.timewords import TimeLeft, time_left
from engine.store import cases as rows
from engine.store import units
from engine.store.hanging import read_ahead
from engine.store.offices import know_offices
from engine.store.rows import DossierRow, IncidentRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.calendars import calendar_of
from engine.usecases.cases import Case
from engine.usecases.choosing import Choice, choices_in
from engine.usecases.exchanges import Exchanges, exchanges_of, waiting_dossiers
from engine.usecases.history import HistoryLine, history_of
from engine.usecases.reception import COUNTER
from engine.usecases.step_reasons import LATE_REASON
from engine.usecases.summaries import (
    HIDDEN,
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
from engine.usecases.visibility import Scope, check_visible, scope_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step that was opened, in order.

    Attributes:
        spent: Working minutes, net of stops; None while it is open.
        overrun: Working minutes over the allotment, at least 0.
    """

    task_id: int
    node: str
    name: Text
    unit: str
    role: str
    person: str
    status: str
    outcome: Text
    reason: str
    late_reason: str
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    allotted: int | None
    spent: int | None
    overrun: int
    result: Punctuality | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    id: int
    node: str
    text: Text
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView:
    """A dossier as this reader may see it; `answers` are the forms filled in on the way, by step."""

    summary: DossierSummary
    facts: tuple[ShownSection, ...]
    answers: tuple[tuple[Text, tuple[ShownSection, ...]], ...]
    steps: tuple[StepLine, ...]
    components: tuple[ComponentLine, ...]
    files: tuple[FileLine, ...]
    history: tuple[HistoryLine, ...]
    incidents: tuple[IncidentLine, ...]
    exchanges: Exchanges
    can_withdraw: bool
    can_stop: bool
    definition_hash: str
    marks: Mapping[str, str]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierLine:
    """A dossier as a line of a list.

    Attributes:
        awaits: Units from which a message is awaited; empty if that is not known, None if none is awaited.
    """

    id: int
    code: str
    procedure_key: str
    procedure_name: Text
    applicant: str
    status: Status
    received_unit: str
    competent_unit: str
    accepted_at: datetime
    due_date: datetime
    provisional: bool
    time: TimeLeft | None
    resolved_at: datetime | None
    returned_at: datetime | None
    awaits: tuple[str, ...] | None


def get_dossier(unit: Unit, key: int | str) -> DossierView:
    """Return the page of a dossier by its id or its code, as typed or scanned.

    Raises:
        NotFound: If there is none that this person may see.
        BadCode: If the code has another shape.
    """
    case, scope = open_case(unit, key, ahead=True)
    summary = summary_of(case, scope)
    items = rows.all_items(unit, case.row.id)
    known = case.context()
    actor = unit.actor
    active = case.row.ended_at is None and case.row.resolved_at is None
    exchanges = Exchanges() if summary.limited else exchanges_of(case, scope)
    return DossierView(
        summary=summary,
        facts=shown_sections(case.procedure.forms.get(case.procedure.reception_form), case.row.data, known),
        answers=() if summary.limited else step_answers(case, items),
        steps=step_lines(case, items, scope if summary.limited else None),
        components=component_lines(unit, case.row.id),
        files=file_lines(unit, case.row.id),
        history=tuple(history_of(unit, case.row.id, only_units=scope.units if summary.limited else None)),
        incidents=tuple(_incident(one) for one in rows.open_incidents(unit, case.row.id)),
        exchanges=exchanges,
        can_withdraw=active and actor.holds(COUNTER, case.row.received_unit_id) is not None,
        can_stop=active and actor.holds("SIGNATORY", case.row.competent_unit_id) is not None,
        definition_hash=case.definition.hash,
        marks=marks_of(case, scope) | {one.node: "other" for one in exchanges.awaited},
        choices=choices_in(case),
    )


def lines_of() -> Select[tuple[DossierRow]]:
    """Return the statement for rows of `dossier_lines`: with the procedure, without what is long."""
    return (
        select(DossierRow)
        .join(DossierRow.procedure)
        .options(
            contains_eager(DossierRow.procedure),
            defer(DossierRow.data),
            defer(DossierRow.state),
            defer(DossierRow.search_text),
        )
    )


def dossier_lines(unit: Unit, found: Iterable[DossierRow]) -> tuple[DossierLine, ...]:
    """Return rows, loaded with their procedures, as lines of a list."""
    found = list(found)
    know_offices(unit)
    names = units.names_of(
        unit, [one for row in found for one in (row.received_unit_id, row.competent_unit_id)]
    )
    calendars = {office: calendar_of(unit, office) for office in {row.competent_unit_id for row in found}}
    waiting = waiting_dossiers(unit, (row.id for row in found))
    return tuple(
        DossierLine(
            id=row.id,
            code=row.code,
            procedure_key=row.procedure.key,
            procedure_name=Text(row.procedure.name_vi, row.procedure.name_en),
            applicant=row.applicant_name,
            status=Status(row.status),
            received_unit=names[row.received_unit_id],
            competent_unit=names[row.competent_unit_id],
            accepted_at=row.accepted_at,
            due_date=row.current_due,
            provisional=row.due_is_provisional,
            time=None
            if row.resolved_at or row.ended_at
            else time_left(
                calendars[row.competent_unit_id],
                unit.now,
                row.current_due,
                stopped=row.clock_stopped_at is not None,
            ),
            resolved_at=row.resolved_at,
            returned_at=row.returned_at,
            awaits=waiting.get(row.id),
        )
        for row in found
    )


def lines_by_code(unit: Unit, codes: Sequence[str]) -> tuple[DossierLine, ...]:
    """Return dossiers by their codes, those that the actor may see, in the order of the codes."""
    wanted = lines_of().where(DossierRow.code.in_(codes), scope_of(unit).dossiers())
    return dossier_lines(unit, unit.session.scalars(wanted.order_by(DossierRow.code)))


def open_case(unit: Unit, key: int | str, *, ahead: bool = False) -> tuple[Case, Scope]:
    """Return a dossier that the actor may see, and how far; by its id or its code.

    Args:
        ahead: All that hangs on it will be asked for; where nothing is to be written it is read together.
    """
    if isinstance(key, str):
        key = str(DossierCode.parse(key)) if not key.isdecimal() else int(key)
    know_offices(unit)
    row = rows.get_dossier(unit, key)
    scope = check_visible(unit, row)
    if ahead:
        read_ahead(unit, row.id)
    return Case.of(unit, row), scope


def step_lines(case: Case, items: Iterable[WorkItemRow], scope: Scope | None) -> tuple[StepLine, ...]:
    """Return the steps as lines; with a scope only those of its units."""
    items = [one for one in items if scope is None or scope.holds(one.unit_id)]
    names = units.names_of(case.unit, (one.unit_id for one in items))
    people = units.people_of(case.unit, (one.ended_by or one.claimed_by for one in items))
    return tuple(
        StepLine(
            task_id=one.id,
            node=one.node_id,
            name=Text(one.name_vi, one.name_en),
            unit=names[one.unit_id],
            role=one.role,
            person=people.get(one.ended_by or one.claimed_by or 0, ""),
            status=one.status,
            outcome=_outcome_name(case, one),
            reason=one.answers.get("reason", ""),
            late_reason=one.answers.get(LATE_REASON, ""),
            opened_at=one.opened_at,
            due_at=one.due_at,
            ended_at=one.ended_at,
            allotted=one.allotted_minutes,
            spent=one.spent_minutes,
            overrun=0
            if one.allotted_minutes is None or one.spent_minutes is None
            else overrun(one.allotted_minutes, one.spent_minutes),
            result=punctuality(one.ended_at, one.due_at) if one.ended_at and one.due_at else None,
        )
        for one in items
    )


def _outcome_name(case: Case, item: WorkItemRow) -> Text:
    chosen = case.spec(item.node_id).outcome(item.outcome)
    return chosen.name if chosen else Text(item.outcome)


def _incident(row: IncidentRow) -> IncidentLine:
    return IncidentLine(id=row.id, node=row.node_id, text=Text(row.text_vi, row.text_en), since=row.since)


__all__ = [
    "HIDDEN",
    "BadCode",
    "DossierLine",
    "DossierView",
    "IncidentLine",
    "StepLine",
    "dossier_lines",
    "get_dossier",
]
