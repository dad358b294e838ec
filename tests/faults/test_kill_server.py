"""kill -9 under load: nothing acknowledged is lost, nothing is done twice.

Killed are the serving process on SQLite, and on PostgreSQL in turn the serving process, the worker and the
database server itself. MOTCUA_KILLS sets how often (`./run.sh kills`: 60 times on each); the ordinary test
run kills less.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from robots import Acknowledged, Robot, Stopped
from servers import OwnPostgres, Served
from sqlalchemy import func, select

from engine.ports import LoggedSms
from engine.runtime import Engine
from engine.store.database import open_database
from engine.store.files import DiskFileStore
from engine.store.rows import DossierRow, EventRow, SubmissionRow, WorkItemRow
from engine.store.schema import upgrade

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("MOTCUA_KILLS", "2"))
CLERKS = ("my.nk",)
WORKERS = ("tho.pv", "khanh.tq", "ut.lt", "my.nk")


@pytest.mark.sqlite
def test_killed_under_load_the_office_loses_nothing_it_confirmed(province, tmp_path):
    served = Served(str(province.database.url.render_as_string(hide_password=False)), tmp_path)
    served.start()
    try:
        _campaign(served, [lambda: (served.kill(), served.start())], KILLS)
    finally:
        served.stop()


@pytest.fixture
def postgres():
    try:
        server = OwnPostgres()
    except Exception as reason:
        pytest.skip(f"PostgreSQL could not start: {reason}")
    yield server
    server.close()


@pytest.mark.postgres
def test_with_server_worker_and_postgres_killed_nothing_confirmed_is_lost(postgres, tmp_path, clock):
    assert [postgres.setting(name) for name in ("fsync", "synchronous_commit")] == ["on", "on"]
    _furnish(postgres.url, tmp_path, clock)
    served = Served(postgres.url, tmp_path)
    served.start()
    served.start_worker()
    try:
        victims = [
            lambda: (served.kill(), served.start()),
            lambda: (served.kill_worker(), served.start_worker()),
            lambda: (postgres.kill(), postgres.start()),
        ]
        _campaign(served, victims, max(KILLS, len(victims)))
    finally:
        served.stop()


def _furnish(url: str, folder, clock) -> None:
    """Load the demo province."""
    from runtime_api.demo import load_province

    database = open_database(url)
    upgrade(database)
    files = DiskFileStore(folder / "files")
    load_province(Engine(database=database, files=files, sms=LoggedSms(), clock=clock))
    database.dispose()


def _campaign(served: Served, victims: list[Callable[[], object]], kills: int) -> None:
    """Put people to work, kill in turn what `victims` kill and start again, and count what came of it."""
    acknowledged, over = Acknowledged(), threading.Event()
    threads = _go_to_work(served.address, acknowledged, over)
    seed = random.Random(20261122)
    for kill_and_start in islice(cycle(victims), kills):
        before = _count(acknowledged)
        time.sleep(seed.uniform(0.2, 1.2))  # the load is real time in another process
        _wait_for(lambda: _count(acknowledged) > before or acknowledged.refused)  # noqa: B023 – asked at once
        kill_and_start()
    before = len(acknowledged.tasks)
    _wait_for(lambda: len(acknowledged.tasks) > before + 3 or acknowledged.refused)
    assert not acknowledged.refused, acknowledged.refused
    over.set()
    for thread in threads:
        thread.join(60)
    served.stop()

    checked = served.run("check", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    counts = json.loads(checked.stdout)
    print(
        f"{kills} kills, {len(acknowledged.dossiers)} dossiers and {len(acknowledged.tasks)} steps confirmed"
    )
    assert set(counts.values()) == {0}, counts
    _compare(served.database_url, acknowledged)


def _count(acknowledged: Acknowledged) -> int:
    """How much was confirmed: on a slow machine who is killed while still starting has nothing to lose."""
    return len(acknowledged.dossiers) + len(acknowledged.tasks)


def _compare(database_url: str, acknowledged: Acknowledged) -> None:
    """Hold what people were told against what is written."""
    database = open_database(database_url)
    with database.connect() as connection:
        codes = list(connection.scalars(select(DossierRow.code)))
        done = set(connection.scalars(select(WorkItemRow.id).where(WorkItemRow.status == "done")))
        received = connection.scalar(
            select(func.count()).select_from(SubmissionRow).where(SubmissionRow.action == "dossier.receive")
        )
        endings = connection.execute(
            select(func.count(), func.count(EventRow.work_item_id.distinct())).where(
                EventRow.kind == "step.done"
            )
        ).one()
    database.dispose()
    assert set(acknowledged.dossiers) <= set(codes), "a confirmed dossier is missing"
    assert set(acknowledged.tasks) <= done, "a confirmed step is missing"
    assert len(acknowledged.dossiers) == len(set(acknowledged.dossiers)), "one click made two dossiers"
    assert len(codes) == received, "a dossier without its click, or a click with two dossiers"
    assert endings[0] == endings[1] == len(done), "a step was finished twice"
    assert acknowledged.dossiers
    assert acknowledged.tasks
    assert not acknowledged.refused, acknowledged.refused


def _go_to_work(address: str, acknowledged: Acknowledged, over: threading.Event) -> list[threading.Thread]:
    def receive(robot: Robot) -> None:
        number = 0
        while not over.is_set():
            number += 1
            acknowledged.dossiers.append(robot.receive(number))

    def work(robot: Robot) -> None:
        while not over.is_set():
            task, status, words = robot.finish_one()
            if status == 303:
                acknowledged.tasks.append(task)
            elif task:
                acknowledged.refused.append(f"{robot.login} {task}: {status} {words}")
                return
            else:
                over.wait(0.1)

    def guarded(act, robot: Robot) -> None:
        try:
            act(robot)
        except Stopped:
            pass
        except Exception as error:  # a thread's failure has to reach the test
            acknowledged.refused.append(f"{robot.login}: {error!r}")

    jobs = [(receive, Robot(address, login, over)) for login in CLERKS]
    jobs += [(work, Robot(address, login, over)) for login in WORKERS]
    threads = [threading.Thread(target=guarded, args=job, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    return threads


def _wait_for(met) -> None:
    until = time.monotonic() + 60
    while not met():
        assert time.monotonic() < until, "waited in vain for steps to be confirmed after the kills"
        time.sleep(0.05)
