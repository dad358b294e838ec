"""What was handed in and is not accepted: the list, one filing with its acts, and its letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from engine.documents.issuing import copy_mark
from engine.documents.pdf import make_pdf
from engine.domain.filings import FilingState
from engine.errors import Conflict, ProcedureError
from engine.store.work import Unit
from engine.usecases import filings as acts
from engine.usecases.filing_pages import (
    FilingView,
    count_to_settle,
    filing_letter,
    get_filing,
    list_filings,
    print_filing_letter,
)
from engine.usecases.filings import Gap
from runtime_api.errors import UNREACHABLE, status_of
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.papers import layout_address, send_pdf

LONGEST_NUMBER = 60


def to_settle() -> int:
    """Return what the bar of a coordinator counts; nobody else's bar asks the database."""
    if acts.COORDINATOR not in g.actor.roles:
        return 0
    try:
        with engine().reading(g.actor) as unit:
            return count_to_settle(unit)
    except UNREACHABLE:  # the page that says so has a bar too
        return 0


@bp.get("/filings")
def filings() -> str:
    asked = {"state": request.args.get("state", "")[:20], "q": request.args.get("q", "").strip()[:100]}
    before = request.args.get("before", "")
    with engine().reading(g.actor) as unit:
        page = list_filings(unit, asked["state"], asked["q"], _whole(before) or None)
    states = [(one.value, one.label) for one in FilingState]
    return render_template("staff/filings.html", page=page, asked=asked, states=states)


@bp.get("/filings/<number>")
def filing(number: str) -> str:
    with engine().reading(g.actor) as unit:
        return _page(unit, number)


@bp.get("/filings/<number>/letter")
def letter_of_filing(number: str) -> str:
    """Mẫu 02 or Mẫu 03 as it was made."""
    with engine().reading(g.actor) as unit:
        letter = filing_letter(unit, number[:LONGEST_NUMBER])
    copy = _whole(request.args.get("copy", ""))
    return render_template(
        "staff/filing_letter.html",
        letter=letter,
        number=number,
        page=Markup(letter.html),  # made by the language of templates, which escapes every value
        mark=copy_mark(min(copy, letter.prints)),
        print_now=bool(copy),
        layout=layout_address(),
    )


@bp.post("/filings/<number>/letter/print")
def print_letter_of_filing(number: str) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        copy = print_filing_letter(unit, number[:LONGEST_NUMBER])
    return redirect(url_for("staff.letter_of_filing", number=number, copy=copy), 303)


@bp.get("/filings/<number>/letter.pdf")
def letter_of_filing_pdf(number: str) -> Response:
    with engine().reading(g.actor) as unit:
        letter = filing_letter(unit, number[:LONGEST_NUMBER])
    pdf = make_pdf(letter.html, title=f"{letter.title.vi} {number}", size="a4")
    return send_pdf(pdf, f"{letter.form_code}-{number}")


@bp.post("/filings/<number>/supplement")
def ask_papers(number: str) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        view = get_filing(unit, number[:LONGEST_NUMBER])

    def act(unit: Unit) -> None:
        acts.ask_for_papers(
            unit, view.number, _version(), _gaps(view), _text("legal_basis"), _whole(_text("days"))
        )

    said = _("Đã yêu cầu bổ sung. Hãy in phiếu (Mẫu 02) cho người nộp.")
    return _act(number, act, said, to_letter=True)


@bp.post("/filings/<number>/papers")
def papers_brought(number: str) -> ResponseReturnValue:
    return _act(
        number,
        lambda unit: acts.take_papers(unit, number[:LONGEST_NUMBER], _version()),
        _("Đã ghi nhận người nộp bổ sung. Hãy kiểm tra rồi tiếp nhận."),
    )


@bp.post("/filings/<number>/refuse")
def refuse(number: str) -> ResponseReturnValue:
    def act(unit: Unit) -> None:
        acts.refuse_filing(
            unit,
            number[:LONGEST_NUMBER],
            _version(),
            _text("reason"),
            _text("refuse_basis"),
            _text("guidance"),
        )

    said = _("Đã từ chối tiếp nhận. Hãy in phiếu (Mẫu 03) và trả lại giấy tờ.")
    return _act(number, act, said, to_letter=True)


@bp.post("/filings/<number>/pass-on")
def pass_on(number: str) -> ResponseReturnValue:
    def act(unit: Unit) -> None:
        acts.pass_on(unit, number[:LONGEST_NUMBER], _version(), _whole(_text("to_unit")), _text("pass_note"))

    return _act(number, act, _("Đã chuyển hồ sơ và báo người nộp."))


@bp.post("/filings/<number>/coordinate")
def coordinate(number: str) -> ResponseReturnValue:
    def act(unit: Unit) -> None:
        acts.ask_coordinator(unit, number[:LONGEST_NUMBER], _version(), _text("question"))

    return _act(number, act, _("Đã chuyển người điều phối Bộ phận Một cửa."))


@bp.post("/filings/<number>/settle")
def settle(number: str) -> ResponseReturnValue:
    def act(unit: Unit) -> None:
        acts.settle_competence(
            unit, number[:LONGEST_NUMBER], _version(), _whole(_text("competent")), _text("settle_note")
        )

    return _act(number, act, _("Đã xác định nơi giải quyết; hồ sơ về lại quầy để tiếp nhận."))


@bp.post("/filings/<number>/withdraw")
def take_back(number: str) -> ResponseReturnValue:
    return _act(
        number,
        lambda unit: acts.withdraw_filing(unit, number[:LONGEST_NUMBER], _version()),
        _("Đã ghi nhận người nộp lấy lại giấy tờ."),
    )


def _act(
    number: str, act: Callable[[Unit], Any], said: str, *, to_letter: bool = False
) -> ResponseReturnValue:
    """Carry out an act; a refusal comes back on the page with what was typed."""
    try:
        with engine().unit(g.actor) as unit:
            act(unit)
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        with engine().reading(g.actor) as unit:
            return _page(unit, number, refusal), status_of(refusal)
    flash(said, "success")
    anchor = "letter" if to_letter else None
    return redirect(url_for("staff.filing", number=number, _anchor=anchor), 303)


def _page(unit: Unit, number: str, refusal: ProcedureError | None = None) -> str:
    view = get_filing(unit, number[:LONGEST_NUMBER])
    return render_template(
        "staff/filing.html",
        filing=view,
        typed=request.form,
        problem=refusal.say(language()) if refusal else "",
        must_reload=isinstance(refusal, Conflict),
        law="; ".join(
            f"{one.article}, {one.document}" if one.article else one.document for one in view.legal
        ),
    )


def _gaps(view: FilingView) -> list[Gap]:
    """Return the papers that were marked, each with what is wrong; and what is wrong with the form itself."""
    gaps = [
        Gap(
            component=one.code,
            name_vi=one.name.vi,
            name_en=one.name.en,
            wrong=_text(f"gap.{one.code}.wrong"),
            bring=_text(f"gap.{one.code}.bring"),
        )
        for one in view.components
        if f"gap.{one.code}" in request.form
    ]
    if _text("gap.form.wrong"):
        gaps.append(Gap(component="", name_vi="Tờ khai", name_en="The form", wrong=_text("gap.form.wrong")))
    return gaps


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:4000]


def _version() -> int:
    return _whole(_text("version"))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
