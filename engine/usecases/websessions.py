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

from sqlalchemy import delete, or_, select, update

from engine.store.rows import UserRow, WebSessionRow
from engine.store.work import Unit

SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a session lives."""

    idle: timedelta = timedelta(minutes=30)
    life: timedelta = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """A session that is in force. `is_due`: `touch_session` should note that it was seen."""

    user_id: int
    data: dict[str, Any]
    is_due: bool


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
    found = unit.session.execute(
        select(WebSessionRow.user_id, WebSessionRow.data, WebSessionRow.seen_at)
        .join(UserRow, WebSessionRow.user_id == UserRow.id)
        .where(
            WebSessionRow.key_hash == _hash(key),
            UserRow.is_active.is_(True),
            WebSessionRow.seen_at >= unit.now - limits.idle,
            WebSessionRow.created_at >= unit.now - limits.life,
        )
    ).one_or_none()
    if found is None:
        return None
    return WebSession(user_id=found.user_id, data=found.data, is_due=unit.now - found.seen_at >= SEEN_EVERY)


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
