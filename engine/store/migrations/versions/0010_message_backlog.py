"""Kept messages with more keys than a wait compares are found without reading all of their name.

Revision: 0010, after 0022
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_name_key_count", "message", ["name", "key_count"])


def downgrade() -> None:
    op.drop_index("ix_message_name_key_count", table_name="message")
