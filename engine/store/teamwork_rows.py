"""The tables of working together: views, watching, comments and notes, steps lent, acts in bulk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId
from engine.store.rows import DossierRow, UserRow, WorkItemRow


class SavedViewRow(Base):
    """A question to the list of work that somebody kept; `unit_id` set: everybody of that unit sees it."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    owner: Mapped[UserRow] = relationship()

    def __str__(self) -> str:
        return self.name


class FirstViewRow(Base):
    """The view with which somebody's list of work opens."""

    __tablename__ = "first_view"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id"), index=True)


class WatchRow(Base):
    """Somebody follows a dossier. `seen_id`: the last line of history they saw; `told_id`: were told of."""

    __tablename__ = "watch"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), primary_key=True, index=True)
    since: Mapped[datetime]
    seen_id: Mapped[int] = mapped_column(BigId, default=0)
    told_id: Mapped[int] = mapped_column(BigId, default=0)
    dossier: Mapped[DossierRow] = relationship()


class CommentRow(Base):
    """What colleagues say to each other about a dossier. Never removed: `deleted_at` hides the words."""

    __tablename__ = "dossier_comment"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(Text)
    mentions: Mapped[list[Any]]  # ids of people
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    author: Mapped[UserRow] = relationship()
    __mapper_args__ = {"version_id_col": version}


class NoteRow(Base):
    """What somebody wrote down about a dossier for nobody else."""

    __tablename__ = "dossier_note"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class DelegationRow(Base):
    """A step lent to a colleague, who gives it back. `ended`: returned | taken_back | done | moved."""

    __tablename__ = "delegation"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    work_item_id: Mapped[int] = mapped_column(BigId, ForeignKey("work_item.id"), index=True)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    to_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended: Mapped[str] = mapped_column(String(15), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    work_item: Mapped[WorkItemRow] = relationship()


class BulkRow(Base):
    """One act on many steps. `state`: prepared → queued → running → done; prepared → dropped."""

    __tablename__ = "bulk"
    __table_args__ = (Index("ix_bulk_state", "state", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    act: Mapped[str] = mapped_column(String(20))
    facts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class BulkLineRow(Base):
    """One chosen step and what came of it. `state`: waiting | done | refused."""

    __tablename__ = "bulk_line"
    __table_args__ = (
        UniqueConstraint("bulk_id", "work_item_id"),
        Index("ix_bulk_line_state", "bulk_id", "state", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk.id"))
    work_item_id: Mapped[int] = mapped_column(BigId)  # as it was sent; it need not exist
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(60), default="")
    step_vi: Mapped[str] = mapped_column(Text, default="")
    step_en: Mapped[str] = mapped_column(Text, default="")
    text_vi: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
