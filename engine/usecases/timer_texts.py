"""When a timer of a diagram falls due, by the clock on the wall or by the working time of a unit.

In working time a day of the text is a working day of the unit and an hour a working hour: P3D is three
working days, PT24H too where a day has eight hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.bpmn.durations import Duration, parse_cycle, parse_duration, parse_moment
from engine.domain.calendar import WorkingCalendar

DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Alarm:
    """When a timer fires first, how often in all, and after which ISO duration again."""

    at: datetime
    times: int = 1
    every: str = ""


def alarm(kind: str, text: str, now: datetime, calendar: WorkingCalendar | None) -> Alarm:
    """Return when a timer that is set at `now` falls due.

    Args:
        kind: "date", "duration" or "cycle".
        text: ISO-8601.
        calendar: The working time to count in; None for the clock on the wall.

    Raises:
        BadTime: If the text is none of these, or out of bounds.
    """
    if kind == "date":
        return Alarm(parse_moment(text))
    if kind == "duration":
        return Alarm(_after(text, now, calendar))
    cycle = parse_cycle(text)
    every = next(part for part in text.strip().split("/")[1:] if part.startswith("P"))
    return Alarm(cycle.first or _after(every, now, calendar), cycle.times, every)


def next_round(every: str, due_at: datetime, calendar: WorkingCalendar | None) -> datetime:
    """Return when a cycle fires next, counted from when it was due, so that it does not drift."""
    return _after(every, due_at, calendar)


def _after(text: str, moment: datetime, calendar: WorkingCalendar | None) -> datetime:
    length = parse_duration(text)
    if calendar is None:
        return length.after(moment)
    days, _, hours = text.strip().partition("T")
    whole = parse_duration(days) if days != "P" else Duration()
    minutes = int(whole.seconds) // DAY_SECONDS * calendar.day_minutes
    minutes += parse_duration(f"PT{hours}").minutes if hours else 0
    return calendar.add_working_minutes(Duration(months=length.months).after(moment), minutes)
