"""Timers and messages: what happens while nobody looks, and what becomes visible when it cannot."""

from contextlib import suppress
from dataclasses import replace

import pytest
from office import APPLICANT, PERMIT, PERMIT_PAPERS
from sqlalchemy import select, text

from engine.domain.access import RoleMissing
from engine.store.queue import Queue
from engine.store.rows import (
    DossierRow,
    EventRow,
    IncidentRow,
    OutboxRow,
    TimerRow,
    UserRow,
)
from engine.usecases.dossiers import withdraw_dossier
from engine.usecases.incidents import IncidentEnded, retry_incident
from engine.usecases.notices import MESSAGES
from engine.usecases.outbox import send_due
from engine.usecases.retries import MOST_ATTEMPTS, WAITS
from engine.usecases.routing import NoOneToDo
from engine.usecases.timers import fire_due_timers

REMINDERS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Tiếp nhận" mc:kind="receive" mc:role="RECEPTION" mc:form="application"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="T2"/>
    <userTask id="T2" name="Thụ lý" mc:kind="appraise" mc:role="SPECIALIST" mc:unit="competent" mc:hours="8"/>
    <boundaryEvent id="remind" attachedToRef="T2" cancelActivity="false">
      <timerEventDefinition id="d"><timeCycle>R3/PT8H</timeCycle></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="f3" sourceRef="remind" targetRef="T3"/>
    <userTask id="T3" name="Đôn đốc" mc:kind="review" mc:role="HEAD" mc:unit="competent"/>
    <sequenceFlow id="f4" sourceRef="T3" targetRef="e1"/>
    <endEvent id="e1"/>
    <sequenceFlow id="f5" sourceRef="T2" targetRef="e2"/>
    <endEvent id="e2"><terminateEventDefinition id="t"/></endEvent>
  </process>
</definitions>
""".encode()


def set_active(office, login, is_active):
    with office.unit(None) as unit:
        unit.session.scalars(select(UserRow).where(UserRow.login == login)).one().is_active = is_active


def rows(office, table):
    with office.reading(None) as unit:
        return unit.session.scalars(select(table).order_by(table.id)).all()


def fire_in_vain(office):
    """Let the worker fire until it gives up on what fails; return how many fired."""
    fired = office.fire()
    for wait in WAITS:
        office.clock.advance(seconds=wait.total_seconds())
        fired += office.fire()
    return fired


def asked(office):
    """A dossier whose fire-police opinion runs out at 08:00 on 30/11, into the head's hands."""
    dossier = office.permit(on_fire_list="1")
    office.do(dossier, "T2", "assign")
    office.at("2026-11-25 08:00")
    office.do(dossier, "T3", "pass")
    office.do(dossier, "T5a", "done", red_line="4 m", building_line="2 m")
    return dossier


def test_a_cycle_fires_as_often_as_it_says_and_stops_with_its_step(office):
    office.redraw(REMINDERS)
    dossier = office.permit()
    office.clock.advance(hours=9)
    first = office.fire()
    again = office.fire()
    office.clock.advance(hours=8)
    second = office.fire()
    timers = rows(office, TimerRow)
    open_steps = office.open_steps(dossier)
    office.do(dossier, "T2")

    assert (first, again, second) == (1, 0, 1)
    assert [(one.repeats, one.every) for one in timers] == [(1, "PT8H")]
    assert open_steps == ["T2", "T3", "T3"]
    assert rows(office, TimerRow) == []
    assert office.dossier(dossier).ended_at is not None
    assert office.check() == {}


def test_what_cannot_go_on_becomes_an_incident_and_the_others_go_on(office):
    stuck = asked(office)
    fine = office.permit(on_fire_list="1")
    office.do(fine, "T2", "assign")
    office.do(fine, "T3", "pass")
    for login in ("linh.vt", "dat.lq"):
        set_active(office, login, False)  # nobody is left to check the site
    office.at("2026-12-01 08:00")
    fired = fire_in_vain(office)
    again = office.fire()
    incident = rows(office, IncidentRow)[0]

    assert (fired, again) == (1, 0)
    assert (incident.dossier_id, incident.code, incident.node_id) == (stuck, NoOneToDo.code, "T5b_late")
    assert "Chuyên viên" in incident.text_vi
    assert office.open_steps(stuck) == ["T5b"]
    assert office.check() == {}


def test_an_incident_is_tried_again_by_those_who_lead_and_ends_when_it_works(office):
    dossier = asked(office)
    for login in ("linh.vt", "dat.lq"):
        set_active(office, login, False)
    office.at("2026-12-01 08:00")
    fire_in_vain(office)
    incident = rows(office, IncidentRow)[0].id
    before = office.counts()
    with pytest.raises(NoOneToDo), office.unit("khoa.nd") as unit:
        retry_incident(unit, incident)
    unchanged = office.counts() == before
    set_active(office, "dat.lq", True)
    with pytest.raises(RoleMissing), office.unit("huong.bt") as unit:
        retry_incident(unit, incident)
    with office.unit("khoa.nd") as unit:
        retry_incident(unit, incident, "Đã phân công lại chuyên viên.")
    with pytest.raises(IncidentEnded), office.unit("khoa.nd") as unit:
        retry_incident(unit, incident)

    assert unchanged
    assert office.open_steps(dossier) == ["T4"]
    assert rows(office, IncidentRow)[0].resolution == "Đã phân công lại chuyên viên."
    assert office.check() == {}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("state", "code"),
    [
        pytest.param("{}", "bad_state", id="a state that the executor refuses"),
        pytest.param("not JSON", "internal_fault", id="a fault that nobody thought of"),
    ],
)
def test_a_damaged_dossier_is_an_incident_and_holds_nobody_up(office, state, code):
    stuck, fine = asked(office), office.permit(on_fire_list="1")
    office.do(fine, "T2", "assign")
    office.do(fine, "T3", "pass")
    office.at("2026-12-01 08:00")
    with office.unit(None) as unit:
        unit.session.get_one(DossierRow, stuck).state = state

    assert fire_in_vain(office) == 1
    assert [(one.dossier_id, one.code) for one in rows(office, IncidentRow)] == [(stuck, code)]
    assert office.fire() == 0


@pytest.mark.sqlite
def test_a_dossier_that_ends_leaves_no_timer(office):
    from engine.usecases.dossiers import withdraw_dossier

    dossier = asked(office)
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, dossier, "Không còn nhu cầu.")

    assert rows(office, TimerRow) == []
    office.at("2026-12-20 08:00")
    assert fire_due_timers(office.engine) == 0


class Gateway:
    """An SMS gateway that is down for so many calls, and drops repeats by key as real ones do."""

    def __init__(self, failures=0):
        self.failures = failures
        self.taken = {}

    def send(self, phone, text, key):
        if self.failures:
            self.failures -= 1
            raise ConnectionError("no answer from the gateway")
        self.taken.setdefault(key, (phone, text))


def test_messages_go_out_once_after_the_commit(office):
    gateway = Gateway()
    office.engine = replace(office.engine, sms=gateway)
    office.permit()
    before = len(gateway.taken)
    sent = send_due(office.engine)
    again = send_due(office.engine)

    assert (before, sent, again) == (0, 1, 0)
    assert [phone for phone, _ in gateway.taken.values()] == ["0912345678"]
    assert rows(office, OutboxRow)[0].sent_at is not None


def test_a_step_announces_its_message_with_its_commit_and_not_if_it_fails(office):
    dossier = office.permit()
    received = announced(office)
    office.engine.jobs.bell(MESSAGES).clear()
    with suppress(OSError), office.unit("mai.lt") as unit:
        withdraw_dossier(unit, dossier, "Không còn nhu cầu.")
        raise OSError("nothing is kept")
    failed = announced(office)
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, dossier, "Không còn nhu cầu.")

    assert (received, failed, announced(office)) in ((1, 1, 2), (1, 0, 1))  # jobs, or a bell


def announced(office):
    """Count the jobs on PostgreSQL; on SQLite tell whether the bell rang."""
    jobs = office.engine.jobs
    if not isinstance(jobs, Queue):
        return int(jobs.bell(MESSAGES).is_set())
    with office.engine.database.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"))


@pytest.mark.sqlite
def test_a_gateway_that_is_down_is_tried_again_later_and_later(office):
    gateway = Gateway(failures=2)
    office.engine = replace(office.engine, sms=gateway)
    office.permit()
    results = []
    for minutes in (0, 1, 4, 5):
        office.clock.advance(minutes=minutes)
        results.append(send_due(office.engine))

    assert results == [0, 0, 0, 1]
    assert len(gateway.taken) == 1
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_message_given_up_is_an_incident_and_can_be_sent_again(office):
    gateway = Gateway(failures=MOST_ATTEMPTS)
    office.engine = replace(office.engine, sms=gateway)
    dossier = office.permit()
    for _ in range(MOST_ATTEMPTS):
        send_due(office.engine)
        office.clock.advance(hours=7)
    incident = rows(office, IncidentRow)[0]
    sound = office.check()
    with office.unit("hung.nv") as unit:
        retry_incident(unit, incident.id)
    sent = send_due(office.engine)

    assert (incident.dossier_id, incident.code) == (dossier, "sms_not_sent")
    assert sound == {}
    assert sent == 1
    with office.reading(None) as unit:
        kinds = unit.session.scalars(select(EventRow.kind).where(EventRow.dossier_id == dossier)).all()
    assert "incident.ended" in kinds


@pytest.mark.sqlite
def test_a_worker_that_dies_while_sending_lets_it_be_sent_again_with_the_same_key(office):
    class Dies(Gateway):
        def send(self, phone, text, key):
            super().send(phone, text, key)
            raise SystemExit  # killed between the gateway's answer and the note of it

    gateway = Dies()
    office.engine = replace(office.engine, sms=gateway)
    office.permit()
    with pytest.raises(SystemExit):
        send_due(office.engine)
    office.engine = replace(office.engine, sms=(alive := Gateway()))
    alive.taken = gateway.taken
    at_once = send_due(office.engine)
    office.clock.advance(minutes=3)
    later = send_due(office.engine)

    assert (at_once, later) == (0, 1)
    assert len(alive.taken) == 1


@pytest.mark.sqlite
def test_nobody_without_a_mobile_number_is_written_to(office):
    office.receive(
        "mai.lt",
        "P03",
        "ttpvhcc",
        PERMIT,
        components=PERMIT_PAPERS,
        applicant=replace(APPLICANT, phone=""),
    )

    assert rows(office, OutboxRow) == []
