"""Flows: ends that are missing, borders that are crossed, gateways that divide nothing."""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.repair.draft import Draft, Fixer, Said, called, is_activity, is_node, is_scope
from engine.domain.texts import Text

_LINES = (
    "sequenceFlow",
    "messageFlow",
    "association",
    "dataInputAssociation",
    "dataOutputAssociation",
    "conversationLink",
)
_LISTED = ("incoming", "outgoing", "flowNodeRef")
_SENDS = ("intermediateThrowEvent", "endEvent", "boundaryEvent")
_RECEIVES = ("startEvent", "intermediateCatchEvent", "boundaryEvent")


def _drop_line(draft: Draft, line: Any) -> Said | None:
    """A line with a loose end connects nothing; it goes, and so does its picture."""
    if local_name(line) not in _LINES:
        return _drop_names(draft, line)
    draft.remove(line)
    ends = [draft.find(line.get(side) or "") for side in ("sourceRef", "targetRef")]
    known = next((f"“{called(one)}”" for one in ends if one is not None), "")
    return Said(
        f"Bỏ một đường nối hở đầu{f' ở {known}' if known else ''}: nó không nối hai phần tử nào.",
        f"Drop a line with a loose end{f' at {known}' if known else ''}: it connects no two elements.",
        Text("Đường này đáng lẽ đi đâu?", "Where should this line lead?"),
    )


def _drop_names(draft: Draft, owner: Any) -> Said | None:
    """Names of flows or steps that are not there say nothing."""
    gone = [
        child
        for child in owner.iterchildren(f"{{{BPMN}}}*")
        if local_name(child) in _LISTED and draft.find((child.text or "").strip()) is None
    ]
    for child in gone:
        owner.remove(child)
    if owner.get("default") and draft.find(owner.get("default")) is None:
        del owner.attrib["default"]
        gone.append(owner)
    if not gone:
        return None
    return Said(
        f"Bỏ tên của phần tử không có trong “{called(owner)}”.",
        f"Drop names of elements that are not there from “{called(owner)}”.",
    )


def _bring_inside(draft: Draft, flow: Any) -> Said | None:
    """A flow across a border: a message between pools; at a sub-process it ends at the sub-process."""
    if local_name(flow) != "sequenceFlow":
        return None
    source, target = draft.find(flow.get("sourceRef")), draft.find(flow.get("targetRef"))
    if source is None or target is None:
        return None
    if draft.process_of(source) is not draft.process_of(target):
        return _as_message(draft, flow, source, target)
    around = [one for one in source.iterancestors() if is_scope(one)]
    common = next((one for one in target.iterancestors() if one in around), None)
    if common is None:
        return None
    inner = _within(source, common), _within(target, common)
    draft.place(flow, common)
    draft.redirect(
        flow,
        source=inner[0] if inner[0] is not source else None,
        target=inner[1] if inner[1] is not target else None,
    )
    return Said(
        f"Mũi tên “{called(source)}” → “{called(target)}” băng qua khung quy trình con: nay dừng ở khung.",
        f"The flow “{called(source)}” → “{called(target)}” crosses a sub-process: it ends at its border.",
    )


def _within(node: Any, scope: Any) -> Any:
    """Return the node, or the sub-process around it, that stands directly in the scope."""
    while node.getparent() is not scope:
        node = node.getparent()
    return node


def _as_message(draft: Draft, flow: Any, source: Any, target: Any) -> Said:
    between = next(iter(draft.all("collaboration")), None)
    sends = is_activity(source) or local_name(source) in _SENDS
    receives = is_activity(target) or local_name(target) in _RECEIVES
    key, name = flow.get("id"), flow.get("name")
    draft.remove(flow)
    if between is not None and sends and receives:
        line = draft.make("messageFlow", id=key, sourceRef=source.get("id"), targetRef=target.get("id"))
        if name:
            line.set("name", name)
        pools = [at for at, one in enumerate(between) if local_name(one) in ("participant", "messageFlow")]
        between.insert(pools[-1] + 1 if pools else len(between), line)
        draft.draw_line(line)
        vi, en = "đổi thành luồng tin, vì giữa hai bên chỉ có tin đi lại", "it is now a message flow"
    else:
        vi, en = (
            "bỏ đi, vì hai đầu không gửi hay nhận tin được",
            "it is dropped: its ends cannot exchange messages",
        )
    return Said(
        f"Mũi tên từ “{called(source)}” tới “{called(target)}” nối hai bên khác nhau: {vi}.",
        f"The flow from “{called(source)}” to “{called(target)}” joins two pools: {en}.",
    )


def _message_inside(draft: Draft, line: Any) -> Said | None:
    draft.remove(line)
    return Said(
        "Bỏ một luồng tin trong cùng một bên: trong một bên, thứ tự đi theo mũi tên, không theo tin.",
        "Drop a message flow within one pool: inside, order is said by sequence flows.",
        Text("Luồng tin này nói điều gì?", "What does this message flow mean?"),
    )


def _skip_gateway(draft: Draft, gateway: Any) -> Said | None:
    """A gateway with one way in and one way out is passed as if it were not there."""
    ways_in, ways_out = draft.incoming(gateway), draft.outgoing(gateway)
    if len(ways_in) > 1 or len(ways_out) > 1:
        return None
    if ways_in and ways_out:
        target = draft.find(ways_out[0].get("targetRef"))
        if target is None or target is gateway:
            return None
        name = ways_out[0].get("name") or ways_in[0].get("name")
        draft.redirect(ways_in[0], target=target)
        if name and not ways_in[0].get("name"):
            ways_in[0].set("name", name)
    draft.remove(gateway)
    return Said(
        f"Bỏ cổng “{called(gateway)}”: chỉ một đường vào, một đường ra thì không chia cũng không gộp.",
        f"Drop the gateway “{called(gateway)}”: with one way in and one out it neither splits nor merges.",
    )


def _drop_direction(draft: Draft, gateway: Any) -> Said | None:
    if gateway is None or not gateway.get("gatewayDirection"):
        return None
    del gateway.attrib["gatewayDirection"]
    return Said(
        f"Bỏ ghi chú hướng của cổng “{called(gateway)}”: không khớp với các mũi tên.",
        f"Drop the direction of the gateway “{called(gateway)}”: its flows say otherwise.",
    )


def _drop_condition(draft: Draft, flow: Any) -> Said | None:
    child = None if flow is None else flow.find(f"{{{BPMN}}}conditionExpression")
    if child is None:
        return None
    flow.remove(child)
    return Said(
        f"Bỏ điều kiện trên “{called(flow)}”: ở chỗ này điều kiện không có tác dụng.",
        f"Drop the condition on “{called(flow)}”: conditions mean nothing there.",
    )


def _open_border_event(draft: Draft, event: Any) -> Said | None:
    """A start event with a way in, or an end event with a way out, stands in the middle."""
    if not is_node(event):
        return None
    has_definition = any(local_name(one).endswith("EventDefinition") for one in event)
    if local_name(event) == "startEvent":
        draft.rename(event, "intermediateCatchEvent" if has_definition else "intermediateThrowEvent")
    elif local_name(event) == "endEvent":
        draft.rename(event, "intermediateThrowEvent")
    else:
        return None
    return Said(
        f"Đổi “{called(event)}” thành sự kiện ở giữa, vì có mũi tên vào và ra.",
        f"Make “{called(event)}” an intermediate event, because flows lead in and out.",
    )


def _relist(draft: Draft, node: Any) -> Said | None:
    if not is_node(node):
        return None
    draft.relist(node)
    return Said(
        f"“{called(node)}” ghi lại đúng các mũi tên vào và ra của mình.",
        f"“{called(node)}” now names the flows that enter and leave it.",
    )


FIXERS: dict[str, Fixer] = {
    "flow-list": _relist,
    "missing-attribute": _drop_line,
    "dangling-reference": _drop_line,
    "flow-dangling": _drop_line,
    "wrong-reference": _drop_line,
    "flow-crosses-scope": _bring_inside,
    "message-flow-inside": _message_inside,
    "message-flow-end": _message_inside,
    "gateway-pointless": _skip_gateway,
    "gateway-direction": _drop_direction,
    "condition-where": _drop_condition,
    "condition-alone": _drop_condition,
    "start-incoming": _open_border_event,
    "end-outgoing": _open_border_event,
}
