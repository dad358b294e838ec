"""Several workers and officers at once: a message takes effect once, and none is lost on the way."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from liaison import NOTICE, Liaison, content, field, form
from sqlalchemy import select

from engine.errors import Conflict
from engine.store.rows import EventRow
from engine.usecases.delivery import deliver_messages
from engine.usecases.outside_messages import receive_message
from engine.usecases.timers import fire_due_timers

pytestmark = pytest.mark.faults

WORKERS = 4
DOSSIERS = 6


@pytest.fixture
def liaison(office) -> Liaison:
    return Liaison(office).install()


def at_once(*acts):
    """Let all begin at the same moment; a worker that meets another tries again at its next round."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait(60)
        try:
            return act()
        except Conflict:
            return 0

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(run, act) for act in acts]]


def work(liaison):
    return lambda: deliver_messages(liaison.office.engine)


def test_workers_that_deliver_the_same_messages_at_once_deliver_each_once(liaison):
    office = liaison.office
    lands = [liaison.ask(parcel=str(number)) for number in range(DOSSIERS)]
    begun = sum(at_once(*[work(liaison)] * WORKERS)) + liaison.deliver(3)
    taxes = [liaison.child(land) for land in lands]
    for tax in taxes:
        liaison.answer(tax)
    answered = sum(at_once(*[work(liaison)] * WORKERS)) + liaison.deliver(3)

    assert (begun, answered) == (DOSSIERS, DOSSIERS)
    assert len(liaison.dossiers("TAX")) == DOSSIERS
    assert [office.open_steps(land) for land in lands] == [["T8"]] * DOSSIERS
    assert office.check() == {}


def test_a_message_and_the_timer_of_its_receiver_at_once_lose_nothing(liaison):
    office = liaison.office
    lands = [liaison.ask(parcel=str(number)) for number in range(DOSSIERS)]
    liaison.deliver(2)
    for land in lands:
        liaison.answer(liaison.child(land))
    office.clock.advance(days=6)  # every wait is over, and every answer is there
    at_once(work(liaison), work(liaison), lambda: fire_due_timers(office.engine))
    office.fire()
    for land in lands:
        if office.open_steps(land) == ["T6"]:  # the timer was first: the answer is kept for the next wait
            office.do(land, "T6")
    liaison.deliver(3)

    assert [office.open_steps(land) for land in lands] == [["T8"]] * DOSSIERS
    assert {one.state for one in liaison.messages()} == {"delivered"}
    assert office.check() == {}


@pytest.mark.parametrize("seed", range(3))
def test_waits_that_begin_while_their_messages_are_tried_find_them_all(liaison, seed):
    """Officers let dossiers begin to wait while the worker puts their messages off: nobody sleeps on."""
    office = liaison.office
    chance = random.Random(seed)
    lands = [liaison.land(parcel=str(number)) for number in range(DOSSIERS)]
    codes = [office.dossier(land).code for land in lands]

    def send():
        with office.unit(None) as unit:
            for number, code in enumerate(codes):
                receive_message(unit, NOTICE, {"dossier": code}, {"amount": 1, "notice_no": "x"}, str(number))
        return 0

    def wait(those):
        def act():
            for land in those:
                office.do(land, "T2")
            return 0

        return act

    acts = [send, wait(lands[::2]), wait(lands[1::2]), work(liaison), work(liaison)]
    chance.shuffle(acts)
    at_once(*acts)
    send()
    for land in lands:
        if office.open_steps(land) == ["T2"]:  # its officer met a worker, and clicks again
            office.do(land, "T2")
    liaison.deliver(3)

    assert [office.open_steps(land) for land in lands] == [["T8"]] * DOSSIERS
    assert office.check() == {}
    with office.reading(None) as unit:
        said = unit.session.scalars(select(EventRow.dossier_id).where(EventRow.kind == "message.received"))
        assert sorted(one for one in said if one in lands) == lands


PAIR = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1" id="defs"
    targetNamespace="urn:test">
  <message id="M" name="pair"/>
  <correlationProperty id="K" name="dossier">
    <correlationPropertyRetrievalExpression id="r" messageRef="M"><messagePath>partner</messagePath>
    </correlationPropertyRetrievalExpression>
  </correlationProperty>
  <process id="P" isExecutable="true">
    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="T1"/>
    <userTask id="T1" name="Ghép đôi" mc:kind="appraise" mc:role="SPECIALIST" mc:unit="competent"
        mc:form="slip"/>
    <sequenceFlow id="f2" sourceRef="T1" targetRef="tell"/>
    <sendTask id="tell" name="Báo hồ sơ kia" messageRef="M"/>
    <sequenceFlow id="f3" sourceRef="tell" targetRef="hear"/>
    <receiveTask id="hear" name="Chờ hồ sơ kia" messageRef="M"/>
    <sequenceFlow id="f4" sourceRef="hear" targetRef="T2"/>
    <userTask id="T2" name="Kết thúc" mc:kind="review" mc:role="SPECIALIST" mc:unit="competent"/>
    <sequenceFlow id="f5" sourceRef="T2" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>
"""


def test_dossiers_that_write_to_each_other_at_once_do_not_lock_each_other_out(office):
    """Of each pair both wait and both have thrown, and four workers deliver crosswise."""
    liaison = Liaison(office)
    slip = form("slip", field("partner", "Mã hồ sơ kia", "text"))
    liaison.put("PAIR", PAIR, content("PAIR", "Ghép đôi", form("none"), slip), "sxd")
    found = [office.receive("mai.lt", "PAIR", "ttpvhcc", {}) for _ in range(2 * DOSSIERS)]
    for one, other in zip(found, found[::-1], strict=True):
        office.do(one, "T1", partner=office.dossier(other).code)
    at_once(*[work(liaison)] * WORKERS)
    liaison.deliver(2)

    assert [office.open_steps(one) for one in found] == [["T2"]] * len(found)
    assert {one.state for one in liaison.messages()} == {"delivered"}
    assert len(liaison.links()) == DOSSIERS
    assert office.check() == {}
