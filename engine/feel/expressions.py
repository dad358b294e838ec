"""Compiled expressions, and the cache of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.domain.texts import Text
from engine.feel.cursor import is_plain
from engine.feel.errors import FeelTooLarge
from engine.feel.nodes import Node
from engine.feel.parser import Parser
from engine.feel.scope import Run, Scope

LONGEST_PART = 10_000  # characters in one expression of a decision file


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression; call it with the values of its names.

    Attributes:
        names: Names that must come from outside; one that is missing is null.
        item_names: Names inside filters: entries of the items, or names from outside.
        called: Names from outside that are called; data holds no functions, so that such a call gives null.
    """

    text: str
    names: frozenset[str]
    item_names: frozenset[str]
    node: Node
    called: frozenset[str] = frozenset()

    def __call__(self, context: Mapping[str, Any]) -> Any:
        """Evaluate.

        Raises:
            FeelTooLarge: If it takes more steps, or makes larger values, than an expression may.
        """
        try:
            return self.node(Scope(Run(context, self.text)))
        except RecursionError:
            deep = Text("ít lớp lồng nhau hơn", "fewer levels")
            raise FeelTooLarge(deep, Text("quá sâu", "too many"), position=1, text=self.text) from None


def compile_feel(text: str, names: Iterable[str] = ()) -> Expression:
    """Compile an expression; the last 2,000 are kept.

    Args:
        names: Names that hold signs or keywords, such as "rate-1"; plain ones need not be told.

    Raises:
        FeelError: If the text is not FEEL; it tells the position.
    """
    return _compiled(text, frozenset(names), False)


def compile_tests(text: str, names: Iterable[str] = ()) -> Expression:
    """Compile the tests in a cell of a decision table; the tested value is given as `?`.

    Raises:
        FeelError: If the text is not FEEL; it tells the position.
    """
    return _compiled(text, frozenset(names), True)


def evaluate(text: str, context: Mapping[str, Any]) -> Any:
    """Compile (or take from the cache) and evaluate.

    Raises:
        FeelError: If the text is not FEEL.
        FeelTooLarge: If it is too long, too deep or too much work.
    """
    return _compiled(text, _odd_names(tuple(context)), False)(context)


def compile_part(
    text: str,
    names: Iterable[str],
    types: Mapping[str, Callable[[Any], bool]],
    *,
    is_tests: bool = False,
    odd: Iterable[str] = (),
) -> Expression:
    """Compile a part of something larger, such as a decision, with the names and types seen there.

    Args:
        odd: Names of entries that may hold signs or keywords; they are not bound as names.

    Raises:
        FeelError: If the text is not FEEL.
    """
    bound = set(names)
    parser = Parser(text, sorted(bound.union(odd)), types, LONGEST_PART)
    parser.bound.append(bound)
    parser.allows_external = True
    node = parser.unary_tests() if is_tests else parser.whole()
    return Expression(text, frozenset(parser.free), frozenset(parser.maybe), node, frozenset(parser.called))


@lru_cache(maxsize=2_000)
def _odd_names(names: tuple[Any, ...]) -> frozenset[str]:
    """Return the names that are found only if they are declared; data of one kind has the same names."""
    return frozenset(name for name in names if isinstance(name, str) and not is_plain(name))


@lru_cache(maxsize=2_000)
def _compiled(text: str, names: frozenset[str], is_tests: bool) -> Expression:
    parser = Parser(text, sorted(names))
    node = parser.unary_tests() if is_tests else parser.whole()
    return Expression(text, frozenset(parser.free), frozenset(parser.maybe), node, frozenset(parser.called))
