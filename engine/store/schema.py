"""The schema of a database: bringing it up to date, and saying whether it is.

Alembic is driven from here; there is no configuration file to find or to forget. Two processes that start
at once do not upgrade at once: SQLite's write lock and a lock of PostgreSQL see to that.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from engine.store import queue

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 5_072_024  # any number, the same for every process of this product


def upgrade(database: Engine) -> None:
    """Bring the schema to the newest revision, in one transaction."""
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            for limit in ("statement_timeout", "lock_timeout"):
                connection.execute(text(f"SET LOCAL {limit} = 0"))  # a large table takes its time
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
        command.upgrade(_config(connection), "head")
        if connection.dialect.name == "postgresql":
            queue.prepare(connection)


def is_current(database: Engine) -> bool:
    """Tell whether the schema is the one that this version of the product expects, the queue's included."""
    return current(database) == newest() and has_queue(database)


def has_queue(database: Engine) -> bool:
    """Tell whether the queue for background work is there; SQLite needs none."""
    if database.dialect.name != "postgresql":
        return True
    with database.connect() as connection:
        return queue.is_prepared(connection)


def current(database: Engine) -> str | None:
    """Return the revision that the database is at; None for an empty one."""
    with database.execution_options(reading=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the revision that this version of the product brings."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
