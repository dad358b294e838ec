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


def take_signed(engine: Engine, actor: Actor, code: str, name: str, content: bytes) -> list[SignatureFinding]:
    """Add a signed PDF to a dossier and return its signatures; outside any transaction it is looked at first.

    Raises:
        FileTooLarge, FileRefused: If it is no file that is taken.
        SignatureRefused: If it has no signature, or one that is not good; each fault is a sentence.
        NotFound, PaperNotYours: If the actor may not see the dossier.
    """
    with engine.reading(actor) as unit:
        visible_dossier(unit, code)
    if len(content) > engine.max_file:
        raise FileTooLarge("a smaller file", f"{len(content)} bytes", limit_mb=engine.max_file // 1024**2)
    roots = load_certificates(engine.keys.roots())
    found = check_signed(content, name, roots, engine.clock.now(), engine.trust)
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
        said = {
            "file": row.sha256,
            "signers": [one.signer for one in found],
            "stamped_at": [one.stamped_at.isoformat() if one.stamped_at else None for one in found],
            "revocation": [one.revocation for one in found],
        }
        record(unit, f"dossier:{dossier.id}", "document.taken", said)
        return found


def _signature(row: AttachmentRow, found: SignatureFinding) -> SignatureRow:
    return SignatureRow(
        attachment_id=row.id,
        kind="outside",
        signer=found.signer[:300],
        organisation=found.organisation[:300],
        serial=found.serial[:80],
        signed_at=found.stamped_at or found.signed_at or row.added_at,
        sha256=row.sha256,
        size=row.size,
    )
