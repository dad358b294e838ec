"""Time as people say it: "Còn 2 giờ 15 phút", "Quá 5 giờ", and dates, money and numbers in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from engine.domain.calendar import ZONE, WorkingCalendar
from engine.domain.texts import Text

SOON_MINUTES = 240  # half a working day


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How a deadline stands.

    Attributes:
        sign: A mark besides the colour: ▲ late, ● soon, ✓ in time, ‖ stopped.
        tone: CSS word: late, soon, ok or wait.
        minutes: Working minutes left; negative when late, None when the clock is stopped.
    """

    sign: str
    tone: str
    text: Text
    minutes: int | None

    def say(self, language: str = "vi") -> str:
        return f"{self.sign} {self.text.say(language)}"


STOPPED = TimeLeft("‖", "wait", Text("Đồng hồ tạm dừng", "Clock stopped"), None)


def time_left(calendar: WorkingCalendar, now: datetime, due: datetime, *, stopped: bool = False) -> TimeLeft:
    """Say how much working time is left until `due`, or by how much it has passed."""
    if stopped:
        return STOPPED
    if now > due:
        late = calendar.working_minutes_between(due, now)
        amount = say_minutes(late, calendar.day_minutes)
        return TimeLeft("▲", "late", Text(f"Quá {amount.vi}", f"{amount.en} late"), -late)
    left = calendar.working_minutes_between(now, due)
    amount = say_minutes(left, calendar.day_minutes)
    text = Text(f"Còn {amount.vi}", f"{amount.en} left")
    if left <= SOON_MINUTES:
        return TimeLeft("●", "soon", text, left)
    return TimeLeft("✓", "ok", text, left)


def say_minutes(minutes: int, day_minutes: int = 480) -> Text:
    """Working minutes in days, hours and minutes; at most two of them, minutes only below a day."""
    days, rest = divmod(minutes, day_minutes)
    hours, left = divmod(rest, 60)
    parts = [(days, "ngày", "day"), (hours, "giờ", "hour"), (0 if days else left, "phút", "minute")]
    said = [(n, vi, en) for n, vi, en in parts if n] or [(0, "phút", "minute")]
    return Text(
        " ".join(f"{n} {vi}" for n, vi, _ in said),
        " ".join(f"{n} {en}{'' if n == 1 else 's'}" for n, _, en in said),
    )


def say_date(value: date | datetime | None) -> str:
    """dd/MM/yyyy, local; the same in both languages, as on the slips."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZONE).date()
    return f"{value:%d/%m/%Y}"


def say_moment(value: datetime | None) -> str:
    """HH:mm, dd/MM/yyyy, local."""
    return "" if value is None else f"{value.astimezone(ZONE):%H:%M, %d/%m/%Y}"


def say_money(dong: int, language: str = "vi") -> str:
    return f"{dong:,}".replace(",", ".") + " đ" if language == "vi" else f"{dong:,} VND"


def say_number(value: int | float | Decimal, language: str = "vi") -> str:
    """Thousands grouped, decimals as they are: 1.412,5 in Vietnamese, 1,412.5 in English."""
    said = f"{value:,}"
    return said.translate(str.maketrans(",.", ".,")) if language == "vi" else said
