"""Whether the process lives (/healthz), whether it can work (/readyz), and a few numbers (/metrics).

/readyz names what is wrong and no more; /metrics answers only to the machine itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import SQLAlchemyError

from engine.domain.access import SYSTEM
from engine.runtime import Engine
from engine.store.files import DiskFileStore
from engine.store.rows import Base, DossierRow, IncidentRow, OutboxRow, TimerRow, WorkItemRow
from engine.store.schema import is_current
from engine.store.work import Unit
from runtime_api.sessions import engine_of_app

DISK_LEFT = 0.05  # of the disk with the attachments

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    checks = check_ready(engine_of_app())
    return jsonify(ready=all(checks.values()), checks=checks), 200 if all(checks.values()) else 503


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    if request.remote_addr not in ("127.0.0.1", "::1") or "X-Forwarded-For" in request.headers:
        abort(404)
    engine = engine_of_app()
    with engine.reading(SYSTEM) as unit:
        lines = [f"motcua_{name} {value}" for name, value in _numbers(unit)]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def check_ready(engine: Engine) -> dict[str, bool]:
    """Return what must hold before people are let in: database, schema, disk, worker."""
    checks = {"database": True, "schema": False, "disk": _has_room(engine)}
    try:
        checks["schema"] = is_current(engine.database)
    except SQLAlchemyError:
        checks["database"] = False
    worker = current_app.extensions.get("motcua_worker") if current_app else None
    if worker is not None:
        checks["worker"] = worker.is_well()
    return checks


def _has_room(engine: Engine) -> bool:
    if not isinstance(engine.files, DiskFileStore):
        return True
    try:
        disk = shutil.disk_usage(engine.files.root)
    except OSError:
        return False
    return disk.free > disk.total * DISK_LEFT


def _numbers(unit: Unit) -> Iterator[tuple[str, float]]:
    def count(table: type[Base], condition: ColumnElement[bool]) -> int:
        return unit.session.scalar(select(func.count()).select_from(table).where(condition)) or 0

    waiting = OutboxRow.next_try_at.is_not(None)
    yield "dossiers_open", count(DossierRow, DossierRow.ended_at.is_(None))
    yield "tasks_open", count(WorkItemRow, WorkItemRow.status == "open")
    yield "incidents_open", count(IncidentRow, IncidentRow.ended_at.is_(None))
    yield "timers_due", count(TimerRow, TimerRow.due_at <= unit.now)
    yield "outbox_waiting", count(OutboxRow, waiting)
    oldest = unit.session.scalar(select(func.min(OutboxRow.created_at)).where(waiting))
    yield "outbox_oldest_seconds", (unit.now - oldest).total_seconds() if oldest else 0
