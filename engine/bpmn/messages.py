"""The messages of a diagram: what it sends and what it waits for, with the keys by which both meet.

Pure, for whoever compares the procedures of an installation or of a set with each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.definitions import Definition
from engine.bpmn.model import EndEvent, Event, Node, ReceiveTask, SendTask, ThrowEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEnd:
    """One place of a diagram that sends a message or waits for one.

    Attributes:
        keys: Names of its keys; empty where the dossier's own code counts.
        fields: What it carries, or what the receiver writes down, as far as the diagram says.
        unit: Code of the agency that it is for; of the sending side only.
        starts: It begins a dossier.
    """

    name: str
    node: str
    process: str
    keys: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    unit: str = ""
    starts: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    thrown: tuple[MessageEnd, ...]
    awaited: tuple[MessageEnd, ...]


def messages_of(definition: Definition) -> Exchange:
    """Return both sides of what a diagram exchanges, in the order of the file."""
    thrown, awaited = [], []
    for node in definition.model.nodes.values():
        for name in _names(node):
            end = _end(definition, node, name)
            (thrown if isinstance(node, SendTask | EndEvent | ThrowEvent) else awaited).append(end)
    return Exchange(tuple(thrown), tuple(awaited))


def _end(definition: Definition, node: Node, name: str) -> MessageEnd:
    model, spec = definition.model, definition.steps.get(node.id)
    process = model.process_of(node.id)
    sends = isinstance(node, SendTask | EndEvent | ThrowEvent)
    return MessageEnd(
        name=name,
        node=node.id,
        process=process,
        keys=tuple(model.message_paths.get(name, ())),
        fields=tuple(one.name for one in spec.fields) if spec else (),
        unit=spec.unit if spec and sends else "",
        starts=node in model.triggers(process) if process else False,
    )


def _names(node: Node) -> list[str]:
    if isinstance(node, SendTask):
        return [node.message] if node.message else []
    if isinstance(node, ReceiveTask):
        return [node.definition.ref] if node.definition.ref else []
    if isinstance(node, Event):
        return [one.ref for one in node.definitions if one.kind == "message" and one.ref]
    return []
