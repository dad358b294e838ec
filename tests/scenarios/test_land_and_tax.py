"""A land dossier and the tax office: one asks, the other begins a dossier of its own and answers."""

from __future__ import annotations

import pytest
from liaison import ASK, NOTICE, Liaison
from office import open_office


@pytest.fixture
def liaison(province, clock) -> Liaison:
    """The demo province with both procedures in force; the clock shows Monday 23/11/2026 09:10."""
    return Liaison(open_office(province, clock)).install()


def test_a_land_dossier_asks_the_tax_office_which_answers_by_a_dossier_of_its_own(liaison):
    office = liaison.office
    land = liaison.ask()
    kept = liaison.messages(ASK)[0]
    assert (kept.state, kept.payload["parcel_no"], kept.payload["price"]) == ("kept", "128", 900000000)
    assert [one.node_id for one in liaison.waits(land)] == ["notice"]
    assert office.check() == {}

    begun = liaison.deliver()
    tax = liaison.child(land)
    row = office.dossier(tax)
    assert begun == 1
    assert office.open_steps(tax) == ["T1"]
    assert (row.data["parcel_no"], row.data["price"]) == ("128", 900000000)
    assert row.competent_unit_id == row.received_unit_id == office.unit_id("thue")
    assert row.applicant_name == office.dossier(land).applicant_name
    assert row.code != office.dossier(land).code
    assert row.current_due > office.clock.now()
    assert office.check() == {}

    liaison.answer(tax)
    assert office.dossier(tax).ended_at is not None
    assert office.open_steps(land) == []
    assert liaison.deliver() == 1

    assert office.open_steps(land) == ["T8"]
    assert (office.dossier(land).data["owed"], office.dossier(land).data["notice_no"]) == (18000000, "TB-01")
    assert "amount" not in office.dossier(land).data
    assert liaison.waits() == []
    assert [one.state for one in liaison.messages()] == ["delivered", "delivered"]
    office.do(land, "T8")
    office.do(land, "T11", recipient_name="Nguyễn Văn Á", method="counter")
    assert office.dossier(land).status == "returned"
    assert (
        liaison.kinds(land).count("message.delivered") == liaison.kinds(land).count("message.received") == 1
    )
    assert liaison.kinds(tax)[:2] == ["received", "step.opened"]
    assert office.check() == {}
    assert [one.name for one in liaison.messages()] == [ASK, NOTICE]
