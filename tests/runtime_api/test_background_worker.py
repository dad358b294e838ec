"""The worker survives what fails, and stops when told."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select

from engine.domain.access import SYSTEM
from engine.usecases.background import ALL_WORK, Work
from runtime_api.worker import LONGEST_PAUSE, SHORTEST_PAUSE, Worker

PATIENCE = 20  # seconds that a test waits for another thread before it fails

pytestmark = pytest.mark.sqlite


def work(do_due, name="work", next_due=lambda _unit: None):
    return Work(name=name, do_due=do_due, next_due=next_due)


def test_work_that_fails_stops_neither_the_others_nor_the_worker(engine, caplog):
    caplog.set_level(logging.ERROR)
    failed, done = Event(), Event()

    def fails(_engine, _limit):
        failed.set()
        raise OSError("the gateway is away")

    def works(_engine, _limit):
        if failed.is_set():
            done.set()
        return 0

    worker = Worker(engine, (work(fails, "failing"), work(works, "working")), pause=0.001)
    worker.start()
    assert done.wait(PATIENCE)
    assert worker.is_well()
    worker.stop()

    assert not worker.is_well()
    assert "failing failed for the 1. time in a row" in caplog.text


def test_work_that_waits_for_somebody_holds_up_no_other(engine):
    answer, fired = Event(), Event()

    def sends(_engine, _limit):
        assert answer.wait(PATIENCE)
        return 0

    def fires(_engine, _limit):
        fired.set()
        return 0

    worker = Worker(engine, (work(sends, "sending"), work(fires, "firing")))
    worker.start()
    assert fired.wait(PATIENCE)
    answer.set()
    worker.stop()


def test_failures_make_the_pauses_longer_and_a_success_ends_that(engine):
    outcomes = [OSError("one"), OSError("two"), 0]

    def fails_twice(_engine, _limit):
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    (sweep,) = Worker(engine, (work(fails_twice),), pause=1).sweeps
    pauses = []
    for _ in range(3):
        sweep.once()
        pauses.append(sweep.next_pause())

    assert pauses == [2, 4, 1]


@pytest.mark.parametrize(
    ("seconds", "pause"), [(0.5, 0.5), (0.01, SHORTEST_PAUSE), (-3, SHORTEST_PAUSE), (900, LONGEST_PAUSE)]
)
def test_it_sleeps_until_the_next_row_falls_due(engine, seconds, pause):
    due = engine.clock.now() + timedelta(seconds=seconds)
    (sweep,) = Worker(engine, (work(None, next_due=lambda _unit: due),)).sweeps

    assert sweep.next_pause() == pytest.approx(pause)


def test_an_announcement_wakes_it_once_the_transaction_is_kept(engine):
    looked, calls = Event(), []

    def looks(_engine, _limit):
        calls.append(1)
        looked.set()
        return 0

    worker = Worker(engine, (work(looks),), pause=PATIENCE * 10)
    worker.start()
    assert looked.wait(PATIENCE)
    looked.clear()
    with suppress(OSError), engine.unit(SYSTEM) as unit:
        engine.jobs.announce(unit, "work", [1])
        raise OSError("nothing is kept")
    asleep = not engine.jobs.bell("work").is_set()
    with engine.unit(SYSTEM) as unit:
        engine.jobs.announce(unit, "work", [1])
        unit.session.execute(select(1))
    assert looked.wait(PATIENCE)
    worker.stop()

    assert asleep
    assert len(calls) == 2


def test_while_there_is_work_nobody_pauses(engine):
    left = [50, 50, 7, 0]
    empty = Event()

    def takes(_engine, limit):
        assert limit == 50
        if not left:
            empty.set()
            return 0
        return left.pop(0)

    worker = Worker(engine, (work(takes),), pause=0.001)
    worker.start()
    assert empty.wait(PATIENCE)
    worker.stop()

    assert left == []


def test_every_kind_of_work_runs_on_an_empty_database(engine):
    worker = Worker(engine)

    assert [one.work for one in worker.sweeps] == list(ALL_WORK)
    assert [one.once() for one in worker.sweeps] == [0] * len(ALL_WORK)
    assert [one.next_pause() for one in worker.sweeps] == [LONGEST_PAUSE] * len(ALL_WORK)


def test_the_process_stops_at_sigterm(database_url):
    environment = {**os.environ, "DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime_api.cli", "worker"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stderr:
        if "the worker begins" in line:
            break
    process.send_signal(signal.SIGTERM)
    rest = process.communicate(timeout=PATIENCE)[1]

    assert process.returncode == 0
    assert "the worker stopped" in rest
