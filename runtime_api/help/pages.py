"""Views of help: the pages, searching them, and the card of a role, which is made of what is in force."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.runtime import Engine
from engine.usecases.role_cards import my_roles, role_card
from runtime_api.auth import require_person
from runtime_api.help.places import PAGES
from runtime_api.help.search import find_help
from runtime_api.i18n import language

bp = Blueprint("help", __name__, url_prefix="/help")


@bp.get("/")
def index() -> str:
    """All pages, or those that hold every word of `?q=`."""
    asked = request.args.get("q", "").strip()[:100]
    return render_template("help/index.html", asked=asked, found=find_help(asked, language()), roles=_roles())


@bp.get("/<name>")
def page(name: str) -> ResponseReturnValue:
    if name not in PAGES:
        abort(404)
    return render_template(
        "help/page.html", body=f"help/{language()}/{name}.html", name=name, others=find_help("", language())
    )


@bp.get("/card")
def my_card() -> ResponseReturnValue:
    """The card of the first role that this person holds."""
    if (answer := require_person()) is not None:
        return answer
    roles = _roles()
    if not roles:
        return redirect(url_for("help.index"), 303)
    return redirect(url_for("help.card", role=roles[0][0]), 303)


@bp.get("/card/<role>")
def card(role: str) -> ResponseReturnValue:
    if (answer := require_person()) is not None:
        return answer
    with _engine().reading(g.actor) as unit:
        found = role_card(unit, role[:40])
        day = unit.now
    return render_template("help/card.html", card=found, roles=_roles(), day=day)


def _roles() -> tuple:
    if not g.get("actor") or not g.actor.user_id:
        return ()
    with _engine().reading(g.actor) as unit:
        return my_roles(unit)


def _engine() -> Engine:
    return current_app.extensions["motcua"]
