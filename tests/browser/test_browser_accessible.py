"""Every page that somebody reaches: WCAG 2.2 AA by axe-core; nothing scrolls sideways, in either language.

A page is looked at if it shows a kind of element, in its surroundings, that its view has not shown yet to
those before: the same list in ten roles is looked at once, and what one role adds is not missed.
"""

from __future__ import annotations

import time

import pytest
from accessibility import WCAG, violations
from browser import cookies_of
from furnished import furnish
from office import open_office
from site_pages import STARTS, pages_of, ways_on

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.dossiers]

GROUPS = {
    "counter and desk": ("", "mai.lt", "nhi.ty", "linh.vt", "khoa.nd", "hai.hv", "tuan.pm"),
    "authors and IT": ("thao.np", "lan.dt", "vinh.dq"),
}


def test_nobody_is_left_out_of_the_walk():
    assert set(STARTS) == {login for group in GROUPS.values() for login in group}


@pytest.mark.parametrize("group", GROUPS)
def test_everybody_can_use_every_page(page, app, province, clock, site_url, group):
    more = furnish(app, open_office(province, clock))
    seen: dict[str, set[str]] = {}
    views: set[str] = set()
    found, looked_at, began = [], 0, time.monotonic()
    for login in GROUPS[group]:
        page.context.clear_cookies()
        if login:
            page.context.add_cookies(cookies_of(app, login, site_url))
        for place in pages_of(app, login, more.get(login, ())):
            family = "office" if place.view.startswith("office") else place.view  # one template for all lists
            is_known = place.shape <= seen.setdefault(family, set())
            if is_known and place.view in views:
                continue
            seen[family] |= place.shape
            views.add(place.view)
            name = f"{login} {place.view} {place.address}"
            found += [] if ways_on(place) else [f"{name} is a dead end"]
            page.goto(in_language(place.address, "vi"))
            found += [f"{name} (vi) {one}" for one in sideways(page)]
            if is_known:
                continue
            looked_at += 1
            found += [f"{name} (vi) {one}" for one in violations(page, levels=WCAG)]
            page.goto(in_language(place.address, "en"))
            found += [f"{name} (en) {one}" for one in sideways(page, (390,))]
    print(f"{group}: {looked_at} pages of {len(views)} views looked at, {time.monotonic() - began:.0f} s")
    assert not found, "\n" + "\n".join(found)


def in_language(address, language):
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def sideways(page, widths=(390, 683, 1024)):
    """Return lines if it scrolls sideways on a telephone, an old screen, or with text twice as large."""
    said = []
    for width in widths:  # 683: a screen of 1366 at 200 %
        page.set_viewport_size({"width": width, "height": 768})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            said.append(f"scrolls {over} pixels sideways at {width}")
    page.set_viewport_size({"width": 1366, "height": 768})
    return said
