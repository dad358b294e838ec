"""The page of registers: choosing, printing, PDF and spreadsheets, and what cannot be read."""

from __future__ import annotations

import csv
import io

import pytest
from office import open_office

from engine.documents import pdf

pytestmark = pytest.mark.sqlite


@pytest.fixture
def clerk(client, province, clock):
    office = open_office(province, clock)
    office.permit()
    office.permit()
    client.sign_in("mai.lt")
    return client


def test_the_book_of_today_is_one_key_away(clerk):
    page = clerk.get("/staff/register").text
    sheet = clerk.get("/staff/register?as=paper").text

    assert "2 hồ sơ trong thời gian này" in page
    assert 'href="/staff/register"' in page
    assert "SỔ THEO DÕI HỒ SƠ" in sheet
    assert "từ 23/11/2026 đến 23/11/2026" in sheet
    assert "H12.01-261123-0002" in sheet
    assert "Cộng: 2 hồ sơ." in sheet


def test_the_book_is_taken_into_spreadsheets(clerk):
    table = clerk.get("/staff/register?as=csv&from=2026-11-01&to=2026-11-30")
    workbook = clerk.get("/staff/register?as=xlsx")
    lines = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"), newline="")))

    assert [len(one) for one in lines] == [13, 13, 13]
    assert lines[0][1] == "Mã hồ sơ"
    assert lines[2][:2] == ["2", "H12.01-261123-0002"]
    assert workbook.data.startswith(b"PK")
    for answer in (table, workbook):
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}")
def test_the_book_is_printed_as_pdf(clerk):
    assert clerk.get("/staff/register?as=pdf").data.startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("from=2026-12-01&to=2026-11-01", 422),
        ("from=1990-01-01", 422),
        ("from=hôm+qua", 422),
        ("to=31/31/2026&as=csv", 422),
        ("office=999", 404),
        ("office=x", 200),
        ("book=none", 200),
        ("book=none&as=csv", 404),
        ("as=nonsense", 200),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_sentence(clerk, asked, status):
    answer = clerk.get(f"/staff/register?{asked}")

    assert answer.status_code == status
    if status == 422:
        assert "Hãy chọn lại thời gian của sổ" in answer.text
