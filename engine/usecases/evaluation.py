"""What expressions of a procedure may read: data and options by their bare names, and six reserved words.

`dossier` (facts of the dossier and the procedure's options), `form` (all answers, for a name that an option
has too), `unit` (the competent unit), `task` (the step at hand, else null), `today` and `now` (local to the
office). No expression can reach anything else, and no field can be called like one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.domain.calendar import ZONE
from engine.domain.forms import as_context, fields_of, typed_in
from engine.domain.procedures import Procedure
from engine.execution.decisions import DecisionCall, Shelf
from engine.feel import evaluate
from engine.store.rows import DossierRow, UnitRow
from engine.store.steps import Dossier, Item

__all__ = ["Seen", "answer", "context_of", "context_of_reception", "evaluate"]

WORDS = dict.fromkeys(("dossier", "form", "unit", "task", "today", "now"))  # no field can be called so


def answer(text: str, context: Mapping[str, Any], procedure: Procedure, now: datetime) -> Any:
    """Answer what the interpreter asks: an expression, or a decision of the procedure.

    Raises:
        FeelError, NoSuchDecision, DecisionFailed: If there is no answer.
    """
    if isinstance(text, DecisionCall):
        files = {name: xml.encode() for name, xml in procedure.decisions.items()}
        return Shelf(files).decide(text, context, now.astimezone(ZONE))
    return evaluate(text, context)


class Seen(Mapping[str, Any]):
    """The names that expressions of a dossier see at `now`; each is made when somebody reads it.

    A condition of the diagram reads one or two of sixty. Read whole, it is what `context_of` gives.
    """

    __slots__ = ("_data", "_fields", "_item", "_now", "_procedure", "_row", "_unit")

    def __init__(
        self,
        row: DossierRow | Dossier,
        procedure: Procedure,
        data: Mapping[str, Any],
        unit: UnitRow,
        now: datetime,
        item: Item | None = None,
    ) -> None:
        self._row, self._procedure, self._data = row, procedure, data
        self._unit, self._now, self._item = unit, now, item
        self._fields = fields_of(procedure.forms)

    def __getitem__(self, name: str) -> Any:
        if name in WORDS:
            return self._word(name)
        if name in self._data or name in self._fields:
            return typed_in(self._fields, name, self._data.get(name))
        return self._procedure.options[name]

    def __contains__(self, name: object) -> bool:
        return name in self._data or name in self._fields or name in self._procedure.options or name in WORDS

    def __iter__(self) -> Iterator[str]:
        return iter({**self._procedure.options, **self._fields, **self._data, **WORDS})

    def __len__(self) -> int:
        return len({**self._procedure.options, **self._fields, **self._data, **WORDS})

    def _word(self, name: str) -> Any:
        match name:
            case "dossier":
                return _facts_of(self._row, self._procedure)
            case "form":
                return as_context(self._procedure.forms, self._data)
            case "unit":
                return _unit_facts(self._unit)
            case "task":
                return _task_facts(self._item)
            case "today":
                return self._now.astimezone(ZONE).date()
        return self._now.astimezone(ZONE)


def context_of(
    row: DossierRow | Dossier,
    procedure: Procedure,
    data: Mapping[str, Any],
    unit: UnitRow,
    now: datetime,
    item: Item | None = None,
) -> dict[str, Any]:
    """Return the names that expressions of this dossier see at `now`, all at once."""
    return _names(procedure, data, _facts_of(row, procedure), unit, _task_facts(item), now)


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
        "unit": _unit_facts(unit),
        "task": task,
        "today": local.date(),
        "now": local,
    }


def _facts_of(row: DossierRow | Dossier, procedure: Procedure) -> dict[str, Any]:
    return {
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


def _unit_facts(unit: UnitRow) -> dict[str, Any]:
    return {"code": unit.code, "name": unit.name_vi, "kind": unit.kind, "level": unit.level_code}


def _task_facts(item: Item | None) -> dict[str, Any] | None:
    return item and {"node": item.node_id, "kind": item.kind, "opened_at": item.opened_at.astimezone(ZONE)}
