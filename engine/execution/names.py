"""Which names are local to activities and scopes, and who holds their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.dataflow import NodeData
from engine.bpmn.model import Activity, Model, MultiInstance
from engine.execution.state import Scope, Token

_NONE = NodeData()
# How Camunda and Flowable call the counts of a multi-instance, which imported files ask for.
_ALSO_CALLED = {
    "numberOfInstances": "nrOfInstances",
    "numberOfActiveInstances": "nrOfActiveInstances",
    "numberOfCompletedInstances": "nrOfCompletedInstances",
    "numberOfTerminatedInstances": "nrOfTerminatedInstances",
}
COUNTS = frozenset({"loopCounter", *_ALSO_CALLED, *_ALSO_CALLED.values()})


def counts(**said: int) -> dict[str, int]:
    """Return the counts of a multi-instance by every name under which expressions may ask for them."""
    return {**said, **{_ALSO_CALLED[name]: value for name, value in said.items() if name in _ALSO_CALLED}}


def holders(at: Token | Scope) -> Iterator[Token | Scope]:
    """Yield who may hold local names, from the inside out; the process itself holds none."""
    place: Token | Scope | None = at
    while place is not None:
        if isinstance(place, Token):
            yield place
            if place.owner:
                yield place.owner
            place = place.home
        else:
            if place.owner:
                yield place
            place = place.owner


def local_values(model: Model, at: Token | Scope) -> dict[str, Any]:
    """Return all local names that can be read at a place; one without a value hides the variable too."""
    found: dict[str, Any] = {}
    for holder in holders(at):
        names = (
            model.own.get(holder.of, ())
            if isinstance(holder, Scope)
            else model.data.get(holder.at, _NONE).own
        )
        for name in (*(holder.data or ()), *names):
            if name not in found:
                found[name] = local(holder, name)
    return found


def declares(model: Model, holder: Token | Scope, name: str) -> bool:
    """Whether a name is local to an activity, one instance of its loop, or a scope."""
    if isinstance(holder, Scope):
        return name in model.own.get(holder.of, ())
    node = model.nodes[holder.at]
    if isinstance(node, Activity) and isinstance(node.loop, MultiInstance):
        if holder.owner and name == node.loop.output_item:
            return True
        if holder.owner and name == node.loop.output:
            return False
    declared = model.data.get(holder.at)
    return declared is not None and declared.declares(name)


def has(holder: Token | Scope, name: str) -> bool:
    return holder.data is not None and name in holder.data


def local(holder: Token | Scope, name: str) -> Any:
    return (holder.data or {}).get(name)
