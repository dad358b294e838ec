"""Data: what activities and events take in, give out and keep to themselves while a step runs.

A name belongs to the nearest activity or scope around it that declares it; every other name is a variable
of the instance, which the host keeps: a new value is an `Assigned`, and is read at once within the step.
Source: BPMN 2.0.2, 10.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.dataflow import DataFlow, NodeData
from engine.bpmn.model import CallActivity, Model, Node
from engine.errors import ProcedureError
from engine.execution.names import declares, has, holders, local
from engine.execution.run import Run
from engine.execution.state import Scope, Token, walk
from engine.execution.steps import Assigned

_NONE = NodeData()


@dataclass(frozen=True, slots=True)
class Carried:
    """What a message, signal, error or escalation carries.

    Attributes:
        spread: Names that no output takes become variables: it came from outside the instance.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    spread: bool = False


NOTHING = Carried()

# --- in -------------------------------------------------------------------------------------------


def take(run: Run, token: Token, node: Node) -> None:
    """An activity begins, or one instance of its loop: inputs get their values.

    What comes from the item of a multi-instance is taken by each instance, the rest by the whole.
    """
    declared = run.model.data.get(node.id)
    if declared is None:
        return
    item = getattr(getattr(node, "loop", None), "item", "")
    for flow in declared.inputs:
        is_of_item = bool(item) and item in flow.sources
        if is_of_item == (token.owner is not None) or (token.owner is None and token.counts is None):
            _carry(run, token, flow, node.id)


def carried(run: Run, at: Token, node: Node) -> dict[str, Any]:
    """Return what a node that throws is given, by the names of the sources, or of what they become."""
    found: dict[str, Any] = {}
    for flow in run.model.data.get(node.id, _NONE).inputs:
        if not flow.copies:
            _, value = next(iter(_results(run, at, flow, {})), ("", None))
            found[flow.target] = value
        elif flow.sources:
            found[flow.sources[0]] = value_of(run, at, flow.sources[0])
    return found


# --- out ------------------------------------------------------------------------------------------


def accept(run: Run, token: Token, data: Mapping[str, Any]) -> None:
    """Somebody outside gives values: outputs and local names are kept here, others are variables."""
    for name, value in data.items():
        assign(run, token, (name,), value, token.at)


def give(run: Run, token: Token, node: Node) -> None:
    """An activity is done, or one instance of its loop: outputs go where they belong.

    The list of results of a multi-instance is given once, by the whole.
    """
    declared = run.model.data.get(node.id)
    if declared is None:
        return
    gathered = getattr(getattr(node, "loop", None), "output", "")
    for flow in declared.outputs:
        if (bool(gathered) and gathered in flow.sources) == (token.counts is not None):
            _carry(run, token, flow, node.id)


def receive(run: Run, at: Token | Scope, node: Node, what: Carried) -> None:
    """An event happened: its outputs take what it carried.

    An output takes the entry of its own name, or of the name it goes to; a single one without either
    takes all there is.
    """
    declared = run.model.data.get(node.id, _NONE)
    given, used = _shared_out(declared, what.data)
    for flow in declared.outputs:
        _carry(run, at, flow, node.id, given)
    if what.spread:
        for name, value in what.data.items():
            if name not in used:
                assign(run, at, (name,), value, node.id)


def receive_work(run: Run, token: Token, node: Node, what: Carried) -> None:
    """A receive task got its message: the outputs are those of the task."""
    given, used = _shared_out(run.model.data.get(node.id, _NONE), what.data)
    if given:
        token.data = {**(token.data or {}), **given}
    accept(run, token, {name: value for name, value in what.data.items() if name not in used})


# --- calls ----------------------------------------------------------------------------------------


def call(run: Run, token: Token, scope: Scope, node: CallActivity) -> None:
    """The inputs of a call become those of what it calls: by name, else by their order."""
    names = _pairs(run.model.data.get(node.id, _NONE).takes, run.model.data.get(scope.of, _NONE).takes)
    given = {inside: local(token, name) for name, inside in names if has(token, name)}
    for name in run.model.own.get(scope.of, ()):  # an input may also be named directly
        if has(token, name):
            given.setdefault(name, local(token, name))
    if given:
        scope.data = given


def return_from(run: Run, scope: Scope, token: Token, node: CallActivity) -> None:
    for name, inside in _pairs(
        run.model.data.get(node.id, _NONE).gives, run.model.data.get(scope.of, _NONE).gives
    ):
        if has(scope, inside):
            token.data = {**(token.data or {}), name: local(scope, inside)}


# --- names ----------------------------------------------------------------------------------------


def assign(run: Run, at: Token | Scope, path: tuple[str, ...], value: Any, node: str) -> None:
    """Give a name a value, or an entry inside its value."""
    name, *entries = path
    if entries:
        value = _put_inside(value_of(run, at, name), entries, value)
    for holder in holders(at):
        if declares(run.model, holder, name):
            holder.data = {**(holder.data or {}), name: value}
            return
    run.changed[name] = value
    run.effects.append(Assigned(name, value, node))


def value_of(run: Run, at: Token | Scope, name: str) -> Any:
    """Return the value of a name; null when it has none."""
    for holder in holders(at):
        if declares(run.model, holder, name) or has(holder, name):
            return local(holder, name)
    if name in run.changed:
        return run.changed[name]
    try:
        return run.evaluate(name, at)
    except ProcedureError:
        return None  # a name that is no expression by itself, and has no value yet


def claims(model: Model, root: Scope, token_id: int, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the values that would stay local to a token or what is around it."""
    token = next((one for one in walk(root) if one.id == token_id), None)
    if token is None:
        return {}
    around = list(holders(token))
    return {name: value for name, value in names.items() if any(declares(model, h, name) for h in around)}


# --- inside ---------------------------------------------------------------------------------------


def _carry(
    run: Run, at: Token | Scope, flow: DataFlow, node: str, given: Mapping[str, Any] | None = None
) -> None:
    for path, value in _results(run, at, flow, given or {}):
        assign(run, at, path, value, node)


def _results(
    run: Run, at: Token | Scope, flow: DataFlow, given: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield where an association writes and what; nothing when none of its sources has a value."""
    sources = {name: given[name] if name in given else value_of(run, at, name) for name in flow.sources}
    if sources and all(value is None for value in sources.values()):
        return
    if flow.copies:
        yield (flow.target,), next(iter(sources.values()))
        return
    names = {**given, **sources}
    if flow.transformation:
        yield (flow.target,), run.evaluate(flow.transformation, at, **names)
    for text, path in flow.assignments:
        yield path, run.evaluate(text, at, **names)


def _shared_out(declared: NodeData, data: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Return what each output gets, and which entries were used up by that."""
    given: dict[str, Any] = {}
    used: set[str] = set()
    for name in declared.gives:
        goes_to = [flow.target for flow in declared.outputs if name in flow.sources]
        entry = next((one for one in (name, *goes_to) if one in data), None)
        if entry is not None:
            given[name] = data[entry]
            used.add(entry)
        elif len(declared.gives) == 1 and data:
            given[name] = next(iter(data.values())) if len(data) == 1 else dict(data)
            used.update(data)
    return given, used


def _pairs(outside: tuple[str, ...], inside: tuple[str, ...]) -> list[tuple[str, str]]:
    if set(outside) & set(inside):
        return [(name, name) for name in outside if name in inside]
    return list(zip(outside, inside, strict=False))


def _put_inside(whole: Any, entries: list[str], value: Any) -> dict[str, Any]:
    context = dict(whole) if isinstance(whole, dict) else {}
    first, *rest = entries
    context[first] = _put_inside(context.get(first), rest, value) if rest else value
    return context
