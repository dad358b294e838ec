"""Ranges written as text, for `range("[1..3]")`: the ends are literals, one may be left out.

Source: DMN 1.5, 10.3.4.1 (range).
"""

from __future__ import annotations

import re
from typing import Any

from engine.feel import temporal
from engine.feel.errors import FeelError
from engine.feel.lexer import END, Token, tokenize
from engine.feel.values import NUMBERS, NumberFault, Range, compare, kind

_CALLS = {
    ("date",): temporal.read_date,
    ("time",): temporal.read_time,
    ("date", "and", "time"): temporal.read_moment,
    ("duration",): temporal.read_duration,
}
_NONE = object()
_ODD = re.compile(r"[\[\](]")


def read_range(text: str) -> Range | None:
    """Return the range; None if the text is none."""
    text = text.strip()
    if len(text) < 4 or not _ODD.match(text[0]) or text[-1] not in "])[":
        return None
    try:
        low, high = _halves(tokenize(text[1:-1]))
    except (FeelError, ValueError):
        return None
    start, end = _end(low), _end(high)
    if start is _NONE or end is _NONE or (start is None and end is None):
        return None
    has_start, has_end = text[0] == "[", text[-1] == "]"
    if (start is None and has_start) or (end is None and has_end):
        return None
    if start is not None and end is not None and (kind(start) != kind(end) or compare(start, end) == 1):
        return None
    return Range(start, end, has_start, has_end)


def _halves(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    at = [one.text for one in tokens].index("..")
    return tokens[:at], [one for one in tokens[at + 1 :] if one.kind != END]


def _end(tokens: list[Token]) -> Any:
    """The value of an end; None for no end, _NONE for what is no literal."""
    texts = [one.text for one in tokens]
    kinds = [one.kind for one in tokens]
    if not tokens or (texts == ["null"] and kinds == ["name"]):
        return None
    try:
        if kinds == ["number"]:
            return NUMBERS.create_decimal(texts[0])
        if kinds == ["sign", "number"] and texts[0] == "-":
            return -NUMBERS.create_decimal(texts[1])
    except NumberFault:
        return _NONE
    if kinds == ["string"]:
        return texts[0]
    if kinds == ["moment"]:
        return _or_none(temporal.read_any(texts[0]))
    read = _CALLS.get(tuple(texts[:-3]))
    if read and kinds[-3:] == ["sign", "string", "sign"] and (texts[-3], texts[-1]) == ("(", ")"):
        return _or_none(read(texts[-2]))
    return _NONE


def _or_none(value: Any) -> Any:
    return _NONE if value is None else value
