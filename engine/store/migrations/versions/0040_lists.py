"""Lists: open work in the order of its urgency, who sees which dossier, words to find it by.

The three tables are kept by triggers, so that no command can forget them and a step needs no statement more.

Revision: 0040, after 0050
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0050"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 1_000
LATE_WORDS = ("stopped", "due", "work_item_id")


def upgrade() -> None:
    _make_tables()
    connection = op.get_bind()
    _rewrite_words(connection)
    is_postgresql = connection.dialect.name == "postgresql"
    for statement in _POSTGRESQL if is_postgresql else _SQLITE:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(_FILL_UNITS)
    connection.exec_driver_sql(_FILL_WORK.format(least="LEAST" if is_postgresql else "MIN"))
    connection.exec_driver_sql(_FILL_WORDS_POSTGRESQL if is_postgresql else _FILL_WORDS_SQLITE)


def _make_tables() -> None:
    op.create_table(
        "open_work",
        sa.Column("work_item_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("competent_unit_id", sa.Integer(), nullable=False),
        sa.Column("received_unit_id", sa.Integer(), nullable=False),
        sa.Column("is_away", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("work_item_id", name=op.f("pk_open_work")),
    )
    where = sa.text("kind = 'wait_citizen'")
    op.create_index(op.f("ix_open_work_dossier_id"), "open_work", ["dossier_id"])
    op.create_index("ix_open_work_unit", "open_work", ["unit_id", *LATE_WORDS])
    op.create_index("ix_open_work_role", "open_work", ["unit_id", "role", *LATE_WORDS])
    op.create_index("ix_open_work_holder", "open_work", ["holder", *LATE_WORDS])
    op.create_index("ix_open_work_due", "open_work", [*LATE_WORDS])
    op.create_index("ix_open_work_steps", "open_work", ["unit_id", "procedure_id", "node_id", "work_item_id"])
    op.create_index(
        "ix_open_work_competent", "open_work", ["competent_unit_id", "is_away", "kind", *LATE_WORDS]
    )
    op.create_index(
        "ix_open_work_received",
        "open_work",
        ["received_unit_id", *LATE_WORDS],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_table(
        "dossier_unit",
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("involved", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "dossier_id", name=op.f("pk_dossier_unit")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_dossier_unit_dossier_id"), "dossier_unit", ["dossier_id"])
    op.create_index("ix_work_item_ended_by", "work_item", ["ended_by", "id"])


def _rewrite_words(connection: sa.Connection) -> None:
    """Write the words of dossiers as they are searched from now on: whole words, personal ones marked."""
    dossiers = sa.table(
        "dossier",
        *(sa.column(name) for name in ("id", "search_text", "applicant_id_no", "applicant_phone")),
    )
    last = 0
    while True:
        rows = connection.execute(
            sa.select(dossiers).where(dossiers.c.id > last).order_by(dossiers.c.id).limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        connection.execute(
            sa.update(dossiers)
            .where(dossiers.c.id == sa.bindparam("of"))
            .values(search_text=sa.bindparam("words")),
            [{"of": one.id, "words": _words(one)} for one in rows],
        )


def _words(row: sa.Row) -> str:
    numbers = re.findall(r"[^\W_]+", f"{row.applicant_id_no} {row.applicant_phone}".casefold())
    found = dict.fromkeys(one for one in re.findall(r"[^\W_]+", row.search_text) if one not in numbers)
    for one in numbers:
        found["~" + one] = None
        if one.isdigit() and len(one) > 6:
            found["~" + one[-4:]] = found["~" + one[-6:]] = None
    return " ".join(found)


_COLUMNS = """INSERT INTO open_work (work_item_id, dossier_id, procedure_id, node_id, kind, unit_id, role,
  holder, stopped, due, competent_unit_id, received_unit_id, is_away)"""
_LINE = """SELECT {item}.id, d.id, d.procedure_id, {item}.node_id, {item}.kind, {item}.unit_id, {item}.role,
  {item}.claimed_by, d.clock_stopped_at IS NOT NULL,
  {least}(COALESCE({item}.due_at, d.current_due), d.current_due),
  d.competent_unit_id, d.received_unit_id,
  {item}.unit_id NOT IN (d.competent_unit_id, d.received_unit_id, d.return_unit_id)"""
_FILL_WORK = (
    f"{_COLUMNS} {_LINE.replace('{item}', 'w')} "
    "FROM work_item w JOIN dossier d ON d.id = w.dossier_id WHERE w.status = 'open'"
)
_FILL_UNITS = """INSERT INTO dossier_unit (unit_id, dossier_id, involved)
SELECT unit_id, dossier_id, MAX(involved) = 1 FROM (
  SELECT received_unit_id AS unit_id, id AS dossier_id, 1 AS involved FROM dossier
  UNION SELECT competent_unit_id, id, 1 FROM dossier
  UNION SELECT return_unit_id, id, 1 FROM dossier
  UNION SELECT unit_id, dossier_id, 0 FROM work_item) AS seen
GROUP BY unit_id, dossier_id"""
_ARRAY = "array_to_tsvector(array_remove(string_to_array({words}, ' '), ''))"
_FILL_WORDS_POSTGRESQL = (
    "INSERT INTO dossier_search (dossier_id, words)"
    f" SELECT id, {_ARRAY.format(words='search_text')} FROM dossier"
)
_FILL_WORDS_SQLITE = "INSERT INTO dossier_search (dossier_search) VALUES ('rebuild')"

# Which changes of a row matter to the lists; a draft that is saved, an answer that is kept do not.
_OF_ITEM = "status, unit_id, role, node_id, kind, claimed_by, due_at"
_OF_DOSSIER = (
    "procedure_id, current_due, clock_stopped_at, received_unit_id, competent_unit_id, return_unit_id"
)
_OTHER_UNITS = (
    "OLD.received_unit_id <> NEW.received_unit_id OR OLD.competent_unit_id <> NEW.competent_unit_id"
    " OR OLD.return_unit_id <> NEW.return_unit_id"
)
_ITS_UNITS = "(NEW.received_unit_id, NEW.competent_unit_id, NEW.return_unit_id)"

_POSTGRESQL = [
    "CREATE TABLE dossier_search (dossier_id BIGINT NOT NULL CONSTRAINT pk_dossier_search PRIMARY KEY,"
    " words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_dossier_search_words ON dossier_search USING gin (words)",
    "ALTER TABLE dossier_search ALTER COLUMN words SET STATISTICS 500",
    # Who opens a page reads these tables at once after they changed: keep their statistics fresh.
    "ALTER TABLE open_work SET"
    " (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)",
    f"""CREATE FUNCTION motcua_list_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM open_work WHERE work_item_id = NEW.id;
  END IF;
  IF NEW.status = 'open' THEN
    {_COLUMNS} {_LINE.format(item="NEW", least="LEAST")} FROM dossier d WHERE d.id = NEW.dossier_id;
  END IF;
  IF TG_OP = 'INSERT' OR NEW.unit_id <> OLD.unit_id THEN
    INSERT INTO dossier_unit (unit_id, dossier_id, involved) VALUES (NEW.unit_id, NEW.dossier_id, FALSE)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$""",
    "CREATE FUNCTION motcua_unlist_item() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN DELETE FROM open_work WHERE work_item_id = OLD.id; RETURN NULL; END $$",
    f"""CREATE FUNCTION motcua_list_dossier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    UPDATE open_work SET procedure_id = NEW.procedure_id, stopped = NEW.clock_stopped_at IS NOT NULL,
      due = LEAST(w.due_at, NEW.current_due), competent_unit_id = NEW.competent_unit_id,
      received_unit_id = NEW.received_unit_id, is_away = w.unit_id NOT IN {_ITS_UNITS}
      FROM work_item w WHERE w.id = open_work.work_item_id AND open_work.dossier_id = NEW.id;
    IF {_OTHER_UNITS} THEN
      DELETE FROM dossier_unit u WHERE u.dossier_id = NEW.id AND u.unit_id NOT IN {_ITS_UNITS}
        AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.dossier_id = NEW.id AND w.unit_id = u.unit_id);
      UPDATE dossier_unit SET involved = FALSE
        WHERE dossier_id = NEW.id AND involved AND unit_id NOT IN {_ITS_UNITS};
    ELSE
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO dossier_unit (unit_id, dossier_id, involved)
    SELECT DISTINCT one, NEW.id, TRUE
      FROM unnest(ARRAY[NEW.received_unit_id, NEW.competent_unit_id, NEW.return_unit_id]) AS one
    ON CONFLICT (unit_id, dossier_id) DO UPDATE SET involved = TRUE;
  RETURN NULL;
END $$""",
    f"""CREATE FUNCTION motcua_list_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO dossier_search (dossier_id, words) VALUES (NEW.id, {_ARRAY.format(words="NEW.search_text")})
    ON CONFLICT (dossier_id) DO UPDATE SET words = EXCLUDED.words;
  RETURN NULL;
END $$""",
    "CREATE FUNCTION motcua_unlist_dossier() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN DELETE FROM dossier_unit WHERE dossier_id = OLD.id;"
    " DELETE FROM dossier_search WHERE dossier_id = OLD.id; RETURN NULL; END $$",
    "CREATE TRIGGER list_new_item AFTER INSERT ON work_item FOR EACH ROW EXECUTE FUNCTION motcua_list_item()",
    f"CREATE TRIGGER list_changed_item AFTER UPDATE OF {_OF_ITEM} ON work_item"
    " FOR EACH ROW EXECUTE FUNCTION motcua_list_item()",
    "CREATE TRIGGER unlist_item AFTER DELETE ON work_item FOR EACH ROW EXECUTE FUNCTION motcua_unlist_item()",
    "CREATE TRIGGER list_new_dossier AFTER INSERT ON dossier"
    " FOR EACH ROW EXECUTE FUNCTION motcua_list_dossier()",
    f"CREATE TRIGGER list_changed_dossier AFTER UPDATE OF {_OF_DOSSIER} ON dossier"
    " FOR EACH ROW EXECUTE FUNCTION motcua_list_dossier()",
    "CREATE TRIGGER list_words AFTER INSERT OR UPDATE OF search_text ON dossier"
    " FOR EACH ROW EXECUTE FUNCTION motcua_list_words()",
    "CREATE TRIGGER unlist_dossier AFTER DELETE ON dossier"
    " FOR EACH ROW EXECUTE FUNCTION motcua_unlist_dossier()",
]

_SQLITE_LINE = (
    f"{_COLUMNS} {_LINE.format(item='NEW', least='MIN')} FROM dossier d"
    " WHERE d.id = NEW.dossier_id AND NEW.status = 'open';"
)
_SQLITE_UNIT = (
    "INSERT OR IGNORE INTO dossier_unit (unit_id, dossier_id, involved)"
    " VALUES (NEW.unit_id, NEW.dossier_id, 0);"
)
_SQLITE_UNITS = " ".join(
    f"INSERT INTO dossier_unit (unit_id, dossier_id, involved) VALUES (NEW.{name}, NEW.id, 1)"
    " ON CONFLICT (unit_id, dossier_id) DO UPDATE SET involved = 1;"
    for name in ("received_unit_id", "competent_unit_id", "return_unit_id")
)
_FORGET = (
    "INSERT INTO dossier_search (dossier_search, rowid, search_text)"
    " VALUES ('delete', OLD.id, OLD.search_text);"
)
_LEARN = "INSERT INTO dossier_search (rowid, search_text) VALUES (NEW.id, NEW.search_text);"
_SQLITE = [
    "CREATE VIRTUAL TABLE dossier_search USING fts5(search_text, content='dossier', content_rowid='id',"
    " tokenize=\"unicode61 remove_diacritics 0 tokenchars '~'\", detail=none, columnsize=0, prefix='3')",
    f"CREATE TRIGGER list_new_item AFTER INSERT ON work_item BEGIN {_SQLITE_LINE} {_SQLITE_UNIT} END",
    f"CREATE TRIGGER list_changed_item AFTER UPDATE OF {_OF_ITEM} ON work_item BEGIN"
    f" DELETE FROM open_work WHERE work_item_id = NEW.id; {_SQLITE_LINE} {_SQLITE_UNIT} END",
    "CREATE TRIGGER unlist_item AFTER DELETE ON work_item BEGIN"
    " DELETE FROM open_work WHERE work_item_id = OLD.id; END",
    f"CREATE TRIGGER list_new_dossier AFTER INSERT ON dossier BEGIN {_SQLITE_UNITS} {_LEARN} END",
    f"CREATE TRIGGER list_changed_dossier AFTER UPDATE OF {_OF_DOSSIER} ON dossier BEGIN"
    " UPDATE open_work SET procedure_id = NEW.procedure_id, stopped = NEW.clock_stopped_at IS NOT NULL,"
    " due = (SELECT MIN(COALESCE(w.due_at, NEW.current_due), NEW.current_due) FROM work_item w"
    " WHERE w.id = open_work.work_item_id), competent_unit_id = NEW.competent_unit_id,"
    f" received_unit_id = NEW.received_unit_id, is_away = unit_id NOT IN {_ITS_UNITS}"
    " WHERE dossier_id = NEW.id; END",
    f"CREATE TRIGGER list_moved_dossier AFTER UPDATE OF received_unit_id, competent_unit_id, return_unit_id"
    f" ON dossier WHEN {_OTHER_UNITS} BEGIN"
    f" DELETE FROM dossier_unit WHERE dossier_id = NEW.id AND unit_id NOT IN {_ITS_UNITS}"
    " AND NOT EXISTS (SELECT 1 FROM work_item w"
    " WHERE w.dossier_id = NEW.id AND w.unit_id = dossier_unit.unit_id);"
    f" UPDATE dossier_unit SET involved = 0 WHERE dossier_id = NEW.id AND unit_id NOT IN {_ITS_UNITS};"
    f" {_SQLITE_UNITS} END",
    "CREATE TRIGGER list_words AFTER UPDATE OF search_text ON dossier"
    f" WHEN OLD.search_text <> NEW.search_text BEGIN {_FORGET} {_LEARN} END",
    "CREATE TRIGGER unlist_dossier AFTER DELETE ON dossier BEGIN"
    f" DELETE FROM dossier_unit WHERE dossier_id = OLD.id; {_FORGET} END",
]
