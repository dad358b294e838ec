"""Which processes of a file run together, and whom a message that one of them throws is for.

Pools that message flows connect are one run: each is a process of its own, with its own variables.
Source: BPMN 2.0.2, 9.4 and 13.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from engine.bpmn.model import Event, EventGateway, Model, Node, ReceiveTask


class Address(NamedTuple):
    """Whom a thrown message is for; `process` "" is nobody of this run."""

    process: str
    name: str


def playing(model: Model, process: str) -> tuple[str, ...]:
    """Return the process and those that message flows connect it with, however far, itself first."""
    if process not in model.processes:
        return (process,)
    found = [process]
    for one in found:
        for source, target in model.message_flows:
            pools = [model.process_of(end) for end in (source, target)]
            if one in pools:
                found += [pool for pool in pools if _plays(model, pool) and pool not in found]
    return tuple(found)


def addresses(model: Model, node: str, name: str) -> list[Address] | None:
    """Return whom a message is for by the message flows; None when none leaves the node or its pool."""
    pool = model.process_of(node)
    targets = [target for source, target in model.message_flows if source == node]
    targets = targets or [target for source, target in model.message_flows if source == pool]
    if not targets:
        return None
    return [Address(model.process_of(target), _awaited(model, target) or name) for target in targets]


def event_definitions(node: Node) -> Iterable[Any]:
    if isinstance(node, ReceiveTask):
        return (node.definition,)
    return node.definitions if isinstance(node, Event) else ()


def starts_by(model: Model, process: str, kind: str, name: str) -> Node | None:
    """Return the node by which a message or signal of a name starts an instance of a process."""
    for node in model.triggers(process):
        if any(d.kind == kind and d.ref == name for d in event_definitions(node)):
            return node
    return None


def _plays(model: Model, process: str) -> bool:
    if not process or not model.scopes[process].nodes:
        return False
    return process in model.executable or not model.executable


def _awaited(model: Model, target: str) -> str:
    """The name under which the target of a message flow waits."""
    node = model.nodes.get(target)
    if node is None or isinstance(node, EventGateway):
        return ""
    return next((d.ref for d in event_definitions(node) if d.kind == "message"), "")
