"""Proof before publication: every state that a procedure can get into, looked at before any dossier is.

`verify(definition, procedure)` explores `execution.advance` itself and reports what can go wrong, each with
the shortest way to it. What the words mean is in docs/reference/verify.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.definitions import Definition
from engine.bpmn.model import CallActivity, Model
from engine.domain.procedures import Procedure
from engine.execution.verify import statics
from engine.execution.verify.explore import Explorer, Limits
from engine.execution.verify.problems import Findings
from engine.execution.verify.report import KINDS, Problem, Report
from engine.execution.verify.statics import Vacancy
from engine.execution.verify.together import talk
from engine.execution.verify.world import World

__all__ = ["KINDS", "Limits", "Problem", "Report", "Vacancy", "verify"]


def verify(
    definition: Definition,
    procedure: Procedure | None = None,
    *,
    vacant: Mapping[str, Vacancy] | None = None,
    limits: Limits | None = None,
) -> Report:
    """Explore every process of a diagram that can begin, and report.

    Args:
        procedure: Says what forms can hold, and how long the law allows; without it values are open.
        vacant: By id of a step, where nobody holds its role.
        limits: Beyond them the verdict is "not-proven" unless a fault was found on the way.

    Raises:
        FeelError: If a condition is not FEEL.
    """
    limits = limits or Limits()
    world = World.of(definition, procedure)
    found: list[Findings] = []
    for process in to_explore(definition.model):
        explorer = Explorer(world, process, limits)
        explorer.run()
        found.append(Findings(explorer))
    problems = [problem for each in found for problem in each.all()]
    said = talk(found, limits)
    problems += said.problems
    if found:
        problems += statics.outcomes(definition, procedure, found)
        problems += statics.time(definition, procedure, found)
        problems += statics.messages(definition, found)
        problems += statics.vacancies(definition, vacant or {}, found)
    return Report(
        states=sum(len(each.space.packed) - 1 for each in found) + said.states,
        steps=sum(each.space.steps for each in found),
        seconds=sum(each.space.seconds for each in found) + said.seconds,
        problems=tuple(problems),
        limit=next((one for one in (*(each.space.limit for each in found), said.limit) if one), ""),
    )


def to_explore(model: Model) -> list[str]:
    """Return the executable processes, or all that are drawn; those only called come with their callers."""
    called = {node.called for node in model.nodes.values() if isinstance(node, CallActivity)}
    chosen = model.executable or model.processes
    found = [one for one in chosen if model.scopes[one].nodes]
    return [one for one in found if one not in called] or found
