"""Decision tables: which rules hold, and what their results make together.

Source: DMN 1.5, 8.2 and 8.3, hit policies 8.2.10.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.domain.texts import Text
from engine.execution.dmn.model import Table
from engine.feel.builtins import BUILTINS
from engine.feel.nodes import Node
from engine.feel.scope import Scope
from engine.feel.values import equal

CompileText = Callable[[str], Node]
Allowed = Callable[[Any], bool] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of results: its name, which values it may give, and those in order of priority."""

    name: str
    is_allowed: Allowed
    priorities: Node | None
    default: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    number: int
    tests: tuple[Node, ...]
    results: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    row: int
    values: tuple[Any, ...]


def make_table(
    table: Table,
    inputs: Sequence[tuple[str, Node, Allowed]],
    columns: Sequence[Column],
    rows: Sequence[Row],
) -> Node:
    """Return what evaluates a table; `inputs` are label, value and allowed values of each."""
    judge = _POLICIES.get(table.hit_policy, _unique)

    def evaluate(scope: Scope) -> Any:
        values: list[Any] = []
        for label, value, is_allowed in inputs:
            scope.run.tick()
            values.append(value(scope))
            if is_allowed is not None and not is_allowed(values[-1]):
                _note_input(scope, label)
                return None
        places = [scope.inside({"?": one}) for one in values]
        hits = [
            row
            for row in rows
            if all(test(place) is True for test, place in zip(row.tests, places, strict=False))
        ]
        if not hits:
            return _nothing(columns, table, scope)
        return judge(_Hits(table, columns, hits, scope))

    return evaluate


class _Hits:
    """The rows that hold, with their results."""

    def __init__(self, table: Table, columns: Sequence[Column], rows: Sequence[Row], scope: Scope) -> None:
        self.table = table
        self.columns = columns
        self.rows = rows
        self.scope = scope

    def hit(self, row: Row) -> Hit:
        values = []
        for at, column in enumerate(self.columns):
            value = row.results[at](self.scope) if at < len(row.results) else None  # a row may be cut short
            if column.is_allowed is not None and value is not None and not column.is_allowed(value):
                self.scope.run.notes.append(
                    Text(
                        f"dòng {row.number}: kết quả “{column.name}” không thuộc các giá trị cho phép.",
                        f"row {row.number}: the result “{column.name}” is not among the allowed values.",
                    )
                )
                value = None
            values.append(value)
        return Hit(row=row.number, values=tuple(values))

    def all(self) -> list[Hit]:
        return [self.hit(row) for row in self.rows]

    def shown(self, hit: Hit) -> Any:
        return shape(self.columns, hit.values)

    def ordered(self) -> list[Hit]:
        """All hits, those of the highest priority first; equal ones in the order of the rows."""
        ranks = [column.priorities and column.priorities(self.scope) for column in self.columns]

        def rank(hit: Hit) -> tuple[int, ...]:
            return tuple(_place(value, order) for value, order in zip(hit.values, ranks, strict=False))

        return sorted(self.all(), key=rank)


def shape(columns: Sequence[Column], values: Sequence[Any]) -> Any:
    """One column gives its value, several a context."""
    if len(columns) == 1:
        return values[0] if values else None
    return {column.name: value for column, value in zip(columns, values, strict=False)}


def _place(value: Any, order: Any) -> int:
    if not isinstance(order, list):
        return 0
    return next((at for at, one in enumerate(order) if equal(one, value) is True), len(order))


def _nothing(columns: Sequence[Column], table: Table, scope: Scope) -> Any:
    """No rule holds: the defaults, if there are any."""
    if any(column.default is not None for column in columns):
        return shape(columns, [column.default and column.default(scope) for column in columns])
    return None


def _note_input(scope: Scope, label: str) -> None:
    scope.run.notes.append(
        Text(
            f"giá trị của “{label}” không thuộc các giá trị cho phép của cột.",
            f"the value of “{label}” is not among the allowed values of its column.",
        )
    )


# --- hit policies -----------------------------------------------------------------------------


def _unique(hits: _Hits) -> Any:
    if len(hits.rows) > 1:
        _contradiction(hits, [row.number for row in hits.rows])
        return None
    return hits.shown(hits.hit(hits.rows[0]))


def _any(hits: _Hits) -> Any:
    found = hits.all()
    first = hits.shown(found[0])
    different = [one.row for one in found[1:] if equal(hits.shown(one), first) is not True]
    if different:
        _contradiction(hits, [found[0].row, *different])
        return None
    return first


def _contradiction(hits: _Hits, rows: list[int]) -> None:
    numbers = ", ".join(str(one) for one in rows)
    policy = hits.table.hit_policy
    hits.scope.run.notes.append(
        Text(
            f"các dòng {numbers} của bảng cùng thoả mãn nhưng mâu thuẫn (quy tắc chọn {policy}).",
            f"the rows {numbers} of the table hold at once and contradict each other (hit policy {policy}).",
        )
    )


def _first(hits: _Hits) -> Any:
    return hits.shown(hits.hit(hits.rows[0]))


def _priority(hits: _Hits) -> Any:
    return hits.shown(hits.ordered()[0])


def _output_order(hits: _Hits) -> Any:
    return [hits.shown(one) for one in hits.ordered()]


def _rule_order(hits: _Hits) -> Any:
    return [hits.shown(one) for one in hits.all()]


def _collect(hits: _Hits) -> Any:
    name = _AGGREGATORS.get(hits.table.aggregation)
    found = hits.all()
    if name is None:
        return [hits.shown(one) for one in found]
    columns = [[hit.values[at] for hit in found] for at in range(len(hits.columns))]
    values = [BUILTINS[name].call(hits.scope, [column], {}) for column in columns]
    return shape(hits.columns, values)


_AGGREGATORS = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}
_POLICIES: dict[str, Callable[[_Hits], Any]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "OUTPUT ORDER": _output_order,
    "RULE ORDER": _rule_order,
    "COLLECT": _collect,
}
