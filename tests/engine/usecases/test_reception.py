"""At the counter: what is accepted, what is refused, and that a refusal leaves nothing behind."""

import io
import threading
from dataclasses import replace

import pytest
from office import APPLICANT, PERMIT, PERMIT_PAPERS
from sqlalchemy import func, select

from engine.domain.access import RoleMissing
from engine.domain.calendar import ZONE
from engine.domain.forms import FormInvalid
from engine.domain.organisation import UnitClosed
from engine.errors import Conflict
from engine.store.rows import (
    AttachmentRow,
    DossierRow,
    EventRow,
    OutboxRow,
    ProcedureRow,
    RevisionRow,
    UserRow,
)
from engine.usecases.attachments import FileRefused, NewFile, clean_name, open_attachment
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.procedures import NoCompetentUnit, NotInForce, list_procedures
from engine.usecases.reception import ComponentsMissing, ReceivedComponent, preview_reception
from engine.usecases.routing import NoOneToDo
from engine.usecases.submissions import SubmissionReused


@pytest.fixture
def reception(office):
    return Reception(
        procedure_key="P03",
        receiving_unit_id=office.unit_id("ttpvhcc"),
        applicant=APPLICANT,
        data=PERMIT,
        components=PERMIT_PAPERS,
    )


def refused(office, error, reception, login="mai.lt"):
    """Assert that a reception is refused and leaves no row behind; return the error."""
    before = office.counts()
    with pytest.raises(error) as caught, office.unit(login) as unit:
        receive_dossier(unit, reception)
    assert office.counts() == before
    return caught.value


def pdf(name="don.pdf", content=b"%PDF-1.7 ..."):
    return NewFile(
        component_code="C1", file_name=name, content_type="application/pdf", stream=io.BytesIO(content)
    )


@pytest.mark.sqlite
def test_the_counter_sees_what_it_needs_before_anything_is_typed(office):
    with office.reading("mai.lt") as unit:
        view = preview_reception(unit, "P03")
        found = list_procedures(unit, "giay phep xay dung")

    assert view.competent_unit == "Sở Xây dựng"
    assert f"{view.due.at.astimezone(ZONE):%d/%m/%Y}" == "08/12/2026"
    assert [one.code for one in view.components][:3] == ["C1", "C2", "C3"]
    assert [one.reason.vi for one in view.due.days if "24" in f"{one.day:%d}" and one.number is None] != []
    assert [name for _, name in view.receiving_units] == ["Trung tâm Phục vụ hành chính công tỉnh Cà Mau"]
    assert [one.key for one in found] == ["P03"]


def test_a_dossier_gets_a_code_a_due_date_a_message_and_a_history(office, reception):
    with office.unit("mai.lt") as unit:
        first = receive_dossier(unit, reception)
    with office.unit("mai.lt") as unit:
        second = receive_dossier(unit, reception)

    assert (first.code, second.code) == ("H12.01-261123-0001", "H12.01-261123-0002")
    with office.reading(None) as unit:
        message = unit.session.scalars(
            select(OutboxRow).where(OutboxRow.dossier_id == first.dossier_id)
        ).one()
        history = unit.session.scalars(
            select(EventRow.kind).where(EventRow.dossier_id == first.dossier_id).order_by(EventRow.id)
        ).all()
    assert history == ["received", "step.opened", "step.done", "step.opened"]
    assert message.payload["phone"] == "0912345678"
    assert "H12.01-261123-0001" in message.payload["text"]
    assert "08/12/2026" in message.payload["text"]
    assert message.payload["text"].isascii()
    assert len(message.payload["text"]) <= 160
    assert "Nguy" not in message.payload["text"]
    assert office.check() == {}


def test_a_second_click_gets_the_first_dossier(office, reception):
    twice = replace(reception, submission_key="form-1")
    with office.unit("mai.lt") as unit:
        first = receive_dossier(unit, twice)
    with office.unit("mai.lt") as unit:
        second = receive_dossier(unit, twice)

    assert first == second
    with office.reading(None) as unit:
        assert unit.session.scalar(select(func.count()).select_from(DossierRow)) == 1


def test_many_clicks_at_the_same_time_make_one_dossier(office, reception):
    twice = replace(reception, submission_key="form-2")
    actor = office.actor("mai.lt")
    answers, faults = [], []
    gate = threading.Barrier(6)

    def click():
        gate.wait()
        try:
            with office.engine.unit(actor) as unit:
                answers.append(receive_dossier(unit, twice).code)
        except Conflict as fault:
            faults.append(fault)

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert len(answers) == 6
    assert set(answers) == {"H12.01-261123-0001"}
    assert office.check() == {}


def test_counters_working_at_the_same_time_leave_no_gap_in_the_codes(office, reception):
    actors = [office.actor("mai.lt"), office.actor("nhi.ty")]
    codes = []

    def work(actor):
        for _ in range(4):
            with office.engine.unit(actor) as unit:
                codes.append(receive_dossier(unit, reception).code)

    threads = [threading.Thread(target=work, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [f"H12.01-261123-{number:04d}" for number in range(1, 9)]


@pytest.mark.sqlite
def test_a_used_key_with_another_content_is_refused(office, reception):
    with office.unit("mai.lt") as unit:
        receive_dossier(unit, replace(reception, submission_key="form-3"))

    other = replace(reception, data={**PERMIT, "storeys": "1"}, submission_key="form-3")
    refused(office, SubmissionReused, other)
    refused(office, SubmissionReused, replace(reception, submission_key="form-3"), login="nhi.ty")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        pytest.param({"build_area": "920"}, "build_area", "không vượt quá", id="larger than the parcel"),
        pytest.param({"storeys": "hai"}, "storeys", "số nguyên", id="a word for a number"),
        pytest.param({"work_class": "I"}, "work_class", "phải là một trong", id="not an option"),
        pytest.param({"parcel_no": ""}, "parcel_no", "để trống", id="missing"),
        pytest.param({"status": "returned"}, "status", "không có ô", id="a field of nobody"),
        pytest.param({"dossier": "x"}, "dossier", "không có ô", id="a reserved word"),
        pytest.param({"storeys": "4"}, "designer", "Đơn vị thiết kế", id="needed because of another"),
    ],
)
def test_a_wrong_answer_is_refused_in_a_sentence(office, reception, changes, field, sentence):
    error = refused(office, FormInvalid, replace(reception, data={**PERMIT, **changes}))

    assert sentence in error.facts["problems"][field].say("vi")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "applicant_name"),
        ({"id_no": "12"}, "applicant_id_no"),
        ({"phone": "abc"}, "applicant_phone"),
        ({"id_no": "", "phone": ""}, "applicant_phone"),
        ({"kind": 1}, "applicant_id_no"),
    ],
)
def test_an_applicant_who_cannot_be_reached_is_refused(office, reception, changes, field):
    values = {"kind": 1, "id_no": "12345"} if changes == {"kind": 1} else changes
    error = refused(office, FormInvalid, replace(reception, applicant=replace(APPLICANT, **values)))

    assert field in error.facts["problems"]


@pytest.mark.sqlite
def test_all_missing_papers_are_named_at_once(office, reception):
    data = {**PERMIT, "adjacent_building": "1"}
    error = refused(office, ComponentsMissing, replace(reception, data=data, components=PERMIT_PAPERS[:1]))

    assert len(error.facts["names"]) == 3  # land paper, drawings, and the commitment to the neighbour
    assert "liền kề" in error.say("vi")


@pytest.mark.sqlite
def test_a_file_is_kept_and_opened_only_by_those_who_see_the_dossier(office, reception):
    with office.unit("mai.lt") as unit:
        receive_dossier(unit, replace(reception, files=[pdf("đơn xin.pdf")]))
    with office.reading(None) as unit:
        stored = unit.session.scalars(select(AttachmentRow)).one()

    with office.reading("linh.vt") as unit:
        opened = open_attachment(unit, stored.id)
        assert (opened.file_name, opened.stream.read()) == ("đơn xin.pdf", b"%PDF-1.7 ...")
    with pytest.raises(Exception, match="to exist"), office.reading("my.nk") as unit:
        open_attachment(unit, stored.id)
    assert office.check() == {}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("name", "content"),
    [("don.exe", b"MZ"), ("don.pdf", b"<html>"), ("don", b"%PDF-1.7"), ("don.svg", b"<svg/>")],
)
def test_a_file_of_another_kind_is_refused(office, reception, name, content):
    refused(office, FileRefused, replace(reception, files=[pdf(name, content)]))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/đơn.pdf", "đơn.pdf"),
        ("C:\\hồ sơ\\đơn.pdf", "đơn.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_a_file_name_loses_folders_and_tricks(name, kept):
    assert clean_name(name) == kept


@pytest.mark.sqlite
def test_only_the_counter_of_the_unit_receives(office, reception):
    refused(office, RoleMissing, reception, login="linh.vt")
    refused(office, RoleMissing, replace(reception, receiving_unit_id=office.unit_id("nam-can")))


@pytest.mark.sqlite
def test_a_closed_unit_receives_nothing_and_says_who_continues(office, reception):
    error = refused(
        office,
        UnitClosed,
        replace(reception, receiving_unit_id=office.unit_id("nam-can-h")),
        login="my.nk",
    )

    assert "xã Năm Căn" in error.say("vi")


@pytest.mark.sqlite
def test_a_procedure_that_is_not_published_is_not_received(office, reception):
    with office.unit(None) as unit:
        for revision in unit.session.scalars(select(RevisionRow)):
            revision.state = "SUSPENDED"

    error = refused(office, NotInForce, reception)

    assert "23/11/2026" in error.say("vi")


@pytest.mark.sqlite
def test_a_dossier_without_a_competent_unit_goes_to_the_coordinator(office, reception):
    papers = [ReceivedComponent(code="C1")]
    copies = {"doc_title": "Bằng", "pages": "1", "copies": "1"}

    refused(office, NoCompetentUnit, replace(reception, procedure_key="P07", data=copies, components=papers))


def test_a_step_that_nobody_can_do_is_refused_before_it_opens(office, reception):
    with office.unit(None) as unit:
        head = unit.session.scalars(select(UserRow).where(UserRow.login == "khoa.nd")).one()
        head.is_active = False

    error = refused(office, NoOneToDo, reception)

    assert "Phân công thụ lý" in error.say("vi")
    assert "Sở Xây dựng" in error.say("vi")
    assert "Head of division" in error.say("en")


@pytest.mark.sqlite
def test_a_key_that_is_unknown_is_not_found(office, reception):
    refused(office, Exception, replace(reception, procedure_key="P99"))
    with office.reading(None) as unit:
        assert unit.session.scalar(select(func.count()).select_from(ProcedureRow)) >= 2
