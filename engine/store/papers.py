"""Statements of papers, for the step that leaves one: they are asked on the driver like all it asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, insert, select

from engine.store.document_rows import DocumentRow, TemplateRow
from engine.store.driver import Line, Prepared
from engine.store.numbers import ask_next_number
from engine.store.rows import ComponentRow, DossierRow, UserRow

_DOCUMENTS, _TEMPLATES = DocumentRow.__table__, TemplateRow.__table__


class Component(NamedTuple):
    """A paper that was handed in."""

    name: str
    copies: int
    kind: int
    note: str


class Asked(NamedTuple):
    """What a paper has to ask the database.

    Attributes:
        number: The next of its book; None where it takes none.
        id: Its own number in the table, taken along where asking for it later is a round trip.
        clerk: Who received the dossier.
        components: What came in with it.
    """

    number: int | None
    id: int | None
    clerk: str
    components: list[Component]


def ask_for_paper(
    line: Line, dossier_id: int, book: str = "", period: str = "", spare: bool = False
) -> Asked:
    """Take the next number of a book, if one is named, and read what a paper says of its dossier.

    Args:
        spare: A number of the table is wanted too, for a paper that will be written with others.
    """
    with line.together():
        number = ask_next_number(line, book, period) if book else None
        found = line.ask(_SAID, dossier=dossier_id)
        own = line.ask(_SPARE) if spare and line.is_postgresql else None
    said = found.rows()
    return Asked(
        number=number.rows()[0][0] if number else None,
        id=own.rows()[0][0] if own else None,
        clerk=(said[0][0] if said else None) or "",
        components=[Component(*one[1:]) for one in said if one[1] is not None],
    )


def add_paper(line: Line, values: Mapping[str, Any]) -> int:
    """Write a paper and return its number; one that took a spare number keeps that."""
    if values["id"] is not None:
        line.ask(_ADD_NUMBERED, **values)
        return values["id"]
    ((number,),) = line.ask(_ADD, **values).rows()
    return number


def is_template_kept(line: Line, hash_: str) -> bool:
    return line.ask(_KEPT, hash=hash_).one_or_none() is not None


def _add(*, numbered: bool) -> Any:
    return insert(_DOCUMENTS).values(
        {one.name: bindparam(one.name) for one in _DOCUMENTS.c if numbered or one.name != "id"}
    )


_SAID = Prepared(
    select(
        UserRow.full_name,
        ComponentRow.name_vi,
        ComponentRow.copies,
        ComponentRow.copy_kind,
        ComponentRow.note,
    )
    .select_from(DossierRow)
    .outerjoin(UserRow, UserRow.id == DossierRow.received_by)
    .outerjoin(ComponentRow, and_(ComponentRow.dossier_id == DossierRow.id, ComponentRow.received))
    .where(DossierRow.id == bindparam("dossier"))
    .order_by(ComponentRow.id)
)
_KEPT = Prepared(select(_TEMPLATES.c.hash).where(_TEMPLATES.c.hash == bindparam("hash")))
_ADD = Prepared(_add(numbered=False).returning(_DOCUMENTS.c.id))
_ADD_NUMBERED = Prepared(_add(numbered=True))
_SPARE = Prepared(select(func.nextval(func.pg_get_serial_sequence(_DOCUMENTS.name, "id"))))
