"""The tables of lists stay in step with the dossiers, whatever happens to these, and find what they hold."""

from __future__ import annotations

import importlib.util

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from office import open_office
from sqlalchemy import delete, select, text, update

from engine.store.list_rows import DossierUnitRow, OpenWorkRow
from engine.store.rows import DossierRow, WorkItemRow
from engine.store.schema import MIGRATIONS
from engine.usecases.list_checks import LIST_CHECKS
from engine.usecases.tasks import claim_task, release_task


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


def wrongs(office) -> list[int]:
    with office.reading(None) as unit:
        return [check(unit) for check in LIST_CHECKS]


def rows(office, statement):
    with office.reading(None) as unit:
        return [tuple(one) for one in unit.session.execute(statement)]


def test_each_step_of_a_story_leaves_the_lists_right(office):
    dossier = office.permit(on_fire_list="1")
    found = [wrongs(office)]
    office.do(dossier, "T2", "assign")
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        claim_task(unit, task)
    found.append(wrongs(office))
    with office.unit("linh.vt") as unit:
        release_task(unit, task)
    found.append(wrongs(office))
    office.do(dossier, "T3", "supplement", reason="Thiếu giấy tờ đất.")
    office.do(dossier, "T3b", "approve")
    found.append(wrongs(office))
    stopped = rows(office, select(OpenWorkRow.kind, OpenWorkRow.stopped))
    office.do(dossier, "TS", "received")
    office.do(dossier, "T3", "pass")
    found.append(wrongs(office))

    assert found == [[0, 0, 0]] * 5
    assert stopped == [("wait_citizen", True)]
    units = dict(rows(office, select(DossierUnitRow.unit_id, DossierUnitRow.involved)))
    assert units == {
        office.unit_id("ttpvhcc"): True,
        office.unit_id("sxd"): True,
        office.unit_id("pc07"): False,  # was merely asked
    }


def test_a_dossier_that_changes_hands_is_seen_by_its_new_office(office):
    dossier = office.permit()
    new, old = office.unit_id("svhttdl"), office.unit_id("sxd")
    with office.unit(None) as unit:
        unit.session.execute(update(DossierRow).values(competent_unit_id=new))
    after = wrongs(office)
    with office.unit(None) as unit:
        unit.session.execute(update(WorkItemRow).values(unit_id=new))
    seen = rows(office, select(DossierUnitRow.unit_id, DossierUnitRow.involved))
    with office.unit(None) as unit:
        unit.session.execute(update(DossierRow).values(search_text="khac"))

    assert after == wrongs(office) == [0, 0, 0]
    assert (new, True) in seen
    assert (old, True) not in seen
    assert dossier == 1


HARMS = {
    "open_steps_unlike_their_lines": [
        delete(OpenWorkRow),
        update(OpenWorkRow).values(role="CLERK"),
        update(OpenWorkRow).values(stopped=True),
    ],
    "dossiers_seen_by_other_units": [
        delete(DossierUnitRow),
        update(DossierUnitRow).values(involved=False),
        update(DossierUnitRow).values(unit_id=DossierUnitRow.unit_id + 1000),
    ],
}


@pytest.mark.parametrize(("name", "harm"), [(name, harm) for name, harms in HARMS.items() for harm in harms])
def test_a_list_that_says_something_else_is_counted(office, name, harm):
    office.permit()
    with office.unit(None) as unit:
        unit.session.execute(harm)

    assert name in office.check()


def test_words_missing_from_the_index_are_counted(office):
    office.permit()
    with office.unit(None) as unit:
        forget = "DELETE FROM dossier_search"
        if unit.engine.database.dialect.name == "sqlite":
            forget = "INSERT INTO dossier_search (dossier_search) VALUES ('delete-all')"
        unit.session.execute(text(forget))

    assert office.check() == {"dossiers_not_found_by_their_words": 1}


def test_a_database_with_dossiers_in_it_gets_its_lists_when_it_is_upgraded(office):
    dossier = office.permit(on_fire_list="1")
    office.do(dossier, "T2", "assign")
    office.do(dossier, "T3", "pass")
    before = {one: rows(office, select(one.__table__).order_by(*one.__table__.primary_key))
              for one in (OpenWorkRow, DossierUnitRow)}  # fmt: skip
    words = rows(office, select(DossierRow.search_text))
    with office.engine.database.begin() as connection:
        _undo(connection)
        old = "h12.01-261123-0001 nguyen van a 096090001234 0912345678"
        connection.execute(text("UPDATE dossier SET search_text = :old"), {"old": old})
        with Operations.context(MigrationContext.configure(connection)):
            for name in ("0040_lists", "0042_list_speed"):
                _migration(name).upgrade()

    assert wrongs(office) == [0, 0, 0]
    assert before == {one: rows(office, select(one.__table__).order_by(*one.__table__.primary_key))
                      for one in before}  # fmt: skip
    assert [set(one.split()) for (one,) in rows(office, select(DossierRow.search_text))] == [
        set(one.split()) - {"~128", "~14"}
        for (one,) in words  # parcels are found from now on
    ]


def _migration(name):
    spec = importlib.util.spec_from_file_location(name, MIGRATIONS / "versions" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _undo(connection):
    on = {
        "list_new_item": "work_item",
        "list_changed_item": "work_item",
        "unlist_item": "work_item",
        "list_new_dossier": "dossier",
        "list_changed_dossier": "dossier",
        "list_words": "dossier",
        "unlist_dossier": "dossier",
    }
    is_postgresql = connection.dialect.name == "postgresql"
    for trigger, table in on.items():
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}" + (f" ON {table}" if is_postgresql else ""))
    if is_postgresql:
        for name in ("list_item", "unlist_item", "list_dossier", "list_words", "unlist_dossier"):
            connection.exec_driver_sql(f"DROP FUNCTION motcua_{name}()")
    else:
        connection.exec_driver_sql("DROP TRIGGER list_moved_dossier")
    for table in ("open_work", "dossier_unit", "dossier_search"):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql("DROP INDEX ix_work_item_ended_by")
