"""The books of an office: made from the record, numbered from the first of January, for any days."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest

from engine.documents.tables import csv_rows, safe_cell, write_workbook
from engine.errors import NotFound
from engine.store.rows import DossierRow
from engine.usecases import registers
from engine.usecases.registers import RECEIVED, BadPeriod, Period, RegisterTooLong, books_of, register_lines

MONDAY, NEXT_YEAR = date(2026, 11, 23), date(2027, 1, 4)
BOTH_YEARS = Period.of(date(2026, 6, 1), date(2027, 1, 31))


@pytest.fixture
def told(office):
    """Two dossiers on Monday, one of them refused and handed over late in the year, one in the new year."""
    refused = office.permit()
    office.permit()
    office.do(refused, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    office.do(refused, "T3", "refuse", reason="Trái quy hoạch.")
    office.do(refused, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
    office.do(refused, "T7", "approve")
    office.do(refused, "T8", "sign")
    office.at("2026-12-28 09:00")
    office.do(refused, "T9r", "issue")
    taker = {"recipient_name": "=HYPERLINK(1)", "recipient_id_no": "096090001234"}
    office.do(refused, "T10", method="counter", **taker)
    office.at("2027-01-04 08:00")
    office.permit()
    return office


def lines_of(office, book=RECEIVED, period=BOTH_YEARS, login="mai.lt"):
    with office.reading(login) as unit:
        where = unit.session.get(DossierRow, 1).received_unit_id if book == RECEIVED else None
        where = where or unit.session.get(DossierRow, 1).competent_unit_id
        return list(register_lines(unit, where, book, period))


def test_the_book_numbers_each_year_from_one_and_says_what_became_of_each(told):
    lines = lines_of(told)

    assert [(one.number, one.received) for one in lines] == [(1, MONDAY), (2, MONDAY), (1, NEXT_YEAR)]
    first = lines[0]
    assert (first.resolved, first.returned) == (date(2026, 12, 28), date(2026, 12, 28))
    assert (first.method, first.taken_by, first.note) == ("Tại quầy", "=HYPERLINK(1)", "từ chối; quá hạn")
    assert first.applicant == "Nguyễn Văn Á, ấp 4, xã Năm Căn, tỉnh Cà Mau, 0912345678"
    assert (lines[1].resolved, lines[1].taken_by, lines[1].note) == (None, "", "")


def test_a_later_page_of_the_book_goes_on_with_its_numbers(told, monkeypatch):
    monkeypatch.setattr(registers, "BATCH", 1)
    told.at("2026-11-24 09:00")
    told.permit()
    lines = lines_of(told, period=Period.of(date(2026, 11, 24), date(2026, 11, 24)))

    assert [one.number for one in lines] == [3]
    assert [one.number for one in lines_of(told)] == [1, 2, 3, 1]


def test_books_of_results_are_read_the_same_way(told):
    with told.reading("linh.vt") as unit:
        office = unit.session.get(DossierRow, 1).competent_unit_id
        names = [one.code for one in books_of(unit, office)]
    lines = lines_of(told, "refusal", login="linh.vt")

    assert names == [RECEIVED, "refusal"]
    assert [(one.number, one.code) for one in lines] == [(1, "H12.01-261123-0001")]


@pytest.mark.sqlite
def test_only_the_office_reads_its_books_and_only_books_that_there_are(told):
    with told.reading("my.nk") as unit, pytest.raises(NotFound):
        list(register_lines(unit, 1, RECEIVED, BOTH_YEARS))
    with pytest.raises(NotFound):
        lines_of(told, "none", login="linh.vt")


@pytest.mark.sqlite
def test_a_period_is_refused_that_is_turned_around_or_too_long(told, monkeypatch):
    for first, last in ((MONDAY, date(2026, 11, 22)), (date(2020, 1, 1), MONDAY)):
        with pytest.raises(BadPeriod):
            Period.of(first, last)
    monkeypatch.setattr(registers, "LONGEST_TABLE", 2)
    with pytest.raises(RegisterTooLong, match="3"):
        lines_of(told)


HOSTILE = ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＠x", "\u00a0=1"]


@pytest.mark.sqlite
@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_becomes_a_formula(tmp_path, text):
    read = list(csv.reader(io.StringIO(b"".join(csv_rows(["A"], [[text]])).decode("utf-8-sig"), newline="")))
    write_workbook(tmp_path / "a.xlsx", "So", ["A", "Ngày"], [[text, date(2026, 11, 23)]], (10, 10))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert read[1][0] == f"'{text}"
    assert "<f>" not in sheet
    assert 't="inlineStr"' in sheet


@pytest.mark.sqlite
def test_plain_cells_stay_as_they_are():
    assert [safe_cell(one) for one in ("Nguyễn Văn A", 12, date(2026, 1, 2), None, "a=b", "12-3")] == [
        "Nguyễn Văn A", "12", "02/01/2026", "", "a=b", "12-3",
    ]  # fmt: skip
