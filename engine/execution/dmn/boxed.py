"""Boxed expressions to closures, of the same kind as those of FEEL.

Source: DMN 1.5, 10.2 and 10.3.2 (mapping of boxed expressions to FEEL).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.domain.texts import Text
from engine.execution.dmn.item_types import ItemType, Types, result_type, tests_of
from engine.execution.dmn.model import (
    Boxed,
    Conditional,
    Context,
    Filter,
    FunctionDefinition,
    Input,
    Invocation,
    ListOf,
    Literal,
    Loop,
    Output,
    Relation,
    Table,
    Variable,
)
from engine.execution.dmn.tables import Column, Row, make_table
from engine.feel import FeelError, loops, nodes
from engine.feel.expressions import compile_part
from engine.feel.nodes import Node
from engine.feel.scope import Scope
from engine.feel.values import Function

NOTHING = nodes.constant(None)


class Compiler:
    """Compiles the expressions of one element of a file.

    Attributes:
        where: The element's name, for notes.
    """

    def __init__(self, types: Types, where: str) -> None:
        self.types = types
        self.where = where
        self.members = types.tests()
        self.entries = types.component_names()

    def node(self, boxed: Boxed | None, names: frozenset[str]) -> Node:
        """Return what evaluates an expression that sees `names`."""
        if boxed is None:
            return NOTHING
        return _COMPILERS[type(boxed)](self, boxed, names)

    # --- text ---

    def text(self, text: str, names: Iterable[str]) -> Node:
        """Compile FEEL; what is not FEEL is null with a note."""
        if not text:
            return NOTHING
        try:
            return compile_part(text, names, self.members, odd=self.entries).node
        except FeelError as wrong:
            return self._failing(wrong)

    def tests(self, text: str, names: Iterable[str]) -> Node:
        """Compile the tests of a cell; an empty one holds always."""
        if not text:
            return nodes.constant(True)
        try:
            return compile_part(text, names, self.members, is_tests=True, odd=self.entries).node
        except FeelError as wrong:
            return self._failing(wrong)

    def allowed(self, text: str, names: Iterable[str]) -> Callable[[Any], bool] | None:
        if not text:
            return None
        try:
            return tests_of(compile_part(text, names, self.members, is_tests=True, odd=self.entries))
        except FeelError:
            return None

    def _failing(self, wrong: FeelError) -> Node:
        said = Text(f"{self.where}: {wrong.say('vi')}", f"{self.where}: {wrong.say('en')}")

        def fail(scope: Scope) -> None:
            scope.run.notes.append(said)

        return fail

    # --- kinds ---

    def literal(self, boxed: Literal, names: frozenset[str]) -> Node:
        if boxed.language and "feel" not in boxed.language.lower():
            language = boxed.language
            note = Text(
                f"{self.where}: ngôn ngữ “{language}” không dùng được, chỉ có FEEL.",
                f"{self.where}: the language “{language}” cannot be used, only FEEL.",
            )
            return noting(note)
        return self.text(boxed.text, names)

    def context(self, boxed: Context, names: frozenset[str]) -> Node:
        parts: list[tuple[str, Node]] = []
        seen = names
        for variable, body in boxed.entries:
            inner = seen | {variable.name} if isinstance(body, FunctionDefinition) else seen
            parts.append((variable.name, self.typed(variable, self.node(body, inner))))
            seen |= {variable.name}
        if boxed.result is None:
            return nodes.make_context(parts)
        result = self.node(boxed.result, seen)

        def evaluate(scope: Scope) -> Any:
            made: dict[str, Any] = {}
            inner = scope.inside(made)
            for key, part in parts:
                scope.run.tick()
                made[key] = part(inner)
            return result(inner)

        return evaluate

    def invocation(self, boxed: Invocation, names: frozenset[str]) -> Node:
        callee = self.node(boxed.callee, names)
        bindings = [(name, self.node(body, names)) for name, body in boxed.bindings]
        return nodes.call(callee, (), bindings)

    def list(self, boxed: ListOf, names: frozenset[str]) -> Node:
        return nodes.make_list([self.node(one, names) for one in boxed.items])

    def relation(self, boxed: Relation, names: frozenset[str]) -> Node:
        rows = [
            nodes.make_context(
                [
                    (column.name, _outside(self.typed(column, self.node(cell, names))))
                    for column, cell in zip(boxed.columns, row, strict=False)
                ]
            )
            for row in boxed.rows
        ]
        return nodes.make_list(rows)

    def function(self, boxed: FunctionDefinition, names: frozenset[str]) -> Node:
        kind = boxed.kind.upper()
        if kind == "JAVA":
            described = self.node(boxed.body, frozenset())
            return nodes.define_external(
                [one.name for one in boxed.parameters], lambda scope: {"java": described(scope)}
            )
        if kind != "FEEL":
            note = Text(
                f"{self.where}: hàm ngoài loại {kind} không được chạy; kết quả là null.",
                f"{self.where}: an external function of kind {kind} is not run; its result is null.",
            )
            names_of = tuple(one.name for one in boxed.parameters)
            return nodes.constant(
                Function(lambda scope, given, named: scope.run.notes.append(note), names_of)
            )
        body = self.node(boxed.body, names | {one.name for one in boxed.parameters})
        types = [self.types.of(one.type_ref) for one in boxed.parameters]
        result = result_type(self.types.of(boxed.type_ref))

        def make(outer: Scope) -> Function:
            return make_function(
                [one.name for one in boxed.parameters],
                types,
                lambda values: body(outer.inside(values)),
                result,
                self.where,
            )

        return make

    def conditional(self, boxed: Conditional, names: frozenset[str]) -> Node:
        return nodes.choose(
            self.node(boxed.test, names), self.node(boxed.then, names), self.node(boxed.other, names)
        )

    def filter(self, boxed: Filter, names: frozenset[str]) -> Node:
        match = self.node(boxed.match, names | {"item"})
        return nodes.choose_items(self.node(boxed.items, names), match)

    def loop(self, boxed: Loop, names: frozenset[str]) -> Node:
        inner = names | {boxed.variable} | ({"partial"} if boxed.kind == "for" else set())
        sources = [(boxed.variable, self.node(boxed.items, names), None)]
        body = self.node(boxed.body, inner)
        if boxed.kind == "for":
            return loops.for_each(sources, body, needs_partial=boxed.uses_partial)
        return (loops.some if boxed.kind == "some" else loops.every)(sources, body)

    def table(self, boxed: Table, names: frozenset[str]) -> Node:
        inputs = [self._input(one, names) for one in boxed.inputs]
        columns = [self._column(one, names) for one in boxed.outputs]
        inside = names | {"?"}
        rows = [
            Row(
                number=number,
                tests=tuple(self.tests(one, inside) for one in rule.tests),
                results=tuple(self.text(one, names) for one in rule.results),
            )
            for number, rule in enumerate(boxed.rules, 1)
        ]
        return make_table(boxed, inputs, columns, rows)

    def _input(self, column: Input, names: frozenset[str]) -> tuple[str, Node, Callable[[Any], bool] | None]:
        value = self.text(column.expression, names)
        wanted = self.types.of(column.type_ref)
        return (
            column.label,
            (lambda scope: wanted.read(value(scope))) if column.type_ref else value,
            self.allowed(column.allowed, names),
        )

    def _column(self, column: Output, names: frozenset[str]) -> Column:
        values = column.values
        if not values and column.type_ref in self.types.definitions:
            values = self.types.definitions[column.type_ref].allowed
        return Column(
            name=column.name or column.label,
            is_allowed=self.allowed(column.values, names),
            priorities=self.text(f"[{values}]", names) if values else None,
            default=self.text(column.default, names) if column.default else None,
        )

    def typed(self, variable: Variable, node: Node) -> Node:
        """A value as its variable wants it."""
        wanted = self.types.of(variable.type_ref)
        if not variable.type_ref:
            return node
        return lambda scope: coerced(scope, wanted, node(scope), self.where, variable)


def make_function(
    names: list[str],
    types: list[ItemType],
    body: Callable[[dict[str, Any]], Any],
    result: ItemType,
    where: str,
) -> Function:
    """A function whose arguments and result are converted to their types; what does not fit gives null."""

    def invoke(scope: Scope, given: list[Any], named: Mapping[str, Any]) -> Any:
        if named:
            if given or not set(named) <= set(names):
                return None
            given = [named.get(one) for one in names]
        if len(given) != len(names):
            return None
        values: dict[str, Any] = {}
        for name, wanted, value in zip(names, types, given, strict=True):
            values[name], fits = wanted.coerce(value)
            if not fits:
                _note_misfit(scope, where, name)
                return None
        return coerced(scope, result, body(values), where, Variable(name=where))

    return Function(invoke, tuple(names), where)


def coerced(scope: Scope, wanted: ItemType, value: Any, where: str, variable: Variable) -> Any:
    found, fits = wanted.coerce(value)
    if not fits:
        _note_misfit(scope, where, variable.name)
    return found


def noting(note: Text) -> Node:
    """Null, and a note."""

    def tell(scope: Scope) -> None:
        scope.run.notes.append(note)

    return tell


def _note_misfit(scope: Scope, where: str, name: str) -> None:
    scope.run.notes.append(
        Text(
            f"{where}: giá trị của “{name}” không đúng kiểu đã khai báo; lấy null.",
            f"{where}: the value of “{name}” is not of the declared type; null is taken.",
        )
    )


def _outside(node: Node) -> Node:
    """A cell of a relation does not see the cells before it."""
    return lambda scope: node(scope.parent or scope)


_COMPILERS: dict[type, Callable[[Compiler, Any, frozenset[str]], Node]] = {
    Literal: Compiler.literal,
    Table: Compiler.table,
    Context: Compiler.context,
    Invocation: Compiler.invocation,
    ListOf: Compiler.list,
    Relation: Compiler.relation,
    FunctionDefinition: Compiler.function,
    Conditional: Compiler.conditional,
    Filter: Compiler.filter,
    Loop: Compiler.loop,
}
