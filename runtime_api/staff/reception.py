"""Receiving a dossier in one screen, from the choice of the procedure to the printed slip."""

from __future__ import annotations

import re
from contextlib import ExitStack

from flask import g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine.domain.access import check_holds
from engine.domain.calendar import ZONE
from engine.domain.forms import FormInvalid
from engine.domain.texts import Text
from engine.errors import NotFound, ProcedureError
from engine.store.work import Unit
from engine.usecases import scans
from engine.usecases.applicants import find_applicants
from engine.usecases.dossier_pages import get_dossier
from engine.usecases.dossiers import Provisional, Received, Reception, receive_dossier
from engine.usecases.drafts import get_draft
from engine.usecases.filing_pages import count_waiting, get_filing
from engine.usecases.filings import Filing, file_request
from engine.usecases.form_checks import ReceptionCheck, check_reception
from engine.usecases.procedures import list_procedures
from engine.usecases.recents import recent_procedures
from engine.usecases.reception import (
    COUNTER,
    Applicant,
    ComponentsMissing,
    ReceptionView,
    preview_reception,
)
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.staff import typed
from runtime_api.staff.blueprint import bp, engine, looking

PAPER_NEEDED = Text("Giấy tờ này bắt buộc phải có.", "This paper is needed.")
MOST_SCANS = 50
KEPT_PAGES = 10  # procedures whose pages open without a network: those received last


@bp.get("/reception")
def reception() -> str:
    key, q = request.args.get("procedure", "")[:60], request.args.get("q", "").strip()[:100]
    with looking() as unit:
        check_holds(unit.actor, COUNTER)
        if not key:
            return _choose(unit, q)
        kept = _kept(unit, request.args.get("draft", ""), request.args.get("filing", ""))
        view = preview_reception(unit, key, _number(kept, "unit", "unit"), None)
        return _page(unit, view, kept)


@bp.post("/reception")
def receive() -> ResponseReturnValue:
    sent = request.form
    view = _view(sent)
    try:
        received = receive_now(view, sent)
    except ProcedureError as refusal:  # said on the page itself, so that nothing typed is lost
        with looking() as unit:
            return _page(unit, view, sent, refusal), status_of(refusal)
    return redirect(url_for("staff.accepted", code=received.code), 303)


@bp.post("/filings")
def keep_filing() -> ResponseReturnValue:
    """Keep what was handed in without accepting it: what is wrong is dealt with on the page of the filing."""
    sent = request.form
    view = _view(sent)
    lines = typed.papers(view.components, sent)
    wanted = _wanted_scans(sent)
    try:
        with ExitStack() as opened, engine().unit(g.actor) as unit:
            scanned = scans.open_scans(unit, view.receiving_unit_id, wanted, opened)
            number = file_request(
                unit,
                Filing(
                    procedure_key=view.procedure_key,
                    receiving_unit_id=view.receiving_unit_id,
                    applicant=read_applicant_fields(sent),
                    typed=typed.typed_values(sent),
                    files=[*typed.read_files(lines), *scanned],
                    submission_key=typed.submission_key(),
                ),
            )
    except ProcedureError as refusal:
        with looking() as unit:
            return _page(unit, view, sent, refusal), status_of(refusal)
    put_aside(view.receiving_unit_id, wanted)
    return redirect(url_for("staff.filing", number=number), 303)


@bp.get("/reception/offline")
def offline_queue() -> str:
    """What this browser took without a network; the page itself knows nothing of it."""
    with looking() as unit:
        check_holds(unit.actor, COUNTER)
    return render_template("staff/offline_queue.html")


@bp.post("/reception/offline")
def receive_offline() -> ResponseReturnValue:
    """Accept a dossier that was taken without a network; the answer is for the script that sends it."""
    sent = request.form
    try:
        received = receive_now(_view(sent), sent)
    except ProcedureError as refusal:
        return _refused(refusal), status_of(refusal)
    with looking() as unit:
        promised = get_dossier(unit, received.code).summary.promised_due
    return jsonify(
        {
            "code": received.code,
            "url": url_for("staff.accepted", code=received.code),
            "due": f"{promised.astimezone(ZONE):%d/%m/%Y}",
        }
    )


def _refused(refusal: ProcedureError) -> ResponseReturnValue:
    """Say why, and everything else that is wrong with it, so that it is mended once."""
    problems = list(refusal.problems.values()) if isinstance(refusal, FormInvalid) else []
    return jsonify(
        {
            "code": refusal.code,
            "detail": refusal.say(language()),
            "problems": [one.say(language()) for one in problems],
        }
    )


@bp.post("/reception/check")
def reception_check() -> str:
    """Answer what was typed so far with the fields to show, the fee and the due date."""
    sent = request.form
    with looking() as unit:
        view = preview_reception(unit, sent.get("procedure", "")[:60], _number(sent, "unit"), _chosen(sent))
        check = check_reception(
            unit,
            view.procedure_key,
            view.receiving_unit_id,
            typed.read_fields(view.form),
            _kind(sent),
            view.competent_unit_id if view.competent_units else None,
        )
    return render_template("staff/_reception_due.html", view=view, fee=check.fee, look=check)


@bp.get("/reception/applicants")
def applicants() -> str:
    """Answer a number with who filed under it before, to be filled in with one key."""
    key = request.args.get("procedure", "")[:60]
    with looking() as unit:
        form = preview_reception(unit, key).form if key else None
        people = find_applicants(unit, request.args.get("number", "")[:40], form)
    return render_template(
        "staff/_known_applicants.html", people=people, key=key, as_written=typed.as_people_write
    )


@bp.get("/reception/scans")
def reception_scans() -> str:
    """The folder of this desk's scanner, looked at again."""
    with looking() as unit:
        key = request.args.get("procedure", "")[:60]
        view = preview_reception(unit, key, _number(request.args, "unit"))
        waiting = scans.waiting_scans(unit, view.receiving_unit_id)
    return render_template("staff/_scans.html", scans=waiting, view=view, chosen={})


@bp.get("/dossiers/<code>/accepted")
def accepted(code: str) -> str:
    with looking() as unit:
        return render_template("staff/accepted.html", dossier=get_dossier(unit, code).summary)


def receive_now(view: ReceptionView, sent: MultiDict[str, str]) -> Received:
    """Accept what was sent; scans that were taken are put aside once the dossier is kept."""
    wanted = _wanted_scans(sent)
    with ExitStack() as opened, engine().unit(g.actor) as unit:
        files = scans.open_scans(unit, view.receiving_unit_id, wanted, opened)
        received = receive_dossier(unit, _read(view, sent, files))
    put_aside(view.receiving_unit_id, wanted)
    return received


def put_aside(receiving_unit_id: int, wanted: list[tuple[str, str]]) -> None:
    """Move scans out of the way that were kept with a dossier or a filing."""
    if wanted:
        with looking() as unit:
            scans.put_scans_aside(unit, receiving_unit_id, [name for name, _code in wanted])


def _view(sent: MultiDict[str, str]) -> ReceptionView:
    with looking() as unit:
        return preview_reception(unit, sent.get("procedure", "")[:60], _number(sent, "unit"), _chosen(sent))


def _choose(unit: Unit, q: str) -> str:
    """Show the procedures: those this clerk received last come first."""
    lines, recent = list_procedures(unit, q), recent_procedures(unit)
    if not q:
        lines.sort(key=lambda one: recent.index(one.key) if one.key in recent else len(recent))
    kept = [*recent, *(one.key for one in lines if one.key not in recent)][:KEPT_PAGES]
    return render_template(
        "staff/reception_choose.html",
        procedures=lines,
        recent=recent,
        q=q,
        waiting=count_waiting(unit),
        kept_pages=[
            url_for("staff.reception"),
            url_for("staff.offline_queue"),
            *(url_for("staff.reception", procedure=key) for key in kept),
        ],
    )


def _kept(unit: Unit, draft_id: str, filing: str) -> MultiDict[str, str]:
    """Return what the server keeps of a draft or of a filing that is to be accepted.

    A draft that is gone is no mistake: the browser may still have it.
    """
    if filing:
        return MultiDict({**get_filing(unit, filing).typed, "filing": filing})
    if not draft_id:
        return MultiDict()
    try:
        values = get_draft(unit, draft_id).values
    except NotFound:
        return MultiDict({"submission_key": draft_id} if re.fullmatch(r"[\w-]{16,64}", draft_id) else {})
    return MultiDict({**values, "submission_key": draft_id})


def read_applicant_fields(sent: MultiDict[str, str]) -> Applicant:
    """Return the applicant as typed; what it may be is judged by the use case."""
    return Applicant(
        kind=_kind(sent),
        name=sent.get("applicant_name", ""),
        id_no=sent.get("applicant_id_no", ""),
        phone=sent.get("applicant_phone", ""),
        email=sent.get("applicant_email", ""),
        address=sent.get("applicant_address", ""),
    )


def _read(view: ReceptionView, sent: MultiDict[str, str], scanned: list) -> Reception:
    lines = typed.papers(view.components, sent)
    return Reception(
        procedure_key=view.procedure_key,
        receiving_unit_id=view.receiving_unit_id,
        applicant=read_applicant_fields(sent),
        data=typed.read_fields(view.form),
        components=typed.read_papers(lines),
        files=[*typed.read_files(lines), *scanned],
        return_method=sent.get("return_method", "counter"),
        competent_unit_id=view.competent_unit_id if view.competent_units else None,
        filing_number=sent.get("filing", "")[:60],
        provisional=_provisional(sent),
        submission_key=typed.submission_key(),
    )


def _page(
    unit: Unit, view: ReceptionView, sent: MultiDict[str, str], refusal: ProcedureError | None = None
) -> str:
    """Show the screen: empty, with a draft, or with what was sent and what is wrong with it."""
    raw = typed.read_fields(view.form, sent)
    chosen = view.competent_unit_id if view.competent_units else None
    check = check_reception(unit, view.procedure_key, view.receiving_unit_id, raw, _kind(sent), chosen)
    is_kept = any(name.startswith(typed.FIELD) or name == "applicant_name" for name in sent)
    lines = typed.papers(view.components, sent if is_kept else None)
    problems = _problems(refusal, check, lines)
    return render_template(
        "staff/reception.html",
        view=view,
        typed=sent,
        answered=refusal is not None,
        values={**({} if is_kept else typed.defaults(view.form)), **raw},
        look=check,
        fee=check.fee,
        components=lines,
        problems=problems,
        problem=typed.sentence_of(refusal) if refusal else "",
        had_files=refusal is not None and typed.had_files(),
        sent=typed.sent_files(unit),
        submission_key=sent.get("submission_key") or typed.new_key(),
        scans=scans.waiting_scans(unit, view.receiving_unit_id),
        has_scanner=scans.desk_folder(unit, view.receiving_unit_id) is not None,
        chosen=dict(_wanted_scans(sent)),
        filing=get_filing(unit, sent["filing"]) if sent.get("filing") else None,
        waiting=count_waiting(unit),
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


def _wanted_scans(sent: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Return (file name, component) of the scans that were chosen; "-" is a paper that is on no list."""
    wanted = []
    for number in range(MOST_SCANS):
        name, code = sent.get(f"scan.{number}.name", "")[:255], sent.get(f"scan.{number}", "")[:60]
        if name and code:
            wanted.append((name, "" if code == "-" else code))
    return wanted


def _provisional(sent: MultiDict[str, str]) -> Provisional | None:
    number = sent.get("provisional", "")
    return Provisional(number=number[:40], taken_at=sent.get("taken_at", "")[:40]) if number else None


def _number(sent: MultiDict[str, str], name: str, address: str = "") -> int | None:
    text = sent.get(name, "") or (request.args.get(address, "") if address else "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _chosen(sent: MultiDict[str, str]) -> int | None:
    return _number(sent, "competent")


def _kind(sent: MultiDict[str, str]) -> int:
    return {"1": 1, "2": 2}.get(sent.get("applicant_kind", ""), 0)
