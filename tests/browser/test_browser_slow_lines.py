"""What a real browser fetches for a page, and that parts of pages come and change as promised.

MOTCUA_LINES=all measures every page of four people on a slow line with a slow processor: `./run.sh lines`.
Bytes and requests are asserted, times only told; docs/performance.md keeps the table.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass

import pytest
from browser import cookies_of
from office import open_office
from playwright.sync_api import expect
from site_pages import pages_of

from engine.usecases import bulk

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

FIRST = 60 * 1024
AFTER = 15 * 1024
MOST_REQUESTS = 16
FORM = "/staff/reception?procedure=P03"  # the heaviest
PEOPLE = ("mai.lt", "linh.vt", "nhi.ty", "khoa.nd")
ALL = os.environ.get("MOTCUA_LINES") == "all"
LINE = {
    "offline": False,
    "latency": 60,
    "downloadThroughput": 125_000,
    "uploadThroughput": 125_000,
}  # 1 Mbit/s
USABLE = "(() => { const one = performance.getEntriesByType('navigation')[0]; return one.domInteractive; })()"


@dataclass(frozen=True)
class Cost:
    """One opening of a page: bytes over the line, requests, milliseconds until it can be used."""

    size: int
    requests: int
    usable: float


def open_page(context, address: str) -> Cost:
    """Open an address in a new tab; in the campaign with the line and the processor of a weak office."""
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    if ALL:
        line.send("Network.emulateNetworkConditions", LINE)
        line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    sizes: Counter[str] = Counter()
    line.on(
        "Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]})
    )
    page.goto(address, wait_until="networkidle")
    usable = page.evaluate(USABLE)
    page.close()
    over_the_line = [size for size in sizes.values() if size > 0]
    return Cost(int(sum(over_the_line)), len(over_the_line), usable)


def heavy_ones(chromium, site_url, app, login, places) -> list[str]:
    """Open each address twice in a profile of its own; return a line for each that breaks a promise."""
    heavy = []
    print(f"\n{login}")
    for name, address in places:
        context = chromium.new_context(base_url=site_url, locale="vi-VN")
        context.add_cookies(cookies_of(app, login, site_url))
        first, again = (open_page(context, address) for _ in range(2))
        context.close()
        print(
            f"| {name} | {first.size / 1024:.1f} | {first.requests} | {first.usable / 1000:.1f}"
            f" | {again.size / 1024:.1f} | {again.requests} | {again.usable / 1000:.1f} |"
        )
        if first.size > FIRST or again.size > AFTER or first.requests > MOST_REQUESTS:
            heavy.append(f"{name}: {first}, then {again}")
    return heavy


@pytest.mark.dossiers
def test_a_real_browser_fetches_no_more_than_is_promised(chromium, app, site_url):
    browser = app.test_client()
    browser.sign_in("khoa.nd")
    step = re.search(r'href="(/staff/tasks/\d+)', browser.get("/staff/").text)[1]

    assert heavy_ones(chromium, site_url, app, "mai.lt", [("reception", FORM)]) == []
    assert heavy_ones(chromium, site_url, app, "khoa.nd", [("step", step)]) == []


@pytest.mark.dossiers
@pytest.mark.skipif(not ALL, reason="measured by ./run.sh lines")
@pytest.mark.parametrize("login", PEOPLE)
def test_every_page_on_a_slow_line(chromium, app, site_url, login):
    places = [(one.view, one.address) for one in pages_of(app, login) if one.view.startswith("staff.")]
    if "staff.reception" in dict(places):
        places.append(("form of the reception", FORM))

    heavy = heavy_ones(chromium, site_url, app, login, places)
    assert not heavy, "\n" + "\n".join(heavy)


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def desk(page, app, site_url):
    """The browser of a head of division, signed in, with a clock that the test turns."""
    page.context.add_cookies(cookies_of(app, "khoa.nd", site_url))
    page.clock.install()
    return page


def test_the_numbers_of_the_list_are_asked_for_again_by_themselves(desk, office):
    desk.goto("/staff/")
    of_role = desk.locator("[data-live] .tabs .number").first
    before = int(of_role.inner_text())

    office.permit()
    desk.clock.fast_forward("01:01")
    expect(of_role).to_have_text(str(before + 1))

    link = desk.locator("[data-live] .tabs a").first
    link.focus()
    office.permit()
    desk.clock.fast_forward("01:01")
    expect(link).to_be_focused()
    expect(of_role).to_have_text(str(before + 1))  # who stands in it is not thrown out


def test_the_progress_of_an_act_on_many_steps_moves_and_ends(desk, office):
    tasks = [office.task(office.permit(), "T2") for _ in range(3)]
    with office.unit("khoa.nd") as unit:
        number = bulk.prepare(unit, [(one, 1) for one in tasks])
        bulk.begin(unit, number, "watch", {})
    desk.goto(f"/staff/many/{number}")
    expect(desk.locator("progress")).to_have_attribute("value", "0")

    bulk.carry_out(office.engine, number, 2)
    desk.clock.fast_forward(3000)
    expect(desk.locator("progress")).to_have_attribute("value", "2")

    while bulk.carry_out(office.engine, number, 2):
        pass
    desk.clock.fast_forward(3000)
    expect(desk.locator(".flash")).to_contain_text(re.compile("Đã xong 3 việc"))


def test_a_part_that_cannot_be_asked_for_stays_and_is_asked_again(desk, office):
    desk.goto("/staff/")
    number = desk.locator("[data-live] .tabs .number").first
    before = int(number.inner_text())
    desk.route("**/staff/counts*", lambda route: route.abort())
    office.permit()
    with desk.expect_event("requestfailed"):
        desk.clock.fast_forward("01:01")
    expect(number).to_have_text(str(before))

    desk.unroute("**/staff/counts*")
    desk.clock.fast_forward("01:01")
    expect(number).to_have_text(str(before + 1))
