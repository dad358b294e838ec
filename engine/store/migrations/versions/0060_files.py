"""What is known of files, pictures of them, and files on their way in.

Revision: 0060, after 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TO_SCAN = sa.text("scan_at IS NOT NULL")
TO_DRAW = sa.text("draw_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "file_state",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("scan", sa.String(length=10), nullable=False),
        sa.Column("scan_at", MOMENT, nullable=True),
        sa.Column("scan_tries", sa.Integer(), nullable=False),
        sa.Column("scanned_at", MOMENT, nullable=True),
        sa.Column("found", sa.String(length=200), nullable=False),
        sa.Column("drawing", sa.String(length=10), nullable=False),
        sa.Column("draw_at", MOMENT, nullable=True),
        sa.Column("draw_tries", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_state")),
    )
    op.create_index(
        "ix_file_state_scan_at", "file_state", ["scan_at"], sqlite_where=TO_SCAN, postgresql_where=TO_SCAN
    )
    op.create_index(
        "ix_file_state_draw_at", "file_state", ["draw_at"], sqlite_where=TO_DRAW, postgresql_where=TO_DRAW
    )
    op.create_table(
        "file_picture",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("size", sa.String(length=10), nullable=False),
        sa.Column("picture_sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["file_state.sha256"], name=op.f("fk_file_picture_sha256_file_state")
        ),
        sa.PrimaryKeyConstraint("sha256", "page", "size", name=op.f("pk_file_picture")),
    )
    op.create_table(
        "upload",
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_upload_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_user_id", "upload", ["user_id"])
    op.create_index("ix_upload_expires_at", "upload", ["expires_at"])
    # what came in before is looked at too: scanned, once there is a scanner, and drawn
    op.execute(
        "INSERT INTO file_state (sha256, content_type, scan, scan_at, scan_tries, found, drawing, draw_at,"
        " draw_tries) SELECT sha256, MIN(content_type), 'waiting', MIN(added_at), 0, '', 'waiting',"
        " MIN(added_at), 0 FROM attachment GROUP BY sha256"
    )
