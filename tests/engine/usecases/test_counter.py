"""What makes the counter quick: letters for a procedure, the last ten, known applicants, scans."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace

import pytest
from office import APPLICANT, Office, open_office
from sqlalchemy import event

from engine.domain.access import RoleMissing
from engine.domain.forms import FormInvalid
from engine.store.scans import ScanGone
from engine.usecases.applicants import find_applicants
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.procedures import (
    NoCompetentUnit,
    NotCompetent,
    first_letters,
    list_procedures,
)
from engine.usecases.recents import recent_procedures
from engine.usecases.reception import Applicant, ReceivedComponent, preview_reception, read_applicant
from engine.usecases.scans import open_scans, put_scans_aside, waiting_scans

COPIES = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
MOST_STATEMENTS = 38


@pytest.fixture
def office(province, clock, tmp_path) -> Office:
    office = open_office(province, clock)
    office.engine = replace(office.engine, scans=tmp_path / "scans")
    return office


def copies(office: Office, place: str, **more) -> Reception:
    return Reception(
        procedure_key="P07",
        receiving_unit_id=office.unit_id(place),
        applicant=more.pop("applicant", APPLICANT),
        data=COPIES,
        components=[ReceivedComponent(code="C1")],
        **more,
    )


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        *(("gpxd", "P03"), ("ct", "P07"), ("CTBS", "P07")),
        *(("p07", "P07"), ("2.000815", "P07"), ("xay dung", "P03")),
    ],
)
def test_a_procedure_is_found_by_letters_words_or_codes(office, typed, first):
    with office.reading("mai.lt") as unit:
        assert list_procedures(unit, typed)[0].key == first


def test_first_letters_are_without_marks_and_signs():
    assert first_letters("Đăng ký khai sinh, (đúng hạn)") == "dkksdh"
    assert "ks" in first_letters("Đăng ký khai sinh")


def test_what_a_clerk_received_last_comes_first_and_is_nobody_elses(office):
    office.permit()
    office.clock.advance(minutes=5)
    with office.unit("mai.lt") as unit:
        receive_dossier(unit, copies(office, "ttpvhcc", competent_unit_id=office.unit_id("nam-can")))

    with office.reading("mai.lt") as unit:
        assert recent_procedures(unit) == ["P07", "P03"]
    with office.reading("my.nk") as unit:
        assert recent_procedures(unit) == []


def test_reception_is_not_tied_to_territory(office):
    """The provincial counter takes what a commune decides; who that is, the counter says."""
    with office.reading("mai.lt") as unit:
        view = preview_reception(unit, "P07")
    chosen = next(id_ for id_, name in view.competent_units if "Đất Mũi" in name)

    assert view.competent_unit == ""
    assert len(view.competent_units) == 4
    with pytest.raises(NoCompetentUnit), office.unit("mai.lt") as unit:
        receive_dossier(unit, copies(office, "ttpvhcc"))
    with office.unit("mai.lt") as unit:
        received = receive_dossier(unit, copies(office, "ttpvhcc", competent_unit_id=chosen))
    row = office.dossier(received.dossier_id)
    assert (row.received_unit_id, row.competent_unit_id) == (office.unit_id("ttpvhcc"), chosen)
    assert office.check() == {}


def test_an_office_that_is_not_named_for_it_cannot_be_chosen(office):
    before = office.counts()
    wrong = copies(office, "ttpvhcc", competent_unit_id=office.unit_id("pc07"))
    with pytest.raises(NotCompetent), office.unit("mai.lt") as unit:
        receive_dossier(unit, wrong)
    assert office.counts() == before


def test_an_applicant_is_found_by_number_or_telephone_however_it_is_written(office):
    code = office.dossier(office.permit()).code

    for typed in ("096090001234", "0912 345 678", "+84912345678"):
        with office.reading("mai.lt") as unit:
            (known,) = find_applicants(unit, typed)
        assert (known.name, known.earlier[0].code) == ("Nguyễn Văn Á", code)


def test_the_answers_of_an_earlier_dossier_come_back_without_what_officers_wrote(office):
    office.permit()
    with office.reading("mai.lt") as unit:
        form = preview_reception(unit, "P03").form
        (known,) = find_applicants(unit, "0912345678", form)

    assert known.earlier[0].answers["parcel_address"] == "ấp 4, xã Năm Căn"
    assert set(known.earlier[0].answers) <= {field.name for field in form.fields if not field.computed}


def test_nobody_leafs_through_strangers(office):
    office.permit()
    with office.reading("mai.lt") as unit:
        for typed in ("", "0912", "Nguyễn", "%", "0912345679", "9" * 60, "'; --"):
            assert find_applicants(unit, typed) == []
    with office.reading("my.nk") as unit:  # another office may not know of that dossier
        assert find_applicants(unit, "0912345678") == []
    with pytest.raises(RoleMissing), office.reading("linh.vt") as unit:
        find_applicants(unit, "0912345678")


def test_a_card_scanned_into_any_field_is_taken_apart():
    card = "096090001234||TRẦN VĂN BÊ|01021990|Nam|ấp 4|15082021"

    for name in ("id_no", "name", "phone", "email", "address"):
        read = read_applicant(Applicant(**{"name": "", name: card}))
        assert (read.id_no, read.name, read.address) == ("096090001234", "Trần Văn Bê", "ấp 4")
    with pytest.raises(FormInvalid) as refused:
        read_applicant(Applicant(name="Bê", phone="x|||||||"))
    assert list(refused.value.problems) == ["applicant_phone"]


def test_scans_come_from_the_folder_of_the_clerks_own_chair(office):
    folder = office.engine.scans / "ttpvhcc-quay-1"
    folder.mkdir(parents=True)
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 a")
    (folder / ".hidden.pdf").write_bytes(b"%PDF-1.7 h")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "sub").mkdir()
    (office.engine.scans / "secret.pdf").write_bytes(b"%PDF-1.7 s")
    os.symlink(office.engine.scans / "secret.pdf", folder / "link.pdf")
    place = office.unit_id("ttpvhcc")

    with office.reading("mai.lt") as unit:
        assert [one.name for one in waiting_scans(unit, place)] == ["a.pdf"]
        for name in ("../secret.pdf", "link.pdf", "sub", "/etc/passwd", ".hidden.pdf", "b.pdf"):
            with pytest.raises(ScanGone), ExitStack() as opened:
                open_scans(unit, place, [(name, "C1")], opened)
        with ExitStack() as opened:
            (file,) = open_scans(unit, place, [("a.pdf", "C1")], opened)
            assert (file.component_code, file.stream.read()) == ("C1", b"%PDF-1.7 a")
        put_scans_aside(unit, place, ["a.pdf", "../secret.pdf"])
        assert waiting_scans(unit, place) == []
    assert (office.engine.scans / "secret.pdf").exists()
    assert len(list((folder / "taken").iterdir())) == 1


def test_receiving_asks_the_database_few_questions(office):
    with office.unit("my.nk") as unit:  # the first one fills what is kept in memory
        receive_dossier(unit, copies(office, "nam-can"))
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(office.engine.database, "before_cursor_execute", note)
    with office.unit("my.nk") as unit:
        receive_dossier(unit, copies(office, "nam-can", submission_key="k" * 20))
    event.remove(office.engine.database, "before_cursor_execute", note)

    assert len(asked) <= MOST_STATEMENTS, "\n".join(asked)
