"""Following a dossier: it stands in a list of one's own, with what is new, and one is told when it moves on.

Nothing of this is written by the steps themselves: what is new is the history behind the last line that was
seen, and the worker tells of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, func, select, update

from engine.domain.access import SYSTEM
from engine.domain.texts import Text
from engine.errors import NotFound, Refused
from engine.store.cases import get_dossier
from engine.store.hanging import hanging_on
from engine.store.list_rows import OpenWorkRow
from engine.store.rows import DossierRow, EventRow, UnitRow, UserRow, WorkItemRow
from engine.store.teamwork_rows import WatchRow
from engine.store.work import Unit
from engine.usecases.accounts import load_actor
from engine.usecases.dossier_pages import DossierLine, dossier_lines, lines_of
from engine.usecases.history import says
from engine.usecases.notifications import notify
from engine.usecases.visibility import check_visible, scope_of

if TYPE_CHECKING:
    from engine.runtime import Engine

MOST_WATCHED = 500
LONGEST_PAGE = 50


class TooManyWatched(Refused):
    code = "too_many_watched"
    vi = "Bạn đang theo dõi {most} hồ sơ. Hãy bỏ theo dõi vài hồ sơ đã xong rồi thử lại."
    en = "You follow {most} dossiers. Stop following some that are over, then try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedLine:
    """A followed dossier.

    Attributes:
        news: Lines of history since it was last looked at.
        holders: Who has it now: step, unit, person ("" if nobody has taken it), since when.
    """

    line: DossierLine
    news: int
    holders: tuple[tuple[Text, str, str, datetime], ...]


def watch(unit: Unit, code: str) -> bool:
    """Follow a dossier; return whether that is new.

    Raises:
        NotFound: If the actor may not see it.
        TooManyWatched: If there are too many already.
    """
    row = get_dossier(unit, code)
    check_visible(unit, row)
    user_id = _person(unit)
    if unit.session.get(WatchRow, (user_id, row.id)) is not None:
        return False
    count = select(func.count()).select_from(WatchRow).where(WatchRow.user_id == user_id)
    if (unit.session.scalar(count) or 0) >= MOST_WATCHED:
        raise TooManyWatched("fewer", f"there are {MOST_WATCHED}", most=MOST_WATCHED)
    last = _last_event(unit, row.id)
    unit.session.add(WatchRow(user_id=user_id, dossier_id=row.id, since=unit.now, seen_id=last, told_id=last))
    return True


def unwatch(unit: Unit, code: str) -> None:
    """Stop following a dossier; nothing happens if one did not."""
    row = get_dossier(unit, code)
    unit.session.execute(
        delete(WatchRow).where(WatchRow.user_id == _person(unit), WatchRow.dossier_id == row.id)
    )


def is_watched(unit: Unit, dossier_id: int) -> bool:
    user_id = unit.actor.user_id
    if (known := hanging_on(unit, dossier_id)) is not None:
        return known.watch is not None
    return user_id is not None and unit.session.get(WatchRow, (user_id, dossier_id)) is not None


def news_of(unit: Unit, code: str) -> int | None:
    """Return the number of a dossier that the actor follows and that has something unseen; else None."""
    return unit.session.scalar(
        select(WatchRow.dossier_id)
        .join(DossierRow, DossierRow.id == WatchRow.dossier_id)
        .where(
            DossierRow.code == code,
            WatchRow.user_id == unit.actor.user_id,
            select(EventRow.id)
            .where(EventRow.dossier_id == WatchRow.dossier_id, EventRow.id > WatchRow.seen_id)
            .exists(),
        )
    )


def mark_seen(unit: Unit, dossier_id: int) -> None:
    """Remember that the actor has looked at a followed dossier."""
    last = _last_event(unit, dossier_id)
    unit.session.execute(
        update(WatchRow)
        .where(
            WatchRow.user_id == unit.actor.user_id, WatchRow.dossier_id == dossier_id, WatchRow.seen_id < last
        )
        .values(seen_id=last, told_id=last)
    )


def count_watched(unit: Unit) -> int:
    """Return how many dossiers the actor follows."""
    return unit.session.scalar(select(watched_number(unit))) or 0


def watched_number(unit: Unit) -> ColumnElement[int]:
    """Return how many dossiers the actor follows, as one number of a larger question."""
    own = WatchRow.user_id == unit.actor.user_id
    return select(func.count()).select_from(WatchRow).where(own).scalar_subquery()


def list_watched(unit: Unit) -> tuple[WatchedLine, ...]:
    """Return the followed dossiers that the actor may still see, those with news first."""
    news = (
        select(func.count(EventRow.id))
        .where(EventRow.dossier_id == WatchRow.dossier_id, EventRow.id > WatchRow.seen_id)
        .scalar_subquery()
    )
    counted = dict(
        unit.session.execute(
            select(WatchRow.dossier_id, news)
            .where(WatchRow.user_id == unit.actor.user_id)
            .order_by(WatchRow.since.desc())
            .limit(MOST_WATCHED)
        ).all()
    )
    if not counted:
        return ()
    seen = lines_of().where(DossierRow.id.in_(counted), scope_of(unit).dossiers())
    lines = dossier_lines(unit, unit.session.scalars(seen))
    holders = holders_of(unit, [one.id for one in lines])
    found = [
        WatchedLine(line=one, news=counted[one.id], holders=tuple(holders.get(one.id, ()))) for one in lines
    ]
    return tuple(sorted(found, key=lambda one: (one.news == 0, one.line.due_date, one.line.id)))


def holders_of(unit: Unit, dossier_ids: Sequence[int]) -> dict[int, list[tuple[Text, str, str, datetime]]]:
    """Return who has these dossiers now: step, unit, person, since when."""
    rows = unit.session.execute(
        select(
            OpenWorkRow.dossier_id,
            WorkItemRow.name_vi,
            WorkItemRow.name_en,
            UnitRow.name_vi.label("unit"),
            UserRow.full_name,
            WorkItemRow.opened_at,
        )
        .join(WorkItemRow, WorkItemRow.id == OpenWorkRow.work_item_id)
        .join(UnitRow, UnitRow.id == OpenWorkRow.unit_id)
        .outerjoin(UserRow, UserRow.id == OpenWorkRow.holder)
        .where(OpenWorkRow.dossier_id.in_(dossier_ids))
        .order_by(OpenWorkRow.work_item_id)
    )
    found: dict[int, list[tuple[Text, str, str, datetime]]] = {}
    for one in rows:
        step = Text(one.name_vi, one.name_en)
        found.setdefault(one.dossier_id, []).append((step, one.unit, one.full_name or "", one.opened_at))
    return found


# --- telling, by the worker -------------------------------------------------------------------


def tell_watchers(engine: Engine, most: int) -> int:
    """Tell people of news of dossiers that they follow, each in one transaction; return how many."""
    with engine.reading(SYSTEM) as unit:
        due = unit.session.execute(
            select(WatchRow.user_id, WatchRow.dossier_id)
            .where(
                select(EventRow.id)
                .where(EventRow.dossier_id == WatchRow.dossier_id, EventRow.id > WatchRow.told_id)
                .exists()
            )
            .limit(most)
        ).all()
    for user_id, dossier_id in due:
        with engine.unit(SYSTEM) as unit:
            _tell(unit, user_id, dossier_id)
    return len(due)


def next_watch_due(unit: Unit) -> datetime | None:
    """Nothing of this falls due at a moment known before."""
    return None


def _tell(unit: Unit, user_id: int, dossier_id: int) -> None:
    row = unit.session.get(WatchRow, (user_id, dossier_id), with_for_update=True)
    if row is None:
        return
    news = unit.session.scalars(
        select(EventRow)
        .where(EventRow.dossier_id == dossier_id, EventRow.id > row.told_id)
        .order_by(EventRow.id)
    ).all()
    row.told_id = max([row.told_id, *(one.id for one in news)])
    said = [says(one) for one in news if one.user_id != user_id and one.kind in _TOLD]
    if not said or not _may_still_see(unit, user_id, dossier_id):
        return
    dossier = unit.session.get_one(DossierRow, dossier_id)
    text = Text(
        f"Hồ sơ {dossier.code} bạn theo dõi: {said[-1].vi}",
        f"Dossier {dossier.code} that you follow: {said[-1].say('en')}",
    )
    notify(unit, [user_id], "talk.watch", text, dossier_id=dossier_id)


_TOLD = frozenset(
    {"step.done", "supplement.asked", "supplement.received", "due.changed", "resolved", "returned"}
    | {"withdrawn", "stopped", "incident.opened"}
)


def _may_still_see(unit: Unit, user_id: int, dossier_id: int) -> bool:
    try:
        scope = scope_of(replace(unit, actor=load_actor(unit, user_id)))
    except NotFound:
        return False  # the account was closed
    seen = select(DossierRow.id).where(DossierRow.id == dossier_id, scope.dossiers())
    return unit.session.scalar(seen) is not None


def _last_event(unit: Unit, dossier_id: int) -> int:
    last = select(func.max(EventRow.id)).where(EventRow.dossier_id == dossier_id)
    return unit.session.scalar(last) or 0


def _person(unit: Unit) -> int:
    if unit.actor.user_id is None:
        raise NotFound("a person", "the system follows nothing", what="người theo dõi")
    return unit.actor.user_id
