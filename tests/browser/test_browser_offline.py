"""Receiving without a network: the page opens, takes dossiers, prints a number, sends each once on return."""

from __future__ import annotations

import re

import pytest
from browser import DEMO_PASSWORD
from playwright.sync_api import expect
from sqlalchemy import select

from engine.domain.access import SYSTEM
from engine.store.counter_rows import ProvisionalRow
from engine.store.rows import DossierRow

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

COPIES = "/staff/reception?procedure=P07"
NUMBER = re.compile(r"TAM-[A-Z0-9]{5}-\d{6}-\d{3}")


def sign_in(page, login: str = "my.nk") -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", DEMO_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()


@pytest.fixture
def counter(page):
    """A counter whose browser has kept its pages, and has lost the network since."""
    sign_in(page)
    page.goto("/staff/reception")
    expect(page.locator("html")).to_have_attribute("data-offline-ready", "yes")
    page.context.set_offline(True)
    return page


def take(page, name: str, pages: str = "2") -> str:
    page.goto(COPIES)
    page.fill('[name="applicant_name"]', name)
    page.fill('[name="applicant_phone"]', "0912345678")
    page.fill('[name="d.doc_title"]', "Giấy khai sinh")
    page.fill('[name="d.pages"]', pages)
    page.keyboard.press("F9")
    slip = page.locator("[data-provisional]")
    expect(slip).to_be_visible()
    expect(slip).to_contain_text(name)
    return NUMBER.search(slip.inner_text())[0]


def dossiers(province) -> list[tuple[str, str]]:
    with province.reading(SYSTEM) as unit:
        return list(
            unit.session.execute(
                select(DossierRow.applicant_name, ProvisionalRow.number)
                .join(ProvisionalRow, ProvisionalRow.dossier_id == DossierRow.id)
                .order_by(DossierRow.id)
            )
        )


def test_dossiers_taken_without_a_network_become_one_each(counter, province):
    first, second = take(counter, "Trần Thị Bê"), take(counter, "Lê Văn Cê")
    assert first != second
    counter.goto("/staff/reception/offline")
    rows = counter.locator("[data-queue] tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("chờ gửi")
    assert dossiers(province) == []

    counter.context.set_offline(False)
    counter.get_by_role("button", name="Gửi ngay").click()
    expect(counter.locator("[data-queue] .tag.ok")).to_have_count(2)
    expect(counter.locator("[data-queue]")).to_contain_text(re.compile(r"H12\.41-\d{6}-0001"))
    counter.get_by_role("button", name="Gửi ngay").click()
    counter.reload()

    expect(counter.locator("[data-queue] .tag.ok")).to_have_count(2)
    assert dossiers(province) == [("Trần Thị Bê", first), ("Lê Văn Cê", second)]


def test_an_answer_that_got_lost_makes_no_second_dossier(counter, province):
    """The server accepted, the line broke before the answer came: it is sent again under the same key."""
    take(counter, "Trần Thị Bê")
    counter.context.set_offline(False)
    lost = []

    def lose_the_first(route):
        if lost or route.request.method != "POST":
            return route.continue_()
        route.fetch()  # the server has it
        lost.append(route.request.url)
        return route.abort()

    counter.context.route("**/staff/reception/offline", lose_the_first)
    counter.goto("/staff/reception/offline")
    counter.get_by_role("button", name="Gửi ngay").click()
    expect(counter.locator("[data-queue] .tag.ok")).to_have_count(1)

    assert lost
    assert [name for name, _ in dossiers(province)] == ["Trần Thị Bê"]


def test_what_is_refused_is_told_kept_and_mended(counter, province):
    take(counter, "Trần Thị Bê", pages="hai")
    counter.context.set_offline(False)
    counter.goto("/staff/reception/offline")
    counter.get_by_role("button", name="Gửi ngay").click()
    expect(counter.locator("[data-queue]")).to_contain_text("chưa nhận được")
    expect(counter.locator("[data-queue]")).to_contain_text("hai")
    assert dossiers(province) == []

    counter.get_by_role("button", name="Mở để sửa").click()
    counter.wait_for_url(re.compile("procedure=P07"))
    expect(counter.locator('[name="d.pages"]')).to_have_value("hai")
    counter.fill('[name="d.pages"]', "2")
    with counter.expect_navigation():
        counter.keyboard.press("F9")

    counter.wait_for_url(re.compile(r"/accepted$"))


def test_a_session_that_ended_meanwhile_asks_to_sign_in_and_loses_nothing(counter, province):
    take(counter, "Trần Thị Bê")
    counter.goto("/staff/reception/offline")
    counter.context.clear_cookies()
    counter.context.set_offline(False)
    counter.get_by_role("button", name="Gửi ngay").click()
    expect(counter.locator('[data-queue-note="signedOut"]')).to_be_visible()
    assert dossiers(province) == []

    counter.get_by_role("link", name="Đăng nhập lại").click()
    counter.fill("#login", "my.nk")
    counter.fill("#password", DEMO_PASSWORD)
    with counter.expect_navigation():
        counter.keyboard.press("Enter")

    expect(counter.locator("[data-queue] .tag.ok")).to_have_count(1)
    assert [name for name, _ in dossiers(province)] == ["Trần Thị Bê"]


def test_another_person_neither_sees_nor_sends_it(counter, province):
    take(counter, "Trần Thị Bê")
    counter.context.clear_cookies()
    counter.context.set_offline(False)
    sign_in(counter, "diem.ct")
    counter.goto("/staff/reception/offline")
    counter.get_by_role("button", name="Gửi ngay").click()

    expect(counter.locator("[data-queue-empty]")).to_be_visible()
    assert "Trần Thị Bê" not in counter.content()
    assert dossiers(province) == []
