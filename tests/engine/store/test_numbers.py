"""Numbers without gaps, by book and period of the office clock."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from engine.domain.access import SYSTEM
from engine.store.numbers import next_number, next_of_day, next_register_number
from engine.store.rows import Base, RegisterEntryRow
from engine.store.work import Unit


@pytest.fixture
def unit(tmp_path):
    database = create_engine(f"sqlite:///{tmp_path / 'numbers.sqlite'}")
    Base.metadata.create_all(database)
    with Session(database) as session:
        yield Unit(session, SYSTEM, datetime(2026, 11, 23, 5, 0, tzinfo=UTC), None)


def test_numbers_count_by_book_and_period(unit):
    assert [next_number(unit, "a", "2026") for _ in range(3)] == [1, 2, 3]
    assert next_number(unit, "a", "2027") == 1
    assert next_of_day(unit, "H12.05", date(2026, 11, 23)) == 1
    assert next_of_day(unit, "H12.05", date(2026, 11, 24)) == 1


def test_a_number_that_was_rolled_back_is_given_again(unit):
    another = lambda: Unit(unit.session, SYSTEM, unit.now, None)  # noqa: E731 – one for each transaction
    next_number(another(), "a", "2026")
    unit.session.commit()
    next_number(another(), "a", "2026")
    unit.session.rollback()

    assert next_number(another(), "a", "2026") == 2


def test_the_register_year_is_that_of_the_office_clock(unit):
    last_evening = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)
    new_year = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)

    assert next_register_number(unit, 1, 7, "GPXD", last_evening) == 1
    assert next_register_number(unit, 1, 7, "GPXD", new_year) == 1
    assert unit.session.scalars(select(RegisterEntryRow.period)).all() == ["2026", "2027"]
