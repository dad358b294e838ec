"""Pages in a real browser: nothing is blocked, nothing breaks, nothing is fetched from elsewhere."""

from __future__ import annotations

import pytest
from browser import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

PLACES = {
    "mai.lt": ("/staff/", "/staff/reception"),
    "linh.vt": ("/staff/", "/staff/dossiers"),
    "hai.hv": ("/leader/",),
    "thao.np": ("/designer/",),
    "vinh.dq": ("/library/", "/admin/"),
}


@pytest.fixture
def troubles(page, site_url):
    """What the browser complains about, and every address outside the site that it asks for."""
    found = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda asked: found.append(asked.url) if not _is_ours(asked.url, site_url) else None)
    return found


def _is_ours(url, site_url):
    return url.startswith((site_url, "data:", "blob:"))


def sign_in(page, login):
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", DEMO_PASSWORD)
    page.click("form.stack button[type=submit]")
    page.wait_for_load_state()


@pytest.mark.dossiers
@pytest.mark.parametrize("login", PLACES)
def test_the_pages_of_a_person_open_without_a_complaint(page, troubles, login):
    sign_in(page, login)

    for place in PLACES[login]:
        answer = page.goto(place)
        assert answer.status == 200, place
        assert page.locator("main h1").count() >= 1, place
    assert troubles == []


def test_a_citizen_looks_up_and_switches_the_language(page, troubles):
    page.goto("/")
    page.goto("/lookup")
    assert page.locator("html").get_attribute("lang") == "vi"
    page.click("a.lang >> visible=true")
    page.wait_for_load_state()

    assert page.locator("html").get_attribute("lang") == "en"
    assert troubles == []


def test_scripts_that_are_not_ours_do_not_run(page):
    """What an attacker would write into a page is blocked by its policy, even where it got into the HTML."""
    page.goto("/sign-in")
    page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.hurt = 1';"
        " document.body.append(one); document.body.insertAdjacentHTML('beforeend',"
        " '<img src=x onerror=\"window.hurt = 2\">'); }"
    )

    assert page.evaluate("() => window.hurt") is None


def test_signing_out_ends_the_work(page):
    sign_in(page, "mai.lt")
    page.click("form[action$='/sign-out'] button >> visible=true")
    page.wait_for_load_state()

    page.goto("/staff/")
    assert "/sign-in" in page.url
