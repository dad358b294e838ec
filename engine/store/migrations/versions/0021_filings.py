"""What was handed in and is not accepted yet.

Revision: 0021, after 0070
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0070"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "filing",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("received_unit_id", sa.Integer(), nullable=False),
        sa.Column("held_by_unit_id", sa.Integer(), nullable=False),
        sa.Column("competent_unit_id", sa.Integer(), nullable=True),
        sa.Column("applicant_kind", sa.Integer(), nullable=False),
        sa.Column("applicant_name", sa.String(length=200), nullable=False),
        sa.Column("applicant_id_no", sa.String(length=40), nullable=False),
        sa.Column("applicant_phone", sa.String(length=40), nullable=False),
        sa.Column("applicant_email", sa.String(length=200), nullable=False),
        sa.Column("applicant_address", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("dossier_id", BIG_ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _refers("filing", "procedure_id", "procedure"),
        _refers("filing", "revision_id", "procedure_revision"),
        _refers("filing", "received_unit_id", "org_unit"),
        _refers("filing", "held_by_unit_id", "org_unit"),
        _refers("filing", "competent_unit_id", "org_unit"),
        _refers("filing", "submitted_by", "user_account"),
        _refers("filing", "dossier_id", "dossier"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("number", name=op.f("uq_filing_number")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_filing_dossier_id")),
    )
    op.create_index("ix_filing_held_by_unit_id_state", "filing", ["held_by_unit_id", "state"], unique=False)
    op.create_index("ix_filing_state_until", "filing", ["state", "until"], unique=False)
    op.create_table(
        "filing_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("filing_id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        _refers("filing_event", "filing_id", "filing"),
        _refers("filing_event", "user_id", "user_account"),
        _refers("filing_event", "unit_id", "org_unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_event")),
    )
    op.create_index("ix_filing_event_filing_id", "filing_event", ["filing_id"], unique=False)
    op.create_table(
        "filing_file",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("filing_id", BIG_ID, nullable=False),
        sa.Column("component_code", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        _refers("filing_file", "filing_id", "filing"),
        _refers("filing_file", "added_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_file")),
    )
    op.create_index("ix_filing_file_sha256", "filing_file", ["sha256"], unique=False)
    op.create_index("ix_filing_file_filing_id", "filing_file", ["filing_id"], unique=False)
    op.create_table(
        "filing_letter",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("filing_id", BIG_ID, nullable=False),
        sa.Column("form_code", sa.String(length=60), nullable=False),
        sa.Column("template_hash", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("page", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("prints", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        _refers("filing_letter", "filing_id", "filing"),
        _refers("filing_letter", "template_hash", "document_template", "hash"),
        _refers("filing_letter", "made_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_letter")),
    )
    op.create_index("ix_filing_letter_filing_id", "filing_letter", ["filing_id"], unique=False)


def _refers(table: str, column: str, to: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.{key}"], name=op.f(f"fk_{table}_{column}_{to}"))
