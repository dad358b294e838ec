"""Values of a file's elements in one evaluation: inputs, decisions, functions, those of imported files.

Source: DMN 1.5, 10.4 (execution semantics of decision services).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from engine.domain.texts import Text
from engine.execution.dmn.boxed import coerced, make_function
from engine.execution.dmn.item_types import ANY, ItemType, guessed, result_type
from engine.execution.dmn.model import (
    Decision,
    Element,
    FunctionDefinition,
    InputData,
    Knowledge,
    Service,
    Table,
    Variable,
)
from engine.feel.scope import Run, Scope
from engine.feel.values import Function

if TYPE_CHECKING:
    from engine.execution.dmn.evaluation import Decisions

Found = tuple[tuple[str, ...], "Decisions", Element]


def column_names(decision: Decision) -> list[str]:
    table = decision.expression
    return [one.name for one in table.outputs if one.name] if isinstance(table, Table) else []


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
        self.functions: dict[str, Function] = {}
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
        """The function of a knowledge model; made once, so that models may need each other."""
        if element.id in self.functions:
            return self.functions[element.id]
        names: dict[str, Any] = {}
        made = self.decisions.node(element)(Scope(self.run, names))
        if not isinstance(made, Function):
            return Function(lambda scope, given, named: None, (), element.name)
        self.functions[element.id] = function = self._typed(element, made)
        names.update(self._names(element.requires))
        names[element.variable.name] = made  # it may call itself
        return function

    def _typed(self, element: Knowledge, made: Function) -> Function:
        """The function, with its result converted to what the variable says."""
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
