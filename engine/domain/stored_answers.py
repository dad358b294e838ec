"""Stored answers: shown to people, put back into the controls of a page, handed to expressions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.domain.calendar import ZONE
from engine.domain.fields import FILE, NUMBERS, TABLE, Field
from engine.domain.texts import Text
from engine.domain.timewords import say_date, say_moment, say_money, say_number


def show_answer(field: Field, value: Any, language: str = "vi") -> str:
    """Return a value as people read it, with its unit; an answer not given is an empty string."""
    if value is None or value == "" or value == []:
        return ""
    match field.type:
        case "table" | "file":
            return _show_rows(field, value, language)
        case "bool":
            return _YES_NO[bool(value)].say(language)
        case "choice":
            return _label(field, value, language)
        case "multi_choice":
            return ", ".join(_label(field, one, language) for one in value)
        case "money":
            return _minus(say_money(int(value), language))
        case "integer" | "decimal":
            number = _minus(say_number(Decimal(format(Decimal(str(value)), "f")), language))
            return f"{number} {field.unit}".strip()
        case "date":
            return say_date(date.fromisoformat(value))
        case "datetime":
            return say_moment(aware(datetime.fromisoformat(value)))
    return str(value)


def input_value(field: Field, value: Any) -> str | list[Any]:
    """Return a stored value as it stands in the control it is edited in; `read_answer` takes it back.

    Days and moments are as browsers' date controls want them; numbers have a comma and no grouping.
    """
    if field.type in (TABLE, FILE):
        return _input_rows(field, value)
    if value is None:
        return ""
    match field.type:
        case "bool":
            return "1" if value else "0"
        case "multi_choice":
            return list(value)
        case "decimal":
            return str(value).replace(".", ",")
        case "datetime":
            return f"{aware(datetime.fromisoformat(value)):%Y-%m-%dT%H:%M}"
    return str(value)


def typed_answer(field: Field, value: Any) -> Any:
    """Return a stored value as expressions use it: Decimal, date, aware datetime; else as it is."""
    if value is None:
        return None
    if field.type == TABLE:
        return _typed_rows(field, value)
    if field.type in NUMBERS:
        return Decimal(str(value))
    if field.type == "date":
        return date.fromisoformat(value)
    if field.type == "datetime":
        return aware(datetime.fromisoformat(value))
    return value


def local_date(value: str) -> date:
    """The local day of a stored date or datetime."""
    return date.fromisoformat(value) if "T" not in value else aware(datetime.fromisoformat(value)).date()


def aware(moment: datetime) -> datetime:
    """A moment in local time; one without a zone is local already."""
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)


_YES_NO = {True: Text("Có", "Yes"), False: Text("Không", "No")}


def _minus(number: str) -> str:
    return number.replace("-", "−")


def _label(field: Field, value: Any, language: str) -> str:
    option = field.option(value)
    return option.label.say(language) if option else str(value)


def _show_rows(field: Field, value: Any, language: str) -> str:
    """Return rows as one text: cells by commas, rows by semicolons."""
    if field.type == FILE:
        return ", ".join(str(one) for one in value)
    rows = (
        ", ".join(
            said for column in field.columns if (said := show_answer(column, row.get(column.name), language))
        )
        for row in value
        if isinstance(row, Mapping)
    )
    return "; ".join(row for row in rows if row)


def _input_rows(field: Field, value: Any) -> list[Any]:
    """Return stored rows as they stand in the controls of a page."""
    if not isinstance(value, list):
        return []
    if field.type == FILE:
        return [str(one) for one in value]
    return [
        {column.name: input_value(column, row.get(column.name)) for column in field.columns}
        for row in value
        if isinstance(row, Mapping)
    ]


def _typed_rows(field: Field, value: Any) -> Any:
    """Return stored rows as expressions use them: a list of contexts, or a list of names."""
    if not isinstance(value, list):
        return None
    return [
        {column.name: typed_answer(column, row.get(column.name)) for column in field.columns}
        for row in value
        if isinstance(row, Mapping)
    ]
