"""Lists by procedure and step in order; words of dossiers that are still at work in an index of their own.

On PostgreSQL the words of a dossier say whether it is at work, and a second, small index holds only those:
a search of open work then never reads through the years of ended dossiers.

Revision: 0042, after 0054
"""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0054"
branch_labels = None
depends_on = None

_ORDER = ("stopped", "due", "work_item_id")
_INDEXES = {
    "role": ["unit_id", "role", *_ORDER, "holder"],
    "step": ["unit_id", "procedure_id", "node_id", *_ORDER],
    "procedure": ["unit_id", "procedure_id", *_ORDER, "role", "holder"],
    "anywhere": ["procedure_id", *_ORDER, "unit_id"],
}


def upgrade() -> None:
    for name in ("steps", "role"):
        op.drop_index(f"ix_open_work_{name}", table_name="open_work")
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_open_work_{name}", "open_work", columns)
    op.drop_index("ix_work_item_ended_by", table_name="work_item")
    op.create_index("ix_work_item_ended_by", "work_item", ["ended_by", "id", "dossier_id"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            op.get_bind().exec_driver_sql(statement)


_ARRAY = "array_to_tsvector(array_remove(string_to_array(NEW.search_text, ' '), ''))"
_POSTGRESQL = [
    "ALTER TABLE dossier_search ADD COLUMN is_open BOOLEAN NOT NULL DEFAULT FALSE",
    "UPDATE dossier_search SET is_open = TRUE FROM dossier d WHERE d.id = dossier_id AND d.ended_at IS NULL",
    "CREATE INDEX ix_dossier_search_open ON dossier_search USING gin (words) WHERE is_open",
    f"""CREATE OR REPLACE FUNCTION motcua_list_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO dossier_search (dossier_id, words, is_open) VALUES (NEW.id, {_ARRAY}, NEW.ended_at IS NULL)
    ON CONFLICT (dossier_id) DO UPDATE SET words = EXCLUDED.words, is_open = EXCLUDED.is_open;
  RETURN NULL;
END $$""",
    "DROP TRIGGER list_words ON dossier",
    "CREATE TRIGGER list_words AFTER INSERT OR UPDATE OF search_text, ended_at ON dossier"
    " FOR EACH ROW EXECUTE FUNCTION motcua_list_words()",
]
