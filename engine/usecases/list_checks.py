"""Invariants of the tables that lists are read from: they say what the dossiers and their steps say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal_column, not_, or_, select, text

from engine.domain.searching import AskedWord
from engine.store import cases as rows
from engine.store.list_rows import DossierUnitRow, OpenWorkRow
from engine.store.rows import DossierRow, EventRow, WorkItemRow
from engine.store.search import found_dossiers
from engine.store.work import Unit

_ITS_UNITS = (DossierRow.received_unit_id, DossierRow.competent_unit_id, DossierRow.return_unit_id)


def open_steps_unlike_their_lines(unit: Unit) -> int:
    """Open steps without a line in lists, or with one that says something else; lines without open step."""
    due = case(
        (
            or_(WorkItemRow.due_at.is_(None), DossierRow.current_due < WorkItemRow.due_at),
            DossierRow.current_due,
        ),
        else_=WorkItemRow.due_at,
    )
    same: list[ColumnElement[bool]] = [
        OpenWorkRow.dossier_id == WorkItemRow.dossier_id,
        OpenWorkRow.procedure_id == DossierRow.procedure_id,
        OpenWorkRow.node_id == WorkItemRow.node_id,
        OpenWorkRow.kind == WorkItemRow.kind,
        OpenWorkRow.unit_id == WorkItemRow.unit_id,
        OpenWorkRow.role == WorkItemRow.role,
        func.coalesce(OpenWorkRow.holder, 0) == func.coalesce(WorkItemRow.claimed_by, 0),
        OpenWorkRow.stopped == DossierRow.clock_stopped_at.is_not(None),
        OpenWorkRow.due == due,
        OpenWorkRow.competent_unit_id == DossierRow.competent_unit_id,
        OpenWorkRow.received_unit_id == DossierRow.received_unit_id,
        OpenWorkRow.is_away == WorkItemRow.unit_id.not_in(_ITS_UNITS),
    ]
    unlike = unit.session.scalar(
        select(func.count())
        .select_from(WorkItemRow)
        .join(DossierRow, DossierRow.id == WorkItemRow.dossier_id)
        .outerjoin(OpenWorkRow, OpenWorkRow.work_item_id == WorkItemRow.id)
        .where(WorkItemRow.status == rows.OPEN, or_(OpenWorkRow.work_item_id.is_(None), not_(and_(*same))))
    )
    left = unit.session.scalar(
        select(func.count())
        .select_from(OpenWorkRow)
        .outerjoin(WorkItemRow, WorkItemRow.id == OpenWorkRow.work_item_id)
        .where(or_(WorkItemRow.id.is_(None), WorkItemRow.status != rows.OPEN))
    )
    return (unlike or 0) + (left or 0)


def dossiers_seen_by_other_units(unit: Unit) -> int:
    """Units that should see a dossier and do not, or not as they should; units that never had to do with it.

    A unit whose desk a step was taken from still sees the dossier, as its history does.
    """
    own = [select(one.label("unit_id"), DossierRow.id.label("dossier_id")) for one in _ITS_UNITS]
    involved = own[0].union(*own[1:]).subquery()
    worked = select(WorkItemRow.unit_id, WorkItemRow.dossier_id).distinct().subquery()
    known = [
        involved,
        worked,
        select(EventRow.unit_id, EventRow.dossier_id).where(EventRow.unit_id.is_not(None)).subquery(),
    ]
    wrong = [
        _count(unit, involved, ~_seen(involved, DossierUnitRow.involved.is_(True))),
        _count(unit, worked, ~_seen(worked)),
        _count(unit, DossierUnitRow, not_(or_(*(_in(one) for one in known)))),
        _count(unit, DossierUnitRow, DossierUnitRow.involved.is_(True), ~_in(involved)),
    ]
    return sum(wrong)


def _seen(one: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        DossierUnitRow.unit_id == one.c.unit_id, DossierUnitRow.dossier_id == one.c.dossier_id, *more
    )


def _in(one: Any) -> ColumnElement[bool]:
    return exists().where(
        one.c.unit_id == DossierUnitRow.unit_id, one.c.dossier_id == DossierUnitRow.dossier_id
    )


def _count(unit: Unit, source: Any, *conditions: ColumnElement[bool]) -> int:
    return unit.session.scalar(select(func.count()).select_from(source).where(*conditions)) or 0


def dossiers_not_found_by_their_words(unit: Unit) -> int:
    """Dossiers whose words the index of the database does not hold."""
    if unit.engine.database.dialect.name == "postgresql":
        return unit.session.scalar(
            text(
                "SELECT count(*) FROM dossier d FULL JOIN dossier_search s ON s.dossier_id = d.id"
                " WHERE s.words IS DISTINCT FROM"
                " array_to_tsvector(array_remove(string_to_array(d.search_text, ' '), ''))"
                " OR s.is_open IS DISTINCT FROM (d.ended_at IS NULL)"
            )
        )
    missing = 0
    for dossier_id, words in unit.session.execute(select(DossierRow.id, DossierRow.search_text)):
        asked = [AskedWord(one, False) for one in words.split()]
        found = found_dossiers("sqlite", asked, personal=False)
        here = select(literal_column("1")).select_from(found).where(found.c.dossier_id == dossier_id)
        missing += bool(asked) and unit.session.scalar(here) is None
    return missing


LIST_CHECKS = (
    open_steps_unlike_their_lines,
    dossiers_seen_by_other_units,
    dossiers_not_found_by_their_words,
)
