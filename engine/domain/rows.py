"""Answers with rows: repeating tables and lists of files, as pages send them and as they are stored.

A table is stored as a list of objects, one for each row that has anything in it; a file as a list of names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.domain.fields import FILE, TABLE, Field
from engine.domain.texts import Text

MOST_FILES = 20
_CELL = re.compile(r"([a-z][a-z0-9_]*)\.(\d{1,3})\.([a-z][a-z0-9_]*)", re.ASCII)


class Unreadable(Exception):
    """Carries the sentence for one field; never leaves `engine.domain.forms`."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(vi, en)


ReadCell = Callable[[Field, Any], Any]


def gather_rows(fields: Iterable[Field], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed with the cells of tables (`members.0.name`) put together as rows."""
    tables = {one.name for one in fields if one.type == TABLE}
    found: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for name, value in raw.items():
        cell = _CELL.fullmatch(str(name))
        if cell is None or cell[1] not in tables:
            found[name] = value
            continue
        rows.setdefault(cell[1], {}).setdefault(int(cell[2]), {})[cell[3]] = value
    for name, by_number in rows.items():
        found[name] = [by_number[number] for number in sorted(by_number)]
    return found


def read_rows(field: Field, raw: Any, read_cell: ReadCell) -> Any:
    """Return the rows of a table or the names of files; None when nothing was given.

    Args:
        read_cell: Reads one answer of a column, bounds included.

    Raises:
        Unreadable: With a sentence that names the row and the column.
    """
    return _read_names(field, raw) if field.type == FILE else _read_table(field, raw, read_cell)


def _read_names(field: Field, raw: Any) -> list[str] | None:
    given = raw if isinstance(raw, list | tuple) else [raw]
    names = list(
        dict.fromkeys(str(one).strip()[:255] for one in given if one is not None and str(one).strip())
    )
    if len(names) > MOST_FILES:
        raise Unreadable(
            f"{field.label.say('vi')}: tối đa {MOST_FILES} tệp; đang có {len(names)} tệp.",
            f"{field.label.say('en')}: at most {MOST_FILES} files; there are {len(names)}.",
        )
    return names or None


def _read_table(field: Field, raw: Any, read_cell: ReadCell) -> list[dict[str, Any]] | None:
    given = raw if isinstance(raw, list | tuple) else []
    rows = [row for row in given if isinstance(row, Mapping) and any(_is_given(one) for one in row.values())]
    if len(rows) > field.most_rows:
        raise _count(field, f"tối đa {field.most_rows}", f"at most {field.most_rows}", len(rows))
    found = [_read_row(field, number, row, read_cell) for number, row in enumerate(rows, 1)]
    if found and len(found) < field.least_rows:
        raise _count(field, f"ít nhất {field.least_rows}", f"at least {field.least_rows}", len(found))
    return found or None


def _is_given(cell: Any) -> bool:
    if isinstance(cell, str):
        return bool(cell.strip())
    return cell not in (None, [], False)


def _read_row(field: Field, number: int, row: Mapping[str, Any], read_cell: ReadCell) -> dict[str, Any]:
    found = {}
    for column in field.columns:
        where = f"{field.label.say('vi')}, dòng {number}: ", f"{field.label.say('en')}, row {number}: "
        try:
            value = read_cell(column, row.get(column.name))
        except Unreadable as bad:
            raise Unreadable(where[0] + bad.text.say("vi"), where[1] + bad.text.say("en")) from bad
        if value is None and column.required:
            raise Unreadable(
                f"{where[0]}hãy nhập “{column.label.say('vi')}”; ô này đang để trống.",
                f"{where[1]}enter “{column.label.say('en')}”; it is empty.",
            )
        found[column.name] = value
    return found


def _count(field: Field, vi: str, en: str, found: int) -> Unreadable:
    return Unreadable(
        f"{field.label.say('vi')}: cần {vi} dòng; đang có {found} dòng.",
        f"{field.label.say('en')}: {en} rows are needed; there are {found}.",
    )
