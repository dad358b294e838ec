"""The n-th statement fails, for every n: the command leaves nothing behind, and its author is told.

Two failures: a connection that is gone, and a serialization failure as PostgreSQL reports it. The commit
itself counts as the last statement.
"""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import replace

import pytest
from liaison import Liaison
from office import APPLICANT, PERMIT, PERMIT_PAPERS
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from engine.domain.access import SYSTEM
from engine.errors import Conflict
from engine.store.rows import DossierRow, OutboxRow, TimerRow
from engine.usecases import delivery, timers
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.outbox import send_due
from engine.usecases.tasks import complete_task
from runtime_api.errors import UNREACHABLE

pytestmark = pytest.mark.faults


class Gone(ConnectionError):
    """What a driver says when the server has gone away."""


class NotSerializable(Exception):
    sqlstate = "40001"


@pytest.fixture
def failing(office):
    """`with failing(decide, kind)`: every statement for which `decide()` says so fails."""
    state = {"decide": None, "kind": Gone}

    def refuse(*_):
        if state["decide"] is not None and state["decide"]():
            raise OperationalError("the statement", {}, state["kind"]("failed as the test wants"))

    event.listen(office.engine.database, "before_cursor_execute", refuse)
    event.listen(office.engine.database, "commit", refuse)

    @contextmanager
    def fail(decide, kind=Gone):
        state.update(decide=decide, kind=kind)
        try:
            yield
        finally:
            state["decide"] = None

    return fail


def nth(number):
    """Decide that the `number`-th statement from now fails."""
    left = [number]

    def decide():
        left[0] -= 1
        return left[0] == 0

    return decide


KINDS = pytest.mark.parametrize("kind", [Gone, NotSerializable])


def fails_at_every_statement(office, failing, kind, act):
    """Let `act` fail at its first, second … statement until it gets through; return how often it failed."""
    told = (Conflict,) if kind is NotSerializable else UNREACHABLE  # both have a sentence for people
    before = office.counts()
    for number in range(1, 500):
        try:
            with failing(nth(number), kind):
                act()
        except told:
            assert office.counts() == before, f"statement {number} left something behind"
        else:
            assert office.check() == {}
            return number - 1
    raise AssertionError("it never got through")


@KINDS
def test_a_reception_is_whole_or_not_there(office, failing, kind):
    office.permit()  # so that nothing is done for the first time
    actor = office.actor("mai.lt")
    reception = Reception(
        procedure_key="P03",
        receiving_unit_id=office.unit_id("ttpvhcc"),
        applicant=APPLICANT,
        data=PERMIT,
        components=PERMIT_PAPERS,
        submission_key="one click",
    )

    def receive():
        with office.engine.unit(actor) as unit:
            receive_dossier(unit, reception)

    failed = fails_at_every_statement(office, failing, kind, receive)

    assert failed > 10
    with office.reading(None) as unit:
        assert len(unit.session.scalars(select(DossierRow.code)).all()) == 2


@KINDS
def test_a_step_is_done_whole_or_not_at_all(office, failing, kind):
    dossier = office.permit(on_fire_list="1")
    office.do(dossier, "T2", "assign")
    task = office.task(dossier, "T3")
    actor = office.actor("linh.vt")

    def finish():
        with office.engine.unit(actor) as unit:
            complete_task(unit, task, outcome="pass", submission_key="one click")

    failed = fails_at_every_statement(office, failing, kind, finish)

    assert failed > 10
    assert "T5b" in office.open_steps(dossier)


@KINDS
def test_a_timer_fires_whole_or_stays(office, failing, kind):
    dossier, timer = overdue(office)

    def fire():
        with office.engine.unit(SYSTEM) as unit:
            claimed = timers._claim(unit, timers._FIRST)
            assert claimed.timer_id == timer
            assert timers._fire_one(unit, claimed)

    failed = fails_at_every_statement(office, failing, kind, fire)

    assert failed > 10
    assert "T5b" not in office.open_steps(dossier)
    assert office.fire() == 0


@KINDS
def test_a_message_goes_out_under_one_key_whatever_statement_fails(office, failing, kind):
    keys = []
    office.engine = replace(office.engine, sms=Keys(keys))
    for number in range(1, 100):
        office.permit()
        try:
            with failing(nth(number), kind):
                send_due(office.engine)
        except (Conflict, *UNREACHABLE):
            office.clock.advance(seconds=office.engine.rescue.total_seconds())
            while send_due(office.engine):
                pass
        else:
            break
    with office.reading(None) as unit:
        messages = set(unit.session.scalars(select(OutboxRow.id)))
        unsent = unit.session.scalars(select(OutboxRow.id).where(OutboxRow.sent_at.is_(None))).all()

    assert number > 5
    assert {f"outbox-{one}" for one in messages} == set(keys)
    assert len(keys) <= len(messages) + 4  # again only if it was sent and could not be marked
    assert unsent == []
    assert office.check() == {}


class Keys:
    """A gateway that notes the keys."""

    def __init__(self, keys):
        self.keys = keys

    def send(self, _phone, _text, key):
        self.keys.append(key)


@KINDS
def test_a_worker_whose_statement_fails_leaves_the_timer_for_later(office, failing, kind):
    dossier, timer = overdue(office)
    steps = office.open_steps(dossier)
    with failing(nth(12), kind):
        fired = office.fire()

    assert fired == 0
    assert office.open_steps(dossier) == steps
    with office.reading(None) as unit:
        assert unit.session.get(TimerRow, timer) is not None
    assert office.check() == {}


def test_one_statement_in_five_fails_and_each_step_is_still_done_once(office, failing):
    dossier = office.permit(on_fire_list="1")
    seed = random.Random(20261122)
    told = []
    for node, outcome in (("T2", "assign"), ("T3", "pass")):
        task = office.task(dossier, node)
        actor = office.actor(office.who(task))
        done = False
        while not done:
            try:
                with failing(lambda: seed.random() < 0.2, NotSerializable), office.engine.unit(actor) as unit:
                    complete_task(unit, task, outcome=outcome, submission_key=f"click {node}")
                done = True
            except Conflict as error:
                told.append(error.say("vi"))

    assert len(told) > 2
    assert all(one.endswith(".") for one in told)
    assert "T5b" in office.open_steps(dossier)
    assert office.check() == {}


def overdue(office):
    """Return a dossier whose fire-police opinion has run out, and the timer that says so."""
    dossier = office.permit(on_fire_list="1")
    office.do(dossier, "T2", "assign")
    office.do(dossier, "T3", "pass")
    office.at("2026-12-10 08:00")
    with office.reading(None) as unit:
        timer = unit.session.scalars(select(TimerRow.id).where(TimerRow.dossier_id == dossier)).one()
    return dossier, timer


@KINDS
@pytest.mark.sqlite
def test_a_delivery_is_whole_or_not_there(office, failing, kind, monkeypatch):
    """A message begins a dossier, the answer moves the first one on: each statement of both fails once."""
    monkeypatch.setattr(delivery, "_put_off", lambda *_: None)  # so that the next statement fails in its turn
    liaison = Liaison(office).install()
    liaison.deliver()
    land = liaison.ask()
    begun = fails_until_delivered(office, failing, kind, liaison.messages()[-1].id)
    tax = liaison.child(land)
    liaison.answer(tax)
    answered = fails_until_delivered(office, failing, kind, liaison.messages()[-1].id)

    assert begun > 20
    assert answered > 15
    assert liaison.dossiers("TAX") == [tax]
    assert office.open_steps(land) == ["T8"]
    assert office.check() == {}


def fails_until_delivered(office, failing, kind, message_id):
    """Deliver with the first, second … statement failing until it gets through; say how often it failed."""
    before = office.counts()
    for number in range(1, 500):
        with failing(nth(number), kind):
            if delivery._try(office.engine, message_id):
                return number - 1
        assert office.counts() == before, f"statement {number} left something behind"
    raise AssertionError("it never got through")
