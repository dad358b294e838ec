"""Each step that hands back has its hand-over; a dossier whose results come in parts has several.

Revision: 0082, after 0043
"""

from __future__ import annotations

from alembic import op

revision = "0082"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hand_over") as table:
        table.drop_constraint("uq_hand_over_dossier_id", type_="unique")
        table.create_unique_constraint(op.f("uq_hand_over_work_item_id"), ["work_item_id"])
        table.create_index("ix_hand_over_dossier_id", ["dossier_id"])
