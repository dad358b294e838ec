"""The queue of an installation on PostgreSQL: procrastinate, in the product's own database.

A job is a row written with the step and rolled back with it; it says only which row of ours waits. So the
queue can be emptied, dropped or rebuilt at any time and loses nothing, and a new version of the library
means dropping its tables and making them anew. This is the one module that knows the library, with the
runner of the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from threading import Event

from procrastinate import App, PsycopgConnector
from sqlalchemy import Connection, String, bindparam, text

from engine.ports import Bells, Jobs
from engine.store.driver import Prepared
from engine.store.work import Unit

TASK = "do"  # the one task: (work, row)
DEALING = 5_072_025  # lock: one worker at a time deals out what is due

_STAMP = "motcua queue, procrastinate {}"
_READ_STAMP = text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")
_DROP = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT relname FROM pg_class
        WHERE relkind = 'r' AND starts_with(relname, 'procrastinate_') AND pg_table_is_visible(oid)
    LOOP EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', one.relname); END LOOP;
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE starts_with(proname, 'procrastinate_') AND pg_function_is_visible(oid)
    LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', one.name); END LOOP;
    FOR one IN SELECT typname FROM pg_type
        WHERE starts_with(typname, 'procrastinate_') AND typtype IN ('e', 'c') AND pg_type_is_visible(oid)
    LOOP EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', one.typname); END LOOP;
END $$
"""


class Queue:
    """Announces work as jobs in the transaction of whoever announces it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def announce(self, unit: Unit, work: str, ids: Sequence[int]) -> None:
        for row in ids:
            unit.line.ask(_DEFER, work=work, row=str(row), name=_name(work, row))

    def announce_last(self, unit: Unit, work: str, table: str) -> None:
        unit.line.ask(_DEFER_LAST, work=work, table=table)

    def bell(self, work: str) -> Event:
        """Return one that never rings: jobs reach the workers through the database."""
        return Event()

    def open_for_work(self, do: Callable[[str, int], None]) -> App:
        """Return the library's object for one connection of a worker that does jobs by `do(work, row)`."""
        app = _app(self._url)
        app.task(name=TASK)(do)
        return app

    def deal(self, unit: Unit, work: str, ids: Sequence[int]) -> int:
        """Announce rows that are due and have no job waiting; return how many. The others have one."""
        if not unit.session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": DEALING}):
            return 0  # another worker is at it
        names = [_name(work, row) for row in ids]
        waiting = set(unit.session.scalars(_WAITING, {"names": names}))
        missing = [row for row in ids if _name(work, row) not in waiting]
        self.announce(unit, work, missing)
        return len(missing)


def open_jobs(url: str) -> Jobs:
    """Return what suits the database: the queue on PostgreSQL, bells within the one process on SQLite."""
    return Bells() if url.startswith("sqlite") else Queue(url)


def is_prepared(connection: Connection) -> bool:
    """Tell whether the queue's tables are there, made by the version of the library that is installed."""
    return connection.scalar(_READ_STAMP) == _stamp()


def prepare(connection: Connection) -> None:
    """Make the queue's tables, in place of those of another version; what they held is found again."""
    if is_prepared(connection):
        return
    driver = connection.connection.driver_connection
    driver.execute(_DROP)
    driver.execute(_app("").schema_manager.get_schema())
    driver.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{_stamp()}'")


def _app(url: str) -> App:
    """Return the library's object; it opens no connection before a worker runs on it."""
    conninfo = url.replace("postgresql+psycopg://", "postgresql://", 1)
    connector = PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4, kwargs={"connect_timeout": 5})
    return App(connector=connector)


def _name(work: str, row: int) -> str:
    return f"{work}-{row}"


def _stamp() -> str:
    return _STAMP.format(version("procrastinate"))


# What the library's own `defer` asks, without a way there and back for its answer: a step writes a job along
# with its other rows. The function's name carries the version of its arguments.
_JOB = """
SELECT procrastinate_defer_jobs_v1(ARRAY[
    ROW('default', 'do', 0, NULL, {name}, jsonb_build_object('work', {work}, 'row', {row}), NULL)
]::procrastinate_job_to_defer_v1[])
"""
_WORK = "CAST(:work AS text)"
_LAST = "currval(pg_get_serial_sequence(CAST(:table AS text), 'id'))"
_DEFER = Prepared(
    text(_JOB.format(name="CAST(:name AS text)", work=_WORK, row="CAST(:row AS bigint)")).bindparams(
        *(bindparam(name, type_=String) for name in ("name", "work", "row"))
    )
)
_DEFER_LAST = Prepared(
    text(_JOB.format(name=f"{_WORK} || '-' || {_LAST}", work=_WORK, row=_LAST)).bindparams(
        *(bindparam(name, type_=String) for name in ("work", "table"))
    )
)
_WAITING = text(
    "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:names)"
)
