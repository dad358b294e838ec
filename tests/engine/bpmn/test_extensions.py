"""What the office's namespace says about a step is read exactly, or refused in a sentence."""

import pytest
from lxml import etree

from engine.bpmn.extensions import BadExtension, read_steps, scan_steps
from engine.bpmn.steps import LegalBasis, Outcome, StepSpec
from engine.domain.texts import Text

FULL = """
<bpmn:userTask id="appraise" name="Thẩm định hồ sơ" mc:kind="appraise" mc:role="SPECIALIST"
    mc:unit="competent" mc:hours="1.5" mc:ownClock="true" mc:form="appraisal"
    mc:decision="appraisal_result" mc:result="granted"
    mc:register="GPXD" mc:zone="adjustable">
  <bpmn:documentation>Xem từng thành phần.
Đối chiếu bản vẽ.</bpmn:documentation>
  <bpmn:extensionElements>
    <mc:outcome code="pass" name="Đạt, trình lãnh đạo" nameEn="Passed, submit" style="main"
      hint="Trưởng phòng xem"/>
    <mc:outcome code="fail" name="Không đạt" style="danger" reason="true"/>
    <mc:text lang="en" name="Appraise" documentation="Look at each component." public="Being appraised"/>
    <mc:public>Hồ sơ đang được thẩm định</mc:public>
    <mc:legal document="Luật Xây dựng 50/2014/QH13" article="điều 95" note="sửa 2020"/>
    <mc:legal document="Nghị định 175/2024/NĐ-CP"/>
    <mc:do>Kiểm tra chỉ giới</mc:do><mc:do>Lập biên bản</mc:do><mc:do lang="en">Check the setback</mc:do>
  </bpmn:extensionElements>
</bpmn:userTask>"""


@pytest.fixture
def root():
    def build(inner, process_attributes=""):
        return etree.fromstring(
            '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
            f' xmlns:mc="urn:motcua:bpmn:1">\n<bpmn:process id="p" {process_attributes}>{inner}'
            "</bpmn:process></bpmn:definitions>"
        )

    return build


def test_every_attribute_and_element_of_a_step_is_read(root):
    step = read_steps(root(FULL))["appraise"]

    assert step == StepSpec(
        id="appraise",
        name=Text("Thẩm định hồ sơ", "Appraise"),
        kind="appraise",
        role="SPECIALIST",
        unit="competent",
        minutes=90,
        own_clock=True,
        form="appraisal",
        decision="appraisal_result",
        outcomes=(
            Outcome(
                code="pass",
                name=Text("Đạt, trình lãnh đạo", "Passed, submit"),
                style="main",
                hint=Text("Trưởng phòng xem"),
            ),
            Outcome(code="fail", name=Text("Không đạt"), style="danger", reason=True),
        ),
        result="granted",
        register="GPXD",
        zone="adjustable",
        documentation=Text("Xem từng thành phần.\nĐối chiếu bản vẽ.", "Look at each component."),
        todo=(Text("Kiểm tra chỉ giới", "Check the setback"), Text("Lập biên bản")),
        public=Text("Hồ sơ đang được thẩm định", "Being appraised"),
        legal=(
            LegalBasis(document="Luật Xây dựng 50/2014/QH13", article="điều 95", note="sửa 2020"),
            LegalBasis(document="Nghị định 175/2024/NĐ-CP"),
        ),
    )
    assert step.outcome("fail").reason
    assert step.outcome("other") is None


def test_documentation_is_what_to_do_when_nothing_else_says_it(root):
    steps = read_steps(
        root('<bpmn:task id="t"><bpmn:documentation>Một.\n\n Hai. </bpmn:documentation></bpmn:task>')
    )

    assert [line.vi for line in steps["t"].todo] == ["Một.", "Hai."]


def test_steps_are_found_at_any_depth_and_a_bare_node_is_a_step_too(root):
    steps = read_steps(
        root(
            '<bpmn:startEvent id="s"/><bpmn:subProcess id="sub"><bpmn:transaction id="tx">'
            '<bpmn:userTask id="deep" mc:role="HEAD"/></bpmn:transaction></bpmn:subProcess>',
            'mc:procedure="P03" mc:zone="locked"',
        )
    )

    assert steps["deep"].role == "HEAD"
    assert steps["s"] == StepSpec(id="s")
    assert set(steps) == {"p", "s", "sub", "tx", "deep"}
    assert steps["p"].zone == "locked"


@pytest.mark.parametrize(
    ("inner", "rule"),
    [
        ('<bpmn:userTask id="t" mc:kind="apraise"/>', "mc-kind"),
        ('<bpmn:userTask id="t" mc:hours="four"/>', "mc-hours"),
        ('<bpmn:userTask id="t" mc:hours="-1"/>', "mc-hours"),
        ('<bpmn:userTask id="t" mc:hours="NaN"/>', "mc-hours"),
        ('<bpmn:userTask id="t" mc:hours="1e9"/>', "mc-hours"),
        ('<bpmn:userTask id="t" mc:ownClock="yes"/>', "mc-ownClock"),
        ('<bpmn:userTask id="t" mc:role="two words"/>', "mc-role"),
        ('<bpmn:userTask id="t" mc:decision="kết quả"/>', "mc-decision"),
        ('<bpmn:userTask id="t" mc:result="maybe"/>', "mc-result"),
        ('<bpmn:userTask id="t" mc:zone="half"/>', "mc-zone"),
        ('<bpmn:userTask id="t" mc:rolle="HEAD"/>', "mc-unknown-attribute"),
        ('<bpmn:sequenceFlow id="f" mc:role="HEAD"/>', "mc-unknown-attribute"),
        ('<bpmn:timerEventDefinition id="d" mc:clock="office"/>', "mc-clock"),
        ("<mc:button/>", "mc-unknown-element"),
        ("<mc:outcome name='Đạt'/>", "mc-outcome-code"),
        ("<mc:outcome code='ok'/>", "mc-outcome-name"),
        ("<mc:outcome code='ok' name='Đạt'/><mc:outcome code='ok' name='Đạt'/>", "mc-outcome-twice"),
        ("<mc:outcome code='ok' name='Đạt' style='red'/>", "mc-outcome-style"),
        ("<mc:outcome code='ok' name='Đạt' reason='maybe'/>", "mc-reason"),
        ("<mc:legal article='điều 95'/>", "mc-legal-document"),
    ],
)
def test_a_value_that_cannot_be_read_is_a_problem_and_refuses_execution(root, inner, rule):
    if inner.startswith("<mc:"):
        inner = (
            '<bpmn:userTask id="t" name="Ký"><bpmn:extensionElements>'
            f"{inner}</bpmn:extensionElements></bpmn:userTask>"
        )
    diagram = root(inner)

    problems = scan_steps(diagram).problems

    assert [problem.rule for problem in problems] == [rule]
    assert problems[0].message.vi != problems[0].message.en
    assert problems[0].line == 2
    with pytest.raises(BadExtension) as refused:
        read_steps(diagram)
    assert refused.value.facts["problems"] == problems
    assert problems[0].message.vi in refused.value.say("vi")
    assert problems[0].message.en in refused.value.say("en")


def test_attributes_of_other_tools_are_not_ours_to_judge(root):
    steps = read_steps(root('<bpmn:userTask id="t" xmlns:x="http://example.org/x" x:color="red"/>'))

    assert steps["t"] == StepSpec(id="t")
