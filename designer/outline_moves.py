"""The act of the outline that moves a step along the way, into a group of steps, or out of one."""

from __future__ import annotations

from typing import Any

from designer.sheet import Sheet
from designer.ways import decides_for, find, find_flow, find_node, flow_for, refuse, stands_alone
from engine.bpmn.extensions import local_name
from engine.bpmn.repair.draft import is_activity


def move(sheet: Sheet, key: str, where: str) -> str:
    """Take a step from its place and put it on a flow, or behind another node.

    In its own group it stays where it is on the sheet; in another one it gets the nearest free place, with
    everything that stands in it or on it.

    Raises:
        CannotDraw: If it branches, would come into itself, or a time limit on it leads to a step that it
            leaves behind.
    """
    node = find_node(sheet, key)
    _check_movable(sheet, node)
    flow = flow_for(sheet, where)
    if where == key or (flow is not None and key in (flow.get("sourceRef"), flow.get("targetRef"))):
        return key  # it is there already
    place = find(sheet, where) if flow is None else sheet.source(flow)
    if node is place or node in list(place.iterancestors()):
        refuse("Một nhóm không chuyển vào chính nó được.", "A group cannot be moved into itself.")
    leaves = sheet.scope_of(place) is not sheet.scope_of(node)
    ends = _own_ends(sheet, node) if leaves else []
    outgoing = sheet.outgoing(node)
    if outgoing:
        sheet.bridge(node, sheet.target(outgoing[0]))
    for one in [*outgoing, *sheet.incoming(node)]:
        sheet.remove(one)
    if leaves:
        sheet.carry(node, place)
        for end in ends:
            _bring(sheet, end, node)
    flow = flow_for(sheet, where)
    if flow is None:
        sheet.connect(find_node(sheet, where), node)
        return key
    target = sheet.target(flow)
    sheet.redirect(flow, target=node)
    sheet.connect(node, target)
    return key


def _check_movable(sheet: Sheet, node: Any) -> None:
    outgoing = sheet.outgoing(node)
    if len(outgoing) > 1 or not is_activity(node):
        refuse(
            "Chỉ chuyển được một bước có một đường ra; bước có rẽ nhánh thì chuyển từng nhánh.",
            "Only a step with one way on can be moved; of one that branches, move the branches.",
        )
    if stands_alone(node):
        refuse("Nhóm chạy khi có sự kiện không nằm trên đường đi nào.",
                "A group that an event starts stands on no way.")  # fmt: skip
    if outgoing and decides_for(sheet, sheet.target(outgoing[0]), node):
        refuse(
            "Sau bước này là một điểm rẽ theo nút của nó; hãy bỏ điểm rẽ rồi chuyển.",
            "Behind this step is a branch by its buttons; take that out first.",
        )


def _own_ends(sheet: Sheet, node: Any) -> list[Any]:
    """Return the ends that only the events on a step lead to: they go where it goes."""
    found = []
    for event in sheet.boundaries(node):
        for flow in sheet.outgoing(event):
            target = sheet.target(flow)
            if local_name(target) != "endEvent" or len(sheet.incoming(target)) > 1:
                refuse(
                    "Một hạn hay sự kiện trên bước này dẫn tới bước ở ngoài chỗ mới; hãy dẫn nó tới một điểm "
                    "kết thúc riêng, hoặc bỏ đi, rồi chuyển.",
                    "A time limit or event on this step leads to a step outside its new place; lead it to an "
                    "end of its own, or take it out, and then move the step.",
                )
            found.append(target)
    return found


def _bring(sheet: Sheet, end: Any, node: Any) -> None:
    """Bring an end behind a step that went elsewhere, and draw the way to it anew."""
    flows = sheet.incoming(end)
    sheet.carry(end, node)
    for flow in flows:
        source = find_flow(sheet, flow.get("id"))
        sheet.place(source, sheet.scope_of(node))
        sheet.redirect(source, target=end)
