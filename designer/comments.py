"""Comments pinned to steps of a revision in the making: written, answered, resolved, opened again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from designer.drafts import get_revision
from designer.states import AUTHOR, PROVINCE_APPROVER, UNIT_APPROVER
from engine.domain.calendar import ZONE
from engine.domain.texts import Text
from engine.errors import Forbidden, Invalid, NotFound
from engine.store.draft_rows import DraftCommentRow
from engine.store.rows import RevisionRow, UserRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.notifications import notify

LONGEST = 2_000
MOST = 500  # of one revision


class EmptyComment(Invalid):
    code = "comment_empty"
    vi = "Hãy viết ghi chú, nhiều nhất 2.000 ký tự; một phiên bản có nhiều nhất 500 ghi chú."
    en = "Write the comment, at most 2,000 characters; a version has at most 500 comments."


class MayNotComment(Forbidden):
    code = "may_not_comment"
    vi = "Chỉ người soạn và người duyệt quy trình của đơn vị này ghi chú được."
    en = "Only those who write or approve procedures of this unit comment on them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    id: int
    element: str
    step_name: str
    text: str
    author: str
    at: datetime
    is_resolved: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "element": self.element,
            "step": self.step_name,
            "text": self.text,
            "author": self.author,
            "at": f"{self.at.astimezone(ZONE):%d/%m/%Y %H:%M}",
            "resolved": self.is_resolved,
        }


def list_comments(unit: Unit, revision_id: int) -> list[Comment]:
    """Return the comments of a revision, the open ones first, each group in the order of writing."""
    _may(unit, get_revision(unit, revision_id))
    rows = unit.session.execute(
        select(DraftCommentRow, UserRow.full_name)
        .join(UserRow, UserRow.id == DraftCommentRow.author_id)
        .where(DraftCommentRow.revision_id == revision_id)
        .order_by(DraftCommentRow.id)
    )
    found = [
        Comment(
            id=row.id,
            element=row.element,
            step_name=row.step_name,
            text=row.text,
            author=name,
            at=row.written_at,
            is_resolved=row.resolved_at is not None,
        )
        for row, name in rows
    ]
    return sorted(found, key=lambda one: one.is_resolved)


def add_comment(unit: Unit, revision_id: int, element: str, step_name: str, text: str) -> int:
    """Pin a comment to a step; its author and those who wrote before are told.

    Raises:
        MayNotComment: If the actor neither writes nor approves this procedure.
        EmptyComment: If there is nothing to say, or far too much.
    """
    row = get_revision(unit, revision_id)
    _may(unit, row)
    words = text.strip()
    there = (
        select(func.count()).select_from(DraftCommentRow).where(DraftCommentRow.revision_id == revision_id)
    )
    if not 0 < len(words) <= LONGEST or (unit.session.scalar(there) or 0) >= MOST:
        raise EmptyComment("a comment of at most 2,000 characters", f"{len(words)} were sent")
    comment = DraftCommentRow(
        revision_id=revision_id,
        element=element[:128],
        step_name=step_name.strip()[:500],
        text=words,
        author_id=unit.actor.user_id,
        written_at=unit.now,
    )
    unit.session.add(comment)
    unit.session.flush()
    record(
        unit, f"revision:{revision_id}", "draft.commented", {"comment": comment.id, "element": element[:128]}
    )
    _tell(unit, row, comment)
    return comment.id


def resolve_comment(unit: Unit, comment_id: int, *, is_resolved: bool = True) -> int:
    """Close a comment, or open it again; return the id of its revision.

    Raises:
        NotFound: If there is no such comment.
        MayNotComment: If the actor neither writes nor approves this procedure.
    """
    comment = unit.session.get(DraftCommentRow, comment_id)
    if comment is None:
        raise NotFound("a comment", f"there is none with id {comment_id}", what="ghi chú này")
    _may(unit, get_revision(unit, comment.revision_id))
    comment.resolved_at = unit.now if is_resolved else None
    comment.resolved_by = unit.actor.user_id if is_resolved else None
    act = "draft.comment_resolved" if is_resolved else "draft.comment_reopened"
    record(unit, f"revision:{comment.revision_id}", act, {"comment": comment.id})
    return comment.revision_id


def _may(unit: Unit, row: RevisionRow) -> None:
    owner, actor = row.procedure.owner_unit_id, unit.actor
    holds = actor.is_system or any(
        actor.holds(role, unit_id) is not None
        for role, unit_id in ((AUTHOR, owner), (UNIT_APPROVER, owner), (PROVINCE_APPROVER, None))
    )
    if not holds:
        raise MayNotComment("an author or approver of the procedure", "the actor is neither")


def _tell(unit: Unit, row: RevisionRow, comment: DraftCommentRow) -> None:
    before = unit.session.scalars(
        select(DraftCommentRow.author_id).where(
            DraftCommentRow.revision_id == row.id, DraftCommentRow.element == comment.element
        )
    )
    name = comment.step_name or row.procedure.name_vi
    notify(
        unit,
        {row.author_id, *before},
        "talk.draft",
        Text(
            f"Ghi chú mới ở “{name}”: {comment.text[:200]}", f"New comment on “{name}”: {comment.text[:200]}"
        ),
        target=f"/designer/revisions/{row.id}/comments#c{comment.id}",
    )
