"""Files in a real browser: sent in pieces through cuts and reloads, looked at beside the form."""

from __future__ import annotations

import re

import pytest
from accessibility import check_accessible
from browser import DEMO_PASSWORD
from office import open_office
from papers import pdf
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

PIECE = 256 * 1024


@pytest.fixture
def task(page, province, clock):
    """The page of a step, opened by the head who does it."""
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    task = office.task(office.permit(), "T2")
    page.goto("/sign-in")
    page.fill("#login", "khoa.nd")
    page.fill("#password", DEMO_PASSWORD)
    with page.expect_navigation():
        page.click("form.stack button[type=submit]")
    page.goto(f"/staff/tasks/{task}")
    return task


def choose(page, content: bytes, name: str = "bản vẽ.pdf") -> None:
    page.click("summary:has-text('Đính kèm tệp')")
    page.set_input_files("#f-files", {"name": name, "mimeType": "application/pdf", "buffer": content})


def test_a_file_survives_a_cut_and_a_reload_and_comes_whole(page, task, province):
    content = pdf() + bytes(3 * PIECE)
    pieces = []

    def cut_after_one(route):
        pieces.append(int(route.request.headers["upload-offset"]))
        if len(pieces) == 2:
            return route.abort()
        return route.continue_()

    page.route(
        "**/staff/uploads/*",
        lambda route: cut_after_one(route) if route.request.method == "PATCH" else route.continue_(),
    )
    choose(page, content)
    line = page.locator("[data-upload] .files li")
    expect(line).to_contain_text("mất kết nối")

    page.reload()
    expect(line).to_contain_text("đã lên máy chủ")
    assert pieces[0] == 0
    assert pieces[-1] >= 3 * PIECE - PIECE, "it went on from where it was"
    assert pieces.count(0) == 1, "nothing was sent twice"
    check_accessible(page)

    with page.expect_navigation():
        page.keyboard.press("Alt+1")
    assert page.locator(".flash.good").count() == 1
    stored = list(province.files.names())
    with province.files.open(stored[0]) as stream:
        assert stream.read() == content


def test_the_form_waits_until_a_file_has_come(page, task):
    page.route(
        "**/staff/uploads/*",
        lambda route: route.abort() if route.request.method == "PATCH" else route.continue_(),
    )
    choose(page, pdf())
    expect(page.locator("[data-upload] .files li")).to_contain_text("mất kết nối")

    page.keyboard.press("Alt+1")
    expect(page.locator("[data-upload-wait]")).to_contain_text("Còn tệp đang tải lên")
    page.click("button:has-text('Bỏ tệp')")
    with page.expect_navigation():
        page.keyboard.press("Alt+1")
    assert page.locator(".flash.good").count() == 1


def test_a_file_of_the_wrong_kind_is_refused_at_once_in_a_sentence(page, task):
    choose(page, b"<html>", "đơn.pdf")

    expect(page.locator("[data-upload] .files li.held")).to_contain_text("Không nhận tệp")


def test_papers_are_read_beside_the_form_and_nothing_typed_is_lost(page, task):
    choose(page, pdf(pages=3))
    expect(page.locator("[data-upload] .files li")).to_contain_text("đã lên máy chủ")
    with page.expect_navigation():
        page.keyboard.press("Alt+1")
    page.goto("/staff/dossiers")
    page.click("a.row >> nth=0")
    page.click("a[data-look] >> visible=true >> nth=-1")

    viewer = page.locator("[data-look-here]")
    expect(viewer.locator("img")).to_be_visible()
    expect(viewer).to_contain_text("Trang 1 trên 3")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("Trang 2 trên 3")
    check_accessible(page)
    assert re.search(r"/staff/dossiers/[^/]+$", page.url)

    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
