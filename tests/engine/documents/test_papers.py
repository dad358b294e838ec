"""Papers of a dossier: made within the act, kept as they were, numbered without gaps, prints counted."""

from __future__ import annotations

import hashlib
import io
import zlib
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from engine.documents import Signer, issuing, produce
from engine.documents.catalogue import HTML, hash_of, template_in_force
from engine.documents.errors import FactUnknown, NoTemplate
from engine.documents.facts import FactsTooLarge
from engine.store.document_rows import DocumentRow, PrintRow, TemplateRow
from engine.store.rows import DossierRow, EventRow, UnitRow
from engine.usecases.paper_checks import PAPER_CHECKS
from engine.usecases.papers import (
    PaperNotYours,
    control_sheet,
    keep_pdf,
    open_paper,
    papers_of,
    print_paper,
    print_slip,
    slip_of,
)
from engine.usecases.tasks import complete_task

LETTER = {
    "gaps": [{"name": "Bản vẽ", "wrong": "thiếu mặt cắt", "bring": "02 bộ"}],
    "reason": "Thiếu mặt cắt móng",
}


@pytest.fixture
def dossier(office):
    return office.permit(on_fire_list="1")


def row_of(unit, dossier_id):
    return unit.session.get(DossierRow, dossier_id)


class Withdrawn(Exception):
    """Something went wrong after the paper was made."""


def produce_and_fail(unit, dossier_id):
    produce(unit, row_of(unit, dossier_id), "02", LETTER)
    raise Withdrawn


def own_template(unit, content, *, code="02", unit_id=None, since=date(2026, 1, 1), until=None):
    row = TemplateRow(
        hash=hash_of(code, HTML, content),
        form_code=code,
        unit_id=unit_id,
        version_name="riêng",
        kind=HTML,
        content=content,
        effective_from=since,
        effective_to=until,
        source="QĐ 1",
        note="",
        shipped=False,
        added_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def test_a_dossier_is_accepted_with_its_slip(office, dossier):
    with office.reading("mai.lt") as unit:
        slip = slip_of(unit, dossier)
        row = unit.session.scalars(select(DocumentRow)).one()
        prints = unit.session.scalars(select(PrintRow.number)).all()
        shipped = row.template.shipped

    assert (slip.id, slip.number_text, slip.sizes) == (row.id, "01/TNHS", ("a4", "a5"))
    for part in (
        "H12.01-261123-0001",
        "Lê Thị Mai",
        "75.000 đồng (đã nộp)",
        "17 giờ 00 phút, ngày 08 tháng 12 năm 2026",
        "10 ngày làm việc",
        '<svg class="bar-code"',
        "/lookup</b>",
    ):
        assert part in slip.html
    assert row.sha256 == hashlib.sha256(slip.html.encode()).hexdigest()
    assert shipped
    assert prints == [1]


def test_the_paper_stays_as_it_was_when_the_dossier_changes(office, dossier):
    with office.unit("mai.lt") as unit:
        before = slip_of(unit, dossier).html
        row_of(unit, dossier).applicant_name = "Tên khác"
    with office.reading("mai.lt") as unit:
        assert slip_of(unit, dossier).html == before


def test_a_reprint_is_counted_and_marked(office, dossier):
    with office.unit("mai.lt") as unit:
        document_id, second = print_slip(unit, dossier)
    with office.unit("mai.lt") as unit:
        third = print_paper(unit, document_id)
    with office.reading("mai.lt") as unit:
        paper = open_paper(unit, document_id)

    assert (second, third, paper.prints) == (2, 3, 3)
    assert [issuing.copy_mark(one) for one in (1, 2, 3)] == ["", "In lại lần 1", "In lại lần 2"]


def test_letters_are_numbered_by_book_and_year_and_a_refused_act_takes_no_number(office, dossier, clock):
    with office.unit("mai.lt") as unit:
        first = produce(unit, row_of(unit, dossier), "02", LETTER).number_text
    with pytest.raises(Withdrawn), office.unit("mai.lt") as unit:
        produce_and_fail(unit, dossier)
    with office.unit("mai.lt") as unit:
        second = produce(unit, row_of(unit, dossier), "02", LETTER).number_text
    clock.set(datetime(2026, 12, 31, 17, 30, tzinfo=UTC))  # the new year in Việt Nam
    with office.unit("mai.lt") as unit:
        third = produce(unit, row_of(unit, dossier), "02", LETTER)
        lines = papers_of(unit, dossier)[1]

    assert (first, second) == ("01/HDHS", "02/HDHS")
    assert (third.number_text, third.period) == ("01/HDHS", "2027")
    assert [one.form_code for one in lines] == ["02", "02", "02", "01"]


def test_the_letter_says_who_signs_and_the_history_that_it_was_made(office, dossier):
    with office.unit("linh.vt") as unit:
        signer = Signer(name="Vũ Thị Linh", lines=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"))
        facts = {"reason": "Mất điện", "due_before": unit.now, "due_after": "2026-12-10T10:00:00+00:00"}
        row = produce(unit, row_of(unit, dossier), "04", facts, signer=signer)
        html = issuing.page_of(row)
        event = unit.session.scalars(select(EventRow).where(EventRow.kind == "document.made")).one()

    assert "KT. GIÁM ĐỐC" in html
    assert "SỞ XÂY DỰNG" in html
    assert "17 giờ 00 phút, ngày 10 tháng 12 năm 2026" in html
    assert event.data["number"] == "01/XLGH"


@pytest.mark.sqlite
def test_a_paper_without_what_its_form_needs_is_refused_with_the_name(office, dossier):
    with office.unit("mai.lt") as unit:
        row = row_of(unit, dossier)
        with pytest.raises(FactUnknown) as refusal:
            produce(unit, row, "03", {})
        with pytest.raises(FactsTooLarge):
            produce(unit, row, "03", {"reason": "a" * 500_000})
        with pytest.raises(NoTemplate):
            produce(unit, row, "99", {})
        unit.session.rollback()

    assert "reason" in refusal.value.say("vi")


def test_an_office_may_replace_a_form_from_a_day_on(office, dossier):
    with office.unit("mai.lt") as unit:
        row = row_of(unit, dossier)
        above = unit.session.get(UnitRow, row.received_unit_id).parent_id
        own_template(unit, "<p>chung</p>")
        own_template(unit, "<p>của tỉnh {{ letter.reason }}</p>", unit_id=above)
        own_template(unit, "<p>hết hạn</p>", unit_id=row.received_unit_id, until=date(2026, 6, 30))
        own_template(unit, "<p>năm sau</p>", unit_id=row.received_unit_id, since=date(2027, 1, 1))
        made = produce(unit, row, "02", LETTER)
        page = issuing.page_of(made)
        found = {
            day: template_in_force(unit, "02", row.received_unit_id, day).content
            for day in (date(2025, 8, 1), date(2026, 6, 30), date(2027, 1, 1))
        }
        elsewhere = template_in_force(unit, "02", 1, date(2026, 11, 23)).content

    assert page == "<p>của tỉnh Thiếu mặt cắt móng</p>"
    assert "PHIẾU YÊU CẦU" in found[date(2025, 8, 1)]
    assert found[date(2026, 6, 30)] == "<p>hết hạn</p>"
    assert found[date(2027, 1, 1)] == "<p>năm sau</p>"
    assert elsewhere in ("<p>chung</p>", "<p>của tỉnh {{ letter.reason }}</p>")


def test_the_pdf_of_a_paper_is_named_once(office, dossier):
    with office.unit("mai.lt") as unit:
        document_id = slip_of(unit, dossier).id
        first, size = unit.engine.files.put(io.BytesIO(b"%PDF-1"), 100)
        second, _ = unit.engine.files.put(io.BytesIO(b"%PDF-2"), 100)
        assert keep_pdf(unit, document_id, first, size) == first
        assert keep_pdf(unit, document_id, second, size) == first


def test_an_agency_that_was_asked_sees_no_letters(office, dossier):
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    office.do(dossier, "T3", "pass", appraisal_note="Nội bộ")
    with office.reading("son.lv") as unit:
        with pytest.raises(PaperNotYours):
            slip_of(unit, dossier)
        with pytest.raises(PaperNotYours):
            papers_of(unit, dossier)


def test_the_control_sheet_follows_the_hand_overs_and_shares_the_lateness(office, dossier):
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    office.at("2026-11-27 09:00")
    office.do(dossier, "T3", "pass")
    task = office.task(dossier, "T5b")
    with office.unit("son.lv") as unit:
        complete_task(unit, task, outcome="agree", raw={"fire_content": "Đạt"})
    with office.reading("linh.vt") as unit:
        sheet = control_sheet(unit, dossier).html

    first = sheet.index("1. Giao: Trung tâm Phục vụ hành chính công tỉnh Cà Mau")
    assert sheet.index("Phân công thụ lý") > first
    assert "Sở Xây dựng 100 %" in sheet
    assert "Phòng Cảnh sát PCCC và CNCH, Công an tỉnh Cà Mau" in sheet
    assert "Quá hạn" in sheet


def test_the_kept_page_is_small(office, dossier):
    with office.reading("mai.lt") as unit:
        row = unit.session.scalars(select(DocumentRow)).one()

        assert len(row.page) < 4_000
        assert len(zlib.decompress(row.page)) > 3_000


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("harm", "name"),
    [
        (update(DocumentRow).values(page=zlib.compress(b"another")), "papers_unlike_their_hash"),
        (update(DocumentRow).values(page=b"broken"), "papers_unlike_their_hash"),
        (update(DocumentRow).values(prints=7), "prints_miscounted"),
        (update(DocumentRow).values(pdf_sha256="0" * 64), "pdf_without_file"),
        (
            update(DocumentRow).where(DocumentRow.form_code == "02").values(number=5),
            "paper_numbers_with_gaps",
        ),
    ],
    ids=["page", "broken page", "prints", "pdf", "number"],
)
def test_harm_done_to_papers_is_counted(office, dossier, harm, name):
    with office.unit("mai.lt") as unit:
        produce(unit, row_of(unit, dossier), "02", LETTER)
    with office.reading(None) as unit:
        assert sum(check(unit) for check in PAPER_CHECKS) == 0
    with office.unit("mai.lt") as unit:
        unit.session.execute(harm.execution_options(synchronize_session=False))
    with office.reading(None) as unit:
        counts = {check.__name__: check(unit) for check in PAPER_CHECKS}

    assert {one for one, count in counts.items() if count} == {name}
