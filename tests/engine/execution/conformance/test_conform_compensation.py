"""Compensation (BPMN 2.0.2, 10.7, 13.5.5)."""

import pytest

from engine.execution import Entered

TWO = """start s
service a
boundary ab on a : compensate
user undo_a undoing
ab ~ undo_a
service b
boundary bb on b : compensate
user undo_b undoing
bb ~ undo_b
s -> a -> b -> {}"""


@pytest.mark.parametrize("how", ["throw t : compensate\nuser z\nb -> t -> z", "end t : compensate\nb -> t"])
def test_what_is_done_is_undone_newest_first(play, how):
    p = play(TWO.replace(" -> {}", "") + "\n" + how)
    assert p.open == ["undo_b"]
    assert p.done("undo_b").open == ["undo_a"]
    p.done("undo_a")
    assert p.open == (["z"] if "z" in how else [])
    assert p.status == ("running" if "z" in how else "completed")


def test_one_activity_is_undone_by_name(play):
    p = play(TWO.replace(" -> {}", "") + "\nthrow t : compensate a\nuser z\nb -> t -> z")
    assert p.open == ["undo_a"]
    assert p.done("undo_a").open == ["z"]


def test_what_was_never_done_is_not_undone(play):
    text = "start s\nuser a\nboundary ab on a : compensate\nuser undo undoing\nab ~ undo\nthrow t : compensate\nuser z\ns -> a\ns -> t -> z"
    assert play(text).open == ["a", "z"]


SUB = """start s
sub q
  start qs
  service a
  boundary ab on a : compensate
  user undo_a undoing
  ab ~ undo_a
  {}
  qs -> a
{}
s -> q -> t"""


def test_a_sub_process_is_undone_as_a_whole_by_its_boundary(play):
    p = play(
        SUB.format("", "boundary qb on q : compensate\nuser undo_q undoing\nqb ~ undo_q\nend t : compensate")
    )
    assert p.open == ["undo_q"]


def test_a_sub_process_without_handler_undoes_what_is_inside(play):
    assert play(SUB.format("", "end t : compensate q")).open == ["undo_a"]


def test_a_sub_process_may_undo_itself_by_an_event_sub_process(play):
    inside = "on es\n    start es_start : compensate\n    user h\n    throw again : compensate a\n    es_start -> h -> again"
    p = play(SUB.format(inside, "end t : compensate q"))
    assert p.open == ["h"]
    assert p.done("h").open == ["undo_a"]
    assert p.done("undo_a").status == "completed"


def test_compensation_inside_a_sub_process_concerns_what_is_inside(play):
    p = play(
        "start s\nservice o\nboundary ob on o : compensate\nuser undo_o undoing\nob ~ undo_o\nsub q\n  start qs\n  service a\n  boundary ab on a : compensate\n  user undo_a undoing\n  ab ~ undo_a\n  end t : compensate\n  qs -> a -> t\nuser z\ns -> o -> q -> z"
    )
    assert p.open == ["undo_a"]
    assert p.done("undo_a").open == ["z"]


def test_each_run_of_a_loop_is_undone(play):
    p = play(
        "start s\nservice a : each 3\nboundary ab on a : compensate\nuser undo undoing\nab ~ undo\nend t : compensate\ns -> a -> t"
    )
    p.done("undo", "undo", "undo")
    assert (p.names(Entered).count("undo"), p.status) == (3, "completed")


def test_an_event_sub_process_undoes_what_its_scope_has_done(play):
    p = play(
        "start s\nservice a\nboundary ab on a : compensate\nuser undo undoing\nab ~ undo\nend bad : error E\non es\n  start es_start : error E\n  throw t : compensate\n  user h\n  es_start -> t -> h\ns -> a -> bad"
    )
    assert p.open == ["undo"]
    assert p.done("undo").open == ["h"]


def test_a_cancel_event_triggers_compensation(play):
    p = play(
        "start s\ntransaction x\n  start xs\n  service a\n  boundary ab on a : compensate\n  user undo undoing\n  ab ~ undo\n  end c : cancel\n  xs -> a -> c\nboundary b on x : cancel\nuser z\ns -> x\nb -> z"
    )
    assert p.open == ["undo"]
    assert p.done("undo").open == ["z"]


def test_nothing_to_undo_goes_on_at_once(play):
    assert play("start s\nthrow t : compensate\nuser z\ns -> t -> z").open == ["z"]
