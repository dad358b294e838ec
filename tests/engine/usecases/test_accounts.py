"""Signing in, being somebody, and being signed out."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from offices import PASSWORD, add_basics, add_office, add_person, moment
from sqlalchemy import select

from engine.domain.access import SYSTEM, RoleMissing
from engine.errors import NotFound
from engine.store.rows import AttemptRow, AuditRow, UserRow, WebSessionRow
from engine.usecases import accounts, organisation, passwords, websessions


@pytest.fixture
def people(engine):
    add_basics(engine)
    return {"lan": add_person(engine, "lan"), "minh": add_person(engine, "minh")}


def test_the_right_password_gives_the_person(engine, people):
    assert accounts.sign_in(engine, "lan", PASSWORD, "10.0.0.1") == people["lan"]
    assert accounts.sign_in(engine, " LAN ".strip(), PASSWORD, "10.0.0.1") == people["lan"]


def test_passwords_are_kept_as_argon2id(engine, people):
    with engine.reading(SYSTEM) as unit:
        stored = unit.session.scalars(select(UserRow.password_hash)).all()

    assert all(one.startswith("$argon2id$") for one in stored)


@pytest.mark.parametrize("login", ["lan", "nobody"])
def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(engine, people, login, monkeypatch):
    compared = []
    verify = passwords._hasher.verify

    def counted(_hasher, stored, word):
        compared.append(1)
        return verify(stored, word)

    monkeypatch.setattr(type(passwords._hasher), "verify", counted)

    with pytest.raises(accounts.SignInFailed) as refusal:
        accounts.sign_in(engine, login, "another password", "10.0.0.1")

    assert refusal.value.say("vi") == "Tên đăng nhập hoặc mật khẩu chưa đúng."
    assert len(compared) == 1  # the same work for both


@pytest.mark.parametrize("login", ["lan", "nobody"])
def test_of_a_thousand_tries_at_most_ten_are_compared(engine, people, login, monkeypatch, clock):
    compared = []
    monkeypatch.setattr(accounts, "verify_password", lambda *_: compared.append(1) and False)

    for number in range(60):
        with pytest.raises((accounts.SignInFailed, accounts.SignInLocked)):
            accounts.sign_in(engine, login, "guess", f"10.0.0.{number}")
        clock.advance(seconds=1)

    assert len(compared) <= 10


def test_a_lock_opens_again_and_the_right_password_clears_it(engine, people, clock):
    for _ in range(5):
        with pytest.raises(accounts.SignInFailed):
            accounts.sign_in(engine, "lan", "guess", "10.0.0.1")
    with pytest.raises(accounts.SignInLocked, match="too many") as refusal:
        accounts.sign_in(engine, "lan", PASSWORD, "10.0.0.1")
    assert "09:10:30" in refusal.value.say("vi")

    clock.advance(seconds=31)
    assert accounts.sign_in(engine, "lan", PASSWORD, "10.0.0.1") == people["lan"]
    with engine.reading(SYSTEM) as unit:
        left = unit.session.scalars(select(AttemptRow.key)).all()
    assert [key for key in left if not key.startswith("sign-in-from:")] == []


def test_tries_at_the_same_moment_are_counted_one_by_one(engine, people, monkeypatch):
    compared = []
    monkeypatch.setattr(accounts, "verify_password", lambda *_: compared.append(1) and False)

    def guess():
        with pytest.raises((accounts.SignInFailed, accounts.SignInLocked)):
            accounts.sign_in(engine, "lan", "guess", "10.0.0.1")

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(compared) == 5


def test_a_disabled_account_is_out_at_once(engine, people):
    with engine.unit(SYSTEM) as unit:
        key = websessions.open_session(unit, people["lan"])

    with engine.unit(SYSTEM) as unit:
        accounts.disable_user(unit, people["lan"], "nghỉ việc")

    with engine.reading(SYSTEM) as unit:
        assert websessions.read_session(unit, key) is None
        with pytest.raises(NotFound):
            accounts.load_actor(unit, people["lan"])
    with pytest.raises(accounts.SignInFailed):
        accounts.sign_in(engine, "lan", PASSWORD, "10.0.0.1")


@pytest.mark.parametrize("password", ["short", "a" * 300, "aaaaaaaaaaaaaa", "lanlanlan99"])
def test_a_weak_password_is_refused(engine, people, password):
    login = "lanlanlan99"
    with pytest.raises(passwords.PasswordWeak), engine.unit(SYSTEM) as unit:
        accounts.create_user(unit, login, "Lan", password)


@pytest.mark.parametrize("login", ["Lan", "l", "lân", "lan lan", "x" * 61])
def test_a_login_that_cannot_be_typed_everywhere_is_refused(engine, login):
    with pytest.raises(accounts.BadLogin), engine.unit(SYSTEM) as unit:
        accounts.create_user(unit, login, "Lan", PASSWORD)


def test_a_login_is_given_once(engine, people):
    with pytest.raises(accounts.LoginTaken), engine.unit(SYSTEM) as unit:
        accounts.create_user(unit, "lan", "Lan khác", PASSWORD)


def test_only_it_staff_open_accounts(engine, people, as_user):
    with pytest.raises(RoleMissing), engine.unit(as_user("lan")) as unit:
        accounts.create_user(unit, "new", "Mới", PASSWORD)


def test_changing_a_password_signs_out_everywhere(engine, people, as_user):
    with engine.unit(SYSTEM) as unit:
        key = websessions.open_session(unit, people["lan"])
    with engine.unit(as_user("lan")) as unit:
        accounts.change_password(unit, PASSWORD, "another good password")

    with engine.reading(SYSTEM) as unit:
        assert websessions.read_session(unit, key) is None
    assert accounts.sign_in(engine, "lan", "another good password", "c") == people["lan"]
    with pytest.raises(accounts.SignInFailed), engine.unit(as_user("lan")) as unit:
        accounts.change_password(unit, "not this", "yet another password")


def test_a_person_acts_by_the_chairs_of_the_day(engine, as_user, clock):
    add_basics(engine)
    office = add_office(engine, "sxd")
    user_id = add_person(engine, "lan", office, ["SPECIALIST"])
    assert as_user("lan").holds("SPECIALIST", office)

    with engine.unit(SYSTEM) as unit:
        organisation.end_assignment(unit, as_user("lan").assignments[0].id, date(2026, 11, 30))
    clock.set(moment(date(2026, 11, 30), 23))
    assert as_user("lan").roles == {"SPECIALIST"}
    clock.set(moment(date(2026, 12, 1), 8))

    assert as_user("lan").assignments == ()
    assert as_user("lan").user_id == user_id


def test_every_change_of_an_account_is_audited(engine, people):
    accounts.sign_in(engine, "lan", PASSWORD, "c")
    with engine.unit(SYSTEM) as unit:
        accounts.reset_password(unit, people["lan"], "quite another one")
        accounts.disable_user(unit, people["lan"], "nghỉ việc")

    with engine.reading(SYSTEM) as unit:
        acts = unit.session.scalars(
            select(AuditRow.action)
            .where(AuditRow.chain == f"account:{people['lan']}")
            .order_by(AuditRow.number)
        ).all()
    assert acts == [
        "account.created",
        "account.signed_in",
        "account.password_reset",
        "account.disabled",
    ]


def test_the_database_knows_only_the_hash_of_a_session_key(engine, people):
    with engine.unit(SYSTEM) as unit:
        key = websessions.open_session(unit, people["lan"], {"lang": "en"})

    with engine.reading(SYSTEM) as unit:
        row = unit.session.scalars(select(WebSessionRow)).one()
        session = websessions.read_session(unit, key)
    assert key not in row.key_hash
    assert len(key) >= 43
    assert (session.user_id, session.data) == (people["lan"], {"lang": "en"})


def test_a_session_ends_after_half_an_hour_of_silence(engine, people, clock):
    with engine.unit(SYSTEM) as unit:
        key = websessions.open_session(unit, people["lan"])
    clock.advance(minutes=29)
    with engine.unit(SYSTEM) as unit:
        assert websessions.read_session(unit, key).is_due
        websessions.touch_session(unit, key)
    clock.advance(minutes=29)
    with engine.reading(SYSTEM) as unit:
        assert websessions.read_session(unit, key) is not None
    clock.advance(minutes=2)

    with engine.reading(SYSTEM) as unit:
        assert websessions.read_session(unit, key) is None


def test_a_session_ends_after_a_working_day_however_busy(engine, people, clock):
    with engine.unit(SYSTEM) as unit:
        key = websessions.open_session(unit, people["lan"])
    for _ in range(24):
        clock.advance(minutes=20)
        with engine.unit(SYSTEM) as unit:
            websessions.touch_session(unit, key)
    with engine.reading(SYSTEM) as unit:
        assert websessions.read_session(unit, key) is not None
    clock.advance(minutes=1)

    with engine.reading(SYSTEM) as unit:
        assert websessions.read_session(unit, key) is None


def test_a_closed_session_is_worth_nothing_and_old_ones_are_swept(engine, people, clock):
    with engine.unit(SYSTEM) as unit:
        closed = websessions.open_session(unit, people["lan"])
        websessions.open_session(unit, people["minh"])
    with engine.unit(SYSTEM) as unit:
        websessions.close_session(unit, closed)
    with engine.reading(SYSTEM) as unit:
        assert websessions.read_session(unit, closed) is None

    clock.advance(hours=9)
    with engine.unit(SYSTEM) as unit:
        websessions.open_session(unit, people["lan"])
    with engine.reading(SYSTEM) as unit:
        assert len(unit.session.scalars(select(WebSessionRow)).all()) == 1
