"""Messages that come from outside the installation: taken in once, then delivered like any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import insert, select

from engine.bpmn.durations import parse_duration
from engine.domain.access import check_holds
from engine.domain.messages import KEPT, check_message, fit_of
from engine.errors import Invalid, Refused
from engine.store import units
from engine.store.message_rows import MessageRow
from engine.store.work import Unit
from engine.usecases import submissions
from engine.usecases.audit import record
from engine.usecases.reception import Applicant, read_applicant
from engine.usecases.stuck_messages import ADMIN
from engine.usecases.throwing import EMPTY, kept_until

_ROWS = MessageRow.__table__
_ADD = insert(_ROWS).returning(_ROWS.c.id)


class MessageReused(Refused):
    """The sender used a number again for another message."""

    code = "message_reused"
    vi = "Số hiệu “{key}” của bên gửi {origin} đã dùng cho một tin khác; chưa có gì thay đổi."
    en = "The sender {origin} has used the number “{key}” for another message; nothing was changed."


class MessageUnnamed(Invalid):
    code = "message_unnamed"
    vi = "Tin từ bên ngoài cần có tên, bên gửi và số hiệu của bên gửi (tối đa {most} ký tự)."
    en = "A message from outside needs a name, its sender and the sender's own number (at most {most})."


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of it so far; `state` is that of the message: kept, delivered, stuck or dropped."""

    message_id: int
    state: str


def receive_message(
    unit: Unit,
    name: str,
    keys: Mapping[str, Any],
    payload: Mapping[str, Any],
    idempotency_key: str,
    *,
    origin: str = "outside",
    to_unit: str = "",
    applicant: Applicant | None = None,
    keep: str = "",
) -> TakenIn:
    """Take in a message; the worker finds whom it is for. The same number again changes nothing.

    Args:
        keys: Values by the names of the receiver's keys; `dossier` is the receiver's own code.
        payload: Plain JSON.
        idempotency_key: The sender's own number for this message.
        to_unit: Code of the unit that it is for; needed if it is to begin a dossier.
        applicant: Of the dossier that it begins.
        keep: How long it waits for its receiver, ISO-8601; "" for the usual time.

    Raises:
        RoleMissing: If the actor is not the account of IT staff or of a connection.
        MessageUnnamed, BadMessage, BadTime, FormInvalid: If it cannot be read.
        MessageReused: If the number was used for something else.
    """
    assignment = check_holds(unit.actor, ADMIN)
    most = _ROWS.c.name.type.length
    if not 0 < len(name) <= most or not origin or not 0 < len(f"{origin}:{idempotency_key}") <= 160:
        raise MessageUnnamed("a name, a sender and a number", "one is missing or too long", most=most)
    check_message(name, keys, payload)
    if keep:
        parse_duration(keep)
    said = {
        "name": name,
        "keys": dict(keys),
        "payload": dict(payload),
        "applicant": asdict(read_applicant(applicant)) if applicant else {},
    }
    earlier = _begin(unit, f"{origin}:{idempotency_key}", said)
    if earlier is not None:
        found = unit.session.execute(select(_ROWS.c.state).where(_ROWS.c.id == earlier)).scalar_one()
        return TakenIn(earlier, found)
    new_id = unit.session.execute(
        _ADD,
        {
            **EMPTY,
            **said,
            "title_vi": name,
            "origin": origin[:120],
            "outside_key": f"{origin}:{idempotency_key}",
            "to_unit_id": _unit_id(unit, to_unit),
            "key_count": len(keys),
            "fit": fit_of(keys),
            "thrown_at": unit.now,
            "thrown_by": unit.actor.user_id,
            "expires_at": kept_until(unit, keep),
            "state": KEPT,
            "next_try_at": unit.now,
        },
    ).scalar_one()
    facts = {"name": name, "from": origin}
    record(unit, f"message:{new_id}", "message.taken_in", facts, assignment and assignment.id)
    submissions.finish(unit, _key(f"{origin}:{idempotency_key}"), {"message_id": new_id})
    return TakenIn(new_id, KEPT)


def _begin(unit: Unit, number: str, said: Mapping[str, Any]) -> int | None:
    """Return the message that came with this number before, if one did."""
    try:
        earlier = submissions.begin(unit, _key(number), "message.receive", said)
    except submissions.SubmissionReused:
        origin, _, key = number.partition(":")
        raise MessageReused("a new number", "it was used", key=key[:60], origin=origin[:60]) from None
    return earlier and int(earlier["message_id"])


def _key(number: str) -> str:
    return f"message:{number}"


def _unit_id(unit: Unit, code: str) -> int | None:
    found = units.unit_by_code(unit, code) if code else None
    if code and found is None:
        raise Invalid("a unit of this installation", f"there is none with the code {code[:40]!r}")
    return found.id if found else None
