"""Sequence flows: where they may begin and end, which carry conditions, which is the default."""

from __future__ import annotations

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, Flow, Node, Scope, bpmn_children, is_true, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CHOREOGRAPHY_NODES, NODES
from engine.bpmn.lint.names import label

_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})
# Only these must say which way to go; a complex gateway may also send tokens everywhere.
_MUST_CHOOSE = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check_flow_ends(diagram: Diagram, report: Report) -> None:
    """A flow joins two nodes of one scope."""
    for flow in diagram.flows:
        for name, end, vi, en in (
            ("sourceRef", flow.source, "bắt đầu", "starts"),
            ("targetRef", flow.target, "kết thúc", "ends"),
        ):
            _check_end(diagram, flow, name, end, vi, en, report)


def _check_end(
    diagram: Diagram, flow: Flow, name: str, end: Node | None, vi: str, en: str, report: Report
) -> None:
    reference = plain(flow.xml.get(name))
    if not reference:
        return  # a missing attribute is said by the vocabulary
    if end is None:
        found = diagram.named(reference)
        if found is None:
            report.error(
                "flow-dangling",
                flow,
                f"{vi} ở “{reference}”, nhưng sơ đồ không có bước đó.",
                f"{en} at “{reference}”, but the diagram has no such node.",
            )
        elif local_name(found) not in NODES:
            said = label(found)
            report.error(
                "flow-not-node",
                flow,
                f"{vi} ở {said.vi}; mũi tên chỉ nối các bước, cổng và sự kiện.",
                f"{en} at {said.en}; a flow joins activities, gateways and events only.",
            )
    elif end.scope is not flow.scope:
        said = label(end)
        report.error(
            "flow-crosses-scope",
            flow,
            f"{vi} ở {said.vi}, nằm ngoài phần sơ đồ chứa mũi tên; "
            "mũi tên không được vượt ranh giới quy trình hoặc quy trình con.",
            f"{en} at {said.en}, outside the part of the diagram that holds the flow; "
            "a flow may not cross the border of a process or sub-process.",
        )


def check_connections(diagram: Diagram, report: Report) -> None:
    """Report nodes that flows may not enter or leave."""
    for node in diagram.nodes:
        for rule, flows, vi, en in _forbidden(node):
            if flows:
                report.error(rule, node, vi, en)


def _forbidden(node: Node) -> list[tuple[str, list[Flow], str, str]]:
    into, out = node.incoming, node.outgoing
    found = []
    if node.kind == "startEvent":
        found.append(("start-incoming", into, "có mũi tên đi vào; sự kiện bắt đầu chỉ có mũi tên đi ra.",
                      "has an incoming flow; a start event has outgoing ones only."))  # fmt: skip
    if node.kind == "endEvent":
        found.append(("end-outgoing", out, "có mũi tên đi ra; sau sự kiện kết thúc không còn bước nào.",
                      "has an outgoing flow; nothing follows an end event."))  # fmt: skip
    if node.kind == "boundaryEvent":
        found.append(("boundary-incoming", into, "có mũi tên đi vào; sự kiện biên chỉ xảy ra ở bước nó gắn.",
                      "has an incoming flow; a boundary event happens at its activity only."))  # fmt: skip
    if node.is_event_sub:
        found.append(("event-sub-flow", into + out, "chạy theo sự kiện nên không được nối bằng mũi tên.",
                      "is started by its event and may have no flows."))  # fmt: skip
    if node.for_compensation:
        found.append(("compensation-flow", into + out,
                      "là việc bù trừ nên không được nối bằng mũi tên; "
                      "hãy nối bằng đường nét chấm từ sự kiện bù trừ.",
                      "is a compensation activity and may have no flows; "
                      "associate it with its compensation event."))  # fmt: skip
    return found


def check_listed(diagram: Diagram, report: Report) -> None:
    """<incoming> and <outgoing> repeat what the flows say; a file that writes them writes all of them."""
    any_listed = any(True for _ in diagram.of_kind("incoming", "outgoing"))
    for node in diagram.nodes:
        for kind, flows in (("incoming", node.incoming), ("outgoing", node.outgoing)):
            listed = {plain(text_of(one)) for one in bpmn_children(node.xml, kind)}
            actual = {flow.id for flow in flows}
            for ident in sorted(listed - actual):
                if diagram.named(ident) is not None:
                    report.error(
                        "flow-list",
                        node,
                        f"ghi “{ident}” trong <{kind}>, nhưng mũi tên đó không nối vào đây.",
                        f"lists “{ident}” in <{kind}>, but that flow does not touch it.",
                    )
            if any_listed and (missing := sorted(actual - listed)):
                report.error(
                    "flow-list",
                    node,
                    f"không ghi “{missing[0]}” trong <{kind}>, nhưng mũi tên đó có nối vào đây.",
                    f"does not list “{missing[0]}” in <{kind}>, but that flow touches it.",
                )


def check_conditions(diagram: Diagram, report: Report) -> None:
    """Conditions stand where a choice is made, and every choice has them."""
    running = set(diagram.running)
    for flow in diagram.flows:
        if flow.source is not None and flow.has_condition:
            _check_place_of_condition(flow, flow.source, report)
    for node in diagram.nodes:
        default = plain(node.xml.get("default"))
        _check_default(diagram, node, default, report)
        if node.scope in running:
            _check_choice(node, default, report)


def _check_place_of_condition(flow: Flow, source: Node, report: Report) -> None:
    if not (source.is_activity or source.kind in _DECIDING | CHOREOGRAPHY_NODES):
        said = label(source)
        report.error(
            "condition-where",
            flow,
            f"có điều kiện, nhưng đi ra từ {said.vi}, nơi không có lựa chọn nào.",
            f"has a condition but leaves {said.en}, where nothing is chosen.",
        )
    elif not flow.condition:
        report.error("condition-empty", flow, "có điều kiện để trống.", "has an empty condition.")
    elif source.is_activity and len(source.outgoing) == 1:
        said = label(source)
        report.error(
            "condition-alone",
            flow,
            f"có điều kiện nhưng là đường duy nhất đi ra từ {said.vi}; điều kiện sai là hồ sơ mất hút.",
            f"has a condition but is the only way out of {said.en}; "
            "if it does not hold, the dossier is lost.",
        )


def _check_default(diagram: Diagram, node: Node, default: str, report: Report) -> None:
    if not default:
        return
    flow = next((one for one in node.outgoing if one.id == default), None)
    if flow is None:
        if diagram.named(default) is not None:  # a dangling one is said by the references
            report.error(
                "default-not-outgoing",
                node,
                f"có đường mặc định “{default}”, nhưng mũi tên đó không đi ra từ đây.",
                f"has the default flow “{default}”, which does not leave it.",
            )
    elif flow.has_condition:
        report.error(
            "default-with-condition",
            flow,
            "là đường mặc định nên điều kiện của nó không được xét.",
            "is the default flow, so its condition is not looked at.",
        )


def _check_choice(node: Node, default: str, report: Report) -> None:
    """Every way out of a choice has a condition or is the default."""
    if node.kind not in _MUST_CHOOSE or len(node.outgoing) < 2:
        return
    for flow in node.outgoing:
        if not flow.has_condition and flow.id != default:
            said = label(node)
            report.error(
                "condition-missing",
                flow,
                f"đi ra từ {said.vi} nhưng chưa có điều kiện và không phải đường mặc định.",
                f"leaves {said.en} without a condition and is not its default.",
            )


def check_immediate(diagram: Diagram, report: Report) -> None:
    """The standard forbids isImmediate="false" in executable processes."""
    for flow in diagram.flows:
        process: Scope = flow.scope.process
        if flow.xml.get("isImmediate") in ("false", "0") and is_true(process.xml, "isExecutable"):
            report.error(
                "flow-not-immediate",
                flow,
                "có isImmediate = “false”: quy trình thực thi không cho phép chen bước vào giữa mũi tên.",
                "has isImmediate = “false”: in an executable process nothing may happen in between.",
            )
