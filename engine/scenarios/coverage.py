"""Which nodes and flows of a diagram its scenarios have gone through, in numbers and on the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.bpmn.definitions import Definition
from engine.bpmn.svg import draw
from engine.scenarios.places import places
from engine.scenarios.runs import Run

COVERED, MISSED = "covered", "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was gone through; the missed ones stand in the order in which a reader meets them."""

    nodes: frozenset[str]
    flows: frozenset[str]
    missed_nodes: tuple[str, ...]
    missed_flows: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Flows gone through in a hundred, rounded down: 100 means all."""
        return _percent(len(self.flows), len(self.missed_flows))

    @property
    def node_percent(self) -> int:
        return _percent(len(self.nodes), len(self.missed_nodes))

    @property
    def marks(self) -> dict[str, str]:
        """Marks for the picture, by element."""
        covered = dict.fromkeys(self.nodes | self.flows, COVERED)
        return covered | dict.fromkeys((*self.missed_nodes, *self.missed_flows), MISSED)


def coverage(definition: Definition, runs: Iterable[Run]) -> Coverage:
    """Return what all runs together went through."""
    order = places(definition)
    nodes = sorted(order, key=order.__getitem__)
    flows = [flow.id for node in nodes for flow in definition.model.nodes[node].outgoing]
    seen_nodes: set[str] = set()
    seen_flows: set[str] = set()
    for run in runs:
        seen_nodes |= run.nodes
        seen_flows |= run.flows
    return Coverage(
        nodes=frozenset(nodes) & seen_nodes,
        flows=frozenset(flows) & seen_flows,
        missed_nodes=tuple(one for one in nodes if one not in seen_nodes),
        missed_flows=tuple(one for one in flows if one not in seen_flows),
    )


def picture(definition: Definition, found: Coverage, language: str = "vi") -> str:
    """Return the diagram as SVG, with what was gone through and what was not."""
    return draw(definition.xml, found.marks, language)


def _percent(covered: int, missed: int) -> int:
    return covered * 100 // (covered + missed) if covered + missed else 100
