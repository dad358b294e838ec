"""Types by name, for `instance of` and for the parameters of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


RESULT = "->"  # the key of what a function gives, among the parts of its type


@dataclass(frozen=True, slots=True)
class Shape:
    """A type as it is written: its name, and the types of its parts by name or place."""

    name: str
    parts: tuple[tuple[str, Shape], ...] = ()

    def conforms_to(self, other: Shape) -> bool:
        """Whether each value of this type is one of the other.

        Source: DMN 1.5, 10.3.2.9.2.
        """
        if self == other or other == ANY or self.name == "Null":
            return True
        if self.name != other.name:
            return False
        mine, theirs = dict(self.parts), dict(other.parts)
        if self.name == "context":
            return all(key in mine and mine[key].conforms_to(one) for key, one in theirs.items())
        if self.name != "function":
            return all(mine.get(key, ANY).conforms_to(one) for key, one in theirs.items())
        result, wanted = mine.pop(RESULT, ANY), theirs.pop(RESULT, ANY)
        takes = mine.keys() == theirs.keys() and all(theirs[key].conforms_to(mine[key]) for key in mine)
        return takes and result.conforms_to(wanted)


ANY = Shape("Any")


def shape_of(test: Any) -> Shape:
    return getattr(test, "shape", ANY)


def _fits(function: Function, inner: Mapping[str, Test]) -> bool:
    """Whether a function takes and gives what a type says, as far as the function says it."""
    wanted = [shape_of(one) for key, one in inner.items() if key != RESULT]
    if function.types is None:
        return True
    if len(function.types) != len(wanted):
        return False
    if not all(other.conforms_to(one) for one, other in zip(function.types, wanted, strict=True)):
        return False
    if function.always is None or RESULT not in inner:
        return True
    given = function.always()
    return given is None or inner[RESULT](given)


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
            return lambda value: isinstance(value, Function) and _fits(value, inner)
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
