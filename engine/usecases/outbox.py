"""Sending what was left to be sent: text messages to applicants, letters to staff; called by the worker.

A message is taken for as long as a worker may be silent (`Engine.rescue`), sent outside any transaction, and
then marked. A worker that dies in between lets it be sent again with the same key, which the gateway uses to
drop the repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.domain.access import SYSTEM
from engine.errors import Refused
from engine.store.crashpoints import crashpoint
from engine.store.rows import OutboxRow
from engine.store.work import Unit
from engine.usecases.incidents import SMS_GIVEN_UP, open_incident
from engine.usecases.notifications import MAIL_KIND
from engine.usecases.retries import MOST_ATTEMPTS, next_try

if TYPE_CHECKING:
    from engine.runtime import Engine

SMS_KIND = "sms"


class NoMailServer(Refused):
    """A letter was written while a mail server was connected, which it no longer is."""

    code = "no_mail_server"
    vi = "Chưa nối máy chủ thư (MOTCUA_SMTP_HOST), nên thư chưa gửi được."
    en = "No mail server is connected (MOTCUA_SMTP_HOST), so the letter cannot be sent."


class SmsNotSent(Refused):
    """The gateway did not take a message after all attempts."""

    code = SMS_GIVEN_UP
    vi = "Tin nhắn cho người nộp hồ sơ không gửi được sau {attempts} lần. Hãy gọi điện, hoặc bấm gửi lại."
    en = "The message to the applicant could not be sent in {attempts} attempts. Telephone, or send it again."


@dataclass(frozen=True, slots=True)
class _Letter:
    id: int
    kind: str
    payload: Mapping[str, Any]
    attempt: int


def send_due(engine: Engine, limit: int = 100, kind: str = SMS_KIND) -> int:
    """Send at most `limit` messages of a kind that are due, the oldest first; return how many went out."""
    sent = 0
    with engine.reading(SYSTEM) as unit:
        due = due_messages(unit, limit, kind)
    for outbox_id in due:
        sent += send_message(engine, outbox_id)
    return sent


def send_due_letters(engine: Engine, limit: int = 100) -> int:
    """Send letters to staff; apart from text messages, so that a slow mail server holds up no applicant."""
    return send_due(engine, limit, MAIL_KIND)


def due_letters(unit: Unit, limit: int) -> list[int]:
    return due_messages(unit, limit, MAIL_KIND)


def due_messages(unit: Unit, limit: int, kind: str = SMS_KIND) -> list[int]:
    """Return the messages of a kind that wait to be sent now, the oldest first."""
    return list(
        unit.session.scalars(
            select(OutboxRow.id)
            .where(OutboxRow.next_try_at <= unit.now, OutboxRow.kind == kind)
            .order_by(OutboxRow.next_try_at, OutboxRow.id)
            .limit(limit)
        )
    )


def next_message_due(unit: Unit) -> datetime | None:
    """Return when the next message falls due that does not wait already."""
    return unit.session.scalar(
        select(func.min(OutboxRow.next_try_at)).where(OutboxRow.next_try_at > unit.now)
    )


def send_message(engine: Engine, outbox_id: int) -> bool:
    """Send one message, unless it is not due or another worker has it; return whether it went out."""
    with engine.unit(SYSTEM) as unit:
        letter = _take(unit, outbox_id)
    if letter is None:
        return False
    crashpoint("after-take-before-send")
    try:
        _dispatch(engine, letter)
    except Exception as error:  # whatever a gateway's client raises: the message must not be lost
        _put_back(engine, letter, f"{type(error).__name__}: {error}")
        return False
    crashpoint("after-send-before-mark")
    with engine.unit(SYSTEM) as unit:
        row = unit.session.get_one(OutboxRow, letter.id)
        row.sent_at, row.next_try_at, row.error = unit.now, None, ""
    return True


def _dispatch(engine: Engine, letter: _Letter) -> None:
    """Hand one message to the outside."""
    key, payload = f"outbox-{letter.id}", letter.payload
    if letter.kind != MAIL_KIND:
        engine.sms.send(payload["phone"], payload["text"], key)
    elif engine.mail is None:
        raise NoMailServer("a mail server", "none is connected")
    else:
        engine.mail.send(payload["address"], payload["subject"], payload["text"], key)


def _take(unit: Unit, outbox_id: int) -> _Letter | None:
    row = unit.session.scalars(
        select(OutboxRow)
        .where(OutboxRow.id == outbox_id, OutboxRow.next_try_at <= unit.now)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    if row.attempts >= MOST_ATTEMPTS:  # workers died over it, every time
        row.error = row.error or "no answer"
        _give_up(unit, row)
        return None
    row.next_try_at = unit.now + unit.engine.rescue
    row.attempts += 1
    return _Letter(row.id, row.kind, row.payload, row.attempts)


def _put_back(engine: Engine, letter: _Letter, why: str) -> None:
    """Let it be tried again later; nothing, if meanwhile another worker took it because this one was slow."""
    with engine.unit(SYSTEM) as unit:
        row = unit.session.get_one(OutboxRow, letter.id, with_for_update=True)
        if row.sent_at is not None or row.attempts != letter.attempt:
            return
        row.error = why[:500]
        row.next_try_at = next_try(row.attempts, unit.now)
        if row.next_try_at is None:
            _give_up(unit, row)


def _give_up(unit: Unit, row: OutboxRow) -> None:
    """Let a person look: an applicant who was not told is an incident of the dossier.

    What a letter says stands in the list of the person too, so no dossier is held up for it; IT staff see
    letters that were given up in the outbox, with the reason, and send them again.
    """
    row.next_try_at = None
    if row.dossier_id is not None and row.kind == SMS_KIND:
        error = SmsNotSent("the message to be taken", "it was not", attempts=row.attempts)
        open_incident(unit, row.dossier_id, error, outbox_id=row.id, attempts=row.attempts)
