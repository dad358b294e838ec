"""Reading text patterns into programs for `engine.domain.patterns`.

A program is a flat tuple of steps: test a character, try two ways, jump, keep a position, check a place,
match. Jumps are relative while parts are put together and absolute at the end.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial

from engine.errors import Invalid

LONGEST_PATTERN = 500
LARGEST_PROGRAM = 2_000
DEEPEST = 30
CHAR, SPLIT, JUMP, SAVE, HERE, MATCH = "char", "split", "jump", "save", "here", "match"

Test = Callable[[str], bool]


class BadPattern(Invalid):
    """The pattern cannot be read; facts: `position` in it, from 1."""

    code = "bad_pattern"
    vi = "Mẫu ký tự chưa đúng ở vị trí {position}: cần {expected_vi}, nhưng gặp {found_vi}."
    en = "The pattern is wrong at position {position}: expected {expected}, but found {found}."


def read_pattern(source: str, flags: str) -> tuple[tuple[tuple, ...], int]:
    """Return the program of a pattern and the number of its groups.

    Raises:
        BadPattern: If it cannot be read, is too long, or needs what cannot run in step.
    """
    for flag in flags:
        if flag not in "smixq":
            raise _fault(0, "cờ trong s m i x q", "flags among s m i x q", flag)
    if len(source) > LONGEST_PATTERN:
        limit = LONGEST_PATTERN
        raise _fault(limit, f"tối đa {limit} ký tự", f"at most {limit} characters", f"{len(source)}")
    reader = _Reader(source, flags)
    body = reader.literal() if "q" in flags else reader.whole()
    return _placed(((SAVE, 0), *body, (SAVE, 1), (MATCH,))), reader.groups


_END = ""


def _placed(program: tuple[tuple, ...]) -> tuple[tuple, ...]:
    """Turn jumps relative to their own place into absolute ones."""
    return tuple(
        (step[0], *(at + jump for jump in step[1:])) if step[0] in (SPLIT, JUMP) else step
        for at, step in enumerate(program)
    )


def _fault(at: int, vi: str, en: str, found: str) -> BadPattern:
    found_vi = f"“{found}”" if found else "hết mẫu"
    found_en = f"“{found}”" if found else "its end"
    return BadPattern(en, found_en, position=at + 1, expected_vi=vi, found_vi=found_vi)


class _Reader:
    """Reads a pattern into a program with relative jumps."""

    def __init__(self, source: str, flags: str) -> None:
        self.source = source
        self.at = 0
        self.groups = 0
        self.depth = 0
        self.flags = flags

    def whole(self) -> list[tuple]:
        body = self.choice()
        if self.peek() != _END:
            raise _fault(self.at, "hết mẫu", "the end", self.peek())
        return body

    def literal(self) -> list[tuple]:
        return [(CHAR, self.equal(char)) for char in self.source]

    def peek(self) -> str:
        if "x" in self.flags:
            while self.at < len(self.source) and self.source[self.at] in " \t\r\n":
                self.at += 1
        return self.source[self.at] if self.at < len(self.source) else _END

    def take(self) -> str:
        char = self.peek()
        self.at += 1
        return char

    def expect(self, char: str) -> None:
        if self.peek() != char:
            raise _fault(self.at, f"“{char}”", f"{char!r}", self.peek())
        self.at += 1

    def choice(self) -> list[tuple]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _fault(self.at, f"tối đa {DEEPEST} lớp ngoặc", f"at most {DEEPEST} nested groups", "(")
        left = self.sequence()
        while self.peek() == "|":
            self.at += 1
            right = self.sequence()
            left = [(SPLIT, 1, len(left) + 2), *left, (JUMP, len(right) + 1), *right]
            self.check_size(left)
        self.depth -= 1
        return left

    def sequence(self) -> list[tuple]:
        body: list[tuple] = []
        while self.peek() not in (_END, "|", ")"):
            body += self.repeated(self.atom())
            self.check_size(body)
        return body

    def check_size(self, body: list[tuple]) -> None:
        if len(body) > LARGEST_PROGRAM:
            raise _fault(self.at, "mẫu nhỏ hơn", "a smaller pattern", "…")

    def repeated(self, body: list[tuple]) -> list[tuple]:
        least, most = self.count()
        if (least, most) == (1, 1):
            return body
        lazy = self.peek() == "?"
        self.at += lazy
        if self.peek() in ("*", "+", "?", "{"):
            raise _fault(self.at, "một ký tự", "a character", self.peek())
        if len(body) * max(least, most or 0, 1) > LARGEST_PROGRAM:
            raise _fault(self.at, "số lần lặp nhỏ hơn", "fewer repeats", "{…}")
        size = len(body)
        out = body * least
        if most is None:
            return [*out, _split(1, size + 2, lazy), *body, (JUMP, -size - 1)]
        for left in range(most - least, 0, -1):
            out += [_split(1, (size + 1) * left, lazy), *body]
        return out

    def count(self) -> tuple[int, int | None]:
        char = self.peek()
        if char in ("*", "+", "?") and char:
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        if char != "{":
            return 1, 1
        self.at += 1
        least = self.digits()
        most: int | None = least
        if self.peek() == ",":
            self.at += 1
            most = None if self.peek() == "}" else self.digits()
        self.expect("}")
        if most is not None and most < least:
            raise _fault(self.at, "số lớn hơn sau dấu phẩy", "the larger number last", str(most))
        return least, most

    def digits(self) -> int:
        start = self.at
        while self.peek().isdecimal() and self.at - start < 5:
            self.at += 1
        if start == self.at:
            raise _fault(self.at, "một số", "a number", self.peek())
        return int(self.source[start : self.at])

    def atom(self) -> list[tuple]:
        char = self.take()
        match char:
            case "(":
                return self.group()
            case "[":
                return [(CHAR, self.char_class())]
            case ".":
                return [(CHAR, _any if "s" in self.flags else _not_line_end)]
            case "^":
                return [(HERE, _line_start if "m" in self.flags else _text_start)]
            case "$":
                return [(HERE, _line_end if "m" in self.flags else _text_end)]
            case "\\":
                return [(CHAR, self.escape())]
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise _fault(self.at - 1, "một ký tự", "a character", char)
        return [(CHAR, self.equal(char))]

    def group(self) -> list[tuple]:
        if self.peek() == "?":
            self.at += 1
            self.expect(":")  # all other (?…) look around or refer back
            body = self.choice()
            self.expect(")")
            return body
        self.groups += 1
        number = self.groups
        body = self.choice()
        self.expect(")")
        return [(SAVE, 2 * number), *body, (SAVE, 2 * number + 1)]

    def equal(self, char: str) -> Test:
        if "i" in self.flags:
            folded = char.casefold()
            return lambda one: one.casefold() == folded
        return char.__eq__

    def escape(self) -> Test:
        at, char = self.at, self.source[self.at] if self.at < len(self.source) else _END
        self.at += 1
        if char in _ESCAPED_CLASSES:
            return _ESCAPED_CLASSES[char]
        if char and char in "pP":
            self.expect("{")
            end = self.source.find("}", self.at)
            name, self.at = self.source[self.at : end], end + 1
            if end < 0 or name not in _CATEGORIES:
                raise _fault(at, "nhóm ký tự như \\p{L}", "a category such as \\p{L}", name or char)
            is_in = partial(_is_category, name)
            return is_in if char == "p" else _negated(is_in)
        if char in _ESCAPED_CHARS:
            return self.equal(_ESCAPED_CHARS[char])
        if char and char in "\\|.?*+(){}[]^$-/ \"'#&~,:;@=<>!%":
            return self.equal(char)
        raise _fault(at, "ký tự đặc biệt được hỗ trợ sau \\", "a supported escape after \\", char)

    def char_class(self) -> Test:
        negated = self.peek() == "^"
        self.at += negated
        tests: list[Test] = []
        without: Test | None = None
        while True:
            char = self.source[self.at] if self.at < len(self.source) else _END
            if char == _END:
                raise _fault(self.at, "“]”", "']'", _END)
            if char == "]" and tests:
                self.at += 1
                break
            if self.source.startswith("-[", self.at) and tests:
                self.at += 2
                self.deeper()
                without = self.char_class()
                self.depth -= 1
                self.expect("]")
                break
            tests.append(self.class_member())
        return _class_test(tuple(tests), negated, without)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _fault(self.at, f"tối đa {DEEPEST} lớp ngoặc", f"at most {DEEPEST} nested groups", "[")

    def class_member(self) -> Test:
        first = self.source[self.at]
        self.at += 1
        if first == "\\":
            escaped = self.source[self.at : self.at + 1]
            if escaped in _ESCAPED_CLASSES or escaped in ("p", "P"):
                return self.escape()
            test = self.escape()
            first = _ESCAPED_CHARS.get(escaped, escaped)
        else:
            test = self.equal(first)
        following = self.source[self.at + 1 : self.at + 2]
        if self.source[self.at : self.at + 1] != "-" or following in ("]", "[", _END):
            return test
        self.at += 1
        last = self.source[self.at]
        self.at += 1
        if last == "\\":
            last = self.source[self.at : self.at + 1]
            last = _ESCAPED_CHARS.get(last, last)
            self.at += 1
        if not last or last < first:
            raise _fault(self.at - 1, f"ký tự từ “{first}” trở đi", f"a character from {first!r} on", last)
        return self.between(first, last)

    def between(self, first: str, last: str) -> Test:
        if "i" in self.flags:
            return lambda one: any(first <= form <= last for form in (one, one.lower(), one.upper()))
        return lambda one: first <= one <= last


def _split(first: int, second: int, lazy: bool) -> tuple:
    return (SPLIT, second, first) if lazy else (SPLIT, first, second)


def _class_test(tests: tuple[Test, ...], negated: bool, without: Test | None) -> Test:
    def is_member(char: str) -> bool:
        found = any(test(char) for test in tests) != negated
        return found and not (without is not None and without(char))

    return is_member


def _any(char: str) -> bool:
    return True


def _not_line_end(char: str) -> bool:
    return char not in "\n\r"


def _text_start(text: str, at: int) -> bool:
    return at == 0


def _text_end(text: str, at: int) -> bool:
    return at == len(text)


def _line_start(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def _line_end(text: str, at: int) -> bool:
    return at == len(text) or text[at] == "\n"


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] not in "PZC"


def _is_name_start(char: str) -> bool:
    return char.isalpha() or char in "_:"


def _is_name(char: str) -> bool:
    return char.isalnum() or char in "_:-." or unicodedata.category(char)[0] == "M"


def _is_category(name: str, char: str) -> bool:
    return unicodedata.category(char).startswith(name)


def _negated(test: Test) -> Test:
    return lambda char: not test(char)


def _is_space(char: str) -> bool:
    return char in " \t\n\r"


_ESCAPED_CLASSES: dict[str, Test] = {
    "d": str.isdecimal,
    "s": _is_space,
    "w": _is_word,
    "i": _is_name_start,
    "c": _is_name,
    "D": _negated(str.isdecimal),
    "S": _negated(_is_space),
    "W": _negated(_is_word),
    "I": _negated(_is_name_start),
    "C": _negated(_is_name),
}
_ESCAPED_CHARS = {"n": "\n", "r": "\r", "t": "\t"}
_MINORS = {"L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "Z": "slp", "S": "mcko", "C": "cfon"}
_CATEGORIES = frozenset(major + minor for major in _MINORS for minor in ("", *_MINORS[major]))
