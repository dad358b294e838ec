"""One unit of work: all or nothing, and whoever comes too late is told so."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from engine.domain.access import SYSTEM
from engine.errors import Conflict
from engine.store.database import WrittenWhileReading
from engine.store.rows import LevelRow, RoleRow, UserRow


def roles(engine):
    with engine.reading(SYSTEM) as unit:
        return unit.session.scalars(select(RoleRow.code)).all()


def test_what_is_done_is_kept_and_what_breaks_leaves_nothing(engine):
    with engine.unit(SYSTEM) as unit:
        unit.session.add(RoleRow(code="HEAD", name_vi="Trưởng phòng"))
    with engine.unit(SYSTEM) as unit:
        unit.session.add(RoleRow(code="CLERK", name_vi="Văn thư"))
        unit.session.flush()
        unit.session.rollback()

    assert roles(engine) == ["HEAD"]


def test_reading_never_writes(engine):
    with engine.reading(SYSTEM) as unit:
        unit.session.add(RoleRow(code="HEAD", name_vi="Trưởng phòng"))
        with pytest.raises(WrittenWhileReading, match="INSERT INTO role"):
            unit.session.flush()

    assert roles(engine) == []


def test_the_same_key_twice_is_a_conflict(engine):
    def add():
        with engine.unit(SYSTEM) as unit:
            unit.session.add(LevelRow(code="province", name_vi="Tỉnh", rank=1))

    add()
    with pytest.raises(Conflict) as lost:
        add()

    assert lost.value.facts["cause"] == "duplicate"


def test_a_missing_value_is_a_mistake_and_not_a_conflict(engine):
    def add():
        with engine.unit(SYSTEM) as unit:
            unit.session.add(UserRow(login="lan", full_name="Lan", created_at=unit.now))

    with pytest.raises(IntegrityError):
        add()


def test_a_version_that_was_overtaken_is_a_conflict(engine):
    def overtaken():
        with engine.unit(SYSTEM):
            raise StaleDataError("one row was expected")

    with pytest.raises(Conflict):
        overtaken()


@pytest.mark.parametrize(
    ("state", "text", "kind"),
    [
        ("40001", "could not serialize", Conflict),
        ("40P01", "deadlock", Conflict),
        ("55P03", "lock timeout", Conflict),
        (None, "database is locked", Conflict),
        ("57P01", "terminating connection", OperationalError),
    ],
)
@pytest.mark.sqlite
def test_contention_is_a_conflict_and_an_absent_database_is_not(engine, state, text, kind):
    cause = Exception(text)
    cause.sqlstate = state

    def contend():
        with engine.unit(SYSTEM):
            raise OperationalError("UPDATE", {}, cause)

    with pytest.raises(kind):
        contend()
