"""Opening a database: SQLite with full durability, or PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event

BUSY_MS = 10_000
CONNECT_S = 5
TIMEOUTS_MS = {  # nobody waits for ever, and nobody else waits for him
    "statement_timeout": 60_000,
    "lock_timeout": 15_000,
    "idle_in_transaction_session_timeout": 120_000,
}


def open_database(url: str, **options: Any) -> Engine:
    """Return a pool for `url`: "sqlite:///path" or "postgresql+psycopg://…".

    SQLite runs in WAL with synchronous=FULL: what was acknowledged survives a power cut. A writing
    transaction begins IMMEDIATE, so that two writers queue instead of failing half-way; one with the
    execution option `reading` begins deferred and waits for nobody. PostgreSQL gives up on connections,
    statements and locks that take too long.
    """
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith("sqlite"):
        limits = " ".join(f"-c {name}={value}" for name, value in TIMEOUTS_MS.items())
        arguments = {"connect_timeout": CONNECT_S, "options": limits}
        return create_engine(url, pool_pre_ping=True, connect_args=arguments, **options)
    database = create_engine(url, connect_args={"timeout": BUSY_MS / 1000}, **options)

    @event.listens_for(database, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(database, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return database
