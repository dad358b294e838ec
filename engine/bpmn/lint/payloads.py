"""What events and tasks carry (BPMN 2.0.2, 10.3.3, 10.5.1): of the type of their message, signal, error."""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, Node, bpmn_children, child_of, is_true, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label

_PAYLOADS = {
    "messageEventDefinition": ("messageRef", "itemRef"),
    "signalEventDefinition": ("signalRef", "structureRef"),
    "errorEventDefinition": ("errorRef", "structureRef"),
    "escalationEventDefinition": ("escalationRef", "structureRef"),
}


def check_payloads(diagram: Diagram, report: Report) -> None:
    """Each definition of an event has one data item, and it is of the type that is sent or received."""
    for node in diagram.nodes:
        data = list(bpmn_children(node.xml, "dataInput", "dataOutput")) if node.is_event else []
        if data and node.definitions:
            _check_event(diagram, node, data, report)
    for xml in diagram.of_kind("sendTask", "receiveTask"):
        kind = "dataInput" if local_name(xml) == "sendTask" else "dataOutput"
        _check_task(diagram, xml, kind, diagram.named(xml.get("messageRef")), report)
    for xml in diagram.of_kind("serviceTask"):
        operation = diagram.named(xml.get("operationRef"))
        if operation is not None and local_name(operation) == "operation":
            for kind, name in (("dataInput", "inMessageRef"), ("dataOutput", "outMessageRef")):
                message = diagram.named(text_of(child_of(operation, name)))
                _check_task(diagram, xml, kind, message, report)


def type_of(diagram: Diagram, reference: str | None) -> tuple[str, ...]:
    """Return what is equal for equivalent types: two definitions of one structure are one type."""
    name = plain(reference)
    item = diagram.named(name) if name else None
    structure = (item.get("structureRef") or "").strip() if item is not None else ""
    if not structure:
        return (name,) if name else ()
    return (structure, str(is_true(item, "isCollection")), item.get("itemKind") or "Information")


def _check_event(diagram: Diagram, node: Node, data: list[Any], report: Report) -> None:
    carrying = [one for one in node.definitions if local_name(one) in _PAYLOADS]
    matching = next((some for some in (node.definitions, carrying) if len(some) == len(data)), None)
    if matching is None:
        kind, number = local_name(data[0]), len(node.definitions)
        report.error(
            "event-data-number",
            node,
            f"có {len(data)} <{kind}> cho {number} định nghĩa sự kiện; mỗi định nghĩa đi với một.",
            f"has {len(data)} <{kind}> for {number} event definitions; each goes with one.",
        )
        return
    for definition, item in zip(matching, data, strict=True):
        names = _PAYLOADS.get(local_name(definition))
        thing = diagram.named(definition.get(names[0])) if names else None
        if names and thing is not None:
            _check_payload(diagram, node.xml, item, thing, thing.get(names[1]), report)


def _check_task(diagram: Diagram, xml: Any, kind: str, message: Any, report: Report) -> None:
    io = child_of(xml, "ioSpecification")
    if io is not None and message is not None and local_name(message) == "message":
        for data in bpmn_children(io, kind):
            _check_payload(diagram, xml, data, message, message.get("itemRef"), report)


def _check_payload(
    diagram: Diagram, owner: Any, data: Any, thing: Any, carried: str | None, report: Report
) -> None:
    given, wanted = type_of(diagram, data.get("itemSubjectRef")), type_of(diagram, carried)
    if given and wanted and given != wanted:
        said = label(thing)
        mine, theirs = plain(data.get("itemSubjectRef")), plain(carried)
        report.error(
            "payload-type",
            owner,
            f"mang dữ liệu kiểu “{mine}”, còn {said.vi} có kiểu “{theirs}”.",
            f"carries data of the type “{mine}”, but {said.en} is of the type “{theirs}”.",
            at=data,
        )
