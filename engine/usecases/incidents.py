"""Incidents: a dossier on which something could not go on by itself, made visible until somebody acts.

A refusal on a person's click is told to that person and leaves no trace. What fails in the background has
nobody to tell, so it becomes a row, and what caused it rests until it is tried again.
"""

from __future__ import annotations

from sqlalchemy import select

from engine.domain.access import Assignment, check_holds
from engine.errors import NotFound, ProcedureError, Refused
from engine.store import cases as rows
from engine.store import units
from engine.store.rows import DossierRow, IncidentRow, OutboxRow, TimerRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.cases import Case, write_history
from engine.usecases.firing import fire_timer
from engine.usecases.visibility import check_visible

SMS_GIVEN_UP = "sms_not_sent"
ADMIN = "IT_ADMIN"
LEADERS = ("COORDINATOR", "HEAD", "SIGNATORY")


class IncidentEnded(Refused):
    """Somebody tried again before."""

    code = "incident_ended"
    vi = "Sự cố này đã được xử lý trước đó. Hãy tải lại trang."
    en = "This incident was already dealt with. Reload the page."


def open_incident(unit: Unit, dossier_id: int, node_id: str, error: ProcedureError) -> IncidentRow:
    """Write down what could not go on, in the words of the refusal."""
    row = IncidentRow(
        dossier_id=dossier_id,
        node_id=node_id,
        code=error.code,
        text_vi=error.say("vi"),
        text_en=error.say("en"),
        since=unit.now,
    )
    unit.session.add(row)
    case = Case.of(unit, rows.lock_dossier(unit, dossier_id), items=[])
    case.note("incident.opened", node_id, code=error.code, text=row.text_vi, text_en=row.text_en)
    write_history(case)
    record(unit, f"dossier:{dossier_id}", "incident.opened", {"node": node_id, "code": error.code})
    return row


def retry_incident(unit: Unit, incident_id: int, note: str = "") -> None:
    """Try again what failed; the incident ends if it works, and nothing changes if it does not.

    Raises:
        IncidentEnded: If somebody was faster.
        RoleMissing: If the actor is not IT staff and leads neither the competent nor the receiving unit.
        ProcedureError: Whatever refuses this time.
    """
    row = _lock(unit, incident_id)
    dossier = rows.lock_dossier(unit, row.dossier_id)
    assignment = unit.actor.holds(ADMIN)
    if assignment is None:
        check_visible(unit, dossier)
        assignment = _check_leads(unit, dossier)
    if row.ended_at is not None:
        raise IncidentEnded("an open incident", "it has ended")

    row.ended_at, row.resolution = unit.now, note.strip()[:2000] or "retried"
    case = Case.of(unit, dossier)
    case.assignment_id = assignment.id if assignment else None
    if row.code == SMS_GIVEN_UP:
        _send_again(unit, dossier.id)
    else:
        _fire_again(case, row.node_id)
    case.note("incident.ended", row.node_id, code=row.code, note=row.resolution)
    write_history(case)
    record(unit, f"dossier:{dossier.id}", "incident.retried", {"incident": row.id}, case.assignment_id)


def _lock(unit: Unit, incident_id: int) -> IncidentRow:
    row = unit.session.scalars(
        select(IncidentRow).where(IncidentRow.id == incident_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("the incident to exist", "there is none", what="sự cố")
    return row


def _check_leads(unit: Unit, dossier: DossierRow) -> Assignment | None:
    for unit_id in (dossier.competent_unit_id, dossier.received_unit_id):
        for role in LEADERS:
            found = unit.actor.holds(role, unit_id)
            if found:
                return found
    where = units.get_unit(unit, dossier.competent_unit_id).name_vi
    return check_holds(unit.actor, "HEAD", dossier.competent_unit_id, where)


def _fire_again(case: Case, node_id: str) -> None:
    """Fire the timers that rest on this node; without one, what failed has been overtaken by events."""
    resting = case.unit.session.scalars(
        select(TimerRow)
        .where(
            TimerRow.dossier_id == case.row.id,
            TimerRow.node_id == node_id,
            TimerRow.due_at <= case.unit.now,
        )
        .order_by(TimerRow.due_at, TimerRow.id)
        .limit(1)
    ).all()
    for timer in resting:
        fire_timer(case, timer)


def _send_again(unit: Unit, dossier_id: int) -> None:
    for message in unit.session.scalars(
        select(OutboxRow).where(
            OutboxRow.dossier_id == dossier_id, OutboxRow.sent_at.is_(None), OutboxRow.next_try_at.is_(None)
        )
    ):
        message.next_try_at, message.attempts = unit.now, 0
