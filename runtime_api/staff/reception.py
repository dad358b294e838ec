"""Receiving a dossier in one screen, from the choice of the procedure to the printed slip."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine.domain.access import check_holds
from engine.domain.forms import FormInvalid
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.store.work import Unit
from engine.usecases.dossier_pages import get_dossier
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.form_checks import ReceptionCheck, check_reception
from engine.usecases.procedures import list_procedures
from engine.usecases.reception import (
    COUNTER,
    Applicant,
    ComponentsMissing,
    ReceptionView,
    preview_reception,
)
from runtime_api.errors import status_of
from runtime_api.staff import typed
from runtime_api.staff.blueprint import bp, engine

PAPER_NEEDED = Text("Giấy tờ này bắt buộc phải có.", "This paper is needed.")


@bp.get("/reception")
def reception() -> str:
    key, q = request.args.get("procedure", "")[:60], request.args.get("q", "").strip()[:100]
    with engine().reading(g.actor) as unit:
        check_holds(unit.actor, COUNTER)
        if not key:
            return render_template("staff/reception_choose.html", procedures=list_procedures(unit, q), q=q)
        view = preview_reception(unit, key, _unit_id(request.args))
        return _page(unit, view, MultiDict())


@bp.post("/reception")
def receive() -> ResponseReturnValue:
    sent = request.form
    with engine().reading(g.actor) as unit:
        view = preview_reception(unit, sent.get("procedure", "")[:60], _unit_id(sent))
    try:
        with engine().unit(g.actor) as unit:
            received = receive_dossier(unit, _read(view, sent))
    except ProcedureError as refusal:  # said on the page itself, so that nothing typed is lost
        with engine().reading(g.actor) as unit:
            return _page(unit, view, sent, refusal), status_of(refusal)
    return redirect(url_for("staff.accepted", code=received.code), 303)


@bp.post("/reception/check")
def reception_check() -> str:
    """Answer what was typed so far with the fields to show, the fee and the due date."""
    sent = request.form
    with engine().reading(g.actor) as unit:
        view = preview_reception(unit, sent.get("procedure", "")[:60], _unit_id(sent))
        check = check_reception(
            unit, view.procedure_key, view.receiving_unit_id, typed.read_fields(view.form), _kind(sent)
        )
    return render_template("staff/_reception_due.html", view=view, fee=check.fee, look=check)


@bp.get("/dossiers/<code>/accepted")
def accepted(code: str) -> str:
    with engine().reading(g.actor) as unit:
        return render_template("staff/accepted.html", dossier=get_dossier(unit, code).summary)


def _read(view: ReceptionView, sent: MultiDict[str, str]) -> Reception:
    lines = typed.papers(view.components, sent)
    return Reception(
        procedure_key=view.procedure_key,
        receiving_unit_id=view.receiving_unit_id,
        applicant=Applicant(
            kind=_kind(sent),
            name=sent.get("applicant_name", ""),
            id_no=sent.get("applicant_id_no", ""),
            phone=sent.get("applicant_phone", ""),
            email=sent.get("applicant_email", ""),
            address=sent.get("applicant_address", ""),
        ),
        data=typed.read_fields(view.form),
        components=typed.read_papers(lines),
        files=typed.read_files(lines),
        return_method=sent.get("return_method", "counter"),
        submission_key=typed.submission_key(),
    )


def _page(
    unit: Unit, view: ReceptionView, sent: MultiDict[str, str], refusal: ProcedureError | None = None
) -> str:
    """Show the screen: empty, or with what was typed and what is wrong with it."""
    raw = typed.read_fields(view.form, sent)
    check = check_reception(unit, view.procedure_key, view.receiving_unit_id, raw, _kind(sent))
    lines = typed.papers(view.components, sent or None)
    problems = _problems(refusal, check, lines)
    return render_template(
        "staff/reception.html",
        view=view,
        typed=sent,
        answered=refusal is not None,
        values={**(typed.defaults(view.form) if refusal is None else {}), **raw},
        look=check,
        fee=check.fee,
        components=lines,
        problems=problems,
        problem=typed.sentence_of(refusal) if refusal else "",
        had_files=refusal is not None and typed.had_files(),
        submission_key=sent.get("submission_key") or typed.new_key(),
        applicant_kinds=[(0, _("Công dân")), (1, _("Doanh nghiệp, tổ chức")), (2, _("Hộ kinh doanh"))],
        return_methods=typed.return_methods(),
    )


def _problems(
    refusal: ProcedureError | None, check: ReceptionCheck, lines: list[typed.Paper]
) -> dict[str, Text]:
    """Return everything that is wrong with the page at once, not only what was refused first."""
    if not isinstance(refusal, FormInvalid | ComponentsMissing):
        return {}
    for line in lines:
        if line.code in check.needed and not line.received:
            line.problem = PAPER_NEEDED
    found = dict(refusal.problems) if isinstance(refusal, FormInvalid) else {}
    return {**found, **check.problems}


def _unit_id(sent: MultiDict[str, str]) -> int | None:
    text = sent.get("unit", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _kind(sent: MultiDict[str, str]) -> int:
    return {"1": 1, "2": 2}.get(sent.get("applicant_kind", ""), 0)
