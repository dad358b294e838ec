"""Values as text: for `string()`, and as exact JSON."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from engine.feel import temporal
from engine.feel.far import FarDate, FarMoment
from engine.feel.values import KINDS, Function, Months, Range, from_python

LONGEST_INTEGER = 300  # digits; Python itself refuses to print some thousands


def show_number(number: Decimal) -> str:
    """Return a number in full, without an exponent and without zeros at its end."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def show_value(value: Any) -> str:
    """Return the text that FEEL's `string()` gives; text itself is unchanged."""
    return value if isinstance(value, str) else _show(value)


def to_json(value: Any) -> str:
    """Return a value as JSON text: numbers exact, days and durations as their FEEL strings."""
    return _json(_known(value))


def to_plain(value: Any) -> Any:
    """Return a value as `json` takes it: whole numbers int, others float where exact, else text."""
    return _plain(_known(value))


def _known(value: Any) -> Any:
    return value if type(value) in KINDS else from_python(value)


def _json(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return show_number(value)
        case list():
            return "[" + ", ".join(_json(_known(one)) for one in value) + "]"
        case dict():
            entries = (
                f"{json.dumps(key, ensure_ascii=False)}: {_json(_known(one))}" for key, one in value.items()
            )
            return "{" + ", ".join(entries) + "}"
    return json.dumps(show_value(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            if value == value.to_integral_value() and value.adjusted() < LONGEST_INTEGER:
                return int(value)
            near = float(value)
            return near if isfinite(near) and Decimal(repr(near)) == value else show_number(value)
        case list():
            return [_plain(_known(one)) for one in value]
        case dict():
            return {key: _plain(_known(one)) for key, one in value.items()}
        case None | bool() | str():
            return value
    return show_value(value)


def _show(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return show_number(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return "[" + ", ".join(_show(one) for one in value) + "]"
        case dict():
            return "{" + ", ".join(f"{_show_key(key)}: {_show(one)}" for key, one in value.items()) + "}"
        case date() | FarDate() | FarMoment() | time() | timedelta() | Months():
            return temporal.show(value)
        case Range():
            return _show_range(value)
        case Function():
            return f"function({', '.join(value.parameters)})"
    return "null"


def _show_key(key: str) -> str:
    is_name = bool(key) and all(part.isidentifier() for part in key.split(" "))
    return key if is_name else json.dumps(key, ensure_ascii=False)


def _show_range(bounds: Range) -> str:
    if bounds.start is None and bounds.end is not None:
        return f"({'<=' if bounds.has_end else '<'}{_show(bounds.end)})"
    if bounds.end is None and bounds.start is not None:
        return f"({'>=' if bounds.has_start else '>'}{_show(bounds.start)})"
    opening, closing = "[" if bounds.has_start else "(", "]" if bounds.has_end else ")"
    return f"{opening}{_show(bounds.start)}..{_show(bounds.end)}{closing}"
