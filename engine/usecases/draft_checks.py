"""Invariants of the tables around drafts."""

from __future__ import annotations

from sqlalchemy import func, select

from engine.store.draft_rows import DraftCopyRow, DraftVersionRow
from engine.store.rows import RevisionRow
from engine.store.work import Unit


def drafts_unlike_their_history(unit: Unit) -> int:
    """Drafts whose last save in the history has another drawing than the draft, or a later version."""
    newest = (
        select(DraftVersionRow.revision_id, func.max(DraftVersionRow.version).label("version"))
        .group_by(DraftVersionRow.revision_id)
        .subquery()
    )
    wrong = (
        select(func.count())
        .select_from(DraftVersionRow)
        .join(
            newest,
            (newest.c.revision_id == DraftVersionRow.revision_id)
            & (newest.c.version == DraftVersionRow.version),
        )
        .join(RevisionRow, RevisionRow.id == DraftVersionRow.revision_id)
        .where(
            (DraftVersionRow.version > RevisionRow.version)
            | (
                (RevisionRow.state == "DRAFT")
                & (RevisionRow.definition_hash != DraftVersionRow.definition_hash)
            )
        )
    )
    return unit.session.scalar(wrong) or 0


def copies_half_ended(unit: Unit) -> int:
    """Copies that say how they ended and not when, or the reverse."""
    half = (DraftCopyRow.ended == "") != DraftCopyRow.ended_at.is_(None)
    return unit.session.scalar(select(func.count()).select_from(DraftCopyRow).where(half)) or 0


DRAFT_CHECKS = (drafts_unlike_their_history, copies_half_ended)
