"""The tables of changed due dates, of corrections, and of the reasons that people choose from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId
from engine.store.rows import DossierRow

_OPEN = text("state = 'proposed'")


class DueChangeRow(Base):
    """A change of a dossier's current due date: proposed by one person, put in force by another.

    `kind`: "extension" (Mẫu 04) or "manual". `state`: proposed → in_force, refused or taken_back. `amount` is
    what is added to the term: days as it counts them, working minutes for a term in hours.
    """

    __tablename__ = "due_change"
    __table_args__ = (
        Index("ix_due_change_open", "dossier_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int]
    wanted: Mapped[date]
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text)
    due_before: Mapped[datetime]
    due_after: Mapped[datetime | None]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_chair: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_chair: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    dossier: Mapped[DossierRow] = relationship()


class CorrectionRow(Base):
    """A dossier that corrects an error in the result of an earlier one."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    of_dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class ReasonRow(Base):
    """A reason to choose from; `purpose`: late, rework, extension. `needs_text`: in own words too."""

    __tablename__ = "reason"
    __table_args__ = (UniqueConstraint("purpose", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(40))
    name_vi: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    needs_text: Mapped[bool] = mapped_column(Boolean, default=False)
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)

    def __str__(self) -> str:
        return self.name_vi
