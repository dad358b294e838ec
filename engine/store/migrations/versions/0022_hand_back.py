"""Numbers given without a network; who took a result, what they thought, who was reminded.

Revision: 0022, after 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0041"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "provisional_number",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        _refers("provisional_number", "dossier_id", "dossier"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_provisional_number")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_provisional_number_dossier_id")),
    )
    op.create_table(
        "hand_over",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("work_item_id", BIG_ID, nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("checked_by", sa.String(length=20), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("recipient_id_no", sa.String(length=40), nullable=False),
        sa.Column("is_proxy", sa.Boolean(), nullable=False),
        sa.Column("proxy_paper", sa.String(length=300), nullable=False),
        sa.Column("post_number", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        _refers("hand_over", "dossier_id", "dossier"),
        _refers("hand_over", "work_item_id", "work_item"),
        _refers("hand_over", "unit_id", "org_unit"),
        _refers("hand_over", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_hand_over_dossier_id")),
    )
    op.create_table(
        "rating",
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _refers("rating", "dossier_id", "dossier"),
        _refers("rating", "unit_id", "org_unit"),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_rating")),
    )
    op.create_index("ix_rating_unit_id_at", "rating", ["unit_id", "at"], unique=False)
    op.create_table(
        "result_reminder",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        _refers("result_reminder", "dossier_id", "dossier"),
        _refers("result_reminder", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_reminder")),
    )
    op.create_index("ix_result_reminder_dossier_id", "result_reminder", ["dossier_id"], unique=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
