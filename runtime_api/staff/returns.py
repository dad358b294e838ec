"""The hand-back desk: a scanned slip opens its result; who took it is written; who has not come is told."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.domain.access import check_holds
from engine.domain.calendar import ZONE
from engine.domain.dossiers import BadCode, DossierCode, Status
from engine.domain.forms import Form, FormInvalid
from engine.errors import Conflict, NotFound, ProcedureError
from engine.store.work import Unit
from engine.usecases import hand_backs
from engine.usecases.dossier_pages import get_dossier
from engine.usecases.finding import find_dossiers
from engine.usecases.hand_backs import DESK, HandBack, NotReady
from engine.usecases.hand_overs import CHECKS, METHODS
from engine.usecases.provisional import code_of_provisional
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.page_words import rating_steps
from runtime_api.staff import typed
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.papers import layout_address

LONGEST_SCAN = 300


@bp.get("/returns")
def returns() -> ResponseReturnValue:
    """Show what is ready; a whole code, as a scanner types it, opens the hand-over at once."""
    q, problem, other = request.args.get("q", "").strip()[:LONGEST_SCAN], "", ""
    before = request.args.get("before", "")
    with engine().reading(g.actor) as unit:
        check_holds(unit.actor, DESK)
        code = _scanned(unit, q)
        if code:
            try:
                hand_backs.find_hand_back(unit, code)
                return redirect(url_for("staff.hand_back", code=code), 303)
            except NotReady as refusal:
                problem, other = refusal.say(language()), code
            except NotFound:
                problem = _("Không có hồ sơ %(code)s ở nơi bạn làm việc.", code=code)
        page = find_dossiers(
            unit, q, status=Status.RESOLVED.value, before=int(before) if _is_number(before) else None
        )
    return render_template("staff/returns.html", page=page, q=q, problem=problem, other=other)


@bp.get("/returns/waiting")
def uncollected() -> str:
    """Results that nobody has fetched, the longest first."""
    with engine().reading(g.actor) as unit:
        lines, following = hand_backs.uncollected(unit, request.args.get("after", ""))
    return render_template("staff/uncollected.html", lines=lines, next=following)


@bp.post("/returns/remind")
def remind() -> ResponseReturnValue:
    chosen = [int(one) for one in request.form.getlist("dossier") if _is_number(one)]
    with engine().unit(g.actor) as unit:
        told = hand_backs.remind_uncollected(unit, chosen)
    if told:
        flash(_("Đã gửi tin nhắn nhắc %(count)s người nộp.", count=told), "success")
    else:
        flash(
            _("Không có ai được nhắc: chưa chọn, không có số di động, hoặc vừa nhắc trong ba ngày."), "info"
        )
    return redirect(url_for("staff.uncollected"), 303)


@bp.get("/returns/<code>")
def hand_back(code: str) -> str:
    with engine().reading(g.actor) as unit:
        return _page(unit, code)


@bp.post("/returns/<code>")
def hand_back_now(code: str) -> ResponseReturnValue:
    sent = request.form
    score = sent.get("score", "")
    given = HandBack(
        code=code,
        method=sent.get("method", "")[:20],
        checked_by=sent.get("checked_by", "")[:20],
        recipient_name=sent.get("recipient_name", ""),
        recipient_id_no=sent.get("recipient_id_no", ""),
        digits=sent.get("digits", "")[:20],
        is_proxy=sent.get("who") == "proxy",
        proxy_paper=sent.get("proxy_paper", ""),
        post_number=sent.get("post_number", ""),
        note=sent.get("note", ""),
        raw=typed.read_fields(_form(code)),
        score=int(score) if score in ("1", "2", "3", "4", "5") else None,
        comment=sent.get("comment", ""),
        version=int(sent["version"]) if _is_number(sent.get("version", "")) else None,
        submission_key=typed.submission_key(),
    )
    try:
        with engine().unit(g.actor) as unit:
            hand_backs.hand_back(unit, given)
    except ProcedureError as refusal:
        if status_of(refusal) in (403, 404):
            raise
        try:
            with engine().reading(g.actor) as unit:
                return _page(unit, code, refusal), status_of(refusal)
        except NotReady:
            raise refusal from None
    flash(_("Đã trả kết quả hồ sơ %(code)s.", code=code), "success")
    return redirect(url_for("staff.handed_over", code=code), 303)


@bp.get("/dossiers/<code>/handed-over")
def handed_over(code: str) -> str:
    """After the hand-over: the paper to print, and the next slip to scan."""
    with engine().reading(g.actor) as unit:
        sheet = hand_backs.hand_over_sheet(unit, code)
    return render_template(
        "staff/hand_over.html",
        sheet=sheet,
        at=sheet.at.astimezone(ZONE),
        print_now=request.args.get("print") == "1",
        layout=layout_address(),
    )


def _form(code: str) -> Form | None:
    """Return what the step asks; None where nothing is to be handed back, which the command refuses."""
    try:
        with engine().reading(g.actor) as unit:
            return hand_backs.find_hand_back(unit, code).form
    except NotReady:
        return None


def _page(unit: Unit, code: str, refusal: ProcedureError | None = None) -> str:
    view = hand_backs.find_hand_back(unit, code)
    sent = request.form if refusal else {}
    problems = dict(refusal.problems) if isinstance(refusal, FormInvalid) else {}
    rest = [one for one in view.form.fields if one.name not in hand_backs.OURS] if view.form else []
    return render_template(
        "staff/hand_back.html",
        view=view,
        typed=sent,
        problems=problems,
        problem="" if problems or not refusal else refusal.say(language()),
        must_reload=isinstance(refusal, Conflict),
        rest=rest,
        needed=frozenset(one.name for one in view.form.fields if one.required) if view.form else frozenset(),
        values=typed.read_fields(view.form) if refusal else typed.defaults(view.form),
        methods=METHODS,
        checks=CHECKS,
        submission_key=typed.submission_key() or typed.new_key(),
        dossier=get_dossier(unit, view.code).summary,
        steps=rating_steps(),
    )


def _scanned(unit: Unit, text: str) -> str:
    """Return the dossier code in what a scanner typed: a code, the slip's address, a provisional number."""
    if "://" in text:
        text = (parse_qs(urlsplit(text).query).get("code") or [""])[0]
    if re.match(r"\s*tam-", text, re.IGNORECASE):
        return code_of_provisional(unit, text) or ""
    try:
        return str(DossierCode.parse(text))
    except BadCode:
        return ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
