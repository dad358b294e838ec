"""In which order a reader meets the nodes of a diagram: from its start, breadth first."""

from __future__ import annotations

from collections import deque

from engine.bpmn.definitions import Definition
from engine.bpmn.model import Activity


def places(definition: Definition) -> dict[str, int]:
    """Return the number of every node of the process that runs, from 1; what nothing leads to comes last."""
    model = definition.model
    mine = [one for one in model.nodes if model.process_of(one) == definition.process_id]
    todo = deque(node.id for node in model.entries(definition.process_id))
    found: dict[str, int] = {}
    for leftover in (*mine, ""):
        while todo:
            at = todo.popleft()
            if at in found or at not in model.nodes:
                continue
            found[at] = len(found) + 1
            node = model.nodes[at]
            if at in model.scopes:
                todo.extend(one.id for one in model.entries(at))
            todo.extend(flow.target for flow in node.outgoing)
            if isinstance(node, Activity):
                todo.extend(node.boundaries)
        if leftover and leftover not in found:
            todo.append(leftover)
    return found
