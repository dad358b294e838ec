"""The second engine behind the same seam: the same answers on its subset, and words for what lies outside."""

import pytest

from engine.bpmn.definitions import load_definition
from engine.execution import (
    BadState,
    Cancel,
    Complete,
    EndlessLoop,
    Fire,
    NoFlowHolds,
    NotBoolean,
    NothingWaits,
    NotRunning,
    Start,
    Thrown,
    TimerSet,
    Uncaught,
    UnknownExecutor,
    WorkClosed,
    get_executor,
)
from engine.execution.spiff.executor import MOST_TASKS, OutsideSubset, TooLongHistory
from engine.execution.spiff.subset import REASONS, unsupported


@pytest.fixture
def second(play):
    def _second(text, **kept):
        return play(text, executor="spiffworkflow", **kept)

    return _second


ORDINARY = """
start s
user receive
boundary late on receive quiet : timer PT4H
user remind
xor merge
user check name=Kiểm_tra
boundary expired on check : timer P30D
end closed
xor decide
and split
user pc07
service notify
user culture
and join
or some
user fee
user letter
or all
catch paid : message payment
user sign
end done
s -> receive -> merge -> check -> decide
late -> remind
expired -> closed
decide -> split if outcome = "pass"
decide -> merge default
split -> pc07 -> join
split -> notify -> culture -> join
join -> some
some -> fee if money > 0
some -> letter default
fee -> paid -> all
letter -> all
all -> sign -> done
"""


@pytest.mark.parametrize("executor", ["marking", "spiffworkflow"])
def test_an_ordinary_procedure_runs_on_both(play, executor):
    p = play(ORDINARY, executor=executor, outcome="", money=0)
    assert (p.open, p.armed) == (["receive"], ["late"])
    p.fire("late")
    assert (p.open, p.armed) == (["receive", "remind"], [])
    p.done("receive", "check", outcome="back")
    assert (p.open, p.armed) == (["check", "remind"], ["expired"])
    p.done("check", outcome="pass")
    assert (p.open, p.armed) == (["culture", "pc07", "remind"], [])
    p.done("culture", "pc07", money=75_000)
    assert p.open == ["fee", "remind"]
    p.done("fee")
    assert p.waiting == ["paid", "remind"]
    p.message("payment").done("sign")
    assert p.status == "running"
    assert p.done("remind").status == "completed"


def test_the_same_effects_come_out(play):
    text = "start s\nuser a\nboundary t on a : timer PT1H\nuser late\nend e : message told\ns -> a -> e\nt -> late -> e"
    told = []
    for executor in ("marking", "spiffworkflow"):
        p = play(text, executor=executor).fire("t").done("late")
        told.append(
            sorted((type(e).__name__, getattr(e, "node", ""), getattr(e, "flow", "")) for e in p.effects)
        )
    assert told[0] == told[1]
    assert p.status == "completed"


def test_timers_are_the_hosts_and_may_be_expressions(second):
    p = second(
        """
        start s
        user a
        <boundaryEvent id="t" attachedToRef="a"><timerEventDefinition mc:clock="working">
        <timeDuration>hours</timeDuration></timerEventDefinition></boundaryEvent>
        user z
        s -> a
        t -> z
        """,
        hours="PT8H",
    )
    assert [e for e in p.effects if isinstance(e, TimerSet)] == [
        TimerSet("t", p.token("a"), 0, "duration", "PT8H", True)
    ]
    with pytest.raises(NothingWaits):
        p.do(Fire(99, "t"))
    assert p.fire("t").open == ["z"]
    assert [e.how for e in p.last if isinstance(e, WorkClosed)] == ["cancelled"]


def test_a_timer_long_past_still_waits_for_the_host(second):
    assert second("start s\ncatch t : date 1999-01-01\nuser a\ns -> t -> a").waiting == ["t"]


def test_an_error_goes_to_the_boundary_of_its_task_or_ends_the_instance(second):
    text = "start s\nuser a\nboundary b on a : error E\nuser h\ns -> a\nb -> h"
    assert second(text).fail("a", "E").open == ["h"]
    p = second(text).fail("a", "other")
    assert (p.status, p.open) == ("failed", [])
    assert Uncaught("error", "other", "a") in p.last


def test_cancelling_withdraws_everything(second):
    p = second(
        "start s\nand f\nuser a\nboundary t on a : timer PT1H\nuser b\nend e\ns -> f -> a -> e\nf -> b\nt -> e"
    )
    p.do(Cancel("withdrawn"))
    assert (p.status, p.open, p.armed) == ("cancelled", [], [])
    assert sorted(e.node for e in p.last if isinstance(e, WorkClosed)) == ["a", "b"]
    with pytest.raises(NotRunning):
        p.do(Complete(2))


def test_terminate_ends_the_instance(second):
    p = second("start s\nand f\nuser a\nuser b\nend t : terminate\ns -> f -> a\nf -> b -> t").done("b")
    assert (p.status, p.open) == ("terminated", [])


def test_conditions_go_to_our_evaluator_and_python_is_never_run(bpmn):
    asked = []

    def evaluate(text, names):
        asked.append(text)
        return True

    definition = load_definition(bpmn("start s\nxor g\nuser a\ns -> g -> a if __import__('os').abort()"))
    step = get_executor("spiffworkflow").advance(definition, None, Start(), evaluate)
    assert asked == ["__import__('os').abort()"]
    assert step.status == "running"


def test_what_stops_the_first_engine_stops_the_second_in_the_same_words(second):
    with pytest.raises(NoFlowHolds, match="Chọn"):
        second("start s\nxor g name=Chọn\nuser a\nuser b\ns -> g -> a if x\ng -> b if x", x=False)
    with pytest.raises(NoFlowHolds):
        second("start s\nor g\nuser a\nuser b\ns -> g -> a if x\ng -> b if x", x=False)
    with pytest.raises(NotBoolean):
        second("start s\nxor g\nuser a\nuser b\ns -> g -> a if x\ng -> b default", x=12)
    with pytest.raises(EndlessLoop):
        second("start s\nxor m\nservice a\nxor g\nend e\ns -> m -> a -> g\ng -> m if true\ng -> e default")


def test_flows_that_the_library_would_misread_are_spelt_out(second):
    assert second("start s\nuser a\nuser b\nuser c\ns -> a -> b\na -> c").done("a").open == ["b", "c"]
    text = "start s\nuser a\nuser b\nuser c\ns -> a -> b if x\na -> c default"
    assert second(text).done("a", x=True).open == ["b"]
    assert second(text).done("a", x=False).open == ["c"]
    p = second("start Start\nuser End\nuser Start.EndJoin\nStart -> End -> Start.EndJoin")
    assert p.done("End", "Start.EndJoin").status == "completed"


def test_a_send_task_throws(second):
    assert Thrown("message", "ask", "a") in second("start s\nsend a : ask\nuser b\ns -> a -> b").effects


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("start s\nreceive a : M\ns -> a", "receiveTask"),
        ("start s\ncomplex a\ns -> a", "complexGateway"),
        ("start s\nuser a : each 2\ns -> a", "multi-instance"),
        ("start s\nuser a : while x\ns -> a", "loop"),
        ("start s\nuser a startQuantity=2\ns -> a", "quantity"),
        ("start s\nuser a\non q\n  start qs : message M\n  user b\n  qs -> b\ns -> a", "event sub-process"),
        ("start s\nend e : error E\ns -> e", "thrown error"),
        ("start s\nend e : signal E\ns -> e", "signal"),
        (
            "start s\nuser a\nboundary b on a quiet : cycle R3/PT1H\nend e\ns -> a\nb -> e",
            "repeated boundary",
        ),
        (
            "start s\nuser a\nboundary b on a : message M & message N\nend e\ns -> a\nb -> e",
            "several definitions",
        ),
        (
            "start s\nservice a\nboundary b on a : message M\nend e\ns -> a\nb -> e",
            "boundary of an automatic task",
        ),
        ("start s\nthrow a : link L\ncatch b : link L\ns -> a", "link"),
        ("start s : message M\nuser a\ns -> a", "start"),
        ("user a", "start"),
        ("start s\nxor m\nand f\nuser a\nand j\ns -> m -> f -> a -> j\nf -> j -> m", "join in a loop"),
    ],
)
def test_what_lies_outside_the_subset_is_found_and_refused(bpmn, text, feature):
    definition = load_definition(bpmn(text))
    reason = REASONS[feature]
    assert any(reason.vi in one.message.vi and reason.en in one.message.en for one in unsupported(definition))
    with pytest.raises(OutsideSubset):
        get_executor("spiffworkflow").advance(definition, None, Start(), lambda text, names: True)


def test_the_first_engine_leaves_nothing_out(bpmn):
    assert (
        get_executor("marking").unsupported(load_definition(bpmn("start s\nend e : signal E\ns -> e"))) == []
    )


def test_a_history_that_grew_too_long_is_refused_before_it_breaks(second):
    p = second("start s\nxor m\nuser a\nxor g\nend e\ns -> m -> a -> g\ng -> m if true\ng -> e default")
    with pytest.raises(TooLongHistory):
        p.done(*["a"] * 400)
    assert p.open == ["a"]


def test_states_do_not_fit_the_other_engine(play, second):
    text = "start s\nuser a\ns -> a"
    first, other = play(text), second(text)
    first.state, other.state = other.state, first.state
    with pytest.raises(BadState):
        first.do(Complete(2))
    with pytest.raises(BadState):
        other.do(Complete(2))


def test_an_unknown_executor_is_refused_by_name():
    with pytest.raises(UnknownExecutor, match="camunda"):
        get_executor("camunda")


def test_walk_7212_what_may_still_come_is_no_history(second):
    """Found by a walk: a wide procedure was taken for one with a long history before anything was done."""
    branches = [f"b{number}" for number in range(14)]
    after = [f"a{number}" for number in range(45)]
    p = second(
        "start s\nand split\nand join\nend e\n"
        + "".join(f"user {one}\n" for one in (*branches, *after))
        + "s -> split\n"
        + "".join(f"split -> {one} -> join\n" for one in branches)
        + f"join -> {' -> '.join(after)} -> e"
    )
    assert len(p.state["workflow"]["tasks"]) > MOST_TASKS, "as many as the library foresees"
    p.done(*branches, *after[:3])
    assert p.open == ["a3"]
