"""What all parts of a picture share: colours by mark, numbers, text elements, icons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.steps import StepSpec
from engine.bpmn.svg_text import LINE, Block
from engine.domain.texts import Text

MARKS = ("fault", "late", "now", "other", "done", "covered", "missed", "way", "fresh", "added",
         "removed", "changed")  # fmt: skip
MARK_WORDS: Mapping[str, Text] = {
    "late": Text("Quá hạn", "Late"),
    "now": Text("Đang làm", "In progress"),
    "other": Text("Cơ quan khác đang làm", "With another agency"),
    "done": Text("Đã xong", "Done"),
    "covered": Text("Kịch bản đã đi qua", "Covered by a scenario"),
    "missed": Text("Chưa kịch bản nào đi qua", "Not covered by any scenario"),
    "fault": Text("Chỗ có vấn đề", "Where the problem is"),
    "way": Text("Đường đi tới đó", "The way there"),
    "fresh": Text("Lần thử này mới đi qua", "New in this trial"),
    "added": Text("Thêm", "Added"),
    "removed": Text("Bỏ", "Removed"),
    "changed": Text("Thay đổi", "Changed"),
}

FONT = "var(--font, 'Be Vietnam Pro', 'Noto Sans', system-ui, sans-serif)"
INK = "var(--ink, #16222a)"
INK_2 = "var(--ink-2, #44525d)"
INK_3 = "var(--ink-3, #5f6d78)"
PAPER = "var(--paper, #ffffff)"
SUNKEN = "var(--sunken, #f8f9f7)"
LINE_COLOUR = "var(--line-strong, #b5c0bb)"


@dataclass(frozen=True, slots=True)
class Tone:
    """How a mark is painted: `soft` behind, `strong` for border and sign."""

    soft: str
    strong: str
    width: float


PLAIN = Tone(PAPER, INK_2, 1.5)
TONES: Mapping[str, Tone] = {
    "done": Tone("var(--ok-soft, #e5f2e8)", "var(--ok, #21663a)", 1.5),
    "now": Tone("var(--brand-soft, #e4f0ed)", "var(--brand, #0b5a52)", 2.6),
    "other": Tone("var(--blue-soft, #e5eff8)", "var(--blue, #14507f)", 2.2),
    "late": Tone("var(--accent-soft, #fbeae7)", "var(--accent, #ad2118)", 2.6),
    "covered": Tone("var(--ok-soft, #e5f2e8)", "var(--ok, #21663a)", 1.5),
    "missed": Tone("var(--amber-soft, #fbf1dc)", "var(--amber, #8a5a00)", 2.6),
    "fault": Tone("var(--accent-soft, #fbeae7)", "var(--accent, #ad2118)", 2.6),
    "way": Tone("var(--blue-soft, #e5eff8)", "var(--blue, #14507f)", 2.2),
    "fresh": Tone("var(--blue-soft, #e5eff8)", "var(--blue, #14507f)", 2.6),
    "added": Tone("var(--ok-soft, #e5f2e8)", "var(--ok, #21663a)", 2.6),
    "removed": Tone("var(--accent-soft, #fbeae7)", "var(--accent, #ad2118)", 2.6),
    "changed": Tone("var(--amber-soft, #fbf1dc)", "var(--amber, #8a5a00)", 2.6),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the drawing of one element may ask for."""

    diagram: Diagram
    steps: Mapping[str, StepSpec]
    marks: Mapping[str, str]
    language: str

    def tone(self, ident: str) -> Tone:
        return TONES.get(self.marks.get(ident, ""), PLAIN)


def number(value: float) -> str:
    """Return a coordinate with at most one decimal: pictures are long enough."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def lines(
    block: Block,
    x: float,
    top: float,
    *,
    fill: str = INK,
    weight: int = 400,
    anchor: str = "middle",
    halo: bool = False,
) -> str:
    """Return text set from `top` down; with a halo it stays readable on lines."""
    if not block.lines:
        return ""
    around = f' stroke="{PAPER}" stroke-width="4" paint-order="stroke"' if halo else ""
    baseline = top + block.size * (LINE / 2 + 0.36)
    spans = "".join(
        f'<tspan x="{number(x)}" y="{number(baseline + at * block.size * LINE)}">{escape(line)}</tspan>'
        for at, line in enumerate(block.lines)
    )
    return (
        f'<text font-size="{number(block.size)}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{fill}"{around}>{spans}</text>'
    )


def icon(
    path: str, x: float, y: float, size: float, *, colour: str, filled: str = "none", width: float = 1.3
) -> str:
    """Return a drawing of the grid of 16 with its upper left corner at (x, y)."""
    scale = size / 16
    return (
        f'<path d="{path}" transform="translate({number(x)} {number(y)}) scale({scale:.3g})" '
        f'fill="{filled}" stroke="{colour}" stroke-width="{width / scale:.3g}"/>'
    )
