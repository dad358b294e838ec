"""Lending one's work on the page: doubts first, then saved, then taken back; both names on the task list."""

from __future__ import annotations

from datetime import date

import pytest
from office import open_office
from pages import read
from sqlalchemy import select

from engine.domain.access import SYSTEM
from engine.domain.texts import fold
from engine.store.duty_rows import SubstitutionRow
from engine.store.rows import AssignmentRow, UserRow, WorkItemRow

pytestmark = pytest.mark.sqlite


def ids(engine, giver, taker):
    with engine.reading(SYSTEM) as unit:
        people = {row.login: row.id for row in unit.session.scalars(select(UserRow))}
        chair = unit.session.scalars(
            select(AssignmentRow.id).where(
                AssignmentRow.user_id == people[giver], AssignmentRow.ends_on.is_(None)
            )
        ).first()
        return {"chair": chair, "taker": people[taker]}


def rows(engine):
    with engine.reading(SYSTEM) as unit:
        return unit.session.scalars(select(SubstitutionRow)).all()


def send(client, engine, **more):
    form = {
        **ids(engine, "khoa.nd", "dat.lq"),
        "role": "HEAD",
        "starts_on": "23/11/2026",
        "ends_on": "27/11/2026",
    }
    return client.post("/staff/substitutions", data={**form, **more})


def test_doubts_come_first_and_are_saved_only_when_seen(client, province):
    client.sign_in("khoa.nd")
    client.get("/staff/substitutions")
    first = send(client, province)
    before = len(rows(province))
    second = send(client, province, seen="1")

    assert first.status_code == 200
    assert "duyệt chính việc mình đã làm" in first.text
    assert 'value="27/11/2026"' in first.text
    assert (before, second.status_code, len(rows(province))) == (0, 303, 1)
    page = client.get("/staff/substitutions").text
    assert "đang thay" in page
    client.sign_in("dat.lq")
    assert "Hôm nay bạn thay Nguyễn Đăng Khoa." in client.get("/staff/").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends_on": "20/11/2026"}, "ngày cuối"),
        ({"ends_on": "soon"}, "ngày cuối"),
        ({"taker": ""}, "người thay"),
        ({"role": "IT_ADMIN"}, "chức vụ này không có vai trò"),
        ({"limit_0": "capital", "most_0": "a lot"}, "giới hạn"),
    ],
)
def test_what_cannot_be_lent_comes_back_with_a_sentence_and_what_was_typed(client, province, change, words):
    client.sign_in("khoa.nd")
    client.get("/staff/substitutions")
    answer = send(client, province, seen="1", reason="Nghỉ phép năm", **change)

    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert "Nghỉ phép năm" in answer.text
    assert rows(province) == []


def test_taking_back_works_for_those_concerned_only(client, province):
    client.sign_in("khoa.nd")
    client.get("/staff/substitutions")
    send(client, province, seen="1")
    number = rows(province)[0].id
    client.sign_in("huong.bt")
    client.get("/staff/substitutions")
    refused = client.post(f"/staff/substitutions/{number}/revoke", data={"revoke_reason": ""})
    client.sign_in("dat.lq")
    client.get("/staff/substitutions")
    done = client.post(f"/staff/substitutions/{number}/revoke", data={"revoke_reason": "Tôi cũng nghỉ."})

    assert (refused.status_code, done.status_code) == (403, 303)
    assert rows(province)[0].revoke_reason == "Tôi cũng nghỉ."


def goes_away(office, task):
    """Let a specialist be away this week; return the number of the account."""
    found = ids(office.engine, "linh.vt", "dat.lq")
    with office.unit(None) as unit:
        chair = unit.session.get_one(AssignmentRow, found["chair"])
        unit.session.add(
            SubstitutionRow(
                giver_id=chair.user_id,
                taker_id=found["taker"],
                assignment_id=chair.id,
                unit_id=unit.session.get_one(WorkItemRow, task).unit_id,
                roles=["SPECIALIST"],
                procedures=[],
                limits={},
                starts_on=date(2026, 11, 23),
                ends_on=date(2026, 11, 27),
                created_at=unit.now,
            )
        )
        return chair.user_id


AWAY = "Võ Thùy Linh đang vắng đến 27/11/2026, Lý Quốc Đạt làm thay"


@pytest.mark.parametrize("name", ["Võ Thùy Linh", "vo thuy  linh", "Lý Quốc Đạt", "không rõ ai"])
def test_a_name_that_is_written_in_a_form_warns_before_and_after(client, province, clock, name):
    """The specialist of a permit is written as text; whoever is away is named all the same."""
    office = open_office(province, clock)
    task = office.task(office.permit(), "T2")
    goes_away(office, task)
    client.sign_in("khoa.nd")
    page = read(client.get(f"/staff/tasks/{task}"))
    sent = page.form(f"/staff/tasks/{task}/complete") | {"d.assigned_specialist": name, "outcome": "assign"}

    before = client.post(f"/staff/tasks/{task}/look", data=sent)
    done = client.post(f"/staff/tasks/{task}/complete", data=sent)

    is_away = fold(name).split() == fold("Võ Thùy Linh").split()
    assert AWAY not in page.words
    assert (AWAY in before.text) == is_away
    assert done.status_code == 303
    assert (AWAY in client.get(done.location).text) == is_away


def test_acts_on_many_warn_of_whoever_is_away_line_by_line(client, province, clock):
    """Assigned to the chosen person, or by the name that was kept on each page."""
    office = open_office(province, clock)
    tasks = [office.task(office.permit(), "T2") for _ in range(2)]
    giver = goes_away(office, tasks[0])
    client.sign_in("khoa.nd")
    for task in tasks:
        page = read(client.get(f"/staff/tasks/{task}"))
        sent = page.form(f"/staff/tasks/{task}/complete") | {"d.assigned_specialist": "Võ Thùy Linh"}
        client.post(f"/staff/tasks/{task}/draft", data=sent)
    assigned = many(client, tasks, act="complete:assign")
    appraisals = [office.task(office.dossier_of(task), "T3") for task in tasks]
    offered = many(client, appraisals)
    moved = many(client, appraisals, act="reassign", to=f"user.{giver}", reason="Quen hồ sơ.")

    assert [assigned.count(AWAY), moved.count(AWAY)] == [2, 2]
    assert "vắng đến 27/11/2026" in offered


def many(client, tasks, **begin):
    """Tick steps on the list and begin an act; return what the page says of each."""
    page = read(client.get("/staff/?scope=unit"))
    ticks = [one for one in page.tree.xpath("//input[@name='t']/@value") if int(one.split(".")[0]) in tasks]
    assert len(ticks) == len(tasks)
    chosen = client.post("/staff/many", data={**page.form("/staff/many"), "t": ticks})
    address = chosen.location
    if not begin:
        return client.get(address).text
    sent = read(client.get(address)).form(f"{address}/begin") | begin
    client.post(f"{address}/begin", data=sent)
    return client.get(address).text


@pytest.mark.parametrize(
    ("language", "away", "warned"),
    [
        (
            "vi",
            "Võ Thùy Linh (vắng đến 27/11/2026, Lý Quốc Đạt làm thay)",
            "Người nhận đang vắng đến 27/11/2026",
        ),
        (
            "en",
            "Võ Thùy Linh (away until 27/11/2026, Lý Quốc Đạt stands in)",
            "The person is away until 27/11/2026",
        ),
    ],
)
def test_who_gives_work_to_somebody_away_is_warned(client, province, clock, language, away, warned):
    office = open_office(province, clock)
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    task = office.task(dossier, "T3")
    giver = goes_away(office, task)
    client.sign_in("khoa.nd")
    client.get(f"/staff/?lang={language}")
    page = client.get(f"/staff/tasks/{task}").text
    data = {"to": f"user.{giver}", "reason": "Quen hồ sơ này."}
    given = client.post(f"/staff/tasks/{task}/reassign", data=data)

    assert away in page
    assert given.status_code == 303
    assert warned in client.get(given.location).text
