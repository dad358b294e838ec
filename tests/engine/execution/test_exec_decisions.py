"""Rule tasks: the decision is asked when the step begins, and its result is a variable from then on."""

from __future__ import annotations

import pytest
from decisions import decision, dmn, given, table

from engine.bpmn.definitions import load_definition
from engine.bpmn.lint import lint, lint_procedure
from engine.domain.procedures import Procedure
from engine.execution.decisions import Shelf
from engine.execution.dmn import NoSuchDecision
from engine.execution.runner import run_file
from engine.execution.spiff.subset import unsupported

DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"
 xmlns:mc="urn:motcua:bpmn:1">
<process id="p" isExecutable="true"><startEvent id="s"/>
<businessRuleTask id="rule" name="Tính lệ phí" {rule}/>
<exclusiveGateway id="g" default="free"/><userTask id="pay" name="Thu phí"/><endEvent id="e"/><endEvent id="e2"/>
<sequenceFlow id="a" sourceRef="s" targetRef="rule"/><sequenceFlow id="b" sourceRef="rule" targetRef="g"/>
<sequenceFlow id="due" sourceRef="g" targetRef="pay"><conditionExpression>fee &gt; 0</conditionExpression>
</sequenceFlow><sequenceFlow id="free" sourceRef="g" targetRef="e2"/>
<sequenceFlow id="c" sourceRef="pay" targetRef="e"/></process></definitions>"""
ASKS = 'mc:decide="Lệ phí" mc:decideInto="fee"'
FEE = dmn(
    given("area", "number"),
    decision(
        "Lệ phí",
        table(["area"], ["fee"], [["< 100", "0"], ["[100..500]", "area * 10"], [">= 500", "9000"]]),
        inputs=["area"],
    ),
)


def run(rule: str = ASKS, files: dict[str, bytes] | None = None, **data):
    xml = DIAGRAM.format(rule=rule).encode()
    return list(run_file(xml, data=data, decisions={"fee.dmn": FEE} if files is None else files))


@pytest.mark.parametrize(("area", "fee", "outcome"), [(50, 0, "completed"), (120, 1200, "waiting")])
def test_the_gateway_behind_a_rule_task_reads_its_result_in_the_same_step(area, fee, outcome):
    last = run(area=area)[-1]

    assert (last["outcome"], last["data"]["fee"]) == (outcome, fee)


def test_rules_that_contradict_each_other_are_an_incident_that_names_the_rows():
    *_, incident, last = run(area=500)

    assert last["outcome"] == "incident"
    assert incident["element"] == "rule"
    assert "2, 3" in str(incident)


def test_a_decision_that_no_file_has_is_an_incident():
    *_, incident, last = run('mc:decide="Khác" mc:decideInto="fee"', area=1)

    assert last["outcome"] == "incident"
    assert "Khác" in str(incident)
    assert run(files={}, area=1)[-1]["outcome"] == "incident"


def test_a_rule_task_without_a_decision_goes_on():
    assert run("", area=1)[-1]["outcome"] == "completed"


def test_files_on_a_shelf_may_import_each_other():
    model = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    importing = f'<import name="c" namespace="urn:common" importType="{model}"/>'
    main = dmn(importing, decision("D", "c.Rate * 2", needs=["urn:common#Rate"]))
    shelf = Shelf({"main": main, "common": dmn(decision("Rate", "7"), namespace="urn:common")})

    assert shelf.decide("D", {}, None) == 14
    with pytest.raises(NoSuchDecision):
        shelf.decide("X", {}, None)


def test_the_linter_asks_for_a_decision_and_a_name_for_its_result():
    def found(rule):
        return [
            (one.rule, one.severity)
            for one in lint(DIAGRAM.format(rule=rule).encode())
            if one.element == "rule"
        ]

    assert ("rule-decision", "error") not in found(ASKS)
    assert ("rule-decision", "error") in found('mc:decide="Lệ phí"')
    assert ("rule-decision", "error") in found('mc:decide="Lệ phí" mc:decideInto="today"')
    assert ("rule-decision", "warning") in found("")


def test_the_decision_must_be_among_those_of_the_procedure():
    content = {"key": "P1", "name": {"vi": "Thủ tục"}, "limit": {"kind": "working_day", "value": 5}}
    without = Procedure.from_json(content)
    with_it = Procedure.from_json({**content, "decisions": {"fee": FEE.decode()}})
    xml = DIAGRAM.format(rule=ASKS).encode()

    assert "decision-unknown" in {one.rule for one in lint_procedure(xml, without)}
    assert "decision-unknown" not in {one.rule for one in lint_procedure(xml, with_it)}
    assert Procedure.from_json(with_it.as_json()) == with_it


def test_the_second_engine_leaves_decisions_to_the_first():
    assert unsupported(load_definition(DIAGRAM.format(rule=ASKS).encode()))
    assert not unsupported(load_definition(DIAGRAM.format(rule="").encode()))
