"""From BPMN 2.0 XML to the frozen model: structure, nodes and flows.

Everything that is wrong is collected; a diagram with a single problem is refused with all of them.
What the picture shows beside the flow (lanes, data, texts) is not part of execution and left alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import count
from typing import Any

from engine.bpmn import exchange, imports
from engine.bpmn.data_reader import DataReader
from engine.bpmn.definition_reader import (
    DefinitionReader,
    expression_of,
    flag,
    local,
    reference,
    text_of,
)
from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.loop_reader import LoopReader
from engine.bpmn.model import (
    AdHocSubProcess,
    BoundaryEvent,
    CallActivity,
    CatchEvent,
    ComplexGateway,
    EndEvent,
    EventGateway,
    Flow,
    Gateway,
    MessageDefinition,
    Model,
    Node,
    ReceiveTask,
    RuleTask,
    ScopeModel,
    SendTask,
    StartEvent,
    SubProcess,
    Task,
    ThrowEvent,
)
from engine.bpmn.problems import BadDiagram, Problems
from engine.bpmn.rules import check_model
from engine.bpmn.xml import parse_xml

__all__ = ["BadDiagram", "parse_bpmn"]

_GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
_TASKS = frozenset(_GLOBAL_TASKS.values()) | {"serviceTask"}
_SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_ACTIVITIES = _TASKS | _SUB_PROCESSES | {"sendTask", "receiveTask", "callActivity"}
_GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})
_EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
_FLOW_NODES = _ACTIVITIES | _GATEWAYS | _EVENTS | {"complexGateway", "eventBasedGateway"}
# Drawn beside the flow or said about the scope as a whole: nothing to execute.
_SILENT = frozenset(
    {
        "documentation", "extensionElements", "auditing", "monitoring", "category", "sequenceFlow",
        "laneSet", "dataObject", "dataObjectReference", "dataStoreReference", "association", "group",
        "textAnnotation", "supportedInterfaceRef", "ioSpecification", "ioBinding", "property",
        "correlationSubscription",
        "resourceRole", "performer", "humanPerformer", "potentialOwner", "supports", "artifact",
        "incoming", "outgoing", "dataInputAssociation", "dataOutputAssociation", "rendering",
        "standardLoopCharacteristics", "multiInstanceLoopCharacteristics", "completionCondition",
    }
)  # fmt: skip
_ID = re.compile(r"[^\W\d][\w.-]{0,127}")


def parse_bpmn(source: bytes | Any, *, pass_scripts: bool = False) -> Model:
    """Read a diagram.

    Args:
        source: The bytes, or a root element that came out of `parse_xml`.
        pass_scripts: Accept script tasks; they complete without running.

    Raises:
        BadXml: If the bytes are not XML within the bounds.
        BadDiagram: If anything in it cannot be executed; `problems` has all the reasons.
    """
    root = parse_xml(source) if isinstance(source, bytes | bytearray | memoryview) else source
    return _Reader(root, pass_scripts).model()


class _Reader:
    def __init__(self, root: Any, pass_scripts: bool) -> None:
        self.root = root
        self.pass_scripts = pass_scripts
        self.problems = Problems()
        self.by_id: dict[str, Any] = {}
        self.scope_of: dict[str, str] = {}
        self.outgoing: dict[str, list[Flow]] = defaultdict(list)
        self.incoming: dict[str, list[Flow]] = defaultdict(list)
        self.attached: dict[str, list[str]] = defaultdict(list)
        self.handlers: dict[str, str] = {}
        self.links: dict[tuple[str, str], str] = {}
        self.link_targets: dict[str, str] = {}
        self.nodes: dict[str, Node] = {}
        self.scopes: dict[str, ScopeModel] = {}

    def model(self) -> Model:
        self._check_root()
        processes = [e for e in self.root if self._tag(e) == "process"]
        global_tasks = [e for e in self.root if self._tag(e) in _GLOBAL_TASKS]
        self._index_ids()
        imported = imports.namespaces(self.root)
        imports.check_references(self.root, imported, self.problems)
        # Without sound ids nothing else can be said that would help.
        self.problems.refuse_if_any()
        self.definitions = DefinitionReader(self.by_id, self.problems)
        self.data = DataReader(self.root, self.by_id, self.problems)
        self.loops = LoopReader(self.definitions, self.data, self.problems)
        for process in processes:
            self._index_scope(process)
        for process in processes:
            self._scope(process, "process", "")
        for task in global_tasks:
            self._global_task(task)
        model = Model(
            nodes=self.nodes,
            scopes=self.scopes,
            processes=tuple(p.get("id") for p in processes),
            executable=tuple(p.get("id") for p in processes if flag(p, "isExecutable", False)),
            messages=self._names("message"),
            signals=self._names("signal"),
            message_flows=exchange.message_flows(self.root, self.by_id),
            data=self.data.of_nodes(),
            own=self.data.own(),
            message_paths=exchange.message_paths(self.root, self.by_id),
            bindings=exchange.bindings(self.root, self.by_id),
            imported=tuple(imported.values()),
        )
        check_model(model, self.problems)
        self.problems.refuse_if_any()
        return model

    # --- before reading nodes ------------------------------------------------------------------

    def _check_root(self) -> None:
        if self.root.tag != f"{{{BPMN}}}definitions":
            self.problems.note(
                "not-bpmn", "", "", self.root.sourceline,
                "Tệp không phải là sơ đồ BPMN 2.0 (thiếu phần tử definitions).",
                "The file is not a BPMN 2.0 diagram (it has no definitions element).",
            )  # fmt: skip
            self.problems.refuse_if_any()

    def _index_ids(self) -> None:
        """Ids are optional in the standard: a node without one gets the next free number of its kind."""
        nameless: list[Any] = []
        for element in self.root.iter(f"{{{BPMN}}}*"):
            ident = element.get("id")
            tag = self._tag(element)
            if ident is None:
                if tag in _FLOW_NODES or tag == "process":
                    nameless.append(element)
            elif not _ID.fullmatch(ident):
                self.problems.note(
                    "bad-id", ident[:128], "", element.sourceline,
                    "mã (id) phải bắt đầu bằng chữ cái, gồm chữ, số, gạch, dài không quá 128 ký tự.",
                    "an id must start with a letter and have at most 128 letters, digits, - _ .",
                )  # fmt: skip
            elif ident in self.by_id:
                self.problems.add("same-id", element, "mã (id) này dùng hai lần.", "this id is used twice.")
            else:
                self.by_id[ident] = element
        for element in nameless:
            tag = self._tag(element)
            ident = next(one for one in (f"{tag}_{n}" for n in count(1)) if one not in self.by_id)
            element.set("id", ident)
            self.by_id[ident] = element

    def _index_scope(self, scope: Any) -> None:
        """Note who is attached to and connected with whom, so that nodes can be built in one go."""
        ident = scope.get("id")
        for element in scope:
            tag = self._tag(element)
            if tag in _FLOW_NODES:
                self.scope_of[element.get("id")] = ident
                if tag == "boundaryEvent":
                    self.attached[local(element.get("attachedToRef"))].append(element.get("id"))
                elif tag == "intermediateCatchEvent":
                    self._index_links(element, ident)
                elif tag in _SUB_PROCESSES:
                    self._index_scope(element)
        for number, element in enumerate(scope.iterchildren(f"{{{BPMN}}}sequenceFlow")):
            self._flow(element, ident, number)
        for element in scope.iterchildren(f"{{{BPMN}}}association"):
            self.handlers.setdefault(local(element.get("sourceRef")), local(element.get("targetRef")))

    def _index_links(self, element: Any, scope: str) -> None:
        for link in element.iterchildren(f"{{{BPMN}}}linkEventDefinition"):
            key = (scope, link.get("name") or "")
            if key in self.links:
                self.problems.add(
                    "link-twice", element,
                    "hai điểm đến của cùng một liên kết (link).", "two targets of the same link.",
                )  # fmt: skip
            self.links[key] = element.get("id")
            if link.get("id"):
                self.link_targets[link.get("id")] = element.get("id")

    def _link_target(self, element: Any, scope: str) -> str:
        """Return the catch event a link leads to: the one it refers to, else the one of its name."""
        for link in element.iterchildren(f"{{{BPMN}}}linkEventDefinition"):
            referred = self.link_targets.get(local(text_of(link, "target")), "")
            if self.scope_of.get(referred) == scope:
                return referred
            return self.links.get((scope, link.get("name") or ""), "")
        return ""

    def _flow(self, element: Any, scope: str, number: int) -> None:
        source, target = local(element.get("sourceRef")), local(element.get("targetRef"))
        for end, vi, en in ((source, "bắt đầu", "starts"), (target, "kết thúc", "ends")):
            if self.scope_of.get(end) != scope:
                self.problems.add(
                    "flow-end", element,
                    f"mũi tên {vi} ở “{end}”, không phải một bước của cùng phần sơ đồ.",
                    f"the flow {en} at “{end}”, which is not a node of the same part of the diagram.",
                )  # fmt: skip
                return
        flow = Flow(
            id=element.get("id") or f"{scope}.flow{number}",
            source=source,
            target=target,
            name=(element.get("name") or "").strip(),
            condition=expression_of(element, "conditionExpression"),
        )
        self.outgoing[source].append(flow)
        self.incoming[target].append(flow)

    # --- scopes and nodes ----------------------------------------------------------------------

    def _scope(self, element: Any, kind: str, parent: str) -> None:
        ident = element.get("id")
        nodes, event_subs = [], []
        for child in element:
            tag = self._tag(child)
            if tag in _FLOW_NODES:
                self._node(child, tag, ident)
                nodes.append(child.get("id"))
                if tag in _SUB_PROCESSES and flag(child, "triggeredByEvent", False):
                    event_subs.append(child.get("id"))
            elif isinstance(child.tag, str) and tag not in _SILENT:
                self.problems.add(
                    "unknown-element", child,
                    f"phần tử {local_name(child)} không chạy được.",
                    f"the element {local_name(child)} cannot be executed.",
                )  # fmt: skip
        self.scopes[ident] = ScopeModel(
            id=ident,
            kind=kind,
            name=(element.get("name") or "").strip(),
            parent=parent,
            nodes=tuple(nodes),
            event_subs=tuple(event_subs),
        )

    def _node(self, element: Any, tag: str, scope: str) -> None:
        ident = element.get("id")
        common = {
            "id": ident,
            "kind": tag,
            "name": (element.get("name") or "").strip(),
            "scope": scope,
            "incoming": tuple(self.incoming[ident]),
            "outgoing": tuple(self.outgoing[ident]),
            "default": local(element.get("default")),
            "line": element.sourceline,
        }
        if tag in _EVENTS:
            self.nodes[ident] = self._event(element, tag, common)
        elif tag in _ACTIVITIES:
            self.nodes[ident] = self._activity(element, tag, common)
        elif tag == "complexGateway":
            activation = expression_of(element, "activationCondition")
            self.nodes[ident] = ComplexGateway(**common, activation=activation)
        elif tag == "eventBasedGateway":
            self.nodes[ident] = self._event_gateway(element, common)
        else:
            self.nodes[ident] = Gateway(**common)

    def _event(self, element: Any, tag: str, common: dict[str, Any]) -> Node:
        common["definitions"] = definitions = self.definitions.of(element)
        if tag == "endEvent":
            return EndEvent(**common)
        if tag == "intermediateThrowEvent":
            return ThrowEvent(**common, link=self._link_target(element, common["scope"]))
        common["together"] = flag(element, "parallelMultiple", False) and len(definitions) > 1
        if tag == "startEvent":
            return StartEvent(**common, interrupting=flag(element, "isInterrupting", True))
        if tag == "intermediateCatchEvent":
            return CatchEvent(**common)
        return BoundaryEvent(
            **common,
            host=local(element.get("attachedToRef")),
            interrupting=flag(element, "cancelActivity", True),
            handler=self.handlers.get(common["id"], ""),
        )

    def _event_gateway(self, element: Any, common: dict[str, Any]) -> Node:
        together = element.get("eventGatewayType") == "Parallel"
        instantiate = flag(element, "instantiate", False)
        if together and not instantiate:
            self.problems.add(
                "parallel-event-gateway", element,
                "cổng sự kiện song song (Parallel) chỉ dùng để khởi động quy trình (instantiate).",
                "a parallel event gateway (Parallel) may only start a process (instantiate).",
            )  # fmt: skip
        return EventGateway(**common, instantiate=instantiate, together=together)

    def _activity(self, element: Any, tag: str, common: dict[str, Any]) -> Node:
        common.update(
            boundaries=tuple(self.attached[common["id"]]),
            loop=self.loops.of(element),
            for_compensation=flag(element, "isForCompensation", False),
            start_quantity=self.loops.count(element, "startQuantity", 1, least=1) or 1,
            completion_quantity=self.loops.count(element, "completionQuantity", 1, least=1) or 1,
        )
        if tag in _SUB_PROCESSES:
            return self._sub_process(element, tag, common)
        if tag == "callActivity":
            return CallActivity(**common, called=local(element.get("calledElement")))
        if tag == "sendTask":
            return SendTask(**common, message=self.definitions.ref(element, "message"))
        if tag == "receiveTask":
            name = self.definitions.ref(element, "message")
            instantiate = flag(element, "instantiate", False)
            return ReceiveTask(**common, definition=MessageDefinition(ref=name), instantiate=instantiate)
        if tag == "businessRuleTask":
            decision = element.get(f"{{{MC}}}decide", "").strip()
            return RuleTask(**common, decision=decision, into=element.get(f"{{{MC}}}decideInto", "").strip())
        self._check_script(element, tag)
        return Task(**common)

    def _sub_process(self, element: Any, tag: str, common: dict[str, Any]) -> Node:
        self._scope(element, tag, common["scope"])
        common["by_event"] = flag(element, "triggeredByEvent", False)
        if tag != "adHocSubProcess":
            return SubProcess(**common)
        return AdHocSubProcess(
            **common,
            sequential=element.get("ordering") == "Sequential",
            completion=expression_of(element, "completionCondition"),
            cancel_remaining=flag(element, "cancelRemainingInstances", True),
            chosen=element.get(f"{{{MC}}}begin") == "chosen",
        )

    def _global_task(self, element: Any) -> None:
        """A global task is called like a process of one step."""
        ident, tag = element.get("id"), _GLOBAL_TASKS[self._tag(element)]
        name = (element.get("name") or "").strip()
        self._check_script(element, tag)
        self.nodes[ident] = Task(id=ident, kind=tag, name=name, scope=ident, line=element.sourceline)
        self.scopes[ident] = ScopeModel(id=ident, kind="process", name=name, nodes=(ident,))

    def _check_script(self, element: Any, tag: str) -> None:
        if tag == "scriptTask" and not self.pass_scripts:
            self.problems.add(
                "script", element,
                "bước chạy mã lệnh (script task) không được phép; hãy dùng bước nghiệp vụ.",
                "script tasks are not allowed; use a task of the office instead.",
            )  # fmt: skip

    def _names(self, kind: str) -> dict[str, str]:
        return {e.get("id"): reference(e, kind) for e in self.root if self._tag(e) == kind and e.get("id")}

    def _tag(self, element: Any) -> str:
        return local_name(element) if str(element.tag).startswith(f"{{{BPMN}}}") else ""
