"""Drafts: what somebody typed and has not sent yet, kept on the server besides the browser's own copy.

A draft belongs to one person and to nobody else. It ends when its page is sent, when its owner throws it
away, or after some days by itself. The browser numbers its savings: a late one never covers a newer one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select

from engine.domain.access import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.store.counter_rows import DraftRow
from engine.store.rows import SubmissionRow
from engine.store.work import Unit

if TYPE_CHECKING:
    from engine.runtime import Engine

KEPT = timedelta(days=7)
MOST_DRAFTS = 60
MOST_FIELDS = 600
LARGEST = 256 * 1024
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_ADDRESS = re.compile(r"/staff/[A-Za-z0-9/_.%=&?:-]{0,280}")


class DraftUnreadable(Invalid):
    code = "draft_unreadable"
    vi = "Không lưu được bản nháp trên máy chủ: {why}. Nội dung vẫn còn trên máy này."
    en = "The draft cannot be kept on the server: {why_en}. It is still on this computer."


class TooManyDrafts(Refused):
    code = "too_many_drafts"
    vi = "Bạn đang có {most} bản nháp trên máy chủ, là mức tối đa. Hãy gửi hoặc bỏ bớt bản nháp cũ."
    en = "You have {most} drafts on the server, which is the most. Send some, or throw old ones away."


class DraftOvertaken(Conflict):
    """Another window or machine of the same person has saved it since."""

    code = "draft_overtaken"
    vi = "Bản nháp này vừa được lưu từ cửa sổ hoặc máy khác của bạn. Hãy tải lại trang để làm tiếp bản mới."
    en = "Another window or computer of yours has just saved this draft. Reload to go on with the newer one."


class DraftSent(Refused):
    """The page was sent already: the draft is a dossier now."""

    code = "draft_sent"
    vi = "Nội dung này đã được gửi và tiếp nhận, mã hồ sơ {dossier}. Hãy mở hồ sơ đó; đừng nhập lại."
    en = "This was sent and accepted already, as dossier {dossier}. Open that dossier; do not type it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """What the browser sends. `number` counts its savings, from 1."""

    id: str
    kind: str
    title: str
    address: str
    values: Mapping[str, Any]
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft of the actor. `address` is the path of the page to go on with."""

    id: str
    kind: str
    title: str
    address: str
    values: Mapping[str, Any]
    number: int
    saved_at: datetime
    expires_at: datetime


def save_draft(unit: Unit, new: NewDraft) -> datetime:
    """Keep a draft of the actor; return when it was kept.

    Raises:
        DraftUnreadable: If it is too large, or no draft of ours.
        DraftSent: If it has become a dossier meanwhile.
        DraftOvertaken: If a newer one is kept.
        TooManyDrafts: If there are too many others.
    """
    _check_readable(new)
    sent = unit.session.execute(
        select(SubmissionRow.user_id, SubmissionRow.answer).where(SubmissionRow.key == new.id)
    ).one_or_none()
    if sent is not None and sent.user_id == unit.actor.user_id and sent.answer.get("code"):
        raise DraftSent("a draft", "it was sent", dossier=sent.answer["code"])
    row = unit.session.get(DraftRow, new.id, with_for_update=True)
    if row is None:
        _check_room(unit)
        row = DraftRow(id=new.id, user_id=unit.actor.user_id, kind=new.kind[:80], number=0)
        unit.session.add(row)
    elif row.user_id != unit.actor.user_id:
        raise DraftUnreadable("your draft", "it is another's", why="mã trùng", why_en="its key is taken")
    elif row.number > new.number:
        raise DraftOvertaken("the newest draft", "a newer one is kept")
    row.title, row.address = new.title[:300], new.address
    row.values, row.number = dict(new.values), new.number
    row.saved_at, row.expires_at = unit.now, unit.now + KEPT
    return unit.now


def list_drafts(unit: Unit) -> list[Draft]:
    """Return the drafts of the actor, the latest first."""
    rows = unit.session.scalars(
        select(DraftRow).where(DraftRow.user_id == unit.actor.user_id).order_by(DraftRow.saved_at.desc())
    )
    return [_read(row) for row in rows]


def get_draft(unit: Unit, draft_id: str) -> Draft:
    """Return a draft of the actor.

    Raises:
        NotFound: If there is none, or it is somebody else's.
    """
    row = unit.session.get(DraftRow, draft_id[:64])
    if row is None or row.user_id != unit.actor.user_id:
        raise NotFound("the draft to exist", "there is none", what="bản nháp")
    return _read(row)


def discard_draft(unit: Unit, draft_id: str) -> None:
    """Throw away a draft of the actor; one that is gone already is no mistake."""
    drop_draft(unit, draft_id)


def drop_draft(unit: Unit, draft_id: str) -> None:
    """Forget the draft of the actor that was sent under this key."""
    if draft_id:
        unit.session.execute(
            delete(DraftRow)
            .where(DraftRow.id == draft_id[:64], DraftRow.user_id == unit.actor.user_id)
            .execution_options(synchronize_session=False)
        )


def expire_drafts(engine: Engine, limit: int = 100) -> int:
    """Forget at most `limit` drafts that nobody went on with; return how many. Called by the worker."""
    with engine.reading(SYSTEM) as unit:
        old = list(
            unit.session.scalars(select(DraftRow.id).where(DraftRow.expires_at <= unit.now).limit(limit))
        )
    if not old:
        return 0
    with engine.unit(SYSTEM) as unit:
        return unit.session.execute(
            delete(DraftRow)
            .where(DraftRow.id.in_(old), DraftRow.expires_at <= unit.now)
            .execution_options(synchronize_session=False)
        ).rowcount


def next_draft_expiry(unit: Unit) -> datetime | None:
    return unit.session.scalar(select(func.min(DraftRow.expires_at)).where(DraftRow.expires_at > unit.now))


def _check_readable(new: NewDraft) -> None:
    if fault := _fault(new):
        raise DraftUnreadable("a draft", fault[1], why=fault[0], why_en=fault[1])


def _fault(new: NewDraft) -> tuple[str, str] | None:
    if not _ID.fullmatch(new.id) or not re.fullmatch(r"[A-Za-z0-9:._-]{1,80}", new.kind):
        return "mã bản nháp không đúng dạng", "its key has another shape"
    if not _ADDRESS.fullmatch(new.address):
        return "địa chỉ trang không đúng dạng", "the address of its page has another shape"
    if len(new.values) > MOST_FIELDS:
        return "có quá nhiều ô", "it has too many fields"
    if len(json.dumps(dict(new.values), ensure_ascii=False).encode()) > LARGEST:
        return "nội dung quá dài", "it is too long"
    return None


def _check_room(unit: Unit) -> None:
    count = unit.session.scalar(
        select(func.count()).select_from(DraftRow).where(DraftRow.user_id == unit.actor.user_id)
    )
    if (count or 0) >= MOST_DRAFTS:
        raise TooManyDrafts("fewer drafts", f"there are {count}", most=MOST_DRAFTS)


def _read(row: DraftRow) -> Draft:
    return Draft(
        id=row.id,
        kind=row.kind,
        title=row.title,
        address=row.address,
        values=row.values,
        number=row.number,
        saved_at=row.saved_at,
        expires_at=row.expires_at,
    )
