"""What a person decides about a message that was laid aside: try again, correct its keys, drop it.

The acts that come with a dossier's incident are in `incidents`; a message from outside that belongs to no
dossier is dealt with by the IT staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine.domain.access import check_holds
from engine.domain.messages import DROPPED, KEPT, OWN_CODE, STUCK, check_message, fit_of
from engine.errors import NotFound, Refused
from engine.store import messages as letters
from engine.store.message_rows import MessageRow
from engine.store.work import Unit
from engine.usecases.audit import record

ADMIN = "IT_ADMIN"


class MessageNotStuck(Refused):
    """It was taken, dropped or tried again before, or its dossier decides about it."""

    code = "message_not_stuck"
    vi = "Tin này không còn chờ xử lý, hoặc phải xử lý ở sự cố của hồ sơ gửi. Hãy tải lại trang."
    en = "This message no longer waits for a decision, or its dossier's incident decides it. Reload the page."


def keep_again(unit: Unit, message_id: int, keys: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Let a receiver be looked for again, for as long as at first; return the keys as they were.

    Raises:
        BadMessage: If the new keys are too many or too long.
    """
    row = _locked(unit, message_id)
    before = dict(row.keys)
    if keys is not None:
        check_message(row.name, keys, row.payload)
        row.keys, row.key_count, row.fit = dict(keys), len(keys), fit_of(keys)
    kept = max(row.expires_at - row.thrown_at, timedelta(days=1))
    row.expires_at = max(row.expires_at, unit.now + kept)
    row.state, row.next_try_at, row.attempts = KEPT, unit.now, 0
    unit.session.flush()
    return before


def drop(unit: Unit, message_id: int) -> None:
    """Deliver it never."""
    row = _locked(unit, message_id)
    row.state, row.next_try_at, row.ended_at = DROPPED, None, unit.now
    unit.session.flush()


def retry_outside_message(unit: Unit, message_id: int, note: str) -> None:
    """Try a message again that came from outside and belongs to no dossier; by IT staff.

    Raises:
        RoleMissing: If the actor is not IT staff.
        MessageNotStuck: If nothing is to be decided about it.
    """
    _check_outside(unit, message_id)
    keep_again(unit, message_id)
    record(unit, f"message:{message_id}", "message.retried", {"reason": note.strip()[:2000]})


def drop_outside_message(unit: Unit, message_id: int, reason: str) -> None:
    """Give up a message that came from outside and belongs to no dossier; by IT staff."""
    _check_outside(unit, message_id)
    drop(unit, message_id)
    record(unit, f"message:{message_id}", "message.dropped", {"reason": reason.strip()[:2000]})


def typed_keys(row: MessageRow, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return keys as somebody typed them: numbers stay numbers, what is left empty is no key."""
    found: dict[str, Any] = {}
    for name in (*row.keys, OWN_CODE):
        text = typed.get(name, "").strip()
        if text:
            was_number = isinstance(row.keys.get(name), int) and not isinstance(row.keys.get(name), bool)
            found[name] = int(text) if was_number and text.lstrip("-").isdigit() else text
    return found


def _check_outside(unit: Unit, message_id: int) -> None:
    check_holds(unit.actor, ADMIN)
    row = letters.get_message(unit, message_id)
    if row is None or row.source_dossier_id is not None:
        raise MessageNotStuck("a message from outside", "it is a dossier's")


def _locked(unit: Unit, message_id: int) -> MessageRow:
    row = letters.get_message(unit, message_id, lock=True)
    if row is None:
        raise NotFound("the message to exist", "there is none", what="tin")
    if row.state != STUCK:
        raise MessageNotStuck("a message that was laid aside", f"it is {row.state}")
    return row
