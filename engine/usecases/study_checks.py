"""Invariants of studies and of the register of legal documents; each counts what must not exist."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from engine.store.law_rows import LegalDocumentRow
from engine.store.study_rows import StudyRow
from engine.store.work import Unit
from engine.usecases.studies import DONE, WAITING


def studies_forgotten(unit: Unit) -> int:
    """Studies that wait and that no worker will ever look at, or that are over and still looked at."""
    waits = StudyRow.state == WAITING
    wrong = or_(
        and_(waits, or_(StudyRow.next_try_at.is_(None), StudyRow.ended_at.is_not(None))),
        and_(~waits, or_(StudyRow.next_try_at.is_not(None), StudyRow.ended_at.is_(None))),
    )
    return unit.session.scalar(select(func.count()).select_from(StudyRow).where(wrong)) or 0


def studies_half_done(unit: Unit) -> int:
    """Studies that are called done before all of their pieces were."""
    wrong = and_(StudyRow.state == DONE, StudyRow.done < StudyRow.total)
    return unit.session.scalar(select(func.count()).select_from(StudyRow).where(wrong)) or 0


def law_that_ends_before_it_begins(unit: Unit) -> int:
    wrong = LegalDocumentRow.effective_to < LegalDocumentRow.effective_from
    return unit.session.scalar(select(func.count()).select_from(LegalDocumentRow).where(wrong)) or 0


def law_replaced_in_a_circle(unit: Unit) -> int:
    """Documents whose successors lead back to them."""
    after = dict(
        unit.session.execute(
            select(LegalDocumentRow.id, LegalDocumentRow.replaced_by_id).where(
                LegalDocumentRow.replaced_by_id.is_not(None)
            )
        ).all()
    )
    return sum(1 for one in after if _comes_back(one, after))


def _comes_back(start: int, after: dict[int, int | None]) -> bool:
    at, seen = after.get(start), set()
    while at is not None and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = after.get(at)
    return False


STUDY_CHECKS = (
    studies_forgotten,
    studies_half_done,
    law_that_ends_before_it_begins,
    law_replaced_in_a_circle,
)
