"""Signatures: which key belongs to whom, and what was signed with it.

Revision: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0080"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _refers("signing_key", "user_id", "user_account"),
        _refers("signing_key", "unit_id", "org_unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("kind", "label", name=op.f("uq_signing_key_kind_label")),
    )
    op.create_table(
        "document_signature",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("document_id", BIG_ID, nullable=True),
        sa.Column("attachment_id", BIG_ID, nullable=True),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("signer", sa.String(length=300), nullable=False),
        sa.Column("organisation", sa.String(length=300), nullable=False),
        sa.Column("serial", sa.String(length=80), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        _refers("document_signature", "document_id", "document"),
        _refers("document_signature", "attachment_id", "attachment"),
        _refers("document_signature", "user_id", "user_account"),
        _refers("document_signature", "unit_id", "org_unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_signature")),
    )
    for table, column in (
        ("signing_key", "user_id"),
        ("signing_key", "unit_id"),
        ("document_signature", "document_id"),
        ("document_signature", "attachment_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
