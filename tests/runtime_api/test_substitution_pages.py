"""Lending one's work on the page: doubts first, then saved, then taken back; both names on the task list."""

from __future__ import annotations

from datetime import date

import pytest
from office import open_office
from sqlalchemy import select

from engine.domain.access import SYSTEM
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
    found = ids(province, "linh.vt", "dat.lq")
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
        giver = chair.user_id
    client.sign_in("khoa.nd")
    client.get(f"/staff/?lang={language}")
    page = client.get(f"/staff/tasks/{task}").text
    data = {"to": f"user.{giver}", "reason": "Quen hồ sơ này."}
    given = client.post(f"/staff/tasks/{task}/reassign", data=data)

    assert away in page
    assert given.status_code == 303
    assert warned in client.get(given.location).text
