"""The public pages: what a citizen finds without an account, a script or a cookie."""

from __future__ import annotations

import pytest
from office import APPLICANT, Office, open_office
from pages import read

from engine.usecases.filings import Filing, file_request
from engine.usecases.reception import ReceivedComponent

pytestmark = pytest.mark.sqlite  # what a page answers does not depend on the database

CODE = "H12.01-261123-0001"
TAKEN = {"recipient_name": "Á", "recipient_id_no": "096090001234", "method": "counter"}
LIGHT = 20 * 1024


@pytest.fixture
def office(province, clock) -> Office:
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    return office


@pytest.fixture
def citizen(app, office):
    return app.test_client()


def look_up(client, code: str = CODE, factor: str = "5678"):
    """Send the form as a browser without cookies and without a token does."""
    return client.post("/lookup", data={"code": code, "factor": factor}, csrf=False)


def test_the_front_page_says_what_can_be_done_and_lists_procedures(citizen):
    page = read(citizen.get("/"))

    assert "Hồ sơ của bạn đang ở đâu?" in page.words
    assert "Cấp giấy phép xây dựng mới" in page.words
    assert "/procedures/P03" in page.links()
    assert not page.tree.xpath("//script")
    assert page.weight < LIGHT


def test_procedures_are_searched_without_diacritics(citizen):
    assert "/procedures/P07" in read(citizen.get("/?q=chung thuc ban sao")).links()
    assert "Không có thủ tục nào khớp" in read(citizen.get("/?q=zzzz")).words


def test_a_procedure_tells_papers_time_and_fee(citizen):
    page = read(citizen.get("/procedures/P03"))

    assert "10 ngày làm việc" in page.words
    assert "75.000 đồng" in page.words
    assert "Giấy tờ hợp pháp về đất đai" in page.words
    assert "2 bản chính" in page.words
    assert citizen.get("/procedures/P99").status_code == 404


def test_the_code_of_the_slip_is_filled_in(citizen):
    assert read(citizen.get(f"/lookup?code={CODE}")).field("code") == CODE


@pytest.mark.parametrize("factor", ["5678", "1234"], ids=["telephone", "ID number"])
def test_a_dossier_is_shown_to_whoever_has_its_digits(citizen, office, factor):
    office.permit()

    answer = look_up(citizen, factor=factor)
    page = read(answer)

    assert "Cơ quan giải quyết đang phân công người thụ lý hồ sơ." in page.words
    assert "Thứ Ba, 17:00, 08/12/2026" in page.words
    assert "Đang ở Sở Xây dựng" in page.words
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert page.tree.xpath('//meta[@name="robots"][contains(@content, "noindex")]')
    assert page.weight < LIGHT


def test_no_personal_data_is_shown(citizen, office):
    office.permit()

    shown = look_up(citizen).text

    for private in ("Nguyễn Văn Á", "0912345678", "096090001234", "ấp 4", "Lê Thị Mai"):
        assert private not in shown


def test_small_letters_and_blanks_in_a_code_are_forgiven(citizen, office):
    office.permit()

    assert look_up(citizen, code=" h12.01-261123-0001 ").status_code == 200


def test_a_late_dossier_says_so_first(citizen, office):
    office.permit()
    office.at("2026-12-10 09:00")

    page = read(look_up(citizen))

    assert page.words.index("quá ngày hẹn trả") < page.words.index("Tình trạng")
    assert "xin lỗi" in page.words


def test_what_is_wanted_is_said_with_its_deadline(citizen, office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    office.do(dossier, "T3", "supplement", reason="Thiếu bản vẽ móng", supplement_list="Bản vẽ móng")
    office.do(dossier, "T3b", "approve")

    page = read(look_up(citizen))

    assert "Bạn cần làm" in page.words
    assert "Đồng hồ tạm dừng" in page.words
    assert "sẽ tính lại khi bạn nộp đủ giấy tờ" in page.words


def test_an_unknown_code_and_wrong_digits_get_the_same_answer(citizen, office):
    office.permit()

    wrong = look_up(citizen, factor="0000")
    unknown = look_up(citizen, code="H12.01-261123-0099")

    assert wrong.status_code == unknown.status_code == 404
    assert read(wrong).words == read(unknown).words
    assert read(wrong).field("code") == CODE


def test_empty_fields_are_named(citizen):
    page = read(look_up(citizen, code=" ", factor=""))

    assert "đang để trống" in page.problem_of("code")
    assert "đang để trống" in page.problem_of("factor")


def test_too_many_tries_are_refused_in_words(citizen, office):
    office.permit()
    answers = [look_up(citizen, factor="0000") for _ in range(7)]

    assert answers[-1].status_code == 429
    assert "nhiều lần" in read(answers[-1]).words
    assert look_up(citizen).status_code == 429  # the right digits do not help any more


def test_the_public_pages_speak_english(citizen, office):
    office.permit()
    citizen.get("/?lang=en")

    page = read(look_up(citizen))

    assert "Tuesday" in page.words
    assert "Hẹn trả" not in page.words


def test_who_has_a_result_rates_it_once_where_it_is_looked_up(citizen, office):
    copies = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
    papers = [ReceivedComponent(code="C1")]
    dossier = office.receive("my.nk", "P07", "nam-can", copies, components=papers)
    for node, outcome in (("T2", "valid"), ("T3", "sign"), ("T4", "sealed")):
        office.do(dossier, node, outcome)
    code = office.dossier(dossier).code
    sent = {"code": code, "factor": "5678", "score": "5", "comment": "Nhanh"}

    early = citizen.post("/lookup/rating", data=sent, csrf=False)
    office.do(dossier, "T5", "handed_over", **TAKEN)
    asked = read(look_up(citizen, code)).words
    wrong = citizen.post("/lookup/rating", data=sent | {"factor": "0000"}, csrf=False)
    none = citizen.post("/lookup/rating", data=sent | {"score": "6"}, csrf=False)
    rated = citizen.post("/lookup/rating", data=sent, csrf=False)
    again = citizen.post("/lookup/rating", data=sent, csrf=False)

    assert "Rất hài lòng" in asked
    assert [one.status_code for one in (early, wrong, none, rated, again)] == [409, 404, 422, 200, 409]
    assert "chưa trả kết quả" in read(early).words
    assert "Cảm ơn" in read(rated).words
    assert "đã được đánh giá" in read(again).words
    assert "Rất hài lòng" not in read(look_up(citizen, code)).words


def test_a_filing_is_looked_up_by_its_number_and_a_wrong_one_answers_like_an_unknown_one(citizen, office):
    with office.unit("my.nk") as unit:
        place = office.unit_id("nam-can")
        number = file_request(unit, Filing(procedure_key="P07", receiving_unit_id=place, applicant=APPLICANT))

    found = look_up(citizen, number)
    wrong, unknown = look_up(citizen, number, "0000"), look_up(citizen, "YC-H12.41-261123-0099")

    page = read(found)
    assert "Mới nộp, chờ tiếp nhận" in page.words
    assert "Thời hạn giải quyết chưa được tính" in page.words
    assert page.weight < LIGHT
    assert (found.headers["Cache-Control"], wrong.status_code, unknown.status_code) == ("no-store", 404, 404)
    assert read(wrong).words == read(unknown).words
    for private in (APPLICANT.name, APPLICANT.phone, APPLICANT.id_no):
        assert private not in found.text
