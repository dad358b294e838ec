"""Who wrote a revision: whoever did neither approves it nor decides which dossiers follow it."""

from __future__ import annotations

from sqlalchemy import select

from engine.store.rows import AuditRow, RevisionRow
from engine.store.work import Unit


def writers(unit: Unit, revision_id: int) -> set[int]:
    """Return everybody who wrote this revision: who opened it and who saved it, ever."""
    lines = unit.session.scalars(
        select(AuditRow.user_id).where(
            AuditRow.chain == f"revision:{revision_id}", AuditRow.action.in_(("draft.opened", "draft.saved"))
        )
    )
    author = unit.session.scalar(select(RevisionRow.author_id).where(RevisionRow.id == revision_id))
    return {one for one in (*lines, author) if one is not None}
