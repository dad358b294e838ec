"""Keys by which programs act as an account: shown once, kept as a hash, with an end.

A program may do what the account's chairs allow and nothing else, and every act is the account's in the
audit log; so a program gets an account of its own.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import func, select

from engine.domain.access import check_holds
from engine.domain.calendar import local_day
from engine.errors import Invalid, NotFound, Refused
from engine.store.rows import UserRow
from engine.store.token_rows import ApiTokenRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.oversight import ADMIN, check_reason

PREFIX = "mc_"  # by which scanners of source code find a key that was left lying about
LONGEST_NAME, LONGEST_LIFE, MOST = 80, 366, 10


class BadToken(Invalid):
    code = "bad_token"
    vi = "Khóa cần tên từ 1 đến {longest} ký tự và hạn từ 1 đến {days} ngày."
    en = "A key needs a name of 1 to {longest} characters and 1 to {days} days to live."


class TooManyTokens(Refused):
    code = "too_many_tokens"
    vi = "Tài khoản này đã có {most} khóa còn hạn. Hãy thu hồi bớt."
    en = "This account has {most} keys in force. Take one back first."


def issue_token(unit: Unit, user_id: int, name: str, days: int) -> str:
    """Make a key for an account and return it; it is nowhere else.

    Raises:
        RoleMissing: If the actor is not IT staff.
        NotFound: If there is no such open account.
        BadToken, TooManyTokens: If it cannot be made so.
    """
    check_holds(unit.actor, ADMIN)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or not 0 < days <= LONGEST_LIFE:
        raise BadToken("a name and an end", "not so", longest=LONGEST_NAME, days=LONGEST_LIFE)
    user = unit.session.get(UserRow, user_id)
    if user is None or not user.is_active:
        raise NotFound("an open account", "there is none", what="tài khoản")
    today = local_day(unit.now)
    held = (
        ApiTokenRow.user_id == user_id,
        ApiTokenRow.revoked_at.is_(None),
        ApiTokenRow.ends_on >= today,
    )
    if (unit.session.scalar(select(func.count()).select_from(ApiTokenRow).where(*held)) or 0) >= MOST:
        raise TooManyTokens("fewer keys", f"there are {MOST}", most=MOST)
    key = PREFIX + secrets.token_urlsafe(32)
    row = ApiTokenRow(
        user_id=user_id, name=name, key_hash=_hash(key), created_at=unit.now,
        ends_on=today + timedelta(days=days), revoke_reason="",
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    record(unit, f"account:{user_id}", "token.issued", {"token": row.id, "name": name, "days": days})
    return key


def revoke_token(unit: Unit, token_id: int, reason: str) -> None:
    """Take a key back at once, as IT staff, with a reason."""
    check_holds(unit.actor, ADMIN)
    check_reason(reason)
    row = unit.session.get(ApiTokenRow, token_id)
    if row is None or row.revoked_at is not None:
        raise NotFound("a key in force", "there is none", what="khóa")
    row.revoked_at, row.revoke_reason = unit.now, reason.strip()
    record(unit, f"account:{row.user_id}", "token.revoked", {"token": row.id, "reason": row.revoke_reason})


def holder_of(unit: Unit, key: str) -> int | None:
    """Return the account of a key that is in force; None if it is none, or its account was closed."""
    if not key.startswith(PREFIX) or len(key) > 100:
        return None
    return unit.session.scalar(
        select(ApiTokenRow.user_id)
        .join(UserRow, UserRow.id == ApiTokenRow.user_id)
        .where(
            ApiTokenRow.key_hash == _hash(key),
            ApiTokenRow.revoked_at.is_(None),
            ApiTokenRow.ends_on >= local_day(unit.now),
            UserRow.is_active,
        )
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
