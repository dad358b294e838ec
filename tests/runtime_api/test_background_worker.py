"""The worker survives what fails, and stops when told."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from threading import Event

import pytest

from runtime_api.worker import Worker

PATIENCE = 20  # seconds that a test waits for another thread before it fails

pytestmark = pytest.mark.sqlite


def test_a_failing_chore_stops_neither_the_others_nor_the_worker(engine, caplog):
    caplog.set_level(logging.ERROR)
    failed, done = Event(), Event()

    def fails(_engine, _limit):
        failed.set()
        raise OSError("the gateway is away")

    def works(_engine, _limit):
        if failed.is_set():
            done.set()
        return 0

    worker = Worker(engine, (fails, works), pause=0.001)
    worker.start()
    assert done.wait(PATIENCE)
    assert worker.is_well()
    worker.stop()

    assert not worker.is_well()
    assert "fails failed for the 1. time in a row" in caplog.text


def test_failures_make_the_pauses_longer_and_a_success_ends_that(engine):
    outcomes = [OSError("one"), OSError("two"), 0]

    def chore(_engine, _limit):
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    worker = Worker(engine, (chore,), pause=1)
    pauses = []
    for _ in range(3):
        worker.run_once()
        pauses.append(worker._next_pause())

    assert pauses == [2, 4, 1]


def test_while_there_is_work_nobody_pauses(engine):
    left = [50, 50, 7, 0]
    empty = Event()

    def chore(_engine, limit):
        assert limit == 50
        if not left:
            empty.set()
            return 0
        return left.pop(0)

    worker = Worker(engine, (chore,), pause=0.001)
    worker.start()
    assert empty.wait(PATIENCE)
    worker.stop()

    assert left == []


def test_the_real_chores_run_on_an_empty_database(engine):
    assert Worker(engine).run_once() == 0


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
