"""Accounts: signing in, who somebody is today, and the sessions of signed-in browsers.

A sign-in answers the same, and works as long, whether the login is unknown or the password wrong. Tries are
counted before the password is looked at, per login and per client address, so that a thousand tries at once
are not a thousand guesses.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from engine.domain.access import SYSTEM, Actor, Assignment, check_holds
from engine.domain.attempts import Backoff
from engine.domain.calendar import ZONE, local_day
from engine.domain.notifications import Choice
from engine.domain.texts import LANGUAGES, fold
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.runtime import Engine
from engine.store.attempts import forget_tries, give_back, take_try
from engine.store.offices import keep, kept_offices
from engine.store.rows import AssignmentRow, PositionRow, UnitRow, UserRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.authority import lent_to
from engine.usecases.notifications import write_choice
from engine.usecases.passwords import hash_password, is_outdated, verify_password
from engine.usecases.websessions import close_sessions_of

PER_LOGIN = Backoff(free=5)
PER_CLIENT = Backoff(free=60)  # an office sits behind one address
ADMIN = "IT_ADMIN"


class SignInFailed(Forbidden):
    """Unknown login, wrong password or closed account: the answer does not say which."""

    code = "sign_in_failed"
    vi = "Tên đăng nhập hoặc mật khẩu chưa đúng."
    en = "The login or the password is not right."


class SignInLocked(Refused):
    """Too many tries; the next one is heard later."""

    code = "sign_in_locked"
    vi = "Đã nhập sai nhiều lần. Hãy thử lại từ {again}, hoặc nhờ cán bộ CNTT đặt lại mật khẩu."
    en = "Too many wrong tries. Try again from {again}, or ask the IT staff for a new password."


class LoginTaken(Refused):
    code = "login_taken"
    vi = "Tên đăng nhập “{login}” đã có người dùng. Hãy chọn tên khác."
    en = "The login “{login}” is taken. Choose another one."


class BadLogin(Invalid):
    code = "bad_login"
    vi = "Tên đăng nhập gồm 2 đến 60 chữ thường không dấu, chữ số, dấu chấm hoặc gạch; đang nhập “{login}”."
    en = "A login has 2 to 60 lower-case letters without marks, digits, dots or dashes; it is “{login}”."


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's account as pages show it."""

    id: int
    login: str
    full_name: str
    language: str


def sign_in(engine: Engine, login: str, password: str, client: str) -> int:
    """Return the id of the person whose login and password these are.

    Takes the engine, not a unit: a try is counted and committed first, then the password is compared
    outside of any transaction (it takes long on purpose), then the success is written.

    Raises:
        SignInLocked: If too many tries came before; nothing is compared.
        SignInFailed: If there is no such active account or the password is another one.
    """
    keys = (f"sign-in:{_digest(fold(login))}", f"sign-in-from:{client[:60]}")
    _count_try(engine, keys)
    with engine.reading(SYSTEM) as unit:
        found = unit.session.execute(
            select(UserRow.id, UserRow.password_hash).where(
                UserRow.login == fold(login), UserRow.is_active.is_(True)
            )
        ).one_or_none()
    if not verify_password(found.password_hash if found else None, password) or found is None:
        raise SignInFailed("a login and its password", "they do not belong together")
    renewed = hash_password(password) if is_outdated(found.password_hash) else None
    with engine.unit(Actor(user_id=found.id, name=login)) as unit:
        forget_tries(unit.session, keys[0])
        give_back(unit.session, keys[1])
        if renewed:
            _user(unit, found.id).password_hash = renewed
        record(unit, f"account:{found.id}", "account.signed_in")
    return found.id


def load_actor(unit: Unit, user_id: int) -> Actor:
    """Return the person with the chairs held on the day of `unit`, in units that are open.

    It comes from memory where that may answer: every page asks who it is for.

    Raises:
        NotFound: If there is no such account, or it was closed.
    """
    offices, asked = kept_offices(unit), (user_id, local_day(unit.now))
    if offices is None:
        return _read_actor(unit, *asked)
    found = offices.actors.get(asked)
    if found is None:
        found = _read_actor(unit, *asked)
        keep(offices.actors, asked, found)
    return found


def _read_actor(unit: Unit, user_id: int, day: date) -> Actor:
    user = unit.session.execute(
        select(UserRow.full_name).where(UserRow.id == user_id, UserRow.is_active.is_(True))
    ).one_or_none()
    if user is None:
        raise NotFound("an active account", "there is none", what="tài khoản")
    held = unit.session.execute(
        select(
            AssignmentRow.id,
            AssignmentRow.is_acting,
            PositionRow.roles,
            PositionRow.title_vi,
            UnitRow.id.label("unit_id"),
            UnitRow.name_vi,
        )
        .join(PositionRow, AssignmentRow.position_id == PositionRow.id)
        .join(UnitRow, PositionRow.unit_id == UnitRow.id)
        .where(
            AssignmentRow.user_id == user_id,
            AssignmentRow.starts_on <= day,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= day),
            PositionRow.effective_from <= day,
            or_(PositionRow.effective_to.is_(None), PositionRow.effective_to >= day),
            UnitRow.effective_from <= day,
            or_(UnitRow.effective_to.is_(None), UnitRow.effective_to >= day),
        )
        .order_by(AssignmentRow.id)
    )
    return Actor(
        user_id=user_id,
        name=user.full_name,
        lent=lent_to(unit, user_id, day),
        assignments=tuple(
            Assignment(
                id=row.id,
                unit_id=row.unit_id,
                unit_name=row.name_vi,
                title=row.title_vi,
                roles=frozenset(row.roles),
                is_acting=row.is_acting,
            )
            for row in held
        ),
    )


def get_account(unit: Unit, user_id: int) -> Account:
    """Return the account of a person.

    Raises:
        NotFound: If there is none.
    """
    row = _user(unit, user_id)
    return Account(id=row.id, login=row.login, full_name=row.full_name, language=row.language)


def account_named(unit: Unit, login: str) -> int:
    """Return the number of the open account with a login.

    Raises:
        NotFound: If there is none.
    """
    named = select(UserRow.id).where(UserRow.login == fold(login), UserRow.is_active.is_(True))
    found = unit.session.scalar(named)
    if found is None:
        raise NotFound("an open account", "there is none", what="tài khoản")
    return found


def create_user(
    unit: Unit, login: str, full_name: str, password: str, *, phone: str = "", email: str = ""
) -> int:
    """Open an account and return its id; it may do nothing until the person is assigned to a chair.

    Raises:
        RoleMissing: If the actor is not IT staff.
        BadLogin, LoginTaken, PasswordWeak: If login or password cannot be used.
    """
    check_holds(unit.actor, ADMIN)
    if not _is_login(login):
        raise BadLogin("a plain login", repr(login), login=login)
    hashed = hash_password(password, login)
    if unit.session.scalar(select(UserRow.id).where(UserRow.login == login)) is not None:
        raise LoginTaken("a new login", f"{login} exists", login=login)
    row = UserRow(
        login=login,
        full_name=full_name,
        password_hash=hashed,
        phone=phone,
        email=email,
        created_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    write_choice(unit, row.id, Choice())
    record(unit, f"account:{row.id}", "account.created")
    return row.id


def disable_user(unit: Unit, user_id: int, reason: str) -> None:
    """Close an account at once: its browsers are signed out, its history stays."""
    check_holds(unit.actor, ADMIN)
    _user(unit, user_id).is_active = False
    close_sessions_of(unit, user_id)
    record(unit, f"account:{user_id}", "account.disabled", {"reason": reason})


def enable_user(unit: Unit, user_id: int) -> None:
    """Open a closed account again; what the person may do follows from assignments as before."""
    check_holds(unit.actor, ADMIN)
    _user(unit, user_id).is_active = True
    record(unit, f"account:{user_id}", "account.enabled")


def unlock_user(unit: Unit, user_id: int) -> None:
    """Let a person try to sign in again at once, after too many wrong passwords."""
    check_holds(unit.actor, ADMIN)
    forget_tries(unit.session, f"sign-in:{_digest(_user(unit, user_id).login)}")
    record(unit, f"account:{user_id}", "account.unlocked")


def reset_password(unit: Unit, user_id: int, password: str) -> None:
    """Give a person a new password, as IT staff; every browser of the account is signed out."""
    check_holds(unit.actor, ADMIN)
    row = _user(unit, user_id)
    row.password_hash = hash_password(password, row.login)
    forget_tries(unit.session, f"sign-in:{_digest(row.login)}")
    close_sessions_of(unit, user_id)
    record(unit, f"account:{user_id}", "account.password_reset")


def change_password(unit: Unit, old: str, new: str) -> None:
    """Change one's own password; every browser of the account is signed out.

    Raises:
        SignInFailed: If `old` is not the present password.
        PasswordWeak: If `new` breaks the rule.
    """
    user_id = unit.actor.user_id
    if user_id is None:
        raise SignInFailed("a person", "nobody is signed in")
    with unit.engine.reading(unit.actor) as before:  # compare before this unit takes the write lock
        row = _user(before, user_id)
        login, stored = row.login, row.password_hash
    if not verify_password(stored, old):
        raise SignInFailed("the present password", "it is another one")
    hashed = hash_password(new, login)
    _user(unit, user_id).password_hash = hashed
    close_sessions_of(unit, user_id)
    record(unit, f"account:{user_id}", "account.password_changed")


def set_language(unit: Unit, language: str) -> None:
    """Remember in which language the actor reads."""
    if unit.actor.user_id is not None and language in LANGUAGES:
        _user(unit, unit.actor.user_id).language = language


def _count_try(engine: Engine, keys: tuple[str, str]) -> None:
    waits: list[datetime] = []
    with engine.unit(SYSTEM) as unit:
        for key, rule in zip(keys, (PER_LOGIN, PER_CLIENT), strict=True):
            again = take_try(unit.session, key, unit.now, rule)
            if again is not None:
                waits.append(again)
    if waits:
        again = max(waits).astimezone(ZONE)
        raise SignInLocked("fewer tries", "there were too many", again=f"{again:%H:%M:%S}")


def _user(unit: Unit, user_id: int) -> UserRow:
    row = unit.session.get(UserRow, user_id)
    if row is None:
        raise NotFound("an account", f"there is no number {user_id}", what="tài khoản")
    return row


def _is_login(login: str) -> bool:
    plain = all(char.isascii() and (char.islower() or char.isdigit() or char in ".-_") for char in login)
    return plain and 2 <= len(login) <= 60


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = [
    "Account",
    "change_password",
    "create_user",
    "disable_user",
    "get_account",
    "hash_password",
    "load_actor",
    "reset_password",
    "set_language",
    "sign_in",
]
