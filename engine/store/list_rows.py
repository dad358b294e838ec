"""The tables that lists are read from. The database itself keeps the first two in step, by triggers.

`open_work` has one row for each open step, with all that decides in which lists it stands and where. One
index gives each list in its order, by unit, role, procedure and step, so the thousandth page costs what the
first one does, and a number stops counting after the first thousand. `dossier_unit`
says which unit sees which dossier. The third such table, `dossier_search`, is made for its database alone
and is read in `engine.store.search`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base, BigId


class OpenWorkRow(Base):
    """An open step as a line of lists; written by triggers only.

    Attributes:
        due: The step's own time, never later than the dossier's due date.
        stopped: The dossier's clock stands still; such lines come last.
        is_away: It lies in none of the three units whose dossier it is.
    """

    __tablename__ = "open_work"
    __table_args__ = (
        Index("ix_open_work_unit", "unit_id", "stopped", "due", "work_item_id"),
        Index("ix_open_work_role", "unit_id", "role", "stopped", "due", "work_item_id", "holder"),
        Index("ix_open_work_holder", "holder", "stopped", "due", "work_item_id"),
        Index("ix_open_work_due", "stopped", "due", "work_item_id"),
        Index("ix_open_work_step", "unit_id", "procedure_id", "node_id", "stopped", "due", "work_item_id"),
        Index(
            "ix_open_work_procedure",
            *("unit_id", "procedure_id", "stopped", "due", "work_item_id", "role", "holder"),
        ),
        Index("ix_open_work_anywhere", "procedure_id", "stopped", "due", "work_item_id", "unit_id"),
        Index(
            "ix_open_work_competent", "competent_unit_id", "is_away", "kind", "stopped", "due", "work_item_id"
        ),
        Index(
            "ix_open_work_received",
            "received_unit_id",
            "stopped",
            "due",
            "work_item_id",
            sqlite_where=text("kind = 'wait_citizen'"),
            postgresql_where=text("kind = 'wait_citizen'"),
        ),
    )
    work_item_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    dossier_id: Mapped[int] = mapped_column(BigId, index=True)
    procedure_id: Mapped[int]
    node_id: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    holder: Mapped[int | None]
    stopped: Mapped[bool] = mapped_column(Boolean)
    due: Mapped[datetime]
    competent_unit_id: Mapped[int]
    received_unit_id: Mapped[int]
    is_away: Mapped[bool] = mapped_column(Boolean)


class DossierUnitRow(Base):
    """A unit that sees a dossier; written by triggers only.

    Attributes:
        involved: It received the dossier, decides it or hands it back; else it merely had a step.
    """

    __tablename__ = "dossier_unit"
    __table_args__ = {"sqlite_with_rowid": False}
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dossier_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, index=True)
    involved: Mapped[bool] = mapped_column(Boolean)
