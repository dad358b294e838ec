"""A sound diagram has no findings; sentences name elements; what is no diagram fails nothing."""

import pytest
from drawings import (
    COMPENSATE,
    GOOD,
    LINK,
    boundary,
    catch,
    chosen,
    end,
    flow,
    node,
    person,
    plain_inside,
    process,
    start,
    straight,
)

from engine.bpmn.lint import lint
from engine.bpmn.parse import parse_bpmn


def test_a_sound_diagram_has_no_findings_and_can_be_executed():
    assert lint(GOOD) == []
    assert parse_bpmn(GOOD).executable == ("p",)


def test_sentences_name_the_element_by_its_name():
    xml = chosen(flow("g", "a", "x = 1"), flow("g", "b", name="Không đạt"))

    (finding,) = [one for one in lint(xml) if one.rule == "condition-missing"]

    assert finding.message.vi == (
        "Mũi tên “Không đạt” đi ra từ cổng rẽ nhánh “Đạt?” nhưng chưa có điều kiện "
        "và không phải đường mặc định."
    )
    assert finding.message.en == (
        "The sequence flow “Không đạt” leaves the exclusive gateway “Đạt?” without a condition "
        "and is not its default."
    )


def test_branches_that_exclude_each_other_may_meet_at_a_step():
    xml = process(
        start()
        + node("exclusiveGateway", "g", default="g_b")
        + person("a")
        + person("b")
        + person("c")
        + end()
        + flow("s", "g")
        + flow("g", "a", "x = 1")
        + flow("g", "b")
        + flow("a", "c")
        + flow("b", "c")
        + flow("c", "e")
    )

    assert lint(xml) == []


def test_a_sub_process_with_compensation_and_a_link_is_sound():
    xml = process(
        start()
        + node("transaction", "sub", plain_inside(), name="Thu tiền")
        + boundary("undo", "sub", COMPENSATE)
        + person(
            "refund", "Hoàn tiền", 'isForCompensation="true" mc:role="R" mc:unit="competent" mc:hours="1"'
        )
        + node("intermediateThrowEvent", "out", LINK.format("A"))
        + catch("into", LINK.format("A"))
        + end()
        + flow("s", "sub")
        + flow("sub", "out")
        + flow("into", "e")
        + '<bpmn:association id="as" sourceRef="undo" targetRef="refund"/>'
    )

    assert lint(xml) == []


def test_pools_that_do_not_run_are_not_asked_to():
    other = (
        '<bpmn:process id="q" name="Công dân" isExecutable="false">' + '<bpmn:task id="x"/></bpmn:process>'
    )

    assert lint(straight(("a", person("a")), more=other)) == []


def test_findings_come_in_the_order_of_the_file_and_the_same_each_time():
    xml = process(start() + "\n" + person("x") + "\n" + person("y") + "\n" + end() + flow("s", "e"))

    first, second = lint(xml), lint(xml)

    assert first == second
    assert [one.element for one in first] == ["x", "x", "y", "y"] or [one.line for one in first] == sorted(
        one.line for one in first
    )


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\x01\x02", id="noise"),
        pytest.param(b"<a><b></a>", id="not well-formed"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', id="entities"),
        pytest.param(b"<a>" * 100 + b"</a>" * 100, id="too deep"),
        pytest.param(b'<?xml version="1.0" encoding="utf-7"?><a/>', id="a strange encoding"),
        pytest.param(b"<html><body/></html>", id="another kind of file"),
    ],
)
def test_what_is_no_diagram_is_one_finding_and_no_failure(hostile):
    (finding,) = lint(hostile)

    assert finding.is_error
    assert finding.rule in ("xml", "not-bpmn")


def test_what_the_parser_refuses_never_passes(monkeypatch):
    def refuse(root):
        from engine.bpmn.extensions import Problem
        from engine.bpmn.problems import BadDiagram
        from engine.domain.texts import Text

        raise BadDiagram([Problem("new-rule", "a", Text("Chưa chạy được.", "Cannot run."), 7)])

    monkeypatch.setattr("engine.bpmn.lint.parse_bpmn", refuse)

    (finding,) = lint(GOOD)

    assert (finding.rule, finding.element, finding.line, finding.is_error) == ("new-rule", "a", 7, True)
