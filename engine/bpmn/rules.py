"""What makes a diagram unexecutable although it can be read; each rule says one sentence of BPMN 2.0.2.

The linter knows many more rules, about procedures; these are only those without which the
interpreter would have to guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.bpmn.model import (
    Activity,
    AdHocSubProcess,
    BoundaryEvent,
    CallActivity,
    CatchEvent,
    EndEvent,
    Event,
    EventGateway,
    Model,
    Node,
    ReceiveTask,
    StartEvent,
    SubProcess,
    ThrowEvent,
)
from engine.bpmn.problems import Problems

Finding = tuple[str, str, str]  # rule, Vietnamese, English

_CATCHABLE = frozenset({"message", "timer", "conditional", "signal"})
_THROWABLE = frozenset({"message", "signal", "escalation", "compensate", "link"})
_ALLOWED: dict[str, frozenset[str]] = {
    "intermediateCatchEvent": _CATCHABLE | {"link"},
    "boundaryEvent": _CATCHABLE | {"error", "escalation", "cancel", "compensate"},
    "intermediateThrowEvent": _THROWABLE,
    "endEvent": (_THROWABLE - {"link"}) | {"error", "cancel", "terminate"},
}
_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})


def check_model(model: Model, problems: Problems) -> None:
    """Add everything that keeps the model from being executed to `problems`."""
    for node in model.nodes.values():
        for rule in _RULES:
            for code, vi, en in rule(model, node):
                problems.note(code, node.id, node.name, node.line, vi, en)
    for process in model.scopes.values():
        if process.kind == "process" and process.id in _called_from(model, process.id):
            problems.note(
                "recursion", process.id, process.name, None,
                "quy trình tự gọi lại chính nó (trực tiếp hoặc vòng qua quy trình khác).",
                "the process calls itself, directly or through another process.",
            )  # fmt: skip


def _ends(model: Model, node: Node) -> Iterator[Finding]:
    if isinstance(node, StartEvent | BoundaryEvent) and node.incoming:
        yield ("flow-into-event", "sự kiện này không được có mũi tên đi vào.",
               "no flow may lead into this event.")  # fmt: skip
    if isinstance(node, EndEvent) and node.outgoing:
        yield (
            "flow-out-of-end",
            "sự kiện kết thúc không được có mũi tên đi ra.",
            "no flow may leave an end event.",
        )


def _default(model: Model, node: Node) -> Iterator[Finding]:
    if not node.default:
        return
    if not (node.kind in _DECIDING or isinstance(node, Activity)):
        yield ("default-where", "loại này không có nhánh mặc định.", "this kind of node has no default flow.")
    elif node.default not in {flow.id for flow in node.outgoing}:
        yield ("default-unknown", f"nhánh mặc định “{node.default}” không đi ra từ bước này.",
               f"the default flow “{node.default}” does not leave this node.")  # fmt: skip


def _conditions(model: Model, node: Node) -> Iterator[Finding]:
    if node.kind in _DECIDING or isinstance(node, Activity):
        return
    if any(flow.condition for flow in node.outgoing):
        yield ("condition-where", "mũi tên đi ra từ loại này không được có điều kiện.",
               "a flow leaving this kind of node may not have a condition.")  # fmt: skip


def _definitions(model: Model, node: Node) -> Iterator[Finding]:
    if not isinstance(node, Event):
        return
    if isinstance(node, CatchEvent | BoundaryEvent) and not node.definitions:
        yield "no-definition", "sự kiện chưa nói chờ điều gì.", "the event does not say what it waits for."
    allowed = _start_kinds(model, node) if isinstance(node, StartEvent) else _ALLOWED[node.kind]
    for definition in node.definitions:
        if definition.kind not in allowed:
            yield ("definition-where", f"sự kiện loại {definition.kind} không được đặt ở đây.",
                   f"an event of kind {definition.kind} cannot be placed here.")  # fmt: skip
        needs_name = definition.kind in ("message", "signal") and not _hears_instances(model, node)
        if needs_name and not definition.ref and _catches(node):
            yield ("no-name", f"cần chọn {definition.kind} mà sự kiện này chờ.",
                   f"the {definition.kind} that this event waits for must be chosen.")  # fmt: skip


def _hears_instances(model: Model, node: Node) -> bool:
    """The signal by which instances of a multi-instance say that they are done needs no name."""
    host = model.nodes.get(node.host) if isinstance(node, BoundaryEvent) else None
    loop = getattr(host, "loop", None)
    return getattr(getattr(loop, "announced", None), "ref", None) == ""


def _start_kinds(model: Model, node: StartEvent) -> frozenset[str]:
    owner = model.nodes.get(node.scope)
    if not isinstance(owner, SubProcess):
        return _CATCHABLE
    return _CATCHABLE | {"error", "escalation", "compensate"} if owner.by_event else frozenset()


def _catches(node: Node) -> bool:
    return isinstance(node, StartEvent | CatchEvent | BoundaryEvent)


def _interruption(model: Model, node: Node) -> Iterator[Finding]:
    if isinstance(node, StartEvent | BoundaryEvent) and not node.interrupting:
        kinds = {definition.kind for definition in node.definitions}
        if kinds & {"error", "cancel"}:
            yield ("must-interrupt", "sự kiện lỗi hoặc hủy luôn phải ngắt công việc đang chạy.",
                   "an error or cancel event always interrupts.")  # fmt: skip


def _boundary(model: Model, node: Node) -> Iterator[Finding]:
    if not isinstance(node, BoundaryEvent):
        return
    host = model.nodes.get(node.host)
    if not isinstance(host, Activity) or host.scope != node.scope:
        yield ("attached-nowhere", "sự kiện biên phải gắn vào một công việc cùng phần sơ đồ.",
               "a boundary event must be attached to an activity of the same part.")  # fmt: skip
        return
    kinds = {definition.kind for definition in node.definitions}
    if "cancel" in kinds and host.kind != "transaction":
        yield ("cancel-where", "sự kiện hủy chỉ gắn được vào giao dịch (transaction).",
               "a cancel event can only be attached to a transaction.")  # fmt: skip
    if "compensate" in kinds:
        handler = model.nodes.get(node.handler)
        if node.outgoing or not isinstance(handler, Activity) or not handler.for_compensation:
            yield ("no-handler", "sự kiện bù trừ phải nối tới đúng một công việc bù trừ (isForCompensation).",
                   "a compensation event must be associated with a compensation activity.")  # fmt: skip


def _cancel_end(model: Model, node: Node) -> Iterator[Finding]:
    if isinstance(node, EndEvent) and any(d.kind == "cancel" for d in node.definitions):
        scope = model.scopes[node.scope]
        while scope.parent and getattr(model.nodes.get(scope.id), "by_event", False):
            scope = model.scopes[scope.parent]
        if scope.kind != "transaction":
            yield ("cancel-where", "kết thúc hủy chỉ dùng được trong giao dịch (transaction).",
                   "a cancel end can only be used inside a transaction.")  # fmt: skip


def _link(model: Model, node: Node) -> Iterator[Finding]:
    links = [d for d in node.definitions if d.kind == "link"] if isinstance(node, Event) else []
    if not links:
        return
    if len(links) > 1 or len(node.definitions) > 1:  # type: ignore[attr-defined]
        yield "link-alone", "liên kết không đi cùng sự kiện khác.", "a link goes with no other event."
    if isinstance(node, ThrowEvent):
        if node.outgoing:
            yield (
                "link-flow",
                "điểm đi của liên kết không có mũi tên đi ra.",
                "no flow may leave a link throw.",
            )
        if not node.link:
            yield "link-target", "liên kết không có điểm đến cùng tên.", "the link has no target of its name."
    elif node.incoming:
        yield (
            "link-flow",
            "điểm đến của liên kết không có mũi tên đi vào.",
            "no flow may lead into a link catch.",
        )


def _event_gateway(model: Model, node: Node) -> Iterator[Finding]:
    if not isinstance(node, EventGateway):
        return
    if not node.outgoing:
        yield "gateway-targets", "cổng sự kiện không dẫn tới sự kiện nào.", "the event gateway leads nowhere."
    for target in model.targets(node):
        fits = isinstance(target, ReceiveTask) or (
            isinstance(target, CatchEvent) and all(d.kind in _CATCHABLE for d in target.definitions)
        )
        if not fits or len(target.incoming) > 1:
            shown = target.name or target.id
            yield ("gateway-targets", f"sau cổng sự kiện phải là sự kiện chờ, chỉ một lối vào: “{shown}”.",
                   f"an event gateway leads to catching events with one way in: “{shown}”.")  # fmt: skip


def _ad_hoc(model: Model, node: Node) -> Iterator[Finding]:
    owner = model.nodes.get(node.scope)
    if isinstance(owner, AdHocSubProcess) and isinstance(node, CatchEvent) and not node.incoming:
        yield ("ad-hoc-inside", "trong nhóm việc tùy ý, sự kiện chờ phải đứng sau một việc.",
               "an event inside an ad-hoc sub-process must come after an activity.")  # fmt: skip


def _receive(model: Model, node: Node) -> Iterator[Finding]:
    if isinstance(node, ReceiveTask) and not node.definition.ref:
        yield ("no-name", "bước nhận tin cần chọn tin nhắn (message) để chờ.",
               "a receive task needs the message it waits for.")  # fmt: skip


def _event_sub(model: Model, node: Node) -> Iterator[Finding]:
    if not isinstance(node, SubProcess):
        return
    starts = [n for n in model.members(node.id) if isinstance(n, StartEvent)]
    if node.by_event:
        if node.incoming or node.outgoing:
            yield ("event-sub-flow", "quy trình con theo sự kiện không nối bằng mũi tên.",
                   "an event sub-process has no flows in or out.")  # fmt: skip
        if len(starts) != 1 or not starts[0].definitions:
            yield ("event-sub-start", "cần đúng một sự kiện bắt đầu, có nói rõ chờ gì.",
                   "an event sub-process needs exactly one start event with a trigger.")  # fmt: skip


def _compensation_activity(model: Model, node: Node) -> Iterator[Finding]:
    if isinstance(node, Activity) and node.for_compensation and (node.incoming or node.outgoing):
        yield ("compensation-flow", "công việc bù trừ không nối bằng mũi tên thường.",
               "a compensation activity has no sequence flows.")  # fmt: skip


def _call(model: Model, node: Node) -> Iterator[Finding]:
    if isinstance(node, CallActivity) and model.scopes.get(node.called, None) is None:
        yield ("call-unknown", f"quy trình được gọi “{node.called}” không có trong tệp này.",
               f"the called process “{node.called}” is not in this file.")  # fmt: skip
    elif isinstance(node, CallActivity) and model.scopes[node.called].kind != "process":
        yield (
            "call-unknown",
            f"“{node.called}” không phải là quy trình.",
            f"“{node.called}” is not a process.",
        )


_RULES: tuple[Callable[[Model, Node], Iterator[Finding]], ...] = (
    _ends, _default, _conditions, _definitions, _interruption, _boundary, _cancel_end, _link,
    _event_gateway, _ad_hoc, _receive, _event_sub, _compensation_activity, _call,
)  # fmt: skip


def _called_from(model: Model, process: str) -> set[str]:
    """Processes that a process calls, however deep."""
    calls: dict[str, set[str]] = {}
    for node in model.nodes.values():
        if isinstance(node, CallActivity):
            calls.setdefault(_process_of(model, node.scope), set()).add(node.called)
    seen: set[str] = set()
    todo = list(calls.get(process, ()))
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += calls.get(at, ())
    return seen


def _process_of(model: Model, scope: str) -> str:
    while model.scopes[scope].parent:
        scope = model.scopes[scope].parent
    return scope
