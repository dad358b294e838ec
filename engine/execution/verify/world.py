"""One process as it is explored: the diagram, what steps write, and which questions are still to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.bpmn.definitions import Definition
from engine.bpmn.model import (
    Activity,
    BoundaryEvent,
    CallActivity,
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
from engine.bpmn.steps import StepSpec
from engine.domain.procedures import Procedure
from engine.execution.verify import questions
from engine.execution.verify.lines import Line, make_lines
from engine.execution.verify.markings import Keys
from engine.execution.verify.questions import Box, Question
from engine.execution.verify.rules import BoundRule, bind_rules, read_rules

AUTOMATIC = ("serviceTask", "businessRuleTask", "scriptTask", "sendTask")


@dataclass(frozen=True)
class World:
    """Attributes:
    model: The diagram with its conditions told apart.
    ends: End events that one run of their scope should reach once at most.
    rules: By line: when a form shows the field, and needs it.
    """

    model: Model
    steps: Mapping[str, StepSpec]
    procedure: Procedure | None
    lines: tuple[Line, ...]
    questions: Mapping[str, Question]
    rules: Mapping[int, BoundRule]

    @classmethod
    def of(cls, definition: Definition, procedure: Procedure | None) -> World:
        """Read the diagram's conditions.

        Raises:
            FeelError: If one is not FEEL.
        """
        model = questions.told_apart(definition.model)
        conditions = questions.read_all(model)
        asked = questions.data_atoms(conditions)
        rules = read_rules(procedure, {one.line for one in asked})
        asked += [one for rule in rules for one in rule.atoms]
        lines = make_lines(asked, definition.steps, procedure, flowing(model))
        made = questions.make_questions(model, conditions, lines)
        return cls(model, definition.steps, procedure, lines, made, bind_rules(rules, lines))

    @cached_property
    def keys(self) -> Keys:
        return Keys(self.model)

    @cached_property
    def first(self) -> Box:
        return tuple(line.start for line in self.lines)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Kinds of events that the diagram waits for."""
        return frozenset(
            one.kind
            for node in self.model.nodes.values()
            for one in (*getattr(node, "definitions", ()), *filter(None, [getattr(node, "definition", None)]))
        )

    @cached_property
    def times(self) -> dict[str, str]:
        """Kind of every time that is an expression, by its text."""
        return {
            one.text: one.time
            for node in self.model.nodes.values()
            if isinstance(node, Event)
            for one in node.definitions
            if isinstance(one, TimerDefinition)
        }

    @cached_property
    def amounts(self) -> dict[str, int]:
        """How many instances are explored, by the text that says the number: two stand for many."""
        found: dict[str, int] = {}
        for node in self.model.nodes.values():
            loop = getattr(node, "loop", None)
            if isinstance(loop, MultiInstance):
                text = loop.cardinality or loop.collection
                number = questions.constant_of(text) if loop.cardinality else None
                many = 1 if isinstance(node, SubProcess | CallActivity) and not loop.sequential else 2
                found[text] = many if number is None else min(int(number), many)
        return found

    @cached_property
    def changing(self) -> frozenset[int]:
        """Lines that conditional events look at: their data may change while they wait."""
        return frozenset(
            at
            for node in self.model.nodes.values()
            if isinstance(node, Event)
            for one in node.definitions
            if one.kind == "conditional" and one.condition in self.questions  # type: ignore[attr-defined]
            for at in self.questions[one.condition].lines  # type: ignore[attr-defined]
        )

    def written_by(self, node: str) -> list[tuple[int, Line]]:
        """Return the lines that completing a node writes, with their numbers."""
        return self._written.get(node, [])

    @cached_property
    def _written(self) -> dict[str, list[tuple[int, Line]]]:
        found: dict[str, list[tuple[int, Line]]] = {}
        for at, line in enumerate(self.lines):
            for node in {key if type(key) is str else key[0] for key in line.writes}:
                found.setdefault(node, []).append((at, line))
        return found

    def unasked(self, live: int) -> list[tuple[int, int]]:
        """Return the lines that matter no more where only `live` ones do, with all their cells."""
        if live not in self._unasked:
            self._unasked[live] = [
                (at, line.all) for at, line in enumerate(self.lines) if line.passes or not live >> at & 1
            ]
        return self._unasked[live]

    @cached_property
    def _unasked(self) -> dict[int, list[tuple[int, int]]]:
        return {}

    # --- what follows what -----------------------------------------------------------------------

    def following(self, node: Node) -> Iterator[str]:
        """Yield the nodes where a token at a node may be next, its inside included."""
        yield from (flow.target for flow in node.outgoing)
        if isinstance(node, Activity):
            yield from node.boundaries
        if isinstance(node, ThrowEvent) and node.link:
            yield node.link
        if isinstance(node, BoundaryEvent) and node.handler:
            yield node.handler
        inside = node.called if isinstance(node, CallActivity) else node.id
        if inside in self.model.scopes:
            yield from (one for one in self.model.scopes[inside].nodes)
        yield from self.model.scopes[node.scope].event_subs

    def reach(self, *starts: str) -> set[str]:
        seen: set[str] = set()
        todo = list(starts)
        while todo:
            at = todo.pop()
            if at not in seen and at in self.model.nodes:
                seen.add(at)
                todo += self.following(self.model.nodes[at])
        return seen

    @cached_property
    def ends(self) -> frozenset[str]:
        beside = [
            flow.target
            for node in self.model.nodes.values()
            if isinstance(node, BoundaryEvent) and not node.interrupting
            for flow in node.outgoing
        ]
        repeated = self._behind(beside)
        forked = {node.scope for node in self.model.nodes.values() if _forks(node)}
        for scope in self.model.scopes:
            if len(self.model.entries(scope)) > 1:
                forked.add(scope)
        return frozenset(
            node.id
            for node in self.model.nodes.values()
            if isinstance(node, EndEvent) and node.id not in repeated and node.scope in forked
        )

    def _behind(self, starts: list[str]) -> set[str]:
        """Nodes reached along flows alone."""
        seen: set[str] = set()
        todo = list(starts)
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                node = self.model.nodes[at]
                todo += [flow.target for flow in node.outgoing]
                todo += getattr(node, "boundaries", ())
                if isinstance(node, ThrowEvent) and node.link:
                    todo.append(node.link)
        return seen

    # --- what is still asked ---------------------------------------------------------------------

    @cached_property
    def live(self) -> dict[str, int]:
        """For a token at each node: the lines, as bits, that may still be asked before they are written."""
        asked: dict[str, int] = {}
        for question in self.questions.values():
            bits = sum(1 << at for at in question.lines)
            asked[question.node] = asked.get(question.node, 0) | bits
        following = {ident: set(self.following(node)) for ident, node in self.model.nodes.items()}
        before: dict[str, list[str]] = {ident: [] for ident in following}
        for ident, others in following.items():
            for one in others:
                before[one].append(ident)
        live = dict.fromkeys(following, 0)
        todo = list(following)
        while todo:
            ident = todo.pop()
            found = self._live_at(ident, asked.get(ident, 0), following[ident], live)
            if found != live[ident]:
                live[ident] = found
                todo += before[ident]
        return live

    def _live_at(self, ident: str, asked: int, following: set[str], live: Mapping[str, int]) -> int:
        """What interrupts a step, or happens beside it, does not wait for it to write."""
        node = self.model.nodes[ident]
        around = {*getattr(node, "boundaries", ()), *self.model.scopes[node.scope].event_subs}
        besides = 0
        for one in following:
            if one in around:
                besides |= live[one]
            else:
                asked |= live[one]
        if getattr(node, "loop", None) is not None:
            return asked | besides
        for at, line in self.written_by(ident):
            if not any(one == ident for one, _ in line.kept):
                asked &= ~(1 << at)
        return asked | besides

    def is_error_of_machine(self, node: Node) -> bool:
        """Whether the event catches the failing of something automatic, which never fails here."""
        host = self.model.nodes.get(getattr(node, "host", ""))
        return (
            isinstance(node, BoundaryEvent)
            and host is not None
            and host.kind in AUTOMATIC
            and any(one.kind in ("error", "escalation") for one in node.definitions)
        )

    def starts(self, process: str) -> list[str]:
        """Nodes that an instance begins at: "" for a plain start."""
        plain = [""] if self.model.entries(process) else []
        return plain + [node.id for node in self.model.triggers(process)]


def flowing(model: Model) -> dict[str, set[str]]:
    """Return names that get values inside the diagram, with who writes them: outputs, local ones, items."""
    found: dict[str, set[str]] = {}
    for names in model.own.values():
        found |= {name: set() for name in names}
    for ident, data in model.data.items():
        for name in (*data.takes, *data.gives, *data.own):
            found.setdefault(name, set())
        heads = (path[0] for one in data.outputs for _, path in one.assignments if path)
        for name in (*(one.target for one in data.outputs), *heads):
            found.setdefault(name, set()).add(ident)
    for node in model.nodes.values():
        if isinstance(node, RuleTask) and node.decision:
            found.setdefault(node.into or node.id, set()).add(node.id)
        loop = getattr(node, "loop", None)
        if isinstance(loop, MultiInstance):
            found |= {one: {node.id} for one in (loop.item, loop.output, loop.output_item) if one}
    found.pop("", None)
    return found


def _forks(node: Node) -> bool:
    if len(node.outgoing) < 2:
        return False
    return node.kind not in ("exclusiveGateway", "eventBasedGateway")


def is_quiet(node: Node) -> bool:
    """Whether an event happens beside what it interrupts not."""
    return isinstance(node, BoundaryEvent | StartEvent) and not node.interrupting
