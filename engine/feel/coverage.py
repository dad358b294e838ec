"""Which values no rule takes, and which two rules take: of decision tables, and of a gateway's conditions.

Only rules that compare inputs with literals can be judged (`floor > 250 and kind in ("a", "b")`,
cells such as `[1..7]`, `not("x")`, `-`); others are listed as undecided and nothing is said about them.
The answer is exact, see `engine.feel.segments`; null, a missing answer, is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

from engine.feel import temporal
from engine.feel.errors import FeelError
from engine.feel.expressions import Expression, compile_feel, compile_tests
from engine.feel.lexer import END, NAME, SIGN, STRING, Token, tokenize
from engine.feel.segments import Domain, Segment, cut
from engine.feel.values import NUMBERS

MOST_PLACES = 100_000
MOST_FINDINGS = 20

Place = Mapping[str, Segment]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules, by their numbers from 0, that both hold for the values of `place`."""

    first: int
    second: int
    place: Place


@dataclass(slots=True)
class Coverage:
    """What was found.

    Attributes:
        overlaps: Each pair of rules at most once.
        gaps: Values that no rule takes; empty where a rule is undecided, for it might take them.
        undecided: Rules that compare with more than literals.
        is_complete: False when there were too many combinations to look at all of them.
    """

    overlaps: list[Overlap] = field(default_factory=list)
    gaps: list[Place] = field(default_factory=list)
    undecided: list[int] = field(default_factory=list)
    is_complete: bool = True


def cover_table(rules: Sequence[Sequence[str]], inputs: Mapping[str, Domain]) -> Coverage:
    """Judge the rules of a decision table.

    Args:
        rules: For each rule the text of its cells, in the order of `inputs`.
        inputs: For each column its heading and the values it can have.
    """
    found = Coverage()
    readings = [[_read_cell(text, domain) for text, domain in _columns(rule, inputs)] for rule in rules]
    decided: dict[int, list[_Reading]] = {}
    for at, cells in enumerate(readings):
        if all(cell is not None for cell in cells):
            decided[at] = [cell for cell in cells if cell is not None]
        else:
            found.undecided.append(at)
    pieces = [
        cut(domain, [one for cells in decided.values() for one in cells[column].literals])
        for column, domain in enumerate(inputs.values())
    ]
    if any(one is None for one in pieces):
        return Coverage(undecided=list(range(len(rules))), is_complete=False)
    walk = _Walk(found, list(inputs), [one or [] for one in pieces], decided)
    walk.go(0, list(decided), {})
    if found.undecided:
        found.gaps.clear()
    return found


def cover_conditions(conditions: Sequence[str], inputs: Mapping[str, Domain]) -> Coverage:
    """Judge conditions over the same inputs, e.g. those of the flows that leave a gateway.

    Args:
        inputs: For each name (or path such as `investor.kind`) the values it can have.
    """
    found = Coverage()
    decided: dict[int, Expression] = {}
    literals: list[Any] = []
    for at, text in enumerate(conditions):
        reading = _read_condition(text, inputs)
        if reading is None:
            found.undecided.append(at)
        else:
            decided[at] = reading.test
            literals += reading.literals
    pieces = [cut(domain, literals) for domain in inputs.values()]
    if any(one is None for one in pieces):
        return Coverage(undecided=list(range(len(conditions))), is_complete=False)
    seen: set[tuple[int, int]] = set()
    for count, place in enumerate(product(*(one or [] for one in pieces))):
        if count >= MOST_PLACES:
            found.is_complete = False
            break
        values = _nested({name: one.value for name, one in zip(inputs, place, strict=True)})
        holding = [at for at, test in decided.items() if test(values) is True]
        _judge(found, seen, holding, dict(zip(inputs, place, strict=True)))
    if found.undecided:
        found.gaps.clear()
    return found


def literals_of(text: str) -> list[Any] | None:
    """Return the literals of a cell that only compares with such; None if it does more."""
    reading = _read(text.strip() or "-", {"?"}, compile_tests)
    return None if reading is None else list(reading.literals)


# --- reading rules ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reading:
    test: Expression
    literals: tuple[Any, ...]


def _columns(rule: Sequence[str], inputs: Mapping[str, Domain]) -> list[tuple[str, Domain]]:
    return list(zip(rule, inputs.values(), strict=True))


def _read_cell(text: str, domain: Domain) -> _Reading | None:
    return _read(text.strip() or "-", {"?"}, compile_tests)


def _read_condition(text: str, inputs: Mapping[str, Domain]) -> _Reading | None:
    return _read(text, set(inputs), compile_feel)


def _read(text: str, names: set[str], compile_text: Callable[[str], Expression]) -> _Reading | None:
    try:
        test = compile_text(text)
        literals = _literals(_terms(tokenize(text)), names)
    except FeelError:
        return None
    return None if literals is None else _Reading(test, tuple(literals))


@dataclass(frozen=True, slots=True)
class _Term:
    """A literal with its value, a name, or a sign or keyword."""

    what: str
    text: str
    value: Any = None


_READERS = {
    "date": temporal.read_date,
    "time": temporal.read_time,
    "date and time": temporal.read_moment,
    "duration": temporal.read_duration,
}
_WORDS = frozenset(("and", "or", "in", "between", "not", "true", "false"))
_SIGNS = frozenset(("=", "!=", "<", "<=", ">", ">=", "(", ")", "[", "]", ",", "..", "-"))
_COMPARING = frozenset(("=", "!=", "<", "<=", ">", ">=", "..", ",", "between", "in"))


def _terms(tokens: list[Token]) -> list[_Term]:
    """Put paths, negative numbers and `date("…")` together."""
    out: list[_Term] = []
    at = 0
    while tokens[at].kind != END:
        call = _call(tokens, at)
        if call is not None:
            term, size = call
            out.append(term)
            at += size
            continue
        token = tokens[at]
        at += 1
        match token.kind:
            case "number":
                out.append(_number(out, token))
            case "string":
                out.append(_Term("literal", token.text, token.text))
            case "moment":
                out.append(_Term("literal", token.text, temporal.read_any(token.text)))
            case "name" if token.is_word and token.text not in _WORDS:
                text, at = _path(tokens, at - 1)
                out.append(_Term("name", text))
            case _:
                what = "name" if token.text == "?" else "sign"
                out.append(_Term(what, token.text))
    return out


def _call(tokens: list[Token], at: int) -> tuple[_Term, int] | None:
    for name, read in _READERS.items():
        words = name.split()
        size = len(words)
        window = tokens[at : at + size + 3]
        is_call = [one.text for one in window[:size]] == words and (
            [one.kind for one in window[size:]] == [SIGN, STRING, SIGN]
        )
        if is_call and window[size].text == "(" and window[-1].text == ")":
            return _Term("literal", name, read(window[size + 1].text)), size + 3
    return None


def _number(out: list[_Term], token: Token) -> _Term:
    value = NUMBERS.create_decimal(token.text)
    if out and out[-1].text == "-" and (len(out) == 1 or out[-2].what == "sign"):
        out.pop()
        value = -value
    return _Term("literal", token.text, value)


def _path(tokens: list[Token], at: int) -> tuple[str, int]:
    text = tokens[at].text
    at += 1
    while tokens[at].kind != END:
        if tokens[at].is_word:
            text += " " + tokens[at].text
            at += 1
        elif tokens[at].text == "." and tokens[at + 1].kind == NAME:
            text += "." + tokens[at + 1].text
            at += 2
        else:
            break
    return text, at


def _literals(terms: list[_Term], names: set[str]) -> list[Any] | None:
    """The literals of a rule; None if it does more than compare the names with literals."""
    if [one.text for one in terms] == ["-"]:
        return []
    for at, term in enumerate(terms):
        if term.what == "sign" and term.text not in _WORDS and term.text not in _SIGNS:
            return None
        if term.text == "-" and term.what == "sign":
            return None
        if term.what == "name":
            before = terms[at - 1].text if at else ""
            after = terms[at + 1] if at + 1 < len(terms) else None
            is_alone = term.text in names and before not in _COMPARING
            if not is_alone and not _is_literal_comparison(terms, at, names):
                return None
            if after is not None and after.text in ("(", "["):
                return None
        if term.what == "literal" and term.value is None:
            return None
    return [one.value for one in terms if one.what == "literal"]


def _is_literal_comparison(terms: list[_Term], at: int, names: set[str]) -> bool:
    """Whether a name stands on the right of a comparison whose left side is a literal: `5 < x`."""
    if terms[at].text not in names or at < 2:
        return False
    return terms[at - 1].text in ("=", "!=", "<", "<=", ">", ">=") and terms[at - 2].what == "literal"


# --- going through the pieces -----------------------------------------------------------------


class _Walk:
    """Column by column, with the rules that still fit."""

    def __init__(
        self,
        found: Coverage,
        names: list[str],
        pieces: list[list[Segment]],
        rules: dict[int, list[_Reading]],
    ) -> None:
        self.found = found
        self.names = names
        self.pieces = pieces
        self.rules = rules
        self.seen: set[tuple[int, int]] = set()
        self.places = 0
        self.answers: dict[tuple[int, str, int], bool] = {}

    def go(self, column: int, fitting: list[int], place: dict[str, Segment]) -> None:
        self.places += 1
        if self.places > MOST_PLACES:
            self.found.is_complete = False
            return
        if column == len(self.names) or not fitting:
            _judge(self.found, self.seen, fitting, place)
            return
        for number, piece in enumerate(self.pieces[column]):
            rest = [rule for rule in fitting if self.fits(rule, column, number, piece)]
            self.go(column + 1, rest, {**place, self.names[column]: piece})

    def fits(self, rule: int, column: int, number: int, piece: Segment) -> bool:
        test = self.rules[rule][column].test
        key = (column, test.text, number)
        if key not in self.answers:
            self.answers[key] = test({"?": piece.value}) is True
        return self.answers[key]


def _judge(found: Coverage, seen: set[tuple[int, int]], holding: Sequence[int], place: Place) -> None:
    if not holding and len(found.gaps) < MOST_FINDINGS:
        found.gaps.append(place)
    for first, second in combinations(holding, 2):
        if (first, second) not in seen and len(found.overlaps) < MOST_FINDINGS:
            seen.add((first, second))
            found.overlaps.append(Overlap(first, second, place))


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn {"investor.kind": 1} into {"investor": {"kind": 1}}."""
    made: dict[str, Any] = {}
    for path, value in values.items():
        *above, last = path.split(".")
        at = made
        for part in above:
            at = at.setdefault(part, {})
        at[last] = value
    return made


__all__ = ["Coverage", "Domain", "Overlap", "cover_conditions", "cover_table", "literals_of"]
