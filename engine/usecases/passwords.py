"""Passwords: argon2id, a few at a time, and a rule that people can follow.

Each computation takes about 20 ms and 19 MiB. `_gate` lets only a few run at once: sixty people who sign in
at seven in the morning wait their turn instead of taking the memory of the server.
"""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.domain.texts import fold
from engine.errors import Invalid

AT_ONCE = 2
SHORTEST, LONGEST = 10, 256

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_gate = BoundedSemaphore(AT_ONCE)
_nobody = _hasher.hash("the hash that an unknown login is compared with")


class PasswordWeak(Invalid):
    """The new password is too short, too long, or easily guessed."""

    code = "password_weak"
    vi = "Mật khẩu cần từ {shortest} đến {longest} ký tự, không trùng tên đăng nhập và không lặp một ký tự."
    en = "A password needs {shortest} to {longest} characters, not the login and not one character repeated."


def hash_password(password: str, login: str = "") -> str:
    """Return the argon2id hash of a new password.

    Raises:
        PasswordWeak: If it breaks the rule.
    """
    if not _is_strong(password, login):
        raise PasswordWeak("a strong password", "it is easily guessed", shortest=SHORTEST, longest=LONGEST)
    with _gate:
        return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Tell whether `password` fits; without a stored hash the same work is done, for nothing."""
    if len(password) > LONGEST:
        return False
    with _gate:
        try:
            return _hasher.verify(stored or _nobody, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _is_strong(password: str, login: str) -> bool:
    return (
        SHORTEST <= len(password) <= LONGEST
        and len(set(password)) > 2
        and (not login or fold(login) != fold(password))
    )
