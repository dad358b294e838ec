"""The table of reminders: one line for each dossier that has no result yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId, UtcTime
from engine.store.rows import DossierRow


class AlertRow(Base):
    """When somebody has to be reminded of a dossier next.

    `told` is the last stage that people were told of (`engine.domain.alerts.Stage`), for the due date `due`;
    `next_at` is None once there is a result, an end, or no stage left.
    """

    __tablename__ = "alert"
    dossier_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("dossier.id"), primary_key=True, autoincrement=False
    )
    told: Mapped[int] = mapped_column(default=-1)
    due: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    dossier: Mapped[DossierRow] = relationship()
