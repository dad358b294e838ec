"""Reasons of the catalogue that the page of a step asks for: why it comes late, why it goes back for rework.

Who finishes a step without a page (an integration, a batch) is not asked: a code of None says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.steps import StepSpec
from engine.domain.deadlines import punctuality
from engine.store.work import Unit
from engine.usecases.reasons import LATE, REWORK, ReasonNotChosen, read_reason
from engine.usecases.results import is_main

CHECKING = frozenset({"review", "sign", "number_seal"})
LATE_CODE, LATE_REASON, REWORK_CODE = "late_code", "late_reason", "rework_code"  # in the answers of a step


class LateReasonNotChosen(ReasonNotChosen):
    code = "late_reason_not_chosen"
    vi = "Bước này đã quá hạn: hãy chọn lý do trễ; với “Lý do khác” hãy viết rõ (tối đa 2000 ký tự)."
    en = "This step is late: choose why; for “Another reason” write what it is (at most 2000 characters)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen on the page; None where nobody was asked."""

    late: str | None = None
    late_text: str = ""
    rework: str | None = None


NOT_ASKED = Chosen()


def is_late(due_at: datetime | None, now: datetime) -> bool:
    """Say whether a step that ends now ends after the day on which it was due."""
    return due_at is not None and punctuality(now, due_at) == "late"


def is_rework(spec: StepSpec, outcome: str) -> bool:
    """Say whether an outcome sends a draft back to whoever made it: no way on, and no refusal."""
    chosen = spec.outcome(outcome)
    if spec.kind not in CHECKING or chosen is None or not chosen.reason:
        return False
    return chosen.style != "danger" and not is_main(spec, outcome)


def read_reasons(
    unit: Unit, spec: StepSpec, outcome: str, due_at: datetime | None, reason: str, chosen: Chosen
) -> tuple[str, Mapping[str, Any]]:
    """Return the reason in words, and what of the catalogue goes into the answers of the step.

    Raises:
        ReasonNotChosen: If the page asked and nothing of the catalogue came.
    """
    more: dict[str, Any] = {}
    if chosen.rework is not None and is_rework(spec, outcome):
        reason = read_reason(unit, REWORK, chosen.rework, reason).vi
        more[REWORK_CODE] = chosen.rework
    if chosen.late is not None and is_late(due_at, unit.now):
        try:
            said = read_reason(unit, LATE, chosen.late, chosen.late_text)
        except ReasonNotChosen as missing:
            raise LateReasonNotChosen("a reason of the list", f"{chosen.late!r}"[:40]) from missing
        more |= {LATE_CODE: chosen.late, LATE_REASON: said.vi}
    return reason, more
