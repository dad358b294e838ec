"""The page on which two revisions stand side by side."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from designer.comparisons import get_comparison
from designer.requests import engine, language

bp = Blueprint("compare", __name__, url_prefix="/designer", template_folder="templates")


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)


@bp.get("/revisions/<int:before_id>/compare/<int:after_id>")
def compare(before_id: int, after_id: int) -> ResponseReturnValue:
    with engine().reading(g.actor) as unit:
        page = get_comparison(unit, before_id, after_id, language(), request.args.get("at", "")[:128])
    return render_template("designer/compare.html", page=page)


@bp.get("/compare")
def choose() -> ResponseReturnValue:
    """Where the two lists of the page lead to: a form sends its choices in the query."""
    before, after = request.args.get("before", type=int), request.args.get("after", type=int)
    if not before or not after:
        abort(404)
    return redirect(url_for(".compare", before_id=before, after_id=after), 303)
