"""Where the standard can be read in more than one way: what is done here, and the page that says so."""

import re
from pathlib import Path

import pytest

from engine.bpmn.problems import BadDiagram
from engine.execution import Entered
from engine.execution.runner import run_file

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "reference" / "bpmn.md"


def readings():
    """The rows of the table of readings: matter, what happens, after what, shown by."""
    section = PAGE.read_text(encoding="utf-8").split("## Readings", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


def test_every_reading_names_a_test_that_exists():
    there = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        there.update(re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))
    rows = readings()
    assert len(rows) >= 30
    assert all(len(row) == 4 for row in rows)
    named = {row[0]: re.fullmatch(r"`(test_\w+)`", row[3]) for row in rows}
    assert [matter for matter, name in named.items() if name is None or name[1] not in there] == []


def test_several_plain_start_events_all_begin_in_one_instance(play):
    assert play("start s\nstart t\nuser a\nuser b\ns -> a\nt -> b").open == ["a", "b"]


def test_an_event_that_nothing_leads_to_waits_from_the_beginning_where_there_is_no_start_event(play):
    p = play("catch c : message M\nuser a\nuser b\nc -> a")
    assert p.open == ["b"]
    assert p.message("M").open == ["a", "b"]


def test_throws_come_after_everything_else_rests_so_that_parallel_branches_listen(play):
    p = play("start s\nand f\nthrow t : signal S\ncatch c : signal S\nuser z\ns -> f\nf -> t\nf -> c -> z")
    assert p.open == ["z"]


def test_a_required_input_without_a_value_does_not_keep_a_step_from_beginning(bpmn):
    task = (
        '<userTask id="a"><ioSpecification><dataInput id="i" name="in"/><inputSet><dataInputRefs>i</dataInputRefs>'
        "</inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>o</sourceRef>"
        '<targetRef>i</targetRef></dataInputAssociation></userTask><dataObject id="o" name="paper"/>'
    )
    assert list(run_file(bpmn(f"start s\n{task}\ns -> a")))[-1]["waiting"] == ["a"]


def test_a_data_store_is_a_variable_of_the_instance(bpmn):
    task = (
        '<userTask id="a"><ioSpecification><dataOutput id="x" name="x"/><inputSet/><outputSet><dataOutputRefs>x'
        "</dataOutputRefs></outputSet></ioSpecification><dataOutputAssociation><sourceRef>x</sourceRef>"
        '<targetRef>r</targetRef></dataOutputAssociation></userTask><dataStoreReference id="r" name="land"/>'
    )
    lines = list(run_file(bpmn(f"start s\n{task}\ns -> a"), answers=[{"complete": "a", "data": {"x": 1}}]))
    assert lines[-1]["data"] == {"land": 1}


def test_a_sub_process_ended_by_terminate_is_left_along_its_flows(play):
    p = play("start s\nsub q\n  start qs\n  end t : terminate\n  qs -> t\nuser z\ns -> q -> z")
    assert p.open == ["z"]


def test_a_condition_is_asked_once_for_each_token_that_arrives(play):
    p = play(
        "start s\nservice n completionQuantity=2\nxor g\nuser a\nuser b\ns -> n -> g\ng -> a if x = 1\ng -> b default",
        x=1,
    )
    assert (p.names(Entered).count("g"), p.open) == (2, ["a", "a"])


def test_a_duration_of_no_time_is_due_at_once_and_a_cycle_of_none_is_refused(bpmn):
    text = "start s\ncatch c : timer PT0S\nuser a\ns -> c -> a"
    assert list(run_file(bpmn(text)))[-1]["waiting"] == ["a"]
    with pytest.raises(BadDiagram):
        list(run_file(bpmn(text.replace("timer PT0S", "cycle R/PT0S"))))


def test_a_run_does_not_ask_the_condition_of_a_default_flow(bpmn):
    xml = bpmn("start s\nxor g\nuser a\nuser b\ns -> g\ng -> a if x = 1\ng -> b default").decode()
    xml = xml.replace(
        'targetRef="b">', 'targetRef="b"><conditionExpression>x = 7</conditionExpression>'
    ).encode()
    assert list(run_file(xml, data={"x": 3}))[-1]["waiting"] == ["b"]
