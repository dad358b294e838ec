"""Reminders of deadlines; dossiers that run already are looked at, accounts get their daily letter.

Revision: 0053, after 0052
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("dossier_id", BIG_ID, nullable=False, autoincrement=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_alert_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_alert")),
    )
    op.create_index("ix_alert_next_at", "alert", ["next_at"])
    op.execute(
        "INSERT INTO alert (dossier_id, told, due, next_at)"
        " SELECT id, -1, current_due, accepted_at FROM dossier WHERE ended_at IS NULL AND resolved_at IS NULL"
    )
    usual = {topic: ["list", "mail"] if topic in ("alert", "duty") else ["list"] for topic in TOPICS}
    op.get_bind().execute(
        sa.text(
            "INSERT INTO notification_choice (user_id, topics, digest_at, next_digest_at)"
            " SELECT id, :topics, '07:30', created_at FROM user_account"
            " WHERE id NOT IN (SELECT user_id FROM notification_choice)"
        ).bindparams(sa.bindparam("topics", usual, type_=sa.JSON()))
    )


TOPICS = ("work", "alert", "talk", "duty", "system")
