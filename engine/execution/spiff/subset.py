"""The subset of BPMN in which the second engine follows the standard, as data: what is left out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.definitions import Definition
from engine.bpmn.lint.findings import ERROR, Finding
from engine.bpmn.model import (
    Activity,
    BoundaryEvent,
    EndEvent,
    Event,
    Model,
    MultiInstance,
    Node,
    RuleTask,
    StartEvent,
    SubProcess,
    ThrowEvent,
    TimerDefinition,
)
from engine.domain.texts import Text

MOST_NODES = 300

# What each feature does there instead of what the standard says.
REASONS: Mapping[str, Text] = {
    "receiveTask": Text("bước nhận tin chưa được đối chiếu", "receive tasks have not been compared"),
    "callActivity": Text("gọi quy trình khác chưa được đối chiếu", "call activities have not been compared"),
    "transaction": Text("không có bù trừ khi hủy giao dịch", "it does not compensate cancelled transactions"),
    "adHocSubProcess": Text("không chạy được quy trình con tự do", "it cannot run ad-hoc sub-processes"),
    "complexGateway": Text("không có cổng phức hợp", "it has no complex gateway"),
    "eventBasedGateway": Text(
        "không cho biết hạn của bộ hẹn giờ sau cổng sự kiện",
        "it hides the deadlines of timers behind event gateways",
    ),
    "event sub-process": Text(
        "quy trình con theo sự kiện không bao giờ ngắt việc đang chạy",
        "its event sub-processes never interrupt",
    ),
    "loop": Text("vòng lặp của một bước chưa được đối chiếu", "loops have not been compared"),
    "multi-instance": Text(
        "bỏ qua sự kiện và số lần âm của bước nhiều lần",
        "it ignores behaviour and negative cardinality of multi-instance activities",
    ),
    "quantity": Text(
        "bỏ qua startQuantity và completionQuantity", "it ignores start and completion quantity"
    ),
    "compensation": Text("không có bù trừ", "it has no compensation"),
    "several definitions": Text(
        "sự kiện chờ nhiều điều chưa được đối chiếu", "events with several definitions have not been compared"
    ),
    "signal": Text("bỏ qua tín hiệu ở sự kiện kết thúc", "it ignores signals at end events"),
    "conditional": Text(
        "chỉ xét lại điều kiện khi bước được cập nhật", "it re-checks conditions only when a task is updated"
    ),
    "escalation": Text("báo vượt cấp ngắt quá muộn", "its escalations interrupt too late"),
    "link": Text("liên kết chờ mãi không đi tiếp", "its links wait for ever"),
    "thrown error": Text(
        "lỗi không ai bắt vẫn chạy tiếp như bình thường", "it goes on as usual after an error nobody catches"
    ),
    "cancel": Text("không có bù trừ khi hủy", "it does not compensate on cancel"),
    "boundary of a sub-process": Text(
        "sự kiện ở biên quy trình con ngắt quá muộn",
        "boundary events of its sub-processes interrupt too late",
    ),
    "boundary of an automatic task": Text(
        "bước tự động có sự kiện biên chưa được đối chiếu",
        "boundary events of automatic tasks have not been compared",
    ),
    "repeated boundary": Text(
        "sự kiện biên không ngắt chỉ nghe được một lần", "its non-interrupting boundary events fire only once"
    ),
    "decision": Text("quyết định chưa được đối chiếu", "decisions have not been compared"),
    "cycle": Text("chu kỳ lặp chưa được đối chiếu", "cycles have not been compared"),
    "terminate inside": Text(
        "kết thúc tức thì trong quy trình con chưa được đối chiếu",
        "terminate inside sub-processes has not been compared",
    ),
    "start": Text("cần đúng một sự kiện bắt đầu thường", "it needs exactly one plain start event"),
    "join in a loop": Text(
        "cổng hợp trong vòng làm lại đi tiếp quá sớm", "its joins inside loops go on too early"
    ),
    "default beside unconditional": Text(
        "nhánh mặc định cạnh nhánh không điều kiện không bao giờ được chọn",
        "it never takes a default beside a flow without condition",
    ),
    "parallel flows": Text(
        "hai mũi tên nối cùng hai bước bị gộp làm một", "it merges two flows between the same nodes"
    ),
    "data flow": Text("dòng dữ liệu chưa được đối chiếu", "data associations have not been compared"),
    "size": Text(
        f"không đọc được sơ đồ quá {MOST_NODES} bước", f"it cannot read more than {MOST_NODES} nodes"
    ),
}

_SUPPORTED = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "businessRuleTask", "scriptTask", "sendTask",
        "subProcess", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "startEvent", "endEvent",
        "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    }
)  # fmt: skip
_PEOPLE = frozenset({"task", "userTask", "manualTask"})


def unsupported(definition: Definition) -> list[Finding]:
    """Return a finding for every use of something outside the subset, in the process that is run."""
    model = definition.model
    found: dict[tuple[str, str], Finding] = {}
    nodes = [node for node in model.nodes.values() if _process_of(model, node.scope) == definition.process_id]
    for node in nodes:
        for feature in _features(model, node):
            found.setdefault((node.id, feature), _finding(feature, node.id, node.name, node.line))
    for scope in {node.scope: None for node in nodes}:
        entries = model.entries(scope)
        starts = [n for n in model.members(scope) if isinstance(n, StartEvent)]
        if len(entries) != 1 or len(starts) != 1:
            found[scope, "start"] = _finding("start", scope, model.scopes[scope].name, None)
    if len(nodes) > MOST_NODES:
        found["", "size"] = _finding("size", definition.process_id, "", None)
    return list(found.values())


def _finding(feature: str, ident: str, name: str, line: int | None) -> Finding:
    shown, why = name or ident, REASONS[feature]
    message = Text(
        f"“{shown}”: bộ chạy thứ hai không chạy đúng chỗ này ({why.vi}).",
        f"“{shown}”: the second engine does not run this as the standard says ({why.en}).",
    )
    return Finding("second-engine", ERROR, ident, message, line)


def _features(model: Model, node: Node) -> Iterator[str]:
    if node.kind not in _SUPPORTED:
        yield node.kind
        return
    if isinstance(node, Activity):
        yield from _of_activity(node)
    if isinstance(node, Event):
        yield from _of_event(model, node)
    if node.id in model.data and (model.data[node.id].inputs or model.data[node.id].outputs):
        yield "data flow"
    if len({flow.target for flow in node.outgoing}) < len(node.outgoing):
        yield "parallel flows"
    if node.default and node.kind != "exclusiveGateway":
        others = [flow for flow in node.outgoing if flow.id != node.default]
        if any(not flow.condition for flow in others):
            yield "default beside unconditional"
    joins = node.kind in ("parallelGateway", "inclusiveGateway") and len(node.incoming) > 1
    if joins and _is_on_a_cycle(model, node):
        yield "join in a loop"


def _of_activity(node: Activity) -> Iterator[str]:
    if isinstance(node, SubProcess) and node.by_event:
        yield "event sub-process"
    if node.loop is not None:
        yield "multi-instance" if isinstance(node.loop, MultiInstance) else "loop"
    if (node.start_quantity, node.completion_quantity) != (1, 1):
        yield "quantity"
    if node.for_compensation:
        yield "compensation"
    if isinstance(node, RuleTask) and node.decision:
        yield "decision"


def _of_event(model: Model, node: Event) -> Iterator[str]:
    if len(node.definitions) > 1:
        yield "several definitions"
    for definition in node.definitions:
        kind = definition.kind
        if kind in ("signal", "conditional", "escalation", "link", "cancel"):
            yield kind
        elif kind == "compensate":
            yield "compensation"
        elif kind == "error" and isinstance(node, EndEvent | ThrowEvent):
            yield "thrown error"
        elif kind == "terminate" and model.scopes[node.scope].kind != "process":
            yield "terminate inside"
        elif isinstance(definition, TimerDefinition) and definition.time == "cycle":
            yield "repeated boundary" if isinstance(node, BoundaryEvent) else "cycle"
    if isinstance(node, StartEvent) and node.definitions:
        yield "start"
    if isinstance(node, BoundaryEvent):
        yield from _of_boundary(model, node)


def _of_boundary(model: Model, node: BoundaryEvent) -> Iterator[str]:
    host = model.nodes[node.host]
    if isinstance(host, SubProcess):
        yield "boundary of a sub-process"
    elif host.kind not in _PEOPLE:
        yield "boundary of an automatic task"
    if not node.interrupting and any(d.kind == "message" for d in node.definitions):
        yield "repeated boundary"


def _is_on_a_cycle(model: Model, node: Node) -> bool:
    seen: set[str] = set()
    todo = [flow.target for flow in node.outgoing]
    while todo:
        at = todo.pop()
        if at == node.id:
            return True
        if at in seen:
            continue
        seen.add(at)
        one = model.nodes[at]
        todo += [flow.target for flow in one.outgoing]
        if isinstance(one, Activity):
            todo += one.boundaries
    return False


def _process_of(model: Model, scope: str) -> str:
    while model.scopes[scope].parent:
        scope = model.scopes[scope].parent
    return scope
