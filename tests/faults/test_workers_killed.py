"""Several workers on one PostgreSQL: killed in the middle of a job, with the queue emptied, with the
database server gone."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from workers import PATIENCE, WorkerProcess

from engine.domain.access import SYSTEM
from engine.ports import SystemClock
from engine.runtime import Engine
from engine.settings import LONGEST_RESCUE
from engine.store.database import open_database
from engine.store.files import DiskFileStore
from engine.store.queue import open_jobs
from engine.store.rows import OutboxRow
from engine.store.schema import upgrade
from engine.usecases.notices import MESSAGES
from runtime_api.commands.doctor import examine
from runtime_api.worker import LONGEST_PAUSE
from runtime_api.worker_process import FETCH_PAUSE, SIGNS_OF_LIFE, ClockAskew, run_worker

pytestmark = [pytest.mark.faults, pytest.mark.postgres]


@pytest.fixture
def clock():
    """Leases and signs of life run in real time."""
    return SystemClock()


@pytest.fixture
def url(postgres_databases, request):
    """An empty database on PostgreSQL."""
    made = postgres_databases.copy_of("empty", upgrade)
    yield made
    postgres_databases.drop(made)


@pytest.fixture
def engine(url, clock, tmp_path):
    opened = Engine(
        database=open_database(url),
        files=DiskFileStore(tmp_path / "files"),
        sms=None,
        clock=clock,
        jobs=open_jobs(url),
    )
    yield opened
    opened.database.dispose()


@pytest.fixture
def workers(url, tmp_path):
    """`workers(stubborn=True)` starts one more worker process; all are stopped at the end."""
    started = []

    def start(**more):
        started.append(WorkerProcess(url, tmp_path, **more).start())
        return started[-1]

    yield start
    for one in started:
        if one.process.is_alive():
            one.kill()


def test_a_worker_killed_in_the_middle_of_a_job_is_replaced_and_the_job_is_done_once(engine, workers):
    dying = workers(stubborn=True)
    (message,) = leave_messages(engine, 1)
    taken = dying.next()
    healthy = workers()
    dying.kill()
    killed_at = time.monotonic()
    again = healthy.next()
    seconds = time.monotonic() - killed_at
    wait_until(lambda: sent(engine) == 1)
    wait_until(lambda: jobs(engine) == {})

    assert taken == again == f"outbox-{message}"
    assert seconds < 60
    assert healthy.all_keys() == []
    assert healthy.stop() == 0


def test_four_workers_send_every_message_once(engine, workers):
    crew = [workers() for _ in range(4)]
    messages = leave_messages(engine, 80)
    wait_until(lambda: sent(engine) == len(messages))
    keys = [key for one in crew for key in one.all_keys()]

    assert sorted(keys) == sorted(f"outbox-{one}" for one in messages)
    assert [one.stop() for one in crew] == [0, 0, 0, 0]
    assert jobs(engine) == {}


def test_a_queue_emptied_by_hand_loses_nothing(engine, workers):
    messages = leave_messages(engine, 5)
    waiting = jobs(engine)
    with engine.database.begin() as connection:
        connection.execute(text("TRUNCATE procrastinate_jobs CASCADE"))
    worker = workers()
    wait_until(lambda: sent(engine) == len(messages))

    assert waiting == {"todo": 5}
    assert sorted(worker.all_keys()) == sorted(f"outbox-{one}" for one in messages)


def test_a_worker_whose_connections_are_cut_goes_on_by_itself(engine, workers):
    worker = workers()
    leave_messages(engine, 1)
    first = worker.next()
    engine.database.dispose()
    with engine.database.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    leave_messages(engine, 1)
    second = worker.next()

    assert first != second
    assert worker.stop() == 0


@pytest.mark.parametrize("seconds", [Engine.rescue.total_seconds(), LONGEST_RESCUE])
def test_with_any_setting_a_dead_worker_is_replaced_within_a_minute(seconds):
    noticed = seconds + seconds / SIGNS_OF_LIFE  # looked for as often as signs are given
    dealt_out = seconds + LONGEST_PAUSE  # and the row's lease ends in any case

    assert max(noticed, dealt_out) + FETCH_PAUSE <= 60


def test_a_worker_whose_clock_is_off_does_not_begin(engine):
    ahead = SystemClock().now() + timedelta(minutes=10)
    with pytest.raises(ClockAskew) as refusal:
        run_worker(replace(engine, clock=Frozen(ahead)))

    assert refusal.value.facts["seconds"] in (599, 600, 601)


@dataclass(frozen=True)
class Frozen:
    moment: datetime

    def now(self):
        return self.moment


def test_a_step_that_is_rolled_back_leaves_no_job_and_no_message(engine):
    with suppress(OSError), engine.unit(SYSTEM) as unit:
        add_messages(unit, 1)
        raise OSError("no")

    assert jobs(engine) == {}
    with engine.reading(SYSTEM) as unit:
        assert unit.session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_doctor_tells_of_a_missing_queue_and_its_repair(engine, url, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("MOTCUA_FILES", str(tmp_path / "files"))
    sound = {one.name: one.is_well for one in examine()}
    with engine.database.begin() as connection:
        connection.execute(text("DROP TABLE procrastinate_jobs CASCADE"))
    harmed = {one.name: one.repair.say("en") for one in examine()}

    assert sound["queue"]
    assert harmed["queue"] == "run motcua upgrade"


def test_what_is_dealt_out_twice_waits_once(engine):
    (message,) = leave_messages(engine, 1)
    with engine.unit(SYSTEM) as unit:
        dealt = engine.jobs.deal(unit, MESSAGES, [message, message + 1])

    assert dealt == 1
    assert jobs(engine) == {"todo": 2}


def leave_messages(engine, count):
    with engine.unit(SYSTEM) as unit:
        return add_messages(unit, count)


def add_messages(unit, count):
    """Write messages and announce them, as a step does."""
    added = [
        OutboxRow(
            kind="sms",
            payload={"phone": "0912345678", "text": "Mot cua"},
            created_at=unit.now,
            next_try_at=unit.now,
        )
        for _ in range(count)
    ]
    unit.session.add_all(added)
    unit.session.flush()
    ids = [one.id for one in added]
    unit.engine.jobs.announce(unit, MESSAGES, ids)
    return ids


def sent(engine):
    with engine.reading(SYSTEM) as unit:
        return unit.session.scalar(
            select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_not(None))
        )


def jobs(engine):
    """Return how many jobs the queue holds, by status."""
    with engine.database.connect() as connection:
        found = connection.execute(text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"))
        return dict(found.all())


def wait_until(happened):
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)  # nothing to wait on: another process writes it
