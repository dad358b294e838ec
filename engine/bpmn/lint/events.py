"""Events: which kind may stand where, what it is attached to, whether it interrupts."""

from __future__ import annotations

from collections import Counter

from engine.bpmn.lint.diagram import Diagram, Node, Scope, is_true, link_names, plain
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label
from engine.bpmn.lint.words import KIND_WORDS

_CATCHABLE = frozenset({"message", "timer", "conditional", "signal"})
_HANDLED = _CATCHABLE | {"error", "escalation", "compensate"}
_THROWABLE = frozenset({"message", "signal", "escalation", "compensate"})
_ALLOWED = {
    "intermediateCatchEvent": _CATCHABLE | {"link"},
    "intermediateThrowEvent": _THROWABLE | {"link"},
    "endEvent": _THROWABLE | {"error", "cancel", "terminate"},
    "boundaryEvent": _HANDLED | {"cancel"},
}


def check_events(diagram: Diagram, report: Report) -> None:
    """Report kinds of events that cannot stand where they do."""
    for node in diagram.nodes:
        if node.is_event:
            _check_kinds(node, report)
            _check_interruption(node, report)
        if node.kind == "boundaryEvent":
            _check_host(diagram, node, report)
        if node.kind == "endEvent" and "cancel" in node.triggers and not _in_transaction(node.scope):
            report.error(
                "cancel-where",
                node,
                "hủy giao dịch nhưng không nằm trong giao dịch nào.",
                "cancels a transaction but stands in none.",
            )


def _check_kinds(node: Node, report: Report) -> None:
    allowed = _start_kinds(node.scope) if node.kind == "startEvent" else _ALLOWED.get(node.kind, frozenset())
    for kind in dict.fromkeys(node.triggers):
        if kind not in allowed:
            word = KIND_WORDS[kind]
            report.error(
                "event-kind",
                node,
                f"thuộc loại {word.vi}, không được đặt ở đây.",
                f"is of the kind {word.en}, which may not stand here.",
            )
    if node.kind in ("intermediateCatchEvent", "boundaryEvent") and not node.definitions:
        report.error(
            "event-without-kind",
            node,
            "chưa nói chờ điều gì (thời gian, thông điệp, tín hiệu, điều kiện…).",
            "does not say what it waits for (a time, message, signal, condition …).",
        )
    if is_true(node.xml, "parallelMultiple") and len(node.definitions) == 1:
        report.warning(
            "together-alone",
            node,
            "ghi chờ mọi sự kiện (parallelMultiple) nhưng chỉ có một, nên chữ đó không đổi gì.",
            "says that it waits for all its events (parallelMultiple), but has one; that changes nothing.",
        )
    if "link" in node.triggers and len(node.definitions) > 1:
        report.error(
            "link-alone",
            node,
            "là liên kết nên không được kèm sự kiện khác.",
            "is a link and may not wait for anything else.",
        )


def _start_kinds(scope: Scope) -> frozenset[str]:
    if scope.node is None:
        return _CATCHABLE
    return _HANDLED if scope.is_event_sub else frozenset()


def _check_interruption(node: Node, report: Report) -> None:
    name = {"startEvent": "isInterrupting", "boundaryEvent": "cancelActivity"}.get(node.kind)
    if name is None or is_true(node.xml, name, default=True):
        return
    for kind in dict.fromkeys(node.triggers):
        if kind in ("error", "cancel"):
            word = KIND_WORDS[kind]
            report.error(
                "must-interrupt",
                node,
                f"thuộc loại {word.vi} nên luôn phải ngắt (bỏ {name} = “false”).",
                f"is of the kind {word.en}, which always interrupts (remove {name} = “false”).",
            )


def _check_host(diagram: Diagram, node: Node, report: Report) -> None:
    host = node.host
    if host is None or not host.is_activity:
        return  # a dangling or wrong reference is said by the references
    said = label(host)
    if host.scope is not node.scope:
        report.error(
            "boundary-host",
            node,
            f"gắn vào {said.vi} ở phần sơ đồ khác.",
            f"is attached to {said.en} in another part of the diagram.",
        )
    if "cancel" in node.triggers and host.kind != "transaction":
        report.error(
            "cancel-where",
            node,
            f"bắt việc hủy giao dịch nhưng gắn vào {said.vi}, không phải giao dịch.",
            f"catches a cancelled transaction but is attached to {said.en}, which is none.",
        )
    if "compensate" in node.triggers:
        _check_compensation(diagram, node, report)
    elif len(node.outgoing) == 0:
        report.error(
            "boundary-outgoing",
            node,
            "không dẫn đi đâu: cần một mũi tên đi ra.",
            "leads nowhere: it needs an outgoing flow.",
        )


def _check_compensation(diagram: Diagram, node: Node, report: Report) -> None:
    handlers = list(diagram.compensators(node))
    if node.outgoing:
        report.error(
            "compensation-outgoing",
            node,
            "là sự kiện bù trừ nên không có mũi tên đi ra; hãy nối nét chấm tới việc bù trừ.",
            "is a compensation event and has no flows; associate it with its compensation activity.",
        )
    if len(handlers) != 1 or not handlers[0].for_compensation:
        report.error(
            "compensation-handler",
            node,
            "phải nối nét chấm tới đúng một việc bù trừ (isForCompensation = “true”).",
            "must be associated with exactly one compensation activity (isForCompensation = “true”).",
        )


def _in_transaction(scope: Scope | None) -> bool:
    """A cancel end may stand in the transaction itself or in an event sub-process of it."""
    while scope is not None:
        if scope.kind == "transaction":
            return True
        scope = scope.parent if scope.is_event_sub else None
    return False


def check_starts(diagram: Diagram, report: Report) -> None:
    """Sub-processes begin once; event sub-processes by exactly one trigger, ad-hoc ones by none."""
    for scope in diagram.scopes:
        if scope.node is None:
            continue
        starts = [node for node in scope.nodes if node.kind == "startEvent"]
        if scope.kind == "adHocSubProcess":
            _check_ad_hoc(scope, report)
        elif scope.is_event_sub and (len(starts) != 1 or not starts[0].definitions):
            report.error(
                "event-sub-start",
                scope,
                f"chạy theo sự kiện nên cần đúng một sự kiện bắt đầu có nói chờ gì; đang có {len(starts)}.",
                "is started by an event and needs exactly one start event with a trigger; "
                f"it has {len(starts)}.",
            )


def _check_ad_hoc(scope: Scope, report: Report) -> None:
    for node in scope.nodes:
        if node.kind in ("startEvent", "endEvent"):
            report.error(
                "ad-hoc-event",
                node,
                "nằm trong nhóm việc tùy ý, nơi không có bắt đầu và kết thúc.",
                "stands in an ad-hoc sub-process, which has no start or end.",
            )
    if not any(node.is_activity for node in scope.nodes):
        report.error("ad-hoc-empty", scope, "không có việc nào bên trong.", "holds no activity.")


def check_links(diagram: Diagram, report: Report) -> None:
    """Every link jumps to exactly one place of its name in the same scope."""
    for scope in diagram.scopes:
        throws = [(name, node) for node in scope.nodes if _is_throw(node) for name in link_names(node)]
        catches = [(name, node) for node in scope.nodes if _is_catch(node) for name in link_names(node)]
        targets = Counter(name for name, _ in catches)
        sources = {name for name, _ in throws}
        for name, node in throws:
            if not targets[name]:
                report.error(
                    "link-target",
                    node,
                    f"nhảy tới liên kết “{name}”, nhưng phần sơ đồ này không có điểm đến cùng tên.",
                    f"jumps to the link “{name}”, which has no target in this part of the diagram.",
                )
            if node.outgoing:
                report.error(
                    "link-flow",
                    node,
                    "là điểm đi của liên kết nên không có mũi tên đi ra.",
                    "is the source of a link and has no outgoing flows.",
                )
        for name, node in catches:
            if targets[name] > 1:
                report.error(
                    "link-twice",
                    node,
                    f"là một trong {targets[name]} điểm đến của liên kết “{name}”; chỉ được có một.",
                    f"is one of {targets[name]} targets of the link “{name}”; there may be only one.",
                )
            if name not in sources:
                report.error(
                    "link-source",
                    node,
                    f"là điểm đến của liên kết “{name}”, nhưng không nơi nào nhảy tới.",
                    f"is the target of the link “{name}”, but nothing jumps to it.",
                )
            if node.incoming:
                report.error(
                    "link-flow",
                    node,
                    "là điểm đến của liên kết nên không có mũi tên đi vào.",
                    "is the target of a link and has no incoming flows.",
                )


def _is_throw(node: Node) -> bool:
    return node.kind == "intermediateThrowEvent"


def _is_catch(node: Node) -> bool:
    return node.kind == "intermediateCatchEvent"


def check_compensated(diagram: Diagram, report: Report) -> None:
    """A compensation activity is somebody's, or nobody ever runs it; a throw names one that has a handler."""
    handled = {
        one
        for node in diagram.nodes
        if node.kind == "boundaryEvent" and "compensate" in node.triggers
        for one in diagram.compensators(node)
    }
    for node in diagram.nodes:
        if node.for_compensation and not node.is_event_sub and node not in handled:
            report.error(
                "compensation-unused",
                node,
                "là việc bù trừ nhưng không sự kiện bù trừ nào nối tới.",
                "is a compensation activity, but no compensation event leads to it.",
            )
        if node.kind in ("intermediateThrowEvent", "endEvent"):
            _check_thrown_compensation(diagram, node, report)


def _check_thrown_compensation(diagram: Diagram, node: Node, report: Report) -> None:
    for definition in node.definitions:
        target = diagram.node(definition.get("activityRef"))
        if not plain(definition.get("activityRef")) or target is None or not target.is_activity:
            continue
        has_handler = any("compensate" in one.triggers for one in target.boundaries) or any(
            inner.is_event_sub and "compensate" in start.triggers
            for scope in diagram.scopes
            if scope.node is target
            for inner in scope.nodes
            for sub in diagram.scopes
            if sub.node is inner
            for start in sub.nodes
            if start.kind == "startEvent"
        )
        if not has_handler and target.kind not in ("subProcess", "transaction"):
            said = label(target)
            report.error(
                "compensation-nothing",
                node,
                f"bù trừ {said.vi}, nhưng việc đó không có sự kiện bù trừ.",
                f"compensates {said.en}, which has no compensation event.",
            )
