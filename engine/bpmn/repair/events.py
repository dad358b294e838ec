"""Events: messages, signals, times and conditions that a drawing says only in words."""

from __future__ import annotations

import re
from typing import Any

from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.repair.draft import Draft, Fixer, Said, called, is_activity, is_node, variable
from engine.domain.texts import Text, fold

PLACEHOLDER = "P1D"
_UNITS = (
    ("PT{}S", r"s|sec|secs|seconds?|sekunden?|giay"),
    ("PT{}M", r"m|min|mins|minutes?|minuten?|phut"),
    ("PT{}H", r"h|hours?|stunden?|std|gio|tieng"),
    ("P{}D", r"d|days?|tage?n?|ngay|werktage?n?"),
    ("P{}W", r"w|weeks?|wochen?|tuan"),
    ("P{}M", r"months?|monate?n?|thang"),
    ("P{}Y", r"years?|jahre?n?|nam"),
)
_NUMBERS = {
    **dict.fromkeys(("a", "an", "one", "ein", "eine", "einer", "einem", "mot"), 1),
    **dict.fromkeys(("two", "zwei", "hai"), 2), **dict.fromkeys(("three", "drei", "ba"), 3),
    **dict.fromkeys(("four", "vier", "bon"), 4), **dict.fromkeys(("five", "funf", "fuenf", "nam"), 5),
    **dict.fromkeys(("six", "sechs", "sau"), 6), **dict.fromkeys(("seven", "sieben", "bay"), 7),
    **dict.fromkeys(("eight", "acht", "tam"), 8), **dict.fromkeys(("nine", "neun", "chin"), 9),
    **dict.fromkeys(("ten", "zehn", "muoi"), 10), **dict.fromkeys(("twelve", "zwolf"), 12),
}  # fmt: skip
_EVERY = ("every", "each", "daily", "weekly", "monthly", "jede", "jeden", "taglich", "moi ", "hang ", "hằng ")
_ALONE = {"daily": "P1D", "weekly": "P1W", "monthly": "P1M", "taglich": "P1D", "wochentlich": "P1W",
          "monatlich": "P1M", "hang ngay": "P1D", "hang tuan": "P1W", "hang thang": "P1M"}  # fmt: skip
_THROWN = (
    "messageEventDefinition",
    "signalEventDefinition",
    "escalationEventDefinition",
    "compensateEventDefinition",
    "linkEventDefinition",
)
_CAUGHT = (
    "messageEventDefinition",
    "signalEventDefinition",
    "timerEventDefinition",
    "conditionalEventDefinition",
    "linkEventDefinition",
)


def time_in(words: str) -> str:
    """Return the time that a label says, as an ISO-8601 duration; "" if it says none.

    `time_in("nach 2 Wochen")` is "P2W", `time_in("quá 24 giờ")` is "PT24H".
    """
    text = fold(words)
    number = "|".join((r"\d{1,4}", *sorted(_NUMBERS, key=len, reverse=True)))
    for pattern, unit in _UNITS:
        found = re.search(rf"\b({number})\s*-?\s*(?:{unit})\b\.?", text)
        if found:
            amount = _NUMBERS.get(found[1]) or int(found[1])
            return pattern.format(amount) if amount else ""
    return next((time for word, time in _ALONE.items() if word in text), "")


def _name_message(draft: Draft, node: Any) -> Said | None:
    """A message is what goes along the message flow, else what the event is called."""
    line = next(
        (
            one
            for one in draft.all("messageFlow")
            if node.get("id") in (one.get("sourceRef"), one.get("targetRef"))
        ),
        None,
    )
    partner = None
    if line is not None:
        partner = draft.find(
            line.get("targetRef" if line.get("sourceRef") == node.get("id") else "sourceRef")
        )
    words = (line.get("name") if line is not None else "") or ""
    if not words and partner is not None and is_node(partner) and line.get("sourceRef") == partner.get("id"):
        words = partner.get("name") or ""
    words = " ".join((draft.answer or words or called(node)).split())
    message = next((one for one in draft.all("message") if one.get("name") == words), None)
    if message is None:
        message = draft.declare("message", id=draft.new_id("Message"), name=words)
    holders = (
        [node]
        if local_name(node) in ("sendTask", "receiveTask")
        else node.findall(f"{{{BPMN}}}messageEventDefinition")
    )
    for holder in holders:
        if not holder.get("messageRef"):
            holder.set("messageRef", message.get("id"))
    return Said(
        f"“{called(node)}” nhận hoặc gửi tin “{words}”, lấy từ nhãn trong bản vẽ.",
        f"“{called(node)}” sends or receives the message “{words}”, as the drawing calls it.",
    )


def _name_signal(draft: Draft, node: Any) -> Said | None:
    words = called(node)
    signal = next((one for one in draft.all("signal") if one.get("name") == words), None)
    if signal is None:
        signal = draft.declare("signal", id=draft.new_id("Signal"), name=words)
    for holder in node.findall(f"{{{BPMN}}}signalEventDefinition"):
        if not holder.get("signalRef"):
            holder.set("signalRef", signal.get("id"))
    return Said(
        f"Tín hiệu của “{called(node)}” lấy tên theo nhãn.",
        f"The signal of “{called(node)}” is called as its label says.",
    )


def _give_code(draft: Draft, element: Any) -> Said | None:
    attribute = {"escalation": "escalationCode", "error": "errorCode"}.get(local_name(element))
    if attribute is None:
        return None
    element.set(attribute, variable(element.get("name") or element.get("id") or "", "code"))
    return Said(
        f"Mã của “{called(element)}” lấy theo tên.",
        f"The code of “{called(element)}” is taken from its name.",
    )


def _give_time(draft: Draft, node: Any) -> Said | None:
    """The time is what the label says; where it says none, a day until somebody says better."""
    label = node.get("name") or ""
    said = time_in(draft.answer) or draft.answer or time_in(label)
    time = said or PLACEHOLDER
    repeats = local_name(node) == "startEvent" and any(one in fold(label) for one in _EVERY)
    for holder in node.findall(f"{{{BPMN}}}timerEventDefinition"):
        for child in holder.findall(f"{{{BPMN}}}*"):
            if local_name(child) in ("timeDate", "timeDuration", "timeCycle"):
                holder.remove(child)
        kind, text = ("timeCycle", f"R/{time}") if repeats else ("timeDuration", time)
        draft.put(holder, kind, text, formal=True)
    question = Text("")
    if not said:
        question = Text(
            f"“{called(node)}” là bao lâu? Tạm đặt 1 ngày.",
            f"How long is “{called(node)}”? One day is taken.",
        )
    return Said(
        f"Thời gian của “{called(node)}”: {text}{', lấy từ nhãn' if said else ''}.",
        f"The time of “{called(node)}”: {text}{', from its label' if said else ''}.",
        question,
    )


def _give_condition(draft: Draft, node: Any) -> Said | None:
    """A condition in words becomes a yes-or-no value of that name."""
    name = variable(node.get("name") or node.get("id") or "", "holds")
    text = draft.answer or f"{name} = true"
    for holder in node.findall(f"{{{BPMN}}}conditionalEventDefinition"):
        for child in holder.findall(f"{{{BPMN}}}condition"):
            holder.remove(child)
        draft.put(holder, "condition", text, formal=True)
    return Said(
        f"“{called(node)}” chờ đến khi “{name}” là có.",
        f"“{called(node)}” waits until “{name}” is yes.",
        Text(f"Dữ liệu nào cho biết “{called(node)}”?", f"Which data says “{called(node)}”?"),
    )


def _fit_kind(draft: Draft, node: Any) -> Said | None:
    """An event of a kind that cannot stand where it is drawn becomes the nearest one that can."""
    wrong = [one for one in node if local_name(one).endswith("EventDefinition")]
    kinds = {local_name(one) for one in wrong}
    kind = local_name(node)
    if kind == "endEvent" and kinds & {"cancelEventDefinition"}:
        for one in wrong:
            draft.rename(one, "terminateEventDefinition")
        vi, en = "kết thúc toàn bộ quy trình", "it ends the whole process"
    elif kind == "intermediateCatchEvent" and kinds and kinds <= set(_THROWN):
        draft.rename(node, "intermediateThrowEvent")
        vi, en = "là sự kiện phát ra", "it throws"
    elif kind == "intermediateThrowEvent" and kinds and kinds <= set(_CAUGHT):
        draft.rename(node, "intermediateCatchEvent")
        vi, en = "là sự kiện chờ", "it catches"
    elif kind == "boundaryEvent":
        for one in wrong:
            node.remove(one)
        node.append(draft.make("signalEventDefinition"))
        vi, en = "chờ một tín hiệu", "it waits for a signal"
    else:
        for one in wrong:
            node.remove(one)
        if kind == "intermediateCatchEvent":
            draft.rename(node, "intermediateThrowEvent")
        vi, en = "là sự kiện thường, chỉ đánh dấu chỗ này", "it is a plain event that marks the place"
    return Said(
        f"“{called(node)}” không thể thuộc loại đó ở chỗ này: nay {vi}.",
        f"“{called(node)}” cannot be of its kind there: now {en}.",
        Text(f"“{called(node)}” muốn nói điều gì?", f"What is “{called(node)}” meant to say?"),
    )


def _begin(draft: Draft, node: Any) -> Said | None:
    """A catch event that nothing leads to is a start; without a way out either it is taken away."""
    if not is_node(node) or draft.incoming(node):
        return None
    if (
        local_name(node) == "intermediateCatchEvent"
        and draft.outgoing(node)
        and node.find(f"{{{BPMN}}}linkEventDefinition") is None
    ):
        draft.rename(node, "startEvent")
        vi, en = (
            "Đổi thành sự kiện bắt đầu: không có gì trước nó",
            "now a start event: nothing stands before it",
        )
    elif not draft.outgoing(node):
        draft.remove(node)
        vi, en = "Bỏ đi: không nối với gì", "dropped: it is connected with nothing"
    else:
        draft.connect(draft.add_node("startEvent", node, after=False), node)
        vi, en = "Thêm sự kiện bắt đầu trước nó", "a start event now stands before it"
    return Said(
        f"“{called(node)}”: {vi}.",
        f"“{called(node)}”: {en}.",
        Text(f"“{called(node)}” xảy ra khi nào?", f"When does “{called(node)}” happen?"),
    )


def _catch_behind(draft: Draft, element: Any) -> Said | None:
    """Behind an event gateway stand events; a step there is done when its message has come."""
    gateway = _event_gateway(draft, element)
    if gateway is None or not draft.wanted(draft.rule, gateway.get("id")):
        return None
    ways = draft.outgoing(gateway)
    if len(ways) < 2:
        draft.rename(gateway, "exclusiveGateway")
        vi, en = (
            "đổi thành cổng thường, vì chưa có hai sự kiện để chờ",
            "it becomes a plain gateway: there are no two events",
        )
    else:
        for way in ways:
            target = draft.find(way.get("targetRef"))
            if target is not None and local_name(target) != "intermediateCatchEvent":
                words = " ".join((way.get("name") or called(target)).split())
                event = draft.add_node("intermediateCatchEvent", target, after=False, name=words)
                event.append(draft.make("messageEventDefinition"))
                draft.redirect(way, target=event)
                draft.connect(event, target)
        vi, en = (
            "trước mỗi bước là sự kiện chờ tin cùng tên",
            "before each step stands an event that waits for its message",
        )
    return Said(
        f"Cổng sự kiện “{called(gateway)}”: {vi}.",
        f"The event gateway “{called(gateway)}”: {en}.",
        at=gateway.get("id"),
    )


def _event_gateway(draft: Draft, element: Any) -> Any:
    """Return the event gateway that a finding is about: the element, or what stands before it."""
    if local_name(element) == "eventBasedGateway":
        return element
    before = (
        [draft.find(flow.get("sourceRef")) for flow in draft.incoming(element)] if is_node(element) else []
    )
    before.append(draft.find(element.get("sourceRef") or ""))
    return next((one for one in before if one is not None and local_name(one) == "eventBasedGateway"), None)


def _own_event(draft: Draft, event: Any) -> Said | None:
    """Behind an event gateway an event has one way in; another way gets an event of the same kind."""
    others = [
        one for one in draft.incoming(event)
        if local_name(draft.find(one.get("sourceRef"))) != "eventBasedGateway"
    ] or draft.incoming(event)[1:]  # fmt: skip
    for flow in others:
        twin = draft.add_node(local_name(event), event, name=event.get("name") or "")
        for one in event:
            if local_name(one).endswith("EventDefinition"):
                copy = draft.make(
                    local_name(one), **{key: value for key, value in one.attrib.items() if key != "id"}
                )
                for child in one:
                    copied = draft.put(copy, local_name(child), (child.text or "").strip(), formal=True)
                    copied.attrib.update({k: v for k, v in child.attrib.items() if k != "id"})
                twin.append(copy)
        draft.redirect(flow, target=twin)
        for way in draft.outgoing(event):
            target = draft.find(way.get("targetRef"))
            if target is not None:
                draft.connect(twin, target)
    return Said(
        f"“{called(event)}” đứng sau cổng sự kiện nên chỉ có một đường vào: đường kia có sự kiện riêng.",
        f"“{called(event)}” follows an event gateway and has one way in: the other gets its own event.",
    )


def _send_each(draft: Draft, event: Any) -> Said | None:
    """An event that sends several messages has a definition for each."""
    if is_activity(event):
        return None
    lines = [
        one
        for one in draft.all("messageFlow")
        if event.get("id") in (one.get("sourceRef"), one.get("targetRef"))
    ]
    there = event.findall(f"{{{BPMN}}}messageEventDefinition")
    for line in lines[len(there) :]:
        words = line.get("name") or called(event)
        message = draft.declare("message", id=draft.new_id("Message"), name=words)
        event.append(draft.make("messageEventDefinition", messageRef=message.get("id")))
    return Said(
        f"“{called(event)}” có {len(lines)} luồng tin: mỗi luồng một tin.",
        f"“{called(event)}” has {len(lines)} message flows: each with a message of its own.",
    )


FIXERS: dict[str, Fixer] = {
    "message-missing": _name_message,
    "signal-missing": _name_signal,
    "escalation-code": _give_code,
    "error-code": _give_code,
    "timer-time": _give_time,
    "condition-empty": _give_condition,
    "event-kind": _fit_kind,
    "cancel-where": _fit_kind,
    "event-without-kind": _fit_kind,
    "no-way-in": _begin,
    "event-gateway-targets": _catch_behind,
    "event-gateway-mixed": _catch_behind,
    "event-gateway-shared": _own_event,
    "message-flow-number": _send_each,
}
