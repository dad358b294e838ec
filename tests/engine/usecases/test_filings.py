"""Before acceptance: all gaps asked for at once, refused, passed on, coordinated, lapsed; no clock."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from office import APPLICANT, Office, open_office
from sqlalchemy import select

from engine.domain.access import RoleMissing
from engine.domain.filings import (
    AskedBefore,
    BadFilingNumber,
    FilingElsewhere,
    FilingNumber,
    FilingState,
)
from engine.domain.forms import FormInvalid
from engine.errors import Conflict, NotFound
from engine.store.counter_rows import FilingRow
from engine.store.rows import AttachmentRow, DossierRow, OutboxRow
from engine.usecases.attachments import NewFile
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.filing_lookups import look_up_filing
from engine.usecases.filing_pages import (
    count_to_settle,
    filing_letter,
    get_filing,
    list_filings,
    print_filing_letter,
)
from engine.usecases.filings import (
    BadDays,
    Filing,
    FilingIncomplete,
    Gap,
    NoCounterThere,
    SameDesk,
    ask_coordinator,
    ask_for_papers,
    file_request,
    lapse_filings,
    pass_on,
    refuse_filing,
    settle_competence,
    take_papers,
    withdraw_filing,
)
from engine.usecases.lookups import LookUpFailed, TooManyTries
from engine.usecases.notifications import list_notifications
from engine.usecases.reception import ReceivedComponent

LAW = "Nghị định 118/2025/NĐ-CP"
GAPS = [
    Gap(
        component="C1",
        name_vi="Bản chính",
        name_en="Original",
        wrong="Chưa mang bản chính",
        bring="Bản chính",
    ),
    Gap(component="C2", name_vi="Bản sao", name_en="Copies", wrong="Bản sao mờ trang 3"),
]
COPIES = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}


@pytest.fixture
def office(province, clock) -> Office:
    return open_office(province, clock)


def file(office: Office, login: str = "my.nk", place: str = "nam-can", **more) -> str:
    filing = Filing(
        procedure_key="P07",
        receiving_unit_id=office.unit_id(place),
        applicant=APPLICANT,
        typed={"applicant_name": "Nguyễn Văn Á", "d.doc_title": "Giấy khai sinh", "c.C1": "1"},
        **more,
    )
    with office.unit(login) as unit:
        return file_request(unit, filing)


def row_of(office: Office, number: str) -> FilingRow:
    with office.reading(None) as unit:
        return unit.session.scalars(select(FilingRow).where(FilingRow.number == number)).one()


def act(office: Office, login: str | None, command, number: str, *args, **more):
    version = row_of(office, number).version
    with office.unit(login) as unit:
        return command(unit, number, version, *args, **more)


def texts(office: Office) -> list[str]:
    with office.reading(None) as unit:
        return [one.payload["text"] for one in unit.session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def reception(office: Office, number: str, place: str = "nam-can", **more) -> Reception:
    return Reception(
        procedure_key="P07",
        receiving_unit_id=office.unit_id(place),
        applicant=APPLICANT,
        data=COPIES,
        components=[ReceivedComponent(code="C1")],
        filing_number=number,
        **more,
    )


def test_what_is_not_accepted_has_a_number_and_no_clock(office):
    number = file(office)

    row = row_of(office, number)
    assert number == "YC-H12.41-261123-0001"
    assert (row.state, row.until, row.dossier_id) == ("submitted", None, None)
    with office.reading(None) as unit:
        assert unit.session.scalars(select(DossierRow)).all() == []
    assert office.check() == {}


def test_two_clicks_make_one_filing(office):
    assert file(office, submission_key="k" * 20) == file(office, submission_key="k" * 20)


def test_all_gaps_are_named_at_once_with_a_last_day_and_a_letter(office):
    number = file(office)

    until = act(office, "my.nk", ask_for_papers, number, GAPS, LAW, 7)

    assert f"{until:%d/%m/%Y}" == "03/12/2026"  # seven working days, and 24/11 is a day off
    with office.reading("my.nk") as unit:
        letter = filing_letter(unit, number)
        view = get_filing(unit, number)
    assert letter.form_code == "02"
    assert "Chưa mang bản chính" in letter.html
    assert "Bản sao mờ trang 3" in letter.html
    assert "17 giờ 00 phút, ngày 03 tháng 12 năm 2026" in letter.html
    assert number in letter.html
    assert (view.state, view.rounds) == (FilingState.SUPPLEMENT, 1)
    assert texts(office) == [
        "Mot cua: ho so YC-H12.41-261123-0001 (CHUNG THUC) chua du, can bo sung truoc 03/12/2026. "
        "Xem Phieu yeu cau bo sung."
    ]


def test_a_second_request_is_the_coordinators_to_allow(office):
    number = file(office)
    act(office, "my.nk", ask_for_papers, number, GAPS, LAW, 7)
    act(office, "my.nk", take_papers, number)

    with pytest.raises(AskedBefore):
        act(office, "my.nk", ask_for_papers, number, GAPS, LAW, 7)
    assert row_of(office, number).state == "submitted"


def test_papers_that_are_brought_lead_to_a_dossier_whose_clock_starts_then(office, clock):
    number = file(office, files=[_pdf("C1")])
    act(office, "my.nk", ask_for_papers, number, GAPS, LAW, 7)
    clock.advance(days=3)
    act(office, "my.nk", take_papers, number)
    with office.unit("my.nk") as unit:
        received = receive_dossier(unit, reception(office, number))

    dossier, row = office.dossier(received.dossier_id), row_of(office, number)
    assert dossier.accepted_at == clock.now()
    assert (row.state, row.dossier_id, row.until) == ("accepted", received.dossier_id, None)
    with office.reading(None) as unit:
        (kept,) = unit.session.scalars(select(AttachmentRow)).all()
    assert (kept.dossier_id, kept.component_code) == (received.dossier_id, "C1")
    assert office.check() == {}


def test_a_filing_becomes_one_dossier_only(office):
    number = file(office)
    with office.unit("my.nk") as unit:
        receive_dossier(unit, reception(office, number))
    before = office.counts()
    with pytest.raises(FilingElsewhere), office.unit("my.nk") as unit:
        receive_dossier(unit, reception(office, number))
    assert office.counts() == before


def test_papers_that_are_not_brought_in_time_end_it(office, clock):
    number = file(office)
    until = act(office, "my.nk", ask_for_papers, number, GAPS, LAW, 7)
    clock.set(until.replace(hour=until.hour - 1))
    assert lapse_filings(office.engine) == 0

    clock.set(until)
    assert lapse_filings(office.engine) == 1
    assert lapse_filings(office.engine) == 0
    with office.reading("my.nk") as unit:
        assert get_filing(unit, number).state is FilingState.LAPSED
        assert filing_letter(unit, number).form_code == "03"
    assert "het han bo sung" in texts(office)[-1]
    with pytest.raises(FilingElsewhere):
        act(office, "my.nk", take_papers, number)
    assert office.check() == {}


def test_a_refusal_says_why_and_by_which_law(office):
    number = file(office)
    for reason, law in (("", LAW), ("  ", LAW), ("Không đúng thẩm quyền", ""), ("x" * 2001, LAW)):
        with pytest.raises(FilingIncomplete):
            act(office, "my.nk", refuse_filing, number, reason, law)

    act(office, "my.nk", refuse_filing, number, "Giấy tờ bị tẩy xóa", LAW, "Xin cấp lại bản chính")

    with office.reading("my.nk") as unit:
        letter = filing_letter(unit, number)
    assert letter.form_code == "03"
    assert all(said in letter.html for said in ("Giấy tờ bị tẩy xóa", LAW, "Xin cấp lại bản chính"))
    assert letter.prints == 0
    with office.unit("my.nk") as unit:
        assert [print_filing_letter(unit, number) for _ in range(2)] == [1, 2]
    assert row_of(office, number).ended_at is not None


def test_it_is_passed_on_to_the_competent_office_which_then_accepts(office):
    number = file(office, "mai.lt", "ttpvhcc")
    target = office.unit_id("dat-mui")

    with pytest.raises(SameDesk):
        act(office, "mai.lt", pass_on, number, office.unit_id("ttpvhcc"), "x")
    with pytest.raises(NoCounterThere):
        act(office, "mai.lt", pass_on, number, office.unit_id("pc07"), "x")
    with pytest.raises(FilingIncomplete):
        act(office, "mai.lt", pass_on, number, target, "")
    act(office, "mai.lt", pass_on, number, target, "Người nộp ở Đất Mũi")

    with office.reading("diem.ct") as unit:
        assert [one.number for one in list_filings(unit).lines] == [number]
    with pytest.raises(RoleMissing):
        act(office, "mai.lt", withdraw_filing, number)
    with office.unit("diem.ct") as unit:
        received = receive_dossier(unit, reception(office, number, "dat-mui"))
    assert received.code.startswith("H12.")
    assert "da chuyen den" in texts(office)[0]


def test_where_nobody_can_tell_who_decides_the_coordinator_does(office):
    number = file(office, "mai.lt", "ttpvhcc")
    act(office, "mai.lt", ask_coordinator, number, "Người nộp ở xã giáp ranh")
    director = coordinator_of(office)

    with office.reading(director) as unit:
        view = get_filing(unit, number)
        assert list_filings(unit).counts == {"coordination": 1}
    assert view.can_settle
    with pytest.raises(RoleMissing):
        act(office, "mai.lt", refuse_filing, number, "x", LAW)
    with pytest.raises(FilingElsewhere), office.unit("mai.lt") as unit:
        receive_dossier(unit, reception(office, number, "ttpvhcc"))
    act(office, director, settle_competence, number, office.unit_id("thanh-phu"), "")

    with office.unit("mai.lt") as unit:
        received = receive_dossier(unit, reception(office, number, "ttpvhcc"))
    assert office.dossier(received.dossier_id).competent_unit_id == office.unit_id("thanh-phu")
    assert office.check() == {}


def told(office: Office, login: str) -> list[tuple[str, str]]:
    with office.reading(login) as unit:
        return [(one.kind, one.target) for one in list_notifications(unit).lines]


def test_those_who_coordinate_and_those_who_asked_are_told_and_the_bar_counts(office):
    number = file(office, "mai.lt", "ttpvhcc")
    director = coordinator_of(office)
    with office.reading(director) as unit:
        assert count_to_settle(unit) == 0
    act(office, "mai.lt", ask_coordinator, number, "Người nộp ở xã giáp ranh")

    page = f"/staff/filings/{number}"
    assert told(office, director) == [("work.filing_coordination", page)]
    with office.reading(director) as unit:
        assert count_to_settle(unit) == 1
    with office.reading("mai.lt") as unit:
        assert count_to_settle(unit) == 0

    act(office, director, settle_competence, number, office.unit_id("thanh-phu"), "")
    assert told(office, "mai.lt") == [("work.filing_settled", page)]
    with office.reading(director) as unit:
        assert count_to_settle(unit) == 0


def test_the_counter_to_which_a_filing_is_passed_on_is_told(office):
    number = file(office)
    act(office, "my.nk", pass_on, number, office.unit_id("dat-mui"), "Thửa đất ở xã Đất Mũi")

    assert told(office, "diem.ct") == [("work.filing_arrived", f"/staff/filings/{number}")]
    assert told(office, "my.nk") == []


def test_the_number_of_a_filing_is_looked_up_by_its_applicant_and_by_nobody_else(office):
    number = file(office)
    act(office, "my.nk", ask_for_papers, number, GAPS, LAW, 7)

    with office.reading(None) as unit:
        found = look_up_filing(unit, number.lower(), "5678", "a")
        with pytest.raises(LookUpFailed) as wrong:
            look_up_filing(unit, number, "0000", "b")
        with pytest.raises(LookUpFailed) as unknown:
            look_up_filing(unit, "YC-H12.41-261123-0999", "5678", "c")
        with pytest.raises(LookUpFailed):
            look_up_filing(unit, "YC-không-phải", "5678", "d")

    assert str(wrong.value) == str(unknown.value)
    assert [one.wrong for one in found.wanted] == ["Chưa mang bản chính", "Bản sao mờ trang 3"]
    assert found.state is FilingState.SUPPLEMENT
    assert found.until is not None
    assert found.applicant == "Ng*** V** Á"
    steps = [text.en for text, _ in found.steps]
    assert steps == ["Papers taken, not accepted", "Papers asked for (form 02)"]


def test_after_acceptance_the_look_up_names_the_dossier_and_after_refusal_the_reason(office):
    accepted, refused = file(office), file(office)
    with office.unit("my.nk") as unit:
        code = receive_dossier(unit, reception(office, accepted)).code
    act(office, "my.nk", refuse_filing, refused, "Không thuộc thẩm quyền", LAW, "Nộp ở Sở Xây dựng")

    with office.reading(None) as unit:
        one = look_up_filing(unit, accepted, "1234", "a")
        other = look_up_filing(unit, refused, "1234", "a")

    assert (one.dossier_code, one.wanted) == (code, ())
    assert (other.reason, other.guidance) == ("Không thuộc thẩm quyền", "Nộp ở Sở Xây dựng")


def test_tries_to_guess_the_digits_of_a_filing_are_counted(office):
    number = file(office)
    with office.reading(None) as unit:
        for _ in range(5):
            with pytest.raises(LookUpFailed):
                look_up_filing(unit, number, "0000", "a")
        with pytest.raises(TooManyTries):
            look_up_filing(unit, number, "5678", "a")


def test_nobody_else_sees_or_touches_it(office):
    number = file(office)
    with pytest.raises(NotFound), office.reading("diem.ct") as unit:
        get_filing(unit, number)
    with pytest.raises(RoleMissing):
        act(office, "diem.ct", withdraw_filing, number)
    with pytest.raises(BadFilingNumber), office.reading("my.nk") as unit:
        get_filing(unit, "H12.41-261123-0001")


def test_a_stale_page_and_wrong_values_change_nothing(office):
    number = file(office)
    before = office.counts()
    with pytest.raises(Conflict), office.unit("my.nk") as unit:
        ask_for_papers(unit, number, 99, GAPS, LAW, 7)
    for gaps, law, days, refusal in (
        ([], LAW, 7, FilingIncomplete),
        ([replace(GAPS[0], wrong=" ")], LAW, 7, FilingIncomplete),
        (GAPS, "", 7, FilingIncomplete),
        (GAPS, LAW, 0, BadDays),
        (GAPS, LAW, 61, BadDays),
    ):
        with pytest.raises(refusal):
            act(office, "my.nk", ask_for_papers, number, gaps, law, days)
    with pytest.raises(FormInvalid), office.unit("my.nk") as unit:
        file_request(
            unit,
            Filing(
                procedure_key="P07",
                receiving_unit_id=office.unit_id("nam-can"),
                applicant=replace(APPLICANT, name=""),
            ),
        )
    assert office.counts() == before


@pytest.mark.sqlite
def test_a_number_has_one_shape():
    assert str(FilingNumber.parse(" yc-h12.41-261123-0001 ")) == "YC-H12.41-261123-0001"
    for wrong in ("", "H12.41-261123-0001", "YC-H12-26112-1", "YC-" + "9" * 90):
        with pytest.raises(BadFilingNumber):
            FilingNumber.parse(wrong)


def _pdf(code: str) -> NewFile:
    return NewFile(component_code=code, file_name="a.pdf", content_type="", stream=io.BytesIO(b"%PDF-1.7 a"))


def coordinator_of(office: Office) -> str:
    with office.reading(None) as unit:
        from engine.store.rows import AssignmentRow, PositionRow, UserRow

        return unit.session.scalars(
            select(UserRow.login)
            .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
            .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
            .where(PositionRow.code == "ttpvhcc-gd")
        ).one()
