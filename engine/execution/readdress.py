"""Taking a running instance over to another version of its diagram, or saying why it cannot go.

A marking names nodes and flows by their ids, so it can be kept as it is wherever the new diagram means the
same by them. It is never translated or guessed: what does not fit is an obstacle, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from engine.bpmn.model import Activity, Model, Node
from engine.domain.texts import Text
from engine.errors import Refused
from engine.execution.listeners import listeners
from engine.execution.run import Run
from engine.execution.state import Scope, Token, check, copied, load, scopes, walk

JOINS = ("parallelGateway", "complexGateway")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an instance cannot go; `node` is where, `step` what the text speaks of."""

    node: str
    text: Text
    step: str


class CannotReaddress(Refused):
    """The new diagram does not mean the same by what the instance is doing."""

    code = "cannot_readdress"
    vi = "{first}"
    en = "{first_en}"


def readdress(old: Model, new: Model, state: Any) -> Any:
    """Return the state for the new diagram; the given one is not changed.

    Raises:
        CannotReaddress: With all obstacles in facts["obstacles"].
        BadState: If the state is damaged, or not one of `old`.
    """
    found = obstacles(old, new, state)
    if found:
        raise CannotReaddress(
            "a diagram that fits",
            found[0].text.en,
            first=found[0].text.vi,
            first_en=found[0].text.en,
            obstacles=tuple(found),
        )
    return copied(state)


def obstacles(
    old: Model, new: Model, state: Any, names: Mapping[str, Text] = MappingProxyType({})
) -> list[Obstacle]:
    """Return what keeps an instance of `old` from going on by `new`; empty if nothing does.

    Args:
        names: What steps are called, in both languages; else they go by what the drawing says.
    """
    root, last, status = load(state)
    check(root, last, old.nodes.keys(), old.scopes.keys())
    if status != "running":
        return [
            Obstacle(root.of, Text("Quy trình của hồ sơ đã kết thúc.", "The process has ended."), root.of)
        ]
    found = dict.fromkeys(_places(old, new, root))
    if not found:  # only a marking that is known over there can be asked who listens
        found |= dict.fromkeys(_timers(old, new, root, last))
        found |= dict.fromkeys(_joins(old, new, root))
    return [replace(one, text=one.text.filled(step=_said(one.step, names, old, new))) for one in found]


def _places(old: Model, new: Model, root: Scope) -> Iterator[Obstacle]:
    """Every scope and token must stand at something of the same kind in the same place."""
    for scope in scopes(root):
        before, after = old.scopes[scope.of], new.scopes.get(scope.of)
        if after is None or (after.kind, after.parent) != (before.kind, before.parent):
            yield _gone(scope.of)
        records = [one.get("at", "") if isinstance(one, dict) else one for one in scope.done]
        for node in (*records, *scope.reset, *scope.idle):
            if not _same(old.nodes[node], new.nodes.get(node)):
                yield _gone(node)
    for token in walk(root):
        before, after = old.nodes[token.at], new.nodes.get(token.at)
        if not _same(before, after) or (token.via and token.via not in {one.id for one in after.incoming}):
            yield _gone(token.at)
        elif (token.counts is not None or token.owner) and _loop(before) != _loop(after):
            yield Obstacle(
                token.at,
                Text(
                    "Bước “{step}” lặp theo cách khác ở phiên bản mới.",
                    "The step “{step}” repeats differently in the new version.",
                ),
                token.at,
            )
        for record in token.undo or ():
            if not _same(old.nodes[record["at"]], new.nodes.get(record["at"])):
                yield _gone(record["at"])


def _timers(old: Model, new: Model, root: Scope, last: int) -> Iterator[Obstacle]:
    """The timers that are armed must be exactly those that the new diagram would have armed."""
    before, after = _armed(old, root, last), _armed(new, root, last)
    for _, node, _ in sorted(before - after):
        yield Obstacle(
            node,
            Text(
                "Mốc thời gian “{step}” đang chạy không còn ở phiên bản mới.",
                "The running timer “{step}” is not in the new version.",
            ),
            node,
        )
    for _, node, _ in sorted(after - before):
        yield Obstacle(
            node,
            Text(
                "Phiên bản mới thêm mốc thời gian “{step}” ở bước đang mở; chuyển sau bước đó.",
                "The new version adds the timer “{step}” at an open step; move on after it.",
            ),
            node,
        )


def _joins(old: Model, new: Model, root: Scope) -> Iterator[Obstacle]:
    """A join ahead must wait for the same branches, or it might wait for one that never comes."""
    for token in walk(root):
        inside = old.nodes[token.at].scope
        known = [
            one.id
            for model in (old, new)
            for one in model.nodes.values()
            if one.kind in JOINS and one.scope == inside and len(one.incoming) > 1
        ]
        for join in dict.fromkeys(known):
            before, after = _ahead(old, token, join), _ahead(new, token, join)
            if before != after:
                yield Obstacle(
                    join,
                    Text(
                        "Các nhánh song song sau bước “{step}” thay đổi ở phiên bản mới.",
                        "The parallel branches after “{step}” change in the new version.",
                    ),
                    token.at,
                )


def _ahead(model: Model, token: Token, join: str) -> frozenset[tuple[str, str, bool]] | None:
    """The flows into a join, each with whether the token can still come by it; None if it cannot come."""
    node = model.nodes.get(join)
    if node is None:
        return None
    if token.at == join and token.via:
        return frozenset((flow.id, flow.source, flow.id == token.via) for flow in node.incoming)
    taken: set[str] = set()
    waiting, seen = [token.at], set()
    while waiting:
        at = waiting.pop()
        if at in seen or (at == join and seen):
            continue
        seen.add(at)
        for flow in model.nodes[at].outgoing:
            taken.add(flow.id)
            waiting.append(flow.target)
        if isinstance(activity := model.nodes[at], Activity):
            waiting.extend(activity.boundaries)
        link = getattr(model.nodes[at], "link", "")
        waiting.extend([link] if link else [])
    ways = frozenset((flow.id, flow.source, flow.id in taken) for flow in node.incoming)
    return ways if any(comes for _, _, comes in ways) else None


def _armed(model: Model, root: Scope, last: int) -> set[tuple[int, str, int]]:
    run = Run(model, root, last, _nothing)
    return {(one.holder.id, one.node.id, one.number) for one in listeners(run, "timer")}


def _nothing(_text: str, _names: Mapping[str, Any]) -> Any:
    return None


def _same(before: Node, after: Node | None) -> bool:
    return after is not None and (before.kind, before.scope) == (after.kind, after.scope)


def _loop(node: Node | None) -> tuple[str, bool]:
    loop = getattr(node, "loop", None)
    return type(loop).__name__, bool(getattr(loop, "sequential", False))


def _gone(node: str) -> Obstacle:
    return Obstacle(node, _GONE, node)


def _said(node: str, names: Mapping[str, Text], old: Model, new: Model) -> Text:
    return names.get(node) or _name(node, old, new)


def _name(node: str, *models: Model) -> Text:
    known = (model.nodes.get(node) or model.scopes.get(node) for model in models)
    return Text(next((one.name for one in known if one and one.name), node))


_GONE = Text(
    "“{step}”, nơi hồ sơ đang đứng, không còn ở phiên bản mới hoặc đã là loại khác.",
    "“{step}”, where the dossier stands, is not in the new version or is of another kind.",
)
