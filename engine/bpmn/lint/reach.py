"""Where a dossier can get to: beginnings and ends, unreachable nodes, dead ends, branches that collide."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.lint.diagram import Diagram, Flow, Node, Scope, child_of, is_true
from engine.bpmn.lint.ends import needs_way_in
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label

_SYNCHRONISING = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


def check_reach(diagram: Diagram, report: Report) -> None:
    """Report, for every scope that runs, nodes that no dossier reaches and ways that lead nowhere."""
    for scope in diagram.running:
        if scope.kind == "adHocSubProcess":
            continue
        if not scope.nodes:
            _check_empty(scope, report)
            continue
        _check_bounds(scope, report)
        _check_unreachable(diagram, scope, report)
        _check_dead_ends(diagram, scope, report)
        _check_collisions(diagram, scope, report)


def _check_empty(scope: Scope, report: Report) -> None:
    if scope.node is None:
        report.error("empty", scope, "không có bước nào.", "has no steps.")
    else:
        report.error(
            "empty",
            scope,
            "không có bước nào bên trong; hãy vẽ các bước hoặc đổi thành một bước thường.",
            "has no steps inside; draw them, or make it a plain task.",
        )


def _check_bounds(scope: Scope, report: Report) -> None:
    """A process that is drawn without beginning and end is allowed, but nobody sees where it begins."""
    marked = any(
        node.kind in ("startEvent", "endEvent") or is_true(node.xml, "instantiate") for node in scope.nodes
    )
    if scope.node is None and not marked:
        report.error(
            "no-entry",
            scope,
            "không có sự kiện bắt đầu và kết thúc, nên không biết hồ sơ vào từ đâu.",
            "has no start and end events, so that nobody knows where a dossier begins.",
        )


def _check_unreachable(diagram: Diagram, scope: Scope, report: Report) -> None:
    reached = diagram.reachable(_entries(scope))
    lost = [node for node in scope.nodes if node not in reached and not _starts_by_event(node)]
    cut_off = [node for node in lost if not node.incoming and node.host is None]
    shown = {node for node in cut_off if needs_way_in(node)}  # said already
    behind = diagram.reachable(cut_off)
    for node in lost:
        if node in shown or node in behind:
            continue  # said by the first node of its branch
        shown.add(node)
        report.error(
            "unreachable",
            node,
            "không bước nào dẫn tới, nên không bao giờ được thực hiện.",
            "cannot be reached from the start, so that it never happens.",
        )


def _entries(scope: Scope) -> list[Node]:
    starts = [node for node in scope.nodes if node.kind == "startEvent" or is_true(node.xml, "instantiate")]
    return starts or [node for node in scope.nodes if _begins_by_itself(node)]


def _begins_by_itself(node: Node) -> bool:
    """Without a start event the standard begins with everything that nothing leads to."""
    waits = node.kind in ("boundaryEvent", "intermediateCatchEvent")
    return not (node.incoming or waits or node.for_compensation or node.is_event_sub)


def _starts_by_event(node: Node) -> bool:
    return node.is_event_sub or node.for_compensation or node.kind == "boundaryEvent"


def _check_dead_ends(diagram: Diagram, scope: Scope, report: Report) -> None:
    finishing = [
        node for node in scope.nodes if node.kind == "endEvent" or _ends_elsewhere(node) or not node.outgoing
    ]
    ending = _backwards(diagram, scope, finishing)
    interrupted = any(node.is_event_sub for node in scope.nodes)  # an event may end what does not end itself
    for node in scope.nodes:
        if node not in ending and not interrupted:
            report.error(
                "no-way-to-end",
                node,
                "đi vào vòng lặp không có lối tới kết thúc.",
                "leads into a loop that never reaches an end.",
            )


def _ends_elsewhere(node: Node) -> bool:
    is_link = node.kind == "intermediateThrowEvent" and "link" in node.triggers
    is_compensation = node.kind == "boundaryEvent" and "compensate" in node.triggers
    return is_link or is_compensation or node.is_event_sub or node.for_compensation


def _backwards(diagram: Diagram, scope: Scope, goals: list[Node]) -> set[Node]:
    """Return the nodes from which one of `goals` can be reached."""
    before: dict[Node, list[Node]] = {}
    for node in scope.nodes:
        for after in diagram.next_nodes(node):
            before.setdefault(after, []).append(node)
    seen = set(goals)
    todo = list(goals)
    while todo:
        for node in before.get(todo.pop(), ()):
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return seen


# --- branches that meet without waiting for each other ---------------------------------------


def _check_collisions(diagram: Diagram, scope: Scope, report: Report) -> None:
    """Warn where parallel branches meet at a node that does not wait: it happens once for each."""
    told: set[Node] = set()
    for split, branches in _splits(scope):
        arrivals = [_arrivals(branch, split) for branch in branches]
        for node in scope.nodes:
            if node in told or not _merges_without_waiting(node):
                continue
            entering = [{flow for flow in node.incoming if flow in met} for met in arrivals]
            if sum(bool(flows) for flows in entering) > 1 and len(set().union(*entering)) > 1:
                told.add(node)
                said = label(split)
                report.warning(
                    "implicit-join",
                    node,
                    f"nhận các nhánh chạy song song từ {said.vi} mà không chờ đủ, "
                    "nên chạy một lần cho mỗi nhánh. Hãy đặt một cổng song song ở trước.",
                    f"is entered by branches that run in parallel from {said.en} and does not wait for all; "
                    "it happens once for each. Put a parallel gateway before it.",
                )


def _splits(scope: Scope) -> Iterator[tuple[Node, list[Flow]]]:
    """Yield the places where one token becomes several, with the flows they leave by."""
    for node in scope.nodes:
        flows = list(node.outgoing)
        if node.is_activity:
            for boundary in node.boundaries:
                if not is_true(boundary.xml, "cancelActivity", default=True):
                    yield node, [*flows, *boundary.outgoing]
        if len(flows) > 1 and node.kind not in ("exclusiveGateway", "eventBasedGateway"):
            yield node, flows


def _arrivals(branch: Flow, split: Node) -> set[Flow]:
    """Return every flow that a token of this branch can take before it is joined with others."""
    seen: set[Flow] = set()
    todo = [branch]
    while todo:
        flow = todo.pop()
        node = flow.target
        if flow in seen or node is None:
            continue
        seen.add(flow)
        if node is split or (node.kind in _SYNCHRONISING and len(node.incoming) > 1):
            continue
        todo.extend(node.outgoing)
        for boundary in node.boundaries:
            todo.extend(boundary.outgoing)
    return seen


def _merges_without_waiting(node: Node) -> bool:
    waits = node.kind in _SYNCHRONISING or node.kind in ("endEvent", "eventBasedGateway")
    return len(node.incoming) > 1 and not waits


def check_implicit_splits(diagram: Diagram, report: Report) -> None:
    """Warn of a step with several unconditional flows: all are taken at once."""
    for scope in diagram.running:
        for node in scope.nodes:
            plain_flows = [flow for flow in node.outgoing if not _is_chosen(node, flow)]
            if not node.is_gateway and len(plain_flows) > 1:
                report.warning(
                    "implicit-split",
                    node,
                    f"có {len(plain_flows)} mũi tên đi ra không điều kiện; tất cả cùng chạy song song. "
                    "Nếu chỉ chọn một, hãy dùng cổng rẽ nhánh.",
                    f"has {len(plain_flows)} unconditional flows; all are taken at once. "
                    "If only one is meant, use an exclusive gateway.",
                )


def _is_chosen(node: Node, flow: Flow) -> bool:
    return child_of(flow.xml, "conditionExpression") is not None or flow.id == (node.xml.get("default") or "")
