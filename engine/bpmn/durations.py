"""ISO-8601 dates, durations and repeating intervals, read from text within bounds and without a clock.

Timers of diagrams come from outside: `R/PT0S` would fire for ever and `P999999999Y` would overflow,
so both are refused here, once, for the parser of diagrams and for the step that sets a timer. Seconds
are good enough for a machine; that an office is not reminded every second is a rule of the linter.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.errors import Invalid

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
LONGEST_YEARS = 20
LONGEST = timedelta(days=366 * LONGEST_YEARS)
MOST_REPEATS = 1000

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d{1,6})?)S)?)?",
    re.ASCII,
)
_REPEATS = re.compile(r"R(\d{0,9})", re.ASCII)
_LITERAL = re.compile(r"[-+]?P[\dT]|R\d*/|\d{4}-\d{2}", re.ASCII)


class BadTime(Invalid):
    """A timer's text is not a date, duration or cycle, or lies outside the bounds."""

    code = "bad_time"
    vi = "Thời gian của bộ hẹn giờ chưa đúng: cần {expected_vi}, nhưng gặp “{text}”."
    en = "The time of a timer is wrong: expected {expected}, but found “{text}”."

    def __init__(self, vi: str, en: str, text: str) -> None:
        super().__init__(en, repr(text[:60]), expected_vi=vi, text=text[:60])


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar months, and seconds on top of them; never negative."""

    months: int = 0
    seconds: float = 0.0

    def after(self, moment: datetime) -> datetime:
        """Return the moment this long after another: months by the local calendar, the rest exact."""
        return _months_after(moment, self.months) + timedelta(seconds=self.seconds)

    def before(self, moment: datetime) -> datetime:
        return _months_after(moment, -self.months) - timedelta(seconds=self.seconds)

    @property
    def minutes(self) -> int:
        """Whole minutes of a duration without months; for clocks that count working time."""
        return round(self.seconds / 60) + self.months * 30 * 24 * 60


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating interval.

    Attributes:
        times: How often it fires altogether; an unbounded one stops at MOST_REPEATS.
        first: When it first fires, if the text says so; otherwise one interval after the start.
        bounded: Whether the text itself says how often.
    """

    times: int
    every: Duration
    first: datetime | None = None
    bounded: bool = True


def is_literal(text: str) -> bool:
    """Whether `text` is meant as ISO-8601 rather than as an expression to evaluate."""
    return bool(_LITERAL.match(text.strip()))


def check_time(kind: str, text: str) -> None:
    """Check a literal time; `kind` is "date", "duration" or "cycle".

    Raises:
        BadTime: If it cannot be used.
    """
    if kind == "date":
        parse_moment(text)
    elif kind == "duration":
        parse_duration(text)
    else:
        parse_cycle(text)


@lru_cache(maxsize=1_000)  # a diagram says the same few ones to every dossier
def parse_duration(text: str) -> Duration:
    """Read "P1DT12H": at most 20 years, no sign."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise BadTime("khoảng thời gian như PT24H hoặc P10D", "a duration like PT24H or P10D", text)
    years, months, weeks, days, hours, minutes = (int(group or 0) for group in found.groups()[:6])
    seconds = float((found[7] or "0").replace(",", "."))
    total = Duration(years * 12 + months, seconds + 60 * (minutes + 60 * (hours + 24 * (days + 7 * weeks))))
    if total.months > LONGEST_YEARS * 12 or total.seconds > LONGEST.total_seconds():
        raise BadTime(f"không quá {LONGEST_YEARS} năm", f"at most {LONGEST_YEARS} years", text)
    return total


def parse_moment(text: str) -> datetime:
    """Read a date or a date and time; without an offset it is local time, without a time midnight."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text) if re.match(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        moment = None
    if moment is None:
        raise BadTime(
            "ngày giờ như 2026-09-02T08:00", "a date and time like 2026-09-02T08:00", text
        ) from None
    if not 1990 <= moment.year <= 2150:
        raise BadTime("năm từ 1990 đến 2150", "a year from 1990 to 2150", text)
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def parse_cycle(text: str) -> Cycle:
    """Read "R3/PT8H", "R/2026-01-01/P1D" or "R3/P1D/2026-12-31"."""
    parts = text.strip().split("/")
    head = _REPEATS.fullmatch(parts[0])
    if not head or len(parts) not in (2, 3):
        raise BadTime("chu kỳ lặp như R3/PT8H", "a cycle like R3/PT8H", text)
    times = int(head[1]) if head[1] else MOST_REPEATS
    if not 1 <= times <= MOST_REPEATS:
        raise BadTime(f"lặp từ 1 đến {MOST_REPEATS} lần", f"from 1 to {MOST_REPEATS} repeats", text)
    first: datetime | None = None
    if len(parts) == 2:
        every = parse_duration(parts[1])
    elif parts[2].startswith("P"):
        first, every = parse_moment(parts[1]), parse_duration(parts[2])
    else:
        every = parse_duration(parts[1])
        first = every.before(parse_moment(parts[2]))
    if not every.months and not every.seconds:
        raise BadTime("các lần lặp cách nhau một khoảng", "some time between repeats", text)
    return Cycle(times, every, first, bounded=bool(head[1]))


def _months_after(moment: datetime, months: int) -> datetime:
    if not months:
        return moment
    local = moment.astimezone(LOCAL)
    years, month = divmod(local.month - 1 + months, 12)
    year = local.year + years
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(moment.tzinfo)
