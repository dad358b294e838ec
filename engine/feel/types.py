"""Types by name, for `instance of` and for the parameters of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel.values import Function, Range, kind

Test = Callable[[Any], bool]

NAMES = (
    *("number", "string", "boolean", "date", "time", "date and time", "list", "context", "range", "function"),
    *("days and time duration", "years and months duration", "Any", "Null"),
)
OTHER_NAMES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "day time duration": "days and time duration",
    "year month duration": "years and months duration",
}


ANY = "Any"


def _takes(function: Function, wanted: list[str]) -> bool:
    """Whether a function can be called with values of these types, as far as it says what it takes."""
    if not function.types:
        return True
    if len(function.types) != len(wanted):
        return False
    return all(one in (ANY, other) for one, other in zip(function.types, wanted, strict=True))


def test_of(name: str, inner: Mapping[str, Test]) -> Test | None:
    """Return the test of a type; None if there is no such type. Null belongs to Any and Null only."""
    name = OTHER_NAMES.get(name, name)
    if name not in NAMES:
        return None
    if name == "Any":
        return lambda value: value is not None
    if name == "Null":
        return lambda value: value is None
    if not inner:
        return lambda value: kind(value) == name
    match name:
        case "function":
            wanted = [getattr(one, "type_name", ANY) for one in inner.values()]
            return lambda value: isinstance(value, Function) and _takes(value, wanted)
        case "list":
            of_item = inner["0"]
            return lambda value: isinstance(value, list) and all(one is None or of_item(one) for one in value)
        case "context":
            return lambda value: (
                isinstance(value, dict)
                and all(
                    key in value and (value[key] is None or test(value[key])) for key, test in inner.items()
                )
            )
        case "range":
            of_end = inner["0"]
            return lambda value: (
                isinstance(value, Range)
                and all(end is None or of_end(end) for end in (value.start, value.end))
            )
    return None
