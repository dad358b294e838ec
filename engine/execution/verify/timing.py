"""How long a dossier can take: the critical path along the ways that were explored, in working minutes.

Every step takes the time it is allotted, a timer runs for as long as it says, and whoever is waited for
outside answers at once. Ways that the conditions rule out, or that go on by a timer, are therefore told from
those that a dossier can go; of parallel branches the one counts that ends last. A way that comes to a step
again is a loop, and not followed: loops count once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.durations import BadTime, parse_cycle, parse_duration
from engine.bpmn.model import Activity
from engine.execution.steps import Complete, Fire, Message, Step, TimerCleared, TimerSet
from engine.execution.verify import markings
from engine.execution.verify.explore import Explorer
from engine.execution.verify.paths import Move

MOST_STEPS = 4_000  # of the interpreter; a diagram with more ways is judged by its structure
DAY_MINUTES = 8 * 60  # of work in a day, where a timer counts days
_WEEK, _WORK_WEEK = 7, 5

Json = dict[str, Any]
Minutes = Callable[[str], int]
Profile = dict[tuple[str, str], int]  # when the last token came to a place


@dataclass(frozen=True, slots=True)
class When:
    """A moment, in working minutes from the beginning, and the steps that made it so late."""

    at: int = 0
    way: tuple[str, ...] = ()

    def later(self, minutes: int, node: str) -> When:
        return When(self.at + minutes, (*self.way, node)) if minutes else self


@dataclass(slots=True)
class _Stand:
    """Where one way has come to."""

    number: int
    state: Json | None
    since: Mapping[int, When]  # token → when it came where it is
    timers: Mapping[tuple[str, int, int], int]  # how long each runs
    visited: frozenset[str]


def longest_time(explorer: Explorer, minutes: Minutes, is_ours: Callable[[str], bool]) -> When | None:
    """Return the end of the way that takes longest; None if there are too many ways to follow.

    Args:
        minutes: What a node is allotted.
        is_ours: Whether the time at a node counts for the office; timers on others take none.
    """
    return _Walk(explorer, minutes, is_ours).run()


class _Walk:
    def __init__(self, explorer: Explorer, minutes: Minutes, is_ours: Callable[[str], bool]) -> None:
        self.explorer, self.minutes, self.is_ours = explorer, minutes, is_ours
        self.nodes = explorer.world.model.nodes
        self.best = When()
        self.passed: dict[int, list[tuple[frozenset[str], Profile]]] = {}

    def run(self) -> When | None:
        steps = 0
        todo = [_Stand(0, None, {}, {}, frozenset())]
        while todo:
            stand, ahead = todo.pop(), []
            for move, begun in self._next(stand):
                for step, tape, box, asked in self.explorer.takes(stand.number, stand.state, move):
                    steps += 1
                    if steps > MOST_STEPS:
                        return None
                    self.explorer.look_at(stand.state, step)
                    number, is_new = self.explorer.arrive(stand.number, move, tape, step, box, asked)
                    if is_new:
                        return None  # nothing that was proven speaks of it
                    found = self._after(stand, step, number, begun)
                    if found is not None:
                        ahead.append(found)
            todo += reversed(ahead)  # of ways that take the same time the first drawn is told
        return self.best

    def _next(self, stand: _Stand) -> list[tuple[Move, When]]:
        """Return what may happen next and when: all that can befall what ends first, and what is around."""
        if stand.state is None:
            return [(move, When()) for move in self.explorer.moves(0, None)]
        tokens = {one["id"]: one for one in markings.all_tokens(stand.state)}
        by_holder: dict[int, list[tuple[Move, When]]] = {}
        around: list[tuple[Move, When]] = []
        for move in self.explorer.moves(stand.number, stand.state):
            holder = _holder(move)
            token = tokens.get(holder)
            moment = self._moment(stand, move, holder, token)
            if token is None or "inner" in token:
                around.append((move, moment))
            else:
                by_holder.setdefault(holder, []).append((move, moment))
        if not by_holder:
            return around
        first = min(by_holder, key=lambda one: (max(when.at for _, when in by_holder[one]), one))
        return [*by_holder[first], *around]

    def _moment(self, stand: _Stand, move: Move, holder: int, token: Json | None) -> When:
        since = stand.since.get(holder, When())
        if token is None:
            since = max(stand.since.values(), key=lambda one: one.at, default=since)
        if isinstance(move.event, Fire):
            length = stand.timers.get((move.event.node, holder, move.event.number), 0)
            on = token["at"] if token else move.event.node
            return since.later(length if self.is_ours(on) else 0, move.event.node)
        if isinstance(move.event, Complete):
            return since.later(self._allotted(token), move.node)
        return since

    def _allotted(self, token: Json | None) -> int:
        return self.minutes(token["at"]) if token else 0

    def _after(self, stand: _Stand, step: Step, number: int, moment: When) -> _Stand | None:
        """Return where a step has led; None at an end, in a loop, or where another way came later."""
        before = {one["id"]: one for one in markings.all_tokens(stand.state or {})}
        after = {one["id"]: one for one in markings.all_tokens(step.state)}
        for ident in before.keys() - after.keys():  # what met at a join, and a sub-process that is over
            gone = stand.since[ident]
            if "inner" in before[ident]:
                gone = gone.later(self._allotted(before[ident]), before[ident]["at"])
            moment = max(moment, gone, key=lambda one: one.at)
        if step.status != "running":
            self.best = max(self.best, moment, key=lambda one: one.at)
            return None
        since = {ident: stand.since[ident] if ident in before else moment for ident in after}
        visited = set(stand.visited)
        for ident in after.keys() - before.keys():
            node = after[ident]["at"]
            if "index" in after[ident] or getattr(self.nodes[node], "loop", None) is not None:
                continue
            if isinstance(self.nodes[node], Activity) and node in visited:
                return None
            visited.add(node)
        timers = dict(stand.timers)
        for effect in step.effects:
            if isinstance(effect, TimerSet):
                timers[effect.node, effect.token, effect.number] = _length(effect)
            elif isinstance(effect, TimerCleared):
                timers.pop((effect.node, effect.token, effect.number), None)
        found = _Stand(number, step.state, since, timers, frozenset(visited))
        return None if self._is_beaten(found, after) else found

    def _is_beaten(self, stand: _Stand, tokens: Mapping[int, Json]) -> bool:
        """Whether a way came here before on which nothing was earlier, and that may go wherever this may."""
        profile: Profile = {}
        for ident, token in tokens.items():
            place = (token["at"], token.get("via", ""))
            profile[place] = max(profile.get(place, 0), stand.since[ident].at)
        known = self.passed.setdefault(stand.number, [])
        for visited, other in known:
            if visited <= stand.visited and all(other.get(one, -1) >= at for one, at in profile.items()):
                return True
        known.append((stand.visited, profile))
        return False


def _holder(move: Move) -> int:
    event = move.event
    if isinstance(event, Message):
        return move.holder
    return getattr(event, "token", 0)


def _length(timer: TimerSet) -> int:
    """Return the working minutes for which a timer runs; 0 where that depends on the day."""
    try:
        if timer.kind == "cycle":
            parse_cycle(timer.text)
            text = next(part for part in timer.text.strip().split("/")[1:] if part.startswith("P"))
        elif timer.kind == "duration":
            text = timer.text
        else:
            return 0
        days, _, hours = text.strip().partition("T")
        whole = parse_duration(days).minutes // (24 * 60) if days != "P" else 0
        rest = parse_duration(f"PT{hours}").minutes if hours else 0
    except (BadTime, StopIteration):
        return 0
    if timer.working:
        return whole * DAY_MINUTES + rest
    whole, rest = whole + rest // (24 * 60), rest % (24 * 60)
    return (whole - whole // _WEEK * (_WEEK - _WORK_WEEK)) * DAY_MINUTES + min(rest, DAY_MINUTES)
