"""The editor in a real browser: an official revises the permit procedure without a mouse-drawn line."""

from __future__ import annotations

import re

import pytest
from accessibility import check_accessible
from browser import DEMO_PASSWORD
from drawn_on import FULL, choose, open_editor, save, tab
from playwright.sync_api import expect

from engine.bpmn.extensions import scan_steps
from engine.bpmn.xml import parse_xml

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

OF_TYPE = """type => motcuaEditor.modeler.get('elementRegistry')
  .filter(one => one.type === type).map(one => one.id)"""
NAME = "id => motcuaEditor.modeler.get('elementRegistry').get(id).businessObject.name"
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


def steps_of(authoring, draft: int):
    return scan_steps(parse_xml(authoring.row(draft).definition.xml)).steps


def test_the_editor_takes_the_place_of_the_still_picture_without_a_complaint(editor):
    assert editor.locator(".djs-container svg").first.is_visible()
    assert not editor.locator("[data-editor=still]").is_visible()
    expect(editor.locator("[data-editor=summary]")).to_have_text("✓ Không có lỗi · đã chứng minh")
    expect(editor.locator("[data-editor=total]")).to_have_text("80 / 80 giờ")
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
    for is_full in (False, True):
        editor.evaluate(FULL, is_full)
        assert editor.evaluate(MENUS) == []


def test_a_step_of_the_office_is_found_without_diacritics_and_drawn(editor, authoring):
    choose(editor, "T2")
    editor.locator(".djs-context-pad [data-action='append']").click()
    assert editor.locator(".djs-popup .entry").count() > 13
    editor.keyboard.type("kiem tra ho so")
    editor.keyboard.press("Enter")
    expect(editor.locator(".panel-head h2")).to_have_text("Kiểm tra hồ sơ")

    tab(editor, "Bao lâu")
    editor.get_by_label("Số giờ làm việc").fill("1,5")
    tab(editor, "Ai")
    editor.get_by_label("Vai trò").select_option("CLERK")
    save(editor)

    [new] = [one for one in steps_of(authoring, editor.draft).values() if one.kind == "check"]
    assert (new.name.vi, new.name.en) == ("Kiểm tra hồ sơ", "Check the dossier")
    assert (new.role, new.unit, new.minutes) == ("CLERK", "competent", 90)
    assert [one.name.en for one in new.outcomes] == ["In order"]
    assert new.public.vi == "Hồ sơ đang được kiểm tra."


def test_a_word_said_twice_is_found(editor):
    editor.locator(".djs-palette [data-action='create']").click()
    editor.keyboard.type("song song")

    expect(editor.locator(".djs-popup .entry")).to_have_text(["Rẽ song song"])


def test_everything_about_a_step_is_edited_in_the_panel_and_kept(editor, authoring):
    choose(editor, "T2")
    panel = editor.locator("[data-editor=panel]")
    panel.get_by_label("Việc cần làm (mỗi dòng một việc)").fill("Xem hồ sơ\nChọn người thụ lý")
    panel.get_by_role("button", name="+ Thêm nút").click()
    panel.get_by_label("Tên nút", exact=True).last.fill("Giao ngay")
    panel.get_by_label("Tên nút, tiếng Anh").last.fill("Assign now")
    panel.get_by_label("Phải ghi lý do").last.check()
    tab(editor, "Công dân")
    panel.get_by_label("Câu trạng thái", exact=True).fill("Hồ sơ đang được phân công.")
    tab(editor, "Luật")
    panel.get_by_role("button", name="+ Thêm căn cứ").click()
    panel.get_by_label("Văn bản").last.fill("Luật Xây dựng 50/2014/QH13")
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
    tab(editor, "Ai")
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
    tab(editor, "Bao lâu")
    hours = editor.get_by_label("Số giờ làm việc")
    hours.fill("7")
    editor.keyboard.press("Tab")

    editor.locator("[data-editor=undo]").click()

    expect(editor.get_by_label("Số giờ làm việc")).to_have_value("2")


def test_a_locked_step_is_read_and_cannot_be_taken_out(editor):
    choose(editor, "T8")

    panel = editor.locator("[data-editor=panel]")
    assert "1201/QĐ-UBND" in panel.locator(".lock-note").inner_text()
    tab(editor, "Bao lâu")
    assert panel.get_by_label("Số giờ làm việc").is_disabled()
    assert editor.locator(".djs-context-pad [data-action='delete']").count() == 0
    editor.locator(".djs-container").focus()
    editor.keyboard.press("Delete")
    assert editor.evaluate("() => !!motcuaEditor.modeler.get('elementRegistry').get('T8')")


def test_an_adjustable_step_lets_only_people_hours_and_work_be_changed(editor):
    choose(editor, "T3")

    panel = editor.locator("[data-editor=panel]")
    free = {"Việc": "Việc cần làm (mỗi dòng một việc)", "Ai": "Vai trò", "Bao lâu": "Số giờ làm việc"}
    held = {"Việc": "Tên (tiếng Việt)", "Biểu mẫu": "Biểu mẫu điền ở bước này"}
    for name, label in free.items():
        tab(editor, name)
        assert panel.get_by_label(label).is_enabled(), label
    for name, label in held.items():
        tab(editor, name)
        assert panel.get_by_label(label).is_disabled(), label


def test_a_save_that_comes_too_late_loses_nothing(editor, authoring):
    choose(editor, "T2")
    tab(editor, "Bao lâu")
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
    editor.route("**/save", lambda route: route.abort())  # the line is down
    choose(editor, "T2")
    tab(editor, "Bao lâu")
    editor.get_by_label("Số giờ làm việc").fill("1")
    editor.keyboard.press("Tab")
    expect(editor.locator("[data-editor=status]")).to_contain_text("đã giữ trên máy này")

    editor.once("dialog", lambda dialog: dialog.accept())
    editor.goto(f"/designer/revisions/{editor.draft}/edit")
    editor.wait_for_selector("html[data-editor=ready]", state="attached")
    editor.get_by_role("button", name="Mở bản đó").click()

    editor.unroute("**/save")
    save(editor)
    assert steps_of(authoring, editor.draft)["T2"].minutes == 60


def test_the_editor_speaks_english(page, authoring):
    open_editor(page, authoring.draft(), "en")

    choose(page, "T2")
    tab(page, "How long")

    expect(page.get_by_label("Working hours")).to_have_value("2")
    expect(page.locator("[data-editor=summary]")).to_have_text("✓ No errors · proven")
    words = page.locator("[data-editor=panel]").inner_text() + page.locator(".editor-bar").inner_text()
    assert [one for one in ("Vai trò", "Bước việc", "Hoàn tác", "Phiên bản") if one in words] == []


def test_the_editor_fits_a_telephone(page, authoring):
    page.set_viewport_size({"width": 390, "height": 844})
    open_editor(page, authoring.draft())

    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.locator(".step-line").first.click()
    expect(page.locator(".panel-head h2")).to_have_text("Tiếp nhận, số hóa, thu lệ phí")


def test_a_drawing_saves_itself_and_says_where_and_when(editor, authoring):
    choose(editor, "T2")
    tab(editor, "Bao lâu")
    editor.get_by_label("Số giờ làm việc").fill("1")
    editor.keyboard.press("Tab")

    expect(editor.locator("[data-editor=status]")).to_have_text("✓ Đã tự lưu lên máy chủ lúc 09:10")
    assert steps_of(authoring, editor.draft)["T2"].minutes == 60


def test_a_lost_line_loses_nothing_and_says_not_checked(editor, authoring):
    editor.route("**/lint", lambda route: route.abort())
    editor.route("**/save", lambda route: route.abort())
    choose(editor, "T2")
    tab(editor, "Bao lâu")
    editor.get_by_label("Số giờ làm việc").fill("1")
    editor.keyboard.press("Tab")

    expect(editor.locator("[data-editor=summary]")).to_have_text("Chưa kiểm tra được: mất kết nối")
    status = editor.locator("[data-editor=status]")
    expect(status).to_have_text("▲ Mất kết nối · bản vẽ giữ trên máy này")
    editor.unroute("**/save")
    editor.unroute("**/lint")
    editor.evaluate("() => dispatchEvent(new Event('online'))")
    expect(status).to_contain_text("Đã tự lưu")
    assert steps_of(authoring, editor.draft)["T2"].minutes == 60


def test_a_condition_is_built_from_lists_and_said_in_two_languages(editor, authoring):
    choose(editor, "F_request_back")
    editor.get_by_label("Đi theo nhánh này khi").select_option(label="điều kiện khác…")
    builder = editor.locator(".condition")
    builder.get_by_role("button", name="+ Điều kiện").click()
    builder.get_by_label("Ô hoặc lựa chọn").last.select_option("storeys")
    builder.get_by_label("So sánh").last.select_option(">=")
    builder.get_by_label("Giá trị", exact=True).last.fill("3")
    editor.keyboard.press("Tab")

    sentence = editor.locator(".sentence")
    expect(sentence.locator("[lang=vi]")).to_contain_text("lớn hơn hoặc bằng 3")
    expect(sentence.locator("[lang=en]")).to_contain_text("is at least 3")
    save(editor)
    assert (
        'supplement_review = "back" and storeys &gt;= 3'
        in authoring.row(editor.draft).definition.xml.decode()
    )
    builder.get_by_label("Phải đúng").select_option("any")
    expect(sentence.locator("[lang=vi]")).to_contain_text(" hoặc ")


def test_a_repair_is_one_click_and_can_be_undone(editor):
    choose(editor, "T2")
    tab(editor, "Ai")
    editor.get_by_label("Vai trò").select_option("")
    editor.keyboard.press("Tab")
    editor.locator(".editor-findings summary").click()
    line = editor.locator(".editor-findings li", has_text="chưa ghi vai trò")
    line.get_by_role("button", name="Sửa giúp").click()
    expect(line).to_have_count(0)
    role = "id => motcuaEditor.model.get(motcuaEditor.modeler.get('elementRegistry').get(id), 'mc:role')"
    assert editor.evaluate(role, "T2") == "HEAD"

    editor.locator("[data-editor=undo]").click()

    expect(line).to_have_count(1)
    assert not editor.evaluate(role, "T2")


def test_problems_are_a_mode_that_is_remembered(editor):
    choose(editor, "T2")
    tab(editor, "Ai")
    editor.get_by_label("Vai trò").select_option("")
    editor.keyboard.press("Tab")
    badge = editor.locator("[data-container-id='T2'] .finding-badge")
    expect(badge).to_be_visible()

    editor.locator(".editor-more summary").click()
    editor.get_by_label("Hiện lỗi trên sơ đồ").uncheck()

    expect(badge).to_have_count(0)
    assert editor.evaluate("() => localStorage.getItem('motcua.designer.problems')") == "off"


def test_the_simple_mode_shows_what_it_does_not_edit_and_keeps_it(editor, authoring):
    before = authoring.row(editor.draft).definition.xml
    [key, *_rest] = editor.evaluate(OF_TYPE, "bpmn:InclusiveGateway")
    choose(editor, key)
    panel = editor.locator("[data-editor=panel]")
    expect(panel).to_contain_text("Phần này sửa ở chế độ đầy đủ")
    assert panel.get_by_label("Tên (tiếng Việt)").is_disabled()
    assert editor.locator(".djs-context-pad [data-action='delete']").count() == 0

    editor.evaluate(FULL, True)
    choose(editor, key)
    assert panel.get_by_label("Tên (tiếng Việt)").is_enabled()
    editor.evaluate(FULL, False)
    choose(editor, "T2")
    tab(editor, "Bao lâu")
    editor.get_by_label("Số giờ làm việc").fill("1")
    save(editor)

    after = authoring.row(editor.draft).definition.xml
    assert after.count(b"inclusiveGateway") == before.count(b"inclusiveGateway")
    assert after.count(b"<mc:") == before.count(b"<mc:")


def test_lanes_are_drawn_by_who_does_the_steps(editor, authoring):
    editor.locator(".editor-more summary").click()
    editor.get_by_role("button", name="Chia làn theo vai trò").click()

    editor.wait_for_function("() => !document.querySelector('[data-editor=undo]').disabled")
    lanes = editor.evaluate(OF_TYPE, "bpmn:Lane")
    names = [editor.evaluate(NAME, one) for one in lanes]
    assert "Lãnh đạo phòng" in names
    save(editor)
    assert "Lãnh đạo phòng" in authoring.row(editor.draft).definition.xml.decode()


def test_what_is_copied_in_one_procedure_is_pasted_in_another(editor, authoring):
    copy = """() => {
      const m = motcuaEditor.modeler;
      m.get('copyPaste').copy([m.get('elementRegistry').get('T2')]);
    }"""
    paste = """() => {
      const m = motcuaEditor.modeler, root = m.get('canvas').getRootElement();
      const [made] = m.get('copyPaste').paste({ element: root, point: { x: 400, y: 400 } });
      return made.id;
    }"""
    before = authoring.row(editor.draft).definition.xml
    editor.evaluate(copy)
    other = editor.context.new_page()
    other.goto("/designer/new")
    for label, words in (("Tên thủ tục", "Cấp lại giấy phép"), ("Mã ngắn", "P98"), ("Lĩnh vực", "Xây dựng")):
        other.get_by_label(label, exact=True).fill(words)
    other.get_by_role("button", name="Lập bảng các bước").click()
    other.wait_for_url("**/outline**")
    draft = int(re.search(r"/revisions/(\d+)/", other.url)[1])
    other.goto(f"/designer/revisions/{draft}/edit")
    other.wait_for_selector("html[data-editor=ready]", state="attached")

    made = other.evaluate(paste)
    save(other)

    pasted = steps_of(authoring, draft)[made]
    assert (pasted.name.vi, pasted.role, pasted.minutes) == ("Phân công thụ lý", "HEAD", 120)
    assert [one.code for one in pasted.outcomes] == [
        one.code for one in steps_of(authoring, editor.draft)["T2"].outcomes
    ]
    assert authoring.row(editor.draft).definition.xml == before, "where it was copied nothing changed"


def test_a_second_tab_of_the_same_person_is_told_of_the_first(editor):
    other = editor.context.new_page()
    other.goto(f"/designer/revisions/{editor.draft}/edit")
    other.wait_for_selector("html[data-editor=ready]", state="attached")
    expect(other.locator("[data-editor=presence]")).to_contain_text("ở một thẻ khác")


def test_a_comment_is_pinned_to_a_step_and_resolved(editor):
    choose(editor, "T2")
    tab(editor, "Ghi chú")
    editor.get_by_label("Ghi chú mới").fill("Hai giờ có đủ không?")
    editor.locator("#panel-tab").get_by_role("button", name="Ghi chú").click()

    sign = editor.locator("[data-container-id='T2'] .comment-sign")
    expect(sign).to_have_text("1")
    editor.locator("#panel-tab").get_by_role("button", name="Đã xong").click()
    expect(sign).to_have_count(0)


def test_what_the_table_saves_appears_in_the_open_drawing(editor, authoring):
    row = authoring.row(editor.draft)
    changed = row.definition.xml.replace("Phân công thụ lý".encode(), "Giao việc".encode())
    authoring.save(editor.draft, changed, how="outline")

    editor.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")  # the page looks again

    expect(editor.locator("[data-editor=notice]")).to_contain_text("Bản vẽ đã cập nhật")
    assert editor.evaluate(NAME, "T2") == "Giao việc"
    choose(editor, "T2")
    tab(editor, "Bao lâu")
    editor.get_by_label("Số giờ làm việc").fill("1")
    save(editor)
    assert steps_of(authoring, editor.draft)["T2"].name.vi == "Giao việc"


def test_the_second_author_sees_whose_draft_it_is_and_works_on_a_copy(editor, authoring, chromium, site_url):
    authoring.second_author("nga.tt")
    other = chromium.new_context(base_url=site_url, locale="vi-VN").new_page()
    other.goto(f"/sign-in?next=/designer/revisions/{editor.draft}/edit")
    other.fill("#login", "nga.tt")
    other.fill("#password", DEMO_PASSWORD)
    other.click("form.stack button[type=submit]")
    other.wait_for_selector("html[data-editor=ready]", state="attached")
    banner = other.locator("[data-editor=presence]")
    expect(banner).to_contain_text("Nguyễn Phương Thảo đang sửa bản nháp này từ 09:10")
    choose(other, "T2")
    tab(other, "Bao lâu")
    other.get_by_label("Số giờ làm việc").fill("1")
    other.keyboard.press("Tab")

    banner.get_by_role("button", name="Làm trên bản sao").click()
    other.wait_for_url("**/designer/copies/*/edit")
    other.wait_for_selector("html[data-editor=ready]", state="attached")
    hours = "id => motcuaEditor.model.get(motcuaEditor.modeler.get('elementRegistry').get(id), 'mc:hours')"
    assert other.evaluate(hours, "T2") == "1"  # what was drawn before the copy was taken is in it
    assert steps_of(authoring, editor.draft)["T2"].minutes == 120
    editor.goto("/designer/")  # the first author is done
    other.get_by_role("link", name="Đưa vào bản nháp…").click()
    expect(other.locator("main")).to_contain_text("2 giờ → 1 giờ")
    other.get_by_role("button", name="Đưa vào bản nháp").click()
    expect(other.locator("main")).to_contain_text("Đã đưa bản sao vào bản nháp")
    assert steps_of(authoring, editor.draft)["T2"].minutes == 60
    other.context.close()


def test_choosing_the_role_of_a_lane_names_it_and_gives_it_the_steps(editor, authoring):
    lane = editor.evaluate(
        """() => motcuaEditor.modeler.get('elementRegistry').filter(one => one.type === 'bpmn:Lane'
          && one.businessObject.flowNodeRef.some(node => node.id === 'T2'))[0].id"""
    )
    choose(editor, lane)
    editor.get_by_label("Các bước trong làn do").select_option("COORDINATOR")
    save(editor)

    assert steps_of(authoring, editor.draft)["T2"].role == "COORDINATOR"
    assert "Trưởng Bộ phận Một cửa, điều phối" in authoring.row(editor.draft).definition.xml.decode()
    assert steps_of(authoring, editor.draft)["T1"].role == "RECEPTION"


def test_what_stands_around_the_drawing_is_open_to_everybody(editor):
    check_accessible(editor, without=(".editor-canvas",))
    editor.locator(".editor-more summary").click()
    check_accessible(editor, without=(".editor-canvas",))
    editor.keyboard.press("Escape")
    choose(editor, "T2")
    for name in ("Việc", "Ai", "Bao lâu", "Biểu mẫu", "Giấy tờ", "Tiền", "Luật", "Công dân", "Ghi chú"):
        tab(editor, name)
        expect(editor.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
        check_accessible(editor, without=(".editor-canvas",))
    editor.get_by_role("tab", name="Ghi chú").press("ArrowLeft")
    expect(editor.get_by_role("tab", name="Công dân")).to_be_focused()
    choose(editor, "F_request_back")
    editor.get_by_label("Đi theo nhánh này khi").select_option(label="điều kiện khác…")
    expect(editor.locator(".sentence [lang=vi]")).to_be_visible()
    check_accessible(editor, without=(".editor-canvas",))
