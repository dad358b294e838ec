"""Suspending a dossier: the office may not go on for a legal reason, and its clock stands still meanwhile.

Unlike a supplement or an unpaid fee, no step of the diagram waits for it; a signatory decides it and its end.
"""

from __future__ import annotations

from engine.domain.access import Assignment
from engine.domain.deadlines import ClockPolicy
from engine.domain.dossiers import ACTIVE, Status, check_stoppable
from engine.errors import Invalid, Refused
from engine.store import cases as rows
from engine.store.rows import DossierRow
from engine.store.steps import Stop as StopRecord
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.authority import chair_for, may_act
from engine.usecases.cases import Case, write_history
from engine.usecases.notices import tell_resumed, tell_suspended
from engine.usecases.stops import SUSPENSION, end_suspension
from engine.usecases.visibility import check_visible

DECIDER = "SIGNATORY"
LONGEST_REASON = 2000


class SuspensionReasonMissing(Invalid):
    code = "suspension_reason_missing"
    vi = "Hãy ghi lý do và căn cứ pháp lý của việc tạm dừng (mỗi phần tối đa {most} ký tự)."
    en = "Write the reason and the legal ground of the suspension (at most {most} characters each)."


class AlreadySuspended(Refused):
    code = "already_suspended"
    vi = "Đồng hồ của hồ sơ này đang dừng, nên không tạm dừng thêm."
    en = "The clock of this dossier already stands still."


class NotSuspended(Refused):
    code = "not_suspended"
    vi = "Hồ sơ này không bị tạm dừng, hoặc đã được tiếp tục. Hãy tải lại trang."
    en = "This dossier is not suspended, or goes on already. Reload the page."


def suspend_dossier(unit: Unit, dossier_id: int, reason: str, ground: str) -> None:
    """Let the clock stand still until `resume_dossier`; the applicant is told.

    Args:
        ground: The legal ground: document and article.

    Raises:
        RoleMissing: If the actor does not sign for the competent unit.
        DossierEnded: If there is a result or it has ended.
        AlreadySuspended: If the clock stands still.
        SuspensionReasonMissing: Without reason and ground.
    """
    case, chair = _begin(unit, dossier_id)
    said, based = reason.strip(), ground.strip()
    if not said or not based or max(len(said), len(based)) > LONGEST_REASON:
        raise SuspensionReasonMissing("a reason and a ground", "one is missing", most=LONGEST_REASON)
    check_stoppable(case.row.code, Status(case.row.status))
    if case.row.clock_stopped_at is not None:
        raise AlreadySuspended("a running clock", "it stands still")
    case.stops.append(
        StopRecord(
            id=None,
            dossier_id=case.row.id,
            kind=SUSPENSION,
            policy=ClockPolicy.PAUSE.value,
            stopped_at=unit.now,
            resumed_at=None,
            reason=said,
            round=1,
            work_item_id=None,
        )
    )
    case.row.clock_stopped_at = unit.now
    case.act_by(chair)
    case.note("suspended", unit_id=case.row.competent_unit_id, reason=said, ground=based)
    tell_suspended(case)
    _write(case, "dossier.suspended", {"reason": said, "ground": based})


def resume_dossier(unit: Unit, dossier_id: int, note: str = "") -> None:
    """Let a suspended dossier go on: its due date and the targets of open steps move by the time lost.

    Raises:
        RoleMissing: If the actor does not sign for the competent unit.
        NotSuspended: If it goes on already.
    """
    case, chair = _begin(unit, dossier_id)
    case.act_by(chair)
    if not end_suspension(case):
        raise NotSuspended("a suspension", "there is none")
    said = note.strip()[:LONGEST_REASON]
    case.note("resumed", unit_id=case.row.competent_unit_id, reason=said)
    tell_resumed(case)
    _write(case, "dossier.resumed", {"note": said})


def can_suspend(unit: Unit, row: DossierRow) -> bool:
    """Say whether the actor may suspend a dossier now."""
    is_at_work = Status(row.status) in ACTIVE and row.clock_stopped_at is None
    return is_at_work and may_act(unit, DECIDER, row.competent_unit_id, row)


def can_resume(unit: Unit, case: Case) -> bool:
    """Say whether the dossier is suspended and the actor may let it go on."""
    is_suspended = any(one.kind == SUSPENSION and one.resumed_at is None for one in case.stops)
    return is_suspended and may_act(unit, DECIDER, case.row.competent_unit_id, case.row)


def _begin(unit: Unit, dossier_id: int) -> tuple[Case, Assignment | None]:
    row = rows.lock_dossier(unit, dossier_id)
    check_visible(unit, row)
    chair = None if unit.actor.is_system else chair_for(unit, DECIDER, row.competent_unit_id, row)
    return Case.of(unit, row), chair


def _write(case: Case, action: str, facts: dict[str, str]) -> None:
    write_history(case)
    said = {**facts, **case.instead_of}
    record(case.unit, f"dossier:{case.row.id}", action, said, case.assignment_id)
