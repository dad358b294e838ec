"""Statements that were compiled once: the same values, the same listeners, the same errors as all others."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from engine.domain.access import SYSTEM
from engine.errors import Conflict
from engine.store.driver import JsonText, Prepared
from engine.store.rows import CalendarRow, CounterRow

MOMENT = datetime(2026, 11, 23, 2, 10, 0, 123456, tzinfo=UTC)
_CALENDARS, _COUNTERS = CalendarRow.__table__, CounterRow.__table__
ADD_CALENDAR = Prepared(
    insert(_CALENDARS)
    .values({one.name: bindparam(one.name) for one in _CALENDARS.c if one.name != "id"})
    .returning(_CALENDARS.c.id)
)
CALENDAR = Prepared(select(_CALENDARS).where(_CALENDARS.c.id == bindparam("key")))
ADD_NUMBER = Prepared(insert(_COUNTERS).values({one.name: bindparam(one.name) for one in _COUNTERS.c}))
RAISE = Prepared(
    update(_COUNTERS)
    .where(_COUNTERS.c.book == bindparam("of"), _COUNTERS.c.last == bindparam("was"))
    .values(last=bindparam("number"))
)
VALUES = {
    "code": "vn",
    "name_vi": "Lịch của cả nước",
    "scope": "national",
    "unit_id": None,
    "parent_id": None,
    "week": [0, 1, 2, 3, 4],
    "sessions": JsonText('[["07:00", "11:00"]]'),
    "valid_from": date(2026, 1, 1),
    "valid_to": None,
    "version": 70_000,
}


def test_values_come_back_as_the_mapper_gives_them(engine):
    with engine.unit(SYSTEM) as unit:
        line = unit.line
        ((key,),) = line.ask(ADD_CALENDAR, **VALUES).rows()
        found = line.ask(CALENDAR, key=key).one_or_none()
        row = unit.session.get_one(CalendarRow, key)

    assert [getattr(row, column.name) for column in _CALENDARS.c] == list(found)
    assert (row.week, row.sessions, row.valid_from) == (
        [0, 1, 2, 3, 4],
        [["07:00", "11:00"]],
        VALUES["valid_from"],
    )


def test_listeners_hear_of_every_statement_once(engine):
    heard = []
    event.listen(engine.database, "before_cursor_execute", lambda *call: heard.append(call[2].split()[0]))
    with engine.unit(SYSTEM) as unit:
        line = unit.line
        with line.together():
            line.ask(ADD_NUMBER, book="a", period="", last=1)
            line.change_one(RAISE, of="a", was=1, number=2)

    assert heard == ["INSERT", "UPDATE"]


def test_a_change_that_meets_no_row_is_a_conflict_and_nothing_stays(engine):
    def act():
        with engine.unit(SYSTEM) as unit, unit.line.together():
            unit.line.ask(ADD_NUMBER, book="a", period="", last=1)
            unit.line.change_one(RAISE, of="a", was=7, number=8)
            unit.line.ask(ADD_NUMBER, book="b", period="", last=1)

    with pytest.raises(Conflict) as caught:
        act()
    assert isinstance(caught.value.__cause__, StaleDataError)

    with engine.reading(SYSTEM) as unit:
        assert unit.session.scalars(select(CounterRow.book)).all() == []


@pytest.mark.parametrize("together", [False, True])
def test_an_error_of_the_driver_looks_like_any_other(engine, together):
    def act():
        with engine.unit(SYSTEM) as unit, unit.line.together() if together else nullcontext():
            for _ in range(2):
                unit.line.ask(ADD_NUMBER, book="a", period="", last=1)

    with pytest.raises(Conflict) as caught:
        act()
    assert isinstance(caught.value.__cause__, IntegrityError)

    with engine.unit(SYSTEM) as unit:  # the connection goes on working
        unit.line.ask(ADD_NUMBER, book="a", period="", last=1)


def test_the_text_of_a_statement_is_made_once_for_each_database(engine):
    made = []
    for _ in range(2):
        with engine.unit(SYSTEM) as unit:
            made.append(CALENDAR.for_(unit.line.dialect))
    assert made[0] is made[1]
