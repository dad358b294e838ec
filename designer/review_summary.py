"""What an approver wants to see on one page: how the scenarios went, and what is known of the impact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from designer.checks import Checks
from designer.drafts import get_revision
from designer.impact import KIND, digest_of
from engine.bpmn.definitions import load_definition
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.scenarios.reports import report
from engine.store.work import Unit
from engine.usecases import migrations
from engine.usecases.studies import DONE, last_study

MOST_SAID = 3  # differences of one scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Went:
    """One scenario, played on this revision: what it did otherwise than expected, if it did."""

    id: str
    title: Text
    differences: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The scenarios and the impact of a revision.

    Attributes:
        scenarios: None while the drawing cannot run. `percent` of its flows are gone through.
        running: Dossiers under way on older revisions.
        impact: Figures of the last finished study, as `designer.impact` keeps them; None without one.
        is_stale: The revision was changed since.
    """

    scenarios: tuple[Went, ...] | None
    percent: int
    running: int
    impact: dict[str, Any] | None
    studied_at: datetime | None
    is_stale: bool


def summary_of(unit: Unit, revision_id: int, checks: Checks) -> Summary:
    """Return what is known; nothing long is computed but the scenarios, which are kept per drawing."""
    row = get_revision(unit, revision_id)
    went, percent = None, 0
    if checks.can_run:
        found = report(load_definition(row.definition.xml), Procedure.from_json(row.content))
        percent = found.coverage.percent
        went = tuple(
            Went(
                id=one.scenario.id,
                title=one.scenario.title,
                differences=tuple(said.text for said in one.differences[:MOST_SAID]),
            )
            for one in found.runs
        )
    study = last_study(unit, KIND, row.id)
    is_done = study is not None and study.state == DONE
    return Summary(
        scenarios=went,
        percent=percent,
        running=sum(count for _, _, count in migrations.sources(unit, row.id, ahead=True)),
        impact=dict(study.result) if study is not None and is_done else None,
        studied_at=study.begun_at if study is not None and is_done else None,
        is_stale=study is not None and study.digest != digest_of(row),
    )
