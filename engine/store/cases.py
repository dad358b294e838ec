"""Rows of a dossier: loading it for a step, and what hangs on it.

Loading for a step locks the dossier's row on PostgreSQL, so that two steps of one dossier queue; SQLite
has a single writer anyway. Version columns catch whatever a lock does not.
"""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from engine.errors import NotFound
from engine.store.rows import (
    AttachmentRow,
    ClockStopRow,
    ComponentRow,
    DossierRow,
    EventRow,
    IncidentRow,
    TimerRow,
    WorkItemRow,
)
from engine.store.work import Unit

OPEN, DONE, WITHDRAWN = "open", "done", "withdrawn"


def lock_dossier(unit: Unit, dossier_id: int) -> DossierRow:
    """Load a dossier with its revision and procedure, for a change.

    Raises:
        NotFound: If there is none.
    """
    statement = with_revision(select(DossierRow)).where(DossierRow.id == dossier_id)
    return _one(unit, statement.with_for_update(of=DossierRow), "hồ sơ")


def get_dossier(unit: Unit, key: int | str) -> DossierRow:
    """Load a dossier by its id or code, only to look at it."""
    by = DossierRow.id == key if isinstance(key, int) else DossierRow.code == key
    return _one(unit, with_revision(select(DossierRow)).where(by), "hồ sơ")


def lock_task(unit: Unit, task_id: int) -> WorkItemRow:
    """Load a work item with its dossier, revision and procedure, for a change of both."""
    statement = with_revision(_tasks()).where(WorkItemRow.id == task_id)
    return _one(unit, statement.with_for_update(of=[WorkItemRow, DossierRow]), "công việc")


def get_task(unit: Unit, task_id: int) -> WorkItemRow:
    """Load a work item with its dossier, only to look at it."""
    return _one(unit, with_revision(_tasks()).where(WorkItemRow.id == task_id), "công việc")


def open_items(unit: Unit, dossier_id: int) -> list[WorkItemRow]:
    return list(
        unit.session.scalars(
            select(WorkItemRow)
            .where(WorkItemRow.dossier_id == dossier_id, WorkItemRow.status == OPEN)
            .order_by(WorkItemRow.id)
        )
    )


def all_items(unit: Unit, dossier_id: int) -> list[WorkItemRow]:
    return list(
        unit.session.scalars(
            select(WorkItemRow).where(WorkItemRow.dossier_id == dossier_id).order_by(WorkItemRow.id)
        )
    )


def clock_stops(unit: Unit, dossier_id: int) -> list[ClockStopRow]:
    return list(
        unit.session.scalars(
            select(ClockStopRow).where(ClockStopRow.dossier_id == dossier_id).order_by(ClockStopRow.id)
        )
    )


def timers(unit: Unit, dossier_id: int) -> list[TimerRow]:
    return list(
        unit.session.scalars(select(TimerRow).where(TimerRow.dossier_id == dossier_id).order_by(TimerRow.id))
    )


def components(unit: Unit, dossier_id: int) -> list[ComponentRow]:
    return list(
        unit.session.scalars(
            select(ComponentRow).where(ComponentRow.dossier_id == dossier_id).order_by(ComponentRow.id)
        )
    )


def attachments(unit: Unit, dossier_id: int) -> list[AttachmentRow]:
    return list(
        unit.session.scalars(
            select(AttachmentRow).where(AttachmentRow.dossier_id == dossier_id).order_by(AttachmentRow.id)
        )
    )


def events(unit: Unit, dossier_id: int) -> list[EventRow]:
    return list(
        unit.session.scalars(select(EventRow).where(EventRow.dossier_id == dossier_id).order_by(EventRow.id))
    )


def open_incidents(unit: Unit, dossier_id: int) -> list[IncidentRow]:
    return list(
        unit.session.scalars(
            select(IncidentRow)
            .where(IncidentRow.dossier_id == dossier_id, IncidentRow.ended_at.is_(None))
            .order_by(IncidentRow.id)
        )
    )


def with_revision(statement: Select) -> Select:
    """Join the revision and the procedure of the dossier that `statement` reads."""
    path = statement.column_descriptions[0]["entity"]
    reach = contains_eager(WorkItemRow.dossier) if path is WorkItemRow else None
    revision = DossierRow.revision if reach is None else reach.contains_eager(DossierRow.revision)
    procedure = DossierRow.procedure if reach is None else reach.contains_eager(DossierRow.procedure)
    joined = statement.join(DossierRow.revision).join(DossierRow.procedure)
    if reach is None:
        return joined.options(contains_eager(revision), contains_eager(procedure))
    return joined.options(revision, procedure)


def _tasks() -> Select:
    return select(WorkItemRow).join(WorkItemRow.dossier)


def _one(unit: Unit, statement: Select, what: str):
    row = unit.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("it to exist", "there is none", what=what)
    return row
