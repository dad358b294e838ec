"""Decisions signed with keys on a token (PKCS#11), as real signatories have them."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

import pytest
import tokens
from office import Office, open_office
from signing import to_sign
from sqlalchemy import select, update

from engine.documents import pdf
from engine.documents.signatures import load_certificates, look_at
from engine.store import keys as store
from engine.store.document_rows import DocumentRow, SigningKeyRow
from engine.store.keys import KeyBusy, KeyMissing, KeyStore, WrongPin
from engine.store.rows import UserRow
from engine.usecases.signing_batches import sign_decisions
from runtime_api.demo_keys import give_keys

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}"),
    pytest.mark.skipif(bool(tokens.why_not()), reason=tokens.why_not()),
]
DIRECTOR, DEPUTY = "tuan.pm", "oanh.tk"
LABEL = "So Xay dung/tuan.pm"


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """One token for the module: its library is loaded once in a process."""
    place = tmp_path_factory.mktemp("token")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(place / "softhsm2.conf"))
        folder = place / "keys"
        yield tokens.make_token(place, folder), folder


@pytest.fixture
def office(province, clock, token) -> Office:
    made, folder = token
    engine = replace(province, keys=KeyStore(folder, made.library))
    give_keys(engine, folder)
    if not (folder / "on-token").exists():
        made.add_key(DIRECTOR, "Phạm Minh Tuấn", "Sở Xây dựng")
        (folder / "on-token").touch()
    with engine.unit(open_office(engine, clock).actor(None)) as unit:
        own = SigningKeyRow.user_id == select(UserRow.id).where(UserRow.login == DIRECTOR).scalar_subquery()
        unit.session.execute(update(SigningKeyRow).where(own).values(kind="pkcs11", label=LABEL))
    return Office(engine, clock)


def test_many_are_signed_with_one_pin_of_the_token_and_a_stranger_can_prove_it(office, clock):
    picked = to_sign(office, 2)
    results = sign_decisions(office.engine, office.actor(DIRECTOR), picked, tokens.PIN)
    with office.reading(None) as unit:
        files = unit.session.scalars(
            select(DocumentRow.pdf_sha256).where(DocumentRow.form_code == "result:P03")
        ).all()
    roots = load_certificates(office.engine.keys.roots())

    assert [one.is_done for one in results] == [True, True]
    for sha256 in files:
        with office.engine.files.open(sha256) as file:
            (found,) = look_at(file.read(), roots, clock.now())
        assert (found.signer, found.is_good) == ("Phạm Minh Tuấn", True)
    assert office.check() == {}


def test_a_wrong_pin_is_wrong_also_after_a_right_one(office):
    keys = office.engine.keys
    keys.open("pkcs11", LABEL, tokens.PIN).close()
    with pytest.raises(WrongPin):
        keys.open("pkcs11", LABEL, "000000")
    keys.open("pkcs11", LABEL, tokens.PIN).close()


def test_a_token_signs_for_one_act_at_a_time(office, monkeypatch):
    keys = office.engine.keys
    held = keys.open("pkcs11", LABEL, tokens.PIN)
    monkeypatch.setattr(store, "PATIENCE", 0.01)
    with pytest.raises(KeyBusy):
        keys.open("pkcs11", LABEL, "000000")  # it is not asked, so it is not let in either
    monkeypatch.setattr(store, "PATIENCE", 30)
    opened = []
    waiting = Thread(target=lambda: opened.append(keys.open("pkcs11", LABEL, tokens.PIN)))
    waiting.start()
    held.close()
    waiting.join()

    assert [one.name for one in opened] == ["Phạm Minh Tuấn"]
    opened[0].close()


@pytest.mark.parametrize("label", ["So Xay dung/khong-co", "Khong co/tuan.pm", "tuan.pm"])
def test_a_key_or_token_that_is_not_there_is_a_sentence(office, label):
    with pytest.raises(KeyMissing):
        office.engine.keys.open("pkcs11", label, tokens.PIN)
    office.engine.keys.open("pkcs11", LABEL, tokens.PIN).close()  # nothing stays locked


def test_a_library_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(KeyMissing):
        KeyStore(tmp_path, "/nowhere/lib.so").open("pkcs11", LABEL, tokens.PIN)


def test_a_token_that_goes_away_while_it_signs_is_a_sentence_and_signs_nothing(office, monkeypatch):
    picked = to_sign(office, 1)
    opened = office.engine.keys.open

    def pulled_out(*words):
        key = opened(*words)
        key.signer.pkcs11_session.close()
        return key

    monkeypatch.setattr(office.engine.keys, "open", pulled_out)
    (result,) = sign_decisions(office.engine, office.actor(DIRECTOR), picked, tokens.PIN)

    assert not result.is_done
    assert "Phạm Minh Tuấn" in result.said.vi
    assert office.open_steps(office.dossier(1).id) == ["T8"]
