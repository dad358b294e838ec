"""Dossiers: finding one, its page, its files, and ending it early."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.domain.dossiers import Status
from engine.errors import ProcedureError
from engine.store.work import Unit
from engine.usecases import dossier_pages, dossiers
from engine.usecases.finding import find_dossiers
from engine.usecases.talk import may_be_mentioned, talk_of
from engine.usecases.undoing import undoable
from engine.usecases.watching import is_watched, mark_seen, news_of
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.staff.blueprint import bp, engine, looking
from runtime_api.staff.drawings import draw_progress
from runtime_api.staff.typed import new_key


@bp.get("/dossiers")
def find() -> str:
    asked = {"q": request.args.get("q", "").strip()[:100], "status": request.args.get("status", "")[:30]}
    with looking() as unit:
        found = find_dossiers(
            unit, asked["q"], status=asked["status"], before=_cursor(request.args.get("before", ""))
        )
    statuses = [(one.value, one.label) for one in Status]
    return render_template("staff/dossiers.html", found=found, asked=asked, statuses=statuses)


@bp.get("/dossiers/<code>")
def dossier(code: str) -> str:
    with looking() as unit:
        view = dossier_pages.get_dossier(unit, code)
        page = _page(unit, view)
        news = news_of(unit, code) if is_watched(unit, view.summary.id) else None
    if news:
        with engine().unit(g.actor) as unit:
            mark_seen(unit, news)
    return page


@bp.get("/dossiers/<code>/diagram")
def diagram(code: str) -> str:
    """The whole diagram, at the size at which it was drawn."""
    with looking() as unit:
        view = dossier_pages.get_dossier(unit, code)
        drawing = draw_progress(unit, view.definition_hash, view.marks)
    return render_template("staff/diagram.html", dossier=view.summary, drawing=drawing)


@bp.post("/dossiers/<code>/withdraw")
def withdraw(code: str) -> ResponseReturnValue:
    return _end(
        code,
        lambda unit, dossier_id: dossiers.withdraw_dossier(
            unit, dossier_id, request.form.get("withdraw_reason", "")
        ),
        _("Đã ghi nhận việc rút hồ sơ %(code)s. Hãy trả lại giấy tờ cho người nộp.", code=code),
    )


@bp.post("/dossiers/<code>/stop")
def stop(code: str) -> ResponseReturnValue:
    return _end(
        code,
        lambda unit, dossier_id: dossiers.stop_dossier(
            unit, dossier_id, request.form.get("stop_reason", ""), request.form.get("stop_ground", "")
        ),
        _("Đã dừng giải quyết hồ sơ %(code)s.", code=code),
    )


def _end(code: str, act: Any, said: str) -> ResponseReturnValue:
    """End a dossier; a refusal comes back on the page with what was typed."""
    try:
        with engine().unit(g.actor) as unit:
            act(unit, dossier_pages.get_dossier(unit, code).summary.id)
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        with engine().reading(g.actor) as unit:
            return page_of(unit, code, refusal), status_of(refusal)
    flash(said, "success")
    return redirect(url_for("staff.dossier", code=code), 303)


def page_of(unit: Unit, code: str, refusal: ProcedureError | None = None) -> str:
    """Return the page of a dossier, with a refusal in its place."""
    return _page(unit, dossier_pages.get_dossier(unit, code), refusal)


def _page(unit: Unit, view: dossier_pages.DossierView, refusal: ProcedureError | None = None) -> str:
    waiting = [one for one in view.steps if one.status == "open"]
    return render_template(
        "staff/dossier.html",
        view=view,
        dossier=view.summary,
        watched=is_watched(unit, view.summary.id),
        talk=talk_of(unit, view.summary.id, limited=view.summary.limited),
        mentionable=may_be_mentioned(unit, view.summary.id),
        waiting=waiting,
        now=unit.now,
        payment=_payments().get(view.summary.payment_status, ""),
        drawing=draw_progress(unit, view.definition_hash, view.marks),
        problem=refusal.say(language()) if refusal else "",
        typed=request.form,
        choices=view.choices,
        choice_key=new_key(),
        undoable=undoable(unit, view.summary.id),
    )


def _payments() -> dict[str, str]:
    return {"due": _("chưa thu"), "paid": _("đã thu"), "waived": _("được miễn"), "refunded": _("đã hoàn")}


def _cursor(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
