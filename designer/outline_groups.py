"""Acts of the outline on groups of steps, calls, and the first of several events.

As in `designer.outline_acts`: one function is one act on the sheet and returns the part to look at next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from designer import office_parts as parts
from designer.kinds import OFFERED
from designer.outline_acts import END, NEXT, begin_step
from designer.sheet import EVENT, STEP, Sheet
from designer.triggers import MESSAGE, TIMER, Trigger, Wait, write_trigger
from designer.ways import check_target, find, find_node, put_node, refuse
from engine.bpmn.extensions import local_name
from engine.bpmn.picture import Box
from engine.bpmn.repair.draft import variable
from engine.domain.texts import Text

GROUP, CALL, EVENT_GROUP = "group", "call", "event_group"
USUAL = "check"  # what a new group or process begins with


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One of the events that are waited for: a time, or a message by its name."""

    name: Text
    to: str = NEXT
    wait: Wait | None = None
    message: str = ""


def add_group(sheet: Sheet, where: str, name: Text, kind: str = USUAL) -> str:
    """Put a group of steps on a flow or behind a node, with one step of its own to begin with."""
    group = put_node(sheet, where, "subProcess")
    parts.set_name(group, name or Text("Nhóm bước", "Group of steps"))
    return _fill(sheet, group, sheet.box(group), kind)


def add_event_group(sheet: Sheet, where: str, name: Text, kind: str = USUAL) -> str:
    """Put a group that an event starts beside a node; no way leads to it. It begins by a message of its own.

    Raises:
        CannotDraw: If the node is none; events that start and end have no group beside them.
    """
    beside = find(sheet, where)
    beside = sheet.source(beside) if local_name(beside) == "sequenceFlow" else find_node(sheet, where)
    group = sheet.add_after(beside, "subProcess", triggeredByEvent="true")
    parts.set_name(group, name or Text("Khi có sự kiện", "When an event occurs"))
    step = _fill(sheet, group, sheet.box(group), kind)
    start = next(one for one in group if local_name(one) == "startEvent")
    parts.set_name(start, Text("Có tin nhắn", "A message comes"))
    write_trigger(sheet, start, Trigger(kind=MESSAGE, ref=variable(group.get("name"), MESSAGE)))
    return step


def add_call(sheet: Sheet, where: str, name: Text, called: str = "") -> str:
    """Call another process of the file; without one, a new process is begun under the name of the call."""
    call = put_node(sheet, where, "callActivity")
    parts.set_name(call, name or Text("Gọi quy trình khác", "Call of another procedure"))
    if called:
        return set_call(sheet, call.get("id"), called)
    process = sheet.make("process", id=sheet.new_id("Process"), isExecutable="true")
    process.set("name", call.get("name"))
    sheet.process_of(call).addnext(process)
    call.set("calledElement", process.get("id"))
    _fill(sheet, process, None, USUAL)
    return call.get("id")


def set_call(sheet: Sheet, key: str, called: str) -> str:
    """Say which process of the file a call runs."""
    call, process = find_node(sheet, key, "callActivity"), sheet.find(called)
    if process is None or local_name(process) != "process" or process is sheet.process_of(call):
        refuse("Hãy chọn một quy trình khác trong tệp này.", "Choose another process of this file.")
    call.set("calledElement", called)
    return key


def wait_for_first(sheet: Sheet, where: str, name: Text, events: Sequence[Event]) -> str:
    """Put a point where whatever happens first decides: each event leads on by a way of its own."""
    if len(events) < 2:
        refuse("Cần ít nhất hai việc để chờ.", "At least two events are needed to wait for.")
    gate = put_node(sheet, where, "eventBasedGateway")
    parts.set_name(gate, name or Text("Việc nào xảy ra trước?", "Which happens first?"))
    [direct] = sheet.outgoing(gate) or [None]
    onward = sheet.target(direct) if direct is not None else None
    if direct is not None:
        sheet.remove(direct)
    for event in events:
        _add_event(sheet, gate, event, onward)
    return gate.get("id")


def add_event(sheet: Sheet, key: str, event: Event) -> str:
    """Let a point where the first event decides wait for one more."""
    gate = find_node(sheet, key)
    if local_name(gate) != "eventBasedGateway":
        refuse("Đây không phải điểm chờ nhiều việc.", "This is no point that waits for several events.")
    return _add_event(sheet, gate, event, None)


def _add_event(sheet: Sheet, gate: Any, event: Event, onward: Any) -> str:
    if not event.name:
        refuse("Hãy đặt tên cho việc được chờ.", "Give the event a name.")
    if event.wait is None and not event.message:
        refuse("Hãy ghi tên tin nhắn, hoặc thời gian chờ.", "Write the name of the message, or the time.")
    node = sheet.append(gate, "intermediateCatchEvent")
    parts.set_name(node, event.name)
    trigger = Trigger(kind=TIMER, wait=event.wait) if event.wait else Trigger(kind=MESSAGE, ref=event.message)
    write_trigger(sheet, node, trigger)
    if event.to == NEXT and onward is not None:
        target = onward
    elif event.to in (END, NEXT, ""):
        target = sheet.add_after(node, "endEvent")
    else:
        target = find(sheet, event.to)
    check_target(sheet, gate, target)
    sheet.connect(node, target)
    return node.get("id")


def _fill(sheet: Sheet, scope: Any, around: Box | None, kind: str) -> str:
    """Begin a scope with start, one step and end, drawn inside the box if there is one."""
    if kind not in OFFERED:
        refuse("Hãy chọn loại bước.", "Choose the kind of step.")
    made = []
    for tag, prefix in (("startEvent", "Start"), ("userTask", "Step"), ("endEvent", "End")):
        made.append(sheet.put(scope, tag, id=sheet.new_id(prefix)))
    start, step, end = made
    begin_step(step, kind)
    if around is not None:
        middle = around.middle[1]
        at = around.x + 30
        for node, (width, height) in ((start, EVENT), (step, STEP), (end, EVENT)):
            sheet.draw_at(node, Box(at, middle - height / 2, width, height))
            at += width + 44
    sheet.connect(start, step)
    sheet.connect(step, end)
    return step.get("id")
