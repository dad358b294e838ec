"""An author draws a new step into the certified copy; others approve and publish; the counter follows it.

With MOTCUA_SHOTS=FOLDER the editor and the review leave pictures there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from office import Office
from playwright.sync_api import expect

from engine.usecases.reception import ReceivedComponent

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

SHOTS = os.environ.get("MOTCUA_SHOTS")
COPY = {"doc_title": "Bằng tốt nghiệp đại học", "pages": "2", "copies": "1"}
ON_THE_FLOW = """id => {
  const modeler = motcuaEditor.modeler, canvas = modeler.get('canvas');
  const bend = modeler.get('elementRegistry').get(id).waypoints[1];
  const view = canvas.viewbox(), box = canvas.getContainer().getBoundingClientRect();
  return [box.left + (bend.x - view.x) * view.scale, box.top + (bend.y - 12 - view.y) * view.scale];
}"""
SELECT = (
    "id => { const m = motcuaEditor.modeler; m.get('selection').select(m.get('elementRegistry').get(id)); }"
)


def shoot(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def receive_copy(office: Office) -> int:
    papers = [ReceivedComponent(code="C1")]
    return office.receive("my.nk", "P07", "nam-can", COPY, components=papers)


def test_a_step_is_drawn_checked_approved_published_and_then_followed(person, province, clock):
    office = Office(province, clock)
    running = receive_copy(office)
    author = person("nga.tt", "/designer/")
    author.get_by_role("link", name=re.compile("Chứng thực bản sao")).first.click()
    author.get_by_role("button", name="Soạn bản mới từ đây").click()
    author.wait_for_selector("html[data-editor=ready]", state="attached")
    address = author.url.removesuffix("/edit")

    author.locator(".djs-palette [data-action='create']").click()
    author.keyboard.type("tham dinh")
    author.locator(".djs-popup .entry", has_text="Thẩm định hồ sơ").click()
    x, y = author.evaluate(ON_THE_FLOW, "F_received")
    author.mouse.move(x - 40, y - 60)
    author.mouse.move(x, y, steps=6)
    author.mouse.click(x, y)
    author.keyboard.press("Escape")
    expect(author.locator(".panel-head h2")).to_have_text("Thẩm định hồ sơ")
    author.get_by_label("Tên (tiếng Việt)").fill("Đối chiếu số bản")
    author.get_by_label("Tên tiếng Anh").fill("Compare the number of copies")
    expect(author.locator(".panel-head h2")).to_have_text("Đối chiếu số bản")
    author.get_by_role("tab", name="Ai").click()
    author.get_by_label("Vai trò").select_option("CIVIL_STATUS")
    author.get_by_role("tab", name="Bao lâu").click()
    author.get_by_label("Số giờ làm việc").fill("0,5")
    author.keyboard.press("Tab")

    summary = author.locator("[data-editor=summary]")
    expect(summary).to_contain_text("1 lỗi")  # half an hour more than the law gives
    author.locator(".editor-findings summary").click()
    expect(author.locator(".editor-findings")).to_contain_text("8,5")
    shoot(author, "editor_error")
    author.evaluate(SELECT, "T2")
    author.get_by_label("Số giờ làm việc").fill("2,5")
    author.keyboard.press("Tab")
    expect(summary).not_to_contain_text("lỗi phải sửa")
    author.keyboard.press("Control+s")
    expect(author.locator("[data-editor=status]")).to_contain_text("Đã lưu")
    shoot(author, "editor_saved")

    author.goto(f"{address}/scenarios")  # the examples of the old way stop at the new step
    for _ in range(4):
        author.get_by_role("button", name="Kết quả mới là đúng").first.click()
    expect(author.locator("main")).to_contain_text("4 kịch bản, tất cả như mong đợi")
    shoot(author, "scenarios_accepted")
    author.goto(address)
    author.fill("[name=note]", "Thêm bước đối chiếu số bản")
    author.get_by_role("button", name="Gửi lãnh đạo đơn vị duyệt").click()
    head = person("binh.lc", urlsplit(address).path)
    expect(head.locator("main")).to_contain_text("Đối chiếu số bản")
    shoot(head, "review")
    head.get_by_role("button", name="Duyệt", exact=True).click()
    province_desk = person("lan.dt", urlsplit(address).path)
    province_desk.get_by_role("button", name="Duyệt", exact=True).click()
    province_desk.fill("[name=effective_from]", "23/11/2026")
    province_desk.fill("[name=decision_no]", "1500/QĐ-UBND")
    province_desk.get_by_role("button", name="Ban hành", exact=True).click()
    expect(province_desk.locator("main")).to_contain_text("Đã ban hành")

    new = receive_copy(office)
    assert office.open_steps(running) == ["T2"]
    [step] = office.open_steps(new)
    assert step not in ("T1", "T2")
    office.do(new, step)
    assert office.open_steps(new) == ["T2"]
    assert office.check() == {}
