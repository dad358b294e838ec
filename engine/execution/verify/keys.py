"""Keys of messages between pools: where they are sure to fit, and where that hangs on data nobody looks at.

Pools are explored together by the names of messages. A key could keep a message from whom it is meant for:
it must be shown to have the same value on both sides, else nothing is proven. What is shown: one of the two
began the other by a message with that key, both read what it was then, and no step is known to write that.
Source: BPMN 2.0.2, 8.4.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.model import EndEvent, Model, ThrowEvent
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.execution.pools import Address, event_definitions
from engine.execution.verify.problems import Findings
from engine.execution.verify.report import OPEN, Problem
from engine.execution.verify.world import World, flowing
from engine.feel import compile_feel


def unproven(
    pools: Mapping[str, Findings], inside: set[Address], senders: Mapping[Address, set[str]]
) -> Iterator[Problem]:
    """Tell of every wait for a message of another pool whose keys may have another value there.

    Args:
        pools: By process; `inside` are the messages that only these pools send, `senders` which of them.
    """
    for at in sorted(inside):
        found = pools[at.process]
        keys = _Keys(found.world, senders)
        nodes = tuple(_waiting(found.world.model, at))
        open_keys = sorted(
            {
                key
                for key in found.world.model.message_paths.get(at.name, ())
                for sender in senders.get(at, ())
                if not keys.fit(sender, at, key)
            }
        )
        if nodes and open_keys:
            yield _problem(found, at, nodes, open_keys)


class _Keys:
    def __init__(self, world: World, senders: Mapping[Address, set[str]]) -> None:
        self.model = world.model
        self.senders = senders
        self.written = _written(world)

    def fit(self, sender: str, to: Address, key: str) -> bool:
        """Whether what the sender puts into a message is what its receiver compares it with."""
        if sender == to.process:
            return False
        sent, own = self.path(to.name, key), self.own(to.process, key)
        # The sender began the receiver, which keeps what the first message said.
        firsts = self.begun_by(to.process, sender, key)
        if firsts and not self.bound(to.process, key):
            return self.stands(key) and all(one == sent for one in firsts) and self.stands(sent)
        # The receiver began the sender, which answers with what it was told.
        firsts = self.begun_by(sender, to.process, key)
        if firsts and not self.bound(sender, key):
            same = all(one == own for one in firsts)
            return sent == key and self.stands(key) and same and self.stands(own)
        return False

    def begun_by(self, process: str, other: str, key: str) -> list[str]:
        """Return the paths of a key in the messages by which alone `other` begins a process; else []."""
        triggers = self.model.triggers(process)
        if not triggers or self.model.entries(process):
            return []
        found = []
        for node in triggers:
            named = [one.ref for one in event_definitions(node) if one.kind == "message"]
            path = self.path(named[0], key) if named else ""
            if len(named) != 1 or not path or self.senders.get(Address(process, named[0])) != {other}:
                return []
            found.append(path)
        return found

    def path(self, name: str, key: str) -> str:
        return self.model.message_paths.get(name, {}).get(key, "").strip()

    def bound(self, process: str, key: str) -> bool:
        return key in self.model.bindings.get(process, {})

    def own(self, process: str, key: str) -> str:
        return self.model.bindings.get(process, {}).get(key, key).strip()

    def stands(self, text: str) -> bool:
        """Whether an expression keeps its value: no step is known to write what it reads."""
        try:
            expression = compile_feel(text)
        except ProcedureError:
            return False
        names = {*expression.names, *expression.item_names}
        return bool(names) and names.isdisjoint(self.written)


def _written(world: World) -> set[str]:
    """Names that steps, data associations or messages give values to; the reception form comes before all."""
    found = set(flowing(world.model))
    forms = world.procedure.forms if world.procedure else {}
    for step in world.steps.values():
        found |= {one.name for one in step.fields}
        found |= {step.decision} if step.decision else set()
        found |= {one.name for one in forms[step.form].fields} if step.form in forms else set()
        found |= {f"{step.register}_no"} if step.register else set()
    return found


def _waiting(model: Model, at: Address) -> Iterator[str]:
    """Yield the nodes at which a pool waits for a message once it runs."""
    starts = {one.id for one in model.triggers(at.process)}
    for node in model.nodes.values():
        if node.id in starts or isinstance(node, ThrowEvent | EndEvent):
            continue
        names = {one.ref for one in event_definitions(node) if one.kind == "message"}
        if at.name in names and model.process_of(node.id) == at.process:
            yield node.id


def _problem(found: Findings, at: Address, nodes: tuple[str, ...], keys: list[str]) -> Problem:
    where, what = found.names(nodes), ", ".join(f"“{one}”" for one in keys)
    return Problem(
        kind="message-keys",
        severity=OPEN,
        elements=nodes,
        message=Text(
            f"{where.vi} chờ thông điệp “{at.name}” có khóa ghép {what}: "
            "không chứng minh được hai bên luôn có cùng giá trị.",
            f"{where.say('en')} waits for the message “{at.name}” with the key {what}: "
            "that both sides always have the same value is not proven.",
        ),
    )
