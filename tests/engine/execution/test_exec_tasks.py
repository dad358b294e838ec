"""Tasks: who waits for a person, what completes by itself (BPMN 2.0.2, 13.3.2–13.3.3)."""

import pytest

from engine.execution import (
    Cancel,
    Complete,
    Entered,
    Left,
    NothingWaits,
    NotRunning,
    Start,
    Thrown,
    WorkClosed,
    WorkOpened,
)


@pytest.mark.parametrize("kind", ["user", "manual", "task"])
def test_a_task_for_people_waits_until_it_is_completed(play, kind):
    p = play(f"start s\n{kind} a\nend e\ns -> a -> e")
    assert (p.open, p.status) == (["a"], "running")

    p.done("a")

    assert (p.open, p.status) == ([], "completed")


@pytest.mark.parametrize("kind", ["service", "rule", "script"])
def test_a_task_for_machines_without_implementation_completes_at_once(play, kind):
    p = play(f"start s\n{kind} a\nuser b\ns -> a -> b")
    assert p.open == ["b"]
    assert p.names(Left) == ["s", "a"]
    assert not [e for e in p.effects if isinstance(e, WorkOpened) and e.node == "a"]


def test_a_send_task_throws_its_message_and_goes_on(play):
    p = play("start s\nsend a : ask\nuser b\ns -> a -> b")
    assert Thrown("message", "ask", "a") in p.effects
    assert p.open == ["b"]


def test_a_receive_task_waits_for_its_message_only(play):
    p = play("start s\nreceive a : reply\nuser b\ns -> a -> b")
    assert (p.open, p.waiting) == ([], ["a"])

    with pytest.raises(NothingWaits):
        p.message("other")
    p.message("reply")

    assert p.open == ["b"]


def test_effects_come_in_the_order_in_which_things_happen(play):
    p = play("start s\nuser a\nend e\ns -> a -> e").done("a")
    told = [(type(e).__name__, getattr(e, "node", getattr(e, "flow", ""))) for e in p.last]
    assert told == [
        ("WorkClosed", "a"),
        ("Left", "a"),
        ("FlowTaken", "a.e"),
        ("Entered", "e"),
        ("Reached", "e"),
        ("Left", "e"),
    ]


def test_completing_twice_is_refused_and_changes_nothing(play):
    p = play("start s\nand f\nuser a\nuser b\ns -> f -> a\nf -> b")
    token = p.token("a")
    p.done("a")
    with pytest.raises(NothingWaits):
        p.do(Complete(token))
    assert p.open == ["b"]


def test_two_tokens_in_one_task_are_two_pieces_of_work(play):
    p = play(
        "start s\nand f\nxor m\nuser a\ns -> f -> m -> a\n"
        "<sequenceFlow id='again' sourceRef='f' targetRef='m'/>"
    )
    assert p.open == ["a", "a"]


def test_several_flows_out_of_a_task_are_all_taken(play):
    p = play("start s\nuser a\nuser b\nuser c\ns -> a -> b\na -> c").done("a")
    assert p.open == ["b", "c"]


def test_without_start_event_everything_that_nothing_leads_to_begins(play):
    assert play("user a\nuser b\nuser c\na -> c").open == ["a", "b"]


def test_an_instance_ends_when_the_last_token_is_gone(play):
    p = play("start s\nand f\nuser a\nuser b\nend e\ns -> f -> a -> e\nf -> b")
    assert p.done("a").status == "running"
    assert p.done("b").status == "completed"


def test_an_ended_instance_takes_nothing_more(play):
    p = play("start s\nuser a\ns -> a").done("a")
    with pytest.raises(NotRunning):
        p.do(Complete(2))


def test_cancelling_withdraws_all_work_and_timers(play):
    p = play(
        """
        start s
        and f
        user a
        boundary late on a : timer PT1H
        sub q
          start qs
          user b
          qs -> b
        catch c : message M
        s -> f -> a
        f -> q
        f -> c
        """
    )
    assert p.armed == ["late"]

    p.do(Cancel("the applicant died"))

    assert (p.status, p.open, p.waiting, p.armed) == ("cancelled", [], [], [])
    assert {e.node for e in p.last if isinstance(e, WorkClosed) and e.how == "cancelled"} == {"a", "b"}


def test_start_quantity_gathers_tokens_and_completion_quantity_multiplies_them(play):
    p = play(
        """
        start s
        and f
        user a
        user b
        user c startQuantity=2 completionQuantity=2
        user d
        s -> f -> a -> c
        f -> b -> c -> d
        """
    )
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["c"]
    assert p.done("c").open == ["d", "d"]


def test_starting_names_the_process(play):
    p = play("start s\nuser a\ns -> a", start=Start("p"))
    assert p.names(Entered) == ["s", "a"]
