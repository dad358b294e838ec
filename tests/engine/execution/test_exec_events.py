"""Start, intermediate and end events (BPMN 2.0.2, 13.5)."""

import pytest

from engine.execution import CannotStart, Reached, Start, Thrown


def test_an_intermediate_timer_waits_until_fired(play):
    p = play("start s\ncatch t : timer PT1H\nuser a\ns -> t -> a")
    assert (p.waiting, p.armed) == (["t"], ["t"])
    assert p.fire("t").open == ["a"]


def test_an_intermediate_cycle_sends_one_token_each_time(play):
    p = play("start s\ncatch t : cycle R2/PT1H\nuser a\ns -> t -> a").fire("t", more=True)
    assert (p.open, p.armed) == (["a"], ["t"])
    p.fire("t")
    assert (p.open, p.armed, p.waiting) == (["a", "a"], [], ["a", "a"])


def test_an_intermediate_message_waits_for_its_name(play):
    p = play("start s\ncatch m : message M\nuser a\ns -> m -> a")
    assert p.waiting == ["m"]
    assert p.message("M").open == ["a"]


def test_a_signal_thrown_in_the_same_step_is_heard_by_a_parallel_branch(play):
    p = play(
        """
        start s
        and f
        throw t : signal S
        user a
        catch c : signal S
        user b
        s -> f -> t -> a
        f -> c -> b
        """
    )
    assert p.open == ["a", "b"]
    assert Thrown("signal", "S", "t") in p.effects


def test_a_condition_that_already_holds_is_caught_at_once(play):
    text = "start s\ncatch c : when ready\nuser a\ns -> c -> a"
    assert play(text, ready=True).open == ["a"]
    p = play(text, ready=False)
    assert p.waiting == ["c"]
    assert p.changed(ready=True).open == ["a"]


def test_a_link_jumps(play):
    p = play("start s\nthrow t : link L\ncatch c : link L\nuser a\ns -> t\nc -> a")
    assert p.open == ["a"]


def test_a_link_may_name_its_target_instead(play):
    p = play(
        """
        start s
        <intermediateThrowEvent id="t"><linkEventDefinition id="tl" name="x"><target>cl</target>
        </linkEventDefinition></intermediateThrowEvent>
        <intermediateCatchEvent id="c"><linkEventDefinition id="cl" name="y"/></intermediateCatchEvent>
        user a
        s -> t
        c -> a
        """
    )
    assert p.open == ["a"]


def test_a_message_end_throws_and_consumes(play):
    p = play("start s\nend e : message told\ns -> e")
    assert p.status == "completed"
    assert [e for e in p.effects if isinstance(e, Thrown | Reached)] == [
        Thrown("message", "told", "e"),
        Reached("e"),
    ]


def test_terminate_ends_everything_at_once(play):
    p = play("start s\nand f\nuser a\nuser b\nend t : terminate\ns -> f -> a\nf -> b -> t").done("b")
    assert (p.status, p.open) == ("terminated", [])


def test_terminate_in_a_sub_process_ends_only_that(play):
    p = play(
        """
        start s
        sub q
          start qs
          and f
          user a
          user b
          end t : terminate
          qs -> f -> a
          f -> b -> t
        user z
        s -> q -> z
        """
    ).done("b")
    assert (p.open, p.status) == (["z"], "running")
    assert p.done("z").status == "completed"


def test_a_process_can_be_started_by_the_event_it_waits_for(play):
    text = "start s : message M\nstart t : timer P1D\nuser a\nuser b\ns -> a\nt -> b"
    assert play(text, start=Start("p", "s")).open == ["a"]
    assert play(text, start=Start("p", "t")).open == ["b"]
    with pytest.raises(CannotStart):
        play(text)


def test_an_instantiating_receive_task_is_done_when_the_process_starts(play):
    p = play("receive r instantiate=true : M\nuser a\nr -> a", start=Start("p", "r"))
    assert p.open == ["a"]


def test_an_unknown_process_cannot_be_started(play):
    with pytest.raises(CannotStart, match="not in this diagram"):
        play("start s\nuser a\ns -> a", start=Start("nobody"))
