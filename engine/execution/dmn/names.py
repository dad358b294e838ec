"""Names as FEEL sees them: composed, with single blanks."""

from __future__ import annotations

import unicodedata


def tidy(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())
