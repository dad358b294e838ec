"""Everything in a diagram that can take a message takes it in a dossier, on whichever executor it runs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from liaison import Liaison, content, field, form
from sqlalchemy import select

from engine.domain.messages import fit_of, fits_of
from engine.store import messages as letters
from engine.store.message_rows import MessageRow
from engine.store.rows import DossierRow, EventRow, RevisionRow
from engine.usecases import migrations
from engine.usecases.outside_messages import receive_message
from engine.usecases.retries import WAITS

pytestmark = pytest.mark.sqlite

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:mc="urn:motcua:bpmn:1" id="defs"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
  <message id="M" name="word"/><message id="N" name="other"/>
  <process id="P" isExecutable="true">{0}</process>
</definitions>
"""
DEFINITION = '<messageEventDefinition messageRef="{0}"/>'
WORD, OTHER = DEFINITION.format("M"), DEFINITION.format("N")


def task(ident):
    return f'<userTask id="{ident}" name="Bước {ident}" mc:role="SPECIALIST" mc:unit="competent"/>'


def flows(*pairs):
    ends = (one.split(">") for one in pairs)
    return "".join(
        f'<sequenceFlow id="{one}_{other}" sourceRef="{one}" targetRef="{other}"/>' for one, other in ends
    )


def drawn(*inside, ways):
    ends = '<startEvent id="s"/><endEvent id="e"/>'
    return FILE.format(ends + "".join(inside) + flows(*ways.split()))


LISTENERS = {
    "a catch event": (
        drawn(
            f'<intermediateCatchEvent id="c">{WORD}</intermediateCatchEvent>', task("B"), ways="s>c c>B B>e"
        ),
        [[], ["B"]],
    ),
    "a receive task": (
        drawn('<receiveTask id="c" messageRef="M"/>', task("B"), ways="s>c c>B B>e"),
        [[], ["B"]],
    ),
    "a boundary event that interrupts": (
        drawn(
            task("A"),
            f'<boundaryEvent id="c" attachedToRef="A">{WORD}</boundaryEvent>',
            task("B"),
            ways="s>A A>e c>B B>e",
        ),
        [["A"], ["B"]],
    ),
    "a boundary event that stays": (
        drawn(
            task("A"),
            f'<boundaryEvent id="c" attachedToRef="A" cancelActivity="false">{WORD}</boundaryEvent>',
            task("B"),
            ways="s>A A>e c>B B>e",
        ),
        [["A"], ["A", "B"], ["A", "B", "B"]],
    ),
    "an event gateway": (
        drawn(
            '<eventBasedGateway id="g"/>',
            f'<intermediateCatchEvent id="c">{WORD}</intermediateCatchEvent>',
            f'<intermediateCatchEvent id="d">{OTHER}</intermediateCatchEvent>',
            task("B"),
            ways="s>g g>c g>d c>B d>e B>e",
        ),
        [[], ["B"]],
    ),
    "an event sub-process": (
        drawn(
            task("A"),
            f'<subProcess id="sub" triggeredByEvent="true"><startEvent id="c">{WORD}</startEvent>',
            task("B") + '<endEvent id="e2"/>' + flows("c>B", "B>e2") + "</subProcess>",
            ways="s>A A>e",
        ),
        [["A"], ["B"]],
    ),
    "a receive task for each of three": (
        drawn(
            '<receiveTask id="c" messageRef="M"><multiInstanceLoopCharacteristics><loopCardinality>3'
            "</loopCardinality></multiInstanceLoopCharacteristics></receiveTask>",
            task("B"),
            ways="s>c c>B B>e",
        ),
        [[], [], [], ["B"]],
    ),
}


def begin(office, xml, executor="marking"):
    office.engine = replace(office.engine, executor=executor)
    liaison = Liaison(office)
    slip = form("slip", field("said", "Đã báo", "text"))
    liaison.put("WORD", xml, content("WORD", "Nghe tin", slip), "sxd")
    return liaison, office.receive("mai.lt", "WORD", "ttpvhcc", {})


def tell(liaison, dossier, number, name="word"):
    keys = {"dossier": liaison.office.dossier(dossier).code}
    with liaison.office.unit(None) as unit:
        receive_message(unit, name, keys, {"said": f"lần {number}"}, f"{number}")
    return liaison.deliver(2)


@pytest.mark.parametrize("listener", LISTENERS)
def test_every_listener_takes_its_message(office, listener):
    xml, steps = LISTENERS[listener]
    liaison, dossier = begin(office, xml)
    found = [office.open_steps(dossier)]
    for number in range(1, len(steps)):
        assert tell(liaison, dossier, number) == 1
        found.append(office.open_steps(dossier))
        assert office.check() == {}

    assert found == steps
    assert office.dossier(dossier).data["said"] == f"lần {len(steps) - 1}"
    assert bool(liaison.waits(dossier)) == (listener == "a boundary event that stays")


@pytest.mark.parametrize("listener", ["a catch event", "a boundary event that interrupts"])
def test_the_second_engine_takes_messages_of_its_subset(office, listener):
    xml, steps = LISTENERS[listener]
    liaison, dossier = begin(office, xml, "spiffworkflow")
    before = office.open_steps(dossier)
    tell(liaison, dossier, 1)

    assert [before, office.open_steps(dossier)] == steps
    assert liaison.waits(dossier) == []
    assert office.check() == {}


def test_messages_of_one_sender_arrive_in_their_order(office):
    """Three were sent before the receiver waits, and the first of them failed once."""
    xml, _ = LISTENERS["a receive task for each of three"]
    later = xml.replace('sourceRef="s" targetRef="c"', 'sourceRef="s" targetRef="A"').replace(
        "<endEvent", f'{task("A")}<sequenceFlow id="A_c" sourceRef="A" targetRef="c"/><endEvent', 1
    )
    liaison, dossier = begin(office, later)
    for number in (1, 2, 3):
        assert tell(liaison, dossier, number) == 0
    with office.unit(None) as unit:
        unit.session.get_one(MessageRow, 1).next_try_at = office.clock.now() + timedelta(hours=1)
    assert liaison.deliver(2) == 0
    office.do(dossier, "A")
    said = []
    for _ in range(4):
        with office.unit(None) as unit:  # one at a time, the newest first if it may
            due = letters.due_messages(unit, 10)
        liaison.deliver()
        said.append(office.dossier(dossier).data.get("said"))

    assert due == []
    assert said[-1] == "lần 3"
    with office.reading(None) as unit:
        lines = unit.session.scalars(
            select(EventRow.data).where(EventRow.kind == "message.received").order_by(EventRow.id)
        ).all()
    assert [one["message"] for one in lines] == [1, 2, 3]
    assert office.check() == {}


def test_two_places_of_one_dossier_that_wait_alike_are_not_guessed_between(office):
    xml, _ = LISTENERS["an event gateway"]
    liaison, dossier = begin(office, xml.replace('messageRef="N"', 'messageRef="M"'))
    tell(liaison, dossier, 1)

    assert office.open_steps(dossier) == []
    assert [(one.state, one.trouble_code) for one in liaison.messages()] == [("stuck", "message_ambiguous")]


def test_a_receiver_whose_state_is_damaged_is_an_incident_and_holds_nobody_up(office):
    xml, _ = LISTENERS["a catch event"]
    liaison, dossier = begin(office, xml)
    fine = office.receive("mai.lt", "WORD", "ttpvhcc", {})
    with office.unit(None) as unit:
        unit.session.get_one(DossierRow, dossier).state = "not JSON"
    tell(liaison, dossier, 1)
    tell(liaison, fine, 2)
    for wait in WAITS:
        office.clock.advance(seconds=wait.total_seconds())
        liaison.deliver()

    assert office.open_steps(fine) == ["B"]
    assert [(one.dossier_id, one.code) for one in liaison.incidents()] == [(dossier, "internal_fault")]


def test_a_dossier_moved_to_a_newer_version_waits_by_the_newer_drawing(office):
    xml, _ = LISTENERS["a catch event"]
    liaison, dossier = begin(office, xml)
    slip = form("slip", field("said", "Đã báo", "text"))
    newer = xml.replace('name="word"', 'name="newer.word"')
    liaison.put("WORD", newer, content("WORD", "Nghe tin", slip), "sxd")
    with office.unit(None) as unit:
        ids = unit.session.scalars(
            select(RevisionRow.id).join(RevisionRow.procedure).where(RevisionRow.number.in_((1, 2)))
            .where(RevisionRow.procedure.has(key="WORD")).order_by(RevisionRow.number)
        ).all()  # fmt: skip
    with office.unit("lan.dt") as unit:
        moved = migrations.apply(unit, *ids, "Đổi tên tin theo quyết định mới.")
    told = tell(liaison, dossier, 1), tell(liaison, dossier, 2, "newer.word")

    assert moved["moved"] == 1
    assert told == (0, 1)
    assert office.open_steps(dossier) == ["B"]
    assert office.check() == {}


VALUES = st.one_of(st.none(), st.integers(-5, 5), st.sampled_from(["", "1", "a", "Á"]))
KEYS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), VALUES, max_size=4)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(message=KEYS, own=KEYS)
def test_a_message_fits_exactly_who_compares_some_of_its_keys_with_equal_values(message, own):
    fits = bool(own) and all(
        value is not None and json.dumps(message.get(name)) == json.dumps(value)
        for name, value in own.items()
    )

    assert (fit_of(own) != "" and fit_of(own) in fits_of(message)) == fits
