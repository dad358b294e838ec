"""One click counts once: the key that came with a form decides whether it was carried out already.

The key is written in the transaction of the act itself. A second click waits for the first to commit, then
gets its answer; if the first one failed, its key is gone with everything else, and the second one counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import Refused
from engine.store.driver import Prepared
from engine.store.jsontext import write_sorted
from engine.store.rows import SubmissionRow
from engine.store.steps import Earlier
from engine.store.work import Unit

LONGEST_KEY = 80

_ROWS = SubmissionRow.__table__
_TAKE = {
    name: dialect.insert(_ROWS).on_conflict_do_nothing(index_elements=[_ROWS.c.key]).returning(_ROWS.c.key)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_ADD = Prepared(insert(_ROWS).values({one.name: bindparam(one.name) for one in _ROWS.c}))
_KEEP = update(_ROWS).where(_ROWS.c.key == bindparam("of_key"))


class SubmissionReused(Refused):
    """The same key came with other content: a copied form, not a second click."""

    code = "submission_reused"
    vi = "Biểu mẫu này đã được gửi với nội dung khác. Hãy mở lại trang và nhập lại; chưa có gì thay đổi."
    en = "This form was already sent with other content. Open the page again and retype; nothing was changed."


def begin(unit: Unit, key: str, action: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Take the key for this act; return the earlier answer if the act was carried out already.

    Args:
        key: Random text made with the form; empty when the caller does not repeat.
        body: What was sent, to tell a second click from a key used twice.

    Raises:
        SubmissionReused: If the key was used for something else, or by somebody else.
    """
    if not key:
        return None
    key = stored(key)
    digest = _digest(body)
    taken = unit.session.execute(
        _TAKE[unit.engine.database.dialect.name],
        {
            "key": key,
            "action": action,
            "user_id": unit.actor.user_id,
            "digest": digest,
            "answer": {},
            "at": unit.now,
        },
    ).one_or_none()
    if taken:
        return None
    earlier = unit.session.execute(
        select(SubmissionRow.action, SubmissionRow.user_id, SubmissionRow.digest, SubmissionRow.answer).where(
            SubmissionRow.key == key
        )
    ).one()
    return _same(unit, Earlier(*earlier), action, digest)


def finish(unit: Unit, key: str, answer: Mapping[str, Any]) -> None:
    """Keep the answer for a second click."""
    if not key:
        return
    key = stored(key)
    unit.session.execute(_KEEP, {"of_key": key, "answer": dict(answer)})


def stored(key: str) -> str:
    """Return a key as it is kept; a long one by its hash."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def repeat(
    unit: Unit, earlier: Earlier | None, action: str, body: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the answer to a click whose row was read under a lock that a second click waits for.

    Where there is such a lock, the key need not be taken first: `keep` writes it with the answer.

    Raises:
        SubmissionReused: As for `begin`.
    """
    return None if earlier is None else _same(unit, earlier, action, _digest(body))


def keep(unit: Unit, key: str, action: str, body: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Write the key with the answer for a second click."""
    if key:
        unit.line.ask(
            _ADD,
            key=stored(key),
            action=action,
            user_id=unit.actor.user_id,
            digest=_digest(body),
            answer=dict(answer),
            at=unit.now,
        )


def _same(unit: Unit, earlier: Earlier, action: str, digest: str) -> dict[str, Any]:
    if (earlier.action, earlier.user_id, earlier.digest) != (action, unit.actor.user_id, digest):
        raise SubmissionReused("a new form", "its key was used with other content")
    return earlier.answer


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(write_sorted(body).encode()).hexdigest()
