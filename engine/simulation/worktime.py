"""Minutes on the wall and minutes of working time, both since the beginning of a simulation."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta

from engine.domain.calendar import WorkingCalendar, at


class WorkTime:
    """One working calendar, laid out over the days of a simulation.

    Attributes:
        start: The midnight at which wall minute 0 is.
        end: The last wall minute that is laid out.
    """

    def __init__(self, calendar: WorkingCalendar, first: date, days: int) -> None:
        self.start = at(first, time())
        self.end = float(days * 24 * 60)
        self._opens: list[float] = []
        self._closes: list[float] = []
        self._before: list[float] = []  # working minutes before each session
        total = 0.0
        for ahead in range(days):
            day = first + timedelta(days=ahead)
            for opens, closes in calendar.sessions_of(day):
                self._opens.append(self.since(at(day, opens)))
                self._closes.append(self.since(at(day, closes)))
                self._before.append(total)
                total += self._closes[-1] - self._opens[-1]
        self.worked_in_all = total

    def since(self, moment: datetime) -> float:
        return (moment - self.start).total_seconds() / 60

    def moment(self, wall: float) -> datetime:
        return self.start + timedelta(minutes=wall)

    def worked(self, wall: float) -> float:
        """Return the working minutes that have passed at this wall minute."""
        session = bisect_right(self._opens, wall) - 1
        if session < 0:
            return 0.0
        return self._before[session] + min(wall, self._closes[session]) - self._opens[session]

    def wall(self, worked: float) -> float:
        """Return the first wall minute at which so much working time has passed."""
        session = max(bisect_left(self._before, worked) - 1, 0)
        found = self._opens[session] + worked - self._before[session]
        return found if found <= self._closes[session] else self.end

    def day_worked(self, days: int) -> float:
        """Return the working minutes of the first `days` days that are worked at all."""
        seen: set[int] = set()
        for session, opens in enumerate(self._opens):
            seen.add(int(opens // 1440))
            if len(seen) > days:
                return self._before[session]
        return self.worked_in_all
