"""Repairs: a drawing that does not run becomes one that does, step by step, each step explained.

`repair(xml)` looks at what the linter refuses, proposes what can be mended without changing what the drawing
means, and goes on until nothing is left, or only what a person must decide. The file that is given is never
changed; leaving a repair out (`without`) is its way back. Foreign attributes stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.bpmn.lint import Finding, lint
from engine.bpmn.repair import activities, conditions, events, flows, processes
from engine.bpmn.repair.draft import Draft, Fixer, Repair

__all__ = ["Repair", "Repaired", "repair"]

MOST_ROUNDS = 30
# What connects first, then where it begins and ends; what is chosen and said only over sound lines.
PHASES: tuple[Mapping[str, Fixer], ...] = (
    flows.FIXERS,
    processes.FIXERS,
    events.FIXERS,
    conditions.FIXERS,
    activities.FIXERS,
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of a drawing.

    Attributes:
        xml: The drawing with the repairs; the bytes that were given where there was nothing to repair.
        done: The repairs, in the order in which they were made.
        left: Errors that only a person can mend.
    """

    xml: bytes
    done: tuple[Repair, ...]
    left: tuple[Finding, ...]

    @property
    def runs(self) -> bool:
        return not self.left


def repair(
    xml: bytes, *, without: Collection[str] = (), answers: Mapping[str, str] | None = None
) -> Repaired:
    """Repair a drawing as far as possible.

    Args:
        without: Ids of repairs that are not wanted.
        answers: What a person said, by the id of the repair that asked.

    A file that is no BPMN at all comes back as it is, with what the linter says about it.
    """
    findings = lint(xml)
    if any(one.rule in ("xml", "not-bpmn") for one in findings):
        return Repaired(xml, (), tuple(one for one in findings if one.is_error))
    draft = Draft(xml, frozenset(without), answers or {})
    processes.give_ids(draft)
    processes.make_executable(draft)
    for _ in range(MOST_ROUNDS):
        errors = [one for one in lint(draft.xml()) if one.is_error]
        if not any(_mend(draft, errors, fixers) for fixers in PHASES):
            break
    left = tuple(one for one in lint(draft.xml()) if one.is_error)
    return Repaired(draft.xml() if draft.done else xml, tuple(draft.done), left)


def _mend(draft: Draft, errors: list[Finding], fixers: Mapping[str, Fixer]) -> bool:
    """Mend what these fixers can; say whether anything changed."""
    before = len(draft.done)
    for finding in errors:
        fixer = fixers.get(finding.rule)
        if fixer is not None:
            draft.mend(finding, fixer)
    return len(draft.done) > before
