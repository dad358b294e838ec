"""Units that only look: they may not write, and begin no transaction on PostgreSQL unless they must."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select, text, update

from engine.domain.access import SYSTEM
from engine.store.database import WrittenWhileReading
from engine.store.rows import UnitRow
from engine.store.work import Unit

COUNT = select(func.count()).select_from(UnitRow)


def _is_in_transaction(unit: Unit) -> bool:
    unit.session.execute(text("SELECT 1"))
    driver = unit.session.connection().connection.driver_connection
    return driver.info.transaction_status.name == "INTRANS"


def test_a_page_that_only_looks_cannot_write(province):
    change = update(UnitRow).values(name_en="Something else").execution_options(synchronize_session=False)

    for steady in (False, True):
        looking = province.reading(SYSTEM, steady=steady)
        with looking as unit, pytest.raises(WrittenWhileReading, match="UPDATE"):
            unit.session.execute(change)

    with province.reading(SYSTEM) as unit:
        assert unit.session.scalar(COUNT.where(UnitRow.name_en == "Something else")) == 0


def test_what_others_commit_meanwhile_is_hidden_from_a_steady_unit_only(province):
    with province.reading(SYSTEM, steady=True) as steady, province.reading(SYSTEM) as usual:
        before = steady.session.scalar(COUNT), usual.session.scalar(COUNT)
        with province.unit(SYSTEM) as unit:
            unit.session.execute(update(UnitRow).values(name_en="Something else"))
        renamed = COUNT.where(UnitRow.name_en == "Something else")

        assert before[0] == before[1] > 0
        assert steady.session.scalar(renamed) == 0
        if province.database.dialect.name == "postgresql":
            assert usual.session.scalar(renamed) == before[1]


@pytest.mark.postgres
def test_a_page_begins_no_transaction_on_postgresql(province):
    with province.reading(SYSTEM) as unit:
        assert not _is_in_transaction(unit)
    with province.reading(SYSTEM, steady=True) as unit:
        assert _is_in_transaction(unit)
    with province.unit(SYSTEM) as unit:  # on the same connection, as it came back
        assert _is_in_transaction(unit)


def test_who_listens_to_the_database_hears_pages_too(province):
    with province.reading(SYSTEM) as unit:  # before anybody listened
        unit.session.scalar(COUNT)
    heard: list[str] = []
    event.listen(province.database, "before_cursor_execute", lambda *given: heard.append(given[2]))
    with province.reading(SYSTEM) as unit:
        unit.session.scalar(COUNT)

    assert len(heard) == 1
