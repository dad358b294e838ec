"""Sequence flows, conditions, defaults and the number of tokens (BPMN 2.0.2, 8.3.13, 10.3.1, 13.2–13.3)."""

import pytest

from engine.execution import Entered, NoFlowHolds, Reached
from engine.execution.runner import run_file


def entered(p, *nodes):
    return [node for node in p.names(Entered) if node in nodes]


def test_a_flow_joins_two_nodes(play):
    assert play("start s\nservice a\nend e\ns -> a -> e").names(Entered) == ["s", "a", "e"]


def test_a_conditional_flow_out_of_a_task_is_taken_only_when_it_holds(play):
    text = "start s\nservice a\nuser b\nuser c\ns -> a\na -> b\na -> c if x = 1"
    assert play(text, x=1).open == ["b", "c"]
    assert play(text, x=2).open == ["b"]


DEFAULT = (
    "start s\nservice a\nuser b\nuser c\nuser d\ns -> a\na -> b if x = 1\na -> c if x < 2\na -> d default"
)


@pytest.mark.parametrize(("x", "taken"), [(1, ["b", "c"]), (0, ["c"]), (5, ["d"])])
def test_the_default_flow_is_taken_only_when_no_condition_holds(play, x, taken):
    assert play(DEFAULT, x=x).open == taken


def test_a_default_beside_a_flow_without_condition_waits_for_the_conditions_only(play):
    text = "start s\nservice a\nuser b\nuser c\nuser d\ns -> a\na -> b\na -> c if x = 1\na -> d default"
    assert play(text, x=1).open == ["b", "c"]
    assert play(text, x=2).open == ["b", "d"]


def test_no_condition_and_no_default_is_an_error_of_the_diagram(play):
    with pytest.raises(NoFlowHolds):
        play("start s\nservice a\nuser b\ns -> a\na -> b if x = 1", x=2)


def test_a_conditional_flow_out_of_a_sub_process(play):
    text = "start s\nsub q\n  start qs\n  service a\n  qs -> a\nuser b\nuser c\ns -> q\nq -> b if x = 1\nq -> c default"
    assert (play(text, x=1).open, play(text, x=2).open) == (["b"], ["c"])


def test_several_flows_out_of_any_node_are_a_parallel_split(play):
    assert play("start s\nuser a\nuser b\ns -> a\ns -> b").open == ["a", "b"]
    caught = play("start s\ncatch m : message M\nuser a\nuser b\ns -> m\nm -> a\nm -> b").message("M")
    assert caught.open == ["a", "b"]


def test_every_token_runs_a_task_anew_where_flows_meet_without_a_gateway(play):
    p = play("start s\nservice a\nservice b\nservice c\nend e\ns -> a\ns -> b\na -> c\nb -> c\nc -> e")
    assert (entered(p, "c"), p.names(Reached)) == (["c", "c"], ["e", "e"])


def test_an_instance_is_complete_when_its_last_token_is_consumed(play):
    p = play("start s\nuser a\nuser b\nend e\ns -> a -> e\ns -> b")
    assert p.done("a").status == "running"
    assert p.done("b").status == "completed"


@pytest.mark.parametrize("which", ["absent", "false"])
def test_a_process_that_is_not_marked_executable_runs_when_it_is_the_only_one(bpmn, which):
    xml = bpmn("start s\nuser a\ns -> a")
    xml = xml.replace(b' isExecutable="true"', b"" if which == "absent" else b' isExecutable="false"')
    assert list(run_file(xml))[-1]["waiting"] == ["a"]


def test_lanes_pools_and_foreign_attributes_change_nothing(bpmn):
    xml = bpmn(
        '<laneSet id="l"><lane id="l1"><flowNodeRef>a</flowNodeRef></lane></laneSet>\nstart s\nuser a\ns -> a',
        '<collaboration id="c"><participant id="pool" processRef="p"/></collaboration>',
    )
    xml = xml.replace(b"<userTask ", b'<userTask xmlns:x="urn:other" x:async="true" ')
    assert list(run_file(xml))[-1]["waiting"] == ["a"]


@pytest.mark.parametrize(
    "condition", ["x = 1", "= x = 1", "${x == 1}", "#{x eq 1 && true}", "getDataObject('x') = 1"]
)
@pytest.mark.parametrize(
    "language", ["", "https://www.omg.org/spec/DMN/20191111/FEEL/", "http://www.w3.org/1999/XPath"]
)
def test_a_condition_is_read_whatever_tool_wrote_it(bpmn, condition, language):
    xml = bpmn("start s\nxor g\nuser a\nuser b\ns -> g\ng -> a if HERE\ng -> b default").decode()
    said = condition.replace("&", "&amp;")
    attributes = f' language="{language}"' if language else ""
    xml = xml.replace("<conditionExpression>HERE", f"<conditionExpression{attributes}>{said}").encode()
    assert list(run_file(xml, data={"x": 1}))[-1]["waiting"] == ["a"]
    assert list(run_file(xml, data={"x": 2}))[-1]["waiting"] == ["b"]


def test_a_condition_that_cannot_be_read_says_where_and_stops(bpmn):
    xml = bpmn("start s\nxor g\nuser a\nuser b\ns -> g\ng -> a if ${x.get(1)}\ng -> b default")
    incident, last = list(run_file(xml))[-2:]
    assert (incident["element"], incident["code"], last["outcome"]) == ("g", "feel_error", "incident")
    assert "position" in incident["message"]["en"]
