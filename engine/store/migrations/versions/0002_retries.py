"""Jobs that are tried again: how often a timer failed, and what exactly an incident is about.

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("timer", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("timer", sa.Column("next_try_at", MOMENT, nullable=True))
    for name in ("token", "number", "attempts"):
        op.add_column("incident", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("incident", sa.Column("outbox_id", BIG_ID, nullable=True))
    op.add_column("incident", sa.Column("action", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("incident", sa.Column("ended_by", sa.Integer(), nullable=True))
