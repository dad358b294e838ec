"""When a timer of a diagram falls due, by the clock on the wall or by the working time of a unit.

In working time a day of the text is a working day of the unit (P3D: three of them), and hours and minutes
are working hours and minutes.
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
        return Alarm(after(parse_duration(text), now, calendar))
    cycle = parse_cycle(text)
    every = next(part for part in text.strip().split("/")[1:] if part.startswith("P"))
    return Alarm(cycle.first or after(cycle.every, now, calendar), cycle.times, every)


def next_round(every: str, due_at: datetime, calendar: WorkingCalendar | None) -> datetime:
    """Return when a cycle fires next, counted from when it was due, so that it does not drift."""
    return after(parse_duration(every), due_at, calendar)


def after(length: Duration, moment: datetime, calendar: WorkingCalendar | None) -> datetime:
    """Return the moment `length` after another, in working time if a calendar is given."""
    if calendar is None:
        return length.after(moment)
    start = Duration(months=length.months).after(moment)
    days, seconds = divmod(int(length.seconds), DAY_SECONDS)
    return calendar.add_working_minutes(start, days * calendar.day_minutes + seconds // 60)
