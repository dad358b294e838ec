"""The leaders' pages: numbers, each of which is the length of the list that it opens."""

from __future__ import annotations

import re

import pytest
from office import Office, open_office
from pages import read

from engine.usecases.dossiers import withdraw_dossier

pytestmark = pytest.mark.sqlite  # what a page answers does not depend on the database

VICE_CHAIRMAN, DIRECTOR, CHAIRMAN_OF_A_COMMUNE = "hai.hv", "tuan.pm", "loi.nt"


@pytest.fixture
def office(province, clock) -> Office:
    """One dossier is late, one is new, one is withdrawn."""
    office = open_office(province, clock)
    office.at("2026-11-02 08:00")
    office.permit()
    office.at("2026-11-20 09:00")
    office.permit()
    office.permit()
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, 3, "Sửa thiết kế")
    office.at("2026-11-23 09:10")
    return office


@pytest.fixture
def browse(app, office):
    return lambda login: app.test_client().sign_in(login)


def rows_of(page) -> int:
    return len(page.tree.xpath('//a[contains(@class, "row")]'))


def test_every_number_is_the_length_of_its_list(browse):
    client = browse(VICE_CHAIRMAN)
    page = read(client.get("/leader/"))
    links = page.tree.xpath('//a[contains(@href, "/leader/list/")]')

    assert len(links) > 10
    for link in links:
        number = int(re.search(r"\d+", "".join(link.itertext()))[0])
        assert rows_of(read(client.get(link.get("href")))) == number, link.get("href")


def test_the_late_stand_out(browse):
    page = read(browse(VICE_CHAIRMAN).get("/leader/list/late"))

    assert rows_of(page) == 1
    assert "▲" in page.words
    assert "/staff/dossiers/H12.01-261102-0001" in page.links()


def test_a_leader_sees_the_own_units_and_no_others(browse):
    assert rows_of(read(browse(DIRECTOR).get("/leader/list/received"))) == 3
    assert rows_of(read(browse(CHAIRMAN_OF_A_COMMUNE).get("/leader/list/received"))) == 0
    assert "Chưa có hồ sơ nào" in read(browse(CHAIRMAN_OF_A_COMMUNE).get("/leader/")).words


def test_the_period_narrows_what_happened_in_it(browse):
    client = browse(VICE_CHAIRMAN)

    today = read(client.get("/leader/list/received?since=23/11/2026&until=23/11/2026"))
    month = read(client.get("/leader/list/received?since=2026-11-01&until=2026-11-30"))

    assert rows_of(today) == 0
    assert rows_of(month) == 3


@pytest.mark.parametrize(
    "query", ["since=31/02/2026", "since=24/11/2026&until=1/11/2026", "since=x&until=y", "root=abc"]
)
def test_a_period_that_makes_no_sense_falls_back_to_this_month(browse, query):
    answer = browse(VICE_CHAIRMAN).get(f"/leader/?{query}")

    assert answer.status_code == 200
    assert "01/11/2026" in read(answer).words


def test_only_leaders_open_these_pages(browse, app):
    assert browse("mai.lt").get("/leader/").status_code == 403
    assert app.test_client().get("/leader/").status_code == 303
    assert browse(VICE_CHAIRMAN).get("/leader/list/nonsense").status_code == 422


def test_the_page_can_be_printed_and_read_in_english(browse):
    client = browse(VICE_CHAIRMAN)

    page = read(client.get("/leader/?lang=en"))

    assert "Tiến độ" not in page.words
    assert page.tree.xpath("//button[@data-print]")
