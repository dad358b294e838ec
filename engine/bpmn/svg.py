"""A diagram as inline SVG: for lists, print, and the page of a dossier with its steps marked.

The picture holds no script, no style sheet and no ids, so that it can stand several times on a page
under a strict content policy. Colours are the page's custom properties, with fallbacks for where
there are none; every mark has a sign besides its colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from engine.bpmn.extensions import scan_steps
from engine.bpmn.layout import lay_out
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.lint.groups import EVENTS, GATEWAYS
from engine.bpmn.picture import Box, Edge, Picture, Shape, name_of
from engine.bpmn.svg_edges import draw_edge, draw_edge_label
from engine.bpmn.svg_nodes import draw_shape, draw_shape_label
from engine.bpmn.svg_paint import FONT, MARK_WORDS, MARKS, Sheet, number
from engine.bpmn.xml import parse_xml
from engine.domain.texts import Text

_EDGE_OF_PAPER = 24.0
_AROUND_CROP = (150.0, 90.0)
_TITLE = Text("Sơ đồ quy trình", "Diagram of the procedure")
_NAMED_BELOW = EVENTS | GATEWAYS | {"dataObjectReference", "dataStoreReference"}
_EMPTY = Box(0, 0, 320, 80)


def draw(
    xml: bytes,
    marks: Mapping[str, str] | None = None,
    language: str = "vi",
    crop_to: str | Iterable[str] | None = None,
) -> str:
    """Return the diagram as an `<svg>` element.

    Args:
        marks: By element id: "done", "now", "other" (another agency has it), "late", or for scenarios
            "covered" and "missed".
        crop_to: Ids of elements; the picture then shows them and their surroundings only.

    Raises:
        BadXml: If the bytes are not XML within the bounds.
    """
    return Drawing(xml, language, crop_to).marked(marks or {})


class Drawing:
    """A diagram that is drawn again and again with other marks.

    To read and lay it out is most of the cost, and a step looks the same wherever it has the same mark: both
    are done once.

    Raises:
        BadXml: If the bytes are not XML within the bounds.
    """

    def __init__(self, xml: bytes, language: str = "vi", crop_to: str | Iterable[str] | None = None) -> None:
        self.diagram = Diagram(parse_xml(xml))
        self.picture = Picture.read(self.diagram)
        if not self.picture.has_nodes:
            self.picture = lay_out(self.diagram)
        self.steps = scan_steps(self.diagram.root).steps
        self.language = language
        self.view = view = _view(self.picture, _ids(crop_to))
        shapes = [one for one in self.picture.shapes if _reach(one).meets(view)]
        edges = [one for one in self.picture.edges if _is_in(view, one)]
        behind = [one for one in shapes if one.kind in ("participant", "lane") or one.is_expanded]
        front = [one for one in shapes if one not in behind]
        self._pieces: list[tuple[Callable[[Sheet, Any], str], Shape | Edge]] = [
            *((draw_shape, one) for one in behind),
            *((draw_edge, one) for one in edges),
            *((draw_shape, one) for one in front),
            *((draw_edge_label, one) for one in edges),
            *((draw_shape_label, one) for one in front),
        ]
        self._drawn: dict[tuple[int, str], str] = {}  # place among the pieces, mark

    def marked(self, marks: Mapping[str, str]) -> str:
        """Return the diagram as an `<svg>` element; `marks` as in `draw`."""
        sheet = Sheet(
            diagram=self.diagram,
            steps=self.steps,
            marks={key: mark for key, mark in marks.items() if mark in MARKS},
            language=self.language,
        )
        body = "".join(self._piece(sheet, place) for place in range(len(self._pieces)))
        return _page(sheet, self.view, _said(sheet, self.picture), body)

    def _piece(self, sheet: Sheet, place: int) -> str:
        draw_it, what = self._pieces[place]
        key = (place, sheet.marks.get(what.id, ""))
        found = self._drawn.get(key)
        if found is None:
            found = self._drawn[key] = draw_it(sheet, what)
        return found


def _ids(crop_to: str | Iterable[str] | None) -> set[str]:
    if crop_to is None:
        return set()
    return {crop_to} if isinstance(crop_to, str) else set(crop_to)


def _is_in(view: Box, edge: Edge) -> bool:
    box = Box.of_points(edge.points)
    return bool(box and box.grown(60).meets(view))


def _reach(shape: Shape) -> Box:
    """Where a shape and its name are."""
    return shape.box.grown(40)


def _view(picture: Picture, crop_to: set[str]) -> Box:
    bounds = picture.bounds
    if bounds is None:
        return _EMPTY
    named = (one.box for one in picture.shapes if one.label is None and one.kind in _NAMED_BELOW)
    below = (Box(box.middle[0] - 45, box.bottom, 90, 30) for box in named)
    whole = Box.around([bounds, *below]).grown(_EDGE_OF_PAPER)  # type: ignore[union-attr]
    wanted: list[Shape | Edge] = [one for one in (*picture.shapes, *picture.edges) if one.id in crop_to]
    boxes = [one.box if isinstance(one, Shape) else Box.of_points(one.points) for one in wanted]
    around = Box.around(box for box in boxes if box is not None)
    if around is None:
        return whole
    wide, high = _AROUND_CROP
    left, top = max(whole.x, around.x - wide), max(whole.y, around.y - high)
    right, bottom = min(whole.right, around.right + wide), min(whole.bottom, around.bottom + high)
    return Box(left, top, right - left, bottom - top)


def _said(sheet: Sheet, picture: Picture) -> tuple[str, str]:
    """Return what a screen reader says of the picture: its name, and which steps stand where."""
    named = [one for one in sheet.diagram.of_kind("process", "collaboration") if one.get("name")]
    title = name_of(named[0], sheet.language) if named else ""
    lines = []
    for mark in MARKS:
        names = [
            name_of(one.xml, sheet.language) or one.id
            for one in picture.shapes
            if sheet.marks.get(one.id) == mark
        ]
        if names:
            lines.append(f"{MARK_WORDS[mark].say(sheet.language)}: {', '.join(names)}.")
    kind = _TITLE.say(sheet.language)
    return (f"{kind}: {title}" if title else kind), " ".join(lines)


def _page(sheet: Sheet, view: Box, said: tuple[str, str], body: str) -> str:
    title, description = said
    place = " ".join(number(value) for value in (view.x, view.y, view.width, view.height))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" lang="{escape(sheet.language)}" '
        f'viewBox="{place}" width="{number(view.width)}" height="{number(view.height)}" fill="none" '
        f'stroke-linejoin="round" stroke-linecap="round" font-family="{FONT}">'
        f"<title>{escape(title)}</title>"
        + (f"<desc>{escape(description)}</desc>" if description else "")
        + body
        + "</svg>"
    )
