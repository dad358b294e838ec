"""Registers: choose an office, a book and days; print them, or take them into a spreadsheet."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from engine.documents.pdf import make_pdf
from engine.documents.tables import csv_rows, write_workbook
from engine.domain.calendar import local_day
from engine.errors import ProcedureError
from engine.store.work import Unit
from engine.usecases import registers
from engine.usecases.registers import COLUMNS, RECEIVED, BadPeriod, Period
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.papers import layout_address, send_pdf

WIDTHS = (6, 24, 40, 7, 45, 30, 12, 12, 12, 12, 14, 22, 30)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/register")
def register() -> ResponseReturnValue:
    """The page to choose; with `as` the book itself: paper, pdf, xlsx or csv."""
    problem = None
    with engine().reading(g.actor) as unit:
        offices = registers.offices_with_books(unit)
        asked = _asked(unit, offices)
        try:
            _check_days()
            period = Period.of(asked["from"], asked["to"])
            shape = SHAPES.get(request.args.get("as", ""))
            if shape is not None:
                return shape(unit, asked, period)
            count = registers.count_lines(unit, asked["office"], asked["book"], period) if offices else 0
        except ProcedureError as refusal:
            if status_of(refusal) == 404:
                raise
            problem, count = refusal, None
        books = registers.books_of(unit, asked["office"]) if offices else []
    return (
        render_template(
            "staff/register.html",
            offices=offices,
            books=books,
            asked=asked,
            count=count,
            most=registers.LONGEST_SHEET,
            problem=problem.say(language()) if problem else "",
        ),
        status_of(problem) if problem else 200,
    )


def _asked(unit: Unit, offices: list[tuple[int, str]]) -> dict[str, Any]:
    """Read what was chosen; what cannot be read falls back to one's own office, Mẫu 07, today."""
    given, today = request.args, local_day(unit.now)
    own = [one.unit_id for one in unit.actor.assignments if one.unit_id in dict(offices)]
    office = given.get("office", "")
    return {
        "office": int(office)
        if office.isdecimal() and len(office) < 10
        else next(iter(own), None) or next((one for one, _ in offices), 0),
        "book": given.get("book", "")[:60] or RECEIVED,
        "from": _day(given.get("from", ""), today),
        "to": _day(given.get("to", ""), today),
    }


def _day(text: str, otherwise: date) -> date:
    """Read a day as people or addresses write it; what cannot be read is told by `_check_days`."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
    return otherwise


def _check_days() -> None:
    """Refuse days that were typed and cannot be read, rather than showing another book than was asked for."""
    for name in ("from", "to"):
        text = request.args.get(name, "").strip()
        if text and _day(text, date.min) == date.min:
            raise BadPeriod("two days", text[:40], most=registers.LONGEST_DAYS)


def _paper(unit: Unit, asked: dict[str, Any], period: Period) -> str:
    made = registers.register_sheet(unit, asked["office"], asked["book"], period)
    return render_template(
        "staff/register_sheet.html",
        page=Markup(made.html),  # made by the language of templates, which escapes every value
        title=made.title,
        layout=layout_address(),
        back=url_for("staff.register", **_link(asked)),
        pdf=url_for("staff.register", **_link(asked), **{"as": "pdf"}),
    )


def _pdf(unit: Unit, asked: dict[str, Any], period: Period) -> Response:
    made = registers.register_sheet(unit, asked["office"], asked["book"], period)
    return send_pdf(make_pdf(made.html, title=made.title.vi, size="a4-wide"), _name(asked))


def _xlsx(unit: Unit, asked: dict[str, Any], period: Period) -> Response:
    lines = registers.register_lines(unit, asked["office"], asked["book"], period)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "so.xlsx"
        write_workbook(target, "So", _header(), map(_cells, lines), WIDTHS)
        return _attachment(target.read_bytes(), WORKBOOK, f"{_name(asked)}.xlsx")


def _csv(unit: Unit, asked: dict[str, Any], period: Period) -> Response:
    lines = registers.register_lines(unit, asked["office"], asked["book"], period)
    return _attachment(b"".join(csv_rows(_header(), map(_cells, lines))), "text/csv", f"{_name(asked)}.csv")


SHAPES = {"paper": _paper, "pdf": _pdf, "xlsx": _xlsx, "csv": _csv}


def _header() -> list[str]:
    return [one.vi for one in COLUMNS.values()]


def _cells(line: Any) -> list[Any]:
    return [getattr(line, name) for name in COLUMNS]


def _attachment(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _name(asked: dict[str, Any]) -> str:
    book = "".join(char for char in asked["book"] if char.isascii() and (char.isalnum() or char in "-_"))
    return f"so-{book}-{asked['from']:%Y%m%d}-{asked['to']:%Y%m%d}"


def _link(asked: dict[str, Any]) -> dict[str, Any]:
    return {**asked, "from": asked["from"].isoformat(), "to": asked["to"].isoformat()}
