"""The unit of work: the only place that commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine as Database
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine.domain.access import Actor
from engine.errors import Conflict
from engine.store.crashpoints import crashpoint
from engine.store.offices import count_changes

if TYPE_CHECKING:
    from engine.runtime import Engine


@dataclass(frozen=True)
class Unit:
    """One command in the making: its session, who acts, and the one moment at which it happens."""

    session: Session
    actor: Actor
    now: datetime  # aware, UTC
    engine: Engine


@contextmanager
def unit_of_work(database: Database, actor: Actor, now: datetime, engine: Engine) -> Iterator[Unit]:
    """Commit when the block ends, roll back when it raises.

    Raises:
        Conflict: If a row read here was changed by someone else meanwhile.
    """
    try:
        with Session(database, expire_on_commit=False) as session, session.begin():
            yield Unit(session, actor, now, engine)
            count_changes(session)
            crashpoint("before-commit")
        crashpoint("after-commit")
    except StaleDataError as lost:
        raise Conflict("to save", "it was changed meanwhile", cause="version") from lost
    except IntegrityError as lost:
        if _is_duplicate(lost):
            raise Conflict("to save", "somebody saved the same meanwhile", cause="duplicate") from lost
        raise  # a missing or dangling value is a mistake of ours, and must not look like bad luck
    except OperationalError as busy:
        if _is_contention(busy):
            raise Conflict("to save", "the database was busy with the same rows") from busy
        raise


def _is_duplicate(error: IntegrityError) -> bool:
    """A unique key that somebody else took first (PostgreSQL 23505)."""
    return getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE constraint" in str(error.orig)


def _is_contention(error: OperationalError) -> bool:
    """PostgreSQL's serialization failure, deadlock and lock timeout, and SQLite's busy answer."""
    state = getattr(error.orig, "sqlstate", None)
    return state in ("40001", "40P01", "55P03") or "database is locked" in str(error.orig)
