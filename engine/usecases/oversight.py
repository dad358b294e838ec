"""What IT staff and the province do from outside a dossier's own steps: look, try again, halt.

Personal data is hidden from IT staff; whoever needs it says why, and the reason stands in the audit chain
of the dossier before anything is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.domain.access import check_holds
from engine.errors import Invalid, NotFound, Refused
from engine.store import cases as dossiers
from engine.store.rows import DossierRow, OutboxRow, RevisionRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.cases import Case, write_history
from engine.usecases.overtaken import end_resent

ADMIN = "IT_ADMIN"
APPROVER = "PROC_APPROVER_PROV"
LEAST_REASON = 10  # characters: "vì cần" explains nothing


class ReasonTooShort(Invalid):
    code = "reason_too_short"
    vi = "Hãy ghi lý do cụ thể, ít nhất {least} ký tự; lý do được lưu trong nhật ký."
    en = "Please give a reason of at least {least} characters; it is kept in the audit log."


class AlreadySent(Refused):
    code = "already_sent"
    vi = "Tin nhắn này đã gửi xong nên không gửi lại."
    en = "This message was sent, so it is not sent again."


class RevisionState(Refused):
    code = "revision_state"
    vi = "Phiên bản {number} không ở trạng thái cho phép làm việc này."
    en = "Version {number} is not in a state that allows this."


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What identifies the applicant of one dossier."""

    name: str
    id_no: str
    phone: str
    email: str
    address: str


def read_personal_data(unit: Unit, dossier_id: int, reason: str) -> PersonalData:
    """Return the applicant's data to IT staff, once, for a reason that is audited.

    Raises:
        RoleMissing: If the actor is not IT staff.
        ReasonTooShort: If hardly anything is said.
        NotFound: If there is no such dossier.
    """
    assignment = check_holds(unit.actor, ADMIN)
    check_reason(reason)
    row = unit.session.get(DossierRow, dossier_id)
    if row is None:
        raise NotFound("a dossier", "there is none", what="hồ sơ")
    data = {"reason": reason.strip()}
    record(unit, f"dossier:{row.id}", "personal_data.read", data, assignment.id if assignment else None)
    return PersonalData(
        name=row.applicant_name,
        id_no=row.applicant_id_no,
        phone=row.applicant_phone,
        email=row.applicant_email,
        address=row.applicant_address,
    )


def retry_message(unit: Unit, outbox_id: int) -> None:
    """Let the worker try a message again at once, counting its tries anew; its incident ends by that.

    Raises:
        RoleMissing: If the actor is not IT staff.
        AlreadySent: If it was sent.
        NotFound: If there is no such message.
    """
    check_holds(unit.actor, ADMIN)
    row = unit.session.get(OutboxRow, outbox_id)
    if row is None:
        raise NotFound("a message", "there is none", what="tin nhắn")
    about = None if row.dossier_id is None else dossiers.lock_dossier(unit, row.dossier_id)  # always first
    unit.session.refresh(row, with_for_update=True)
    if row.sent_at is not None:
        raise AlreadySent("a message that waits", "it was sent")
    row.next_try_at, row.attempts, row.error = unit.now, 0, ""
    record(unit, f"outbox:{row.id}", "message.retried")
    if about is not None:
        case = Case.of(unit, about, items=[])
        end_resent(case, row.id)
        write_history(case)


def suspend_revision(unit: Unit, revision_id: int, reason: str) -> None:
    """Receive no more dossiers under a published revision; those under way go on.

    Raises:
        RoleMissing: If the actor does not approve procedures for the province.
        RevisionState: If it is not published.
        ReasonTooShort: If hardly anything is said.
    """
    check_holds(unit.actor, APPROVER, where="UBND tỉnh")
    check_reason(reason)
    row = _revision(unit, revision_id, "PUBLISHED")
    row.state, row.review_note, row.changed_at = "SUSPENDED", reason.strip(), unit.now
    record(unit, f"revision:{row.id}", "revision.suspended", {"reason": reason.strip()})


def resume_revision(unit: Unit, revision_id: int) -> None:
    """Receive dossiers again under a suspended revision that nothing has replaced.

    Raises:
        RoleMissing, RevisionState: See `suspend_revision`.
    """
    check_holds(unit.actor, APPROVER, where="UBND tỉnh")
    row = _revision(unit, revision_id, "SUSPENDED")
    replaced = unit.session.scalars(
        select(RevisionRow).where(
            RevisionRow.procedure_id == row.procedure_id, RevisionRow.state == "PUBLISHED"
        )
    ).first()
    if replaced is not None:
        raise RevisionState("no other published revision", f"{replaced.number} is", number=row.number)
    row.state, row.changed_at = "PUBLISHED", unit.now
    record(unit, f"revision:{row.id}", "revision.resumed")


def _revision(unit: Unit, revision_id: int, state: str) -> RevisionRow:
    row = unit.session.get(RevisionRow, revision_id)
    if row is None:
        raise NotFound("a revision", "there is none", what="phiên bản quy trình")
    if row.state != state:
        raise RevisionState(state, f"it is {row.state}", number=row.number)
    return row


def check_reason(reason: str) -> None:
    """Check that a reason says something.

    Raises:
        ReasonTooShort: Otherwise.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonTooShort("a reason", "hardly anything is said", least=LEAST_REASON)
