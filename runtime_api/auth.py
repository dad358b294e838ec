"""Signing in and out, and knowing in every request who asks: `g.actor`.

Nobody is `CITIZEN`. A view that needs a person is wrapped in `login_required`, or aborts with 401; both lead
to the sign-in page and back to where the person wanted to go.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from engine.domain.access import CITIZEN, SYSTEM, Actor
from engine.errors import NotFound, ProcedureError
from engine.store.offices import take_offices
from engine.usecases import accounts
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.sessions import QUIET, engine_of_app

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

HOMES = (  # the first role that a person holds decides where work begins
    (("RECEPTION", "SPECIALIST", "HEAD", "SIGNATORY", "CLERK", "OPINION", "RETURN_DESK"), "/staff/"),
    (("PROC_AUTHOR", "PROC_APPROVER_UNIT", "PROC_APPROVER_PROV"), "/designer/"),
    (("SUPERVISOR", "COORDINATOR"), "/leader/"),
    (("IT_ADMIN",), "/admin/"),
)

bp = Blueprint("auth", __name__)


def init_auth(app: Flask) -> None:
    """Know the person before every view, and serve the sign-in page."""
    app.before_request(_know_person)
    app.register_blueprint(bp)


def login_required(view: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Let only signed-in people into a view; others are led to the sign-in page."""

    @wraps(view)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        require_person()
        return view(*args, **kwargs)

    return guarded


def require_person() -> None:
    """Abort with 401 unless somebody is signed in; fit for `Blueprint.before_request`."""
    if g.actor.user_id is None:
        abort(401)


def safe_next(target: str) -> str:
    """Return `target` if it is the address of a page of ours, else ""."""
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return ""
    if any(ord(char) < 33 or ord(char) == 127 for char in target):
        return ""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return ""
    try:
        current_app.url_map.bind("localhost").match(parts.path, method="GET")
    except RequestRedirect:
        return target
    except HTTPException:
        return ""
    return target


def home_of(actor: Actor) -> str:
    """Return the address at which this person's work begins."""
    for roles, home in HOMES:
        if not actor.roles.isdisjoint(roles) and safe_next(home):
            return home
    return safe_next("/staff/") or "/"


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    return _page()


@bp.post("/sign-in")
def sign_in_now() -> ResponseReturnValue:
    engine = engine_of_app()
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    try:
        user_id = accounts.sign_in(engine, login, password, request.remote_addr or "")
    except ProcedureError as refusal:  # said on the form itself, so that the login stays typed
        return _page(problem=refusal.say(language()), login=login), status_of(refusal)
    with engine.reading(SYSTEM) as unit:
        actor = accounts.load_actor(unit, user_id)
        account = accounts.get_account(unit, user_id)
    session.setdefault("lang", account.language)
    session.sign_in(user_id)
    return redirect(safe_next(request.form.get("next", "")) or home_of(actor), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    session.sign_out()
    flash(_("Bạn đã đăng xuất."), "success")
    return redirect("/", 303)


def _page(problem: str = "", login: str = "") -> str:
    wanted: dict[str, Any] = {"problem": problem, "login": login}
    if current_app.extensions["motcua_settings"].demo:
        wanted |= _demo_people()
    return render_template("sign_in.html", next=safe_next(request.values.get("next", "")), **wanted)


def _demo_people() -> dict[str, Any]:
    """The table of people on the sign-in page of the demonstration."""
    from runtime_api.demo import PASSWORD, people  # only the demonstration knows them

    with engine_of_app().reading(SYSTEM) as unit:
        return {"demo_users": people(unit), "demo_password": PASSWORD}


def _know_person() -> None:
    g.actor = CITIZEN
    if session.user_id is None or request.path.startswith(QUIET):
        return
    engine = engine_of_app()
    try:
        with engine.reading(SYSTEM) as unit:
            if session.known is not None:
                take_offices(unit, session.known.organisation)
            g.actor = accounts.load_actor(unit, session.user_id)
    except NotFound:  # closed between two requests
        session.sign_out()
        return
    if asked := g.get("language_asked"):
        with engine.unit(g.actor) as unit:
            accounts.set_language(unit, asked)
