"""The hand-back desk: a scanned slip opens its result, a few letters narrow the list of what is ready."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.domain.access import check_holds
from engine.domain.dossiers import BadCode, DossierCode, Status
from engine.errors import NotFound
from engine.store.work import Unit
from engine.usecases.dossier_pages import DossierView, get_dossier
from engine.usecases.finding import find_dossiers
from runtime_api.staff.blueprint import bp, engine

DESK = "RETURN_DESK"


@bp.get("/returns")
def returns() -> ResponseReturnValue:
    """Show what is ready; a whole code, as a scanner types it, opens the hand-over at once."""
    q, problem = request.args.get("q", "").strip()[:100], ""
    before = request.args.get("before", "")
    with engine().reading(g.actor) as unit:
        check_holds(unit.actor, DESK)
        scanned = _scanned(unit, q)
        if scanned:
            task_id = _hand_over_of(scanned)
            if task_id is not None:
                return redirect(url_for("staff.task", task_id=task_id), 303)
            problem = _("Hồ sơ %(code)s chưa có kết quả để trả ở quầy này.", code=scanned.summary.code)
        page = find_dossiers(
            unit, q, status=Status.RESOLVED.value, before=int(before) if before.isdecimal() else None
        )
    return render_template("staff/returns.html", page=page, q=q, problem=problem, scanned=scanned)


def _scanned(unit: Unit, q: str) -> DossierView | None:
    try:
        return get_dossier(unit, str(DossierCode.parse(q)))
    except (BadCode, NotFound):
        return None


def _hand_over_of(view: DossierView) -> int | None:
    """Return the open hand-over step that this desk may do."""
    opened = [one for one in view.steps if one.status == "open" and one.role in g.actor.roles]
    return opened[0].task_id if view.summary.status is Status.RESOLVED and opened else None
