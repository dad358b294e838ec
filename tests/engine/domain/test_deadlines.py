"""Working time and deadlines: the fourteen vectors of the handbook, stops, and a dossier hour by hour."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.calendar import ZONE, Day, DayKind, NoWorkingTime, WorkingCalendar, local_day
from engine.domain.deadlines import (
    BadTerm,
    ClockPolicy,
    DayNotCounted,
    Stop,
    Term,
    TermKind,
    due,
    extra_for,
    overrun,
    overrun_shares,
    planned_targets,
    punctuality,
)
from engine.domain.texts import Text
from engine.domain.timewords import time_left


def on(text: str) -> datetime:
    """A local moment: "23/11/2026 09:10"; midnight-free days stand for 08:00."""
    day, _, hour = text.partition(" ")
    return datetime.strptime(f"{day} {hour or '08:00'}", "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)


def _days(kind: DayKind, *days: str, confirmed: bool = True, reason: str = "nghỉ lễ") -> dict[date, Day]:
    return {
        datetime.strptime(day, "%d/%m/%Y").date(): Day(kind=kind, reason=Text(reason), confirmed=confirmed)
        for day in days
    }


NATION = WorkingCalendar(
    days={
        **_days(DayKind.OFF, "29/04/2024", "30/04/2024", "01/05/2024"),
        **_days(DayKind.OFF, "30/04/2025", "01/05/2025", "02/05/2025"),
        **_days(DayKind.OFF, "01/01/2026", "31/08/2026", "01/09/2026", "02/09/2026"),
        **_days(DayKind.OFF, "24/11/2026", reason="Ngày Văn hóa Việt Nam"),
        **_days(DayKind.OFF, "02/01/2026", confirmed=False, reason="hoán đổi ngày làm việc"),
        **_days(DayKind.WORK, "10/01/2026", confirmed=False),
        **_days(DayKind.WORK, "04/05/2024", "26/04/2025", "22/08/2026"),
        **_days(DayKind.OFF, *(f"{day:02}/02/2027" for day in range(4, 11)), confirmed=False, reason="Tết"),
    }
)


def working(days: int, cutoff: time | None = None) -> Term:
    return Term(kind=TermKind.WORKING_DAY, value=days, cutoff=cutoff)


@pytest.mark.parametrize(
    ("accepted", "term", "expected"),
    [
        pytest.param("23/11/2026 09:10", working(3), "27/11/2026 17:00", id="V1 over the culture day"),
        pytest.param("20/08/2026 10:00", working(2), "22/08/2026 17:00", id="V2 make-up Saturday counts"),
        pytest.param("28/08/2026 14:00", working(3), "07/09/2026 17:00", id="V3 swap and National Day"),
        pytest.param("03/02/2027", working(5), "17/02/2027 17:00", id="V4 Tết"),
        pytest.param(
            "27/11/2026 15:20",
            Term(kind=TermKind.SAME_DAY, cutoff=time(15)),
            "30/11/2026 17:00",
            id="V5 same day after the cut-off",
        ),
        pytest.param("31/12/2025", working(2), "06/01/2026 17:00", id="V6 swap by overlay"),
        pytest.param("08/01/2026", working(2), "10/01/2026 17:00", id="V7 make-up Saturday by overlay"),
        pytest.param("30/11/2026", working(5), "07/12/2026 17:00", id="V8 without supplement"),
        pytest.param(
            "04/11/2026",
            Term(kind=TermKind.CALENDAR_DAY, value=20),
            "25/11/2026 17:00",
            id="V9 calendar days",
        ),
        pytest.param("25/04/2025", working(4), "05/05/2025 17:00", id="V10"),
        pytest.param("26/04/2024", working(3), "04/05/2024 17:00", id="V11"),
        pytest.param(
            "27/11/2026 16:00", Term(kind=TermKind.HOUR, value=4), "30/11/2026 10:00", id="V12 over a weekend"
        ),
        pytest.param(
            "23/11/2026 09:10", Term(kind=TermKind.HOUR, value=8), "25/11/2026 09:10", id="V13 over a holiday"
        ),
        pytest.param(
            "27/11/2026 11:30", Term(kind=TermKind.HOUR, value=1), "27/11/2026 14:00", id="V14 over lunch"
        ),
        pytest.param("27/11/2026 09:00", Term(kind=TermKind.SAME_DAY), "27/11/2026 17:00", id="the very day"),
        pytest.param("28/11/2026 09:00", working(1), "30/11/2026 17:00", id="received on a Saturday"),
        pytest.param(
            "27/11/2026 15:20", working(1, time(15)), "01/12/2026 17:00", id="cut-off moves the first day"
        ),
    ],
)
def test_an_answer_is_due(accepted, term, expected):
    assert due(NATION, on(accepted), term).at == on(expected)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(ClockPolicy.PAUSE, "11/12/2026 17:00", id="V8 PAUSE"),
        pytest.param(ClockPolicy.RESET, "15/12/2026 17:00", id="V8 RESET"),
        pytest.param(ClockPolicy.RUN, "07/12/2026 17:00", id="RUN"),
    ],
)
def test_a_supplement_stops_or_restarts_the_clock(policy, expected):
    stop = Stop(policy=policy, stopped_at=on("02/12/2026 10:00"), resumed_at=on("08/12/2026 15:00"))
    assert due(NATION, on("30/11/2026"), working(5), [stop]).at == on(expected)


def test_a_stop_that_still_lasts_moves_nothing():
    stop = Stop(policy=ClockPolicy.PAUSE, stopped_at=on("02/12/2026 10:00"), resumed_at=None)
    assert due(NATION, on("30/11/2026"), working(5), [stop]).at == on("07/12/2026 17:00")


def test_a_supplement_asked_on_the_last_day_leaves_one_day():
    stop = Stop(policy=ClockPolicy.PAUSE, stopped_at=on("07/12/2026 10:00"), resumed_at=on("09/12/2026"))
    assert due(NATION, on("30/11/2026"), working(5), [stop]).at == on("10/12/2026 17:00")


def test_a_supplement_asked_after_the_due_date_leaves_it_late():
    stop = Stop(policy=ClockPolicy.RESET, stopped_at=on("08/12/2026"), resumed_at=on("14/12/2026"))
    assert due(NATION, on("30/11/2026"), working(5), [stop]).at == on("07/12/2026 17:00")


def test_two_supplements_add_up():
    stops = [
        Stop(policy=ClockPolicy.PAUSE, stopped_at=on("01/12/2026"), resumed_at=on("03/12/2026")),
        Stop(policy=ClockPolicy.PAUSE, stopped_at=on("04/12/2026"), resumed_at=on("08/12/2026")),
    ]
    # counted: 01/12, 04/12, then 09, 10, 11
    assert due(NATION, on("30/11/2026"), working(5), stops).at == on("11/12/2026 17:00")


@pytest.mark.parametrize(
    ("policy", "expected"), [(ClockPolicy.PAUSE, "02/12/2026 09:00"), (ClockPolicy.RESET, "02/12/2026 11:00")]
)
def test_a_term_in_hours_stops_too(policy, expected):
    stop = Stop(policy=policy, stopped_at=on("30/11/2026 09:00"), resumed_at=on("02/12/2026 07:00"))
    term = Term(kind=TermKind.HOUR, value=4)
    assert due(NATION, on("30/11/2026 07:00"), term, [stop]).at == on(expected)


def test_a_date_that_rests_on_an_expected_decision_is_provisional():
    assert due(NATION, on("03/02/2027"), working(5)).provisional
    assert not due(NATION, on("23/11/2026"), working(3)).provisional


def test_why_this_date_names_each_day_and_its_reason():
    counted = due(NATION, on("20/11/2026 09:00"), working(3)).days

    said = [(f"{one.day:%d/%m}", one.number, one.reason.vi) for one in counted]
    assert said == [
        ("20/11", None, "ngày tiếp nhận, không tính"),
        ("21/11", None, "thứ bảy"),
        ("22/11", None, "chủ nhật"),
        ("23/11", 1, "ngày thứ 1"),
        ("24/11", None, "Ngày Văn hóa Việt Nam"),
        ("25/11", 2, "ngày thứ 2"),
        ("26/11", 3, "ngày thứ 3"),
    ]


def test_a_term_below_one_is_refused():
    with pytest.raises(BadTerm):
        working(0)


def test_a_calendar_without_working_days_is_refused_in_words():
    with pytest.raises(NoWorkingTime) as refused:
        WorkingCalendar(week=frozenset()).add_working_days(on("23/11/2026"), 1)
    assert "không có ngày làm việc" in refused.value.say("vi")


def test_half_days_have_half_the_hours_and_count_as_days():
    calendar = WorkingCalendar(days=_days(DayKind.HALF_AM, "25/11/2026"))
    assert calendar.is_working(date(2026, 11, 25))
    assert calendar.end_of_day(date(2026, 11, 25)) == on("25/11/2026 11:00")
    assert calendar.working_minutes_between(on("25/11/2026 07:00"), on("26/11/2026 07:00")) == 240


def test_reception_on_saturday_moves_no_deadline():
    calendar = WorkingCalendar(days=_days(DayKind.RECEPTION_ONLY, "28/11/2026"))
    assert due(calendar, on("27/11/2026"), working(1)).at == on("30/11/2026 17:00")


class TestOneDossierHourByHour:
    """Household business, three working days, 23-27/11/2026, with 24/11 off."""

    accepted = on("23/11/2026 09:10")
    steps = (
        ("reception", 2, "23/11/2026 09:10", "23/11/2026 09:18"),
        ("specialist", 6, "23/11/2026 09:18", "23/11/2026 16:00"),
        ("tax", 8, "23/11/2026 16:00", "27/11/2026 08:00"),
        ("head", 3, "27/11/2026 08:00", "27/11/2026 09:00"),
        ("sign", 3, "27/11/2026 09:00", "27/11/2026 10:30"),
        ("clerk", 2, "27/11/2026 10:30", "27/11/2026 11:00"),
    )

    def test_the_legal_due_date(self):
        assert due(NATION, self.accepted, working(3)).at == on("27/11/2026 17:00")

    def test_the_planned_target_of_each_step(self):
        targets = planned_targets(NATION, self.accepted, [hours * 60 for _, hours, _, _ in self.steps])
        assert targets == [
            on("23/11/2026 13:10"),
            on("25/11/2026 09:10"),
            on("26/11/2026 09:10"),
            on("26/11/2026 14:10"),
            on("27/11/2026 07:10"),
            on("27/11/2026 09:10"),
        ]

    def test_the_net_time_and_the_overrun_of_each_step(self):
        spent = {
            name: NATION.working_minutes_between(on(arrived), on(left))
            for name, _, arrived, left in self.steps
        }
        assert spent == {"reception": 8, "specialist": 282, "tax": 1080, "head": 60, "sign": 90, "clerk": 30}
        over = {name: overrun(hours * 60, spent[name]) for name, hours, _, _ in self.steps}
        assert over["tax"] == 600
        assert overrun_shares(over) == {"tax": 1.0}

    def test_it_is_on_time_and_would_be_late_on_monday(self):
        due_at = due(NATION, self.accepted, working(3)).at
        assert punctuality(on("27/11/2026 11:00"), due_at) == "on_time"
        assert punctuality(on("26/11/2026 16:00"), due_at) == "early"
        assert punctuality(on("30/11/2026 08:00"), due_at) == "late"


@pytest.mark.parametrize(
    ("now", "said", "tone"),
    [
        ("27/11/2026 14:45", "● Còn 2 giờ 15 phút", "soon"),
        ("26/11/2026 14:00", "✓ Còn 1 ngày 3 giờ", "ok"),
        ("30/11/2026 13:00", "▲ Quá 4 giờ", "late"),
        ("27/11/2026 17:00", "● Còn 0 phút", "soon"),
    ],
)
def test_time_is_spoken_as_people_speak(now, said, tone):
    left = time_left(NATION, on(now), on("27/11/2026 17:00"))
    assert (left.say("vi"), left.tone) == (said, tone)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)).map(lambda m: m.replace(tzinfo=ZONE))


@given(moments, moments, st.integers(1, 30))
def test_a_later_dossier_is_never_due_earlier(one, other, days):
    early, late = sorted((one, other))
    assert due(NATION, early, working(days)).at <= due(NATION, late, working(days)).at


@given(moments, st.integers(1, 30))
def test_no_deadline_falls_on_a_day_off(accepted, days):
    assert NATION.is_working(local_day(due(NATION, accepted, working(days)).at))


@given(moments, st.integers(0, 5000), st.integers(0, 5000))
def test_working_minutes_add_up(start, one, other):
    middle = NATION.add_working_minutes(start, one)
    assert NATION.add_working_minutes(middle, other) == NATION.add_working_minutes(start, one + other) or (
        one == 0 or other == 0
    )
    assert NATION.working_minutes_between(start, NATION.add_working_minutes(start, one)) == one


@given(moments, st.integers(1, 30), st.integers(0, 30))
def test_an_extension_gives_exactly_its_working_days(accepted, days, more):
    plain, longer = due(NATION, accepted, working(days)), due(NATION, accepted, working(days), (), more)

    between = _working_days_between(local_day(plain.at), local_day(longer.at))
    assert between == more
    assert due(NATION, accepted, working(days + more)).at == longer.at
    assert sum("được gia hạn" in one.reason.vi for one in longer.days) == more


@given(moments, st.integers(1, 20), st.integers(-5, 20), st.integers(0, 40))
def test_a_day_chosen_by_hand_is_met_exactly_or_refused(accepted, days, granted, ahead):
    if days + granted < 1:
        granted = 0
    before = local_day(due(NATION, accepted, working(days), (), granted).at)
    wanted = before + timedelta(days=ahead)
    try:
        extra = extra_for(NATION, accepted, working(days), (), granted, wanted)
    except DayNotCounted:
        assert not NATION.is_working(wanted)
    else:
        assert local_day(due(NATION, accepted, working(days), (), extra).at) == wanted


@given(moments, st.integers(1, 20), st.integers(0, 10), st.integers(0, 10))
def test_more_granted_is_never_due_earlier(accepted, days, one, other):
    few, many = sorted((one, other))
    assert (
        due(NATION, accepted, working(days), (), few).at <= due(NATION, accepted, working(days), (), many).at
    )


def test_a_term_in_hours_is_extended_by_minutes_and_never_to_nothing():
    term = Term(kind=TermKind.HOUR, value=8)
    assert due(NATION, on("23/11/2026 07:00"), term, (), 480).at == on("25/11/2026 17:00")
    with pytest.raises(BadTerm):
        due(NATION, on("23/11/2026 07:00"), term, (), -480)
    with pytest.raises(BadTerm):
        due(NATION, on("23/11/2026 07:00"), working(3), (), -3)


def _working_days_between(first, last):
    return sum(NATION.is_working(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))
