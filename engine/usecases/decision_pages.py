"""The page of what is decided about a dossier as a whole: its due date, a suspension, a correction."""

from __future__ import annotations

from dataclasses import dataclass

from engine.store.work import Unit
from engine.usecases.corrections import Tie, can_correct, corrections_of
from engine.usecases.dossier_pages import open_case
from engine.usecases.due_changes import DueChangeLine, DueRights, due_changes_of, due_rights
from engine.usecases.reasons import EXTENSION, Reason, list_reasons
from engine.usecases.summaries import DossierSummary, summary_of
from engine.usecases.suspensions import can_resume, can_suspend


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """What was decided, what waits to be, and what the actor may begin.

    Attributes:
        reasons: Those of an extension.
        ties: Dossiers that correct this one, or that it corrects.
    """

    summary: DossierSummary
    rights: DueRights
    changes: tuple[DueChangeLine, ...]
    reasons: tuple[Reason, ...]
    can_suspend: bool
    can_resume: bool
    can_correct: bool
    ties: tuple[Tie, ...]


def get_decisions(unit: Unit, key: int | str) -> DecisionPage:
    """Return the page by the id or code of the dossier.

    Raises:
        NotFound, BadCode: As for the dossier's own page.
    """
    case, scope = open_case(unit, key)
    return DecisionPage(
        summary=summary_of(case, scope),
        rights=due_rights(unit, case),
        changes=tuple(due_changes_of(unit, case.row)),
        reasons=tuple(list_reasons(unit, EXTENSION)),
        can_suspend=can_suspend(unit, case.row),
        can_resume=can_resume(unit, case),
        can_correct=can_correct(unit, case.row),
        ties=tuple(corrections_of(unit, case.row.id)),
    )
