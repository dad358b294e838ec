"""How official papers write days, times, money and numbers; the filters of the language of templates.

Papers are Vietnamese in any language of the pages. Values come as plain facts: moments as ISO text, money as
integer đồng. A value that a filter cannot read is left as it is: a plain word on a paper is better
than no paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from engine.documents.codes import barcode_svg, qr_svg
from engine.domain.calendar import ZONE
from engine.domain.timewords import say_date, say_number

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu")
LARGEST_WORDS = 10**15


def short_day(value: Any) -> Any:
    """27/11/2026."""
    day = _day(value)
    return say_date(day) if day else value


def long_day(value: Any) -> Any:
    """ngày 27 tháng 11 năm 2026."""
    day = _day(value)
    return f"ngày {day:%d} tháng {day:%m} năm {day.year}" if day else value


def long_moment(value: Any) -> Any:
    """16 giờ 30 phút, ngày 27 tháng 11 năm 2026."""
    moment = _moment(value)
    return f"{moment:%H} giờ {moment:%M} phút, {long_day(value)}" if moment else value


def short_moment(value: Any) -> Any:
    """16:30 27/11/2026."""
    moment = _moment(value)
    return f"{moment:%H:%M %d/%m/%Y}" if moment else value


def money(value: Any) -> Any:
    """75.000 đồng."""
    return f"{say_number(value)} đồng" if _is_number(value) else value


def number(value: Any) -> Any:
    """1.412,5."""
    return say_number(value) if _is_number(value) else value


def two_digits(value: Any) -> Any:
    """07; papers write numbers below ten with a nought."""
    return f"{value:02d}" if isinstance(value, int) and not isinstance(value, bool) else value


def in_words(value: Any) -> Any:
    """75000 → "Bảy mươi lăm nghìn"."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < LARGEST_WORDS:
        return value
    said = _read_number(value)
    return said[:1].upper() + said[1:]


def upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def lines(value: Any) -> Any:
    """Text with its line breaks, as typed."""
    return Markup("<br>").join(escape(one) for one in str(value).splitlines())


def joined(value: Any, between: str = ", ") -> Any:
    """A list as one line."""
    return str(between).join(str(one) for one in value) if isinstance(value, list) else value


def length(value: Any) -> int:
    return len(value) if isinstance(value, list | str | Mapping) else 0


def default(value: Any, instead: Any = "") -> Any:
    """The value, or something else where there is none or it is empty."""
    from jinja2 import Undefined

    return instead if isinstance(value, Undefined) or value in (None, "") else value


def qr(value: Any) -> Markup:
    return qr_svg(str(value))


def barcode(value: Any) -> Markup:
    return barcode_svg(str(value))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "ngay": short_day,
    "ngay_dai": long_day,
    "gio_ngay": long_moment,
    "gio_ngay_ngan": short_moment,
    "tien": money,
    "so": number,
    "hai_so": two_digits,
    "bang_chu": in_words,
    "hoa": upper,
    "dong": lines,
    "noi": joined,
    "dem": length,
    "default": default,
    "qr": qr,
    "ma_vach": barcode,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value).astimezone(ZONE)
    except (TypeError, ValueError):
        return None


def _day(value: Any) -> date | None:
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    moment = _moment(value)
    return moment.date() if moment else None


def _read_number(value: int) -> str:
    """Read a number as Vietnamese reads it, in groups of three; every third group counts in billions."""
    if value < 1000:
        return _read_group(value, full=False)
    billions, rest = divmod(value, 10**9)
    said = [f"{_read_number(billions)} tỷ"] if billions else []
    for index in (2, 1, 0):
        group = rest // 1000**index % 1000
        if group:
            said.append(f"{_read_group(group, full=bool(said))} {_GROUPS[index]}".strip())
    return " ".join(said)


def _read_group(value: int, full: bool) -> str:
    """Read 0 … 999; `full` says the hundreds even when there are none."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    said = [f"{_DIGITS[hundreds]} trăm"] if hundreds or full else []
    if tens > 1:
        said.append(f"{_DIGITS[tens]} mươi")
    elif tens == 1:
        said.append("mười")
    elif ones and said:
        said.append("linh")
    if ones == 5 and tens:
        said.append("lăm")
    elif ones == 1 and tens > 1:
        said.append("mốt")
    elif ones or not said:
        said.append(_DIGITS[ones])
    return " ".join(said)
