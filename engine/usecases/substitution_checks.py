"""Invariants of standing in: who lent what to whom, for which days, and that nobody acted beyond it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import joinedload

from engine.domain.calendar import local_day
from engine.domain.substitution import LONGEST, SIGNING
from engine.store.duty_rows import SubstitutionRow
from engine.store.rows import AssignmentRow, DossierRow, EventRow
from engine.store.work import Unit


def substitutions_that_cannot_be(unit: Unit) -> int:
    """To oneself, backwards, without end, of no chair or no role, signing in no form, beyond any number.

    One that was taken back says who did it and when, or neither.
    """
    wrong = 0
    found = select(SubstitutionRow).options(joinedload(SubstitutionRow.assignment))
    for one in unit.session.scalars(found):
        days = (one.ends_on - one.starts_on).days
        numbers = [most for most in one.limits.values() if isinstance(most, int) and most >= 0]
        holds = (
            one.giver_id != one.taker_id,
            0 <= days < LONGEST,
            one.assignment is not None and one.assignment.user_id == one.giver_id,
            bool(one.roles) and (SIGNING not in one.roles or bool(one.form)),
            len(numbers) == len(one.limits),
            (one.revoked_at is None) == (one.revoked_by is None),
        )
        wrong += not all(holds)
    return wrong


def acts_beyond_substitutions(unit: Unit) -> int:
    """Steps done in the chair of somebody else on a day, or for a procedure, for which it was not lent."""
    theirs = exists().where(
        AssignmentRow.id == EventRow.assignment_id, AssignmentRow.user_id != EventRow.user_id
    )
    acts = unit.session.execute(
        select(EventRow.at, EventRow.user_id, EventRow.assignment_id, DossierRow.procedure_id)
        .join(DossierRow, DossierRow.id == EventRow.dossier_id)
        .where(EventRow.assignment_id.is_not(None), theirs)
    )
    return sum(not _was_lent(unit, *act) for act in acts)


def _was_lent(unit: Unit, at: datetime, taker: int, chair: int, procedure: int) -> bool:
    day = local_day(at)
    lent = unit.session.scalars(
        select(SubstitutionRow).where(
            SubstitutionRow.taker_id == taker,
            SubstitutionRow.assignment_id == chair,
            and_(SubstitutionRow.starts_on <= day, SubstitutionRow.ends_on >= day),
            or_(SubstitutionRow.revoked_at.is_(None), not_(SubstitutionRow.revoked_at < at)),
        )
    )
    return any(not one.procedures or procedure in one.procedures for one in lent)


SUBSTITUTION_CHECKS = (substitutions_that_cannot_be, acts_beyond_substitutions)
