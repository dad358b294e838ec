"""Extensions and changed due dates, corrections, and reasons to choose from.

Revision: 0052, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("state = 'proposed'")


def upgrade() -> None:
    people = ("proposed_by", "decided_by")
    chairs = ("proposed_chair", "decided_chair")
    op.create_table(
        "due_change",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Date(), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_before", MOMENT, nullable=False),
        sa.Column("due_after", MOMENT, nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_chair", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_chair", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        _refers("due_change", "dossier_id", "dossier"),
        *(_refers("due_change", one, "user_account") for one in people),
        *(_refers("due_change", one, "assignment") for one in chairs),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_change")),
    )
    op.create_index("ix_due_change_dossier_id", "due_change", ["dossier_id"])
    op.create_index(
        "ix_due_change_open",
        "due_change",
        ["dossier_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "correction",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("of_dossier_id", BIG_ID, nullable=False),
        sa.Column("dossier_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        _refers("correction", "of_dossier_id", "dossier"),
        _refers("correction", "dossier_id", "dossier"),
        _refers("correction", "by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_correction_dossier_id")),
    )
    op.create_index("ix_correction_of_dossier_id", "correction", ["of_dossier_id"])
    reasons = op.create_table(
        "reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_vi", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("needs_text", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason")),
        sa.UniqueConstraint("purpose", "code", name=op.f("uq_reason_purpose_code")),
    )
    op.bulk_insert(reasons, list(_rows()))


def _rows():
    for purpose, lines in REASONS.items():
        for position, (code, name_vi, name_en) in enumerate(lines, start=1):
            yield {
                "purpose": purpose,
                "code": code,
                "name_vi": name_vi,
                "name_en": name_en,
                "needs_text": code == "other",
                "position": position,
                "is_active": True,
            }


LATE = (
    ("overload", "Quá tải", "Too much work"),
    ("complex", "Hồ sơ phức tạp", "A complex dossier"),
    ("opinion", "Chờ ý kiến cơ quan khác", "Waiting for another agency"),
    ("system", "Lỗi hệ thống", "A fault of the system"),
    ("disaster", "Thiên tai", "A natural disaster"),
    ("absent", "Cán bộ vắng", "The officer was absent"),
    ("other", "Lý do khác", "Another reason"),
)
REASONS = {
    "late": LATE,
    "extension": LATE,
    "rework": (
        ("legal", "Sai hoặc thiếu căn cứ pháp lý", "Wrong or missing legal basis"),
        ("content", "Thiếu nội dung", "Something is missing"),
        ("figures", "Số liệu không khớp hồ sơ", "Figures do not match the dossier"),
        ("format", "Sai thể thức, kỹ thuật trình bày", "Wrong form or layout"),
        ("opinion", "Cần lấy thêm ý kiến", "Another opinion is needed"),
        ("other", "Lý do khác", "Another reason"),
    ),
}


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
