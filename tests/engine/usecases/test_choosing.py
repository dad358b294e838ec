"""Work that people choose: nothing begins before somebody says so, or ends before whoever chooses does."""

from __future__ import annotations

import pytest
from chosen_work import DIAGRAM
from sqlalchemy import select

from engine.bpmn.lint import lint
from engine.domain.access import RoleMissing
from engine.execution.errors import WorkGoesOn
from engine.store.rows import AuditRow
from engine.usecases.choosing import NotToBegin, begin_work, choices_of
from engine.usecases.history import history_of
from engine.usecases.routing import NoOneToDo
from engine.usecases.submissions import SubmissionReused

CHOOSER, DOER, COUNTER = "khoa.nd", "linh.vt", "mai.lt"


@pytest.fixture
def dossier(office):
    office.redraw(DIAGRAM.encode())
    return office.permit()


def choices(office, dossier, login=CHOOSER):
    with office.reading(login) as unit:
        return {one.node: one.may for one in choices_of(unit, dossier)}


def begin(office, dossier, node, login=CHOOSER, key=""):
    with office.unit(login) as unit:
        return begin_work(unit, dossier, node, submission_key=key)


def test_such_a_diagram_is_drawn_right():
    assert [one for one in lint(DIAGRAM.encode()) if one.is_error] == []


def test_nothing_begins_by_itself_but_somebody_has_to_choose(office, dossier):
    assert office.open_steps(dossier) == ["group"]
    assert choices(office, dossier) == {"site": True, "ask": True, "note": True}
    assert office.check() == {}


def test_what_was_begun_is_work_of_its_role_and_not_offered_again(office, dossier):
    done = begin(office, dossier, "ask")

    assert [(one.name.vi, one.role) for one in done.next] == [("Hỏi người dân", "SPECIALIST")]
    assert office.open_steps(dossier) == ["ask", "group"]
    assert choices(office, dossier) == {"site": True, "note": True}
    office.do(dossier, "ask")
    assert office.open_steps(dossier) == ["group", "minutes"]  # flows inside are followed
    office.do(dossier, "minutes")
    assert choices(office, dossier) == {"site": True, "ask": True, "note": True}
    assert office.check() == {}


def test_the_group_ends_when_whoever_chooses_says_so_and_not_while_work_goes_on(office, dossier):
    begin(office, dossier, "site")
    before = office.counts()
    with pytest.raises(WorkGoesOn, match="nothing to be going on"):
        office.do(dossier, "group")
    assert office.counts() == before
    office.do(dossier, "site")
    office.do(dossier, "group")

    assert office.open_steps(dossier) == ["T9"]
    assert choices(office, dossier) == {}
    office.do(dossier, "T9")
    assert office.check() == {}


def test_whoever_does_such_work_may_begin_it_and_others_may_not(office, dossier):
    assert choices(office, dossier, DOER) == {"site": True, "ask": True, "note": False}
    assert choices(office, dossier, COUNTER) == {"site": False, "ask": False, "note": False}
    before = office.counts()
    with pytest.raises(RoleMissing):
        begin(office, dossier, "site", COUNTER)
    with pytest.raises(RoleMissing):
        begin(office, dossier, "note", DOER)  # what no person does is begun by whoever chooses
    assert office.counts() == before
    begin(office, dossier, "site", DOER)
    assert "site" in office.open_steps(dossier)


@pytest.mark.parametrize("node", ["site", "minutes", "T9", "group", "nosuch"])
def test_what_may_not_be_begun_now_is_refused_and_leaves_nothing(office, dossier, node):
    begin(office, dossier, "site")
    before = office.counts()
    with pytest.raises(NotToBegin) as refused:
        begin(office, dossier, node)

    assert refused.value.say("vi").endswith(".")
    assert office.counts() == before


def test_a_second_click_begins_nothing_more(office, dossier):
    first = begin(office, dossier, "site", key="one click")
    second = begin(office, dossier, "site", key="one click")

    assert second == first
    assert office.open_steps(dossier) == ["group", "site"]
    with pytest.raises(SubmissionReused):
        begin(office, dossier, "ask", key="one click")


def test_history_and_audit_say_who_began_what(office, dossier):
    begin(office, dossier, "site", DOER)
    with office.reading(CHOOSER) as unit:
        lines = [one for one in history_of(unit, dossier) if one.kind == "work.begun"]
        lines_of = select(AuditRow.action).where(AuditRow.chain == f"dossier:{dossier}")
        actions = unit.session.scalars(lines_of.order_by(AuditRow.number)).all()

    assert [one.text.vi for one in lines] == ["Bắt đầu việc tự chọn “Kiểm tra thực địa”"]
    assert lines[0].who
    assert actions[-1] == "work.begun"


def test_work_for_nobody_is_refused_before_anything_is_written(office, dossier):
    named = 'name="Kiểm tra thực địa" mc:role='
    office.redraw(DIAGRAM.replace(f'{named}"SPECIALIST"', f'{named}"NOBODY"').encode())
    other = office.permit()
    before = office.counts()
    with pytest.raises(NoOneToDo):
        begin(office, other, "site")

    assert office.counts() == before


def test_withdrawing_the_dossier_withdraws_what_was_to_be_chosen(office, dossier):
    from engine.usecases.dossiers import withdraw_dossier

    begin(office, dossier, "site")
    with office.unit(COUNTER) as unit:
        withdraw_dossier(unit, dossier, "Không có nhu cầu nữa.")

    assert office.open_steps(dossier) == []
    assert choices(office, dossier) == {}
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_group_without_who_chooses_is_refused_by_the_linter():
    nobody = DIAGRAM.replace('mc:begin="chosen" mc:role="HEAD"', 'mc:begin="chosen"')
    wrong = {(one.rule, one.element) for one in lint(nobody.encode()) if one.is_error}
    assert ("step-role", "group") in wrong
