"""The editor in a real browser keeps what a file says, what it does not draw included."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from drawn_on import FULL, choose, save, tab
from playwright.sync_api import expect

from designer import outline_acts as acts
from designer import outline_events as events
from designer.message_keys import Key
from designer.outline import Words
from designer.repeats import Repeat
from designer.rows import read_rows
from designer.sheet import Sheet
from designer.starting import empty_drawing
from designer.triggers import Trigger
from engine.bpmn.definitions import load_definition
from engine.bpmn.drawn import laid_out
from engine.domain.procedures import Limit, Procedure
from engine.domain.texts import Text

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

ERROR_END = """() => {
  const m = motcuaEditor.modeler;
  const step = m.get('elementRegistry').get('T2');
  const end = m.get('modeling').appendShape(step,
    { type: 'bpmn:EndEvent', eventDefinitionType: 'bpmn:ErrorEventDefinition' },
    { x: step.x + 50, y: step.y + 400 });
  return end.id;
}"""
ROUND = """async xml => {
  const m = motcuaEditor.modeler;
  await m.importXML(xml);
  return (await m.saveXML({ format: true })).xml;
}"""
PROCEDURE = Procedure(
    key="P10", name=Text("Cấp phép", "Licence"), limit=Limit(kind="working_day", value=10, hours=Decimal(80))
)
EVERYTHING = Path("tests/engine/bpmn/everything.bpmn")


def repeated_and_keyed() -> bytes:
    """A drawing with what the table of steps makes: lists gone through, loops, keys, a decision table."""
    sheet = Sheet(laid_out(empty_drawing(PROCEDURE)))
    step = acts.add_step(sheet, "Start", "check", Text("Kiểm tra"))
    acts.set_repeat(
        sheet, step, Repeat(kind="each", items="lots", item="lot", gathered="areas", result="area")
    )
    again = acts.add_step(sheet, step, "check", Text("Làm lại"))
    acts.set_repeat(sheet, again, Repeat(kind="again", condition="wrong = true", maximum=3, before=True))
    waits = events.add_event(sheet, again, events.WAIT_MESSAGE, Text("Chờ thuế"))
    events.set_keys(sheet, waits, [Key(name="lot", brings="lot_code", compares="parcel")])
    rule = events.add_event(sheet, waits, events.DECIDE, Text("Tính phí"))
    acts.set_decision_table(sheet, rule, "fees", "fee")
    return sheet.xml()


def meaning(xml: bytes) -> str:
    read = load_definition(xml)
    return re.sub(r"line=\d+", "", repr((read.model, read.steps)))


def test_a_drawing_that_the_editor_opened_and_saved_means_what_it_meant(editor):
    shipped = sorted(Path("bpmn_library/sets").rglob("*.bpmn"))
    drawings = [*(path.read_bytes() for path in (*shipped, EVERYTHING)), repeated_and_keyed()]
    assert len(drawings) > 3

    for xml in drawings:
        saved = editor.evaluate(ROUND, xml.decode())
        assert meaning(saved.encode()) == meaning(xml)


def test_repetitions_and_codes_of_errors_are_written_in_the_full_mode(editor, authoring):
    editor.evaluate(FULL, True)
    choose(editor, "T2")
    tab(editor, "Bao lâu")
    editor.get_by_text("Làm mấy lần").click()
    editor.get_by_label("Bước này làm").select_option("each")
    editor.get_by_label("Danh sách", exact=True).fill("parcels")
    editor.get_by_label("Gọi một dòng là").fill("parcel")
    editor.get_by_label("Các lượt").select_option("turn")
    thrown = editor.evaluate(ERROR_END)
    choose(editor, thrown)
    editor.get_by_label("Mã lỗi").fill("GIA_MAO")
    editor.get_by_label("Mã lỗi").blur()
    save(editor)

    xml = authoring.row(editor.draft).definition.xml
    found = {row.id: row for row in read_rows(xml, Words())}
    assert found["T2"].repeat == Repeat(kind="each", items="parcels", item="parcel", in_turn=True)
    assert found[thrown].trigger == Trigger(kind="error", ref="GIA_MAO")
    assert b'errorCode="GIA_MAO"' in authoring.row(editor.draft).definition.xml, (
        "what is compared is the code"
    )
    assert editor.complaints == []


def test_the_small_map_opens_and_the_whole_drawing_goes_to_the_printer(editor):
    small = editor.locator(".djs-minimap")
    was_open = "open" in small.get_attribute("class").split()
    small.locator(".toggle").click()
    expect(small).to_have_class(re.compile(r"\bopen\b") if not was_open else re.compile(r"^(?!.*\bopen\b)"))
    editor.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    editor.locator("details.editor-more > summary").click()
    editor.get_by_role("button", name="In sơ đồ").click()
    editor.wait_for_function("() => window.printed === 1")
