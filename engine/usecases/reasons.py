"""Reasons that people choose from, by purpose: why something is late, is extended, goes back for rework."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.domain.texts import Text
from engine.errors import Invalid
from engine.store.due_rows import ReasonRow
from engine.store.work import Unit

LATE, EXTENSION, REWORK = "late", "extension", "rework"
LONGEST_TEXT = 2000


class ReasonNotChosen(Invalid):
    """A reason of the catalogue is needed, and for some of them a sentence too."""

    code = "reason_not_chosen"
    vi = "Hãy chọn một lý do trong danh sách; với “Lý do khác” hãy viết rõ (tối đa 2000 ký tự)."
    en = "Choose a reason of the list; for “Another reason” write what it is (at most 2000 characters)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    code: str
    name: Text
    needs_text: bool


def list_reasons(unit: Unit, purpose: str) -> list[Reason]:
    """Return what can be chosen now, in the order of the catalogue."""
    rows = unit.session.scalars(
        select(ReasonRow)
        .where(ReasonRow.purpose == purpose, ReasonRow.is_active.is_(True))
        .order_by(ReasonRow.position, ReasonRow.id)
    )
    return [Reason(code=r.code, name=Text(r.name_vi, r.name_en), needs_text=r.needs_text) for r in rows]


def read_reason(unit: Unit, purpose: str, code: str, text: str = "") -> Text:
    """Return a chosen reason in words, with what was written besides.

    Raises:
        ReasonNotChosen: If it is not on the list, or its sentence is missing or too long.
    """
    chosen = next((one for one in list_reasons(unit, purpose) if one.code == code), None)
    said = text.strip()
    if chosen is None or (chosen.needs_text and not said) or len(said) > LONGEST_TEXT:
        raise ReasonNotChosen("a reason of the list", f"{code!r}"[:40])
    if chosen.needs_text:
        return Text(said)
    return Text(
        *(f"{chosen.name.say(one)}: {said}" if said else chosen.name.say(one) for one in ("vi", "en"))
    )
