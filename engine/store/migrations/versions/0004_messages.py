"""Messages between dossiers: thrown, awaited, and which dossiers belong together.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("source_dossier_id", BIG_ID, nullable=True),
        sa.Column("node_id", sa.String(length=128), nullable=False),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.Column("outside_key", sa.String(length=160), nullable=True),
        sa.Column("from_unit_id", sa.Integer(), nullable=True),
        sa.Column("to_unit_id", sa.Integer(), nullable=True),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("key_count", sa.Integer(), nullable=False),
        sa.Column("fit", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("applicant", sa.JSON(), nullable=False),
        sa.Column("thrown_at", MOMENT, nullable=False),
        sa.Column("thrown_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("target_dossier_id", BIG_ID, nullable=True),
        sa.Column("target_node_id", sa.String(length=128), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("trouble_code", sa.String(length=60), nullable=False),
        sa.Column("trouble_vi", sa.Text(), nullable=False),
        sa.Column("trouble_en", sa.Text(), nullable=False),
        _refers("message", "source_dossier_id", "dossier"),
        _refers("message", "target_dossier_id", "dossier"),
        _refers("message", "from_unit_id", "org_unit"),
        _refers("message", "to_unit_id", "org_unit"),
        _refers("message", "thrown_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("outside_key", name=op.f("uq_message_outside_key")),
    )
    op.create_table(
        "message_wait",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("fit", sa.String(length=64), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("look_at", MOMENT, nullable=True),
        _refers("message_wait", "dossier_id", "dossier"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_wait")),
        sa.UniqueConstraint(
            "dossier_id", "token", "node_id", "number",
            name=op.f("uq_message_wait_dossier_id_token_node_id_number"),
        ),
    )  # fmt: skip
    op.create_table(
        "dossier_link",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("parent_id", BIG_ID, nullable=False),
        sa.Column("child_id", BIG_ID, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _refers("dossier_link", "parent_id", "dossier"),
        _refers("dossier_link", "child_id", "dossier"),
        _refers("dossier_link", "message_id", "message"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_link")),
        sa.UniqueConstraint("message_id", name=op.f("uq_dossier_link_message_id")),
        sa.UniqueConstraint("parent_id", "child_id", name=op.f("uq_dossier_link_parent_id_child_id")),
    )
    for table, name, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)
    op.add_column("incident", sa.Column("message_id", BIG_ID, nullable=True))


INDEXES = (
    ("message", "ix_message_state_next_try_at", ["state", "next_try_at"]),
    ("message", "ix_message_name_fit", ["name", "fit"]),
    ("message", "ix_message_source_dossier_id", ["source_dossier_id"]),
    ("message", "ix_message_target_dossier_id", ["target_dossier_id"]),
    ("message_wait", "ix_message_wait_name_fit", ["name", "fit"]),
    ("message_wait", "ix_message_wait_look_at", ["look_at"]),
    ("dossier_link", "ix_dossier_link_child_id", ["child_id"]),
)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
