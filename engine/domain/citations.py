"""References to law as an English page says them: kinds and parts in English, numbers as they are.

“Điều 5 khoản 2 Nghị định 61/2018/NĐ-CP” becomes “Article 5 clause 2 Decree 61/2018/NĐ-CP”. The name of a law
is not translated, for nobody may invent one; it stands in brackets behind the number.
"""

from __future__ import annotations

import re

KINDS = {
    "hiến pháp": "Constitution",
    "bộ luật": "Code",
    "luật": "Law",
    "pháp lệnh": "Ordinance",
    "nghị quyết": "Resolution",
    "nghị định": "Decree",
    "thông tư liên tịch": "Joint Circular",
    "thông tư": "Circular",
    "quyết định": "Decision",
    "chỉ thị": "Directive",
    "công văn": "Official Letter",
    "văn bản hợp nhất": "Consolidated Text",
    "quy chuẩn": "Technical Regulation",
    "tiêu chuẩn": "Standard",
}
PARTS = {
    "phần": "Part", "chương": "Chapter", "mục": "Section", "tiểu mục": "Subsection", "điều": "Article",
    "khoản": "clause", "điểm": "point", "phụ lục": "Annex", "mẫu": "Form", "mẫu số": "Form",
}  # fmt: skip
_NUMBER = r"\d[\w.\-–]*(?:/[\w.\-–]+)+"


def _any_of(words: dict[str, str]) -> str:
    return "|".join(re.escape(one) for one in sorted(words, key=len, reverse=True))


_KINDS = _any_of(KINDS)
_NAMED = re.compile(
    rf"(?<!\w)({_KINDS})\s+(?!số\s|\d)((?:(?!(?:{_KINDS})(?!\w))[^;()]){{1,200}}?)"
    rf"\s+(?:số\s+)?({_NUMBER})",
    re.IGNORECASE,
)
_KIND = re.compile(rf"(?<!\w)({_KINDS})(?:\s+số)?\s+(?=\d)", re.IGNORECASE)
_PART = re.compile(
    rf"(?<!\w)({_any_of(PARTS)})\s+(?=\d|[IVXLC]+\b|[a-zđ]\b)(\d+\s*[–-]\s*\d+)?", re.IGNORECASE
)
_AND = re.compile(rf"\s+và\s+(?=(?:{_any_of({one: one for one in (*KINDS.values(), *PARTS.values())})})s?\s)")


def cite(text: str, language: str) -> str:
    """Return a reference in a language; what is not known as a kind or a part stays as it was written."""
    if language != "en" or not text:
        return text
    text = _KIND.sub(lambda found: KINDS[found[1].lower()] + " ", text)
    text = _NAMED.sub(_named, text)
    text = _PART.sub(_part, text)
    return _AND.sub(" and ", text)


def _named(found: re.Match[str]) -> str:
    kind, name, number = found.groups()
    return f"{KINDS[kind.lower()]} {number} ({kind} {name})"


def _part(found: re.Match[str]) -> str:
    word, several = PARTS[found[1].lower()], found[2] or ""
    return f"{word}s {several}" if several else f"{word} "
