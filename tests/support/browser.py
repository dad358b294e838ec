"""A test client that behaves as a browser does: it keeps cookies and sends the form's own token."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

DEMO_PASSWORD = "motcua-demo"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser(FlaskClient):
    """Flask's client, with sign-in; `post` sends the CSRF token unless `csrf=False`."""

    def post(self, *args: Any, csrf: bool = True, **more: Any) -> TestResponse:
        if csrf:
            more["headers"] = {"X-CSRFToken": self.csrf_token(), **(more.get("headers") or {})}
        return super().post(*args, **more)

    def csrf_token(self) -> str:
        """Read the token from the sign-in page, as it belongs to the present session."""
        found = TOKEN.search(self.get("/sign-in").text)
        assert found, "the sign-in page has no csrf_token field"
        return found[1]

    def sign_in(self, login: str, password: str = DEMO_PASSWORD) -> Browser:
        answer = self.post("/sign-in", data={"login": login, "password": password})
        assert answer.status_code == 303, answer.text
        return self


def cookies_of(app: Any, login: str, site_url: str) -> list[dict[str, str]]:
    """Return the cookies of somebody who has signed in, for a real browser: `context.add_cookies(…)`."""
    browser = app.test_client()
    browser.sign_in(login)
    kept = browser._cookies.values()
    return [{"name": one.key, "value": one.value, "url": site_url} for one in kept]
