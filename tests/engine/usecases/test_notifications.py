"""People at the office are told: in the list and by mail, as each chose, once, and without personal data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from office import APPLICANT, Office
from sqlalchemy import select

from engine.domain.notifications import TOPICS, BadChoice, Choice
from engine.domain.texts import Text
from engine.errors import NotFound, Refused
from engine.store.notification_rows import NotificationRow
from engine.store.rows import IncidentRow, OutboxRow, UserRow
from engine.usecases import notifications
from engine.usecases.notifications import notify
from engine.usecases.outbox import send_due, send_due_letters
from engine.usecases.retries import WAITS

LATE = Text("Hồ sơ của ông Nguyễn Văn Á đã quá hạn.", "The dossier of Mr Nguyễn Văn Á is late.")


class Postman:
    """A mail server that keeps what it got, or refuses."""

    def __init__(self):
        self.got, self.refuses = [], False

    def send(self, address, subject, text, key):
        if self.refuses:
            raise ConnectionRefusedError("no mail today")
        self.got.append((address, subject, text, key))


@pytest.fixture
def postman():
    return Postman()


@pytest.fixture
def posting(office, postman):
    """The office with a mail server, and an address for whoever the tests write to."""
    with office.unit(None) as unit:
        for login in ("khoa.nd", "linh.vt"):
            row = unit.session.scalars(select(UserRow).where(UserRow.login == login)).one()
            row.email = f"{login}@example.vn"
    engine = replace(office.engine, mail=postman, public_url="https://mc.example.vn")
    return Office(engine, office.clock)


def person(office, login):
    with office.reading(None) as unit:
        return unit.session.scalars(select(UserRow.id).where(UserRow.login == login)).one()


def told(office, login, **how):
    with office.reading(login) as unit:
        return notifications.list_notifications(unit, **how)


def tell(office, logins, kind="alert.late", text=LATE, by=None, **more):
    with office.unit(by) as unit:
        return notify(unit, [person(office, one) for one in logins], kind, text, **more)


def test_a_person_is_told_in_the_list_and_by_a_letter_that_names_nobody(posting, postman):
    dossier = posting.permit()
    code = posting.dossier(dossier).code
    tell(posting, ["khoa.nd"], dossier_id=dossier, target="/staff/tasks/1")
    sent = send_due_letters(posting.engine)
    page = told(posting, "khoa.nd")

    assert [(one.text, one.code, one.target, one.is_read) for one in page.lines] == [
        (LATE, code, "/staff/tasks/1", False)
    ]
    assert (page.unread, sent) == (1, 1)
    ((address, subject, body, key),) = postman.got
    assert (address, key.startswith("outbox-")) == ("khoa.nd@example.vn", True)
    assert code in subject
    assert "https://mc.example.vn/staff/tasks/1" in body
    for secret in (APPLICANT.name, "Văn Á", APPLICANT.id_no, APPLICANT.phone):
        assert secret not in subject + body


def test_what_is_rolled_back_was_told_to_nobody(posting):
    def tell_and_fail():
        with posting.unit(None) as unit:
            notify(unit, [person(posting, "khoa.nd")], "work.assigned", LATE)
            raise Refused("to go on", "it does not")

    with pytest.raises(Refused):
        tell_and_fail()

    assert told(posting, "khoa.nd").lines == ()
    with posting.reading(None) as unit:
        assert unit.session.scalars(select(OutboxRow)).all() == []


def test_nobody_is_told_twice_of_own_acts_or_after_leaving(posting):
    with posting.unit(None) as unit:
        unit.session.scalars(select(UserRow).where(UserRow.login == "dat.lq")).one().is_active = False
    got = tell(posting, ["khoa.nd", "khoa.nd", "linh.vt", "dat.lq"], by="linh.vt")

    assert got == [person(posting, "khoa.nd")]
    assert len(told(posting, "khoa.nd").lines) == 1
    assert told(posting, "linh.vt").lines == ()


def test_each_topic_is_told_in_the_ways_chosen(posting, postman):
    with posting.unit("khoa.nd") as unit:
        notifications.choose(unit, {"talk": ["mail"], "work": ["list"]}, "")
    for kind in ("talk.mention", "work.assigned", "alert.late"):
        tell(posting, ["khoa.nd"], kind)
    send_due_letters(posting.engine)

    assert [one.kind for one in told(posting, "khoa.nd").lines] == ["work.assigned"]
    assert len(postman.got) == 1


def test_a_choice_that_is_not_offered_is_refused_and_changes_nothing(posting):
    before = posting.counts()
    for ways, digest in (({"weather": ["list"]}, ""), ({"talk": ["pigeon"]}, ""), ({}, "25:00")):
        with pytest.raises(BadChoice), posting.unit("khoa.nd") as unit:
            notifications.choose(unit, ways, digest)

    assert posting.counts() == before
    with posting.reading("khoa.nd") as unit:
        assert notifications.choice_of(unit, unit.actor.user_id) == Choice()


def test_without_a_mail_server_no_letter_is_written(office):
    tell(office, ["khoa.nd"])

    with office.reading(None) as unit:
        assert unit.session.scalars(select(OutboxRow)).all() == []
    assert len(told(office, "khoa.nd").lines) == 1


def test_a_mail_server_that_is_away_is_tried_again_and_holds_up_no_applicant(posting, postman):
    dossier = posting.permit()
    tell(posting, ["khoa.nd"], dossier_id=dossier)
    postman.refuses = True
    tried = send_due_letters(posting.engine)
    messages = send_due(posting.engine)
    posting.clock.advance(seconds=WAITS[0].total_seconds())
    postman.refuses = False
    again = send_due_letters(posting.engine)

    assert (tried, messages, again) == (0, 1, 1)
    assert len(postman.got) == 1


def test_a_letter_given_up_says_why_and_stops_no_dossier(posting, postman):
    dossier = posting.permit()
    tell(posting, ["khoa.nd"], dossier_id=dossier)
    postman.refuses = True
    for wait in (timedelta(0), *WAITS):
        posting.clock.advance(seconds=wait.total_seconds())
        send_due_letters(posting.engine)

    with posting.reading(None) as unit:
        letter = unit.session.scalars(select(OutboxRow).where(OutboxRow.kind == "mail")).one()
        assert (letter.sent_at, letter.next_try_at) == (None, None)
        assert "no mail today" in letter.error
        assert unit.session.scalars(select(IncidentRow)).all() == []
    assert posting.check() == {}


def test_opening_reads_only_ones_own(posting):
    tell(posting, ["khoa.nd", "linh.vt"], target="/staff/returns")
    own = told(posting, "khoa.nd").lines[0].id
    with pytest.raises(NotFound), posting.unit("linh.vt") as unit:
        notifications.open_notification(unit, own)
    with posting.unit("khoa.nd") as unit:
        target = notifications.open_notification(unit, own)
    with posting.unit("linh.vt") as unit:
        notifications.mark_all_read(unit)

    assert target == "/staff/returns"
    assert (told(posting, "khoa.nd").unread, told(posting, "linh.vt").unread) == (0, 0)


@pytest.mark.sqlite
def test_pages_of_the_list_join_without_gap_or_repeat(office):
    for number in range(120):
        tell(office, ["khoa.nd"], text=Text(f"Tin {number}", f"Item {number}"))
    seen, before = [], None
    while True:
        page = told(office, "khoa.nd", before=before)
        seen += [one.text.vi for one in page.lines]
        if (before := page.next) is None:
            break

    assert seen == [f"Tin {number}" for number in reversed(range(120))]
    assert page.unread == notifications.MOST_COUNTED + 1


@pytest.mark.sqlite
def test_a_kind_without_topic_is_a_mistake_of_the_caller(office):
    with pytest.raises(ValueError, match="one of work"):
        tell(office, ["khoa.nd"], "late")


@pytest.mark.sqlite
def test_the_unread_count_is_answered_from_its_index(office):
    tell(office, ["khoa.nd"])
    with office.reading("khoa.nd") as unit:
        plan = unit.session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT count(*) FROM (SELECT id FROM notification"
            " WHERE user_id = 1 AND read_at IS NULL LIMIT 100)"
        )
        assert "ix_notification_unread" in " ".join(str(one) for one in plan)


@pytest.mark.sqlite
def test_a_new_account_has_a_daily_letter_and_every_topic_has_words(posting):
    with posting.reading(None) as unit:
        choice = notifications.choice_of(unit, person(posting, "khoa.nd"))
        rows = unit.session.scalars(select(NotificationRow)).all()

    assert choice == Choice()
    assert choice.next_digest(posting.clock.now()) is not None
    assert rows == []
    assert all(text.vi and text.en for text in TOPICS.values())
