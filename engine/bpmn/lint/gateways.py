"""Gateways: each splits or merges, in the direction it says, and waits for what can come."""

from __future__ import annotations

from engine.bpmn.lint.diagram import Diagram, Node, child_of, is_true, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CHOREOGRAPHY_NODES
from engine.bpmn.lint.names import label

_WAITED_FOR = frozenset({"message", "timer", "conditional", "signal"})


def check_gateways(diagram: Diagram, report: Report) -> None:
    """Report gateways that neither split nor merge, or not as they say."""
    running = set(diagram.running)
    for node in diagram.nodes:
        if node.is_gateway:
            _check_direction(node, report)
            _check_purpose(node, report)
            if node.kind == "eventBasedGateway":
                _check_event_gateway(node, report)
            if node.kind == "complexGateway" and node.scope in running:
                _check_complex(node, report)


def check_circles(diagram: Diagram, report: Report) -> None:
    """Report circles of gateways alone: nothing changes on the way, so that nobody ever leaves one."""
    for scope in diagram.running:
        told: set[Node] = set()
        for node in scope.nodes:
            if not node.is_gateway or node in told:
                continue
            ahead, seen = _gateways_after(node), set[Node]()
            while ahead:
                one = ahead.pop()
                if one not in seen:
                    seen.add(one)
                    ahead += _gateways_after(one)
            if node in seen:
                told |= seen
                report.error(
                    "gateway-circle",
                    node,
                    "quay lại chính nó mà không qua bước nào, nên hồ sơ đi vào vòng này sẽ không dừng.",
                    "leads back to itself without a step in between: who goes round never comes to rest.",
                )


def _gateways_after(node: Node) -> list[Node]:
    return [flow.target for flow in node.outgoing if flow.target is not None and flow.target.is_gateway]


def _check_direction(node: Node, report: Report) -> None:
    direction = node.xml.get("gatewayDirection") or "Unspecified"
    into, out = len(node.incoming), len(node.outgoing)
    fits = {
        "Unspecified": True,
        "Converging": into > 1 and out <= 1,
        "Diverging": into <= 1 and out > 1,
        "Mixed": into > 1 and out > 1,
    }
    if not fits.get(direction, True):
        report.error(
            "gateway-direction",
            node,
            f"ghi gatewayDirection = “{direction}”, nhưng có {into} mũi tên vào và {out} mũi tên ra.",
            f"says gatewayDirection = “{direction}”, but {into} flows enter and {out} leave it.",
        )


def _check_purpose(node: Node, report: Report) -> None:
    if node.kind != "eventBasedGateway" and len(node.incoming) < 2 and len(node.outgoing) < 2:
        report.error(
            "gateway-pointless",
            node,
            "không chia cũng không gộp đường nào: cần ít nhất hai mũi tên vào hoặc hai mũi tên ra.",
            "neither splits nor merges: it needs two flows in or two flows out.",
        )


def _check_event_gateway(node: Node, report: Report) -> None:
    if len(node.outgoing) < 2:
        report.error(
            "event-gateway-targets",
            node,
            f"cần chờ ít nhất hai sự kiện; đang có {len(node.outgoing)} mũi tên ra.",
            f"must wait for at least two events; {len(node.outgoing)} flows leave it.",
        )
    targets = [flow.target for flow in node.outgoing if flow.target is not None]
    for target in targets:
        _check_target(node, target, report)
    kinds = {"receive" if one.kind == "receiveTask" else "message" for one in targets if _waits_message(one)}
    if len(kinds) > 1:
        report.error(
            "event-gateway-mixed",
            node,
            "dùng lẫn bước nhận thông điệp và sự kiện thông điệp; chỉ được dùng một trong hai.",
            "mixes receive tasks and message events; use one or the other.",
        )


def _waits_message(node: Node) -> bool:
    return node.kind == "receiveTask" or "message" in node.triggers


def _check_target(gateway: Node, target: Node, report: Report) -> None:
    said = label(gateway)
    if target.kind in CHOREOGRAPHY_NODES:
        return  # the first message of a choreography step is the event
    if target.kind != "receiveTask" and not (
        target.kind == "intermediateCatchEvent" and set(target.triggers) <= _WAITED_FOR
    ):
        report.error(
            "event-gateway-targets",
            target,
            f"đứng ngay sau {said.vi}; sau cổng này chỉ được là sự kiện chờ thông điệp, thời gian, "
            "tín hiệu, điều kiện hoặc bước nhận thông điệp.",
            f"follows {said.en}; only events that wait for a message, time, signal or condition, "
            "or receive tasks, may.",
        )
        return
    if len(target.incoming) > 1:
        report.error(
            "event-gateway-shared",
            target,
            f"đứng sau {said.vi} nhưng còn lối vào khác; sự kiện sau cổng chỉ có một lối vào.",
            f"follows {said.en} but has another way in; it may have only this one.",
        )
    if target.kind == "receiveTask" and target.boundaries:
        report.error(
            "event-gateway-boundary",
            target,
            f"đứng sau {said.vi} nên không được gắn sự kiện biên.",
            f"follows {said.en} and may not have boundary events.",
        )
    if is_true(gateway.xml, "instantiate") and not _waits_message(target):
        report.error(
            "event-gateway-start",
            target,
            f"đứng sau {said.vi} dùng để khởi động quy trình; ở đó chỉ được chờ thông điệp.",
            f"follows {said.en}, which starts the process; only messages may be waited for there.",
        )


def _check_complex(node: Node, report: Report) -> None:
    if len(node.incoming) > 1 and not text_of(child_of(node.xml, "activationCondition")):
        report.error(
            "complex-activation",
            node,
            "gộp nhiều đường nhưng chưa có điều kiện kích hoạt (activationCondition).",
            "merges several flows but has no activation condition.",
        )
