"""kill -9 of the serving process under load: nothing acknowledged is lost, nothing is done twice.

MOTCUA_KILLS sets how often (the campaign is `./run.sh kills`, 60 times); the ordinary test run kills less.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time

import pytest
from robots import Acknowledged, Robot, Stopped
from servers import Served
from sqlalchemy import func, select

from engine.store.database import open_database
from engine.store.rows import DossierRow, SubmissionRow, WorkItemRow

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

KILLS = int(os.environ.get("MOTCUA_KILLS", "8"))
CLERKS = ("my.nk",)
WORKERS = ("tho.pv", "khanh.tq", "ut.lt", "my.nk")


@pytest.fixture
def served(province, tmp_path):
    served = Served(str(province.database.url.render_as_string(hide_password=False)), tmp_path)
    yield served
    served.stop()


def test_killed_under_load_the_office_loses_nothing_it_confirmed(served):
    acknowledged, over = Acknowledged(), threading.Event()
    served.start()
    threads = _go_to_work(served.address, acknowledged, over)
    seed = random.Random(20261122)
    kills = 0
    while kills < KILLS:
        time.sleep(seed.uniform(0.2, 1.2))  # the load is real time in another process
        served.kill()
        kills += 1
        served.start()
    _wait_for(lambda: len(acknowledged.tasks) > KILLS or acknowledged.refused)
    assert not acknowledged.refused, acknowledged.refused
    over.set()
    for thread in threads:
        thread.join(60)
    served.kill()

    checked = served.run("check", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    counts = json.loads(checked.stdout)
    print(
        f"{kills} kills, {len(acknowledged.dossiers)} dossiers and {len(acknowledged.tasks)} steps confirmed"
    )
    assert set(counts.values()) == {0}, counts
    database = open_database(served.database_url)
    with database.connect() as connection:
        codes = list(connection.scalars(select(DossierRow.code)))
        done = set(connection.scalars(select(WorkItemRow.id).where(WorkItemRow.status == "done")))
        received = connection.scalar(
            select(func.count()).select_from(SubmissionRow).where(SubmissionRow.action == "dossier.receive")
        )
    database.dispose()
    assert set(acknowledged.dossiers) <= set(codes), "a confirmed dossier is missing"
    assert set(acknowledged.tasks) <= done, "a confirmed step is missing"
    assert len(acknowledged.dossiers) == len(set(acknowledged.dossiers)), "one click made two dossiers"
    assert len(codes) == received, "a dossier without its click, or a click with two dossiers"
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
