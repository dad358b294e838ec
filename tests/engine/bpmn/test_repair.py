"""Repairs: each drawing that lacks something runs afterwards, each change is said, and nothing else is touched."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.bpmn.lint import lint
from engine.bpmn.repair import Repaired, repair
from engine.bpmn.repair.conditions import as_feel
from engine.bpmn.repair.events import time_in
from engine.execution.runner import run_file

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def drawing(
    body: str, *, root: str = "", around: str = "", name: str = "Quy trình", executable: str = "false"
) -> bytes:
    return f"""<definitions xmlns="{BPMN}" xmlns:other="http://example.org/other" targetNamespace="urn:test">{root}{around}
      <process id="P" name="{name}" isExecutable="{executable}">{body}</process></definitions>""".encode()


def flow(key: str, source: str, target: str, name: str = "", inside: str = "") -> str:
    return f'<sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}" name="{name}">{inside}</sequenceFlow>'


START_TO_A = '<startEvent id="s"/><task id="A" name="Thẩm định"/>' + flow("f0", "s", "A")
TO_END = '<endEvent id="e"/>'


def mended(xml: bytes, rule: str, **more: object) -> Repaired:
    """Repair a drawing that lacks one thing; it must run afterwards, and the repair must say what it did."""
    found = repair(xml, **more)  # type: ignore[arg-type]
    assert found.left == ()
    assert [one for one in lint(found.xml) if one.is_error] == []
    [mine] = [one for one in found.done if one.rule == rule] or [None]
    assert mine is not None, [one.id for one in found.done]
    assert mine.text.vi
    assert mine.text.en
    *_, last = run_file(found.xml, max_steps=200)
    assert last["outcome"] in ("waiting", "completed")
    return found


def at(xml: bytes, path: str) -> list[etree._Element]:
    return etree.fromstring(xml).xpath(path, namespaces={"b": BPMN, "mc": "urn:motcua:bpmn:1"})


# --- decisions --------------------------------------------------------------------------------------

DECISION = drawing(
    START_TO_A
    + '<exclusiveGateway id="G" name="Đạt không?"/><task id="B" name="Ký"/><task id="C" name="Từ chối"/>'
    + flow("f1", "A", "G") + flow("yes", "G", "B", "Đạt") + flow("no", "G", "C", "Không")
    + TO_END + flow("f2", "B", "e") + flow("f3", "C", "e")
)  # fmt: skip


def test_labels_of_a_decision_become_the_buttons_of_the_step_before_it():
    found = mended(DECISION, "condition-missing")

    assert [one.get("name") for one in at(found.xml, "//b:task[@id='A']//mc:outcome")] == ["Đạt", "Không"]
    assert at(found.xml, "//b:sequenceFlow[@id='yes']/b:conditionExpression")[0].text == 'dat_khong = "dat"'
    assert at(found.xml, "//b:exclusiveGateway")[0].get("default") == "no"


@pytest.mark.parametrize(("pressed", "step"), [("dat", "B"), ("khong", "C")])
def test_a_repaired_decision_goes_where_the_label_says(pressed, step):
    answers = [{"complete": "A", "data": {"dat_khong": pressed}}]
    *_, last = run_file(repair(DECISION).xml, answers=answers)
    assert last["waiting"] == [step]


def test_ways_without_labels_are_named_by_where_they_lead_and_a_person_is_asked():
    found = mended(
        DECISION.replace('name="Đạt"'.encode(), b"").replace('name="Không"'.encode(), b""),
        "condition-missing",
    )

    [asked] = [one for one in found.done if one.rule == "condition-missing"]
    assert asked.question.vi == "Ở “Đạt không?”, khi nào thì đi mỗi nhánh, và ai quyết định?"
    assert [one.get("name") for one in at(found.xml, "//mc:outcome")] == ["Ký", "Từ chối"]


def test_an_inclusive_decision_asks_for_each_way_by_itself():
    found = mended(DECISION.replace(b"exclusiveGateway", b"inclusiveGateway"), "condition-missing")
    assert at(found.xml, "//b:conditionExpression")[0].text == "dat_khong_dat = true"
    assert at(found.xml, "//mc:outcome") == []


@pytest.mark.parametrize(
    ("text", "feel"),
    [
        ("${approved == true}", "approved = true"),
        ("${amount > 1000 && unit == 'x'}", 'amount > 1000 and unit = "x"'),
        ("#{!late || paid}", "not(late) or paid"),
        ("= amount > 3", "amount > 3"),
        ("${bean.check(execution)}", "bean.check(execution)"),
        ("plain = 1", ""),
        ("${a == }", ""),
    ],
)
def test_conditions_of_other_tools_are_taken_over_where_feel_says_the_same(text, feel):
    assert as_feel(text) == feel


# --- events -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("quá 24 giờ", "PT24H"),
        ("Sau ba ngày làm việc", "P3D"),
        ("nach 2 Wochen", "P2W"),
        ("after one month", "P1M"),
        ("30 min vergangen", "PT30M"),
        ("48h", "PT48H"),
        ("hằng tuần", "P1W"),
        ("Frist überschritten", ""),
        ("năm mới", ""),
    ],
)
def test_a_time_is_read_from_the_words_of_a_label(words, time):
    assert time_in(words) == time


def waiting_for(kind: str, name: str, inside: str = "") -> bytes:
    event = f'<intermediateCatchEvent id="W" name="{name}"><{kind}EventDefinition>{inside}</{kind}EventDefinition>'
    return drawing(
        START_TO_A
        + event
        + "</intermediateCatchEvent>"
        + TO_END
        + flow("f1", "A", "W")
        + flow("f2", "W", "e")
    )


def test_a_message_is_called_as_its_event():
    found = mended(waiting_for("message", "Đơn khiếu nại"), "message-missing")
    assert at(found.xml, "//b:message")[0].get("name") == "Đơn khiếu nại"


def test_a_timer_takes_its_time_from_its_label_or_asks_for_it():
    found = mended(waiting_for("timer", "sau 5 ngày"), "timer-time")
    assert at(found.xml, "//b:timeDuration")[0].text == "P5D"
    assert not next(one for one in found.done if one.rule == "timer-time").question

    found = mended(waiting_for("timer", "hết hạn"), "timer-time")
    [asked] = [one for one in found.done if one.rule == "timer-time"]
    assert asked.question.vi == "“hết hạn” là bao lâu? Tạm đặt 1 ngày."
    found = mended(waiting_for("timer", "hết hạn"), "timer-time", answers={asked.id: "PT8H"})
    assert at(found.xml, "//b:timeDuration")[0].text == "PT8H"
    assert not next(one for one in found.done if one.rule == "timer-time").question


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (waiting_for("conditional", "đủ giấy tờ"), "condition-empty"),
        (waiting_for("signal", "Có lệnh"), "signal-missing"),
        (waiting_for("cancel", "Hủy"), "event-kind"),
        (
            drawing(
                START_TO_A + '<endEvent id="e"><cancelEventDefinition/></endEvent>' + flow("f1", "A", "e")
            ),
            "cancel-where",
        ),
    ],
)
def test_events_that_say_too_little_or_stand_where_they_cannot(xml, rule):
    mended(xml, rule)


# --- lines, borders, beginnings, ends ----------------------------------------------------------------

LOOSE = START_TO_A + TO_END + flow("f1", "A", "e")
POOLS = """<collaboration id="K"><participant id="X" name="Sở" processRef="P"/><participant id="Y" name="Dân" processRef="Q"/>
    </collaboration><process id="Q"><startEvent id="q"/><userTask id="q1" name="Nộp"/><endEvent id="q2"/>
    <sequenceFlow id="g1" sourceRef="q" targetRef="q1"/><sequenceFlow id="g2" sourceRef="q1" targetRef="q2"/></process>"""


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (drawing(LOOSE + '<sequenceFlow id="x" sourceRef="A"/>'), "missing-attribute"),
        (drawing(LOOSE + flow("x", "A", "gone")), "flow-dangling"),
        (drawing(START_TO_A), "no-end"),
        (drawing('<task id="A" name="Làm"/>' + TO_END + flow("f1", "A", "e")), "no-start"),
        (drawing('<task id="A" name="Làm"/>'), "no-entry"),
        (drawing(LOOSE + '<exclusiveGateway id="G"/>' + flow("x", "A", "G") + flow("y", "s", "G")), "leads-nowhere"),
        (drawing(LOOSE.replace('targetRef="e"', 'targetRef="G"') + '<exclusiveGateway id="G"/>' + flow("x", "G", "e")), "gateway-pointless"),
        (drawing(LOOSE + '<intermediateCatchEvent id="W"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
                 "</timerEventDefinition></intermediateCatchEvent>" + flow("x", "W", "A")), "no-way-in"),
        (drawing(LOOSE + '<boundaryEvent id="W" attachedToRef="A"><timerEventDefinition><timeDuration>PT1H'
                 "</timeDuration></timerEventDefinition></boundaryEvent>"), "boundary-outgoing"),
        (drawing(LOOSE + flow("x", "A", "q1"), around=POOLS), "flow-crosses-scope"),
        (drawing(LOOSE + '<subProcess id="S" name="Con"><startEvent id="s1"/><task id="I" name="Trong"/><endEvent id="e1"/>'
                 + flow("i1", "s1", "I") + flow("i2", "I", "e1") + "</subProcess>" + flow("x", "I", "A") + flow("y", "s", "S")), "flow-crosses-scope"),
        (drawing(LOOSE.replace('<task id="A"', '<callActivity id="A"')), "call-missing"),
        (drawing(LOOSE.replace("Thẩm định\"/>", "Thẩm định\"><standardLoopCharacteristics/></task>")), "loop-endless"),
        (drawing(LOOSE.replace("Thẩm định\"/>", "Thẩm định\"><multiInstanceLoopCharacteristics/></task>")), "multi-without-number"),
        (drawing(LOOSE, around='<collaboration id="K"><participant id="X" name="Sở" processRef="P"/><participant id="Y" '
                 'name="Dân" processRef="Q"/></collaboration><process id="Q" isExecutable="true"/>', executable="true"), "empty"),
    ],
)  # fmt: skip
def test_what_is_missing_or_loose_is_mended(xml, rule):
    mended(xml, rule)


def test_a_step_behind_an_event_gateway_waits_for_its_message():
    body = (
        START_TO_A
        + '<eventBasedGateway id="G"/><task id="B" name="Trả lời"/><task id="C" name="Rút đơn"/>'
        + TO_END
    )
    lines = (
        flow("f1", "A", "G")
        + flow("f2", "G", "B")
        + flow("f3", "G", "C")
        + flow("f4", "B", "e")
        + flow("f5", "C", "e")
    )

    found = mended(drawing(body + lines), "event-gateway-targets")

    assert {one.get("name") for one in at(found.xml, "//b:intermediateCatchEvent")} == {"Trả lời", "Rút đơn"}


def test_what_is_drawn_stays_where_it_is_and_what_is_added_is_drawn_too():
    shape = '<bpmndi:BPMNShape id="{0}_di" bpmnElement="{0}"><dc:Bounds x="{1}" y="100" width="100" height="80"/></bpmndi:BPMNShape>'
    picture = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="D"><bpmndi:BPMNPlane id="L" bpmnElement="P">'
        + shape.format("A", 200) + shape.format("s", 100) + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
    )  # fmt: skip
    xml = drawing(START_TO_A).replace(b"</definitions>", picture.encode())

    found = mended(xml, "no-end")

    shapes = {one.get("bpmnElement"): one for one in at(found.xml, "//*[local-name()='BPMNShape']")}
    assert shapes["A"][0].get("x") == "200"
    assert len(shapes) == 3
    assert at(found.xml, "//*[local-name()='waypoint']")


# --- what holds for every repair ---------------------------------------------------------------------


def test_what_runs_is_given_back_byte_for_byte():
    xml = drawing(LOOSE, executable="true")
    found = repair(xml)
    assert (found.xml, found.done, found.left) == (xml, (), ())


def test_leaving_a_repair_out_leaves_its_place_as_it_was():
    found = repair(DECISION, without=["condition-missing:G"])

    assert "condition-missing" in {one.rule for one in found.left}
    assert at(found.xml, "//b:conditionExpression") == []
    assert not found.runs


def test_what_is_no_diagram_comes_back_as_it_is():
    for junk in (b"", b"<x/>", b"\x00\x01", "không phải XML".encode()):
        found = repair(junk)
        assert (found.xml, found.done) == (junk, ())
        assert found.left[0].message.vi


def test_attributes_of_other_tools_survive():
    xml = DECISION.replace(b'<task id="A"', b'<task other:color="red" id="A"')
    assert at(repair(xml).xml, "//b:task[@id='A']")[0].get("{http://example.org/other}color") == "red"


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_whatever_is_torn_out_of_a_drawing_it_is_mended_or_said_and_never_twice(seed):
    chance = random.Random(seed)
    root = etree.fromstring(DECISION)
    inner = [one for one in root.iter() if one.getparent() is not None and one.getparent() is not root]
    for one in chance.sample(inner, k=min(3, len(inner))):
        if one.attrib and chance.random() < 0.5:
            one.attrib.pop(chance.choice(sorted(one.attrib)))
        elif one.getparent() is not None:
            one.getparent().remove(one)

    torn = etree.tostring(root)
    found = repair(torn)

    assert found == repair(torn)
    assert len({one.id for one in found.done}) == len(found.done)
    again = repair(found.xml)
    assert again.left == found.left
    if found.runs:
        assert again.done == ()
        *_, last = run_file(found.xml, max_steps=200)
        assert last["outcome"] in ("waiting", "completed", "terminated")
