"""New authors build whole procedures from an empty page; others publish them, the counter follows them.

P10 is built in the outline alone, without JavaScript; P07 in the diagram with mouse and keyboard. With
MOTCUA_SHOTS=FOLDER the pages leave pictures there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from accessibility import check_accessible
from office import Office
from playwright.sync_api import expect

from engine.bpmn.extensions import scan_steps
from engine.bpmn.xml import parse_xml
from engine.store.rows import RevisionRow

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

HAND_OVER = {"recipient_name": "Nguyễn Văn Á", "method": "counter"}
SHOTS = os.environ.get("MOTCUA_SHOTS")
# Kind, name, English, hours: P10 with its 80 hours, 16 of them for the province's signature.
P10 = [
    ("receive", "Tiếp nhận", "Receive", "4"),
    ("assign", "Phân công", "Assign", "4"),
    ("appraise", "Thẩm định tôn chỉ, nội dung, măng-sét", "Appraise aim, content, masthead", "24"),
    ("draft", "Dự thảo giấy phép", "Draft", "12"),
    ("review", "Duyệt", "Review", "8"),
    ("sign", "Ký", "Sign", "8"),
    ("number_seal", "Cấp số", "Number", "3"),
    ("return_result", "Trả kết quả", "Deliver", "1"),
]
AT = """id => {
  const m = motcuaEditor.modeler, canvas = m.get('canvas'), one = m.get('elementRegistry').get(id);
  canvas.scrollToElement(one, { top: 120, bottom: 120, left: 120, right: 120 });
  const view = canvas.viewbox(), box = canvas.getContainer().getBoundingClientRect();
  const at = one.waypoints
    ? { x: (one.waypoints[0].x + one.waypoints[1].x) / 2, y: (one.waypoints[0].y + one.waypoints[1].y) / 2 }
    : one.width > 60
      ? { x: one.x + 16, y: one.y + one.height - 14 }
      : { x: one.x + one.width / 2, y: one.y + one.height / 2 };
  return [box.left + (at.x - view.x) * view.scale, box.top + (at.y - view.y) * view.scale];
}"""
CHOSEN = "() => motcuaEditor.modeler.get('selection').get().map(one => one.id)"
NAMED = """name => motcuaEditor.modeler.get('elementRegistry')
  .filter(one => !one.labelTarget && one.businessObject.name === name).map(one => one.id)[0]"""
BETWEEN = """([from, to]) => motcuaEditor.modeler.get('elementRegistry')
  .filter(one => one.source && one.source.id === from && one.target.id === to).map(one => one.id)[0]"""


def shoot(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def publish(person, address: str, author, head: str) -> None:
    """Hand a draft to the head, the province and into force, each with the page of the version."""
    author.goto(address)
    expect(author.locator("main")).to_contain_text("Đã chứng minh")
    author.fill("[name=note]", "Quy trình mới")
    author.get_by_role("button", name="Gửi lãnh đạo đơn vị duyệt").click()
    chief = person(head, address)
    chief.get_by_role("button", name="Duyệt", exact=True).click()
    province = person("lan.dt", address)
    province.get_by_role("button", name="Duyệt", exact=True).click()
    province.fill("[name=effective_from]", "23/11/2026")
    province.fill("[name=decision_no]", "1501/QĐ-UBND")
    province.get_by_role("button", name="Ban hành", exact=True).click()
    expect(province.locator("main")).to_contain_text("Đã ban hành")
    shoot(province, "published")


# --- P10 in the outline ------------------------------------------------------------------------------


class Keys:
    """Somebody at the keyboard: a field by its label, words, and Enter."""

    def __init__(self, page) -> None:
        self.page = page

    def write(self, label: str, words: str, within: str = "main") -> None:
        self.page.locator(within).get_by_label(label, exact=True).first.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def pick(self, label: str, words: str, within: str = "main") -> None:
        self.page.locator(within).get_by_label(label, exact=True).first.select_option(label=words)

    def press(self, button: str, within: str = "main") -> None:
        self.page.locator(within).get_by_role("button", name=button, exact=True).first.focus()
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".flash.good, .flash.bad").first).to_be_visible()
        assert not self.page.locator(".flash.bad").count(), self.page.locator(".flash.bad").inner_text()

    def follow(self, link: str) -> None:
        self.page.get_by_role("link", name=link, exact=True).first.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


def section(title: str) -> str:
    return f"section:has(> h2:text-is('{title}')), section:has(summary h2:text-is('{title}'))"


def test_p10_is_built_in_the_outline_alone_without_javascript_and_published_by_another(
    person, province, clock
):
    page = person("thao.np", "/designer/new", script=False)
    keys = Keys(page)
    keys.write("Tên thủ tục", "Cấp giấy phép xuất bản bản tin (địa phương)")
    keys.write("Tên tiếng Anh", "Licence to publish a bulletin (local)")
    keys.write("Mã ngắn", "P10")
    keys.write("Mã thủ tục quốc gia", "1.009374")
    keys.write("Lĩnh vực", "Báo chí")
    keys.press("Lập bảng các bước")
    address = re.search(r"/designer/revisions/\d+", page.url)[0]
    outline = f"{address}/outline"

    kinds = {
        "receive": "tiếp nhận", "assign": "phân công", "appraise": "thẩm định", "draft": "dự thảo",
        "review": "xem xét, trình", "sign": "ký", "number_seal": "vào số, đóng dấu",
        "return_result": "trả kết quả",
        "wait_citizen": "chờ người nộp hồ sơ",
    }  # fmt: skip

    def add(kind: str, name: str, english: str, hours: str, where: str = "") -> None:
        if where:
            keys.pick("Ở đâu", where, "#add")
        keys.pick("Loại bước", kinds[kind], "#add")
        keys.write("Tên bước (để trống: theo loại)", name, "#add")
        keys.write("Tên tiếng Anh", english, "#add")
        keys.write("Số giờ (để trống: như thường lệ)", hours, "#add")
        keys.press("Thêm bước", "#add")

    before = "Có hồ sơ nộp"
    for kind, name, english, hours in P10:
        add(kind, name, english, hours, f"sau “{before}”")
        before = name

    appraisal = P10[2][1]
    keys.follow(appraisal)
    place = section("Rẽ nhánh theo nút của bước này")
    for at, (button, to) in enumerate([
        ("Đạt yêu cầu", "bước kế tiếp như hiện nay"), ("Yêu cầu bổ sung", "một điểm kết thúc mới"),
        ("Từ chối", "một điểm kết thúc mới"),
    ]):  # fmt: skip
        keys.write(f"Nút {at + 1}", button, place)
        page.locator(place).get_by_label("Dẫn tới", exact=True).nth(at).select_option(label=to)
    page.locator(place).get_by_label("phải ghi lý do").nth(2).check()
    keys.press("Rẽ nhánh", place)
    gate = f"{appraisal}: kết quả?"
    add(
        "wait_citizen",
        "Chờ bổ sung măng-sét",
        "Wait for the masthead",
        "",
        f"“{gate}”: trên nhánh “Yêu cầu bổ sung”",
    )
    keys.follow("Chờ bổ sung măng-sét")
    keys.follow("sửa đường này")
    keys.pick("Dẫn tới", appraisal)
    keys.press("Ghi đường đi")
    add("draft", "Soạn văn bản từ chối", "Draft the refusal", "4", f"“{gate}”: trên nhánh “Từ chối”")
    add("sign", "Ký văn bản từ chối", "Sign the refusal", "4", "sau “Soạn văn bản từ chối”")
    keys.follow("Ký văn bản từ chối")
    keys.pick("Bước này kết thúc hồ sơ với", "từ chối")
    keys.press("Ghi bước")
    keys.follow("Ký văn bản từ chối")
    keys.follow("sửa đường này")
    keys.pick("Dẫn tới", "Trả kết quả")
    keys.press("Ghi đường đi")

    keys.follow("Duyệt")
    keys.write("Nút 1", "Trình lãnh đạo", place)
    keys.write("Nút 2", "Trả lại", place)
    page.locator(place).get_by_label("Dẫn tới", exact=True).nth(1).select_option(label="Dự thảo giấy phép")
    keys.press("Rẽ nhánh", place)
    keys.follow("Ký")
    keys.write("Nút 1", "Ký", place)
    keys.write("Nút 2", "Trình UBND tỉnh ký", place)
    keys.press("Rẽ nhánh", place)
    add("sign", "UBND tỉnh ký", "The province signs", "16", "“Ký: kết quả?”: trên nhánh “Trình UBND tỉnh ký”")
    keys.follow("UBND tỉnh ký")
    keys.follow("sửa đường này")
    keys.pick("Dẫn tới", "Cấp số")
    keys.press("Ghi đường đi")
    keys.follow("Chờ bổ sung măng-sét")
    deadline = section("Đặt hạn hoặc sự kiện trên bước: xảy ra thì đi đường khác")
    page.locator(deadline).locator("summary").focus()
    page.keyboard.press("Enter")
    keys.write("Hết thời gian: bao lâu", "30", deadline)
    keys.pick("Khi xảy ra thì tới", "Soạn văn bản từ chối", deadline)
    keys.press("Đặt hạn hoặc sự kiện", deadline)

    expect(page.locator("header.head")).to_contain_text("80 / 80 giờ")
    expect(page.locator("header.head")).to_contain_text("Đã chứng minh")
    shoot(page, "p10_outline")

    page.goto(f"{address}/terms/")  # its papers and fee, on the same draft, without JavaScript too
    for name in ("Tờ khai cấp giấy phép", "Măng-sét bản tin"):
        new = page.locator("#papers details").last
        if new.get_attribute("open") is None:
            new.locator("summary").focus()
            page.keyboard.press("Enter")
        new.get_by_label("Tên giấy tờ", exact=True).fill(name)
        new.get_by_label("Phải có", exact=True).select_option(label="không bắt buộc")
        keys.press("Thêm giấy tờ", "#papers details:last-of-type")
    keys.write("Câu người dân đọc", "Không thu phí.", "#fee")
    keys.press("Lưu phí", "#fee")
    expect(page.locator("#papers")).to_contain_text("2. Măng-sét bản tin")
    shoot(page, "p10_terms")
    publish(person, address, page, "tuan.pm")
    assert page.goto(outline).ok

    office = Office(province, clock)
    assert walked(office, office.receive("mai.lt", "P10", "ttpvhcc", {})) == [one[1] for one in P10[1:]]


def walked(office: Office, dossier: int) -> list[str]:
    """Press the first button of each open step until the dossier ends; return the names of the steps."""
    found = []
    steps = steps_of(office, dossier)
    while open_steps := office.open_steps(dossier):
        step = steps[open_steps[0]]
        found.append(step.name.vi)
        facts = HAND_OVER if step.kind == "return_result" else {}
        office.do(dossier, step.id, step.outcomes[0].code if step.outcomes else "", **facts)
    assert office.dossier(dossier).status == "returned"
    assert office.check() == {}
    return found


def steps_of(office: Office, dossier: int):
    with office.reading(None) as unit:
        row = unit.session.get_one(RevisionRow, office.dossier(dossier).revision_id)
        return scan_steps(parse_xml(row.definition.xml)).steps


# --- P07 in the diagram ------------------------------------------------------------------------------


class Drawing:
    """Somebody with a mouse and a keyboard at the diagram."""

    def __init__(self, page) -> None:
        self.page = page

    def named(self, name: str) -> str:
        key = self.page.evaluate(NAMED, name)
        assert key, f"nothing on the drawing is called {name}"
        return key

    def click(self, key: str) -> None:
        if self.page.evaluate(CHOSEN) == [key]:
            return  # a click on what is chosen lets it go
        x, y = self.page.evaluate(AT, key)
        self.page.mouse.move(x - 3, y - 3)
        self.page.mouse.click(x, y)
        if self.page.evaluate(CHOSEN) != [key]:  # the library swallows the click after a flow was drawn
            self.page.mouse.click(x, y)
        expect(self.page.locator(".panel-head .hint").first).to_contain_text(key)

    def append(self, after: str, words: str, name: str = "") -> str:
        """Press A behind a part, type what is looked for, Enter; write its name where it is drawn."""
        self.click(after)
        self.page.locator(".djs-container > svg").focus()
        self.page.keyboard.press("a")
        expect(self.page.locator(".djs-popup .djs-popup-search input")).to_be_focused()
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".djs-popup")).to_have_count(0)
        self.page.locator(".djs-container > svg").focus()
        self.page.keyboard.press("Escape")
        [key] = self.page.evaluate(CHOSEN)
        if name:
            self.tab("Việc")
            self.fill("Tên (tiếng Việt)", name)
        return key

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=re.compile(f"^({name}|Nội dung)")).first.click()

    def fill(self, label: str, words: str) -> None:
        field = self.page.get_by_label(label, exact=True).first
        field.fill(words)
        field.press("Tab")

    def set(self, key: str, *, role: str = "", hours: str = "") -> None:
        self.click(key)
        if role:
            self.tab("Ai")
            self.page.get_by_label("Vai trò").select_option(role)
        if hours:
            self.tab("Bao lâu")
            self.fill("Số giờ làm việc", hours)

    def connect(self, source: str, target: str) -> str:
        """Draw a flow with the arrow beside the part."""
        self.click(source)
        self.page.locator(".djs-context-pad [data-action='connect']").click()
        x, y = self.page.evaluate(AT, target)
        self.page.mouse.move(x - 20, y - 10, steps=4)
        self.page.mouse.move(x, y, steps=4)
        self.page.mouse.click(x, y)
        self.page.keyboard.press("Escape")
        return self.page.evaluate(BETWEEN, [source, target])

    def condition(self, source: str, target: str, button: str) -> None:
        self.click(self.page.evaluate(BETWEEN, [source, target]))
        self.page.get_by_label("Đi theo nhánh này khi").select_option(label=button)


def test_p07_is_drawn_from_an_empty_page_and_published_by_another(person, province, clock):
    page = person("nga.tt", "/designer/new")
    page.get_by_label("Tên thủ tục").fill("Chứng thực bản sao từ bản chính giấy tờ, văn bản")
    page.get_by_label("Mã ngắn").fill("P07-moi")
    page.get_by_label("Lĩnh vực").fill("Chứng thực")
    page.get_by_label("Cơ quan giải quyết").select_option("communes")
    page.get_by_label("Tính theo").select_option("same_day")
    page.get_by_role("button", name="Vẽ sơ đồ").click()
    page.wait_for_selector("html[data-editor=ready]", state="attached")
    address = re.search(r"/designer/revisions/\d+", page.url)[0]
    draw = Drawing(page)

    draw.click("End")
    page.keyboard.press("Delete")  # the way is drawn step by step
    receive = draw.append("Start", "tiep nhan", "Tiếp nhận, đếm bản, đối chiếu")
    check = draw.append(receive, "kiem tra ho so", "Kiểm tra bản chính")
    gate = draw.append(check, "re chon mot nhanh", "Bản chính hợp lệ?")
    sign = draw.append(gate, "ky duyet", "Ký chứng thực")
    seal = draw.append(sign, "vao so", "Đóng dấu, ghi Sổ chứng thực")
    hand = draw.append(seal, "tra ket qua", "Thu phí, trả kết quả")
    draw.append(hand, "ket thuc", "Đã trả")
    refusal = draw.append(gate, "du thao", "Soạn văn bản từ chối")
    flow = draw.connect(refusal, hand)
    assert flow
    for key, hours in ((receive, "1"), (sign, "2"), (seal, "1"), (hand, "1")):
        draw.set(key, hours=hours)
    draw.set(check, role="CIVIL_STATUS", hours="3")
    draw.set(refusal, role="CIVIL_STATUS", hours="1")
    draw.tab("Giấy tờ")
    page.get_by_label("Bước này kết thúc hồ sơ với").select_option("refused")
    draw.click(check)
    draw.tab("Việc")
    page.get_by_role("button", name="+ Thêm nút").click()
    page.get_by_label("Tên nút", exact=True).nth(0).fill("Bản chính hợp lệ")
    page.get_by_label("Tên nút", exact=True).nth(1).fill("Không được chứng thực")
    page.get_by_label("Phải ghi lý do").nth(1).check()
    draw.condition(gate, sign, "Bản chính hợp lệ")
    draw.condition(gate, refusal, "Không được chứng thực")
    shoot(page, "p07_drawn")

    expect(page.locator("[data-editor=summary]")).to_contain_text("đã chứng minh")
    expect(page.locator("[data-editor=total]")).to_have_text("8 / 8 giờ")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-editor=status]")).to_contain_text("Đã lưu")
    publish(person, address, page, "binh.lc")

    office = Office(province, clock)
    assert walked(office, office.receive("my.nk", "P07-moi", "nam-can", {})) == [
        "Kiểm tra bản chính", "Ký chứng thực", "Đóng dấu, ghi Sổ chứng thực", "Thu phí, trả kết quả",
    ]  # fmt: skip


def test_the_outline_is_open_to_everybody(person):
    page = person("thao.np", "/designer/new")
    check_accessible(page)
    page.get_by_label("Tên thủ tục").fill("Thủ tục mới")
    page.get_by_label("Mã ngắn").fill("MOI")
    page.get_by_role("button", name="Lập bảng các bước").click()
    address = re.sub(r"[?#].*", "", page.url)
    page.get_by_role("button", name="Thêm bước", exact=True).click()
    expect(page.locator("main")).to_contain_text("Tiếp nhận hồ sơ")
    page.goto(address)  # at its top: what lies below the bar of the site counts as covered
    check_accessible(page)
    page.goto(f"{address}/parts/Step_1")
    page.evaluate("() => document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    check_accessible(page)
    page.get_by_role("link", name="sửa đường này").click()
    check_accessible(page)
    for kind in ("group", "wait_message", "wait_signal", "decide"):
        page.goto(f"{address}#add")
        page.get_by_label("Loại bước").select_option(kind)
        page.get_by_role("button", name="Thêm bước", exact=True).click()
    parts = page.locator("tbody th a").evaluate_all("all => all.map(one => one.pathname)")
    assert len(parts) > 8
    for part in parts:
        page.goto(part)
        page.evaluate("() => document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        check_accessible(page)
    for size in (390, 1024):
        page.set_viewport_size({"width": size, "height": 800})
        for path in ("", "/parts/Step_1"):
            page.goto(f"{address}{path}")
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (size, path)
    page.goto(address.replace("/outline", "/history"))
    check_accessible(page)
