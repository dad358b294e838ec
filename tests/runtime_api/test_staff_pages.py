"""The staff pages: receiving in one screen, the list, one step, the dossier, slips, hand-back."""

from __future__ import annotations

import io

import pytest
from office import PERMIT, Office, open_office
from pages import Page, read

pytestmark = pytest.mark.sqlite  # what a page answers does not depend on the database

HEAVIEST = 60 * 1024
PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def office(province, clock) -> Office:
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    return office


@pytest.fixture
def browse(app, office):
    """`browse("login")` is a browser in which that person is signed in."""

    def sign_in(login: str):
        return app.test_client().sign_in(login)

    return sign_in


def filled(page: Page, **more: str) -> dict[str, str]:
    """What the counter sends for a complete permit dossier, from the page as it was shown."""
    fields = {
        **page.form("/staff/reception"),
        "applicant_kind": "0",
        "applicant_name": "Nguyễn Văn Á",
        "applicant_id_no": "096090001234",
        "applicant_phone": "0912345678",
        "applicant_address": "ấp 4, xã Năm Căn",
        "return_method": "counter",
        **{f"d.{name}": value for name, value in PERMIT.items()},
        **{f"c.{code}": "1" for code in ("C1", "C2", "C3")},
        "c.C3.copies": "2",
    }
    return {**fields, **more}


def receive(client, **more: str):
    page = read(client.get("/staff/reception?procedure=P03"))
    return client.post("/staff/reception", data=filled(page, **more))


# --- everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/staff/", "/staff/reception", "/staff/dossiers", "/staff/returns"])
def test_nobody_sees_staff_pages_without_signing_in(app, path):
    answer = app.test_client().get(path)

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_the_bar_opens_what_the_roles_open(browse):
    counter = read(browse("mai.lt").get("/staff/")).links()
    leader = read(browse("hai.hv").get("/staff/")).links()

    assert "/staff/reception" in counter
    assert "/leader" not in counter
    assert "/leader" in leader
    assert "/staff/reception" not in leader


def test_pages_speak_english_when_asked(browse):
    client = browse("mai.lt")

    assert "Việc của tôi" not in read(client.get("/staff/?lang=en")).words
    assert '<html lang="en">' in client.get("/staff/").text  # and stays so
    assert "Việc của tôi" in read(client.get("/staff/?lang=vi")).words


# --- receiving --------------------------------------------------------------------------------


def test_a_procedure_is_found_without_diacritics(browse):
    words = read(browse("mai.lt").get("/staff/reception?q=cap giay phep xay dung")).words

    assert "Cấp giấy phép xây dựng mới" in words
    assert "Chứng thực" not in words


def test_only_the_counter_receives(browse):
    assert browse("linh.vt").get("/staff/reception").status_code == 403


def test_the_screen_says_when_and_why_before_anything_is_accepted(browse):
    page = read(browse("mai.lt").get("/staff/reception?procedure=P03"))

    assert "08/12/2026" in page.words  # ten working days after 23/11, and 24/11 is a day off
    assert "Vì sao hẹn ngày này?" in page.words
    assert page.field("c.C1") == "1"
    assert page.field("c.C4") == ""  # needed only beside another building
    assert page.field("c.C3.copies") == "2"


def test_a_dossier_is_received_and_its_slip_printed(browse):
    client = browse("mai.lt")

    answer = receive(client)
    accepted = read(client.get(answer.location))
    slip = client.get("/staff/dossiers/H12.01-261123-0001/slip?paper=a5&print=1").text

    assert answer.location == "/staff/dossiers/H12.01-261123-0001/accepted"
    assert "H12.01-261123-0001" in accepted.words
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in slip
    assert "17 giờ 00 phút, ngày 08 tháng 12 năm 2026" in slip
    assert "<svg" in slip
    assert "data-print-now" in slip
    assert "75.000 đồng (đã nộp)" in slip


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_lost(browse, office):
    client = browse("mai.lt")
    before = office.counts()

    answer = receive(
        client,
        applicant_id_no="",
        applicant_phone="",
        **{"d.total_floor": "một trăm", "d.parcel_address": "ấp 4", "d.storeys": ""},
    )
    page = read(answer)

    assert answer.status_code == 422
    assert "cả hai ô đang để trống" in page.problem_of("applicant_phone")
    assert "một trăm" in page.problem_of("d.total_floor")
    assert page.problem_of("d.storeys")
    assert page.field("d.total_floor") == "một trăm"
    assert page.field("d.parcel_address") == "ấp 4"
    assert page.field("applicant_name") == "Nguyễn Văn Á"
    assert page.field("c.C3.copies") == "2"
    assert office.counts() == before


def test_a_missing_paper_is_marked_where_it_is_ticked(browse):
    client = browse("mai.lt")
    fields = filled(read(client.get("/staff/reception?procedure=P03")))
    del fields["c.C2"]

    answer = client.post("/staff/reception", data=fields)

    assert answer.status_code == 422
    assert "bắt buộc" in read(answer).problem_of("c.C2")


def test_a_second_enter_gives_the_same_dossier(browse):
    client = browse("mai.lt")
    fields = filled(read(client.get("/staff/reception?procedure=P03")))

    first = client.post("/staff/reception", data=fields)
    second = client.post("/staff/reception", data=fields)

    assert first.location == second.location


def test_while_typing_the_fee_and_the_hidden_fields_follow(browse):
    client = browse("mai.lt")
    fields = filled(read(client.get("/staff/reception?procedure=P03")))

    house = client.post("/staff/reception/check", data=fields).text
    works = client.post("/staff/reception/check", data={**fields, "d.work_type": "", "d.filed_by_proxy": "1"})

    assert "75.000 đ" in house
    assert '<span hidden data-result="build_density">' in house
    assert "investor" in house.split('data-hidden-fields="')[1].split('"')[0].split()
    assert "investor" not in works.text.split('data-hidden-fields="')[1].split('"')[0].split()


def test_files_come_in_with_their_paper_and_leave_as_attachments(browse):
    client = browse("mai.lt")
    fields = filled(read(client.get("/staff/reception?procedure=P03")))
    fields["c.C2.file"] = (io.BytesIO(PDF), "Sổ đỏ.pdf")

    client.post("/staff/reception", data=fields, content_type="multipart/form-data")
    page = read(client.get("/staff/dossiers/H12.01-261123-0001"))
    link = next(one for one in page.links() if "/files/" in one and not one.endswith("/look"))
    file = client.get(link)

    assert file.data == PDF
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "S%E1%BB%95" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert browse("loi.nt").get(link).status_code == 404  # another commune may not know of it


# --- the list ---------------------------------------------------------------------------------


def test_the_list_puts_the_late_first_and_counts_what_it_lists(browse, office):
    early = office.permit()
    office.at("2026-11-25 09:00")
    office.permit()
    client = browse("khoa.nd")

    page = read(client.get("/staff/"))
    rows = [row.get("href") for row in page.tree.xpath('//a[contains(@class, "row")]')]
    late = read(client.get("/staff/?state=late"))

    assert rows == [f"/staff/tasks/{office.task(one, 'T2')}" for one in (early, early + 1)]
    assert "▲" in page.words
    assert [row.get("href") for row in late.tree.xpath('//a[contains(@class, "row")]')] == rows[:1]


def test_next_takes_the_most_urgent_step_nobody_has(browse, office):
    first = office.permit()
    client = browse("khoa.nd")

    answer = client.post("/staff/tasks/next")
    again = client.post("/staff/tasks/next")

    assert answer.location == f"/staff/tasks/{office.task(first, 'T2')}"
    assert again.location == "/staff/"


@pytest.mark.parametrize("query", ["?q=zzzz", "?state=nonsense&scope=nonsense", "?procedure=P99&step=T9"])
def test_odd_filters_show_a_list_and_never_break(browse, query):
    assert browse("khoa.nd").get(f"/staff/{query}").status_code == 200


# --- one step ---------------------------------------------------------------------------------


@pytest.fixture
def appraisal(office) -> int:
    """A step that waits for the appraisal of a permit."""
    dossier = office.permit()
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    return office.task(dossier, "T3")


def test_a_step_says_what_to_do_why_and_what_each_button_leads_to(browse, appraisal):
    page = read(browse("linh.vt").get(f"/staff/tasks/{appraisal}"))

    assert "Cần làm gì?" in page.words
    assert "Luật Xây dựng 50/2014/QH13" in page.words
    assert "Chuyển cho Sở Xây dựng: Dự thảo nội dung quy hoạch, chỉ giới" in page.words
    assert "chưa ai nhận" in page.words
    assert page.tree.xpath('//button[@name="outcome"][@data-alt="1"]')
    assert page.tree.xpath("//aside//svg[@role]")
    assert page.weight < HEAVIEST


def test_a_draft_is_kept_on_the_server_and_takes_the_step(browse, appraisal):
    client = browse("linh.vt")

    kept = client.post(
        f"/staff/tasks/{appraisal}/draft",
        data={"d.appraisal_note": "Thiếu kích thước", "reason": "Bổ sung bản vẽ"},
        headers={"Accept": "application/json"},
    ).json
    page = read(client.get(f"/staff/tasks/{appraisal}"))

    assert kept["saved_at"] == "09:10:00"
    assert page.tree.xpath("//form[@id='work']")[0].get("data-draft-mark") == kept["mark"]
    assert "Đã lưu trên máy chủ lúc 09:10" in page.words
    assert page.field("d.appraisal_note") == "Thiếu kích thước"
    assert page.field("reason") == "Bổ sung bản vẽ"
    assert "Võ Thùy Linh" in read(browse("dat.lq").get(f"/staff/tasks/{appraisal}")).words


def test_a_draft_is_kept_without_script_too(browse, appraisal):
    client = browse("linh.vt")

    answer = client.post(f"/staff/tasks/{appraisal}/draft", data={"d.appraisal_note": "Thiếu kích thước"})

    assert answer.location == f"/staff/tasks/{appraisal}"


def test_a_decision_needs_its_reason_and_keeps_what_was_typed(browse, appraisal):
    client = browse("linh.vt")
    fields = read(client.get(f"/staff/tasks/{appraisal}")).form(f"/staff/tasks/{appraisal}/complete")

    answer = client.post(
        f"/staff/tasks/{appraisal}/complete",
        data={**fields, "outcome": "supplement", "d.appraisal_note": "Thiếu kích thước"},
    )
    page = read(answer)

    assert answer.status_code == 422
    assert "lý do" in page.problem_of("reason")
    assert page.field("d.appraisal_note") == "Thiếu kích thước"


def test_a_decision_moves_the_dossier_and_says_where_it_went(browse, appraisal):
    client = browse("linh.vt")
    fields = read(client.get(f"/staff/tasks/{appraisal}")).form(f"/staff/tasks/{appraisal}/complete")
    fields |= {"outcome": "supplement", "reason": "Thiếu bản vẽ móng", "d.supplement_list": "Bản vẽ móng"}

    answer = client.post(f"/staff/tasks/{appraisal}/complete", data=fields)
    listed = read(client.get(answer.location))
    done = read(client.get(f"/staff/tasks/{appraisal}"))

    assert answer.status_code == 303
    assert "Duyệt yêu cầu bổ sung (Sở Xây dựng)" in listed.words
    assert "Bước này đã xong" in done.words


def test_a_page_that_is_out_of_date_is_refused_in_words(browse, appraisal):
    mine, colleague = browse("linh.vt"), browse("dat.lq")
    fields = read(mine.get(f"/staff/tasks/{appraisal}")).form(f"/staff/tasks/{appraisal}/complete")
    colleague.post(f"/staff/tasks/{appraisal}/claim")

    answer = mine.post(f"/staff/tasks/{appraisal}/complete", data={**fields, "outcome": "pass"})

    assert answer.status_code == 409
    assert "Lý Quốc Đạt đã nhận bước" in read(answer).words


def test_a_step_can_be_given_back(browse, appraisal):
    client = browse("linh.vt")
    client.post(f"/staff/tasks/{appraisal}/claim")

    client.post(f"/staff/tasks/{appraisal}/release")

    assert "chưa ai nhận" in read(client.get(f"/staff/tasks/{appraisal}")).words


def test_somebody_elses_step_is_shown_but_not_done(browse, appraisal):
    page = read(browse("huong.bt").get(f"/staff/tasks/{appraisal}"))

    assert not page.tree.xpath('//button[@name="outcome"]')
    assert "vai trò SPECIALIST" in page.words
    assert browse("loi.nt").get(f"/staff/tasks/{appraisal}").status_code == 404


def test_papers_that_were_asked_for_come_in_by_their_check_list(browse, office, appraisal):
    dossier = 1
    office.do(dossier, "T3", "supplement", reason="Thiếu bản vẽ móng", supplement_list="Bản vẽ móng")
    office.do(dossier, "T3b", "approve")
    waiting = office.task(dossier, "TS")
    client = browse("mai.lt")
    page = read(client.get(f"/staff/tasks/{waiting}"))
    fields = page.form(f"/staff/tasks/{waiting}/complete") | {"outcome": "received", "c.C3": "1"}
    fields |= {name: "1" for name in ("d.supplement_complete",) if page.tree.xpath(f'//*[@name="{name}"]')}

    answer = client.post(f"/staff/tasks/{waiting}/complete", data=fields)

    assert "lần 1 trên 2" in page.words
    assert answer.status_code == 303, read(answer).words
    assert office.open_steps(dossier) == ["T3"]


# --- the dossier ------------------------------------------------------------------------------


def test_a_dossier_tells_its_whole_story(browse, office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    client = browse("mai.lt")

    page = read(client.get("/staff/dossiers/H12.01-261123-0001"))
    found = read(client.get("/staff/dossiers?q=nguyen van a"))

    assert "Thẩm định hồ sơ" in page.words
    assert "Hoàn thành bước “Phân công thụ lý”" in page.words
    assert "Thửa đất" in page.words
    assert "/staff/dossiers/H12.01-261123-0001" in found.links()
    assert page.weight < HEAVIEST
    assert client.get("/staff/dossiers/H12.01-261123-0001/diagram").status_code == 200
    assert "Mẫu số 06" in client.get("/staff/dossiers/H12.01-261123-0001/control").text


def test_an_applicant_withdraws_with_a_reason(browse, office):
    office.permit()
    client = browse("mai.lt")
    path = "/staff/dossiers/H12.01-261123-0001"

    without = client.post(f"{path}/withdraw", data={"withdraw_reason": " "})
    client.post(f"{path}/withdraw", data={"withdraw_reason": "Sửa thiết kế"})
    page = read(client.get(path))

    assert without.status_code == 422
    assert "Người nộp đã rút hồ sơ" in page.words
    assert "Sửa thiết kế" in page.words


def test_stopping_keeps_what_was_typed_when_something_is_missing(browse, office):
    office.permit()
    client = browse("tuan.pm")
    path = "/staff/dossiers/H12.01-261123-0001"

    answer = client.post(f"{path}/stop", data={"stop_reason": "Tranh chấp đất", "stop_ground": ""})

    assert answer.status_code == 422
    assert read(answer).field("stop_reason") == "Tranh chấp đất"


@pytest.mark.parametrize("code", ["H12.01-261123-0099", "không phải mã", "999999999999999999999"])
def test_a_dossier_that_is_not_there_is_refused_in_words(browse, code):
    answer = browse("mai.lt").get(f"/staff/dossiers/{code}")

    assert answer.status_code in (404, 422)
    assert read(answer).words


# --- handing back -----------------------------------------------------------------------------


def test_a_scanned_slip_opens_the_hand_over(browse, office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    client = browse("nhi.ty")

    too_early = read(client.get("/staff/returns?q=h12.01-261123-0001"))

    assert "chưa có kết quả để trả" in too_early.words
    assert browse("mai.lt").get("/staff/returns").status_code == 403


def test_a_result_is_handed_over_to_whoever_came(browse, office):
    """The recipient is the applicant unless somebody else came; then the dossier is finished."""
    dossier = office.permit()
    to_the_counter(office, dossier)
    client = browse("nhi.ty")

    opened = client.get("/staff/returns?q=H12.01-261123-0001")
    page = read(client.get(opened.location))
    shown = {name: page.field(name) for name in ("recipient_name", "recipient_id_no")}
    fields = page.form(opened.location) | shown | {"who": "self"}
    fields |= {"checked_by": "id_card", "method": "counter"}
    answer = client.post(opened.location, data=fields)

    assert page.field("recipient_name") == "Nguyễn Văn Á"
    assert answer.status_code == 303, read(answer).words
    paper = read(client.get(answer.location)).words
    assert "BIÊN BẢN GIAO TRẢ KẾT QUẢ" in paper
    assert "096090001234" in paper
    assert office.dossier(dossier).status == "returned"


def test_the_page_of_the_step_leads_to_the_desk_and_finishes_nothing(browse, office):
    dossier = office.permit()
    to_the_counter(office, dossier)
    client, task = browse("nhi.ty"), office.task(dossier, "T10")
    desk = "/staff/returns/H12.01-261123-0001"

    page = read(client.get(f"/staff/tasks/{task}"))
    sent = read(client.get(desk)).form(desk) | {"outcome": "handed_over", "d.method": "counter"}
    refused = client.post(f"/staff/tasks/{task}/complete", data=sent)

    assert desk in page.links()
    assert not page.tree.xpath("//form[@action=$at]", at=f"/staff/tasks/{task}/complete")
    assert refused.status_code == 409
    assert "chỉ xong khi đã ghi ai nhận" in read(refused).words
    assert desk in read(refused).links()
    assert office.dossier(dossier).status == "resolved"


def test_a_hand_over_that_is_not_complete_comes_back_with_what_was_typed(browse, office):
    dossier = office.permit()
    to_the_counter(office, dossier)
    client = browse("nhi.ty")
    address = "/staff/returns/H12.01-261123-0001"
    fields = read(client.get(address)).form(address) | {"who": "proxy", "recipient_name": "Lê Văn Ba"}

    answer = client.post(address, data=fields | {"checked_by": "id_card", "method": "counter"})

    page = read(answer)
    assert answer.status_code == 422
    assert "giấy ủy quyền" in page.words
    assert page.field("recipient_name") == "Lê Văn Ba"
    assert office.dossier(dossier).status == "resolved"


def test_results_that_wait_are_listed_and_their_applicants_reminded_once(browse, office):
    dossier = office.permit()
    to_the_counter(office, dossier)
    client = browse("nhi.ty")
    chosen = {"dossier": str(dossier)}

    listed = read(client.get("/staff/returns/waiting"))
    first = client.post("/staff/returns/remind", data=chosen, follow_redirects=True)
    second = client.post("/staff/returns/remind", data=chosen, follow_redirects=True)

    assert "H12.01-261123-0001" in listed.words
    assert "Đã gửi tin nhắn nhắc 1 người nộp" in read(first).words
    assert "Không có ai được nhắc" in read(second).words
    assert browse("mai.lt").get("/staff/returns/waiting").status_code == 403
    assert client.get("/staff/returns/waiting?after=%5B1%5D").status_code == 422


def to_the_counter(office: Office, dossier: int) -> None:
    """Take a permit through its steps until the result waits at the counter."""
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    office.do(dossier, "T3", "pass", land_ok="1")
    office.do(dossier, "T5a", "done", red_line="4 m", building_line="2,4 m")
    office.do(dossier, "T4", "match", visit_date="23/11/2026", site_findings="Đúng ranh giới.")
    office.do(dossier, "T6", "grant", consolidation="Đủ điều kiện.", permit_content="Nhà ở 2 tầng.")
    office.do(dossier, "T7", "approve")
    office.do(dossier, "T8", "sign")
    office.do(dossier, "T9", "issue")
