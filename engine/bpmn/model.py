"""The frozen model of a diagram: what the parser makes and what executors, linter and pictures read.

One class per kind of node, so that a reader of an exclusive gateway meets no field of a timer.
Ids are those of the diagram. A scope is the inside of a process or sub-process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, NamedTuple

from engine.bpmn.dataflow import NodeData


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow; `condition` is FEEL, "" when it has none."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""


# --- event definitions -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What an event waits for or throws.

    Attributes:
        ref: What is compared when something is thrown: name of the message, signal or link, code of
            the error or escalation, id of the activity to compensate. "" catches any code.
    """

    kind: ClassVar[str] = ""
    id: str = ""
    ref: str = ""


class MessageDefinition(Definition):
    __slots__ = ()
    kind = "message"


class SignalDefinition(Definition):
    __slots__ = ()
    kind = "signal"


class ErrorDefinition(Definition):
    __slots__ = ()
    kind = "error"


class EscalationDefinition(Definition):
    __slots__ = ()
    kind = "escalation"


class LinkDefinition(Definition):
    __slots__ = ()
    kind = "link"


class CancelDefinition(Definition):
    __slots__ = ()
    kind = "cancel"


class TerminateDefinition(Definition):
    __slots__ = ()
    kind = "terminate"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDefinition(Definition):
    """`time` is "date", "duration" or "cycle"; `text` is ISO-8601 or FEEL giving it.

    Attributes:
        working: The duration is counted in working time of the unit, not around the clock.
    """

    kind: ClassVar[str] = "timer"
    time: str
    text: str
    working: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalDefinition(Definition):
    kind: ClassVar[str] = "conditional"
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensateDefinition(Definition):
    kind: ClassVar[str] = "compensate"
    waits: bool = True


# --- loops -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    condition: str = ""
    maximum: int | None = None
    test_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """Attributes:
    output: Name of the list that gathers `output_item` of every instance; "" for none.
    behavior: "All", "One", "None" or "Complex": when instances announce that they are done.
    announced: Event of behavior One or None.
    rules: Of behavior Complex: condition, and event to announce when it holds.
    """

    cardinality: str = ""
    collection: str = ""
    item: str = ""
    output: str = ""
    output_item: str = ""
    sequential: bool = False
    completion: str = ""
    behavior: str = "All"
    announced: Definition | None = None
    rules: tuple[tuple[str, Definition | None], ...] = ()


# --- nodes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A flow node. `default` is the id of one of `outgoing`, or ""."""

    id: str
    kind: str
    name: str = ""
    scope: str
    incoming: tuple[Flow, ...] = ()
    outgoing: tuple[Flow, ...] = ()
    default: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Node):
    """Attributes:
    boundaries: Ids of the boundary events attached to it.
    start_quantity: So many tokens start it once. completion_quantity: so many it gives.
    """

    boundaries: tuple[str, ...] = ()
    loop: StandardLoop | MultiInstance | None = None
    for_compensation: bool = False
    start_quantity: int = 1
    completion_quantity: int = 1


class Task(Activity):
    """task, userTask, manualTask, serviceTask, scriptTask, businessRuleTask: `kind` tells."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTask(Activity):
    """businessRuleTask: asks the decision of this name or id, and keeps its result as `into`."""

    decision: str = ""
    into: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask(Activity):
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveTask(Activity):
    definition: MessageDefinition
    instantiate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubProcess(Activity):
    """subProcess and transaction; its inside is the scope of the same id."""

    by_event: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHocSubProcess(SubProcess):
    """`chosen`: nothing inside begins until a person chooses it."""

    sequential: bool = False
    completion: str = ""
    cancel_remaining: bool = True
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallActivity(Activity):
    """Runs another process, or global task, of the same file: `called` is a scope's id."""

    called: str


class Gateway(Node):
    """exclusiveGateway, parallelGateway, inclusiveGateway: `kind` tells."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplexGateway(Gateway):
    activation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGateway(Gateway):
    """`together`: the instance that one of its events starts has all the others still before it."""

    instantiate: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Node):
    """Attributes:
    together: Of several definitions all must occur (parallelMultiple), not just one.
    """

    definitions: tuple[Definition, ...] = ()
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEvent(Event):
    interrupting: bool = True


class EndEvent(Event):
    __slots__ = ()


class CatchEvent(Event):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrowEvent(Event):
    """`link` is the id of the catch event that a link jumps to, or ""."""

    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryEvent(Event):
    """`handler` is the activity that a compensation boundary event leads to, or ""."""

    host: str
    interrupting: bool = True
    handler: str = ""


# --- the whole ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeModel:
    """The inside of a process or sub-process; `event_subs` are ids of its event sub-processes."""

    id: str
    kind: str
    name: str = ""
    parent: str = ""
    nodes: tuple[str, ...] = ()
    event_subs: tuple[str, ...] = ()


class Upstream(NamedTuple):
    """From where a token can still come to a flow: `may` counts boundary events as paths."""

    may: frozenset[str]
    will: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Model:
    """A diagram. `processes` and `executable` are ids, in the order of the file.

    Attributes:
        messages: Name of every declared message by id; likewise `signals`.
        message_flows: From and to, each a node or, for a pool, its process; "" where that is not in the file.
        data: By node, and process that can be called: what it takes in and gives out.
        own: By scope: names that are local to it.
        message_paths: By name of the message and of the correlation property, what its value is.
        bindings: By process and name of the correlation property, what an instance compares it with.
        imported: Where imported files are said to be. None is ever fetched, and nothing refers to one.
    """

    nodes: Mapping[str, Node]
    scopes: Mapping[str, ScopeModel]
    processes: tuple[str, ...]
    executable: tuple[str, ...]
    messages: Mapping[str, str] = field(default_factory=dict)
    signals: Mapping[str, str] = field(default_factory=dict)
    message_flows: tuple[tuple[str, str], ...] = ()
    data: Mapping[str, NodeData] = field(default_factory=dict)
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    message_paths: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bindings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    imported: tuple[str, ...] = ()

    def members(self, scope: str) -> Iterator[Node]:
        """Yield the nodes directly inside a scope."""
        return (self.nodes[one] for one in self.scopes[scope].nodes)

    def boundaries(self, activity: Activity) -> Iterator[BoundaryEvent]:
        return (self.nodes[one] for one in activity.boundaries)  # type: ignore[misc]

    def entries(self, scope: str) -> tuple[Node, ...]:
        """Where tokens begin: none start events, else everything that nothing leads to (BPMN 13.2)."""
        members = list(self.members(scope))
        starts = tuple(n for n in members if isinstance(n, StartEvent) and not n.definitions)
        if starts or any(isinstance(n, StartEvent) for n in members):
            return starts
        return tuple(n for n in members if _starts_by_itself(n))

    def triggers(self, process: str) -> tuple[Node, ...]:
        """Nodes whose event, coming from outside, starts an instance of the process."""
        found: list[Node] = []
        for node in self.members(process):
            if isinstance(node, EventGateway) and node.instantiate:
                found += self.targets(node)
            elif (isinstance(node, StartEvent) and node.definitions) or (
                isinstance(node, ReceiveTask) and node.instantiate
            ):
                found.append(node)
        return tuple(found)

    def started_together(self, node: Node) -> EventGateway | None:
        """Return the parallel event gateway that starts instances by this node, if there is one."""
        sources = (self.nodes[flow.source] for flow in node.incoming)
        return next((one for one in sources if isinstance(one, EventGateway) and one.together), None)

    def process_of(self, end: str) -> str:
        """Return the process that a node, or the process itself, belongs to; "" for anything else."""
        scope = self.nodes[end].scope if end in self.nodes else end
        while scope in self.scopes and self.scopes[scope].parent:
            scope = self.scopes[scope].parent
        return scope if scope in self.processes else ""

    def targets(self, node: Node) -> tuple[Node, ...]:
        return tuple(self.nodes[flow.target] for flow in node.outgoing)

    def event_starts(self, scope: str) -> tuple[tuple[SubProcess, StartEvent], ...]:
        """Return the event sub-processes directly inside a scope, each with its start event."""
        return self._event_starts.get(scope, ())

    @cached_property
    def _event_starts(self) -> dict[str, tuple[tuple[SubProcess, StartEvent], ...]]:
        return {
            scope.id: tuple(
                (self.nodes[sub], start)  # type: ignore[misc]
                for sub in scope.event_subs
                for start in self.members(sub)
                if isinstance(start, StartEvent)
            )
            for scope in self.scopes.values()
            if scope.event_subs
        }

    @cached_property
    def has_conditional_events(self) -> bool:
        return any(
            definition.kind == "conditional"
            for node in self.nodes.values()
            if isinstance(node, Event)
            for definition in node.definitions
        )

    @cached_property
    def timed(self) -> frozenset[str]:
        """Nodes and scopes that timers listen for: around an activity, at an event, behind an event gateway,
        and of the event sub-processes of a scope."""
        found = {scope for scope in self.scopes if any(_is_timed(s) for _, s in self.event_starts(scope))}
        for node in self.nodes.values():
            listening = (
                self.boundaries(node) if isinstance(node, Activity)
                else self.targets(node) if isinstance(node, EventGateway)
                else (node,)
            )  # fmt: skip
            if any(_is_timed(one) for one in listening):
                found.add(node.id)
        return frozenset(found)

    @cached_property
    def has_own_names(self) -> bool:
        """Whether expressions can read names that only the engine knows: local ones, counters and items of
        loops."""
        return self.has_local_names or any(getattr(one, "loop", None) for one in self.nodes.values())

    @cached_property
    def has_local_names(self) -> bool:
        """Whether any name is local; those of a process only are when it is called."""
        called = {node.called for node in self.nodes.values() if isinstance(node, CallActivity)}
        gathers = any(getattr(getattr(node, "loop", None), "output", "") for node in self.nodes.values())
        return bool(self.data) or gathers or any(s not in self.processes or s in called for s in self.own)

    @cached_property
    def lets_choose(self) -> bool:
        """Whether people choose in a sub-process of it what is done."""
        return any(isinstance(one, AdHocSubProcess) and one.chosen for one in self.nodes.values())

    @cached_property
    def awaits_messages(self) -> bool:
        """Whether anything but the start of a process waits for a message."""
        starts = {node.id for process in self.processes for node in self.members(process)}
        return any(
            isinstance(node, ReceiveTask)
            or (
                isinstance(node, CatchEvent | BoundaryEvent | StartEvent)
                and not (isinstance(node, StartEvent) and node.id in starts)
                and any(definition.kind == "message" for definition in node.definitions)
            )
            for node in self.nodes.values()
        )

    @cached_property
    def upstream(self) -> Mapping[str, Mapping[str, Upstream]]:
        """For every joining inclusive or complex gateway: what can still reach each incoming flow."""
        return {
            node.id: {
                flow.id: Upstream(self._reaching(flow, node.id, True), self._reaching(flow, node.id, False))
                for flow in node.incoming
            }
            for node in self.nodes.values()
            if node.kind in ("inclusiveGateway", "complexGateway") and len(node.incoming) > 1
        }

    def _reaching(self, flow: Flow, gateway: str, by_boundaries: bool) -> frozenset[str]:
        """Nodes with a path to the flow that does not visit the gateway."""
        seen: set[str] = set()
        todo = [flow.source]
        while todo:
            at = todo.pop()
            if at in seen or at == gateway:
                continue
            seen.add(at)
            node = self.nodes[at]
            todo += [f.source for f in node.incoming]
            if by_boundaries and isinstance(node, BoundaryEvent):
                todo.append(node.host)
            if isinstance(node, CatchEvent):
                todo += self._jumps.get(at, ())
        return frozenset(seen)

    @cached_property
    def _jumps(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for node in self.nodes.values():
            if isinstance(node, ThrowEvent) and node.link:
                found[node.link] = (*found.get(node.link, ()), node.id)
        return found


def _is_timed(node: Node) -> bool:
    return isinstance(node, Event) and any(one.kind == "timer" for one in node.definitions)


def _starts_by_itself(node: Node) -> bool:
    if node.incoming or isinstance(node, BoundaryEvent | StartEvent):
        return False
    if isinstance(node, CatchEvent) and any(one.kind == "link" for one in node.definitions):
        return False
    if isinstance(node, Activity) and node.for_compensation:
        return False
    if isinstance(node, SubProcess) and node.by_event:
        return False
    return not getattr(node, "instantiate", False)
