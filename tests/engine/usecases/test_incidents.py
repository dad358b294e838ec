"""Incidents: when a person is asked, and what that person may do about it, once."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from engine.domain.access import RoleMissing
from engine.domain.forms import FormInvalid
from engine.errors import Conflict, NotFound, ProcedureError
from engine.store.rows import AuditRow, DossierRow, EventRow, IncidentRow, OutboxRow, TimerRow
from engine.usecases.dossiers import withdraw_dossier
from engine.usecases.incident_pages import get_incident, list_incidents
from engine.usecases.incidents import (
    CannotSkip,
    IncidentEnded,
    IncidentReason,
    NoSuchAnswer,
    change_answer,
    open_incident,
    retry_incident,
    skip_incident,
)
from engine.usecases.retries import WAITS

LEADER, OUTSIDER, SPECIALIST = "tuan.pm", "nga.tt", "linh.vt"
WHY = "Đã kiểm tra với đơn vị phối hợp."

WAITING = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
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
    <exclusiveGateway id="g"/>
    <sequenceFlow id="f4" sourceRef="g" targetRef="T3">
      <conditionExpression xsi:type="tFormalExpression">parcel_area &gt; 500</conditionExpression>
    </sequenceFlow>
    <userTask id="T3" name="Đôn đốc" mc:kind="review" mc:role="HEAD" mc:unit="competent"/>
    <sequenceFlow id="f5" sourceRef="T3" targetRef="e"/>
    <sequenceFlow id="f6" sourceRef="T2" targetRef="T4"/>
    <userTask id="T4" name="Xem xét" mc:kind="review" mc:role="HEAD" mc:unit="competent"/>
    <sequenceFlow id="f7" sourceRef="T4" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>
""".encode()


@pytest.fixture
def stuck(office):
    """A dossier whose timer leads to a gateway where nothing holds; all tries are used up."""
    office.redraw(WAITING)
    dossier = office.permit()
    office.clock.advance(hours=9)
    office.fire()
    for wait in WAITS:
        office.clock.advance(seconds=wait.total_seconds())
        office.fire()
    return dossier


def rows(office, table):
    with office.reading(None) as unit:
        return unit.session.scalars(select(table).order_by(table.id)).all()


def incident(office):
    return rows(office, IncidentRow)[-1]


def last_audit(office, dossier):
    return [one for one in rows(office, AuditRow) if one.chain == f"dossier:{dossier}"][-1]


@pytest.mark.sqlite
def test_a_timer_that_fails_is_tried_again_later_and_later(office):
    office.redraw(WAITING)
    office.permit()
    office.clock.advance(hours=9)
    begun, tried = office.clock.now(), []
    for _ in range(len(WAITS) + 1):
        office.fire()
        office.fire()  # at once: it waits
        timer = rows(office, TimerRow)[0]
        if timer.next_try_at is None:
            break
        tried.append((timer.next_try_at - office.clock.now(), timer.attempts, len(rows(office, IncidentRow))))
        office.clock.set(timer.next_try_at)

    assert tried == [(wait, number, 0) for number, wait in enumerate(WAITS, 1)]
    assert incident(office).attempts == len(WAITS) + 1
    assert (office.clock.now() - begun).total_seconds() == sum(one.total_seconds() for one in WAITS)


@pytest.mark.sqlite
def test_a_timer_that_works_at_the_second_try_needs_nobody(office):
    office.redraw(WAITING)
    dossier = office.permit()
    office.clock.advance(hours=9)
    first = office.fire()
    with office.unit(None) as unit:
        row = unit.session.get_one(DossierRow, dossier)
        row.data = {**row.data, "parcel_area": "600"}
    office.clock.advance(minutes=1)

    assert (first, office.fire()) == (0, 1)
    assert office.open_steps(dossier) == ["T3"]
    assert rows(office, IncidentRow) == []


def test_a_corrected_answer_lets_it_go_on_and_says_who_and_why(office, stuck):
    before = office.counts()
    with pytest.raises(ProcedureError) as refusal, office.unit(LEADER) as unit:
        change_answer(unit, incident(office).id, "parcel_area", "300", WHY)
    unchanged = (office.counts(), office.dossier(stuck).data["parcel_area"])
    with office.unit(LEADER) as unit:
        change_answer(unit, incident(office).id, "parcel_area", "600,5", WHY)
    kinds = [one.kind for one in rows(office, EventRow)]
    said = last_audit(office, stuck)

    assert refusal.value.code == "no_flow_holds"
    assert unchanged == (before, "200")
    assert office.open_steps(stuck) == ["T3"]
    assert office.dossier(stuck).data["parcel_area"] == "600.5"
    assert {"answer.changed", "incident.ended"} <= set(kinds)
    assert said.action == "incident.changed"
    assert (said.data["field"], said.data["before"], said.data["after"]) == ("parcel_area", "200", "600.5")
    assert (said.data["reason"], incident(office).action) == (WHY, "change")
    assert office.check() == {}


def test_a_skipped_step_goes_on_along_the_chosen_flow(office, stuck):
    with office.unit(LEADER) as unit:
        ways = [one.flow for one in get_incident(unit, incident(office).id).ways]
        skip_incident(unit, incident(office).id, "f6", WHY)

    assert ways == ["f6"]
    assert office.open_steps(stuck) == ["T4"]
    assert rows(office, TimerRow) == []
    assert last_audit(office, stuck).data["flow"] == "f6"
    assert (incident(office).action, incident(office).resolution) == ("skip", WHY)
    assert office.check() == {}


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda unit, one: skip_incident(unit, one, "f5", WHY), CannotSkip),
        (lambda unit, one: skip_incident(unit, one, "", WHY), CannotSkip),
        (lambda unit, one: skip_incident(unit, one, "f6", "vì cần"), IncidentReason),
        (lambda unit, one: change_answer(unit, one, "parcel_area", "600", " "), IncidentReason),
        (lambda unit, one: change_answer(unit, one, "no_such", "600", WHY), NoSuchAnswer),
        (lambda unit, one: change_answer(unit, one, "parcel_area", "rộng", WHY), FormInvalid),
        (lambda unit, one: retry_incident(unit, one), ProcedureError),
        (lambda unit, one: retry_incident(unit, 999), NotFound),
    ],
)
def test_a_refused_action_writes_nothing(office, stuck, act, expected):
    before, data = office.counts(), office.dossier(stuck).data
    with pytest.raises(expected), office.unit(LEADER) as unit:
        act(unit, incident(office).id)

    assert (office.counts(), office.dossier(stuck).data) == (before, data)
    assert incident(office).ended_at is None
    assert office.check() == {}


@pytest.mark.sqlite
@pytest.mark.parametrize("login", [SPECIALIST, OUTSIDER])
def test_who_does_not_lead_changes_and_skips_nothing(office, stuck, login):
    one = incident(office).id
    for act in (
        lambda unit: skip_incident(unit, one, "f6", WHY),
        lambda unit: change_answer(unit, one, "parcel_area", "600", WHY),
        lambda unit: retry_incident(unit, one),
    ):
        with pytest.raises((RoleMissing, NotFound)), office.unit(login) as unit:
            act(unit)


@pytest.mark.sqlite
def test_it_staff_try_again_but_decide_nothing(office, stuck):
    one = incident(office).id
    admin = "vinh.dq"
    with pytest.raises(RoleMissing), office.unit(admin) as unit:
        skip_incident(unit, one, "f6", WHY)
    with pytest.raises(RoleMissing), office.unit(admin) as unit:
        change_answer(unit, one, "parcel_area", "600", WHY)


@pytest.mark.parametrize("action", ["skip", "change"])
def test_an_action_pressed_twice_acts_once(office, stuck, action):
    one, barrier, refused = incident(office).id, Barrier(2), []

    def press():
        barrier.wait()
        try:
            with office.unit(LEADER) as unit:
                if action == "skip":
                    skip_incident(unit, one, "f6", WHY)
                else:
                    change_answer(unit, one, "parcel_area", "600", WHY)
        except (IncidentEnded, Conflict) as error:
            refused.append(error)

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with suppress(IncidentEnded), office.unit(LEADER) as unit:
        skip_incident(unit, one, "f6", WHY)

    assert len(refused) == 1
    assert office.open_steps(stuck) == ["T4" if action == "skip" else "T3"]
    assert [one.kind for one in rows(office, EventRow)].count("incident.ended") == 1
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_message_that_is_skipped_is_sent_no_more(office):
    dossier = office.permit()
    with office.unit(None) as unit:
        message = unit.session.scalars(select(OutboxRow)).one()
        message.next_try_at, message.error = None, "no answer"
        open_incident(unit, dossier, NotFound("an answer", "none"), outbox_id=message.id)
    with office.unit(LEADER) as unit:
        view = get_incident(unit, incident(office).id)
        skip_incident(unit, incident(office).id, "", WHY)

    assert (view.is_message, view.can_skip, view.can_change) == (True, True, False)
    assert rows(office, OutboxRow)[0].next_try_at is None
    assert incident(office).action == "skip"


def test_a_step_finished_by_hand_ends_its_incident(office, stuck):
    office.do(stuck, "T2")
    found, kinds = incident(office), [one.kind for one in rows(office, EventRow)]
    with office.reading(LEADER) as unit:
        view, listed = get_incident(unit, found.id), list_incidents(unit)

    assert (found.action, found.ended_at) == ("overtaken", office.clock.now())
    assert kinds.count("incident.ended") == 1
    assert "incident.overtaken" in [one.action for one in rows(office, AuditRow)]
    assert (listed, view.can_retry, view.outcome.vi) == ([], False, "Bước đã được làm xong, không còn vướng")
    assert office.open_steps(stuck) == ["T4"]
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_dossier_that_is_withdrawn_leaves_no_incident_about_its_steps(office, stuck):
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, stuck, "Không còn nhu cầu.")

    assert incident(office).action == "overtaken"
    assert office.check() == {}


@pytest.mark.sqlite
def test_the_list_shows_those_who_lead_their_open_incidents(office, stuck):
    with office.reading(LEADER) as unit:
        lines = list_incidents(unit)
        view = get_incident(unit, lines[0].id, "parcel_area")
    with pytest.raises(RoleMissing), office.reading(SPECIALIST) as unit:
        list_incidents(unit)
    with office.unit(LEADER) as unit:
        skip_incident(unit, lines[0].id, "f6", WHY)
    with office.reading(LEADER) as unit:
        ended = get_incident(unit, lines[0].id)
        after = list_incidents(unit)

    assert [one.code for one in lines] == [office.dossier(stuck).code]
    assert (view.step.vi, view.value, view.can_skip) == ("Chờ ý kiến", "200", True)
    assert [one.name.vi for one in view.ways] == ["Xem xét"]
    assert (after, ended.resolution, ended.can_skip) == ([], WHY, False)
    assert ended.person != ""
