"""What all scenarios of a procedure go through, beside the trial that is being made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.bpmn.definitions import Definition
from engine.bpmn.svg import draw
from engine.domain.procedures import Procedure
from engine.scenarios.coverage import MISSED
from engine.scenarios.reports import report
from engine.scenarios.runs import Run

FRESH = "fresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Coverage of all scenarios while somebody tries the procedure out.

    Attributes:
        played: Scenarios there are; `failed` of them do not go as they expect.
        percent: Flows that some scenario goes through, in a hundred.
        missed: Flows that none goes through; `fresh` of them this trial went through.
        picture: The diagram as SVG, with what is covered, what is missed, and where the trial is.
    """

    played: int
    failed: int
    percent: int
    missed: int
    fresh: int
    picture: str


def cover_of(
    definition: Definition, procedure: Procedure, run: Run, here: Iterable[str], language: str
) -> Cover | None:
    """Return what all scenarios cover, or None where there is none yet."""
    if not procedure.scenarios:
        return None
    played = report(definition, procedure)
    found = played.coverage
    seen = run.flows | run.nodes
    marks = {one: FRESH if mark == MISSED and one in seen else mark for one, mark in found.marks.items()}
    return Cover(
        played=len(played.runs),
        failed=sum(1 for one in played.runs if not one.passed),
        percent=found.percent,
        missed=len(found.missed_flows),
        fresh=sum(1 for one in found.missed_flows if one in run.flows),
        picture=draw(definition.xml, marks | dict.fromkeys(here, "now"), language),
    )
