"""A durable step through the use case beside the bare transaction, in turn, on one and several connections.

Every connection is a process of its own with its own dossiers. Each does one act of the round on all its
dossiers, then the next; what has to be looked up in between is not counted, on either side.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import event

from engine.domain.access import Actor
from engine.runtime import Engine
from engine.usecases.tasks import complete_task
from runtime_api.bench.bare import BareConnection, Watch, Written
from runtime_api.bench.figures import median_ratio, summary
from runtime_api.bench.stage import ROUND, act, open_stage, open_tasks
from runtime_api.demo_procedures import person

DOSSIERS_EACH = 12  # per connection and side
WARM_UP = 1  # rounds


@dataclass(frozen=True, slots=True)
class Share:
    """What one connection works on."""

    url: str
    folder: Path
    ours: list[int]
    bare: list[int]
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
            self._pipes.append(here)
            self._processes.append(process)
        for pipe in self._pipes:
            pipe.recv()  # ready

    def rounds(self, side: str, count: int, connections: int) -> list[float]:
        """Let the first `connections` processes do rounds at once; return how long each step took."""
        for pipe in self._pipes[:connections]:
            pipe.send((side, count))
        return [one for pipe in self._pipes[:connections] for one in pipe.recv()]

    def close(self) -> None:
        for pipe in self._pipes:
            with suppress(BrokenPipeError):
                pipe.send(None)
        for process in self._processes:
            process.join()


def shares_of(engine: Engine, folder: Path, dossiers: list[int], workers: int, written: Any) -> list[Share]:
    """Deal dossiers out to the connections."""
    url = engine.database.url.render_as_string(hide_password=False)
    hands = [dossiers[n * DOSSIERS_EACH : (n + 1) * DOSSIERS_EACH] for n in range(2 * workers)]
    return [Share(url, folder, hands[2 * n], hands[2 * n + 1], written) for n in range(workers)]


def measure_durable(
    crew: Crew, connections: Sequence[int], repeats: int, rounds: int
) -> list[dict[str, Any]]:
    """Measure both sides in turn, `repeats` times for every number of connections."""
    lines = []
    for count in connections:
        ours, bare, pairs = [], [], []
        for _ in range(repeats):
            one, other = crew.rounds("ours", rounds, count), crew.rounds("bare", rounds, count)
            pairs.append((len(one) / sum(one), len(other) / sum(other)))
            ours += one
            bare += other
        lines.append(
            {
                "connections": count,
                "throughput_ours_over_bare": median_ratio(pairs),
                "ours": summary(ours, count),
                "bare": summary(bare, count),
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
            statements.append(sum(not sql.startswith("BEGIN") for sql in seen))
            written.append(watch.written())
    return written, statements


def _work(pipe: Any, share: Share) -> None:
    engine = open_stage(share.url, share.folder)
    bare = BareConnection(share.url)
    actors = {one.login: person(engine, one.login) for one in ROUND}
    tasks = open_tasks(engine.database, share.bare)
    for dossier in share.ours[:1]:
        for one in ROUND * WARM_UP:
            act(engine, dossier, one, actor=actors[one.login])
    done = 0
    pipe.send("ready")
    while (command := pipe.recv()) is not None:
        side, count = command
        durations: list[float] = []
        for _ in range(count):
            done += 1
            if side == "ours":
                _our_round(engine, share.ours, actors, done, durations)
            else:
                _bare_round(bare, share, tasks, durations)
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


def _bare_round(bare: BareConnection, share: Share, tasks: dict[int, int], durations: list[float]) -> None:
    for written in share.written:
        for dossier in share.bare:
            begin = perf_counter()
            bare.step(written, dossier, tasks[dossier])
            durations.append(perf_counter() - begin)
