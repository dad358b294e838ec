"""The tables around a draft: its history, who has it open, what is said about its steps, copies of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, UtcTime
from engine.store.rows import DefinitionRow, RevisionRow, UserRow


class DraftVersionRow(Base):
    """A draft as it was after one save. Saves that a page makes by itself soon replace each other."""

    __tablename__ = "draft_version"
    __table_args__ = (UniqueConstraint("revision_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"))
    version: Mapped[int]  # of the revision's row after the save
    definition_hash: Mapped[str] = mapped_column(ForeignKey("definition.hash"), index=True)
    content: Mapped[dict[str, Any]]
    how: Mapped[str] = mapped_column(String(20))  # saved, auto, outline, repair, restored, copy, opened
    note: Mapped[str] = mapped_column(Text, default="")
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    saved_at: Mapped[datetime]
    revision: Mapped[RevisionRow] = relationship()
    definition: Mapped[DefinitionRow] = relationship()
    author: Mapped[UserRow | None] = relationship()

    def __str__(self) -> str:
        return str(self.version)


class DraftPresenceRow(Base):
    """A page that has a draft open, until it falls silent; the one that came first may save."""

    __tablename__ = "draft_presence"
    __table_args__ = (UniqueConstraint("revision_id", "tab"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    tab: Mapped[str] = mapped_column(String(40))  # made by the page
    since: Mapped[datetime]
    until: Mapped[datetime]
    revision: Mapped[RevisionRow] = relationship()
    user: Mapped[UserRow] = relationship()

    def __str__(self) -> str:
        return self.tab


class DraftCommentRow(Base):
    """What somebody says about one step of a draft; `element` empty: about the whole."""

    __tablename__ = "draft_comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"), index=True)
    element: Mapped[str] = mapped_column(String(128), default="")
    step_name: Mapped[str] = mapped_column(String(500), default="")  # as the step was called then
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    resolved_at: Mapped[datetime | None]
    revision: Mapped[RevisionRow] = relationship()
    author: Mapped[UserRow] = relationship(foreign_keys=[author_id])

    def __str__(self) -> str:
        return self.step_name or self.element


class DraftCopyRow(Base):
    """A copy of a draft that somebody works on while another has the draft itself."""

    __tablename__ = "draft_copy"
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    definition_hash: Mapped[str] = mapped_column(ForeignKey("definition.hash"), index=True)
    base_version: Mapped[int]  # of the draft when the copy was made
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended: Mapped[str] = mapped_column(String(20), default="")  # brought_in or dropped
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    version: Mapped[int] = mapped_column()
    revision: Mapped[RevisionRow] = relationship()
    definition: Mapped[DefinitionRow] = relationship()
    user: Mapped[UserRow] = relationship()
    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        return str(self.id)
