"""Around a draft: versions, who has it open, comments on steps, copies.

Revision: 0070, after 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "draft_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", MOMENT, nullable=False),
        _to("draft_version", "revision_id", "procedure_revision"),
        _to("draft_version", "definition_hash", "definition", "hash"),
        _to("draft_version", "saved_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_version")),
        sa.UniqueConstraint("revision_id", "version", name=op.f("uq_draft_version_revision_id_version")),
    )
    op.create_index(op.f("ix_draft_version_definition_hash"), "draft_version", ["definition_hash"])
    op.create_table(
        "draft_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("tab", sa.String(length=40), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        _to("draft_presence", "revision_id", "procedure_revision"),
        _to("draft_presence", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_presence")),
        sa.UniqueConstraint("revision_id", "tab", name=op.f("uq_draft_presence_revision_id_tab")),
    )
    op.create_table(
        "draft_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=128), nullable=False),
        sa.Column("step_name", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("resolved_by", sa.Integer(), nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        _to("draft_comment", "revision_id", "procedure_revision"),
        _to("draft_comment", "author_id", "user_account"),
        _to("draft_comment", "resolved_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comment")),
    )
    op.create_index(op.f("ix_draft_comment_revision_id"), "draft_comment", ["revision_id"])
    op.create_table(
        "draft_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("definition_hash", sa.String(length=64), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("ended", sa.String(length=20), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _to("draft_copy", "revision_id", "procedure_revision"),
        _to("draft_copy", "user_id", "user_account"),
        _to("draft_copy", "definition_hash", "definition", "hash"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_copy")),
    )
    op.create_index(op.f("ix_draft_copy_revision_id"), "draft_copy", ["revision_id"])
    op.create_index(op.f("ix_draft_copy_definition_hash"), "draft_copy", ["definition_hash"])


def downgrade() -> None:
    for table in ("draft_copy", "draft_comment", "draft_presence", "draft_version"):
        op.drop_table(table)


def _to(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))
