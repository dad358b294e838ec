"""The unit of work: the only place that commits.

A unit begins on the driver. The mapper's session is opened on the same transaction when somebody asks for it;
a step that speaks to the driver alone never pays for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine as Database
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine.domain.access import Actor
from engine.errors import Conflict
from engine.store.crashpoints import crashpoint
from engine.store.driver import Line
from engine.store.offices import count_changes

if TYPE_CHECKING:
    from engine.runtime import Engine


@dataclass(slots=True, eq=False)
class Unit:
    """One command in the making: its transaction, who acts, and the one moment at which it happens.

    Attributes:
        mapper: The session, once somebody has asked for it; read it as `session`.
        wire: The driver's side, once somebody has asked for it; read it as `line`.
        info: What this command knows already; the session's own `info` is the same.
        kept: Called after the commit, e.g. to wake a worker.
        is_reading: It only looks, so what was read once may be shown again.
    """

    mapper: Session | None
    actor: Actor
    now: datetime  # aware, UTC
    engine: Engine
    wire: Line | None = None
    info: dict[str, Any] = field(default_factory=dict)
    kept: list[Callable[[], object]] = field(default_factory=list)
    is_reading: bool = False

    @property
    def session(self) -> Session:
        """The mapper's session, in the transaction of this unit."""
        found = self.mapper
        if found is None:
            found = self.mapper = Session(self.line.connection, expire_on_commit=False, info=self.info)
            self.info = found.info
        return found

    def flush(self) -> None:
        """Write what the mapper holds back, if it holds anything."""
        if self.mapper is not None:
            self.mapper.flush()

    def no_autoflush(self) -> AbstractContextManager[Any]:
        """Let the mapper hold back what it has, whatever it is asked in the block."""
        return nullcontext() if self.mapper is None else self.mapper.no_autoflush

    @property
    def line(self) -> Line:
        """The driver, in the transaction of this unit; what the mapper still holds back is not on it."""
        found = self.wire
        if found is None:
            found = self.wire = Line.beside(self.session)
        return found


@contextmanager
def unit_of_work(database: Database, actor: Actor, now: datetime, engine: Engine) -> Iterator[Unit]:
    """Commit when the block ends, roll back when it raises.

    Raises:
        Conflict: If a row read here was changed by someone else meanwhile.
    """
    try:
        line = Line.begin(database)
        unit = Unit(None, actor, now, engine, line)
        try:
            yield unit
            if unit.mapper is not None:
                count_changes(unit.mapper)
            crashpoint("before-commit")
            line.make_durable()
        finally:
            if unit.mapper is not None:
                unit.mapper.close()
            line.close()
        crashpoint("after-commit")
        for call in unit.kept:
            call()
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
