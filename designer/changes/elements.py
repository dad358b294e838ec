"""What differs at boxes and arrows besides what the table of steps says: timers, loops, gateways, events.

Nothing that is executed goes unsaid: what no other sentence covers is named by the part that differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from designer.changes.change import ADDED, CHANGED, NOTHING, REMOVED, Change
from designer.message_keys import Key, read_keys
from designer.repeats import KINDS as REPEATS
from designer.repeats import LOOPS, ONCE, read_repeat, say_repeat
from designer.triggers import CODES, NAMED, read_trigger, say_trigger
from engine.bpmn.extensions import BPMN, MC, STEP_ATTRIBUTES, STEP_ELEMENTS, is_step, local_name
from engine.bpmn.xml import parse_xml
from engine.domain.texts import Text

KINDS: Mapping[str, Text] = {
    "startEvent": Text("điểm bắt đầu", "the start"),
    "endEvent": Text("điểm kết thúc", "the end"),
    "boundaryEvent": Text("sự kiện gắn ở bước", "the event at the step"),
    "intermediateCatchEvent": Text("điểm chờ", "the wait"),
    "intermediateThrowEvent": Text("điểm gửi", "the sending"),
    "exclusiveGateway": Text("cổng chọn một nhánh", "the choice of one branch"),
    "parallelGateway": Text("cổng song song", "the parallel gateway"),
    "inclusiveGateway": Text("cổng chọn nhiều nhánh", "the choice of several branches"),
    "eventBasedGateway": Text("cổng chờ sự kiện", "the gateway that waits for events"),
    "complexGateway": Text("cổng phức hợp", "the complex gateway"),
    "sequenceFlow": Text("mũi tên", "the arrow"),
    "lane": Text("làn", "the lane"),
    "participant": Text("bên tham gia", "the participant"),
    "messageFlow": Text("luồng tin", "the message flow"),
    "dataObjectReference": Text("tài liệu", "the document"),
    "dataStoreReference": Text("kho dữ liệu", "the store"),
    "process": Text("quy trình", "the procedure"),
}
PARTS: Mapping[str, Text] = {
    "timerEventDefinition": Text("hẹn giờ", "timer"),
    "messageEventDefinition": Text("tin nhận, gửi", "message"),
    "signalEventDefinition": Text("tín hiệu", "signal"),
    "errorEventDefinition": Text("lỗi bắt, báo", "error"),
    "escalationEventDefinition": Text("báo cấp trên", "escalation"),
    "conditionalEventDefinition": Text("điều kiện của sự kiện", "condition of the event"),
    "terminateEventDefinition": Text("kết thúc toàn bộ", "ending of everything"),
    "compensateEventDefinition": Text("hoàn tác", "compensation"),
    "multiInstanceLoopCharacteristics": Text("làm nhiều lần", "repetition"),
    "standardLoopCharacteristics": Text("lặp lại", "loop"),
    "ioSpecification": Text("dữ liệu vào, ra", "data in and out"),
    "property": Text("biến riêng", "own variables"),
    "documentation": Text("hướng dẫn", "instructions"),
    "extensionElements": Text("phần khai thêm", "extensions"),
}
ATTRIBUTES: Mapping[str, Text] = {
    "cancelActivity": Text("ngắt bước khi xảy ra", "interrupts the step"),
    "attachedToRef": Text("bước mà nó gắn vào", "the step it is attached to"),
    "default": Text("nhánh mặc định", "default branch"),
    "decide": Text("bảng quyết định", "decision table"),
    "decideInto": Text("kết quả ghi vào", "the result goes into"),
    "calledElement": Text("quy trình được gọi", "the procedure that is called"),
    "messageRef": Text("tin nhắn", "message"),
    "triggeredByEvent": Text("chạy khi có sự kiện", "started by an event"),
    "sourceRef": Text("nơi đi", "from"),
    "targetRef": Text("nơi đến", "to"),
    "isExecutable": Text("chạy được", "can be executed"),
}
# What BPMN says of an attribute that is not written: an editor leaves out, another tool writes it.
USUAL: Mapping[str, str] = {
    "cancelActivity": "true",
    "cancelRemainingInstances": "true",
    "isInterrupting": "true",
    "waitForCompletion": "true",
    "instantiate": "false",
    "isForCompensation": "false",
    "isSequential": "false",
    "parallelMultiple": "false",
    "testBefore": "false",
    "triggeredByEvent": "false",
}
_UNSEEN = (
    frozenset(
        (
            "id",
            "name",
            "documentation",
            "incoming",
            "outgoing",
            "laneSet",
            "flowNodeRef",
            "conditionExpression",
        )
    )
    | {"correlationSubscription"}
    | {"association", "textAnnotation", "group"}
)  # notes on the sheet
_TIME = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def compare_elements(before: bytes, after: bytes) -> Iterator[Change]:
    """Yield the differences of everything that has an id, besides what steps and conditions say."""
    roots = parse_xml(before), parse_xml(after)
    old, new = (_elements(root) for root in roots)
    by_ids = [{one.get("id"): one for one in root.iter(f"{{{BPMN}}}*") if one.get("id")} for root in roots]
    names = {key: _name(one) for side in (old, new) for key, one in side.items()}
    for key, one in old.items():
        if key not in new and _is_told(one):
            yield _about(one, REMOVED, "bỏ", "is gone")
    for key, one in new.items():
        if key not in old and _is_told(one):
            yield _about(one, ADDED, "thêm", "is new")
        elif key in old:
            yield from _inside(old[key], one, names, by_ids)
    yield from _keys(roots)


def _keys(roots: Sequence[Any]) -> Iterator[Change]:
    """Yield the messages that find their dossier by other keys than before."""
    processes = [next(root.iter(f"{{{BPMN}}}process"), None) for root in roots]
    messages = [one.get("name") or "" for root in roots for one in root.iter(f"{{{BPMN}}}message")]
    for message in dict.fromkeys(messages):
        pairs = zip(roots, processes, strict=True)
        was, now = (", ".join(_key(one) for one in read_keys(root, message, own)) for root, own in pairs)
        if was != now:
            vi, en = (f"{was or one} → {now or one}" for one in (NOTHING.vi, NOTHING.en))
            yield Change(
                CHANGED,
                "",
                Text(f"Khóa của tin “{message}”: {vi}.", f"Keys of the message “{message}”: {en}."),
            )


def _key(key: Key) -> str:
    brings = key.brings if key.brings == key.name else f"{key.name} = {key.brings}"
    return f"{brings} ({key.compares})" if key.compares else brings


def _elements(root: Any) -> dict[str, Any]:
    kept = (one for one in root.iter(f"{{{BPMN}}}*") if one.get("id"))
    return {one.get("id"): one for one in kept if local_name(one) in KINDS or is_step(one)}


def _is_told(one: Any) -> bool:
    """Steps are told by the table, arrows by where they lead; what has no name is told by its arrows."""
    kind = local_name(one)
    return bool(one.get("name")) and kind in KINDS and kind not in ("sequenceFlow", "process")


def _inside(
    old: Any, new: Any, names: Mapping[str, str], by_ids: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    kind = local_name(new)
    if local_name(old) != kind:
        ends = _kind(old), _kind(new)
        yield _say(new, f"{ends[0].vi} → {ends[1].vi}", f"{ends[0].en} → {ends[1].en}")
    if kind in KINDS and kind != "process" and (old.get("name") or "") != (new.get("name") or ""):
        was = old.get("name") or NOTHING.vi, old.get("name") or NOTHING.en
        now = new.get("name") or NOTHING.vi, new.get("name") or NOTHING.en
        yield _say(new, f"tên {was[0]} → {now[0]}", f"name {was[1]} → {now[1]}")
    for name in dict.fromkeys((*old.attrib, *new.attrib)):
        was, now = (
            _meant(name, one.get(name, USUAL.get(name)), by_id)
            for one, by_id in zip((old, new), by_ids, strict=True)
        )
        if was != now and _counts(name, kind):
            yield _attribute(new, name, was, now, names)
    before, after = (_parts(one, by_id) for one, by_id in zip((old, new), by_ids, strict=True))
    told: set[Text] = set()
    for part in dict.fromkeys((*before, *after)):
        if before.get(part) != after.get(part):
            change = _part(old, new, part, by_ids)
            if change.text not in told:  # one kind of loop or event in place of another is one change
                told.add(change.text)
                yield change


def _counts(name: str, kind: str) -> bool:
    space, _, local = name.rpartition("}")
    if space.lstrip("{") == MC:
        return local not in STEP_ATTRIBUTES
    ends = ("sourceRef", "targetRef") if kind == "sequenceFlow" else ()
    return not space and local not in _UNSEEN and local not in ends


def _attribute(one: Any, name: str, was: str | None, now: str | None, names: Mapping[str, str]) -> Change:
    local = name.rpartition("}")[2]
    what = ATTRIBUTES.get(local, Text(local))
    ends = [names.get(end or "", "") or end for end in (was, now)]
    vi = " → ".join(end or NOTHING.vi for end in ends)
    en = " → ".join(end or NOTHING.en for end in ends)
    return _say(one, f"{what.vi}: {vi}", f"{what.say('en')}: {en}")


def _meant(name: str, value: str | None, by_id: Mapping[str, Any]) -> str | None:
    """Return what a reference to a message, signal, error or escalation stands for: its name or code."""
    found = by_id.get((value or "").rpartition(":")[2]) if name.endswith("Ref") else None
    if found is None or local_name(found) not in NAMED:
        return value
    return found.get(CODES.get(local_name(found), "name")) or found.get("name") or value


def _parts(one: Any, by_id: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return what stands inside, by tag, in a form that only differs where it matters."""
    found: dict[str, list[Any]] = {}
    for child in one:
        tag = local_name(child)
        if not tag or tag in _UNSEEN or (child.get("id") and (tag in KINDS or is_step(child))):
            continue
        plain = _plain(child, by_id)
        if plain is not None:
            found.setdefault(tag, []).append(plain)
    return {tag: tuple(children) for tag, children in found.items()}


def _plain(one: Any, by_id: Mapping[str, Any]) -> Any:
    """An element without ids, spaces and what steps say of themselves; None if nothing is left."""
    space = one.tag.rpartition("}")[0].lstrip("{") if isinstance(one.tag, str) else ""
    if not space or space not in (BPMN, MC):
        return None  # foreign tools' own
    if space == MC and local_name(one) in STEP_ELEMENTS:
        return None
    attributes = sorted(
        (key, _meant(key, value, by_id))
        for key, value in one.attrib.items()
        if key != "id" and "}" not in key and USUAL.get(key) != value
    )
    attributes += sorted((key, value) for key, value in one.attrib.items() if key.startswith(f"{{{MC}}}"))
    inside = tuple(found for child in one if (found := _plain(child, by_id)) is not None)
    text = " ".join((one.text or "").split())
    if local_name(one) == "extensionElements" and not inside:
        return None
    return local_name(one), tuple(attributes), text, inside


def _part(old: Any, new: Any, part: str, by_ids: Sequence[Mapping[str, Any]]) -> Change:
    what = PARTS.get(part, Text(part))
    if part in LOOPS and read_repeat(old) != read_repeat(new):
        was, now = (say_repeat(read_repeat(one)) or REPEATS[ONCE] for one in (old, new))
        return _say(new, f"làm {was.vi} → {now.vi}", f"done {was.say('en')} → {now.say('en')}")
    triggers = [read_trigger(one, by_id) for one, by_id in zip((old, new), by_ids, strict=True)]
    if part.endswith("EventDefinition") and part != "timerEventDefinition" and triggers[0] != triggers[1]:
        was, now = ((say_trigger(one, local_name(new)) if one else NOTHING) or NOTHING for one in triggers)
        return _say(new, f"sự kiện {was.vi} → {now.vi}", f"event {was.say('en')} → {now.say('en')}")
    if part == "timerEventDefinition":
        was, now = _timer(old), _timer(new)
        return _say(new, f"{what.vi} {was.vi} → {now.vi}", f"{what.en} {was.say('en')} → {now.say('en')}")
    return _say(new, f"{what.vi} thay đổi", f"its {what.say('en')} differs")


def _timer(one: Any) -> Text:
    timer = one.find(f"{{{BPMN}}}timerEventDefinition")
    child = (
        next((inner for inner in timer if isinstance(inner.tag, str)), None) if timer is not None else None
    )
    if child is None:
        return NOTHING
    text = (child.text or "").strip()
    match = _TIME.fullmatch(text)
    if not match or text == "P":
        return Text(text)
    numbers = [int(one) if one else 0 for one in match.groups()]
    vi, en = (
        " ".join(f"{value} {unit}" for value, unit in zip(numbers, units, strict=True) if value)
        for units in (("ngày", "giờ", "phút"), ("d", "h", "min"))
    )
    working = timer.get(f"{{{MC}}}clock") == "working"
    return Text(f"{vi} làm việc", f"{en} of working time") if working else Text(vi, en)


def _kind(one: Any) -> Text:
    kind = local_name(one)
    return KINDS.get(kind, Text("bước", "a step"))


def _name(one: Any) -> str:
    return (one.get("name") or "").strip()


def _called(one: Any) -> Text:
    name, kind = _name(one), _kind(one)
    if local_name(one) == "process":
        return kind
    quoted = f"“{name}”" if name else f"({one.get('id')})"
    is_step_by_name = local_name(one) not in KINDS and name
    return Text(quoted if is_step_by_name else f"{kind.vi} {quoted}", f"{kind.en} {quoted}")


def _about(one: Any, sign: str, vi: str, en: str) -> Change:
    kind, name = _kind(one), _name(one)
    return Change(
        sign,
        one.get("id"),
        Text(f"{vi.capitalize()} {kind.vi} “{name}”.", f"{_first(kind.en)} “{name}” {en}."),
    )


def _say(one: Any, vi: str, en: str) -> Change:
    called = _called(one)
    return Change(CHANGED, one.get("id"), Text(f"{_first(called.vi)}: {vi}.", f"{_first(called.en)}: {en}."))


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
