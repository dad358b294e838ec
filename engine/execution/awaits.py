"""Which messages an instance waits for, and by which keys: read from the marking, never stored in it.

The host keeps them as rows, so that a message finds its receiver without waking every instance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.bpmn.model import Activity, Event, EventGateway, Model, Node, ReceiveTask
from engine.execution.listeners import Listener, listener_at, listeners
from engine.execution.run import Run
from engine.execution.state import Token, check, load
from engine.execution.steps import Evaluate


class Await(NamedTuple):
    """One listener for a message; token, node and number are its address, as of a timer.

    `index`: which instance of a loop, 0 outside loops.
    """

    token: int
    node: str
    number: int
    name: str
    index: int = 0

    @property
    def address(self) -> tuple[int, str, int]:
        return self.token, self.node, self.number


def awaits(model: Model, state: Any) -> list[Await]:
    """Return what an instance waits for, outer scopes and oldest tokens first; nothing once it ended."""
    run = _run(model, state, _nothing)
    return [_await(one) for one in listeners(run, "message")] if run else []


def own_keys(model: Model, state: Any, waiting: Await, evaluate: Evaluate) -> dict[str, Any]:
    """Return what a listener compares a message with: the values of the keys that its diagram names.

    A key is a correlation property with a path for this message; its own value is that of the binding, else
    of the variable with its name. Empty if the diagram names none.

    Source: BPMN 2.0.2, 8.4.2.
    """
    paths = model.message_paths.get(waiting.name, {})
    run = _run(model, state, evaluate) if paths else None
    listener = listener_at(run, *waiting.address) if run else None
    if run is None or listener is None:
        return {}
    bound = model.bindings.get(run.root.of, {})
    return {key: run.evaluate(bound.get(key, key), listener.holder) for key in paths}


def awaits_at(model: Model, waiting: list[tuple[str, int]]) -> list[Await]:
    """Return the same from the nodes at which tokens wait, for an executor that has no listeners."""
    found = []
    for node, token in waiting:
        at = model.nodes[node]
        beside = list(model.boundaries(at)) if isinstance(at, Activity) else []
        behind = list(model.targets(at)) if isinstance(at, EventGateway) else [at]
        for one in (*behind, *beside):
            found += [
                Await(token, one.id, number, name)
                for number, (kind, name) in enumerate(_definitions(one))
                if kind == "message"
            ]
    return found


def _await(listener: Listener) -> Await:
    index = listener.holder.index if isinstance(listener.holder, Token) else 0
    return Await(listener.holder.id, listener.node.id, listener.number, listener.definition.ref, index)


def _definitions(node: Node) -> list[tuple[str, str]]:
    if isinstance(node, ReceiveTask):
        return [("message", node.definition.ref)]
    return [(one.kind, one.ref) for one in node.definitions] if isinstance(node, Event) else []


def _run(model: Model, state: Any, evaluate: Evaluate) -> Run | None:
    if state is None:
        return None
    root, last, status = load(state)
    check(root, last, model.nodes.keys(), model.scopes.keys())
    return Run(model, root, last, evaluate) if status == "running" else None


def _nothing(_text: str, _names: Mapping[str, Any]) -> Any:
    return None
