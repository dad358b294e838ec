"""A diagram as the rules read it: elements by id, scopes with their nodes and flows, who is reachable.

Unlike `engine.bpmn.model` it exists for broken diagrams too: a flow may lead nowhere and a node may
have no id, because saying so is the point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.lint.groups import (
    ACTIVITIES,
    DEFINITIONS,
    EVENTS,
    FLOW_CONTAINERS,
    GATEWAYS,
    NODES,
    SUB_PROCESSES,
)


@dataclass(slots=True, eq=False)
class Flow:
    """A sequence flow; its ends are None where nothing stands."""

    xml: Any
    scope: Scope
    source: Node | None = None
    target: Node | None = None
    condition: str = ""
    has_condition: bool = False

    @property
    def id(self) -> str:
        return self.xml.get("id") or ""


@dataclass(slots=True, eq=False)
class Node:
    """A flow node: `boundaries` are the boundary events attached to it, `host` what one is attached to."""

    xml: Any
    kind: str
    scope: Scope
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list[Node] = field(default_factory=list)
    host: Node | None = None
    definitions: list[Any] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.xml.get("id") or ""

    @property
    def is_event(self) -> bool:
        return self.kind in EVENTS

    @property
    def is_activity(self) -> bool:
        return self.kind in ACTIVITIES

    @property
    def is_gateway(self) -> bool:
        return self.kind in GATEWAYS

    @property
    def is_event_sub(self) -> bool:
        return self.kind in SUB_PROCESSES and is_true(self.xml, "triggeredByEvent")

    @property
    def for_compensation(self) -> bool:
        return is_true(self.xml, "isForCompensation")

    @property
    def triggers(self) -> list[str]:
        """Kinds of its event definitions: "message", "timer", …"""
        return [local_name(one).removesuffix("EventDefinition") for one in self.definitions]


@dataclass(slots=True, eq=False)
class Scope:
    """The inside of a process or sub-process; `node` is the sub-process itself."""

    xml: Any
    kind: str
    parent: Scope | None = None
    node: Node | None = None
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    @property
    def is_event_sub(self) -> bool:
        return self.node is not None and self.node.is_event_sub

    @property
    def process(self) -> Scope:
        return self if self.parent is None else self.parent.process


class Diagram:
    """Built once from the root element; never changed."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.elements = [one for one in root.iter(f"{{{BPMN}}}*") if isinstance(one.tag, str)]
        self.by_id: dict[str, Any] = {}
        for one in self.elements:
            if one.get("id"):
                self.by_id.setdefault(one.get("id"), one)
        self.scopes: list[Scope] = []
        self._node_of: dict[Any, Node] = {}
        for process in root.iterchildren(f"{{{BPMN}}}*"):
            if local_name(process) in FLOW_CONTAINERS:
                self._read_scope(process, None, None)
        for scope in self.scopes:
            self._connect(scope)

    # --- reading ----------------------------------------------------------------------------

    def _read_scope(self, xml: Any, parent: Scope | None, node: Node | None) -> None:
        scope = Scope(xml=xml, kind=local_name(xml), parent=parent, node=node)
        self.scopes.append(scope)
        for child in bpmn_children(xml):
            kind = local_name(child)
            if kind in NODES:
                inner = Node(xml=child, kind=kind, scope=scope, definitions=self._definitions(child))
                self._node_of[child] = inner
                scope.nodes.append(inner)
                if kind in FLOW_CONTAINERS:
                    self._read_scope(child, scope, inner)
            elif kind == "sequenceFlow":
                scope.flows.append(Flow(xml=child, scope=scope))

    def _definitions(self, event: Any) -> list[Any]:
        found = []
        for child in bpmn_children(event):
            if local_name(child) in DEFINITIONS:
                found.append(child)
            elif local_name(child) == "eventDefinitionRef":
                shared = self.by_id.get(plain(child.text))
                if shared is not None and local_name(shared) in DEFINITIONS:
                    found.append(shared)
        return found

    def _connect(self, scope: Scope) -> None:
        for flow in scope.flows:
            flow.source = self.node(flow.xml.get("sourceRef"))
            flow.target = self.node(flow.xml.get("targetRef"))
            condition = child_of(flow.xml, "conditionExpression")
            flow.has_condition = condition is not None
            flow.condition = text_of(condition)
            if flow.source is not None:
                flow.source.outgoing.append(flow)
            if flow.target is not None:
                flow.target.incoming.append(flow)
        for node in scope.nodes:
            host = self.node(node.xml.get("attachedToRef")) if node.kind == "boundaryEvent" else None
            if host is not None:
                node.host = host
                host.boundaries.append(node)

    # --- looking up -------------------------------------------------------------------------

    def node(self, reference: str | None) -> Node | None:
        """Return the flow node with this id, wherever it stands."""
        return self._node_of.get(self.by_id.get(plain(reference)))

    def named(self, reference: str | None) -> Any:
        """Return the element that a reference points to, or None."""
        return self.by_id.get(plain(reference))

    @property
    def nodes(self) -> Iterator[Node]:
        return (node for scope in self.scopes for node in scope.nodes)

    @property
    def flows(self) -> Iterator[Flow]:
        return (flow for scope in self.scopes for flow in scope.flows)

    def of_kind(self, *kinds: str) -> Iterator[Any]:
        return (one for kind in kinds for one in self._by_kind.get(kind, ()))

    @cached_property
    def _by_kind(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for one in self.elements:
            found.setdefault(local_name(one), []).append(one)
        return found

    @cached_property
    def of_the_office(self) -> bool:
        """Whether the diagram speaks of an office at all, by the namespace urn:motcua:bpmn:1."""
        return any(name.startswith(f"{{{MC}}}") for xml in self.elements for name in xml.attrib)

    @cached_property
    def is_executable(self) -> bool:
        """Whether any process is marked as executable; the others are pictures of the work."""
        return any(is_true(scope.xml, "isExecutable") for scope in self.processes)

    @cached_property
    def processes(self) -> list[Scope]:
        return [scope for scope in self.scopes if scope.kind == "process"]

    @cached_property
    def running(self) -> list[Scope]:
        """Scopes of the processes meant to run: the executable ones and what they call.

        When none says that it is executable, all are judged, so that an author sees every fault at once.
        """
        wanted = [one for one in self.processes if is_true(one.xml, "isExecutable")]
        chosen = list(wanted or self.processes)
        for process in chosen:
            for called in self._called_by(process):
                if called not in chosen:
                    chosen.append(called)
        return [scope for scope in self.scopes if scope.process in chosen]

    def _called_by(self, process: Scope) -> Iterator[Scope]:
        by_xml = {one.xml: one for one in self.processes}
        for scope in self.scopes:
            if scope.process is process:
                for node in scope.nodes:
                    called = self.named(node.xml.get("calledElement"))
                    if node.kind == "callActivity" and called in by_xml:
                        yield by_xml[called]

    # --- the graph --------------------------------------------------------------------------

    def next_nodes(self, node: Node) -> Iterator[Node]:
        """Yield where a token can go from here inside the scope: flows, boundary events, links."""
        for flow in node.outgoing:
            if flow.target is not None and flow.target.scope is node.scope:
                yield flow.target
        yield from (boundary for boundary in node.boundaries if boundary.scope is node.scope)
        if node.kind == "intermediateThrowEvent":
            for name in link_names(node):
                yield from (
                    other
                    for other in node.scope.nodes
                    if other.kind == "intermediateCatchEvent" and name in link_names(other)
                )
        if node.kind == "boundaryEvent" and "compensate" in node.triggers:
            yield from self.compensators(node)

    def compensators(self, boundary: Node) -> Iterator[Node]:
        """Yield the activities that an association from a compensation event leads to."""
        for association in bpmn_children(boundary.scope.xml, "association"):
            ends = [plain(association.get("sourceRef")), plain(association.get("targetRef"))]
            if boundary.id and boundary.id in ends:
                other = self.node(ends[1 - ends.index(boundary.id)])
                if other is not None and other.is_activity:
                    yield other

    def reachable(self, starts: Iterable[Node]) -> set[Node]:
        seen: set[Node] = set()
        todo = list(starts)
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo.extend(self.next_nodes(node))
        return seen


# --- reading XML ----------------------------------------------------------------------------


def bpmn_children(xml: Any, *kinds: str) -> Iterator[Any]:
    """Yield the children in the BPMN namespace, all or those of some kinds."""
    for child in xml.iterchildren(f"{{{BPMN}}}*"):
        if not kinds or local_name(child) in kinds:
            yield child


def child_of(xml: Any, kind: str) -> Any:
    return xml.find(f"{{{BPMN}}}{kind}")


def text_of(xml: Any) -> str:
    """Return the text of an element, "" when there is none."""
    return "" if xml is None else "".join(xml.itertext()).strip()


def plain(reference: str | None) -> str:
    """Return a reference without its prefix: "tns:msg1" names "msg1" of this file."""
    return (reference or "").strip().rpartition(":")[2]


def is_true(xml: Any, name: str, default: bool = False) -> bool:
    value = (xml.get(name) or "").strip()
    return {"true": True, "1": True, "false": False, "0": False}.get(value, default)


def link_names(node: Node) -> list[str]:
    return [
        one.get("name", "").strip() for one in node.definitions if local_name(one) == "linkEventDefinition"
    ]
