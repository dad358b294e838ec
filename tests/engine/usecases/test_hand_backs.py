"""A result is handed back: who took it is written with the step; nobody waits for it any more."""

from __future__ import annotations

import pytest
from office import open_office

from engine.usecases.hand_backs import HandBack, hand_back, hand_over_sheet, uncollected
from engine.usecases.reception import ReceivedComponent

pytestmark = pytest.mark.sqlite


def test_a_result_is_handed_back_and_who_took_it_stands_on_the_paper(province, clock):
    office = open_office(province, clock)
    answers = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
    dossier = office.receive(
        "my.nk", "P07", "nam-can", answers, components=[ReceivedComponent(code="C1")]
    )
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(dossier, node, outcome)
    code = office.dossier(dossier).code
    given = HandBack(
        code=code, method="counter", checked_by="id_card", recipient_name="Á", recipient_id_no="096090001234"
    )

    with office.reading("my.nk") as unit:
        assert [one.code for one in uncollected(unit)[0]] == [code]
    with office.unit("my.nk") as unit:
        hand_back(unit, given)

    with office.reading("my.nk") as unit:
        assert hand_over_sheet(unit, code).recipient_name == "Á"
        assert uncollected(unit)[0] == []
    assert office.check() == {}
