"""What the keyboard and a small screen must be able to do: receive, move, decide, recover, read."""

from __future__ import annotations

import re

import pytest
from browser import DEMO_PASSWORD
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

FIELDS = {
    "applicant_phone": "0912345678",
    "d.parcel_no": "128",
    "d.map_sheet": "14",
    "d.parcel_area": "200",
    "d.parcel_address": "ấp 4, xã Năm Căn",
    "d.build_area": "92,5",
    "d.total_floor": "185",
    "d.height": "7,8",
    "d.storeys": "2",
}


def sign_in(page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", DEMO_PASSWORD)
    press(page, "Enter")


def press(page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state()
    # The browser gives the focus with a later frame than the load event: who types before is not heard.
    page.wait_for_function(
        "!document.querySelector('[autofocus]') || document.activeElement !== document.body"
    )


@pytest.fixture
def clerk(page):
    """The counter, at the reception screen of a permit, reached by keys only."""
    sign_in(page, "mai.lt")
    press(page, "F2")
    page.keyboard.type("giay phep xay")
    press(page, "Enter")
    return page


def fill_permit(page) -> None:
    for name, value in FIELDS.items():
        page.fill(f'[name="{name}"]', value)
    page.select_option('[name="d.work_type"]', "detached_house")
    page.check('[name="d.work_class"][value="IV"]')


def wait_until_kept(page) -> None:
    """Wait until the browser says that it has kept what was typed."""
    expect(page.locator("[data-draft-line]")).to_contain_text("Đã lưu trên máy này lúc")


def test_a_dossier_is_received_without_a_mouse(clerk):
    expect(clerk.locator("[name=applicant_id_no]")).to_be_focused()

    clerk.keyboard.press("Enter")
    clerk.keyboard.type("Nguyễn Văn Á")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("[name=applicant_phone]")).to_be_focused()
    fill_permit(clerk)
    press(clerk, "F9")

    assert re.search(r"/staff/dossiers/H12\.01-\d{6}-\d{4}/accepted$", clerk.url)
    expect(clerk.locator("[data-accept]")).to_be_focused()
    press(clerk, "Enter")  # it prints
    assert "/slip" in clerk.url


def test_the_fee_and_the_fields_follow_what_is_typed(clerk):
    assert clerk.is_hidden('[name="d.investor"]')

    clerk.check('[name="d.filed_by_proxy"]')
    clerk.wait_for_selector('[name="d.investor"]', state="visible")
    clerk.select_option('[name="d.work_type"]', "detached_house")

    clerk.locator(".accept-bar").get_by_text("75.000 đ").wait_for()


def test_a_power_cut_at_the_counter_loses_nothing(clerk):
    expect(clerk.locator("[name=applicant_id_no]")).to_be_focused()
    clerk.keyboard.press("Enter")
    clerk.keyboard.type("Nguyễn Văn Á")
    clerk.fill('[name="d.parcel_address"]', "ấp 4, xã Năm Căn")
    wait_until_kept(clerk)

    clerk.reload()

    expect(clerk.locator("[data-draft-restored]")).to_be_visible()
    assert clerk.input_value('[name="applicant_name"]') == "Nguyễn Văn Á"
    assert clerk.input_value('[name="d.parcel_address"]') == "ấp 4, xã Năm Căn"


def test_what_was_kept_is_gone_when_the_dossier_is_accepted(clerk):
    expect(clerk.locator("[name=applicant_id_no]")).to_be_focused()
    clerk.keyboard.press("Enter")
    clerk.keyboard.type("Nguyễn Văn Á")
    fill_permit(clerk)
    wait_until_kept(clerk)

    press(clerk, "F9")

    expect(clerk.locator("[data-draft-done]")).to_be_visible()
    owner = clerk.get_attribute("[data-draft-done]", "data-draft-owner")
    clerk.wait_for_function("async (owner) => (await motcua.store.list(owner)).length === 0", arg=owner)


def test_the_first_field_to_mend_has_the_focus(clerk):
    clerk.fill("[name=applicant_name]", "Nguyễn Văn Á")
    fill_permit(clerk)
    clerk.fill('[name="d.storeys"]', "hai")
    press(clerk, "F9")

    expect(clerk.locator('[name="d.storeys"]')).to_be_focused()
    assert "đang nhập “hai”" in clerk.inner_text('[id="f-d.storeys-err"]')


@pytest.mark.dossiers
def test_work_is_found_taken_and_decided_by_keys(page):
    sign_in(page, "linh.vt")

    page.keyboard.press("/")
    expect(page.locator("[name=q]")).to_be_focused()
    page.keyboard.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog#keys", state="hidden")  # the browser closes it in its own time
    page.keyboard.press("j")
    expect(page.locator("a.row:focus")).to_have_count(1)
    press(page, "Enter")
    assert re.search(r"/staff/tasks/\d+$", page.url)


@pytest.mark.dossiers
def test_a_draft_saves_itself_and_says_when(page):
    sign_in(page, "linh.vt")
    page.goto("/staff/?scope=role")
    for link in page.locator("a.row").all():
        page.goto(link.get_attribute("href"))
        if page.locator("#work textarea:not([name=reason])").count():
            break
        page.go_back()

    page.locator("#work textarea:not([name=reason])").first.fill("Bản vẽ tầng 2 thiếu kích thước")
    page.get_by_text(re.compile(r"Đã lưu trên máy chủ lúc \d\d:\d\d")).wait_for()
    page.reload()

    assert "Bản vẽ tầng 2 thiếu kích thước" in page.locator("#work textarea").first.input_value()


@pytest.mark.dossiers
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_scrolls_sideways_on_a_phone(page, language):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"/?lang={language}")
    places = ["/", "/lookup", "/procedures/P03", "/sign-in"]
    wide = [place for place in places if _is_wide(page, place)]
    sign_in(page, "hai.hv")
    page.goto("/staff/dossiers")
    dossier = page.locator("a.row").first.get_attribute("href")
    task = page.goto(dossier) and page.locator('a[href*="/staff/tasks/"]').first
    places = ["/staff/", "/staff/dossiers", dossier, "/leader/", "/leader/list/received"]
    if task.count():
        places.append(task.get_attribute("href"))
    wide += [place for place in places if _is_wide(page, place)]

    assert wide == []


def _is_wide(page, place: str) -> bool:
    page.goto(place)
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
