"""Expressions written for other tools, read as FEEL where that cannot be misunderstood.

`= x = 1` (a leading sign), `${x == 1 && !done}` and `x == 'a'` mean one thing only. What is more than names,
values, comparisons, arithmetic and and/or/not stays as it is: it is then refused as the text it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

_WRAPPED = re.compile(r"[$#]\{([^{}]*)\}", re.DOTALL)
# None of these can stand in FEEL outside a text, so no FEEL is ever touched.
_FOREIGN = re.compile(r"==|&&|\|\||'|^\s*!|[(&|]\s*!|getDataObject\(")
_FEEL_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^'\\]*'|\"[^\"\\]*\")|(?P<number>\d+(?:\.\d+)?)|"
    r"(?P<data>getDataObject\(\s*'[^\W\d]\w*'\s*\))|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|"
    r"(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/(),<>=!]))"
)
_COMPARISONS = {
    "==": "=", "=": "=", "eq": "=", "!=": "!=", "ne": "!=", "<": "<", "lt": "<", ">": ">", "gt": ">",
    "<=": "<=", "le": "<=", ">=": ">=", "ge": ">=",
}  # fmt: skip
_AND, _OR, _NOT = ("&&", "and"), ("||", "or"), ("!", "not")
_CALLS = {"contains": 2, "true": 0, "false": 0}  # of XPath, as in FEEL, with so many arguments
_WORDS = frozenset({*_AND, *_OR, *_NOT, *_COMPARISONS, "div", "mod", "empty", "instanceof"})
_LONGEST = 4000
_DEEPEST = 40


def to_feel(text: str) -> str:
    """Return the expression as FEEL; a text that is none of the known kinds comes back unchanged."""
    text = text.strip()
    if len(text) > _LONGEST:
        return text
    if text.startswith("=") and not text.startswith("=="):
        return text[1:].strip()
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped is None and not _FOREIGN.search(_FEEL_TEXT.sub('""', text)):
        return text
    try:
        return _Reader(wrapped[1] if wrapped else text).whole()
    except _Unclear:
        return text


class _Unclear(Exception):
    """More than the few forms that mean the same everywhere."""


class _Reader:
    """Reads by precedence: or, and, comparison, sum, product, not, value."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise _Unclear
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        self.at = 0
        self.depth = 0

    def whole(self) -> str:
        read = self._or()
        if self.at < len(self.tokens):
            raise _Unclear
        return read

    def _or(self) -> str:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _Unclear
        read = self._joined(_OR, "or", lambda: self._joined(_AND, "and", self._comparison))
        self.depth -= 1
        return read

    def _joined(self, signs: tuple[str, ...], word: str, part: Callable[[], str]) -> str:
        read = part()
        while self._peek() in signs:
            self.at += 1
            read = f"{read} {word} {part()}"
        return read

    def _comparison(self) -> str:
        read = self._sum()
        sign = _COMPARISONS.get(self._peek())
        if sign is None:
            return read
        self.at += 1
        return f"{read} {sign} {self._sum()}"

    def _sum(self) -> str:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._value))

    def _chain(self, signs: tuple[str, ...], part: Callable[[], str]) -> str:
        read = part()
        while (sign := self._peek()) in signs:
            self.at += 1
            read = f"{read} {sign} {part()}"
        return read

    def _value(self) -> str:
        kind, text = self._next()
        if text in _NOT:
            return f"not({self._value()})"
        if text == "-":
            return f"-{self._value()}"
        if text == "(":
            inside = self._or()
            if self._next()[1] != ")":
                raise _Unclear
            return f"({inside})"
        if kind == "text":
            return json.dumps(text[1:-1], ensure_ascii=False)
        if kind == "data":
            return text.split("'")[1]
        if kind == "sign" or text in _WORDS:
            raise _Unclear
        return self._call(text) if self._peek() == "(" else text

    def _call(self, name: str) -> str:
        """A function that means the same in FEEL."""
        if name not in _CALLS:
            raise _Unclear
        self.at += 1
        given = []
        while self._peek() != ")":
            given.append(self._or())
            if self._peek() == ",":
                self.at += 1
            elif self._peek() != ")":
                raise _Unclear
        self.at += 1
        if len(given) != _CALLS[name]:
            raise _Unclear
        return f"{name}({', '.join(given)})" if given else name

    def _peek(self) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return "" if kind == "text" else text

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise _Unclear
        self.at += 1
        return self.tokens[self.at - 1]
