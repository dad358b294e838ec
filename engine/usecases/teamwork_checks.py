"""Invariants of working together: views, bulks, watching, comments and notes, steps lent to colleagues."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select

from engine.store import cases as rows
from engine.store.rows import DossierRow, EventRow, UserRow, WorkItemRow
from engine.store.teamwork_rows import (
    BulkLineRow,
    BulkRow,
    CommentRow,
    DelegationRow,
    FirstViewRow,
    NoteRow,
    SavedViewRow,
    WatchRow,
)
from engine.store.work import Unit
from engine.usecases.list_queries import ListQuery


def views_nobody_can_open(unit: Unit) -> int:
    """Views of no account, or not read as they were kept; lists that open with the view of somebody else."""
    owned = exists().where(UserRow.id == SavedViewRow.owner_id)
    orphans = _count(unit, SavedViewRow, ~owned)
    unread = sum(
        not isinstance(query, dict) or ListQuery.of(query).as_args() != query
        for query in unit.session.scalars(select(SavedViewRow.query))
    )
    openable = exists().where(
        SavedViewRow.id == FirstViewRow.view_id,
        or_(SavedViewRow.owner_id == FirstViewRow.user_id, SavedViewRow.unit_id.is_not(None)),
    )
    return orphans + unread + _count(unit, FirstViewRow, ~openable)


def bulks_counted_wrongly(unit: Unit) -> int:
    """Acts on many whose numbers are not those of their lines, or that are over with lines waiting."""

    def lines(*where: ColumnElement[bool]) -> ColumnElement[int]:
        own = select(func.count()).select_from(BulkLineRow).where(BulkLineRow.bulk_id == BulkRow.id, *where)
        return own.scalar_subquery()

    waiting = lines(BulkLineRow.state == "waiting")
    wrong = or_(
        BulkRow.total != lines(),
        BulkRow.done != lines(BulkLineRow.state == "done"),
        BulkRow.refused != lines(BulkLineRow.state == "refused"),
        and_(BulkRow.state == "done", or_(waiting > 0, BulkRow.ended_at.is_(None))),
        and_(BulkRow.state.in_(("prepared", "queued", "dropped")), BulkRow.total != waiting),
        ~exists().where(UserRow.id == BulkRow.user_id),
    )
    orphans = _count(unit, BulkLineRow, ~exists().where(BulkRow.id == BulkLineRow.bulk_id))
    return _count(unit, BulkRow, wrong) + orphans


def bulk_lines_without_effect(unit: Unit) -> int:
    """Lines that say a step was finished, while it is still open or was never there."""
    ended = exists().where(WorkItemRow.id == BulkLineRow.work_item_id, WorkItemRow.status != rows.OPEN)
    finishing = exists().where(BulkRow.id == BulkLineRow.bulk_id, BulkRow.act.in_(("complete", "sign")))
    return _count(unit, BulkLineRow, BulkLineRow.state == "done", finishing, ~ended)


def watches_of_nothing(unit: Unit) -> int:
    """Followed dossiers that are not there, or of which more was told than ever happened."""
    last = select(func.max(EventRow.id)).scalar_subquery()
    ahead = or_(WatchRow.seen_id > last, WatchRow.told_id > last)
    return _count(unit, WatchRow, or_(~_dossier(WatchRow.dossier_id), ~_person(WatchRow.user_id), ahead))


def comments_half_deleted(unit: Unit) -> int:
    """Comments and notes of nobody or no dossier; deleted ones with words, others without; lost mentions."""
    there = and_(_dossier(CommentRow.dossier_id), _person(CommentRow.author_id))
    has_words = CommentRow.text != ""
    wrong = _count(
        unit, CommentRow, or_(not_(there), and_(CommentRow.deleted_at.is_not(None), has_words),
                              and_(CommentRow.deleted_at.is_(None), not_(has_words)))
    )  # fmt: skip
    mentioned = {
        person
        for people in unit.session.scalars(select(CommentRow.mentions).where(CommentRow.deleted_at.is_(None)))
        for person in people
    }
    known = set(unit.session.scalars(select(UserRow.id).where(UserRow.id.in_(mentioned))))
    kept = and_(_dossier(NoteRow.dossier_id), _person(NoteRow.user_id), NoteRow.text != "")
    return wrong + len(mentioned - known) + _count(unit, NoteRow, not_(kept))


def loans_left_open(unit: Unit) -> int:
    """Steps lent twice at once or to oneself, of no step, and loans that ended without saying how."""
    other = DelegationRow.__table__.alias()
    both_open = exists().where(
        other.c.work_item_id == DelegationRow.work_item_id,
        other.c.id < DelegationRow.id,
        other.c.ended_at.is_(None),
        other.c.to_user_id == WorkItemRow.claimed_by,
        DelegationRow.to_user_id == WorkItemRow.claimed_by,
        WorkItemRow.id == DelegationRow.work_item_id,
    )
    wrong = or_(
        ~exists().where(WorkItemRow.id == DelegationRow.work_item_id),
        DelegationRow.from_user_id == DelegationRow.to_user_id,
        and_(DelegationRow.ended_at.is_(None), DelegationRow.ended != ""),
        and_(DelegationRow.ended_at.is_not(None), DelegationRow.ended == ""),
        and_(DelegationRow.ended_at.is_(None), both_open),
    )
    return _count(unit, DelegationRow, wrong)


TEAMWORK_CHECKS = (
    views_nobody_can_open,
    bulks_counted_wrongly,
    bulk_lines_without_effect,
    watches_of_nothing,
    comments_half_deleted,
    loans_left_open,
)


def _dossier(key: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(DossierRow.id == key)


def _person(key: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(UserRow.id == key)


def _count(unit: Unit, table: type, *where: ColumnElement[bool]) -> int:
    return unit.session.scalar(select(func.count()).select_from(table).where(*where)) or 0
