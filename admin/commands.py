"""Commands on management pages: a sentence of what happens, a few fields, one use case, a sentence back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.domain.texts import Text
from engine.store.work import Unit

Options = Callable[[Session], Iterable[tuple[str, str]]]

NEW, ROW = "new", "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in.

    Attributes:
        kind: "text", "long", "date", "number", "choice", "several", "tick" or "password".
        options: For "choice" and "several": (value, words), asked for when the page is drawn.
    """

    name: str
    label: Text
    kind: str = "text"
    needed: bool = True
    hint: Text = Text("")
    options: Options | None = None
    default: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that IT staff may do.

    Attributes:
        on: "row" for an act on one line, "new" for one that makes a new line.
        run: Called with the unit, the row's key ("" for new) and the values; returns the sentence to say,
            or something to show once, which a view then renders itself.
        may: Whether the command makes sense for a row as it stands.
        role: Who may give it, where that is not everybody who sees the page.
    """

    name: str
    label: Text
    run: Callable[[Unit, str, Mapping[str, Any]], Any]
    fields: tuple[Field, ...] = ()
    explain: Text = Text("")
    on: str = ROW
    tone: str = "main"
    may: Callable[[Any], bool] = lambda _row: True
    role: str = ""


def read_values(
    command: Command, form: MultiDict[str, str], options: Mapping[str, list[tuple[str, str]]]
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Return the values of a filled form, and for each field that cannot be read, why."""
    values: dict[str, Any] = {}
    problems: dict[str, Text] = {}
    for field in command.fields:
        values[field.name], problem = _read(field, form, options.get(field.name, []))
        if problem:
            problems[field.name] = problem
    return values, problems


def _read(field: Field, form: MultiDict[str, str], options: list[tuple[str, str]]) -> tuple[Any, Text | None]:
    if field.kind == "tick":
        return field.name in form, None
    known = {value for value, _words in options}
    if field.kind == "several":
        chosen = [one for one in form.getlist(field.name) if one in known]
        return chosen, _missing(field) if field.needed and not chosen else None
    typed = form.get(field.name, "")
    text = typed if field.kind == "password" else typed.strip()
    if not text:
        return None if field.kind in ("date", "number") else "", _missing(field) if field.needed else None
    if field.kind == "choice" and text not in known:
        return text, Text("Hãy chọn một mục trong danh sách.", "Choose one of the list.")
    if field.kind == "date":
        return _read_date(text)
    if field.kind == "number":
        return (
            (int(text), None) if text.isdecimal() else (None, _not(text, "một số nguyên", "a whole number"))
        )
    return text, None


def _read_date(text: str) -> tuple[date | None, Text | None]:
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, shape).date(), None
        except ValueError:
            continue
    return None, _not(text, "một ngày như 31/12/2026", "a day such as 31/12/2026")


def _not(text: str, vi: str, en: str) -> Text:
    return Text(f"Cần {vi}; đang ghi “{text}”.", f"Expected {en}; “{text}” was given.")


def _missing(field: Field) -> Text:
    return Text("Cần điền “{label}”.", "“{label}” has to be filled in.").filled(label=field.label)
