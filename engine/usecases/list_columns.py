"""Columns and filters that a procedure adds to lists: the fields of its forms that are marked for them.

The marks stand in the form (`lists`), so an author decides with the revision what officers look at. Values
are those of the dossier's data; a filter reads what was typed as the field itself would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Float, case, cast, false, func, select

from engine.domain.calendar import local_day
from engine.domain.fields import NUMBERS, TIMES, Field
from engine.domain.forms import read_value, show_value
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.store.list_rows import OpenWorkRow
from engine.store.rows import DossierRow
from engine.store.work import Unit
from engine.usecases.keysets import Key, Order
from engine.usecases.procedures import procedure_in_force

MOST_COLUMNS = 4
MOST_FILTERS = 12
HIDDEN_TYPES = ("id_no", "phone", "email")
_NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,10})?$"


class BadFilter(Invalid):
    """Filters that cannot be read; facts: `problems`, name of the control → Text."""

    code = "bad_filter"

    def __init__(self, problems: Mapping[str, Text]) -> None:
        super().__init__("filters of the right kind", f"these are not: {', '.join(problems)}")
        self.problems = dict(problems)

    def say(self, language: str = "vi") -> str:
        return " ".join(one.say(language) for one in self.problems.values())


@dataclass(frozen=True, slots=True)
class Columns:
    """What a procedure adds to its lists.

    Attributes:
        shown: Fields that stand as columns, at most `MOST_COLUMNS`.
        filters: Fields to filter by.
    """

    shown: tuple[Field, ...] = ()
    filters: tuple[Field, ...] = ()

    def order(self, sort: str) -> Order | None:
        """Return the order by a column: "column.name" or "column.-name"; None if it is none of them."""
        name = sort.removeprefix("column.")
        descending = name.startswith("-")
        field = next((one for one in self.shown if one.name == name.lstrip("-")), None)
        if field is None or not sort.startswith("column."):
            return None
        number = field.type in NUMBERS
        value = (
            func.coalesce(_number(field.name), -1e15) if number else func.coalesce(_string(field.name), "")
        )
        asked = select(value).where(DossierRow.id == OpenWorkRow.dossier_id)
        of_dossier = asked.correlate(OpenWorkRow).scalar_subquery()  # lists may have dossiers of their own
        return Order(
            sort,
            (
                Key("value", of_dossier, float if number else str),
                Key("id", OpenWorkRow.work_item_id, int),
            ),
            descending=descending,
        )

    def values(self, data: Mapping[str, Any]) -> tuple[Text, ...]:
        """Return what stands in the columns of one dossier, in each language."""
        return tuple(
            Text(show_value(one, data.get(one.name), "vi"), show_value(one, data.get(one.name), "en"))
            for one in self.shown
        )


def columns_of(unit: Unit, procedure_key: str) -> Columns:
    """Return the columns of a procedure's revision in force; none for an unknown procedure."""
    procedure = procedure_in_force(unit, procedure_key, local_day(unit.now)) if procedure_key else None
    if procedure is None:
        return Columns()
    fields: dict[str, Field] = {}
    first = procedure.forms.get(procedure.reception_form)
    for form in ([first] if first else []) + list(procedure.forms.values()):
        for field in form.asked.values():
            if field.lists:
                fields.setdefault(field.name, field)
    return Columns(
        shown=tuple(one for one in fields.values() if "column" in one.lists and one.type not in HIDDEN_TYPES)[
            :MOST_COLUMNS
        ],
        filters=tuple(
            one for one in fields.values() if "filter" in one.lists and one.type not in HIDDEN_TYPES
        )[:MOST_FILTERS],
    )


def read_filters(columns: Columns, asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """Return the conditions on `DossierRow` that were asked for.

    Args:
        asked: As typed: "name" for words and choices, "name.min" and "name.max" for numbers and days.

    Raises:
        BadFilter: If something typed is none of the field's kind; all of them at once.
    """
    conditions: list[ColumnElement[bool]] = []
    problems: dict[str, Text] = {}
    for field in columns.filters:
        for ending in ("", ".min", ".max"):
            typed = asked.get(field.name + ending, "").strip()
            if not typed:
                continue
            condition, problem = _condition(field, ending, typed)
            if problem:
                problems[field.name + ending] = problem
            else:
                conditions.append(condition)
    if problems:
        raise BadFilter(problems)
    return conditions


def _condition(field: Field, ending: str, typed: str) -> tuple[ColumnElement[bool], Text | None]:
    """Return the condition that one filter means, and what is wrong with what was typed."""
    ranged = field.type in NUMBERS or field.type in TIMES
    if bool(ending) is not ranged:
        return false(), _said(field, "ô này không lọc theo cách đó", "is not filtered in this way")
    if ranged:
        value, problem = read_value(replace(field, min=None, max=None), typed, None)
        if problem or value is None:
            return false(), problem
        column: ColumnElement[Any] = _string(field.name)
        if field.type in NUMBERS:
            column, value = _number(field.name), float(str(value))
        return (column >= value if ending == ".min" else column <= value), None
    if field.type in ("choice", "multi_choice"):
        if field.option(typed) is None:
            return false(), _said(field, "hãy chọn lại trong danh sách", "is to be chosen from the list")
        if field.type == "choice":
            return _string(field.name) == typed, None
        return _string(field.name).contains(f'"{typed}"', autoescape=True), None
    if field.type == "bool":
        kept = ("true", "1") if typed in ("1", "true") else ("false", "0")
        return _string(field.name).in_(kept), None
    words = typed[: field.longest].lower()
    return func.lower(_string(field.name)).contains(words, autoescape=True), None


def _said(field: Field, vi: str, en: str) -> Text:
    return Text(f"{field.label.say('vi')}: {vi}.", f"{field.label.say('en')} {en}.")


def _string(name: str) -> ColumnElement[str]:
    return DossierRow.data[name].as_string()


def _number(name: str) -> ColumnElement[float]:
    """A number of the data; what an older revision kept there as words is none."""
    return case((_string(name).regexp_match(_NUMBER), cast(_string(name), Float)))
