"""Conditions as people choose them: a field, an operator, a value, in groups of “all” and “any”.

`parse_condition` takes FEEL apart and `to_feel` writes it: what was chosen comes back as it was chosen, and
FEEL that cannot be chosen from lists (a sum, a function) stays one `Written` part, word for word. So the
designer may open every condition, and saving one that nobody touched changes nothing that it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from engine.feel.expressions import compile_feel
from engine.feel.lexer import NAME, NUMBER, SIGN, STRING, Token, tokenize
from engine.feel.printing import show_number

Mode = Literal["all", "any"]
EMPTY, GIVEN, BETWEEN, IN, NOT_IN, CONTAINS = "empty", "given", "between", "in", "not in", "contains"
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
OPERATORS = (*COMPARISONS, BETWEEN, IN, NOT_IN, CONTAINS, EMPTY, GIVEN)
TEMPORAL = ("date", "time", "date and time", "duration")
MOST_DIGITS = 30  # before or after the point; longer numbers stay written
DEEPEST = 20  # groups within groups; deeper ones stay written

_WORDS = {"all": " and ", "any": " or "}
_SWALLOWING = frozenset(("if", "for", "some", "every", "function"))  # what follows belongs to them
_ONE_NAME = (  # their “and” joins no conditions
    ("date", "and", "time"),
    ("years", "and", "months", "duration"),
    ("days", "and", "time", "duration"),
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Name:
    """Another field, as a value: `build_area <= parcel_area`."""

    path: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a time or a duration as FEEL writes it.

    Attributes:
        kind: One of `TEMPORAL`, or "@" for the short form.
        text: E.g. 2026-11-24 or P30D.
    """

    kind: str
    text: str


Value = str | Decimal | bool | Name | Moment


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field compared.

    Attributes:
        field: A name, or a path such as `dossier.rounds`.
        operator: One of `OPERATORS`.
        values: None for "empty" and "given", two for "between", one or more for "in" and "not in", else one.
    """

    field: str
    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all or any must hold; without parts, “all” always holds and “any” never."""

    mode: Mode
    parts: tuple[Condition, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """FEEL that is kept as it was written."""

    text: str


Condition = Comparison | Group | Written


def to_feel(condition: Condition) -> str:
    """Return the condition as FEEL.

    Raises:
        FeelError: If it is no FEEL, e.g. because a name holds signs or a written part is broken.
    """
    text = _write(condition)
    compile_feel(text)
    return text


def parse_condition(text: str) -> Condition:
    """Return FEEL as a condition; `to_feel` of it means the same.

    Raises:
        FeelError: If the text is not FEEL; it tells the position.
    """
    compile_feel(text)
    tokens = _fused(tokenize(text))
    return _Reader(text).any_of(tokens[:-1], tokens[-1])


def walk(condition: Condition) -> Iterator[Comparison | Written]:
    """Give the parts that are not groups, from left to right."""
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from walk(part)
    else:
        yield condition


# --- writing ------------------------------------------------------------------------------------


def _write(condition: Condition) -> str:
    match condition:
        case Comparison():
            return _write_comparison(condition)
        case Written(text):
            return text
        case Group(mode, (), negated):
            return "true" if (mode == "all") != negated else "false"
        case Group(mode, parts, negated):
            joined = _WORDS[mode].join(_write_part(part, alone=len(parts) == 1) for part in parts)
            return f"not({joined})" if negated else joined


def _write_part(part: Condition, *, alone: bool) -> str:
    """Write one part of a group, in brackets where it would come apart otherwise."""
    text = _write(part)
    is_loose = isinstance(part, Written) or (
        isinstance(part, Group) and bool(part.parts) and not part.negated
    )
    return f"({text})" if is_loose and not alone else text


def _write_comparison(one: Comparison) -> str:
    values = [_write_value(value) for value in one.values]
    match one.operator:
        case "empty":
            return f"{one.field} = null"
        case "given":
            return f"{one.field} != null"
        case "between":
            return f"{one.field} between {values[0]} and {values[1]}"
        case "in":
            return f"{one.field} in ({', '.join(values)})"
        case "not in":
            return f"not({one.field} in ({', '.join(values)}))"
        case "contains":
            return f"contains({one.field}, {values[0]})"
    return f"{one.field} {one.operator} {values[0]}"


def _write_value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return show_number(value)
        case Name(path):
            return path
        case Moment("@", text):
            return f"@{_quoted(text)}"
        case Moment(kind, text):
            return f"{kind}({_quoted(text)})"
    return _quoted(value)


def _quoted(text: str) -> str:
    escaped = re.sub(r'[\\"]', lambda found: "\\" + found[0], text)
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


# --- reading ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    """Takes the tokens of one text apart; what does not come apart stays as it stands in the text."""

    source: str
    depth: int = 0

    def any_of(self, tokens: Sequence[Token], after: Token) -> Condition:
        if self.depth >= DEEPEST or any(
            _is_name(one) and one.text in _SWALLOWING for one in _outside(tokens)
        ):
            return self.written(tokens, after)
        parts = tuple(self.all_of(*piece) for piece in _split(tokens, "or", after))
        return Group("any", parts) if len(parts) > 1 else parts[0]

    def all_of(self, tokens: Sequence[Token], after: Token) -> Condition:
        parts = tuple(self.one(*piece) for piece in _split(tokens, "and", after))
        return Group("all", parts) if len(parts) > 1 else parts[0]

    def one(self, tokens: Sequence[Token], after: Token) -> Condition:
        """Read what no `and` or `or` divides."""
        if _is_wrapped(tokens):
            return self.inner(tokens[1:-1], tokens[-1])
        if len(tokens) > 2 and tokens[0].text == "not" and tokens[0].kind == NAME and _is_wrapped(tokens[1:]):
            return _denied(self.inner(tokens[2:-1], tokens[-1]))
        return _comparison(tokens) or self.written(tokens, after)

    def inner(self, tokens: Sequence[Token], after: Token) -> Condition:
        self.depth += 1
        found = self.any_of(tokens, after)
        self.depth -= 1
        return found

    def written(self, tokens: Sequence[Token], after: Token) -> Written:
        return Written(self.source[tokens[0].at : after.at].strip())


def _denied(condition: Condition) -> Condition:
    match condition:
        case Comparison(operator="in"):
            return replace(condition, operator=NOT_IN)
        case Group(negated=False, parts=parts) if len(parts) != 1:
            return replace(condition, negated=True)
    return Group("all", (condition,), negated=True)


def _fused(tokens: Sequence[Token]) -> list[Token]:
    """Make one token of each of FEEL's own names that holds “and”."""
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        found = [one for one in _ONE_NAME if tuple(t.text for t in tokens[at : at + len(one)]) == one]
        if found and tokens[at].kind == NAME:
            out.append(replace(tokens[at], text=" ".join(found[0])))
            at += len(found[0])
        else:
            out.append(tokens[at])
            at += 1
    return out


def _split(tokens: Sequence[Token], word: str, after: Token) -> list[tuple[Sequence[Token], Token]]:
    """Cut at a word outside brackets; each piece with the token that follows it.

    The `and` of a `between` does not divide.
    """
    pieces: list[tuple[Sequence[Token], Token]] = []
    start = pending = 0
    for at, (token, depth) in enumerate(_with_depth(tokens)):
        if depth or token.kind == STRING:
            continue
        if token.text == "between":
            pending += 1
        elif token.text == "and" and pending:
            pending -= 1
        elif token.text == word:
            pieces.append((tokens[start:at], token))
            start = at + 1
    return [*pieces, (tokens[start:], after)]


def _outside(tokens: Sequence[Token]) -> Iterator[Token]:
    return (token for token, depth in _with_depth(tokens) if depth == 0)


def _with_depth(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Give each token with the number of brackets around it; brackets count as inside."""
    depth = 0
    for token in tokens:
        depth += token.kind == SIGN and token.text in _OPENING
        yield token, depth
        depth -= token.kind == SIGN and token.text in _CLOSING


def _is_wrapped(tokens: Sequence[Token]) -> bool:
    """Whether one pair of round brackets holds everything."""
    if len(tokens) < 3 or not (_is_sign(tokens[0], "(") and _is_sign(tokens[-1], ")")):
        return False
    return all(depth > 0 for _, depth in _with_depth(tokens))


def _comparison(tokens: Sequence[Token]) -> Condition | None:
    """Return the comparison that the tokens are, if they are one that people can choose."""
    if len(tokens) == 1 and _is_name(tokens[0]) and tokens[0].text in ("true", "false"):
        return Group("all" if tokens[0].text == "true" else "any")
    if len(tokens) > 2 and tokens[0].text == "contains" and _is_wrapped(tokens[1:]):
        return _containing(tokens[2:-1])
    at = next((at for at, token in enumerate(tokens) if _is_operator(token)), None)
    field = None if at is None else _path(tokens[:at])
    if at is None or field is None:
        return None
    operator, rest = tokens[at].text, tokens[at + 1 :]
    if operator == BETWEEN:
        bounds = _pieces(rest, "and")
        return _with_values(field, BETWEEN, bounds) if len(bounds) == 2 else None
    if operator == IN:
        return _with_values(field, IN, _pieces(rest[1:-1], ",")) if _is_wrapped(rest) else None
    if len(rest) == 1 and _is_name(rest[0]) and rest[0].text == "null" and operator in ("=", "!="):
        return Comparison(field, EMPTY if operator == "=" else GIVEN)
    return _with_values(field, operator, [rest])


def _containing(tokens: Sequence[Token]) -> Condition | None:
    pieces = _pieces(tokens, ",")
    field = _path(pieces[0]) if len(pieces) == 2 else None
    return _with_values(field, CONTAINS, pieces[1:]) if field else None


def _pieces(tokens: Sequence[Token], mark: str) -> list[Sequence[Token]]:
    return [piece for piece, _ in _split(tokens, mark, tokens[-1])]


def _with_values(field: str, operator: str, pieces: Sequence[Sequence[Token]]) -> Comparison | None:
    values = [_value(piece) for piece in pieces]
    if any(value is None for value in values):
        return None
    return Comparison(field, operator, tuple(value for value in values if value is not None))


def _is_operator(token: Token) -> bool:
    if token.kind == SIGN:
        return token.text in COMPARISONS
    return _is_name(token) and token.text in (IN, BETWEEN)


def _value(tokens: Sequence[Token]) -> Value | None:
    match tokens:
        case [Token(kind="string", text=text)]:
            return text
        case [Token(kind="moment", text=text)]:
            return Moment("@", text)
        case [Token(kind="name", text="true" | "false" as text)]:
            return text == "true"
        case [Token(kind="number", text=text)]:
            return _number(text)
        case [Token(kind="sign", text="-"), Token(kind="number", text=text)]:
            return _number(f"-{text}")
    if (
        len(tokens) > 3
        and tokens[-2].kind == STRING
        and _is_sign(tokens[-3], "(")
        and _is_sign(tokens[-1], ")")
    ):
        kind = " ".join(token.text for token in tokens[:-3])
        return Moment(kind, tokens[-2].text) if kind in TEMPORAL else None
    path = _path(tokens)
    return Name(path) if path else None


def _number(text: str) -> Decimal | None:
    found = Decimal(text)
    return found if abs(found.adjusted()) <= MOST_DIGITS else None


def _path(tokens: Sequence[Token]) -> str | None:
    """Return `a name.of some.fields`, or None if the tokens are something else."""
    out = ""
    for token in tokens:
        if token.is_word and token.text != "not":
            out += (" " if out and not out.endswith(".") else "") + token.text
        elif _is_sign(token, ".") and out and not out.endswith("."):
            out += "."
        elif token.kind == NUMBER and token.text.isdecimal() and out and not out.endswith("."):
            out += f" {token.text}"
        else:
            return None
    return out if out and not out.endswith(".") else None


def _is_name(token: Token) -> bool:
    return token.kind == NAME


def _is_sign(token: Token, text: str) -> bool:
    return token.kind == SIGN and token.text == text
