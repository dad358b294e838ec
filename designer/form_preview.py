"""A form as others will have it before them, and what it makes of answers that are tried on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.domain.forms import Form, input_value, parse_answers, show_value, visible_fields
from engine.domain.procedures import Procedure
from engine.domain.rows import gather_rows
from engine.domain.texts import Text
from engine.store.work import Unit
from engine.usecases.evaluation import context_of_reception, evaluate

LOOKS: Mapping[str, Text] = {
    "citizen": Text("Người dân", "Citizen"),
    "clerk": Text("Cán bộ một cửa", "Clerk"),
    "paper": Text("Bản giấy", "On paper"),
}
FIELD = "d."
COUNTER, CITIZEN = 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the preview shows.

    Attributes:
        values: What stands in the controls.
        computed: Results of formulas, in words.
        hidden: Fields whose condition does not hold.
        is_tried: Something was typed and judged.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, Text] = field(default_factory=dict)
    computed: Mapping[str, Text] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    is_tried: bool = False


def look_at(unit: Unit, procedure: Procedure, form: Form, sent: MultiDict[str, str] | None) -> Look:
    """Return the form as it begins, or judged with what was typed; nothing is kept."""
    place = SimpleNamespace(code="", name_vi="", kind="", level_code=(procedure.levels or ("",))[0])
    known = context_of_reception(procedure, {}, place, unit.now, COUNTER, CITIZEN)  # type: ignore[arg-type]
    if sent is None:
        values = {one.name: input_value(one, one.default) for one in form.asked.values()}
        judged, _ = parse_answers(form, values, known, evaluate)
    else:
        values = _typed(form, sent)
        judged, problems = parse_answers(form, values, known, evaluate)
        shown = visible_fields(form, judged, known, evaluate)
        return Look(
            values=values,
            problems=problems,
            computed=_computed(form, judged),
            hidden=frozenset(one.name for one in form.fields) - shown,
            is_tried=True,
        )
    shown = visible_fields(form, judged, known, evaluate)
    return Look(
        values=values,
        computed=_computed(form, judged),
        hidden=frozenset(one.name for one in form.fields) - shown,
    )


def _typed(form: Form, sent: MultiDict[str, str]) -> dict[str, Any]:
    many = {one.name for one in form.fields if one.type in ("multi_choice", "file")}
    names = [name.removeprefix(FIELD) for name in sent if name.startswith(FIELD)]
    found = {name: sent.getlist(FIELD + name) if name in many else sent[FIELD + name] for name in names}
    return gather_rows(form.fields, found)


def _computed(form: Form, values: Mapping[str, Any]) -> dict[str, Text]:
    return {
        one.name: Text(
            show_value(one, values.get(one.name), "vi"), show_value(one, values.get(one.name), "en")
        )
        for one in form.asked.values()
        if one.computed
    }
