"""Invariants of signatures, proven from the files and rows themselves; part of `engine.usecases.checks`.

A signature is looked at as of the moment at which it was made: certificates run out, what they signed does
not. Where no issuer is trusted on this machine (a copy without its keys), trust is not judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from engine.documents.signatures import load_certificates, look_at
from engine.domain.calendar import local_day
from engine.errors import NotFound
from engine.store.document_rows import DocumentRow, SignatureRow
from engine.store.duty_rows import SubstitutionRow
from engine.store.rows import AssignmentRow, DossierRow, PositionRow
from engine.store.work import Unit

PERSON, ORGANISATION, SIGNATORY, CLERK = "person", "organisation", "SIGNATORY", "CLERK"
BATCH = 200


def signed_papers_unlike_their_file(unit: Unit) -> int:
    """Signed papers that show another file than the one last signed, or whose stored bytes have changed."""
    wrong = 0
    for paper, last in _newest(unit):
        content = _content(unit, last.sha256)
        same = paper == last.sha256 and content is not None
        wrong += not (same and hashlib.sha256(content or b"").hexdigest() == last.sha256)
    return wrong


def signatures_that_do_not_hold(unit: Unit) -> int:
    """Signed files in which a signature is broken, not trusted, missing, or another person's."""
    roots = load_certificates(unit.engine.keys.roots()) if unit.engine.keys else []
    if not roots:
        return 0
    wrong = 0
    for _, last in _newest(unit):
        content = _content(unit, last.sha256)
        found = look_at(content, roots, last.signed_at) if content else []
        made = unit.session.execute(
            select(SignatureRow.serial, SignatureRow.id)
            .where(SignatureRow.document_id == last.document_id)
            .order_by(SignatureRow.id)
        ).all()
        good = [one.serial for one in found if one.is_good]
        wrong += len(found) != len(made) or good != [one.serial for one in made]
    return wrong


def signed_without_authority(unit: Unit) -> int:
    """Signatures of people who that day held no chair that signs there, and to whom none was lent."""
    wrong = 0
    for one in _made(unit, SignatureRow.kind == PERSON):
        wrong += not (_held(unit, one, SIGNATORY) or _was_lent(unit, one))
    return wrong


def sealed_without_authority(unit: Unit) -> int:
    """Seals put by somebody who was no clerk of that office that day."""
    return sum(not _held(unit, one, CLERK) for one in _made(unit, SignatureRow.kind == ORGANISATION))


def sealed_before_signed(unit: Unit) -> int:
    """Seals on papers that nobody had signed by then, and second seals."""
    seal, person = aliased(SignatureRow), aliased(SignatureRow)
    signed = exists().where(
        person.document_id == seal.document_id,
        person.kind == PERSON,
        person.id < seal.id,
        person.signed_at <= seal.signed_at,
    )
    other = aliased(SignatureRow)
    second = exists().where(
        other.document_id == seal.document_id, other.kind == ORGANISATION, other.id < seal.id
    )
    wrong = select(func.count()).select_from(seal).where(seal.kind == ORGANISATION, or_(~signed, second))
    return unit.session.scalar(wrong) or 0


SIGNATURE_CHECKS = (
    signed_papers_unlike_their_file,
    signatures_that_do_not_hold,
    signed_without_authority,
    sealed_without_authority,
    sealed_before_signed,
)


def _newest(unit: Unit) -> Iterator[tuple[str, SignatureRow]]:
    """Yield the PDF of each signed paper with its newest signature."""
    newest = select(func.max(SignatureRow.id)).where(SignatureRow.document_id.is_not(None))
    for one in _made(unit, SignatureRow.id.in_(newest.group_by(SignatureRow.document_id))):
        paper = select(DocumentRow.pdf_sha256).where(DocumentRow.id == one.document_id)
        yield unit.session.scalars(paper).one(), one


def _made(unit: Unit, *where: ColumnElement[bool]) -> Iterator[SignatureRow]:
    last = 0
    while True:
        batch = unit.session.scalars(
            select(SignatureRow)
            .where(SignatureRow.document_id.is_not(None), SignatureRow.id > last, *where)
            .order_by(SignatureRow.id)
            .limit(BATCH)
        ).all()
        if not batch:
            return
        last = batch[-1].id
        yield from batch


def _content(unit: Unit, sha256: str) -> bytes | None:
    try:
        with unit.engine.files.open(sha256) as file:
            return file.read()
    except NotFound:
        return None


def _held(unit: Unit, signature: SignatureRow, role: str) -> bool:
    day = local_day(signature.signed_at)
    roles = unit.session.scalars(
        select(PositionRow.roles)
        .join(AssignmentRow, AssignmentRow.position_id == PositionRow.id)
        .where(
            AssignmentRow.user_id == signature.user_id,
            PositionRow.unit_id == signature.unit_id,
            AssignmentRow.starts_on <= day,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= day),
        )
    )
    return any(role in one for one in roles)


def _was_lent(unit: Unit, signature: SignatureRow) -> bool:
    day, at = local_day(signature.signed_at), signature.signed_at
    procedure = unit.session.scalar(
        select(DossierRow.procedure_id)
        .join(DocumentRow, DocumentRow.dossier_id == DossierRow.id)
        .where(DocumentRow.id == signature.document_id)
    )
    lendings = unit.session.scalars(
        select(SubstitutionRow).where(
            SubstitutionRow.taker_id == signature.user_id,
            SubstitutionRow.unit_id == signature.unit_id,
            and_(SubstitutionRow.starts_on <= day, SubstitutionRow.ends_on >= day),
        )
    )
    return any(_covers(one, procedure, at) for one in lendings)


def _covers(one: SubstitutionRow, procedure: int | None, at: datetime) -> bool:
    in_force = one.created_at <= at and (one.revoked_at is None or one.revoked_at > at)
    return in_force and SIGNATORY in one.roles and (not one.procedures or procedure in one.procedures)
