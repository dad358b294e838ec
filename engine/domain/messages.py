"""Messages between dossiers: when one is for somebody who waits, and what it may carry.

Sender and receiver find each other by the message's name and by keys. The receiver says by which keys it
compares; a message that brings more of them still fits. Who names none compares its own code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from engine.errors import Invalid

KEPT, DELIVERED, STUCK, DROPPED = "kept", "delivered", "stuck", "dropped"
OWN_CODE = "dossier"  # the key that a receiver without keys of its own compares: its dossier's code
MOST_KEYS = 4
LONGEST_KEY_VALUE = 500
LARGEST_PAYLOAD = 100_000  # characters of JSON
MOST_GENERATIONS = 10  # a dossier begun by a dossier begun by …: more is a circle of procedures


class BadMessage(Invalid):
    """Too many keys, or more than a message may carry."""

    code = "bad_message"
    vi = "Tin “{name}” không gửi được: {why_vi}."
    en = "The message “{name}” cannot be sent: {why_en}."


def fit_of(keys: Mapping[str, Any]) -> str:
    """Return the hash by which equal keys are found; "" if one of them has no value, or there is none."""
    if not keys or any(value is None for value in keys.values()):
        return ""
    text = json.dumps(dict(keys), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fits_of(keys: Mapping[str, Any]) -> list[str]:
    """Return the hashes of all receivers that these keys satisfy: of every choice among them."""
    known = {name: value for name, value in keys.items() if value is not None}
    return [
        fit_of(dict(chosen))
        for count in range(1, len(known) + 1)
        for chosen in combinations(known.items(), count)
    ]


def own_code(codes: Iterable[str]) -> list[str]:
    """Return the hashes of receivers that compare nothing but their own code."""
    return [fit_of({OWN_CODE: code}) for code in codes]


def check_message(name: str, keys: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    """Check what a message is to carry.

    Raises:
        BadMessage: With the first reason.
    """
    if len(keys) > MOST_KEYS:
        raise _bad(name, f"có {len(keys)} khóa, tối đa {MOST_KEYS}", f"{len(keys)} keys, at most {MOST_KEYS}")
    for key, value in keys.items():
        if isinstance(value, list | dict) or len(str(value)) > LONGEST_KEY_VALUE:
            raise _bad(
                name, f"khóa {key} không phải chữ hoặc số ngắn", f"the key {key} is no short text or number"
            )
    size = len(json.dumps(payload, ensure_ascii=False, default=str))
    if size > LARGEST_PAYLOAD:
        raise _bad(
            name,
            f"nội dung dài {size} ký tự, tối đa {LARGEST_PAYLOAD}",
            f"it carries {size} characters, at most {LARGEST_PAYLOAD}",
        )


def _bad(name: str, vi: str, en: str) -> BadMessage:
    return BadMessage("a message within bounds", en, name=name[:120], why_vi=vi, why_en=en)
