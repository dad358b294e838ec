"""Simulation: queues behave as queueing theory says, clocks as the office says, and chance repeats itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from decisions import decision, dmn
from decisions import given as given_input
from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn_library.sets import shipped_set
from engine.bpmn.definitions import load_definition
from engine.domain.calendar import ZONE, WorkingCalendar
from engine.domain.procedures import Limit, Procedure
from engine.domain.texts import Text
from engine.simulation.loads import BadLoad, Given, Load, Spread, complete
from engine.simulation.reports import Report, compare, simulate
from engine.simulation.worktime import WorkTime
from engine.simulation.world import NeverEnds, TooMuch

MONDAY = date(2026, 11, 23)
CALENDAR = WorkingCalendar()


def drawn(body: str) -> str:
    return f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    targetNamespace="urn:test"><process id="P" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="A"/>{body}</process></definitions>"""


ONE = drawn("""<userTask id="A" name="Kiểm tra" mc:kind="check" mc:role="CLERK" mc:hours="1"/>
    <sequenceFlow id="f1" sourceRef="A" targetRef="e"/><endEvent id="e"/>""")

LOOP = drawn("""<userTask id="A" name="Kiểm tra" mc:kind="check" mc:role="CLERK" mc:hours="1"
      mc:decision="ok"><extensionElements><mc:outcome code="yes" name="Đạt" style="main"/>
      <mc:outcome code="no" name="Lại"/></extensionElements></userTask>
    <sequenceFlow id="f1" sourceRef="A" targetRef="G"/><exclusiveGateway id="G" default="back"/>
    <sequenceFlow id="on" sourceRef="G" targetRef="e"><conditionExpression>ok = "yes"</conditionExpression>
    </sequenceFlow><sequenceFlow id="back" sourceRef="G" targetRef="A"/><endEvent id="e"/>""")

ASKING = LOOP.replace('targetRef="A"/><endEvent', 'targetRef="W"/><endEvent').replace(
    "<endEvent",
    """<userTask id="W" name="Chờ bổ sung" mc:kind="wait_citizen" mc:role="CLERK"/>
    <sequenceFlow id="again" sourceRef="W" targetRef="A"/><endEvent""",
)

WAITING = drawn("""<userTask id="A" name="Nhận" mc:kind="receive" mc:role="CLERK" mc:hours="1"/>
    <sequenceFlow id="f1" sourceRef="A" targetRef="W"/>
    <userTask id="W" name="Chờ bổ sung" mc:kind="wait_citizen" mc:role="CLERK"/>
    <sequenceFlow id="f2" sourceRef="W" targetRef="B"/>
    <userTask id="B" name="Ký" mc:kind="sign" mc:role="HEAD" mc:hours="1" mc:result="granted"/>
    <sequenceFlow id="f3" sourceRef="B" targetRef="e"/><endEvent id="e"/>""")

LATE = drawn("""<userTask id="A" name="Cho ý kiến" mc:kind="opinion" mc:role="CLERK" mc:hours="24"/>
    <boundaryEvent id="late" attachedToRef="A"><timerEventDefinition mc:clock="working">
      <timeDuration>PT8H</timeDuration></timerEventDefinition></boundaryEvent>
    <sequenceFlow id="f1" sourceRef="A" targetRef="e"/>
    <sequenceFlow id="f2" sourceRef="late" targetRef="B"/>
    <userTask id="B" name="Nhắc" mc:kind="check" mc:role="HEAD" mc:hours="1"/>
    <sequenceFlow id="f3" sourceRef="B" targetRef="e"/><endEvent id="e"/>""")


def procedure(days: int = 10) -> Procedure:
    return Procedure(key="X", name=Text("Thử"), limit=Limit(kind="working_day", value=days))


def load_of(xml: str, **said: object) -> Load:
    given = Given(**{"arrivals": 8.0, "staff": {"*": 1}, **said})  # type: ignore[arg-type]
    return complete(load_definition(xml.encode()), procedure(), given)


def simulated(
    xml: str, *, limit: int = 10, days: int = 100, seed: int = 1, repeat: int = 3, **said: object
) -> Report:
    return simulate(
        load_definition(xml.encode()),
        procedure(limit),
        load_of(xml, **said),
        CALENDAR,
        first=MONDAY,
        days=days,
        seed=seed,
        repetitions=repeat,
    )


def fixed(minutes: float) -> Spread:
    return Spread(minutes, minutes, minutes)


# --- queues -----------------------------------------------------------------------------------------


def test_one_desk_with_fixed_times_waits_as_pollaczek_and_khinchine_say():
    """M/D/1: with utilisation u the mean wait is u / 2(1 - u) times the service."""
    report = simulated(ONE, arrivals=9.6, days=500, repeat=4, times={"A": fixed(30)})

    role = report.roles["CLERK"]
    assert role.utilisation.mean == pytest.approx(0.6, abs=0.02)
    assert role.waiting.mean == pytest.approx(0.6 / (2 * 0.4) * 0.5, rel=0.1)


def test_the_queue_is_arrivals_times_waiting_as_little_says():
    role = simulated(ONE, arrivals=14, days=300, times={"A": Spread(5, 20, 50)}).roles["CLERK"]

    assert role.queue.mean == pytest.approx(14 / 8 * role.waiting.mean, rel=0.03)


def test_more_work_than_people_is_said_with_the_number_that_is_needed():
    report = simulated(ONE, arrivals=24, days=40, times={"A": fixed(60)})

    assert report.roles["CLERK"].needed.mean == pytest.approx(3, rel=0.1)
    assert report.bottlenecks[0].vi.startswith("Vai trò CLERK không kịp: việc đến cần ")
    assert "It should be at least 4" in report.bottlenecks[0].en
    assert report.unfinished.mean >= 0


def test_every_dossier_that_arrives_is_resolved_or_counted_as_not_done():
    report = simulated(ONE, arrivals=20, days=20, times={"A": fixed(480)})

    for one in report.once:
        assert one.arrived == one.resolved + one.unfinished
        assert one.unfinished > 0


# --- clocks -----------------------------------------------------------------------------------------


@given(
    st.integers(0, 60 * 24 * 60).map(
        lambda minute: datetime(2026, 11, 23, tzinfo=ZONE) + timedelta(minutes=minute)
    ),
    st.integers(0, 60 * 24 * 30),
)
@settings(max_examples=100)
def test_working_time_is_counted_as_the_calendar_counts_it(moment, more):
    time = WorkTime(CALENDAR, MONDAY, 120)
    later = moment + timedelta(minutes=more)

    worked = time.worked(time.since(later)) - time.worked(time.since(moment))

    assert worked == CALENDAR.working_minutes_between(moment, later)


@given(st.integers(1, 20_000))
def test_working_minutes_lie_where_the_calendar_puts_them(minutes):
    time = WorkTime(CALENDAR, MONDAY, 120)
    assert time.moment(time.wall(minutes)) == CALENDAR.add_working_minutes(time.start, minutes)


@pytest.mark.parametrize(("limit", "share"), [(3, 1.0), (1, 0.0)])
def test_the_limit_decides_what_is_on_time(limit, share):
    """Seventeen working hours from acceptance end on the second or third day after it."""
    report = simulated(ONE, limit=limit, arrivals=1, days=30, staff={"*": 50}, times={"A": fixed(17 * 60)})
    assert report.on_time.mean == share
    assert report.hours.mean == pytest.approx(17)


def test_waiting_for_the_applicant_does_not_make_the_office_late():
    times = {"A": fixed(30), "W": fixed(30 * 24 * 60), "B": fixed(30)}

    report = simulated(WAITING, limit=1, arrivals=2, days=30, staff={"*": 5}, times=times)

    assert report.on_time.mean == 1.0
    assert report.hours.mean > 100  # of working time; the clock stood still for nearly all of it


def test_a_timer_of_the_diagram_rings_in_working_time():
    report = simulated(
        LATE, arrivals=1, days=40, staff={"*": 20}, times={"A": fixed(24 * 60), "B": fixed(60)}
    )

    assert report.steps["A"].working.mean == pytest.approx(8)
    assert report.steps["B"].times.mean == report.dossiers.mean


# --- chance -----------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_dossiers_and_another_seed_others():
    first, again, other = (simulated(LOOP, seed=seed, days=20).as_json() for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_choices_fall_as_they_are_said():
    report = simulated(
        LOOP, arrivals=10, days=100, staff={"*": 9}, chances={"A": (("yes", 0.25), ("no", 0.75))}
    )

    assert report.steps["A"].times.mean / report.dossiers.mean == pytest.approx(4, rel=0.07)


def test_two_variants_meet_the_same_dossiers():
    few = simulated(LOOP, arrivals=8, days=60, staff={"*": 1})
    same = simulated(LOOP, arrivals=8, days=60, staff={"*": 1})
    more = simulated(LOOP, arrivals=8, days=60, staff={"*": 2})

    nothing, better = compare(few, same), compare(few, more)

    assert (nothing.hours.mean, nothing.hours.margin, nothing.on_time.mean) == (0, 0, 0)
    assert better.hours.mean + better.hours.margin < 0
    assert [one.arrived for one in few.once] == [one.arrived for one in more.once]


def test_the_margin_holds_the_mean_of_a_longer_simulation():
    short = simulated(LOOP, days=60, repeat=6, staff={"*": 2})
    long = simulated(LOOP, days=300, repeat=6, staff={"*": 2}, seed=9)

    assert abs(short.hours.mean - long.hours.mean) <= short.hours.margin + long.hours.margin
    assert simulated(ONE, repeat=1).hours.margin is None


# --- the shipped procedures ---------------------------------------------------------------------------


@pytest.mark.parametrize("entry", list(shipped_set("mot-cua-co-ban")), ids=lambda one: one.key)
def test_a_shipped_procedure_with_people_enough_finishes_and_says_what_it_assumed(entry):
    load = complete(entry.definition, entry.procedure, Given(arrivals=3, staff={"*": 50}))

    report = simulate(
        entry.definition, entry.procedure, load, CALENDAR, first=MONDAY, days=20, seed=3, repetitions=2
    )

    assert report.unfinished.mean == 0
    assert report.bottlenecks == ()
    assert all(one.vi and one.en for one in report.assumed)
    once = report.once[0]
    assert once.resolved == once.arrived > 40


def test_papers_are_asked_for_no_more_often_than_the_procedure_allows():
    asking = {"A": (("no", 1.0), ("yes", 0.0))}

    report = simulated(ASKING, arrivals=2, days=20, staff={"*": 20}, chances=asking)

    most = procedure().supplement.max_rounds
    assert report.steps["A"].times.mean == report.dossiers.mean * (most + 1)
    assert report.unfinished.mean == 0


RULED = drawn("""<businessRuleTask id="A" name="Xếp loại" mc:decide="level" mc:decideInto="level"/>
    <sequenceFlow id="f1" sourceRef="A" targetRef="G"/><exclusiveGateway id="G" default="low"/>
    <sequenceFlow id="high" sourceRef="G" targetRef="B">
      <conditionExpression>level = "high"</conditionExpression></sequenceFlow>
    <sequenceFlow id="low" sourceRef="G" targetRef="C"/>
    <userTask id="B" name="Thẩm tra" mc:kind="check" mc:role="HEAD" mc:hours="1"/>
    <userTask id="C" name="Kiểm tra" mc:kind="check" mc:role="CLERK" mc:hours="1"/>
    <sequenceFlow id="f2" sourceRef="B" targetRef="e"/><sequenceFlow id="f3" sourceRef="C" targetRef="e"/>
    <endEvent id="e"/>""")


def test_a_rule_task_asks_the_decision_of_the_procedure():
    asks = 'if storeys >= 7 then "high" else "low"'
    file = dmn(given_input("storeys", "number"), decision("level", asks, inputs=["storeys"])).decode()
    storeys = {"name": "storeys", "label": "Số tầng", "type": "integer"}
    form = {"id": "f", "title": "Đơn", "sections": [{"title": "Nhà", "fields": [storeys]}]}
    more = {"forms": {"f": form}, "reception_form": "f", "decisions": {"level.dmn": file}}
    ruled = Procedure.from_json({**procedure().as_json(), **more})
    definition = load_definition(RULED.encode())
    chances = {"storeys": ((3, 0.75), (9, 0.25))}

    load = complete(definition, ruled, Given(arrivals=20, staff={"*": 20}, chances=chances))
    report = simulate(definition, ruled, load, CALENDAR, first=MONDAY, days=60, seed=1, repetitions=2)

    assert report.steps["B"].times.mean / report.dossiers.mean == pytest.approx(0.25, abs=0.03)
    assert report.unfinished.mean == 0


# --- refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "vi"),
    [
        ({"arrivals": 0.0}, "lớn hơn 0"),
        ({"staff": {}}, "số người của các vai trò: CLERK"),
        ({"staff": {"CLERK": 0}}, "ít nhất 1 người"),
        ({"staff": {"*": 1, "HEADD": 1}}, "một trong các vai trò: CLERK"),
        ({"times": {"Z": fixed(1)}}, "một trong các tên: A"),
        ({"times": {"A": Spread(3, 2, 1)}}, "ngắn nhất ≤ thường gặp ≤ dài nhất"),
        ({"chances": {"A": (("yes", 0.5),)}}, "cộng lại bằng 1"),
        ({"chances": {"A": (("maybe", 1.0),)}}, "một trong các nút: yes, no"),
        ({"chances": {"storeys": ((1, 1.0),)}}, "một trong các tên: A"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_expected(said, vi):
    with pytest.raises(BadLoad) as refused:
        load_of(LOOP, **said)
    assert vi in refused.value.say("vi")
    assert refused.value.say("en")


def test_a_loop_that_the_choices_never_leave_is_refused_with_the_step():
    with pytest.raises(NeverEnds) as refused:
        simulated(LOOP, arrivals=1, days=300, staff={"*": 9}, chances={"A": (("no", 1.0),)})
    assert "“Kiểm tra”" in refused.value.say("vi")


@pytest.mark.parametrize(("days", "repeat"), [(0, 1), (1, 0), (1_000_000, 5)])
def test_no_dossiers_or_too_many_are_refused_before_anything_runs(days, repeat):
    with pytest.raises(TooMuch) as refused:
        simulated(ONE, days=days, repeat=repeat)
    assert "500.000" in refused.value.say("vi")
