"""What is kept of offices, people and calendars is forgotten at the very next step after a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from engine.domain.calendar import Day, DayKind, local_day
from engine.store.database import open_database
from engine.store.rows import (
    AssignmentRow,
    CalendarRow,
    CounterRow,
    PositionRow,
    UnitRow,
    UserRow,
    WorkItemRow,
)
from engine.store.steps import ORGANISATION
from engine.usecases.calendars import set_day
from engine.usecases.organisation import end_assignment
from engine.usecases.routing import NoOneToDo
from engine.usecases.tasks import complete_task


@pytest.fixture
def elsewhere(office):
    """The same office as another process sees it, with a memory of its own."""
    other = replace(office.engine, database=open_database(office.engine.database.url.render_as_string(False)))
    yield other
    other.database.dispose()


def ask_for_papers(office, engine):
    dossier = office.permit()
    office.do(dossier, "T2", "assign")
    task, actor = office.task(dossier, "T3"), office.actor("linh.vt")
    with engine.unit(actor) as unit:
        complete_task(unit, task, outcome="supplement", reason="Thiếu giấy tờ đất.")
    return office.task(dossier, "T3b")


def test_a_role_taken_away_here_is_gone_at_the_next_step_elsewhere(office, elsewhere):
    task = ask_for_papers(office, elsewhere)  # elsewhere remembers who may decide
    with office.reading(None) as unit:
        item = unit.session.get_one(WorkItemRow, task)
        held = select(AssignmentRow.id, PositionRow.roles).join(AssignmentRow.position)
        chairs = unit.session.execute(held.where(PositionRow.unit_id == item.unit_id)).all()
    with office.unit("vinh.dq") as unit:
        for assignment, roles in chairs:
            if item.role in roles:
                end_assignment(unit, assignment, date(2026, 11, 22))

    with pytest.raises(NoOneToDo):
        ask_for_papers(office, elsewhere)


def test_a_day_off_set_here_moves_the_target_of_the_next_step_elsewhere(office, elsewhere):
    before = ask_for_papers(office, elsewhere)
    with office.unit("vinh.dq") as unit:
        calendar = unit.session.scalars(select(CalendarRow.id).where(CalendarRow.scope == "national")).one()
        set_day(unit, calendar, date(2026, 11, 24), Day(kind=DayKind.OFF))
        set_day(unit, calendar, local_day(unit.now), Day(kind=DayKind.OFF))
    after = ask_for_papers(office, elsewhere)

    with office.reading(None) as unit:
        due = [unit.session.get_one(WorkItemRow, one).due_at for one in (before, after)]
    assert due[0] < due[1]


def number(office):
    with office.reading(None) as unit:
        found = unit.session.scalar(select(CounterRow.last).where(CounterRow.book == ORGANISATION))
    return found or 0


def a_unit_is_closed(unit):
    unit.session.scalars(select(UnitRow)).first().effective_to = date(2026, 12, 31)


def a_chair_loses_its_roles(unit):
    unit.session.execute(update(PositionRow).where(PositionRow.code == "pc07-cb").values(roles=[]))


def an_account_is_closed(unit):
    unit.session.scalars(select(UserRow)).first().is_active = False


@pytest.mark.sqlite
@pytest.mark.parametrize("change", [a_unit_is_closed, a_chair_loses_its_roles, an_account_is_closed])
def test_a_change_raises_the_number_once(office, change):
    before = number(office)
    with office.unit(None) as unit:
        change(unit)

    assert number(office) == before + 1


@pytest.mark.sqlite
def test_a_wrong_password_raises_no_number(office):
    before = number(office)
    with office.unit(None) as unit:
        unit.session.scalars(select(UserRow)).first().failed_attempts += 1

    assert number(office) == before


@pytest.mark.sqlite
def test_a_change_that_is_undone_raises_no_number(office):
    before = number(office)
    with office.unit(None) as unit:
        a_unit_is_closed(unit)
        unit.session.flush()
        unit.session.rollback()

    assert number(office) == before
