"""The pages of incidents: who sees them, and the three things that may be done there."""

from __future__ import annotations

import re

import pytest
from office import open_office
from pages import read
from sqlalchemy import select

from engine.errors import Refused
from engine.store.rows import IncidentRow, TimerRow
from engine.usecases.incidents import open_incident

pytestmark = pytest.mark.sqlite
WHY = "Đã thống nhất với đơn vị phối hợp."


class Nobody(Refused):
    code = "no_one_to_do"
    vi = "Không có ai giữ vai trò chuyên viên."
    en = "Nobody holds the role of a specialist."


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def incident(office):
    """A dossier whose timer of the fire-police opinion rests on an incident."""
    dossier = office.permit(on_fire_list="1")
    office.do(dossier, "T2", "assign")
    office.at("2026-11-25 08:00")
    office.do(dossier, "T3", "pass")
    with office.unit(None) as unit:
        timer = unit.session.scalars(select(TimerRow).order_by(TimerRow.id)).first()
        open_incident(unit, dossier, Nobody("somebody", "nobody"), timer=timer, attempts=6)
        unit.session.flush()
        return unit.session.scalars(select(IncidentRow.id)).one()


def test_those_who_lead_find_the_incident_from_the_bar_the_list_and_the_dossier(app, office, incident):
    client = app.test_client().sign_in("tuan.pm")
    bar = read(client.get("/staff/")).links()
    listed = read(client.get("/staff/incidents"))
    view = read(client.get(f"/staff/incidents/{incident}"))
    code = re.search(r"H12[^ ]+", listed.words)[0]
    dossier = read(client.get(f"/staff/dossiers/{code}"))

    assert "/staff/incidents" in bar
    assert "Không có ai giữ vai trò chuyên viên." in listed.words
    assert "đã thử 6 lần" in listed.words
    assert "Hồ sơ đi tiếp đến" in view.words
    assert f"/staff/incidents/{incident}" in dossier.links()


def test_english_pages_say_no_vietnamese_word_of_their_own(app, incident):
    client = app.test_client().sign_in("tuan.pm")
    words = read(client.get(f"/staff/incidents/{incident}?lang=en&field=parcel_area")).words

    assert "Correct and try again" in words
    assert "Nobody holds the role of a specialist." in words
    assert "Thử lại" not in words


def test_a_specialist_sees_no_list_and_no_buttons(app, incident):
    client = app.test_client().sign_in("linh.vt")
    view = read(client.get(f"/staff/incidents/{incident}"))

    assert client.get("/staff/incidents").status_code == 403
    assert "Người điều phối hoặc lãnh đạo đơn vị quyết định việc này." in view.words
    assert client.post(f"/staff/incidents/{incident}/skip", data={"skip_reason": WHY}).status_code == 403


def test_other_offices_do_not_know_of_it(app, incident):
    client = app.test_client().sign_in("nga.tt")

    assert client.get(f"/staff/incidents/{incident}").status_code == 404
    assert client.post(f"/staff/incidents/{incident}/retry").status_code == 404


def test_a_refused_answer_stays_on_the_page_with_its_reason(app, incident):
    client = app.test_client().sign_in("tuan.pm")
    answer = client.post(
        f"/staff/incidents/{incident}/change",
        data={"field": "parcel_area", "d.parcel_area": "rộng", "change_reason": WHY},
    )
    page = read(answer)

    assert answer.status_code == 422
    assert page.field("d.parcel_area") == "rộng"
    assert WHY in answer.text
    assert page.problem_of("d.parcel_area")


def test_skipping_twice_acts_once_and_says_so(app, office, incident):
    client = app.test_client().sign_in("tuan.pm")
    page = client.get(f"/staff/incidents/{incident}").text
    flow = re.search(r'<option value="([^"]+)"', page.partition('id="flow"')[2])[1]
    sent = {"flow": flow, "skip_reason": WHY}
    first = client.post(f"/staff/incidents/{incident}/skip", data=sent)
    second = client.post(f"/staff/incidents/{incident}/skip", data=sent)

    assert (first.status_code, second.status_code) == (303, 409)
    assert "đã được xử lý trước đó" in second.text
    assert "đã được xử lý xong" in second.text
    assert office.check() == {}
