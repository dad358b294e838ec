"""The procedure book (quy trình nội bộ): one revision as the province approves it, ready to print."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from designer.decision_grids import Grid, grids_of
from designer.drafts import get_revision
from designer.outline import Line, hours, read_outline
from designer.pictures import svg_file
from designer.revisions import words_of
from engine.domain.forms import Form
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.store.rows import UnitRow
from engine.store.work import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the book shows, in its order.

    Attributes:
        total: Hours of the steps that count in the office's limit, one after the other.
    """

    key: str
    number: int
    state: str
    title: str
    name: Text
    province: str
    owner: str
    decision_no: str
    decision_date: date | None
    signer: str
    effective_from: date | None
    procedure: Procedure
    lines: tuple[Line, ...]
    total: Text
    picture: str
    forms: tuple[Form, ...]
    tables: tuple[tuple[str, Grid], ...]
    note: str


def book_of(unit: Unit, revision_id: int, language: str) -> Book:
    """Return the book of a revision.

    Raises:
        NotFound: If there is none.
    """
    row = get_revision(unit, revision_id)
    procedure = Procedure.from_json(row.content)
    words = words_of(unit, procedure)
    lines: tuple[Line, ...] = ()
    picture = ""
    with suppress(ProcedureError):  # a draft that cannot be read yet
        lines = tuple(one for one in read_outline(row.definition.xml, words) if one.step.kind or one.role)
        picture = svg_file(row.definition.xml, language)
    owner = unit.session.get(UnitRow, row.procedure.owner_unit_id) if row.procedure.owner_unit_id else None
    counted = sum(one.minutes or 0 for one in lines if not one.step.own_clock)
    return Book(
        key=procedure.key,
        number=row.number,
        state=row.state,
        title=f"Quy trình nội bộ: {procedure.name.vi}",
        name=procedure.name,
        province=_province(owner),
        owner=owner.name_vi if owner else "",
        decision_no=row.decision_no,
        decision_date=row.decision_date,
        signer=row.signer,
        effective_from=row.effective_from,
        procedure=procedure,
        lines=lines,
        total=hours(counted),
        picture=picture,
        forms=tuple(procedure.forms.values()),
        tables=tuple(_tables(procedure.decisions)),
        note=row.change_note,
    )


def _province(owner: UnitRow | None) -> str:
    top = owner
    while top is not None and top.parent is not None:
        top = top.parent
    return top.name_vi if top else ""


def _tables(decisions: Mapping[str, str]):
    for name, text in decisions.items():
        with suppress(ProcedureError):
            yield from ((name, one) for one in grids_of(text) if one.table is not None)
