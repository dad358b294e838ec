"""Numbers without gaps: dossier codes and registers.

A number is taken from a counter row in the transaction that uses it. If the act fails, the number was
never given; two counters at once queue on the row. Database sequences would leave gaps (measured).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite

from engine.domain.calendar import local_day
from engine.store.driver import Answer, Line, Prepared
from engine.store.rows import CounterRow, RegisterEntryRow
from engine.store.work import Unit


def next_number(unit: Unit, book: str, period: str) -> int:
    """Take the next number of `book` in `period`: 1, 2, 3 … in one statement."""
    ((number,),) = ask_next_number(unit.line, book, period).rows()
    return number


def ask_next_number(line: Line, book: str, period: str) -> Answer:
    """Take the next number; it may be read later, when several things were asked together."""
    return line.ask(_NEXT[line.dialect.name], book=book, period=period)


def next_of_day(unit: Unit, identity_code: str, day: date) -> int:
    """Take the next number of the dossiers that this unit received on this local day."""
    return next_number(unit, f"code:{identity_code}", f"{day:%y%m%d}")


def next_register_number(unit: Unit, dossier_id: int, unit_id: int, book: str, at: datetime) -> int:
    """Enter a dossier in the register `book` of a unit and return its number in the year.

    The year is that of the office's clock: at 00:30 on 1 January in Hà Nội the new book is open,
    although it is still the old year in UTC.
    """
    period = str(local_day(at).year)
    name = f"register:{unit_id}:{book}"
    number = next_number(unit, name, period)
    unit.session.execute(
        insert(RegisterEntryRow).values(book=name, period=period, number=number, dossier_id=dossier_id, at=at)
    )
    return number


def _next(dialect: Any) -> Prepared:
    statement = dialect.insert(CounterRow).values(book=bindparam("book"), period=bindparam("period"), last=1)
    return Prepared(
        statement.on_conflict_do_update(
            index_elements=[CounterRow.book, CounterRow.period], set_={"last": CounterRow.last + 1}
        ).returning(CounterRow.last)
    )


_NEXT = {"sqlite": _next(sqlite), "postgresql": _next(postgresql)}
