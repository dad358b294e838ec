"""Stored answers: shown to people, put back into the controls of a page, handed to expressions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.domain.calendar import ZONE
from engine.domain.fields import NUMBERS, Field
from engine.domain.texts import Text
from engine.domain.timewords import say_date, say_moment, say_money, say_number


def show_answer(field: Field, value: Any, language: str = "vi") -> str:
    """Return a value as people read it, with its unit; an answer not given is an empty string."""
    if value is None or value == "" or value == []:
        return ""
    match field.type:
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


def input_value(field: Field, value: Any) -> str | list[str]:
    """Return a stored value as it stands in the control it is edited in; `read_answer` takes it back.

    Days and moments are as browsers' date controls want them; numbers have a comma and no grouping.
    """
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
