"""Pools that talk: every state that they can get into together, with the messages on their way.

Each pool was explored by itself, where every message comes that it waits for. Here a message comes only
when another pool of the file has sent it, and is kept until somebody waits for it. What is looked for is
a pool that never takes another step although by itself it could end.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.domain.texts import Text
from engine.execution.pools import Address, addresses, event_definitions, playing
from engine.execution.steps import Message, Start, Step, Thrown
from engine.execution.verify import keys, markings
from engine.execution.verify.explore import Limits, Space
from engine.execution.verify.paths import Move, Tape
from engine.execution.verify.problems import Findings
from engine.execution.verify.report import ERROR, OPEN, Problem

MOST_KEPT = 3  # of one name: what more of them would do is no news

Post = tuple[tuple[Address, int], ...]


class _Edge(NamedTuple):
    """One step of one pool: `needs` must be on their way before it, `sends` are after it."""

    source: int
    target: int
    needs: tuple[Address, ...]
    sends: tuple[Address, ...]
    move: Move
    tape: Tape


class _Joint(NamedTuple):
    """Where each pool stands, by the numbers of its own states, and what is kept for whom."""

    at: tuple[int, ...]
    post: Post


@dataclass(slots=True)
class Talk:
    """What was found of pools that run together; `limit` as in `Report`."""

    problems: list[Problem] = field(default_factory=list)
    states: int = 0
    seconds: float = 0.0
    limit: str = ""


def talk(found: Sequence[Findings], limits: Limits) -> Talk:
    """Explore the pools of a file that message flows connect, each group together."""
    said, told = Talk(), set()
    spent = time.thread_time()
    by_process = {each.space.process: each for each in found}
    for process, each in by_process.items():
        group = [one for one in playing(each.world.model, process) if one in by_process]
        if process in told or len(group) < 2:
            continue
        told.update(group)
        if all(by_process[one].space.complete for one in group):
            _Group([by_process[one] for one in group], limits).run(said)
    said.seconds = time.thread_time() - spent
    return said


class _Group:
    def __init__(self, pools: list[Findings], limits: Limits) -> None:
        self.pools, self.limits = pools, limits
        self.model = pools[0].world.model
        self.spaces: list[Space] = [one.space for one in pools]
        thrown: set[Address] = set()
        self.senders: dict[Address, set[str]] = {}
        raw = [list(self._taken(pool, thrown)) for pool in pools]
        self.inside = thrown - self._from_outside(thrown)
        self.edges = [self._by_source(pool, edges) for pool, edges in zip(pools, raw, strict=True)]
        self.able = [_can_end(space) for space in self.spaces]
        self.numbers: dict[_Joint, int] = {}
        self.joints: list[_Joint] = []
        self.parents: list[tuple[int, int, _Edge | None]] = []
        self.before: list[list[int]] = []
        self.unknown: set[int] = set()  # what comes after it was not followed

    # --- the steps of each pool --------------------------------------------------------------------

    def _taken(self, pool: Findings, thrown: set[Address]) -> Iterator[_Edge]:
        """Take every step of a pool again, to see what it needs and sends."""
        explorer, space = pool.explorer, pool.space
        for number in range(len(space.packed)):
            if number and (space.status[number] != "running" or number in space.cut):
                continue
            state = space.state(number)
            for move in list(explorer.moves(number, state)):
                seen = explorer.seen_by(state, move)
                for step, tape, box, asked in explorer.takes(number, seen, move):
                    explorer.look_at(state, step)
                    target, _ = explorer.arrive(number, move, tape, step, box, asked)
                    sends = tuple(self._sent(step))
                    thrown.update(sends)
                    for one in sends:
                        self.senders.setdefault(one, set()).add(space.process)
                    yield _Edge(number, target, self._awaited(space.process, move), sends, move, tape)

    def _sent(self, step: Step) -> Iterator[Address]:
        for effect in step.effects:
            if isinstance(effect, Thrown) and effect.kind == "message":
                mine = {one.process for one in self.spaces}
                found = addresses(self.model, effect.node, effect.ref) or []
                yield from (one for one in found if one.process in mine)

    def _awaited(self, process: str, move: Move) -> tuple[Address, ...]:
        if isinstance(move.event, Message):
            return (Address(process, move.event.name),)
        if isinstance(move.event, Start) and move.node:
            node = self.model.nodes[move.node]
            named = [one.ref for one in event_definitions(node) if one.kind == "message"]
            together = getattr(node, "together", False)
            return tuple(Address(process, name) for name in (named if together else named[:1]))
        return ()

    def _from_outside(self, thrown: set[Address]) -> set[Address]:
        """What a pool that is not explored may send as well; such messages come at any time."""
        mine = {one.process for one in self.spaces}
        found = set()
        for source, target in self.model.message_flows:
            if self.model.process_of(source) not in mine:
                node = self.model.nodes.get(target)
                names = {one.ref for one in event_definitions(node)} if node else None
                process = self.model.process_of(target)
                found |= {
                    one for one in thrown if one.process == process and (not names or one.name in names)
                }
        return found

    def _by_source(self, pool: Findings, edges: list[_Edge]) -> dict[int, list[_Edge]]:
        found: dict[int, list[_Edge]] = {}
        for edge in edges:
            needs = tuple(one for one in edge.needs if one in self.inside)
            sends = tuple(one for one in edge.sends if one in self.inside)
            found.setdefault(edge.source, []).append(edge._replace(needs=needs, sends=sends))
        for number, status in enumerate(pool.space.status):
            if number and status != "running":  # a message may begin the next dossier of this pool
                found[number] = [one for one in found.get(0, ()) if one.needs]
        return found

    # --- all of them together ----------------------------------------------------------------------

    def run(self, said: Talk) -> None:
        began = time.perf_counter()
        todo = deque([self._arrive(_Joint((0,) * len(self.pools), ()), -1, -1, None)])
        while todo:
            number = todo.popleft()
            todo.extend(self._follow(number))
            if len(self.joints) > self.limits.states:
                said.limit = "states"
            elif time.perf_counter() - began > self.limits.seconds:
                said.limit = "seconds"
            if said.limit:
                break
        said.states += len(self.joints)
        if not said.limit:
            said.problems += self._lost()
            by_process = {one.space.process: one for one in self.pools}
            said.problems += keys.unproven(by_process, self.inside, self.senders)

    def _follow(self, number: int) -> list[int]:
        """Go on from a state; where one pool only minds its own business, the others can wait."""
        joint = self.joints[number]
        kept = dict(joint.post)
        for pool, at in enumerate(joint.at):
            mine = self.edges[pool].get(at, ())
            ahead = [self._after(joint, pool, edge) for edge in mine if self._is_private(pool, edge)]
            if mine and len(ahead) == len(mine) and not any(one in self.numbers for one in ahead if one):
                return self._go(number, pool, mine)
        new: list[int] = []
        for pool, at in enumerate(joint.at):
            if at in self.spaces[pool].cut or at in self.spaces[pool].refused:
                self.unknown.add(number)
            running = at and self.spaces[pool].status[at] == "running"
            starts = [need for edge in self.edges[pool].get(0, ()) for need in edge.needs]
            if running and any(kept.get(one) for one in starts):
                self.unknown.add(number)  # it would begin a second dossier beside this one
            enabled = [
                edge for edge in self.edges[pool].get(at, ()) if not Counter(edge.needs) - Counter(kept)
            ]
            new += self._go(number, pool, enabled)
        return new

    def _is_private(self, pool: int, edge: _Edge) -> bool:
        return not edge.needs and not edge.sends and self.spaces[pool].status[edge.target] == "running"

    def _go(self, number: int, pool: int, edges: Sequence[_Edge]) -> list[int]:
        new = []
        for edge in edges:
            after = self._after(self.joints[number], pool, edge)
            if after is None:
                self.unknown.add(number)
            elif after in self.numbers:
                self.before[self.numbers[after]].append(number)
            else:
                new.append(self._arrive(after, number, pool, edge))
        return new

    def _after(self, joint: _Joint, pool: int, edge: _Edge) -> _Joint | None:
        """Return where a step leads; None if more are kept than are followed."""
        at = (*joint.at[:pool], edge.target, *joint.at[pool + 1 :])
        if not edge.needs and not edge.sends:
            return _Joint(at, joint.post)
        kept = Counter(dict(joint.post))
        kept.subtract(edge.needs)
        kept.update(edge.sends)
        if any(count > MOST_KEPT for count in kept.values()):
            return None
        return _Joint(at, tuple(sorted((one, count) for one, count in kept.items() if count)))

    def _arrive(self, joint: _Joint, source: int, pool: int, edge: _Edge | None) -> int:
        number = self.numbers[joint] = len(self.joints)
        self.joints.append(joint)
        self.parents.append((source, pool, edge))
        self.before.append([source] if source >= 0 else [])
        return number

    # --- what is lost ------------------------------------------------------------------------------

    def _lost(self) -> Iterator[Problem]:
        told: set[tuple[str, ...]] = set()
        for pool, space in enumerate(self.spaces):
            known = self._goes_on(pool)
            for number, joint in enumerate(self.joints):
                at = joint.at[pool]
                if number in known or at not in self.able[pool]:
                    continue
                nodes = tuple(sorted({one["at"] for one in markings.all_tokens(space.state(at) or {})}))
                if nodes not in told:
                    told.add(nodes)
                    yield self._problem(pool, number, nodes)

    def _goes_on(self, pool: int) -> set[int]:
        """States after which a pool takes another step, or needs none; and those nothing is known about."""
        space, known = self.spaces[pool], set(self.unknown)
        for number, joint in enumerate(self.joints):
            at = joint.at[pool]
            if not at or space.status[at] != "running" or self._moves(pool, joint):
                known.add(number)
        todo = list(known)
        while todo:
            for source in self.before[todo.pop()]:
                if source not in known:
                    known.add(source)
                    todo.append(source)
        return known

    def _moves(self, pool: int, joint: _Joint) -> bool:
        kept = Counter(dict(joint.post))
        return any(not Counter(edge.needs) - kept for edge in self.edges[pool].get(joint.at[pool], ()))

    def _problem(self, pool: int, number: int, nodes: tuple[str, ...]) -> Problem:
        way = self._way(number)
        choosing = {one for one, edge in way if edge.tape}
        names = sorted(
            {need.name for edge in self.edges[pool][self.joints[number].at[pool]] for need in edge.needs}
        )
        where = self.pools[pool].names(nodes)
        what = ", ".join(f"“{one}”" for one in names)
        vi = f"{where.vi} chờ mãi thông điệp {what}: theo đường này không quy trình nào trong sơ đồ gửi nữa."
        en = f"{where.say('en')} waits for ever for the message {what}: on this way nobody sends it any more."
        return Problem(
            kind="deadlock",
            # Two pools that choose by the same fact may never choose like that; nothing here tells.
            severity=ERROR if len(choosing) < 2 else OPEN,
            elements=nodes,
            path=self._path(way),
            message=Text(vi, en),
        )

    def _way(self, number: int) -> list[tuple[int, _Edge]]:
        found = []
        while number >= 0:
            number, pool, edge = self.parents[number]
            if edge is not None:
                found.append((pool, edge))
        return found[::-1]

    def _path(self, way: list[tuple[int, _Edge]]) -> tuple[str, ...]:
        ids = [one for pool, edge in way for one in self.pools[pool].gone(edge.source, edge.move, edge.tape)]
        return tuple(one for place, one in enumerate(ids) if not place or ids[place - 1] != one)


def _can_end(space: Space) -> set[int]:
    """States of a pool that runs, and that could end if every message came."""
    known = {number for number, status in enumerate(space.status) if number and status != "running"}
    todo, able = list(known), set()
    while todo:
        for source in space.edges[todo.pop()]:
            if source > 0 and source not in able and source not in known:
                able.add(source)
                todo.append(source)
    return able
