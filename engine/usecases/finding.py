"""Finding dossiers: one box for code, name, numbers and parcels, with or without diacritics.

The newest come first. What is found lies within what the actor may see, and personal numbers find a dossier
only for the offices whose dossier it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, true, union

from engine.domain.dossiers import BadCode, DossierCode
from engine.domain.procedures import Procedure
from engine.domain.searching import AskedWord, read_question
from engine.store.list_rows import DossierUnitRow
from engine.store.offices import know_offices
from engine.store.rows import DossierRow, ProcedureRow
from engine.store.search import found_dossiers
from engine.store.work import Unit
from engine.usecases.dossier_pages import DossierLine, dossier_lines, lines_of
from engine.usecases.reception import Applicant
from engine.usecases.visibility import Scope, scope_of

LONGEST_PAGE = 100
LONGEST_CODE = 60  # characters
MOST_BRANCHES = 24  # units; somebody with more is asked for dossier by dossier


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierPage:
    """One page of dossiers; `next` goes back as `before`, None on the last page."""

    lines: tuple[DossierLine, ...]
    next: int | None


def find_dossiers(
    unit: Unit,
    text: str = "",
    *,
    procedure: str = "",
    status: str = "",
    before: int | None = None,
    limit: int = 50,
) -> DossierPage:
    """Find dossiers by words of code, name, ID or telephone number or parcel, the newest first.

    Words are complete but for the last one and for numbers; where that finds nothing, all may be cut short.

    Args:
        before: The `next` of the page before.
    """
    limit = max(1, min(limit, LONGEST_PAGE))
    know_offices(unit)
    scope = scope_of(unit)
    exactly, loosely = read_question(text), read_question(text, loosely=True)
    if text.strip() and not exactly:
        return DossierPage(lines=(), next=None)  # signs only: nothing has such words
    narrow = _narrow(procedure, status, before)
    if code := whole_code(text):
        exactly = loosely = ()
        narrow.append(DossierRow.code == code)
    found = _ids(unit, scope, exactly, narrow, limit + 1)
    if not found and loosely != exactly:
        found = _ids(unit, scope, loosely, narrow, limit + 1)
    page = lines_of().where(DossierRow.id.in_(found[:limit])).order_by(DossierRow.id.desc())
    return DossierPage(
        lines=dossier_lines(unit, unit.session.scalars(page)),
        next=found[limit - 1] if len(found) > limit else None,
    )


def whole_code(text: str) -> str:
    """Return the code that a question is, as a scanner types it; "" if it is none."""
    try:
        return str(DossierCode.parse(text)) if len(text) < LONGEST_CODE else ""
    except BadCode:
        return ""


def personal_words(procedure: Procedure, applicant: Applicant, data: Mapping[str, Any]) -> list[str]:
    """Return what a dossier is found by besides its code and the applicant's name."""
    words = [applicant.id_no, applicant.phone]
    form = procedure.forms.get(procedure.reception_form)
    for one in form.fields if form else ():
        if "search" in one.lists and data.get(one.name) is not None:
            words.append(str(data[one.name]))
    return words


def _narrow(procedure: str, status: str, before: int | None) -> list[ColumnElement[bool]]:
    """Return the conditions on `DossierRow`."""
    conditions: list[ColumnElement[bool]] = []
    if procedure:
        key = select(ProcedureRow.id).where(ProcedureRow.key == procedure).scalar_subquery()
        conditions.append(DossierRow.procedure_id == key)
    if status:
        conditions.append(DossierRow.status == status)
    if before is not None:
        conditions.append(DossierRow.id < before)
    return conditions


def _ids(
    unit: Unit, scope: Scope, asked: Sequence[AskedWord], narrow: Sequence[ColumnElement[bool]], limit: int
) -> list[int]:
    """Return ids of dossiers, the newest first, at most `limit`."""
    parts: list[Select[Any]] = []
    for personal, seen in _offices(scope, asked):
        statement = select(DossierRow.id).where(*narrow)
        if asked:
            found = found_dossiers(unit.engine.database.dialect.name, asked, personal=personal)
            statement = statement.join(found, found.c.dossier_id == DossierRow.id)
        parts.append(seen(statement).order_by(DossierRow.id.desc()).limit(limit))
    if not parts:
        return []
    if len(parts) == 1:
        return list(unit.session.scalars(parts[0]))
    together = union(*(select(one.subquery()) for one in parts)).subquery()
    return list(unit.session.scalars(select(together.c.id).order_by(together.c.id.desc()).limit(limit)))


def _offices(scope: Scope, asked: Sequence[AskedWord]):
    """Give the parts of what is seen: whether personal words count there, and how a statement is narrowed."""
    numbers = any(one.may_be_personal for one in asked)
    if scope.everything:
        yield numbers, lambda statement: statement
        return
    ids = sorted(scope.units)
    groups = [[one] for one in ids] if len(ids) <= MOST_BRANCHES else [ids]
    parts = [(group, true()) for group in groups]
    parts += [([one], DossierRow.procedure_id.in_(procedures)) for one, procedures in scope.lent]
    for group, narrow in parts:
        for involved in (True, False) if numbers else (None,):
            yield involved is True, _seen_by(group, involved, narrow)


def _seen_by(group: list[int], involved: bool | None, narrow: ColumnElement[bool]):
    kind = true() if involved is None else DossierUnitRow.involved.is_(involved)
    if len(group) == 1:
        return lambda statement: statement.join(
            DossierUnitRow, DossierUnitRow.dossier_id == DossierRow.id
        ).where(DossierUnitRow.unit_id == group[0], kind, narrow)
    return lambda statement: statement.where(
        exists().where(DossierUnitRow.dossier_id == DossierRow.id, DossierUnitRow.unit_id.in_(group), kind),
        narrow,
    )
