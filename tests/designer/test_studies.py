"""What a revision would do: running dossiers, past ones played again, a simulated month; in slices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from authoring import AUTHOR, step
from pages import read

from designer import impact, what_if
from designer import outline_acts as acts
from designer import outline_events as events
from designer.changes.matching import align
from designer.sheet import Sheet
from designer.starting import empty_drawing
from designer.what_if import Asked, BadInputs
from engine.bpmn.definitions import load_definition
from engine.domain.access import SYSTEM
from engine.domain.calendar import WorkingCalendar
from engine.domain.forms import parse_answers
from engine.domain.procedures import Limit, Procedure
from engine.domain.scenarios import COMPLETE
from engine.domain.texts import Text
from engine.scenarios.made_up import made_up
from engine.scenarios.replay import Done, Heard, Recorded, replay, ways_apart
from engine.store.rows import DossierRow
from engine.store.study_rows import StudyRow
from engine.usecases import studies
from engine.usecases.evaluation import evaluate

pytestmark = pytest.mark.sqlite


@pytest.fixture
def shipped(authoring):
    row = authoring.row(authoring.in_force().id)
    return row.definition.xml, Procedure.from_json(row.content)


def recorded(procedure, ident="granted") -> Recorded:
    """A dossier as a shipped scenario had it."""
    scenario = next(one for one in procedure.scenarios if one.id == ident)
    acts = [
        Done(step=one.step, outcome=one.outcome, answers=one.answers, took=timedelta(days=4))
        for one in scenario.acts
        if one.kind == COMPLETE
    ]
    return Recorded(code="H1", accepted_at=scenario.start, answers=scenario.answers, acts=tuple(acts))


# --- replaying --------------------------------------------------------------------------------


def test_a_past_dossier_goes_the_same_way_under_the_same_revision(shipped):
    xml, procedure = shipped
    past = recorded(procedure)

    played = replay(load_definition(xml), procedure, past, WorkingCalendar())

    assert not played.why
    assert not played.assumed
    assert sorted(played.way) == sorted(one.step for one in past.acts)
    assert (played.result, played.status) == ("granted", "returned")


def test_another_limit_gives_another_due_date(shipped):
    xml, procedure = shipped
    shorter = replace(procedure, limit=replace(procedure.limit, value=7))

    before, after = (
        replay(load_definition(xml), one, recorded(procedure), WorkingCalendar())
        for one in (procedure, shorter)
    )

    assert after.due < before.due
    assert after.way == before.way


def test_a_step_that_nobody_ever_did_takes_its_hours_and_is_counted(shipped):
    xml, procedure = shipped
    past = recorded(procedure)
    past = replace(past, acts=tuple(one for one in past.acts if one.step != "T4"))

    played = replay(load_definition(xml), procedure, past, WorkingCalendar())

    assert played.assumed == ("T4",)
    assert "T4" in played.way
    assert not played.why


def test_a_redrawn_step_finds_its_acts_by_its_name(shipped):
    xml, procedure = shipped
    redrawn = xml.replace(b'"T2"', b'"Task_new"').replace(b">T2<", b">Task_new<")
    renamed = {was: now for now, was in align(xml, redrawn).ids.items()}

    played = replay(load_definition(redrawn), procedure, recorded(procedure), WorkingCalendar(), renamed)

    assert renamed["T2"] == "Task_new"
    assert not played.assumed


def test_ways_apart_names_both_sides():
    assert ways_apart(["a", "b", "b", "c"], ["a", "c", "d"]) == (["b"], ["d"])


@pytest.mark.parametrize("seed", range(6))
def test_made_up_answers_are_accepted_by_the_form_they_are_for(shipped, seed):
    _, procedure = shipped
    known = {"today": date(2026, 11, 23)}
    for form in procedure.forms.values():
        answers = made_up(form, known, str(seed))
        problems = parse_answers(form, answers, known, evaluate)[1]
        assert not problems, (form.id, {name: text.vi for name, text in problems.items()})


# --- impact -----------------------------------------------------------------------------------


def refused_dossier(office) -> int:
    office.at("2026-11-23 09:10")
    dossier = office.permit()
    office.at("2026-11-23 14:10")
    office.do(dossier, "T2", "assign")
    office.at("2026-11-25 09:10")
    office.do(dossier, "T3", "refuse", "Trái quy hoạch.")
    return dossier


def withdraw(office, dossier: int) -> None:
    """End it by hand, so that it counts as finished."""
    office.at("2026-11-25 15:00")
    with office.unit(None) as unit:
        row = unit.session.get_one(DossierRow, dossier)
        row.status, row.ended_at = "withdrawn", unit.now


def run_due(engine, most=40) -> int:
    return sum(studies.do_due_studies(engine, 5) for _ in range(most))


def test_past_dossiers_are_played_in_slices_by_the_worker(office, authoring, monkeypatch):
    monkeypatch.setattr(impact, "SLICE", 1)
    for _ in range(2):
        withdraw(office, refused_dossier(office))
    draft = authoring.draft()
    authoring.save(draft, step(authoring.row(draft).definition.xml, "T2", mc_hours="1"))
    with office.unit(AUTHOR) as unit:
        study = impact.begin_impact(unit, draft)

    assert studies.do_due_studies(office.engine, 1) == 1
    with office.engine.reading(SYSTEM) as unit:
        row = unit.session.get_one(StudyRow, study)
        assert (row.done, row.total, row.state) == (1, 2, "waiting")
    run_due(office.engine)
    with office.engine.reading(SYSTEM) as unit:
        row = unit.session.get_one(StudyRow, study)
        assert (row.state, row.result["dossiers"], row.result["other_way"]) == ("done", 2, 0)
        assert set(row.result["load"]) == {"HEAD", "SPECIALIST"}


def test_a_revision_that_changes_meanwhile_ends_the_study_with_a_sentence(office, authoring):
    withdraw(office, refused_dossier(office))
    draft = authoring.draft()
    with office.unit(AUTHOR) as unit:
        study = impact.begin_impact(unit, draft)
    authoring.save(draft, step(authoring.row(draft).definition.xml, "T2", mc_hours="1"))

    run_due(office.engine)

    with office.engine.reading(SYSTEM) as unit:
        row = unit.session.get_one(StudyRow, study)
        assert row.state == "failed"
        assert "phiên bản đã được sửa" in row.error_vi


def test_the_page_says_who_can_move_and_shows_what_was_played(app, office, authoring):
    refused_dossier(office)
    withdraw(office, refused_dossier(office))
    draft = authoring.draft()
    client = app.test_client().sign_in(AUTHOR)
    address = f"/designer/revisions/{draft}/impact"

    page = read(client.get(address))
    assert "1 hồ sơ theo phiên bản 1" in page.words
    assert "1 hồ sơ chuyển sang được" in page.words
    answer = client.post(address, data={"days": "365", "most": "30"})
    assert answer.status_code == 303
    page = read(client.get(address))
    assert "Đã đi lại 1 trên 1 hồ sơ" in page.words


def test_without_past_dossiers_there_is_a_sentence(app, office, authoring):
    client = app.test_client().sign_in(AUTHOR)

    answer = client.post(f"/designer/revisions/{authoring.draft()}/impact", data={})

    assert answer.status_code == 422
    assert "chưa có hồ sơ nào của thủ tục này giải quyết xong" in read(answer).words


# --- what if ----------------------------------------------------------------------------------

ASKED = Asked(arrivals=2, days=3, repetitions=2, seed=7, staff={}, times={})


def test_a_month_is_simulated_on_both_sides_with_the_same_luck(office, authoring):
    draft = authoring.draft()
    with office.unit(AUTHOR) as unit:
        study = what_if.begin_what_if(unit, draft, ASKED)

    run_due(office.engine, 4)

    with office.engine.reading(SYSTEM) as unit:
        row = unit.session.get_one(StudyRow, study)
        assert row.state == "done"
        assert row.result["before"] == row.result["after"], "the same drawing on both sides"
        assert row.result["difference"]["on_time"] == {"mean": 0.0, "margin": 0.0}


@pytest.mark.parametrize("wrong", [{"days": 0}, {"repetitions": 99}, {"arrivals": 9000.0}])
def test_what_cannot_be_simulated_is_refused_before_it_begins(office, authoring, wrong):
    draft = authoring.draft()
    with office.unit(AUTHOR) as unit, pytest.raises(BadInputs):
        what_if.begin_what_if(unit, draft, replace(ASKED, **wrong))


def test_the_page_begins_with_history_and_shows_both_sides(app, office, authoring):
    draft = authoring.draft()
    client = app.test_client().sign_in(AUTHOR)
    address = f"/designer/revisions/{draft}/what-if"
    page = read(client.get(address))
    assert page.field("staff.SPECIALIST")
    names = [one.get("name") for one in page.tree.xpath("//form[@novalidate]//input[@name]")]
    sent = {name: page.field(name) for name in names} | {"days": "2", "repetitions": "2", "arrivals": "1,5"}

    assert client.post(address, data=sent).status_code == 303
    assert "Trang tự cập nhật" in read(client.get(address)).words
    run_due(office.engine, 4)
    page = read(client.get(address))

    assert "Bản 1 và bản này, cùng những hồ sơ như nhau" in page.words
    assert page.tree.xpath('//svg[contains(@class, "strip")]')
    answer = client.post(address, data=sent | {"arrivals": "nhiều"})
    assert answer.status_code == 422


# --- messages -----------------------------------------------------------------------------------------


def waiting_for_an_answer() -> bytes:
    sheet = Sheet(empty_drawing(BARE))
    events.add_event(sheet, "Start", events.WAIT_MESSAGE, Text("Chờ thuế"))
    key = next(one.get("id") for one in sheet.all("receiveTask"))
    events.set_message(sheet, key, "thong_bao_thue")
    acts.add_step(sheet, key, "sign", Text("Ký"))
    return sheet.xml()


BARE = Procedure(key="P99", name=Text("Thử"), limit=Limit(kind="working_day", value=10))
ACCEPTED = datetime(2026, 3, 2, 2, tzinfo=UTC)


def heard(*after: timedelta, name: str = "thong_bao_thue") -> Recorded:
    came = tuple(Heard(name=name, payload={"so_tien": 5}, at=ACCEPTED + one) for one in after)
    return Recorded(code="H9", accepted_at=ACCEPTED, answers={}, acts=(), heard=came)


def test_messages_that_a_dossier_took_are_played_when_they_came():
    definition = load_definition(waiting_for_an_answer())
    day = timedelta(days=1)

    played = replay(definition, BARE, heard(3 * day), WorkingCalendar())
    assert not played.why
    [signed] = played.way
    assert definition.steps[signed].name.vi == "Ký"
    later = replay(definition, BARE, heard(10 * day), WorkingCalendar())
    assert later.way == played.way

    for without in (heard(), heard(day, name="tin_khac")):
        assert "Chờ tin" in replay(definition, BARE, without, WorkingCalendar()).why.vi


def test_a_dossier_that_was_withdrawn_while_it_waited_ends_so():
    past = replace(heard(), ended_as="withdrawn", ended_after=timedelta(days=2))
    played = replay(load_definition(waiting_for_an_answer()), BARE, past, WorkingCalendar())
    assert not played.why
    assert played.status == "withdrawn"
