"""Patterns as FEEL has them, which are those of XPath: RE2 where it can, a bounded matcher of ours elsewhere.

`\\d`, `\\w`, `\\s`, `\\i` and `\\c` mean what XPath says (letters of every language, so `\\w` takes "đ").
What only other dialects have (looking ahead, `\\b`, flags inside the pattern) is no pattern.

Source: XQuery and XPath functions 3.1, 5.6.1; XML Schema, appendix F.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

from engine.domain.patterns import BadPattern, compile_pattern
from engine.feel.backtracking import Backtracker, Tick

FLAGS = frozenset("smixq")

_NEEDS_OURS = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[1-9]|-\[)")
_NAME_START = r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{1FFF}\x{3001}-\x{D7FF}"
_NAME_MORE = _NAME_START + r"\-.0-9\x{B7}\x{300}-\x{36F}"
_WORD, _NO_WORD = r"\p{L}\p{M}\p{N}\p{S}", r"\p{P}\p{Z}\p{C}"
_ESCAPES = {  # outside a class and inside one; None where RE2 cannot say it inside
    "d": (r"\p{Nd}", r"\p{Nd}"),
    "D": (r"\P{Nd}", r"\P{Nd}"),
    "w": (f"[{_WORD}]", _WORD),
    "W": (f"[{_NO_WORD}]", _NO_WORD),
    "s": (r"[ \t\n\r]", r" \t\n\r"),
    "S": (r"[^ \t\n\r]", None),
    "i": (f"[{_NAME_START}]", _NAME_START),
    "I": (f"[^{_NAME_START}]", None),
    "c": (f"[{_NAME_MORE}]", _NAME_MORE),
    "C": (f"[^{_NAME_MORE}]", None),
}
_BLOCKS = {
    "IsBasicLatin": r"\x{0}-\x{7F}",
    "IsLatin-1Supplement": r"\x{80}-\x{FF}",
    "IsLatinExtended-A": r"\x{100}-\x{17F}",
    "IsLatinExtended-B": r"\x{180}-\x{24F}",
    "IsLatinExtendedAdditional": r"\x{1E00}-\x{1EFF}",
    "IsGreek": r"\x{370}-\x{3FF}",
    "IsCyrillic": r"\x{400}-\x{4FF}",
}
_PLAIN = frozenset("nrtpP")


class Match(Protocol):
    """One place where a pattern fits; group 0 is all of it."""

    def start(self) -> int: ...
    def end(self) -> int: ...
    def group(self, number: int) -> str | None: ...


class Pattern:
    """A compiled pattern; what it costs to use is counted by the caller's `tick`."""

    def __init__(self, source: str, flags: str) -> None:
        if set(flags) - FLAGS:
            raise _bad(source, min(set(flags) - FLAGS))
        self.is_quoted = "q" in flags
        if "x" in flags:
            source, flags = source if self.is_quoted else _squeezed(source), flags.replace("x", "")
        self._re2: Any = None
        self._ours: Backtracker | None = None
        if self.is_quoted:
            self._re2 = compile_pattern(source, flags)
            self.groups = 0
        elif _NEEDS_OURS.search(source):
            self._ours = Backtracker(source, flags)
            self.groups = self._ours.groups
        else:
            self._re2 = compile_pattern(_translated(source, flags), flags)
            self.groups = self._re2.groups

    def search(self, text: str, tick: Tick) -> Match | None:
        return next(self.finditer(text, tick), None)

    def finditer(self, text: str, tick: Tick) -> Iterator[Match]:
        return iter(self._re2.finditer(text)) if self._ours is None else self._ours.finditer(text, tick)


@lru_cache(maxsize=512)
def read_pattern(source: str, flags: str = "") -> Pattern:
    """Compile a pattern.

    Raises:
        BadPattern: If it is none.
    """
    return Pattern(source, flags)


def _squeezed(source: str) -> str:
    """The pattern without blanks, but for those in classes; one behind a backslash goes too.

    Source: XPath and XQuery Functions and Operators 3.1, 5.6.2 (flag x).
    """
    out: list[str] = []
    depth = escaped = 0
    for char in source:
        if not depth and char in " \t\n\r":
            continue
        out.append(char)
        if escaped or char == "\\":
            escaped = not escaped
        elif char in "[]":
            depth = max(0, depth + (1 if char == "[" else -1))
    return "".join(out)


def _translated(source: str, flags: str) -> str:
    """The pattern in the words of RE2."""
    out: list[str] = []
    at, depth = 0, 0
    while at < len(source):
        char = source[at]
        if char == "\\":
            text, at = _escape(source, at, in_class=depth > 0)
            out.append(text)
            continue
        if char == "[" and not depth:
            depth = 1
            if source.startswith("[^", at):
                at += 1
                char = "[^"
        elif char == "[":
            raise _bad(source, "[")
        elif char == "]" and depth:
            depth = 0
        elif source.startswith("(?", at) and not depth and not source.startswith("(?:", at):
            raise _bad(source, "(?")
        elif char == "." and not depth and "s" not in flags:
            char = r"[^\n\r]"
        out.append(char)
        at += 1
    return "".join(out)


def _escape(source: str, at: int, *, in_class: bool) -> tuple[str, int]:
    letter = source[at + 1 : at + 2]
    if letter in ("p", "P"):
        return _category(source, at, in_class=in_class)
    if letter in _ESCAPES and letter:
        text = _ESCAPES[letter][in_class]
        if text is None:
            raise _bad(source, f"\\{letter}")
        return text, at + 2
    if not letter or (letter.isalnum() and letter not in _PLAIN):
        raise _bad(source, f"\\{letter}")
    return f"\\{letter}", at + 2


def _category(source: str, at: int, *, in_class: bool) -> tuple[str, int]:
    found = re.compile(r"\\[pP]\{([A-Za-z0-9-]+)\}").match(source, at)
    if not found:
        raise _bad(source, source[at : at + 3])
    name = found[1]
    if not name.startswith("Is"):
        return found[0], found.end()
    if name not in _BLOCKS or (in_class and found[0][1] == "P"):
        raise _bad(source, name)
    block = _BLOCKS[name]
    if in_class:
        return block, found.end()
    return f"[{'^' if found[0][1] == 'P' else ''}{block}]", found.end()


def _bad(pattern: str, found: str) -> BadPattern:
    return BadPattern("a pattern", found, pattern=pattern[:40], expected_vi="một mẫu ký tự đúng")
