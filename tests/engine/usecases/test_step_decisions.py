"""Rule tasks in a dossier: the decision lies with the revision, its result among the dossier's data."""

import pytest
from decisions import decision, dmn, given, table

from engine.execution.decisions import DecisionFailed

ASKS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="R"/>
    <businessRuleTask id="R" name="Xếp loại" mc:decide="size" mc:decideInto="size_class"/>
    <sequenceFlow id="f3" sourceRef="R" targetRef="G"/>
    <exclusiveGateway id="G" default="f5"/>
    <sequenceFlow id="f4" sourceRef="G" targetRef="T2">
      <conditionExpression>size_class = "large"</conditionExpression></sequenceFlow>
    <sequenceFlow id="f5" sourceRef="G" targetRef="T3"/>
    <userTask id="T2" name="Hội đồng" mc:kind="review" mc:role="HEAD" mc:unit="competent" mc:hours="8"/>
    <userTask id="T3" name="Chuyên viên" mc:kind="review" mc:role="HEAD" mc:unit="competent" mc:hours="8"/>
  </process>
</definitions>
""".encode()


def sizes(*rules: list[str]) -> dict[str, str]:
    body = table(["total_floor"], ["class"], rules)
    return {
        "sizes": dmn(given("total_floor", "number"), decision("size", body, inputs=["total_floor"])).decode()
    }


def test_the_result_is_kept_and_the_gateway_reads_it(office):
    office.redraw(ASKS, decisions=sizes(["> 200", '"large"'], ["<= 200", '"small"']))

    large, small = office.permit(total_floor="240"), office.permit(total_floor="100")

    assert office.dossier(large).data["size_class"] == "large"
    assert (office.open_steps(large), office.open_steps(small)) == (["T2"], ["T3"])
    assert office.check() == {}


def test_rules_that_contradict_each_other_refuse_the_step_and_name_their_rows(office):
    office.redraw(ASKS, decisions=sizes(["> 10", '"large"'], ["> 20", '"small"']))

    with pytest.raises(DecisionFailed) as refused:
        office.permit(total_floor="240")
    assert "các dòng 1, 2 của bảng" in refused.value.say("vi")
