"""Signed files from elsewhere: looked at before they are taken, with every signer named in the record."""

from __future__ import annotations

import io

from sqlalchemy import select

from engine.documents.signatures import SignatureFinding, check_signed, load_certificates
from engine.domain.access import Actor
from engine.runtime import Engine
from engine.store.document_rows import SignatureRow
from engine.store.files import FileTooLarge
from engine.store.rows import AttachmentRow
from engine.usecases.attachments import NewFile, add_files
from engine.usecases.audit import record
from engine.usecases.papers import visible_dossier

SIGNED = "signed"  # the component under which such a file stands


def take_signed(engine: Engine, actor: Actor, code: str, name: str, content: bytes) -> list[str]:
    """Add a signed PDF to a dossier and return who signed it; outside any transaction it is looked at first.

    Raises:
        FileTooLarge, FileRefused: If it is no file that is taken.
        SignatureRefused: If it has no signature, or one that is not good; each fault is a sentence.
        NotFound, PaperNotYours: If the actor may not see the dossier.
    """
    with engine.reading(actor) as unit:
        visible_dossier(unit, code)
    if len(content) > engine.max_file:
        raise FileTooLarge("a smaller file", f"{len(content)} bytes", limit_mb=engine.max_file // 1024**2)
    found = check_signed(content, name, load_certificates(engine.keys.roots()), engine.clock.now())
    with engine.unit(actor) as unit:
        dossier = visible_dossier(unit, code)
        file = NewFile(
            component_code=SIGNED,
            file_name=name,
            content_type="application/pdf",
            stream=io.BytesIO(content),
        )
        add_files(unit, dossier.id, [file])
        unit.session.flush()
        added = select(AttachmentRow).where(AttachmentRow.dossier_id == dossier.id)
        row = unit.session.scalars(added.order_by(AttachmentRow.id.desc()).limit(1)).one()
        unit.session.add_all(_signature(row, one) for one in found)
        signers = [one.signer for one in found]
        record(unit, f"dossier:{dossier.id}", "document.taken", {"file": row.sha256, "signers": signers})
        return signers


def _signature(row: AttachmentRow, found: SignatureFinding) -> SignatureRow:
    return SignatureRow(
        attachment_id=row.id,
        kind="outside",
        signer=found.signer[:300],
        organisation=found.organisation[:300],
        serial=found.serial[:80],
        signed_at=found.signed_at or row.added_at,
        sha256=row.sha256,
        size=row.size,
    )
