"""The clock of the machine jumps, and the machine stands still for three days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.store.rows import DossierRow, EventRow, OutboxRow, TimerRow, WorkItemRow
from engine.usecases.outbox import send_due

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

REMINDERS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
    <userTask id="T2" name="Thụ lý" mc:kind="appraise" mc:role="SPECIALIST" mc:unit="competent" mc:hours="8"/>
    <boundaryEvent id="remind" attachedToRef="T2" cancelActivity="false">
      <timerEventDefinition id="d"><timeCycle>R{times}/PT8H</timeCycle></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="f3" sourceRef="remind" targetRef="T3"/>
    <userTask id="T3" name="Đôn đốc" mc:kind="review" mc:role="HEAD" mc:unit="competent"/>
    <sequenceFlow id="f4" sourceRef="T3" targetRef="e1"/>
    <endEvent id="e1"/>
    <sequenceFlow id="f5" sourceRef="T2" targetRef="e2"/>
    <endEvent id="e2"><terminateEventDefinition id="t"/></endEvent>
  </process>
</definitions>
"""

JUMPS = (timedelta(days=1), timedelta(days=-1), timedelta(hours=1), timedelta(hours=-1), timedelta(days=-365))


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_jump_between_two_steps_harms_nothing(office, jump):
    dossier = office.permit(on_fire_list="1")
    promised = office.dossier(dossier).promised_due
    office.do(dossier, "T2", "assign")
    if jump > timedelta(days=-30):  # a year back nobody held today's chairs, and nobody works then
        office.clock.advance(days=jump.days, seconds=jump.seconds)
        office.fire()
        send_due(office.engine)
    else:
        office.clock.advance(days=jump.days)
        office.fire()
        office.clock.advance(days=-jump.days)
    office.do(dossier, "T3", "pass")
    office.do(dossier, "T5a", "done", red_line="4 m", building_line="2 m")
    office.fire()

    assert office.dossier(dossier).promised_due == promised
    with office.reading(None) as unit:
        assert unit.session.scalar(select(func.min(WorkItemRow.spent_minutes))) >= 0
        order = unit.session.scalars(
            select(EventRow.kind).where(EventRow.dossier_id == dossier).order_by(EventRow.id)
        ).all()
    assert order[0] == "received"
    assert office.check() == {}


def test_a_clock_that_goes_back_and_forth_fires_no_timer_twice(office):
    dossiers = [office.permit(on_fire_list="1") for _ in range(3)]
    for one in dossiers:
        office.do(one, "T2", "assign")
        office.do(one, "T3", "pass")
    fired = 0
    for day in ("2026-12-10", "2026-12-09", "2026-12-11", "2026-11-24", "2026-12-11"):
        office.at(f"{day} 08:00")
        fired += office.fire()

    assert fired == 3
    assert office.check() == {}


def test_after_three_days_without_a_worker_every_missed_timer_fires_once(office):
    dossiers = [office.permit(on_fire_list="1") for _ in range(5)]
    for one in dossiers:
        office.do(one, "T2", "assign")
        office.do(one, "T3", "pass")
    with office.reading(None) as unit:
        due = unit.session.scalar(select(func.max(TimerRow.due_at)))
    office.clock.set(due + timedelta(days=3))
    fired = [office.fire(), office.fire()]
    sent = send_due(office.engine)

    assert fired == [5, 0]
    assert sent == 5
    with office.reading(None) as unit:
        assert unit.session.scalar(select(func.count()).select_from(TimerRow)) == 0
        unsent = select(func.count()).select_from(OutboxRow).where(OutboxRow.sent_at.is_(None))
        assert unit.session.scalar(unsent) == 0
    assert office.check() == {}


@pytest.mark.parametrize(
    ("times", "open_steps", "left"),
    [
        pytest.param("3", ["T2", "T3"], [], id="all its rounds were missed"),
        pytest.param("20", ["T2", "T3"], [20 - 9], id="nine of its rounds were missed"),
    ],
)
def test_a_cycle_whose_rounds_were_missed_fires_once_and_does_not_pile_up(office, times, open_steps, left):
    office.redraw(REMINDERS.format(times=times).encode())
    dossier = office.permit()
    office.clock.advance(days=3, minutes=5)
    fired = [office.fire(), office.fire()]

    assert fired == [1, 0]
    assert office.open_steps(dossier) == open_steps
    with office.reading(None) as unit:
        timers = unit.session.scalars(select(TimerRow)).all()
        assert [one.repeats for one in timers] == left
        assert all(one.due_at > unit.now for one in timers)
        assert unit.session.get_one(DossierRow, dossier).ended_at is None
    office.clock.advance(hours=8)
    assert office.fire() == len(left)
    assert office.check() == {}
