"""Paging by keys: a page begins behind the last line of the one before, so what is inserted meanwhile moves
nothing, and the thousandth page is found as fast as the first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, true, tuple_

from engine.errors import Invalid

LONGEST_CURSOR = 600  # characters
PLACE = "place_"  # how the names of a cursor's values begin
_SAFE = 2**53


class BadCursor(Invalid):
    code = "bad_cursor"
    vi = "Không mở được trang tiếp theo của danh sách. Hãy mở lại danh sách từ đầu."
    en = "The next page of the list cannot be opened. Open the list again from its beginning."


@dataclass(frozen=True, slots=True)
class Key:
    """One part of an order: the name it has among the selected columns, what it is read from, its type."""

    name: str
    column: ColumnElement[Any]
    kind: type  # bool, int, float, str or datetime


@dataclass(frozen=True, slots=True)
class Order:
    """A total order of lines; its last key tells any two lines apart.

    Attributes:
        name: Stands in the cursor, so that one of another order is refused.
    """

    name: str
    keys: Sequence[Key]
    descending: bool = False

    def columns(self) -> list[ColumnElement[Any]]:
        return [one.column.label(one.name) for one in self.keys]

    def sorted(self, statement: Select[Any], *, backwards: bool = False) -> Select[Any]:
        turned = self.descending != backwards
        return statement.order_by(*(one.column.desc() if turned else one.column for one in self.keys))

    def cursor(self, line: Any) -> str:
        """Return the place of a line, to be given back as `after` or `before`."""
        values = [_write(one, getattr(line, one.name)) for one in self.keys]
        return json.dumps([self.name, *values], ensure_ascii=False, separators=(",", ":"))

    def beyond(self, cursor: str | None, *, backwards: bool = False) -> ColumnElement[bool]:
        """Return the condition for lines behind a cursor, or before it.

        Raises:
            BadCursor: If it is none of this order.
        """
        if not cursor:
            return true()
        given = self.place(cursor)
        values = [
            bindparam(f"{PLACE}{one.name}", given[f"{PLACE}{one.name}"], type_=one.column.type)
            for one in self.keys
        ]
        place, of_line = tuple_(*values), tuple_(*(one.column for one in self.keys))
        return of_line < place if self.descending != backwards else of_line > place

    def place(self, cursor: str | None) -> dict[str, Any]:
        """Return the values of `beyond`, by the names that they have in the statement."""
        if not cursor:
            return {}
        values = zip(self.keys, self._read(cursor), strict=True)
        return {f"{PLACE}{one.name}": value for one, value in values}

    def _read(self, cursor: str) -> list[Any]:
        try:
            if len(cursor) > LONGEST_CURSOR:
                raise ValueError("too long")
            name, *values = json.loads(cursor)
            if name != self.name or len(values) != len(self.keys):
                raise ValueError("of another list")
            return [_read(key, value) for key, value in zip(self.keys, values, strict=True)]
        except (ValueError, TypeError, RecursionError) as bad:
            raise BadCursor("a cursor of this list", "it is another") from bad


def _write(key: Key, value: Any) -> Any:
    if key.kind is datetime:
        return value.isoformat()
    return key.kind(value)


def _read(key: Key, value: Any) -> Any:
    if key.kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment
    if key.kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not key.kind or (key.kind in (int, float) and not -_SAFE < value < _SAFE):
        raise ValueError("of another type")
    if key.kind is str and "\x00" in value + str(value.encode(), "utf-8"):
        raise ValueError("not text")  # half a character cannot be encoded, which is a ValueError too
    return value
