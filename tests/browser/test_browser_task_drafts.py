"""What is typed into the page of a step is kept too, here and on the server, and never over others' work."""

from __future__ import annotations

import re

import pytest
from browser import DEMO_PASSWORD
from office import open_office
from playwright.sync_api import expect

from engine.store.rows import WorkItemRow
from engine.usecases.tasks import save_task_draft

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

HERE = re.compile(r"Đã lưu trên máy này lúc \d\d:\d\d:\d\d")
SERVER = re.compile(r"Đã lưu trên máy chủ lúc \d\d:\d\d")
NOTE = '[name="d.appraisal_note"]'
KEPT_HERE = """() => new Promise((resolve) => {
  const asked = indexedDB.open('motcua', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('drafts', { keyPath: 'key' });
  asked.onsuccess = () => {
    const all = asked.result.transaction('drafts').objectStore('drafts').getAll();
    all.onsuccess = () => {
      resolve(all.result.map((one) => [one.state, (one.values['d.appraisal_note'] || [''])[0]]));
      asked.result.close();
    };
  };
})"""


@pytest.fixture
def office(province, clock):
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    return office


@pytest.fixture
def step(office) -> int:
    """An appraisal that waits for its specialist."""
    dossier = office.permit()
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    return office.task(dossier, "T3")


def sign_in(page) -> None:
    page.goto("/sign-in")
    page.fill("#login", "linh.vt")
    page.fill("#password", DEMO_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()


def on_server(office, step: int) -> str:
    with office.reading(None) as unit:
        return unit.session.get_one(WorkItemRow, step).draft.get("raw", {}).get("appraisal_note", "")


def line(page):
    return page.locator("[data-draft-line]")


def test_the_step_is_kept_here_and_on_the_server_and_forgotten_when_it_is_done(page, office, step):
    sign_in(page)
    page.goto(f"/staff/tasks/{step}")
    page.fill(NOTE, "Thiếu kích thước")
    expect(line(page)).to_contain_text(HERE)
    expect(line(page)).to_contain_text(SERVER)
    assert on_server(office, step) == "Thiếu kích thước"

    page.fill('[name="reason"]', "Thiếu bản vẽ móng")
    page.fill('[name="d.supplement_list"]', "Bản vẽ móng")
    with page.expect_navigation():
        page.click('[name="outcome"][value="supplement"]')

    page.goto("/staff/drafts")
    page.get_by_role("heading", name="Bản nháp của tôi").wait_for()
    assert "Kiểm tra" not in page.inner_text("main")
    assert [state for state, _ in page.evaluate(KEPT_HERE)] == ["sent"]


def test_typing_without_a_network_comes_back_after_the_page_was_closed(page, office, step):
    sign_in(page)
    page.goto(f"/staff/tasks/{step}")
    page.context.set_offline(True)
    page.fill(NOTE, "Gõ khi mất mạng")
    expect(line(page)).to_contain_text("Chưa gửi được lên máy chủ")
    expect(line(page)).to_contain_text(HERE)
    page.close()  # as when the machine is switched off
    again = page.context.new_page()
    page.context.set_offline(False)

    again.goto(f"/staff/tasks/{step}")

    expect(again.locator(NOTE)).to_have_value("Gõ khi mất mạng")
    expect(again.get_by_text("Đã khôi phục nội dung đang nhập dở")).to_be_visible()
    expect(line(again)).to_contain_text(SERVER)
    assert on_server(office, step) == "Gõ khi mất mạng"


def test_a_decision_sent_after_the_session_ended_leads_back_to_what_was_typed(page, step):
    sign_in(page)
    page.goto(f"/staff/tasks/{step}")
    page.fill(NOTE, "Đủ điều kiện")
    expect(line(page)).to_contain_text(HERE)
    page.context.clear_cookies()

    with page.expect_navigation():
        page.click('[name="outcome"][value="pass"]')
    page.fill("#login", "linh.vt")
    page.fill("#password", DEMO_PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    if f"/staff/tasks/{step}" not in page.url:
        page.goto(f"/staff/tasks/{step}")
    expect(page.locator(NOTE)).to_have_value("Đủ điều kiện")


def test_what_another_machine_wrote_meanwhile_is_not_covered_unasked(page, office, step):
    sign_in(page)
    page.goto(f"/staff/tasks/{step}")
    page.fill(NOTE, "Bản đầu")
    expect(line(page)).to_contain_text(SERVER)
    page.context.set_offline(True)
    page.fill(NOTE, "Gõ trên máy này")
    expect(line(page)).to_contain_text("Chưa gửi được lên máy chủ")
    page.goto("about:blank")
    office.at("2026-11-23 09:20")
    with office.unit("linh.vt") as unit:
        save_task_draft(unit, step, {"appraisal_note": "Sửa ở máy khác"})
    page.context.set_offline(False)

    page.goto(f"/staff/tasks/{step}")
    expect(page.locator("[data-draft-newer]")).to_be_visible()
    expect(page.locator(NOTE)).to_have_value("Sửa ở máy khác")
    page.get_by_role("button", name="Dùng nội dung trên máy này").click()

    expect(page.locator(NOTE)).to_have_value("Gõ trên máy này")


def test_typing_is_kept_within_the_promised_time_by_the_page_clock(page, office, step):
    """The page's clock runs as the test says: 0.4 s after the last key, 2 s after the first, 4 s: server."""
    sign_in(page)
    page.clock.install()
    page.goto(f"/staff/tasks/{step}")
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    page.focus(NOTE)
    kept = lambda: [note for _, note in page.evaluate(KEPT_HERE)]  # noqa: E731

    page.keyboard.type("a")
    page.clock.run_for(399)
    assert kept() == []
    page.clock.run_for(1)
    page.wait_for_function(f"async () => (await ({KEPT_HERE})()).some((one) => one[1] === 'a')")

    typed = "a"
    for _ in range(12):  # somebody who never rests: a key every 0.3 s
        page.keyboard.type("b")
        typed += "b"
        page.clock.run_for(300)
    page.wait_for_function(f"async () => (await ({KEPT_HERE})()).some((one) => one[1].length > 6)")
    page.clock.run_for(4000)
    expect(line(page)).to_contain_text(SERVER)
    page.clock.run_for(4000)
    page.wait_for_function(f"async (all) => (await ({KEPT_HERE})()).some((one) => one[1] === all)", arg=typed)
    assert on_server(office, step).startswith("abbbbbbb")
