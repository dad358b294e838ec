"""Stamped times and revoked certificates: an authority, a list and an OCSP server on loopback, and faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from office import open_office
from signing import to_sign
from sqlalchemy import select
from trust import AUTHORITY, FakeTrust

from engine.documents import pdf
from engine.documents.signatures import (
    SignatureRefused,
    check_signed,
    load_certificates,
    look_at,
    say_finding,
    sign,
)
from engine.store.document_rows import SignatureRow
from engine.store.keys import KeyStore
from engine.store.rows import AuditRow, WorkItemRow
from engine.trust import TimeStampAway, TrustServices
from engine.usecases.outside_signatures import take_signed
from engine.usecases.signing_batches import sign_decisions
from runtime_api.demo_keys import PIN, make_keys

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}"),
]
LONG_AFTER = datetime(2046, 6, 1, tzinfo=UTC)
NAME, OFFICE = "Phạm Minh Tuấn", "Sở Xây dựng"


@pytest.fixture
def keys(tmp_path):
    folder = tmp_path / "keys"
    make_keys(folder, [("tuan.pm", NAME, OFFICE)])
    return KeyStore(folder)


@pytest.fixture
def fake(keys, tmp_path, clock):
    with FakeTrust(tmp_path / "keys", clock.now()) as server:
        yield server


@pytest.fixture
def page():
    return pdf.make_pdf("<p>Quyết định</p>", title="x")


def signed(keys, page, trust=None):
    return sign(page, keys.open("soft", "tuan.pm", PIN), reason="Ký", place="Cà Mau", trust=trust)


def look(keys, content, now, trust=None):
    (found,) = look_at(content, load_certificates(keys.roots()), now, trust)
    return found


def serial_of(found):
    return int(found.serial, 16)


def test_offline_nobody_is_asked_and_the_words_say_what_is_not_known(keys, page, clock, fake):
    found = look(keys, signed(keys, page), clock.now())

    assert (found.is_good, found.stamped_at, found.revocation) == (True, None, "unknown")
    assert fake.asked == []
    assert "theo đồng hồ máy người ký, không có dấu thời gian" in say_finding(found).vi
    assert "chưa kiểm tra được việc thu hồi" in say_finding(found).vi
    assert "revocation could not be checked" in say_finding(found).en


def test_a_signature_brings_the_stamped_time_while_the_authority_stands(keys, page, clock, fake):
    content = signed(keys, page, fake.services("tsa"))
    now, much_later = look(keys, content, clock.now()), look(keys, content, LONG_AFTER)

    assert now.is_good
    assert (now.stamped_at, now.stamped_by) == (clock.now().replace(microsecond=0), AUTHORITY)
    assert f"có dấu thời gian của {AUTHORITY}" in say_finding(now).vi
    assert f"stamped by {AUTHORITY}" in say_finding(now).en
    assert not much_later.is_good  # the authority's own certificate has run out by then, so it proves nothing
    assert much_later.stamped_at is None


@pytest.mark.parametrize("by", ["crl", "ocsp"])
def test_a_certificate_that_stands_is_said_to_stand(keys, page, clock, fake, by):
    found = look(keys, signed(keys, page), clock.now(), fake.services(by))

    assert (found.is_good, found.revocation) == (True, "good")
    assert "chứng thư chưa bị thu hồi" in say_finding(found).vi
    assert fake.asked == [f"/{by}"]


@pytest.mark.parametrize("by", ["crl", "ocsp"])
def test_a_revoked_certificate_is_refused_by_name(keys, page, clock, fake, by):
    content = signed(keys, page)
    fake.revoked[serial_of(look(keys, content, clock.now()))] = clock.now() - timedelta(days=2)
    roots = load_certificates(keys.roots())

    with pytest.raises(SignatureRefused) as refusal:
        check_signed(content, "qd.pdf", roots, clock.now(), fake.services(by))

    assert f"Chứng thư của {NAME} đã bị thu hồi" in refusal.value.say("vi")
    assert "was revoked" in refusal.value.say("en")


def test_what_was_stamped_before_the_revocation_stays_good(keys, page, clock, fake):
    content = signed(keys, page, fake.services("tsa"))
    fake.now += timedelta(days=3)
    fake.revoked[serial_of(look(keys, content, clock.now()))] = clock.now() + timedelta(days=2)

    found = look(keys, content, fake.now, fake.services("crl"))

    assert (found.is_good, found.revocation) == (True, "good")


@pytest.mark.parametrize(
    "harm",
    [
        {"answer": b"<html>proxy</html>"},
        {"answer": b"x" * 300_000},
        {"status": 503},
        {"now": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
    ids=["no list", "too long or none", "away", "a list that is out of date"],
)
@pytest.mark.parametrize("by", ["crl", "ocsp"])
def test_a_list_that_cannot_be_had_leaves_it_unknown_and_breaks_nothing(keys, page, clock, fake, by, harm):
    content = signed(keys, page)
    for name, value in harm.items():
        setattr(fake, name, value)

    found = look(keys, content, clock.now(), fake.services(by))

    assert (found.is_good, found.revocation) == (True, "unknown")


@pytest.mark.parametrize(
    "harm", [{"answer": b"<html>proxy</html>"}, {"status": 503}, {"answer": b"0" * 300_000}],
    ids=["no stamp", "away", "too long"],
)  # fmt: skip
def test_without_its_stamp_nothing_is_signed(keys, page, fake, harm):
    for name, value in harm.items():
        setattr(fake, name, value)

    with pytest.raises(TimeStampAway):
        signed(keys, page, fake.services("tsa"))


def test_addresses_of_other_kinds_are_never_opened(tmp_path):
    place = tmp_path / "list"
    place.write_bytes(b"x")

    assert TrustServices(crls=(place.as_uri(),)).lists() == []
    with pytest.raises(TimeStampAway):
        TrustServices(tsa=place.as_uri()).stamp(b"")


def test_a_list_is_asked_for_once_in_a_while(keys, page, clock, fake):
    content, services = signed(keys, page), fake.services("crl")
    for _ in range(3):
        look(keys, content, clock.now(), services)

    assert fake.asked == ["/crl"]


# --- on the desk -------------------------------------------------------------------------------------


@pytest.fixture
def office(province, clock, tmp_path):
    from runtime_api.demo_keys import give_keys

    engine = replace(province, keys=KeyStore(tmp_path / "keys"))
    give_keys(engine, tmp_path / "keys")
    return open_office(engine, clock)


def test_decisions_are_stamped_and_what_comes_in_says_when_by_whom_and_if_revoked(office, fake, clock):
    engine = replace(office.engine, trust=fake.services("tsa", "crl"))
    ((step, version),) = to_sign(office)
    (result,) = sign_decisions(engine, office.actor("tuan.pm"), [(step, version)], PIN)
    with office.reading(None) as unit:
        sha256 = unit.session.scalars(select(SignatureRow.sha256)).one()
    with engine.files.open(sha256) as file:
        content = file.read()
    taken = take_signed(engine, office.actor("linh.vt"), result.code, "qd.pdf", content)

    assert result.is_done
    (found,) = taken
    assert (found.stamped_by, found.revocation) == (AUTHORITY, "good")
    assert found.stamped_at == clock.now().replace(microsecond=0)
    with office.reading(None) as unit:
        audit = unit.session.scalars(select(AuditRow).where(AuditRow.action == "document.taken")).one()
    assert audit.data["revocation"] == ["good"]
    assert audit.data["stamped_at"] == [found.stamped_at.isoformat()]
    assert office.check() == {}


def test_while_the_authority_is_away_the_decision_waits_and_says_why(office, fake):
    engine = replace(office.engine, trust=fake.services("tsa"))
    ((step, version),) = to_sign(office)
    fake.status = 503

    (result,) = sign_decisions(engine, office.actor("tuan.pm"), [(step, version)], PIN)

    assert not result.is_done
    assert "dấu thời gian" in result.said.vi
    with office.reading(None) as unit:
        assert unit.session.get_one(WorkItemRow, step).status == "open"
        assert unit.session.scalars(select(SignatureRow)).all() == []
