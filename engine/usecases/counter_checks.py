"""Invariants of what was handed in and is not accepted yet; part of `motcua check`."""

from __future__ import annotations

from sqlalchemy import and_, exists, func, not_, or_, select

from engine.domain.dossiers import Status
from engine.domain.filings import OPEN, FilingState
from engine.errors import NotFound
from engine.store.counter_rows import (
    FilingEventRow,
    FilingFileRow,
    FilingLetterRow,
    FilingRow,
    HandOverRow,
    RatingRow,
)
from engine.store.rows import DossierRow
from engine.store.work import Unit

_STATE = FilingRow.state


def filings_half_written(unit: Unit) -> int:
    """Ended without saying so or the reverse, accepted without a dossier, waiting without a last day."""
    ended = FilingRow.ended_at.is_not(None)
    is_open = _STATE.in_([one.value for one in OPEN])
    accepted, has_dossier = FilingState.ACCEPTED.value == _STATE, FilingRow.dossier_id.is_not(None)
    waits, has_day = FilingState.SUPPLEMENT.value == _STATE, FilingRow.until.is_not(None)
    unknown = _STATE.not_in([one.value for one in FilingState])
    wrong = or_(
        and_(ended, is_open),
        and_(not_(ended), not_(is_open)),
        and_(accepted, not_(has_dossier)),
        and_(has_dossier, not_(accepted)),
        and_(waits, not_(has_day)),
        and_(has_day, not_(waits)),
        unknown,
    )
    return unit.session.scalar(select(func.count()).select_from(FilingRow).where(wrong)) or 0


def filings_without_letter(unit: Unit) -> int:
    """The applicant was asked or refused, and no letter says so."""
    told = (FilingState.SUPPLEMENT.value, FilingState.REJECTED.value, FilingState.LAPSED.value)
    letter = exists().where(FilingLetterRow.filing_id == FilingRow.id)
    return (
        unit.session.scalar(select(func.count()).select_from(FilingRow).where(_STATE.in_(told), not_(letter)))
        or 0
    )


def filings_without_history(unit: Unit) -> int:
    begun = exists().where(FilingEventRow.filing_id == FilingRow.id, FilingEventRow.kind == "submitted")
    return unit.session.scalar(select(func.count()).select_from(FilingRow).where(not_(begun))) or 0


def filing_files_without_file(unit: Unit) -> int:
    wrong = 0
    for sha256 in unit.session.scalars(select(FilingFileRow.sha256).distinct()):
        try:
            unit.engine.files.open(sha256).close()
        except NotFound:
            wrong += 1
    return wrong


def hand_overs_unlike_the_dossier(unit: Unit) -> int:
    """Somebody took a result that the dossier does not know as handed back."""
    returned = exists().where(
        DossierRow.id == HandOverRow.dossier_id,
        DossierRow.status == Status.RETURNED.value,
        DossierRow.returned_at.is_not(None),
    )
    return unit.session.scalar(select(func.count()).select_from(HandOverRow).where(not_(returned))) or 0


def results_handed_to_nobody(unit: Unit) -> int:
    """The dossier says that its result was handed back, and nowhere stands who took it."""
    taken = exists().where(HandOverRow.dossier_id == DossierRow.id)
    wrong = and_(DossierRow.returned_at.is_not(None), not_(taken))
    return unit.session.scalar(select(func.count()).select_from(DossierRow).where(wrong)) or 0


def ratings_too_early(unit: Unit) -> int:
    """Rated before the result was handed back, or outside the five steps."""
    returned = exists().where(DossierRow.id == RatingRow.dossier_id, DossierRow.returned_at.is_not(None))
    wrong = or_(not_(returned), RatingRow.score.not_in((1, 2, 3, 4, 5)))
    return unit.session.scalar(select(func.count()).select_from(RatingRow).where(wrong)) or 0


COUNTER_CHECKS = (
    filings_half_written,
    filings_without_letter,
    filings_without_history,
    filing_files_without_file,
    hand_overs_unlike_the_dossier,
    results_handed_to_nobody,
    ratings_too_early,
)
