"""Activities: loops that can end, calls that reach something, numbers that make sense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, Node, Scope, bpmn_children, child_of, is_true, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import DEFINITIONS
from engine.bpmn.lint.names import label, listed
from engine.bpmn.lint.words import KIND_WORDS

MOST_INSTANCES = 500
_NEVER_THROWN = frozenset({"timer", "conditional", "link", "cancel", "terminate"})


def check_activities(diagram: Diagram, report: Report) -> None:
    """Report activities that cannot be run as drawn."""
    running = set(diagram.running)
    for node in diagram.nodes:
        if not node.is_activity:
            continue
        for name in ("startQuantity", "completionQuantity"):
            _check_number(node, node.xml, name, 1, report)
        _check_loops(node, node.scope in running, report)
        if node.scope in running:
            if node.kind == "callActivity":
                _check_call(diagram, node, report)
            if node.kind == "serviceTask":
                _check_service(node, report)


def _check_number(node: Node, xml: Any, name: str, least: int, report: Report) -> None:
    value = (xml.get(name) or "").strip()
    if value.lstrip("+-").isdecimal() and len(value) < 10 and not least <= int(value) <= MOST_INSTANCES:
        report.error(
            "bad-count",
            node,
            f"có {name} = {value}; cần từ {least} đến {MOST_INSTANCES}.",
            f"has {name} = {value}; expected {least} to {MOST_INSTANCES}.",
        )


def _check_loops(node: Node, runs: bool, report: Report) -> None:
    """What the standard asks is asked of every process, the bounds of the engine of those that run."""
    loops = list(bpmn_children(node.xml, "standardLoopCharacteristics", "multiInstanceLoopCharacteristics"))
    if len(loops) > 1:
        report.error("loop-twice", node, "khai báo lặp hai lần.", "declares two loops.")
    for loop in loops:
        if local_name(loop) == "multiInstanceLoopCharacteristics":
            _check_multi(node, loop, runs, report)
            _check_behaviour(node, loop, runs, report)
        elif runs:
            _check_standard(node, loop, report)


def _check_standard(node: Node, loop: Any, report: Report) -> None:
    _check_number(node, loop, "loopMaximum", 0, report)
    if not text_of(child_of(loop, "loopCondition")) and not loop.get("loopMaximum"):
        report.error(
            "loop-endless",
            node,
            "lặp nhưng không có điều kiện (loopCondition) hay số lần tối đa (loopMaximum).",
            "loops without a condition (loopCondition) or a maximum (loopMaximum).",
        )


def _check_multi(node: Node, loop: Any, runs: bool, report: Report) -> None:
    cardinality = text_of(child_of(loop, "loopCardinality"))
    collection = text_of(child_of(loop, "loopDataInputRef"))
    if not cardinality and not collection:
        report.error(
            "multi-without-number",
            node,
            "chạy nhiều lượt nhưng chưa có số lượt (loopCardinality) hoặc danh sách (loopDataInputRef).",
            "is multi-instance without a number (loopCardinality) or a list (loopDataInputRef).",
        )
    if not runs:
        return
    if cardinality and collection:
        report.error(
            "multi-both",
            node,
            "vừa có số lượt vừa có danh sách; chỉ chọn một.",
            "has both a number and a list; choose one.",
        )
    bare = cardinality.lstrip("+-")
    if bare.isdecimal() and (len(bare) > 6 or not 0 <= int(cardinality) <= MOST_INSTANCES):
        report.error(
            "bad-count",
            node,
            f"có số lượt {cardinality[:12]}; cần từ 0 đến {MOST_INSTANCES}.",
            f"has {cardinality[:12]} instances; expected 0 to {MOST_INSTANCES}.",
        )


def _check_behaviour(node: Node, loop: Any, runs: bool, report: Report) -> None:
    behaviour = loop.get("behavior") or "All"
    needed = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}.get(behaviour)
    if needed and not plain(loop.get(needed)):
        report.error(
            "multi-event",
            node,
            f"có behavior = “{behaviour}” nhưng thiếu {needed}.",
            f"has behavior = “{behaviour}” but lacks {needed}.",
        )
    if behaviour == "Complex" and child_of(loop, "complexBehaviorDefinition") is None:
        report.error(
            "multi-event",
            node,
            "có behavior = “Complex” nhưng thiếu complexBehaviorDefinition.",
            "has behavior = “Complex” but lacks a complexBehaviorDefinition.",
        )
    for rule in bpmn_children(loop, "complexBehaviorDefinition"):
        _check_thrown(node, rule, report)
        if runs and not text_of(child_of(rule, "condition")):
            report.error(
                "condition-empty",
                node,
                "có complexBehaviorDefinition chưa có điều kiện.",
                "has a complexBehaviorDefinition without a condition.",
            )


def _check_thrown(node: Node, rule: Any, report: Report) -> None:
    """What an instance throws is caught at the boundary: a time or a link cannot be thrown."""
    for event in bpmn_children(rule, "event"):
        for one in bpmn_children(event, *DEFINITIONS):
            kind = local_name(one).removesuffix("EventDefinition")
            if kind in _NEVER_THROWN:
                word = KIND_WORDS[kind]
                report.error(
                    "event-kind",
                    event,
                    f"thuộc loại {word.vi}, không được đặt ở đây.",
                    f"is of the kind {word.en}, which may not stand here.",
                )


def _check_call(diagram: Diagram, node: Node, report: Report) -> None:
    called = plain(node.xml.get("calledElement"))
    if not called:
        report.error(
            "call-missing",
            node,
            "chưa chọn quy trình được gọi (calledElement).",
            "does not say which process it calls (calledElement).",
        )
        return
    for process in diagram.processes:
        if process.xml.get("id") == called and process.nodes and not _has_plain_start(process):
            said = label(process)
            report.error(
                "call-start",
                node,
                f"gọi {said.vi}, nhưng quy trình đó không có sự kiện bắt đầu thường để gọi vào.",
                f"calls {said.en}, which has no plain start event to be called by.",
            )


def _has_plain_start(process: Scope) -> bool:
    starts = [node for node in process.nodes if node.kind == "startEvent"]
    return not starts or any(not node.definitions for node in starts)


def _check_service(node: Node, report: Report) -> None:
    implementation = (node.xml.get("implementation") or "").strip()
    if implementation and not implementation.startswith("##"):
        report.error(
            "service-call",
            node,
            f"gọi dịch vụ “{implementation[:80]}”; hệ thống không gọi dịch vụ ngoài từ sơ đồ.",
            f"calls the service “{implementation[:80]}”; no outside service is called from a diagram.",
        )


def check_recursion(diagram: Diagram, report: Report) -> None:
    """A process that calls itself, directly or through others, would never end."""
    calls: dict[str, list[tuple[str, Node]]] = {}
    for node in diagram.nodes:
        if node.kind == "callActivity" and plain(node.xml.get("calledElement")):
            caller = node.scope.process.xml.get("id") or ""
            calls.setdefault(caller, []).append((plain(node.xml.get("calledElement")), node))
    for caller, made in calls.items():
        for called, node in made:
            way = _way(calls, called, caller)
            if way is not None:
                names = listed([_process_name(diagram, one) for one in (caller, *way)])
                report.error(
                    "call-recursion",
                    node,
                    f"làm quy trình tự gọi lại chính nó: {names}.",
                    f"makes the process call itself: {names}.",
                )


def _way(calls: dict[str, list[tuple[str, Node]]], start: str, goal: str) -> list[str] | None:
    """Return the processes called from `start` to `goal`, or None."""
    ways: dict[str, list[str]] = {start: [start]}
    todo = [start]
    while todo:
        at = todo.pop(0)
        if at == goal:
            return ways[at]
        for called, _ in calls.get(at, ()):
            if called not in ways:
                ways[called] = [*ways[at], called]
                todo.append(called)
    return None


def _process_name(diagram: Diagram, ident: str) -> str:
    found = diagram.named(ident)
    return ident if found is None else (found.get("name") or ident)


def check_transactions(diagram: Diagram, report: Report) -> None:
    """A cancelled transaction is left by its cancel boundary event; without one a dossier is stuck."""
    for scope in diagram.running:
        if (
            scope.kind == "transaction"
            and scope.node is not None
            and not is_true(scope.xml, "triggeredByEvent")
        ):
            inside = (node for one in _with_event_subs(diagram, scope) for node in one.nodes)
            has_cancel = any("cancel" in node.triggers for node in inside)
            caught = any("cancel" in node.triggers for node in scope.node.boundaries)
            if has_cancel and not caught:
                report.error(
                    "cancel-uncaught",
                    scope,
                    "có kết thúc hủy nhưng không có sự kiện biên “hủy” để đi tiếp, nên hồ sơ sẽ kẹt ở đó.",
                    "can be cancelled but has no cancel boundary event to go on from, so a dossier is stuck.",
                )


def _with_event_subs(diagram: Diagram, scope: Scope) -> Iterator[Scope]:
    """Yield a scope and its event sub-processes, in which its cancel end may stand as well."""
    yield scope
    for inner in diagram.scopes:
        if inner.parent is scope and inner.is_event_sub:
            yield from _with_event_subs(diagram, inner)
