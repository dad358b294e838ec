"""The review of a revision as it went: who did what when, with what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.domain.texts import Text
from engine.store.rows import AuditRow, UserRow
from engine.store.work import Unit

MOST = 60
ACTS: Mapping[str, Text] = {
    "draft.opened": Text("mở bản nháp", "opened the draft"),
    "revision.submitted": Text("gửi duyệt", "sent for approval"),
    "revision.approved": Text("duyệt", "approved"),
    "revision.sent_back": Text("trả lại", "sent back"),
    "revision.published": Text("ban hành", "published"),
    "revision.superseded": Text("được thay thế", "was superseded"),
    "revision.suspended": Text("tạm dừng áp dụng", "suspended"),
    "revision.resumed": Text("áp dụng lại", "resumed"),
    "revision.rolled_back": Text("quay lại phiên bản trước", "rolled back"),
    "revision.put_back": Text("được áp dụng lại", "was put back in force"),
    "revision.unscheduled": Text("hủy lịch ban hành", "cancelled the publication"),
    "revision.abolished": Text("bãi bỏ", "abolished"),
    "second_opinion.cleared": Text("xem xét điểm khác của hai bộ chạy", "cleared a difference"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line; `note` is what the person wrote."""

    at: datetime
    who: str
    what: Text
    note: str


def acts_of(unit: Unit, revision_id: int) -> tuple[Act, ...]:
    """Return the acts of a review, the newest first; saves of the drawing are not among them."""
    lines = unit.session.execute(
        select(AuditRow.at, AuditRow.action, AuditRow.data, UserRow.full_name)
        .outerjoin(UserRow, UserRow.id == AuditRow.user_id)
        .where(AuditRow.chain == f"revision:{revision_id}", AuditRow.action.in_(ACTS))
        .order_by(AuditRow.number.desc())
        .limit(MOST)
    )
    return tuple(
        Act(at=at, who=name or "", what=ACTS[action], note=str(data.get("note") or data.get("reason") or ""))
        for at, action, data, name in lines
    )
