"""Serving: granian in front, the application behind, the worker beside it on SQLite.

On SQLite there is one web process, because two would only wait for each other; on PostgreSQL several with
two threads each, which measured best on two cores.
"""

from __future__ import annotations

import atexit
import logging
import os

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from engine.errors import Refused
from engine.runtime import open_engine
from engine.settings import Settings
from engine.store.schema import is_current
from runtime_api.app import create_app
from runtime_api.collecting import settle
from runtime_api.worker import Worker

STOP_AFTER = 30  # seconds for requests under way when the service is told to stop


class SchemaOutdated(Refused):
    """The database is not at the schema of this version."""

    code = "schema_outdated"
    vi = "Cơ sở dữ liệu chưa đúng phiên bản. Hãy chạy “motcua upgrade” rồi khởi động lại."
    en = "The database is not at this version. Run “motcua upgrade”, then start again."


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        SchemaOutdated: If the database has to be upgraded first.
    """
    engine = open_engine(settings)
    try:
        if not is_current(engine.database):
            raise SchemaOutdated("a current schema", "it is older or empty")
    finally:
        engine.database.dispose()
    Granian(
        "runtime_api.serve:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=1 if settings.is_sqlite else settings.web_workers,
        blocking_threads=settings.web_threads,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_AFTER,
        websockets=False,
        log_access=settings.debug,
        process_name=None,
    ).serve()


def application() -> Flask:
    """Build the application of one web process, from the environment."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # /readyz asks it every few seconds
    settings = Settings.from_env(os.environ)
    engine = open_engine(settings)
    app = create_app(engine, settings)
    if settings.is_sqlite:
        worker = Worker(engine)
        worker.start()
        atexit.register(worker.stop)
        app.extensions["motcua_worker"] = worker
    settle()
    return app
