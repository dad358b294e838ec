"""A leader signs a batch on a telephone: 390 pixels wide, one PIN, a result for each, nothing sideways.

With MOTCUA_SHOTS=FOLDER each stage leaves a picture there.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from browser import cookies_of
from office import open_office
from playwright.sync_api import expect
from signing import to_sign

from engine.documents import pdf
from engine.store.keys import KeyStore
from runtime_api.demo_keys import PIN, give_keys

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,
    pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}"),
]
SHOTS = os.environ.get("MOTCUA_SHOTS")
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def province(province, tmp_path):
    """The province with keys for its signatories and offices."""
    engine = replace(province, keys=KeyStore(tmp_path / "keys"))
    give_keys(engine, tmp_path / "keys")
    return engine


@pytest.fixture
def phone(chromium, app, site_url, province, clock):
    """The director's telephone, with three refusals that wait."""
    to_sign(open_office(province, clock), 3)
    context = chromium.new_context(
        base_url=site_url, locale="vi-VN", viewport=PHONE, is_mobile=True, has_touch=True
    )
    context.add_cookies(cookies_of(app, "tuan.pm", site_url))
    page = context.new_page()
    yield page
    context.close()


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"signing-{name}.png", full_page=True)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def targets_below_24_pixels(page):
    """Boxes and buttons of the queue that a thumb would miss; the label of a box counts with it."""
    return page.evaluate(
        "[...document.querySelectorAll('main button, main a.btn, main label.pick, #pin')]"
        ".filter(e => e.offsetParent).map(e => e.getBoundingClientRect())"
        ".filter(r => r.height < 24 || r.width < 24).length"
    )


def test_a_leader_reads_one_and_signs_two_of_three_with_one_pin(phone):
    phone.goto("/staff/signing")
    expect(phone.locator(".to-sign > li")).to_have_count(3)
    shoot(phone, "queue")
    assert fits(phone)
    assert targets_below_24_pixels(phone) == 0

    phone.get_by_role("link", name="Xem văn bản").first.tap()
    expect(phone.get_by_text("THÔNG BÁO TỪ CHỐI").first).to_be_visible()
    shoot(phone, "paper")
    assert fits(phone)

    phone.goto("/staff/signing")
    boxes = phone.get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(2).check()
    phone.get_by_label("Mã PIN ký số").fill("000000")
    phone.get_by_role("button", name="Ký các văn bản đã chọn").tap()
    expect(phone.get_by_role("alert")).to_contain_text("Mã PIN chưa đúng")
    expect(phone.get_by_role("checkbox", checked=True)).to_have_count(2)
    shoot(phone, "wrong-pin")

    phone.get_by_label("Mã PIN ký số").fill(PIN)
    phone.get_by_role("button", name="Ký các văn bản đã chọn").tap()
    expect(phone.get_by_text("H12.01-261123-0001").first).to_be_visible()
    expect(phone.get_by_text("H12.01-261123-0003").first).to_be_visible()
    shoot(phone, "signed")
    assert fits(phone)

    phone.goto("/staff/signing")
    expect(phone.locator(".to-sign > li")).to_have_count(1)
    expect(phone.locator(".to-sign > li")).to_contain_text("H12.01-261123-0002")
