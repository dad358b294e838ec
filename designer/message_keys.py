"""The keys by which a message finds its dossier: a name, what the message brings, what the dossier compares.

A key is a correlation property of the drawing. What it brings is written for one message; what a dossier
compares is written for its process, and so holds for every message that has the key.

Source: BPMN 2.0.2, 8.4.2; `docs/reference/bpmn.md`, “Messages between dossiers”.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from designer.sheet import Sheet
from designer.ways import refuse
from engine.bpmn.definition_reader import text_of
from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.lint.exchanges import MOST_KEYS

SUBSCRIPTION, BINDING = "correlationSubscription", "correlationPropertyBinding"
RETRIEVAL = "correlationPropertyRetrievalExpression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a message.

    Attributes:
        name: Both sides call it so.
        brings: FEEL over what the message carries (at the sender: over the dossier too).
        compares: FEEL over the receiving dossier; empty for its variable of the same name.
    """

    name: str
    brings: str
    compares: str = ""


def read_keys(root: Any, message: str, process: Any) -> list[Key]:
    """Return the keys of a message by its name, as a process compares them."""
    named = {one.get("id"): one.get("name") for one in root.iter(f"{{{BPMN}}}message")}
    bound = {} if process is None else {
        _local(one.get("correlationPropertyRef")): text_of(one, "dataPath")
        for one in process.iter(f"{{{BPMN}}}{BINDING}")
    }  # fmt: skip
    return [
        Key(name=prop.get("name") or prop.get("id"), brings=text_of(one, "messagePath"),
            compares=bound.get(prop.get("id"), ""))
        for prop in root.iter(f"{{{BPMN}}}correlationProperty")
        for one in prop.iterchildren(f"{{{BPMN}}}{RETRIEVAL}")
        if named.get(_local(one.get("messageRef"))) == message
    ]  # fmt: skip


def write_keys(sheet: Sheet, message: Any, process: Any, keys: Sequence[Key]) -> None:
    """Let a message have these keys and no others; what other messages have stays.

    Raises:
        CannotDraw: If there are too many, a name is none or stands twice, or one brings nothing.
    """
    _check(keys)
    wanted = {key.name for key in keys}
    for prop in list(sheet.all("correlationProperty")):
        if _name(prop) not in wanted:
            for one in _retrievals(prop, message):
                prop.remove(one)
            if not prop.findall(f"{{{BPMN}}}{RETRIEVAL}"):
                _forget(sheet, prop)
    for key in keys:
        prop = next((one for one in sheet.all("correlationProperty") if _name(one) == key.name), None)
        if prop is None:
            prop = sheet.declare("correlationProperty", id=sheet.new_id("Key"), name=key.name)
        for one in _retrievals(prop, message):
            prop.remove(one)
        brings = sheet.put(prop, RETRIEVAL, id=sheet.new_id("Brings"), messageRef=message.get("id"))
        sheet.put(brings, "messagePath", key.brings, formal=True)
        _bind(sheet, process, prop, key.compares)


def _bind(sheet: Sheet, process: Any, prop: Any, compares: str) -> None:
    """Say what a process compares a key with; nothing for its variable of the same name."""
    old = [
        one
        for one in process.iter(f"{{{BPMN}}}{BINDING}")
        if _local(one.get("correlationPropertyRef")) == prop.get("id")
    ]
    for one in old[1:] if compares else old:
        _drop_binding(one)
    if not compares:
        return
    if old:
        [binding] = old[:1]
        for path in binding.findall(f"{{{BPMN}}}dataPath"):
            binding.remove(path)
    else:
        binding = sheet.put(
            _subscription(sheet, process, prop), BINDING, id=sheet.new_id("Compares"),
            correlationPropertyRef=prop.get("id"),
        )  # fmt: skip
    sheet.put(binding, "dataPath", compares, formal=True)


def _subscription(sheet: Sheet, process: Any, prop: Any) -> Any:
    """Return the subscription of a process whose key has the property; made where there is none."""
    found = process.find(f"{{{BPMN}}}{SUBSCRIPTION}")
    if found is None:
        found = sheet.make(SUBSCRIPTION, id=sheet.new_id("Subscription"))
        at = [number for number, one in enumerate(process) if local_name(one) not in ("supports",)]
        process.insert(at[-1] + 1 if at else 0, found)
    owner = sheet.find(_local(found.get("correlationKeyRef")))
    if owner is None:
        around = next(sheet.all("collaboration"), None)
        if around is None:
            around = sheet.declare("collaboration", id=sheet.new_id("Collaboration"))
        owner = sheet.put(around, "correlationKey", id=sheet.new_id("Keys"), name=process.get("id"))
        found.set("correlationKeyRef", owner.get("id"))
    if prop.get("id") not in [_local(one.text) for one in owner.findall(f"{{{BPMN}}}correlationPropertyRef")]:
        sheet.put(owner, "correlationPropertyRef", prop.get("id"))
    return found


def _forget(sheet: Sheet, prop: Any) -> None:
    """Take a property out that no message has any more, with what refers to it."""
    for binding in list(sheet.all(BINDING)):
        if _local(binding.get("correlationPropertyRef")) == prop.get("id"):
            _drop_binding(binding)
    for one in list(sheet.all("correlationPropertyRef")):
        if _local(one.text) == prop.get("id"):
            one.getparent().remove(one)
    prop.getparent().remove(prop)


def _drop_binding(binding: Any) -> None:
    subscription = binding.getparent()
    subscription.remove(binding)
    if subscription.find(f"{{{BPMN}}}{BINDING}") is None:
        subscription.getparent().remove(subscription)


def _retrievals(prop: Any, message: Any) -> list[Any]:
    return [
        one
        for one in prop.findall(f"{{{BPMN}}}{RETRIEVAL}")
        if _local(one.get("messageRef")) == message.get("id")
    ]


def _name(prop: Any) -> str:
    return (prop.get("name") or "").strip() or prop.get("id") or ""


def _local(reference: str | None) -> str:
    return (reference or "").strip().rpartition(":")[2]


def _check(keys: Sequence[Key]) -> None:
    if len(keys) > MOST_KEYS:
        refuse(f"Một tin nhắn có nhiều nhất {MOST_KEYS} khóa; đang có {len(keys)}.",
                f"A message has at most {MOST_KEYS} keys; there are {len(keys)}.")  # fmt: skip
    names = [key.name for key in keys]
    if len(set(names)) < len(names):
        refuse("Mỗi tên khóa chỉ dùng một lần.", "Each key may be used once.")
    bad = next((one for one in names if not (one.isascii() and one.isidentifier())), None)
    if bad is not None:
        refuse(f"Tên khóa chỉ gồm chữ không dấu, số và gạch dưới; đang ghi “{bad[:30]}”.",
                f"A key has letters, digits and underscores only; “{bad[:30]}” was given.")  # fmt: skip
    empty = next((one.name for one in keys if not one.brings), None)
    if empty is not None:
        refuse(f"Khóa “{empty}” chưa nói lấy giá trị nào của tin.",
                f"The key “{empty}” does not say which value of the message it is.")  # fmt: skip
