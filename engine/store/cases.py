"""Rows of a dossier: loading it for a step, and what hangs on it.

Loading for a step locks the dossier's row on PostgreSQL, so that two steps of one dossier queue; SQLite
has a single writer anyway. Version columns catch whatever a lock does not.
"""

from __future__ import annotations

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from engine.errors import NotFound
from engine.store.hanging import hanging_on
from engine.store.rows import (
    AttachmentRow,
    ComponentRow,
    DossierRow,
    EventRow,
    IncidentRow,
    RevisionRow,
    TimerRow,
    WorkItemRow,
)
from engine.store.steps import DONE, OPEN
from engine.store.work import Unit

__all__ = ["DONE", "OPEN", "WITHDRAWN"]

WITHDRAWN = "withdrawn"


def lock_dossier(unit: Unit, dossier_id: int) -> DossierRow:
    """Load a dossier with its revision and procedure, for a change.

    Raises:
        NotFound: If there is none.
    """
    return _found(unit.session.scalars(_LOCK_DOSSIER, {"key": dossier_id}).one_or_none(), "hồ sơ")


def get_dossier(unit: Unit, key: int | str) -> DossierRow:
    """Load a dossier by its id or code, only to look at it."""
    by = DossierRow.id == key if isinstance(key, int) else DossierRow.code == key
    return _one(unit, with_revision(select(DossierRow)).where(by), "hồ sơ")


def lock_task(unit: Unit, task_id: int) -> WorkItemRow:
    """Load a work item with its dossier, revision and procedure, for a change of both."""
    return _found(unit.session.scalars(_LOCK_TASK, {"key": task_id}).one_or_none(), "công việc")


def get_task(unit: Unit, task_id: int) -> WorkItemRow:
    """Load a work item with its dossier, only to look at it."""
    return _one(unit, with_revision(_tasks()).where(WorkItemRow.id == task_id), "công việc")


def all_items(unit: Unit, dossier_id: int) -> list[WorkItemRow]:
    if (known := hanging_on(unit, dossier_id)) is not None:
        return list(known.items)
    return list(
        unit.session.scalars(
            select(WorkItemRow).where(WorkItemRow.dossier_id == dossier_id).order_by(WorkItemRow.id)
        )
    )


def timers(unit: Unit, dossier_id: int) -> list[TimerRow]:
    return list(
        unit.session.scalars(select(TimerRow).where(TimerRow.dossier_id == dossier_id).order_by(TimerRow.id))
    )


def components(unit: Unit, dossier_id: int) -> list[ComponentRow]:
    if (known := hanging_on(unit, dossier_id)) is not None:
        return list(known.components)
    return list(
        unit.session.scalars(
            select(ComponentRow).where(ComponentRow.dossier_id == dossier_id).order_by(ComponentRow.id)
        )
    )


def attachments(unit: Unit, dossier_id: int) -> list[AttachmentRow]:
    if (known := hanging_on(unit, dossier_id)) is not None:
        return list(known.attachments)
    return list(
        unit.session.scalars(
            select(AttachmentRow).where(AttachmentRow.dossier_id == dossier_id).order_by(AttachmentRow.id)
        )
    )


def events(unit: Unit, dossier_id: int) -> list[EventRow]:
    if (known := hanging_on(unit, dossier_id)) is not None:
        return list(known.events)
    return list(
        unit.session.scalars(select(EventRow).where(EventRow.dossier_id == dossier_id).order_by(EventRow.id))
    )


def open_incidents(unit: Unit, dossier_id: int) -> list[IncidentRow]:
    if (known := hanging_on(unit, dossier_id)) is not None:
        return list(known.incidents)
    return list(
        unit.session.scalars(
            select(IncidentRow)
            .where(IncidentRow.dossier_id == dossier_id, IncidentRow.ended_at.is_(None))
            .order_by(IncidentRow.id)
        )
    )


def with_revision(statement: Select) -> Select:
    """Join the revision and the procedure of the dossier that `statement` reads.

    The content of the revision is long, and kept in memory elsewhere.
    """
    path = statement.column_descriptions[0]["entity"]
    reach = contains_eager(WorkItemRow.dossier) if path is WorkItemRow else None
    revision = DossierRow.revision if reach is None else reach.contains_eager(DossierRow.revision)
    procedure = DossierRow.procedure if reach is None else reach.contains_eager(DossierRow.procedure)
    joined = statement.join(DossierRow.revision).join(DossierRow.procedure)
    if reach is None:
        revision, procedure = contains_eager(revision), contains_eager(procedure)
    return joined.options(revision.defer(RevisionRow.content), procedure)


def _tasks() -> Select:
    return select(WorkItemRow).join(WorkItemRow.dossier)


def _one(unit: Unit, statement: Select, what: str):
    return _found(
        unit.session.scalars(statement.execution_options(populate_existing=True)).one_or_none(), what
    )


def _found(row, what: str):
    if row is None:
        raise NotFound("it to exist", "there is none", what=what)
    return row


# Built once, for every step asks them. The content of a revision is long and is kept in memory elsewhere;
# the units that every step looks at come along.
_KEY = bindparam("key")
_TO_DOSSIER = contains_eager(WorkItemRow.dossier)
_LOCK_DOSSIER = (
    select(DossierRow)
    .join(DossierRow.revision)
    .where(DossierRow.id == _KEY)
    .options(
        contains_eager(DossierRow.revision).defer(RevisionRow.content),
        joinedload(DossierRow.competent_unit, innerjoin=True),
    )
    .with_for_update(of=DossierRow)
    .execution_options(populate_existing=True)
)
_LOCK_TASK = (
    _tasks()
    .join(DossierRow.revision)
    .where(WorkItemRow.id == _KEY)
    .options(
        _TO_DOSSIER.contains_eager(DossierRow.revision).defer(RevisionRow.content),
        _TO_DOSSIER.joinedload(DossierRow.competent_unit, innerjoin=True),
        joinedload(WorkItemRow.unit, innerjoin=True),
    )
    .with_for_update(of=[WorkItemRow, DossierRow])
    .execution_options(populate_existing=True)
)
