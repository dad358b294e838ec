"""Opening a database: SQLite with full durability, or PostgreSQL."""

from __future__ import annotations

import fcntl
import sqlite3
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, BinaryIO

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine.characteristics import ConnectionCharacteristic
from sqlalchemy.exc import InvalidatePoolError

BUSY_MS = 10_000
CONNECT_S = 5
TIMEOUTS_MS = {  # nobody waits for ever, and nobody else waits for him
    "statement_timeout": 60_000,
    "lock_timeout": 15_000,
    "idle_in_transaction_session_timeout": 120_000,
}
FRESH_S = 1.0  # a connection that was used so shortly ago is taken to be alive
LOOKING = ("SELECT", "WITH", "VALUES", "EXPLAIN", "SHOW", "PRAGMA")  # how statements begin that only look
LOOK_AGAIN_S = 0.0003  # while another connection writes; SQLite itself would sleep up to 100 ms at a time
STATEMENTS_KEPT = 256  # texts that a connection of SQLite keeps prepared; the driver's own number is 128


def open_database(url: str, **options: Any) -> Engine:
    """Return a pool for `url`: "sqlite:///path" or "postgresql+psycopg://…".

    SQLite runs in WAL with synchronous=FULL: what was acknowledged survives a power cut. A writing
    transaction begins IMMEDIATE, so that two writers queue instead of failing half-way; one with the
    execution option `reading` begins deferred and waits for nobody. Writers take turns by a lock on the file
    “…-turn” beside the database, for SQLite lets them sleep ever longer and forgets who came first.
    PostgreSQL gives up on connections, statements and locks that take too long.
    """
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith("sqlite"):
        limits = " ".join(f"-c {name}={value}" for name, value in TIMEOUTS_MS.items())
        arguments = {"connect_timeout": CONNECT_S, "options": limits}
        database = create_engine(url, connect_args=arguments, **options)
        _ping_after_idling(database)
        return database
    arguments = {
        "timeout": BUSY_MS / 1000,
        "cached_statements": STATEMENTS_KEPT,
        "factory": _SqliteConnection,
    }
    database = create_engine(url, connect_args=arguments, **options)
    characteristics = {**database.dialect.connection_characteristics, "reading": _Reading()}
    database.dialect.connection_characteristics = characteristics
    database.dialect.do_begin = _begin  # a listener for this would cost every connection a tenth of a step

    @event.listens_for(database, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")
        if (place := database.url.database) and place != ":memory:":
            connection.turn = Path(f"{place}-turn").open("ab")  # noqa: SIM115 – closed with the connection

    return database


class WrittenWhileReading(RuntimeError):
    """A page that only looks tried to write; a mistake of ours, for nothing would undo it on PostgreSQL."""


def for_reading(database: Engine, *, steady: bool = False) -> Engine:
    """Return `database` for those who only look: they never wait for a writer, and may not write.

    On PostgreSQL every statement stands for itself. It sees what was committed before it, as it would within
    a transaction of the usual kind, and spares the page the ways there and back to begin and to end one.
    With `steady` all of them see one moment, as they always do on SQLite.
    """
    options: dict[str, Any] = {"reading": True}
    if database.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ" if steady else "AUTOCOMMIT"
    reading = database.execution_options(**options)
    event.listen(reading, "before_cursor_execute", _only_look)
    return reading


def _only_look(_connection: Any, _cursor: Any, statement: str, *_how: Any) -> None:
    if not statement.lstrip(" (\n")[:8].upper().startswith(LOOKING):
        raise WrittenWhileReading(statement[:200])


def clock_skew(database: Engine, now: datetime) -> float:
    """Return by how many seconds `now` differs from the clock of the database's machine."""
    statement = (
        "SELECT extract(epoch FROM clock_timestamp())"
        if database.dialect.name == "postgresql"
        else "SELECT (julianday('now') - 2440587.5) * 86400.0"
    )
    with database.execution_options(reading=True).connect() as connection:
        return abs(now.timestamp() - float(connection.scalar(text(statement))))


class _SqliteConnection(sqlite3.Connection):
    """Attributes:
    reading: The next transactions only look.
    turn: The open file whose lock says whose turn it is to write; None for a database in memory.
    """

    reading = False
    turn: BinaryIO | None = None
    _has_turn = False

    def take_turn(self) -> None:
        """Wait until no other connection of ours writes, as long as SQLite would wait.

        A program that does not know of turns may still write: SQLite's own lock decides in the end.
        """
        if self.turn is None:
            return
        until = None
        while True:
            try:
                fcntl.flock(self.turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                until = until or monotonic() + BUSY_MS / 1000
                if monotonic() > until:
                    raise sqlite3.OperationalError("database is locked") from None
                sleep(LOOK_AGAIN_S)
            else:
                self._has_turn = True
                return

    def give_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            fcntl.flock(self.turn, fcntl.LOCK_UN)

    def commit(self) -> None:
        super().commit()
        self.give_turn()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.give_turn()

    def close(self) -> None:
        super().close()
        turn, self.turn, self._has_turn = self.turn, None, False
        if turn is not None:
            turn.close()  # and with it the lock


class _Reading(ConnectionCharacteristic):
    """The execution option `reading`; the pool takes it back when the connection returns."""

    def set_characteristic(self, dialect: Any, dbapi_conn: Any, value: Any) -> None:
        dbapi_conn.reading = value

    def reset_characteristic(self, dialect: Any, dbapi_conn: Any) -> None:
        dbapi_conn.reading = False

    def get_characteristic(self, dialect: Any, dbapi_conn: Any) -> Any:
        return dbapi_conn.reading


def _begin(connection: Any) -> None:
    if connection.in_transaction:  # a session may join what a unit of work has begun
        return
    if connection.reading:
        connection.execute("BEGIN")
        return
    connection.take_turn()
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error:
        connection.give_turn()
        raise


def _ping_after_idling(database: Engine) -> None:
    """Ask a connection whether it is still alive, but not between two steps of a busy morning."""
    event.listen(database, "connect", lambda _connection, record: _mark(record))
    event.listen(database, "checkin", lambda _connection, record: _mark(record))

    @event.listens_for(database, "checkout")
    def _ping(connection: Any, record: Any, _proxy: Any) -> None:
        if monotonic() - record.info["used"] < FRESH_S:
            return
        try:
            database.dialect.do_ping(connection)
        except database.dialect.loaded_dbapi.Error as gone:
            raise InvalidatePoolError from gone  # the others are as old, and as dead


def _mark(record: Any) -> None:
    record.info["used"] = monotonic()
