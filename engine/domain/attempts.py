"""How fast somebody may try a lock again: a few free tries, then waits that double."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The rule for one kind of lock.

    Attributes:
        free: Tries in a row that cost nothing.
        first: The wait after the last free try; it doubles with every further try.
        longest: No wait is longer, so that nobody can lock an officer out for a day.
        forget: After so long without a try, counting starts anew.
    """

    free: int = 5
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)
    forget: timedelta = timedelta(hours=24)

    def open_again(self, last: datetime, count: int) -> datetime:
        """Return the moment from which the next try is heard, after `count` tries, the last at `last`."""
        if count < self.free:
            return last
        doublings = min(count - self.free, 20)
        return last + min(self.first * 2**doublings, self.longest)
