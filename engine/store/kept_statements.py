"""Statements that are put together for one person and one list, and kept for the next time.

To put a list's statement together takes longer than to answer it, and it is the same every time the same
person opens the same list: only moments and places in the list differ, and these have names. They are kept
with the offices they were made for (`engine.store.offices`), so that a role that is taken away is gone from
the list at once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, false, literal_column
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import TypeEngine

from engine.store.driver import Answer, Prepared
from engine.store.offices import kept_offices
from engine.store.work import Unit

MOST = 400  # statements, of some ten kilobytes each


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement that is kept; `record` makes a row of it, with the names of its columns."""

    prepared: Prepared
    record: Any

    def ask(self, unit: Unit, **values: Any) -> Callable[[], Sequence[Any]]:
        """Ask now; the rows are returned when the result is called, so several may be asked together.

        Args:
            values: Of the statement's bound names; those not given stay as they were when it was made.
        """
        return partial(self._rows, unit.line.ask(self.prepared, **values))

    def _rows(self, answer: Answer) -> Sequence[Any]:
        return [self.record._make(one) for one in answer.rows()]


@dataclass(frozen=True, slots=True)
class ForOnce:
    """A statement that is put together for this time only."""

    make: Callable[[], Select[Any]]

    def ask(self, unit: Unit, **_values: Any) -> Callable[[], Sequence[Any]]:
        found = unit.session.execute(self.make()).all()
        return lambda: found


def statement(unit: Unit, key: Hashable | None, make: Callable[[], Select[Any]]) -> Kept | ForOnce:
    """Return the statement that is kept under a key, or put it together, which may ask the database.

    Args:
        key: Says all that it depends on but for the values of bound names; None: it cannot be kept.
    """
    offices = kept_offices(unit)
    if key is None or offices is None:
        return ForOnce(make)
    kept = offices.statements.get(key)
    if kept is None:
        made = make()
        prepared = Prepared(_settled(made))
        prepared.settle(unit.engine.database.dialect)
        if len(offices.statements) >= MOST:
            offices.statements.clear()
        names = list(made.selected_columns.keys())
        kept = offices.statements[key] = Kept(prepared, namedtuple("Found", names, rename=True))
    return kept


def _settled(made: Select[Any]) -> Select[Any]:
    """Put what never differs into the text: a plan for any office at all is a bad one for most."""

    def put(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element.unique:  # what has a name stays open
            return element.render_literal_execute()
        return None

    return replacement_traverse(made, {}, put)


def whole(number: int, kind: TypeEngine[Any] | None = None) -> ColumnElement[Any]:
    """Return a whole number that stands in the text of a statement."""
    return literal_column(str(int(number)), kind or Integer())


def among(column: ColumnElement[Any], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a column has one of some numbers, which stand in the text."""
    return column.in_([whole(one) for one in sorted(numbers)]) if numbers else false()
