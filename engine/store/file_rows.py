"""The tables of files: what is known of a content, pictures of it, and what is still being sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, UtcTime
from engine.store.rows import UserRow

_TO_SCAN = text("scan_at IS NOT NULL")
_TO_DRAW = text("draw_at IS NOT NULL")


class FileStateRow(Base):
    """What is known of one content, by its hash; several attachments may share it.

    `scan` is "waiting", "clean" or "infected"; `scan_at` is when it is to be scanned next, NULL when that is
    settled. `drawing` is "waiting", "made" or "none" (nothing to show); `draw_at` as `scan_at`. `pages` is
    known for documents that were drawn.
    """

    __tablename__ = "file_state"
    __table_args__ = (
        Index("ix_file_state_scan_at", "scan_at", sqlite_where=_TO_SCAN, postgresql_where=_TO_SCAN),
        Index("ix_file_state_draw_at", "draw_at", sqlite_where=_TO_DRAW, postgresql_where=_TO_DRAW),
    )
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_type: Mapped[str] = mapped_column(String(100))
    scan: Mapped[str] = mapped_column(String(10), default="waiting")
    scan_at: Mapped[datetime | None] = mapped_column(UtcTime)
    scan_tries: Mapped[int] = mapped_column(default=0)
    scanned_at: Mapped[datetime | None] = mapped_column(UtcTime)
    found: Mapped[str] = mapped_column(String(200), default="")
    drawing: Mapped[str] = mapped_column(String(10), default="waiting")
    draw_at: Mapped[datetime | None] = mapped_column(UtcTime)
    draw_tries: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int | None]

    def __str__(self) -> str:
        return self.sha256[:12]


class FilePictureRow(Base):
    """A picture of a page, small or to be read; its own bytes lie in the file store as well."""

    __tablename__ = "file_picture"
    sha256: Mapped[str] = mapped_column(ForeignKey("file_state.sha256"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[str] = mapped_column(String(10), primary_key=True)  # small | page
    picture_sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]


class UploadRow(Base):
    """A file on its way in, in pieces. Its bytes lie beside the store until it is whole.

    `sha256` is "" until it is whole. Whoever began it alone may go on with it or use it.
    """

    __tablename__ = "upload"
    token: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    begun_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user: Mapped[UserRow] = relationship()

    def __str__(self) -> str:
        return self.file_name
