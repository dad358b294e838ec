"""Acts of the outline on what is waited for and thrown, on the way or on a step, and what messages carry.

As in `designer.outline_acts`: one function is one act on the sheet and returns the part to look at next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from designer import office_parts as parts
from designer.message_keys import Key, write_keys
from designer.outline_acts import END, NEXT
from designer.sheet import Sheet
from designer.triggers import (
    CONDITION,
    ESCALATION,
    MESSAGE,
    NONE,
    SIGNAL,
    TIMER,
    Trigger,
    Wait,
    declared,
    read_trigger,
    write_trigger,
)
from designer.ways import check_target, find, find_activity, find_node, put_node, refuse
from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.repair.draft import variable
from engine.domain.texts import Text

MOST_FIELDS = 40
ALWAYS = "true"
SEND_MESSAGE, WAIT_MESSAGE, WAIT_TIMER = "send_message", "wait_message", "wait_timer"
SEND_SIGNAL, WAIT_SIGNAL, ESCALATE = "send_signal", "wait_signal", "escalate"
WAIT_CONDITION, DECIDE = "wait_condition", "decide"
KINDS: Mapping[str, tuple[str, str, Text]] = {
    WAIT_TIMER: ("intermediateCatchEvent", TIMER, Text("Chờ đến hạn", "Wait until due")),
    SEND_MESSAGE: ("sendTask", MESSAGE, Text("Gửi tin nhắn", "Send a message")),
    WAIT_MESSAGE: ("receiveTask", MESSAGE, Text("Chờ tin nhắn", "Wait for a message")),
    SEND_SIGNAL: ("intermediateThrowEvent", SIGNAL, Text("Phát tín hiệu", "Send a signal")),
    WAIT_SIGNAL: ("intermediateCatchEvent", SIGNAL, Text("Chờ tín hiệu", "Wait for a signal")),
    ESCALATE: ("intermediateThrowEvent", ESCALATION, Text("Báo cáo vượt cấp", "Escalate")),
    WAIT_CONDITION: ("intermediateCatchEvent", CONDITION, Text("Chờ điều kiện", "Wait for a condition")),
    DECIDE: ("businessRuleTask", NONE, Text("Theo bảng quyết định", "By a decision table")),
}


def add_event(sheet: Sheet, where: str, kind: str, name: Text) -> str:
    """Put a point that waits or throws on a flow or behind a node; what it is about gets a first name."""
    tag, trigger, usual = KINDS[kind]
    node = put_node(sheet, where, tag)
    parts.set_name(node, name or usual)
    first = variable(node.get("name"), trigger)
    if tag in ("sendTask", "receiveTask"):
        return set_message(sheet, node.get("id"), first)
    if tag == "businessRuleTask":
        return node.get("id")
    about = {
        TIMER: Trigger(kind=TIMER, wait=Wait(text="P1D")),
        CONDITION: Trigger(kind=CONDITION, feel=ALWAYS),
    }
    write_trigger(sheet, node, about.get(trigger) or Trigger(kind=trigger, ref=first))
    return node.get("id")


def attach(sheet: Sheet, key: str, name: Text, trigger: Trigger, to: str) -> str:
    """Put an event on a step: when it occurs, the dossier goes another way, too or instead."""
    step = find_activity(sheet, key)
    event = sheet.attach(step)
    parts.set_name(event, name or Text("Quá hạn", "Out of time"))
    write_trigger(sheet, event, trigger)
    target = sheet.add_after(event, "endEvent") if to in (END, NEXT, "") else find(sheet, to)
    check_target(sheet, event, target)
    sheet.connect(event, target)
    return key


def set_event(sheet: Sheet, key: str, name: Text, trigger: Trigger) -> str:
    """Say what an event is called and what it waits for or throws."""
    event = find_node(sheet, key)
    if local_name(event) == "endEvent" and trigger.kind != MESSAGE:
        parts.set_fields(event, [])  # only a message carries anything
    write_trigger(sheet, event, trigger)
    parts.set_name(event, name)
    return key


def set_message(sheet: Sheet, key: str, name: str) -> str:
    """Say which message a step or event sends or waits for, by its name."""
    node = find_node(sheet, key)
    if local_name(node) in ("sendTask", "receiveTask"):
        if not name:
            refuse("Hãy ghi tên tin nhắn.", "Write the name of the message.")
        node.set("messageRef", declared(sheet, MESSAGE, name).get("id"))
    else:
        write_trigger(sheet, node, Trigger(kind=MESSAGE, ref=name))
    return key


def set_payload(sheet: Sheet, key: str, fields: Sequence[tuple[str, str]]) -> str:
    """Say what a message carries: a name and the FEEL expression of its value, each name once."""
    node = find_node(sheet, key)
    if not _message(sheet, node):
        refuse("Chỉ tin nhắn mới có nội dung.", "Only a message carries anything.")
    names = [name for name, _ in fields]
    if len(set(names)) < len(names):
        refuse("Mỗi tên trường chỉ dùng một lần.", "Each name may be used once.")
    bad = next((one for one in names if not one.isidentifier() or not one.isascii()), None)
    if bad is not None:
        refuse(
            f"Tên trường chỉ gồm chữ không dấu, số và gạch dưới; đang ghi “{bad[:30]}”.",
            f"A name has letters, digits and underscores only; “{bad[:30]}” was given.",
        )
    lacking = next((name for name, value in fields if not value), None)
    if lacking is not None:
        refuse(f"Trường “{lacking}” chưa có giá trị.", f"The field “{lacking}” has no value.")
    parts.set_fields(node, fields[:MOST_FIELDS])
    return key


def set_keys(sheet: Sheet, key: str, keys: Sequence[Key]) -> str:
    """Say by which keys the message of a step or event finds its dossier."""
    node = find_node(sheet, key)
    name = _message(sheet, node)
    if not name:
        refuse("Chỉ tin nhắn mới có khóa.", "Only a message has keys.")
    write_keys(sheet, declared(sheet, MESSAGE, name), sheet.process_of(node), keys)
    return key


def _message(sheet: Sheet, node: object) -> str:
    """Return the name of the message that a node sends or waits for, "" where there is none."""
    by_id = {one.get("id"): one for one in sheet.root.iter(f"{{{BPMN}}}*")}
    trigger = read_trigger(node, by_id)
    if trigger is not None:
        return trigger.ref if trigger.kind == MESSAGE else ""
    named = by_id.get((node.get("messageRef") or "").rpartition(":")[2])  # type: ignore[attr-defined]
    return "" if named is None else named.get("name") or ""
