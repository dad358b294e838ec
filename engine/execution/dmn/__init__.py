"""Decisions: DMN files read, and evaluated with FEEL (DMN 1.1 to 1.5).

    decisions = load_decisions(xml)
    answer = decisions.decide("Fee", {"area": 120}, now=moment)
    answer.result, answer.notes

An expression that fails gives null, as the standard says, and leaves a note that says why. A file that cannot
be read and a decision that is not there are refusals, see `engine.execution.dmn.errors`.
"""

from __future__ import annotations

from engine.execution.dmn.errors import BadDecisionFile, NoSuchDecision, WhichDecision
from engine.execution.dmn.evaluation import Answer, Decisions, load_decisions

__all__ = ["Answer", "BadDecisionFile", "Decisions", "NoSuchDecision", "WhichDecision", "load_decisions"]
