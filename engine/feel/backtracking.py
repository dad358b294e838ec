"""A matcher for what RE2 cannot do: references back (`(.)\\1`) and classes with another taken away.

It tries one way after the other, so it could take for ever; every step is counted by the caller's `tick`,
which stops it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.domain.patterns import BadPattern

Tick = Callable[[], None]
Test = Callable[[str], bool]
Groups = tuple[tuple[int, int] | None, ...]
Next = Callable[[int, Groups], "tuple[int, Groups] | None"]
Step = Callable[["_Text", int, Groups, Next], "tuple[int, Groups] | None"]

MOST_TIMES = 1_000
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    tick: Tick


@dataclass(frozen=True, slots=True)
class Found:
    """One place where the pattern fits."""

    text: str
    groups: Groups

    def start(self) -> int:
        return self._whole[0]

    def end(self) -> int:
        return self._whole[1]

    def group(self, number: int) -> str | None:
        at = self.groups[number] if number < len(self.groups) else None
        return None if at is None else self.text[at[0] : at[1]]

    @property
    def _whole(self) -> tuple[int, int]:
        return self.groups[0] or (0, 0)


class Backtracker:
    """A pattern; `finditer` gives the places from left to right.

    Raises:
        BadPattern: If it cannot be read.
    """

    def __init__(self, source: str, flags: str) -> None:
        reader = _Reader(source, flags)
        self._step = reader.whole()
        self.groups = reader.groups

    def finditer(self, text: str, tick: Tick) -> Iterator[Found]:
        at = 0
        while at <= len(text):
            empty: Groups = (None,) * (self.groups + 1)
            end = self._step(_Text(text, tick), at, empty, lambda to, groups: (to, groups))
            if end is None:
                at += 1
                continue
            yield Found(text, ((at, end[0]), *end[1][1:]))
            at = max(end[0], at + 1)


class _Reader:
    """Text to steps: each takes a place and what comes after it, and returns where all of it ends."""

    def __init__(self, source: str, flags: str) -> None:
        self.source = source
        self.at = 0
        self.depth = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.ignores_case = "i" in flags
        self.by_lines = "m" in flags
        self.dot_takes_all = "s" in flags

    def whole(self) -> Step:
        step = self.choice()
        if self.at < len(self.source):
            raise self.bad()
        return step

    def bad(self) -> BadPattern:
        found = self.source[self.at : self.at + 5] or "hết mẫu"
        return BadPattern("a pattern", found, pattern=self.source[:40], expected_vi="một mẫu ký tự đúng")

    def peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def choice(self) -> Step:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.bad()
        ways = [self.row()]
        while self.peek() == "|":
            self.at += 1
            ways.append(self.row())
        self.depth -= 1
        return ways[0] if len(ways) == 1 else _either(ways)

    def row(self) -> Step:
        steps: list[Step] = []
        while self.peek() not in ("", "|", ")"):
            steps.append(self.piece())
        return _in_row(steps)

    def piece(self) -> Step:
        step = self.atom()
        least, most = self.times()
        if (least, most) == (1, 1):
            return step
        is_lazy = self.peek() == "?"
        self.at += is_lazy
        return _repeated(step, least, most, is_lazy=is_lazy)

    def times(self) -> tuple[int, int]:
        match self.peek():
            case "*":
                bounds = (0, MOST_TIMES)
            case "+":
                bounds = (1, MOST_TIMES)
            case "?":
                bounds = (0, 1)
            case "{":
                return self.braces()
            case _:
                return 1, 1
        self.at += 1
        return bounds

    def braces(self) -> tuple[int, int]:
        end = self.source.find("}", self.at)
        low, comma, high = self.source[self.at + 1 : end].partition(",")
        if end < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            raise self.bad()
        least = int(low)
        most = int(high) if high else MOST_TIMES if comma else least
        if most < least or most > MOST_TIMES:
            raise self.bad()
        self.at = end + 1
        return least, most

    def atom(self) -> Step:
        char = self.peek()
        if char in "*+?{}]":
            raise self.bad()
        self.at += 1
        match char:
            case "(":
                return self.group()
            case "[":
                return self.one(self.char_class())
            case ".":
                return self.one(lambda one: self.dot_takes_all or one not in "\n\r")
            case "^":
                return _start_of_line if self.by_lines else _start
            case "$":
                return _end_of_line if self.by_lines else _end
            case "\\":
                letter = self.source[self.at : self.at + 1]
                if letter.isdecimal() and letter != "0":
                    return self.reference()
                return self.one(self.escape())
        return self.one(self.same(char))

    def group(self) -> Step:
        if self.source.startswith("?", self.at):
            if not self.source.startswith("?:", self.at):
                raise self.bad()
            self.at += 2
            inner = self.choice()
            self.close()
            return inner
        self.groups += 1
        number = self.groups
        inner = self.choice()
        self.close()
        self.closed.add(number)
        return _captured(inner, number)

    def close(self) -> None:
        if self.peek() != ")":
            raise self.bad()
        self.at += 1

    def reference(self) -> Step:
        """A reference takes as many digits as there are groups for."""
        number = int(self.source[self.at])
        self.at += 1
        following = self.source[self.at : self.at + 1]
        while following.isdecimal() and number * 10 + int(following) in self.closed:
            number = number * 10 + int(following)
            self.at += 1
            following = self.source[self.at : self.at + 1]
        if number not in self.closed:
            raise self.bad()
        return _again(number, ignores_case=self.ignores_case)

    def same(self, char: str) -> Test:
        if self.ignores_case:
            folded = char.casefold()
            return lambda one: one.casefold() == folded
        return lambda one: one == char

    def one(self, test: Test) -> Step:
        def step(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
            text.tick()
            if at < len(text.text) and test(text.text[at]):
                return then(at + 1, groups)
            return None

        step.test = test  # type: ignore[attr-defined]
        return step

    def escape(self) -> Test:
        letter = self.source[self.at : self.at + 1]
        self.at += 1
        if letter in _SINGLE and letter:
            return self.same(_SINGLE[letter])
        if letter in ("p", "P"):
            return self.category(is_not=letter == "P")
        if letter.lower() in _CLASSES and letter:
            test = _CLASSES[letter.lower()]
            return test if letter.islower() else _not(test)
        if not letter or letter.isalnum():
            raise self.bad()
        return self.same(letter)

    def category(self, *, is_not: bool) -> Test:
        end = self.source.find("}", self.at)
        name = self.source[self.at + 1 : end]
        if end < 0 or self.source[self.at] != "{" or not 1 <= len(name) <= 2:
            raise self.bad()
        self.at = end + 1
        return lambda one: unicodedata.category(one).startswith(name) != is_not

    def char_class(self) -> Test:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.bad()
        is_not = self.source.startswith("^", self.at)
        self.at += is_not
        tests: list[Test] = []
        without: Test | None = None
        while not self.source.startswith("]", self.at) or not tests:
            if self.source.startswith("-[", self.at):
                self.at += 2
                without = self.char_class()
                break
            tests.append(self.class_part())
        if not self.source.startswith("]", self.at):
            raise self.bad()
        self.at += 1
        self.depth -= 1
        return lambda one: any(test(one) for test in tests) != is_not and not (without and without(one))

    def class_part(self) -> Test:
        """A character, an escape, or from one character to another."""
        char = self.source[self.at : self.at + 1]
        if not char or char == "[":
            raise self.bad()
        self.at += 1
        if char == "\\":
            letter = self.source[self.at : self.at + 1]
            if letter.lower() in _CLASSES or letter in ("p", "P"):
                return self.escape()
            self.at += 1
            char = _SINGLE.get(letter, letter)
        after = self.source[self.at : self.at + 2]
        if len(after) < 2 or after[0] != "-" or after[1] in "[]":
            return self.same(char)
        self.at += 2
        last = after[1]
        if last == "\\":
            last = _SINGLE.get(self.source[self.at : self.at + 1], self.source[self.at : self.at + 1])
            self.at += 1
        if last < char:
            raise self.bad()
        if self.ignores_case:
            return lambda one: char <= one.lower() <= last or char <= one.upper() <= last
        return lambda one: char <= one <= last


_SINGLE = {"n": "\n", "r": "\r", "t": "\t"}


def _not(test: Test) -> Test:
    return lambda one: not test(one)


def _is_name_start(one: str) -> bool:
    return one in ":_" or one.isalpha()


_CLASSES: dict[str, Test] = {
    "d": lambda one: unicodedata.category(one) == "Nd",
    "w": lambda one: unicodedata.category(one)[0] not in "PZC",
    "s": lambda one: one in " \t\n\r",
    "i": _is_name_start,
    "c": lambda one: _is_name_start(one) or one in "-.\u00b7" or one.isdecimal(),
}


def _start(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
    return then(at, groups) if at == 0 else None


def _end(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
    return then(at, groups) if at == len(text.text) else None


def _start_of_line(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
    return then(at, groups) if at == 0 or text.text[at - 1] == "\n" else None


def _end_of_line(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
    return then(at, groups) if at == len(text.text) or text.text[at] == "\n" else None


def _in_row(steps: list[Step]) -> Step:
    if len(steps) == 1:
        return steps[0]

    def go(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
        def following(number: int) -> Next:
            if number == len(steps):
                return then
            return lambda to, found: steps[number](text, to, found, following(number + 1))

        return following(0)(at, groups)

    return go


def _either(ways: list[Step]) -> Step:
    def go(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
        for way in ways:
            text.tick()
            found = way(text, at, groups, then)
            if found is not None:
                return found
        return None

    return go


def _repeated(step: Step, least: int, most: int, *, is_lazy: bool) -> Step:
    def go(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
        def after(done: int, to: int, found: Groups) -> tuple[int, Groups] | None:
            text.tick()

            def more(end: int, inner: Groups) -> tuple[int, Groups] | None:
                return None if end == to and done >= least else after(done + 1, end, inner)

            if done < least:
                return step(text, to, found, more)
            if is_lazy:
                return then(to, found) or (step(text, to, found, more) if done < most else None)
            longer = step(text, to, found, more) if done < most else None
            return longer if longer is not None else then(to, found)

        return after(0, at, groups)

    def run(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
        """The same for single characters, without going deeper for each."""
        end = at
        while end < len(text.text) and end - at < most and test(text.text[end]):
            text.tick()
            end += 1
        for to in range(end, at + least - 1, -1):
            text.tick()
            found = then(to, groups)
            if found is not None:
                return found
        return None

    test = getattr(step, "test", None)
    return run if test is not None and not is_lazy else go


def _captured(inner: Step, number: int) -> Step:
    def go(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
        def close(end: int, found: Groups) -> tuple[int, Groups] | None:
            return then(end, (*found[:number], (at, end), *found[number + 1 :]))

        return inner(text, at, groups, close)

    return go


def _again(number: int, *, ignores_case: bool) -> Step:
    def go(text: _Text, at: int, groups: Groups, then: Next) -> tuple[int, Groups] | None:
        text.tick()
        before = groups[number]
        if before is None:
            return then(at, groups)
        wanted = text.text[before[0] : before[1]]
        found = text.text[at : at + len(wanted)]
        same = found.casefold() == wanted.casefold() if ignores_case else found == wanted
        return then(at + len(wanted), groups) if same else None

    return go
