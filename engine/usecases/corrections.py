"""Correcting an error in a result: a new dossier that is linked to the old one, which stays as it was.

The applicant hands in nothing and pays nothing: data, papers and files are those of the old dossier. The new
one has its own code, its own time and its own number in the register.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from engine.domain.calendar import local_day
from engine.domain.dossiers import Status
from engine.errors import Invalid, Refused
from engine.execution import Start
from engine.store import cases as rows
from engine.store import units
from engine.store.due_rows import CorrectionRow
from engine.store.rows import AttachmentRow, ComponentRow, DossierRow
from engine.store.work import Unit
from engine.usecases.alerts import watch
from engine.usecases.audit import record
from engine.usecases.authority import chair_for, may_act
from engine.usecases.cases import Case, write_history
from engine.usecases.dossiers import Received, Reception, finish_reception, new_row
from engine.usecases.moving import move
from engine.usecases.notices import tell_corrected
from engine.usecases.procedures import procedure_of, revision_in_force
from engine.usecases.reception import Applicant
from engine.usecases.visibility import check_visible

DECIDER = "SIGNATORY"
LONGEST_REASON = 2000
CORRECTABLE = frozenset({Status.RESOLVED, Status.RETURNED})


class NothingToCorrect(Refused):
    """Only a result can hold an error that needs a correction."""

    code = "nothing_to_correct"
    vi = "Chỉ đính chính được hồ sơ đã có kết quả; hồ sơ {dossier} đang ở trạng thái “{status}”."
    en = "Only a dossier with a result can be corrected; {dossier} is “{status_en}”."


class CorrectionRuns(Refused):
    code = "correction_runs"
    vi = "Hồ sơ {dossier} đã có hồ sơ đính chính {other} đang giải quyết."
    en = "{dossier} already has a correction at work: {other}."


class CorrectionReasonMissing(Invalid):
    code = "correction_reason_missing"
    vi = "Hãy ghi sai sót cần đính chính, tối đa {most} ký tự."
    en = "Write what is wrong, in at most {most} characters."


@dataclass(frozen=True, slots=True)
class Tie:
    """A dossier that corrects this one, or is corrected by it."""

    code: str
    corrects_this: bool
    reason: str


def open_correction(unit: Unit, dossier_id: int, reason: str) -> Received:
    """Open a dossier that corrects the result of another; a signatory of the competent unit does.

    Raises:
        RoleMissing: If the actor does not sign for the competent unit.
        NothingToCorrect: If there is no result.
        CorrectionRuns: If one is open already.
        CorrectionReasonMissing: Without saying what is wrong.
        NotInForce: If the procedure is no longer in force.
    """
    old = rows.lock_dossier(unit, dossier_id)
    check_visible(unit, old)
    chair = None if unit.actor.is_system else chair_for(unit, DECIDER, old.competent_unit_id, old)
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise CorrectionReasonMissing("a reason", f"{len(said)} characters", most=LONGEST_REASON)
    _check_correctable(unit, old)

    row = _copy(unit, old)
    case = Case.of(unit, row, items=[])
    case.act_by(chair)
    case.note("received", unit_id=row.received_unit_id, channel=row.channel, due=row.promised_due.isoformat())
    case.note("correction.of", unit_id=row.competent_unit_id, dossier=old.code, reason=said)
    watch(unit, row)
    move(case, Start())
    finish_reception(case)
    tell_corrected(case)
    write_history(case)

    before = Case.of(unit, old, items=[])
    before.act_by(chair)
    before.note("correction.opened", unit_id=old.competent_unit_id, dossier=row.code, reason=said)
    write_history(before)
    unit.session.add(
        CorrectionRow(
            of_dossier_id=old.id, dossier_id=row.id, reason=said, at=unit.now, by=unit.actor.user_id
        )
    )
    facts = {"dossier": row.code, "of": old.code, "reason": said, **case.instead_of}
    record(unit, f"dossier:{old.id}", "correction.opened", facts, case.assignment_id)
    record(unit, f"dossier:{row.id}", "dossier.received", facts, case.assignment_id)
    return Received(row.id, row.code)


def can_correct(unit: Unit, row: DossierRow) -> bool:
    """Say whether the actor may open a correction of a dossier."""
    return Status(row.status) in CORRECTABLE and may_act(unit, DECIDER, row.competent_unit_id, row)


def corrections_of(unit: Unit, dossier_id: int) -> list[Tie]:
    """Return the dossiers that correct this one, and the one that it corrects."""
    found = unit.session.execute(
        select(CorrectionRow, DossierRow.code)
        .join(
            DossierRow,
            or_(
                (CorrectionRow.of_dossier_id == dossier_id) & (DossierRow.id == CorrectionRow.dossier_id),
                (CorrectionRow.dossier_id == dossier_id) & (DossierRow.id == CorrectionRow.of_dossier_id),
            ),
        )
        .order_by(CorrectionRow.id)
    )
    return [Tie(code, row.of_dossier_id == dossier_id, row.reason) for row, code in found]


def _check_correctable(unit: Unit, old: DossierRow) -> None:
    status = Status(old.status)
    if status not in CORRECTABLE:
        raise NothingToCorrect(
            "a result",
            f"it is {status}",
            dossier=old.code,
            status=status.label.vi,
            status_en=status.label.en,
        )
    running = unit.session.scalar(
        select(DossierRow.code)
        .join(CorrectionRow, CorrectionRow.dossier_id == DossierRow.id)
        .where(
            CorrectionRow.of_dossier_id == old.id,
            DossierRow.resolved_at.is_(None),
            DossierRow.ended_at.is_(None),
        )
        .limit(1)
    )
    if running is not None:
        raise CorrectionRuns("no correction at work", f"{running} is", dossier=old.code, other=running)


def _copy(unit: Unit, old: DossierRow) -> DossierRow:
    """Return the new dossier with the application of the old one: what steps answered is asked anew."""
    revision = revision_in_force(unit, old.procedure_id, local_day(unit.now))
    procedure = procedure_of(revision)
    applicant = Applicant(
        kind=old.applicant_kind,
        name=old.applicant_name,
        id_no=old.applicant_id_no,
        phone=old.applicant_phone,
        email=old.applicant_email,
        address=old.applicant_address,
    )
    reception = Reception(
        procedure_key=procedure.key,
        receiving_unit_id=old.received_unit_id,
        applicant=applicant,
        channel=old.channel,
        return_method=old.return_method,
    )
    places = (units.get_unit(unit, old.received_unit_id), units.get_unit(unit, old.competent_unit_id))
    form = procedure.forms.get(procedure.reception_form)
    named = {field.name for field in form.fields} if form else set()
    data = {name: value for name, value in old.data.items() if name in named}
    row = new_row(unit, reception, revision, procedure, places, applicant, data, fee=0)  # type: ignore[arg-type]
    row.received_by = unit.actor.user_id or old.received_by
    unit.session.add(row)
    unit.session.flush()
    for table, skipped in ((ComponentRow, ()), (AttachmentRow, ("work_item_id",))):
        for one in unit.session.scalars(select(table).where(table.dossier_id == old.id).order_by(table.id)):
            values = {
                column.key: getattr(one, column.key)
                for column in table.__table__.columns
                if column.key not in ("id", "dossier_id", *skipped)
            }
            unit.session.add(table(dossier_id=row.id, **values))
    return row
