"""Sessions of signed-in browsers: a random key in the cookie, only its SHA-256 in the database.

A session ends by sign-out, when nothing was asked for a while, after a working day in any case, and at once
when its account is closed. `seen_at` is written at most once a minute: looking costs no write.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, literal_column, or_, select, update

from engine.store.driver import Prepared
from engine.store.notification_rows import NotificationRow
from engine.store.rows import CounterRow, UserRow, WebSessionRow
from engine.store.steps import ORGANISATION
from engine.store.work import Unit
from engine.usecases.notifications import MOST_COUNTED

SEEN_EVERY = timedelta(minutes=1)

_SESSIONS, _USERS, _COUNTERS = WebSessionRow.__table__.c, UserRow.__table__.c, CounterRow.__table__.c
_TOLD = NotificationRow.__table__.c
_UNREAD = (
    select(_TOLD.id)
    .where(_TOLD.user_id == _SESSIONS.user_id, _TOLD.read_at.is_(None))
    .correlate(WebSessionRow.__table__)
    .limit(literal_column(str(MOST_COUNTED + 1)))
    .subquery()
)
_READ = Prepared(  # every page asks this first of all
    select(
        _SESSIONS.user_id,
        _SESSIONS.data,
        _SESSIONS.seen_at,
        select(_COUNTERS.last)
        .where(_COUNTERS.book == literal_column(f"'{ORGANISATION}'"))
        .where(_COUNTERS.period == literal_column("''"))
        .scalar_subquery(),
        select(func.count()).select_from(_UNREAD).scalar_subquery(),
    )
    .join(UserRow.__table__, _SESSIONS.user_id == _USERS.id)
    .where(
        _SESSIONS.key_hash == bindparam("key"),
        _USERS.is_active.is_(True),
        _SESSIONS.seen_at >= bindparam("seen"),
        _SESSIONS.created_at >= bindparam("opened"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a session lives."""

    idle: timedelta = timedelta(minutes=30)
    life: timedelta = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """A session that is in force, and what every page asks besides.

    Attributes:
        is_due: `touch_session` should note that it was seen.
        organisation: How often offices and people have changed (`engine.store.offices.take_offices`).
        unread: How many notifications the person has not read, at most one more than is counted.
    """

    user_id: int
    data: dict[str, Any]
    is_due: bool
    organisation: int
    unread: int


def open_session(
    unit: Unit, user_id: int, data: Mapping[str, Any] | None = None, limits: Limits | None = None
) -> str:
    """Open a session and return its key, which is nowhere else; sessions that ran out are swept."""
    limits = limits or Limits()
    unit.session.execute(
        delete(WebSessionRow)
        .where(
            or_(
                WebSessionRow.seen_at < unit.now - limits.idle,
                WebSessionRow.created_at < unit.now - limits.life,
            )
        )
        .execution_options(synchronize_session=False)
    )
    key = secrets.token_urlsafe(32)
    row = WebSessionRow(
        key_hash=_hash(key), user_id=user_id, data=dict(data or {}), created_at=unit.now, seen_at=unit.now
    )
    unit.session.add(row)
    return key


def read_session(unit: Unit, key: str, limits: Limits | None = None) -> WebSession | None:
    """Return the session of `key`, or None if there is none that is in force."""
    limits = limits or Limits()
    asked = unit.line.ask(
        _READ, key=_hash(key), seen=unit.now - limits.idle, opened=unit.now - limits.life
    ).one_or_none()
    if asked is None:
        return None
    user_id, data, seen_at, organisation, unread = asked
    return WebSession(
        user_id=user_id,
        data=data,
        is_due=unit.now - seen_at >= SEEN_EVERY,
        organisation=organisation or 0,
        unread=unread,
    )


def save_session(unit: Unit, key: str, data: Mapping[str, Any]) -> None:
    """Keep what the pages put into the session."""
    _update(unit, key, data=dict(data), seen_at=unit.now)


def touch_session(unit: Unit, key: str) -> None:
    """Note that the browser was seen now."""
    _update(unit, key, seen_at=unit.now)


def close_session(unit: Unit, key: str) -> None:
    """Sign one browser out; its key is worth nothing from now on."""
    unit.session.execute(
        delete(WebSessionRow)
        .where(WebSessionRow.key_hash == _hash(key))
        .execution_options(synchronize_session=False)
    )


def close_sessions_of(unit: Unit, user_id: int) -> None:
    """Sign out every browser of one person."""
    unit.session.execute(
        delete(WebSessionRow)
        .where(WebSessionRow.user_id == user_id)
        .execution_options(synchronize_session=False)
    )


def _update(unit: Unit, key: str, **values: Any) -> None:
    change = update(WebSessionRow).where(WebSessionRow.key_hash == _hash(key)).values(**values)
    unit.session.execute(change.execution_options(synchronize_session=False))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
