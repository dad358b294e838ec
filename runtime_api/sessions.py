"""The session of a browser: a signed cookie for visitors, a row in the database for staff.

A visitor's cookie holds no more than the language and the form token. At sign-in the visitor's session ends
and a new one begins under a new random key; only the key's hash is stored (`engine.usecases.websessions`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, session
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from engine.domain.access import SYSTEM
from engine.runtime import Engine
from engine.settings import Settings
from engine.usecases import websessions
from runtime_api.errors import UNREACHABLE, unreachable

QUIET = ("/static/", "/healthz", "/readyz", "/metrics")  # answered without looking at who asks
KEPT_AT_SIGN_IN = ("lang",)

log = logging.getLogger("motcua.web")


class BrowserSession(CallbackDict, SessionMixin):
    """What `flask.session` is: values by name; `user_id` is None until somebody signs in.

    Attributes:
        known: What was read with it; None for a visitor and for who has just signed in.
    """

    def __init__(
        self,
        values: Mapping[str, Any] = (),
        *,
        key: str = "",
        user_id: int | None = None,
        known: websessions.WebSession | None = None,
    ) -> None:
        def changed(_: object) -> None:
            self.modified = True

        super().__init__(dict(values), changed)
        self.modified = False
        self.accessed = True
        self.key = key
        self.user_id = user_id
        self.known = known
        self.is_due = False
        self.was_visitor = not key
        self.ended_key = ""
        self.trouble: Exception | None = None  # the database was away when this session was looked up

    @property
    def has_new_token(self) -> bool:
        """Whether forms of this answer carry a token that no session in the database knows yet."""
        name = current_app.config["WTF_CSRF_FIELD_NAME"]
        return self.get(name) != (self.known.data.get(name) if self.known else None)

    def sign_in(self, user_id: int) -> None:
        """Become the session of a person, from the end of this request on, under a new key."""
        kept = {name: self[name] for name in KEPT_AT_SIGN_IN if name in self}
        self.ended_key, self.key = self.key, ""
        self.clear()
        self.update(kept)
        self.user_id = user_id
        self.known = None

    def sign_out(self) -> None:
        """Become a visitor's session; the key is worth nothing from the end of this request on."""
        self.sign_in(0)
        self.user_id = None


class BrowserSessions(SessionInterface):
    """Opens and saves sessions for Flask."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.limits = websessions.Limits(
            idle=timedelta(minutes=settings.session_idle), life=timedelta(minutes=settings.session_life)
        )
        self.staff_cookie = "__Host-motcua-staff" if settings.is_https else "motcua-staff"
        self._signed = SecureCookieSessionInterface()

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        if request.path.startswith(QUIET):
            return BrowserSession()
        key = request.cookies.get(self.staff_cookie, "")
        if key:
            try:
                with self.engine.reading(SYSTEM) as unit:
                    found = websessions.read_session(unit, key, self.limits)
            except UNREACHABLE as error:  # here no error page is possible yet; the first step of the request
                away = BrowserSession()  # raises it again, where one is
                away.trouble = error
                return away
            if found is not None:
                known = BrowserSession(found.data, key=key, user_id=found.user_id, known=found)
                known.is_due = found.is_due
                return known
        visitor = self._signed.open_session(app, request) or {}
        return BrowserSession(visitor)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, BrowserSession)
        if session.trouble is not None:
            return
        try:
            self._save(app, session, response)
        except UNREACHABLE as error:
            # The answer holds, only the visit is not noted. Forms with a new token would be refused later.
            if session.key and not session.ended_key and not session.has_new_token:
                log.warning("a session could not be saved: %s", error)
            else:  # nobody was signed in or out, so the answer must not say so
                _replace(response, unreachable(error))

    def _save(self, app: Flask, session: BrowserSession, response: Response) -> None:
        if session.ended_key:
            with self.engine.unit(SYSTEM) as unit:
                websessions.close_session(unit, session.ended_key)
        if session.user_id is not None:
            self._save_staff(app, session, response)
        elif session.modified:
            self._save_visitor(app, session, response)
        if session.user_id is not None or session:
            response.vary.add("Cookie")

    def _save_staff(self, app: Flask, session: BrowserSession, response: Response) -> None:
        assert session.user_id is not None
        if session.key:
            if session.modified or session.is_due:
                with self.engine.unit(SYSTEM) as unit:
                    websessions.save_session(unit, session.key, session)
            return
        with self.engine.unit(SYSTEM) as unit:
            key = websessions.open_session(unit, session.user_id, session, self.limits)
        self._forget(app, response, self.get_cookie_name(app))
        response.set_cookie(self.staff_cookie, key, **self._flags(app))

    def _save_visitor(self, app: Flask, session: BrowserSession, response: Response) -> None:
        if session.ended_key:
            self._forget(app, response, self.staff_cookie)
        if not session:
            self._forget(app, response, self.get_cookie_name(app))
            return
        signer = self._signed.get_signing_serializer(app)
        assert signer is not None
        response.set_cookie(self.get_cookie_name(app), signer.dumps(dict(session)), **self._flags(app))

    def _forget(self, app: Flask, response: Response, name: str) -> None:
        response.delete_cookie(name, **self._flags(app))

    def _flags(self, app: Flask) -> dict[str, Any]:
        return {
            "path": "/",
            "secure": self.get_cookie_secure(app),
            "httponly": True,
            "samesite": self.get_cookie_samesite(app),
        }


def init_sessions(app: Flask, engine: Engine, settings: Settings) -> None:
    """Use these sessions. First of all that looks at a request: without its session none can be answered."""
    app.session_interface = BrowserSessions(engine, settings)
    app.before_request(_check_session)


def _check_session() -> None:
    if session.trouble is not None:
        raise session.trouble


def _replace(response: Response, other: Response) -> None:
    """Make `response` say what `other` says; its security headers stay."""
    response.headers.pop("Location", None)
    response.headers.update(other.headers)
    response.status_code = other.status_code
    response.set_data(other.get_data())


def engine_of_app() -> Engine:
    """Return the engine of the application that answers now."""
    return current_app.extensions["motcua"]
