"""A drawing of a hundred parts in the editor; times are printed (`-s`), never asserted."""

from __future__ import annotations

import pytest
from browser import DEMO_PASSWORD
from office import open_office
from playwright.sync_api import expect
from sqlalchemy import select

from designer import outline_acts as acts
from designer.drafts import get_revision, save_draft
from designer.outline_acts import Branch
from designer.sheet import Sheet
from designer.starting import start_procedure
from engine.domain.access import SYSTEM
from engine.domain.texts import Text
from engine.store.rows import UnitRow

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

STEPS, CHOICES = 64, 17  # with a start, an end, a gateway and an end for each choice: 100 parts
OPENED = """() => [performance.getEntriesByType('navigation')[0].responseEnd,
  ...['begun', 'fetched', 'opened'].map(one => performance.getEntriesByName(`motcua-${one}`)[0].startTime)]"""
NODES = """() => motcuaEditor.modeler.get('elementRegistry')
  .filter(one => one.businessObject.$instanceOf('bpmn:FlowNode') && !one.labelTarget).length"""
MOVED = """async () => {
  const m = motcuaEditor.modeler, modeling = m.get('modeling');
  const one = m.get('elementRegistry').get('Step_20');
  const found = [];
  for (let at = 0; at < 20; at += 1) {
    const since = performance.now();
    modeling.moveElements([one], { x: at % 2 ? -10 : 10, y: 0 });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    found.push(performance.now() - since);
  }
  return found.sort((a, b) => a - b);
}"""


def hundred(xml: bytes) -> bytes:
    before = "Start"
    for number in range(STEPS):
        sheet = Sheet(xml)
        before = acts.add_step(sheet, before, "check", Text(f"Bước {number + 1}"), hours="1")
        if number < CHOICES:
            acts.decide(sheet, before, [Branch(name=Text("Đạt")), Branch(name=Text("Không"), to="end")])
            gate = sheet.target(sheet.outgoing(sheet.find(before))[0])
            before = sheet.outgoing(gate)[0].get("id")
        xml = sheet.xml()
    return xml


def test_a_drawing_of_a_hundred_parts_opens_and_is_edited(page, province, clock):
    office = open_office(province, clock)
    with office.unit("thao.np") as unit:
        owner = unit.session.scalars(select(UnitRow.id).where(UnitRow.code == "sxd")).one()
        draft = start_procedure(unit, key="BIG", name=Text("Thủ tục lớn"), owner_id=owner, limit_value=60)
        row = get_revision(unit, draft)
        save_draft(unit, draft, xml=hundred(row.definition.xml), version=row.version)
    page.goto(f"/sign-in?next=/designer/revisions/{draft}")
    page.fill("#login", "thao.np")
    page.fill("#password", DEMO_PASSWORD)
    page.click("form.stack button[type=submit]")
    page.get_by_role("link", name="Sửa bản vẽ").wait_for()

    page.goto(f"/designer/revisions/{draft}/edit")
    page.wait_for_selector("html[data-editor=ready]", state="attached")
    assert page.evaluate(NODES) == 2 + STEPS + 2 * CHOICES
    expect(page.locator("[data-editor=summary]")).not_to_contain_text("Đang kiểm tra")
    opened, moved = page.evaluate(OPENED), page.evaluate(MOVED)

    page_there, begun, fetched, ready = (round(one) for one in opened)
    print(f"\nopened in {ready} ms: page {page_there}, script {begun}, drawing {fetched}")
    print(f"a move in {moved[10]:.0f} ms (at most {moved[-1]:.0f})")
    with office.engine.reading(SYSTEM) as unit:
        assert b"Step_64" in get_revision(unit, draft).definition.xml
