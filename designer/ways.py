"""How a drawing holds together, as acts ask it: which flow, whose decision, where branches meet again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.sheet import Sheet
from engine.bpmn.extensions import BPMN, MC, local_name, scan_steps
from engine.bpmn.repair.draft import is_activity, is_node
from engine.bpmn.steps import Outcome
from engine.errors import Refused

PERSONAL = ("task", "userTask", "manualTask")
CHOOSERS = ("exclusiveGateway", "inclusiveGateway", "complexGateway")


class NoSuchPart(Refused):
    """The outline asks for a part that another tab or author took out."""

    code = "no_such_part"
    vi = "Phần này của quy trình không còn nữa; có thể đã bị bỏ ở thẻ khác. Hãy xem lại bảng các bước."
    en = "This part of the procedure is gone; another tab may have taken it out. Look at the table again."


class CannotDraw(Refused):
    """The act makes no sense where it was asked for."""

    code = "cannot_draw"
    vi = "{sentence}"
    en = "{sentence_en}"

    def __init__(self, vi: str, en: str) -> None:
        super().__init__("an act that fits the drawing", en, sentence=vi, sentence_en=en)


def find(sheet: Sheet, key: str) -> Any:
    found = sheet.find(key)
    if found is None:
        raise NoSuchPart("a part of the drawing", f"there is none with the id {key[:60]}")
    return found


def find_node(sheet: Sheet, key: str, *kinds: str) -> Any:
    """Return a box of the drawing; refuse what is none, or is of another kind than those given."""
    found = find(sheet, key)
    if not is_node(found) or (kinds and local_name(found) not in kinds):
        refuse(
            "Việc này không làm được với phần đã chọn.", "This cannot be done with the part that was chosen."
        )
    return found


def find_flow(sheet: Sheet, key: str) -> Any:
    """Return an arrow of the drawing both ends of which are there."""
    found = find(sheet, key)
    if local_name(found) != "sequenceFlow" or sheet.source(found) is None or sheet.target(found) is None:
        refuse("Phần đã chọn không phải một đường đi.", "The part that was chosen is no way on.")
    return found


def find_activity(sheet: Sheet, key: str) -> Any:
    found = find_node(sheet, key)
    if not is_activity(found):
        refuse("Chỉ làm được với một bước.", "This can be done with a step only.")
    return found


def flow_for(sheet: Sheet, where: str) -> Any:
    """Return the flow that `where` means, or None where the node has no way on yet.

    A node before a decision of its own: what comes after it comes before the decision.
    """
    if local_name(find(sheet, where)) == "sequenceFlow":
        return find_flow(sheet, where)
    found = find_node(sheet, where)
    ways = sheet.outgoing(found)
    if local_name(found) == "endEvent":
        refuse("Sau điểm kết thúc không còn bước nào.", "Nothing comes after an end.")
    if stands_alone(found):
        refuse(
            "Nhóm chạy khi có sự kiện không có đường đi tiếp.", "A group that an event starts has no way on."
        )
    if len(ways) > 1:
        refuse(
            "Từ đây đi nhiều đường; hãy chọn đường mà bước mới nằm trên đó.",
            "Several ways lead on from here; choose the one for the new step.",
        )
    return ways[0] if ways else None


def put_node(sheet: Sheet, where: str, kind: str) -> Any:
    """Put a node on a flow, or behind a node."""
    flow = flow_for(sheet, where)
    return sheet.insert(flow, kind) if flow is not None else sheet.append(find(sheet, where), kind)


def check_target(sheet: Sheet, source: Any, target: Any) -> None:
    if not is_node(target) or local_name(target) in ("startEvent", "boundaryEvent") or stands_alone(target):
        refuse("Không đi tới đó được; hãy chọn một bước.", "No way leads there; choose a step.")
    if sheet.scope_of(source) is not sheet.scope_of(target):
        refuse("Đường đi không ra khỏi nhóm bước được.", "A way cannot leave a group of steps.")


def stands_alone(node: Any) -> bool:
    """Say whether a group begins by an event, so that no way leads to it or from it."""
    return node.get("triggeredByEvent") in ("true", "1")


def set_condition(sheet: Sheet, flow: Any, feel: str) -> None:
    for old in flow.findall(f"{{{BPMN}}}conditionExpression"):
        flow.remove(old)
    if feel:
        sheet.put(flow, "conditionExpression", feel, formal=True)


def decides_for(sheet: Sheet, gate: Any, step: Any) -> bool:
    """Say whether a gateway chooses by the buttons of this step alone."""
    if gate is None or local_name(gate) not in CHOOSERS or len(sheet.incoming(gate)) != 1:
        return False
    decision = step.get(f"{{{MC}}}decision")
    asked = [condition_of(one) for one in sheet.outgoing(gate)]
    return bool(decision) and any(text.startswith(decision) for text in asked)


def decider(sheet: Sheet, gate: Any) -> Any:
    """Return the step whose buttons choose at a gateway, or None."""
    before = [sheet.source(one) for one in sheet.incoming(gate)]
    return next((one for one in before if decides_for(sheet, gate, one)), None)


def condition_of(flow: Any) -> str:
    return (flow.findtext(f"{{{BPMN}}}conditionExpression") or "").strip()


def code_of(flow: Any) -> str:
    _, equals, value = condition_of(flow).partition("=")
    return value.strip().strip('"') if equals else ""


def outcomes_of(sheet: Sheet, key: str) -> list[Outcome]:
    return list(scan_steps(sheet.root).steps[key].outcomes)


def follow_code(sheet: Sheet, decision: str, old: str, new: str) -> None:
    """Let the conditions that ask for a button's code ask for its new one."""
    for flow in sheet.all("sequenceFlow"):
        for condition in flow.findall(f"{{{BPMN}}}conditionExpression"):
            if (condition.text or "").strip() == f'{decision} = "{old}"':
                condition.text = f'{decision} = "{new}"'


def free_name(stem: str, taken: Sequence[str]) -> str:
    if stem not in taken:
        return stem
    return next(f"{stem}_{number}" for number in range(2, 10_000) if f"{stem}_{number}" not in taken)


def join_of(sheet: Sheet, split: Any) -> Any:
    """Return the parallel gateway where all branches of a split meet again, the nearest first."""
    reached = [_reached(sheet, sheet.target(flow)) for flow in sheet.outgoing(split)]
    for node in reached[0] if reached else ():
        if local_name(node) == "parallelGateway" and all(node in one for one in reached):
            return node
    return refuse(
        "Không thấy chỗ các nhánh này gặp lại.", "There is no place where these branches meet again."
    )


def _reached(sheet: Sheet, start: Any) -> list[Any]:
    """Return what a dossier may come to from a node, in the order of steps away."""
    seen: list[Any] = []
    ahead = [start]
    while ahead:
        at = ahead.pop(0)
        if at is not None and at not in seen:
            seen.append(at)
            ahead += [sheet.target(one) for one in sheet.outgoing(at)]
    return seen


def onward(sheet: Sheet, node: Any) -> str:
    return next((one.get("targetRef") for one in sheet.outgoing(node)), "")


def drop_strays(sheet: Sheet) -> None:
    """Take out nameless ends to which nothing leads any more."""
    for end in list(sheet.all("endEvent")):
        if not sheet.incoming(end) and sum(1 for _ in sheet.all("endEvent")) > 1:
            sheet.remove(end)


def refuse(vi: str, en: str) -> Any:
    raise CannotDraw(vi, en)
