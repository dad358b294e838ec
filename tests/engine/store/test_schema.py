"""The migrations lead to the schema that the rows describe, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from engine.store import schema
from engine.store.database import open_database
from engine.store.rows import Base


def test_the_migrated_schema_is_the_one_of_the_rows(database_url):
    database = open_database(database_url)
    with database.connect() as connection:
        ours = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=ours)
        differences = compare_metadata(context, Base.metadata)
    database.dispose()

    assert differences == []


def test_an_upgrade_of_a_current_database_changes_nothing(database_url):
    database = open_database(database_url)
    schema.upgrade(database)

    assert schema.is_current(database)
    assert schema.current(database) == schema.newest()
    database.dispose()


def test_an_empty_database_is_not_current(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'new.sqlite'}")

    assert not schema.is_current(database)
    assert inspect(database).get_table_names() == []
    database.dispose()


def test_a_failed_upgrade_leaves_nothing_behind(tmp_path, monkeypatch):
    database = open_database(f"sqlite:///{tmp_path / 'half.sqlite'}")
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/0001_first.py"):
        (tmp_path / "migrations" / name).write_text((schema.MIGRATIONS / name).read_text())
    broken = tmp_path / "migrations" / "versions" / "0002_broken.py"
    broken.write_text("revision = '0002'\ndown_revision = '0001'\ndef upgrade():\n    raise OSError('no')\n")
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path / "migrations")

    with pytest.raises(OSError, match="no"):
        schema.upgrade(database)

    assert inspect(database).get_table_names() == []
    database.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "harm", ["DROP TABLE procrastinate_jobs CASCADE", "COMMENT ON TABLE procrastinate_jobs IS 'older'"]
)
def test_a_queue_that_is_missing_or_of_another_version_is_made_anew(postgres_databases, harm):
    url = postgres_databases.copy_of("empty", schema.upgrade)
    database = open_database(url)
    with database.begin() as connection:
        connection.exec_driver_sql(harm)
    before = schema.is_current(database)
    schema.upgrade(database)

    assert (before, schema.is_current(database)) == (False, True)
    database.dispose()
    postgres_databases.drop(url)


def _is_ours(name, kind, _parents):
    return kind != "table" or not name.startswith(("procrastinate_", "dossier_search"))
