"""A condition as lines of a plain form: field, operator, value, joined by “all” or “any”; FEEL for the rest.

A part that lines cannot show (a group within the group, a sum, a function) is a line of FEEL, word for
word, so that saving a condition nobody touched changes nothing that it means.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel import FeelError
from engine.feel.conditions import (
    BETWEEN,
    EMPTY,
    GIVEN,
    IN,
    NOT_IN,
    OPERATORS,
    Comparison,
    Condition,
    Group,
    Moment,
    Name,
    Value,
    Written,
    parse_condition,
    to_feel,
)

BLANK = 2
MOST_LINES = 30
_LISTS = (IN, NOT_IN, BETWEEN)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form; `feel` stands alone when the line is no comparison."""

    field: str = ""
    operator: str = "="
    value: str = ""
    feel: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the form.

    Attributes:
        prefix: Before the names of its controls.
        mode: all or any.
    """

    prefix: str
    mode: str
    lines: tuple[Line, ...]


def show(feel: str, typed: Any, prefix: str) -> Shown:
    """Return the lines for a condition, as typed where the form comes back."""
    if f"{prefix}lines" in typed:
        lines = _typed(typed, prefix)
        return Shown(prefix, typed.get(f"{prefix}mode", "all"), (*lines, *[Line()] * BLANK))
    mode, lines = _taken_apart(feel)
    return Shown(prefix, mode, (*lines, *[Line()] * (BLANK if lines else 1)))


def read(form: Any, prefix: str) -> str:
    """Return the FEEL of the lines; "" when none is filled in.

    Raises:
        FeelError: If a line is no FEEL; the sentence says where.
    """
    parts: list[Condition] = [_condition(line) for line in _typed(form, prefix) if line.field or line.feel]
    if not parts:
        return ""
    mode = "any" if form.get(f"{prefix}mode") == "any" else "all"
    return to_feel(parts[0] if len(parts) == 1 else Group(mode, tuple(parts)))


def _typed(form: Any, prefix: str) -> list[Line]:
    count = form.get(f"{prefix}lines", "0")
    found = []
    for at in range(min(int(count) if count.isdigit() else 0, MOST_LINES)):
        line = Line(
            form.get(f"{prefix}field_{at}", "").strip(),
            form.get(f"{prefix}operator_{at}", "="),
            form.get(f"{prefix}value_{at}", "").strip(),
            form.get(f"{prefix}feel_{at}", "").strip(),
        )
        if line.field or line.feel:
            found.append(line)
    return found


def _taken_apart(feel: str) -> tuple[str, list[Line]]:
    if not feel:
        return "all", []
    try:
        condition = parse_condition(feel)
    except FeelError:
        return "all", [Line(feel=feel)]
    if isinstance(condition, Group) and condition.parts and not condition.negated:
        return condition.mode, [_line(one) for one in condition.parts]
    return "all", [_line(condition)]


def _line(condition: Condition) -> Line:
    if isinstance(condition, Comparison):
        shown = ", ".join(_shown(one) for one in condition.values)
        line = Line(condition.field, condition.operator, shown)
        if _condition(line) == condition:  # otherwise a value that typing cannot say, such as “3” as a text
            return line
    return Line(feel=to_feel(condition))


def _condition(line: Line) -> Condition:
    if not line.field:
        return Written(line.feel)
    operator = line.operator if line.operator in OPERATORS else "="
    if operator in (EMPTY, GIVEN):
        return Comparison(line.field, operator)
    words = [one.strip() for one in line.value.split(",")] if operator in _LISTS else [line.value]
    values = tuple(_value(one) for one in words if one or operator not in _LISTS)
    if operator == BETWEEN and len(values) != 2:
        values = (*values, *(Decimal(0), Decimal(0)))[:2]
    return Comparison(line.field, operator, values or ("",))


def _value(text: str) -> Value:
    """Read a value as typed: 3, 1.5, 31/12/2026, có, “in quotes” for a text that looks like another."""
    low = text.lower()
    if low in ("có", "true", "yes"):
        return True
    if low in ("không", "false", "no"):
        return False
    if len(text) > 1 and text[0] == '"' and text[-1] == '"':
        return text[1:-1]
    if text.startswith("="):
        return Name(text[1:].strip())
    day = text.split("/")
    if len(day) == 3 and all(one.isdigit() for one in day):
        return Moment("date", f"{int(day[2]):04}-{int(day[1]):02}-{int(day[0]):02}")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text


def _shown(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Name(path):
            return f"={path}"
        case Moment("date", text) if text.count("-") == 2:
            year, month, day = text.split("-")
            return f"{day}/{month}/{year}"
        case Moment(_, text):
            return text
        case str() if isinstance(_value(value), str) and "," not in value:
            return value
        case str():
            return f'"{value}"'
    return str(value)
