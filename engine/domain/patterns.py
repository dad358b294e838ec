"""Text patterns that cannot be made slow: regular expressions run in step with the text.

Officials write patterns into forms and conditions, so a pattern is foreign input. Every way through it is
followed at once, one character at a time; the work is at most its size times the length of the text, and
bounded besides. What cannot run so (references back, looking ahead or behind) is refused. The dialect is
that of XPath, which FEEL names: classes, \\p{…}, groups, lazy and counted repeats, anchors, flags s m i x q.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.domain.pattern_source import MATCH, BadPattern, read_pattern
from engine.errors import Invalid

__all__ = ["BadPattern", "Match", "Pattern", "PatternTooSlow", "compile_pattern"]

MOST_STEPS = 300_000


class PatternTooSlow(Invalid):
    """Matching would take longer than anybody should wait."""

    code = "pattern_too_slow"
    vi = "Mẫu ký tự quá phức tạp so với độ dài nội dung: cần {expected}, nhưng {found}."
    en = "The pattern is too much work for this text: expected {expected}, but {found}."


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern matched; a group that took no part has the span (-1, -1)."""

    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[0][1]

    def group(self, number: int) -> str:
        start, end = self.spans[number] if number < len(self.spans) else (-1, -1)
        return self.text[start:end] if start >= 0 else ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. Make one with `compile_pattern`."""

    source: str
    program: tuple[tuple, ...]
    groups: int

    def search(self, text: str, budget: list[int] | None = None) -> Match | None:
        """Return the first match anywhere.

        Args:
            budget: The steps left, in a list that is written to; several matches may share one.

        Raises:
            PatternTooSlow: If the work goes over the bound.
        """
        return self._run(text, 0, budget or [MOST_STEPS])

    def covers(self, text: str) -> bool:
        """Say whether the whole text matches."""
        return self._run(text, 0, [MOST_STEPS], whole=True) is not None

    def find_all(self, text: str, budget: list[int] | None = None) -> Iterator[Match]:
        """Give the matches from left to right, not overlapping; the work is bounded over all of them."""
        at, budget = 0, budget or [MOST_STEPS]
        while at <= len(text):
            match = self._run(text, at, budget)
            if match is None:
                return
            yield match
            at = match.end if match.end > match.start else match.end + 1

    def _run(self, text: str, start: int, budget: list[int], *, whole: bool = False) -> Match | None:
        program, found = self.program, None
        threads: list[tuple[int, tuple[int, ...]]] = []
        unset = (-1,) * (2 * self.groups + 2)
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            ready: list[tuple[int, tuple[int, ...]]] = []
            for pc, saves in threads:
                self._follow(pc, saves, text, at, seen, ready, budget)
            if found is None and (not whole or at == start):
                self._follow(0, unset, text, at, seen, ready, budget)
            if not ready and (found is not None or whole):
                break
            threads = []
            for pc, saves in ready:
                step = program[pc]
                if step[0] == MATCH:
                    if whole and at < len(text):
                        continue
                    found = saves
                    break  # what follows has lower priority
                if at < len(text) and step[1](text[at]):
                    threads.append((pc + 1, saves))
        return found and Match(text, tuple(zip(found[::2], found[1::2], strict=True)))

    def _follow(self, pc: int, saves: tuple[int, ...], text: str, at: int, seen: set[int],
                ready: list, budget: list[int]) -> None:  # fmt: skip
        """Go along all steps that take no character, in order of priority."""
        stack = [(pc, saves)]
        while stack:
            pc, saves = stack.pop()
            if pc in seen:
                continue
            seen.add(pc)
            budget[0] -= 1
            if budget[0] < 0:
                raise PatternTooSlow("fewer steps", "it needs too many", pattern=self.source)
            step = self.program[pc]
            match step[0]:
                case "jump":
                    stack.append((step[1], saves))
                case "split":
                    stack += [(step[2], saves), (step[1], saves)]
                case "save":
                    stack.append((pc + 1, (*saves[: step[1]], at, *saves[step[1] + 1 :])))
                case "here":
                    if step[1](text, at):
                        stack.append((pc + 1, saves))
                case _:
                    ready.append((pc, saves))


@lru_cache(maxsize=512)
def compile_pattern(source: str, flags: str = "") -> Pattern:
    """Compile a pattern; `flags` are letters of s m i x q.

    Raises:
        BadPattern: If it cannot be read, is too long, or needs what cannot run in step.
    """
    program, groups = read_pattern(source, flags)
    return Pattern(source, program, groups)
