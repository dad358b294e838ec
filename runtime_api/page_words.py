"""Words that pages share: weekdays, times of day, sizes, terms. Each speaks the language of the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from engine.domain.calendar import ZONE
from engine.domain.forms import Field, show_value
from engine.domain.procedures import Limit
from engine.domain.timewords import say_minutes
from runtime_api.i18n import language, say

KILOBYTE = 1024
WEEKDAYS = (  # each is looked up when it is said
    lambda: _("Thứ Hai"),
    lambda: _("Thứ Ba"),
    lambda: _("Thứ Tư"),
    lambda: _("Thứ Năm"),
    lambda: _("Thứ Sáu"),
    lambda: _("Thứ Bảy"),
    lambda: _("Chủ nhật"),
)


def page_words() -> dict[str, Callable[..., Any]]:
    """Return what templates may call; a context processor of the page blueprints."""
    return {
        "weekday": weekday,
        "clock": time_of_day,
        "file_size": file_size,
        "duration": duration,
        "show_value": answer,
    }


def weekday(day: date | datetime) -> str:
    """Return the name of the local weekday: "Thứ Sáu"."""
    local = day.astimezone(ZONE).date() if isinstance(day, datetime) else day
    return WEEKDAYS[local.weekday()]()


def time_of_day(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M}"


def file_size(size: int) -> str:
    """Return a size as people compare sizes: "312 KB", "4,2 MB"."""
    if size < KILOBYTE**2:
        return f"{max(1, round(size / KILOBYTE))} KB"
    said = f"{size / KILOBYTE**2:.1f} MB"
    return said.replace(".", ",") if language() == "vi" else said


def duration(minutes: int) -> str:
    """Return working minutes as days and hours."""
    return say(say_minutes(minutes))


def answer(field: Field, value: Any) -> str:
    return show_value(field, value, language())


def limit_words(limit: Limit) -> str:
    """Return a statutory time in words."""
    words = {
        "working_day": _("%(n)s ngày làm việc", n=limit.value),
        "calendar_day": _("%(n)s ngày", n=limit.value),
        "hour": _("%(n)s giờ làm việc", n=limit.value),
        "same_day": _("trong ngày làm việc"),
    }
    return words[limit.kind]


def rating_steps() -> list[tuple[int, str]]:
    """The five steps of a rating, the best first."""
    return [
        (5, _("Rất hài lòng")),
        (4, _("Hài lòng")),
        (3, _("Bình thường")),
        (2, _("Không hài lòng")),
        (1, _("Rất không hài lòng")),
    ]
