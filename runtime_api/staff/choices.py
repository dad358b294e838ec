"""Work that people choose: the list stands on the pages of a dossier and its steps; a button begins it."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import ProcedureError
from engine.usecases import choosing, dossier_pages
from runtime_api.i18n import language
from runtime_api.staff import typed
from runtime_api.staff.blueprint import bp, engine
from runtime_api.staff.work import what_next


@bp.post("/dossiers/<code>/begin")
def begin_work(code: str) -> ResponseReturnValue:
    """Begin one activity; said on the page of the dossier, whichever page the button stood on."""
    node = request.form.get("node", "")[:128]
    page = redirect(url_for("staff.dossier", code=code), 303)
    with engine().reading(g.actor) as unit:
        dossier_id = dossier_pages.open_case(unit, code)[0].row.id
    try:
        with engine().unit(g.actor) as unit:
            done = choosing.begin_work(unit, dossier_id, node, submission_key=typed.submission_key())
    except ProcedureError as refusal:
        flash(refusal.say(language()), "error")
        return page
    flash(_("Đã cho bắt đầu.") + " " + what_next(done), "success")
    return page
