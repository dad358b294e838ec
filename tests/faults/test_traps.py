"""Traps in a diagram that only the background springs: each becomes an incident of its own dossier, and the
dossier beside it goes on.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.store.rows import IncidentRow
from engine.usecases.retries import WAITS

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

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
