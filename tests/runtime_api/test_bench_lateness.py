"""motcua bench --timers: real workers in real time, a short while."""

from __future__ import annotations

import pytest

from runtime_api.bench.lateness import Load, measure_lateness


@pytest.fixture
def empty_url(databases):
    """A database without a schema, as an office would give it to be measured."""
    url = databases.copy_of("bare", lambda database: database.connect().close())
    yield url
    databases.drop(url)


def test_no_timer_is_missed_or_fires_twice_and_the_others_go_on_waiting(empty_url):
    load = Load(pending=50, per_second=20, seconds=1, missed=5, workers=2)
    found = measure_lateness(empty_url, load)["databases"]["given"]

    assert (found["fired"], found["fired_twice"], found["missed"]) == (25, 0, 0)
    assert found["still_waiting"] == 51  # and the one that was copied
    assert found["workers"] == (1 if empty_url.startswith("sqlite") else 2)
    assert 0 <= found["late_p50_ms"] <= found["late_p95_ms"] <= found["late_max_ms"]
