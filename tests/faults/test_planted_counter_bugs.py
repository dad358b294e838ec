"""The checks of filings and hand-overs are tried: harm is done to rows, and each must have its name."""

from __future__ import annotations

import pytest
from office import APPLICANT, open_office
from sqlalchemy import delete, update

from engine.store.counter_rows import FilingEventRow, FilingLetterRow, FilingRow, HandOverRow, RatingRow
from engine.store.rows import DossierRow
from engine.usecases.filings import Filing, Gap, ask_for_papers, file_request
from engine.usecases.reception import ReceivedComponent

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

TAKEN = {"recipient_name": "Á", "recipient_id_no": "096090001234", "method": "counter"}
HARMS = {
    "ended without saying so": (update(FilingRow).values(state="rejected"), {"filings_half_written": 1}),
    "no last day": (update(FilingRow).values(until=None), {"filings_half_written": 1}),
    "accepted without a dossier": (
        update(FilingRow).values(state="accepted", until=None),
        {"filings_half_written": 1},
    ),
    "a letter that is gone": (delete(FilingLetterRow), {"filings_without_letter": 1}),
    "a history that is gone": (delete(FilingEventRow), {"filings_without_history": 1}),
}


@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_a_filing_is_counted_by_name(province, clock, harm):
    office = open_office(province, clock)
    with office.unit("my.nk") as unit:
        place = office.unit_id("nam-can")
        number = file_request(unit, Filing(procedure_key="P07", receiving_unit_id=place, applicant=APPLICANT))
    with office.unit("my.nk") as unit:
        gap = Gap(component="C1", name_vi="Bản chính", name_en="Original", wrong="Thiếu")
        ask_for_papers(unit, number, 1, [gap], "Nghị định 23/2015/NĐ-CP", 7)
    assert office.check() == {}
    statement, found = HARMS[harm]

    with office.unit(None) as unit:
        unit.session.execute(statement)

    assert office.check() == found


def test_harm_to_hand_overs_and_ratings_is_counted_by_name(province, clock):
    """A dossier on its way is said to have been handed back, and rated."""
    office = open_office(province, clock)
    answers = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
    dossier = office.receive("my.nk", "P07", "nam-can", answers, components=[ReceivedComponent(code="C1")])
    place, item = office.unit_id("nam-can"), office.task(dossier, "T2")
    assert office.check() == {}

    with office.unit(None) as unit:
        unit.session.add_all(
            [
                HandOverRow(
                    dossier_id=dossier, work_item_id=item, method="counter", checked_by="slip",
                    recipient_name="Á", at=unit.now, unit_id=place,
                ),
                RatingRow(dossier_id=dossier, unit_id=place, score=5, channel="web", at=unit.now),
            ]
        )  # fmt: skip

    assert office.check() == {"hand_overs_unlike_the_dossier": 1, "ratings_too_early": 1}


def test_a_result_that_nobody_took_is_counted(province, clock):
    office = open_office(province, clock)
    answers = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
    dossier = office.receive("my.nk", "P07", "nam-can", answers, components=[ReceivedComponent(code="C1")])
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(dossier, node, outcome)
    office.do(dossier, "T5", "handed_over", **TAKEN)
    assert office.check() == {}

    with office.unit(None) as unit:
        unit.session.execute(delete(HandOverRow))

    assert office.check() == {"results_handed_to_nobody": 1}


def test_a_rating_outside_the_five_steps_is_counted(province, clock):
    office = open_office(province, clock)
    answers = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
    dossier = office.receive("my.nk", "P07", "nam-can", answers, components=[ReceivedComponent(code="C1")])
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(dossier, node, outcome)
    office.do(dossier, "T5", "handed_over", **TAKEN)

    with office.unit(None) as unit:
        place = unit.session.get_one(DossierRow, dossier).competent_unit_id
        unit.session.add(RatingRow(dossier_id=dossier, unit_id=place, score=6, channel="web", at=unit.now))

    assert office.check() == {"ratings_too_early": 1}
