"""Words in two languages, and words as people search for them.

Every text for people is a `Text`: Vietnamese always, English where it has been written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from engine.errors import Invalid

LANGUAGES = ("vi", "en")


class BadText(Invalid):
    """A text is neither a string nor an object with "vi" and "en"."""

    code = "bad_text"
    vi = 'Nội dung chữ không đọc được: cần một chuỗi hoặc {{"vi": …, "en": …}}, nhưng gặp {found}.'
    en = 'A text cannot be read: expected a string or {{"vi": …, "en": …}}, but found {found}.'


@dataclass(frozen=True, slots=True)
class Text:
    """One text for people: Vietnamese, and English when there is any."""

    vi: str
    en: str = ""

    @classmethod
    def of(cls, source: str | Mapping[str, Any] | Text | None) -> Self:
        """Read a text from JSON: an object with "vi" and "en", a plain string, or nothing.

        Raises:
            BadText: If the source is something else, or has other keys.
        """
        if source is None:
            return cls("")
        if isinstance(source, Text):
            return cls(source.vi, source.en)
        if isinstance(source, str):
            return cls(_tidy(source))
        if not isinstance(source, Mapping):
            raise BadText("a string or an object with vi and en", type(source).__name__)
        for key, value in source.items():
            if key not in LANGUAGES or not isinstance(value, str):
                raise BadText("only vi and en, both strings", f"{key!r}: {value!r}"[:80])
        return cls(_tidy(source.get("vi", "")), _tidy(source.get("en", "")))

    def say(self, language: str = "vi") -> str:
        """Return the words in `language`; where there are none, those of the other one."""
        if language == "en":
            return self.en or self.vi
        return self.vi or self.en

    def as_json(self) -> dict[str, str]:
        """Return {"vi", "en"}; English is left out while it is missing, so that `of` gives the same back."""
        return {"vi": self.vi, "en": self.en} if self.en else {"vi": self.vi}

    def filled(self, **facts: object) -> Text:
        """Return the text with `{facts}` put in; a fact that is a Text speaks its own language."""
        return Text(_fill(self.vi, "vi", facts), _fill(self.en, "en", facts))

    def __bool__(self) -> bool:
        return bool(self.vi or self.en)

    def __str__(self) -> str:
        return self.say()


def fold(text: str) -> str:
    """Return `text` as it is searched: lower case, no diacritics, đ as d, single spaces.

    "Nguyễn  Văn ĐỨC" and "nguyen van duc" fold to the same string. Folding twice changes nothing.
    """
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(_UNCOMPOSED.get(char, char) for char in apart if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare).split())


# Letters that Unicode does not take apart into a base letter and a mark.
_UNCOMPOSED = {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i"}


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _fill(template: str, language: str, facts: Mapping[str, object]) -> str:
    said = {key: value.say(language) if isinstance(value, Text) else value for key, value in facts.items()}
    return template.format_map(said)
