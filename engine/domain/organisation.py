"""Units and levels as dated facts: a unit opens, closes, and others continue its work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.errors import Refused


class UnitClosed(Refused):
    code = "unit_closed"
    vi = "{unit} đã ngừng hoạt động từ ngày {closed}, nên không nhận thêm việc. {successor}"
    en = "{unit} closed on {closed} and takes no more work. {successor_en}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """What rules need to know of a unit.

    Attributes:
        effective_to: The last day on which it works; None while nobody has closed it.
    """

    id: int
    name: str
    effective_from: date
    effective_to: date | None = None

    def is_open(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


def check_open(unit: UnitFacts, day: date, successor: str = "") -> None:
    """Raise UnitClosed if the unit does not work on `day`; `successor` is the name of who continues."""
    if not unit.is_open(day):
        closed = unit.effective_to or unit.effective_from
        raise UnitClosed(
            "a unit that is open",
            f"{unit.name} is not on {day:%d/%m/%Y}",
            unit=unit.name,
            closed=f"{closed:%d/%m/%Y}",
            successor=f"Hãy chuyển đến {successor}." if successor else "",
            successor_en=f"Turn to {successor}." if successor else "",
        )
