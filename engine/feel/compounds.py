"""The parts of FEEL that begin with a word or a brace: contexts, if, for, some, every, functions, types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.domain.texts import Text
from engine.feel import loops, nodes, types
from engine.feel.builtins import BUILTINS
from engine.feel.cursor import Cursor, is_plain
from engine.feel.errors import FeelTooLarge
from engine.feel.lexer import LONGEST_SOURCE, NAME
from engine.feel.loops import Source
from engine.feel.nodes import Node

DEEPEST = 50
TypeTest = Callable[[Any], bool]

_ODD_NAMES = tuple(one for one in (*BUILTINS, *types.NAMES) if not is_plain(one))


class Compounds(Cursor):
    """What stands around expressions; `Parser` reads the expressions themselves.

    Attributes:
        free: Names bound nowhere in the expression and not built in.
        maybe: Names inside filters: entries of the items, or names from outside.
        bound: Names bound around the present place, outermost first; None marks a filter.
        called: Names from outside that are called, though data holds no functions.
        used: Names read since somebody last emptied it.
        allows_external: Whether `function(…) external {…}` may be written, as decision files may.
    """

    def __init__(
        self,
        source: str,
        names: Iterable[str] = (),
        types: Mapping[str, TypeTest] | None = None,
        longest: int = LONGEST_SOURCE,
    ) -> None:
        self.types = types or {}
        self.allows_external = False
        super().__init__(source, (*_ODD_NAMES, *self.types, *names), longest)
        self.depth = 0
        self.free: set[str] = set()
        self.maybe: set[str] = set()
        self.bound: list[set[str] | None] = []
        self.used: set[str] = set()
        self.called: set[str] = set()
        self.outside = ""  # the name from outside, or path from one, that was read last
        self.open_ranges = 0

    def expression(self) -> Node:
        raise NotImplementedError

    def context(self) -> Node:
        self.expect("{")
        entries: list[tuple[str, Node]] = []
        keys: set[str] = set()
        self.bound.append(keys)
        while not self.is_sign("}"):
            if entries:
                self.expect(",")
            token = self.token
            key = self.key()
            if key in keys:
                self.refuse(Text("tên chưa dùng trong { }", "a key not used before"), token)
            self.expect(":")
            if self.is_word("function"):  # a function may call itself
                keys.add(key)
            entries.append((key, self.expression()))
            keys.add(key)
            self.declare(key)
        self.at += 1
        self.bound.pop()
        return nodes.make_context(entries)

    def condition(self) -> Node:
        self.expect_word("if")
        test = self.expression()
        self.expect_word("then")
        then = self.expression()
        self.expect_word("else")
        return nodes.choose(test, then, self.expression())

    def loop(self) -> Node:
        self.expect_word("for")
        sources = self.sources()
        self.expect_word("return")
        self.bound[-1].add("partial")  # type: ignore[union-attr]
        before = self.used
        self.used = set()
        body = self.expression()
        needs_partial = "partial" in self.used
        self.used |= before
        self.bound.pop()
        return loops.for_each(sources, body, needs_partial=needs_partial)

    def quantified(self) -> Node:
        build = loops.some if self.take().text == "some" else loops.every
        sources = self.sources()
        self.expect_word("satisfies")
        body = self.expression()
        self.bound.pop()
        return build(sources, body)

    def sources(self) -> list[Source]:
        """Read `x in list, y in 1..3`; leaves the names bound."""
        names: set[str] = set()
        self.bound.append(names)
        sources: list[Source] = []
        while not sources or self.take_sign(","):
            name = self.new_name("in")
            self.expect_word("in")
            start = self.expression()
            end = self.expression() if self.take_sign("..") else None
            names.add(name)
            self.declare(name)
            sources.append((name, start, end))
        return sources

    def definition(self) -> Node:
        self.expect_word("function")
        self.expect("(")
        parameters: list[tuple[str, Callable[[Any], bool] | None]] = []
        while not self.take_sign(")"):
            if parameters:
                self.expect(",")
            name = self.new_name(",", ":", ")")
            self.declare(name)
            parameters.append((name, self.type_test() if self.take_sign(":") else None))
        if self.allows_external and self.take_word("external"):
            return nodes.define_external([one for one, _ in parameters], self.expression())
        if self.is_word("external"):
            self.refuse(Text("hàm viết bằng FEEL; hàm ngoài không được phép", "a function written in FEEL"))
        self.bound.append({name for name, _ in parameters})
        before, self.used = self.used, set()
        body = self.expression()
        is_constant = not self.used
        self.used |= before
        self.bound.pop()
        return nodes.define(parameters, body, is_constant=is_constant)

    def arguments(self) -> tuple[list[Node], list[tuple[str, Node]]]:
        """Read `(a, b)` or `(name: a, other name: b)`."""
        self.expect("(")
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self.take_sign(")"):
            if positional or named:
                self.expect(",")
            start = self.at
            if self.token.kind == NAME and not positional:
                name = self.argument_name()
                if name and self.take_sign(":"):
                    named.append((name, self.expression()))
                    continue
                self.at = start
            if named:
                self.refuse(Text("tên tham số, rồi dấu hai chấm", "the name of a parameter, then a colon"))
            positional.append(self.expression())
        return positional, named

    def type_test(self) -> Callable[[Any], bool]:
        """Read a type: `number`, `list<string>`, `context<a: number>`, `range<date>`."""
        self.deeper()
        token = self.token
        name = self.take().text if self.is_word("function") else self.type_name()
        inner: dict[str, Callable[[Any], bool]] = {}
        if self.take_sign("<"):
            while not self.take_sign(">"):
                if inner:
                    self.expect(",")
                key = self.name() if name == "context" else str(len(inner))
                if name == "context":
                    self.expect(":")
                inner[key] = self.type_test()
            if self.take_sign("->"):
                inner[types.RESULT] = self.type_test()
        self.depth -= 1
        test = self.types.get(name) or types.test_of(name, inner)
        if test is not None and name not in self.types:
            parts = tuple((key, types.shape_of(one)) for key, one in inner.items())
            test.shape = types.Shape(types.OTHER_NAMES.get(name, name), parts)  # type: ignore[attr-defined]
        if test is None:
            self.refuse(Text("kiểu dữ liệu của FEEL, ví dụ number", "a FEEL type such as number"), token)
        return test

    def type_name(self) -> str:
        name = self.name()
        while self.take_sign("."):
            name += "." + self.name()
        return name

    def deeper(self) -> None:
        """Count one level in.

        Raises:
            FeelTooLarge: If there are too many.
        """
        self.depth += 1
        if self.depth > DEEPEST:
            limit = Text(f"tối đa {DEEPEST} lớp lồng nhau", f"at most {DEEPEST} levels")
            raise FeelTooLarge(limit, Text("nhiều hơn", "more"), position=self.token.at + 1, text=self.source)
