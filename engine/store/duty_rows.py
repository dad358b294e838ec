"""The tables of substitution: who stands in for whom, and what may be lent at all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base
from engine.store.rows import AssignmentRow, UnitRow, UserRow


class SubstitutionRow(Base):
    """The work of one chair, lent to a colleague between two days, both included; never deleted.

    `procedures` are numbers of procedures, empty for all; `limits` maps a data item to the most it may be.
    `form` is how documents are signed ("KT", "TL", "TUQ"), "" where nothing is signed.
    """

    __tablename__ = "substitution"
    __table_args__ = (
        Index("ix_substitution_taker_id_ends_on", "taker_id", "ends_on"),
        Index("ix_substitution_giver_id_ends_on", "giver_id", "ends_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    roles: Mapped[list[Any]]
    procedures: Mapped[list[Any]]
    limits: Mapped[dict[str, Any]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    form: Mapped[str] = mapped_column(String(5), default="")
    decision_no: Mapped[str] = mapped_column(String(100), default="")
    decision_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revoke_reason: Mapped[str] = mapped_column(Text, default="")
    giver: Mapped[UserRow] = relationship(foreign_keys=[giver_id])
    taker: Mapped[UserRow] = relationship(foreign_keys=[taker_id])
    assignment: Mapped[AssignmentRow] = relationship()
    unit: Mapped[UnitRow] = relationship()

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"


class LendingRuleRow(Base):
    """Whether the work of a role may be lent: free, decision (only by a written one) or never."""

    __tablename__ = "lending_rule"
    role: Mapped[str] = mapped_column(String(40), primary_key=True)
    how: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(300), default="")


class SigningFormRow(Base):
    """A way to sign for somebody else, as printed before the title.

    `place`: "same" if the substitute sits in the same unit, "below" if there or in a unit below it.
    """

    __tablename__ = "signing_form"
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    name_vi: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100), default="")
    needs_decision: Mapped[bool] = mapped_column(Boolean, default=False)
    place: Mapped[str] = mapped_column(String(10), default="same")
    roles: Mapped[list[Any]]
    source: Mapped[str] = mapped_column(String(300), default="")
