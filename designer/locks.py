"""Parts of a standard set that a unit may not change, compared step by step.

A step says by `mc:zone` what a unit may do with it:

    locked       nothing: it stays, word for word
    adjustable   who does it, in which unit, how many hours, and the lines of "what to do"
    free         everything (also when nothing is said)

Where a box stands on the sheet is never locked, and other steps may be put before and after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.extensions import MC, local_name, scan_steps
from engine.bpmn.steps import StepSpec
from engine.bpmn.xml import parse_xml
from engine.domain.texts import Text
from engine.errors import Refused

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

# What each field of a step is called in a sentence.
FIELD_NAMES: Mapping[str, Text] = {
    "name": Text("tên bước", "its name"),
    "kind": Text("loại bước", "its kind"),
    "role": Text("vai trò thực hiện", "who does it"),
    "unit": Text("đơn vị thực hiện", "the unit that does it"),
    "minutes": Text("số giờ", "its hours"),
    "own_clock": Text("cách tính thời hạn", "how its time counts"),
    "form": Text("biểu mẫu", "its form"),
    "decision": Text("biến quyết định", "the variable of its decision"),
    "outcomes": Text("các nút quyết định", "its decision buttons"),
    "result": Text("kết quả của hồ sơ", "the result of the dossier"),
    "register": Text("sổ lấy số", "the register it numbers in"),
    "zone": Text("phần khóa", "its lock"),
    "documentation": Text("hướng dẫn", "its instructions"),
    "todo": Text("việc cần làm", "what to do"),
    "public": Text("câu cho công dân", "the sentence for the citizen"),
    "legal": Text("căn cứ pháp lý", "its legal basis"),
    "keep": Text("thời gian giữ tin", "how long its message is kept"),
    "fields": Text("nội dung của tin", "what its message carries"),
}
ADJUSTABLE = frozenset({"role", "unit", "minutes", "documentation", "todo"})
GONE = Text("bỏ bước này", "take it out")
BEYOND = Text("số lần làm, bảng quyết định, tin nhắn hay sự kiện của nó",
              "how often it is done, its decision table, message or events")  # fmt: skip
BRANCHES = Text("điều kiện rẽ nhánh", "the conditions of its branches")


class LockedPart(Refused):
    """A unit's draft changes what the standard set has locked."""

    code = "locked_part"
    vi = (
        "Chưa lưu: “{step}” thuộc phần khóa của bộ quy trình chuẩn{decision}, đơn vị không được {change}. "
        "Hãy hoàn tác chỗ này rồi lưu lại; phần còn lại của bản vẽ không mất."
    )
    en = (
        "Not saved: “{step_en}” is locked by the standard set{decision}; a unit may not {change_en}. "
        "Undo that and save again; the rest of the drawing is not lost."
    )


@dataclass(frozen=True, slots=True)
class Breach:
    """One change that a lock forbids."""

    step: StepSpec
    what: Text


def zones(xml: bytes) -> dict[str, str]:
    """Return the elements of a diagram that a unit may not freely change: id → locked | adjustable."""
    return {key: step.zone for key, step in scan_steps(parse_xml(xml)).steps.items() if step.zone in _LOCKING}


def breaches(before: bytes, after: bytes) -> list[Breach]:
    """Return every change from `before` to `after` that a zone of `before` forbids."""
    old_root, new_root = parse_xml(before), parse_xml(after)
    old, new = scan_steps(old_root).steps, scan_steps(new_root).steps
    old_branches, new_branches = _branches(old_root), _branches(new_root)
    kinds_before, kinds_after = _tags(old_root), _tags(new_root)
    old_beyond, new_beyond = _beyond(old_root), _beyond(new_root)
    found: list[Breach] = []
    for key, step in old.items():
        if step.zone not in _LOCKING:
            continue
        if key not in new or kinds_before[key] != kinds_after.get(key):
            found.append(Breach(step, GONE))
            continue
        found += [Breach(step, _changing(name)) for name in _changed(step, new[key])]
        if old_beyond.get(key) != new_beyond.get(key):
            found.append(Breach(step, _changing_words(BEYOND)))
        if step.zone == "locked" and old_branches.get(key, ()) != new_branches.get(key, ()):
            found.append(Breach(step, _changing_words(BRANCHES)))
    return found


def check_locks(before: bytes, after: bytes, decision_no: str = "") -> None:
    """Refuse `after` if it changes a locked part of `before`; the sentence names the step.

    Raises:
        LockedPart: With all breaches in facts["breaches"].
    """
    found = breaches(before, after)
    if not found:
        return
    first = found[0]
    raise LockedPart(
        f"the locked part {first.step.id} to stay",
        f"the draft would {first.what.say('en')}",
        step=first.step.name.vi or first.step.id,
        step_en=first.step.name.say("en") or first.step.id,
        change=first.what.vi,
        change_en=first.what.say("en"),
        decision=f" ({decision_no})" if decision_no else "",
        element=first.step.id,
        breaches=found,
    )


_LOCKING = ("locked", "adjustable")


def _changed(old: StepSpec, new: StepSpec) -> list[str]:
    allowed = ADJUSTABLE if old.zone == "adjustable" else frozenset()
    return [name for name in FIELD_NAMES if name not in allowed and getattr(old, name) != getattr(new, name)]


def _changing(name: str) -> Text:
    return _changing_words(FIELD_NAMES[name])


def _changing_words(what: Text) -> Text:
    return Text(f"đổi {what.vi}", f"change {what.say('en')}")


def _tags(root: Any) -> dict[str, str]:
    return {element.get("id"): element.tag for element in root.iter(f"{BPMN}*") if element.get("id")}


def _beyond(root: Any) -> dict[str, tuple[str, ...]]:
    """Return what a step does besides its own words: repetitions, messages, calls, events that end it."""
    names = {one.get("id"): one for kind in _NAMED for one in root.iter(f"{BPMN}{kind}")}
    found: dict[str, list[str]] = {}
    for element in root.iter(f"{BPMN}*"):
        key, kind = element.get("id"), local_name(element)
        if key and kind.endswith(("ask", "ubProcess", "Event", "transaction", "callActivity")):
            said = [f"{word}={_named(names, element.get(word))}" for word in _WORDS if element.get(word)]
            said += [_plain(part, names) for part in element if local_name(part).endswith(_PARTS)]
            found.setdefault(key, []).extend(said)
            if kind == "boundaryEvent" and element.get("cancelActivity") not in ("false", "0"):
                found.setdefault(element.get("attachedToRef") or "", []).append("ended: " + " ".join(said))
    return {key: tuple(sorted(said)) for key, said in found.items()}


def _plain(part: Any, names: Mapping[str, Any]) -> str:
    """Return an element as text without ids, and with what it refers to by its name or code."""
    said = [local_name(part), (part.text or "").strip()]
    for word, value in sorted(part.items()):
        if word != "id" and not word.endswith("}type"):
            said.append(f"{word.rpartition('}')[2]}={_named(names, value)}")
    return " ".join([*said, *(_plain(one, names) for one in part if isinstance(one.tag, str))])


def _named(names: Mapping[str, Any], value: str | None) -> str:
    found = names.get((value or "").rpartition(":")[2])
    if found is None:
        return value or ""
    return found.get("errorCode") or found.get("escalationCode") or found.get("name") or value or ""


_NAMED = ("message", "signal", "error", "escalation")
_WORDS = ("messageRef", "calledElement", "triggeredByEvent", f"{{{MC}}}decide", f"{{{MC}}}decideInto")
_PARTS = ("LoopCharacteristics", "EventDefinition")


def _branches(root: Any) -> dict[str, tuple[str, ...]]:
    """Return, by source, the conditions of the flows that leave it, in a fixed order."""
    found: dict[str, list[str]] = {}
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        condition = flow.find(f"{BPMN}conditionExpression")
        if condition is not None:
            found.setdefault(flow.get("sourceRef"), []).append("".join(condition.itertext()).strip())
    return {source: tuple(sorted(conditions)) for source, conditions in found.items()}
