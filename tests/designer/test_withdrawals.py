"""Out of force: back to the revision before at once, off the schedule, abolished; running dossiers stay."""

from __future__ import annotations

from datetime import date

import pytest
from authoring import AUTHOR, HEAD, PROVINCE
from pages import read

from designer import withdrawals
from designer.review import BadNote, BadPublication, Decision, WrongState
from designer.withdrawals import AlreadyInForce, NothingBefore, NotYetInForce
from engine.domain.access import RoleMissing
from engine.store.rows import DossierRow
from engine.usecases.procedures import NotInForce

pytestmark = pytest.mark.sqlite

TODAY, LATER = date(2026, 11, 23), date(2026, 12, 1)
WHY = "Bước mới gây ùn tắc ở quầy."


def receive(office) -> int:
    dossier = office.permit()
    with office.reading(None) as unit:
        return unit.session.get(DossierRow, dossier).revision_id


def roll_back(authoring, revision, login=PROVINCE, why=WHY):
    with authoring.office.unit(login) as unit:
        return withdrawals.roll_back(unit, revision, why)


@pytest.fixture
def published(authoring) -> int:
    revision = authoring.approved()
    authoring.publish(revision, TODAY)
    return revision


def test_going_back_holds_from_the_next_dossier_on(office, authoring, published):
    before = authoring.in_force()
    assert receive(office) == published

    assert roll_back(authoring, published) == before.number

    assert receive(office) == before.id
    assert authoring.row(published).state == "SUSPENDED"
    assert authoring.row(before.id).state == "PUBLISHED"


def test_going_back_needs_a_reason_the_role_and_something_to_go_back_to(authoring, published):
    with pytest.raises(BadNote):
        roll_back(authoring, published, why="vì thế")
    for login in (AUTHOR, HEAD):
        with pytest.raises(RoleMissing):
            roll_back(authoring, published, login)
    roll_back(authoring, published)

    with pytest.raises(NothingBefore):
        roll_back(authoring, authoring.in_force().id)
    with pytest.raises(WrongState):
        roll_back(authoring, published)


def test_a_publication_for_later_is_taken_off_the_schedule(office, authoring):
    before, revision = authoring.in_force().id, authoring.approved()
    authoring.publish(revision, LATER)
    with pytest.raises(NotYetInForce):
        roll_back(authoring, revision)

    with office.unit(PROVINCE) as unit:
        withdrawals.cancel_publication(unit, revision, WHY)

    assert (authoring.row(revision).state, authoring.row(revision).effective_from) == ("APPROVED", None)
    assert (authoring.row(before).state, authoring.row(before).effective_to) == ("PUBLISHED", None)
    authoring.publish(revision, TODAY)
    with pytest.raises(AlreadyInForce), office.unit(PROVINCE) as unit:
        withdrawals.cancel_publication(unit, revision, WHY)


def test_an_abolished_procedure_receives_until_its_last_day_and_no_longer(office, authoring):
    revision = authoring.in_force().id
    with office.unit(PROVINCE) as unit, pytest.raises(BadPublication):
        withdrawals.abolish(unit, revision, date(2026, 11, 20), Decision(number="9/QĐ"), WHY)
    with office.unit(PROVINCE) as unit, pytest.raises(BadPublication):
        withdrawals.abolish(unit, revision, TODAY, Decision(number=" "), WHY)

    with office.unit(PROVINCE) as unit:
        withdrawals.abolish(unit, revision, TODAY, Decision(number="9/QĐ-UBND"), WHY)

    assert receive(office) == revision
    office.at("2026-11-25 09:00")
    with pytest.raises(NotInForce):
        receive(office)


def test_abolishing_what_is_suspended_does_not_open_it_again(office, authoring, published):
    roll_back(authoring, published)
    with office.unit(PROVINCE) as unit:
        withdrawals.abolish(unit, published, LATER, Decision(number="9/QĐ-UBND"), WHY)

    assert receive(office) == authoring.in_force().id


def test_the_page_offers_what_can_be_done_and_tells_how_it_went(app, office, authoring, published):
    client = app.test_client().sign_in(PROVINCE)
    address = f"/designer/revisions/{published}"
    page = read(client.get(address))
    sent = page.form(f"{address}/roll-back") | {"reason": WHY}

    assert client.post(f"{address}/roll-back", data=sent).status_code == 303

    page = read(client.get(address))
    assert "Đã quay lại phiên bản 1" in page.words
    assert "quay lại phiên bản trước" in page.words
    assert WHY in page.words
    assert not page.tree.xpath(f'//form[@action="{address}/roll-back"]')
