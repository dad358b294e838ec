"""What expressions of a procedure may read: data and options by their bare names, and six reserved words.

`dossier` (facts of the dossier and the procedure's options), `form` (all answers, for a name that an option
has too), `unit` (the competent unit), `task` (the step at hand, else null), `today` and `now` (local to the
office). No expression can reach anything else, and no field can be called like one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.domain.calendar import ZONE
from engine.domain.forms import as_context
from engine.domain.procedures import Procedure
from engine.execution.decisions import DecisionCall, Shelf
from engine.feel import evaluate
from engine.store.rows import DossierRow, UnitRow
from engine.store.steps import Item

__all__ = ["answer", "context_of", "context_of_reception", "evaluate"]


def answer(text: str, context: Mapping[str, Any], procedure: Procedure, now: datetime) -> Any:
    """Answer what the interpreter asks: an expression, or a decision of the procedure.

    Raises:
        FeelError, NoSuchDecision, DecisionFailed: If there is no answer.
    """
    if isinstance(text, DecisionCall):
        files = {name: xml.encode() for name, xml in procedure.decisions.items()}
        return Shelf(files).decide(text, context, now.astimezone(ZONE))
    return evaluate(text, context)


def context_of(
    row: DossierRow,
    procedure: Procedure,
    data: Mapping[str, Any],
    unit: UnitRow,
    now: datetime,
    item: Item | None = None,
) -> dict[str, Any]:
    """Return the names that expressions of this dossier see at `now`."""
    dossier = {
        "code": row.code,
        "procedure": procedure.key,
        "channel": row.channel,
        "status": row.status,
        "applicant_kind": row.applicant_kind,
        "fee": row.fee,
        "paid": row.payment_status in ("paid", "waived", "none"),
        "accepted_at": row.accepted_at.astimezone(ZONE),
        "legal_due": row.legal_due.astimezone(ZONE),
        "current_due": row.current_due.astimezone(ZONE),
        "rounds": row.supplement_rounds,
        "max_rounds": procedure.supplement.max_rounds,
        "options": dict(procedure.options),
    }
    task = item and {"node": item.node_id, "kind": item.kind, "opened_at": item.opened_at.astimezone(ZONE)}
    return _names(procedure, data, dossier, unit, task, now)


def context_of_reception(
    procedure: Procedure, data: Mapping[str, Any], unit: UnitRow, now: datetime, channel: int, kind: int
) -> dict[str, Any]:
    """Return the names that expressions see before there is a dossier: checks of the form, the fee."""
    dossier = {
        "code": None,
        "procedure": procedure.key,
        "channel": channel,
        "applicant_kind": kind,
        "rounds": 0,
        "options": dict(procedure.options),
    }
    return _names(procedure, data, dossier, unit, None, now)


def _names(
    procedure: Procedure,
    data: Mapping[str, Any],
    dossier: dict[str, Any],
    unit: UnitRow,
    task: Any,
    now: datetime,
) -> dict[str, Any]:
    local = now.astimezone(ZONE)
    answers = as_context(procedure.forms, data)
    return {
        **procedure.options,
        **answers,
        "dossier": dossier,
        "form": answers,
        "unit": {"code": unit.code, "name": unit.name_vi, "kind": unit.kind, "level": unit.level_code},
        "task": task,
        "today": local.date(),
        "now": local,
    }
