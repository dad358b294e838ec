"""When a job of the background that failed is tried again: soon at first, then later and later.

Most faults pass by themselves: a gateway that is down, a colleague who is not appointed yet. What does not
pass within a working day is given to a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = tuple(timedelta(minutes=one) for one in (1, 5, 30, 120, 360))
MOST_ATTEMPTS = len(WAITS) + 1


def next_try(failed: int, now: datetime) -> datetime | None:
    """Return when to try after the `failed`-th failure; None when it is time for a person to look."""
    return now + WAITS[failed - 1] if failed < MOST_ATTEMPTS else None
