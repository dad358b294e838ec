"""Values of local data in a state: plain JSON that comes back exactly as it went in.

Numbers that JSON would round, days and durations are written as {"#": "0.1"} and {"@": "2026-09-02"}.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from engine.errors import Refused
from engine.feel import evaluate
from engine.feel.printing import show_value
from engine.feel.values import Months

_SIGNS = ("#", "@", "{}")
_LARGEST = 2**53


class NotData(Refused):
    """A value that cannot be kept: a function or a range."""

    code = "not_data"
    vi = "Giá trị {found} không lưu lại được làm dữ liệu của quy trình."
    en = "The value {found} cannot be kept as data of a procedure."


def encode(value: Any) -> Any:
    """Return a value as JSON.

    Raises:
        NotData: If it is none that data can hold.
    """
    if value is None or isinstance(value, bool | int | str | float):
        return value
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) < _LARGEST
        return int(value) if whole else {"#": str(value)}
    if isinstance(value, date | time | timedelta | Months):
        return {"@": show_value(value)}
    if isinstance(value, list | tuple):
        return [encode(one) for one in value]
    if isinstance(value, dict):
        written = {str(key): encode(one) for key, one in value.items()}
        return {"{}": written} if any(sign in written for sign in _SIGNS) else written
    raise NotData("data", show_value(value)[:60])


def decode(value: Any) -> Any:
    """Return the value that `encode` wrote."""
    if isinstance(value, list):
        return [decode(one) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"#"}:
        return Decimal(value["#"])
    if set(value) == {"@"}:
        return evaluate(f'@"{value["@"]}"', {})
    inside = value["{}"] if set(value) == {"{}"} else value
    return {key: decode(one) for key, one in inside.items()}
