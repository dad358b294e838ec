"""Accepting a dossier, and ending it before its result: withdrawn by the applicant, stopped by the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.documents.issuing import SLIP, STOP, produce
from engine.domain.access import Assignment, check_holds
from engine.domain.calendar import local_day
from engine.domain.deadlines import due
from engine.domain.dossiers import DossierCode, Status, check_stoppable, check_withdrawable
from engine.domain.fees import BEFORE_ACCEPTANCE
from engine.domain.forms import FormInvalid, check_answers
from engine.domain.procedures import Procedure
from engine.domain.searching import search_text
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.execution import Cancel, Start
from engine.store import cases as rows
from engine.store import units
from engine.store.counter_rows import FilingRow
from engine.store.numbers import next_of_day
from engine.store.offices import know_offices
from engine.store.rows import DossierRow, RevisionRow, UnitRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases import submissions
from engine.usecases.alerts import watch
from engine.usecases.attachments import NewFile, add_files
from engine.usecases.audit import record
from engine.usecases.authority import chair_for, signer_for
from engine.usecases.calendars import calendar_of
from engine.usecases.cases import Case, Paper, write_history
from engine.usecases.drafts import drop_draft
from engine.usecases.evaluation import evaluate
from engine.usecases.filings import copy_filing_files, hold_for_acceptance, note_accepted
from engine.usecases.finding import personal_words
from engine.usecases.moving import move
from engine.usecases.notices import tell_accepted, tell_stopped, tell_withdrawn
from engine.usecases.organisation import check_unit_open
from engine.usecases.procedures import competent_unit, find_procedure, kept_procedure, revision_in_force
from engine.usecases.provisional import Provisional, keep_provisional
from engine.usecases.recents import note_use
from engine.usecases.reception import (
    COUNTER,
    Applicant,
    ReceivedComponent,
    add_components,
    check_components,
    read_applicant,
    receiving_unit,
    reception_context,
)
from engine.usecases.results import is_main
from engine.usecases.stops import term_of
from engine.usecases.visibility import check_visible
from engine.usecases.working import METHODS, finish_item

CHANNELS = (1, 2, 3)  # counter, online, post
LONGEST_REASON = 2000


class BadReception(Invalid):
    """A choice of the reception page is none of those offered."""

    code = "bad_reception"
    vi = "Hãy chọn lại {what}: giá trị gửi lên không có trong danh sách."
    en = "Choose {what_en} again: what was sent is not on the list."


class EndReasonMissing(Invalid):
    """A dossier is withdrawn or stopped only with a reason in words."""

    code = "end_reason_missing"
    vi = "Hãy ghi lý do {act} hồ sơ; ô lý do đang để trống hoặc quá dài."
    en = "Write why the dossier is {act_en}; the reason is empty or too long."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What the counter sends to accept a dossier.

    Attributes:
        data: The reception form as typed, by field name.
        return_method: How the applicant wants the result: counter, post or electronic.
        competent_unit_id: Who decides, where the counter chose it; None where it goes without saying.
        provisional: What it was called while there was no network; the same number is taken once.
        filing_number: The filing that is accepted hereby, with its files; empty if it was handed in just now.
        submission_key: The same key again returns the same dossier; a draft under it is done with.
    """

    procedure_key: str
    receiving_unit_id: int
    applicant: Applicant
    data: Mapping[str, Any] = field(default_factory=dict)
    components: Sequence[ReceivedComponent] = ()
    files: Sequence[NewFile] = ()
    channel: int = 1
    return_method: str = "counter"
    competent_unit_id: int | None = None
    filing_number: str = ""
    provisional: Provisional | None = None
    submission_key: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    dossier_id: int
    code: str


def receive_dossier(unit: Unit, reception: Reception) -> Received:
    """Accept a dossier: give it a code and a due date, finish the reception step, send it on.

    Raises:
        RoleMissing, UnitClosed: If the actor may not receive for this unit today.
        NotInForce, NoCompetentUnit: If the procedure cannot be received here.
        FormInvalid, ComponentsMissing, FileRefused: If the dossier is not complete and readable.
        NoOneToDo: If the next step has nobody.
    """
    earlier = submissions.begin(unit, reception.submission_key, "dossier.receive", _body(reception))
    if earlier is not None:
        return Received(**earlier)

    know_offices(unit)
    filing = _held_filing(unit, reception)
    assignment, receiving, competent, revision = _check_place(unit, reception, filing)
    procedure = kept_procedure(unit, revision)
    applicant = read_applicant(reception.applicant)
    data = _read_data(unit, procedure, competent, reception)
    context = reception_context(procedure, competent, unit, data, reception.channel, applicant.kind)
    check_components(procedure, reception.components, context)

    fee = procedure.fee.amount(context, evaluate)
    row = new_row(unit, reception, revision, procedure, (receiving, competent), applicant, data, fee)
    unit.session.add(row)
    unit.session.flush()
    case = Case.of(unit, row, items=[])
    case.assignment_id = assignment.id if assignment else None
    add_components(unit, case, reception.components)
    add_files(unit, row.id, reception.files)
    if filing is not None:
        copy_filing_files(unit, filing, row.id)
        note_accepted(unit, filing, row.id, row.code, receiving.id)

    taken = keep_provisional(unit, reception.provisional, row.id)
    facts = {"channel": row.channel, "due": row.promised_due.isoformat(), **taken}
    case.note("received", unit_id=receiving.id, **facts)
    watch(unit, row)
    move(case, Start())
    finish_reception(case)
    tell_accepted(case)

    write_history(case)
    produce(unit, row, SLIP, printed=True)
    record(
        unit,
        f"dossier:{row.id}",
        "dossier.received",
        {
            "code": row.code,
            "procedure": procedure.key,
            "revision": revision.number,
            "due": row.promised_due,
            "fee": fee,
            "components": sorted(one.code for one in reception.components if one.received),
            "opened": [one.node_id for one in case.opened],
        },
        case.assignment_id,
    )
    note_use(unit, revision.procedure_id)
    drop_draft(unit, reception.submission_key)
    submissions.finish(unit, reception.submission_key, {"dossier_id": row.id, "code": row.code})
    return Received(row.id, row.code)


def withdraw_dossier(unit: Unit, dossier_id: int, reason: str) -> None:
    """End a dossier because the applicant asks for it; possible until the decision is signed.

    Raises:
        AlreadySigned, DossierEnded: If it is too late.
        EndReasonMissing: Without a reason.
        RoleMissing: If the actor does not sit at the counter that received it.
    """
    row = rows.lock_dossier(unit, dossier_id)
    check_visible(unit, row)
    where = units.get_unit(unit, row.received_unit_id).name_vi
    assignment = check_holds(unit.actor, COUNTER, row.received_unit_id, where)
    _check_reason(reason, "rút", "withdrawn")
    case = Case.of(unit, row)
    check_withdrawable(row.code, Status(row.status), is_signed=_is_signed(case))

    tell_withdrawn(case)
    _end(case, Status.WITHDRAWN, assignment, reason.strip())


def stop_dossier(unit: Unit, dossier_id: int, reason: str, ground: str) -> None:
    """End a dossier by a decision of the office (Mẫu 05).

    Args:
        ground: The legal ground: document and article.

    Raises:
        DossierEnded: If it has a result or has ended.
        EndReasonMissing: Without a reason or a ground.
        RoleMissing: If the actor is not a signatory of the competent unit.
    """
    row = rows.lock_dossier(unit, dossier_id)
    check_visible(unit, row)
    assignment = None if unit.actor.is_system else chair_for(unit, "SIGNATORY", row.competent_unit_id, row)
    _check_reason(reason, "dừng", "stopped")
    _check_reason(ground, "dừng", "stopped")
    check_stoppable(row.code, Status(row.status))
    case = Case.of(unit, row)

    tell_stopped(case)
    stage = ", ".join(one.name_vi for one in case.items)
    letter = {"reason": reason.strip(), "legal_basis": ground.strip(), "stage": stage}
    case.papers.append(Paper(form=STOP, facts=letter, signer=signer_for(unit, row.id)))
    _end(case, Status.STOPPED, assignment, reason.strip(), ground=ground.strip())


# --- accepting --------------------------------------------------------------------------------


def _held_filing(unit: Unit, reception: Reception) -> FilingRow | None:
    if not reception.filing_number:
        return None
    return hold_for_acceptance(unit, reception.filing_number, reception.receiving_unit_id)


def _check_place(
    unit: Unit, reception: Reception, filing: FilingRow | None
) -> tuple[Assignment | None, UnitRow, UnitRow, RevisionRow]:
    receiving = receiving_unit(unit, reception.receiving_unit_id)
    assignment = check_holds(unit.actor, COUNTER, receiving.id)
    if reception.channel not in CHANNELS:
        raise BadReception("a channel", f"{reception.channel}", what="kênh nộp", what_en="the channel")
    if reception.return_method not in METHODS:
        raise BadReception("a way", reception.return_method, what="cách nhận kết quả", what_en="the delivery")
    today = local_day(unit.now)
    procedure = find_procedure(unit, reception.procedure_key)
    revision = revision_in_force(unit, procedure.id, today)
    if filing is not None and filing.competent_unit_id is not None:
        check_unit_open(unit, filing.competent_unit_id, today)
        competent = unit.session.get_one(UnitRow, filing.competent_unit_id)
        return assignment, receiving, competent, revision
    chosen = reception.competent_unit_id
    return assignment, receiving, competent_unit(unit, procedure, receiving, today, chosen), revision


def _read_data(unit: Unit, procedure: Procedure, competent: UnitRow, reception: Reception) -> dict[str, Any]:
    form = procedure.forms.get(procedure.reception_form)
    if form is None:
        if reception.data:
            no_form = Text("Thủ tục này không có tờ khai.", "This procedure has no form.")
            raise FormInvalid(dict.fromkeys(reception.data, no_form))
        return {}
    known = reception_context(procedure, competent, unit, {}, reception.channel, reception.applicant.kind)
    return check_answers(form, reception.data, known, evaluate)


def new_row(
    unit: Unit,
    reception: Reception,
    revision: RevisionRow,
    procedure: Procedure,
    places: tuple[UnitRow, UnitRow],
    applicant: Applicant,
    data: dict[str, Any],
    fee: int,
) -> DossierRow:
    """Return the row of a dossier that is accepted now, with its code and due date; not yet begun."""
    receiving, competent = places
    today: date = local_day(unit.now)
    code = str(
        DossierCode.make(receiving.identity_code, today, next_of_day(unit, receiving.identity_code, today))
    )
    found = due(calendar_of(unit, competent.id), unit.now, term_of(procedure))
    is_paid = procedure.fee.when == BEFORE_ACCEPTANCE
    return DossierRow(
        code=code,
        procedure=revision.procedure,
        revision=revision,
        channel=reception.channel,
        received_unit_id=receiving.id,
        competent_unit_id=competent.id,
        return_unit_id=receiving.id,
        applicant_kind=applicant.kind,
        applicant_name=applicant.name,
        applicant_id_no=applicant.id_no,
        applicant_phone=applicant.phone,
        applicant_email=applicant.email,
        applicant_address=applicant.address,
        data=data,
        search_text=search_text(code, applicant.name, personal_words(procedure, applicant, data)),
        status=Status.RECEIVED.value,
        payment_status="none" if not fee else "paid" if is_paid else "due",
        fee=fee,
        return_method=reception.return_method,
        accepted_at=unit.now,
        legal_due=found.at,
        promised_due=found.at,
        current_due=found.at,
        due_is_provisional=found.provisional,
        executor=unit.engine.executor,
        state="",
        received_by=unit.actor.user_id,
    )


def finish_reception(case: Case) -> None:
    """The clerk who accepts has thereby done the reception step."""
    item = next((one for one in case.opened if one.kind == "receive"), None)
    if item is None:
        return
    item.claimed_by, item.claimed_at = case.unit.actor.user_id, case.unit.now
    spec = case.spec(item.node_id)
    outcome = next((one.code for one in spec.outcomes if is_main(spec, one.code)), "")
    finish_item(case, item, outcome=outcome, answers={})


def _body(reception: Reception) -> dict[str, Any]:
    return {
        "procedure": reception.procedure_key,
        "unit": reception.receiving_unit_id,
        "applicant": repr(reception.applicant),
        "data": dict(reception.data),
        "components": [repr(one) for one in reception.components],
        "files": [(one.component_code, one.file_name) for one in reception.files],
        "channel": reception.channel,
        "return": reception.return_method,
        "competent": reception.competent_unit_id,
        "filing": reception.filing_number,
    }


# --- ending -----------------------------------------------------------------------------------


def _end(case: Case, status: Status, assignment: Assignment | None, reason: str, **facts: str) -> None:
    case.act_by(assignment)
    case.row.status = status.value
    move(case, Cancel(reason), reason)
    case.note(status.value, unit_id=assignment.unit_id if assignment else None, reason=reason, **facts)
    write_history(case)
    record(
        case.unit,
        f"dossier:{case.row.id}",
        f"dossier.{status.value}",
        {**facts, **case.instead_of},
        case.assignment_id,
    )


def _is_signed(case: Case) -> bool:
    """Say whether somebody signed; a signatory who sent the draft back did not."""
    signed = case.unit.session.execute(
        select(WorkItemRow.node_id, WorkItemRow.outcome).where(
            WorkItemRow.dossier_id == case.row.id,
            WorkItemRow.kind == "sign",
            WorkItemRow.status == rows.DONE,
        )
    )
    return any(is_main(case.spec(one.node_id), one.outcome) for one in signed)


def _check_reason(reason: str, act: str, act_en: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise EndReasonMissing("a reason", "it is empty or too long", act=act, act_en=act_en)
