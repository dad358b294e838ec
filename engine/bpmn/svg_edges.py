"""Lines of a picture: flows with rounded bends and arrowheads, and their names."""

from __future__ import annotations

import itertools
import math
from html import escape

from engine.bpmn.lint.diagram import child_of, plain
from engine.bpmn.picture import Edge, Point, name_of
from engine.bpmn.svg_icons import SIGNS
from engine.bpmn.svg_paint import INK_2, INK_3, PAPER, PLAIN, Sheet, lines, number
from engine.bpmn.svg_text import fit

_BEND = 8.0
_ARROW = 9.0
_SIZES = (11.0, 10.5, 10.0)
_DASHES = {"missed": "6 5", "removed": "3 4"}
_BADGED = frozenset({"added", "removed", "changed"})
_DOTTED = frozenset({"association", "dataInputAssociation", "dataOutputAssociation", "conversationLink"})


def draw_edge(sheet: Sheet, edge: Edge) -> str:
    """Return one line; a flow that a dossier took is painted like what it has done."""
    mark = sheet.marks.get(edge.id, "")
    tone = sheet.tone(edge.id)
    colour = tone.strong if mark else INK_3
    width = 2.0 if mark else 1.4
    name = name_of(edge.xml, sheet.language)
    classes = f"bpmn-flow bpmn-{edge.kind}" + (f" is-{mark}" if mark else "")
    return (
        f'<g class="{classes}" data-id="{escape(edge.id)}">'
        + (f"<title>{escape(name)}</title>" if name else "")
        + _line(edge, colour, width, _DASHES.get(mark, ""))
        + (_badge(edge, mark, tone.strong) if mark in _BADGED else "")
        + "</g>"
    )


def _badge(edge: Edge, mark: str, colour: str) -> str:
    """Return the sign on the longest leg: colour is never the only sign."""
    legs = zip(edge.points, edge.points[1:], strict=False)
    start, end = max(legs, key=lambda leg: math.dist(*leg))
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    return (
        f'<g class="bpmn-sign" transform="translate({number(x)} {number(y)})">'
        f'<circle r="8" fill="{colour}" stroke="{PAPER}" stroke-width="1.5"/>'
        f'<path d="{SIGNS[mark]}" stroke="{PAPER}" stroke-width="2"/></g>'
    )


def _line(edge: Edge, colour: str, width: float, dashes: str = "") -> str:
    points = list(edge.points)
    if edge.kind == "messageFlow":
        return (
            _path(_short_of(points, _ARROW), colour, 1.3, "6 5")
            + _circle(points[0], colour)
            + _arrow(points, colour, PAPER)
        )
    if edge.kind in _DOTTED:
        has_arrow = edge.kind.startswith("data") or edge.xml.get("associationDirection") in ("One", "Both")
        return _path(points, colour, 1.2, "1 4") + (_open_arrow(points, colour) if has_arrow else "")
    return (
        _path(_short_of(points, _ARROW - 2), colour, width, dashes)
        + _arrow(points, colour, colour)
        + _start_sign(edge, points, colour)
    )


def _path(points: list[Point], colour: str, width: float, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{_rounded(points)}" stroke="{colour}" stroke-width="{number(width)}"{dashed}/>'


def _rounded(points: list[Point]) -> str:
    """Return the way through the points with bends rounded as far as their legs are long."""
    found = f"M{_at(points[0])}"
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_BEND, math.dist(before, point) / 2, math.dist(point, after) / 2)
        if radius < 0.5:
            found += f"L{_at(point)}"
            continue
        found += f"L{_at(_towards(point, before, radius))}Q{_at(point)} {_at(_towards(point, after, radius))}"
    return found + f"L{_at(points[-1])}"


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _towards(start: Point, goal: Point, distance: float) -> Point:
    length = math.dist(start, goal)
    if length == 0:
        return start
    part = distance / length
    return start[0] + (goal[0] - start[0]) * part, start[1] + (goal[1] - start[1]) * part


def _short_of(points: list[Point], distance: float) -> list[Point]:
    """Return the way ending a little before its end, so that the line does not stick out of the arrow."""
    last = _towards(points[-1], points[-2], min(distance, math.dist(points[-1], points[-2]) * 0.9))
    return [*points[:-1], last]


def _direction(points: list[Point]) -> tuple[float, float]:
    (x1, y1), (x2, y2) = points[-2], points[-1]
    length = math.dist(points[-2], points[-1]) or 1.0
    return (x2 - x1) / length, (y2 - y1) / length


def _arrow(points: list[Point], colour: str, fill: str) -> str:
    (x, y), (dx, dy) = points[-1], _direction(points)
    back, side = (x - dx * _ARROW, y - dy * _ARROW), (-dy * 4.2, dx * 4.2)
    left, right = (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])
    return (
        f'<path d="M{_at(points[-1])}L{_at(left)}L{_at(right)}Z" fill="{fill}" stroke="{colour}" '
        'stroke-width="1"/>'
    )


def _open_arrow(points: list[Point], colour: str) -> str:
    (x, y), (dx, dy) = points[-1], _direction(points)
    back, side = (x - dx * 8, y - dy * 8), (-dy * 4, dx * 4)
    left, right = (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])
    return f'<path d="M{_at(left)}L{_at(points[-1])}L{_at(right)}" stroke="{colour}" stroke-width="1.2"/>'


def _circle(point: Point, colour: str) -> str:
    return (
        f'<circle cx="{number(point[0])}" cy="{number(point[1])}" r="3.5" fill="{PAPER}" '
        f'stroke="{colour}" stroke-width="1.2"/>'
    )


def _start_sign(edge: Edge, points: list[Point], colour: str) -> str:
    """A stroke across a default flow; a diamond where an activity chooses by a condition."""
    source = edge.xml.getparent()
    ident = plain(edge.xml.get("sourceRef"))
    owner = next((one for one in source if one.get("id") == ident), None) if source is not None else None
    if owner is None:
        return ""
    if plain(owner.get("default")) == edge.id and edge.id:
        (x, y), (dx, dy) = _towards(points[0], points[1], 12), _direction(points[:2])
        start, end = (x - dx * 4 - dy * 5, y - dy * 4 + dx * 5), (x + dx * 4 + dy * 5, y + dy * 4 - dx * 5)
        return f'<path d="M{_at(start)}L{_at(end)}" stroke="{colour}" stroke-width="1.6"/>'
    is_choice = str(owner.tag).endswith(("Task", "}task", "ubProcess", "callActivity", "transaction"))
    if is_choice and child_of(edge.xml, "conditionExpression") is not None:
        (x, y), (dx, dy) = points[0], _direction(points[:2])
        middle, far = (x + dx * 7, y + dy * 7), (x + dx * 14, y + dy * 14)
        left, right = (
            (middle[0] - dy * 4.5, middle[1] + dx * 4.5),
            (middle[0] + dy * 4.5, middle[1] - dx * 4.5),
        )
        return (
            f'<path d="M{_at((x, y))}L{_at(left)}L{_at(far)}L{_at(right)}Z" fill="{PAPER}" '
            f'stroke="{colour}" stroke-width="1.2"/>'
        )
    return ""


# --- names ------------------------------------------------------------------------------------


def draw_edge_label(sheet: Sheet, edge: Edge) -> str:
    """Return the name of a flow where the drawing puts it, else at its longest leg."""
    name = name_of(edge.xml, sheet.language)
    if not name:
        return ""
    colour = sheet.tone(edge.id).strong if sheet.tone(edge.id) is not PLAIN else INK_2
    if edge.label is not None:
        block = fit(name, max(edge.label.width + 16, 80), max(edge.label.height + 16, 42), _SIZES)
        return lines(block, edge.label.middle[0], edge.label.y, fill=colour, halo=True)
    start, end = _best_leg(edge.points)
    block = fit(name, 110, 42, _SIZES)
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if abs(start[1] - end[1]) <= abs(start[0] - end[0]):
        return lines(block, x, y - block.height - 3, fill=colour, halo=True)
    return lines(block, x + 6, y - block.height / 2, fill=colour, anchor="start", halo=True)


def _best_leg(points: tuple[Point, ...]) -> tuple[Point, Point]:
    """Return the first leg long enough for a name, else the longest: a choice is read where it begins."""
    legs = list(itertools.pairwise(points))
    roomy = (leg for leg in legs[:2] if abs(leg[0][0] - leg[1][0]) >= 56)
    return next(roomy, max(legs, key=lambda leg: math.dist(*leg)))
