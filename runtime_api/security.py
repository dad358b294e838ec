"""What every answer and every request must satisfy: headers, hosts, sizes, forgery, readable text.

Scripts run only from our own files or with the nonce of the answer (`csp_nonce()` in templates); styles come
from our own files, `style` attributes are allowed because the diagram editor writes them.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError

from engine.settings import Settings

FORM_PARTS = 1000
FORM_MEMORY = 4 * 1024 * 1024  # a diagram of 2 MB, written as form data
LARGEST_ID = 2**63 - 1
READING = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PARTS = ("text/css", "text/javascript", "font/woff2")  # of a page; no documents
HEADERS_OF_PARTS = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")

csrf = CSRFProtect()


class RowId(IntegerConverter):
    """A number in an address that a database can hold; a longer one is simply not found."""

    def to_python(self, value: str) -> int:
        number = super().to_python(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number


def init_security(app: Flask, settings: Settings) -> None:
    """Apply the rules to `app`; call before any blueprint is registered."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=settings.max_request,
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY,
        MAX_FORM_PARTS=FORM_PARTS,
        SESSION_COOKIE_NAME="__Host-motcua" if settings.is_https else "motcua",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=settings.session_life),
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
    )
    app.url_map.converters["int"] = RowId
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    csrf.init_app(app)
    app.before_request(_check_request)
    app.after_request(_Headers(settings.is_https))
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def csp_nonce() -> str:
    """Return the nonce of this answer, for `<script nonce>`."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


class _Headers:
    """Puts the headers on every answer; a view may have set its own."""

    def __init__(self, is_https: bool) -> None:
        self.is_https = is_https

    def __call__(self, response: Response) -> Response:
        is_part = response.mimetype in PARTS and request.endpoint == "static"
        for name in HEADERS_OF_PARTS if is_part else HEADERS:
            response.headers.setdefault(name, HEADERS[name])
        if not is_part:  # half a kilobyte each, a dozen times a page
            response.headers.setdefault("Content-Security-Policy", _policy())
        if self.is_https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response


def _policy() -> str:
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{nonce}",
            f"style-src 'self'{nonce}",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def _check_request() -> None:
    """Refuse text that no database can hold, and writing that comes from somebody else's page."""
    if "\x00" in request.path or any("\x00" in value for value in request.args.values()):
        raise BadRequest("NUL in the address")
    if request.method in READING:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden("the request comes from another site")
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        raise Forbidden("the request comes from another site")
    for values in request.form.listvalues():
        if any("\x00" in value for value in values):
            raise BadRequest("NUL in a field")
