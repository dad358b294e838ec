"""Conditions cut into atoms over one value each, and the line of a value cut where the atoms change.

`storeys > 7 and decision = "approve"` is two atoms. All atoms about `storeys` together cut its numbers into
cells (below 7, 7, above 7) inside which no atom changes, so one value of each cell stands for all of it:
whatever is said about the cells is said about every value. What is compared may be any term: `count(papers)`
is then the name of the line. Two terms compared with each other are one line, their difference.
Nothing here reads a form: who knows a value's range passes it to `number_cells` and `day_cells`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from engine.feel.errors import FeelError
from engine.feel.expressions import compile_feel
from engine.feel.lexer import END, MOMENT, NAME, NUMBER, SIGN, STRING, Token, tokenize

OTHER = "…"
"""Stands for every text that no atom names."""

_SIGNS = ("=", "!=", "<", "<=", ">", ">=")
_OPEN, _CLOSE = "([{", ")]}"
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_CONSTANTS = ("true", "false", "null")
_CLOCK = ("today", "now")
_TAKES_ALL = ("if", "for", "some", "every", "function")
_IN_TESTS = frozenset((*_SIGNS, "(", ")", "[", "]", "..", ",", "-"))
_KNOWN = (bool, str, int, Decimal, date)
_VALUE = "v_"


@dataclass(frozen=True, slots=True)
class Atom:
    """A test of one value.

    Attributes:
        line: What is tested: a name, a path, a term, or the difference of two terms.
        names: Names of the data that the line is made of.
        cuts: Values at which the test may change its mind.
        pattern: The test with the tested value called `v_`.
        is_plain: The line is a name or a path, not something reckoned from them.
    """

    text: str
    line: str
    names: frozenset[str]
    cuts: tuple[Any, ...]
    pattern: str
    is_plain: bool

    def holds(self, value: Any) -> bool | None:
        """Test one value, by the evaluator that runs procedures."""
        return _truth(compile_feel(self.pattern)({_VALUE: value}))

    def holds_with(self, names: Mapping[str, Any]) -> bool | None:
        """Test with values of all names."""
        return _truth(compile_feel(self.text)(names))


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Condition, ...]


Condition = Atom | Not | All | Some


def read_condition(text: str) -> Condition:
    """Return the atoms of a condition and how they hang together.

    Raises:
        FeelError: If the text is not FEEL.
    """
    compile_feel(text)
    return _read(text, tokenize(text)[:-1])


def atoms(condition: Condition) -> list[Atom]:
    match condition:
        case Atom():
            return [condition]
        case Not(part):
            return atoms(part)
        case All(parts) | Some(parts):
            return [one for part in parts for one in atoms(part)]


# --- cells -------------------------------------------------------------------------------------


def number_cells(
    cuts: Iterable[Any], low: Decimal | None = None, high: Decimal | None = None, *, whole: bool = False
) -> list[Decimal]:
    """Return one number for every cut and every stretch between cuts, within the bounds; the least first."""
    points = {Decimal(one) for one in cuts if _is_number(one)}
    at = sorted(points | {one for one in (low, high) if one is not None})
    found = [at[0].to_integral_value(ROUND_CEILING) - 1] if at else [Decimal(0)]
    for number, point in enumerate(at):
        after = at[number + 1] if number + 1 < len(at) else None
        step = point.to_integral_value(ROUND_FLOOR) + 1
        found.append(point)
        if after is None or step < after:
            found.append(step)
        elif not whole:
            found.append((point + after) / 2)
    inside = (one for one in found if (low is None or low <= one) and (high is None or one <= high))
    return [one for one in inside if not whole or one == one.to_integral_value()]


def day_cells(cuts: Iterable[Any], low: date | None = None, high: date | None = None) -> list[date]:
    """The same for days."""
    points = [Decimal(one.toordinal()) for one in cuts if type(one) is date]
    ends = [Decimal(one.toordinal()) if one else None for one in (low, high)]
    if not points and not any(ends):
        return [date(2026, 1, 1)]
    days = number_cells(points, ends[0], ends[1], whole=True)
    return [date.min + timedelta(days=int(one) - 1) for one in days]


def open_cells(cuts: Iterable[Any]) -> list[Any]:
    """Cells of a value of which nothing is known but what it is compared with; it is never left out,
    unless an atom asks for null."""
    cuts = list(cuts)
    found: list[Any] = []
    if any(one is None for one in cuts):
        found.append(None)
    if any(isinstance(one, bool) for one in cuts):
        found += [True, False]
    if any(_is_number(one) for one in cuts):
        found += number_cells(cuts)
    if texts := list(dict.fromkeys(one for one in cuts if isinstance(one, str))):
        found += [*texts, OTHER]
    if any(type(one) is date for one in cuts):
        found += day_cells(cuts)
    return found if [one for one in found if one is not None] else [*found, OTHER]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


# --- reading -----------------------------------------------------------------------------------


def _read(source: str, tokens: Sequence[Token]) -> Condition:
    tokens = _unwrapped(tokens)
    if not any(
        one.text in _TAKES_ALL for one, depth in _with_depth(tokens) if not depth and one.kind == NAME
    ):
        for word, whole in (("or", Some), ("and", All)):
            parts = _split(tokens, word)
            if len(parts) > 1:
                return whole(tuple(_read(source, part) for part in parts))
        if tokens[0].text == "not" and len(tokens) > 3 and _closes(tokens, 1) == len(tokens) - 1:
            return Not(_read(source, tokens[2:-1]))
    return _atom(source, tokens)


def _unwrapped(tokens: Sequence[Token]) -> Sequence[Token]:
    while len(tokens) > 2 and tokens[0].text == "(" and _closes(tokens, 0) == len(tokens) - 1:
        inner = tokens[1:-1]
        if any(
            one.text in ("..", ",") for one, depth in _with_depth(inner) if not depth and one.kind == SIGN
        ):
            break
        if inner[0].kind == SIGN and inner[0].text in _SIGNS:
            break
        tokens = inner
    return tokens


def _with_depth(tokens: Sequence[Token]) -> list[tuple[Token, int]]:
    depth, found = 0, []
    for one in tokens:
        if one.kind == SIGN and one.text in _CLOSE:
            depth -= 1
        found.append((one, depth))
        if one.kind == SIGN and one.text in _OPEN:
            depth += 1
    return found


def _closes(tokens: Sequence[Token], at: int) -> int:
    """Where the bracket that opens at a place is closed; -1 if none opens there."""
    if tokens[at].kind != SIGN or tokens[at].text != "(":
        return -1
    depth = 0
    for place in range(at, len(tokens)):
        if tokens[place].kind == SIGN:
            depth += (tokens[place].text in _OPEN) - (tokens[place].text in _CLOSE)
        if not depth:
            return place
    return -1


def _split(tokens: Sequence[Token], word: str) -> list[Sequence[Token]]:
    """Cut at a word outside of brackets; the `and` of `between` does not cut."""
    parts, start, betweens = [], 0, 0
    for at, (one, depth) in enumerate(_with_depth(tokens)):
        if depth or one.kind != NAME:
            continue
        if one.text == "between":
            betweens += 1
        elif one.text == "and" and betweens:
            betweens -= 1
        elif one.text == word:
            parts.append(tokens[start:at])
            start = at + 1
    parts.append(tokens[start:])
    return parts if all(parts) else [tokens]


def _atom(source: str, tokens: Sequence[Token]) -> Atom:
    whole = _made(tokens, tokens, _VALUE, (True, False))
    if tokens[0].text in _TAKES_ALL:
        return whole
    return _test(tokens) or _turned(tokens) or _difference(tokens) or whole


def _test(tokens: Sequence[Token]) -> Atom | None:
    """`TERM < 7`, `TERM in [1..5]`, `TERM between 1 and 3`, or a bare name."""
    at = next(
        (
            place
            for place, (one, depth) in enumerate(_with_depth(tokens))
            if not depth and (_is_sign(one) or (one.kind == NAME and one.text in ("in", "between")))
        ),
        len(tokens),
    )
    term, rest = tokens[:at], tokens[at:]
    if not term or _cuts(term) is not None:
        return None
    cuts = _cuts(rest)
    if cuts is None:
        return None
    return _made(tokens, term, f"{_VALUE} {_joined(rest)}", cuts if rest else (True, False))


def _turned(tokens: Sequence[Token]) -> Atom | None:
    """`7 < TERM`."""
    sides = _sides(tokens)
    if sides is None:
        return None
    left, sign, right = sides
    cuts = _cuts(left)
    if cuts is None or _cuts(right) is not None:
        return None
    return _made(tokens, right, f"{_VALUE} {_TURNED[sign]} {_joined(left)}", cuts)


def _difference(tokens: Sequence[Token]) -> Atom | None:
    """`TERM < OTHER`: which is larger, always asked in the same direction."""
    sides = _sides(tokens)
    if sides is None:
        return None
    left, sign, right = _joined(sides[0]), sides[1], _joined(sides[2])
    if left > right:
        left, sign, right = right, _TURNED[sign], left
    made = _made(tokens, tokens, f"{_VALUE} {sign} 0", (Decimal(0),))
    return Atom(made.text, f"{left} − {right}", made.names, made.cuts, made.pattern, False)


def _made(tokens: Sequence[Token], term: Sequence[Token], pattern: str, cuts: tuple[Any, ...]) -> Atom:
    text = _joined(tokens)
    expression = compile_feel(text)
    plain = _is_path(term)
    line = "".join(one.text for one in term) if plain else _joined(term)
    names = expression.names | (expression.item_names if not plain else frozenset())
    # What is also built in is not free in an expression, yet the data may hold it.
    names |= {one.text for one in tokens if one.kind == NAME and one.text in _CLOCK}
    if plain:
        names |= {term[0].text}
    return Atom(text, line, names, cuts, pattern, plain)


def _sides(tokens: Sequence[Token]) -> tuple[Sequence[Token], str, Sequence[Token]] | None:
    signs = [at for at, (one, depth) in enumerate(_with_depth(tokens)) if not depth and _is_sign(one)]
    if len(signs) != 1 or signs[0] in (0, len(tokens) - 1):
        return None
    at = signs[0]
    return tokens[:at], tokens[at].text, tokens[at + 1 :]


def _is_sign(token: Token) -> bool:
    return token.kind == SIGN and token.text in _SIGNS


def _is_path(term: Sequence[Token]) -> bool:
    """`name` or `name.name`; a name of several words is a term like any other."""
    return len(term) % 2 == 1 and all(
        one.is_word and one.text not in _CONSTANTS if at % 2 == 0 else one.text == "."
        for at, one in enumerate(term)
    )


def _cuts(tokens: Sequence[Token]) -> tuple[Any, ...] | None:
    """The constants among signs of comparison and ranges; None if there is anything else."""
    found: list[Any] = []
    at = 0
    while at < len(tokens):
        size = _constant_size(tokens, at)
        if size:
            value = _value(tokens[at : at + size])
            if not (value is None or type(value) in _KNOWN):
                return None
            found.append(value)
            at += size
        elif _belongs_to_tests(tokens[at]):
            at += 1
        else:
            return None
    return tuple(found)


def _constant_size(tokens: Sequence[Token], at: int) -> int:
    one = tokens[at]
    if one.kind in (NUMBER, STRING, MOMENT) or (one.kind == NAME and one.text in _CONSTANTS):
        return 1
    if one.text == "-" and at + 1 < len(tokens) and tokens[at + 1].kind == NUMBER:
        return 2
    kinds = [token.kind for token in tokens[at : at + 4]]
    if one.text == "date" and kinds == [NAME, SIGN, STRING, SIGN]:
        return 4
    return 0


def _value(tokens: Sequence[Token]) -> Any:
    try:
        return compile_feel(_joined(tokens))({})
    except FeelError:
        return object()


def _belongs_to_tests(token: Token) -> bool:
    if token.kind == NAME:
        return token.text in ("in", "between", "and")
    return token.kind == SIGN and token.text in _IN_TESTS


_WRITTEN: dict[str, Callable[[str], str]] = {
    STRING: lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"',
    MOMENT: lambda text: f'@"{text}"',
}


def _joined(tokens: Sequence[Token]) -> str:
    return " ".join(_WRITTEN.get(one.kind, str)(one.text) for one in tokens if one.kind != END)
