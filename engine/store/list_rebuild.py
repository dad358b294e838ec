"""Filling the tables of lists anew from what they are derived from: after rows were written in bulk.

Triggers keep these tables in daily work; somebody who loads a million rows turns them off meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, and_, case, delete, insert, or_, select, text, union

from engine.store.list_rows import DossierUnitRow, OpenWorkRow
from engine.store.rows import DossierRow, WorkItemRow
from engine.store.steps import OPEN

_WATCHED = ("dossier", "work_item")
_ITS_UNITS = (DossierRow.received_unit_id, DossierRow.competent_unit_id, DossierRow.return_unit_id)


@contextmanager
def bulk_load(connection: Connection) -> Iterator[None]:
    """Let nothing be listed while rows are written in the block; then fill all lists at once."""
    if connection.dialect.name == "postgresql":
        for table in _WATCHED:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in _WATCHED:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    else:
        made = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND tbl_name IN ('dossier', 'work_item')"
        ).all()
        for name, _ in made:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in made:
            connection.exec_driver_sql(statement)
    rebuild(connection)


def rebuild(connection: Connection) -> None:
    """Empty the three tables and fill them from dossiers and steps."""
    connection.execute(delete(OpenWorkRow))
    connection.execute(delete(DossierUnitRow))
    connection.execute(_fill_open_work())
    connection.execute(_fill_units())
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO dossier_search (dossier_search) VALUES ('rebuild')")
        return
    connection.exec_driver_sql("TRUNCATE dossier_search")
    for name in ("words", "open"):
        connection.exec_driver_sql(f"DROP INDEX ix_dossier_search_{name}")
    connection.execute(
        text(
            "INSERT INTO dossier_search (dossier_id, words, is_open) SELECT id,"
            " array_to_tsvector(array_remove(string_to_array(search_text, ' '), '')), ended_at IS NULL"
            " FROM dossier"
        )
    )
    made = "CREATE INDEX ix_dossier_search_{} ON dossier_search USING gin (words)"
    connection.exec_driver_sql(made.format("words"))
    connection.exec_driver_sql(made.format("open") + " WHERE is_open")


def _fill_open_work():
    due = case(
        (
            or_(WorkItemRow.due_at.is_(None), DossierRow.current_due < WorkItemRow.due_at),
            DossierRow.current_due,
        ),
        else_=WorkItemRow.due_at,
    )
    lines = (
        select(
            WorkItemRow.id,
            DossierRow.id,
            DossierRow.procedure_id,
            WorkItemRow.node_id,
            WorkItemRow.kind,
            WorkItemRow.unit_id,
            WorkItemRow.role,
            WorkItemRow.claimed_by,
            DossierRow.clock_stopped_at.is_not(None),
            due,
            DossierRow.competent_unit_id,
            DossierRow.received_unit_id,
            WorkItemRow.unit_id.not_in(_ITS_UNITS),
        )
        .join(DossierRow, DossierRow.id == WorkItemRow.dossier_id)
        .where(WorkItemRow.status == OPEN)
    )
    names = [
        *("work_item_id", "dossier_id", "procedure_id", "node_id", "kind", "unit_id", "role", "holder"),
        *("stopped", "due", "competent_unit_id", "received_unit_id", "is_away"),
    ]
    return insert(OpenWorkRow).from_select(names, lines)


def _fill_units():
    parts = [select(one.label("unit_id"), DossierRow.id.label("dossier_id")) for one in _ITS_UNITS]
    involved = union(*parts).subquery()
    anybody = union(*parts, select(WorkItemRow.unit_id, WorkItemRow.dossier_id)).subquery()
    seen = select(anybody.c.unit_id, anybody.c.dossier_id, involved.c.unit_id.is_not(None)).outerjoin_from(
        anybody,
        involved,
        and_(involved.c.unit_id == anybody.c.unit_id, involved.c.dossier_id == anybody.c.dossier_id),
    )
    return insert(DossierUnitRow).from_select(["unit_id", "dossier_id", "involved"], seen)
