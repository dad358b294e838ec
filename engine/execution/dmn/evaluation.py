"""A file of decisions with those it imports: found by name, compiled on first use, evaluated.

Source: DMN 1.5, 7.3.2 (references).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.domain.calendar import ZONE
from engine.domain.texts import Text
from engine.execution.dmn.boxed import Compiler
from engine.execution.dmn.errors import BadDecisionFile, NoSuchDecision, WhichDecision
from engine.execution.dmn.frames import Found, Frame, column_names
from engine.execution.dmn.item_types import Types, tests_of
from engine.execution.dmn.model import (
    Decision,
    DecisionModel,
    Element,
    InputData,
    Knowledge,
    Service,
)
from engine.execution.dmn.parse import parse_decisions
from engine.feel import FeelError
from engine.feel.expressions import compile_part
from engine.feel.nodes import Node
from engine.feel.scope import Run
from engine.feel.values import from_python

MOST_STEPS = 100_000
MOST_IMPORTS = 20

FindFile = Callable[[str], bytes | None]


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
    return _load(parse_decisions(xml), find or (lambda _: None), (), {})


def _load(
    model: DecisionModel, find: FindFile, above: tuple[str, ...], loaded: dict[str, Decisions]
) -> Decisions:
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
        if one.namespace not in loaded:
            way = (*above, model.namespace)
            loaded[one.namespace] = _load(parse_decisions(xml), find, way, loaded)
        imported[one.name] = loaded[one.namespace]
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


def _listed(elements: Iterable[Any]) -> str:
    return ", ".join(f"“{one.name}”" for one in elements)
