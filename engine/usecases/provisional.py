"""Numbers given at the counter without a network: written beside the dossier that each became.

The clock of the office starts with the code; when the papers were taken, by the clock of that machine, stands
in the history. A machine names itself in the number, so that two never give the same one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from engine.errors import Invalid
from engine.store.counter_rows import ProvisionalRow
from engine.store.rows import DossierRow
from engine.store.work import Unit

NUMBER = re.compile(r"TAM-[A-Z0-9]{4,8}-\d{6}-\d{3,5}")
OLDEST = timedelta(days=30)


class BadProvisional(Invalid):
    code = "bad_provisional"
    vi = "Số tạm hoặc giờ nhận không đúng: {what}. Hãy mở hồ sơ này, xem lại rồi gửi."
    en = "The provisional number or its time is wrong: {what}. Open this dossier, look at it, and send it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisional:
    """The number on a slip that was given without a network, and when: ISO, by that machine's clock."""

    number: str
    taken_at: str


def keep_provisional(unit: Unit, given: Provisional | None, dossier_id: int) -> dict[str, str]:
    """Write which dossier a provisional number became; return what the history says of it.

    Raises:
        BadProvisional: If number or time cannot be.
        Conflict: At the commit, if the number was used for another dossier.
    """
    if given is None:
        return {}
    taken_at = _moment(unit, given)
    unit.session.add(
        ProvisionalRow(number=given.number, dossier_id=dossier_id, taken_at=taken_at, sent_at=unit.now)
    )
    return {"provisional": given.number, "taken_at": taken_at.isoformat()}


def code_of_provisional(unit: Unit, number: str) -> str | None:
    """Return the code of the dossier that a provisional number became; None if it has not been sent yet."""
    return unit.session.scalar(
        select(DossierRow.code)
        .join(ProvisionalRow, ProvisionalRow.dossier_id == DossierRow.id)
        .where(ProvisionalRow.number == "".join(number.split()).upper()[:40])
    )


def _moment(unit: Unit, given: Provisional) -> datetime:
    if not NUMBER.fullmatch(given.number):
        raise BadProvisional("a provisional number", given.number, what=given.number or "—")
    try:
        taken = datetime.fromisoformat(given.taken_at.replace("Z", "+00:00"))
    except ValueError:
        raise BadProvisional("a moment", given.taken_at, what=given.taken_at or "—") from None
    if taken.tzinfo is None:
        raise BadProvisional("a moment with its zone", given.taken_at, what=given.taken_at)
    taken = taken.astimezone(UTC)
    return min(max(taken, unit.now - OLDEST), unit.now)  # a clock that is wrong must not make history
