"""Messages on their way: the worker finds whom each is for and hands it over, once.

A message is written in the sender's step and delivered in a transaction of its own: the dossiers first, in
the order of their numbers, then the message, as by everybody else, so that two never wait for each other
crosswise. What does not fit now stays kept: a receiver that begins to wait wakes it. Two that fit are never
guessed between; that, and what stays too long or is refused, becomes an incident.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from engine.domain.access import SYSTEM
from engine.domain.messages import DELIVERED, DROPPED, KEPT, STUCK
from engine.errors import Conflict, ProcedureError, Refused
from engine.execution import Message
from engine.store import cases as rows
from engine.store import messages as letters
from engine.store.crashpoints import crashpoint
from engine.store.message_rows import MessageRow, MessageWaitRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.beginnings import Beginning, begin_dossier, beginnings
from engine.usecases.cases import Case, write_history
from engine.usecases.incidents import open_incident
from engine.usecases.moving import move
from engine.usecases.retries import next_try
from engine.usecases.taking import outputs_of, taken
from engine.usecases.timers import InternalFault

if TYPE_CHECKING:
    from engine.runtime import Engine

LOOK_AGAIN = timedelta(hours=6)  # at what nobody waits for: a procedure may have come into force meanwhile


class MessageAmbiguous(Refused):
    """Two places wait with the same keys; nobody may guess."""

    code = "message_ambiguous"
    vi = (
        "Tin “{title}” khớp với nhiều nơi đang chờ: {places}. Hệ thống không tự chọn. "
        "Hãy sửa khóa cho khớp đúng một nơi, hoặc hủy tin."
    )
    en = (
        "The message “{title_en}” fits several places that wait: {places}. The system does not guess. "
        "Correct its keys so that it fits one, or drop it."
    )


class MessageUnclaimed(Refused):
    """Nobody has begun to wait for it in the time that it was kept."""

    code = "message_unclaimed"
    vi = (
        "Không hồ sơ nào nhận tin “{title}” từ {since} đến nay. Hãy kiểm tra khóa và bên nhận, "
        "rồi gửi lại hoặc hủy."
    )
    en = (
        "No dossier has taken the message “{title_en}” since {since}. Look at its keys and its receiver, "
        "then send it again or drop it."
    )


@dataclass
class _Attempt:
    """One try; `target` is the dossier that was to take it, once that is known."""

    message_id: int
    target: int | None = None


def deliver_messages(engine: Engine, limit: int = 100) -> int:
    """Try at most `limit` messages that are due, the oldest first; return how many were taken."""
    _look_for_new_waits(engine, limit)
    with engine.reading(SYSTEM) as unit:
        due = letters.due_messages(unit, limit)
    return sum(_try(engine, message_id) for message_id in due)


def next_delivery_due(unit: Unit) -> datetime | None:
    """Return when the next message is to be tried that does not wait already."""
    return unit.session.scalar(
        select(func.min(MessageRow.next_try_at)).where(
            MessageRow.state == KEPT, MessageRow.next_try_at > unit.now
        )
    )


def _look_for_new_waits(engine: Engine, limit: int) -> None:
    """Wake the messages that may be for somebody who has begun to wait.

    A message that is being tried this moment may not have seen the wait; it is locked while it is put off,
    so waking it comes after that. The wait is marked in a transaction of its own: two locks are never held.
    """
    with engine.reading(SYSTEM) as unit:
        found = letters.due_waits(unit, limit)
    for wait_id, look_at in found:
        try:
            with engine.unit(SYSTEM) as unit:
                wait = unit.session.get(MessageWaitRow, wait_id)
                if wait is not None:
                    letters.wake_messages(unit, wait)
            crashpoint("after-wake")
            with engine.unit(SYSTEM) as unit:
                same = (MessageWaitRow.id == wait_id, MessageWaitRow.look_at == look_at)
                unit.session.execute(update(MessageWaitRow).where(*same).values(look_at=None))
        except Conflict:
            continue  # it is still marked, and comes again at the next round


def _try(engine: Engine, message_id: int) -> bool:
    attempt = _Attempt(message_id)
    try:
        with engine.unit(SYSTEM) as unit:
            return _deliver(unit, attempt)
    except Conflict:
        return False  # somebody works on one of the dossiers; it is due again at the next round
    except ProcedureError as error:
        _put_off(engine, attempt, error)
    except Exception as fault:  # a fault of ours with one message must not hold up all the others
        logging.getLogger("motcua.messages").exception("message %d could not be delivered", message_id)
        _put_off(engine, attempt, InternalFault("the message to be delivered", type(fault).__name__))
    return False


def _deliver(unit: Unit, attempt: _Attempt) -> bool:
    message = letters.get_message(unit, attempt.message_id)
    if message is None or message.state != KEPT:
        return False
    older = letters.next_try_of_older(unit, message)
    if older is not None:
        return _queue_up(unit, message, older)
    waiting = letters.who_waits(unit, message)
    crashpoint("before-delivery")
    if waiting:
        return _hand_over(unit, attempt, message, waiting)
    starting = beginnings(unit, message)
    if len(starting) > 1:
        places = ", ".join(sorted(one.revision.procedure.key for one in starting))
        return _stick(unit, message, _ambiguous(message, places))
    if starting:
        return _begin(unit, message, starting[0])
    return _rest(unit, message)


def _queue_up(unit: Unit, message: MessageRow, older: datetime) -> bool:
    """Let an older message of the same conversation go first; one that was laid aside holds up nobody."""
    if older > unit.now:
        letters.take_message(unit, message.id, KEPT, next_try_at=older)
    return False


def _hand_over(unit: Unit, attempt: _Attempt, message: MessageRow, waiting: list[MessageWaitRow]) -> bool:
    """Give a message to the one place that waits for it; of several runs of one step, to the oldest."""
    places = {(one.dossier_id, one.node_id, one.number) for one in waiting}
    if len(places) > 1:
        codes = dict.fromkeys(one.dossier.code for one in waiting)
        return _stick(unit, message, _ambiguous(message, ", ".join(codes)))
    found = waiting[0]
    attempt.target = found.dossier_id
    source_id = message.source_dossier_id
    locked = {
        one: rows.lock_dossier(unit, one) for one in sorted({found.dossier_id, source_id or found.dossier_id})
    }
    wait = letters.wait_at(unit, found)
    if wait is None:  # a timer fired, or another message came: nobody waits there any more
        return False
    if not letters.take_message(
        unit, message.id, DELIVERED, **_taken_by(unit, wait.dossier_id, wait.node_id)
    ):
        return False  # another worker was faster
    case = Case.of(unit, locked[wait.dossier_id])
    values = taken(unit, case.procedure, case.spec(wait.node_id), message, case.context())
    outputs = outputs_of(case.definition, wait.node_id, values)
    case.put({name: value for name, value in values.items() if name not in outputs})
    if source_id is not None:
        letters.link_dossiers(unit, source_id, case.row.id, message.id, "joined")
    move(case, Message(message.name, {}, outputs, (wait.token, wait.node_id, wait.number)))
    _tell_both(unit, message, case, wait.node_id)
    crashpoint("after-delivery")
    return True


def _begin(unit: Unit, message: MessageRow, starting: Beginning) -> bool:
    if message.source_dossier_id is not None:
        rows.lock_dossier(unit, message.source_dossier_id)
    current = letters.get_message(unit, message.id, lock=True)
    if current is None or current.state != KEPT or letters.who_waits(unit, current):
        return False  # taken, or somebody waits now: the next round sees to it
    case = begin_dossier(unit, current, starting)
    if current.source_dossier_id is not None:
        letters.link_dossiers(unit, current.source_dossier_id, case.row.id, current.id, "started")
    if not letters.take_message(unit, current.id, DELIVERED, **_taken_by(unit, case.row.id, starting.node)):
        raise Conflict("to begin a dossier", "the message was taken meanwhile")
    _tell_both(unit, current, case, starting.node)
    crashpoint("after-delivery")
    return True


def _taken_by(unit: Unit, dossier_id: int, node: str) -> dict[str, Any]:
    return {
        "target_dossier_id": dossier_id,
        "target_node_id": node,
        "ended_at": unit.now,
        "next_try_at": None,
        "attempts": 0,
        "trouble_code": "",
        "trouble_vi": "",
        "trouble_en": "",
    }


def _tell_both(unit: Unit, message: MessageRow, case: Case, node: str) -> None:
    """History and audit of both dossiers say what went from where to where, never what it carried."""
    source = message.source
    facts = {"message": message.id, "name": message.title_vi or message.name, "name_en": message.title_en}
    sender = source.code if source else message.origin
    case.note("message.received", node, sender=sender, **facts)
    write_history(case)
    opened = [one.node_id for one in case.opened]
    said = {"message": message.id, "from": sender, "node": node, "opened": opened}
    record(unit, f"dossier:{case.row.id}", "message.received", said)
    if source is None:
        return
    sending = Case.of(unit, source, items=[])
    sending.note("message.delivered", message.node_id, receiver=case.row.code, **facts)
    write_history(sending)
    record(unit, f"dossier:{source.id}", "message.delivered", {"message": message.id, "to": case.row.code})


# --- what cannot be delivered ------------------------------------------------------------------


def _rest(unit: Unit, message: MessageRow) -> bool:
    """Nobody waits: keep it until somebody does, or until it is too old."""
    if message.expires_at <= unit.now and message.source_dossier_id is not None:
        rows.lock_dossier(unit, message.source_dossier_id)  # before the message, as by everybody else
    current = letters.get_message(unit, message.id, lock=True)
    if current is None or current.state != KEPT or letters.who_waits(unit, current):
        return False
    if current.expires_at <= current.thrown_at:  # mc:keep="PT0S": only for whoever waits already
        letters.take_message(unit, current.id, DROPPED, next_try_at=None, ended_at=unit.now)
    elif current.expires_at <= unit.now:
        since = f"{current.thrown_at:%d/%m/%Y}"
        return _stick(unit, current, _said(MessageUnclaimed, current, since=since))
    else:
        again = min(unit.now + LOOK_AGAIN, current.expires_at)
        letters.take_message(unit, current.id, KEPT, next_try_at=again)
    return False


def _stick(unit: Unit, message: MessageRow, error: ProcedureError, on: int | None = None) -> bool:
    """Lay a message aside until a person decides; the incident is the sender's, or that of `on`.

    The incident comes first: it locks its dossier, and dossiers are locked before messages. Where another
    worker was faster, neither is written.
    """
    dossier_id = on or message.source_dossier_id
    if dossier_id is not None:
        rows.lock_dossier(unit, dossier_id)
    trouble = {
        "trouble_code": error.code,
        "trouble_vi": error.say("vi"),
        "trouble_en": error.say("en"),
    }
    if letters.take_message(unit, message.id, STUCK, next_try_at=None, **trouble) and dossier_id is not None:
        open_incident(unit, dossier_id, error, message_id=message.id, attempts=message.attempts + 1)
    return False


def _put_off(engine: Engine, attempt: _Attempt, error: ProcedureError) -> None:
    """Let a message that was refused wait for its next try; after the last one, for a person."""
    try:
        with engine.unit(SYSTEM) as unit:
            message = letters.get_message(unit, attempt.message_id)
            if message is None or message.state != KEPT:
                return
            again = next_try(message.attempts + 1, unit.now)
            if again is None:
                _stick(unit, message, error, attempt.target)
            else:
                failed = {"attempts": message.attempts + 1, "next_try_at": again}
                letters.take_message(unit, message.id, KEPT, **failed)
    except Conflict:
        pass  # it is due again at the next round, and is refused again if it must


def _ambiguous(message: MessageRow, places: str) -> MessageAmbiguous:
    return _said(MessageAmbiguous, message, places=places)


def _said(kind: type[Any], message: MessageRow, **facts: Any) -> Any:
    title = message.title_vi or message.name
    title_en = message.title_en or title
    return kind("one receiver", "there is not exactly one", title=title, title_en=title_en, **facts)
