"""Tables for spreadsheets: CSV and XLSX in which no cell can become a formula.

What people typed may begin with `=`, `+`, `-` or `@`; a spreadsheet would run it. In CSV such a cell gets an
apostrophe before it, in a workbook every text is written as text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from engine.domain.timewords import say_date

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_000  # a workbook holds 32,767 characters in one cell
WIDEST_COLUMN = 60


def csv_rows(header: Sequence[str], lines: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a table as CSV that spreadsheets read as UTF-8."""
    yield "\ufeff".encode()
    yield _csv_line(header)
    for line in lines:
        yield _csv_line(line)


def safe_cell(value: Any) -> str:
    """Return a value as the text of a CSV cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, date):
        return say_date(value)
    if isinstance(value, int | float):
        return str(value)
    said = str(value)[:LONGEST_CELL]
    begins = said.startswith(DANGEROUS) or said.lstrip().startswith(DANGEROUS)
    return f"'{said}" if begins else said


def write_workbook(
    target: Path, title: str, header: Sequence[str], lines: Iterable[Sequence[Any]], widths: Sequence[int]
) -> None:
    """Write a table as XLSX, a line at a time: memory does not grow with the table."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "border": 1, "valign": "top"})
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST_COLUMN))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for row, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                _write(sheet, row, column, value, plain, day)


def _write(sheet: Any, row: int, column: int, value: Any, plain: Any, day: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, plain)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, plain)
    else:
        sheet.write_string(row, column, str(value)[:LONGEST_CELL], plain)


def _csv_line(line: Sequence[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([safe_cell(one) for one in line])
    return text.getvalue().encode()
