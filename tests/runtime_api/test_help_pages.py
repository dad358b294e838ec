"""Help: complete in both languages, found by words and by place, with cards made of what is in force."""

from __future__ import annotations

import re

import pytest
from office import open_office
from pages import read

from runtime_api.help.places import PAGES, PLACES
from runtime_api.help.search import TEMPLATES, find_help
from runtime_api.help.tours import tour_of

pytestmark = pytest.mark.sqlite

WORDS_A_MINUTE = 150  # reading slowly, and pressing a key after each stop


@pytest.fixture
def office(province, clock):
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    return office


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_of_help_is_there_in_both_languages(client, language):
    assert {path.stem for path in (TEMPLATES / language).glob("*.html")} == set(PAGES)
    assert set(PLACES.values()) <= set(PAGES)
    for name in PAGES:
        page = read(client.get(f"/help/{name}?lang={language}"))
        assert page.tree.xpath("//article//h1"), name
        assert len(page.words) > 150, name
    assert client.get("/help/none").status_code == 404


def test_help_is_found_without_marks_and_by_all_words(client):
    assert [one.name for one in find_help("may quet", "vi")] == ["reception"]
    assert find_help("ma doc", "vi")[0].name in ("papers", "admin")
    assert find_help("giay hen xyzzy", "vi") == []
    page = read(client.get("/help/?q=giay hen"))
    assert any(link == "/help/reception" for link in page.links())
    assert "Không có trang nào khớp" in read(client.get("/help/?q=zzz")).words


@pytest.mark.dossiers
@pytest.mark.parametrize(
    ("login", "path", "name"),
    [
        ("mai.lt", "/staff/", "tasks"),
        ("mai.lt", "/staff/reception", "reception"),
        ("mai.lt", "/staff/dossiers", "dossier"),
        ("hai.hv", "/leader/", "leader"),
        ("thao.np", "/designer/", "designer"),
        ("vinh.dq", "/library/", "library"),
        ("vinh.dq", "/admin/units/", "admin"),
    ],
)
def test_every_page_leads_to_its_own_help(client, login, path, name):
    page = read(client.sign_in(login).get(path))

    assert f"/help/{name}" in page.links()


def test_a_card_says_what_a_role_does_by_the_procedures_in_force(client, office):
    client.sign_in("linh.vt")
    card = read(client.get("/help/card", follow_redirects=True))

    assert "Thẩm định hồ sơ" in card.words
    assert "Yêu cầu bổ sung" in card.words
    assert "Tiếp nhận, số hóa, thu lệ phí" not in card.words, "that is another role's"
    assert client.get("/help/card/NOBODY").status_code == 404
    assert client.application.test_client().get("/help/card").status_code in (303, 401)


@pytest.mark.parametrize("login", ["mai.lt", "linh.vt", "khoa.nd", "hai.hv", "thao.np"])
def test_a_tour_is_read_in_ninety_seconds(app, office, as_user, login):
    actor = as_user(login)
    with app.test_request_context("/"):
        tours = [
            tour_of(view, actor)
            for view in (
                "staff.task_list",
                "staff.task",
                "staff.reception",
                "leader.progress",
                "designer.procedures",
            )
        ]
    for tour in tours:
        words = sum(len(re.findall(r"\w+", f"{stop.title} {stop.text}")) for stop in tour.stops)
        assert words / WORDS_A_MINUTE * 60 <= 90, tour.name


# --- the page of a step ---------------------------------------------------------------------------


def test_after_a_decision_the_most_urgent_work_is_offered(client, office):
    first, second = office.permit(), office.permit()
    task, left = office.task(first, "T2"), office.task(second, "T2")
    client.sign_in(office.who(task))
    page = read(client.get(f"/staff/tasks/{task}"))
    form = page.form(f"/staff/tasks/{task}/complete")

    done = client.post(
        f"/staff/tasks/{task}/complete", data={**form, "outcome": "assign"}, follow_redirects=True
    )
    answer = read(done)
    assert "Việc gấp nhất bây giờ: Phân công thụ lý" in answer.words
    assert f"/staff/tasks/{left}" in answer.links()


def test_a_button_names_who_gets_the_dossier_and_how_long_they_have(client, office):
    task = office.task(office.permit(), "T2")
    page = read(client.sign_in(office.who(task)).get(f"/staff/tasks/{task}"))

    line = page.tree.xpath("//li[@class='out']//p")[0].text_content()
    assert "Thẩm định hồ sơ" in line
    assert "Võ Thùy Linh" in line
    assert "12 giờ" in line or "ngày" in line


def test_a_rare_step_shows_how_it_was_done_last_without_names(client, office):
    done = office.permit()
    office.do(
        done,
        "T2",
        "assign",
        assigned_specialist="Võ Thùy Linh",
        assign_note="Nguyễn Văn Á gọi 0912 345 678: xem kỹ chỉ giới",
    )
    task = office.task(office.permit(), "T2")
    client.sign_in(office.who(task))

    page = read(client.get(f"/staff/tasks/{task}"))
    said = page.tree.xpath("//details[contains(@class, 'last-time')]")[0].text_content()
    assert "Giao việc" in said
    assert "xem kỹ chỉ giới" in said
    assert "•••" in said
    for secret in ("Nguyễn", "0912", "Linh"):
        assert secret not in said


def test_whoever_does_a_step_often_needs_no_example(client, office):
    for _ in range(3):
        office.do(office.permit(), "T2", "assign")
    task = office.task(office.permit(), "T2")

    page = read(client.sign_in(office.who(task)).get(f"/staff/tasks/{task}"))
    assert not page.tree.xpath("//details[contains(@class, 'last-time')]")
