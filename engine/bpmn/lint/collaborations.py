"""Who exchanges what with whom (BPMN 2.0.2, chapter 9): message flows, conversations, their calls."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, bpmn_children, child_of, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CONVERSATION_NODES
from engine.bpmn.lint.names import label

_NOT_GLOBAL = (
    "conversation", "subConversation", "callConversation", "conversationLink", "conversationAssociation",
    "participantAssociation", "messageFlowAssociation", "association", "group", "textAnnotation",
)  # fmt: skip


def check_message_numbers(diagram: Diagram, report: Report) -> None:
    """A start or end event with several message flows is of the kind Multiple."""
    for end, kind, vi, en in (
        ("targetRef", "startEvent", "nhận", "receives"),
        ("sourceRef", "endEvent", "gửi", "sends"),
    ):
        found = Counter(plain(flow.get(end)) for flow in diagram.of_kind("messageFlow"))
        for ident, number in found.items():
            node = diagram.node(ident)
            if node is not None and node.kind == kind and number > 1 and len(node.definitions) < 2:
                report.error(
                    "message-flow-number",
                    node,
                    f"{vi} {number} dòng thông điệp nên phải có nhiều định nghĩa sự kiện (Multiple).",
                    f"{en} {number} message flows and must therefore have several event definitions.",
                )


def check_conversations(diagram: Diagram, report: Report) -> None:
    """A conversation has participants of its collaboration; a link leads to exactly one conversation."""
    linked: dict[str, set[str]] = {}
    for link in diagram.of_kind("conversationLink"):
        ends = [plain(link.get(name)) for name in ("sourceRef", "targetRef")]
        found = [diagram.named(one) for one in ends]
        if None in found:
            continue
        talks = [one for one in found if local_name(one) in CONVERSATION_NODES]
        if len(talks) != 1:
            report.error(
                "conversation-link",
                link,
                f"phải nối đúng một cuộc trao đổi với một bên; đang nối {len(talks)} cuộc trao đổi.",
                f"must join exactly one conversation with a participant; it joins {len(talks)}.",
            )
        for here, there in (ends, ends[::-1]):
            linked.setdefault(here, set()).add(there)
    for talk in diagram.of_kind(*CONVERSATION_NODES):
        named = [plain(text_of(one)) for one in bpmn_children(talk, "participantRef")]
        others = {*named, *linked.get(talk.get("id") or "", ())}
        if len(others) < 2:
            report.error(
                "conversation-participants",
                talk,
                f"cần ít nhất hai bên tham gia, đang có {len(others)}.",
                f"needs at least two participants; it has {len(others)}.",
            )
        _check_own(diagram, talk, named, report)


def _check_own(diagram: Diagram, talk: Any, named: list[str], report: Report) -> None:
    whole = talk.getparent()
    while whole is not None and local_name(whole) in CONVERSATION_NODES:
        whole = whole.getparent()
    for ident in named:
        one = diagram.named(ident)
        if one is not None and local_name(one) == "participant" and one.getparent() is not whole:
            said = label(one)
            report.error(
                "participant-foreign",
                talk,
                f"ghi {said.vi} của sơ đồ phối hợp khác.",
                f"names {said.en} of another collaboration.",
            )


def check_called_collaborations(diagram: Diagram, report: Report) -> None:
    """A call conversation calls no choreography; a global conversation is empty of conversations."""
    for call in diagram.of_kind("callConversation"):
        called = diagram.named(call.get("calledCollaborationRef"))
        if called is not None and local_name(called) in ("choreography", "globalChoreographyTask"):
            said = label(called)
            report.error(
                "conversation-calls",
                call,
                f"gọi {said.vi}; chỉ được gọi sơ đồ phối hợp hoặc trao đổi dùng chung.",
                f"calls {said.en}; only a collaboration or a global conversation may be called.",
            )
    for xml in diagram.of_kind("globalConversation"):
        inner = next(iter(bpmn_children(xml, *_NOT_GLOBAL)), None)
        if inner is not None:
            kind = local_name(inner)
            report.error(
                "global-conversation",
                xml,
                f"chứa <{kind}>; trao đổi dùng chung chỉ có các bên, dòng thông điệp và khóa ghép.",
                f"holds <{kind}>; a global conversation has participants, message flows and keys only.",
            )
    for pair in diagram.of_kind("participantAssociation"):
        _check_pair(diagram, pair, report)


def _check_pair(diagram: Diagram, pair: Any, report: Report) -> None:
    """The inner participant is one of what is called, the outer one of who calls."""
    call = pair.getparent()
    called = diagram.named(call.get("calledCollaborationRef") or call.get("calledChoreographyRef"))
    inner = diagram.named(text_of(child_of(pair, "innerParticipantRef")))
    if called is not None and inner is not None and inner.getparent() is not called:
        said = label(called)
        report.error(
            "participant-pair",
            call,
            f"ghép một bên (innerParticipantRef) không thuộc {said.vi}.",
            f"pairs a participant (innerParticipantRef) that is not one of {said.en}.",
            at=pair,
        )
