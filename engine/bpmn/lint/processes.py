"""Processes, pools and lanes: what is executed, who takes part, how messages cross."""

from __future__ import annotations

import re
from typing import Any

from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.lint.diagram import Diagram, Scope, bpmn_children, is_true, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CONVERSATION_NODES
from engine.bpmn.lint.names import label

_MIME = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;.*)?")


def check_executable(diagram: Diagram, report: Report) -> None:
    """Something in the file must be meant to run, and only private processes are."""
    if not diagram.processes:
        report.error("no-process", None, "Sơ đồ không có quy trình nào.", "The diagram has no process.")
        return
    if not any(is_true(scope.xml, "isExecutable") for scope in diagram.processes):
        report.error(
            "not-executable",
            diagram.processes[0],
            "chưa được đánh dấu để thực thi (isExecutable = “true”).",
            "is not marked as executable (isExecutable = “true”).",
        )
    for scope in diagram.processes:
        if is_true(scope.xml, "isExecutable") and scope.xml.get("processType") == "Public":
            report.error(
                "public-executable",
                scope,
                "là quy trình công khai (Public) nên không được đánh dấu để thực thi.",
                "is a public process and may not be marked as executable.",
            )


def check_participants(diagram: Diagram, report: Report) -> None:
    """Every process belongs to one pool at most; numbers of participants make sense."""
    owner: dict[str, Any] = {}
    for participant in diagram.of_kind("participant"):
        process = plain(participant.get("processRef"))
        if process and process in owner:
            said = label(owner[process])
            report.error(
                "participant-shared",
                participant,
                f"dùng cùng quy trình “{process}” với {said.vi}.",
                f"shares the process “{process}” with {said.en}.",
            )
        owner.setdefault(process, participant)
        for number in bpmn_children(participant, "participantMultiplicity"):
            _check_multiplicity(participant, number, report)


def _check_multiplicity(participant: Any, number: Any, report: Report) -> None:
    least, most = (_whole(number.get(name), default) for name, default in (("minimum", 0), ("maximum", 1)))
    if least is not None and most is not None and not (0 <= least <= most and most >= 1):
        report.error(
            "participant-number",
            participant,
            f"có số bên từ {least} đến {most}; cần 0 ≤ tối thiểu ≤ tối đa và tối đa từ 1.",
            f"has {least} to {most} participants; expected 0 ≤ minimum ≤ maximum, maximum from 1.",
        )


def _whole(text: str | None, default: int) -> int | None:
    if text is None:
        return default
    bare = text.strip()
    return int(bare) if bare.lstrip("+-").isdecimal() and len(bare) < 10 else None


def check_lanes(diagram: Diagram, report: Report) -> None:
    """A lane holds nodes of its own process; no node stands in two lanes, unless one is inside the other."""
    for lanes in diagram.of_kind("laneSet"):
        seen: dict[str, Any] = {}
        for lane in lanes.iter(f"{{{BPMN}}}lane"):
            for reference in bpmn_children(lane, "flowNodeRef"):
                _check_lane(diagram, lane, plain(text_of(reference)), seen, report)


def _check_lane(diagram: Diagram, lane: Any, ident: str, seen: dict[str, Any], report: Report) -> None:
    node = diagram.node(ident)
    if node is None:
        return  # a dangling one is said by the references
    said = label(node)
    before = seen.setdefault(ident, lane)
    if node.xml not in set(_owner(lane).iter(node.xml.tag)):
        report.error(
            "lane-foreign",
            lane,
            f"chứa {said.vi} của quy trình khác.",
            f"holds {said.en} of another process.",
        )
    elif before is not lane and not any(one is before for one in lane.iterancestors()):
        other = label(before)
        report.error(
            "lane-twice",
            lane,
            f"chứa {said.vi}, cũng nằm trong {other.vi}.",
            f"holds {said.en}, which also stands in {other.en}.",
        )
    else:
        seen[ident] = lane


def _owner(lane: Any) -> Any:
    while local_name(lane) in ("lane", "laneSet", "childLaneSet"):
        lane = lane.getparent()
    return lane


def check_message_flows(diagram: Diagram, report: Report) -> None:
    """A message flow joins two pools, from where messages leave to where they arrive."""
    pools = {
        plain(one.get("processRef")): one for one in diagram.of_kind("participant") if one.get("processRef")
    }
    for flow in diagram.of_kind("messageFlow"):
        ends = [diagram.named(flow.get(name)) for name in ("sourceRef", "targetRef")]
        if None in ends:
            continue
        source, target = ends
        if _pool(diagram, source, pools) is not None and _pool(diagram, source, pools) is _pool(
            diagram, target, pools
        ):
            report.error(
                "message-flow-inside",
                flow,
                "nối hai phần tử của cùng một bên; thông điệp chỉ đi giữa hai bên khác nhau.",
                "joins two elements of one participant; messages go between different ones.",
            )
        for end, throws, vi, en in ((source, True, "bắt đầu", "starts"), (target, False, "kết thúc", "ends")):
            if not _may_exchange(diagram, end, throws):
                said = label(end)
                report.error(
                    "message-flow-end",
                    flow,
                    f"{vi} ở {said.vi}, nơi không {'gửi' if throws else 'nhận'} thông điệp.",
                    f"{en} at {said.en}, which does not {'send' if throws else 'receive'} messages.",
                )


def _pool(diagram: Diagram, end: Any, pools: dict[str, Any]) -> Any:
    if local_name(end) == "participant":
        return end
    node = diagram.node(end.get("id"))
    return None if node is None else pools.get(node.scope.process.xml.get("id") or "", node.scope.process)


def _may_exchange(diagram: Diagram, end: Any, throws: bool) -> bool:
    if local_name(end) in CONVERSATION_NODES:
        return False
    node = diagram.node(end.get("id"))
    if node is None or not node.is_event:
        return True
    is_thrower = node.kind in ("endEvent", "intermediateThrowEvent")
    return is_thrower == throws and "message" in node.triggers


def check_texts(diagram: Diagram, report: Report) -> None:
    """A text format is a MIME type."""
    for xml in diagram.of_kind("documentation", "textAnnotation"):
        given = (xml.get("textFormat") or "").strip()
        if given and not _MIME.fullmatch(given):
            report.error(
                "text-format",
                xml,
                f"có textFormat = “{given[:60]}”; cần kiểu MIME như “text/plain”.",
                f"has textFormat = “{given[:60]}”; expected a MIME type like “text/plain”.",
            )


def check_data(diagram: Diagram, report: Report) -> None:
    """Inputs and outputs stand in a set; what is optional is in it too."""
    for xml in diagram.of_kind("ioSpecification"):
        for kind, sets, refs in (
            ("dataInput", "inputSet", "dataInputRefs"),
            ("dataOutput", "outputSet", "dataOutputRefs"),
        ):
            listed = {
                plain(text_of(ref)) for one in bpmn_children(xml, sets) for ref in bpmn_children(one, refs)
            }
            for data in bpmn_children(xml, kind):
                if (data.get("id") or "") not in listed:
                    report.error(
                        "data-outside-set",
                        data,
                        f"không nằm trong bộ nào (<{sets}>).",
                        f"belongs to no set (<{sets}>).",
                    )
            for one in bpmn_children(xml, sets):
                _check_subsets(one, refs, report)


def _check_subsets(one: Any, refs: str, report: Report) -> None:
    """Optional and while-executing references repeat some of the set's own."""
    own = {plain(text_of(ref)) for ref in bpmn_children(one, refs)}
    for ref in bpmn_children(one):
        is_subset = local_name(ref).startswith(("optional", "whileExecuting"))
        if is_subset and plain(text_of(ref)) not in own:
            report.error(
                "data-subset",
                one,
                f"ghi “{plain(text_of(ref))}” trong <{local_name(ref)}> nhưng không có trong <{refs}>.",
                f"lists “{plain(text_of(ref))}” in <{local_name(ref)}> but not in <{refs}>.",
            )


def process_name(scope: Scope) -> str:
    return scope.process.xml.get("name") or scope.process.xml.get("id") or ""
