"""The chain of acts: whatever is changed, cut out or cut off is found."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.orm import Session

from engine.domain.access import SYSTEM
from engine.store.rows import AuditHeadRow, AuditRow, Base
from engine.store.work import Unit
from engine.usecases.audit import Broken, record, verify_audit

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture
def unit(tmp_path):
    database = create_engine(f"sqlite:///{tmp_path / 'audit.sqlite'}")
    Base.metadata.create_all(database)
    with Session(database) as session:
        unit = Unit(session, SYSTEM, NOON, None)
        for number in range(1, 5):
            record(unit, "dossier:17", "task.completed", {"task": number, "note": "đạt"})
        record(unit, "account:3", "password.changed")
        session.flush()
        yield unit


def test_an_untouched_chain_verifies(unit):
    assert verify_audit(unit) is None
    heads = unit.session.execute(select(AuditHeadRow.chain, AuditHeadRow.number)).all()
    assert sorted(heads) == [("account:3", 1), ("dossier:17", 4)]


@pytest.mark.parametrize(
    ("harm", "number", "why"),
    [
        pytest.param(update(AuditRow).values(data={"task": 9}), 2, "changed", id="a value"),
        pytest.param(update(AuditRow).values(at=NOON.replace(hour=6)), 2, "changed", id="the moment"),
        pytest.param(update(AuditRow).values(user_id=5), 2, "changed", id="the person"),
        pytest.param(update(AuditRow).values(previous="0" * 64), 2, "changed", id="the link"),
        pytest.param(delete(AuditRow), 2, "missing", id="a line cut out"),
    ],
)
def test_a_changed_line_is_found_and_located(unit, harm, number, why):
    unit.session.execute(harm.where(AuditRow.chain == "dossier:17", AuditRow.number == 2))

    assert verify_audit(unit) == Broken(chain="dossier:17", number=number, why=why)


def test_a_cut_off_tail_is_found(unit):
    unit.session.execute(delete(AuditRow).where(AuditRow.chain == "dossier:17", AuditRow.number == 4))

    assert verify_audit(unit) == Broken(chain="dossier:17", number=4, why="head")


def test_a_chain_without_its_head_is_found(unit):
    unit.session.execute(delete(AuditHeadRow).where(AuditHeadRow.chain == "account:3"))

    assert verify_audit(unit) == Broken(chain="account:3", number=0, why="no_head")
