"""The checks of filings are tried: harm is done to rows, and each must have its name."""

from __future__ import annotations

import pytest
from office import APPLICANT, open_office
from sqlalchemy import delete, update

from engine.store.counter_rows import FilingEventRow, FilingLetterRow, FilingRow
from engine.usecases.filings import Filing, Gap, ask_for_papers, file_request

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

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
