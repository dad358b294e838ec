"""Sub-processes, calls, transactions and ad-hoc sub-processes (BPMN 2.0.2, 10.3.5–10.3.6, 13.3.4–13.3.5)."""

import pytest

from engine.bpmn.definitions import load_definition
from engine.bpmn.problems import BadDiagram
from engine.execution import Choose, Entered, NothingWaits
from engine.execution.errors import WorkGoesOn
from engine.execution.runner import run_file
from engine.execution.verify import verify


def test_a_sub_process_runs_its_inside_and_is_done_when_all_inside_is(play):
    p = play("start s\nsub q\n  start qs\n  user a\n  user b\n  qs -> a\n  qs -> b\nuser z\ns -> q -> z")
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["z"]


def test_a_sub_process_without_start_event_begins_with_what_nothing_leads_to(play):
    p = play("start s\nsub q\n  user a\n  user b\n  user c\n  a -> b\nuser z\ns -> q -> z")
    assert p.open == ["a", "c"]


def test_sub_processes_nest(play):
    p = play(
        "start s\nsub q\n  start qs\n  sub r\n    start rs\n    user a\n    rs -> a\n  user b\n  qs -> r -> b\nuser z\ns -> q -> z"
    )
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["z"]


CALLED = '<process id="other"><startEvent id="os"/><userTask id="o"/><sequenceFlow id="of" sourceRef="os" targetRef="o"/></process>'


def test_a_call_runs_another_process_and_goes_on_when_it_is_done(play):
    p = play("start s\ncall c : other\nuser z\ns -> c -> z", before=CALLED)
    assert p.open == ["o"]
    assert p.done("o").open == ["z"]


def test_a_called_process_is_interrupted_with_its_caller(play):
    p = play(
        "start s\ncall c : other\nboundary b on c : message M\nuser z\nuser y\ns -> c -> z\nb -> y",
        before=CALLED,
    )
    assert p.message("M").open == ["y"]


@pytest.mark.parametrize("called", ["nowhere", "p"])
def test_a_call_of_nothing_or_of_itself_is_refused(bpmn, called):
    with pytest.raises(BadDiagram):
        list(run_file(bpmn(f"start s\ncall c : {called}\ns -> c")))


# --- transactions -----------------------------------------------------------------------------------

BOOKING = """start s
transaction t
  start ts
  service paid
  boundary paid_b on paid : compensate
  user undo undoing
  paid_b ~ undo
  user decide
  xor g
  end cancelled : cancel
  end done
  ts -> paid -> decide -> g
  g -> cancelled if no
  g -> done default
boundary b on t : cancel
user after
user sorry
s -> t -> after
b -> sorry"""


def test_a_transaction_that_is_not_cancelled_is_a_sub_process(play):
    assert play(BOOKING, no=False).done("decide").open == ["after"]


def test_a_cancelled_transaction_is_undone_before_it_is_left_by_its_cancel_event(play):
    p = play(BOOKING, no=True).done("decide")
    assert p.open == ["undo"]
    assert p.done("undo").open == ["sorry"]


def test_an_error_leaves_a_transaction_without_undoing_it(play):
    text = BOOKING.replace("boundary b on t : cancel", "boundary b on t : cancel\nboundary h on t : error E")
    p = play(text + "\nuser hazard\nh -> hazard", no=True).fail("decide", "E")
    assert p.open == ["hazard"]


# --- ad-hoc --------------------------------------------------------------------------------------------


def adhoc(attributes="", condition="", chosen=False, more=""):
    rule = f"\n  <completionCondition>{condition}</completionCondition>" if condition else ""
    kind = "adhoc h mc:begin=chosen" if chosen else "adhoc h"
    return f"start s\n{kind} {attributes}{rule}\n  user a\n  user b\n  user c\n  b -> c{more}\nuser z\ns -> h -> z"


def test_every_activity_nothing_leads_to_begins_together_and_flows_inside_are_followed(play):
    p = play(adhoc())
    assert p.open == ["a", "b"]
    assert p.done("b").open == ["a", "c"]
    assert p.done("a", "c").open == ["z"]


def test_in_sequence_one_begins_when_what_runs_is_done(play):
    p = play(adhoc("ordering=Sequential"))
    assert p.open == ["a"]
    assert p.done("a").open == ["b"]
    assert p.done("b").open == ["c"]
    assert p.done("c").open == ["z"]


def test_the_completion_condition_is_asked_after_each_activity_and_ends_the_rest(play):
    p = play(adhoc(condition="enough"), enough=False).done("a")
    assert p.open == ["b"]
    assert play(adhoc(condition="enough"), enough=False).done("a", enough=True).open == ["z"]


def test_without_cancelling_what_runs_is_finished_but_nothing_more_begins(play):
    p = play(adhoc("cancelRemainingInstances=false", "enough"), enough=False).done("a", enough=True)
    assert p.open == ["b"]
    assert p.done("b").open == ["z"]
    assert "c" not in p.names(Entered)


def test_in_sequence_the_condition_leaves_out_those_not_yet_begun(play):
    p = play(adhoc("ordering=Sequential", "enough"), enough=True).done("a")
    assert p.open == ["z"]


def test_nothing_begins_by_itself_where_a_person_chooses(play):
    p = play(adhoc(chosen=True))
    assert (p.open, p.waiting, p.status) == (["h"], ["h"], "running")  # choosing is work of its own
    assert p.do(Choose("b")).open == ["b", "h"]


def test_chosen_work_may_run_several_times_and_flows_inside_are_followed(play):
    p = play(adhoc(chosen=True)).do(Choose("b")).do(Choose("b"))
    assert p.open == ["b", "b", "h"]
    assert p.done("b").open == ["b", "c", "h"]


def test_chosen_work_is_over_when_nothing_runs_any_more(play):
    p = play(adhoc(chosen=True)).do(Choose("b")).done("b")
    assert p.done("c").open == ["z"]


def test_chosen_work_with_a_condition_stays_open_until_it_holds(play):
    p = play(adhoc(condition="enough", chosen=True), enough=False).do(Choose("a")).done("a")
    assert (p.open, p.waiting) == (["h"], ["h"])
    assert p.do(Choose("a")).done("a", enough=True).open == ["z"]


def test_a_person_may_say_that_nothing_more_is_chosen_while_nothing_runs(play):
    p = play(adhoc(condition="enough", chosen=True), enough=False)
    assert p.do(Choose("h")).open == ["z"]
    assert play(adhoc(condition="enough", chosen=True), enough=False).done("h").open == ["z"]
    busy = play(adhoc(condition="enough", chosen=True), enough=False).do(Choose("a"))
    with pytest.raises(NothingWaits):
        busy.do(Choose("h"))
    with pytest.raises(WorkGoesOn):
        busy.done("h")


def test_chosen_work_in_sequence_waits_for_what_runs(play):
    p = play(adhoc("ordering=Sequential", chosen=True)).do(Choose("a")).do(Choose("b"))
    assert p.open == ["a", "h"]
    assert p.done("a").open == ["b", "h"]


@pytest.mark.parametrize("node", ["c", "s", "z", "nothing"])
def test_only_what_nothing_leads_to_inside_can_be_chosen(play, node):
    with pytest.raises(NothingWaits):
        play(adhoc(chosen=True)).do(Choose(node))


def test_a_run_waits_for_a_choice(bpmn):
    xml = bpmn(adhoc(chosen=True))
    assert list(run_file(xml))[-1] == {"event": "stopped", "outcome": "waiting", "waiting": ["h"], "data": {}}
    assert list(run_file(xml, answers=[{"choose": "a"}, {"complete": "a"}]))[-1]["waiting"] == ["z"]


def test_the_proof_takes_every_choice(bpmn):
    report = verify(load_definition(bpmn(adhoc(condition="enough", chosen=True))))
    assert (report.verdict, report.problems) == ("sound", ())
