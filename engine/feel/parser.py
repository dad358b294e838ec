"""Tokens to closures, by precedence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from engine.domain.texts import Text
from engine.feel import nodes, temporal, unary
from engine.feel.builtins import BUILTINS
from engine.feel.compounds import DEEPEST, Compounds
from engine.feel.lexer import END, NAME, SIGN, Token
from engine.feel.nodes import Node
from engine.feel.unary import Test
from engine.feel.values import NUMBERS, NumberFault

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class Parser(Compounds):
    """Reads one expression or the tests of a cell."""

    # --- entry points ---

    def whole(self) -> Node:
        node = self.expression()
        self.end()
        return node

    def unary_tests(self) -> Node:
        """Read a cell of a decision table: `-`, tests with commas, `not(…)`; the value is `?`."""
        value = nodes.name("?")
        if self.is_sign("-") and self.tokens[self.at + 1].kind == END:
            self.at += 1
            node = nodes.constant(True)
        elif self.is_word("not") and self.tokens[self.at + 1].text == "(":
            self.at += 2
            node = unary.fits_none(value, self.tests(self.expression, in_cell=True))
            self.expect(")")
        else:
            node = unary.fits_any(value, self.tests(self.expression, in_cell=True))
        self.end()
        return node

    def end(self) -> None:
        if self.token.kind != END:
            self.refuse(Text("phép tính hoặc hết biểu thức", "an operator or the end"))

    # --- precedence ---

    def expression(self) -> Node:
        """Read an expression of the lowest rank: or."""
        self.deeper()
        parts = [self.conjunction()]
        while self.take_word("or"):
            parts.append(self.conjunction())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else nodes.any_true(parts)

    def conjunction(self) -> Node:
        parts = [self.comparison()]
        while self.take_word("and"):
            parts.append(self.comparison())
        return parts[0] if len(parts) == 1 else nodes.all_true(parts)

    def comparison(self) -> Node:
        left = self.operand()
        for _ in range(DEEPEST):
            if self.token.kind == SIGN and self.token.text in COMPARISONS:
                sign = self.take().text
                left = nodes.chain(left, [(sign, self.operand())])
            elif self.take_word("between"):
                low = self.sum()
                self.expect_word("and")
                left = nodes.between(left, low, self.sum())
            elif self.take_word("in"):
                left = unary.fits_any(left, self.in_tests())
            else:
                return left
        return self.refuse(Text("ít phép so sánh nối tiếp hơn", "fewer comparisons in a row"))

    def operand(self) -> Node:
        """What is compared: a sum, or the question whether it is of a type."""
        node = self.sum()
        while self.take_word("instance"):
            self.expect_word("of")
            node = nodes.instance_of(node, self.type_test())
        return node

    def sum(self) -> Node:
        return self.row(("+", "-"), self.product)

    def product(self) -> Node:
        return self.row(("*", "/"), self.power)

    def power(self) -> Node:
        return self.row(("**",), self.signed)

    def row(self, signs: Sequence[str], part: Callable[[], Node]) -> Node:
        first = part()
        rest: list[tuple[str, Node]] = []
        while self.token.kind == SIGN and self.token.text in signs:
            sign = self.take().text
            rest.append((sign, part()))
        return nodes.chain(first, rest) if rest else first

    def signed(self) -> Node:
        if not self.is_sign("-"):
            return self.postfix(self.primary())
        times = 0
        while self.take_sign("-"):
            times += 1
            if times > DEEPEST:
                self.refuse(Text("một số hoặc một tên", "a number or a name"))
        node = self.postfix(self.primary())
        for _ in range(times):
            node = nodes.negative(node)
        return node

    def postfix(self, node: Node) -> Node:
        outside, self.outside = self.outside, ""
        for _ in range(DEEPEST):
            if self.take_sign("."):
                key = self.name(keywords=True)
                node = nodes.path(node, key)
                outside = outside and f"{outside}.{key}"
            elif self.take_sign("..."):
                node, outside = nodes.descendants(node, self.name(keywords=True)), ""
            elif self.is_sign("[") and not self.closes_range():
                self.at += 1
                self.bound.append(None)
                node = nodes.choose_items(node, self.expression())
                self.bound.pop()
                self.expect("]")
            elif self.is_sign("("):
                if outside:
                    self.called.add(outside)
                outside = ""
                node = nodes.call(node, *self.arguments())
            else:
                return node
        return self.refuse(Text(f"tối đa {DEEPEST} bước nối tiếp", f"at most {DEEPEST} steps in a row"))

    # --- primaries ---

    def primary(self) -> Node:
        token, self.outside = self.token, ""
        match token.kind:
            case "number":
                self.at += 1
                return nodes.constant(self.number(token))
            case "string":
                self.at += 1
                return nodes.constant(token.text)
            case "moment":
                self.at += 1
                return nodes.constant(self.moment(token))
            case "sign":
                return self.sign_primary(token)
            case "name":
                return self.word_primary(token)
        return self.refuse(_VALUE)

    def number(self, token: Token) -> Decimal:
        try:
            return NUMBERS.create_decimal(token.text)
        except NumberFault:
            return self.refuse(Text("một số nhỏ hơn", "a smaller number"), token)

    def moment(self, token: Token) -> Any:
        value = temporal.read_any(token.text)
        if value is None:
            wanted = 'ngày, giờ hoặc khoảng thời gian, ví dụ @"2026-11-24"'
            self.refuse(Text(wanted, 'a day, a time or a duration such as @"2026-11-24"'), token)
        return value

    def sign_primary(self, token: Token) -> Node:
        match token.text:
            case "(":
                return self.parenthesis()
            case "[":
                return self.bracket()
            case "]":
                self.at += 1
                low = self.expression()
                self.expect("..")
                return self.range_end(low, has_start=False)
            case "{":
                return self.context()
            case "?":
                self.at += 1
                self.used.add("?")
                return self.variable("?")
        return self.refuse(_VALUE)

    def word_primary(self, token: Token) -> Node:
        match token.text:
            case "true" | "false":
                self.at += 1
                return nodes.constant(token.text == "true")
            case "null":
                self.at += 1
                return nodes.constant(None)
            case "if":
                return self.condition()
            case "for":
                return self.loop()
            case "some" | "every":
                return self.quantified()
            case "function":
                if self.tokens[self.at + 1].text != "<":
                    return self.definition()
        return self.named()

    def named(self) -> Node:
        name = self.name()
        if name == "is defined" and self.is_sign("("):
            return self.is_defined()
        return self.variable(name)

    def variable(self, name: str) -> Node:
        """A name used as a value or called; what is bound here goes before what is built in."""
        self.used.add(name)
        if any(names is not None and name in names for names in self.bound):
            return nodes.name(name)
        if name in BUILTINS:
            builtin = nodes.constant(BUILTINS[name])
            return builtin if self.is_sign("(") else nodes.either_name(name, builtin)
        (self.maybe if None in self.bound else self.free).add(name)
        self.outside = "" if None in self.bound else name
        return nodes.name(name)

    def is_defined(self) -> Node:
        """`is defined(name)` asks about the name, not about its value."""
        start = self.at
        self.expect("(")
        if self.token.is_word:
            name = self.name()
            if self.take_sign(")"):
                return nodes.is_defined(name)
        self.at = start
        positional, _ = self.arguments()
        return nodes.is_not_null(positional[0]) if positional else nodes.constant(False)

    def parenthesis(self) -> Node:
        """`(…)`: an expression, a range open at its start, or a range such as `(> 5)`."""
        self.expect("(")
        if self.token.kind == SIGN and self.token.text in COMPARISONS:
            return self.half_range()
        node = self.expression()
        if self.take_sign(".."):
            return self.range_end(node, has_start=False)
        self.expect(")")
        return node

    def half_range(self) -> Node:
        sign = self.take().text
        end = self.sum()
        self.expect(")")
        match sign:
            case "<" | "<=":
                return nodes.make_range(None, end, False, sign == "<=")
            case ">" | ">=":
                return nodes.make_range(end, None, sign == ">=", False)
            case "=":
                return nodes.make_range(end, end, True, True)
        return self.refuse(Text("< <= > >= hoặc =", "< <= > >= or ="))

    def bracket(self) -> Node:
        """`[…]`: a list or a range."""
        self.expect("[")
        if self.take_sign("]"):
            return nodes.make_list(())
        parts = [self.expression()]
        if self.take_sign(".."):
            return self.range_end(parts[0], has_start=True)
        while self.take_sign(","):
            parts.append(self.expression())
        self.expect("]")
        return nodes.make_list(parts)

    def range_end(self, low: Node, *, has_start: bool) -> Node:
        self.open_ranges += 1
        high = self.expression()
        self.open_ranges -= 1
        if self.take_sign("]"):
            return nodes.make_range(low, high, has_start, True)
        if self.take_sign(")") or self.take_sign("["):
            return nodes.make_range(low, high, has_start, False)
        return self.refuse(Text("“]” hoặc “)”", "']' or ')'"))

    def closes_range(self) -> bool:
        """Whether "[" ends a range such as ]1..3[ rather than opening a filter."""
        following = self.tokens[self.at + 1]
        ends = following.kind == END or (following.kind == SIGN and following.text in _AFTER_RANGE)
        return self.open_ranges > 0 and (ends or (following.kind == NAME and not following.is_word))

    # --- tests ---

    def in_tests(self) -> list[Test]:
        """Read what stands after `in`: one test, or several in parentheses."""
        if not self.is_sign("("):
            return [self.test(self.sum)]
        start, depth = self.at, self.depth
        self.at += 1
        found = self.tests(self.expression)
        if self.is_sign(".."):
            self.at, self.depth = start, depth
            return [self.test(self.sum)]
        self.expect(")")
        return found

    def tests(self, part: Callable[[], Node], *, in_cell: bool = False) -> list[Test]:
        found = [self.test(part, in_cell=in_cell)]
        while self.take_sign(","):
            found.append(self.test(part, in_cell=in_cell))
        return found

    def test(self, part: Callable[[], Node], *, in_cell: bool = False) -> Test:
        if self.token.kind == SIGN and self.token.text in COMPARISONS:
            sign = self.take().text
            return unary.by_operator(sign, self.sum())
        before = self.used
        self.used = set()
        self.bound.append({"?"})
        node = part()
        self.bound.pop()
        asks = "?" in self.used
        self.used |= before
        return unary.by_condition(node) if asks else unary.by_value(node, in_cell=in_cell)


_AFTER_RANGE = (")", "]", "}", ",", ".", "=", "!=")
_VALUE = Text("một giá trị, tên hoặc phép tính", "a value, a name or an expression")
