"""Dossiers taken over to a newer revision of their procedure.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "migration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_revision_id", sa.Integer(), nullable=False),
        sa.Column("to_revision_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_revision_id"],
            ["procedure_revision.id"],
            name=op.f("fk_migration_from_revision_id_procedure_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["to_revision_id"],
            ["procedure_revision.id"],
            name=op.f("fk_migration_to_revision_id_procedure_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_migration_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    op.create_index(op.f("ix_migration_to_revision_id"), "migration", ["to_revision_id"], unique=False)
    op.create_table(
        "migration_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("migration_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("text_vi", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_migration_line_migration_id_migration")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_migration_line_dossier_id_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_line")),
    )
    op.create_index(op.f("ix_migration_line_migration_id"), "migration_line", ["migration_id"], unique=False)
