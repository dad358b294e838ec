"""Text in a picture: how wide words are, where lines break, what is cut.

Widths are those of Be Vietnam Pro, which is a little wider than the fonts that may stand in for it,
so that text set elsewhere still fits.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LINE = 1.25  # line height, in sizes

_NARROW = frozenset("iIjl.,:;!|'’`()[]/ ")
_WIDE = frozenset("mwMW@%—…")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LINE

    @property
    def width(self) -> float:
        return max((width_of(line, self.size) for line in self.lines), default=0.0)


def width_of(text: str, size: float) -> float:
    """Return about how wide `text` is set in `size`."""
    return size * sum(_width(char) for char in unicodedata.normalize("NFC", text))


def _width(char: str) -> float:
    if char in _NARROW:
        return 0.3
    if char in _WIDE:
        return 0.9
    base = unicodedata.normalize("NFD", char)[0]
    if base in _NARROW:
        return 0.3
    return 0.69 if base.isupper() else 0.57


def wrap(text: str, width: float, size: float) -> tuple[str, ...]:
    """Break `text` into lines of at most `width`; a word that is too long is broken inside."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        current = ""
        for word in paragraph.split():
            for piece in _pieces(word, width, size):
                longer = f"{current} {piece}" if current else piece
                if current and width_of(longer, size) > width:
                    lines.append(current)
                    longer = piece
                current = longer
        if current:
            lines.append(current)
    return tuple(lines)


def _pieces(word: str, width: float, size: float) -> list[str]:
    if width_of(word, size) <= width:
        return [word]
    pieces, current = [], ""
    for char in word:
        if current and width_of(current + char, size) > width:
            pieces.append(current)
            current = ""
        current += char
    return [*pieces, current]


def fit(text: str, width: float, height: float, sizes: tuple[float, ...]) -> Block:
    """Set `text` in the largest of `sizes` that fits; in the smallest, cut with an ellipsis."""
    for size in sizes:
        lines = wrap(text, width, size)
        broken = any(width_of(word, size) > width for word in text.split())
        if len(lines) * size * LINE <= height and not (broken and size != sizes[-1]):
            return Block(_balanced(text, lines, width, size), size)
    room = max(1, int(height / (sizes[-1] * LINE)))
    return Block(_cut(wrap(text, width, sizes[-1]), room), sizes[-1])


def _balanced(text: str, lines: tuple[str, ...], width: float, size: float) -> tuple[str, ...]:
    """Narrow the column while the number of lines stays: "a b c / d" becomes "a b / c d"."""
    if len(lines) < 2 or "\n" in text:
        return lines
    best = lines
    narrower = width
    while narrower > width * 0.55:
        narrower -= width * 0.05
        if any(width_of(word, size) > narrower for word in text.split()):
            break
        tried = wrap(text, narrower, size)
        if len(tried) != len(lines):
            break
        best = tried
    return best


def _cut(lines: tuple[str, ...], room: int) -> tuple[str, ...]:
    if len(lines) <= room:
        return lines
    kept = list(lines[:room])
    kept[-1] = kept[-1][:-1].rstrip(" ,.;") + "…" if len(kept[-1]) > 4 else kept[-1] + "…"
    return tuple(kept)
