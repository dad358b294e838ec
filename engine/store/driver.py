"""Statements of the hot path: written with SQLAlchemy's Core, compiled once, carried out on the driver.

Whoever completes a step asks the same few things every time. Compiling, caching and describing results anew
cost more than the database takes to answer, so here the text is made once and the driver gets it at once.
Listeners of SQLAlchemy's cursor events hear of these statements as of all others, and errors look alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Self

from sqlalchemy import JSON, Boolean, Connection, Date, Integer
from sqlalchemy import Engine as Database
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

from engine.store.base import UtcTime
from engine.store.jsontext import read_json, write_json

Change = Callable[[Any], Any]
_AT_ONCE = nullcontext()
_NAMED = re.compile(r"%\((\w+)\)s")


class JsonText(str):
    """JSON that is written already."""

    __slots__ = ()


class Prepared:
    """One statement whose parameters have names and whose text never changes."""

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement
        self.made: dict[str, _Made] = {}  # by the name of the dialect

    def for_(self, dialect: Dialect) -> _Made:
        made = self.made.get(dialect.name)
        if made is None:
            made = self.made[dialect.name] = _Made(self.statement, dialect)
        return made

    def settle(self, dialect: Dialect) -> None:
        """Make it for one database and let go of what it was made from, which is large."""
        self.for_(dialect)
        del self.statement


class Line:
    """The driver's connection, within one transaction.

    SQLAlchemy's own connection on it is made when somebody asks for it.
    """

    __slots__ = (
        "_connection", "_failures", "_heard", "_is_open", "_promised", "_proxy", "_together", "database",
        "dialect", "driver", "is_postgresql",
    )  # fmt: skip

    def __init__(self, database: Database, proxy: Any, connection: Connection | None = None) -> None:
        self.database, self._proxy, self._connection = database, proxy, connection
        self.driver = proxy.driver_connection
        self.dialect = database.dialect
        self.is_postgresql = self.dialect.name == "postgresql"
        self._failures = self.dialect.loaded_dbapi.Error
        self._heard = tuple(database.dispatch.before_cursor_execute)
        self._promised: list[Answer] = []
        self._together = False
        self._is_open = True

    @classmethod
    def begin(cls, database: Database) -> Self:
        """Take a connection and begin a transaction that writes; `close` gives the connection back."""
        dialect = database.dialect
        try:
            proxy = database.raw_connection()
        except dialect.loaded_dbapi.Error as error:
            raise _told(dialect, "connect", error) from error
        line = cls(database, proxy)
        try:
            dialect.do_begin(proxy.driver_connection)
        except line._failures as error:
            proxy.close()
            raise _told(dialect, "BEGIN", error) from error
        return line

    @classmethod
    def beside(cls, session: Session) -> Self:
        """Speak to the driver within the transaction of a session that exists."""
        connection = session.connection()
        return cls(connection.engine, connection.connection, connection)

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection, in this transaction."""
        if self._connection is None:
            self._connection = Connection(self.database, connection=self._proxy)
            self._connection.begin()
        return self._connection

    def make_durable(self) -> None:
        """Commit; only the unit of work calls this."""
        if self._connection is None and self.database.dispatch.commit:
            self.connection  # noqa: B018 – whoever listens is told with it
        if self._connection is not None:
            self._connection.commit()
        else:
            try:
                self.driver.commit()
            except self._failures as error:
                raise self._told("COMMIT", error) from error
        self._is_open = False

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._is_open:
            with suppress(self._failures):  # a connection that is gone has undone it already
                self.driver.rollback()
        if self._connection is not None:
            self._connection.close()
        else:
            self._proxy.close()

    def ask(self, statement: Prepared, **values: Any) -> Answer:
        """Carry out one statement; its rows may be taken later, when several were asked together."""
        made = statement.made.get(self.dialect.name) or statement.for_(self.dialect)
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

    @property
    def is_together(self) -> bool:
        """Whether statements are sent without waiting: nothing may be asked then that needs an answer."""
        return self._together

    def together(self) -> AbstractContextManager[None]:
        """Send what is asked in the block without waiting for each answer, where the database can."""
        return _AT_ONCE if self._together or not self.is_postgresql else self._pipeline()

    @contextmanager
    def _pipeline(self) -> Iterator[None]:
        self._together = True
        try:
            with self.driver.pipeline():
                yield
            for answer in self._promised:
                answer.check_one()
        except self._failures as error:
            raise self._told("one of several statements", error) from error
        finally:
            self._together = False
            self._promised.clear()

    def _run(self, text: str, parameters: Any) -> Any:
        for heard in self._heard:
            heard(self.connection, self.driver.cursor(), text, parameters, None, False)
        try:
            return self.driver.execute(text, parameters)
        except self._failures as error:
            raise self._told(text, error) from error

    def _told(self, text: str, error: Exception) -> Exception:
        """Return the error as SQLAlchemy would raise it; a connection that is gone is not used again."""
        if self.dialect.is_disconnect(error, self.driver, None):
            (self._connection or self._proxy).invalidate(error)
        return _told(self.dialect, text, error, self.driver)


def _told(dialect: Dialect, text: str, error: Exception, driver: Any = None) -> Exception:
    return DBAPIError.instance(
        text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        connection_invalidated=dialect.is_disconnect(error, driver, None),
        dialect=dialect,
    )


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
        row = self._made.row
        return [row(one) for one in found] if row is not None else found

    def one_or_none(self) -> Sequence[Any] | None:
        found = self.rows()
        return found[0] if found else None

    def check_one(self) -> None:
        if self._cursor.rowcount != 1:
            raise StaleDataError(f"expected to change 1 row, but changed {self._cursor.rowcount}")


class _Made:
    """A statement as one database wants it.

    Attributes:
        parameters: Makes of values by name the list that the driver takes.
        row: Makes of a row of the driver what the columns' types give; None if that is the same.
    """

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.text, names = str(compiled), compiled.positiontup
        if names is None:  # by name; by place the driver has less to do
            names = _NAMED.findall(self.text)
            self.text = _NAMED.sub("%s", self.text)
        fixed = {name: one.value for name, one in compiled.binds.items() if not one.required}
        self.parameters = _taker(names, fixed, [_sent(compiled.binds[name].type, dialect) for name in names])
        columns = getattr(statement, "selected_columns", None) or getattr(statement, "_returning", ())
        received = [_received(one.type, dialect) for one in columns]
        self.row = _reader(received) if any(received) else None


def _taker(
    names: Sequence[str], fixed: Mapping[str, Any], changes: Sequence[Change | None]
) -> Callable[[Mapping[str, Any]], list[Any]]:
    """Write the function that picks parameters: one expression instead of a loop at every statement."""
    known: dict[str, Any] = {}
    parts = []
    for at, (name, change) in enumerate(zip(names, changes, strict=True)):
        part = f"values[{name!r}]"
        if name in fixed:
            known[f"fixed{at}"] = fixed[name]
            part = f"values.get({name!r}, fixed{at})"
        parts.append(_changed(part, at, change, known))
    return eval(f"lambda values: [{', '.join(parts)}]", known)  # names of our own columns


def _reader(changes: Sequence[Change | None]) -> Callable[[Sequence[Any]], list[Any]]:
    """Write the function that reads a row; see `_taker`."""
    known: dict[str, Any] = {}
    parts = [_changed(f"found[{at}]", at, change, known) for at, change in enumerate(changes)]
    return eval(f"lambda found: [{', '.join(parts)}]", known)


def _changed(part: str, at: int, change: Change | None, known: dict[str, Any]) -> str:
    if change is None:
        return part
    known[f"change{at}"] = change
    return f"None if (one := {part}) is None else change{at}(one)"


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
    if dialect.name == "sqlite":
        if isinstance(kind, UtcTime):
            return _from_sqlite
        if isinstance(kind, JSON):
            return read_json
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _as_json(value: Any) -> str:
    return value if isinstance(value, JsonText) else write_json(value)


def _iso(moment: datetime) -> str:
    return _aware(moment).isoformat()


@lru_cache(maxsize=256)  # most moments of a step are the one at which it happens
def _as_sqlite_keeps_it(moment: datetime) -> str:
    return _aware(moment).astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_sqlite(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"expected an aware moment, but {moment!r} has no time zone")
    return moment
