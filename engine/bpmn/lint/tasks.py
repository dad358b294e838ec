"""Activities, beyond what the engine needs (BPMN 2.0.2, 10.3): numbers, scripts, services, beginnings."""

from __future__ import annotations

import re
from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, Node, bpmn_children, child_of, is_true, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label

_MIME = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;.*)?")
# Task → what it may have at most, and what it must have exactly.
_SETS = {
    "serviceTask": (("inputSet", 1, 1), ("outputSet", 0, 1), ("dataInput", 0, 1), ("dataOutput", 0, 1)),
    "sendTask": (("inputSet", 0, 1), ("dataInput", 0, 1)),
    "receiveTask": (("outputSet", 0, 1), ("dataOutput", 0, 1)),
}


def check_quantities(diagram: Diagram, report: Report) -> None:
    """A step waits for one token at least, and sends one on at least."""
    for node in diagram.nodes:
        for name in ("startQuantity", "completionQuantity"):
            value = (node.xml.get(name) or "").strip()
            if re.fullmatch(r"[+-]?\d+", value) and int(value[:9]) < 1:
                report.error(
                    "quantity",
                    node,
                    f"có {name} = {value[:12]}; phải từ 1.",
                    f"has {name} = {value[:12]}; it must be 1 or more.",
                )


def check_scripts(diagram: Diagram, report: Report) -> None:
    """Whoever writes a script says in which format, as a MIME type."""
    for task in diagram.of_kind("scriptTask", "globalScriptTask"):
        name = "scriptFormat" if local_name(task) == "scriptTask" else "scriptLanguage"
        given = (task.get(name) or "").strip()
        if text_of(child_of(task, "script")) and not given:
            report.error(
                "script-format",
                task,
                f"có mã lệnh nhưng không ghi {name}.",
                f"holds a script without saying its {name}.",
            )
        elif given and not _MIME.fullmatch(given):
            report.error(
                "script-format",
                task,
                f"có {name} = “{given[:60]}”; cần kiểu MIME như “text/javascript”.",
                f"has {name} = “{given[:60]}”; expected a MIME type like “text/javascript”.",
            )


def check_services(diagram: Diagram, report: Report) -> None:
    """Tasks that exchange a message have one input, or one output, for it."""
    for task in diagram.of_kind(*_SETS):
        io = child_of(task, "ioSpecification")
        if io is None:
            continue
        for kind, least, most in _SETS[local_name(task)]:
            number = len(list(bpmn_children(io, kind)))
            if not least <= number <= most:
                report.error(
                    "service-data",
                    task,
                    f"có {number} <{kind}>; loại bước này chỉ được {most}.",
                    f"has {number} <{kind}>; this kind of task has {most}.",
                )


def check_sub_processes(diagram: Diagram, report: Report) -> None:
    """An embedded sub-process begins in one place; nothing is attached to an event sub-process."""
    for scope in diagram.scopes:
        if scope.node is None:
            continue
        starts = [node for node in scope.nodes if node.kind == "startEvent"]
        if not scope.is_event_sub and scope.kind != "adHocSubProcess" and len(starts) > 1:
            report.error(
                "sub-process-starts",
                scope,
                f"có {len(starts)} sự kiện bắt đầu; quy trình con nhúng chỉ được một.",
                f"has {len(starts)} start events; an embedded sub-process has one at most.",
            )
        if scope.is_event_sub and scope.node.boundaries:
            report.error(
                "event-sub-boundary",
                scope.node.boundaries[0],
                "gắn vào quy trình con chạy theo sự kiện; ở đó không được gắn sự kiện biên.",
                "is attached to an event sub-process, which may have no boundary events.",
            )


def check_instantiating(diagram: Diagram, report: Report) -> None:
    """What starts a process by a message is its first step: nothing leads to it, no start event either."""
    for node in diagram.nodes:
        if node.kind not in ("receiveTask", "eventBasedGateway") or not is_true(node.xml, "instantiate"):
            continue
        starts = [one for one in node.scope.nodes if one.kind == "startEvent"]
        if node.scope.node is not None:
            said = label(node.scope)
            report.error(
                "instantiate-where",
                node,
                f"khởi động quy trình nhưng nằm trong {said.vi}.",
                f"starts a process but stands in {said.en}.",
            )
        elif not node.incoming and starts and node.kind == "receiveTask":
            said = label(starts[0])
            report.error(
                "instantiate-beside-start",
                node,
                f"khởi động quy trình, nhưng quy trình đã có {said.vi}.",
                f"starts the process, which already has {said.en}.",
            )
        elif node.incoming and _follows_start(node):
            report.error(
                "instantiate-after-start",
                node,
                "khởi động quy trình nên không được đứng sau sự kiện bắt đầu.",
                "starts the process; no start event may lead to it.",
            )
        elif node.incoming:
            report.error(
                "instantiate-incoming",
                node,
                "khởi động quy trình nên phải đứng đầu, không có mũi tên đi vào.",
                "starts the process; it must come first, and no flow may lead to it.",
            )


def _follows_start(node: Node) -> bool:
    sources: list[Any] = [flow.source for flow in node.incoming]
    return len(sources) == 1 and sources[0] is not None and sources[0].kind == "startEvent"
