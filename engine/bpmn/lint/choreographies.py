"""Choreographies (BPMN 2.0.2, chapter 11): not executed, but what the standard forbids is said."""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, Node, bpmn_children, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CHOREOGRAPHIES, CHOREOGRAPHY_NODES, DATA_ELEMENTS
from engine.bpmn.lint.names import label
from engine.bpmn.lint.words import KIND_WORDS

_ALLOWED = {
    "startEvent": frozenset({"timer", "conditional", "signal"}),
    "intermediateCatchEvent": frozenset({"timer", "conditional", "signal", "link", "message"}),
    "intermediateThrowEvent": frozenset({"link"}),
    "boundaryEvent": frozenset({"timer", "conditional", "signal", "message", "cancel", "compensate"}),
    "endEvent": frozenset({"terminate", "signal"}),
}
_ALIEN = ("task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask",
          "receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess")  # fmt: skip


def in_choreography(node: Node) -> bool:
    return node.scope.process.kind in CHOREOGRAPHIES


def check_choreographies(diagram: Diagram, report: Report) -> None:
    """Who takes part in each step, what may stand in a choreography at all."""
    for node in diagram.nodes:
        if node.kind in CHOREOGRAPHY_NODES:
            _check_step(diagram, node, report)
        if not in_choreography(node):
            if node.kind in CHOREOGRAPHY_NODES:
                report.error("choreography-where", node, "nằm ngoài choreography.",
                             "stands outside a choreography.")  # fmt: skip
            continue
        if node.kind in _ALIEN:
            report.error("choreography-holds", node, "không được nằm trong choreography.",
                         "may not stand in a choreography.")  # fmt: skip
        for kind in dict.fromkeys(node.triggers):
            if kind not in _ALLOWED.get(node.kind, frozenset()):
                report.error(
                    "choreography-event",
                    node,
                    f"thuộc loại {KIND_WORDS[kind].vi}, không dùng được trong choreography.",
                    f"is of the kind {KIND_WORDS[kind].en}, which a choreography may not use.",
                )


def check_order(diagram: Diagram, report: Report) -> None:
    """Nobody can tell when to begin a step who had no part in the one before."""
    for node in diagram.nodes:
        if not in_choreography(node) or node.kind not in CHOREOGRAPHY_NODES:
            continue
        first = plain(node.xml.get("initiatingParticipantRef"))
        for earlier in _before(node):
            parties = _parties(earlier)
            if first in _parties(node) and parties and first not in parties:
                who, said = label(diagram.named(first)), label(earlier)
                report.error(
                    "choreography-order",
                    node,
                    f"do {who.vi} khởi xướng, nhưng bên đó không tham gia {said.vi} ngay trước.",
                    f"is initiated by {who.en}, which takes no part in {said.en} just before it.",
                )


def _before(node: Node) -> list[Node]:
    """The steps right before, also those before a gateway that only splits: its one way in is theirs."""
    found, todo, seen = [], [node], {node}
    while todo:
        for flow in todo.pop().incoming:
            source = flow.source
            if source is None or source in seen:
                continue
            seen.add(source)
            if source.kind in CHOREOGRAPHY_NODES:
                found.append(source)
            elif source.kind in ("exclusiveGateway", "parallelGateway") and len(source.incoming) == 1:
                todo.append(source)
    return found


def _parties(node: Node) -> list[str]:
    return [plain(text_of(one)) for one in bpmn_children(node.xml, "participantRef")]


def check_data(diagram: Diagram, report: Report) -> None:
    """A choreography has no place where data could be kept."""
    for scope in diagram.scopes:
        if scope.process.kind in CHOREOGRAPHIES:
            for xml in bpmn_children(scope.xml, *DATA_ELEMENTS):
                report.error("choreography-holds", xml, "không được nằm trong choreography.",
                             "may not stand in a choreography.")  # fmt: skip


def _check_step(diagram: Diagram, node: Node, report: Report) -> None:
    parties = _parties(node)
    first = plain(node.xml.get("initiatingParticipantRef"))
    if node.kind == "choreographyTask" and len(parties) != 2:
        report.error(
            "choreography-parties",
            node,
            f"cần đúng hai bên tham gia, đang có {len(parties)}.",
            f"needs exactly two participants; it has {len(parties)}.",
        )
    if first and parties and first not in parties:
        report.error(
            "choreography-initiator",
            node,
            f"do “{first}” khởi xướng, nhưng bên đó không tham gia bước này.",
            f"is initiated by “{first}”, which does not take part in it.",
        )
    for ref in bpmn_children(node.xml, "messageFlowRef"):
        flow = diagram.named(text_of(ref))
        if flow is not None and local_name(flow) == "messageFlow":
            _check_flow(node, parties, flow, report)


def _check_flow(node: Node, parties: list[str], flow: Any, report: Report) -> None:
    ends = {plain(flow.get("sourceRef")), plain(flow.get("targetRef"))}
    if not ends <= set(parties):
        said = label(flow)
        report.error(
            "choreography-flow",
            node,
            f"dùng {said.vi}, không đi giữa các bên của bước.",
            f"uses {said.en}, which does not go between its participants.",
        )
