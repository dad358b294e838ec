"""Diagrams and data that would hang, flood or deceive the engine: each is refused or stopped in a sentence,
and the dossier beside it goes on.

A guard of real time stands behind every case: what takes ten seconds on the slowest machine is a hang.
"""

from __future__ import annotations

import signal

import pytest
from sqlalchemy import select

from engine.bpmn.lint import lint
from engine.store.rows import IncidentRow
from engine.usecases.retries import WAITS

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

HANGS = 10  # seconds

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:mc="urn:motcua:bpmn:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xi="http://www.w3.org/2001/XInclude" targetNamespace="urn:test">'
)


def drawn(middle: str, head: str = HEAD) -> str:
    return (
        f'{head}<process id="P" isExecutable="true"><startEvent id="s"/>'
        f'<sequenceFlow id="f1" sourceRef="s" targetRef="x"/>{middle}'
        '<sequenceFlow id="f2" sourceRef="x" targetRef="e"/><endEvent id="e"/></process></definitions>'
    )


def timer(text: str) -> str:
    return drawn(
        f'<intermediateCatchEvent id="x"><timerEventDefinition id="d">{text}</timerEventDefinition>'
        "</intermediateCatchEvent>"
    )


def many(count: str) -> str:
    return drawn(
        '<userTask id="x" name="x"><multiInstanceLoopCharacteristics id="m">'
        f"<loopCardinality>{count}</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
    )


TASK = '<userTask id="x" name="x"/>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
FILES = {
    "a diagram that calls itself": drawn('<callActivity id="x" name="x" calledElement="P"/>'),
    "a cycle without a pause": timer("<timeCycle>R/PT0S</timeCycle>"),
    "a pause of a million years": timer("<timeDuration>P999999999Y</timeDuration>"),
    "a million instances": many("1000000"),
    "minus one instance": many("-1"),
    "an external entity": drawn(TASK).replace(
        "<definitions", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><definitions'
    ),
    "a billion laughs": drawn(TASK).replace(
        "<definitions", f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><definitions'
    ),
    "a doctype and nothing else": drawn(TASK).replace("<definitions", "<!DOCTYPE x><definitions"),
    "an inclusion": drawn(TASK + '<xi:include href="file:///etc/passwd"/>'),
    "an import from the network": drawn(TASK).replace(
        "<process ", '<import importType="a" location="http://192.0.2.1/x" namespace="b"/><process '
    ).replace('targetRef="x"/>', 'targetRef="x"/><task id="t" name="t"/>'),
    "twenty thousand empty elements": drawn(TASK + "<documentation/>" * 200_000),
    "elements in elements": drawn(TASK + "<extensionElements>" * 300 + "</extensionElements>" * 300),
    "an element with very many attributes": drawn(
        TASK.replace("/>", "".join(f' a{n}="1"' for n in range(50_000)) + "/>")
    ),
    "the same id twice": drawn(TASK + '<userTask id="x" name="y"/>'),
    "an id of ten thousand letters": drawn(TASK).replace('"x"', f'"{"x" * 10_000}"'),
    "a script": drawn('<scriptTask id="x" name="x"><script>import os</script></scriptTask>'),
    "a class of another engine": drawn(
        '<serviceTask id="x" name="x" xmlns:c="http://camunda.org/schema/1.0/bpmn" c:class="Runtime"/>'
    ),
    "a condition that is a program": drawn(
        TASK + '<sequenceFlow id="f3" sourceRef="x" targetRef="e"><conditionExpression'
        ' xsi:type="tFormalExpression">lambda x: ().__class__</conditionExpression></sequenceFlow>'
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def guard():
    """Break off what hangs, with the place where it does."""

    def hangs(*_):
        raise AssertionError(f"it takes more than {HANGS} seconds")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(HANGS * 6)  # the fixtures of a whole province included
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_a_sentence(name):
    signal.alarm(HANGS)
    errors = [one for one in lint(FILES[name].encode()) if one.severity == "error"]

    assert errors
    assert all(one.message.say("vi").endswith(".") and one.message.say("en").endswith(".") for one in errors)


TRAP = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
    <userTask id="T2" name="Chờ ý kiến" mc:kind="appraise" mc:role="SPECIALIST" mc:unit="competent"
        mc:hours="8"/>
    <boundaryEvent id="late" attachedToRef="T2" name="Hết 8 giờ">
      <timerEventDefinition id="d"><timeDuration>PT8H</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="f3" sourceRef="late" targetRef="g"/>
    <exclusiveGateway id="g" default="f5"/>
    <sequenceFlow id="f4" sourceRef="g" targetRef="x">
      <conditionExpression xsi:type="tFormalExpression">parcel_area &gt; 500</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f5" sourceRef="g" targetRef="T3"/>
    {trap}
    <userTask id="T3" name="Đôn đốc" mc:kind="review" mc:role="HEAD" mc:unit="competent"/>
    <sequenceFlow id="f6" sourceRef="T3" targetRef="e"/>
    <sequenceFlow id="f7" sourceRef="T2" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>
"""
ON = '<sequenceFlow id="f8" sourceRef="x" targetRef="T3"/>'
TRAPS = {
    "a loop that nothing ends": (
        '<exclusiveGateway id="x"/><sequenceFlow id="f8" sourceRef="x" targetRef="y"/>'
        '<exclusiveGateway id="y"/><sequenceFlow id="f9" sourceRef="y" targetRef="x"/>',
        {"endless_loop", "too_many_steps"},
    ),
    "millions of instances from an answer": (
        '<userTask id="x" name="Nhiều" mc:kind="review" mc:role="HEAD" mc:unit="competent">'
        '<multiInstanceLoopCharacteristics id="m"><loopCardinality>parcel_area * 10000</loopCardinality>'
        f"</multiInstanceLoopCharacteristics></userTask>{ON}",
        {"too_many_instances"},
    ),
    "a condition that is a number": (
        '<exclusiveGateway id="x"/><sequenceFlow id="f8" sourceRef="x" targetRef="T3">'
        '<conditionExpression xsi:type="tFormalExpression">parcel_area</conditionExpression></sequenceFlow>',
        {"not_boolean"},
    ),
    "a gateway without a way on": (
        '<exclusiveGateway id="x"/><sequenceFlow id="f8" sourceRef="x" targetRef="T3">'
        '<conditionExpression xsi:type="tFormalExpression">parcel_area &lt; 0</conditionExpression>'
        "</sequenceFlow>",
        {"no_flow_holds"},
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_in_a_diagram_stops_its_own_dossier_with_an_incident_and_no_other(office, name):
    trap, codes = TRAPS[name]
    office.redraw(TRAP.replace("{trap}", trap).encode())
    caught, fine = office.permit(parcel_area="600"), office.permit()
    office.clock.advance(hours=9)
    fired = [office.fire()]
    for wait in WAITS:
        office.clock.advance(seconds=wait.total_seconds())
        fired.append(office.fire())
    with office.reading(None) as unit:
        incidents = unit.session.scalars(select(IncidentRow)).all()

    assert fired == [1, 0, 0, 0, 0, 0]
    assert office.open_steps(fine) == ["T3"]
    assert [one.dossier_id for one in incidents] == [caught]
    assert incidents[0].code in codes
    assert incidents[0].text_vi.endswith(".")
    assert office.open_steps(caught) == ["T2"]
    assert office.check() == {}
