"""Every page that somebody reaches: WCAG 2.2 AA by axe-core, in both languages; nothing scrolls sideways."""

from __future__ import annotations

import pytest
from accessibility import violations
from browser import DEMO_PASSWORD
from site_pages import STARTS, pages_of

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.dossiers]

_looked_at: set[tuple[str, str]] = set()  # a view is looked at once, whoever reached it first


def sign_in(page, login):
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", DEMO_PASSWORD)
    with page.expect_navigation():
        page.click("form.stack button[type=submit]")


@pytest.mark.parametrize("login", STARTS)
def test_everybody_can_use_every_page(page, app, login):
    places = pages_of(app, login)
    assert places
    if login:
        sign_in(page, login)

    found = []
    for language in ("vi", "en"):
        for place in places:
            if (place.view, language) in _looked_at:
                continue
            _looked_at.add((place.view, language))
            page.goto(f"{place.address}{'&' if '?' in place.address else '?'}lang={language}")
            found += [f"{place.view} ({language}) {one}" for one in violations(page)]
            found += [f"{place.view} ({language}) {one}" for one in sideways(page)]
    assert not found, "\n" + "\n".join(found)


def sideways(page):
    """Return lines if it scrolls sideways on a telephone, an old screen, or with text twice as large."""
    said = []
    for width in (390, 683, 1024):  # 683: a screen of 1366 at 200 %
        page.set_viewport_size({"width": width, "height": 768})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            said.append(f"scrolls {over} pixels sideways at {width}")
    page.set_viewport_size({"width": 1366, "height": 768})
    return said
