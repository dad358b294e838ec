"""A clerk at the counter, by keyboard alone: how many keys a dossier takes, cards, known applicants."""

from __future__ import annotations

import re

import pytest
from browser import DEMO_PASSWORD
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

CARD = "096090001234|280123456|NGUYEN VAN AN|01021990|Nam|ấp 4, xã Năm Căn, Cà Mau|15082021"


class Hand:
    """Presses keys and counts them; what is typed as a value, by hand or by a scanner, is not counted."""

    def __init__(self, page) -> None:
        self.page = page
        self.presses = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def leave(self, key: str) -> None:
        """Press a key that leads to another page."""
        with self.page.expect_navigation():
            self.press(key)
        self.page.wait_for_load_state()

    def letters(self, text: str) -> None:
        """Letters that choose something: they count."""
        self.press(*text)

    def value(self, text: str) -> None:
        self.page.keyboard.type(text)

    def at(self, name: str) -> None:
        """Wait until a field has the focus."""
        expect(self.page.locator(f'[name="{name}"]').first).to_be_focused()

    def walk_to(self, name: str) -> None:
        """Press Enter until the field has the focus."""
        for _ in range(40):
            if self.page.evaluate("document.activeElement.name") == name:
                return
            self.press("Enter")
        raise AssertionError(f"{name} is not reached by Enter")


def sign_in(page, login: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", DEMO_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()


def choose(hand: Hand, letters: str) -> None:
    hand.leave("F2")
    expect(hand.page.locator("#q")).to_be_focused()
    hand.letters(letters)
    hand.leave("Enter")
    hand.at("applicant_id_no")


def is_accepted(page, place: str) -> str:
    page.wait_for_url(re.compile(rf"/staff/dossiers/{re.escape(place)}-\d{{6}}-\d{{4}}/accepted$"))
    return page.url.split("/")[-2]


def copies(hand: Hand) -> None:
    """A certified copy, from the first key to the printed slip."""
    choose(hand, "ct")
    hand.value(CARD)
    hand.press("Enter")
    hand.at("d.doc_title")
    hand.value("Bằng tốt nghiệp")
    hand.press("Enter")
    hand.value("2")
    hand.press("Enter")
    hand.at("d.copies")
    hand.leave("F9")
    is_accepted(hand.page, "H12.41")


def test_a_certified_copy_takes_at_most_25_keys(page):
    sign_in(page, "my.nk")
    hand = Hand(page)

    copies(hand)
    hand.leave("Enter")  # the button to print has the focus

    assert "/slip" in page.url
    assert hand.presses <= 25, hand.presses
    words = page.inner_text("body")
    assert "Nguyen Van An" in words
    assert "Bản sao cần chứng thực" in words  # ticked from the beginning, as every paper that is wanted


def test_a_building_permit_takes_at_most_60_keys(page):
    sign_in(page, "mai.lt")
    hand = Hand(page)

    choose(hand, "gpxd")
    hand.value(CARD)
    hand.press("Enter")
    hand.at("d.work_type")
    hand.letters("n")  # the first choice that begins so: nhà ở riêng lẻ
    hand.walk_to("d.work_class")
    hand.press("ArrowRight" if page.input_value('[name="d.work_class"]:focus') == "III" else "Space")
    for name, value in (
        ("d.parcel_no", "128"), ("d.map_sheet", "14"), ("d.parcel_area", "200"),
        ("d.parcel_address", "ấp 4, xã Năm Căn"), ("d.build_area", "92,5"), ("d.total_floor", "185"),
        ("d.height", "7,8"), ("d.storeys", "2"),
    ):  # fmt: skip
        hand.walk_to(name)
        hand.value(value)
    hand.leave("F9")
    is_accepted(page, "H12.01")
    hand.leave("Enter")

    assert "/slip" in page.url
    assert hand.presses <= 60, hand.presses


def test_who_was_here_before_is_filled_in_by_the_telephone(page):
    sign_in(page, "my.nk")
    hand = Hand(page)
    choose(hand, "ct")
    hand.value(CARD)
    hand.press("Enter")
    hand.at("d.doc_title")
    page.fill('[name="applicant_phone"]', "0912345678")
    page.fill('[name="d.doc_title"]', "Giấy khai sinh")
    page.fill('[name="d.pages"]', "1")
    hand.leave("F9")
    first = is_accepted(page, "H12.41")

    choose(hand, "ct")
    page.locator('[name="applicant_phone"]').focus()
    hand.value("0912 345 678")
    hand.press("Enter")

    hand.at("d.doc_title")
    assert page.input_value('[name="applicant_name"]') == "Nguyen Van An"
    assert page.input_value('[name="applicant_id_no"]') == "096090001234"
    expect(page.locator("[data-known]")).to_contain_text(first)
    page.get_by_role("button", name="Dùng lại tờ khai này").click()
    assert page.input_value('[name="d.doc_title"]') == "Giấy khai sinh"


@pytest.mark.parametrize(
    "scanned",
    [
        "|||||||",
        "096090001234|1|<script>alert(1)</script>|01021990|Nam|ấp 4|1",
        "096090001234||NGUYEN VAN AN|99999999|Nam|ấp 4|15082021",
    ],
)
def test_a_code_that_is_no_card_is_told_and_fills_nothing(page, scanned):
    sign_in(page, "my.nk")
    hand = Hand(page)
    choose(hand, "ct")

    hand.value(scanned)
    hand.press("Enter")

    expect(page.locator("[data-applicant-line]")).to_contain_text("không phải mã trên thẻ căn cước")
    assert page.input_value('[name="applicant_name"]') == ""


DROPPED = """() => {
  const carried = new DataTransfer();
  carried.items.add(new File(['%PDF-1.7 bang tot nghiep'], 'bang.pdf', { type: 'application/pdf' }));
  return carried;
}"""
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f00010401"
    "00e221bc330000000049454e44ae426082"
)


def test_a_file_dropped_on_a_paper_and_a_photo_go_with_the_dossier(page):
    sign_in(page, "my.nk")
    hand = Hand(page)
    choose(hand, "ct")
    hand.value(CARD)
    hand.press("Enter")
    hand.at("d.doc_title")
    page.fill('[name="d.doc_title"]', "Bằng tốt nghiệp")
    page.fill('[name="d.pages"]', "1")
    paper = page.locator(".check-list li").first
    page.uncheck("#c-C1")

    paper.dispatch_event("drop", {"dataTransfer": page.evaluate_handle(DROPPED)})
    expect(page.locator("#c-C1")).to_be_checked()
    expect(paper.locator(".files li")).to_contain_text("đã lên máy chủ")
    camera = page.locator("#c-C1-photo")
    assert camera.get_attribute("capture") == "environment"
    camera.set_input_files({"name": "anh.png", "mimeType": "image/png", "buffer": PHOTO})
    hand.leave("F9")
    code = is_accepted(page, "H12.41")

    page.goto(f"/staff/dossiers/{code}")
    for name in ("bang.pdf", "anh.png"):
        expect(page.get_by_text(name).first).to_be_visible()


def test_a_file_dropped_beside_the_papers_leaves_the_page_as_it_is(page):
    sign_in(page, "my.nk")
    choose(Hand(page), "ct")
    page.fill('[name="applicant_name"]', "Trần Thị Bê")

    page.locator("h1").dispatch_event("drop", {"dataTransfer": page.evaluate_handle(DROPPED)})

    assert page.input_value('[name="applicant_name"]') == "Trần Thị Bê"
    assert page.locator(".check-list .files li").count() == 0


def test_a_paper_that_depends_on_an_answer_gets_its_tick_until_somebody_decides(page):
    sign_in(page, "mai.lt")
    choose(Hand(page), "gpxd")
    fire, heritage = page.locator("#c-C5"), page.locator("#c-C7")
    expect(fire).not_to_be_checked()

    page.check('[name="d.on_fire_list"]')
    expect(fire).to_be_checked()
    page.uncheck('[name="d.on_fire_list"]')
    expect(fire).not_to_be_checked()

    page.check('[name="d.on_fire_list"]')
    expect(fire).to_be_checked()
    fire.focus()
    page.keyboard.press("Space")  # the applicant does not have it with them
    page.check('[name="d.heritage_zone"]')
    expect(heritage).to_be_checked()
    expect(fire).not_to_be_checked()
