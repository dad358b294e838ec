"""The page of a step in a real browser: its tour by keys, the diagram in its box, the law it rests on."""

from __future__ import annotations

import pytest
from accessibility import check_accessible
from browser import cookies_of
from office import open_office
from playwright.sync_api import expect

from engine.domain.access import SYSTEM
from engine.store.law_rows import LegalDocumentRow

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
LAW = "50/2014/QH13"


@pytest.fixture
def desk(page, app, province, clock, site_url):
    """A specialist at the page of a step; the law of the step stands in the register."""
    office = open_office(province, clock)
    with province.unit(SYSTEM) as unit:
        unit.session.add(LegalDocumentRow(number=LAW, title="Luật Xây dựng", changed_at=unit.now))
    dossier = office.permit()
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    task = office.task(dossier, "T3")
    page.context.add_cookies(cookies_of(app, "linh.vt", site_url))
    page.goto(f"/staff/tasks/{task}")
    return page


def test_the_tour_is_walked_by_keys_and_does_not_come_again(desk):
    offer, box = desk.locator("[data-tour]"), desk.locator(".tour-box")
    expect(offer).to_be_visible()
    desk.locator("[data-tour-start]").focus()
    desk.keyboard.press("Enter")
    expect(box).to_be_visible()
    expect(box.locator(".btn.main")).to_be_focused()
    first = box.locator(".tour-title").inner_text()

    desk.keyboard.press("ArrowRight")
    expect(box.locator(".tour-title")).not_to_have_text(first)
    desk.keyboard.press("ArrowLeft")
    expect(box.locator(".tour-title")).to_have_text(first)
    check_accessible(desk)

    desk.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(desk.locator("#main")).to_be_focused()  # the offer is gone, so the page has the focus
    expect(offer).to_be_hidden()

    desk.reload()
    expect(desk.locator("[data-tour-again]")).to_be_visible()
    expect(offer).to_be_hidden()
    desk.locator("[data-tour-again]").focus()
    desk.keyboard.press("Enter")
    expect(box).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("[data-tour-again]")).to_be_focused()


@pytest.mark.parametrize("width", [1366, 390])
def test_the_diagram_is_whole_in_its_box_and_comes_nearer_by_keys_and_buttons(desk, width):
    desk.set_viewport_size({"width": width, "height": 768})
    desk.reload()
    box = desk.locator("[data-drawing]")
    assert box.locator(".bpmn-userTask, .bpmn-task").count() > 8  # not only the step and its neighbours
    shown = box.evaluate(
        "(box) => { const one = box.querySelector('.is-now').getBoundingClientRect(), all = "
        "box.getBoundingClientRect(); return one.left >= all.left && one.right <= all.right "
        "&& one.top >= all.top && one.bottom <= all.bottom; }"
    )
    assert shown, "the step where the dossier is lies in sight"
    before = box.locator("svg").evaluate("(svg) => svg.clientWidth")

    desk.get_by_role("button", name="Phóng to sơ đồ").click()
    nearer = box.locator("svg").evaluate("(svg) => svg.clientWidth")
    box.focus()
    desk.keyboard.press("0")
    fitted = box.locator("svg").evaluate("(svg) => svg.clientWidth")
    assert fitted < before < nearer
    assert fitted <= box.evaluate("(box) => box.clientWidth")
    assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_law_of_a_step_leads_to_the_register(desk):
    desk.locator(".law a").first.click()
    expect(desk.locator("h1")).to_contain_text(LAW)
