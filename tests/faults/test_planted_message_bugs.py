"""The checks of messages are tried: harm is done to rows, bugs are planted, and each must have its name."""

from __future__ import annotations

import pytest
from liaison import Liaison
from sqlalchemy import delete, insert, text, update

from engine.store import messages as letters
from engine.store.message_rows import DossierLinkRow, MessageRow, MessageWaitRow
from engine.store.rows import EventRow
from engine.usecases import delivery, moving
from engine.usecases.cases import write_history
from engine.usecases.outside_messages import receive_message

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]


@pytest.fixture
def liaison(office) -> Liaison:
    """One dossier that was answered, one that waits, and one whose slip nobody may take."""
    liaison = Liaison(office).install()
    answered, _ = liaison.ask(parcel="1"), liaison.ask(parcel="2")
    liaison.deliver()
    liaison.answer(liaison.child(answered))
    liaison.deliver()
    return liaison


ANSWERED, WAITING = 1, 2
HARMS = {
    "a message delivered and still to be tried": (
        update(MessageRow).where(MessageRow.id == 1).values(next_try_at=text("thrown_at")),
        {"messages_in_two_states": 1},
    ),
    "a message kept that was delivered": (
        update(MessageRow).where(MessageRow.id == 1).values(state="kept"),
        {"messages_in_two_states": 1, "messages_without_one_effect": 2, "links_without_message": 1},
    ),
    "an effect that is not there": (
        delete(EventRow).where(EventRow.dossier_id == ANSWERED, EventRow.kind == "message.received"),
        {"messages_without_one_effect": 1},
    ),
    "an effect twice": (
        insert(EventRow).from_select(
            ["dossier_id", "at", "kind", "node_id", "data"],
            text(
                "SELECT dossier_id, at, kind, node_id, data FROM dossier_event "
                "WHERE kind = 'message.received' AND dossier_id = 1"
            ).columns(),
        ),
        {"messages_without_one_effect": 1},
    ),
    "a wait that the diagram does not know": (
        update(MessageWaitRow).values(token=99),
        {"waits_unlike_the_marking": 2},
    ),
    "a wait forgotten": (
        delete(MessageWaitRow),
        {"waits_unlike_the_marking": 1},
    ),
    "a message laid aside in silence": (
        update(MessageRow)
        .where(MessageRow.id == 1)
        .values(state="stuck", target_dossier_id=None, ended_at=None),
        {"messages_nobody_is_told_of": 1, "messages_without_one_effect": 2, "links_without_message": 1},
    ),
    "dossiers joined by nothing": (
        update(DossierLinkRow).where(DossierLinkRow.id == 1).values(message_id=3),
        {"links_without_message": 1},
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_to_messages_is_counted_by_its_name(liaison, harm):
    statement, wanted = HARMS[harm]
    assert liaison.office.check() == {}
    sql = str(statement.compile(liaison.office.engine.database, compile_kwargs={"literal_binds": True}))
    connection = liaison.office.engine.database.raw_connection()
    for one in ("PRAGMA foreign_keys=OFF", sql, "PRAGMA foreign_keys=ON"):
        connection.cursor().execute(one)
    connection.close()

    assert liaison.office.check() == wanted


def waits_that_are_not_kept(patch):
    patch(moving, "keep_waits", lambda *_: None)


def an_effect_without_its_message(patch):
    patch(letters, "take_message", lambda *_, **__: True)


def a_receiver_that_is_not_told(patch):
    patch(delivery, "_tell_both", lambda _unit, _message, case, _node: write_history(case))


def an_incident_that_is_not_opened(patch):
    patch(delivery, "open_incident", lambda *_, **__: None)


def a_wait_that_wakes_nobody(patch):
    patch(letters, "wake_messages", lambda *_: None)


BUGS = {
    waits_that_are_not_kept: "waits_unlike_the_marking",
    an_effect_without_its_message: "messages_without_one_effect",
    a_receiver_that_is_not_told: "messages_without_one_effect",
    an_incident_that_is_not_opened: "messages_nobody_is_told_of",
    a_wait_that_wakes_nobody: "messages_asleep",
}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_of_messages_is_noticed_by_its_name(office, monkeypatch, bug):
    with monkeypatch.context() as planted:
        bug(planted.setattr)
        found = a_day(office)

    assert BUGS[bug] in found


def test_a_day_of_messages_without_a_bug_leaves_nothing_to_find(office):
    assert a_day(office) == set()


def a_day(office) -> set[str]:
    """A notice that comes too early, one asked for, and one that nobody takes; return what is found."""
    liaison = Liaison(office).install()
    early = liaison.land(parcel="1")
    with office.unit(None) as unit:
        keys = {"dossier": office.dossier(early).code}
        receive_message(unit, "tax.notice", keys, {"amount": 1, "notice_no": "x"}, "1")
    liaison.deliver(2)
    office.do(early, "T2")
    liaison.deliver(2)
    liaison.ask(parcel="2")
    liaison.deliver(2)
    found = set(office.check())
    for tax in liaison.dossiers("TAX"):
        liaison.answer(tax)
    liaison.deliver(2)
    office.clock.advance(days=31)
    liaison.deliver(2)
    return found | set(office.check())
