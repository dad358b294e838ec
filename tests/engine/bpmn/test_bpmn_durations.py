"""Times of timers: what is read, and what is refused however it is written."""

from datetime import UTC, datetime

import pytest

from engine.bpmn.durations import BadTime, check_time, is_literal, parse_cycle, parse_duration, parse_moment
from engine.execution.durations import schedule

NOON = datetime(2026, 1, 31, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT24H", "2026-02-01T05:00:00+00:00"),
        ("P1DT2H30M", "2026-02-01T07:30:00+00:00"),
        ("P1W", "2026-02-07T05:00:00+00:00"),
        pytest.param("P1M", "2026-02-28T05:00:00+00:00", id="a month ends where the next one does"),
        ("P1Y", "2027-01-31T05:00:00+00:00"),
        ("PT1.5S", "2026-01-31T05:00:01.500000+00:00"),
    ],
)
def test_durations(text, due):
    assert parse_duration(text).after(NOON).isoformat() == due


def test_a_date_without_offset_is_local():
    assert parse_moment("2026-09-02T08:00").utcoffset().total_seconds() == 7 * 3600
    assert parse_moment("2026-09-02").hour == 0
    assert parse_moment("2026-09-02T08:00:00Z").utcoffset().total_seconds() == 0


def test_a_cycle_knows_its_times():
    first = schedule("cycle", "R3/PT8H", NOON)
    second = first.next()
    third = second.next()
    assert [one.due.hour for one in (first, second, third)] == [13, 21, 5]
    assert third.next() is None


def test_a_cycle_may_count_in_seconds():
    assert [schedule("cycle", "R3/PT1S", NOON).due.second, parse_cycle("R/PT59S").bounded] == [1, False]


def test_a_cycle_may_have_a_first_or_a_last_moment():
    assert parse_cycle("R/2026-01-01/P1D").first.day == 1
    assert parse_cycle("R2/P1D/2026-01-31").first.day == 30
    assert parse_cycle("R/P1D").times == 1000


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("cycle", "R/PT0S"), ("cycle", "R3/PT0S"), ("cycle", "R0/PT1H"), ("cycle", "R1001/PT1H"),
        ("cycle", "R3"), ("cycle", "R3/PT1H/PT1H/PT1H"), ("cycle", "R-1/PT1H"), ("cycle", "PT1H"),
        ("cycle", "R3/P999999999Y"), ("cycle", "0 0 9 * * MON"), ("cycle", "R999999999999/PT1H"),
        ("duration", "P999999999Y"), ("duration", "P21Y"), ("duration", "P"), ("duration", "PT"),
        ("duration", "P1"), ("duration", "-P1D"), ("duration", "P-1D"), ("duration", "30 days"),
        ("duration", "P1S"), ("duration", ""), ("duration", "P" + "9" * 400 + "D"), ("duration", "P1D2H"),
        ("duration", "PT٣H"), ("duration", "2026-01-01"),
        ("date", "tomorrow"), ("date", "2026-13-01"), ("date", "2026-02-30T00:00"), ("date", "9999-12-31"),
        ("date", "0001-01-01"), ("date", "PT1H"), ("date", "20260101"),
    ],
)  # fmt: skip
def test_garbage_and_bombs_are_refused_in_words(kind, text):
    with pytest.raises(BadTime) as refusal:
        check_time(kind, text)
    assert "Thời gian của bộ hẹn giờ" in refusal.value.say("vi")
    assert "The time of a timer" in refusal.value.say("en")


@pytest.mark.parametrize(
    "text", ["PT1H", "P1D", "R3/PT1H", "R/P1D", "2026-01-01", "2026-01-01T08:00", "-P1D"]
)
def test_iso_text_is_told_from_expressions(text):
    assert is_literal(text)


@pytest.mark.parametrize("text", ["Phase", "R", "Rate * 2", "P + Q", 'duration("PT1H")', "deadline", "2026"])
def test_expressions_are_told_from_iso_text(text):
    assert not is_literal(text)
