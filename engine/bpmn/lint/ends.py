"""Beginnings and ends (BPMN 2.0.2, 10.5): who must have a way in, a way out, a start, an end."""

from __future__ import annotations

from engine.bpmn.lint.diagram import Diagram, Node, Scope, is_true, plain
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CHOREOGRAPHIES
from engine.bpmn.lint.names import label

_IN_BETWEEN = ("intermediateCatchEvent", "intermediateThrowEvent")


def check_ends(diagram: Diagram, report: Report) -> None:
    """Where there is a start event there is an end event, and the reverse; all others are on the way."""
    for scope in diagram.scopes:
        if scope.process.kind in CHOREOGRAPHIES or scope.kind in ("adHocSubProcess", "subChoreography"):
            continue
        starts = [node for node in scope.nodes if node.kind == "startEvent"]
        ends = [node for node in scope.nodes if node.kind == "endEvent"]
        begins = starts or [node for node in scope.nodes if is_true(node.xml, "instantiate")]
        if ends and not begins and not scope.is_event_sub:
            report.error(
                "no-start",
                scope,
                "có sự kiện kết thúc nhưng không có sự kiện bắt đầu.",
                "has an end event but no start event.",
            )
        if starts and not ends:
            report.error(
                "no-end",
                scope,
                "có sự kiện bắt đầu nhưng không có sự kiện kết thúc.",
                "has a start event but no end event.",
            )
        for node in scope.nodes:
            _check_way(scope, node, bool(begins), bool(ends), report)


def _check_way(scope: Scope, node: Node, begins: bool, ends: bool, report: Report) -> None:
    if needs_way_in(node) and not node.incoming and (begins or _is_between(node)):
        report.error(
            "no-way-in",
            node,
            "không có mũi tên đi vào, nên không bao giờ được thực hiện.",
            "has no incoming flow, so that it never happens.",
        )
    if needs_way_out(node) and not node.outgoing and (ends or _is_between(node) or node.kind == "startEvent"):
        report.error(
            "leads-nowhere",
            node,
            "không dẫn tới đâu: cần mũi tên đi tiếp hoặc sự kiện kết thúc.",
            "leads nowhere: it needs a flow onwards or an end event.",
        )


def _is_between(node: Node) -> bool:
    return node.kind in (*_IN_BETWEEN, "endEvent")


def needs_way_in(node: Node) -> bool:
    """Everything but what begins by itself, by an event, by a link or as a compensation."""
    begins = node.kind in ("startEvent", "boundaryEvent") or is_true(node.xml, "instantiate")
    is_target = node.kind == "intermediateCatchEvent" and "link" in node.triggers
    return not (begins or is_target or node.for_compensation or node.is_event_sub)


def needs_way_out(node: Node) -> bool:
    """Everything but what ends; a boundary event has a rule of its own."""
    is_source = node.kind == "intermediateThrowEvent" and "link" in node.triggers
    ends = node.kind in ("endEvent", "boundaryEvent")
    return not (ends or is_source or node.for_compensation or node.is_event_sub)


def check_thrown(diagram: Diagram, report: Report) -> None:
    """Only who throws names an activity to compensate, and one that it can see."""
    for node in diagram.nodes:
        for definition in node.definitions:
            named = plain(definition.get("activityRef"))
            if not named or "compensate" not in node.triggers:
                continue
            if node.kind in ("startEvent", "boundaryEvent"):
                report.error(
                    "compensation-names",
                    node,
                    "bắt việc bù trừ nên không được ghi activityRef; chỉ nơi phát mới ghi.",
                    "catches a compensation; only who throws one names an activity (activityRef).",
                )
                continue
            target = diagram.node(named)
            if target is not None and target.scope not in _visible(node.scope):
                said = label(target)
                report.error(
                    "compensation-out-of-sight",
                    node,
                    f"bù trừ {said.vi}, nằm ở phần sơ đồ khác và không thấy được từ đây.",
                    f"compensates {said.en}, which stands in another part and cannot be seen here.",
                )


def _visible(scope: Scope) -> list[Scope]:
    """The scope of the event; from an event sub-process also the one around it."""
    found = [scope]
    while scope.is_event_sub and scope.parent is not None:
        scope = scope.parent
        found.append(scope)
    return found


def check_partners(diagram: Diagram, report: Report) -> None:
    """A link names its partner as a link; what it refers to bears its name."""
    for node in diagram.nodes:
        for definition in node.definitions:
            for ref in definition.iterchildren("{*}source", "{*}target"):
                other = diagram.named("".join(ref.itertext()))
                said = "".join(ref.itertext()).strip()[:60]
                wrong = other is None or not str(other.tag).endswith("}linkEventDefinition")
                if wrong or (other.get("name") or "").strip() != (definition.get("name") or "").strip():
                    report.error(
                        "link-partner",
                        node,
                        f"trỏ tới “{said}”, không phải liên kết cùng tên.",
                        f"refers to “{said}”, which is not a link of its name.",
                    )
