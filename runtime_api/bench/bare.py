"""The least that any program could spend: the rows of a real step, written with the driver alone.

A real round is carried out once and what it left in the tables is read back. The bare transaction then
reads and locks the dossier, its step and the end of its audit chain, writes rows of the same content for it,
one statement a row and in the order in which the step writes them, and commits. The step that it opens is the
one that its next transaction ends, so that lists stay as long as the real ones. It decides nothing, checks
nothing, and its statements are made beforehand.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from psycopg.types.json import Json
from sqlalchemy import Engine as Database
from sqlalchemy import make_url, text

from engine.store.database import BUSY_MS

APPENDED = (
    "work_item", "timer", "dossier_event", "audit", "outbox", "clock_stop", "document", "submission",
)  # fmt: skip
QUEUE = "procrastinate_jobs"  # on PostgreSQL, a message to be sent is a job too
CHANGED = {
    "work_item": "id = ?",  # before its dossier: a step that ended has left the lists that follow the dossier
    "dossier": "id = ?",
    "audit_head": "chain = ?",
    "clock_stop": "id = (SELECT max(id) FROM clock_stop WHERE dossier_id = ?)",
    "alert": "dossier_id = ?",
}
COUNTED = "UPDATE counter SET last = last + 1 WHERE book = ? AND period = ? RETURNING last"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What one real step left behind, as the driver gives it."""

    appended: Mapping[str, list[Row]]
    changed: Mapping[str, Row]
    clears_timer: bool

    @property
    def rows(self) -> int:
        appended = sum(map(len, self.appended.values())) + len(
            self.appended.get("document", ())
        )  # its counter
        return appended + len(self.changed) + self.clears_timer


class Watch:
    """Sees what a step writes, by looking before and after."""

    def __init__(self, database: Database, dossier: int) -> None:
        self.database, self.dossier = database, dossier
        self._appended = APPENDED if database.dialect.name == "sqlite" else (*APPENDED, QUEUE)
        self._before = self._look()

    def written(self) -> Written:
        before, after = self._before, self._look()
        appended = {
            table: [row for key, row in after[table].items() if key not in before[table]]
            for table in self._appended
        }
        changed = {}
        for table in CHANGED:
            for key, row in after[table].items():
                was = before[table].get(key, row)
                if was != row:
                    changed[table] = {name: value for name, value in row.items() if was[name] != value}
        self._before = after
        cleared = bool(before["timer"].keys() - after["timer"].keys())
        return Written({table: rows for table, rows in appended.items() if rows}, changed, cleared)

    def _look(self) -> dict[str, dict[Any, Row]]:
        with self.database.execution_options(reading=True).connect() as connection:
            tables = dict.fromkeys((*self._appended, *CHANGED))
            return {table: self._rows(connection, table) for table in tables}

    def _rows(self, connection: Any, table: str) -> dict[Any, Row]:
        where = {
            "dossier": "id = :id", "audit": "chain = :chain", "audit_head": "chain = :chain",
            "submission": "key LIKE :key", QUEUE: "id > 0",
        }.get(table, "dossier_id = :id")  # fmt: skip
        wanted = {"id": self.dossier, "chain": f"dossier:{self.dossier}", "key": f"bench-{self.dossier}-%"}
        rows = connection.execute(text(f"SELECT * FROM {table} WHERE {where}"), wanted).mappings()
        key = {"submission": "key", "audit_head": "chain", "alert": "dossier_id"}.get(table, "id")
        return {row[key]: dict(row) for row in rows}


class BareConnection:
    """The plain driver, set as the product sets it: durable, one transaction at a time."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.driver = sqlite3.connect(make_url(url).database, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}"):
                self.driver.execute(f"PRAGMA {pragma}")
            self.driver.execute("PRAGMA foreign_keys=ON")
        else:
            self.driver = psycopg.connect(url.replace("+psycopg", ""), autocommit=True, prepare_threshold=1)
        self._lock = "" if self.is_sqlite else " FOR UPDATE"
        self._numbers: dict[int, int] = {}

    def step(self, written: Written, dossier: int, task: int) -> int:
        """Write what a real step wrote, for another dossier; return the number of the step that opened."""
        number = self._numbers[dossier] = self._numbers.get(dossier, 10**6) + 1
        chain = f"dossier:{dossier}"
        run = self._run
        run("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN", ())
        run(f"SELECT state, data, status, version FROM dossier WHERE id = ?{self._lock}", (dossier,), True)
        run("SELECT status, unit_id, role, version FROM work_item WHERE id = ?", (task,), True)
        run(f"SELECT number, hash FROM audit_head WHERE chain = ?{self._lock}", (chain,), True)
        if written.clears_timer:
            run("DELETE FROM timer WHERE dossier_id = ? AND node_id = ?", (dossier, "T3b_late"))
        own = {"dossier_id": dossier, "chain": chain, "work_item_id": task}
        own |= {"key": f"bare-{dossier}-{number}", "queueing_lock": f"bare-{dossier}-{number}"}
        keys, opened = {"work_item": task, "audit_head": chain}, task
        for table, row in written.changed.items():
            values = {**row, "number": number} if table == "audit_head" else row
            run(_update(table, tuple(row)), (*map(_plain, values.values()), keys.get(table, dossier)))
        for table, rows in written.appended.items():
            changed = {**own, "number": number} if table == "audit" else own
            for row in rows:
                if table == "document":
                    changed = {**own, "number": run(COUNTED, (row["book"], row["period"]), True)[0]}
                names = tuple(name for name in row if name != "id")
                values = [_plain(changed.get(name, row[name])) for name in names]
                if table == "work_item":
                    opened = run(_insert(table, names) + " RETURNING id", values, True)[0]
                else:
                    run(_insert(table, names), values)
        run("COMMIT", ())
        return opened

    def close(self) -> None:
        self.driver.close()

    def _run(self, statement: str, values: Any, reads: bool = False) -> Any:
        if self.is_sqlite:
            cursor = self.driver.execute(statement, values)
        else:
            cursor = self.driver.execute(_for_postgresql(statement), values)
        return cursor.fetchone() if reads else None


@cache
def _update(table: str, names: tuple[str, ...]) -> str:
    return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE {CHANGED[table]}"


@cache
def _insert(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"


@cache
def _for_postgresql(statement: str) -> str:
    return statement.replace("?", "%s")


def _plain(value: Any) -> Any:
    return Json(value, dumps=_dumps) if isinstance(value, (dict, list)) else value


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
