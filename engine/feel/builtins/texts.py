"""Built-in functions of text. Patterns run in bounded time, see `engine.feel.patterns`."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from engine.domain.patterns import BadPattern
from engine.feel.builtins.registry import builtin
from engine.feel.patterns import Match, Pattern, read_pattern
from engine.feel.printing import show_value
from engine.feel.scope import LONGEST_TEXT, Scope


@builtin("string", "from: any")
def to_string(value: Any) -> str | None:
    return None if value is None else show_value(value)


@builtin("string length", "string: string")
def string_length(text: str) -> Decimal:
    return Decimal(len(text))


@builtin("substring", "string: string", "start position: number", "length: number|null?")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """Cut from a position, from 1; a negative one counts from the end. Fractions are left off."""
    start = start.to_integral_value(ROUND_DOWN)
    if not start or abs(start) > len(text):
        return None
    first = int(start) - 1 if start > 0 else max(0, len(text) + int(start))
    if length is None:
        return text[first:]
    return text[first : first + int(min(length, Decimal(LONGEST_TEXT)))] if length >= 1 else None


@builtin("upper case", "string: string")
def upper_case(text: str) -> str:
    return text.upper()


@builtin("lower case", "string: string")
def lower_case(text: str) -> str:
    return text.lower()


@builtin("substring before", "string: string", "match: string")
def substring_before(text: str, match: str) -> str:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@builtin("contains", "string: string", "match: string")
def contains(text: str, match: str) -> bool:
    return match in text


@builtin("starts with", "string: string", "match: string")
def starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("trim", "string: string")
def trim(text: str) -> str:
    return text.strip()


@builtin("matches", "input: string", "pattern: string", "flags: string|null?", scope=True)
def matches(scope: Scope, text: str, pattern: str, flags: str | None = None) -> bool | None:
    return _with_pattern(
        scope, pattern, flags, text, lambda found: found.search(text, scope.run.tick) is not None
    )


@builtin(
    "replace", "input: string", "pattern: string", "replacement: string", "flags: string|null?", scope=True
)
def replace(scope: Scope, text: str, pattern: str, new: str, flags: str | None = None) -> str | None:
    """Put `new` for every match; in it $1 is the first group, \\$ a dollar sign."""
    return _with_pattern(scope, pattern, flags, text, lambda found: _replaced(scope, found, text, new))


@builtin("split", "string: string", "delimiter: string", scope=True)
def split(scope: Scope, text: str, delimiter: str) -> list[str] | None:
    return _with_pattern(scope, delimiter, None, text, lambda found: _pieces(scope, found, text))


@builtin("extract", "input: string", "pattern: string", scope=True)
def extract(scope: Scope, text: str, pattern: str) -> list[str] | None:
    return _with_pattern(
        scope,
        pattern,
        None,
        text,
        lambda found: [one.group(0) for one in found.finditer(text, scope.run.tick)],
    )


@builtin(
    "string join", "list: list", "delimiter: string|null?", "prefix: string?", "suffix: string?", scope=True
)
def string_join(
    scope: Scope, items: list[Any], delimiter: str | None = None, prefix: str = "", suffix: str = ""
) -> str | None:
    parts = [one for one in items if one is not None]
    if not all(isinstance(one, str) for one in parts):
        return None
    length = sum(len(one) + len(delimiter or "") for one in parts)
    scope.run.tick(length // 200 + len(parts) // 20)
    if length > 2 * LONGEST_TEXT:
        scope.run.checked(" " * (LONGEST_TEXT + 1))
    return prefix + (delimiter or "").join(parts) + suffix


def _with_pattern(
    scope: Scope, pattern: str, flags: str | None, text: str, work: Callable[[Pattern], Any]
) -> Any:
    """Do work with a pattern; null if the pattern is none."""
    scope.run.tick(5 + len(pattern) // 10 + len(text) // 100)  # what matching may cost
    try:
        return work(read_pattern(pattern, flags or ""))
    except BadPattern:
        return None


def _replaced(scope: Scope, pattern: Pattern, text: str, new: str) -> str | None:
    if not pattern.is_quoted and not _FILLING.fullmatch(new):
        return None
    out: list[str] = []
    at = length = 0
    for match in pattern.finditer(text, scope.run.tick):
        if match.start() == match.end():
            return None  # a pattern that matches nothing would match everywhere
        filled = new if pattern.is_quoted else _filled(new, match, pattern.groups)
        out += (text[at : match.start()], filled)
        at = match.end()
        length += len(out[-1])
        if length > LONGEST_TEXT:
            scope.run.checked(" " * (LONGEST_TEXT + 1))
    return "".join((*out, text[at:]))


_FILLING = re.compile(r"(?:[^\\$]|\\[\\$]|\$\d)*", re.DOTALL)


def _filled(new: str, match: Match, groups: int) -> str:
    """Put groups for $1, $2…; of the digits as many as there are groups for."""

    def part(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        digits = found[2]
        while len(digits) > 1 and int(digits) > groups:
            digits = digits[:-1]
        value = (match.group(int(digits)) or "") if int(digits) <= groups else ""
        return value + found[2][len(digits) :]

    return re.sub(r"\\([\\$])|\$(\d+)", part, new)


def _pieces(scope: Scope, pattern: Pattern, text: str) -> list[str] | None:
    out: list[str] = []
    at = 0
    for match in pattern.finditer(text, scope.run.tick):
        if match.start() == match.end():
            continue
        out.append(text[at : match.start()])
        at = match.end()
    return [*out, text[at:]]
