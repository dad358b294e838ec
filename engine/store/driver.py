"""Statements of the hot path: written with SQLAlchemy's Core, compiled once, carried out on the driver.

Whoever completes a step asks the same few things every time. Compiling, caching and describing results anew
cost more than the database takes to answer, so here the text is made once and the driver gets it at once.
Listeners of SQLAlchemy's cursor events hear of these statements as of all others, and errors look alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

from engine.store.base import UtcTime

LINE = "line"  # in session.info
Change = Callable[[Any], Any]
_NAMED = re.compile(r"%\((\w+)\)s")


class JsonText(str):
    """JSON that is written already."""

    __slots__ = ()


class Prepared:
    """One statement whose parameters have names and whose text never changes."""

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement
        self._made: dict[str, _Made] = {}

    def for_(self, dialect: Dialect) -> _Made:
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = _Made(self.statement, dialect)
        return made


class Line:
    """The driver's connection of one session, within its transaction."""

    def __init__(self, session: Session) -> None:
        self._connection = connection = session.connection()
        self._driver = connection.connection.driver_connection
        self.dialect = connection.dialect
        self.is_postgresql = connection.dialect.name == "postgresql"
        self._failures = connection.dialect.loaded_dbapi.Error
        self._heard = tuple(connection.engine.dispatch.before_cursor_execute)
        self._promised: list[Answer] = []
        self._together = False

    def ask(self, statement: Prepared, **values: Any) -> Answer:
        """Carry out one statement; its rows may be taken later, when several were asked together."""
        made = statement.for_(self.dialect)
        return Answer(self, made, self._run(made.text, made.parameters(values)))

    def change_one(self, statement: Prepared, **values: Any) -> None:
        """Carry out a change that must meet exactly one row, at the latest when `together` ends.

        Raises:
            StaleDataError: If it met none: somebody else changed the row since it was read.
        """
        answer = self.ask(statement, **values)
        if self._together:
            self._promised.append(answer)
        else:
            answer.check_one()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what is asked in the block without waiting for each answer, where the database can."""
        if self._together or not self.is_postgresql:
            yield
            return
        self._together = True
        try:
            with self._driver.pipeline():
                yield
            for answer in self._promised:
                answer.check_one()
        except self._failures as error:
            raise self._told("one of several statements", error) from error
        finally:
            self._together = False
            self._promised.clear()

    def _run(self, text: str, parameters: Any) -> Any:
        cursor = self._driver.cursor()
        for heard in self._heard:
            heard(self._connection, cursor, text, parameters, None, False)
        try:
            return cursor.execute(text, parameters)
        except self._failures as error:
            raise self._told(text, error) from error

    def _told(self, text: str, error: Exception) -> Exception:
        """Return the error as SQLAlchemy would raise it; a connection that is gone is not used again."""
        gone = self.dialect.is_disconnect(error, self._driver, None)
        if gone:
            self._connection.invalidate(error)
        return DBAPIError.instance(
            text, None, error, self._failures, connection_invalidated=gone, dialect=self.dialect
        )


def line_of(unit: Any) -> Line:
    """Return the line of a unit's session; what the mapper still holds back is not on it."""
    session = unit.session
    found = session.info.get(LINE)
    if found is None:
        found = session.info[LINE] = Line(session)
    return found


class Answer:
    """The answer to one statement."""

    __slots__ = ("_cursor", "_line", "_made")

    def __init__(self, line: Line, made: _Made, cursor: Any) -> None:
        self._line, self._made, self._cursor = line, made, cursor

    def rows(self) -> list[Sequence[Any]]:
        """Return all rows, their values as the columns' types give them."""
        try:
            found = self._cursor.fetchall()
        except self._line._failures as error:
            raise self._line._told(self._made.text, error) from error
        return [self._made.row(one) for one in found] if self._made.changes else found

    def one_or_none(self) -> Sequence[Any] | None:
        found = self.rows()
        return found[0] if found else None

    def check_one(self) -> None:
        if self._cursor.rowcount != 1:
            raise StaleDataError(f"expected to change 1 row, but changed {self._cursor.rowcount}")


class _Made:
    """A statement as one database wants it: text, parameters in order, what to do with each value."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text, names = str(compiled), compiled.positiontup
        if names is None:  # by name; by place the driver has less to do
            names = _NAMED.findall(self.text)
            self.text = _NAMED.sub("%s", self.text)
        self._fixed = {name: one.value for name, one in compiled.binds.items() if not one.required}
        self._places = [(name, _sent(compiled.binds[name].type, dialect)) for name in names]
        columns = getattr(statement, "selected_columns", None) or getattr(statement, "_returning", ())
        received = [_received(one.type, dialect) for one in columns]
        self.changes = [(at, change) for at, change in enumerate(received) if change is not None]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """Return the values as the driver takes them."""
        known = {**self._fixed, **values} if self._fixed else values
        return [
            None if (value := known[name]) is None else change(value) if change else value
            for name, change in self._places
        ]

    def row(self, found: Sequence[Any]) -> Sequence[Any]:
        values = list(found)
        for at, change in self.changes:
            if values[at] is not None:
                values[at] = change(values[at])
        return values


def _sent(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    """Return how a value is handed to the driver.

    PostgreSQL gets everything as text, for the statement says what each place is: otherwise the driver
    would name a type by the size of each number, and prepare the same statement over and over.
    """
    is_postgresql = dialect.name == "postgresql"
    if isinstance(kind, UtcTime):
        return _iso if is_postgresql else _as_sqlite_keeps_it
    if isinstance(kind, Date):
        return date.isoformat
    if isinstance(kind, (Integer, Boolean)):
        return str if is_postgresql else None
    if isinstance(kind, JSON):
        return _as_json
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _received(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    if isinstance(kind, UtcTime) and dialect.name == "sqlite":
        return _from_sqlite
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _as_json(value: Any) -> str:
    return value if isinstance(value, JsonText) else _written(value)


_written = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps would make one at every call


def _iso(moment: datetime) -> str:
    return _aware(moment).isoformat()


def _as_sqlite_keeps_it(moment: datetime) -> str:
    return _aware(moment).astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_sqlite(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"expected an aware moment, but {moment!r} has no time zone")
    return moment
