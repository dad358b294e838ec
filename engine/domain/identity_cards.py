"""The square code on a citizen card, as a scanner types it: fields with | between them.

    012345678901|280123456|NGUYEN VAN A|01021990|Nam|ấp 4, xã Năm Căn, Cà Mau|15082021

Number, older number, name, birth, sex, address, day of issue. Newer cards add fields at the end, which
nobody here needs. What is read is text of a stranger: bounded, and cleaned of signs that cannot be seen.
Source: observed on cards of 2021 to 2024, not published; a card that differs is refused in words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from engine.errors import Invalid

LONGEST = 600
FEWEST, MOST = 6, 14  # fields
_NUMBER = re.compile(r"\d{12}", re.ASCII)


class BadCard(Invalid):
    """What was scanned is no citizen card."""

    code = "bad_card"
    vi = "Mã quét không phải mã trên thẻ căn cước: {why}. Hãy quét lại, hoặc gõ số căn cước."
    en = "What was scanned is no citizen card: {why_en}. Scan again, or type the number."


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card says of its holder."""

    number: str
    name: str
    birth: date | None
    sex: str
    address: str


def looks_like_card(text: str) -> bool:
    """Say whether this was scanned rather than typed: nobody types a name with bars in it."""
    return text.count("|") >= FEWEST - 1


def read_card(text: str) -> Card:
    """Read the text of the square code.

    Raises:
        BadCard: If it is too long, has other fields, or a number, name or day that cannot be.
    """
    if len(text) > LONGEST:
        raise _bad("quá dài", "it is too long")
    parts = [_clean(part) for part in text.split("|")]
    if not FEWEST <= len(parts) <= MOST:
        raise _bad(f"có {len(parts)} phần", f"it has {len(parts)} parts")
    number, _older, name, birth, sex, address = parts[:6]
    if not _NUMBER.fullmatch(number):
        raise _bad("số căn cước không đủ 12 chữ số", "the number has not 12 digits")
    if not 2 <= len(name) <= 200 or not all(char.isalpha() or char in " '-." for char in name):
        raise _bad("họ tên không đọc được", "the name cannot be read")
    return Card(
        number=number,
        name=name.title() if name.isupper() else name,
        birth=_day(birth),
        sex=sex if sex in ("Nam", "Nữ") else "",
        address=address[:500],
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%d%m%Y").date()
    except ValueError:
        raise _bad("ngày sinh không đọc được", "the day of birth cannot be read") from None


def _clean(part: str) -> str:
    plain = "".join(
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", part)
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return " ".join(plain.split())


def _bad(why: str, why_en: str) -> BadCard:
    return BadCard("the code of a citizen card", why_en, why=why, why_en=why_en)
