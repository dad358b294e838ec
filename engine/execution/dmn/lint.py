"""A decision file checked without being evaluated: what cannot be read, tables with holes.

Gaps and overlaps are found by cutting the inputs at the values that the cells name (`engine.feel.coverage`),
so they are certain; a row that does more than compare with such values is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine.bpmn.lint.findings import ERROR, WARNING, Finding
from engine.bpmn.xml import BadXml
from engine.domain.texts import Text
from engine.execution.decisions import Shelf
from engine.execution.dmn.boxed_reader import HIT_POLICIES
from engine.execution.dmn.errors import BadDecisionFile
from engine.execution.dmn.evaluation import Decisions, FindFile, load_decisions
from engine.execution.dmn.item_types import Constrained, ItemType, Later, Simple
from engine.execution.dmn.model import Decision, InputData, Knowledge, Literal, Service, Table
from engine.feel import FeelError
from engine.feel.coverage import Coverage, Place, cover_table, literals_of
from engine.feel.expressions import compile_part
from engine.feel.segments import Domain
from engine.feel.values import kind

MOST_TOLD = 5


def lint_decisions(xml: bytes, find: FindFile | None = None) -> list[Finding]:
    """Return what is wrong with a DMN file; `find` returns the file of an imported namespace."""
    try:
        decisions = load_decisions(xml, find)
    except (BadXml, BadDecisionFile) as refused:
        return [Finding("dmn", ERROR, "", Text(refused.say("vi"), refused.say("en")))]
    return list(_Check(decisions).all())


def lint_files(files: Mapping[str, str]) -> list[Finding]:
    """Return what is wrong with the decision files of a procedure, by their names, as text."""
    by_name = {name: text.encode() for name, text in files.items()}
    found: list[Finding] = []
    for name, xml in by_name.items():
        for one in lint_decisions(xml, Shelf(by_name).of_namespace):
            said = one.message
            message = Text(f"{name}.dmn: {said.vi}", f"{name}.dmn: {said.say('en')}")
            found.append(Finding(one.rule, one.severity, "", message))
    return found


class _Check:
    def __init__(self, decisions: Decisions) -> None:
        self.decisions = decisions
        self.members = decisions.types.tests()
        self.entries = decisions.types.component_names()

    def all(self) -> Iterator[Finding]:
        for element in self.decisions.model.elements.values():
            if isinstance(element, Decision | Knowledge):
                yield from self._references(element.id, element.name, element.requires)
                body = element.expression if isinstance(element, Decision) else element.function
                if body is None:
                    yield _said("no-logic", WARNING, element, "chưa có nội dung.", "has no logic.")
                for part in _parts(body):
                    yield from self._part(element, part)
            elif isinstance(element, Service):
                wanted = (*element.outputs, *element.input_decisions, *element.input_data)
                yield from self._references(element.id, element.name, wanted)

    def _references(self, ident: str, name: str, hrefs: tuple[str, ...]) -> Iterator[Finding]:
        for href in hrefs:
            if self.decisions.resolve(href) is None:
                vi = f"“{name}”: cần “{href}”, nhưng không có phần đó."
                yield Finding(
                    "reference", ERROR, ident, Text(vi, f"“{name}”: needs “{href}”, which is not there.")
                )

    def _part(self, element: Any, part: Any) -> Iterator[Finding]:
        if isinstance(part, Literal) and part.text and (not part.language or "feel" in part.language.lower()):
            yield from self._feel(element, part.text, is_tests=False, where=Text(""))
        if isinstance(part, Table):
            yield from self._table(element, part)

    def _feel(self, element: Any, text: str, *, is_tests: bool, where: Text) -> Iterator[Finding]:
        names = {
            name for prefixes, _, one in self.decisions.required(element.requires)
            for name in (*prefixes, one.variable.name)
        }  # fmt: skip
        try:
            compile_part(text, names, self.members, is_tests=is_tests, odd=self.entries)
        except FeelError as wrong:
            yield _said(
                "feel", ERROR, element, f"{where.vi}{wrong.say('vi')}", f"{where.say('en')}{wrong.say('en')}"
            )

    # --- tables ---

    def _table(self, element: Any, table: Table) -> Iterator[Finding]:
        if table.hit_policy not in HIT_POLICIES:
            yield _said(
                "hit-policy", ERROR, element,
                f"quy tắc chọn “{table.hit_policy}” không có trong chuẩn.",
                f"the hit policy “{table.hit_policy}” is not in the standard.",
            )  # fmt: skip
        is_whole = True
        for number, rule in enumerate(table.rules, 1):
            if (len(rule.tests), len(rule.results)) != (len(table.inputs), len(table.outputs)):
                is_whole = False
                yield _said(
                    "row-length", ERROR, element,
                    f"dòng {number} không đủ hoặc thừa ô.", f"row {number} has too few or too many cells.",
                )  # fmt: skip
            where = Text(f"dòng {number}: ", f"row {number}: ")
            for cell in rule.tests:
                yield from self._feel(element, cell, is_tests=True, where=where) if cell else ()
            for cell in rule.results:
                yield from self._feel(element, cell, is_tests=False, where=where) if cell else ()
        if is_whole and table.rules and table.inputs:
            yield from self._coverage(element, table)

    def _coverage(self, element: Any, table: Table) -> Iterator[Finding]:
        domains: dict[str, Domain] = {}
        for at, column in enumerate(table.inputs):
            label = column.label if column.label not in domains else f"{column.label} ({at + 1})"
            cells = [rule.tests[at] for rule in table.rules]
            domain = self._domain(element, column.expression, column.type_ref, column.allowed, cells)
            if domain is None:
                return
            domains[label] = domain
        found = cover_table([rule.tests for rule in table.rules], domains)
        yield from self._overlaps(element, table, found)
        if not any(one.default for one in table.outputs) and table.hit_policy not in _MAY_FIND_NOTHING:
            for place in found.gaps[:MOST_TOLD]:
                where = _place(place)
                yield _said(
                    "gap", WARNING, element,
                    f"không dòng nào áp dụng khi {where.vi}.", f"no row holds for {where.say('en')}.",
                )  # fmt: skip

    def _overlaps(self, element: Any, table: Table, found: Coverage) -> Iterator[Finding]:
        if table.hit_policy not in ("UNIQUE", "ANY"):
            return
        told = 0
        for one in found.overlaps:
            if (
                table.hit_policy == "ANY"
                and table.rules[one.first].results == table.rules[one.second].results
            ):
                continue
            told += 1
            if told > MOST_TOLD:
                return
            where = _place(one.place)
            rows = f"{one.first + 1}, {one.second + 1}"
            yield _said(
                "overlap", ERROR, element,
                f"các dòng {rows} cùng áp dụng khi {where.vi} (quy tắc chọn {table.hit_policy}).",
                f"the rows {rows} both hold for {where.say('en')} (hit policy {table.hit_policy}).",
            )  # fmt: skip

    def _domain(
        self, element: Any, expression: str, type_ref: str, allowed: str, cells: list[str]
    ) -> Domain | None:
        """The values of a column: by its type, that of the input it reads, or by what the cells name."""
        wanted = self.decisions.types.find(type_ref) if type_ref else self._type_of(element, expression)
        literals = [one for cell in cells for one in literals_of(cell) or ()]
        values = literals_of(allowed) if allowed else self._allowed(element, expression, type_ref)
        what = _kind_of(wanted) or _only_kind(cells, literals)
        if values and all(kind(one) == "string" for one in values):
            return Domain(kind="string", values=tuple(values))
        return None if what is None else Domain(kind=what)

    def _type_of(self, element: Any, expression: str) -> ItemType | None:
        ref = self._ref_of(element, expression)
        return self.decisions.types.find(ref) if ref else None

    def _ref_of(self, element: Any, expression: str) -> str:
        for prefixes, _, one in self.decisions.required(element.requires):
            if not prefixes and isinstance(one, InputData | Decision) and one.variable.name == expression:
                return one.variable.type_ref
        return ""

    def _allowed(self, element: Any, expression: str, type_ref: str) -> list[Any] | None:
        definition = self.decisions.model.types.get(type_ref or self._ref_of(element, expression))
        if definition is None or not definition.allowed or definition.is_collection:
            return None
        return literals_of(definition.allowed)


_MAY_FIND_NOTHING = ("COLLECT", "RULE ORDER", "OUTPUT ORDER")


def _parts(body: Any) -> Iterator[Any]:
    """Yield an expression and all those inside it."""
    todo = [body]
    while todo:
        one = todo.pop()
        if isinstance(one, tuple):
            todo += one
        elif is_dataclass(one) and not isinstance(one, type):
            yield one
            todo += [getattr(one, field.name) for field in fields(one)]


def _kind_of(wanted: ItemType | None) -> str | None:
    while isinstance(wanted, Later | Constrained):
        wanted = wanted.found if isinstance(wanted, Later) else wanted.base
    return wanted.name if isinstance(wanted, Simple) and wanted.name != "Any" else None


def _only_kind(cells: list[str], literals: list[Any]) -> str | None:
    kinds = {kind(one) for one in literals}
    if not kinds and {cell.strip() for cell in cells} <= {"", "-", "true", "false"}:
        return "boolean"
    return kinds.pop() if len(kinds) == 1 else None


def _place(place: Place) -> Text:
    pieces: Mapping[str, Text] = {name: piece.say() for name, piece in place.items()}
    vi = "; ".join(f"{name}: {one.vi}" for name, one in pieces.items())
    en = "; ".join(f"{name}: {one.say('en')}" for name, one in pieces.items())
    return Text(vi or "mọi giá trị", en or "all values")


def _said(rule: str, severity: str, element: Any, vi: str, en: str) -> Finding:
    return Finding(rule, severity, element.id, Text(f"“{element.name}”: {vi}", f"“{element.name}”: {en}"))
