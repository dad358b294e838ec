"""How often an activity is done: once, again while a condition holds, or once for each of several.

Read from a drawing, said in words, and written back. Behaviours and events of multi-instances that the
outline has no words for stay as they are while the rest is edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designer.sheet import Sheet
from designer.ways import refuse
from engine.bpmn.definition_reader import flag, text_of
from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.loop_reader import MOST_INSTANCES
from engine.domain.names import is_free
from engine.domain.texts import Text

ONCE, AGAIN, EACH, COUNT = "once", "again", "each", "count"
KINDS: Mapping[str, Text] = {
    ONCE: Text("một lần", "once"),
    AGAIN: Text("lặp lại khi điều kiện còn đúng", "again while a condition holds"),
    EACH: Text("mỗi dòng của một danh sách một lượt", "once for each line of a list"),
    COUNT: Text("một số lượt", "a number of times"),
}
LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
_BEFORE_A_LOOP = (
    "documentation", "extensionElements", "auditing", "monitoring", "category", "categoryValueRef",
    "incoming", "outgoing", "ioSpecification", "property", "dataInputAssociation",
    "dataOutputAssociation", "resourceRole", "performer", "humanPerformer", "potentialOwner",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """How often an activity is done.

    Attributes:
        kind: A key of `KINDS`.
        condition: AGAIN: it is done again while this FEEL holds.
        maximum: AGAIN: at most so often; None for no bound.
        before: AGAIN: the condition is asked before the first time too.
        items: EACH: the name of the list.
        item: EACH: what one line of it is called in expressions.
        number: COUNT: FEEL.
        in_turn: EACH, COUNT: one after another instead of all at once.
        until: EACH, COUNT: enough of them are done once this FEEL holds; empty waits for all.
        gathered, result: The list that results are gathered in, and the name each of them has.
    """

    kind: str = ONCE
    condition: str = ""
    maximum: int | None = None
    before: bool = False
    items: str = ""
    item: str = ""
    number: str = ""
    in_turn: bool = False
    until: str = ""
    gathered: str = ""
    result: str = ""


def read_repeat(activity: Any) -> Repeat:
    loop = _loop(activity)
    if loop is None:
        return Repeat()
    if local_name(loop) == LOOPS[0]:
        most = (loop.get("loopMaximum") or "").strip()
        return Repeat(
            kind=AGAIN,
            condition=text_of(loop, "loopCondition"),
            maximum=int(most) if most.isdecimal() and len(most) < 6 else None,
            before=flag(loop, "testBefore", False),
        )
    items = text_of(loop, "loopDataInputRef")
    return Repeat(
        kind=EACH if items else COUNT,
        items=items,
        item=_named(loop, "inputDataItem"),
        number=text_of(loop, "loopCardinality"),
        in_turn=flag(loop, "isSequential", False),
        until=text_of(loop, "completionCondition"),
        gathered=text_of(loop, "loopDataOutputRef"),
        result=_named(loop, "outputDataItem"),
    )


def write_repeat(sheet: Sheet, activity: Any, repeat: Repeat) -> None:
    """Let an activity be done so often, instead of how it was.

    Raises:
        CannotDraw: If the condition, the list or the number is missing, or a name is none.
    """
    _check(repeat)
    old = _loop(activity)
    if repeat.kind == ONCE:
        if old is not None:
            activity.remove(old)
        return
    tag = LOOPS[0] if repeat.kind == AGAIN else LOOPS[1]
    loop = old if old is not None and local_name(old) == tag else sheet.make(tag)
    if loop is not old:
        if old is not None:
            activity.remove(old)
        activity.insert(sum(1 for one in activity if local_name(one) in _BEFORE_A_LOOP), loop)
    if repeat.kind == AGAIN:
        _write_again(sheet, loop, repeat)
    else:
        _write_several(sheet, loop, repeat)


def say_repeat(repeat: Repeat) -> Text:
    """Return how often, as the table says it; empty for once."""
    if repeat.kind == ONCE:
        return Text("")
    if repeat.kind == AGAIN:
        vi, en = "lặp lại", "again"
        if repeat.condition:
            vi, en = f"{vi} khi {repeat.condition}", f"{en} while {repeat.condition}"
        if repeat.maximum is not None:
            vi, en = f"{vi}, nhiều nhất {repeat.maximum} lần", f"{en}, at most {repeat.maximum} times"
        return Text(vi, en)
    if not (repeat.items if repeat.kind == EACH else repeat.number):
        vi, en = "chưa rõ mấy lượt", "a number of times not yet given"
    elif repeat.kind == EACH:
        vi, en = f"mỗi dòng của “{repeat.items}” một lượt", f"once for each of “{repeat.items}”"
    else:
        vi, en = f"{repeat.number} lượt", f"{repeat.number} times"
    turn = ("lần lượt", "in turn") if repeat.in_turn else ("cùng lúc", "at once")
    vi, en = f"{vi}, {turn[0]}", f"{en}, {turn[1]}"
    if repeat.until:
        vi, en = f"{vi}, tới khi {repeat.until}", f"{en}, until {repeat.until}"
    return Text(vi, en)


def _write_again(sheet: Sheet, loop: Any, repeat: Repeat) -> None:
    for name, value in (
        ("loopMaximum", "" if repeat.maximum is None else str(repeat.maximum)),
        ("testBefore", "true" if repeat.before else ""),
    ):
        loop.attrib.pop(name, None)
        if value:
            loop.set(name, value)
    _put_text(sheet, loop, "loopCondition", repeat.condition)


def _write_several(sheet: Sheet, loop: Any, repeat: Repeat) -> None:
    loop.attrib.pop("isSequential", None)
    if repeat.in_turn:
        loop.set("isSequential", "true")
    is_list = repeat.kind == EACH
    _put_text(sheet, loop, "loopCardinality", "" if is_list else repeat.number)
    _put_text(sheet, loop, "loopDataInputRef", repeat.items if is_list else "", formal=False)
    _put_text(sheet, loop, "loopDataOutputRef", repeat.gathered, formal=False)
    _put_item(sheet, loop, "inputDataItem", repeat.item if is_list else "")
    _put_item(sheet, loop, "outputDataItem", repeat.result)
    _put_text(sheet, loop, "completionCondition", repeat.until)


_ORDER = (
    "documentation", "extensionElements", "loopCardinality", "loopDataInputRef", "loopDataOutputRef",
    "inputDataItem", "outputDataItem", "complexBehaviorDefinition", "completionCondition",
)  # fmt: skip


def _put_text(sheet: Sheet, loop: Any, kind: str, text: str, *, formal: bool = True) -> None:
    _drop(loop, kind)
    if text:
        _in_order(loop, sheet.put(loop, kind, text, formal=formal))


def _put_item(sheet: Sheet, loop: Any, kind: str, name: str) -> None:
    if _named(loop, kind) == name:
        return
    _drop(loop, kind)
    if name:
        _in_order(loop, sheet.put(loop, kind, id=sheet.new_id("Item"), name=name))


def _in_order(loop: Any, part: Any) -> None:
    """Put a part, which stands last, where the schema has it."""
    if local_name(part) not in _ORDER:
        return
    earlier = _ORDER[: _ORDER.index(local_name(part)) + 1]
    loop.remove(part)
    loop.insert(sum(1 for one in loop if local_name(one) in earlier), part)


def _drop(loop: Any, kind: str) -> None:
    for old in loop.findall(f"{{{BPMN}}}{kind}"):
        loop.remove(old)


def _loop(activity: Any) -> Any:
    return next((one for one in activity if local_name(one) in LOOPS), None)


def _named(loop: Any, kind: str) -> str:
    item = loop.find(f"{{{BPMN}}}{kind}")
    return "" if item is None else (item.get("name") or item.get("id") or "")


def _check(repeat: Repeat) -> None:
    if repeat.kind not in KINDS:
        refuse("Hãy chọn bước làm mấy lần.", "Choose how often the step is done.")
    if repeat.kind == AGAIN and not repeat.condition and repeat.maximum is None:
        refuse("Lặp lại cần điều kiện hoặc số lần nhiều nhất, nếu không sẽ lặp mãi.",
                "To do it again needs a condition or a maximum, or it would never end.")  # fmt: skip
    if repeat.maximum is not None and not 1 <= repeat.maximum <= MOST_INSTANCES:
        refuse(f"Số lần nhiều nhất là một số từ 1 đến {MOST_INSTANCES}.",
                f"The maximum is a number from 1 to {MOST_INSTANCES}.")  # fmt: skip
    if repeat.kind == EACH and not repeat.items:
        refuse("Hãy chọn danh sách mà mỗi dòng là một lượt.", "Choose the list whose lines are gone through.")
    if repeat.kind == COUNT and not repeat.number:
        refuse("Hãy ghi số lượt.", "Write the number of times.")
    if bool(repeat.gathered) != bool(repeat.result):
        refuse("Gom kết quả cần cả tên danh sách lẫn tên một kết quả.",
                "To gather results needs the name of the list and the name of one result.")  # fmt: skip
    for name in (repeat.items, repeat.item, repeat.gathered, repeat.result):
        if name and not (name.isascii() and name.isidentifier()):
            refuse(f"Tên chỉ gồm chữ không dấu, số và gạch dưới; đang ghi “{name[:30]}”.",
                    f"A name has letters, digits and underscores only; “{name[:30]}” was given.")  # fmt: skip
    for name in (repeat.item, repeat.gathered, repeat.result):
        if name and not is_free(name):
            refuse(f"“{name[:30]}” là từ của biểu thức; hãy chọn tên khác.",
                    f"“{name[:30]}” is a word of expressions; choose another name.")  # fmt: skip
