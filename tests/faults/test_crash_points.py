"""The process dies at every place that has a name; what was begun is whole or not there, and goes on."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from liaison import Liaison
from office import APPLICANT, PERMIT, PERMIT_PAPERS
from sqlalchemy import func, select

from engine.settings import Settings, UnsafeSettings
from engine.store.crashpoints import KILLED, NAMES, VARIABLE
from engine.store.notification_rows import NotificationRow
from engine.store.rows import DossierRow, IncidentRow, OutboxRow
from engine.usecases.alerts import tell_due_alerts
from engine.usecases.attachments import NewFile
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.outbox import send_due
from engine.usecases.outside_messages import receive_message
from engine.usecases.retries import MOST_ATTEMPTS
from engine.usecases.tasks import complete_task

pytestmark = pytest.mark.faults

ENGINE = Path(__file__).parents[2] / "engine"


@pytest.fixture
def die_at(office):
    """`die_at(name, act)` runs `act` in a process of its own, which must die at that place."""

    def run(name, act):
        office.engine.database.dispose()  # a connection is not shared between processes
        child = os.fork()
        if child == 0:
            os.environ[VARIABLE] = name
            try:
                act()
            finally:  # arrived here it did not die; pytest must not go on twice
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED, f"{name} was not reached"

    return run


@pytest.mark.parametrize(("name", "kept"), [("before-commit", 0), ("after-commit", 1)])
def test_a_reception_killed_around_its_commit_counts_once_when_repeated(office, die_at, name, kept):
    die_at(name, lambda: receive(office))
    codes = dossiers(office)
    received = receive(office)

    assert len(codes) == kept
    assert dossiers(office) == [received.code]
    assert office.check() == {}


@pytest.mark.parametrize(("name", "kept"), [("before-commit", ["T2"]), ("after-commit", ["T3"])])
def test_a_step_killed_around_its_commit_is_done_once_when_repeated(office, die_at, name, kept):
    dossier = office.permit()
    task = office.task(dossier, "T2")
    actor = office.actor(office.who(task))

    def assign():
        with office.engine.unit(actor) as unit:
            return complete_task(unit, task, outcome="assign", submission_key="one click")

    die_at(name, assign)
    left = office.open_steps(dossier)
    assign()

    assert left == kept
    assert office.open_steps(dossier) == ["T3"]
    assert office.check() == {}


def test_a_file_stored_before_the_crash_harms_nobody_and_is_used_by_the_repeat(office, die_at):
    before = office.counts()
    die_at("file-before-row", lambda: receive(office, files=[paper()]))
    stored = list(office.engine.files.names())
    unchanged = office.counts() == before
    receive(office, files=[paper()])

    assert unchanged
    assert len(stored) == 1
    assert list(office.engine.files.names()) == stored
    assert office.check() == {}


def test_a_timer_killed_while_it_fires_fires_once(office, die_at):
    dossier = office.permit(on_fire_list="1")
    office.do(dossier, "T2", "assign")
    office.do(dossier, "T3", "pass")
    office.at("2026-12-10 08:00")
    before, steps = office.counts(), office.open_steps(dossier)
    die_at("after-fire", office.fire)
    unchanged = (office.counts(), office.open_steps(dossier)) == (before, steps)
    fired = [office.fire(), office.fire()]

    assert unchanged
    assert fired == [1, 0]
    assert office.check() == {}


def test_a_message_taken_but_not_sent_goes_out_once_when_the_worker_counts_as_dead(office, die_at):
    sent = []
    receive(office)
    die_at("after-take-before-send", lambda: send_due(office.engine))
    office.engine = replace(office.engine, sms=Keys(sent))
    at_once = send_due(office.engine)
    office.clock.advance(seconds=office.engine.rescue.total_seconds())
    later = send_due(office.engine)

    assert (at_once, later) == (0, 1)
    assert len(sent) == 1
    assert office.check() == {}


def test_a_message_over_which_every_worker_dies_is_given_to_a_person(office, die_at):
    receive(office)
    for _ in range(MOST_ATTEMPTS):
        die_at("after-take-before-send", lambda: send_due(office.engine))
        office.clock.advance(seconds=office.engine.rescue.total_seconds())
    send_due(office.engine)

    with office.reading(None) as unit:
        incident = unit.session.scalars(select(IncidentRow)).one()
        message = unit.session.get_one(OutboxRow, incident.outbox_id)
    assert (incident.attempts, message.next_try_at) == (MOST_ATTEMPTS, None)
    assert office.check() == {}


def test_a_message_sent_but_not_marked_goes_out_again_under_the_same_key(office, die_at, tmp_path):
    sent = tmp_path / "sent"

    class Gateway:
        def send(self, _phone, _text, key):
            with sent.open("a") as file:
                file.write(f"{key}\n")

    office.engine = replace(office.engine, sms=Gateway())
    receive(office)
    die_at("after-send-before-mark", lambda: send_due(office.engine))
    at_once = send_due(office.engine)
    office.clock.advance(minutes=3)
    later = send_due(office.engine)

    keys = sent.read_text().split()
    assert (at_once, later) == (0, 1)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert office.check() == {}


def test_a_reminder_killed_within_its_transaction_is_told_once_when_repeated(office, die_at):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    office.at("2026-12-08 17:30")
    die_at("after-alert", lambda: tell_due_alerts(office.engine))
    before = alerts(office)
    tell_due_alerts(office.engine)
    told = alerts(office)
    tell_due_alerts(office.engine)

    assert before == 0
    assert told > 0
    assert alerts(office) == told
    assert office.check() == {}


@pytest.mark.parametrize("name", ["before-delivery", "after-delivery", "before-commit", "after-commit"])
def test_a_message_whose_delivery_is_killed_begins_one_dossier_and_is_answered_once(office, die_at, name):
    liaison = Liaison(office).install()
    land = liaison.ask()
    die_at(name, liaison.deliver)
    liaison.deliver(2)
    tax = liaison.child(land)
    liaison.answer(tax)
    die_at(name, liaison.deliver)
    liaison.deliver(2)

    assert liaison.dossiers("TAX") == [tax]
    assert office.open_steps(land) == ["T8"]
    assert (liaison.kinds(land).count("message.received"), liaison.kinds(tax).count("message.received")) == (
        1,
        1,
    )
    assert office.check() == {}


@pytest.mark.parametrize(("name", "kept"), [("before-commit", 0), ("after-commit", 1)])
def test_a_step_killed_around_its_commit_throws_its_message_once(office, die_at, name, kept):
    liaison = Liaison(office).install()
    land = liaison.land()
    task = office.task(land, "T2")
    actor = office.actor(office.who(task))

    def throw():
        with office.engine.unit(actor) as unit:
            return complete_task(unit, task, submission_key="one click")

    die_at(name, throw)
    left = len(liaison.messages())
    throw()
    liaison.deliver(2)

    assert left == kept
    assert len(liaison.messages()) == len(liaison.dossiers("TAX")) == 1
    assert office.check() == {}


def test_a_new_wait_whose_look_is_killed_is_looked_for_again(office, die_at):
    liaison = Liaison(office).install()
    land = liaison.land()
    with office.unit(None) as unit:
        keys = {"dossier": office.dossier(land).code}
        receive_message(unit, "tax.notice", keys, {"amount": 1, "notice_no": "TB"}, "1")
    liaison.deliver()
    office.do(land, "T2")
    die_at("after-wake", liaison.deliver)
    liaison.deliver(2)

    assert office.open_steps(land) == ["T8"]
    assert office.check() == {}


@pytest.mark.sqlite
def test_every_crash_point_is_listed_and_reached_by_a_test_of_this_file():
    used = {
        name
        for path in ENGINE.rglob("*.py")
        for name in re.findall(r'crashpoint\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    }
    here = Path(__file__).read_text(encoding="utf-8")

    assert used == NAMES
    assert [name for name in NAMES if f'"{name}"' not in here] == []


@pytest.mark.sqlite
def test_nobody_serves_with_a_crash_point_armed():
    with pytest.raises(UnsafeSettings) as refusal:
        Settings.from_env({VARIABLE: "after-commit"})

    assert VARIABLE in refusal.value.say("en")


class Keys:
    """A gateway that notes the keys."""

    def __init__(self, keys):
        self.keys = keys

    def send(self, _phone, _text, key):
        self.keys.append(key)


def receive(office, **more):
    reception = Reception(
        procedure_key="P03",
        receiving_unit_id=office.unit_id("ttpvhcc"),
        applicant=APPLICANT,
        data=PERMIT,
        components=PERMIT_PAPERS,
        submission_key="one click",
        **more,
    )
    with office.unit("mai.lt") as unit:
        return receive_dossier(unit, reception)


def paper():
    return NewFile(
        component_code="C1",
        file_name="don.pdf",
        content_type="application/pdf",
        stream=BytesIO(b"%PDF-1.7 one page"),
    )


def dossiers(office):
    with office.reading(None) as unit:
        return list(unit.session.scalars(select(DossierRow.code)))


def alerts(office):
    with office.reading(None) as unit:
        found = select(func.count()).where(NotificationRow.kind.startswith("alert"))
        return unit.session.scalar(found)
