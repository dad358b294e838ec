"""Boundary events: what interrupts an activity, and what goes beside it (BPMN 2.0.2, 13.5.3)."""

import pytest

from engine.execution import Awaited, Interrupted, NothingWaits, TimerSet, Uncaught, WorkClosed

TIMER = """
start s
user a
boundary t on a : timer PT24H
user late
user z
s -> a -> z
t -> late
"""


def test_an_interrupting_timer_withdraws_the_work(play):
    p = play(TIMER)
    assert [e for e in p.effects if isinstance(e, TimerSet)] == [
        TimerSet("t", p.token("a"), 0, "duration", "PT24H", False)
    ]
    p.fire("t")
    assert (p.open, p.armed) == (["late"], [])
    assert [e.how for e in p.last if isinstance(e, WorkClosed)] == ["cancelled"]
    assert [e.node for e in p.last if isinstance(e, Interrupted)] == ["a"]


def test_completing_the_work_clears_the_timer(play):
    p = play(TIMER).done("a")
    assert (p.open, p.armed) == (["z"], [])


def test_a_timer_that_is_not_armed_does_not_fire(play):
    from engine.execution import Fire

    p = play(TIMER).done("a")
    with pytest.raises(NothingWaits):
        p.do(Fire(2, "t"))


def test_a_quiet_timer_leaves_the_work_and_fires_once(play):
    from engine.execution import Fire

    p = play(TIMER.replace("t on a", "t on a quiet")).fire("t")
    assert (p.open, p.armed) == (["a", "late"], [])
    with pytest.raises(NothingWaits):
        p.do(Fire(2, "t"))
    assert p.done("a").open == ["late", "z"]


def test_a_quiet_cycle_fires_as_often_as_the_host_says(play):
    p = play("start s\nuser a\nboundary t on a quiet : cycle R3/PT1H\nuser r\ns -> a\nt -> r")
    p.fire("t", more=True).fire("t", more=True)
    assert (p.open, p.armed) == (["a", "r", "r"], ["t"])
    p.fire("t")
    assert (p.open, p.armed) == (["a", "r", "r", "r"], [])


def test_a_timer_may_be_an_expression_and_count_working_time(play):
    p = play(
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
    assert [(e.text, e.working) for e in p.effects if isinstance(e, TimerSet)] == [("PT8H", True)]


def test_a_message_interrupts_and_goes_to_the_oldest_listener_only(play):
    p = play(
        """
        start s
        and f
        user a
        boundary m on a : message M
        user b
        boundary n on b : message M
        user c
        s -> f -> a
        f -> b
        m -> c
        n -> c
        """
    )
    assert p.message("M").open == ["b", "c"]
    assert p.message("M").open == ["c", "c"]


def test_a_signal_reaches_every_listener(play):
    p = play(
        """
        start s
        and f
        user a
        boundary m on a : signal S
        user b
        boundary n on b quiet : signal S
        user c
        user d
        s -> f -> a
        f -> b
        m -> c
        n -> d
        """
    )
    assert p.signal("S").open == ["b", "c", "d"]
    assert p.signal("nobody").open == ["b", "c", "d"]


def test_a_conditional_event_fires_when_its_condition_becomes_true(play):
    p = play("start s\nuser a\nboundary t on a quiet : when v\nuser r\ns -> a\nt -> r", v=False)
    assert p.changed(v=True).open == ["a", "r"]
    assert p.changed().open == ["a", "r"]
    p.changed(v=False)
    assert p.changed(v=True).open == ["a", "r", "r"]


ERRORS = """
start s
sub q
  start qs
  user a
  boundary b1 on a : error one
  user h1
  qs -> a
  b1 -> h1
  on es
    start ess : error two
    user h2
    ess -> h2
boundary b3 on q : error
user h3
s -> q
b3 -> h3
"""


@pytest.mark.parametrize(
    ("code", "caught"),
    [
        pytest.param("one", ["h1"], id="by the task itself"),
        pytest.param("two", ["h2"], id="by the event sub-process"),
        pytest.param("other", ["h3"], id="by the sub-process, any code"),
    ],
)
def test_an_error_goes_to_its_innermost_catcher(play, code, caught):
    assert play(ERRORS).fail("a", code).open == caught


def test_an_uncaught_error_ends_the_instance(play):
    p = play("start s\nuser a\nuser b\nand f\ns -> f -> a\nf -> b").fail("a", "fire")
    assert (p.status, p.open) == ("failed", [])
    assert Uncaught("error", "fire", "a") in p.last


def test_an_error_inside_an_event_sub_process_goes_outside(play):
    p = play(
        """
        start s
        sub q
          start qs
          user a
          qs -> a
          on es
            start ess : error E
            user h
            end he : error E
            ess -> h -> he
        boundary b on q : error E
        user out
        s -> q
        b -> out
        """
    ).fail("a", "E")
    assert p.open == ["h"]
    assert p.done("h").open == ["out"]


def test_an_escalation_end_goes_beside_the_sub_process(play):
    p = play(
        """
        start s
        sub q
          start qs
          and f
          user a
          end x : escalation late
          qs -> f -> a
          f -> x
        boundary b on q quiet : escalation late
        user h
        user z
        s -> q -> z
        b -> h
        """
    )
    assert p.open == ["a", "h"]
    assert p.done("a").open == ["h", "z"]


def test_an_escalation_thrown_inside_an_event_sub_process_goes_outside(play):
    """Else a quiet one would start itself again and again."""
    p = play(
        """
        start s
        sub q
          start qs
          user a
          end x : escalation late
          qs -> a -> x
          on es
            start ess quiet : escalation late
            end he : escalation late
            ess -> he
        boundary b on q quiet : escalation late
        user h
        s -> q
        b -> h
        """
    ).done("a")
    assert p.open == ["h"]


def test_an_uncaught_escalation_has_no_effect(play):
    p = play("start s\nthrow t : escalation X\nuser a\ns -> t -> a")
    assert (p.open, p.status) == (["a"], "running")
    assert Uncaught("escalation", "X", "t") in p.effects


def test_an_event_with_several_definitions_reacts_to_any_of_them(play):
    text = "start s\nuser a\nboundary b on a : message M & signal S\nuser z\ns -> a\nb -> z"
    assert play(text).message("M").open == ["z"]
    assert play(text).signal("S").open == ["z"]


def test_a_parallel_multiple_event_needs_all_of_them(play):
    p = play(
        """
        start s
        user a
        boundary b on a parallelMultiple=true : message M & signal S
        user z
        s -> a
        b -> z
        """
    )
    assert p.message("M").open == ["a"]
    assert p.message("M").open == ["a"]
    assert p.signal("S").open == ["z"]


def test_a_boundary_event_of_a_loop_ends_all_its_instances(play):
    p = play("start s\nuser a : each 3\nboundary m on a : message M\nuser z\ns -> a\nm -> z").done("a")
    assert p.message("M").open == ["z"]
    assert [e.how for e in p.last if isinstance(e, WorkClosed)] == ["cancelled"] * 2
    assert not p.names(Awaited)
