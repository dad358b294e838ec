"""The register of legal documents that limits, fees and steps rest on: facts with their source."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base


class LegalDocumentRow(Base):
    """One document. Steps and fees name it by its number in their text; `verified` says that somebody read
    the original. It ends by `effective_to` (last day) or by the document that replaces it."""

    __tablename__ = "legal_document"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)  # 217/2026/NĐ-CP
    title: Mapped[str] = mapped_column(Text, default="")
    issuer: Mapped[str] = mapped_column(String(200), default="")
    signed_on: Mapped[date | None]
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("legal_document.id"), index=True)
    source: Mapped[str] = mapped_column(Text, default="")  # where the text was seen
    verified: Mapped[bool] = mapped_column(Boolean, default=False)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    replaced_by: Mapped[LegalDocumentRow | None] = relationship(remote_side=[id])

    def __str__(self) -> str:
        return self.number
