"""Times to the nanosecond, which Python's own know only to the microsecond.

A `FineTime` is a time with a few nanoseconds more. Moving it by a duration forgets them.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any


class FineTime(time):
    """A time; `nanos` (0 to 999) come after its microseconds."""

    nanos = 0

    def __repr__(self) -> str:
        return f"FineTime({self.isoformat()}+{self.nanos}ns)"


class FineMoment(datetime):
    """A date and time; `nanos` (0 to 999) come after its microseconds."""

    nanos = 0

    def timetz(self) -> time:
        return fine_time(super().timetz(), self.nanos)


def nanos_of(value: Any) -> int:
    """Return the nanoseconds after the microseconds of any time or moment."""
    return getattr(value, "nanos", 0)


def fine_time(value: time, nanos: int) -> time:
    if not nanos:
        return value
    made = FineTime(value.hour, value.minute, value.second, value.microsecond, value.tzinfo)
    made.nanos = nanos
    return made


def fine_moment(value: datetime, nanos: int) -> datetime:
    if not nanos:
        return value
    made = FineMoment.combine(value.date(), value.time(), value.tzinfo)
    made.nanos = nanos
    return made
