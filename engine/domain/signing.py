"""How a signature is printed: the lines over it, who signs, and for whom."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCapacity:
    """In what capacity somebody signs.

    Attributes:
        form: "KT", "TL" or "TUQ" for somebody else, "Q" for a chair held for the time being, else "".
        lines: What is printed over the signature, the first line with the form: ("KT. GIÁM ĐỐC", "PHÓ GIÁM
            ĐỐC"). Vietnamese, as documents are.
        signer: The name under the signature: always of whoever signs.
        principal: Name of whoever they sign for; "" when they sign for themselves.
        substitution_id: The lending that allows it; None for an own chair.
        authority: The decision that allows it, as text; "" where none is needed.
    """

    form: str
    lines: tuple[str, ...]
    signer: str
    signer_title: str
    principal: str = ""
    principal_title: str = ""
    substitution_id: int | None = None
    authority: str = ""


def capacity(
    signer: str,
    signer_title: str,
    *,
    form: str = "",
    principal: str = "",
    principal_title: str = "",
    is_acting: bool = False,
    substitution_id: int | None = None,
    authority: str = "",
) -> SigningCapacity:
    """Return how somebody signs, from the titles of the chairs involved."""
    own = printed_title(signer_title)
    if form:
        lines: tuple[str, ...] = (f"{form}. {printed_title(principal_title)}", own)
    elif is_acting:
        form, lines = "Q", (f"Q. {own}",)
    else:
        lines = (own,)
    return SigningCapacity(
        form=form,
        lines=lines,
        signer=signer,
        signer_title=signer_title,
        principal=principal,
        principal_title=principal_title,
        substitution_id=substitution_id,
        authority=authority,
    )


def printed_title(title: str) -> str:
    """Return a title as it stands over a signature: capitals, without the office, which the head names.

    "Phó Giám đốc Sở Xây dựng" is printed "PHÓ GIÁM ĐỐC"; a title in which no office is found stays whole.
    """
    short = _OFFICE.split(title.strip(), maxsplit=1)[0].strip(" ,–-")
    return (short or title.strip()).upper()


def is_deputy(title: str) -> bool:
    """Say whether a title is that of a deputy, who signs for the head (KT.) by the chair itself."""
    return title.strip().lower().startswith("phó ")


def head_title(title: str) -> str:
    """Return the title of the head whose deputy this is: "Phó Giám đốc Sở …" → "Giám đốc Sở …"."""
    rest = title.strip()[len("phó ") :]
    return rest[:1].upper() + rest[1:]


_OFFICE = re.compile(
    r"\s(?=(?:UBND|Ủy ban|Uỷ ban|Sở|Trung tâm|Chi cục|Cục|Ban|Phòng|xã|phường|đặc khu|huyện|tỉnh)\b)"
)
