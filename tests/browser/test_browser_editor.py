"""The editor in a real browser: an official revises the permit procedure without a mouse-drawn line."""

from __future__ import annotations

import pytest
from authoring import Authoring
from browser import DEMO_PASSWORD
from office import open_office
from playwright.sync_api import expect

from engine.bpmn.extensions import scan_steps
from engine.bpmn.xml import parse_xml
from runtime_api.static_files import asset

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

SELECT = """id => {
  const m = motcuaEditor.modeler;
  m.get('selection').select(m.get('elementRegistry').get(id));
}"""
# One of everything that can be drawn, so that every menu is asked for its words.
MENUS = """() => {
  const modeler = motcuaEditor.modeler;
  const menu = modeler.get('popupMenu'), registry = modeler.get('elementRegistry');
  const modeling = modeler.get('modeling');
  const blank = modeler.get('elementFactory').createParticipantShape({ width: 6000, height: 400 });
  const pool = modeling.createShape(blank, { x: 4000, y: 4000 }, modeler.get('canvas').getRootElement());
  let x = 1200;
  const draw = (type, definition) => modeling.createShape(
    { type: `bpmn:${type}`, eventDefinitionType: definition && `bpmn:${definition}EventDefinition` },
    { x: x += 140, y: 4000 }, pool);
  for (const type of ['Task', 'UserTask', 'ServiceTask', 'SendTask', 'ReceiveTask', 'ManualTask',
    'SubProcess', 'BusinessRuleTask', 'CallActivity', 'Transaction', 'ExclusiveGateway', 'ParallelGateway',
    'InclusiveGateway', 'EventBasedGateway', 'StartEvent', 'EndEvent', 'IntermediateThrowEvent']) draw(type);
  for (const kind of ['Message', 'Timer', 'Conditional', 'Signal']) {
    draw('StartEvent', kind);
    draw('IntermediateCatchEvent', kind);
  }
  for (const kind of ['Message', 'Signal', 'Error', 'Escalation', 'Terminate']) draw('EndEvent', kind);
  const ask = (kind, target) => {
    const providers = menu._getProviders(kind);
    menu._getEntries(target, providers);
    menu._getHeaderEntries(target, providers);
  };
  for (const one of registry.getAll()) {
    if (one === modeler.get('canvas').getRootElement()) continue;
    for (const kind of ['bpmn-create', 'bpmn-append', 'bpmn-replace']) ask(kind, one);
    modeler.get('contextPad').getEntries(one);
  }
  const several = registry.filter(one => one.type === 'bpmn:UserTask');
  ask('align-elements', several);
  modeler.get('contextPad').getEntries(several);
  modeler.get('palette').getEntries();
  return [...motcuaEditor.missing];
}"""


@pytest.fixture
def authoring(province, clock, app) -> Authoring:
    with app.test_request_context():
        if not asset("designer.js"):
            pytest.skip("the assets are not built here")
    return Authoring(open_office(province, clock))


@pytest.fixture
def editor(page, authoring):
    """The editor, open on a new draft of P03; `editor.complaints` is what the browser says against it."""
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.draft = authoring.draft()
    open_editor(page, page.draft)
    return page


def open_editor(page, draft: int, language: str = "vi") -> None:
    page.goto(f"/sign-in?lang={language}&next=/designer/revisions/{draft}/edit")
    page.fill("#login", "thao.np")
    page.fill("#password", DEMO_PASSWORD)
    page.click("form.stack button[type=submit]")
    page.wait_for_selector("html[data-editor=ready]", state="attached")


def choose(page, key: str) -> None:
    page.evaluate(SELECT, key)


def save(page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("[data-editor=status]")).to_contain_text("Đã lưu")


def steps_of(authoring, draft: int):
    return scan_steps(parse_xml(authoring.row(draft).definition.xml)).steps


def test_the_editor_takes_the_place_of_the_still_picture_without_a_complaint(editor):
    assert editor.locator(".djs-container svg").first.is_visible()
    assert not editor.locator("[data-editor=still]").is_visible()
    expect(editor.locator("[data-editor=summary]")).to_have_text("✓ Không có lỗi")
    assert editor.complaints == []


def test_the_mark_of_the_drawing_library_stays_visible(editor):
    mark = editor.locator(".bjs-powered-by")

    box = mark.bounding_box()
    assert mark.is_visible()
    assert editor.evaluate(
        "([x, y]) => !!document.elementFromPoint(x, y).closest('.bjs-powered-by')",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )


def test_nothing_that_the_menus_can_say_is_left_in_english(editor):
    assert editor.evaluate(MENUS) == []


def test_a_step_of_the_office_is_found_without_diacritics_and_drawn(editor, authoring):
    choose(editor, "T2")
    editor.locator(".djs-context-pad [data-action='append']").click()
    assert editor.locator(".djs-popup .entry").count() > 13
    editor.keyboard.type("kiem tra ho so")
    editor.keyboard.press("Enter")
    expect(editor.locator(".panel-head h2")).to_have_text("Kiểm tra hồ sơ")

    editor.get_by_label("Số giờ làm việc").fill("1,5")
    editor.get_by_label("Vai trò").select_option("CLERK")
    save(editor)

    [new] = [one for one in steps_of(authoring, editor.draft).values() if one.kind == "check"]
    assert (new.name.vi, new.name.en) == ("Kiểm tra hồ sơ", "Check the dossier")
    assert (new.role, new.unit, new.minutes) == ("CLERK", "competent", 90)


def test_a_word_said_twice_is_found(editor):
    editor.locator(".djs-palette [data-action='create']").click()
    editor.keyboard.type("song song")

    expect(editor.locator(".djs-popup .entry")).to_have_text(["Rẽ song song"])


def test_everything_about_a_step_is_edited_in_the_panel_and_kept(editor, authoring):
    choose(editor, "T2")
    panel = editor.locator("[data-editor=panel]")
    panel.get_by_label("Việc cần làm (mỗi dòng một việc)").fill("Xem hồ sơ\nChọn người thụ lý")
    for title in ("Các nút quyết định", "Công dân đọc gì", "Căn cứ pháp lý"):
        part = panel.locator("details", has=editor.locator("summary", has_text=title))
        if part.get_attribute("open") is None:
            part.locator("summary").click()
    panel.get_by_label("Câu trạng thái", exact=True).fill("Hồ sơ đang được phân công.")
    panel.get_by_role("button", name="+ Thêm căn cứ").click()
    panel.get_by_label("Văn bản").last.fill("Luật Xây dựng 50/2014/QH13")
    panel.get_by_role("button", name="+ Thêm nút").click()
    panel.get_by_label("Tên nút", exact=True).last.fill("Giao ngay")
    panel.get_by_label("Tên nút, tiếng Anh").last.fill("Assign now")
    panel.get_by_label("Phải ghi lý do").last.check()
    save(editor)

    step = steps_of(authoring, editor.draft)["T2"]
    assert [one.vi for one in step.todo] == ["Xem hồ sơ", "Chọn người thụ lý"]
    assert step.public.vi == "Hồ sơ đang được phân công."
    assert "Luật Xây dựng 50/2014/QH13" in [one.document for one in step.legal]
    assert step.decision == "assign_decision"
    outcome = step.outcomes[-1]
    assert (outcome.name.vi, outcome.name.en, outcome.reason) == ("Giao ngay", "Assign now", True)


def test_the_condition_of_a_branch_is_chosen_from_the_buttons_of_the_step_before(editor, authoring):
    choose(editor, "F_request_back")
    condition = editor.get_by_label("Đi theo nhánh này khi")
    assert condition.input_value() == 'supplement_review = "back"'

    condition.select_option('appraisal = "refuse"')
    save(editor)

    assert 'appraisal = "refuse"' in authoring.row(editor.draft).definition.xml.decode()


def test_errors_are_painted_listed_and_lead_to_their_step(editor):
    choose(editor, "T2")
    editor.get_by_label("Vai trò").select_option("")
    editor.keyboard.press("Tab")

    badge = editor.locator("[data-container-id='T2'] .finding-badge")
    expect(badge).to_be_visible()
    editor.evaluate("() => motcuaEditor.modeler.get('selection').select(null)")
    editor.locator(".editor-findings summary").click()
    editor.locator(".editor-findings .finding", has_text="Phân công thụ lý").first.click()
    expect(editor.locator(".panel-head h2")).to_have_text("Phân công thụ lý")


def test_undo_takes_back_what_the_panel_did(editor):
    choose(editor, "T2")
    hours = editor.get_by_label("Số giờ làm việc")
    hours.fill("7")
    editor.keyboard.press("Tab")

    editor.locator("[data-editor=undo]").click()

    expect(editor.get_by_label("Số giờ làm việc")).to_have_value("2")


def test_a_locked_step_is_read_and_cannot_be_taken_out(editor):
    choose(editor, "T8")

    panel = editor.locator("[data-editor=panel]")
    assert "1201/QĐ-UBND" in panel.locator(".lock-note").inner_text()
    assert panel.get_by_label("Số giờ làm việc").is_disabled()
    assert editor.locator(".djs-context-pad [data-action='delete']").count() == 0
    editor.locator(".djs-container").focus()
    editor.keyboard.press("Delete")
    assert editor.evaluate("() => !!motcuaEditor.modeler.get('elementRegistry').get('T8')")


def test_an_adjustable_step_lets_only_people_hours_and_work_be_changed(editor):
    choose(editor, "T3")

    panel = editor.locator("[data-editor=panel]")
    for label in ("Vai trò", "Ở đơn vị", "Số giờ làm việc", "Việc cần làm (mỗi dòng một việc)"):
        assert panel.get_by_label(label).is_enabled(), label
    for label in ("Loại bước", "Tên (tiếng Việt)", "Biểu mẫu điền ở bước này"):
        assert panel.get_by_label(label).is_disabled(), label


def test_a_save_that_comes_too_late_loses_nothing(editor, authoring):
    choose(editor, "T2")
    editor.get_by_label("Số giờ làm việc").fill("1")
    row = authoring.row(editor.draft)
    authoring.save(editor.draft, row.definition.xml.replace(b'name="Assign"', b'name="Hand out"'))

    editor.keyboard.press("Control+s")

    notice = editor.locator("[data-editor=notice]")
    expect(notice).to_contain_text("Bản vẽ của bạn vẫn còn ở đây")
    with editor.expect_download() as download:
        notice.get_by_role("link", name="Tải bản đang vẽ về máy").click()
    assert 'mc:hours="1"' in download.value.path().read_text(encoding="utf-8")


def test_what_was_never_saved_is_offered_again_after_the_browser_was_closed(editor, authoring):
    choose(editor, "T2")
    editor.get_by_label("Số giờ làm việc").fill("1")
    editor.keyboard.press("Tab")
    expect(editor.locator("[data-editor=status]")).to_contain_text("đã giữ trên máy này")

    editor.once("dialog", lambda dialog: dialog.accept())
    editor.goto(f"/designer/revisions/{editor.draft}/edit")
    editor.wait_for_selector("html[data-editor=ready]", state="attached")
    editor.get_by_role("button", name="Mở bản đó").click()

    save(editor)
    assert steps_of(authoring, editor.draft)["T2"].minutes == 60


def test_the_editor_speaks_english(page, authoring):
    open_editor(page, authoring.draft(), "en")

    page.evaluate(SELECT, "T2")

    expect(page.get_by_label("Working hours")).to_have_value("2")
    expect(page.locator("[data-editor=summary]")).to_have_text("✓ No errors")
    words = page.locator("[data-editor=panel]").inner_text() + page.locator(".editor-bar").inner_text()
    assert [one for one in ("Vai trò", "Bước việc", "Hoàn tác", "Phiên bản") if one in words] == []


def test_the_editor_fits_a_telephone(page, authoring):
    page.set_viewport_size({"width": 390, "height": 844})
    open_editor(page, authoring.draft())

    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.locator(".step-line").first.click()
    expect(page.locator(".panel-head h2")).to_have_text("Tiếp nhận, số hóa, thu lệ phí")
