"""A picture written into a diagram that has none, so that tools which need one can open it."""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.bpmn.layout import lay_out
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.picture import DC, DD, DI, Box, Picture
from engine.bpmn.xml import parse_xml

APART = 18.0  # between a line and the boxes that it goes around
PARTS = (f"{{{DI}}}BPMNDiagram",)


def with_picture(xml: bytes) -> bytes:
    """Return the diagram with a picture; the same bytes where it has one.

    Raises:
        BadXml: If the bytes cannot be read.
    """
    diagram = Diagram(parse_xml(xml))
    if Picture.read(diagram).has_nodes:
        return xml
    return laid_out(xml)


def laid_out(xml: bytes) -> bytes:
    """Return the diagram with a new picture in place of the one it has.

    Lanes are left out of the picture; `engine.bpmn.lanes` draws them.
    """
    diagram = Diagram(parse_xml(xml))
    write_picture(diagram.root, lay_out(diagram))
    return etree.tostring(diagram.root, encoding="UTF-8", xml_declaration=True)


def write_picture(root: Any, picture: Picture) -> None:
    """Replace the pictures of a tree by one."""
    for old in list(root.iter(*PARTS)):
        old.getparent().remove(old)
    plane = _plane_for(root)
    for shape in picture.shapes:
        drawn = etree.SubElement(
            plane, f"{{{DI}}}BPMNShape", {"id": f"{shape.id}_di", "bpmnElement": shape.id}
        )
        if shape.kind in ("participant", "lane"):
            drawn.set("isHorizontal", "true")
        _bounds(drawn, shape.box)
        if shape.label is not None:
            _bounds(etree.SubElement(drawn, f"{{{DI}}}BPMNLabel"), shape.label)
    for edge in picture.edges:
        drawn = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", {"id": f"{edge.id}_di", "bpmnElement": edge.id})
        for x, y in edge.points:
            etree.SubElement(drawn, f"{{{DD}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})


def route(start: Box, end: Box, *, from_below: bool) -> list[tuple[float, float]]:
    """Return the corners of a line of level and upright parts."""
    (sx, sy), (ex, ey) = start.middle, end.middle
    if from_below:
        if end.x > sx + APART and ey > start.bottom:
            return [(sx, start.bottom), (sx, ey), (end.x, ey)]
        low = max(start.bottom, end.bottom) + APART
        return [(sx, start.bottom), (sx, low), (ex, low), (ex, end.bottom)]
    if end.x >= start.right + 10:
        if abs(sy - ey) < 1:
            return [(start.right, sy), (end.x, ey)]
        turn = (start.right + end.x) / 2
        return [(start.right, sy), (turn, sy), (turn, ey), (end.x, ey)]
    if end.y >= start.bottom + 10 and abs(sx - ex) < 1:
        return [(sx, start.bottom), (ex, end.y)]
    low = max(start.bottom, end.bottom) + APART + 6
    return [(sx, start.bottom), (sx, low), (ex, low), (ex, end.bottom)]


def _plane_for(root: Any) -> Any:
    for prefix, uri in (("bpmndi", DI), ("dc", DC), ("di", DD)):
        etree.register_namespace(prefix, uri)
    subject = next(
        (one for kind in ("collaboration", "process") for one in root if one.tag.endswith("}" + kind)), None
    )
    whole = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "Diagram"})
    about = {} if subject is None else {"bpmnElement": subject.get("id")}
    return etree.SubElement(whole, f"{{{DI}}}BPMNPlane", {"id": "Plane", **about})


def _bounds(parent: Any, box: Box) -> None:
    sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(parent, f"{{{DC}}}Bounds", {side: f"{value:g}" for side, value in sides.items()})
