"""A draft's drawing as the outline changes it: steps put in and taken out, and a place for them on the sheet.

Whatever stands on the sheet stays where it is; a new box gets the nearest free place after the one before
it. A drawing without a picture gets none here: `engine.bpmn.drawn` makes one when somebody wants to see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.bpmn.drawn import route
from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.lint.groups import SUB_PROCESSES
from engine.bpmn.picture import DC, DD, DI, Box
from engine.bpmn.repair.draft import Draft, is_node

STEP = (100.0, 80.0)
GATEWAY = (50.0, 50.0)
EVENT = (36.0, 36.0)
GROUP = (320.0, 150.0)
APART = 50.0  # between a box and the next
CLEAR = 18.0  # nothing comes nearer to a new box than this
ROW = 120.0
MOST_ROWS, MOST_COLUMNS = 12, 12  # where a free place is looked for


class Sheet(Draft):
    """The tree of one draft; `bytes` writes it."""

    def __init__(self, xml: bytes) -> None:
        super().__init__(xml, frozenset(), {})

    # --- looking ---------------------------------------------------------------------------------

    def boundaries(self, node: Any) -> list[Any]:
        return [one for one in self.all("boundaryEvent") if one.get("attachedToRef") == node.get("id")]

    def target(self, flow: Any) -> Any:
        return self.find(flow.get("targetRef"))

    def source(self, flow: Any) -> Any:
        return self.find(flow.get("sourceRef"))

    # --- changing --------------------------------------------------------------------------------

    def insert(self, flow: Any, kind: str, **attributes: str) -> Any:
        """Put a new node on a flow: what led to its end leads to the new node, which leads on."""
        source, target = self.source(flow), self.target(flow)
        node = self.add_after(source, kind, before=target, **attributes)
        self.redirect(flow, target=node)
        self.connect(node, target)
        return node

    def append(self, source: Any, kind: str, **attributes: str) -> Any:
        """Put a new node behind one, on a way of its own."""
        node = self.add_after(source, kind, **attributes)
        self.connect(source, node)
        return node

    def add_after(self, beside: Any, kind: str, *, before: Any = None, **attributes: str) -> Any:
        """Put a node into the scope of another, at the nearest free place behind it; connect nothing."""
        node = self.make(kind, id=self.new_id(_PREFIX.get(kind, "Step")), **attributes)
        anchor = self.find(beside.get("attachedToRef")) if local_name(beside) == "boundaryEvent" else beside
        (anchor if anchor is not None else beside).addnext(node)
        box = self._free_place(_size(kind), beside, before)
        if box is not None:
            self._put_shape(node, box)
            self._widen(node, box)
        self._list_in_lane(node, beside, box)
        return node

    def attach(self, host: Any, **attributes: str) -> Any:
        """Put a boundary event onto a step, at its lower edge."""
        number = len(self.boundaries(host))
        event = self.make(
            "boundaryEvent", id=self.new_id("Event"), attachedToRef=host.get("id"), **attributes
        )
        host.addnext(event)
        box = self.box(host)
        if box is not None:
            x = box.right - 24 - number * 42
            self._put_shape(event, Box(x - EVENT[0] / 2, box.bottom - EVENT[1] / 2, *EVENT))
        self._list_in_lane(event, host, box)
        return event

    def take_out(self, node: Any) -> None:
        """Remove a node; what led to it leads to where its first way led, if it led somewhere else."""
        onward = next((self.target(one) for one in self.outgoing(node)), None)
        for event in self.boundaries(node):
            self.remove(event)
        if onward is not None and onward is not node:
            self.bridge(node, onward)
        self.remove(node)

    def carry(self, node: Any, beside: Any) -> None:
        """Bring a node into the scope of another, to the nearest free place behind it, with all in and on it.

        Flows to and from it are the caller's; those inside it come along.
        """
        for moved in (node, *self.boundaries(node)):
            for one in list(self.all("flowNodeRef")):
                if (one.text or "").strip() == moved.get("id"):
                    one.getparent().remove(one)
        old = self.box(node)
        new = self._free_place((old.width, old.height), beside, None) if old else None
        anchor = self.find(beside.get("attachedToRef")) if local_name(beside) == "boundaryEvent" else beside
        for moved in (*reversed(self.boundaries(node)), node):
            anchor.addnext(moved)
        if old and new:
            for moved in (node, *self.boundaries(node)):
                self._shift(moved, new.x - old.x, new.y - old.y)
            self._widen(node, new)
        for moved in (node, *self.boundaries(node)):
            self._list_in_lane(moved, beside, new)

    def bridge(self, node: Any, onward: Any) -> None:
        """Let everything that leads to a node lead to another one instead."""
        for flow in self.incoming(node):
            if self.source(flow) is not node and self.source(flow) is not onward:
                self.redirect(flow, target=onward)

    # --- the picture -----------------------------------------------------------------------------

    def box(self, node: Any) -> Box | None:
        found = self._box(node.get("id"))
        return Box(*found) if found else None

    def _plane(self) -> Any:
        return next(self.root.iter(f"{{{DI}}}BPMNPlane"), None)

    def draw_at(self, node: Any, box: Box) -> None:
        """Give a node a place that the caller knows to be free."""
        self._put_shape(node, box)

    def _put_shape(self, node: Any, box: Box) -> None:
        plane = self._plane()
        if plane is None:
            return
        shape = etree.SubElement(
            plane, f"{{{DI}}}BPMNShape", {"id": f"{node.get('id')}_di", "bpmnElement": node.get("id")}
        )
        if local_name(node) in SUB_PROCESSES:
            shape.set("isExpanded", "true")
        sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        etree.SubElement(shape, f"{{{DC}}}Bounds", {side: f"{value:g}" for side, value in sides.items()})

    def _shift(self, node: Any, right: float, down: float) -> None:
        """Move the pictures of a node and of all that stands in it."""
        within = {one.get("id") for one in node.iter(f"{{{BPMN}}}*")} - {None}
        for picture in self.root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge"):
            if picture.get("bpmnElement") in within:
                for point in picture.iter(f"{{{DC}}}Bounds", f"{{{DD}}}waypoint"):
                    point.set("x", f"{float(point.get('x') or 0) + right:g}")
                    point.set("y", f"{float(point.get('y') or 0) + down:g}")

    def _free_place(self, size: tuple[float, float], beside: Any, before: Any) -> Box | None:
        start = self.box(beside)
        if start is None or self._plane() is None:
            return None
        taken = [box.grown(CLEAR) for box in self._boxes(beside)]
        for box in _places(size, start, self.box(before) if before is not None else None):
            if not any(box.meets(one) for one in taken):
                return box
        return Box(start.right + APART, start.bottom + MOST_ROWS * ROW, *size)

    def _boxes(self, beside: Any) -> Iterator[Box]:
        """Yield what stands on the sheet, without the pools, lanes and sub-processes around a box."""
        around = set(beside.iterancestors())
        for one in self.root.iter(f"{{{BPMN}}}*"):
            if is_node(one) and one not in around and (box := self.box(one)):
                yield box

    def _draw(self, node: Any, beside: Any, after: bool) -> None:
        box = self._free_place(_size(local_name(node)), beside, None)
        if box is not None:
            self._put_shape(node, box)

    def _draw_edge(self, flow: Any) -> None:
        ends = [self.find(flow.get(side)) for side in ("sourceRef", "targetRef")]
        plane = self._plane()
        if plane is None or None in ends:
            return
        start, end = (self.box(one) for one in ends)
        if start is None or end is None:
            return
        edge = etree.SubElement(
            plane, f"{{{DI}}}BPMNEdge", {"id": f"{flow.get('id')}_di", "bpmnElement": flow.get("id")}
        )
        for x, y in route(start, end, from_below=local_name(ends[0]) == "boundaryEvent"):
            etree.SubElement(edge, f"{{{DD}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})

    # --- pools and lanes -------------------------------------------------------------------------

    def _widen(self, node: Any, box: Box) -> None:
        """Let groups, the pool and its lanes reach around a new box; they grow, nothing moves."""
        for group in node.iterancestors(*(f"{{{BPMN}}}{kind}" for kind in SUB_PROCESSES)):
            held = self.box(group)
            if held is not None:
                right, bottom = max(held.right, box.right + CLEAR), max(held.bottom, box.bottom + CLEAR)
                self._resize(group, right - held.x, bottom - held.y)
                box = Box(held.x, held.y, right - held.x, bottom - held.y)
        process = self.process_of(node)
        pool = next(
            (one for one in self.all("participant") if one.get("processRef") == process.get("id")), None
        )
        if pool is None or (around := self.box(pool)) is None:
            return
        right = max(around.right, box.right + APART)
        bottom = max(around.bottom, box.bottom + CLEAR)
        lanes = [(lane, self.box(lane)) for lane in process.iter(f"{{{BPMN}}}lane")]
        lowest = max((one.bottom for _, one in lanes if one), default=0)
        for lane, held in lanes:
            if held is not None:
                height = bottom - held.y if held.bottom == lowest else held.height
                self._resize(lane, right - held.x, height)
        self._resize(pool, right - around.x, bottom - around.y)

    def _resize(self, element: Any, width: float, height: float) -> None:
        for shape in self._pictures(element.get("id")):
            bounds = shape.find(f"{{{DC}}}Bounds")
            if bounds is not None:
                bounds.set("width", f"{width:g}")
                bounds.set("height", f"{height:g}")

    def _list_in_lane(self, node: Any, beside: Any, box: Box | None) -> None:
        process = self.process_of(node)
        lanes = list(process.iter(f"{{{BPMN}}}lane"))
        lane = next((one for one in lanes if self._holds(one, box)), None)
        if lane is None:
            lane = next((one for one in lanes if beside.get("id") in _listed(one)), None)
        if lane is not None:
            self.put(lane, "flowNodeRef", node.get("id"))

    def _holds(self, lane: Any, box: Box | None) -> bool:
        around = self.box(lane)
        return bool(around and box and around.y <= box.middle[1] <= around.bottom)


_PREFIX = {
    "exclusiveGateway": "Gateway",
    "parallelGateway": "Gateway",
    "inclusiveGateway": "Gateway",
    "endEvent": "End",
    "intermediateCatchEvent": "Event",
    "intermediateThrowEvent": "Event",
}


def _size(kind: str) -> tuple[float, float]:
    if kind.endswith("Gateway"):
        return GATEWAY
    if kind in SUB_PROCESSES:
        return GROUP
    return EVENT if kind.endswith("Event") else STEP


def _places(size: tuple[float, float], start: Box, end: Box | None) -> Iterator[Box]:
    """Yield places for a box, the best first: between the two, else right of the first, row by row."""
    width, height = size
    middle = start.middle[1]
    if end is not None and end.x - start.right >= width + 2 * CLEAR:
        yield Box((start.right + end.x) / 2 - width / 2, middle - height / 2, width, height)
    for column in range(MOST_COLUMNS):
        x = start.right + APART + column * (STEP[0] + APART)
        for row in range(MOST_ROWS):
            y = middle + row * ROW - height / 2
            yield Box(x, y, width, height)


def _listed(lane: Any) -> set[str]:
    return {(one.text or "").strip() for one in lane.iterchildren(f"{{{BPMN}}}flowNodeRef")}
