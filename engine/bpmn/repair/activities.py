"""Activities: loops without an end, calls without a name, sub-processes without content."""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.repair.draft import NOTHING, Draft, Fixer, Said, called, is_activity, office, variable
from engine.domain.texts import Text


def _end_loop(draft: Draft, node: Any) -> Said | None:
    loop = None if node is None else node.find(f"{{{BPMN}}}standardLoopCharacteristics")
    if loop is None:
        return None
    name = variable(f"again {node.get('name') or node.get('id')}", "again")
    draft.put(loop, "loopCondition", draft.answer or f"{name} = true", formal=True)
    return Said(
        f"“{called(node)}” làm lại khi “{name}” là có.",
        f"“{called(node)}” is done again when “{name}” is yes.",
        Text(f"Khi nào phải làm lại “{called(node)}”?", f"When is “{called(node)}” done again?"),
    )


def _give_number(draft: Draft, node: Any) -> Said | None:
    loop = None if node is None else node.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    number = draft.make("loopCardinality")
    number.text = draft.answer or "1"
    loop.insert(0, number)
    return Said(
        f"“{called(node)}” làm cho nhiều người hoặc nhiều việc; bản vẽ chưa nói bao nhiêu, tạm lấy 1.",
        f"“{called(node)}” is done several times; the drawing does not say how often, 1 is taken.",
        Text(f"“{called(node)}” làm bao nhiêu lần?", f"How often is “{called(node)}” done?"),
    )


def _become_task(draft: Draft, node: Any) -> Said | None:
    """What calls nothing, or holds nothing, is one step that a person does."""
    if not is_activity(node):
        return None
    if local_name(node) != "callActivity" and draft.nodes(node):
        return None
    draft.rename(node, "task")
    return Said(
        f"“{called(node)}” chưa có nội dung bên trong: làm như một bước của người.",
        f"“{called(node)}” has nothing inside yet: it is done as one step by a person.",
        Text(f"“{called(node)}” gồm những bước nào?", f"Which steps is “{called(node)}” made of?"),
    )


def _give_role(draft: Draft, node: Any) -> Said | None:
    """Who does a step is whose lane or pool it is drawn in."""
    if not is_activity(node):
        return None
    who = _drawn_in(draft, node)
    node.set(office("role"), variable(who, "role").upper() if who else "STAFF")
    is_new = not any(f"“{who}”" in one.text.vi for one in draft.done if one.rule == draft.rule)
    shown = who or "—"
    return Said(
        f"“{called(node)}” do “{shown}” làm, theo làn hoặc bên trong bản vẽ.",
        f"“{called(node)}” is done by “{shown}”, whose lane or pool it is drawn in.",
        Text(f"“{shown}” là vai trò nào trong đơn vị?", f"Which role of the office is “{shown}”?")
        if is_new
        else NOTHING,
    )


def _drawn_in(draft: Draft, node: Any) -> str:
    """Return the name of the innermost lane that holds a step, else of its pool."""
    key = node.get("id")
    names = [
        called(lane)
        for lane in draft.all("lane")
        if any((one.text or "").strip() == key for one in lane.findall(f"{{{BPMN}}}flowNodeRef"))
        and lane.get("name")
    ]
    process = draft.process_of(node)
    pools = [
        called(pool)
        for pool in draft.all("participant")
        if process is not None and (pool.get("processRef") or "").rpartition(":")[2] == process.get("id")
    ]
    return (names[-1:] or pools or [""])[0]


def _give_name(draft: Draft, node: Any) -> Said | None:
    number = sum(1 for one in draft.done if one.rule == draft.rule) + 1
    node.set("name", draft.answer or f"Bước {number}")
    return Said(
        f"Một bước chưa có tên: tạm gọi là “{called(node)}”.",
        f"A step has no name: it is called “{called(node)}” for now.",
        Text("Bước này làm gì?", "What is done in this step?"),
    )


FIXERS: dict[str, Fixer] = {
    "loop-endless": _end_loop,
    "multi-without-number": _give_number,
    "step-role": _give_role,
    "step-name": _give_name,
    "call-missing": _become_task,
    "empty-sub-process": _become_task,
}
