"""Pages of the list of work: saved views, live numbers, the way back, and acts on many."""

from __future__ import annotations

import re

import pytest
from office import open_office
from pages import read
from sqlalchemy import func, select, update

from engine.store.rows import UserRow, WorkItemRow
from engine.store.teamwork_rows import BulkLineRow, BulkRow, FirstViewRow, SavedViewRow
from engine.usecases.worklists import list_tasks

pytestmark = pytest.mark.sqlite  # the use cases behind these pages are tested on both databases
HOSTILE = '<script>alert("x")</script> {{7*7}}'


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def browse(app, office):
    return lambda login: app.test_client().sign_in(login)


@pytest.fixture
def appraisals(office):
    """Three appraisals of permits; ids of their steps in order."""
    dossiers = [office.permit() for _ in range(3)]
    for one in dossiers:
        office.do(one, "T2", "assign")
    return [office.task(one, "T3") for one in dossiers]


def count(office, table, *where):
    with office.reading(None) as unit:
        return unit.session.scalar(select(func.count()).select_from(table).where(*where))


def listed(page):
    """Numbers of the steps on a page of the list, in order."""
    return [int(one) for one in page.tree.xpath("//tr/@data-task")]


def keep(client, name, query="", **more):
    return client.post("/staff/views", data={"name": name, "query": query, **more})


# --- saved views ------------------------------------------------------------------------------


def test_a_view_is_saved_opens_first_everywhere_and_is_deleted(browse, office, appraisals):
    office.permit()
    saved = keep(browse("linh.vt"), " Chỉ  thẩm định ", "scope=unit&step=T3", first="1")
    elsewhere = browse("linh.vt")
    page = read(elsewhere.get("/staff/"))
    view_id = saved.location.partition("view=")[2]

    assert page.tree.findtext(".//h1") == "Chỉ thẩm định"
    assert listed(page) == appraisals
    assert "mở đầu tiên" in page.tree.xpath("//ul[@aria-label='Khung nhìn đã lưu']//@title")
    assert listed(read(elsewhere.get("/staff/?scope=unit"))) != appraisals  # a tab is a tab

    usual = read(elsewhere.post(f"/staff/views/{view_id}/first", data={"first": "0"}, follow_redirects=True))
    assert "Danh sách mở như thường lệ." in usual.words
    assert read(elsewhere.get("/staff/")).tree.findtext(".//h1") == "Việc của tôi"
    gone = read(elsewhere.post(f"/staff/views/{view_id}/delete", follow_redirects=True))
    assert "Đã xóa khung nhìn “Chỉ thẩm định”." in gone.words
    assert count(office, SavedViewRow) == count(office, FirstViewRow) == 0


def test_a_head_shares_a_view_that_colleagues_open_and_only_the_head_deletes(browse, office, appraisals):
    head, colleague = browse("khoa.nd"), browse("linh.vt")
    page = read(head.get("/staff/"))
    (place,) = page.tree.xpath('//select[@name="share"]/option[@value!=""]/@value')
    saved = keep(head, "Cả sở", "scope=unit", share=place)
    view_id = saved.location.partition("view=")[2]
    seen = read(colleague.get(f"/staff/?view={view_id}"))

    assert seen.tree.findtext(".//h1") == "Cả sở"
    assert "Nguyễn Đăng Khoa" in seen.words
    assert not seen.tree.xpath(f'//form[@action="/staff/views/{view_id}/delete"]')
    assert colleague.post(f"/staff/views/{view_id}/delete").status_code == 404
    refused = keep(colleague, "Của tôi", "scope=unit", share=place)
    assert refused.status_code == 403
    assert count(office, SavedViewRow) == 1


def test_a_stranger_knows_nothing_of_a_view(browse, office):
    saved = keep(browse("linh.vt"), "Riêng của Linh", "scope=unit")
    view_id = saved.location.partition("view=")[2]
    stranger = browse("my.nk")

    assert "Riêng của Linh" not in stranger.get(f"/staff/?view={view_id}").text
    for act in ("first", "delete"):
        answer = stranger.post(f"/staff/views/{view_id}/{act}", data={"first": "1"})
        assert answer.status_code == 404
        assert "Không tìm thấy" in read(answer).words
    assert count(office, SavedViewRow) == 1
    assert count(office, FirstViewRow) == 0


def test_what_cannot_be_a_view_is_refused_in_words_and_the_rest_kept_harmless(browse, office):
    client = browse("linh.vt")
    for name, status in (("", 422), ("x" * 61, 422), ("a\x00b", 400)):
        assert keep(client, name, "scope=unit").status_code == status
    assert "1 đến 60" in read(keep(client, " ")).words
    assert count(office, SavedViewRow) == 0

    odd = "scope=../etc&state=%00&f.total_floor.min='%20OR%201=1&sort=column.x&q=" + "a" * 9_000
    page = read(client.get(keep(client, HOSTILE, odd).location))
    assert page.tree.findtext(".//h1") == HOSTILE
    assert "{{7*7}}" in page.words


# --- live numbers -----------------------------------------------------------------------------


def test_numbers_that_did_not_change_cost_no_bytes(browse, office, appraisals):
    client = browse("linh.vt")
    first = client.get("/staff/counts?scope=unit")
    same = client.get("/staff/counts?scope=unit", headers={"If-None-Match": first.headers["ETag"]})
    office.do(1, "T3", "supplement", reason="Thiếu giấy tờ đất.")
    changed = client.get("/staff/counts?scope=unit", headers={"If-None-Match": first.headers["ETag"]})

    assert (same.status_code, same.data) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "<html" not in first.text  # a piece of the page, not a page


def test_live_numbers_are_those_of_the_page_whatever_it_is_narrowed_to(browse, appraisals):
    client = browse("linh.vt")
    for query in (
        "scope=unit&step=T3",
        "scope=unit&procedure=P03&f.total_floor.min=500",
        "q=nguyen&state=late",
    ):
        page = read(client.get(f"/staff/?{query}"))
        asked = page.tree.xpath("//@data-live")[0]
        numbers = re.findall(r"<b>([^<]+)</b>", client.get(asked).text)
        assert numbers == page.tree.xpath('//ul[@class="counts"]//b/text()')


def test_numbers_are_of_nobody_who_is_not_signed_in(app):
    assert app.test_client().get("/staff/counts").status_code in (302, 303, 401)


# --- the way back -----------------------------------------------------------------------------


def test_a_step_that_is_done_leads_back_to_the_page_of_the_list_it_was_opened_from(browse, appraisals):
    client = browse("linh.vt")
    listing = read(client.get("/staff/?scope=unit&step=T3&q=nguyen"))
    task = listed(listing)[0]
    page = read(client.get(f"/staff/tasks/{task}"))
    trail = page.tree.xpath('//p[@class="trail"]/a/@href')[0]
    form = page.form(f"/staff/tasks/{task}/complete")
    done = client.post(f"/staff/tasks/{task}/complete", data={**form, "outcome": "pass"})
    back = read(client.get(done.location))

    for place in (trail, done.location):
        assert "scope=unit" in place
        assert "step=T3" in place
        assert "q=nguyen" in place
    assert listed(back) == appraisals[1:]
    assert back.field("q") == "nguyen"


@pytest.mark.parametrize(
    ("scope", "act", "at"),
    [
        ("unit", "complete", 1),
        ("role", "reassign", 1),
        ("unit", "release", 0),
        ("mine", "release", None),
        ("mine", "complete", None),
    ],
)
def test_after_an_act_the_focus_is_on_the_line_or_beside_it(browse, office, appraisals, scope, act, at):
    """By the end of the address, so that it works without JavaScript; the line itself where it still is."""
    client, first = browse("linh.vt"), appraisals[0]
    client.post(f"/staff/tasks/{first}/claim")
    shown = listed(read(client.get(f"/staff/?scope={scope}")))
    page = read(client.get(f"/staff/tasks/{first}"))
    sent = page.form(f"/staff/tasks/{first}/{act}")
    if act == "complete":
        sent |= {"outcome": "supplement", "reason": "Thiếu giấy tờ đất."}
    if act == "reassign":
        sent |= {"to": f"user.{office.actor('dat.lq').user_id}", "reason": "Đi công tác."}

    answer = client.post(f"/staff/tasks/{first}/{act}", data=sent)

    assert answer.status_code == 303
    assert shown[0] == first
    place = answer.location.partition("#")[2]
    assert place == ("" if at is None else f"w{shown[at]}")
    if place:
        there = read(client.get(answer.location.partition("#")[0])).tree.get_element_by_id(place)
        assert there.tag == "a"


def test_a_place_that_cannot_be_read_leads_to_the_usual_list(browse, appraisals):
    client = browse("linh.vt")
    for place in ("scope=%ff&after=%00", "view=999999&after={}", "x" * 3_000, "q=" + "%F0%9F" * 300):
        client.set_cookie("motcua_list", place, path="/staff")
        trail = read(client.get(f"/staff/tasks/{appraisals[0]}")).tree.xpath('//p[@class="trail"]/a/@href')[0]
        page = read(client.get(trail, follow_redirects=True))
        assert (page.answer.status_code, page.answer.request.path) == (200, "/staff/"), place


def test_a_page_of_another_order_leads_to_the_first_page_and_says_so(browse, appraisals):
    page = read(
        browse("linh.vt").get("/staff/?scope=unit&after=%5B%22newest%22%2C1%5D", follow_redirects=True)
    )

    assert "Hãy mở lại danh sách từ đầu" in page.words
    assert listed(page) == appraisals


# --- many at once -----------------------------------------------------------------------------


def choose(client, *ticks, **more):
    return client.post("/staff/many", data={"t": list(ticks), **more})


def test_exactly_the_ticked_ones_are_done_and_each_says_what_came_of_it(browse, office, appraisals):
    client = browse("linh.vt")
    page = read(client.get("/staff/?scope=unit&step=T3"))
    ticks = page.tree.xpath('//input[@name="t"]/@value')
    chosen = choose(client, ticks[0], ticks[2])
    asked = read(client.get(chosen.location))
    done = client.post(f"{chosen.location}/begin", data={"act": "complete:pass"}, follow_redirects=True)
    result = read(done)

    assert "2 việc đã chọn" in asked.words
    assert len(result.tree.xpath("//tbody/tr")) == 2
    assert result.words.count("✓ đã làm") == 2
    assert "Chuyển sang: Dự thảo" in result.words
    with office.reading(None) as unit:
        statuses = [unit.session.get_one(WorkItemRow, one).status for one in appraisals]
    assert statuses == ["done", "open", "done"]


def test_the_printed_list_has_the_chosen_and_says_what_it_leaves_out(browse, office, appraisals, monkeypatch):
    """By dossier: what was never there, what one may not see any more, what is too much for one list."""
    client = browse("linh.vt")
    ticks = read(client.get("/staff/?scope=unit&step=T3")).tree.xpath('//input[@name="t"]/@value')
    chosen = choose(client, ticks[0], ticks[2], "999999.1").location
    codes = [office.dossier(office.dossier_of(one)).code for one in appraisals]

    sheet = read(client.get(f"{chosen}/sheet"))
    monkeypatch.setattr("runtime_api.staff.many.MOST_PRINTED", 1)
    short = read(client.get(f"{chosen}/sheet"))
    with office.unit(None) as unit:
        lost = update(BulkLineRow).where(BulkLineRow.code == codes[0])
        unit.session.execute(lost.values(code="H12.01-200101-0001"))
    monkeypatch.setattr("runtime_api.staff.many.MOST_PRINTED", 9)
    gone = read(client.get(f"{chosen}/sheet?lang=en"))

    assert printed(sheet) == [codes[0], codes[2]]
    assert "Việc số 999999: không in được" in sheet.words
    assert "data-print" in client.get(f"{chosen}/sheet").text
    assert printed(short) == [codes[0]]
    assert "Còn 1 hồ sơ chưa in" in short.words
    assert printed(gone) == [codes[2]]
    assert "H12.01-200101-0001: not printed" in gone.words
    assert browse("dat.lq").get(f"{chosen}/sheet").status_code == 404


def printed(page):
    return page.tree.xpath("//tbody/tr/td[2]/text()")


def test_ten_thousand_and_one_rows_are_refused_in_a_sentence_and_nothing_is_done(browse, office, appraisals):
    client = browse("linh.vt")
    taken = count(office, WorkItemRow, WorkItemRow.claimed_by.is_not(None))
    answer = choose(client, *(f"{number}.1" for number in range(1, 10_002)))
    said = read(client.get(answer.location)).words

    assert answer.status_code == 303
    assert "tối đa 10000" in said.replace(".", "")
    assert "Chưa có gì thay đổi" in said
    assert count(office, BulkRow) == count(office, BulkLineRow) == 0
    assert count(office, WorkItemRow, WorkItemRow.claimed_by.is_not(None)) == taken


def test_forged_ticks_are_refused_one_by_one_and_the_right_one_is_done(browse, office, appraisals):
    client = browse("linh.vt")
    foreign = office.task(office.permit(), "T2")  # the head's
    ticks = ["999999.1", f"{appraisals[1]}.77", f"{foreign}.1", f"{appraisals[0]}.1"]
    chosen = choose(client, *ticks)
    result = read(
        client.post(f"{chosen.location}/begin", data={"act": "complete:pass"}, follow_redirects=True)
    )

    assert (result.words.count("✓ đã làm"), result.words.count("✕ không làm được")) == (1, 3)
    with office.reading(None) as unit:
        assert unit.session.get_one(WorkItemRow, appraisals[0]).status == "done"
        assert unit.session.get_one(WorkItemRow, foreign).status == "open"
    assert office.check() == {}


def test_a_tick_that_no_page_of_ours_sent_stops_the_whole_choice(browse, office, appraisals):
    client = browse("linh.vt")
    for tick in ("abc", "1e9.1", "-1.1", "9" * 20 + ".1", "1.x"):
        answer = choose(client, f"{appraisals[0]}.1", tick)
        assert answer.status_code == 400, tick
        assert read(answer).tree.findtext(".//h1")
    assert count(office, BulkRow) == 0


def test_an_act_that_says_too_little_is_refused_on_its_page(browse, office, appraisals):
    client = browse("khoa.nd")
    chosen = choose(client, f"{appraisals[0]}.1")
    no_reason, nobody = {"act": "reassign", "to": "user.1"}, {"act": "reassign", "reason": "Đi vắng"}
    for sent in (no_reason, nobody, {"act": "nonsense"}, {}):
        answer = client.post(f"{chosen.location}/begin", data=sent)
        assert answer.status_code == 422, sent
        assert read(answer).tree.xpath('//p[@role="alert"]')
    assert count(office, BulkRow, BulkRow.state == "prepared") == 1


def test_nobody_opens_or_begins_what_somebody_else_chose(browse, office, appraisals):
    chosen = choose(browse("linh.vt"), f"{appraisals[0]}.1")
    colleague = browse("dat.lq")

    assert colleague.get(chosen.location).status_code == 404
    for path in ("progress", "sheet"):
        assert colleague.get(f"{chosen.location}/{path}").status_code == 404
    assert colleague.post(f"{chosen.location}/begin", data={"act": "claim"}).status_code == 404
    assert count(office, BulkRow, BulkRow.state == "prepared") == 1


def test_nothing_ticked_is_told_on_the_list(browse, appraisals):
    client = browse("linh.vt")
    answer = choose(client)

    assert "Chưa chọn việc nào" in read(client.get(answer.location)).words


def test_a_head_assigns_ticked_steps_on_the_list_and_nobody_sends_them_back(browse, office, appraisals):
    head = browse("khoa.nd")
    page = read(head.get("/staff/?scope=unit&step=T3"))
    (to,) = page.tree.xpath('//select[@name="to"]/option[text()="Lý Quốc Đạt"]/@value')
    ticks = page.tree.xpath('//input[@name="t"]/@value')
    sent = {"act": "reassign", "to": to}
    unsaid = read(choose(head, *ticks[:2], **sent))
    done = choose(head, *ticks[:2], **sent, reason="Chia đều việc trong phòng.")
    result = read(head.get(done.location))

    assert unsaid.answer.status_code == 422  # the choice stands, on a page that asks for the reason
    assert unsaid.field("to") == to
    assert result.words.count("✓ đã làm") == 2
    with office.reading("dat.lq") as unit:
        assert sorted(one.id for one in list_tasks(unit, scope="mine").lines) == appraisals[:2]
    assert not read(browse("linh.vt").get("/staff/?scope=unit")).tree.xpath('//select[@name="to"]')


def test_a_colleague_who_may_not_do_the_step_is_refused_line_by_line(browse, office, appraisals):
    head = browse("khoa.nd")
    with office.reading(None) as unit:
        stranger = unit.session.scalar(select(UserRow.id).where(UserRow.login == "mai.lt"))
    done = choose(head, f"{appraisals[0]}.1", act="reassign", to=f"user.{stranger}", reason="Thử giao.")
    result = read(head.get(done.location))

    assert result.words.count("✕ không làm được") == 1
    with office.reading(None) as unit:
        assert unit.session.get_one(WorkItemRow, appraisals[0]).claimed_by != stranger
