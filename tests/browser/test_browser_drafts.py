"""Nothing typed is lost, through a lost session or a lost network; and other people see nothing of it."""

from __future__ import annotations

import re

import pytest
from browser import DEMO_PASSWORD
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

HERE = re.compile(r"Đã lưu trên máy này lúc \d\d:\d\d:\d\d")
SERVER = re.compile(r"Đã lưu trên máy chủ lúc \d\d:\d\d:\d\d")
COPIES = "/staff/reception?procedure=P07"


def sign_in(page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", DEMO_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()


def sign_out_elsewhere(page) -> None:
    """The session ends without the page knowing, as after half an hour of silence."""
    page.context.clear_cookies()


def begin(page) -> None:
    page.goto(COPIES)
    page.fill('[name="applicant_name"]', "Trần Thị Bê")
    page.fill('[name="applicant_phone"]', "0912345678")
    page.fill('[name="d.doc_title"]', "Giấy khai sinh")


def line(page):
    return page.locator("[data-draft-line]")


def test_a_line_says_where_the_typing_is_kept_and_the_list_leads_back(page):
    sign_in(page, "my.nk")
    begin(page)
    expect(line(page)).to_contain_text(HERE)
    expect(line(page)).to_contain_text(SERVER)

    page.evaluate("indexedDB.deleteDatabase('motcua')")  # another machine has nothing of it
    page.goto("/staff/drafts")
    page.get_by_role("link", name="Trần Thị Bê").click()

    expect(page.locator('[name="d.doc_title"]')).to_have_value("Giấy khai sinh")
    expect(page.locator('[name="applicant_name"]')).to_have_value("Trần Thị Bê")


def test_a_session_that_ended_asks_to_sign_in_and_loses_nothing(page):
    sign_in(page, "my.nk")
    begin(page)
    sign_out_elsewhere(page)
    page.fill('[name="d.pages"]', "3")
    expect(line(page)).to_contain_text("Phiên làm việc đã hết")

    with page.context.expect_page() as opened:
        line(page).get_by_role("link", name="Đăng nhập lại").click()
    tab = opened.value
    tab.fill("#login", "my.nk")
    tab.fill("#password", DEMO_PASSWORD)
    tab.keyboard.press("Enter")
    tab.get_by_text("Hãy đóng thẻ này").wait_for()
    tab.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(line(page)).to_contain_text(SERVER)
    with page.expect_navigation():
        page.keyboard.press("F9")

    page.wait_for_url(re.compile(r"/accepted$"))


def test_sending_after_the_session_ended_leads_back_to_what_was_typed(page):
    sign_in(page, "my.nk")
    begin(page)
    page.fill('[name="d.pages"]', "3")
    expect(line(page)).to_contain_text(HERE)
    sign_out_elsewhere(page)

    with page.expect_navigation():
        page.keyboard.press("F9")
    page.fill("#login", "my.nk")
    page.fill("#password", DEMO_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator('[name="d.doc_title"]')).to_have_value("Giấy khai sinh")
    expect(page.locator('[name="d.pages"]')).to_have_value("3")


def test_another_person_sees_nothing_of_it_on_the_same_machine(page):
    sign_in(page, "my.nk")
    begin(page)
    expect(line(page)).to_contain_text(HERE)
    sign_out_elsewhere(page)
    sign_in(page, "diem.ct")

    page.goto(COPIES)
    page.fill('[name="applicant_name"]', "Người khác")
    expect(line(page)).to_contain_text(HERE)
    assert "Trần Thị Bê" not in page.content()
    page.goto("/staff/drafts")
    page.get_by_role("heading", name="Bản nháp của tôi").wait_for()
    assert "Trần Thị Bê" not in page.inner_text("body")


def test_a_lost_network_keeps_the_typing_here_and_sends_it_on_return(page):
    sign_in(page, "my.nk")
    begin(page)
    expect(line(page)).to_contain_text(SERVER)

    page.context.set_offline(True)
    page.fill('[name="d.pages"]', "12")
    expect(line(page)).to_contain_text("Chưa gửi được lên máy chủ")
    page.context.set_offline(False)

    expect(line(page)).not_to_contain_text("Chưa gửi được lên máy chủ")
    page.goto("/staff/drafts")
    page.get_by_role("link", name="Trần Thị Bê").first.click()
    expect(page.locator('[name="d.pages"]')).to_have_value("12")


def test_over_plain_http_the_counter_keeps_drafts_without_a_service_worker(plain_page):
    """An office network without certificates: no secure context, but nothing typed is lost there either."""
    page = plain_page
    sign_in(page, "my.nk")
    begin(page)
    expect(line(page)).to_contain_text(HERE)
    expect(line(page)).to_contain_text(SERVER)
    assert page.evaluate("[isSecureContext, 'serviceWorker' in navigator]") == [False, False]

    page.context.set_offline(True)
    page.fill('[name="d.pages"]', "12")
    expect(line(page)).to_contain_text("Chưa gửi được lên máy chủ")
    page.close()  # as when the machine is switched off
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto("/staff/drafts")
    again.get_by_role("link", name="Trần Thị Bê").first.click()

    expect(again.locator('[name="d.pages"]')).to_have_value("12")
