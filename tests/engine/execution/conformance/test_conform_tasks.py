"""Tasks of every kind, and how many tokens begin and leave them (BPMN 2.0.2, 10.3.3, 13.3.2–13.3.3)."""

import pytest

from engine.bpmn.problems import BadDiagram
from engine.execution import Entered, NothingWaits, Start, Thrown
from engine.execution.runner import run_file


@pytest.mark.parametrize("kind", ["task", "user", "manual"])
def test_a_task_of_a_person_waits_for_that_person(play, kind):
    p = play(f"start s\n{kind} a\nend e\ns -> a -> e")
    assert p.open == ["a"]
    assert p.done("a").status == "completed"


@pytest.mark.parametrize("kind", ["service", "script"])
def test_a_task_of_a_machine_goes_on_by_itself(play, kind):
    assert play(f"start s\n{kind} a\nend e\ns -> a -> e").status == "completed"


def test_a_script_is_refused_and_passed_only_on_demand(bpmn):
    xml = bpmn("start s\nscript a\nend e\ns -> a -> e")
    with pytest.raises(BadDiagram):
        list(run_file(xml))
    lines = list(run_file(xml, pass_scripts=True))
    assert [x["event"] for x in lines if x.get("element") == "a"] == ["entered", "completed"]


def test_a_send_task_throws_its_message(play):
    p = play("start s\nsend a : M\nend e\ns -> a -> e")
    assert ([(e.kind, e.ref) for e in p.effects if isinstance(e, Thrown)], p.status) == (
        [("message", "M")],
        "completed",
    )


def test_a_receive_task_waits_for_its_own_message(play):
    p = play("start s\nreceive a : M\nuser b\ns -> a -> b", before='<message id="message_N" name="N"/>')
    with pytest.raises(NothingWaits):
        p.message("N")
    assert p.message("M").open == ["b"]


def test_an_instantiating_receive_task_begins_the_process(bpmn):
    xml = bpmn("receive a instantiate=true : M\nuser b\na -> b")
    assert list(run_file(xml))[-1]["waiting"] == ["a"]
    lines = list(run_file(xml, answers=[{"message": "M"}, {"message": "M"}]))
    assert lines[-1]["waiting"] == ["b", "b"]


def test_an_instantiating_receive_task_after_a_start_event_waits_in_its_instance_and_begins_others(play):
    text = "start s\nreceive a instantiate=true : M\nuser b\ns -> a -> b"
    p = play(text)
    assert p.open == []
    assert p.message("M").open == ["b"]
    assert play(text, start=Start("p", "a")).open == ["b"]


def test_parallel_multiple_means_nothing_where_one_thing_is_awaited(play):
    p = play("start s\ncatch c parallelMultiple=true : message M\nuser b\ns -> c -> b")
    assert p.message("M").open == ["b"]


SPLIT = "start s\nand f\nservice a\nservice b\nuser c startQuantity=NUMBER\nuser d\ns -> f\nf -> a -> c\nf -> b -> c\nc -> d"


@pytest.mark.parametrize(("number", "opened"), [(1, ["c", "c"]), (2, ["c"]), (3, [])])
def test_start_quantity_says_how_many_tokens_begin_a_task(play, number, opened):
    assert play(SPLIT.replace("NUMBER", str(number))).open == opened


def test_completion_quantity_says_how_many_tokens_leave_on_each_flow(play):
    p = play("start s\nservice a completionQuantity=2\nuser b\nuser c\ns -> a\na -> b\na -> c")
    assert p.open == ["b", "b", "c", "c"]


def test_completion_quantity_feeds_a_start_quantity(play):
    p = play("start s\nservice a completionQuantity=2\nservice b startQuantity=2\nuser c\ns -> a -> b -> c")
    assert (p.names(Entered).count("b"), p.open) == (1, ["c"])


@pytest.mark.parametrize("name", ["startQuantity", "completionQuantity"])
@pytest.mark.parametrize("value", ["0", "-1", "x"])
def test_a_quantity_below_one_is_refused(bpmn, name, value):
    with pytest.raises(BadDiagram, match=name):
        list(run_file(bpmn(f"start s\nuser a {name}={value}\ns -> a")))


def test_work_may_end_in_an_error_that_its_boundary_catches(play):
    p = play("start s\nuser a\nboundary b on a : error E\nuser c\nuser d\ns -> a -> c\nb -> d").fail("a", "E")
    assert p.open == ["d"]


def test_an_activity_without_flows_in_begins_and_one_without_flows_out_ends(play):
    p = play("user a\nuser b\nservice c\na -> c")
    assert p.open == ["a", "b"]
    assert p.done("a", "b").status == "completed"


@pytest.mark.parametrize("kind", ["globalTask", "globalUserTask", "globalManualTask"])
def test_a_global_task_is_work_when_it_is_called(play, kind):
    p = play("start s\ncall c : g\nuser z\ns -> c -> z", before=f'<{kind} id="g" name="G"/>')
    assert p.open == ["g"]
    assert p.done("g").open == ["z"]


def test_a_global_script_task_passes_only_on_demand(bpmn):
    xml = bpmn("start s\ncall c : g\nuser z\ns -> c -> z", '<globalScriptTask id="g"/>')
    with pytest.raises(BadDiagram):
        list(run_file(xml))
    assert list(run_file(xml, pass_scripts=True))[-1]["waiting"] == ["z"]


def test_a_process_named_by_the_starter_is_the_one_that_runs(play):
    p = play(
        "start s\nuser a\ns -> a", before='<process id="q"><userTask id="other"/></process>', start=Start("q")
    )
    assert p.open == ["other"]


def test_an_answer_may_let_a_task_fail_by_an_error(bpmn):
    xml = bpmn("start s\nuser a\nboundary b on a : error E\nuser c\nuser d\ns -> a -> c\nb -> d")
    lines = list(run_file(xml, answers=[{"fail": "a", "code": "E", "data": {"why": 1}}]))
    assert (lines[-1]["waiting"], lines[-1]["data"]) == (["d"], {"why": 1})
    assert list(run_file(xml, answers=[{"fail": "a", "code": "X"}]))[-1]["outcome"] == "error"
