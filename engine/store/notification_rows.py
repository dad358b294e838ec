"""The tables of what people at the office are told: notifications, and how each wants to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId, UtcTime
from engine.store.rows import DossierRow, UserRow

_UNREAD = text("read_at IS NULL")


class NotificationRow(Base):
    """One thing that one person was told, in the transaction in which it happened.

    `kind` is "topic.what" (`engine.domain.notifications`). `target` is the address of the page to open, ""
    where the dossier says it.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_user_id_id", "user_id", "id"),
        Index("ix_notification_unread", "user_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(40))
    text_vi: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    dossier_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    target: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    user: Mapped[UserRow] = relationship()
    dossier: Mapped[DossierRow | None] = relationship()

    def __str__(self) -> str:
        return self.text_vi


class NotificationChoiceRow(Base):
    """How a person wants to be told; whoever has no row is told as `domain.notifications.Choice()` says.

    `topics` maps a topic to the ways chosen for it: "list", "mail". `digest_at` is a local time of day,
    "07:30", or "" for no daily letter; `next_digest_at` is when the worker writes the next one.
    """

    __tablename__ = "notification_choice"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    topics: Mapped[dict[str, Any]]
    digest_at: Mapped[str] = mapped_column(String(5), default="")
    next_digest_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
