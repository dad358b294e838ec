"""Every condition of a diagram as a question about lines, and the answers that a path leaves open.

The diagram that is explored is a copy in which the condition of every flow carries the flow's id as a
comment, so that two gateways with the same condition are told apart by the text they ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.bpmn.model import (
    Activity,
    AdHocSubProcess,
    ComplexGateway,
    Event,
    Flow,
    Model,
    MultiInstance,
    Node,
    StandardLoop,
)
from engine.errors import ProcedureError
from engine.execution.names import COUNTS
from engine.execution.verify.lines import Line
from engine.feel import compile_feel
from engine.feel.intervals import All, Atom, Condition, Not, Some, atoms, read_condition

YES, NO, NULL = 1, 2, 4
ENGINE_NAMES = COUNTS | {"activationCount", "waitingForStart"}
Box = tuple[int, ...]
_SINGLE = {YES: True, NO: False, NULL: None}


class Test:
    """An atom as a table over the cells of its line."""

    __slots__ = ("at", "cache", "table")

    def __init__(self, at: int, table: Sequence[int]) -> None:
        self.at, self.table, self.cache = at, table, {}

    def truth(self, box: Sequence[int]) -> int:
        mask = box[self.at]
        found = self.cache.get(mask)
        if found is None:
            found = 0
            for place, bit in enumerate(self.table):
                if mask >> place & 1:
                    found |= bit
            self.cache[mask] = found
        return found


@dataclass(frozen=True, slots=True)
class Fixed:
    """An atom that asks only what the engine itself knows, such as loopCounter."""

    atom: Atom


Tree = Test | Fixed | tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """Attributes:
    node: Which node asks; its number is `asker`.
    trees: Of an exclusive gateway all conditions in their order, as they are decided together.
    own: Which of the trees this text is.
    lines: Numbers of the lines asked for.
    """

    node: str
    asker: int
    flows: tuple[str, ...]
    trees: tuple[Tree, ...]
    own: int
    lines: tuple[int, ...]
    has_fixed: bool


def told_apart(model: Model) -> Model:
    """Return the diagram with the id of its flow behind every condition."""
    flows = {
        flow.id: replace(flow, condition=f"{flow.condition} // {flow.id}")
        for node in model.nodes.values()
        for flow in node.outgoing
        if flow.condition
    }
    if not flows:
        return model

    def named(found: tuple[Flow, ...]) -> tuple[Flow, ...]:
        return tuple(flows.get(one.id, one) for one in found)

    nodes = {
        key: replace(node, incoming=named(node.incoming), outgoing=named(node.outgoing))
        for key, node in model.nodes.items()
    }
    return replace(model, nodes=nodes)


def conditions_of(model: Model) -> Iterator[tuple[str, str]]:
    """Yield (node, text) of all that must be true or false."""
    for node in model.nodes.values():
        for flow in node.outgoing:
            if flow.condition:
                yield node.id, flow.condition
        for text in _own_conditions(node):
            if text:
                yield node.id, text


def _own_conditions(node: Node) -> Iterator[str]:
    if isinstance(node, ComplexGateway):
        yield node.activation
    if isinstance(node, AdHocSubProcess):
        yield node.completion
    if isinstance(node, Activity) and isinstance(node.loop, StandardLoop):
        yield node.loop.condition
    if isinstance(node, Activity) and isinstance(node.loop, MultiInstance):
        yield node.loop.completion
        yield from (text for text, _ in node.loop.rules)
    if isinstance(node, Event):
        yield from (one.condition for one in node.definitions if one.kind == "conditional")  # type: ignore[attr-defined]


def read_all(model: Model) -> dict[str, Condition]:
    """Return every condition by its text, the engine's own names told from the data's.

    Raises:
        FeelError: If one is not FEEL.
    """
    found = {text: read_condition(text) for _, text in conditions_of(model)}
    return {text: _sorted(condition) for text, condition in found.items()}


def data_atoms(conditions: Mapping[str, Condition]) -> list[Atom]:
    return [
        one for condition in conditions.values() for one in atoms(condition) if not one.names <= ENGINE_NAMES
    ]


def _sorted(condition: Condition) -> Condition:
    """A test that mixes data with the engine's counters is one that may come out either way each time."""
    match condition:
        case Not(part):
            return Not(_sorted(part))
        case All(parts):
            return All(tuple(_sorted(one) for one in parts))
        case Some(parts):
            return Some(tuple(_sorted(one) for one in parts))
    if condition.names & ENGINE_NAMES and not condition.names <= ENGINE_NAMES:
        names = condition.names | {"now"}
        return Atom(condition.text, condition.text, names, (True, False), "v_", False)
    return condition


def make_questions(
    model: Model, conditions: Mapping[str, Condition], lines: Sequence[Line]
) -> dict[str, Question]:
    numbers = {line.name: at for at, line in enumerate(lines)}
    tables: dict[tuple[str, str], Test] = {}

    askers = {key: at for at, key in enumerate(dict.fromkeys(node for node, _ in conditions_of(model)))}
    found: dict[str, Question] = {}
    for node, text in conditions_of(model):
        texts, flows = (text,), ("",)
        if model.nodes[node].kind == "exclusiveGateway":
            gateway = model.nodes[node]
            asked = [one for one in gateway.outgoing if one.condition and one.id != gateway.default]
            texts, flows = tuple(one.condition for one in asked), tuple(one.id for one in asked)
        trees = tuple(_tree(conditions[one], lines, numbers, tables) for one in texts)
        used = sorted({test.at for one in trees for test in tests(one)})
        own = texts.index(text) if text in texts else 0
        has_fixed = any(_has_fixed(one) for one in trees)
        found[text] = Question(node, askers[node], flows, trees, own, tuple(used), has_fixed)
    return found


def bound_tree(condition: Condition, lines: Sequence[Line]) -> Tree:
    """Return a condition as tables over the lines' cells; each of its atoms tests one of them."""
    return _tree(condition, lines, {line.name: at for at, line in enumerate(lines)}, {})


def _tree(
    condition: Condition,
    lines: Sequence[Line],
    numbers: Mapping[str, int],
    tables: dict[tuple[str, str], Test],
) -> Tree:
    parts: tuple[str, tuple[Condition, ...]]
    match condition:
        case Not(part):
            parts = "not", (part,)
        case All(inner):
            parts = "and", inner
        case Some(inner):
            parts = "or", inner
        case _:
            if condition.names <= ENGINE_NAMES and condition.line not in numbers:
                return Fixed(condition)
            key = condition.line, condition.pattern
            if key not in tables:
                at = numbers[condition.line]
                tables[key] = Test(at, [_bit(condition.holds(one)) for one in lines[at].cells])
            return tables[key]
    return parts[0], tuple(_tree(one, lines, numbers, tables) for one in parts[1])


def tests(tree: Tree) -> Iterator[Test]:
    if isinstance(tree, Test):
        yield tree
    elif isinstance(tree, tuple):
        for part in tree[1]:
            yield from tests(part)


def _has_fixed(tree: Tree) -> bool:
    if isinstance(tree, tuple):
        return any(_has_fixed(one) for one in tree[1])
    return isinstance(tree, Fixed)


def truth(tree: Tree, box: Sequence[int], names: Mapping[str, Any]) -> int:
    """Return how a condition may come out, as bits of YES, NO and NULL."""
    if type(tree) is Test:
        return tree.truth(box)
    if type(tree) is Fixed:
        return _bit(tree.atom.holds_with(names))
    word, parts = tree
    if word == "not":
        inner = truth(parts[0], box, names)
        return (YES if inner & NO else 0) | (NO if inner & YES else 0) | (inner & NULL)
    wins, loses = (YES, NO) if word == "or" else (NO, YES)
    found = [truth(one, box, names) for one in parts]
    some, every = 0, loses
    for one in found:
        some |= one
        every &= one
    if wins in found:
        return wins
    return (some & (wins | NULL)) | every


def settled(
    trees: Sequence[Tree], box: Box, names: Mapping[str, Any], lines: Sequence[Line]
) -> Iterator[tuple[tuple[bool | None, ...], Box]]:
    """Yield every way the conditions can come out together, each with what is then known."""
    found = [truth(one, box, names) for one in trees]
    open_one = next((at for at, bits in enumerate(found) if bits not in _SINGLE), None)
    if open_one is None:
        yield tuple(_SINGLE[one] for one in found), box
        return
    splits = next(one.at for one in tests(trees[open_one]) if one.truth(box) not in _SINGLE)
    alike: dict[tuple[int, ...], int] = {}
    columns = {id(one): one for tree in trees for one in tests(tree) if one.at == splits}.values()
    for place in range(len(lines[splits].cells)):
        if box[splits] >> place & 1:
            signature = tuple(one.table[place] for one in columns)
            alike[signature] = alike.get(signature, 0) | 1 << place
    for mask in alike.values():
        yield from settled(trees, (*box[:splits], mask, *box[splits + 1 :]), names, lines)


def _bit(value: bool | None) -> int:
    return NULL if value is None else YES if value else NO


def constant_of(text: str) -> Any:
    """Return the value of an expression without names, else None."""
    try:
        expression = compile_feel(text)
        return None if expression.names or expression.item_names else expression({})
    except ProcedureError:
        return None
