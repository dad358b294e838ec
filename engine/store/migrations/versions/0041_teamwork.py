"""Working together: saved views, watching, comments, notes, steps lent to colleagues, acts in bulk.

Revision: 0041, after 0081
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0081"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        _refers("saved_view", "owner_id", "user_account"),
        _refers("saved_view", "unit_id", "org_unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id_name")),
    )
    op.create_index(op.f("ix_saved_view_unit_id"), "saved_view", ["unit_id"])
    op.create_table(
        "first_view",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        _refers("first_view", "user_id", "user_account"),
        _refers("first_view", "view_id", "saved_view"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_first_view")),
    )
    op.create_index(op.f("ix_first_view_view_id"), "first_view", ["view_id"])
    op.create_table(
        "watch",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("seen_id", BIG_ID, nullable=False),
        sa.Column("told_id", BIG_ID, nullable=False),
        _refers("watch", "user_id", "user_account"),
        _refers("watch", "dossier_id", "dossier"),
        sa.PrimaryKeyConstraint("user_id", "dossier_id", name=op.f("pk_watch")),
    )
    op.create_index(op.f("ix_watch_dossier_id"), "watch", ["dossier_id"])
    op.create_table(
        "dossier_comment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _refers("dossier_comment", "dossier_id", "dossier"),
        _refers("dossier_comment", "author_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_comment")),
    )
    op.create_index(op.f("ix_dossier_comment_dossier_id"), "dossier_comment", ["dossier_id"])
    op.create_table(
        "dossier_note",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        _refers("dossier_note", "user_id", "user_account"),
        _refers("dossier_note", "dossier_id", "dossier"),
        sa.PrimaryKeyConstraint("user_id", "dossier_id", name=op.f("pk_dossier_note")),
    )
    op.create_table(
        "delegation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("work_item_id", BIG_ID, nullable=False),
        sa.Column("from_user_id", sa.Integer(), nullable=False),
        sa.Column("to_user_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended", sa.String(length=15), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        _refers("delegation", "work_item_id", "work_item"),
        _refers("delegation", "from_user_id", "user_account"),
        _refers("delegation", "to_user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    for name in ("work_item_id", "from_user_id", "to_user_id"):
        op.create_index(op.f(f"ix_delegation_{name}"), "delegation", [name])
    _make_bulk()


def _make_bulk() -> None:
    op.create_table(
        "bulk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        _refers("bulk", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk")),
    )
    op.create_index("ix_bulk_state", "bulk", ["state", "id"])
    op.create_index(op.f("ix_bulk_user_id"), "bulk", ["user_id"])
    op.create_table(
        "bulk_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("bulk_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", BIG_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("step_vi", sa.Text(), nullable=False),
        sa.Column("step_en", sa.Text(), nullable=False),
        sa.Column("text_vi", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        _refers("bulk_line", "bulk_id", "bulk"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_line")),
        sa.UniqueConstraint("bulk_id", "work_item_id", name=op.f("uq_bulk_line_bulk_id_work_item_id")),
    )
    op.create_index("ix_bulk_line_state", "bulk_line", ["bulk_id", "state", "id"])


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
