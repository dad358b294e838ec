"""Compensation and transactions (BPMN 2.0.2, 13.5.5 and 10.3.5)."""

import pytest

from engine.execution import CancelUncaught

NESTED = """
start s
user a
boundary ca on a : compensate
user undo_a undoing
ca ~ undo_a
sub q
  start qs
  user b
  boundary cb on b : compensate
  user undo_b undoing
  cb ~ undo_b
  user c
  boundary cc on c : compensate
  user undo_c undoing
  cc ~ undo_c
  qs -> b -> c
user never
boundary cn on never : compensate
user undo_never undoing
cn ~ undo_never
throw t : compensate
user last
s -> a -> q -> t -> last
"""


def test_completed_work_is_undone_newest_first_and_one_by_one(play):
    p = play(NESTED).done("a", "b", "c")
    order = []
    while p.open != ["last"]:
        assert len(p.open) == 1
        order += p.open
        p.done(p.open[0])
    assert order == ["undo_c", "undo_b", "undo_a"]


def test_one_activity_can_be_undone_by_name(play):
    p = play(NESTED.replace("throw t : compensate", "throw t : compensate a")).done("a", "b", "c")
    assert p.open == ["undo_a"]
    assert p.done("undo_a").open == ["last"]


def test_without_waiting_the_flow_goes_on_beside_the_undoing(play):
    text = NESTED.replace(
        "throw t : compensate",
        '<intermediateThrowEvent id="t">'
        '<compensateEventDefinition waitForCompletion="false" activityRef="a"/>'
        "</intermediateThrowEvent>",
    )
    assert play(text).done("a", "b", "c").open == ["last", "undo_a"]


def test_nothing_is_undone_twice(play):
    p = play(NESTED.replace("user last", "throw last : compensate")).done("a", "b", "c")
    assert p.done("undo_c", "undo_b", "undo_a").status == "completed"


TRANSACTION = """
start s
transaction q
  start qs
  user a
  boundary ca on a : compensate
  user undo_a undoing
  ca ~ undo_a
  and g
  user b
  user c
  end no : cancel
  qs -> a -> g -> b
  g -> c -> no
CATCH
user out
s -> q
"""


def test_a_cancelled_transaction_is_undone_and_left_by_its_cancel_event(play):
    p = play(TRANSACTION.replace("CATCH", "boundary cx on q : cancel") + "cx -> out").done("a", "c")
    assert p.open == ["undo_a"]
    assert p.done("undo_a").open == ["out"]


def test_a_cancelled_transaction_without_cancel_event_is_refused(play):
    p = play(TRANSACTION.replace("CATCH", "")).done("a", "c")
    with pytest.raises(CancelUncaught):
        p.done("undo_a")


def test_each_instance_of_a_loop_is_undone(play):
    p = play(
        """
        start s
        user a : each 2
        boundary ca on a : compensate
        user undo_a undoing
        ca ~ undo_a
        throw t : compensate
        user z
        s -> a -> t -> z
        """
    ).done("a", "a")
    assert p.open == ["undo_a"]
    assert p.done("undo_a").open == ["undo_a"]
    assert p.done("undo_a").open == ["z"]


def test_a_sub_process_may_undo_itself_as_a_whole(play):
    p = play(
        """
        start s
        sub q
          start qs
          user a
          qs -> a
          on x
            start xs : compensate
            user undo
            xs -> undo
        throw t : compensate
        user z
        s -> q -> t -> z
        """
    ).done("a")
    assert p.open == ["undo"]
    assert p.done("undo").open == ["z"]


def test_an_error_may_be_answered_by_compensation(play):
    p = (
        play(
            """
        start s
        sub q
          start qs
          user pay
          boundary cp on pay : compensate
          user refund undoing
          cp ~ refund
          user check
          qs -> pay -> check
          on x
            start xs : error bad
            throw xt : compensate
            end xe
            xs -> xt -> xe
        user z
        s -> q -> z
        """
        )
        .done("pay")
        .fail("check", "bad")
    )
    assert p.open == ["refund"]
    assert p.done("refund").open == ["z"]
