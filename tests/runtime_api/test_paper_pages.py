"""Papers in the browser: the sheet, its bar of tools, prints that are counted, PDF."""

from __future__ import annotations

import pytest
from office import open_office

from engine.documents import pdf

pytestmark = pytest.mark.sqlite
CODE = "H12.01-261123-0001"


@pytest.fixture
def clerk(client, province, clock):
    open_office(province, clock).permit()
    client.sign_in("mai.lt")
    return client


def test_a_paper_shows_what_was_made_and_how_often_it_was_printed(clerk):
    slip = clerk.get(f"/staff/dossiers/{CODE}/slip?paper=a5").text
    assert 'class="paper a5"' in slip
    assert "In lại (P)" in slip
    assert "In lại lần" not in slip

    answer = clerk.post(f"/staff/dossiers/{CODE}/slip/print", data={"paper": "a5"})
    again = clerk.get(answer.location).text

    assert answer.status_code == 303
    assert "In lại lần 1" in again
    assert "data-print-now" in again
    assert "In lại lần 2" not in clerk.get(answer.location.replace("copy=2", "copy=99")).text
    assert ">2</td>" in clerk.get(f"/staff/dossiers/{CODE}/papers").text


def test_a_slip_of_a_dossier_without_one_is_shown_and_made_when_it_is_printed(clerk, province):
    from sqlalchemy import text

    with province.database.begin() as connection:
        connection.execute(text("DELETE FROM document_print"))
        connection.execute(text("DELETE FROM document"))
    page = clerk.get(f"/staff/dossiers/{CODE}/slip").text
    assert "GIẤY TIẾP NHẬN HỒ SƠ" in page
    assert "Chưa có văn bản nào" in clerk.get(f"/staff/dossiers/{CODE}/papers").text

    first = clerk.get(clerk.post(f"/staff/dossiers/{CODE}/slip/print").location).text

    assert "In lại lần" not in first
    assert "Giấy tiếp nhận hồ sơ" in clerk.get(f"/staff/dossiers/{CODE}/papers").text


@pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}")
def test_the_pdf_of_a_kept_paper_is_made_once(clerk):
    first = clerk.get(f"/staff/dossiers/{CODE}/slip.pdf")
    second = clerk.get(f"/staff/dossiers/{CODE}/slip.pdf")
    small = clerk.get(f"/staff/dossiers/{CODE}/slip.pdf?paper=a5")
    sheet = clerk.get(f"/staff/dossiers/{CODE}/control.pdf")

    assert first.mimetype == "application/pdf"
    assert first.data == second.data
    assert small.data != first.data
    assert sheet.data.startswith(b"%PDF-1.7")
    assert first.headers["Cache-Control"] == "private, no-store"


def test_without_pango_the_page_says_to_print_from_the_browser(clerk, monkeypatch):
    from engine.domain.texts import Text

    monkeypatch.setattr(pdf, "trouble", lambda: Text("thiếu thư viện Pango", "the library Pango is missing"))
    answer = clerk.get(f"/staff/dossiers/{CODE}/slip.pdf")

    assert answer.status_code == 409
    assert "thiếu thư viện Pango" in answer.text
    assert "in từ trình duyệt" in answer.text.lower()


def test_others_see_no_papers(clerk):
    clerk.sign_in("my.nk")

    assert clerk.get(f"/staff/dossiers/{CODE}/slip").status_code == 404
    assert clerk.get("/staff/papers/1").status_code == 404
    assert clerk.get("/staff/papers/1.pdf").status_code == 404
    assert clerk.post("/staff/papers/1/print").status_code == 404
    assert clerk.get("/staff/papers/999").status_code == 404
