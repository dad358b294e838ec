"""`motcua run`: a diagram played without a database, with the real FEEL and a virtual clock."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from engine.bpmn.durations import BadTime
from engine.execution.runner import BadAnswer, ReservedName, run_file

NINE = datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=7)))


@pytest.fixture
def run(bpmn):
    def _run(text, *answers, before="", **kept):
        kept.setdefault("pass_scripts", True)
        lines = list(run_file(bpmn(text, before), answers=answers, clock=NINE, **kept))
        json.dumps(lines)
        return lines

    return _run


def said(lines):
    return [f"{line['event']} {line['element']}" for line in lines[:-1]]


def test_lines_tell_what_happens_in_order_and_the_last_says_how_it_stopped(run):
    lines = run(
        "start s\nuser a\nservice b\nend e\ns -> a -> b -> e",
        {"complete": "a", "data": {"x": 1}},
        data={"y": "é"},
    )
    assert said(lines) == [
        "entered s", "completed s", "entered a", "waiting a", "completed a",
        "entered b", "completed b", "entered e", "completed e",
    ]  # fmt: skip
    assert lines[0]["time"] == "2026-11-23T09:00:00+07:00"
    assert lines[-1] == {
        "event": "stopped",
        "outcome": "completed",
        "waiting": [],
        "data": {"y": "é", "x": 1},
    }


def test_without_answers_it_stops_waiting(run):
    lines = run("start s\nand f\nuser a\nuser b\ns -> f -> a\nf -> b")
    assert (lines[-1]["outcome"], lines[-1]["waiting"]) == ("waiting", ["a", "b"])


def test_data_of_an_answer_decides_the_next_gateway(run):
    text = "start s\nuser a\nxor g\nuser big\nuser small\ns -> a -> g\ng -> big if diện_tích > 250.5\ng -> small default"
    assert run(text, {"complete": "a", "data": {"diện_tích": 250.6}})[-1]["waiting"] == ["big"]
    assert run(text, {"complete": "a", "data": {"diện_tích": 250.5}})[-1]["waiting"] == ["small"]


def test_the_clock_moves_only_when_told_and_timers_fire_in_their_order(run):
    text = """
        start s
        user a
        boundary half on a quiet : cycle R2/PT3H
        boundary late on a : timer PT8H
        end h
        user z
        s -> a
        half -> h
        late -> z
    """
    assert run(text, {"advance": "PT2H59M"})[-1]["waiting"] == ["a"]
    lines = run(text, {"advance": "P1D"})
    fired = [(line["element"], line["time"][11:16]) for line in lines if line["event"] == "entered"]
    assert fired == [
        ("s", "09:00"), ("a", "09:00"), ("half", "12:00"), ("h", "12:00"),
        ("half", "15:00"), ("h", "15:00"), ("late", "17:00"), ("z", "17:00"),
    ]  # fmt: skip
    assert [line["element"] for line in lines if line["event"] == "cancelled"] == ["a"]


def test_a_time_that_is_already_past_fires_by_itself(run):
    assert run("start s\ncatch t : date 2026-01-01\nuser a\ns -> t -> a")[-1]["waiting"] == ["a"]


def test_a_timer_may_be_an_expression(run):
    text = 'start s\ncatch t : timer duration("PT" + string(hours) + "H")\nuser a\ns -> t -> a'
    assert run(text, {"advance": "PT5H"}, data={"hours": 5})[-1]["waiting"] == ["a"]
    assert run(text, {"advance": "PT4H"}, data={"hours": 5})[-1]["waiting"] == ["t"]
    assert run(text, data={"hours": None})[-1]["outcome"] == "incident"


def test_messages_and_signals_are_given_by_name_or_id(run):
    text = "start s\ncatch m : message M\ncatch n : signal N\nuser a\ns -> m -> n -> a"
    assert run(text, {"message": "M"}, {"signal": "N"})[-1]["waiting"] == ["a"]
    assert run(text, {"message": "message_M", "keys": {"code": "1"}}, {"signal": "signal_N"})[-1][
        "waiting"
    ] == ["a"]


def test_a_message_thrown_in_one_branch_is_caught_in_another(run):
    text = "start s\nand f\ncatch m : message M\nuser a\nend e : message M\ns -> f -> m -> a\nf -> e"
    assert run(text)[-1]["waiting"] == ["a"]


@pytest.mark.parametrize(
    ("start", "answer"),
    [
        ("start s : message M", {"message": "M"}),
        ("start s : signal N", {"signal": "N"}),
        ("start s : timer P1D", {"advance": "P2D"}),
        ("start s : when x > 3", {"signal": "any", "data": {"x": 4}}),
    ],
)
def test_a_process_begins_with_the_event_it_waits_for(run, start, answer):
    text = f"{start}\nuser a\ns -> a"
    assert run(text)[-1] == {"event": "stopped", "outcome": "waiting", "waiting": ["s"], "data": {}}
    assert run(text, answer)[-1]["waiting"] == ["a"]


def test_an_uncaught_error_is_the_outcome_error(run):
    lines = run("start s\nend e : error E\ns -> e")
    assert lines[-1]["outcome"] == "error"
    assert {"kind": "error", "ref": "E"}.items() <= next(x for x in lines if x["event"] == "thrown").items()


def test_terminate_is_told(run):
    assert run("start s\nend e : terminate\ns -> e")[-1]["outcome"] == "terminated"


@pytest.mark.parametrize(
    ("text", "element", "code"),
    [
        ("start s\nuser a\nxor g\nuser b\ns -> a -> g -> b if x = 1", "g", "no_flow_holds"),
        ("start s\nuser a\nxor g\nuser b\ns -> a -> g -> b if x +", "g", None),
        ("start s\nuser a\nuser b : each 10000 * 100\ns -> a -> b", "b", "too_many_instances"),
        ("start s\nuser a\nxor m\nservice b\ns -> a -> m -> b -> m", None, "endless_loop"),
    ],
)
def test_a_step_that_cannot_be_taken_is_an_incident_at_its_element(run, text, element, code):
    lines = run(text, {"complete": "a", "data": {"kept": True}})
    incident = lines[-2]
    assert (incident["event"], lines[-1]["outcome"]) == ("incident", "incident")
    assert element in (None, incident["element"])
    assert code in (None, incident["code"])
    assert incident["message"]["vi"] != incident["message"]["en"]
    assert lines[-1]["waiting"] == ["a"], "the step is undone"
    assert lines[-1]["data"] == {}


def test_a_join_that_waits_for_a_branch_that_never_comes_is_an_incident(run):
    text = "start s\nxor x\nuser b\nand j\ns -> x -> b if false\nb -> j\nx -> j default"
    lines = run(text)
    assert (lines[-2]["code"], lines[-2]["element"]) == ("stuck", "j")
    assert (lines[-1]["outcome"], lines[-1]["waiting"]) == ("incident", [])


def test_completing_what_does_not_wait_is_an_incident(run):
    lines = run("start s\nuser a\ns -> a", {"complete": "b"})
    assert (lines[-2]["code"], lines[-2]["element"]) == ("nothing_waits", "b")


def test_a_run_has_a_bound_of_steps(run):
    text = "start s\nxor m\ncatch t : timer PT1M\ns -> m -> t -> m"
    lines = run(text, {"advance": "P1D"}, max_steps=50)
    assert lines[-2]["code"] == "too_many_steps"


@pytest.mark.parametrize(
    "answer", [{}, {"complete": 3}, {"complete": "a", "message": "M"}, {"signal": "S", "data": 4}, "complete"]
)
def test_an_answer_of_no_kind_is_refused(run, answer):
    with pytest.raises(BadAnswer):
        run("start s\nuser a\ns -> a", answer)


def test_a_clock_that_goes_back_is_refused(run):
    with pytest.raises(BadTime):
        run("start s\nuser a\ns -> a", {"advance": "-PT1H"})


@pytest.mark.parametrize("name", ["dossier", "task", "unit", "today", "now"])
def test_reserved_names_are_refused(run, name):
    with pytest.raises(ReservedName):
        run("start s\nuser a\ns -> a", {"complete": "a", "data": {name: 1}})


def test_scripts_are_refused_unless_passed(run):
    text = "start s\nscript a\nend e\ns -> a -> e"
    assert run(text)[-1]["outcome"] == "completed"
    with pytest.raises(Exception, match="script tasks are not allowed"):
        run(text, pass_scripts=False)
