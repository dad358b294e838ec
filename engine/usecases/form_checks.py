"""While somebody types: the fields to show, the fee, the papers that are needed. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.domain.forms import Field, Form, parse_answers, show_value, visible_fields
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.store import cases as rows
from engine.store.work import Unit
from engine.usecases.absences import away_in_form
from engine.usecases.cases import Case
from engine.usecases.evaluation import evaluate
from engine.usecases.reception import CITIZEN, find_place, reception_context
from engine.usecases.visibility import check_visible
from engine.usecases.working import form_of

COUNTER_CHANNEL = 1


@dataclass(frozen=True, slots=True)
class FormCheck:
    """How a form looks with what has been typed so far.

    Attributes:
        hidden: Names of the fields that a condition hides.
        computed: What formulas give for the fields that they fill, as people read it.
        warnings: What whoever fills it in should know; nothing of it hinders.
    """

    hidden: tuple[str, ...] = ()
    computed: Mapping[str, Text] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionCheck:
    """How the page stands with what has been typed so far.

    Attributes:
        hidden: Names of the fields that a condition hides.
        computed: What formulas give for the fields that they fill, as people read it.
        fee: In đồng; None while the rule lacks an answer.
        needed: Codes of the papers that must be handed over.
        problems: What would be wrong with the form if it were sent now, by field name.
    """

    hidden: tuple[str, ...]
    computed: Mapping[str, Text]
    fee: int | None
    needed: frozenset[str]
    problems: Mapping[str, Text]


def check_reception(
    unit: Unit,
    procedure_key: str,
    receiving_unit_id: int | None,
    raw: Mapping[str, Any],
    kind: int = CITIZEN,
    chosen: int | None = None,
) -> ReceptionCheck:
    """Read what was typed so far; what cannot be read yet counts as not answered.

    Raises:
        RoleMissing, UnitClosed, NotInForce, NotCompetent, NotFound
    """
    place = find_place(unit, procedure_key, receiving_unit_id, chosen)
    procedure, competent = place.procedure, place.competent or place.receiving
    form = procedure.forms.get(procedure.reception_form)
    values: dict[str, Any] = {}
    look = FormCheck()
    problems: dict[str, Text] = {}
    if form is not None:
        known = reception_context(procedure, competent, unit, {}, COUNTER_CHANNEL, kind)
        values, look, problems = _try(form, raw, known)
    context = reception_context(procedure, competent, unit, values, COUNTER_CHANNEL, kind)
    try:
        fee: int | None = procedure.fee.amount(context, evaluate)
    except ProcedureError:  # an answer that the rule needs is still missing
        fee = None
    needed = frozenset(one.code for one in procedure.components if one.is_needed(context, evaluate))
    return ReceptionCheck(
        hidden=look.hidden, computed=look.computed, fee=fee, needed=needed, problems=problems
    )


def check_task_form(unit: Unit, task_id: int, raw: Mapping[str, Any]) -> FormCheck:
    """Return how the form of a step looks with what has been typed so far.

    Raises:
        NotFound: If there is no such step that this person may see.
    """
    item = rows.get_task(unit, task_id)
    check_visible(unit, item.dossier)
    case = Case.of(unit, item.dossier)
    form = form_of(case, case.spec(item.node_id))
    if form is None:
        return FormCheck()
    look = _try(form, raw, case.context(item))[1]
    return replace(look, warnings=away_in_form(unit, item, raw))


def _try(
    form: Form, raw: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[dict[str, Any], FormCheck, dict[str, Text]]:
    """Return the answers as far as they can be read, how the form looks, and the problems."""
    answers, problems = parse_answers(form, raw, known, evaluate)
    values = {name: None if name in problems else value for name, value in answers.items()}
    shown = visible_fields(form, values, known, evaluate)
    hidden = tuple(one.name for one in form.fields if one.name not in shown)
    computed = {one.name: _shown(one, values[one.name]) for one in form.fields if one.computed}
    return values, FormCheck(hidden, computed), problems


def _shown(field: Field, value: Any) -> Text:
    return Text(show_value(field, value, "vi"), show_value(field, value, "en"))
