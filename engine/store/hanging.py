"""All that hangs on a dossier, read together for a page that only looks.

A page of a dossier asks fifteen tables for the rows of one number. Here they are asked together: one way
there and back on PostgreSQL, and no mapper, which took longer to make rows than the database to find them.
What comes back has the attributes of the mapped rows. Use cases that ask for such rows find them here, where
they were read, and ask the database elsewhere.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, func, literal_column, or_, select
from sqlalchemy.sql import Select

from engine.store.driver import Answer, Prepared
from engine.store.due_rows import DueChangeRow
from engine.store.list_rows import DossierUnitRow
from engine.store.message_rows import DossierLinkRow, MessageRow, MessageWaitRow
from engine.store.rows import (
    AttachmentRow,
    ClockStopRow,
    ComponentRow,
    EventRow,
    IncidentRow,
    WorkItemRow,
)
from engine.store.teamwork_rows import CommentRow, NoteRow, WatchRow
from engine.store.work import Unit

MOST_COMMENTS = 500  # of one dossier
_KEPT = "hanging"  # in unit.info


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """The rows of one dossier, the oldest first.

    Attributes:
        incidents: Those that are open.
        waits: Messages that are awaited.
        sent: Messages that nobody has taken yet, stuck ones included.
        is_linked: Other dossiers belong to it.
        granted: What extensions and changes by hand add to the term.
        note, watch: The reader's own; None if there is none.
        offices: Ids of the units that see it.
    """

    items: Sequence[Any]
    events: Sequence[Any]
    components: Sequence[Any]
    attachments: Sequence[Any]
    incidents: Sequence[Any]
    stops: Sequence[Any]
    comments: Sequence[Any]
    waits: Sequence[Any]
    sent: Sequence[Any]
    is_linked: bool
    granted: int
    note: Any
    watch: Any
    offices: frozenset[int]


def read_ahead(unit: Unit, dossier_id: int) -> None:
    """Read all that hangs on a dossier, for a page; a command that may write asks for itself."""
    if not unit.is_reading or hanging_on(unit, dossier_id) is not None:
        return
    line, reader = unit.line, unit.actor.user_id
    with line.together():
        lists = {name: line.ask(statement, dossier=dossier_id) for name, (_, statement) in _LISTS.items()}
        numbers = line.ask(_NUMBERS, dossier=dossier_id)
        offices = line.ask(_OFFICES, dossier=dossier_id)
        own = {name: line.ask(one, dossier=dossier_id, reader=reader or 0) for name, (_, one) in _OWN.items()}
    ((granted, is_linked),) = numbers.rows()
    unit.info.setdefault(_KEPT, {})[dossier_id] = Hanging(
        **{name: _records(_LISTS[name][0], answer) for name, answer in lists.items()},
        **{name: next(iter(_records(_OWN[name][0], answer)), None) for name, answer in own.items()},
        granted=granted or 0,
        is_linked=bool(is_linked),
        offices=frozenset(one for (one,) in offices.rows()),
    )


def hanging_on(unit: Unit, dossier_id: int) -> Hanging | None:
    """Return what was read ahead; None where nothing was."""
    return unit.info.get(_KEPT, {}).get(dossier_id)


def _records(table: Table, answer: Answer) -> list[Any]:
    make = _record_of(table)._make
    return [make(one) for one in answer.rows()]


@cache
def _record_of(table: Table) -> Any:
    return namedtuple(table.name, [one.name for one in table.c])


def _list(row: Any, *more: ColumnElement[bool], of: str = "dossier_id") -> tuple[Table, Prepared]:
    table: Table = row.__table__
    statement: Select[Any] = select(table).where(table.c[of] == bindparam("dossier"), *more)
    return table, Prepared(statement.order_by(table.c.id))


def _own(row: Any) -> tuple[Table, Prepared]:
    table: Table = row.__table__
    own = (table.c.user_id == bindparam("reader"), table.c.dossier_id == bindparam("dossier"))
    return table, Prepared(select(table).where(*own))


_COMMENTS, _MESSAGES, _LINKS = CommentRow.__table__, MessageRow.__table__.c, DossierLinkRow.__table__.c
_CHANGES, _UNITS = DueChangeRow.__table__.c, DossierUnitRow.__table__.c
_LISTS = {
    "items": _list(WorkItemRow),
    "events": _list(EventRow),
    "components": _list(ComponentRow),
    "attachments": _list(AttachmentRow),
    "incidents": _list(IncidentRow, IncidentRow.__table__.c.ended_at.is_(None)),
    "stops": _list(ClockStopRow),
    "comments": (
        _COMMENTS,
        Prepared(
            select(_COMMENTS)
            .where(_COMMENTS.c.dossier_id == bindparam("dossier"))
            .order_by(_COMMENTS.c.id)
            .limit(literal_column(str(MOST_COMMENTS)))
        ),
    ),
    "waits": _list(MessageWaitRow),
    "sent": _list(MessageRow, _MESSAGES.state.in_([literal_column("'kept'"), literal_column("'stuck'")]),
                  of="source_dossier_id"),
}  # fmt: skip
_OWN = {"note": _own(NoteRow), "watch": _own(WatchRow)}
_NUMBERS = Prepared(
    select(
        select(func.sum(_CHANGES.amount))
        .where(_CHANGES.dossier_id == bindparam("dossier"), _CHANGES.state == literal_column("'in_force'"))
        .scalar_subquery(),
        select(literal_column("1"))
        .where(or_(_LINKS.parent_id == bindparam("dossier"), _LINKS.child_id == bindparam("dossier")))
        .limit(literal_column("1"))
        .scalar_subquery(),
    )
)
_OFFICES = Prepared(select(_UNITS.unit_id).where(_UNITS.dossier_id == bindparam("dossier")))
