"""The least that any program could spend: the rows of a real step, written with the driver alone.

A real round is carried out once and what it left in the tables is read back. The bare transaction then
locks a dossier, writes rows of the same content for it, and commits; it decides nothing and checks nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Json
from sqlalchemy import Engine as Database
from sqlalchemy import make_url, text

from engine.store.database import BUSY_MS

APPENDED = ("work_item", "timer", "dossier_event", "audit", "outbox", "clock_stop", "submission")
CHANGED = {
    "dossier": ("state", "data", "status", "current_due", "clock_stopped_at", "supplement_rounds", "version"),
    "work_item": (
        "status", "claimed_by", "claimed_at", "ended_at", "ended_by", "outcome", "answers", "spent_minutes",
        "version",
    ),
    "audit_head": ("number", "hash"),
    "clock_stop": ("resumed_at",),
}  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What one real step left behind, as the driver gives it."""

    appended: Mapping[str, list[Row]]
    changed: Mapping[str, Row]
    clears_timer: bool

    @property
    def rows(self) -> int:
        return sum(map(len, self.appended.values())) + len(self.changed) + self.clears_timer


class Watch:
    """Sees what a step writes, by looking before and after."""

    def __init__(self, database: Database, dossier: int) -> None:
        self.database, self.dossier = database, dossier
        self._before = self._look()

    def written(self) -> Written:
        before, after = self._before, self._look()
        appended = {
            table: [row for key, row in after[table].items() if key not in before[table]]
            for table in APPENDED
        }
        changed = {}
        for table, columns in CHANGED.items():
            found = [
                row for key, row in after[table].items() if key in before[table] and before[table][key] != row
            ]
            if found:
                changed[table] = {name: found[-1][name] for name in columns}
        self._before = after
        cleared = bool(before["timer"].keys() - after["timer"].keys())
        return Written({table: rows for table, rows in appended.items() if rows}, changed, cleared)

    def _look(self) -> dict[str, dict[Any, Row]]:
        with self.database.execution_options(reading=True).connect() as connection:
            return {table: self._rows(connection, table) for table in (*APPENDED, "dossier", "audit_head")}

    def _rows(self, connection: Any, table: str) -> dict[Any, Row]:
        where = {
            "dossier": "id = :id", "audit": "chain = :chain", "audit_head": "chain = :chain",
            "submission": "key LIKE :key",
        }.get(table, "dossier_id = :id")  # fmt: skip
        wanted = {"id": self.dossier, "chain": f"dossier:{self.dossier}", "key": f"bench-{self.dossier}-%"}
        rows = connection.execute(text(f"SELECT * FROM {table} WHERE {where}"), wanted).mappings()
        key = {"submission": "key", "audit_head": "chain"}.get(table, "id")
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
        self._numbers: dict[int, int] = {}

    def step(self, written: Written, dossier: int, task: int) -> None:
        """Write what a real step wrote, for another dossier."""
        run = self._run
        run("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN", ())
        lock = "" if self.is_sqlite else " FOR UPDATE"
        run(f"SELECT state, version FROM dossier WHERE id = ?{lock}", (dossier,))
        number = self._numbers[dossier] = self._numbers.get(dossier, 10**6) + 1
        own = {
            "dossier_id": dossier,
            "chain": f"dossier:{dossier}",
            "key": f"bare-{dossier}-{number}",
            "number": number,
            "work_item_id": task,
        }
        if written.clears_timer:
            run("DELETE FROM timer WHERE dossier_id = ? AND node_id = ?", (dossier, "T3b_late"))
        for table, row in written.changed.items():
            keys = {
                "dossier": ("id", dossier),
                "work_item": ("id", task),
                "audit_head": ("chain", own["chain"]),
            }
            column, value = keys.get(table, ("dossier_id", dossier))
            if table == "audit_head":
                row = {**row, "number": number}
            names = ", ".join(f"{name} = ?" for name in row)
            run(f"UPDATE {table} SET {names} WHERE {column} = ?", (*map(_plain, row.values()), value))
        for table, rows in written.appended.items():
            self._insert(table, rows, own)
        run("COMMIT", ())

    def close(self) -> None:
        self.driver.close()

    def _insert(self, table: str, rows: list[Row], own: Mapping[str, Any]) -> None:
        names = [name for name in rows[0] if name != "id"]
        changed = {
            name: own[name] for name in names if name in own and (name != "number" or table == "audit")
        }
        one = f"({', '.join('?' * len(names))})"
        values = [_plain(changed.get(name, row[name])) for row in rows for name in names]
        places = ", ".join([one] * len(rows))
        columns = ", ".join(f'"{name}"' for name in names)
        self._run(f"INSERT INTO {table} ({columns}) VALUES {places}", values)

    def _run(self, statement: str, values: Any) -> None:
        if self.is_sqlite:
            self.driver.execute(statement, values)
        else:
            self.driver.execute(statement.replace("?", "%s"), values)


def _plain(value: Any) -> Any:
    return Json(value, dumps=_dumps) if isinstance(value, (dict, list)) else value


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
