"""A scenario as the file that people read and edit: JSON with short things on one line."""

from __future__ import annotations

import json
from typing import Any

from engine.domain.scenarios import Scenario

_WIDEST = 110
_INDENT = 2


def write(scenario: Scenario) -> str:
    """Return the text of a scenario's file; reading it gives the same scenario."""
    return _written(scenario.as_json(), 0, at_top=True) + "\n"


def _written(value: Any, depth: int, at_top: bool = False, before: int = 0) -> str:
    """Write a value on one line if it fits there after what stands before it, else over several."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value:
        return flat
    if not at_top and depth * _INDENT + before + len(flat) < _WIDEST:
        return flat
    inner = " " * (depth + 1) * _INDENT
    if isinstance(value, dict):
        names = [(f"{json.dumps(key, ensure_ascii=False)}: ", one) for key, one in value.items()]
        opening, closing = "{}"
    else:
        names, (opening, closing) = [("", one) for one in value], "[]"
    lines = ",\n".join(f"{inner}{name}{_written(one, depth + 1, before=len(name))}" for name, one in names)
    return f"{opening}\n{lines}\n{' ' * depth * _INDENT}{closing}"
