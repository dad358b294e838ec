"""What a page of the office costs: itself and all it asks for, packed, with the heads of the answers.

What a real browser fetches is counted in tests/browser/test_browser_slow_lines.py.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

import pytest
from lxml import html
from site_pages import pages_of, ways_on

from runtime_api import static_files

pytestmark = [pytest.mark.sqlite, pytest.mark.dossiers]

FIRST = 60 * 1024
AFTER = 15 * 1024
MOST_REQUESTS = 16
OFFICE = ("staff.", "leader.")
PACKED = {"Accept-Encoding": "gzip"}  # on plain http, where offices are, browsers ask for no more

MANIFEST = Path(static_files.__file__).parent / "static" / "dist" / "manifest.json"
built = pytest.mark.skipif(not MANIFEST.exists(), reason="the assets are not built here")


@dataclass(frozen=True)
class Cost:
    """Opening a page: bytes of the page alone, bytes with all it asks for, and how many requests."""

    page: int
    all: int
    requests: int


def cost_of(browser, address):
    answer = browser.get(address, headers=PACKED)
    assert answer.status_code == 200, address
    page, alone = size_of(answer), html.document_fromstring(_text(answer))
    wanted = [one.get("href") for one in alone.iter("link")]
    wanted += [one.get("src") for tag in ("script", "img") for one in alone.iter(tag) if one.get("src")]
    files = {urljoin(address, one) for one in wanted if not one.startswith("data:")}
    for style in [one for one in files if ".css" in one]:
        files |= named_in(browser, style)
    return Cost(page, page + sum(size_at(browser, one) for one in files), 1 + len(files))


@cache
def named_in(browser, style):
    named = re.findall(r"url\([\"']?([^\"')]+)", _text(browser.get(style, headers=PACKED)))
    return frozenset(urljoin(style, one) for one in named if not one.startswith("data:"))


@cache
def size_at(browser, address):
    return size_of(browser.get(address, headers=PACKED))


def size_of(answer):
    assert answer.status_code == 200, answer.request.path
    return len(answer.data) + sum(len(name) + len(value) + 4 for name, value in answer.headers)


def _text(answer):
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.data) if packed else answer.data).decode()


@built
@pytest.mark.parametrize("login", ["mai.lt", "linh.vt", "nhi.ty", "khoa.nd", "hai.hv"])
def test_every_page_of_the_office_is_light_and_leads_on(app, login):
    places = [one for one in pages_of(app, login) if one.view.startswith(OFFICE)]
    browser = app.test_client()
    browser.sign_in(login)

    heavy = []
    for place in places:
        cost = cost_of(browser, place.address)
        if cost.page > AFTER or cost.all > FIRST or cost.requests > MOST_REQUESTS:
            heavy.append(f"{place.view}: {cost}")
        if not ways_on(place):
            heavy.append(f"{place.view}: a dead end")
    assert not heavy, "\n" + "\n".join(heavy)


@built
def test_the_reception_form_of_every_procedure_is_light(app):
    browser = app.test_client()
    browser.sign_in("mai.lt")
    first = html.document_fromstring(browser.get("/staff/reception").text)
    forms = {one for one in first.xpath("//a/@href") if "/staff/reception?procedure=" in one}
    assert forms

    costs = {one: cost_of(browser, one) for one in sorted(forms)}
    print(*(f"{one} {cost.page} {cost.all}" for one, cost in costs.items()), sep="\n")
    assert {one: cost for one, cost in costs.items() if cost.page > AFTER or cost.all > FIRST} == {}
