"""Events of every definition, wherever the standard lets them stand (BPMN 2.0.2, 10.5, 13.5)."""

import pytest

from engine.execution import DataChanged, Entered, Left, Start, Thrown, Uncaught
from engine.execution.runner import run_file

# How each definition is written, and how the outside makes it happen.
CAUGHT = {
    "message": ("message M", lambda p, node: p.message("M")),
    "signal": ("signal S", lambda p, node: p.signal("S")),
    "timer": ("timer PT1H", lambda p, node: p.fire(node)),
    "date": ("date 2030-01-01T00:00:00", lambda p, node: p.fire(node)),
    "conditional": ("when x = 1", lambda p, node: p.changed(x=1)),
}
OUTSIDE = pytest.mark.parametrize("kind", CAUGHT)
QUIET = pytest.mark.parametrize("quiet", ["", "quiet"], ids=["interrupting", "beside"])


def caught(play, text, kind, node, **data):
    said, happens = CAUGHT[kind]
    p = play(text.replace("EVENT", said), x=0, **data)
    return happens(p, node)


# --- start -----------------------------------------------------------------------------------------


@OUTSIDE
def test_a_start_event_begins_the_process_when_it_happens(play, kind):
    p = play(f"start s : {CAUGHT[kind][0]}\nuser a\ns -> a", x=1, start=Start("p", "s"))
    assert p.open == ["a"]


def test_a_multiple_start_event_begins_with_any_of_its_events(play):
    for _ in ("M", "S"):
        p = play("start s : message M & signal S\nuser a\ns -> a", start=Start("p", "s"))
        assert p.open == ["a"]


def test_a_parallel_multiple_start_event_begins_once_all_its_events_have_happened(bpmn):
    xml = bpmn("start s parallelMultiple=true : message M & signal S & timer PT1H\nuser a\ns -> a")
    answers = [{"message": "M", "data": {"x": 1}}, {"signal": "S", "data": {"y": 2}}, {"advance": "PT1H"}]
    for some in (answers[:1], answers[:2], answers[1:], [answers[0], answers[0]]):
        assert list(run_file(xml, answers=some))[-1]["waiting"] == ["s"]
    last = list(run_file(xml, answers=answers))[-1]
    assert (last["waiting"], last["data"]) == (["a"], {"x": 1, "y": 2})
    assert list(run_file(xml, answers=[*answers, *answers[:2]]))[-1]["waiting"] == ["a"]


# --- intermediate ----------------------------------------------------------------------------------


@OUTSIDE
def test_an_intermediate_event_waits_until_it_happens(play, kind):
    text = "start s\ncatch c : EVENT\nuser a\ns -> c -> a"
    assert play(text.replace("EVENT", CAUGHT[kind][0]), x=0).waiting == ["c"]
    assert caught(play, text, kind, "c").open == ["a"]


def test_a_multiple_event_goes_on_by_the_first_of_its_events(play):
    p = play("start s\ncatch c : message M & timer PT1H\nuser a\ns -> c -> a").message("M")
    assert (p.open, p.armed) == (["a"], [])


def test_a_parallel_multiple_event_goes_on_when_all_have_happened(play):
    text = "start s\ncatch c parallelMultiple=true : message M & signal S\nuser a\ns -> c -> a"
    assert play(text).message("M").message("M").open == []
    assert play(text).message("M").signal("S").open == ["a"]
    assert play(text).signal("S").message("M").open == ["a"]


def test_a_none_throw_event_is_passed(play):
    assert play("start s\nthrow t\nuser a\ns -> t -> a").open == ["a"]


@pytest.mark.parametrize("kind", ["message", "signal", "escalation"])
def test_an_intermediate_throw_event_throws_and_goes_on(play, kind):
    p = play(f"start s\nthrow t : {kind} X\nuser a\ns -> t -> a")
    assert [(e.kind, e.ref) for e in p.effects if isinstance(e, Thrown)] == [(kind, "X")]
    assert p.open == ["a"]


def test_a_multiple_throw_event_throws_all_it_has(play):
    p = play("start s\nthrow t : message M & signal S\nuser a\ns -> t -> a")
    assert [e.kind for e in p.effects if isinstance(e, Thrown)] == ["message", "signal"]


def test_a_link_goes_on_at_its_target_from_every_source(play):
    p = play("start s\nthrow a : link L\nthrow b : link L\ncatch c : link L\nuser z\ns -> a\ns -> b\nc -> z")
    assert p.open == ["z", "z"]


def test_a_signal_reaches_all_who_wait_for_it_and_is_not_kept(play):
    p = play(
        "start s\ncatch c : signal S\ncatch d : signal S\nuser a\nuser b\nuser e\ns -> c -> a\ns -> d -> b\ns -> e"
    )
    assert p.signal("S").open == ["a", "b", "e"]
    late = play("start s\nuser a\ncatch c : signal S\ns -> a -> c").signal("S").done("a")
    assert late.waiting == ["c"]


def test_a_condition_already_true_happens_at_once_and_one_of_a_boundary_when_it_becomes_true(play):
    assert play("start s\ncatch c : when x = 1\nuser a\ns -> c -> a", x=1).open == ["a"]
    p = play("start s\nuser a\nboundary b on a quiet : when x = 1\nuser c\ns -> a\nb -> c", x=0)
    assert p.changed(x=1).open == ["a", "c"]
    assert p.changed(x=1).open == ["a", "c"]
    assert p.changed(x=0).changed(x=1).open == ["a", "c", "c"]


def test_conditions_are_asked_again_when_a_step_changes_data(play):
    p = play("start s\nuser a\ncatch c : when x = 1\nuser b\nuser d\ns -> a -> b\ns -> c -> d", x=0)
    assert p.done("a", x=1).open == ["b", "d"]


# --- boundary, on a task -----------------------------------------------------------------------------

ON_TASK = "start s\nuser a\nboundary b on a QUIET : EVENT\nuser late\nuser after\ns -> a -> after\nb -> late"


@QUIET
@OUTSIDE
def test_a_boundary_event_of_a_task(play, kind, quiet):
    p = caught(play, ON_TASK.replace("QUIET", quiet), kind, "b")
    assert p.open == (["a", "late"] if quiet else ["late"])


@OUTSIDE
def test_a_boundary_event_does_not_happen_once_its_activity_is_done(play, kind):
    text = ON_TASK.replace("QUIET", "").replace("EVENT", CAUGHT[kind][0])
    p = play(text, x=0).done("a")
    p.signal("S").changed(x=1)
    assert (p.open, p.armed) == (["after"], [])


def test_a_cycle_on_the_boundary_happens_as_often_as_it_says(play):
    p = play(ON_TASK.replace("QUIET", "quiet").replace("EVENT", "cycle R3/PT1H"))
    p.fire("b", more=True).fire("b", more=True).fire("b")
    assert (p.open, p.armed) == (["a", "late", "late", "late"], [])


def test_a_parallel_multiple_boundary_event_needs_all_its_events(play):
    p = play(ON_TASK.replace("QUIET", "parallelMultiple=true").replace("EVENT", "message M & signal S"))
    assert p.message("M").open == ["a"]
    assert p.signal("S").open == ["late"]


# --- boundary, on a sub-process ----------------------------------------------------------------------

ON_SUB = """start s
sub q
  start qs
  user a
  service then
  end qe
  qs -> a -> then -> qe
boundary b on q QUIET : EVENT
user late
user after
s -> q -> after
b -> late"""


@QUIET
@OUTSIDE
def test_a_boundary_event_of_a_sub_process(play, kind, quiet):
    p = caught(play, ON_SUB.replace("QUIET", quiet), kind, "b")
    assert p.open == (["a", "late"] if quiet else ["late"])
    if quiet:
        assert p.done("a").open == ["after", "late"]
    assert ("then" in p.names(Entered)) == bool(quiet)


INSIDE = """start s
sub q
  start qs
  throw t : EVENT
  service then
  end qe
  qs -> t -> then -> qe
boundary b on q QUIET : EVENT
user late
user after
s -> q -> after
b -> late"""


@QUIET
@pytest.mark.parametrize("kind", ["signal S", "escalation X"])
def test_what_is_thrown_inside_interrupts_at_once_and_nothing_inside_runs_after_it(play, kind, quiet):
    p = play(INSIDE.replace("EVENT", kind).replace("QUIET", quiet))
    assert p.open == (["after", "late"] if quiet else ["late"])
    assert ("then" in p.names(Entered)) == bool(quiet)


@pytest.mark.parametrize("kind", ["signal S", "escalation X", "error E"])
def test_an_end_event_inside_is_caught_on_the_boundary(play, kind):
    text = "start s\nsub q\n  start qs\n  end t : EVENT\n  qs -> t\nboundary b on q : EVENT\nuser late\nuser after\ns -> q -> after\nb -> late"
    assert play(text.replace("EVENT", kind)).open == ["late"]


def test_a_condition_made_true_inside_interrupts_before_the_next_task_runs(play):
    text = ON_SUB.replace("QUIET", "").replace("EVENT", "when x = 1")
    p = play(text, x=0).done("a", x=1)
    assert (p.open, "then" in p.names(Entered)) == (["late"], False)


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_the_innermost_catcher_with_the_code_wins_then_one_for_any_code(play, kind):
    text = f"""start s
sub q
  start qs
  end t : {kind} X
  qs -> t
boundary other on q : {kind} Y
boundary exact on q : {kind} X
boundary any on q : {kind}
user o
user e
user n
s -> q
other -> o
exact -> e
any -> n"""
    assert play(text).open == ["e"]
    assert play(
        text.replace("boundary exact on q : " + kind + " X", "boundary exact on q : message M")
    ).open == ["n"]


# --- event sub-processes -------------------------------------------------------------------------------

EVENT_SUB = """start s
user a
service then
on es
  start es_start QUIET : EVENT
  user h
  es_start -> h
user after
s -> a -> then -> after"""


@QUIET
@OUTSIDE
def test_an_event_sub_process_of_the_process(play, kind, quiet):
    p = caught(play, EVENT_SUB.replace("QUIET", quiet), kind, "es_start")
    assert p.open == (["a", "h"] if quiet else ["h"])
    p.done("h")
    assert p.status == ("running" if quiet else "completed")


IN_SUB = """start s
sub q
  start qs
  user a
  throw t : EVENT
  service then
  on es
    start es_start QUIET : EVENT
    user h
    es_start -> h
  qs -> a -> t -> then
user after
s -> q -> after"""


@QUIET
@pytest.mark.parametrize("kind", ["signal S", "escalation X"])
def test_an_event_sub_process_hears_what_its_own_scope_throws(play, kind, quiet):
    p = play(IN_SUB.replace("EVENT", kind).replace("QUIET", quiet)).done("a")
    assert (p.open, "then" in p.names(Entered)) == (["h"], bool(quiet))
    assert p.done("h").open == ["after"]


def test_an_error_is_caught_by_the_event_sub_process_of_its_scope_before_the_boundary(play):
    text = "start s\nsub q\n  start qs\n  end t : error E\n  on es\n    start es_start : error E\n    user h\n    es_start -> h\n  qs -> t\nboundary b on q : error E\nuser late\nuser after\ns -> q -> after\nb -> late"
    p = play(text)
    assert p.open == ["h"]
    assert p.done("h").open == ["after"]


def test_an_error_at_the_top_is_caught_by_an_event_sub_process_of_the_process(play):
    p = play(
        "start s\nend t : error E\nuser beside\non es\n  start es_start : error E\n  user h\n  es_start -> h\ns -> t\ns -> beside"
    )
    assert p.open == ["h"]


def test_an_event_sub_process_beside_may_run_several_times_and_the_scope_waits_for_it(play):
    p = play(EVENT_SUB.replace("QUIET", "quiet").replace("EVENT", "signal S")).signal("S").signal("S")
    assert p.open == ["a", "h", "h"]
    assert p.done("a", "after", "h").status == "running"
    assert p.done("h").status == "completed"


def test_once_an_interrupting_event_sub_process_has_begun_no_other_begins(play):
    p = play(EVENT_SUB.replace("QUIET", "").replace("EVENT", "message M & signal S")).message("M")
    assert p.signal("S").open == ["h"]


# --- end -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["message M", "signal S", "escalation X"])
def test_an_end_event_at_the_top_throws_and_ends_its_branch_only(play, kind):
    p = play(f"start s\nend t : {kind}\nuser a\ns -> t\ns -> a")
    assert ([e.kind for e in p.effects if isinstance(e, Thrown)], p.open) == ([kind.split()[0]], ["a"])


def test_an_uncaught_error_ends_the_instance_and_an_uncaught_escalation_does_not(play):
    failed = play("start s\nend t : error E\nuser a\ns -> t\ns -> a")
    assert (failed.status, [e.kind for e in failed.effects if isinstance(e, Uncaught)]) == (
        "failed",
        ["error"],
    )
    assert play("start s\nthrow t : escalation X\nuser a\ns -> t -> a").open == ["a"]


def test_terminate_ends_the_instance_with_all_its_branches(play):
    p = play(
        "start s\nend t : terminate\nuser a\nsub q\n  start qs\n  user b\n  qs -> b\ns -> t\ns -> a\ns -> q"
    )
    assert (p.status, p.open) == ("terminated", [])


def test_terminate_inside_a_sub_process_ends_that_alone_without_its_handlers(play):
    p = play(
        "start s\nsub q\n  start qs\n  user a\n  user b\n  end t : terminate\n  qs -> a -> t\n  qs -> b\nuser after\ns -> q -> after"
    ).done("a")
    assert p.open == ["after"]


def test_a_multiple_end_event_throws_all_it_has(play):
    p = play("start s\nend t : message M & signal S\ns -> t")
    assert [e.kind for e in p.effects if isinstance(e, Thrown)] == ["message", "signal"]


# --- definitions shared by the file ------------------------------------------------------------------------

SHARED = (
    '<signal id="sig" name="S"/><signalEventDefinition id="sd" signalRef="sig"/>'
    '<error id="err" errorCode="E"/><errorEventDefinition id="ed" errorRef="err"/>'
)


def test_an_event_may_refer_to_a_definition_of_the_file(play):
    signal = "<eventDefinitionRef>sd</eventDefinitionRef>"
    p = play(
        f'start s\nsub q\n  start qs\n  <intermediateThrowEvent id="t">{signal}</intermediateThrowEvent>\n'
        f'  user a\n  qs -> t -> a\n<boundaryEvent id="b" attachedToRef="q" cancelActivity="false">{signal}</boundaryEvent>\n'
        "user late\ns -> q\nb -> late",
        before=SHARED,
    )
    assert p.open == ["a", "late"]


def test_an_error_of_the_file_is_thrown_and_caught_by_reference(play):
    error = "<eventDefinitionRef>ed</eventDefinitionRef>"
    top = play(f'start s\n<endEvent id="t">{error}</endEvent>\ns -> t', before=SHARED)
    assert top.status == "failed"
    p = play(
        f'start s\n<endEvent id="t">{error}</endEvent>\non es\n  <startEvent id="es_start">{error}</startEvent>\n'
        "  user h\n  es_start -> h\ns -> t",
        before=SHARED,
    )
    assert p.open == ["h"]


def test_effects_of_an_event_come_in_their_order(play):
    p = play("start s\nend e\ns -> e")
    assert [type(e) for e in p.effects if isinstance(e, Entered | Left)] == [Entered, Left, Entered, Left]
    assert play("start s\nuser a\ns -> a").do(DataChanged()).open == ["a"]
