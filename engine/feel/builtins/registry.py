"""How a built-in function says what it takes, and how a call finds the one that fits.

    @builtin("substring", "string: string", "start position: number", "length: number?")

names the parameters (for named arguments), their kinds (`a|b` for several, `any` for all, null included),
`?` for optional and `...` for a list that may also be written as separate arguments. Several functions may
share a name; the first whose parameters fit is called. If none fits, the call gives null.

Source: DMN 1.5, 10.3.4; conversions of single values and lists of one: 10.3.2.9.4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.feel.scope import Scope
from engine.feel.values import Function, kind

BUILTINS: dict[str, Function] = {}
"""All built-in functions by name, filled when the modules of this package are imported."""

_OVERLOADS: dict[str, list[_Overload]] = {}
_NO = object()


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    kinds: frozenset[str]
    is_optional: bool
    is_rest: bool

    @property
    def shown(self) -> str:
        return self.name + "?" * self.is_optional + "…" * self.is_rest

    def accept(self, value: Any) -> Any:
        """Return the value, converted if FEEL says so; _NO if it does not fit."""
        if "any" in self.kinds or kind(value) in self.kinds:
            return value
        if isinstance(value, list) and len(value) == 1 and kind(value[0]) in self.kinds:
            return value[0]
        if "list" in self.kinds and value is not None:
            return [value]
        return _NO


@dataclass(frozen=True, slots=True)
class _Overload:
    parameters: tuple[_Parameter, ...]
    function: Callable[..., Any]
    needs_scope: bool

    def bind(self, given: Sequence[Any], named: dict[str, Any]) -> list[Any] | None:
        """Return the arguments in order, or None if they do not fit."""
        if named:
            return self._bind_named(named)
        if self.parameters and self.parameters[-1].is_rest:
            given = _gathered(given, len(self.parameters), of_any="any" in self.parameters[-1].kinds)
        needed = sum(not one.is_optional for one in self.parameters)
        if not needed <= len(given) <= len(self.parameters):
            return None
        return _accepted(list(zip(self.parameters, given, strict=False)))

    def _bind_named(self, named: dict[str, Any]) -> list[Any] | None:
        known = [one.name for one in self.parameters]
        if any(name not in known for name in named):
            return None
        pairs = []
        for parameter in self.parameters:
            if parameter.name in named:
                value = named[parameter.name]
                if parameter.is_rest and value is not None and not isinstance(value, list):
                    value = [value]
                pairs.append((parameter, value))
            else:  # not supplied: bound to null, where that is of its kind (table 63)
                if not parameter.is_optional and parameter.kinds.isdisjoint(("any", "null")):
                    return None
                pairs.append((parameter, None))
        while pairs and pairs[-1][0].is_optional and pairs[-1][0].name not in named:
            pairs.pop()
        return _accepted(pairs)


def builtin(name: str, *parameters: str, scope: bool = False) -> Callable[[Callable], Callable]:
    """Register a built-in function; with `scope`, it gets the scope of the call first."""
    read = tuple(_read_parameter(one) for one in parameters)

    def register(function: Callable) -> Callable:
        overloads = _OVERLOADS.setdefault(name, [])
        overloads.append(_Overload(read, function, scope))
        if name not in BUILTINS:
            BUILTINS[name] = Function(_caller(overloads), tuple(one.name for one in read), name)
        return function

    return register


def signatures(name: str) -> list[str]:
    """Return the ways to call a function: `string, start position, length?`; each once."""
    written = [", ".join(one.shown for one in way.parameters) for way in _OVERLOADS[name]]
    return list(dict.fromkeys(written))


def _caller(overloads: list[_Overload]) -> Callable[[Scope, list[Any], dict[str, Any]], Any]:
    def call(scope: Scope, given: list[Any], named: dict[str, Any]) -> Any:
        for overload in _as_written(overloads, named) if named else overloads:
            arguments = overload.bind(given, named)
            if arguments is not None:
                if overload.needs_scope:
                    return overload.function(scope, *arguments)
                return overload.function(*arguments)
        return None

    return call


def _as_written(overloads: list[_Overload], named: dict[str, Any]) -> list[_Overload]:
    """First those whose parameters stand in the order of the names: before(point, range) is not before(range,
    point), though both are named alike."""
    order = list(named)
    return sorted(overloads, key=lambda one: [part.name for part in one.parameters][: len(order)] != order)


def _read_parameter(text: str) -> _Parameter:
    name, _, kinds = text.partition(": ")
    is_rest = kinds.endswith("...")
    is_optional = kinds.endswith("?")
    return _Parameter(name, frozenset(kinds.rstrip("?.").split("|")), is_optional, is_rest)


def _gathered(given: Sequence[Any], size: int, *, of_any: bool) -> Sequence[Any]:
    """Put arguments written one by one into the last parameter, a list; one that is a list is it already.

    Where each argument may be anything, a list is an argument like others.
    """
    head, rest = given[: size - 1], given[size - 1 :]
    if not of_any and len(rest) == 1 and (isinstance(rest[0], list) or rest[0] is None):
        return given
    return [*head, list(rest)] if rest else given


def _accepted(pairs: list[tuple[_Parameter, Any]]) -> list[Any] | None:
    out = [parameter.accept(value) for parameter, value in pairs]
    return None if any(one is _NO for one in out) else out
