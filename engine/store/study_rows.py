"""Studies of a revision: dossiers replayed, years simulated. Long work, done in slices with its progress."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, UtcTime


class StudyRow(Base):
    """One study. `partial` is what the slices so far gave, `result` the whole; `next_try_at` is None once it
    is over, and lies ahead while a worker has a slice in hand."""

    __tablename__ = "study"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # impact | what_if
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"), index=True)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("procedure_revision.id"))
    digest: Mapped[str] = mapped_column(String(64), default="")  # of the drawing and content studied
    given: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10))  # waiting | done | failed | stopped
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    partial: Mapped[list[Any]]
    result: Mapped[dict[str, Any]]
    error_vi: Mapped[str] = mapped_column(Text, default="")
    error_en: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)  # of the slice in hand
    next_try_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    begun_at: Mapped[datetime]
    begun_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
