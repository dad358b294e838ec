"""The procedures that a clerk received last: nine of ten dossiers are of the same few."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.counter_rows import RecentProcedureRow
from engine.store.rows import ProcedureRow
from engine.store.work import Unit

MOST_RECENT = 10
_ROWS = RecentProcedureRow.__table__
_NOTE = {
    name: (made := dialect.insert(_ROWS)).on_conflict_do_update(
        index_elements=[_ROWS.c.user_id, _ROWS.c.procedure_id], set_={"used_at": made.excluded.used_at}
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def note_use(unit: Unit, procedure_id: int) -> None:
    """Remember that the actor received a dossier of this procedure; the system keeps no list."""
    if unit.actor.user_id is not None:
        unit.session.execute(
            _NOTE[unit.engine.database.dialect.name],
            {"user_id": unit.actor.user_id, "procedure_id": procedure_id, "used_at": unit.now},
        )


def recent_procedures(unit: Unit) -> list[str]:
    """Return the keys of the procedures that the actor received last, the latest first."""
    return list(
        unit.session.scalars(
            select(ProcedureRow.key)
            .join(RecentProcedureRow, RecentProcedureRow.procedure_id == ProcedureRow.id)
            .where(RecentProcedureRow.user_id == unit.actor.user_id)
            .order_by(RecentProcedureRow.used_at.desc(), ProcedureRow.key)
            .limit(MOST_RECENT)
        )
    )
