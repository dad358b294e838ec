"""Who has a draft open: the page that came first may save; others see whose it is, and may take a copy.

A page says every few seconds that it is there. One that falls silent, because it was closed or its computer
went off, has lost the draft after `SILENT`. The outline has no script that could speak: each of its acts
counts for `READING`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from designer.drafts import check_author, get_revision
from engine.domain.calendar import ZONE
from engine.errors import Conflict
from engine.store.draft_rows import DraftPresenceRow
from engine.store.rows import UserRow
from engine.store.work import Unit

SILENT = timedelta(seconds=60)
READING = timedelta(minutes=3)
LONGEST_TAB = 40
OUTLINE = "outline-"


class DraftHeld(Conflict):
    """Somebody else has the draft open and came first."""

    code = "draft_held"
    vi = (
        "Chưa lưu: {who} đang sửa bản nháp này từ {since}. Việc của bạn vẫn còn ở đây; "
        "hãy làm trên một bản sao, hoặc chờ {who} xong."
    )
    en = (
        "Not saved: {who} has been editing this draft since {since}. Your work is still here; "
        "work on a copy, or wait until {who} is done."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who may save a draft now.

    Attributes:
        is_mine: It is the page that asks.
        is_me: It is the same person, perhaps in another tab.
    """

    user_id: int
    name: str
    since: datetime
    is_mine: bool
    is_me: bool

    @property
    def clock(self) -> str:
        """Since when, as the clock on the wall shows it."""
        return f"{self.since.astimezone(ZONE):%H:%M}"


def enter(unit: Unit, revision_id: int, tab: str, *, lasting: timedelta = SILENT) -> Holder:
    """Say that a page has the draft open; return who may save.

    Raises:
        RoleMissing: If the actor does not write this procedure.
    """
    check_author(unit, get_revision(unit, revision_id).procedure)
    tab = tab[:LONGEST_TAB] or "page"
    _forget_silent(unit, revision_id)
    if not tab.startswith(OUTLINE):  # the table gives way to the diagram of the same person
        leave(unit, revision_id, f"{OUTLINE}{unit.actor.user_id}")
    row = unit.session.scalars(
        select(DraftPresenceRow).where(
            DraftPresenceRow.revision_id == revision_id, DraftPresenceRow.tab == tab
        )
    ).first()
    if row is None:
        row = DraftPresenceRow(
            revision_id=revision_id, user_id=unit.actor.user_id, tab=tab, since=unit.now, until=unit.now
        )
        unit.session.add(row)
    row.until = max(row.until, unit.now + lasting)
    unit.session.flush()
    found = holder(unit, revision_id, tab)
    assert found is not None  # at least the page that just came
    return found


def enter_outline(unit: Unit, revision_id: int) -> None:
    """Say that somebody works in the outline, which has no page that could say so again and again."""
    enter(unit, revision_id, f"{OUTLINE}{unit.actor.user_id}", lasting=READING)


def leave(unit: Unit, revision_id: int, tab: str) -> None:
    """Say that a page is closed."""
    unit.session.execute(
        delete(DraftPresenceRow).where(
            DraftPresenceRow.revision_id == revision_id,
            DraftPresenceRow.tab == tab[:LONGEST_TAB],
            DraftPresenceRow.user_id == unit.actor.user_id,
        )
    )


def take_over(unit: Unit, revision_id: int, tab: str) -> Holder:
    """Let this page save instead of the other pages of the same person."""
    unit.session.execute(
        delete(DraftPresenceRow).where(
            DraftPresenceRow.revision_id == revision_id,
            DraftPresenceRow.user_id == unit.actor.user_id,
            DraftPresenceRow.tab != tab[:LONGEST_TAB],
        )
    )
    return enter(unit, revision_id, tab)


def holder(unit: Unit, revision_id: int, tab: str = "") -> Holder | None:
    """Return who may save a draft now; None when nobody has it open."""
    found = unit.session.execute(
        select(DraftPresenceRow, UserRow.full_name)
        .join(UserRow, UserRow.id == DraftPresenceRow.user_id)
        .where(DraftPresenceRow.revision_id == revision_id, DraftPresenceRow.until > unit.now)
        .order_by(DraftPresenceRow.since, DraftPresenceRow.id)
    ).first()
    if found is None:
        return None
    row, name = found
    return Holder(
        user_id=row.user_id,
        name=name,
        since=row.since,
        is_mine=row.tab == tab[:LONGEST_TAB],
        is_me=row.user_id == unit.actor.user_id,
    )


def check_free(unit: Unit, revision_id: int) -> None:
    """Refuse to save over somebody else's shoulder.

    Raises:
        DraftHeld: If another person has the draft open and came first.
    """
    found = holder(unit, revision_id)
    if found is not None and not found.is_me:
        raise DraftHeld(
            "the draft to be free",
            f"user {found.user_id} has it open",
            who=found.name,
            since=found.clock,
        )


def _forget_silent(unit: Unit, revision_id: int) -> None:
    unit.session.execute(
        delete(DraftPresenceRow).where(
            DraftPresenceRow.revision_id == revision_id, DraftPresenceRow.until <= unit.now
        )
    )
