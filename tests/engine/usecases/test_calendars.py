"""The calendar of an office: its own days first, then those of the province, then those of the nation."""

from __future__ import annotations

from datetime import date, time

import pytest
from offices import add_basics, add_office, add_person
from sqlalchemy import event, select

from engine.domain.access import SYSTEM, RoleMissing
from engine.domain.calendar import Day, DayKind
from engine.domain.texts import Text
from engine.store.rows import CalendarRow
from engine.usecases import calendars

HOLIDAY = date(2026, 11, 24)


@pytest.fixture
def offices(engine):
    add_basics(engine)
    province = add_office(engine, "province")
    return {"province": province, "commune": add_office(engine, "commune", province)}


def add_calendar(engine, **facts):
    with engine.unit(SYSTEM) as unit:
        row = CalendarRow(
            **{
                "name_vi": facts["code"],
                "week": [0, 1, 2, 3, 4],
                "sessions": [["07:30", "11:30"], ["13:30", "17:30"]],
                "valid_from": date(2025, 7, 1),
                "version": 1,
                **facts,
            }
        )
        unit.session.add(row)
        unit.session.flush()
        return row.id


def set_day(engine, code, day, kind, reason=""):
    with engine.unit(SYSTEM) as unit:
        row = unit.session.scalars(select(CalendarRow.id).where(CalendarRow.code == code)).one()
        calendars.set_day(unit, row, day, Day(kind=kind, reason=Text(reason)))


def of(engine, office):
    with engine.reading(SYSTEM) as unit:
        return calendars.calendar_of(unit, office)


def test_without_a_calendar_of_its_own_an_office_has_the_national_one(engine, offices):
    set_day(engine, "vn", HOLIDAY, DayKind.OFF, "Ngày Văn hóa Việt Nam")

    calendar = of(engine, offices["commune"])

    assert calendar.sessions[0] == (time(7), time(11))
    assert not calendar.is_working(HOLIDAY)
    assert calendar.reason_off(HOLIDAY).vi == "Ngày Văn hóa Việt Nam"


def test_the_nearer_calendar_wins_day_by_day(engine, offices):
    add_calendar(engine, code="tinh", scope="province", unit_id=offices["province"])
    add_calendar(engine, code="xa", scope="unit", unit_id=offices["commune"])
    with engine.unit(SYSTEM) as unit:
        rows = {row.code: row for row in unit.session.scalars(select(CalendarRow))}
        rows["xa"].parent_id = rows["tinh"].id
        rows["tinh"].parent_id = rows["vn"].id
    set_day(engine, "vn", HOLIDAY, DayKind.OFF)
    set_day(engine, "vn", date(2026, 11, 30), DayKind.OFF)
    set_day(engine, "tinh", date(2026, 11, 25), DayKind.OFF)
    set_day(engine, "xa", date(2026, 11, 25), DayKind.HALF_AM)
    set_day(engine, "xa", date(2026, 11, 30), DayKind.WORK)

    commune, province = of(engine, offices["commune"]), of(engine, offices["province"])

    assert [commune.kind(day) for day in (HOLIDAY, date(2026, 11, 25), date(2026, 11, 30))] == [
        DayKind.OFF,
        DayKind.HALF_AM,
        DayKind.WORK,
    ]
    assert not province.is_working(date(2026, 11, 25))
    assert commune.sessions[0] == (time(7, 30), time(11, 30))


def test_a_commune_without_its_own_has_the_calendar_of_the_province(engine, offices):
    add_calendar(engine, code="tinh", scope="province", unit_id=offices["province"])
    set_day(engine, "vn", HOLIDAY, DayKind.OFF)

    assert of(engine, offices["commune"]) is of(engine, offices["province"])
    assert of(engine, offices["commune"]).sessions[0][0] == time(7, 30)
    assert not of(engine, offices["commune"]).is_working(HOLIDAY)


def test_a_calendar_that_ran_out_no_longer_holds(engine, offices):
    add_calendar(engine, code="he", scope="unit", unit_id=offices["commune"], valid_to=date(2026, 10, 31))

    assert of(engine, offices["commune"]).sessions[0][0] == time(7)


def test_days_are_read_once_and_again_after_a_change(engine, offices):
    days_read = []
    listen = event.listens_for(engine.database, "before_cursor_execute")
    listen(lambda _c, _cu, statement, *_: days_read.append(1) if "FROM calendar_day" in statement else None)

    first = of(engine, offices["commune"])
    assert of(engine, offices["commune"]) is first
    assert len(days_read) == 1
    assert first.is_working(HOLIDAY)

    set_day(engine, "vn", HOLIDAY, DayKind.OFF)
    assert not of(engine, offices["commune"]).is_working(HOLIDAY)


def test_a_day_that_was_undone_is_not_remembered(engine, offices):
    with engine.unit(SYSTEM) as unit:
        calendars.set_day(unit, 1, HOLIDAY, Day(kind=DayKind.OFF))
        assert not calendars.calendar_of(unit, offices["commune"]).is_working(HOLIDAY)
        unit.session.rollback()
    set_day(engine, "vn", date(2026, 11, 26), DayKind.OFF)

    assert of(engine, offices["commune"]).is_working(HOLIDAY)


def test_a_cleared_day_is_what_the_week_says(engine, offices):
    set_day(engine, "vn", HOLIDAY, DayKind.OFF)
    with engine.unit(SYSTEM) as unit:
        calendars.clear_day(unit, 1, HOLIDAY)

    assert of(engine, offices["commune"]).is_working(HOLIDAY)


def test_an_office_without_any_calendar_is_told_so(engine):
    with engine.unit(SYSTEM) as unit, pytest.raises(calendars.NoCalendar):
        calendars.calendar_of(unit, 1)


def test_only_it_staff_write_days(engine, offices, as_user):
    add_person(engine, "lan", offices["commune"], ["SPECIALIST"])

    with pytest.raises(RoleMissing), engine.unit(as_user("lan")) as unit:
        calendars.set_day(unit, 1, HOLIDAY, Day(kind=DayKind.OFF))
