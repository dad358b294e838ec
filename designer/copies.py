"""A copy of a draft for the second author: saved apart, and brought into the draft when it is free.

Bringing a copy in makes it the draft's next version. What was there before stays in the draft's history, so
that neither author loses anything; who brings in over changes made meanwhile is told of them first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from designer.drafts import check_author, get_revision, save_draft, store_definition
from designer.history import drop_unused_drawing
from designer.presence import check_free
from designer.states import DRAFT
from engine.bpmn.xml import parse_xml
from engine.errors import Conflict, NotFound, Refused
from engine.store.draft_rows import DraftCopyRow
from engine.store.work import Unit
from engine.usecases.audit import record


class DraftMovedOn(Refused):
    """The draft has changed since the copy was made."""

    code = "draft_moved_on"
    vi = (
        "Bản nháp đã có thay đổi khác từ khi bạn lấy bản sao. Hãy xem khác biệt, rồi xác nhận nếu vẫn "
        "muốn đưa bản sao vào; bản trước vẫn còn trong lịch sử."
    )
    en = (
        "The draft has changed since you took the copy. Look at the differences and confirm if you still "
        "want to bring it in; what was there stays in the history."
    )


class CopyEnded(Refused):
    code = "copy_ended"
    vi = "Bản sao này đã được đưa vào bản nháp hoặc đã bỏ."
    en = "This copy has been brought in, or dropped."


class StaleCopy(Conflict):
    """Another tab saved the copy."""

    code = "stale_copy"
    vi = "Chưa lưu: bản sao này đã được lưu ở thẻ khác. Bản vẽ của bạn vẫn còn ở đây, hãy tải về máy."
    en = "Not saved: another tab saved this copy. Your drawing is still here; download it."


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLine:
    """A copy in a list.

    Attributes:
        is_behind: The draft has changed since.
    """

    id: int
    made_at: datetime
    changed_at: datetime
    is_behind: bool


def make_copy(unit: Unit, revision_id: int) -> int:
    """Take a copy of a draft as it is now; return its id.

    Raises:
        RoleMissing: If the actor does not write this procedure.
    """
    draft = get_revision(unit, revision_id)
    check_author(unit, draft.procedure)
    copy = DraftCopyRow(
        revision_id=revision_id,
        user_id=unit.actor.user_id,
        definition_hash=draft.definition_hash,
        base_version=draft.version,
        made_at=unit.now,
        changed_at=unit.now,
    )
    unit.session.add(copy)
    unit.session.flush()
    record(unit, f"revision:{revision_id}", "draft.copied", {"copy": copy.id, "version": draft.version})
    return copy.id


def get_copy(unit: Unit, copy_id: int) -> DraftCopyRow:
    """Return one of the actor's copies.

    Raises:
        NotFound: If there is none, or it is somebody else's.
    """
    copy = unit.session.get(DraftCopyRow, copy_id)
    if copy is None or copy.user_id != unit.actor.user_id:
        raise NotFound("a copy of one's own", f"there is none with id {copy_id}", what="bản sao này")
    return copy


def own_copies(unit: Unit, revision_id: int) -> list[CopyLine]:
    """Return the actor's open copies of a draft."""
    draft = get_revision(unit, revision_id)
    rows = unit.session.scalars(
        select(DraftCopyRow)
        .where(
            DraftCopyRow.revision_id == revision_id,
            DraftCopyRow.user_id == unit.actor.user_id,
            DraftCopyRow.ended == "",
        )
        .order_by(DraftCopyRow.id)
    )
    return [
        CopyLine(
            id=one.id,
            made_at=one.made_at,
            changed_at=one.changed_at,
            is_behind=one.base_version != draft.version,
        )
        for one in rows
    ]


def save_copy(unit: Unit, copy_id: int, xml: bytes, version: int) -> int:
    """Save the drawing of a copy; return its new version.

    Raises:
        StaleCopy: If another tab saved it.
        CopyEnded: If it was brought in or dropped.
        BadXml: If the drawing cannot be read.
    """
    copy = _open(unit, copy_id)
    if version != copy.version:
        raise StaleCopy("the version seen to be the latest", f"it is {copy.version}")
    parse_xml(xml)
    before = copy.definition_hash
    copy.definition_hash = store_definition(unit, xml)
    copy.changed_at = unit.now
    unit.session.flush()
    if before != copy.definition_hash:
        drop_unused_drawing(unit, before)
    return copy.version


def bring_in(unit: Unit, copy_id: int, *, over_changes: bool = False) -> int:
    """Make a copy the draft's next version; return the id of the revision.

    Raises:
        DraftMovedOn: If the draft has changed since, and nobody said that this is wanted.
        DraftHeld: If somebody else has the draft open.
        NotADraft, LockedPart: As for any save.
    """
    copy = _open(unit, copy_id)
    draft = get_revision(unit, copy.revision_id)
    if draft.state == DRAFT and draft.version != copy.base_version and not over_changes:
        raise DraftMovedOn("the draft as it was copied", f"it is at {draft.version}")
    check_free(unit, draft.id)
    save_draft(unit, draft.id, xml=copy.definition.xml, version=draft.version, how="copy")
    _end(unit, copy, "brought_in")
    return draft.id


def drop_copy(unit: Unit, copy_id: int) -> int:
    """Give a copy up; return the id of the revision."""
    copy = _open(unit, copy_id)
    _end(unit, copy, "dropped")
    return copy.revision_id


def _open(unit: Unit, copy_id: int) -> DraftCopyRow:
    copy = get_copy(unit, copy_id)
    if copy.ended:
        raise CopyEnded("an open copy", f"it was {copy.ended}")
    return copy


def _end(unit: Unit, copy: DraftCopyRow, how: str) -> None:
    copy.ended = how
    copy.ended_at = unit.now
    record(unit, f"revision:{copy.revision_id}", f"draft.copy_{how}", {"copy": copy.id})
