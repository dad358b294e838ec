"""What a step asks and writes finds its rows by an index, however many dossiers there are."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from engine.domain.access import SYSTEM
from engine.store import steps
from engine.store.driver import Prepared
from engine.usecases import audit

ASKED = {
    f"{module.__name__}.{name}": found
    for module in (steps, audit)
    for name, found in vars(module).items()
    if isinstance(found, Prepared) and not name.endswith("_SPARE") and not name.startswith("_ADD")
} | {
    "change of a dossier": steps._update(steps._DOSSIERS, ("status", "version")),
    "change of a step": steps._update(steps._ITEMS, ("status", "version")),
    "end of a stop": steps._update(steps._STOPS, ("resumed_at",)),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ASKED)
def test_no_statement_of_a_step_walks_through_a_table(engine, name):
    with engine.reading(SYSTEM) as unit:
        made = ASKED[name].for_(unit.line.dialect)
        driver = unit.session.connection().connection.driver_connection
        places = [None] * made.text.count("?")
        plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {made.text}", places)]

    assert not [line for line in plan if line.startswith("SCAN")], plan


def test_a_full_line_of_history_is_written_in_parts_and_in_order(province):
    many = [
        {
            "dossier_id": 1,
            "kind": f"kind {number}",
            "node_id": "",
            "work_item_id": None,
            "user_id": None,
            "assignment_id": None,
            "unit_id": None,
            "data": {"number": number},
        }
        for number in range(2 * steps.MOST_AT_ONCE + 1)
    ]
    with province.unit(SYSTEM) as unit:
        _without_foreign_keys(unit)
        writings = steps.Writings(events=[{**one, "at": unit.now} for one in many])
        steps.write(unit.line, 1, writings)
        found = unit.session.execute(text("SELECT kind FROM dossier_event ORDER BY id")).scalars().all()
        unit.session.rollback()

    assert found == [one["kind"] for one in many]
    assert writings.events == []


def _without_foreign_keys(unit):
    if unit.session.get_bind().dialect.name == "sqlite":
        unit.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        unit.session.execute(text("SET session_replication_role = replica"))
