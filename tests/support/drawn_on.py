"""What a person does in the diagram editor, by a real browser."""

from __future__ import annotations

from browser import DEMO_PASSWORD
from playwright.sync_api import expect

SELECT = """id => {
  const m = motcuaEditor.modeler;
  m.get('selection').select(m.get('elementRegistry').get(id));
}"""
FULL = """isOn => {
  const box = document.querySelector('[data-editor=full]');
  box.checked = isOn;
  box.dispatchEvent(new Event('change'));
}"""


def open_editor(page, draft: int, language: str = "vi") -> None:
    page.goto(f"/sign-in?lang={language}&next=/designer/revisions/{draft}/edit")
    page.fill("#login", "thao.np")
    page.fill("#password", DEMO_PASSWORD)
    page.click("form.stack button[type=submit]")
    page.wait_for_selector("html[data-editor=ready]", state="attached")


def choose(page, key: str) -> None:
    page.evaluate(SELECT, key)


def tab(page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def save(page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("[data-editor=status]")).to_contain_text("Đã lưu")
