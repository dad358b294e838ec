"""Processes: which run, where they begin and where they end."""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.repair.draft import Draft, Fixer, Said, called, is_node
from engine.domain.texts import Text


def give_ids(draft: Draft) -> None:
    """Give an id to every step and process that has none, so that others can refer to it."""
    for element in list(draft.root.iter(f"{{{BPMN}}}*")):
        kind = local_name(element)
        if element.get("id") or not (is_node(element) or kind in ("process", "sequenceFlow")):
            continue
        key = draft.new_id(kind)
        element.set("id", key)
        draft.record(
            "no-id",
            key,
            f"“{called(element)}” chưa có mã: đặt mã {key}.",
            f"“{called(element)}” has no id: it is called {key}.",
        )


def make_executable(draft: Draft) -> None:
    """Mark the processes that have steps, if none is marked: drawings are, by default, only looked at."""
    found = list(draft.all("process"))
    if any(one.get("isExecutable") in ("true", "1") for one in found):
        return
    for process in found:
        key = process.get("id") or ""
        if any(is_node(one) for one in process) and draft.wanted("not-executable", key):
            process.set("isExecutable", "true")
            draft.record(
                "not-executable",
                key,
                f"Đánh dấu quy trình “{called(process)}” là để thực thi; bản vẽ không đổi.",
                f"Mark the process “{called(process)}” as executable; the drawing stays the same.",
            )


def _drop_empty(draft: Draft, process: Any) -> Said | None:
    """A pool without steps is somebody whose work is not drawn: it stays, without a process."""
    if local_name(process) != "process":
        return None
    for pool in draft.all("participant"):
        if (pool.get("processRef") or "").rpartition(":")[2] == process.get("id"):
            del pool.attrib["processRef"]
    process.getparent().remove(process)
    return Said(
        f"Quy trình “{called(process)}” không có bước nào: giữ lại bên tham gia, bỏ quy trình rỗng.",
        f"The process “{called(process)}” has no steps: keep the pool, drop the empty process.",
    )


def _add_starts(draft: Draft, scope: Any) -> Said | None:
    nodes = [one for one in draft.nodes(scope) if _may_begin(one)]
    roots = [one for one in nodes if not draft.incoming(one)]
    question = Text("")
    if not roots and nodes:
        roots = nodes[:1]
        question = Text(
            f"Không rõ hồ sơ bắt đầu ở đâu; tạm lấy “{called(roots[0])}”. Có đúng không?",
            f"It is not clear where a dossier begins; “{called(roots[0])}” is taken. Is that right?",
        )
    for node in roots:
        draft.connect(draft.add_node("startEvent", node, after=False), node)
    if not roots:
        return None
    names = ", ".join(f"“{called(one)}”" for one in roots)
    return Said(
        f"Thêm sự kiện bắt đầu trước {names}: trong bản vẽ, hồ sơ bắt đầu từ đó.",
        f"Add a start event before {names}: in the drawing that is where a dossier begins.",
        question,
    )


def _add_ends(draft: Draft, scope: Any) -> Said | None:
    last = [one for one in draft.nodes(scope) if not draft.outgoing(one) and _may_end(one)]
    if not last:
        return _add_end_beside_loop(draft, scope)
    for node in last:
        draft.connect(node, draft.add_node("endEvent", node))
    names = ", ".join(f"“{called(one)}”" for one in last)
    return Said(
        f"Thêm sự kiện kết thúc sau {names}: trong bản vẽ, không có gì tiếp theo.",
        f"Add an end event after {names}: in the drawing nothing follows.",
    )


def _add_end_beside_loop(draft: Draft, scope: Any) -> Said | None:
    """A process that goes round for ever has an end that nothing reaches; the standard asks for one."""
    nodes = draft.nodes(scope)
    if not nodes:
        return None
    draft.add_node("endEvent", nodes[-1])
    return Said(
        "Thêm một sự kiện kết thúc chưa nối: bản vẽ chạy vòng mãi, nhưng chuẩn đòi có kết thúc.",
        "Add an end event that nothing reaches: the drawing goes round for ever; the standard asks for one.",
        Text("Khi nào thì vòng lặp này kết thúc?", "When does this loop end?"),
    )


def _reach(draft: Draft, node: Any) -> Said | None:
    """What cannot be reached begins where nothing leads to it."""
    if not is_node(node):
        return None
    first = _first_of(draft, node)
    key = first.get("id")
    if local_name(first) == "boundaryEvent" or not draft.wanted(draft.rule, key):
        return None
    kind = local_name(first)
    if kind == "startEvent" or not _may_begin(first):
        return None
    draft.connect(draft.add_node("startEvent", first, after=False), first)
    return Said(
        f"Thêm sự kiện bắt đầu trước “{called(first)}”, vì không mũi tên nào dẫn tới.",
        f"Add a start event before “{called(first)}”, because no flow leads there.",
        Text(f"“{called(first)}” thật ra diễn ra khi nào?", f"When does “{called(first)}” really happen?"),
        at=key,
    )


def _first_of(draft: Draft, node: Any) -> Any:
    """Follow flows back to a node that nothing leads to; in a loop, to where it closes."""
    seen = {node.get("id")}
    while True:
        sources = [draft.find(flow.get("sourceRef")) for flow in draft.incoming(node)]
        ahead = [one for one in sources if one is not None and one.get("id") not in seen]
        if not ahead:
            return node
        node = ahead[0]
        seen.add(node.get("id"))


def _may_begin(node: Any) -> bool:
    kind = local_name(node)
    return (
        kind not in ("startEvent", "boundaryEvent", "endEvent")
        and node.get("isForCompensation") != "true"
        and (node.get("triggeredByEvent") != "true")
    )


def _may_end(node: Any) -> bool:
    kind = local_name(node)
    return (
        kind != "endEvent"
        and node.get("isForCompensation") != "true"
        and node.get("triggeredByEvent") != "true"
    )


def _end_node(draft: Draft, node: Any) -> Said | None:
    """A gateway or boundary event with nothing behind it ends its branch."""
    if not is_node(node) or draft.outgoing(node):
        return None
    if local_name(node).endswith("Gateway") and not draft.incoming(node):
        draft.remove(node)
        return Said(
            f"Bỏ cổng “{called(node)}”: không nối với gì.",
            f"Drop the gateway “{called(node)}”: it is connected with nothing.",
        )
        return None
    if local_name(node) == "eventBasedGateway":
        draft.rename(node, "exclusiveGateway")
    draft.connect(node, draft.add_node("endEvent", node))
    return Said(
        f"Thêm sự kiện kết thúc sau “{called(node)}”: trong bản vẽ, không có gì tiếp theo.",
        f"Add an end event after “{called(node)}”: in the drawing nothing follows.",
    )


FIXERS: dict[str, Fixer] = {
    "empty": _drop_empty,
    "no-start": _add_starts,
    "no-entry": _add_starts,
    "no-end": _add_ends,
    "leads-nowhere": _end_node,
    "boundary-outgoing": _end_node,
    "unreachable": _reach,
}
