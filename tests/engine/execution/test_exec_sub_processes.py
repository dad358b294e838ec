"""Sub-processes: embedded, called, by event, ad-hoc (BPMN 2.0.2, 13.3.4–13.3.5, 13.5.4)."""

from engine.execution import Interrupted, Left


def test_a_sub_process_is_done_when_all_inside_is_done(play):
    p = play(
        """
        start s
        sub q
          start qs
          and f
          user a
          user b
          qs -> f -> a
          f -> b
        user z
        s -> q -> z
        """
    )
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["z"]


def test_an_empty_sub_process_is_passed(play):
    assert play("start s\nsub q\nuser z\ns -> q -> z").open == ["z"]


def test_a_boundary_event_ends_a_sub_process_from_the_inside_out(play):
    p = play(
        """
        start s
        sub q
          start qs
          sub r
            start rs
            user a
            rs -> a
          qs -> r
        boundary t on q : timer PT1H
        user z
        s -> q
        t -> z
        """
    ).fire("t")
    assert [e.node for e in p.last if isinstance(e, Interrupted)] == ["a", "r", "q"]
    assert p.open == ["z"]


CALLED = '<process id="other"><startEvent id="os"/><userTask id="oa"/><sequenceFlow id="o1" sourceRef="os" targetRef="oa"/></process>'


def test_a_call_runs_another_process_of_the_file(play):
    p = play("start s\ncall c : other\nuser z\ns -> c -> z", before=CALLED)
    assert p.open == ["oa"]
    assert p.done("oa").open == ["z"]


def test_two_calls_of_the_same_process_do_not_mix(play):
    p = play(
        "start s\nand f\ncall c : other\ncall d : other\nuser z\ns -> f -> c -> z\nf -> d -> z", before=CALLED
    )
    assert p.open == ["oa", "oa"]
    assert p.done("oa").open == ["oa", "z"]


def test_a_global_task_is_called_like_a_process(play):
    p = play("start s\ncall c : g\nuser z\ns -> c -> z", before='<globalUserTask id="g" name="Ký số"/>')
    assert p.open == ["g"]
    assert p.done("g").open == ["z"]


EVENT_SUB = """
start s
user a
end e
s -> a -> e
on x
  start xs KIND : EVENT
  user b
  xs -> b
"""


def test_an_interrupting_event_sub_process_takes_over(play):
    p = play(EVENT_SUB.replace("KIND", "").replace("EVENT", "message M")).message("M")
    assert p.open == ["b"]
    assert p.done("b").status == "completed"


def test_a_quiet_event_sub_process_runs_beside_and_may_start_again(play):
    p = play(EVENT_SUB.replace("KIND", "quiet").replace("EVENT", "message M")).message("M").message("M")
    assert p.open == ["a", "b", "b"]
    assert p.done("a").status == "running"
    assert p.done("b", "b").status == "completed"


def test_the_timer_of_an_event_sub_process_belongs_to_the_scope(play):
    p = play(EVENT_SUB.replace("KIND", "").replace("EVENT", "timer P1D"))
    assert list(p.timers) == [("xs", 0, 0)]
    q = play(EVENT_SUB.replace("KIND", "").replace("EVENT", "timer P1D")).done("a")
    assert (q.status, q.armed) == ("completed", [])
    p.fire("xs")
    assert (p.open, p.armed) == (["b"], [])


def test_an_event_sub_process_of_a_sub_process_ends_only_that(play):
    p = play(
        """
        start s
        sub q
          start qs
          user a
          qs -> a
          on x
            start xs : signal S
            user b
            xs -> b
        user z
        s -> q -> z
        """
    ).signal("S")
    assert p.open == ["b"]
    assert p.done("b").open == ["z"]


def test_a_conditional_event_sub_process_starts_when_the_condition_becomes_true(play):
    p = play(EVENT_SUB.replace("KIND", "").replace("EVENT", "when v"), v=False)
    assert p.open == ["a"]
    assert p.changed(v=True).open == ["b"]


def test_an_ad_hoc_sub_process_offers_all_its_activities(play):
    p = play("start s\nadhoc q\n  user a\n  user b\n  user c\n  b -> c\nuser z\ns -> q -> z")
    assert p.open == ["a", "b"]
    assert p.done("b").open == ["a", "c"]
    assert p.done("a", "c").open == ["z"]


def test_a_sequential_ad_hoc_sub_process_offers_one_after_the_other(play):
    p = play("start s\nadhoc q ordering=Sequential\n  user a\n  user b\nuser z\ns -> q -> z")
    assert p.open == ["a"]
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["z"]


def test_an_ad_hoc_sub_process_ends_when_its_condition_holds(play):
    p = play(
        "start s\nadhoc q\n  <completionCondition>enough</completionCondition>\n  user a\n  user b\nuser z\ns -> q -> z",
        enough=False,
    )
    p.done("a", enough=True)
    assert p.open == ["z"]
    assert p.names(Left)[-1] == "q"
