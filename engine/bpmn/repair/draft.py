"""A drawing under repair: elements by id, changed together with their picture, each change on record."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.lint import Finding
from engine.bpmn.xml import parse_xml
from engine.domain.names import is_free
from engine.domain.texts import Text, fold

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
POINTS = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
etree.register_namespace("mc", MC)  # so that what is added has the prefix that people know
ACTIVITIES = ("task", "Task", "callActivity", "subProcess", "adHocSubProcess", "transaction")
NOTHING = Text("")
_SIZES = {"gateway": (50.0, 50.0), "event": (36.0, 36.0)}
_OF_KIND = {  # attributes that only some kinds have
    "parallelMultiple": ("startEvent", "intermediateCatchEvent", "boundaryEvent"),
    "isInterrupting": ("startEvent",),
    "cancelActivity": ("boundaryEvent",),
    "attachedToRef": ("boundaryEvent",),
    "eventGatewayType": ("eventBasedGateway",),
    "instantiate": ("eventBasedGateway", "receiveTask"),
    "calledElement": ("callActivity",),
    "triggeredByEvent": ("subProcess",),
    "gatewayDirection": (),
}
_AHEAD = ("extensionElements", "documentation", "category", "auditing", "monitoring")


@dataclass(frozen=True, slots=True)
class Repair:
    """One change.

    Attributes:
        id: Stable for the same drawing, so that it can be left out or answered.
        rule: Of the linter's finding that asked for it.
        text: What was done, and why that is what the drawing means.
        question: What a person should say, where something had to be taken for granted; else empty.
    """

    id: str
    rule: str
    element: str
    text: Text
    question: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Said:
    """What a repair did, in words; `at` is the element it belongs to, where that is not the finding's own."""

    vi: str
    en: str
    question: Text = NOTHING
    at: str = ""


class Draft:
    """The tree that repairs are made in.

    Attributes:
        done: What was made so far.
        rule, answer: The rule of the finding that is being mended, and what a person said about it.
    """

    def __init__(self, xml: bytes, without: Collection[str], answers: Mapping[str, str]) -> None:
        self.root = parse_xml(xml)
        self.done: list[Repair] = []
        self.rule = self.answer = ""
        self._without = without
        self._answers = answers
        self._made: set[str] = set()
        self._lists_flows = next(self.all("incoming", "outgoing"), None) is not None

    def xml(self) -> bytes:
        return etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)

    # --- the record --------------------------------------------------------------------------------

    def wanted(self, rule: str, element: str) -> bool:
        """Say whether a repair is still to be made, and is not one that a person left out."""
        key = f"{rule}:{element}"
        return key not in self._without and key not in self._made

    def record(self, rule: str, element: str, vi: str, en: str, question: Text = NOTHING) -> None:
        key = f"{rule}:{element}"
        self._made.add(key)
        if key in self._answers:
            question = Text("")
        self.done.append(Repair(key, rule, element, Text(vi, en), question))

    def answer_to(self, rule: str, element: str) -> str:
        """Return what a person said about a repair, "" if nothing."""
        return self._answers.get(f"{rule}:{element}", "").strip()

    def mend(self, finding: Finding, fix: Fixer) -> None:
        """Let a fixer mend what a finding is about, unless that is gone, made or not wanted."""
        element = self.find(finding.element)
        if element is None or not self.wanted(finding.rule, finding.element):
            return
        self.rule = finding.rule
        self.answer = self.answer_to(finding.rule, finding.element)
        said = fix(self, element)
        if said is not None:
            self.record(finding.rule, said.at or finding.element, said.vi, said.en, said.question)

    # --- looking -----------------------------------------------------------------------------------

    @property
    def is_collaboration(self) -> bool:
        """Whether several processes run together, so that no single dossier goes through the file."""
        return sum(one.get("isExecutable") in ("true", "1") for one in self.all("process")) > 1

    def find(self, key: str) -> Any:
        """Return the element of BPMN with this id, or None."""
        if not key:
            return None
        return next((one for one in self.root.iter(f"{{{BPMN}}}*") if one.get("id") == key), None)

    def all(self, *kinds: str) -> Iterator[Any]:
        return self.root.iter(*(f"{{{BPMN}}}{kind}" for kind in kinds))

    def incoming(self, node: Any) -> list[Any]:
        return [one for one in self.all("sequenceFlow") if one.get("targetRef") == node.get("id")]

    def outgoing(self, node: Any) -> list[Any]:
        return [one for one in self.all("sequenceFlow") if one.get("sourceRef") == node.get("id")]

    def process_of(self, element: Any) -> Any:
        """Return the process that the element is in, or None."""
        return next(
            (one for one in (element, *element.iterancestors()) if local_name(one) == "process"), None
        )

    def scope_of(self, element: Any) -> Any:
        """Return the process or sub-process that the element stands directly in."""
        return next(one for one in element.iterancestors() if is_scope(one))

    def nodes(self, scope: Any) -> list[Any]:
        """Return the flow nodes directly in a process or sub-process."""
        return [one for one in scope.iterchildren(f"{{{BPMN}}}*") if is_node(one)]

    # --- changing ----------------------------------------------------------------------------------

    def new_id(self, prefix: str) -> str:
        taken = set(self.root.xpath("//@id"))
        number = 1
        while f"{prefix}_{number}" in taken:
            number += 1
        return f"{prefix}_{number}"

    def make(self, kind: str, **attributes: str) -> Any:
        return self.root.makeelement(f"{{{BPMN}}}{kind}", attributes)

    def put(self, parent: Any, kind: str, text: str = "", *, formal: bool = False, **attributes: str) -> Any:
        """Add a child at the end."""
        child = etree.SubElement(parent, f"{{{BPMN}}}{kind}", attributes)
        if formal:
            prefix = self._prefix()
            child.set(f"{{{XSI}}}type", f"{prefix}:tFormalExpression" if prefix else "tFormalExpression")
        if text:
            child.text = text
        return child

    def declare(self, kind: str, **attributes: str) -> Any:
        """Add a root element (message, signal, …) before the first process or collaboration."""
        element = self.make(kind, **attributes)
        late = ("process", "collaboration", "choreography")
        at = next(
            (
                at
                for at, one in enumerate(self.root)
                if local_name(one) in late or one.tag.startswith(f"{{{DI}}}")
            ),
            len(self.root),
        )
        self.root.insert(at, element)
        return element

    def rename(self, element: Any, kind: str) -> None:
        """Make an element one of another kind; its attributes and contents stay."""
        element.tag = f"{{{BPMN}}}{kind}"
        for name in _OF_KIND:
            if element.get(name) is not None and kind not in _OF_KIND[name]:
                del element.attrib[name]

    def remove(self, element: Any) -> None:
        """Take an element away with what it holds, their pictures and what refers to it."""
        key = element.get("id")
        gone = {one.get("id") for one in element.iter(f"{{{BPMN}}}*")} - {None}
        if is_node(element):
            for flow in self.incoming(element) + self.outgoing(element):
                self.remove(flow)
        for other in list(self.root.iter(f"{{{BPMN}}}*")):
            refers = (
                local_name(other) in ("incoming", "outgoing", "flowNodeRef")
                and (other.text or "").strip() == key
            )
            ends = local_name(other) in ("association", "messageFlow") and key in (
                other.get("sourceRef"), other.get("targetRef")
            )  # fmt: skip
            if key and other.getparent() is not None and refers:
                other.getparent().remove(other)
            elif key and other is not element and other.getparent() is not None and ends:
                self.remove(other)
            if key and other.get("default") == key:
                del other.attrib["default"]
        for picture in list(self.root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")):
            if picture.get("bpmnElement") in gone:
                picture.getparent().remove(picture)
        if element.getparent() is not None:
            element.getparent().remove(element)

    def add_node(self, kind: str, beside: Any, *, after: bool = True, name: str = "") -> Any:
        """Add a node to the scope of another one, drawn to its right or left."""
        node = self.make(kind, id=self.new_id(kind), **({"name": name} if name else {}))
        beside.addnext(node) if after else beside.addprevious(node)
        self._draw(node, beside, after)
        return node

    def connect(self, source: Any, target: Any, name: str = "") -> Any:
        """Add a flow from one node to another in the same scope."""
        flow = self.make(
            "sequenceFlow", id=self.new_id("Flow"), sourceRef=source.get("id"), targetRef=target.get("id")
        )
        if name:
            flow.set("name", name)
        self.place(flow, self.scope_of(source))
        self.relist(source)
        self.relist(target)
        self._draw_edge(flow)
        return flow

    def place(self, flow: Any, scope: Any) -> None:
        """Put a flow into a process or sub-process, before its notes and groups."""
        at = [number for number, one in enumerate(scope) if is_node(one) or local_name(one) == "sequenceFlow"]
        scope.insert(at[-1] + 1 if at else len(scope), flow)

    def draw_line(self, line: Any) -> None:
        """Draw a straight line between what it connects, where both have a picture."""
        self._draw_edge(line)

    def redirect(self, flow: Any, *, source: Any = None, target: Any = None) -> None:
        """Let a flow begin or end at another node."""
        touched = [self.find(flow.get(side)) for side in ("sourceRef", "targetRef")]
        for side, node in (("sourceRef", source), ("targetRef", target)):
            if node is not None:
                flow.set(side, node.get("id"))
                touched.append(node)
        for node in touched:
            if node is not None:
                self.relist(node)
        for edge in self._pictures(flow.get("id")):
            edge.getparent().remove(edge)
        self._draw_edge(flow)

    def relist(self, node: Any) -> None:
        """Name the flows of a node in it as they are now, where the file names such flows at all."""
        if not self._lists_flows:
            return
        for one in [one for one in node if local_name(one) in ("incoming", "outgoing")]:
            node.remove(one)
        at = sum(1 for one in node if local_name(one) in _AHEAD)
        flows = [("incoming", one) for one in self.incoming(node)]
        flows += [("outgoing", one) for one in self.outgoing(node)]
        for offset, (kind, flow) in enumerate(flows):
            child = self.make(kind)
            child.text = flow.get("id")
            node.insert(at + offset, child)

    def _prefix(self) -> str:
        found = next((prefix for prefix, uri in self.root.nsmap.items() if uri == BPMN and prefix), "")
        return found or ""

    # --- the picture -------------------------------------------------------------------------------

    def _pictures(self, key: str) -> list[Any]:
        return [
            one
            for one in self.root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")
            if one.get("bpmnElement") == key
        ]

    def _box(self, key: str) -> tuple[float, float, float, float] | None:
        for shape in self._pictures(key):
            bounds = shape.find(f"{{{DC}}}Bounds")
            if bounds is not None:
                try:
                    return tuple(float(bounds.get(side) or 0) for side in ("x", "y", "width", "height"))  # type: ignore[return-value]
                except ValueError:
                    return None
        return None

    def _draw(self, node: Any, beside: Any, after: bool) -> None:
        box = self._box(beside.get("id"))
        plane = next(self.root.iter(f"{{{DI}}}BPMNPlane"), None)
        if box is None or plane is None:
            return
        kind = local_name(node)
        width, height = (
            _SIZES["gateway" if kind.endswith("Gateway") else "event"]
            if not is_activity(node)
            else (100.0, 80.0)
        )
        x = box[0] + box[2] + 30 if after else box[0] - width - 30
        y = box[1] + (box[3] - height) / 2
        shape = etree.SubElement(
            plane, f"{{{DI}}}BPMNShape", {"id": f"{node.get('id')}_di", "bpmnElement": node.get("id")}
        )
        sides = {"x": x, "y": y, "width": width, "height": height}
        etree.SubElement(shape, f"{{{DC}}}Bounds", {side: f"{value:g}" for side, value in sides.items()})

    def _draw_edge(self, flow: Any) -> None:
        ends = [self._box(flow.get(side)) for side in ("sourceRef", "targetRef")]
        plane = next(self.root.iter(f"{{{DI}}}BPMNPlane"), None)
        if plane is None or None in ends:
            return
        start, end = ends
        edge = etree.SubElement(
            plane, f"{{{DI}}}BPMNEdge", {"id": f"{flow.get('id')}_di", "bpmnElement": flow.get("id")}
        )
        for x, y in ((start[0] + start[2], start[1] + start[3] / 2), (end[0], end[1] + end[3] / 2)):
            etree.SubElement(edge, f"{{{POINTS}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})


Fixer = Callable[[Draft, Any], Said | None]
"""Mends the element of a finding and says what it did; None where it is not one of those it knows."""


def is_node(element: Any) -> bool:
    kind = local_name(element)
    return kind.endswith(("Gateway", "Event")) or is_activity(element)


def is_activity(element: Any) -> bool:
    return local_name(element).endswith(ACTIVITIES)


def is_scope(element: Any) -> bool:
    kind = local_name(element)
    return kind in ("process", "transaction") or kind.endswith("ubProcess")


def called(element: Any) -> str:
    """Return what a person calls the element."""
    name = " ".join((element.get("name") or "").split())
    return name or element.get("id") or local_name(element)


def variable(text: str, fallback: str = "choice") -> str:
    """Return a name of plain letters for what a person wrote."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")[:40].strip("_")
    if not re.match(r"[a-z]", plain):
        plain = f"{fallback}_{plain}".strip("_")
    return plain if is_free(plain) else f"{plain}_"


def office(name: str) -> str:
    """Return a name in the office's own namespace."""
    return f"{{{MC}}}{name}"
