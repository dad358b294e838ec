"""The functions of `java.lang` that decision files may name as external functions.

Nothing is loaded or looked up outside this table: a class or method that is not in it is no function. The
numbers are what Java's double, float, long… would hold.

Source: DMN 1.5, 10.3.2.13.3 (external functions) and table 51 (types of Java).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel.values import NUMBERS

_SIGNATURE = re.compile(r"\s*([A-Za-z]+)\s*\(([^()]*)\)\s*")
_WHOLE = {"byte": 8, "short": 16, "int": 32, "long": 64}
_BOXED = {"Byte": "byte", "Short": "short", "Integer": "int", "Long": "long", "Float": "float"}
_BOXED |= {"Double": "double", "Character": "char", "Boolean": "boolean"}
_MATH: dict[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in ("cos", "sin", "tan", "acos", "asin", "atan", "sqrt", "exp")},
    **{name: getattr(math, name) for name in ("sinh", "cosh", "tanh", "log10", "atan2", "hypot", "cbrt")},
    "log": math.log,
    "pow": math.pow,
    "abs": abs,
    "max": max,
    "min": min,
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "rint": lambda x: float(round(x)),
    "round": lambda x: math.floor(x + 0.5),
    "signum": lambda x: math.copysign(1.0, x) if x else x,
    "toRadians": math.radians,
    "toDegrees": math.degrees,
}
_FORMAT = re.compile(r"%(%|n|[-0+ ,]*(?:\d{1,3})?(?:\.\d{1,2})?[sdf])")

External = Callable[[Sequence[Any]], Any]


class _Misfit(Exception):
    """An argument is not what the signature says."""


def find_external(class_name: Any, signature: Any) -> External | None:
    """Return the function of a class and a signature such as `cos(double)`; None if it is not known."""
    found = _SIGNATURE.fullmatch(signature) if isinstance(signature, str) else None
    if found is None or not isinstance(class_name, str) or not class_name.startswith("java.lang."):
        return None
    name, types = found[1], [one.strip() for one in found[2].split(",") if one.strip()]
    function = _method(class_name.removeprefix("java.lang."), name, types)
    if function is None:
        return None

    def call(given: Sequence[Any]) -> Any:
        try:
            return _to_feel(function(*_arguments(types, given)))
        except (_Misfit, ValueError, ArithmeticError, TypeError, InvalidOperation):
            return None

    return call


def _method(owner: str, name: str, types: list[str]) -> Callable[..., Any] | None:
    if owner == "Math":
        return _MATH.get(name)
    if owner in _BOXED and name == "valueOf" and types in ([_BOXED[owner]], ["java.lang.String"]):
        return lambda value: _as_number(_BOXED[owner], value)
    if owner in _BOXED and name.startswith("parse") and types == ["java.lang.String"]:
        return lambda value: _as_number(_BOXED[owner], value)
    if owner == "String" and name == "valueOf" and len(types) == 1:
        return lambda value: _as_text(value, types[0])
    if owner == "String" and name == "format":
        return lambda pattern, *rest: _formatted(pattern, rest)
    return None


def _arguments(types: list[str], given: Sequence[Any]) -> list[Any]:
    if types and types[-1] in ("[Ljava.lang.Object;", "java.lang.Object...", "java.lang.Object[]"):
        head = len(types) - 1
        rest = list(given[head:])
        if len(rest) == 1 and isinstance(rest[0], list):
            rest = rest[0]
        return [*(_argument(one, value) for one, value in zip(types, given[:head], strict=False)), *rest]
    if len(types) != len(given):
        raise _Misfit
    return [_argument(one, value) for one, value in zip(types, given, strict=True)]


def _argument(wanted: str, value: Any) -> Any:
    plain = _BOXED.get(wanted.removeprefix("java.lang."), wanted)
    if plain in _WHOLE or plain in ("double", "float"):
        if not isinstance(value, Decimal):
            raise _Misfit
        return _narrowed(plain, value)
    if plain == "boolean" and isinstance(value, bool):
        return value
    if plain == "char" and isinstance(value, str) and len(value) == 1:
        return value
    if plain in ("java.lang.String", "String") and isinstance(value, str):
        return value
    if plain == "java.lang.Object":
        return value
    raise _Misfit


def _narrowed(wanted: str, value: Any) -> Any:
    """The value as Java's type holds it."""
    if wanted in _WHOLE:
        bits = _WHOLE[wanted]
        whole = int(Decimal(value))
        return (whole + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)
    if wanted == "float":
        return struct.unpack("f", struct.pack("f", float(value)))[0]
    if wanted == "double":
        return float(value)
    if wanted == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    return value


def _as_number(wanted: str, value: Any) -> Any:
    found = _narrowed(wanted, value)
    return Decimal(_shortest_float(found)) if wanted == "float" else found


def _as_text(value: Any, wanted: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and wanted == "float":
        return _shortest_float(value)
    return str(value)


def _shortest_float(value: float) -> str:
    """The fewest digits that give the same 32 bits."""
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if _narrowed("float", text) == value:
            return repr(float(text))
    return repr(value)


def _formatted(pattern: str, values: Sequence[Any]) -> str:
    rest = iter(values)

    def put(found: re.Match[str]) -> str:
        code = found[1]
        if code in ("%", "n"):
            return "%" if code == "%" else "\n"
        value = next(rest, None)
        if code[-1] == "s":
            text = "null" if value is None else _as_text(value, "")
            return f"%{code.replace(',', '')}" % text
        if not isinstance(value, Decimal):
            raise _Misfit
        places = int(code[:-1].partition(".")[2] or 6)
        spec = f"{',' if ',' in code else ''}{f'.{places}f' if code[-1] == 'f' else 'd'}"
        text = format(value if code[-1] == "f" else int(value), spec)
        return text.rjust(int(re.search(r"\d*", code.lstrip("-0+ ,"))[0] or 0))  # type: ignore[index]

    if len(pattern) > 1_000:
        raise _Misfit
    return _FORMAT.sub(put, pattern)


def _to_feel(value: Any) -> Any:
    match value:
        case bool() | str() | None | Decimal():
            return value
        case int():
            return Decimal(value)
        case float():
            return NUMBERS.create_decimal(repr(value)) if math.isfinite(value) else None
    return None
