"""The working days of the nation, 2024 to 2027, as every new installation begins with them.

Days that are only expected carry `confirmed: false` and their source; IT staff confirm or change them under
/admin when the decision is out.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from engine.domain.calendar import Day, DayKind, WorkingCalendar
from engine.domain.texts import Text
from engine.store.rows import CalendarDayRow, CalendarRow
from engine.store.work import Unit

FILE = Path(__file__).with_suffix(".json")


def national_calendar() -> WorkingCalendar:
    """Return the national calendar for what runs without a database."""
    facts = json.loads(FILE.read_text(encoding="utf-8"))
    days = {
        date.fromisoformat(day["day"]): Day(
            kind=DayKind(day["kind"]),
            reason=Text(day["reason_vi"], day["reason_en"]),
            decision_no=day["decision_no"],
            confirmed=day["confirmed"],
        )
        for day in facts["days"]
    }
    return WorkingCalendar(days=days)


def add_national_calendar(unit: Unit) -> None:
    """Write the national calendar into a database that has none."""
    facts = json.loads(FILE.read_text(encoding="utf-8"))
    row = CalendarRow(
        **{name: facts[name] for name in ("code", "name_vi", "scope", "week", "sessions")},
        valid_from=date.fromisoformat(facts["valid_from"]),
        version=1,
    )
    unit.session.add(row)
    unit.session.flush()
    unit.session.add_all(
        CalendarDayRow(calendar_id=row.id, **{**day, "day": date.fromisoformat(day["day"])})
        for day in facts["days"]
    )
