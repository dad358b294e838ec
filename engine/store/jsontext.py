"""JSON as the database keeps it: written by orjson where it can, read by the standard library.

A step writes a dozen small values; the standard encoder is made anew for each. What orjson does not take,
such as a whole number of more than 64 bits, is written as before; it would read such a number as a broken
fraction, so it does not read.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

_PLAIN_ONLY = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def write_json(value: Any) -> str:
    """Return a value as JSON.

    Raises:
        TypeError: If it is not plain.
    """
    try:
        return orjson.dumps(value, option=_PLAIN_ONLY).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_sorted(value: Any) -> str:
    """Return a value as JSON that is the same for equal values, whatever the order of their names."""
    try:
        return orjson.dumps(value, option=_PLAIN_ONLY | orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def read_json(text: str) -> Any:
    """Return what a text of ours says; nothing is looked for after its end."""
    return {} if text == "{}" else _read(text)[0]


_read = json.JSONDecoder().raw_decode
