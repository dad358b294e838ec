"""The list of work: order, numbers, search and pages."""

import itertools

import pytest

from engine.usecases.finding import find_dossiers
from engine.usecases.keysets import BadCursor
from engine.usecases.open_work import STATES
from engine.usecases.worklists import list_tasks, next_task


@pytest.fixture
def busy(office):
    """A desk with work in every state; ids of dossiers by what they are."""
    late = office.permit()
    asked = office.permit(on_fire_list="1")
    waiting = office.permit()
    for one in (late, asked, waiting):
        office.do(one, "T2", "assign")
    office.do(asked, "T3", "pass")
    office.do(waiting, "T3", "supplement", reason="Thiếu giấy tờ đất.")
    office.do(waiting, "T3b", "approve")
    office.at("2026-11-26 08:00")  # 12 working hours from 09:10 on 23/11 ended on 25/11
    today = office.permit()
    office.do(today, "T2", "assign")
    return {"late": late, "asked": asked, "waiting": waiting, "today": today}


def page(office, login, **arguments):
    with office.reading(login) as unit:
        return list_tasks(unit, **arguments)


def test_every_number_is_the_length_of_its_list(office, busy):
    counts = page(office, "linh.vt").counts
    lists = {state: page(office, "linh.vt", state=state).lines for state in STATES}

    assert {state: getattr(counts, state) for state in STATES} == {
        s: len(lines) for s, lines in lists.items()
    }
    assert [one.dossier_id for one in lists["late"]] == [busy["late"]]
    assert [one.dossier_id for one in lists["today"]] == [busy["asked"]]  # 16 working hours end at 09:10
    assert [one.dossier_id for one in lists["supplement"]] == [busy["waiting"]]
    assert [one.unit_name for one in lists["agency"]] == ["Phòng Cảnh sát PCCC và CNCH, Công an tỉnh Cà Mau"]


def test_the_most_urgent_comes_first_and_what_waits_for_the_citizen_stands_still(office, busy):
    lines = page(office, "linh.vt").lines
    waiting = page(office, "linh.vt", state="supplement").lines[0]

    assert lines[0].dossier_id == busy["late"]
    assert lines[0].time.tone == "late"
    assert (waiting.time.sign, waiting.time.text.vi) == ("‖", "Đồng hồ tạm dừng")
    assert waiting.detail.vi == "Bổ sung lần 1"
    assert not waiting.workable


def test_lists_are_searched_without_diacritics_and_narrowed(office, busy):
    first = page(office, "linh.vt", text="nguyen á").lines

    assert len(first) == len(page(office, "linh.vt").lines)
    assert page(office, "linh.vt", text="tran").lines == ()
    assert page(office, "linh.vt", text="100%").lines == ()
    assert {one.step_name.vi for one in page(office, "linh.vt", step="T3").lines} == {"Thẩm định hồ sơ"}
    assert page(office, "linh.vt", procedure="P07").lines == ()
    assert [key for key, _ in page(office, "linh.vt").procedures] == ["P03"]


def test_pages_follow_each_other_without_gap_or_repeat(office, busy):
    whole = [one.id for one in page(office, "linh.vt").lines]
    pieces, after = [], None
    while True:
        part = page(office, "linh.vt", limit=1, after=after)
        pieces += [one.id for one in part.lines]
        after = part.next
        if after is None:
            break

    assert pieces == whole
    assert back(office, part) == whole[:-1][::-1]
    with pytest.raises(BadCursor):
        page(office, "linh.vt", after="{}")


def back(office, last):
    """Go back from the last page, line by line."""
    found, part = [], last
    while part.previous is not None:
        part = page(office, "linh.vt", limit=1, before=part.previous)
        found += [one.id for one in part.lines]
    return found


def test_what_is_received_meanwhile_moves_no_line_of_the_next_page(office, busy):
    first = page(office, "linh.vt", limit=1)
    whole = [one.id for one in page(office, "linh.vt").lines]
    office.permit()
    second = page(office, "linh.vt", limit=1, after=first.next)

    assert [one.id for one in (*first.lines, *second.lines)] == whole[:2]


HOSTILE = [
    "{}", "[]", "null", "[\"urgent\"]", "[\"newest\",1]", "[\"urgent\",0,\"2026-11-26\",1]",
    "[\"urgent\",false,\"2026-11-26T00:00:00\",1]", "[\"urgent\",false,\"2026-11-26T00:00:00+00:00\",1e300]",
    "[\"urgent\",false,\"2026-11-26T00:00:00+00:00\",9007199254740993]", "[" * 500, "x" * 5000,
    "[\"urgent\",false,\"2026-11-26T00:00:00+00:00\",\"1\"]", "[\"\\ud800\"]",
]  # fmt: skip


@pytest.mark.sqlite
def test_a_cursor_of_something_else_is_refused_in_words(office):
    for cursor, way in itertools.product(HOSTILE, ("after", "before")):
        with pytest.raises(BadCursor) as refused:
            page(office, "linh.vt", **{way: cursor})
        assert "từ đầu" in refused.value.say("vi"), cursor


def test_the_newest_may_come_first(office, busy):
    by_number = sorted((one.id for one in page(office, "linh.vt").lines), reverse=True)

    assert [one.id for one in page(office, "linh.vt", sort="newest").lines] == by_number
    assert [one.id for one in page(office, "linh.vt", sort="oldest").lines] == by_number[::-1]


def test_the_team_is_what_lies_below_and_waiting_is_what_others_have(office, busy):
    led = {one.id for one in page(office, "khoa.nd", scope="team").lines}
    waiting = page(office, "mai.lt", scope="waiting").lines

    assert led >= {one.id for one in page(office, "linh.vt").lines}
    assert page(office, "linh.vt", scope="team").lines == ()
    assert {one.dossier_id for one in waiting} <= {busy[one] for one in busy}
    assert {one.unit_name for one in waiting} >= {"Sở Xây dựng"}
    assert all(one.since for one in waiting)
    assert not {one.id for one in waiting} & {one.id for one in page(office, "mai.lt", scope="role").lines}


def test_signs_in_the_search_box_are_no_commands(office, busy):
    for text in ("' OR 1=1 --", '"', "a:*|b", "~", "%_", "(((", "\x00", "🏠 " * 90, "NEAR(a b)"):
        assert page(office, "linh.vt", text=text).counts.late in (0, 1), text
        with office.reading("linh.vt") as unit:
            assert find_dossiers(unit, text).next is None, text


def test_each_sees_the_work_of_their_units_roles_and_hands(office, busy):
    from engine.usecases.tasks import claim_task

    task = office.task(busy["late"], "T3")
    with office.unit("linh.vt") as unit:
        claim_task(unit, task)

    assert [one.id for one in page(office, "linh.vt", scope="mine").lines] == [task]
    assert task not in [one.id for one in page(office, "dat.lq", scope="role").lines]
    assert task in [one.id for one in page(office, "dat.lq", scope="unit").lines]
    assert [one.code for one in page(office, "son.lv").lines] == [office.dossier(busy["asked"]).code]
    assert page(office, "my.nk").lines == ()
    assert page(office, "my.nk").counts.all == 0


def test_the_next_work_is_the_most_urgent_that_is_free(office, busy):
    with office.reading("linh.vt") as unit:
        first = next_task(unit)
    with office.reading("my.nk") as unit:
        nothing = next_task(unit)

    assert first == office.task(busy["late"], "T3")
    assert nothing is None
