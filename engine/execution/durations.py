"""When a timer is due, given the moment at which it was set. The text itself is read in `engine.bpmn`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.bpmn.durations import (
    BadTime,
    Cycle,
    Duration,
    check_time,
    is_literal,
    parse_cycle,
    parse_duration,
    parse_moment,
)

__all__ = [
    "BadTime",
    "Cycle",
    "Duration",
    "Schedule",
    "check_time",
    "is_literal",
    "parse_cycle",
    "parse_duration",
    "parse_moment",
    "schedule",
]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The next time a timer is due. `left`: how often it fires after that."""

    due: datetime
    left: int = 0
    every: Duration = Duration()

    def next(self) -> Schedule | None:
        """Return the schedule after it fired once; None when it is used up."""
        return Schedule(self.every.after(self.due), self.left - 1, self.every) if self.left else None


def schedule(kind: str, text: str, now: datetime) -> Schedule:
    """Return when a timer set at `now` is first due; the past means at once.

    Raises:
        BadTime: If the text is no date, duration or cycle within the bounds.
    """
    if kind == "date":
        return Schedule(parse_moment(text))
    if kind == "duration":
        return Schedule(parse_duration(text).after(now))
    cycle = parse_cycle(text)
    return Schedule(cycle.first or cycle.every.after(now), cycle.times - 1, cycle.every)
