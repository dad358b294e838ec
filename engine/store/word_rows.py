"""The table of Word files: which letters were filled into an office's own template, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId
from engine.store.document_rows import DocumentRow, TemplateRow


class WordFileRow(Base):
    """The Word file of one paper; its facts are those of the paper. The first one made stays."""

    __tablename__ = "document_word"
    document_id: Mapped[int] = mapped_column(BigId, ForeignKey("document.id"), primary_key=True)
    template_hash: Mapped[str] = mapped_column(ForeignKey("document_template.hash"))
    sha256: Mapped[str] = mapped_column(String(64))  # in the file store
    size: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    document: Mapped[DocumentRow] = relationship()
    template: Mapped[TemplateRow] = relationship()
