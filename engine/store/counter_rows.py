"""The tables of the counter: what a clerk received last, and drafts that wait to be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base
from engine.store.rows import UserRow


class RecentProcedureRow(Base):
    """The last time at which a clerk received a dossier of a procedure: the list to choose from first."""

    __tablename__ = "recent_procedure"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"), primary_key=True)
    used_at: Mapped[datetime]


class DraftRow(Base):
    """What somebody typed into a page and has not sent yet; nobody else sees it.

    `id` is made in the browser and is also the key of the sending, so that one draft can become one dossier.
    `kind` names the page ("reception:P03"), `number` counts the savings, so that an older one never wins.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_user_id_saved_at", "user_id", "saved_at"),)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(300), default="")  # path of the page to go on with
    values: Mapped[dict[str, Any]]
    number: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user: Mapped[UserRow] = relationship()
