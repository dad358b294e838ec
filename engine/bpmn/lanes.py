"""Lanes by who does the steps: one lane a role, drawn in the order in which a dossier meets them.

Points between steps (choices, waits, ends) stand in the lane of the step before them. A diagram that is
more than one plain process is left as it is, in a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from lxml import etree

from engine.bpmn.drawn import route, write_picture
from engine.bpmn.extensions import BPMN, MC, scan_steps
from engine.bpmn.layout import lay_out
from engine.bpmn.lint.diagram import Diagram, Node
from engine.bpmn.picture import Box, Edge, Picture, Shape
from engine.bpmn.xml import parse_xml
from engine.domain.texts import Text
from engine.errors import Refused

COLUMN, ROW = 160.0, 112.0
LEFT, HEAD = 30.0, 30.0
MARGIN = 40.0
NOBODY = Text("Chưa giao", "Nobody yet")


class NoLanes(Refused):
    """The diagram is not one plain process."""

    code = "no_lanes"
    vi = "Chỉ chia làn được cho sơ đồ một quy trình, không có nhóm bước; hãy tự vẽ làn cho sơ đồ này."
    en = "Lanes can be made only for a single process without groups of steps; draw them by hand here."


def with_lanes(xml: bytes, roles: Mapping[str, Text]) -> bytes:
    """Return the diagram with a lane for each role, and a new picture of it.

    Args:
        roles: What the role codes are called.

    Raises:
        NoLanes: If there are several processes, pools or sub-processes.
        BadXml: If the bytes cannot be read.
    """
    diagram = Diagram(parse_xml(xml))
    processes = [one for one in diagram.processes if one.nodes]
    if len(processes) != 1 or len(diagram.scopes) != 1 or sum(1 for _ in diagram.of_kind("participant")) > 1:
        raise NoLanes("one plain process", f"{len(diagram.scopes)} scopes")
    process = processes[0]
    lanes = _lanes(diagram, process.nodes)
    pool = _pool(diagram.root, process.xml)
    rows = _write_lanes(diagram.root, process.xml, lanes, roles)
    write_picture(diagram.root, _picture(diagram, process.nodes, pool, rows))
    return etree.tostring(diagram.root, encoding="UTF-8", xml_declaration=True)


def _lanes(diagram: Diagram, nodes: list[Node]) -> dict[str, list[Node]]:
    """Return the nodes of each role, in the order of first meeting."""
    steps = scan_steps(diagram.root).steps
    found: dict[str, list[Node]] = {}
    role_of: dict[Node, str] = {}
    ahead = [node for node in nodes if node.kind == "startEvent"] + list(nodes)
    seen: set[Node] = set()
    while ahead:
        node = ahead.pop(0)
        if node in seen:
            continue
        seen.add(node)
        step = steps.get(node.id)
        role = step.role if step and step.role else ""
        after = list(diagram.next_nodes(node))
        if not role and node.host is not None:
            role = role_of.get(node.host, "")
        if not role:
            before = next((flow.source for flow in node.incoming if flow.source in role_of), None)
            role = role_of.get(before, "") if before is not None else ""
        if not role and node.kind == "startEvent":
            role = next((steps[one.id].role for one in after if one.id in steps), "")
        role_of[node] = role
        found.setdefault(role, []).append(node)
        ahead[0:0] = [*node.boundaries, *(one for one in after if one not in seen)]
    return found


def _pool(root: Any, process: Any) -> Any:
    pool = next(root.iter(f"{{{BPMN}}}participant"), None)
    if pool is not None:
        return pool
    together = root.makeelement(f"{{{BPMN}}}collaboration", {"id": _free(root, "Collaboration")})
    pool = etree.SubElement(
        together,
        f"{{{BPMN}}}participant",
        {"id": _free(root, "Pool"), "name": process.get("name") or "", "processRef": process.get("id")},
    )
    root.insert(list(root).index(process), together)
    return pool


def _write_lanes(
    root: Any, process: Any, lanes: Mapping[str, list[Node]], roles: Mapping[str, Text]
) -> list[tuple[Any, list[Node]]]:
    for old in process.findall(f"{{{BPMN}}}laneSet"):
        process.remove(old)
    whole = process.makeelement(f"{{{BPMN}}}laneSet", {"id": _free(root, "Lanes")})
    at = sum(1 for one in process if one.tag.rpartition("}")[2] in ("documentation", "extensionElements"))
    process.insert(at, whole)
    rows = []
    for number, (role, nodes) in enumerate(lanes.items(), 1):
        name = roles.get(role, Text(role)) if role else NOBODY
        lane = etree.SubElement(
            whole, f"{{{BPMN}}}lane", {"id": _free(root, f"Lane_{number}"), "name": name.vi}
        )
        if name.en:
            holder = etree.SubElement(lane, f"{{{BPMN}}}extensionElements")
            etree.SubElement(holder, f"{{{MC}}}text", {"lang": "en", "name": name.en})
        for node in nodes:
            etree.SubElement(lane, f"{{{BPMN}}}flowNodeRef").text = node.id
        rows.append((lane, nodes))
    return rows


def _picture(diagram: Diagram, nodes: list[Node], pool: Any, rows: list[tuple[Any, list[Node]]]) -> Picture:
    """Keep the columns of the usual picture; rows go into their lanes."""
    plain = {shape.id: shape.box for shape in lay_out(diagram).shapes}
    lefts = sorted({round(plain[node.id].middle[0]) for node in nodes if node.host is None})
    columns = {x: at for at, x in enumerate(lefts)}
    boxes: dict[str, Box] = {}
    picture = Picture()
    top = 0.0
    for lane, members in rows:
        taken: dict[int, int] = defaultdict(int)
        for node in sorted((one for one in members if one.host is None), key=lambda one: plain[one.id].y):
            column = columns[round(plain[node.id].middle[0])]
            box = plain[node.id]
            x = LEFT + HEAD + MARGIN + column * COLUMN + COLUMN / 2
            y = top + taken[column] * ROW + ROW / 2 + 6
            boxes[node.id] = Box(x - box.width / 2, y - box.height / 2, box.width, box.height)
            taken[column] += 1
        height = max([*taken.values(), 1]) * ROW + 12
        width = MARGIN * 2 + len(columns) * COLUMN
        picture.shapes.append(Shape(xml=lane, box=Box(LEFT + HEAD, top, width, height)))
        top += height
    whole = Box(LEFT, 0.0, HEAD + MARGIN * 2 + len(columns) * COLUMN, top)
    picture.shapes.insert(0, Shape(xml=pool, box=whole))
    for node in nodes:
        if node.host is not None and node.host.id in boxes:
            host, at = boxes[node.host.id], node.host.boundaries.index(node)
            boxes[node.id] = Box(host.right - 42 - at * 42, host.bottom - 18, 36, 36)
    picture.shapes.extend(Shape(xml=node.xml, box=boxes[node.id]) for node in nodes if node.id in boxes)
    for flow in diagram.flows:
        if flow.source and flow.target and flow.source.id in boxes and flow.target.id in boxes:
            points = route(
                boxes[flow.source.id], boxes[flow.target.id], from_below=flow.source.host is not None
            )
            picture.edges.append(Edge(xml=flow.xml, points=tuple(points)))
    return picture


def _free(root: Any, stem: str) -> str:
    taken = set(root.xpath("//@id"))
    return (
        stem
        if stem not in taken
        else next(f"{stem}_{n}" for n in range(2, 100_000) if f"{stem}_{n}" not in taken)
    )
