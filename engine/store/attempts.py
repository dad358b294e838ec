"""Tries against locks, counted in the database, so that every process counts the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.domain.attempts import Backoff
from engine.store.rows import AttemptRow


def take_try(session: Session, key: str, now: datetime, rule: Backoff) -> datetime | None:
    """Count one try against `key`; tries at the same time queue on its row.

    Returns None if the try may be heard, else the moment from which one will be. A try that is not heard
    is not counted: whoever knocks at a closed door does not make it stay closed for longer.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    first = dialect.insert(AttemptRow).values(key=key, since=now, count=0)
    session.execute(first.on_conflict_do_nothing(index_elements=[AttemptRow.key]))
    last, count = session.execute(
        select(AttemptRow.since, AttemptRow.count).where(AttemptRow.key == key).with_for_update()
    ).one()
    if now - last > rule.forget:
        count = 0
    again = rule.open_again(last, count)
    if now < again:
        return again
    change = update(AttemptRow).where(AttemptRow.key == key).values(since=now, count=count + 1)
    session.execute(change.execution_options(synchronize_session=False))
    return None


def give_back(session: Session, key: str) -> None:
    """Uncount one try that turned out well; many people may share the key."""
    change = update(AttemptRow).where(AttemptRow.key == key, AttemptRow.count > 0)
    session.execute(change.values(count=AttemptRow.count - 1).execution_options(synchronize_session=False))


def forget_tries(session: Session, key: str) -> None:
    """Open the lock: whoever holds the key has just proved it."""
    session.execute(
        delete(AttemptRow).where(AttemptRow.key == key).execution_options(synchronize_session=False)
    )


def forget_old(session: Session, prefix: str, before: datetime) -> None:
    """Drop tries that no rule counts any more, so that guessing cannot fill the table.

    Call it before `take_try`: whoever waits here then holds no other row.
    """
    old = delete(AttemptRow).where(AttemptRow.key.startswith(prefix), AttemptRow.since < before)
    session.execute(old.execution_options(synchronize_session=False))
