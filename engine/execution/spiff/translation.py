"""A diagram rewritten for the second engine: from the frozen model, never from the author's XML.

Ids get a prefix, because the library's own tasks are called Start and End. Every event that waits is
written as a signal that only we send, so that the library's clock and its matching of names are out
of the game. What it would misread is spelt out: a split after a task becomes a gateway, a path that
just stops gets an end.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.bpmn.extensions import BPMN
from engine.bpmn.model import BoundaryEvent, CatchEvent, EndEvent, Flow, Model, Node, SubProcess

ALWAYS = "always"  # a condition of ours, not of the author: the flow has none
# The dot at the end of a node's name keeps "x.EndJoin", an id of an author, from the library's own names.
_NODE, _SPLIT, _STOP, _AROUND = "n.", "split.", "stop.", ".BoundaryEventSplit"
_AUTOMATIC = frozenset(
    {"serviceTask", "businessRuleTask", "scriptTask", "sendTask", "intermediateThrowEvent"}
)
_GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway"})


def node_of(spec_name: str) -> str:
    """Return the id of the node that a task of the library stands for, "" for its own."""
    name = spec_name.removesuffix(_AROUND)
    return name[len(_NODE) : -1] if name.startswith(_NODE) and name.endswith(".") else ""


def is_around(spec_name: str) -> bool:
    """Whether a task of the library is the one it puts in front of an activity with boundary events."""
    return spec_name.endswith(_AROUND)


def split_of(spec_name: str) -> str:
    """Return the id of the node whose split a task of the library stands for, "" for others."""
    return spec_name.removeprefix(_SPLIT) if spec_name.startswith(_SPLIT) else ""


def is_split(node: Node) -> bool:
    """Whether the choice of flows after the node was written as a gateway of its own."""
    plain = len(node.outgoing) == 1 and not node.outgoing[0].condition
    return node.kind not in _GATEWAYS and bool(node.outgoing) and not plain


def process_id(process: str) -> str:
    return _name(process)


def translate(model: Model, process: str) -> Any:
    """Return a BPMN document of one process, as an element tree."""
    root = etree.Element(_q("definitions"), nsmap={None: BPMN})
    scope = etree.SubElement(root, _q("process"), id=process_id(process), isExecutable="true")
    _write_scope(model, scope, process)
    for element in scope.iter(_q("signalEventDefinition")):
        name = element.get("signalRef")
        etree.SubElement(root, _q("signal"), id=name, name=name)
    return root


def flow_between(node: Node, target: str) -> Flow | None:
    """Return the flow that leads from a node to another."""
    return next((flow for flow in node.outgoing if flow.target == target), None)


def _write_scope(model: Model, parent: Any, scope: str) -> None:
    for node in model.members(scope):
        element = _write_node(parent, node)
        if isinstance(node, SubProcess):
            _write_scope(model, element, node.id)
        _write_flows(parent, node)


def _write_node(parent: Any, node: Node) -> Any:
    element = etree.SubElement(parent, _q(_tag(node)), id=_name(node.id))
    if _tag(node) == "scriptTask":
        etree.SubElement(element, _q("script")).text = "nothing"
    if isinstance(node, BoundaryEvent | CatchEvent):
        etree.SubElement(element, _q("signalEventDefinition"), signalRef=f"happens.{node.id}")
    if isinstance(node, BoundaryEvent):
        element.set("attachedToRef", _name(node.host))
        element.set("cancelActivity", "true" if node.interrupting else "false")
    if isinstance(node, EndEvent) and any(d.kind == "terminate" for d in node.definitions):
        etree.SubElement(element, _q("terminateEventDefinition"))
    return element


def _tag(node: Node) -> str:
    return "scriptTask" if node.kind in _AUTOMATIC else node.kind


def _write_flows(parent: Any, node: Node) -> None:
    source, name = node.id, _name(node.id)
    if not node.outgoing:
        if not isinstance(node, EndEvent):
            etree.SubElement(parent, _q("endEvent"), id=_STOP + source)
            _write_flow(parent, f"{source}.stops", name, _STOP + source)
        return
    if is_split(node):
        chooses = any(flow.condition for flow in node.outgoing)
        kind = "inclusiveGateway" if chooses else "parallelGateway"
        gateway = etree.SubElement(parent, _q(kind), id=_SPLIT + source)
        _write_flow(parent, f"{source}.splits", name, _SPLIT + source)
        _write_choices(parent, gateway, node)
    else:
        _write_choices(parent, parent[-1], node)


def _write_choices(parent: Any, gateway: Any, node: Node) -> None:
    kind = etree.QName(gateway).localname
    for flow in node.outgoing:
        if flow.id == node.default:
            gateway.set("default", f"f.{flow.id}")
        condition = ""
        if kind in ("exclusiveGateway", "inclusiveGateway") and flow.id != node.default:
            condition = flow.condition or ALWAYS
        _write_flow(parent, f"f.{flow.id}", gateway.get("id"), _name(flow.target), condition)


def _write_flow(parent: Any, ident: str, source: str, target: str, condition: str = "") -> None:
    flow = etree.SubElement(parent, _q("sequenceFlow"), id=ident, sourceRef=source, targetRef=target)
    if condition:
        etree.SubElement(flow, _q("conditionExpression")).text = condition


def _name(node: str) -> str:
    return f"{_NODE}{node}."


def _q(name: str) -> str:
    return f"{{{BPMN}}}{name}"
