"""Saved views: questions to the list of work that follow the person, some shared with the unit."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select

from engine.domain.access import RoleMissing, check_holds
from engine.errors import Invalid, NotFound, Refused
from engine.store import units
from engine.store.rows import UserRow
from engine.store.teamwork_rows import FirstViewRow, SavedViewRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.list_queries import ListQuery
from engine.usecases.oversight import ADMIN, check_reason

LONGEST_NAME = 60
MOST_VIEWS = 30
SHARERS = ("HEAD", "COORDINATOR", "SIGNATORY")


class BadViewName(Invalid):
    code = "bad_view_name"
    vi = "Tên khung nhìn cần từ 1 đến {most} ký tự; đang có {size}."
    en = "The name of a view needs 1 to {most} characters; found {size}."


class TooManyViews(Refused):
    code = "too_many_views"
    vi = "Bạn đã có {most} khung nhìn. Hãy xóa bớt một khung nhìn rồi lưu lại."
    en = "You have {most} views. Delete one, then save again."


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A view as this person sees it.

    Attributes:
        shared_with: Name of the unit that sees it; empty for a private one.
        owner: Name of who keeps it; empty for own ones.
        is_first: The list of work opens with it.
    """

    id: int
    name: str
    query: ListQuery
    shared_with: str
    owner: str
    is_first: bool


def list_views(unit: Unit) -> tuple[SavedView, ...]:
    """Return the actor's views and those shared with the actor's units, by name."""
    actor = unit.actor
    if actor.user_id is None:
        return ()
    rows = unit.session.execute(
        select(SavedViewRow, UserRow.full_name)
        .join(UserRow, UserRow.id == SavedViewRow.owner_id)
        .where(or_(SavedViewRow.owner_id == actor.user_id, SavedViewRow.unit_id.in_(actor.unit_ids)))
        .order_by(SavedViewRow.name, SavedViewRow.id)
    ).all()
    if not rows:
        return ()
    names = units.names_of(unit, [row.unit_id for row, _ in rows])
    first = unit.session.scalar(select(FirstViewRow.view_id).where(FirstViewRow.user_id == actor.user_id))
    return tuple(
        SavedView(
            id=row.id,
            name=row.name,
            query=ListQuery.of(row.query),
            shared_with=names.get(row.unit_id or 0, ""),
            owner="" if row.owner_id == actor.user_id else owner,
            is_first=row.id == first,
        )
        for row, owner in rows
    )


def save_view(unit: Unit, name: str, query: ListQuery, *, share_with: int | None = None) -> int:
    """Keep a question under a name; the same name again replaces it. Return its id.

    Args:
        share_with: A unit of the actor's, whose head, coordinator or leader the actor is.

    Raises:
        BadViewName, TooManyViews: If it cannot be kept so.
        RoleMissing: If the actor may not share with that unit.
    """
    user_id = _person(unit)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadViewName("a name", f"{len(name)} characters", size=len(name), most=LONGEST_NAME)
    if share_with is not None:
        _check_leads(unit, share_with)
    row = unit.session.scalar(
        select(SavedViewRow).where(SavedViewRow.owner_id == user_id, SavedViewRow.name == name)
    )
    if row is None:
        count = select(func.count()).select_from(SavedViewRow).where(SavedViewRow.owner_id == user_id)
        if (unit.session.scalar(count) or 0) >= MOST_VIEWS:
            raise TooManyViews("fewer views", f"there are {MOST_VIEWS}", most=MOST_VIEWS)
        row = SavedViewRow(owner_id=user_id, name=name)
        unit.session.add(row)
    row.query, row.unit_id, row.changed_at = query.as_args(), share_with, unit.now
    unit.session.flush()
    return row.id


def open_first(unit: Unit, view_id: int | None) -> None:
    """Let the actor's list of work open with a view; None: with the usual one.

    Raises:
        NotFound: If there is no such view for the actor.
    """
    user_id = _person(unit)
    if view_id is not None:
        _seen(unit, view_id)
    unit.session.execute(delete(FirstViewRow).where(FirstViewRow.user_id == user_id))
    if view_id is not None:
        unit.session.add(FirstViewRow(user_id=user_id, view_id=view_id))


def delete_view(unit: Unit, view_id: int) -> str:
    """Delete an own view; whoever opened with it opens with the usual one. Return its name."""
    row = _seen(unit, view_id)
    if row.owner_id != unit.actor.user_id:
        raise NotFound("an own view", "it is another's", what="khung nhìn")
    unit.session.execute(delete(FirstViewRow).where(FirstViewRow.view_id == view_id))
    unit.session.delete(row)
    return row.name


def remove_view(unit: Unit, view_id: int, reason: str) -> str:
    """Delete anybody's view, as IT staff, e.g. a shared one whose owner has left. Return its name.

    Raises:
        RoleMissing: If the actor is not IT staff.
        ReasonTooShort: Without a reason.
    """
    check_holds(unit.actor, ADMIN)
    check_reason(reason)
    row = unit.session.get(SavedViewRow, view_id)
    if row is None:
        raise NotFound("the view to exist", "there is none", what="khung nhìn")
    record(unit, f"account:{row.owner_id}", "view.removed", {"name": row.name, "reason": reason.strip()})
    unit.session.execute(delete(FirstViewRow).where(FirstViewRow.view_id == view_id))
    unit.session.delete(row)
    return row.name


def _seen(unit: Unit, view_id: int) -> SavedViewRow:
    row = unit.session.get(SavedViewRow, view_id)
    mine = row is not None and (row.owner_id == unit.actor.user_id or row.unit_id in unit.actor.unit_ids)
    if row is None or not mine:
        raise NotFound("the view to exist", "there is none", what="khung nhìn")
    return row


def _check_leads(unit: Unit, unit_id: int) -> None:
    if not any(unit.actor.holds(role, unit_id) for role in SHARERS):
        where = units.get_unit(unit, unit_id).name_vi
        raise RoleMissing("a head", "no assignment gives it", role="HEAD", where=where)


def _person(unit: Unit) -> int:
    if unit.actor.user_id is None:
        raise NotFound("a person", "the system has no views", what="khung nhìn")
    return unit.actor.user_id
