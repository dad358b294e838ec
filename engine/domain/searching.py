"""Words by which a dossier is found: written once in Python, indexed by each database in its own way.

A dossier keeps its words in one folded text. Words that are personal data (identity and telephone numbers,
parcels) begin with `~`, so that a search on behalf of an office that was merely asked never meets them.
Nobody can type the `~`: it is no letter and falls away when the question is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.domain.texts import fold

PERSONAL = "~"
LAST_DIGITS = (4, 6)  # by which people name a long number
LONGEST_QUESTION = 200  # characters; the rest is not read
MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class AskedWord:
    """One word of a question.

    Attributes:
        is_prefix: Also longer words that begin so are meant.
    """

    text: str
    is_prefix: bool

    @property
    def may_be_personal(self) -> bool:
        return any(char.isdigit() for char in self.text)


def words_of(text: str) -> list[str]:
    """Return the folded words of a text: letters and digits, nothing else."""
    return _WORD.findall(fold(text))


def search_text(code: str, name: str, personal: Iterable[str]) -> str:
    """Return the words of a dossier, each once, separated by single spaces.

    Args:
        personal: Identity and telephone numbers, parcels; of a long number also its last digits.
    """
    found = dict.fromkeys(words_of(f"{code} {name}"))
    for one in personal:
        for word in words_of(one):
            found[PERSONAL + word] = None
            if word.isdigit() and len(word) > max(LAST_DIGITS):
                found.update(dict.fromkeys(PERSONAL + word[-count:] for count in LAST_DIGITS))
    return " ".join(found)


def read_question(text: str, *, loosely: bool = False) -> tuple[AskedWord, ...]:
    """Return the words that were asked for; none means that everything matches.

    A number of three digits or more may be cut short anywhere. Of the other words only the last one is
    taken to be unfinished, because complete words are found much faster; `loosely` takes all to be.
    """
    words = list(dict.fromkeys(words_of(text[:LONGEST_QUESTION])))[:MOST_WORDS]
    last = len(words) - 1
    return tuple(
        AskedWord(word, _may_be_longer(word, loosely or at == last)) for at, word in enumerate(words)
    )


def _may_be_longer(word: str, unfinished: bool) -> bool:
    if any(char.isdigit() for char in word):
        return len(word) > 2
    return unfinished and len(word) > 1
