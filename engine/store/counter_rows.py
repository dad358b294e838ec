"""The tables of the counter: what a clerk received last, drafts, and what was handed in but not accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId, UtcTime
from engine.store.document_rows import TemplateRow  # noqa: F401 - letters name their template
from engine.store.rows import DossierRow, ProcedureRow, UnitRow, UserRow


class RecentProcedureRow(Base):
    """The last time at which a clerk received a dossier of a procedure: the list to choose from first."""

    __tablename__ = "recent_procedure"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"), primary_key=True)
    used_at: Mapped[datetime]


class DraftRow(Base):
    """What somebody typed into a page and has not sent yet; nobody else sees it.

    `id` is made in the browser and is also the key of the sending, so that one draft can become one dossier.
    `kind` names the page ("reception:P03"), `number` counts the savings, so that an older one never wins.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_user_id_saved_at", "user_id", "saved_at"),)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(300), default="")  # path of the page to go on with
    values: Mapped[dict[str, Any]]
    number: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user: Mapped[UserRow] = relationship()


class FilingRow(Base):
    """What somebody handed in and the counter has not accepted: it has a number, and no clock.

    `state`: submitted → accepted | rejected | withdrawn; submitted ⇄ supplement → lapsed; submitted ⇄
    coordination. `typed` is the reception page as it was filled in, so that it can be opened again;
    `held_by_unit_id` is the counter, or the coordinators' office, on whose desk it lies.
    """

    __tablename__ = "filing"
    __table_args__ = (
        Index("ix_filing_held_by_unit_id_state", "held_by_unit_id", "state"),
        Index("ix_filing_state_until", "state", "until"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"))
    channel: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(20))
    received_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    held_by_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    competent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))  # by the coordinator
    applicant_kind: Mapped[int] = mapped_column(default=0)
    applicant_name: Mapped[str] = mapped_column(String(200))
    applicant_id_no: Mapped[str] = mapped_column(String(40), default="")
    applicant_phone: Mapped[str] = mapped_column(String(40), default="")
    applicant_email: Mapped[str] = mapped_column(String(200), default="")
    applicant_address: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded: number, name, ID, phone
    typed: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any]]  # of the office: gaps, reason, legal basis, what to do; for the letter
    rounds: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime | None] = mapped_column(UtcTime)  # while papers are awaited
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    dossier_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("dossier.id"), unique=True)
    version: Mapped[int] = mapped_column()
    procedure: Mapped[ProcedureRow] = relationship()
    received_unit: Mapped[UnitRow] = relationship(foreign_keys=[received_unit_id])
    held_by_unit: Mapped[UnitRow] = relationship(foreign_keys=[held_by_unit_id])
    competent_unit: Mapped[UnitRow | None] = relationship(foreign_keys=[competent_unit_id])
    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        return self.number


class FilingEventRow(Base):
    """What happened to a filing, in order; append-only."""

    __tablename__ = "filing_event"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    filing_id: Mapped[int] = mapped_column(BigId, ForeignKey("filing.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    data: Mapped[dict[str, Any]]


class FilingFileRow(Base):
    """A file that came with a filing; it becomes an attachment of the dossier when that is accepted."""

    __tablename__ = "filing_file"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    filing_id: Mapped[int] = mapped_column(BigId, ForeignKey("filing.id"), index=True)
    component_code: Mapped[str] = mapped_column(String(60), default="")
    file_name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class FilingLetterRow(Base):
    """Mẫu 02 or Mẫu 03 of a filing, as it was made: data, page (zlib), template; never changed."""

    __tablename__ = "filing_letter"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    filing_id: Mapped[int] = mapped_column(BigId, ForeignKey("filing.id"), index=True)
    form_code: Mapped[str] = mapped_column(String(60))
    template_hash: Mapped[str] = mapped_column(ForeignKey("document_template.hash"))
    data: Mapped[dict[str, Any]]
    page: Mapped[bytes]
    sha256: Mapped[str] = mapped_column(String(64))
    prints: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class ProvisionalRow(Base):
    """A number given at the counter without a network, and the dossier that it became."""

    __tablename__ = "provisional_number"
    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), unique=True)
    taken_at: Mapped[datetime]
    sent_at: Mapped[datetime]


class HandOverRow(Base):
    """Who took a result, how, by which paper, and who gave it."""

    __tablename__ = "hand_over"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    work_item_id: Mapped[int] = mapped_column(BigId, ForeignKey("work_item.id"), unique=True)
    method: Mapped[str] = mapped_column(String(20))  # counter post electronic
    checked_by: Mapped[str] = mapped_column(String(20))  # id_card slip code none: how the taker was known
    recipient_name: Mapped[str] = mapped_column(String(200))
    recipient_id_no: Mapped[str] = mapped_column(String(40), default="")
    is_proxy: Mapped[bool] = mapped_column(Boolean, default=False)
    proxy_paper: Mapped[str] = mapped_column(String(300), default="")
    post_number: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    dossier: Mapped[DossierRow] = relationship()
    unit: Mapped[UnitRow] = relationship()
    user: Mapped[UserRow | None] = relationship()


class RatingRow(Base):
    """What the applicant thought of it, 1 (very bad) to 5 (very good); once for a dossier."""

    __tablename__ = "rating"
    __table_args__ = (Index("ix_rating_unit_id_at", "unit_id", "at"),)
    dossier_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("dossier.id"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))  # that decided
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(String(10))  # counter | web
    at: Mapped[datetime]
    dossier: Mapped[DossierRow] = relationship()
    unit: Mapped[UnitRow] = relationship()


class ReminderRow(Base):
    """A message to somebody whose result waits at the counter."""

    __tablename__ = "result_reminder"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
