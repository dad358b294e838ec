"""Talking about a dossier: comments, the private note, following it."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import ProcedureError
from engine.usecases import talk, watching
from runtime_api.errors import status_of
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.dossiers import page_of
from runtime_api.staff.typed import whole


@bp.post("/dossiers/<code>/comments")
def add_comment(code: str) -> ResponseReturnValue:
    return _said(code, lambda unit: talk.add_comment(unit, code, request.form.get("text", "")))


@bp.post("/dossiers/<code>/comments/<int:comment_id>")
def edit_comment(code: str, comment_id: int) -> ResponseReturnValue:
    version = whole(request.form.get("version", ""))
    if request.form.get("delete"):
        return _said(code, lambda unit: talk.delete_comment(unit, comment_id, version))
    text = request.form.get("text", "")
    return _said(code, lambda unit: talk.edit_comment(unit, comment_id, text, version))


@bp.post("/dossiers/<code>/note")
def keep_note(code: str) -> ResponseReturnValue:
    return _said(code, lambda unit: talk.keep_note(unit, code, request.form.get("text", "")))


@bp.post("/dossiers/<code>/watch")
def watch(code: str) -> ResponseReturnValue:
    if request.form.get("stop"):
        answer = _said(code, lambda unit: watching.unwatch(unit, code), place="")
        flash(_("Không theo dõi hồ sơ %(code)s nữa.", code=code), "success")
        return answer
    return _said(code, lambda unit: watching.watch(unit, code), place="")


def _said(code: str, act, place: str = "talk") -> ResponseReturnValue:
    """Act; a refusal is said on the page of the dossier, what was typed comes back with it."""
    try:
        with engine().unit(g.actor) as unit:
            act(unit)
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        with engine().reading(g.actor) as unit:
            return page_of(unit, code, refusal), status_of(refusal)
    return redirect(url_for("staff.dossier", code=code, _anchor=place or None), 303)
