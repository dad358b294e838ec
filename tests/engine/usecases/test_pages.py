"""The pages of a step and of a dossier, and who sees how much of them."""

import pytest

from engine.domain.dossiers import BadCode
from engine.errors import NotFound
from engine.usecases.dossier_pages import get_dossier
from engine.usecases.finding import find_dossiers
from engine.usecases.reception import ReceivedComponent
from engine.usecases.task_pages import get_task
from engine.usecases.tasks import claim_task, save_task_draft

pytestmark = pytest.mark.sqlite


@pytest.fixture
def dossier(office):
    made = office.permit(on_fire_list="1")
    office.do(made, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    return made


def task_page(office, login, task):
    with office.reading(login) as unit:
        return get_task(unit, task)


def test_the_page_says_what_to_do_by_when_and_what_each_button_leads_to(office, dossier):
    before = office.counts()
    view = task_page(office, "linh.vt", office.task(dossier, "T3"))
    leads = {one.code: one.leads_to for one in view.outcomes}

    assert view.name.vi == "Thẩm định hồ sơ"
    assert view.todo[0].vi.startswith("Đối chiếu giấy tờ đất")
    assert view.legal[0].document == "Luật Xây dựng 50/2014/QH13"
    assert view.time.text.vi == "Còn 1 ngày 4 giờ"
    assert [one.day.day for one in view.dossier.due.days if one.number is None][:2] == [23, 24]
    assert [(one.name.vi, one.unit) for one in leads["pass"].steps] == [
        ("Dự thảo nội dung quy hoạch, chỉ giới", "Sở Xây dựng"),
        ("Ý kiến về phòng cháy, chữa cháy", "Phòng Cảnh sát PCCC và CNCH, Công an tỉnh Cà Mau"),
    ]
    assert [one.time.vi for one in leads["pass"].steps] == ["2 ngày", "3 ngày"]
    assert [one.name.vi for one in leads["supplement"].steps] == ["Duyệt yêu cầu bổ sung"]
    assert [one.name.vi for one in leads["refuse"].steps] == ["Dự thảo văn bản từ chối"]
    assert (view.can_claim, view.can_complete, view.why_not.vi) == (True, True, "")
    assert (view.dossier.rounds, view.dossier.max_rounds) == (0, 2)
    assert view.marks == {"T1": "done", "T2": "done", "T3": "now"}
    assert ("C4" in [code for code, _ in view.missing_components]) is True
    assert office.counts() == before


def test_a_button_that_must_wait_for_others_says_for_whom(office, dossier):
    office.do(dossier, "T3", "pass")
    view = task_page(office, "linh.vt", office.task(dossier, "T5a"))

    leads = view.outcomes[0].leads_to
    assert leads.steps == ()
    assert [one.vi for one in leads.waits_for] == ["Ý kiến về phòng cháy, chữa cháy"]
    assert view.marks["T5b"] == "other"


def test_a_button_that_ends_the_process_says_so(office):
    papers = [ReceivedComponent(code="C1")]
    copies = {"doc_title": "Bằng tốt nghiệp", "pages": "1", "copies": "1"}
    made = office.receive("my.nk", "P07", "nam-can", copies, components=papers)
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(made, node, outcome)
    view = task_page(office, "my.nk", office.task(made, "T5"))

    assert view.outcomes[0].leads_to.ends


def test_who_cannot_work_on_it_reads_why(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        claim_task(unit, task)

    colleague = task_page(office, "dat.lq", task)
    counter = task_page(office, "mai.lt", task)

    assert not colleague.can_complete
    assert "Võ Thùy Linh đã nhận bước" in colleague.why_not.vi
    assert "vai trò SPECIALIST" in counter.why_not.vi
    with pytest.raises(NotFound):
        task_page(office, "my.nk", task)
    office.do(dossier, "T3", "pass")
    done = task_page(office, "linh.vt", task)
    assert (done.status, done.outcomes, done.can_complete) == ("done", (), False)


def test_the_form_shows_the_draft_over_the_data(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        save_task_draft(unit, task, {"appraisal_note": "Đang xem"})

    view = task_page(office, "linh.vt", task)

    assert view.values["appraisal_note"] == "Đang xem"
    assert "adjacent_ok" not in view.visible
    shown = {label.vi: answer.vi for section in view.facts for label, answer in section.lines}
    assert shown["Diện tích thửa đất"] == "200 m²"
    assert shown["Diện tích xây dựng tầng 1"] == "92,5 m²"


def test_an_agency_that_was_asked_sees_the_matter_but_not_the_numbers(office, dossier):
    office.do(dossier, "T3", "pass", appraisal_note="Nội bộ")
    task = task_page(office, "son.lv", office.task(dossier, "T5b"))
    with office.reading("son.lv") as unit:
        page = get_dossier(unit, dossier)

    assert task.dossier.limited
    assert (task.dossier.applicant_phone, task.dossier.applicant_id_no) == ("•••", "•••")
    assert task.facts
    assert page.answers == ()
    assert {one.unit for one in page.steps} == {"Phòng Cảnh sát PCCC và CNCH, Công an tỉnh Cà Mau"}
    assert all("PCCC" in one.unit for one in page.history)


def test_a_dossier_is_found_by_its_code_as_typed_and_only_by_its_own(office, dossier):
    with office.reading("mai.lt") as unit:
        page = get_dossier(unit, " h12.01-261123-0001 ")
    with pytest.raises(NotFound), office.reading("my.nk") as unit:
        get_dossier(unit, "H12.01-261123-0001")
    with pytest.raises(BadCode), office.reading("mai.lt") as unit:
        get_dossier(unit, "GPXD/1")

    assert page.summary.id == dossier
    assert [one.text.vi for one in page.history][:2] == [
        "Tiếp nhận hồ sơ",
        "Chuyển đến bước “Tiếp nhận, số hóa, thu lệ phí”",
    ]
    assert page.history[0].who == "Lê Thị Mai"
    assert (page.can_withdraw, page.can_stop) == (True, False)


def test_dossiers_are_listed_newest_first_in_pages(office, dossier):
    others = [office.permit() for _ in range(3)]
    with office.reading("mai.lt") as unit:
        first = find_dossiers(unit, "van a", limit=2)
        second = find_dossiers(unit, "van a", limit=2, before=first.next)
        by_code = find_dossiers(unit, "261123-0001")
    with office.reading("my.nk") as unit:
        nothing = find_dossiers(unit, "")

    assert [one.id for one in (*first.lines, *second.lines)] == [*reversed(others), dossier]
    assert second.next is None
    assert [one.id for one in by_code.lines] == [dossier]
    assert nothing.lines == ()
