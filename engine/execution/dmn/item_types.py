"""Item definitions: what a value must be, and how one that is not quite becomes it.

Source: DMN 1.5, 7.3.3 (item definition), 10.3.2.9.3 (conformance), 10.3.2.9.4 (implicit conversions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.execution.dmn.model import ItemDefinition
from engine.execution.dmn.names import tidy
from engine.feel import FeelError, temporal
from engine.feel.arithmetic import midnight
from engine.feel.types import NAMES, OTHER_NAMES
from engine.feel.values import Function, kind


class ItemType:
    """Any value; the base of the types below. Null belongs to every type."""

    def accepts(self, value: Any) -> bool:
        return True

    def read(self, value: Any) -> Any:
        """Return a value from outside (JSON has no days, times or durations) as the type has it."""
        return value

    def coerce(self, value: Any) -> tuple[Any, bool]:
        """Return the value as the type wants it, or (None, False)."""
        if value is None or self.accepts(value):
            return value, True
        if isinstance(value, list) and len(value) == 1 and not self.is_collection:
            return self.coerce(value[0])
        return None, False

    @property
    def is_collection(self) -> bool:
        return False


class Simple(ItemType):
    """A type of FEEL itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def accepts(self, value: Any) -> bool:
        return value is None or kind(value) == self.name

    def read(self, value: Any) -> Any:
        reader = _READERS.get(self.name)
        return reader(value) if reader and isinstance(value, str) else value

    def coerce(self, value: Any) -> tuple[Any, bool]:
        if self.name == "date and time" and kind(value) == "date":
            return midnight(value), True
        if self.name == "list" and value is not None and not isinstance(value, list):
            return [value], True
        return super().coerce(value)

    @property
    def is_collection(self) -> bool:
        return self.name == "list"


def _read_day_or_moment(text: str) -> Any:
    return temporal.read_date(text) or temporal.read_moment(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "date": _read_day_or_moment,
    "time": temporal.read_time,
    "date and time": temporal.read_moment,
    "days and time duration": temporal.read_duration,
    "years and months duration": temporal.read_duration,
}


class Structure(ItemType):
    """A context with at least the given entries."""

    def __init__(self, components: Mapping[str, ItemType]) -> None:
        self.components = components

    def accepts(self, value: Any) -> bool:
        return value is None or (
            isinstance(value, dict)
            and all(name in value and one.accepts(value[name]) for name, one in self.components.items())
        )

    def read(self, value: Any) -> Any:
        """What is not given is null."""
        if not isinstance(value, dict):
            return value
        return {**value, **{name: one.read(value.get(name)) for name, one in self.components.items()}}


class Collection(ItemType):
    def __init__(self, item: ItemType) -> None:
        self.item = item

    def accepts(self, value: Any) -> bool:
        return value is None or (isinstance(value, list) and all(self.item.accepts(one) for one in value))

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            return self.item.read(value)
        return [self.item.read(one) for one in value]

    def coerce(self, value: Any) -> tuple[Any, bool]:
        if value is None or self.accepts(value):
            return value, True
        if not isinstance(value, list):
            found, fits = self.item.coerce(value)
            return ([found], True) if fits else (None, False)
        return None, False

    @property
    def is_collection(self) -> bool:
        return True


class Constrained(ItemType):
    """Values of another type that pass tests; of a list, each item may pass them instead."""

    def __init__(self, base: ItemType, test: Callable[[Any], bool]) -> None:
        self.base = base
        self.test = test

    def accepts(self, value: Any) -> bool:
        return value is None or (self.base.accepts(value) and self._passes(value))

    def _passes(self, value: Any) -> bool:
        return self.test(value) or (isinstance(value, list) and all(self.test(one) for one in value))

    def read(self, value: Any) -> Any:
        return self.base.read(value)

    def coerce(self, value: Any) -> tuple[Any, bool]:
        found, fits = self.base.coerce(value)
        if fits and found is not None and not self._passes(found):
            return None, False
        return found, fits

    @property
    def is_collection(self) -> bool:
        return self.base.is_collection


class FunctionType(ItemType):
    def __init__(self, parameters: int, result: ItemType) -> None:
        self.parameters = parameters
        self.result = result

    def accepts(self, value: Any) -> bool:
        return value is None or (isinstance(value, Function) and len(value.parameters) == self.parameters)


class Later(ItemType):
    """A type that is looked up when it is first asked, for types that hold themselves."""

    def __init__(self, find: Callable[[], ItemType]) -> None:
        self._find = find
        self._found: ItemType | None = None

    @property
    def found(self) -> ItemType:
        if self._found is None:
            self._found = self._find()
        return self._found

    def accepts(self, value: Any) -> bool:
        return value is None or self.found.accepts(value)

    def read(self, value: Any) -> Any:
        return value if value is None else self.found.read(value)

    def coerce(self, value: Any) -> tuple[Any, bool]:
        return (None, True) if value is None else self.found.coerce(value)

    @property
    def is_collection(self) -> bool:
        return self.found.is_collection


def result_type(wanted: ItemType) -> ItemType:
    """The type of what a function gives, from the type said of the function or, as often, of its result."""
    while isinstance(wanted, Later):
        wanted = wanted.found
    if isinstance(wanted, FunctionType):
        return wanted.result
    return ANY if isinstance(wanted, Simple) and wanted.name == "function" else wanted


def guessed(value: Any) -> Any:
    """Return a value from JSON for which no type is declared: whole days, times, durations as such."""
    match value:
        case str():
            found = temporal.read_any(value)
            return value if found is None else found
        case list():
            return [guessed(one) for one in value]
        case dict():
            return {key: guessed(one) for key, one in value.items()}
    return value


ANY = ItemType()
TestsReader = Callable[[str], Callable[[Any], bool]]


class Types:
    """The types of one file, and of those it imports by their prefixes."""

    def __init__(
        self,
        definitions: Mapping[str, ItemDefinition],
        imported: Mapping[str, Types],
        read_tests: TestsReader,
    ) -> None:
        self.definitions = definitions
        self.imported = imported
        self.read_tests = read_tests
        self.known: dict[str, ItemType] = {}

    def find(self, ref: str) -> ItemType | None:
        """Return the type that a reference means; None if there is none such."""
        name = tidy(ref)
        if name in self.known:
            return self.known[name]
        found = self._find(name)
        if found is not None:
            self.known[name] = found
        return found

    def of(self, ref: str) -> ItemType:
        """Like `find`; what is not said or not known is any."""
        return (self.find(ref) if ref else None) or ANY

    def component_names(self) -> set[str]:
        """Names of entries, for expressions that read them."""
        names: set[str] = set()
        todo = list(self.definitions.values())
        while todo:
            one = todo.pop()
            names.update(part.name for part in one.components)
            todo += one.components
        for other in self.imported.values():
            names |= other.component_names()
        return names

    def tests(self) -> dict[str, Callable[[Any], bool]]:
        """Membership by name, for `instance of`; null is no member."""
        members = {name: self._member(name) for name in self.definitions}
        for prefix, other in self.imported.items():
            members |= {f"{prefix}.{name}".lstrip("."): test for name, test in other.tests().items()}
        return members

    def _member(self, name: str) -> Callable[[Any], bool]:
        return lambda value: value is not None and self.of(name).accepts(value)

    def _find(self, name: str) -> ItemType | None:
        if name in self.definitions:
            return self._build(self.definitions[name])
        for prefix, other in self.imported.items():
            inner = name.removeprefix(f"{prefix}.") if prefix else name
            if inner != name or not prefix:
                found = other.find(inner)
                if found is not None:
                    return found
        if name == "Any":
            return ANY
        plain = OTHER_NAMES.get(name, name)
        if plain in NAMES:
            return Simple(plain)
        _, mark, local = name.partition(":")  # feel:number of DMN 1.1
        return self._find(local) if mark else None

    def _build(self, definition: ItemDefinition) -> ItemType:
        built = self._base(definition)
        if definition.allowed:
            built = Constrained(built, self.read_tests(definition.allowed))
        if definition.is_collection:
            built = Collection(built)
        if definition.constraint:
            built = Constrained(built, self.read_tests(definition.constraint))
        return built

    def _base(self, definition: ItemDefinition) -> ItemType:
        if definition.function is not None:
            parameters, result = definition.function
            return FunctionType(len(parameters), Later(lambda: self.of(result)))
        if definition.components:
            return Structure({part.name: self._part(part) for part in definition.components})
        if definition.type_ref:
            return Later(lambda: self.of(definition.type_ref))
        return ANY

    def _part(self, definition: ItemDefinition) -> ItemType:
        return Later(lambda: self._build(definition))


def tests_of(compiled: Callable[[Mapping[str, Any]], Any]) -> Callable[[Any], bool]:
    """Turn compiled unary tests into a test of a value."""

    def test(value: Any) -> bool:
        try:
            return compiled({"?": value}) is True
        except FeelError:
            return False

    return test
