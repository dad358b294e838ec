"""The counter's pages: filings with their acts, drafts, scans, what a stale or hostile request gets."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from office import APPLICANT, Office, open_office
from pages import read

from runtime_api.app import create_app

pytestmark = pytest.mark.sqlite

COPIES = {"d.doc_title": "Giấy khai sinh", "d.pages": "2", "d.copies": "1", "d.consent": "true"}


@pytest.fixture
def office(province, clock) -> Office:
    return open_office(province, clock)


@pytest.fixture
def browse(app, office):
    return lambda login: app.test_client().sign_in(login)


def filled(client, **more) -> dict[str, str]:
    page = read(client.get("/staff/reception?procedure=P07"))
    return {
        **page.form("/staff/reception"),
        "applicant_kind": "0",
        "applicant_name": APPLICANT.name,
        "applicant_phone": APPLICANT.phone,
        "c.C1": "1",
        **COPIES,
        **more,
    }


def file(client, **more) -> str:
    answer = client.post("/staff/filings", data=filled(client, **more))
    assert answer.status_code == 303, read(answer).words[:800]
    return answer.location.split("/")[-1]


def act(client, number: str, name: str, **fields: str):
    version = read(client.get(f"/staff/filings/{number}")).field("version")
    return client.post(f"/staff/filings/{number}/{name}", data={"version": version, **fields})


def test_everything_missing_is_asked_for_on_one_page_and_the_letter_printed(browse):
    client = browse("my.nk")
    number = file(client)
    page = read(client.get(f"/staff/filings/{number}"))
    assert page.field("legal_basis").startswith("điều 5")

    answer = act(
        client, number, "supplement",
        **{"gap.C2": "1", "gap.C2.wrong": "Bản sao mờ", "gap.form.wrong": "Thiếu số trang",
           "legal_basis": "Nghị định 23/2015/NĐ-CP", "days": "5"},
    )  # fmt: skip

    assert answer.status_code == 303
    letter = client.get(f"/staff/filings/{number}/letter").text
    assert "Bản sao mờ" in letter
    assert "Thiếu số trang" in letter
    assert "Mẫu số 02" in letter
    printed = client.post(f"/staff/filings/{number}/letter/print")
    assert "data-print-now" in client.get(printed.location).text
    again = client.post(f"/staff/filings/{number}/letter/print")
    assert "In lại lần 1" in client.get(again.location).text
    assert client.get(f"/staff/filings/{number}/letter.pdf").data.startswith(b"%PDF")


def test_a_filing_is_opened_again_as_it_was_typed_and_accepted(browse):
    client = browse("my.nk")
    number = file(client, **{"c.C1.file": (io.BytesIO(b"%PDF-1.7 x"), "a.pdf")})

    page = read(client.get(f"/staff/reception?procedure=P07&filing={number}"))
    assert page.field("d.doc_title") == "Giấy khai sinh"
    assert page.field("c.C2") == ""  # not ticked then, not ticked now
    fields = {**filled(client), **page.form("/staff/reception")}
    answer = client.post("/staff/reception", data=fields)

    assert answer.location == "/staff/dossiers/H12.41-261123-0001/accepted"
    dossier = read(client.get("/staff/dossiers/H12.41-261123-0001"))
    assert any("/files/" in one for one in dossier.links())
    assert "H12.41-261123-0001" in read(client.get(f"/staff/filings/{number}")).words
    assert client.post("/staff/reception", data=fields).location == answer.location  # Enter, twice


def test_a_file_of_a_filing_is_fetched_only_by_those_who_may_see_the_filing(browse, office):
    client = browse("my.nk")
    number = file(client, **{"c.C1.file": (io.BytesIO(b"%PDF-1.7 x"), "a.pdf")})
    links = read(client.get(f"/staff/filings/{number}")).links()
    (address,) = [one for one in links if f"/filings/{number}/files/" in one]

    answer = client.get(address)
    assert answer.data == b"%PDF-1.7 x"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert browse("linh.vt").get(address).status_code == 404  # another office's
    other = file(client)
    assert client.get(address.replace(number, other)).status_code == 404  # not this filing's
    assert client.get(address + "9").status_code == 404


def test_a_refusal_without_its_law_is_told_on_the_page_and_nothing_is_lost(browse, office):
    client = browse("my.nk")
    number = file(client)
    before = office.counts()

    answer = act(client, number, "refuse", reason="Giấy tờ bị tẩy xóa", refuse_basis=" ")

    page = read(answer)
    assert answer.status_code == 422
    assert "căn cứ pháp lý" in page.words
    assert page.field("reason") == "Giấy tờ bị tẩy xóa"
    assert office.counts() == before


def test_a_stale_page_of_a_filing_says_so(browse):
    client = browse("my.nk")
    number = file(client)
    act(client, number, "withdraw")

    answer = client.post(f"/staff/filings/{number}/refuse", data={"version": "1", "reason": "x"})

    assert answer.status_code == 409
    assert "Tải lại trang" in read(answer).words


def test_the_coordinators_queue_names_who_decides(browse, office):
    clerk, director = browse("mai.lt"), browse(_director(office))
    number = file(clerk)
    assert "Điều phối 1" not in read(director.get("/staff/")).words
    act(clerk, number, "coordinate", question="Người nộp ở xã giáp ranh")

    assert "Điều phối 1 đang chờ" in read(director.get("/staff/")).words
    assert "Điều phối" not in read(clerk.get("/staff/")).words
    assert number in read(director.get("/staff/filings")).words
    page = read(director.get(f"/staff/filings/{number}"))
    assert "Cơ quan nào giải quyết?" in page.words
    act(director, number, "settle", competent=str(office.unit_id("dat-mui")))

    page = read(clerk.get(f"/staff/filings/{number}"))
    assert "Đất Mũi giải quyết" in page.words
    form = read(clerk.get(f"/staff/reception?procedure=P07&filing={number}"))
    fields = {**filled(clerk), **form.form("/staff/reception")}
    assert clerk.post("/staff/reception", data=fields).status_code == 303


@pytest.mark.parametrize("number", ["YC-H12.41-261123-9999", "x", "YC-%00", "../../etc", "Y" * 3000])
def test_a_number_that_is_none_is_answered_in_a_sentence(browse, number):
    answer = browse("my.nk").get(f"/staff/filings/{number}")
    assert answer.status_code in (400, 404, 422)
    assert "Traceback" not in answer.text


def test_other_offices_and_other_roles_know_nothing_of_a_filing(browse):
    number = file(browse("my.nk"))
    assert browse("diem.ct").get(f"/staff/filings/{number}").status_code == 404
    assert browse("diem.ct").post(f"/staff/filings/{number}/withdraw", data={"version": "1"}).status_code in (
        403,
        404,
    )


# --- drafts ------------------------------------------------------------------------------------


def save(client, **more: str):
    fields = {
        "_draft.id": "abcdefghijklmnop",
        "_draft.kind": "reception:P07",
        "_draft.title": "P07 · Bê",
        "_draft.address": "/staff/reception?procedure=P07&draft=abcdefghijklmnop",
        "_draft.number": "1",
        "applicant_name": "Trần Thị Bê",
        "d.doc_title": "<script>alert(1)</script>",
        **more,
    }
    return client.post("/staff/drafts", data=fields, headers={"Accept": "application/json"})


def test_a_draft_is_listed_opened_and_thrown_away(browse):
    client = browse("my.nk")
    assert save(client).json == {"saved_at": "09:10:00"}

    assert "P07 · Bê" in read(client.get("/staff/drafts")).words
    page = read(client.get("/staff/reception?procedure=P07&draft=abcdefghijklmnop"))
    assert page.field("applicant_name") == "Trần Thị Bê"
    assert page.field("d.doc_title") == "<script>alert(1)</script>"
    assert page.field("submission_key") == "abcdefghijklmnop"
    assert "P07 · Bê" not in read(browse("diem.ct").get("/staff/drafts")).words
    client.post("/staff/drafts/abcdefghijklmnop/discard")
    assert "P07 · Bê" not in read(client.get("/staff/drafts")).words


def test_a_program_is_told_what_is_wrong_with_a_draft(browse, app):
    client = browse("my.nk")
    answer = save(client, **{"_draft.address": "https://elsewhere.example/"})
    assert (answer.status_code, answer.json["code"]) == (422, "draft_unreadable")
    nobody = app.test_client()
    assert nobody.get("/staff/session", headers={"Accept": "application/json"}).status_code == 401
    assert client.get("/staff/session").json["csrf"]


# --- scans -------------------------------------------------------------------------------------


def test_a_scan_is_taken_with_the_dossier_and_put_aside(province, settings, clock, tmp_path):
    office = open_office(replace(province, scans=tmp_path), clock)
    client = _client(create_app(office.engine, settings))
    folder = tmp_path / "nam-can-mc"
    folder.mkdir()
    (folder / "quét 1.pdf").write_bytes(b"%PDF-1.7 scan")

    fields = filled(client, **{"scan.0.name": "quét 1.pdf", "scan.0": "C1"})
    assert "quét 1.pdf" in client.get("/staff/reception?procedure=P07").text
    assert client.post("/staff/reception", data=fields).status_code == 303

    assert not (folder / "quét 1.pdf").exists()
    link = next(
        one
        for one in read(client.get("/staff/dossiers/H12.41-261123-0001")).links()
        if "/files/" in one and not one.endswith("/look")
    )
    assert client.get(link).data == b"%PDF-1.7 scan"


@pytest.mark.parametrize("name", ["../secret.pdf", "/etc/passwd", "gone.pdf", "\x01.pdf"])
def test_a_scan_that_is_not_there_is_told_and_nothing_is_received(province, settings, clock, tmp_path, name):
    office = open_office(replace(province, scans=tmp_path), clock)
    client = _client(create_app(office.engine, settings))
    (tmp_path / "secret.pdf").write_bytes(b"%PDF-1.7 secret")

    answer = client.post("/staff/reception", data=filled(client, **{"scan.0.name": name, "scan.0": "C1"}))

    assert answer.status_code == 409
    assert "không còn trong thư mục của quầy" in read(answer).words


def _client(app):
    from browser import Browser

    app.test_client_class = Browser
    return app.test_client().sign_in("my.nk")


def _director(office: Office) -> str:
    from sqlalchemy import select

    from engine.store.rows import AssignmentRow, PositionRow, UserRow

    with office.reading(None) as unit:
        return unit.session.scalars(
            select(UserRow.login)
            .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
            .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
            .where(PositionRow.code == "ttpvhcc-gd")
        ).one()
