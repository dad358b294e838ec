"""The list of work that may be begun, on the page of the dossier and of the step of whoever chooses."""

from __future__ import annotations

import pytest
from chosen_work import DIAGRAM
from office import open_office
from pages import read

pytestmark = pytest.mark.sqlite  # what a page answers does not depend on the database


@pytest.fixture
def office(province, clock):
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    office.redraw(DIAGRAM.encode())
    return office


@pytest.fixture
def code(office):
    dossier = office.permit()
    return office.dossier(dossier).code


def test_the_step_of_whoever_chooses_offers_what_may_be_begun_and_a_click_begins_it(app, office, code):
    client = app.test_client().sign_in("khoa.nd")
    task = office.task(1, "group")
    page = read(client.get(f"/staff/tasks/{task}"))
    assert "Việc có thể bắt đầu" in page.words
    assert "Kiểm tra thực địa" in page.words

    answer = client.post(f"/staff/dossiers/{code}/begin", data={**page.form(f"/staff/dossiers/{code}/begin")})
    after = read(client.get(answer.location))

    assert answer.status_code == 303
    assert "Đã cho bắt đầu." in after.words
    assert office.open_steps(1) == ["group", "site"]


def test_a_colleague_sees_what_may_be_begun_but_no_button_for_it(app, office, code):
    page = read(app.test_client().sign_in("mai.lt").get(f"/staff/dossiers/{code}"))

    assert "Việc có thể bắt đầu" in page.words
    assert "người có vai trò mới cho bắt đầu được" in page.words
    assert f"/staff/dossiers/{code}/begin" not in page.answer.text


def test_a_click_that_comes_too_late_is_told_so(app, office, code):
    client = app.test_client().sign_in("khoa.nd")
    page = read(client.get(f"/staff/dossiers/{code}"))
    sent = page.form(f"/staff/dossiers/{code}/begin")
    client.post(f"/staff/dossiers/{code}/begin", data=sent)
    again = client.post(f"/staff/dossiers/{code}/begin", data={**sent, "submission_key": "another"})

    assert "không bắt đầu được lúc này" in read(client.get(again.location)).words


def test_a_dossier_in_which_nothing_is_chosen_shows_no_such_list(app, province, clock):
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    code = office.dossier(office.permit()).code

    page = read(app.test_client().sign_in("mai.lt").get(f"/staff/dossiers/{code}"))

    assert "Việc có thể bắt đầu" not in page.words
