"""Invariants of papers; each counts what must not exist. Called by `checks`."""

from __future__ import annotations

import hashlib
import zlib

from sqlalchemy import func, select

from engine.errors import NotFound
from engine.store.document_rows import DocumentRow, PrintRow
from engine.store.rows import CounterRow
from engine.store.work import Unit

BATCH = 500


def paper_numbers_with_gaps(unit: Unit) -> int:
    """Books of letters whose numbers are not 1 … n, or whose counter is not at n."""
    heads = {
        (book, period): last
        for book, period, last in unit.session.execute(
            select(CounterRow.book, CounterRow.period, CounterRow.last).where(
                CounterRow.book.startswith("document:", autoescape=True)
            )
        )
    }
    wrong = 0
    for book, period, count, least, most in unit.session.execute(
        select(
            DocumentRow.book,
            DocumentRow.period,
            func.count(DocumentRow.number.distinct()),
            func.min(DocumentRow.number),
            func.max(DocumentRow.number),
        )
        .where(DocumentRow.number.is_not(None))
        .group_by(DocumentRow.book, DocumentRow.period)
    ):
        wrong += not (count == most == heads.pop((book, period), 0) and least == 1)
    return wrong + len(heads)


def papers_unlike_their_hash(unit: Unit) -> int:
    """Kept pages that are no longer what was made."""
    wrong, last = 0, 0
    while True:
        batch = unit.session.execute(
            select(DocumentRow.id, DocumentRow.page, DocumentRow.sha256)
            .where(DocumentRow.id > last)
            .order_by(DocumentRow.id)
            .limit(BATCH)
        ).all()
        if not batch:
            return wrong
        wrong += sum(not _is_whole(page, sha256) for _, page, sha256 in batch)
        last = batch[-1].id


def pdf_without_file(unit: Unit) -> int:
    """Papers that name a PDF which is not in the file store."""
    wrong = 0
    for sha256 in unit.session.scalars(
        select(DocumentRow.pdf_sha256).where(DocumentRow.pdf_sha256 != "").distinct()
    ):
        try:
            unit.engine.files.open(sha256).close()
        except NotFound:
            wrong += 1
    return wrong


def prints_miscounted(unit: Unit) -> int:
    """Papers whose number of prints is not that of the prints written down."""
    counted = select(func.count()).where(PrintRow.document_id == DocumentRow.id).scalar_subquery()
    return unit.session.scalar(select(func.count(DocumentRow.id)).where(DocumentRow.prints != counted)) or 0


def _is_whole(page: bytes, sha256: str) -> bool:
    try:
        return hashlib.sha256(zlib.decompress(page)).hexdigest() == sha256
    except zlib.error:
        return False


PAPER_CHECKS = (paper_numbers_with_gaps, papers_unlike_their_hash, pdf_without_file, prints_miscounted)
