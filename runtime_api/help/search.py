"""Finding pages of help by words, without marks. The pages are few, so all of them are looked through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import html

from engine.domain.texts import fold
from runtime_api.help.places import PAGES

TEMPLATES = Path(__file__).parents[1] / "templates" / "help"
LONGEST_LINE = 180


@dataclass(frozen=True, slots=True)
class Found:
    """A page, its title, and the line in which the words stand."""

    name: str
    title: str
    line: str


@dataclass(frozen=True, slots=True)
class _Page:
    name: str
    title: str
    lines: tuple[str, ...]
    folded: str


def find_help(text: str, language: str) -> list[Found]:
    """Return the pages that hold every word: in the title first, then all in a row; all without words."""
    words = fold(text).split()
    found = [one for one in _pages(language) if all(word in one.folded for word in words)]
    phrase = " ".join(words)
    found.sort(key=lambda one: (not any(word in fold(one.title) for word in words), phrase not in one.folded))
    return [Found(one.name, one.title, _line(one, words)) for one in found]


def _line(page: _Page, words: list[str]) -> str:
    best = max(page.lines, key=lambda line: sum(word in fold(line) for word in words), default="")
    return best if len(best) <= LONGEST_LINE else f"{best[:LONGEST_LINE].rsplit(' ', 1)[0]} …"


@lru_cache(maxsize=2)
def _pages(language: str) -> tuple[_Page, ...]:
    found = []
    for name in PAGES:
        text = (TEMPLATES / language / f"{name}.html").read_text(encoding="utf-8")
        tree = html.fromstring(f"<div>{text}</div>")
        lines = tuple(" ".join(one.text_content().split()) for one in tree.iter("p", "li", "td"))
        title = tree.findtext(".//h1") or name
        found.append(_Page(name, title, lines, fold(" ".join(" ".join(tree.itertext()).split()))))
    return tuple(found)
