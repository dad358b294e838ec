"""Going through tokens, and putting names together.

Names may hold spaces. Two words that stand side by side can only be one name in FEEL, so they are
joined; names that hold signs or keywords ("date and time", "a-b") are known beforehand or declared in
the expression, and the longest that fits is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NoReturn

from engine.domain.texts import Text
from engine.feel.errors import FeelError
from engine.feel.lexer import END, KEYWORDS, LONGEST_SOURCE, NAME, NUMBER, SIGN, STRING, Token, tokenize


class Cursor:
    """A place in the tokens of one source."""

    def __init__(self, source: str, names: Iterable[str], longest: int = LONGEST_SOURCE) -> None:
        self.source = source
        self.tokens = tokenize(source, longest)
        self.at = 0
        self.odd: dict[str, dict[tuple[str, ...], str]] = {}  # by their first words
        self.declared = 0
        for one in names:
            self.declare(one)

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != END:
            self.at += 1
        return token

    def is_sign(self, sign: str) -> bool:
        return self.token.kind == SIGN and self.token.text == sign

    def is_word(self, word: str) -> bool:
        return self.token.kind == NAME and self.token.text == word

    def take_sign(self, sign: str) -> bool:
        found = self.is_sign(sign)
        self.at += found
        return found

    def take_word(self, word: str) -> bool:
        found = self.is_word(word)
        self.at += found
        return found

    def expect(self, sign: str) -> None:
        if not self.take_sign(sign):
            self.refuse(Text(f"“{sign}”"))

    def expect_word(self, word: str) -> None:
        if not self.take_word(word):
            self.refuse(Text(f"“{word}”"))

    def refuse(self, expected: Text, token: Token | None = None) -> NoReturn:
        token = token or self.token
        raise FeelError(expected, token.shown(), position=token.at + 1, text=self.source)

    # --- names ---

    def name(self, *, keywords: bool = False) -> str:
        """Read a name: the longest declared one that fits, else the words that stand side by side."""
        odd = self.odd_name()
        if odd:
            return odd
        if self.token.kind != NAME or not (keywords or self.token.is_word):
            self.refuse(Text("một tên", "a name"))
        parts = [self.take().text]
        while self.token.is_word or (self.token.kind == NUMBER and self.token.text.isdecimal()):
            parts.append(self.take().text)
        return " ".join(parts)

    def odd_name(self) -> str:
        """Read a declared name that holds signs or keywords; an empty string if none stands here."""
        best: tuple[str, ...] = ()
        known = self.odd.get(self.token.text, {})
        for parts in known:
            window = self.tokens[self.at : self.at + len(parts)]
            if len(parts) > len(best) and tuple(one.text for one in window) == parts:
                best = parts
        if not best or (self.tokens[self.at + len(best) - 1].kind == NAME and self._goes_on(len(best))):
            return ""
        self.at += len(best)
        return known[best]

    def _goes_on(self, size: int) -> bool:
        """Whether more words follow, so that this is the beginning of a longer plain name."""
        return self.tokens[self.at + size].is_word

    def declare(self, name: str) -> None:
        """Let a name that holds signs or keywords be found as one."""
        if is_plain(name):
            return
        if len(name) > LONGEST_NAME or self.declared >= MOST_ODD_NAMES:
            return
        try:
            tokens = [one for one in tokenize(name) if one.kind != END]
        except FeelError:  # such a name cannot be written in an expression
            return
        if len(tokens) > 1 and tokens[0].kind == NAME:
            known = self.odd.setdefault(tokens[0].text, {})
            parts = tuple(one.text for one in tokens)
            self.declared += parts not in known
            known[parts] = name

    def key(self) -> str:
        """Read the key of a context: a string, or all words and signs up to the colon."""
        if self.token.kind == STRING:
            return self.take().text
        start = self.token
        parts: list[Token] = []
        while self.token.kind != END and self.token.text not in (":", ",", "}", "{"):
            parts.append(self.take())
        if not parts or parts[0].kind != NAME or not self.is_sign(":"):
            self.refuse(Text("tên, rồi dấu hai chấm", "a key, then a colon"), start)
        return _as_written(parts)

    def new_name(self, *ends: str) -> str:
        """Read a name that is declared here, signs included (grammar rule 30), up to one of `ends`."""
        start = self.at
        if self.token.is_word and self.tokens[self.at + 1].text in ends:
            return self.name()
        parts: list[Token] = []
        while self.token.text not in ends and (
            self.token.kind in (NAME, NUMBER) or self.token.text in _IN_NAMES
        ):
            parts.append(self.take())
        if not parts or not parts[0].is_word or self.token.text not in ends:
            self.at = start
            return self.name()
        return _as_written(parts)

    def argument_name(self) -> str:
        """Read the name of a parameter in a call; it may hold keywords."""
        parts: list[str] = []
        while self.token.kind == NAME:
            parts.append(self.take().text)
        return " ".join(parts)


@lru_cache(maxsize=4_000)
def is_plain(name: str) -> bool:
    """Whether a name is made of plain words, so that it is found without being declared."""
    return all(part.isidentifier() and part not in KEYWORDS for part in name.split())


LONGEST_NAME = 200
_IN_NAMES = frozenset((".", "/", "-", "'", "’", "+", "*", "**"))
MOST_ODD_NAMES = 200


def _as_written(tokens: Sequence[Token]) -> str:
    """The name with blanks only where there were some."""
    out = tokens[0].text
    for before, token in pairwise(tokens):
        out += (" " if token.at > before.at + len(before.text) else "") + token.text
    return out
