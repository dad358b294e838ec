"""No dead ends: whatever is refused to whom, the page says so and leads on, in its main part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from office import open_office
from pages import read
from site_pages import STARTS

from runtime_api.app import create_app

pytestmark = pytest.mark.sqlite
FORBIDDEN = dict.fromkeys(("vinh.dq", "hai.hv", "thao.np", "lan.dt"), "/staff/returns")  # they manage
PLACES = {
    "gone": ("/staff/dossiers/H12.01-261123-0999", 404),
    "crooked": ("/staff/tasks/99999999", 404),
    "unknown": ("/staff/no-such-page", 404),
    "forbidden": ("/admin/", 403),
}


@pytest.fixture
def browse(app, province, clock):
    open_office(province, clock)

    def sign_in(login):
        client = app.test_client()
        return client.sign_in(login) if login else client

    return sign_in


def ways_on(answer):
    return [one for one in read(answer).tree.xpath("//main//a/@href") if one.startswith("/")]


@pytest.mark.parametrize("login", [one for one in STARTS if one])
def test_each_refusal_leads_each_person_to_a_page_that_opens(browse, login):
    client = browse(login)
    for what, (path, status) in PLACES.items():
        if what == "forbidden" and login in FORBIDDEN:
            path = FORBIDDEN[login]
        for language in ("vi", "en"):
            answer = client.get(f"{path}?lang={language}")

            ways = ways_on(answer)
            assert answer.status_code == status, (what, answer.status_code)
            assert ways, f"{what} is a dead end for {login}"
            assert all(client.get(one).status_code < 400 for one in ways), (what, ways)


def test_somebody_unknown_is_led_to_the_sign_in_and_to_the_first_page(browse):
    client = browse("")
    hidden = client.get("/staff/")
    unknown = client.get("/no-such-page")

    assert hidden.status_code == 303
    assert client.get(hidden.location).status_code == 200
    assert unknown.status_code == 404
    assert all(client.get(one).status_code == 200 for one in ways_on(unknown))


LANDMARKS = {"header", "nav", "main", "aside", "footer"}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/lookup"])
def test_everything_that_is_said_stands_in_a_landmark_the_banner_of_the_demo_too(province, settings, path):
    """But the link that skips to the main part, which must come before all of them."""
    client = create_app(province, replace(settings, demo=True)).test_client()

    body = read(client.get(path)).tree.find("body")

    said = [one for one in body if isinstance(one.tag, str) and "".join(one.itertext()).strip()]
    assert said[0].get("class") == "skip"
    assert {one.tag for one in said[1:]} - {"script", "style"} <= LANDMARKS
    (banner,) = body.xpath("./aside[contains(@class, 'demo')]")
    assert banner.get("aria-labelledby") == banner[0].get("id") == "demo"
