"""The tables of papers: templates with their dates, what was made of them, and every print."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId
from engine.store.rows import DossierRow


class TemplateRow(Base):
    """One version of a form, kept for ever by the hash of its content.

    The forms that come with the product get a row (`shipped`) when they are first used; an office adds newer
    ones with the day from which they hold. `unit_id` None: for every unit of the installation.
    """

    __tablename__ = "document_template"
    __table_args__ = (Index("ix_document_template_form", "form_code", "effective_from"),)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    form_code: Mapped[str] = mapped_column(String(60))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    version_name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))  # html | docx
    content: Mapped[str] = mapped_column(Text)  # of a docx: the SHA-256 of the stored file
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text, default="")  # the deciding document
    note: Mapped[str] = mapped_column(Text, default="")
    shipped: Mapped[bool] = mapped_column(Boolean, default=False)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    def __str__(self) -> str:
        return f"{self.form_code} {self.version_name}"


class DocumentRow(Base):
    """A paper that was made: its facts, the form it was made by, and the very page, by their hash.

    Nothing of it changes but the PDF, which is made when somebody asks for it, and how often it was printed.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("book", "period", "number"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"), index=True)
    form_code: Mapped[str] = mapped_column(String(60))
    template_hash: Mapped[str] = mapped_column(ForeignKey("document_template.hash"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))  # whose letterhead it carries
    title: Mapped[str] = mapped_column(String(300))
    book: Mapped[str | None] = mapped_column(String(80))  # series of its number; None where it has none
    period: Mapped[str | None] = mapped_column(String(10))
    number: Mapped[int | None]
    number_text: Mapped[str] = mapped_column(String(60), default="")  # as printed: 07/HDHS
    data: Mapped[dict[str, Any]]
    page: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # the HTML, packed
    sha256: Mapped[str] = mapped_column(String(64))  # of the HTML
    pdf_sha256: Mapped[str] = mapped_column(String(64), default="")  # in the file store; empty until made
    pdf_size: Mapped[int] = mapped_column(default=0)
    prints: Mapped[int] = mapped_column(default=0)
    work_item_id: Mapped[int | None] = mapped_column(BigId)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    dossier: Mapped[DossierRow] = relationship()
    template: Mapped[TemplateRow] = relationship()

    def __str__(self) -> str:
        return f"{self.title} {self.number_text}".strip()


class PrintRow(Base):
    """One print of a paper; the first is the original, the others are marked."""

    __tablename__ = "document_print"
    __table_args__ = (UniqueConstraint("document_id", "number"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    document_id: Mapped[int] = mapped_column(BigId, ForeignKey("document.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class SigningKeyRow(Base):
    """Which key a person signs with, or an office seals with. The key itself is elsewhere (`store.keys`)."""

    __tablename__ = "signing_key"
    __table_args__ = (UniqueConstraint("kind", "label"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # soft | pkcs11
    label: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignatureRow(Base):
    """A signature that was made here, or found good on a file that came in.

    `sha256` names the file with this signature in it; the newest of a paper is the one that is handed out.
    """

    __tablename__ = "document_signature"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    document_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("document.id"), index=True)
    attachment_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("attachment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(15))  # person | organisation | outside
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    signer: Mapped[str] = mapped_column(String(300))
    organisation: Mapped[str] = mapped_column(String(300), default="")
    serial: Mapped[str] = mapped_column(String(80), default="")
    signed_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
