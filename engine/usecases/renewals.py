"""After the calendar changed: due dates of running dossiers, looked at first, then renewed on purpose.

A holiday announced late moves due dates. What stands on a slip stays promised; only the current date moves,
and the history says from when to when and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.domain.access import check_holds
from engine.errors import Invalid
from engine.store import cases as rows
from engine.store.rows import DossierRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.cases import Case, write_history
from engine.usecases.stops import due_of, renew_due

ADMIN = "IT_ADMIN"


class RenewalReasonMissing(Invalid):
    code = "renewal_reason_missing"
    vi = "Hãy ghi căn cứ điều chỉnh ngày hẹn, ví dụ số quyết định nghỉ lễ; ô này đang để trống."
    en = "Write what the dates are moved for, such as the decision on the holiday; it is empty."


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDue:
    """A due date that the calendar now puts elsewhere."""

    dossier_id: int
    code: str
    before: datetime
    after: datetime


def moved_due_dates(unit: Unit) -> list[MovedDue]:
    """Return the running dossiers whose due date is no longer what the calendar gives.

    Raises:
        RoleMissing: If the actor is not IT staff.
    """
    check_holds(unit.actor, ADMIN)
    found = []
    for row in unit.session.scalars(_running()):
        after = due_of(Case.of(unit, row, items=[])).at
        if after != row.current_due:
            found.append(MovedDue(dossier_id=row.id, code=row.code, before=row.current_due, after=after))
    return found


def renew_due_dates(unit: Unit, reason: str) -> int:
    """Move the due dates that `moved_due_dates` shows; return how many.

    Raises:
        RoleMissing: If the actor is not IT staff.
        RenewalReasonMissing: Without a reason.
    """
    assignment = check_holds(unit.actor, ADMIN)
    if not reason.strip():
        raise RenewalReasonMissing("a reason", "it is empty")
    moved = moved_due_dates(unit)
    for one in moved:
        case = Case.of(unit, rows.lock_dossier(unit, one.dossier_id), items=[])
        case.assignment_id = assignment.id if assignment else None
        renew_due(case)
        write_history(case)
        facts = {"before": one.before, "after": one.after, "reason": reason.strip()[:500]}
        record(unit, f"dossier:{one.dossier_id}", "due.renewed", facts, case.assignment_id)
    return len(moved)


def _running():
    return rows.with_revision(
        select(DossierRow)
        .where(DossierRow.ended_at.is_(None), DossierRow.resolved_at.is_(None))
        .order_by(DossierRow.id)
    )
