"""Incidents that events have overtaken: what was stuck is no longer waited for, so nobody has to decide.

A step that somebody finished by hand takes its timers with it, and a message that was sent again starts anew;
the incident about them ends by that act.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from engine.store.rows import IncidentRow
from engine.usecases.audit import record
from engine.usecases.cases import Case

OVERTAKEN, RESENT = "overtaken", "resent"


def end_overtaken(case: Case, node: str, token: int, number: int) -> None:
    """End the incident about a timer that was cleared, if there is one."""
    about = (
        IncidentRow.outbox_id.is_(None),
        IncidentRow.node_id == node,
        IncidentRow.token == token,
        IncidentRow.number == number,
    )
    _end(case, OVERTAKEN, *about)


def end_resent(case: Case, outbox_id: int) -> None:
    """End the incident about a message that is sent again, if there is one."""
    _end(case, RESENT, IncidentRow.outbox_id == outbox_id)


def _end(case: Case, action: str, *about: ColumnElement[bool]) -> None:
    unit = case.unit
    for row in unit.session.scalars(
        select(IncidentRow).where(
            IncidentRow.dossier_id == case.row.id, IncidentRow.ended_at.is_(None), *about
        )
    ):
        row.ended_at, row.ended_by, row.action = unit.now, unit.actor.user_id, action
        case.note("incident.ended", row.node_id, code=row.code, note="", action=action)
        said = {"incident": row.id, "code": row.code}
        record(unit, f"dossier:{row.dossier_id}", f"incident.{action}", said, case.assignment_id)
