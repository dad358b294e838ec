"""Substitution with authority: who stands in for whom, what may be lent, how it is signed.

Revision: 0051, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OURS = "Mặc định của sản phẩm; cần đối chiếu quy chế làm việc của cơ quan"
LAW = "Nghị định 30/2020/NĐ-CP, điều 13 (cần kiểm tra lại)"


def upgrade() -> None:
    op.create_table(
        "substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("procedures", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("form", sa.String(length=5), nullable=False),
        sa.Column("decision_no", sa.String(length=100), nullable=False),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=False),
        *(_refers(column, "user_account") for column in ("giver_id", "taker_id", "created_by", "revoked_by")),
        _refers("assignment_id", "assignment"),
        _refers("unit_id", "org_unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index("ix_substitution_taker_id_ends_on", "substitution", ["taker_id", "ends_on"])
    op.create_index("ix_substitution_giver_id_ends_on", "substitution", ["giver_id", "ends_on"])
    op.create_index("ix_substitution_unit_id", "substitution", ["unit_id"])
    rules = op.create_table(
        "lending_rule",
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_lending_rule")),
    )
    op.bulk_insert(rules, [{"role": role, "how": how, "source": OURS} for role, how in RULES.items()])
    forms = op.create_table(
        "signing_form",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("name_vi", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("needs_decision", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_signing_form")),
    )
    op.bulk_insert(forms, [dict(zip(FORM, one, strict=True)) for one in FORMS])


RULES = {
    **dict.fromkeys(
        ("RECEPTION", "RETURN_DESK", "COORDINATOR", "HEAD", "SPECIALIST", "CLERK", "OPINION", "CIVIL_STATUS"),
        "free",
    ),
    **dict.fromkeys(("SIGNATORY", "TREASURER", "FIRE_POLICE"), "decision"),
    **dict.fromkeys(
        ("COUNCIL", "PROC_AUTHOR", "PROC_APPROVER_UNIT", "PROC_APPROVER_PROV", "SUPERVISOR", "IT_ADMIN"),
        "never",
    ),
}
FORM = ("code", "name_vi", "name_en", "needs_decision", "place", "roles", "source")
FORMS = (
    ("KT", "Ký thay cấp trưởng", "For the head, by a deputy", False, "same", ["SIGNATORY"], LAW),
    ("TL", "Thừa lệnh", "By order", True, "below", ["HEAD", "SIGNATORY", "COORDINATOR"], LAW),
    ("TUQ", "Thừa ủy quyền", "By delegation", True, "below", ["HEAD", "SIGNATORY", "COORDINATOR"], LAW),
)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_substitution_{column}_{to}"))
