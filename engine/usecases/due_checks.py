"""Invariants of extensions, suspensions, corrections and undone steps; part of `engine.usecases.checks`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from engine.documents.issuing import APOLOGY
from engine.store.document_rows import DocumentRow
from engine.store.due_rows import CorrectionRow, DueChangeRow
from engine.store.rows import ClockStopRow, DossierRow, EventRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.stops import SUSPENSION

DONE, UNDONE = "step.done", "step.undone"


def extensions_without_letter(unit: Unit) -> int:
    """Extensions in force of which the applicant has no letter (Mẫu 04) with a number."""
    letter = exists().where(
        DocumentRow.dossier_id == DueChangeRow.dossier_id,
        DocumentRow.form_code == APOLOGY,
        DocumentRow.number.is_not(None),
    )
    return _count(
        unit, DueChangeRow, DueChangeRow.state == "in_force", DueChangeRow.kind == "extension", ~letter
    )


def due_changes_without_reason(unit: Unit) -> int:
    """Changes of a due date that say nothing of why, or that were decided before they were proposed."""
    early = DueChangeRow.decided_at < DueChangeRow.proposed_at
    return _count(unit, DueChangeRow, or_(DueChangeRow.reason == "", early))


def suspensions_without_history(unit: Unit) -> int:
    """Clocks that were stopped by a suspension of which the history says nothing, or no reason."""
    said = exists().where(EventRow.dossier_id == ClockStopRow.dossier_id, EventRow.kind == "suspended")
    return _count(unit, ClockStopRow, ClockStopRow.kind == SUSPENSION, or_(~said, ClockStopRow.reason == ""))


def corrections_of_nothing(unit: Unit) -> int:
    """Corrections of a dossier that has no result, that is the same, or that is corrected twice at once."""
    old, other, newer = aliased(DossierRow), aliased(CorrectionRow), aliased(DossierRow)
    resolved = exists().where(old.id == CorrectionRow.of_dossier_id, old.resolved_at.is_not(None))
    runs = exists().where(newer.id == CorrectionRow.dossier_id, newer.ended_at.is_(None))
    twice = exists().where(
        other.of_dossier_id == CorrectionRow.of_dossier_id,
        other.id < CorrectionRow.id,
        exists().where(DossierRow.id == other.dossier_id, DossierRow.ended_at.is_(None)),
    )
    same = CorrectionRow.of_dossier_id == CorrectionRow.dossier_id
    return _count(unit, CorrectionRow, or_(~resolved, same, runs & twice))


def open_steps_that_ended(unit: Unit) -> int:
    """Open steps whose history says that they were done, and not that this was taken back."""
    left = func.sum(case((EventRow.kind == DONE, 1), else_=-1))
    ended = (
        select(EventRow.work_item_id)
        .join(WorkItemRow, WorkItemRow.id == EventRow.work_item_id)
        .where(EventRow.kind.in_((DONE, UNDONE)), WorkItemRow.status == "open")
        .group_by(EventRow.work_item_id)
        .having(left != 0)
    )
    return unit.session.scalar(select(func.count()).select_from(ended.subquery())) or 0


DUE_CHECKS = (
    extensions_without_letter,
    due_changes_without_reason,
    suspensions_without_history,
    corrections_of_nothing,
    open_steps_that_ended,
)


def _count(unit: Unit, table: type, *where: ColumnElement[bool]) -> int:
    return unit.session.scalar(select(func.count()).select_from(table).where(*where)) or 0
