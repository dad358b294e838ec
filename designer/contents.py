"""Changing what a draft holds besides its drawing: one change, read back as a whole, one save."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from designer.drafts import SET_KEYS, get_revision, may_change_locked, save_draft
from designer.scenarios import may_write
from engine.domain.reading import BadJson
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.store.rows import RevisionRow
from engine.store.work import Unit

MOST_BYTES = 2 * 1024 * 1024


class ContentTooLarge(Invalid):
    """A draft holds more than can be worked with."""

    code = "content_too_large"
    vi = "Nội dung quy trình đã quá {most} MB; hãy bớt biểu mẫu, bảng hoặc mẫu văn bản."
    en = "The procedure holds more than {most} MB; take out some forms, tables or letters."


class CannotBeSaved(Invalid):
    """The change would leave something that cannot be read."""

    code = "content_wrong"
    vi = "Chưa lưu: {reason_vi}"
    en = "Not saved: {reason}"


def change_content(
    unit: Unit, revision_id: int, version: int | None, change: Callable[[dict[str, Any]], None]
) -> int:
    """Let `change` edit the content of a draft and save it; return the new version.

    Raises:
        RoleMissing, NotADraft, StaleDraft, LockedPart: As for a save of the drawing.
        CannotBeSaved: If what comes out is no procedure; nothing is changed.
        ContentTooLarge: If it holds more than can be worked with.
    """
    draft = get_revision(unit, revision_id)
    content = deepcopy(draft.content)
    change(content)
    if len(repr(content)) > MOST_BYTES:
        raise ContentTooLarge("less", "too much", most=MOST_BYTES >> 20)
    seen = draft.version if version is None else version
    try:
        return save_draft(unit, revision_id, xml=draft.definition.xml, content=content, version=seen)
    except BadJson as bad:
        raise CannotBeSaved(
            "a readable procedure", bad.say("en"), reason=bad.say("en"), reason_vi=bad.say("vi")
        ) from bad


def may_change(unit: Unit, row: RevisionRow, key: str) -> bool:
    """Say whether the actor may change this part of the content now."""
    return may_write(unit, row) and not locked_by(unit, row, key)


def locked_by(unit: Unit, row: RevisionRow, key: str) -> Text:
    """Return why a unit may not change this part; empty if it may."""
    if key not in SET_KEYS or not row.procedure.set_code or may_change_locked(unit):
        return Text("")
    vi, en = SET_KEYS[key]
    return Text(
        f"Thuộc bộ quy trình chuẩn: đơn vị không đổi được {vi}; chỉ cấp tỉnh đổi được.",
        f"Part of the standard set: a unit cannot change {en}; only the province can.",
    )
