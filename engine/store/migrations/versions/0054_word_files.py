"""Word files: letters filled into an office's own template.

Revision: 0054, after 0053
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "document_word",
        sa.Column("document_id", BIG_ID, nullable=False),
        sa.Column("template_hash", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        _refers("document_id", "document", "id"),
        _refers("template_hash", "document_template", "hash"),
        _refers("made_by", "user_account", "id"),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_word")),
    )


def _refers(column: str, table: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_document_word_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.{target}"], name=name)
