"""Timers: many that wait, some that are due, and workers that fire them."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import func, select, update

from engine.domain.access import SYSTEM
from engine.runtime import Engine
from engine.store.rows import EventRow, TimerRow
from engine.usecases.timers import fire_due_timers
from runtime_api.bench.figures import percentile, timed
from runtime_api.bench.stage import MONDAY, ROUND, act, multiply, open_stage

LOOKS = 50


def measure_timers(engine: Engine, folder: Path, template: int, pending: int, due: int, workers: int) -> Any:
    """Arm `pending` timers of which `due` fell due; return how fast they are fired."""
    act(engine, template, ROUND[0])
    dossiers = multiply(engine.database, template, pending)
    with engine.unit(SYSTEM) as unit:
        unit.session.execute(update(TimerRow).values(due_at=MONDAY + timedelta(days=30)))
        chosen = dossiers[:: max(1, pending // due)][:due]
        for start in range(0, len(chosen), 500):
            some = chosen[start : start + 500]
            wanted = update(TimerRow).where(TimerRow.dossier_id.in_(some))
            unit.session.execute(wanted.values(due_at=MONDAY - timedelta(minutes=1)))
    context = multiprocessing.get_context("spawn")
    url = engine.database.url.render_as_string(hide_password=False)
    gate = context.Barrier(workers + 1)
    crew = [context.Process(target=_fire_all, args=(gate, url, folder), daemon=True) for _ in range(workers)]
    for one in crew:
        one.start()
    gate.wait()
    begin = perf_counter()
    for one in crew:
        one.join()
    seconds = perf_counter() - begin
    looks = timed(lambda: fire_due_timers(engine), LOOKS)  # all that is due has fired; the others wait
    with engine.reading(SYSTEM) as unit:
        fired = unit.session.scalar(select(func.count()).where(EventRow.kind == "timer.fired"))
        once = unit.session.scalar(
            select(func.count(EventRow.dossier_id.distinct())).where(EventRow.kind == "timer.fired")
        )
    return {
        "pending": pending,
        "due": len(chosen),
        "workers": workers,
        "look_p50_ms": round(percentile(looks, 0.5) * 1000, 3),
        "fired": fired,
        "fired_twice": fired - once,
        "missed": len(chosen) - once,
        "fired_per_second": round(fired / seconds, 1),
    }


def _fire_all(gate: Any, url: str, folder: Path) -> None:
    engine = open_stage(url, folder)
    gate.wait()
    while _is_due(engine):
        fire_due_timers(engine, 20)
    engine.database.dispose()


def _is_due(engine: Engine) -> bool:
    with engine.reading(SYSTEM) as unit:
        return bool(unit.session.scalar(select(TimerRow.id).where(TimerRow.due_at <= unit.now).limit(1)))
