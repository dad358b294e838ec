"""Sending what the steps left to be sent; called by the worker.

A message is taken for two minutes, sent outside any transaction, and then marked. A worker that dies in
between lets it be sent again with the same key, which the gateway uses to drop the repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.domain.access import SYSTEM
from engine.errors import Refused
from engine.store.crashpoints import crashpoint
from engine.store.rows import OutboxRow
from engine.store.work import Unit
from engine.usecases.incidents import SMS_GIVEN_UP, open_incident
from engine.usecases.retries import next_try

if TYPE_CHECKING:
    from engine.runtime import Engine

LEASE = timedelta(minutes=2)


class SmsNotSent(Refused):
    """The gateway did not take a message after all attempts."""

    code = SMS_GIVEN_UP
    vi = "Tin nhắn cho người nộp hồ sơ không gửi được sau {attempts} lần. Hãy gọi điện, hoặc bấm gửi lại."
    en = "The message to the applicant could not be sent in {attempts} attempts. Telephone, or send it again."


@dataclass(frozen=True, slots=True)
class _Letter:
    id: int
    phone: str
    text: str


def send_due(engine: Engine, limit: int = 100) -> int:
    """Send at most `limit` messages that are due, the oldest first; return how many went out."""
    sent = 0
    for _ in range(limit):
        with engine.unit(SYSTEM) as unit:
            letter = _take(unit)
        if letter is None:
            break
        try:
            engine.sms.send(letter.phone, letter.text, f"outbox-{letter.id}")
        except Exception as error:  # whatever a gateway's client raises: the message must not be lost
            _put_back(engine, letter.id, f"{type(error).__name__}: {error}")
        else:
            crashpoint("after-send-before-mark")
            with engine.unit(SYSTEM) as unit:
                row = unit.session.get_one(OutboxRow, letter.id)
                row.sent_at, row.next_try_at, row.error = unit.now, None, ""
            sent += 1
    return sent


def _take(unit: Unit) -> _Letter | None:
    row = unit.session.scalars(
        select(OutboxRow)
        .where(OutboxRow.next_try_at <= unit.now)
        .order_by(OutboxRow.next_try_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    row.next_try_at = unit.now + LEASE
    row.attempts += 1
    return _Letter(row.id, row.payload["phone"], row.payload["text"])


def _put_back(engine: Engine, outbox_id: int, why: str) -> None:
    with engine.unit(SYSTEM) as unit:
        row = unit.session.get_one(OutboxRow, outbox_id)
        row.error = why[:500]
        row.next_try_at = next_try(row.attempts, unit.now)
        if row.next_try_at is None and row.dossier_id is not None:
            error = SmsNotSent("the message to be taken", "it was not", attempts=row.attempts)
            open_incident(unit, row.dossier_id, error, outbox_id=row.id, attempts=row.attempts)
