"""What an event waits for or throws: read from a drawing, said in words, and written back.

One event has one trigger here. What the outline does not edit (several triggers on one event, links,
compensation, cancelling) is read and named, and refused before anything of it could be lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designer.sheet import Sheet
from designer.ways import refuse
from engine.bpmn.definition_reader import TIMES, text_of
from engine.bpmn.extensions import BPMN, MC, local_name
from engine.domain.texts import Text

NONE, TIMER, MESSAGE, SIGNAL = "none", "timer", "message", "signal"
ERROR, ESCALATION, CONDITION, TERMINATE = "error", "escalation", "conditional", "terminate"
SEVERAL = "several"
KINDS: Mapping[str, Text] = {
    NONE: Text("không chờ gì", "nothing"),
    TIMER: Text("hết thời gian", "a time"),
    MESSAGE: Text("tin nhắn", "a message"),
    SIGNAL: Text("tín hiệu", "a signal"),
    ERROR: Text("lỗi", "an error"),
    ESCALATION: Text("báo cáo vượt cấp", "an escalation"),
    CONDITION: Text("điều kiện", "a condition"),
    TERMINATE: Text("dừng toàn bộ", "the end of everything"),
    "compensate": Text("hoàn tác", "compensation"),
    "cancel": Text("hủy trọn gói", "cancelling"),
    "link": Text("nối sang chỗ khác", "a link"),
    SEVERAL: Text("nhiều việc cùng lúc", "several things"),
}
NAMED = (MESSAGE, SIGNAL, ERROR, ESCALATION)
CODES = {ERROR: "errorCode", ESCALATION: "escalationCode"}
WAITING = (TIMER, MESSAGE, SIGNAL, CONDITION)
AFTER_ALL = ("endEvent", "intermediateThrowEvent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A time to wait: ISO 8601 or FEEL, by the working calendar or by the clock on the wall."""

    text: str
    is_working: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What one event waits for or throws.

    Attributes:
        kind: A key of `KINDS`.
        ref: The name of the message or signal, the code of the error or escalation; a catching event
            without a code takes any.
        wait: Of a timer.
        feel: The condition that is waited for.
        interrupts: The step that it stands on ends with it.
    """

    kind: str = NONE
    ref: str = ""
    wait: Wait | None = None
    feel: str = ""
    interrupts: bool = True

    @property
    def is_editable(self) -> bool:
        return self.kind in (NONE, TIMER, *NAMED, CONDITION, TERMINATE)


def offered(event: Any) -> tuple[str, ...]:
    """Return what an event may wait for or throw, where it stands, by the standard (10.5)."""
    tag = local_name(event)
    if tag == "boundaryEvent":
        return (*WAITING, ERROR, ESCALATION)
    if tag == "intermediateCatchEvent":
        return WAITING
    if tag == "intermediateThrowEvent":
        return (NONE, MESSAGE, SIGNAL, ESCALATION)
    if tag == "endEvent":
        return (NONE, MESSAGE, SIGNAL, ERROR, ESCALATION, TERMINATE)
    parent = event.getparent()
    if parent is not None and parent.get("triggeredByEvent") in ("true", "1"):
        return (*WAITING, ERROR, ESCALATION)
    return (NONE, MESSAGE) if parent is not None and local_name(parent) == "process" else (NONE,)


def read_trigger(event: Any, by_id: Mapping[str, Any]) -> Trigger | None:
    """Return what an event waits for or throws; None for what is no event."""
    if not local_name(event).endswith("Event"):
        return None
    interrupts = event.get("cancelActivity", event.get("isInterrupting", "true")) not in ("false", "0")
    found = definitions(event)
    if not found:
        return Trigger(interrupts=interrupts)
    if len(found) > 1 or local_name(found[0]) == "eventDefinitionRef":
        return Trigger(kind=SEVERAL, interrupts=interrupts)
    [one] = found
    kind = local_name(one).removesuffix("EventDefinition")
    ref, wait, feel = one.get("name") or "" if kind == "link" else "", None, ""
    if kind in NAMED:
        named = by_id.get((one.get(f"{kind}Ref") or "").rpartition(":")[2])
        ref = "" if named is None else named.get(CODES.get(kind, "name")) or named.get("name") or ""
    elif kind == TIMER:
        text = next((text_of(one, name) for name in TIMES if text_of(one, name)), "")
        wait = Wait(text=text, is_working=one.get(f"{{{MC}}}clock") == "working")
    elif kind == CONDITION:
        feel = text_of(one, "condition")
    return Trigger(kind=kind, ref=ref, wait=wait, feel=feel, interrupts=interrupts)


def definitions(event: Any) -> list[Any]:
    return [one for one in event if local_name(one).endswith(("EventDefinition", "eventDefinitionRef"))]


def write_trigger(sheet: Sheet, event: Any, trigger: Trigger) -> None:
    """Let an event wait for or throw this, instead of what it had.

    Raises:
        CannotDraw: If events of this place cannot have it, or it lacks its name, time or condition.
    """
    _check(sheet, event, trigger)
    for old in definitions(event):
        event.remove(old)
    if trigger.kind != NONE:
        one = sheet.put(event, f"{trigger.kind}EventDefinition", id=sheet.new_id("Definition"))
        if trigger.kind in NAMED and trigger.ref:
            one.set(f"{trigger.kind}Ref", declared(sheet, trigger.kind, trigger.ref).get("id"))
        elif trigger.kind == TIMER and trigger.wait is not None:
            _write_wait(sheet, one, trigger.wait)
        elif trigger.kind == CONDITION:
            sheet.put(one, "condition", trigger.feel, formal=True)
    stays = not trigger.interrupts and trigger.kind != ERROR
    for tag, word in (("boundaryEvent", "cancelActivity"), ("startEvent", "isInterrupting")):
        if local_name(event) == tag:
            event.attrib.pop(word, None)
            if stays:
                event.set(word, "false")


def declared(sheet: Sheet, kind: str, ref: str) -> Any:
    """Return the message, signal, error or escalation of this name or code; declared if nobody did yet."""
    word = CODES.get(kind, "name")
    found = next((one for one in sheet.all(kind) if (one.get(word) or "").strip() == ref), None)
    if found is None and kind in CODES:  # drawn with a name and without the code that is compared
        found = next((one for one in sheet.all(kind) if not one.get(word) and one.get("name") == ref), None)
    if found is None:
        found = sheet.declare(kind, id=sheet.new_id(kind.capitalize()), name=ref)
    if kind in CODES:
        found.set(word, ref)
    return found


def say_trigger(trigger: Trigger, tag: str) -> Text:
    """Return what an event waits for or throws, as the table says it; empty where there is nothing to say."""
    if trigger.kind == NONE:
        return Text("")
    if trigger.kind == TIMER:
        wait = trigger.wait or Wait(text="")
        said = say_wait(wait.text, wait.is_working)
    else:
        kind, about = KINDS.get(trigger.kind, Text(trigger.kind)), trigger.ref or trigger.feel
        said = Text(f"{kind.vi} “{about}”", f"{kind.en} “{about}”") if about else kind
        if not about and trigger.kind in CODES and tag not in AFTER_ALL:
            said = Text(f"{kind.vi}, mã bất kỳ", f"{kind.en} of any code")
    if trigger.interrupts or tag not in ("boundaryEvent", "startEvent"):
        return said
    return Text(f"{said.vi}; bước vẫn làm tiếp", f"{said.say('en')}; the step goes on")


def say_wait(text: str, is_working: bool) -> Text:
    """Return an ISO duration in words: “3 ngày làm việc”."""
    for shape, vi, en in (("PT{}H", "giờ", "hours"), ("P{}D", "ngày", "days")):
        head, _, tail = shape.partition("{}")
        number = text[len(head) : len(text) - len(tail)]
        if text.startswith(head) and text.endswith(tail) and number.isdigit():
            return Text(f"sau {number} {vi}{' làm việc' if is_working else ''}",
                        f"after {number} {'working ' if is_working else ''}{en}")  # fmt: skip
    return Text(text)


def _check(sheet: Sheet, event: Any, trigger: Trigger) -> None:
    by_id = {one.get("id"): one for one in sheet.root.iter(f"{{{BPMN}}}*")}
    present = read_trigger(event, by_id)
    if present is None:
        refuse("Đây không phải một sự kiện.", "This is no event.")
    if not present.is_editable:
        refuse("Sự kiện loại này sửa ở sơ đồ, chế độ đầy đủ.",
                "Events of this kind are edited in the diagram, in the full mode.")  # fmt: skip
    if trigger.kind not in offered(event) and trigger.kind != present.kind:
        refuse("Ở đây không dùng được loại sự kiện này.", "This kind of event cannot stand here.")
    throws = local_name(event) in AFTER_ALL
    if trigger.kind in NAMED and not trigger.ref and (throws or trigger.kind not in CODES):
        kind = KINDS[trigger.kind]
        refuse(f"Hãy ghi tên hoặc mã của {kind.vi}.", f"Write the name or code of {kind.en}.")
    if trigger.kind == TIMER and trigger.wait is None:
        refuse("Hãy ghi thời gian chờ.", "Write how long to wait.")
    if trigger.kind == CONDITION and not trigger.feel:
        refuse("Hãy ghi điều kiện để chờ.", "Write the condition that is waited for.")


def _write_wait(sheet: Sheet, definition: Any, wait: Wait) -> None:
    if wait.is_working:
        definition.set(f"{{{MC}}}clock", "working")
    is_cycle, is_date = wait.text.startswith("R"), wait.text[:4].isdigit()
    kind = "timeCycle" if is_cycle else "timeDate" if is_date else "timeDuration"
    sheet.put(definition, kind, wait.text, formal=True)
