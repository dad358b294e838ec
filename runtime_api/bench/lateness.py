"""Timers that fall due at a steady rate while many more wait: how late each fires, whether any does twice.

Real time, real workers: on PostgreSQL several processes, on SQLite the one that serves. Late is counted until
the commit, not until the beginning, of the transaction that fires.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select, update

from engine.domain.access import SYSTEM, Actor
from engine.runtime import Engine
from engine.store.database import open_database
from engine.store.rows import EventRow, TimerRow
from engine.store.work import Unit
from engine.usecases.background import TIMERS
from runtime_api.bench.figures import percentile
from runtime_api.bench.run import machine, own_databases, version_of
from runtime_api.bench.stage import MONDAY, ROUND, act, multiply, open_stage, set_stage
from runtime_api.worker import Worker

LEAD = timedelta(seconds=2)  # from the last preparation to the first timer
PATIENCE = 120  # seconds after the last one fell due
STOPPED_FOR = timedelta(days=3)
FIRED = EventRow.kind == "timer.fired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked of the workers.

    Attributes:
        pending: Timers that wait for weeks meanwhile.
        per_second, seconds: How many fall due, and for how long.
        missed: Timers that fell due in three days in which nobody worked, fired before all that.
    """

    pending: int = 100_000
    per_second: int = 50
    seconds: int = 60
    missed: int = 500
    workers: int = 4


def measure_lateness(url: str, load: Load) -> dict[str, Any]:
    """Measure on `url`, or on SQLite and PostgreSQL of our own."""
    found: dict[str, Any] = {"machine": machine()}
    with ExitStack() as stack:
        places = {"given": url} if url else own_databases(stack)
        found["databases"] = {name: _measure(place, load) for name, place in places.items()}
    return found


def _measure(url: str, load: Load) -> dict[str, Any]:
    workers = 1 if url.startswith("sqlite") else load.workers
    with TemporaryDirectory() as folder:
        engine = open_stage(url, Path(folder))
        template = set_stage(engine)
        act(engine, template, ROUND[0])  # its timer is armed
        with engine.unit(SYSTEM) as unit:
            unit.session.execute(update(TimerRow).values(due_at=MONDAY + timedelta(days=30)))
        count = load.per_second * load.seconds
        dossiers = multiply(engine.database, template, load.pending + count + load.missed)
        steady, missed = dossiers[:count], dossiers[count : count + load.missed]
        begun = time.time()
        engine = replace(engine, clock=RunningClock(begun))
        _arm(engine, missed, MONDAY - STOPPED_FOR, STOPPED_FOR / max(1, len(missed)))
        with _crew(url, Path(folder), begun, workers) as told:
            first = time.perf_counter()
            _wait(engine, len(missed))
            caught_up = time.perf_counter() - first
            start = engine.clock.now() + LEAD
            _arm(engine, steady, start, timedelta(seconds=1) / load.per_second)
            time.sleep(max(0.0, (start - engine.clock.now()).total_seconds() + load.seconds))
            _wait(engine, len(missed) + count)
        result = _judge(engine, told, start, len(missed) + count)
        version, settings = version_of(engine.database)
        engine.database.dispose()
    return {
        "version": version,
        "durability": settings,
        "workers": workers,
        "pending": load.pending,
        "per_second": load.per_second,
        "missed_in_three_days": len(missed),
        "caught_up_seconds": round(caught_up, 2),
        **result,
    }


@dataclass(frozen=True)
class RunningClock:
    """Real time, moved to a working morning; the same in every process that knows when it began."""

    begun: float

    def now(self) -> datetime:
        return MONDAY + timedelta(seconds=time.time() - self.begun)


@dataclass(frozen=True, kw_only=True)
class WatchedEngine(Engine):
    """Notes when each unit of work was kept, by the moment at which it began."""

    kept: dict[datetime, datetime] = field(default_factory=dict)

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[Unit]:
        with super().unit(actor) as unit:
            yield unit
        self.kept[unit.now] = self.clock.now()


def _arm(engine: Engine, dossiers: list[int], first: datetime, apart: timedelta) -> None:
    """Let the timers of these dossiers fall due one after the other."""
    with engine.unit(SYSTEM) as unit:
        table = TimerRow.__table__
        for number, dossier in enumerate(dossiers):
            due = first + number * apart
            unit.session.execute(update(table).where(table.c.dossier_id == dossier).values(due_at=due))


def _wait(engine: Engine, fired: int) -> None:
    until = time.monotonic() + PATIENCE
    while _fired(engine) < fired and time.monotonic() < until:
        time.sleep(0.1)


def _fired(engine: Engine) -> int:
    with engine.reading(SYSTEM) as unit:
        return unit.session.scalar(select(func.count()).select_from(EventRow).where(FIRED)) or 0


@contextmanager
def _crew(url: str, folder: Path, begun: float, workers: int) -> Iterator[dict[datetime, datetime]]:
    """Let workers work while the block runs; what they noted is there when it has ended."""
    context = multiprocessing.get_context("spawn")
    pipes, crew, told = [], [], {}
    for _ in range(workers):
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(there, url, folder, begun), daemon=True)
        process.start()
        pipes.append(here)
        crew.append(process)
    for pipe in pipes:
        pipe.recv()  # ready
    for pipe in pipes:
        pipe.send("go")
    yield told
    for pipe in pipes:
        pipe.send("stop")
        told.update(pipe.recv())
    for process in crew:
        process.join()


def _work(pipe: Any, url: str, folder: Path, begun: float) -> None:
    stage = open_stage(url, folder)
    engine = WatchedEngine(
        database=open_database(url), files=stage.files, sms=stage.sms, clock=RunningClock(begun)
    )
    worker = Worker(engine, (TIMERS,))
    pipe.send("ready")
    pipe.recv()
    worker.start()
    pipe.recv()
    worker.stop()
    pipe.send(engine.kept)
    engine.database.dispose()


def _judge(engine: Engine, kept: dict[datetime, datetime], start: datetime, wanted: int) -> dict[str, Any]:
    """Compare what was to fire with what did."""
    with engine.reading(SYSTEM) as unit:
        fired = unit.session.execute(
            select(EventRow.dossier_id, EventRow.at, EventRow.data).where(FIRED)
        ).all()
        left = unit.session.scalar(select(func.count()).where(TimerRow.due_at > MONDAY + timedelta(days=29)))
    late = sorted(
        (kept.get(at, at) - datetime.fromisoformat(data["due"])).total_seconds()
        for _, at, data in fired
        if datetime.fromisoformat(data["due"]) >= start
    )
    once = len({dossier for dossier, _, _ in fired})
    return {
        "still_waiting": left,
        "fired": len(fired),
        "fired_twice": len(fired) - once,
        "missed": wanted - once,
        "late_p50_ms": round(percentile(late, 0.5) * 1000, 1),
        "late_p95_ms": round(percentile(late, 0.95) * 1000, 1),
        "late_max_ms": round(late[-1] * 1000, 1),
    }
