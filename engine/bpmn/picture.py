"""What a diagram looks like: shapes and edges with their places, from the drawing in the file.

A diagram without a drawing gets one from `layout`. Numbers that make no sense leave a shape out;
a picture is a courtesy and never a reason to fail.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.lint.diagram import Diagram, bpmn_children, child_of, is_true, plain, text_of

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"

# Farther out nothing is drawn by people; a shape there would make the rest a dot.
FARTHEST = 100_000.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def grown(self, by: float) -> Box:
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def meets(self, other: Box) -> bool:
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box | None:
        """Return the smallest box that holds all, or None when there are none."""
        every = list(boxes)
        if not every:
            return None
        x, y = min(box.x for box in every), min(box.y for box in every)
        return cls(x, y, max(box.right for box in every) - x, max(box.bottom for box in every) - y)

    @classmethod
    def of_points(cls, points: Iterable[Point]) -> Box | None:
        return cls.around(cls(x, y, 0, 0) for x, y in points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One element with its place.

    Attributes:
        xml: The element; its kind, name and markers are read from it.
        label: Where the drawing puts the name, for events and gateways.
        is_expanded: A sub-process whose steps are drawn inside it.
        is_horizontal: A pool or lane whose name stands at its left.
    """

    xml: Any
    box: Box
    label: Box | None = None
    is_expanded: bool = False
    is_horizontal: bool = True

    @property
    def id(self) -> str:
        return self.xml.get("id") or ""

    @property
    def kind(self) -> str:
        return local_name(self.xml)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    xml: Any
    points: tuple[Point, ...]
    label: Box | None = None

    @property
    def id(self) -> str:
        return self.xml.get("id") or ""

    @property
    def kind(self) -> str:
        return local_name(self.xml)


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes from the back to the front, and edges."""

    shapes: list[Shape] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    @classmethod
    def read(cls, diagram: Diagram) -> Self:
        """Read the drawing of a diagram; without a usable one it is empty."""
        plane = _first_plane(diagram)
        if plane is None:
            return cls()
        hidden = set(_hidden(diagram, plane))
        picture = cls()
        for drawn in plane.iterchildren(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge"):
            xml = diagram.named(drawn.get("bpmnElement"))
            if xml is None or xml in hidden:
                continue
            if local_name(drawn) == "BPMNShape":
                picture.shapes.extend(_shape(drawn, xml))
            else:
                picture.edges.extend(_edge(drawn, xml))
        picture.shapes.sort(key=_depth)
        return picture

    @property
    def has_nodes(self) -> bool:
        return any(shape.kind not in ("participant", "lane") for shape in self.shapes)

    @property
    def bounds(self) -> Box | None:
        boxes = [shape.box for shape in self.shapes]
        boxes += [box for edge in self.edges if (box := Box.of_points(edge.points))]
        boxes += [one.label for one in (*self.shapes, *self.edges) if one.label]
        return Box.around(boxes)


def _first_plane(diagram: Diagram) -> Any:
    """Return the plane with most shapes; the others show collapsed sub-processes from inside."""
    planes = list(diagram.root.iter(f"{{{DI}}}BPMNPlane"))
    return max(planes, key=len) if planes else None


def _hidden(diagram: Diagram, plane: Any) -> Iterator[Any]:
    """Yield what stands inside a collapsed sub-process: it is not shown, though it may be placed."""
    for drawn in plane.iterchildren(f"{{{DI}}}BPMNShape"):
        xml = diagram.named(drawn.get("bpmnElement"))
        if xml is not None and is_sub_process(xml) and not is_true(drawn, "isExpanded"):
            yield from xml.iterdescendants(f"{{{BPMN}}}*")


def is_sub_process(xml: Any) -> bool:
    return local_name(xml) in ("subProcess", "transaction", "adHocSubProcess")


def _shape(drawn: Any, xml: Any) -> Iterator[Shape]:
    box = _box(drawn.find(f"{{{DC}}}Bounds"))
    if box is not None:
        yield Shape(
            xml=xml,
            box=box,
            label=_label(drawn),
            is_expanded=is_sub_process(xml) and is_true(drawn, "isExpanded"),
            is_horizontal=is_true(drawn, "isHorizontal", default=box.width >= box.height),
        )


def _edge(drawn: Any, xml: Any) -> Iterator[Edge]:
    points = [_point(one) for one in drawn.iterchildren(f"{{{DD}}}waypoint")]
    known = tuple(point for point in points if point is not None)
    if len(known) >= 2 and len(known) == len(points):
        yield Edge(xml=xml, points=known, label=_label(drawn))


def _label(drawn: Any) -> Box | None:
    label = drawn.find(f"{{{DI}}}BPMNLabel")
    return None if label is None else _box(label.find(f"{{{DC}}}Bounds"))


def _box(bounds: Any) -> Box | None:
    if bounds is None:
        return None
    numbers = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
    if None in numbers or numbers[2] <= 0 or numbers[3] <= 0:  # type: ignore[operator]
        return None
    return Box(*numbers)  # type: ignore[arg-type]


def _point(waypoint: Any) -> Point | None:
    x, y = _number(waypoint.get("x")), _number(waypoint.get("y"))
    return None if x is None or y is None else (x, y)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= FARTHEST else None


def _depth(shape: Shape) -> tuple[int, int]:
    """Sort key: pools, lanes, then what contains others, then what is attached to others."""
    order = {"participant": 0, "lane": 1, "group": 9, "boundaryEvent": 8}
    rank = order.get(shape.kind, 3 if shape.is_expanded else 5)
    return rank, sum(1 for _ in shape.xml.iterancestors())


# --- what is said about an element ------------------------------------------------------------


def name_of(xml: Any, language: str) -> str:
    """Return the name of an element in a language, its only name where there is no other."""
    said = xml.get("name") or ""
    if local_name(xml) == "textAnnotation":
        said = text_of(child_of(xml, "text"))
    if language == "en":
        extensions = child_of(xml, "extensionElements")
        for text in () if extensions is None else extensions.iterchildren(f"{{{MC}}}text"):
            if text.get("lang") == "en":
                said = text.get("name") or said
    return " ".join(said.split()) if local_name(xml) != "textAnnotation" else said.strip()


def markers_of(xml: Any) -> list[str]:
    """Return the small signs at the foot of an activity: loop, parallel, sequential, …"""
    found = []
    for loop in bpmn_children(xml, "standardLoopCharacteristics", "multiInstanceLoopCharacteristics"):
        if local_name(loop) == "standardLoopCharacteristics":
            found.append("loop")
        else:
            found.append("sequential" if is_true(loop, "isSequential") else "parallel")
    if is_true(xml, "isForCompensation"):
        found.append("compensate")
    if local_name(xml) == "adHocSubProcess":
        found.append("ad_hoc")
    return found


def trigger_of(diagram: Diagram, xml: Any) -> str:
    """Return the kind of an event: "timer", "message", … , "multiple", or ""."""
    node = diagram.node(xml.get("id"))
    kinds = [] if node is None else node.triggers
    if len(kinds) > 1:
        return "parallel_multiple" if is_true(xml, "parallelMultiple") else "multiple"
    return kinds[0] if kinds else ""


def host_name(xml: Any) -> str:
    return plain(xml.get("attachedToRef"))
