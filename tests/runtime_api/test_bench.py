"""motcua bench: it runs through, says what it promises, and refuses a database that is in use."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import func, select

from engine.store.rows import Base
from runtime_api.bench.bare import BareConnection
from runtime_api.bench.counter import measure_reception
from runtime_api.bench.durable import record_round
from runtime_api.bench.figures import median_ratio, percentile
from runtime_api.bench.memory import measure_memory
from runtime_api.bench.pages import signed_in
from runtime_api.bench.stage import ROUND, multiply, open_stage, open_tasks, receive, set_stage
from runtime_api.bench.stage import act as act_on
from runtime_api.cli import GOOD, WRONG_USE, main


@pytest.mark.sqlite
def test_the_bench_prints_ratios_steps_and_timers_as_json(tmp_path, capsys):
    url = f"sqlite:///{tmp_path}/bench.sqlite"
    tiny = ("--dossiers", "30", "--workers", "1", "--rounds", "1", "--memory-rounds", "3")

    assert main(["bench", "--database", url, *tiny, "--json"]) == GOOD
    found = json.loads(capsys.readouterr().out)
    assert main(["bench", "--database", url, *tiny]) == WRONG_USE  # somebody's data is in it now

    assert set(found) == {"machine", "memory", "databases"}
    database = found["databases"]["given"]
    assert next(iter(database)) == "ratios"
    assert set(database["ratios"]["throughput_ours_over_bare"]) == {"1"}
    assert set(database["steps"][0]["ours"]) == {"steps", "per_second", "p50_ms", "p95_ms"}
    assert database["durability"] == {"synchronous": "2", "journal_mode": "wal"}
    assert all(
        found <= most for found, most in zip(database["statements_per_step"], (11, 17, 12), strict=True)
    ), "appraise with a timer; ask for papers with a message and a clock stop; receive them"
    assert len(database["rows_per_step"]) == 3
    timers = database["timers"]
    assert (timers["due"], timers["fired"], timers["fired_twice"], timers["missed"]) == (3, 3, 0, 0)
    assert 0 < database["state_bytes"] < 300 < database["bytes_per_open_dossier"]


@pytest.mark.sqlite
def test_the_bare_transaction_writes_as_many_rows_as_the_step(tmp_path):
    url = f"sqlite:///{tmp_path}/bench.sqlite"
    engine = open_stage(url, tmp_path)
    template = set_stage(engine)
    written, _ = record_round(engine, receive(engine))
    ours, other = multiply(engine.database, template, 2)
    bare = BareConnection(url)

    def added(act):
        before = rows_of(engine.database)
        act()
        return {name: count - before[name] for name, count in rows_of(engine.database).items()}

    for one, left in zip(ROUND, written, strict=True):
        by_step = added(lambda one=one: act_on(engine, ours, one, key=one.node))
        task = open_tasks(engine.database, [other])[other]
        by_bare = added(lambda left=left, task=task: bare.step(left, other, task))
        assert by_bare == by_step
    bare.close()
    engine.database.dispose()


def rows_of(database):
    with database.execution_options(reading=True).connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }


@pytest.mark.sqlite
def test_a_hundred_rounds_of_rework_leave_the_state_as_small_as_the_first():
    found = measure_memory(rounds=100, repeats=20)

    first, last = found["round_1"]["state_bytes"], found["last_round"]["state_bytes"]
    assert last - first <= 10  # the numbers have more digits, nothing else grows
    assert found["three_branches_bytes"] <= 300
    assert found["stock"]["last_round"]["state_bytes"] > found["stock"]["round_1"]["state_bytes"] > 10 * last


def test_figures_are_read_from_the_ordered_durations():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert median_ratio([(1, 2), (3, 4), (100, 1)]) == 0.75


@pytest.mark.sqlite
def test_reception_is_measured_request_by_request(app):
    found = measure_reception(app, signed_in, requests=2)

    assert set(found) == {"smallest page"} | {
        f"{key}: {what}" for key in ("P03", "P07") for what in ("page", "accept", "applicant by number")
    }
    assert all(0 < one["p50_ms"] <= one["p95_ms"] <= one["max_ms"] for one in found.values())


@pytest.mark.sqlite
def test_the_bench_of_pages_fills_an_empty_database_once_and_asks_every_kind_of_page(tmp_path, capsys):
    url = f"sqlite:///{tmp_path}/pages.sqlite"
    tiny = ("--database", url, "--pages", "300", "--requests", "2")

    assert main(["bench", *tiny, "--json"]) == GOOD
    found = json.loads(capsys.readouterr().out)["databases"]["given"]
    assert main(["bench", *tiny]) == GOOD
    again = capsys.readouterr().out

    kinds = {name.partition(": ")[2] for name in found["pages"]}
    assert kinds >= {"task list, page 1", "task list, search", "search, common word", "dossier page"}
    assert all(0 < one["p50_ms"] <= one["p95_ms"] <= one["max_ms"] for one in found["pages"].values())
    assert found["dossiers"] > 300
    counted = int(re.search(r"MB: (\d+),", again)[1])
    assert found["dossiers"] < counted < found["dossiers"] + 300  # only received more: not filled twice


@pytest.mark.sqlite
def test_the_bench_of_pages_leaves_a_database_in_use_alone(province, capsys):
    url = province.database.url.render_as_string(hide_password=False)

    assert main(["bench", "--database", url, "--pages", "10", "--requests", "1"]) == WRONG_USE
    assert "chưa có gì thay đổi" in "".join(capsys.readouterr())
