"""Decisions evaluated over their requirements: inputs, other decisions, knowledge, services, imported files.

Source: DMN 1.5, 10.4 (execution semantics of decision services), 7.3.2 (references).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from engine.domain.calendar import ZONE
from engine.domain.texts import Text
from engine.execution.dmn.boxed import Compiler, coerced, make_function
from engine.execution.dmn.errors import BadDecisionFile, NoSuchDecision, WhichDecision
from engine.execution.dmn.item_types import ANY, ItemType, Types, guessed, result_type, tests_of
from engine.execution.dmn.model import (
    Decision,
    DecisionModel,
    Element,
    FunctionDefinition,
    InputData,
    Knowledge,
    Service,
    Table,
    Variable,
)
from engine.execution.dmn.parse import parse_decisions
from engine.feel import FeelError
from engine.feel.expressions import compile_part
from engine.feel.nodes import Node
from engine.feel.scope import Run, Scope
from engine.feel.values import Function, from_python

MOST_STEPS = 100_000
MOST_IMPORTS = 20

FindFile = Callable[[str], bytes | None]
Found = tuple[tuple[str, ...], "Decisions", Element]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a decision gave, and why it gave null where it did."""

    result: Any
    notes: list[Text] = field(default_factory=list)


def load_decisions(xml: bytes, find: FindFile | None = None) -> Decisions:
    """Read a DMN file with the files that it imports.

    Args:
        find: Returns the file of a namespace, or None.

    Raises:
        BadXml, BadDecisionFile: If a file cannot be read, or one that is imported is missing.
    """
    return _load(parse_decisions(xml), find or (lambda _: None), ())


def _load(model: DecisionModel, find: FindFile, above: tuple[str, ...]) -> Decisions:
    imported: dict[str, Decisions] = {}
    for one in model.imports:
        xml = find(one.namespace)
        if xml is None:
            raise BadDecisionFile(
                f"không tìm thấy tệp được nhập, không gian tên “{one.namespace}”.",
                f"the imported file with the namespace “{one.namespace}” is not there.",
            )
        if one.namespace in above or len(above) >= MOST_IMPORTS:
            raise BadDecisionFile(
                f"các tệp nhập lẫn nhau thành vòng (“{one.namespace}”).",
                f"the files import each other in a circle (“{one.namespace}”).",
            )
        imported[one.name] = _load(parse_decisions(xml), find, (*above, model.namespace))
    return Decisions(model, imported)


class Decisions:
    """A file of decisions, ready to be evaluated; compiled on first use, free of state after that."""

    def __init__(self, model: DecisionModel, imported: Mapping[str, Decisions]) -> None:
        self.model = model
        self.imported = imported
        self.types = Types(model.types, {name: one.types for name, one in imported.items()}, self._read_tests)
        self._nodes: dict[str, Node] = {}

    def decide(
        self, name: str, data: Mapping[str, Any], *, now: datetime | None = None, from_json: bool = False
    ) -> Answer:
        """Evaluate a decision, a decision service or a business knowledge model.

        Args:
            name: Its id or name; may be empty where there is one decision that no other needs.
            data: Values of input data by name, or of parameters.
            now: The moment that `now()` and `today()` give.
            from_json: Whether a text that is a whole date, time or duration is read as one where no type is
                declared, since JSON knows only text.

        Raises:
            NoSuchDecision: If there is none of that name.
            WhichDecision: If there are several and `name` is empty.
            FeelTooLarge: If it takes more steps than a decision may.
        """
        element = self.find(name)
        local = now and now.astimezone(ZONE)
        run = Run({"now": local, "today": local.date()} if local else {}, element.variable.name, MOST_STEPS)
        frame = Frame(self, {key: from_python(value) for key, value in data.items()}, run)
        frame.from_json = from_json
        try:
            result = frame.answer(element)
        except RecursionError:
            run.notes.append(
                Text("các quyết định gọi nhau quá sâu.", "the decisions call each other too deep.")
            )
            result = None
        return Answer(result, list(dict.fromkeys(run.notes)))

    def find(self, name: str) -> Element:
        """Return the element of an id or name; see `decide`."""
        known = [one for one in self.model.elements.values() if not isinstance(one, InputData)]
        if not name:
            return self._topmost(known)
        found = self.model.elements.get(name)
        if found is not None and not isinstance(found, InputData):
            return found
        for wanted in (Decision, Service, Knowledge):
            for one in known:
                if isinstance(one, wanted) and name in (one.name, one.variable.name):
                    return one
        raise NoSuchDecision("a decision", name, name=name, known=_listed(known))

    def _topmost(self, known: list[Any]) -> Element:
        decisions = self.model.decisions
        needed = {href.rpartition("#")[2] for one in decisions for href in one.requires}
        top = [one for one in decisions if one.id not in needed]
        if len(top) != 1:
            raise WhichDecision("one decision", f"{len(top)}", known=_listed(top or known))
        return top[0]

    def resolve(self, href: str) -> Found | None:
        """Return what a reference means: prefixes of the imports on the way, its file, the element."""
        namespace, _, local = href.rpartition("#")
        if not namespace or namespace == self.model.namespace:
            element = self.model.elements.get(local)
            return None if element is None else ((), self, element)
        for prefix, other in self.imported.items():
            found = other.resolve(href)
            if found is not None:
                return (prefix, *found[0]), found[1], found[2]
        return None

    def required(self, hrefs: Iterable[str]) -> list[Found]:
        return [found for found in map(self.resolve, hrefs) if found is not None]

    def node(self, element: Decision | Knowledge) -> Node:
        """Return the compiled logic of a decision, or of a knowledge model (which gives a function)."""
        if element.id not in self._nodes:
            names: set[str] = set()
            for prefixes, _, one in self.required(element.requires):
                names.add(next((prefix for prefix in prefixes if prefix), one.variable.name))
                if not prefixes and isinstance(one, Decision):
                    names.update(column_names(one))
            compiler = Compiler(self.types, element.name)
            compiler.entries |= self._foreign_names()
            body = element.expression if isinstance(element, Decision) else element.function
            if isinstance(element, Knowledge):
                names.add(element.variable.name)
            self._nodes[element.id] = compiler.node(body, frozenset(names))
        return self._nodes[element.id]

    def _foreign_names(self) -> set[str]:
        """Names that stand after the prefix of an import."""
        names: set[str] = set()
        for other in self.imported.values():
            names.update(one.variable.name for one in other.model.elements.values())
            names |= other._foreign_names() | set(other.imported)
        return names

    def _read_tests(self, text: str) -> Callable[[Any], bool]:
        try:
            compiled = compile_part(text, {"?"}, {}, is_tests=True, odd=self.types.component_names())
        except FeelError:
            return lambda _: False
        return tests_of(compiled)


def column_names(decision: Decision) -> list[str]:
    table = decision.expression
    return [one.name for one in table.outputs if one.name] if isinstance(table, Table) else []


def _listed(elements: Iterable[Any]) -> str:
    return ", ".join(f"“{one.name}”" for one in elements)


class Frame:
    """One evaluation over one file: the values given to it and those worked out so far.

    Attributes:
        given: Values that stand for elements, by their ids, inside a decision service.
        is_closed: Whether only `given` counts, and the data do not.
    """

    def __init__(
        self,
        decisions: Decisions,
        data: Mapping[str, Any],
        run: Run,
        *,
        parent: Frame | None = None,
        given: Mapping[tuple[str, str], Any] | None = None,
    ) -> None:
        self.decisions = decisions
        self.data = data
        self.run = run
        self.parent = parent
        self.given = given or {}
        self.values: dict[str, Any] = {}
        self.busy: set[str] = set()
        self.inner: dict[str, Frame] = {}
        self.from_json: bool = parent.from_json if parent else False

    def answer(self, element: Element) -> Any:
        """Return the value of the element that was asked for."""
        if isinstance(element, Decision | InputData):
            return self.value(element)
        function = self.function(element)
        given = [
            self._read(self.decisions.types.of(one.type_ref), self.lookup(one.name)[0])
            for one in self._parameters(element)
        ]
        return function.call(Scope(self.run), given, {})

    def value(self, element: Decision | InputData) -> Any:
        key = (self.decisions.model.namespace, element.id)
        if key in self.given:
            return self.given[key]
        if element.id in self.values:
            return self.values[element.id]
        if element.id in self.busy:
            self._note(
                f"quyết định “{element.variable.name}” cần chính nó.",
                f"the decision “{element.variable.name}” needs itself.",
            )
            return None
        self.busy.add(element.id)
        found = self._input(element) if isinstance(element, InputData) else self._decided(element)
        self.busy.discard(element.id)
        self.values[element.id] = found
        return found

    def _decided(self, decision: Decision) -> Any:
        self.run.tick(10)
        names = self._names(decision.requires)
        scope = Scope(self.run, {**self.columns(decision, names), **names}, Scope(self.run, self.undeclared))
        if decision.expression is None:
            self._note(
                f"quyết định “{decision.name}” chưa có nội dung.",
                f"the decision “{decision.name}” has no logic.",
            )
        value = self.decisions.node(decision)(scope)
        wanted = self.decisions.types.of(decision.variable.type_ref)
        return coerced(scope, wanted, value, decision.name, decision.variable)

    def _input(self, element: InputData) -> Any:
        value, is_there = self.lookup(element.variable.name)
        name = element.variable.name
        if not is_there:
            self._note(
                f"thiếu dữ liệu vào “{name}”; lấy null.", f"the input “{name}” is missing; null is taken."
            )
            return None
        wanted = self.decisions.types.of(element.variable.type_ref)
        return coerced(Scope(self.run), wanted, self._read(wanted, value), name, element.variable)

    def _read(self, wanted: ItemType, value: Any) -> Any:
        return guessed(value) if self.from_json and wanted is ANY else wanted.read(value)

    def lookup(self, name: str) -> tuple[Any, bool]:
        """Return a value given from outside, and whether there is one."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.data:
                return frame.data[name], True
            frame = frame.parent
        return None, False

    def _names(self, requires: Iterable[str]) -> dict[str, Any]:
        """The values that an element sees; those of imported files under their prefixes."""
        names: dict[str, Any] = {}
        for prefixes, _, element in self.decisions.required(requires):
            frame, place = self, names
            for prefix in prefixes:
                frame = frame.imported(prefix)
                place = place.setdefault(prefix, {}) if prefix else place
            place[element.variable.name] = (
                frame.function(element) if isinstance(element, Knowledge | Service) else frame.value(element)
            )
        return names

    def columns(self, decision: Decision, names: Mapping[str, Any]) -> dict[str, Any]:
        """The results of required tables by the names of their columns, as dmn-js files read them."""
        found: dict[str, Any] = {}
        for prefixes, _, one in self.decisions.required(decision.requires):
            if not prefixes and isinstance(one, Decision):
                value = names.get(one.variable.name)
                for name in column_names(one):
                    is_context = isinstance(value, dict) and name in value
                    found[name] = value[name] if is_context else value
        return found

    @cached_property
    def undeclared(self) -> dict[str, Any]:
        """What is given under names that the file does not declare: dmn-js files need not declare inputs."""
        declared = {one.variable.name for one in self.decisions.model.elements.values()}
        read = guessed if self.from_json else (lambda value: value)
        return {name: read(value) for name, value in self.data.items() if name not in declared}

    def imported(self, prefix: str) -> Frame:
        if prefix not in self.inner:
            data = self.data.get(prefix)
            self.inner[prefix] = Frame(
                self.decisions.imported[prefix],
                data if isinstance(data, dict) else {},
                self.run,
                parent=self,
                given=self.given,
            )
        return self.inner[prefix]

    # --- functions ---

    def function(self, element: Knowledge | Service) -> Function:
        return self._service(element) if isinstance(element, Service) else self._knowledge(element)

    def _knowledge(self, element: Knowledge) -> Function:
        names = self._names(element.requires)
        made = self.decisions.node(element)(Scope(self.run, names))
        if not isinstance(made, Function):
            return Function(lambda scope, given, named: None, (), element.name)
        names[element.variable.name] = made  # it may call itself
        wanted = result_type(self.decisions.types.of(element.variable.type_ref))
        if wanted is ANY:
            return made

        def call(scope: Scope, given: list[Any], named: dict[str, Any]) -> Any:
            value = made.call(scope, given, named)
            return coerced(scope, wanted, value, element.name, element.variable)

        return Function(call, made.parameters, element.name)

    def _parameters(self, element: Knowledge | Service) -> list[Variable]:
        if isinstance(element, Knowledge):
            logic = element.function
            return list(logic.parameters) if isinstance(logic, FunctionDefinition) else []
        return [found.variable for _, _, found in self._inputs(element)]

    def _inputs(self, service: Service) -> list[Found]:
        return self.decisions.required((*service.input_data, *service.input_decisions))

    def _service(self, service: Service) -> Function:
        inputs = self._inputs(service)
        types = [found.types.of(one.variable.type_ref) for _, found, one in inputs]
        names = [one.variable.name for _, _, one in inputs]
        result = self.decisions.types.of(service.variable.type_ref)
        return make_function(names, types, partial(self._serve, service, inputs), result, service.name)

    def _serve(self, service: Service, inputs: list[Found], values: Mapping[str, Any]) -> Any:
        self.run.enter()
        given = {
            (found.model.namespace, one.id): value
            for (_, found, one), value in zip(inputs, values.values(), strict=True)
        }
        frame = Frame(self.decisions, {}, self.run, given=given)
        outputs: dict[str, Any] = {}
        for prefixes, _, one in self.decisions.required(service.outputs):
            at = frame
            for prefix in prefixes:
                at = at.imported(prefix)
            outputs[one.variable.name] = at.value(one)  # type: ignore[arg-type]
        self.run.leave()
        return next(iter(outputs.values())) if len(outputs) == 1 else outputs

    def _note(self, vi: str, en: str) -> None:
        self.run.notes.append(Text(vi, en))
