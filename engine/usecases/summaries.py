"""The same few facts of a dossier, for every page that shows one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain.deadlines import Due
from engine.domain.dossiers import Status
from engine.domain.file_types import may_be_drawn
from engine.domain.forms import Form, show_value, visible_fields
from engine.domain.texts import Text
from engine.domain.timewords import TimeLeft, time_left
from engine.store import cases as rows
from engine.store import units
from engine.store.file_rows import FileStateRow
from engine.store.rows import AttachmentRow, ComponentRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.evaluation import evaluate
from engine.usecases.file_states import INFECTED, shown_scan, states_of
from engine.usecases.stops import due_of
from engine.usecases.visibility import Scope, is_involved

HIDDEN = "•••"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierSummary:
    """Facts of a dossier.

    Attributes:
        limited: The reader's unit was merely asked: numbers and address of the applicant are hidden.
        time: How the dossier's own deadline stands; None once there is a result.
        due: The current due date with its reasons, day by day.
        rounds: Requests for papers so far; `max_rounds` how many the procedure allows.
    """

    id: int
    code: str
    version: int
    procedure_key: str
    national_code: str
    procedure_name: Text
    revision_number: int
    status: Status
    applicant_kind: int
    applicant_name: str
    applicant_id_no: str
    applicant_phone: str
    applicant_email: str
    applicant_address: str
    limited: bool
    received_unit: str
    competent_unit: str
    return_unit: str
    accepted_at: datetime
    legal_due: datetime
    promised_due: datetime
    current_due: datetime
    provisional: bool
    clock_stopped_at: datetime | None
    time: TimeLeft | None
    due: Due
    rounds: int
    max_rounds: int
    fee: int
    payment_status: str
    delivery_status: str
    return_method: str
    channel: int
    result: str
    resolved_at: datetime | None
    returned_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentLine:
    code: str
    name: Text
    copies: int
    copy_kind: int
    received: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file in a list.

    Attributes:
        scan: "waiting", "clean" or "infected"; "" if nothing is to be said.
        is_drawn: It can be looked at page by page.
        has_small: There is a small picture of it.
    """

    id: int
    component_code: str
    file_name: str
    content_type: str
    size: int
    sha256: str
    added_at: datetime
    scan: str
    is_drawn: bool
    has_small: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section of a form with its answers as people read them: label, and the answer in each language."""

    title: Text
    lines: tuple[tuple[Text, Text], ...]


def summary_of(case: Case, scope: Scope) -> DossierSummary:
    """Return the facts of a dossier as this reader may see them."""
    row, unit = case.row, case.unit
    limited = not is_involved(scope, row)
    names = units.names_of(unit, (row.received_unit_id, row.competent_unit_id, row.return_unit_id))
    status = Status(row.status)
    left = None
    if row.resolved_at is None and row.ended_at is None:
        calendar = case.calendar(row.competent_unit_id)
        left = time_left(calendar, unit.now, row.current_due, stopped=row.clock_stopped_at is not None)
    return DossierSummary(
        id=row.id,
        code=row.code,
        version=row.version,
        procedure_key=case.procedure.key,
        national_code=case.procedure.national_code,
        procedure_name=case.procedure.name,
        revision_number=row.revision.number,
        status=status,
        applicant_kind=row.applicant_kind,
        applicant_name=row.applicant_name,
        applicant_id_no=_hide(row.applicant_id_no, limited),
        applicant_phone=_hide(row.applicant_phone, limited),
        applicant_email=_hide(row.applicant_email, limited),
        applicant_address=_hide(row.applicant_address, limited),
        limited=limited,
        received_unit=names[row.received_unit_id],
        competent_unit=names[row.competent_unit_id],
        return_unit=names[row.return_unit_id],
        accepted_at=row.accepted_at,
        legal_due=row.legal_due,
        promised_due=row.promised_due,
        current_due=row.current_due,
        provisional=row.due_is_provisional,
        clock_stopped_at=row.clock_stopped_at,
        time=left,
        due=due_of(case),
        rounds=row.supplement_rounds,
        max_rounds=case.procedure.supplement.max_rounds,
        fee=row.fee,
        payment_status=row.payment_status,
        delivery_status=row.delivery_status,
        return_method=row.return_method,
        channel=row.channel,
        result=row.result,
        resolved_at=row.resolved_at,
        returned_at=row.returned_at,
        ended_at=row.ended_at,
    )


def component_lines(unit: Unit, dossier_id: int) -> tuple[ComponentLine, ...]:
    return tuple(_component(one) for one in rows.components(unit, dossier_id))


def file_lines(unit: Unit, dossier_id: int) -> tuple[FileLine, ...]:
    found = rows.attachments(unit, dossier_id)
    states = states_of(unit, (one.sha256 for one in found)) if found else {}
    return tuple(_file(unit, one, states.get(one.sha256)) for one in found)


def shown_sections(
    form: Form | None, data: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[ShownSection, ...]:
    """Return a filled form to be read; what is hidden or empty is left out."""
    if form is None:
        return ()
    visible = visible_fields(form, data, known, evaluate)
    sections = []
    for section in form.sections:
        lines = tuple(
            (one.label, Text(show_value(one, data[one.name], "vi"), show_value(one, data[one.name], "en")))
            for one in section.fields
            if one.has_answer and one.name in visible and data.get(one.name) is not None
        )
        if lines:
            sections.append(ShownSection(section.title, lines))
    return tuple(sections)


def step_answers(
    case: Case, items: Iterable[WorkItemRow]
) -> tuple[tuple[Text, tuple[ShownSection, ...]], ...]:
    """Return the forms filled in on the way after the counter, each under its step's name, in order."""
    known, answered = case.context(), []
    for item in items:
        form = case.procedure.forms.get(case.spec(item.node_id).form)
        if item.status != rows.DONE or form is None or item.kind == "receive":
            continue
        if sections := shown_sections(form, item.answers, known):
            answered.append((Text(item.name_vi, item.name_en), sections))
    return tuple(answered)


def marks_of(case: Case, scope: Scope) -> dict[str, str]:
    """Return how each step of the diagram stands: done, now, other (agency) or late."""
    marks: dict[str, str] = {}
    for item in rows.all_items(case.unit, case.row.id):
        if item.status == rows.DONE:
            marks.setdefault(item.node_id, "done")
    stopped = case.row.clock_stopped_at is not None
    for item in case.items:
        late = item.due_at is not None and item.due_at < case.unit.now and not stopped
        marks[item.node_id] = "late" if late else "now" if scope.holds(item.unit_id) else "other"
    return marks


def _hide(value: str, limited: bool) -> str:
    return HIDDEN if limited and value else value


def _component(row: ComponentRow) -> ComponentLine:
    return ComponentLine(
        code=row.code,
        name=Text(row.name_vi, row.name_en),
        copies=row.copies,
        copy_kind=row.copy_kind,
        received=row.received,
        note=row.note,
    )


def _file(unit: Unit, row: AttachmentRow, state: FileStateRow | None) -> FileLine:
    scan = shown_scan(unit, state)
    drawn = may_be_drawn(row.content_type) and (state is None or state.drawing != "none")
    return FileLine(
        id=row.id,
        component_code=row.component_code,
        file_name=row.file_name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        added_at=row.added_at,
        scan=scan,
        is_drawn=drawn and scan != INFECTED,
        has_small=state is not None and state.drawing == "made",
    )
