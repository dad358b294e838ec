"""When a deadline is spoken of: four stages in order, the newest only."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.alerts import CODES, WHO, AlertRule, Span, Stage, moment_of, next_moment, stage_at
from engine.domain.calendar import ZONE, WorkingCalendar
from engine.domain.deadlines import Term, TermKind, due

WEEK = WorkingCalendar()
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(lambda one: one.replace(tzinfo=ZONE))


def on(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)


@given(moments, st.integers(1, 40), moments)
def test_stages_come_in_order_and_the_newest_counts(accepted, days, now):
    span = Span(WEEK, accepted, due(WEEK, accepted, Term(kind=TermKind.WORKING_DAY, value=days)).at)
    begins = [moment_of(span, stage) for stage in (Stage.DAY_BEFORE, Stage.DUE, Stage.DAY_OVER)]
    found = stage_at(span, now)

    assert begins == sorted(begins)
    assert all(moment_of(span, stage) >= accepted for stage in CODES)
    assert all(moment_of(span, stage) > now for stage in CODES if stage > found)


@given(moments, st.integers(1, 40), moments)
def test_the_next_look_is_ahead_and_misses_no_stage(accepted, days, now):
    span = Span(WEEK, accepted, due(WEEK, accepted, Term(kind=TermKind.WORKING_DAY, value=days)).at)
    told = stage_at(span, now)
    following = next_moment(span, told, now)

    if following is None:
        assert told is Stage.DAY_OVER or all(moment_of(span, one) <= now for one in CODES)
    else:
        assert following > now
        assert stage_at(span, following) > told


@pytest.mark.parametrize(
    ("stage", "moment"),
    [
        (Stage.MOSTLY_USED, "27/11/2026 08:36"),
        (Stage.DAY_BEFORE, "27/11/2026 17:00"),
        (Stage.DUE, "30/11/2026 17:00"),
        (Stage.DAY_OVER, "01/12/2026 17:00"),
    ],
)
def test_the_four_stages_of_five_working_days(stage, moment):
    accepted, at = on("23/11/2026 07:00"), on("30/11/2026 17:00")

    span = Span(WEEK, accepted, at)
    assert moment_of(span, stage) == on(moment)


def test_time_in_which_the_clock_stood_still_is_not_the_offices():
    """Ten days until the due moment, five of them lost: a day and a half is left when 70 % is used."""
    span = Span(WEEK, on("23/11/2026 07:00"), on("04/12/2026 17:00"), lost=5 * 480)

    assert moment_of(span, Stage.MOSTLY_USED) == on("03/12/2026 11:00")


def test_more_people_are_told_from_stage_to_stage():
    assert all(set(WHO[one]) < set(WHO[Stage(one + 1)]) for one in CODES if one < Stage.DAY_OVER)
    assert AlertRule.of({}).action == "none"
    assert AlertRule.of({"alert_action": "escalate", "alert_action_at": "day_over"}).stage is Stage.DAY_OVER
