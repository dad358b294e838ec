"""The history of a draft: every save as it was, who made it and how; any of them can be restored.

A page that saves by itself would leave hundreds of versions a day. Such saves of one person replace each
other while they follow closely, and the drawings that nothing refers to any more go with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select

from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.draft_rows import DraftCopyRow, DraftVersionRow
from engine.store.rows import DefinitionRow, RevisionRow, UserRow
from engine.store.work import Unit

TOGETHER = timedelta(minutes=10)  # saves by itself within this time are one version
MOST_SHOWN = 200
HOW: Mapping[str, Text] = {
    "opened": Text("mở bản nháp", "draft opened"),
    "saved": Text("lưu", "saved"),
    "auto": Text("tự lưu", "saved by itself"),
    "outline": Text("sửa ở bảng các bước", "edited in the table"),
    "repair": Text("sửa lỗi giúp", "repaired"),
    "restored": Text("khôi phục", "restored"),
    "copy": Text("đưa bản sao vào", "copy brought in"),
    "package": Text("nhận cả thủ tục từ gói", "whole procedure from a package"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One line of the history."""

    version: int
    how: Text
    note: str
    author: str
    at: datetime


def keep_version(unit: Unit, draft: RevisionRow, how: str, note: str = "") -> None:
    """Note a draft as it is now; the session must have been flushed."""
    last = _last(unit, draft.id)
    if last is not None and last.version == draft.version:
        return
    is_going_on = (
        last is not None
        and how == last.how == "auto"
        and last.saved_by == unit.actor.user_id
        and unit.now - last.saved_at < TOGETHER
    )
    old_hash = None
    if is_going_on:
        old_hash = last.definition_hash
        unit.session.delete(last)
        unit.session.flush()
    unit.session.add(
        DraftVersionRow(
            revision_id=draft.id,
            version=draft.version,
            definition_hash=draft.definition_hash,
            content=dict(draft.content),
            how=how,
            note=note[:500],
            saved_by=unit.actor.user_id,
            saved_at=unit.now,
        )
    )
    unit.session.flush()
    if old_hash is not None and old_hash != draft.definition_hash:
        drop_unused_drawing(unit, old_hash)


def drop_unused_drawing(unit: Unit, key: str) -> None:
    """Forget a drawing that no revision, version or copy refers to."""
    used = [
        exists().where(RevisionRow.definition_hash == DefinitionRow.hash),
        exists().where(DraftVersionRow.definition_hash == DefinitionRow.hash),
        exists().where(DraftCopyRow.definition_hash == DefinitionRow.hash),
    ]
    unit.session.execute(delete(DefinitionRow).where(DefinitionRow.hash == key, *(~one for one in used)))


def list_versions(unit: Unit, revision_id: int) -> list[Version]:
    """Return the saves of a draft, the newest first."""
    rows = unit.session.execute(
        select(DraftVersionRow, UserRow.full_name)
        .outerjoin(UserRow, UserRow.id == DraftVersionRow.saved_by)
        .where(DraftVersionRow.revision_id == revision_id)
        .order_by(DraftVersionRow.version.desc())
        .limit(MOST_SHOWN)
    )
    return [
        Version(
            version=row.version,
            how=HOW.get(row.how, Text(row.how)),
            note=row.note,
            author=name or "—",
            at=row.saved_at,
        )
        for row, name in rows
    ]


def get_version(unit: Unit, revision_id: int, version: int) -> tuple[bytes, dict[str, Any]]:
    """Return the drawing and the content of one save.

    Raises:
        NotFound: If there is none.
    """
    row = unit.session.scalars(
        select(DraftVersionRow).where(
            DraftVersionRow.revision_id == revision_id, DraftVersionRow.version == version
        )
    ).first()
    if row is None:
        raise NotFound("a version of the draft", f"there is no {version}", what="lần lưu này")
    return row.definition.xml, dict(row.content)


def version_before(unit: Unit, revision_id: int, version: int) -> int | None:
    return unit.session.scalars(
        select(DraftVersionRow.version)
        .where(DraftVersionRow.revision_id == revision_id, DraftVersionRow.version < version)
        .order_by(DraftVersionRow.version.desc())
    ).first()


def _last(unit: Unit, revision_id: int) -> DraftVersionRow | None:
    return unit.session.scalars(
        select(DraftVersionRow)
        .where(DraftVersionRow.revision_id == revision_id)
        .order_by(DraftVersionRow.version.desc())
    ).first()
