"""What events wait for and throw: a message, a time, a code. Without it they would wait for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.durations import BadTime, check_time, is_literal, parse_cycle
from engine.bpmn.extensions import MC, local_name
from engine.bpmn.lint.diagram import Diagram, Node, bpmn_children, child_of, is_true, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CATCH_EVENTS, DEFINITIONS
from engine.bpmn.lint.names import label

TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_CODES = {"error": "errorCode", "escalation": "escalationCode"}
_SHORTEST_SECONDS = 60


def check_triggers(diagram: Diagram, report: Report) -> None:
    """Report events and tasks that do not say what they wait for or throw."""
    for scope in diagram.running:
        for node in scope.nodes:
            for definition in node.definitions:
                _check_definition(diagram, node, definition, report)
            if node.kind in ("receiveTask", "sendTask") and not plain(node.xml.get("messageRef")):
                vi, en = ("nhận", "receive") if node.kind == "receiveTask" else ("gửi", "send")
                report.error(
                    "message-missing",
                    node,
                    f"chưa chọn thông điệp cần {vi} (messageRef).",
                    f"does not say which message to {en} (messageRef).",
                )


def _check_definition(diagram: Diagram, node: Node, definition: Any, report: Report) -> None:
    kind = local_name(definition).removesuffix("EventDefinition")
    if kind == "timer":
        _check_timer(diagram, node, definition, report)
    elif kind == "message" and not plain(definition.get("messageRef")):
        report.error(
            "message-missing",
            node,
            "chưa chọn thông điệp (messageRef).",
            "does not name its message (messageRef).",
        )
    elif kind == "signal" and not plain(definition.get("signalRef")):
        report.error(
            "signal-missing", node, "chưa chọn tín hiệu (signalRef).", "does not name its signal (signalRef)."
        )
    elif kind == "conditional" and not text_of(child_of(definition, "condition")):
        report.error("condition-empty", node, "chưa có điều kiện để chờ.", "has no condition to wait for.")
    elif kind in _CODES:
        _check_code(diagram, node, definition, kind, report)


def _check_code(diagram: Diagram, node: Node, definition: Any, kind: str, report: Report) -> None:
    """Whoever throws must say a code; whoever catches without one catches all."""
    if node.kind in CATCH_EVENTS and not plain(definition.get(f"{kind}Ref")):
        return
    named = diagram.named(definition.get(f"{kind}Ref"))
    if named is None or local_name(named) != kind:
        if not plain(definition.get(f"{kind}Ref")):
            report.error(
                f"{kind}-missing",
                node,
                f"chưa chọn mã để phát ({kind}Ref).",
                f"does not say which code it throws ({kind}Ref).",
            )
    elif not (named.get(_CODES[kind]) or "").strip():
        report.error(
            f"{kind}-code",
            named,
            f"chưa có mã ({_CODES[kind]}), nên không sự kiện nào bắt được.",
            f"has no code ({_CODES[kind]}), so that nothing can catch it.",
        )


def _check_timer(diagram: Diagram, node: Node, definition: Any, report: Report) -> None:
    given = [(one, text_of(one)) for one in bpmn_children(definition, *TIMES)]
    if len(given) != 1 or not given[0][1]:
        found = "chưa có", "none is given"
        if len(given) > 1:
            found = f"đang có {len(given)}", f"{len(given)} are given"
        report.error(
            "timer-time",
            node,
            f"cần đúng một thời gian (ngày giờ, khoảng thời gian hoặc chu kỳ); {found[0]}.",
            f"needs exactly one time (date, duration or cycle); {found[1]}.",
        )
        return
    element, text = given[0]
    if is_literal(text):
        try:
            check_time(TIMES[local_name(element)], text)
        except BadTime as bad:
            report.error(
                "timer-bad", node, f"hẹn giờ chưa đúng. {bad.say('vi')}", f"has a bad time. {bad.say('en')}"
            )
        else:
            if local_name(element) == "timeCycle" and diagram.of_the_office:
                _check_haste(node, definition, text, report)


def _check_haste(node: Node, definition: Any, text: str, report: Report) -> None:
    """People are not reminded every few seconds for ever; a machine may be."""
    cycle = parse_cycle(text)
    working = (definition.get(f"{{{MC}}}clock") or "").strip() == "working"  # counted in whole minutes
    is_hasty = not cycle.every.months and cycle.every.seconds < _SHORTEST_SECONDS
    if is_hasty and (working or not cycle.bounded):
        report.error(
            "timer-haste",
            node,
            f"lặp mỗi lần cách nhau dưới một phút (“{text[:40]}”); hãy giãn ra hoặc ghi số lần.",
            f"repeats less than a minute apart (“{text[:40]}”); slow it down or say how often.",
        )


def check_shared(diagram: Diagram, report: Report) -> None:
    """A definition written inside an event is that event's own; shared ones stand at the root."""
    for ref in diagram.of_kind("eventDefinitionRef"):
        found = diagram.named(text_of(ref))
        if found is not None and local_name(found) in DEFINITIONS and found.getparent() is not diagram.root:
            said = label(found.getparent())
            report.error(
                "event-definition-shared",
                ref.getparent(),
                f"dùng chung định nghĩa nằm trong {said.vi}; chỉ định nghĩa ở gốc của tệp được dùng chung.",
                f"shares a definition that stands in {said.en}; only those at the root may be shared.",
            )


def check_messages(diagram: Diagram, report: Report) -> None:
    """Messages and signals find each other by name: a name is needed, and only once."""
    for kind in ("message", "signal"):
        seen: dict[str, Any] = {}
        for xml in diagram.of_kind(kind):
            name = (xml.get("name") or "").strip()
            if not name:
                report.warning(
                    f"{kind}-name",
                    xml,
                    "chưa có tên; nơi gửi và nơi nhận tìm nhau theo tên.",
                    "has no name; sender and receiver find each other by name.",
                )
            elif name in seen:
                report.warning(
                    f"{kind}-twice",
                    xml,
                    f"trùng tên với “{seen[name].get('id')}”; hai mục cùng tên được coi là một.",
                    f"has the same name as “{seen[name].get('id')}”; the two are treated as one.",
                )
            else:
                seen[name] = xml


def check_instantiation(diagram: Diagram, report: Report) -> None:
    """An event-based gateway of the parallel kind must start the process."""
    for node in _of(diagram, "eventBasedGateway"):
        if node.xml.get("eventGatewayType") == "Parallel" and not is_true(node.xml, "instantiate"):
            report.error(
                "event-gateway-parallel",
                node,
                "chờ mọi sự kiện (Parallel) thì phải dùng để khởi động quy trình (instantiate = “true”).",
                "waits for all events (Parallel), which only a gateway that starts the process may.",
            )


def _of(diagram: Diagram, kind: str) -> Iterator[Node]:
    return (node for node in diagram.nodes if node.kind == kind)
