"""An author revises P03 while dossiers of it run, and the province decides which of them go over.

With MOTCUA_SHOTS=FOLDER the comparison, the impact and the move leave pictures there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from authoring import AUTHOR, HEAD, PROVINCE, Authoring
from office import Office
from playwright.sync_api import expect

from engine.usecases import studies
from engine.usecases.dossiers import withdraw_dossier
from runtime_api.static_files import asset

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

SHOTS = os.environ.get("MOTCUA_SHOTS")
SELECT = (
    "id => { const m = motcuaEditor.modeler; m.get('selection').select(m.get('elementRegistry').get(id)); }"
)
WHY = "Quyết định 1500/QĐ-UBND rút ngắn bước phân công."


@pytest.fixture
def office(province, clock, app) -> Office:
    with app.test_request_context():
        if not asset("designer.js"):
            pytest.skip("the assets are not built here")
    return Office(province, clock)


def shoot(page, name: str) -> None:
    """Leave a picture on a screen and on a telephone, where somebody asked for pictures."""
    if SHOTS:
        for width in (390, 1366):
            page.set_viewport_size({"width": width, "height": 768})
            page.screenshot(path=Path(SHOTS) / f"{name}_{width}.png", full_page=True)


def test_p03_is_revised_while_dossiers_run_and_one_goes_over_while_the_other_stays(person, office):
    finished, moving, staying = office.permit(), office.permit(), office.permit()
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, finished, "Người dân đổi ý.")
    office.do(staying, "T2", "assign")
    source = Authoring(office).in_force().id

    author = person(AUTHOR, "/designer/")
    author.locator("a[href^='/designer/procedures/']", has_text="P03").or_(
        author.get_by_role("link", name=re.compile("giấy phép xây dựng"))
    ).first.click()
    author.get_by_role("button", name="Soạn bản mới từ đây").click()
    author.wait_for_selector("html[data-editor=ready]", state="attached")
    address = author.url.removesuffix("/edit")
    path, revision = urlsplit(address).path, int(address.rsplit("/", 1)[1])
    author.evaluate(SELECT, "T2")
    author.get_by_role("tab", name="Bao lâu").click()
    author.get_by_label("Số giờ làm việc").fill("1")
    author.keyboard.press("Tab")
    expect(author.locator("[data-editor=summary]")).to_contain_text("đã chứng minh")
    author.keyboard.press("Control+s")
    expect(author.locator("[data-editor=status]")).to_contain_text("Đã lưu")

    author.goto(address)
    author.get_by_role("link", name="So sánh trên sơ đồ").click()
    expect(author.locator("main")).to_contain_text("2 khác biệt")  # the hours of the step, and of all
    expect(author.locator("main")).to_contain_text("“Phân công thụ lý”: thời gian 2 giờ → 1 giờ")
    shoot(author, "compare")
    author.goto(f"{address}/impact")
    running = author.locator("#running")
    expect(running).to_contain_text("2 hồ sơ chuyển sang được")
    expect(running.get_by_role("link", name="Chuyển hàng loạt hoặc để lại")).to_have_count(0)
    author.get_by_role("button", name="Đi lại hồ sơ năm qua").click()
    expect(author.locator("#past")).to_contain_text(re.compile("Đã đi lại|Dừng tính"))
    for _ in range(10):
        studies.do_due_studies(office.engine, 5)
    author.goto(f"{address}/impact")
    expect(author.locator("#past .figures")).to_contain_text("trên 1 hồ sơ")
    shoot(author, "impact")
    author.goto(f"{address}/scenarios")
    expect(author.locator("main")).to_contain_text("11 kịch bản, tất cả như mong đợi")

    author.goto(address)
    expect(author.locator("#proof")).to_contain_text("Đã chứng minh")
    author.fill("[name=note]", "Rút ngắn bước phân công")
    author.get_by_role("button", name="Gửi lãnh đạo đơn vị duyệt").click()
    expect(author.locator("main")).to_contain_text("một người khác phải duyệt và ban hành")
    expect(author.get_by_role("button", name="Duyệt", exact=True)).to_have_count(0)
    head = person(HEAD, path)
    head.get_by_role("button", name="Duyệt", exact=True).click()
    expect(head.get_by_role("button", name="Duyệt", exact=True)).to_have_count(0)
    province = person(PROVINCE, path)
    province.get_by_role("button", name="Duyệt", exact=True).click()
    province.fill("[name=effective_from]", "23/11/2026")
    province.fill("[name=decision_no]", "1500/QĐ-UBND")
    province.get_by_role("button", name="Ban hành", exact=True).click()
    expect(province.locator("main")).to_contain_text("Đã ban hành")
    assert {office.dossier(one).revision_id for one in (moving, staying)} == {source}
    new = office.permit()
    assert office.dossier(new).revision_id == revision

    province.goto(f"{address}/impact")
    province.get_by_role("link", name="Chuyển hàng loạt hoặc để lại").click()
    expect(province.locator("main")).to_contain_text("2 trên 2 chuyển được")
    shoot(province, "migration")
    province.get_by_label("Lý do chuyển").fill(WHY)
    province.get_by_role("button", name="Chuyển 2 hồ sơ").click()
    expect(province.locator("main")).to_contain_text("2 đã chuyển, 0 ở lại, 0 hoàn lại")
    assert {office.dossier(one).revision_id for one in (moving, staying)} == {revision}
    assert office.dossier(finished).revision_id == source
    office.do(staying, "T3", "pass")  # somebody goes on with it, so it stays where it went
    province.locator("summary", has_text="Hoàn lại…").click()
    province.get_by_label("Lý do hoàn lại").fill("Chuyển nhầm đợt")
    province.get_by_role("button", name="Hoàn lại", exact=True).click()
    expect(province.locator("main")).to_contain_text("1 đã chuyển, 0 ở lại, 1 hoàn lại")
    assert office.dossier(moving).revision_id == source
    assert office.dossier(staying).revision_id == revision
    assert office.check() == {}
