"""The tables of messages between dossiers: what was thrown, who waits, and which dossiers belong together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId, UtcTime
from engine.store.rows import DossierRow, UnitRow


class MessageRow(Base):
    """A message that a dossier threw, or that came from outside; written in the step's own transaction.

    `state`: kept → delivered, or kept → stuck → kept again or dropped. `fit` is the hash of all its keys,
    `key_count` how many they are; `next_try_at` is when a receiver is looked for next, None unless kept.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_state_next_try_at", "state", "next_try_at"),
        Index("ix_message_name_fit", "name", "fit"),
        Index("ix_message_name_key_count", "name", "key_count"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))  # by which sender and receiver find each other
    title_vi: Mapped[str] = mapped_column(Text, default="")  # what people call it: the throwing step's name
    title_en: Mapped[str] = mapped_column(Text, default="")
    source_dossier_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    node_id: Mapped[str] = mapped_column(String(128), default="")
    origin: Mapped[str] = mapped_column(String(120), default="")  # of one from outside: who sent it
    outside_key: Mapped[str | None] = mapped_column(String(160), unique=True)  # the sender's own number
    from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    keys: Mapped[dict[str, Any]]
    key_count: Mapped[int] = mapped_column(default=0)
    fit: Mapped[str] = mapped_column(String(64), default="")
    payload: Mapped[dict[str, Any]]
    applicant: Mapped[dict[str, Any]]  # of one from outside that may begin a dossier
    thrown_at: Mapped[datetime]
    thrown_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    next_try_at: Mapped[datetime | None] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(default=0)  # that failed in a row
    target_dossier_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    target_node_id: Mapped[str] = mapped_column(String(128), default="")
    ended_at: Mapped[datetime | None]
    trouble_code: Mapped[str] = mapped_column(String(60), default="")
    trouble_vi: Mapped[str] = mapped_column(Text, default="")
    trouble_en: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[DossierRow | None] = relationship(foreign_keys=[source_dossier_id])
    target: Mapped[DossierRow | None] = relationship(foreign_keys=[target_dossier_id])
    to_unit: Mapped[UnitRow | None] = relationship(foreign_keys=[to_unit_id])

    def __str__(self) -> str:
        return self.title_vi or self.name


class MessageWaitRow(Base):
    """A dossier waits for a message, at one place of its diagram; kept in step with the marking.

    `fit` is the hash of `keys`, "" while one of them has no value yet. `look_at`: kept messages are to be
    looked through for it, because it is new.
    """

    __tablename__ = "message_wait"
    __table_args__ = (
        UniqueConstraint("dossier_id", "token", "node_id", "number"),
        Index("ix_message_wait_name_fit", "name", "fit"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"))
    token: Mapped[int]
    node_id: Mapped[str] = mapped_column(String(128))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    keys: Mapped[dict[str, Any]]
    fit: Mapped[str] = mapped_column(String(64), default="")
    since: Mapped[datetime]
    look_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)
    dossier: Mapped[DossierRow] = relationship()


class DossierLinkRow(Base):
    """Two dossiers that belong together since a message went from one to the other.

    `kind`: "started" if the message began the child, "joined" if both were there.
    """

    __tablename__ = "dossier_link"
    __table_args__ = (UniqueConstraint("parent_id", "child_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    parent_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"))
    child_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    message_id: Mapped[int] = mapped_column(BigId, ForeignKey("message.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
