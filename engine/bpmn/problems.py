"""Collecting everything that is wrong with a diagram, so that its author sees all of it at once."""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import Problem
from engine.domain.texts import Text
from engine.errors import Invalid


class BadDiagram(Invalid):
    """The diagram cannot be executed; facts["problems"] has every reason, as `Problem`s."""

    code = "bad_diagram"
    vi = "Sơ đồ chưa chạy được: {first}"
    en = "The diagram cannot be executed: {first_en}"

    def __init__(self, problems: list[Problem]) -> None:
        more = len(problems) - 1
        first, first_en = problems[0].message.vi, problems[0].message.en
        super().__init__(
            "a diagram that can be executed",
            problems[0].message.en.rstrip("."),
            first=first + (f" (và {more} lỗi khác)" if more else ""),
            first_en=first_en + (f" (and {more} more)" if more else ""),
            problems=tuple(problems),
        )


class Problems:
    """A list that knows how to speak of an element."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, rule: str, element: Any, vi: str, en: str) -> None:
        """Note a problem of an XML element; the sentences start with the element's name."""
        ident, name = element.get("id", ""), (element.get("name") or "").strip()
        self.note(rule, ident, name, element.sourceline, vi, en)

    def note(self, rule: str, ident: str, name: str, line: int | None, vi: str, en: str) -> None:
        shown = name or ident
        message = Text(f"“{shown}”: {vi}", f"“{shown}”: {en}") if shown else Text(vi, en)
        self.found.append(Problem(rule, ident, message, line))

    def refuse_if_any(self) -> None:
        if self.found:
            raise BadDiagram(self.found)
