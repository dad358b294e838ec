"""Practice: each step of one's roles with a made-up dossier, by the rules of real ones, kept nowhere."""

from __future__ import annotations

import pytest
from office import open_office
from pages import read

from engine.errors import Forbidden, NotFound
from engine.scenarios import practice
from engine.store.law_rows import LegalDocumentRow

pytestmark = pytest.mark.sqlite


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


def filled(client, address):
    """Return what stands in the form of a page, as the browser would send it."""
    page = read(client.get(address))
    (form,) = page.tree.xpath("//form[@action=$action]", action=address)
    return {name: value for name, value in form.form_values() if name}


@pytest.fixture
def browse(app, office):
    return lambda login: app.test_client().sign_in(login)


def test_everybody_may_practise_the_steps_of_their_own_roles_and_each_opens(office):
    seen = {}
    for login in ("mai.lt", "khoa.nd", "linh.vt", "tuan.pm", "nhi.ty"):
        with office.reading(login) as unit:
            for one in practice.list_steps(unit):
                view = practice.open_practice(unit, one.key, one.step)
                seen.setdefault(login, set()).add((one.key, one.step))
                code = next(
                    iter([out.code for out in view.outcomes if out.style == "main"]), view.outcomes[0].code
                )
                done = practice.practise(
                    unit, one.key, one.step, outcome=code, reason="Tập làm", answers=view.values
                )
                assert done.ended or done.next, one
    assert ("P03", practice.COUNTER) in seen["mai.lt"]
    assert ("P03", "T2") in seen["khoa.nd"]
    assert ("P03", "T3") in seen["linh.vt"]
    assert ("P03", "T8") in seen["tuan.pm"]


def test_a_step_is_practised_on_its_page_and_nothing_at_all_is_written(browse, office):
    client = browse("khoa.nd")
    before = office.counts()
    assert "Đang tập làm." in read(client.get("/staff/practice/P03/T2")).words

    form = filled(client, "/staff/practice/P03/T2")
    done = read(client.post("/staff/practice/P03/T2", data={**form, "outcome": "assign"}))
    assert "Nếu là hồ sơ thật" in done.words
    assert "Đang tập làm." in done.words
    assert office.counts() == before


def test_a_mistake_is_told_as_on_the_real_page_and_what_was_typed_stays(browse, office):
    client = browse("linh.vt")
    before = office.counts()
    form = filled(client, "/staff/practice/P03/T3")

    answer = client.post("/staff/practice/P03/T3", data={**form, "outcome": "refuse", "reason": ""})
    assert answer.status_code == 422
    assert "Lý do" in read(answer).words
    empty = client.post("/staff/practice/P03/T3", data={"outcome": "no such"})
    assert empty.status_code == 422
    assert office.counts() == before


def test_a_clerk_practises_the_reception_and_a_missing_field_is_named(browse, office):
    client = browse("mai.lt")
    form = filled(client, "/staff/practice/P03/reception")
    good = read(client.post("/staff/practice/P03/reception", data=form))
    bad = client.post("/staff/practice/P03/reception", data={**form, "d.parcel_no": ""})

    assert "Làm được: “Tiếp nhận”" in good.words
    assert bad.status_code == 422
    assert 'aria-invalid="true"' in bad.text


def test_steps_of_others_and_steps_that_do_not_exist_are_refused_in_a_sentence(browse, office):
    client = browse("mai.lt")
    others = client.get("/staff/practice/P03/T7")
    assert others.status_code == 403
    assert "vai trò khác" in others.text
    for address in ("/staff/practice/P03/none", "/staff/practice/P99/T2"):
        assert client.get(address).status_code == 404
    with office.reading("mai.lt") as unit, pytest.raises(Forbidden):
        practice.open_practice(unit, "P03", "T7")
    with office.reading("mai.lt") as unit, pytest.raises(NotFound):
        practice.practise(unit, "P03", "none", answers={})


def test_a_procedure_without_scenarios_is_practised_along_its_usual_outcomes(office):
    office.redraw(scenarios=[])
    with office.reading("linh.vt") as unit:
        view = practice.open_practice(unit, "P03", "T3")
    assert view.form
    assert view.leads


def test_the_law_of_a_step_is_said_in_the_language_and_led_to_the_register(browse, office):
    """On the page of practice as on that of real work; what the register does not know is plain text."""
    with office.unit(None) as unit:
        unit.session.add(LegalDocumentRow(number="50/2014/QH13", title="Luật Xây dựng", changed_at=unit.now))
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    client = browse("linh.vt")

    for path in ("/staff/practice/P03/T3", f"/staff/tasks/{office.task(dossier, 'T3')}"):
        english, native = read(client.get(f"{path}?lang=en")), read(client.get(f"{path}?lang=vi"))

        (link, *_) = english.tree.xpath("//ul[@class='law']//a")
        assert link.text == "Law 50/2014/QH13 (Luật Xây dựng)"
        assert "Article 93, " in english.words
        assert "Decree 217/2026/NĐ-CP" in english.words
        assert "điều 93, Luật Xây dựng 50/2014/QH13" in native.words
        assert client.get(link.get("href")).status_code == 200


def test_the_page_of_a_step_leads_to_its_practice_and_every_page_to_the_list(browse, office):
    client = browse("khoa.nd")
    task = office.task(office.permit(), "T2")
    assert "/staff/practice/P03/T2" in client.get(f"/staff/tasks/{task}").text
    assert "/staff/practice/P03/T2" in read(client.get("/staff/practice?q=xay dung")).links()
    assert "/staff/practice" in read(client.get("/staff/")).links()
    assert "không có bước nào" in read(client.get("/staff/practice?q=zzz")).words.lower()
