"""What a stored state looks like to the explorer: its key, what stands twice in it, small marks it adds.

Two states that behave alike have the same key: no ids, no order of tokens, no counters that nobody asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from engine.bpmn.model import Activity, Model, StandardLoop
from engine.execution.state import Json

_PLAIN = ("via", "index", "after")
_MARKS = ("spent", "held", "seen")


class Keys:
    """Makes keys of the states of one diagram.

    Attributes:
        may_undo: Something compensates, so that tokens may be led by others.
        loose: Activities repeated while a condition holds that does not count the rounds.
        gathers: Activities that wait for several tokens, which may therefore stand there together.
    """

    def __init__(self, model: Model) -> None:
        self.loose = {
            node.id
            for node in model.nodes.values()
            if isinstance(node, Activity)
            and isinstance(node.loop, StandardLoop)
            and node.loop.maximum is None
            and "loopCounter" not in node.loop.condition
        }
        self.may_undo = any(
            one.kind in ("compensate", "cancel")
            for node in model.nodes.values()
            for one in getattr(node, "definitions", ())
        )
        self.gathers = {
            node.id for node in model.nodes.values() if isinstance(node, Activity) and node.start_quantity > 1
        }

    def of(self, state: Json) -> str:
        undoing = self.may_undo and any("controller" in one for one in all_tokens(state))
        places = {one["id"]: one["at"] for one in all_tokens(state)} if undoing else {}
        return f"{state.get('status', '')}{self._scope(state, places)}"

    def _scope(self, scope: Json, places: dict[int, str]) -> str:
        parts = sorted(self._token(one, places) for one in scope.get("tokens", ()))
        for key in _MARKS:
            if key in scope:
                parts.append(f"{key}{scope[key]}")
        if "done" in scope:
            parts.append(f"done{list(dict.fromkeys(str(_without_ids(one)) for one in scope['done']))}")
        for key in ("reset", "idle", "stopped"):
            if key in scope:
                parts.append(f"{key}{scope[key]}")
        return "(" + ",".join(parts) + ")"

    def _token(self, token: Json, places: dict[int, str]) -> str:
        at = token["at"]
        if len(token) == 2:
            return at
        parts = [at]
        is_loose = at in self.loose
        for key in _PLAIN:
            if key in token and not (is_loose and key == "index"):
                parts.append(f"{key}={token[key]}")
        if "counts" in token and not is_loose:
            parts.append(str(token["counts"]))
        for key in _MARKS:
            if key in token:
                parts.append(f"{key}{token[key]}")
        if "undo" in token:
            parts.append(f"undo{[str(_without_ids(one)) for one in token['undo']]}")
        if "controller" in token:
            parts.append(f"led by {places.get(token['controller'])}")
        if "instances" in token:
            parts.append("+".join(sorted(self._token(one, places) for one in token["instances"])))
        if "inner" in token:
            parts.append(token.get("of", "") + self._scope(token["inner"], places))
        return " ".join(parts)

    def crowded(self, state: Json) -> dict[tuple[str, str], int]:
        """Return (node, flow) of what stands more than once in one scope, and how often."""
        found: dict[tuple[str, str], int] = {}
        for scope in all_scopes(state):
            tokens = scope.get("tokens", ())
            if len(tokens) > 1:
                places = [(one["at"], one.get("via", "")) for one in tokens]
                if len(set(places)) == len(places):
                    continue
                for place, count in Counter(places).items():
                    if count > 1 and place[0] not in self.gathers:
                        found[place] = max(count, found.get(place, 0))
        return found


def all_tokens(scope: Json) -> list[Json]:
    """Return every token of a stored state, outer before inner."""
    found: list[Json] = []
    _gather(scope.get("tokens", ()), found)
    return found


def _gather(tokens: Iterable[Json], found: list[Json]) -> None:
    for token in tokens:
        found.append(token)
        if len(token) > 2:
            _gather(token.get("instances", ()), found)
            if "inner" in token:
                _gather(token["inner"].get("tokens", ()), found)


def all_scopes(state: Json) -> list[Json]:
    return [state, *(token["inner"] for token in all_tokens(state) if "inner" in token)]


def scopes_of(state: Json, ident: str) -> list[Json]:
    """Return the open scopes that are the inside of one process or sub-process."""
    found = [state] if state["process"] == ident else []
    return found + [
        one["inner"] for one in all_tokens(state) if "inner" in one and one.get("of", one["at"]) == ident
    ]


def places(state: Json) -> Counter[tuple[str, str]]:
    """Return how many tokens stand where, at any depth."""
    return Counter((one["at"], one.get("via", "")) for one in all_tokens(state))


def add_mark(holder: Json, kind: str, mark: tuple[str, int]) -> None:
    """Note an event definition with a token or scope of a state."""
    marks = holder.setdefault(kind, [])
    if list(mark) not in marks:
        marks.append(list(mark))
        marks.sort()


def with_first(scope: Json, ident: int) -> Json:
    """Return the scope with the token of an id, and whatever it lies in, before all others."""
    for key in ("tokens", "instances"):
        for at, token in enumerate(scope.get(key, ())):
            if any(one["id"] == ident for one in all_tokens({"tokens": [token]})):
                token = with_first(token, ident) if token["id"] != ident else token
                if "inner" in token and token["id"] != ident:
                    token = {**token, "inner": with_first(token["inner"], ident)}
                return {**scope, key: [token, *scope[key][:at], *scope[key][at + 1 :]]}
    return scope


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(one) for key, one in value.items() if key != "id"}
    return [_without_ids(one) for one in value] if isinstance(value, list) else value
