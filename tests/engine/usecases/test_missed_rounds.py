"""A cycle whose rounds were missed: however long nobody worked, it fires once and keeps its rhythm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.store.rows import TimerRow
from engine.usecases.firing import _catch_up

BEGUN = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)


@given(
    repeats=st.integers(1, 1000),
    hours=st.integers(1, 72),
    late=st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_the_rounds_that_passed_and_those_that_are_left_are_all_rounds(repeats, hours, late):
    timer = TimerRow(due_at=BEGUN, repeats=repeats, every=f"PT{hours}H")
    now = BEGUN + late

    missed, next_due = _catch_up(timer, now, None)

    every = timedelta(hours=hours)
    if next_due is None:
        assert missed + 1 == repeats
        assert now >= BEGUN + every * missed
    else:
        assert next_due > now >= next_due - every
        assert next_due == BEGUN + every * (missed + 1)
        assert missed + 1 < repeats
