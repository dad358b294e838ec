"""A durable step through the use case beside the bare transaction, in turn, on one and several connections.

Every connection is a process of its own with its own dossiers, new ones for every measurement, so that no
figure rests on rows that the last one left in memory. Each does one act of the round on all its dossiers,
then the next; what has to be looked up in between is not counted, on either side.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import event

from engine.domain.access import Actor
from engine.runtime import Engine
from engine.usecases.tasks import complete_task
from runtime_api.bench.bare import BareConnection, Watch, Written
from runtime_api.bench.figures import median_ratio, summary
from runtime_api.bench.stage import ROUND, open_stage, open_tasks
from runtime_api.collecting import settle
from runtime_api.demo_procedures import person

DOSSIERS_EACH = 12  # per connection and side
SIDES = ("ours", "bare")
WARM_UP = 3  # rounds


@dataclass(frozen=True, slots=True)
class Share:
    """What one connection has to know: where, dossiers to warm up with, and what a round writes."""

    url: str
    folder: Path
    warm_up: tuple[int, int]
    written: list[Written]


class Crew:
    """Processes that carry out rounds on command."""

    def __init__(self, shares: Sequence[Share]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes, self._processes = [], []
        for share in shares:
            here, there = context.Pipe()
            process = context.Process(target=_work, args=(there, share), daemon=True)
            process.start()
            there.close()  # else a process that died would be waited for
            self._pipes.append(here)
            self._processes.append(process)
        for pipe in self._pipes:
            pipe.recv()  # ready

    def rounds(self, side: str, count: int, hands: Sequence[list[int]]) -> list[float]:
        """Let as many processes as there are hands do rounds at once; return each step's time."""
        used = self._pipes[: len(hands)]
        for pipe, dossiers in zip(used, hands, strict=True):
            pipe.send((side, count, dossiers))
        return [one for pipe in used for one in pipe.recv()]

    def close(self) -> None:
        for pipe in self._pipes:
            with suppress(BrokenPipeError):
                pipe.send(None)
        for process in self._processes:
            process.join()


def shares_of(engine: Engine, folder: Path, spare: Sequence[int], written: list[Written]) -> list[Share]:
    """Return a share for each connection, one for each two of the `spare` dossiers."""
    url = engine.database.url.render_as_string(hide_password=False)
    return [Share(url, folder, pair, written) for pair in zip(spare[::2], spare[1::2], strict=True)]


def dossiers_needed(connections: Sequence[int], repeats: int) -> int:
    """Return how many dossiers `measure_durable` uses up."""
    return len(SIDES) * DOSSIERS_EACH * sum(connections) * repeats


def measure_durable(
    crew: Crew, dossiers: Sequence[int], connections: Sequence[int], repeats: int, rounds: int
) -> list[dict[str, Any]]:
    """Measure both sides in turn, `repeats` times for every number of connections."""
    lines, fresh = [], iter(dossiers)
    for count in connections:
        taken: dict[str, list[float]] = {side: [] for side in SIDES}
        pairs = []
        for _ in range(repeats):
            found = []
            for side in SIDES:
                hands = [list(islice(fresh, DOSSIERS_EACH)) for _ in range(count)]
                durations = crew.rounds(side, rounds, hands)
                found.append(len(durations) / sum(durations))
                taken[side] += durations
            pairs.append((found[0], found[1]))
        lines.append(
            {
                "connections": count,
                "throughput_ours_over_bare": median_ratio(pairs),
                **{side: summary(durations, count) for side, durations in taken.items()},
            }
        )
    return lines


def record_round(engine: Engine, dossier: int) -> tuple[list[Written], list[int]]:
    """Carry out one round; return what each step wrote and how many statements each took."""
    written, statements = [], []
    seen: list[str] = []
    listener = lambda *call: seen.append(call[2])  # noqa: E731
    for number in range(2):  # in the first one, procedures and calendars come into memory
        written.clear()
        statements.clear()
        for one in ROUND:
            watch, actor = Watch(engine.database, dossier), person(engine, one.login)
            task = open_tasks(engine.database, [dossier])[dossier]
            seen.clear()
            event.listen(engine.database, "before_cursor_execute", listener)
            with engine.unit(actor) as unit:
                key = f"bench-{dossier}-{number}-{one.node}"
                complete_task(unit, task, outcome=one.outcome, reason=one.reason, submission_key=key)
            event.remove(engine.database, "before_cursor_execute", listener)
            statements.append(len(seen))
            written.append(watch.written())
    return written, statements


def _work(pipe: Any, share: Share) -> None:
    engine = open_stage(share.url, share.folder)
    bare = BareConnection(share.url)
    actors = {one.login: person(engine, one.login) for one in ROUND}
    settle()  # as a web process does
    for number in range(WARM_UP):  # also until the server has prepared the statements of this connection
        ours, other = share.warm_up
        _our_round(engine, [ours], actors, -number, [])
        _bare_round(bare, share.written, open_tasks(engine.database, [other]), [])
    done = 0
    pipe.send("ready")
    while (command := pipe.recv()) is not None:
        side, count, dossiers = command
        tasks = open_tasks(engine.database, dossiers)  # the bare side keeps them up to date
        durations: list[float] = []
        for _ in range(count):
            done += 1
            if side == "ours":
                _our_round(engine, dossiers, actors, done, durations)
            else:
                _bare_round(bare, share.written, tasks, durations)
        pipe.send(durations)
    bare.close()
    engine.database.dispose()


def _our_round(
    engine: Engine, dossiers: list[int], actors: dict[str, Actor], done: int, durations: list[float]
) -> None:
    for one in ROUND:
        tasks, actor = open_tasks(engine.database, dossiers), actors[one.login]
        for dossier in dossiers:
            key, task = f"{one.node}-{dossier}-{done}", tasks[dossier]
            begin = perf_counter()
            with engine.unit(actor) as unit:
                complete_task(unit, task, outcome=one.outcome, reason=one.reason, submission_key=key)
            durations.append(perf_counter() - begin)


def _bare_round(
    bare: BareConnection, written: list[Written], tasks: dict[int, int], durations: list[float]
) -> None:
    for one in written:
        for dossier, task in tasks.items():
            begin = perf_counter()
            tasks[dossier] = bare.step(one, dossier, task)
            durations.append(perf_counter() - begin)
