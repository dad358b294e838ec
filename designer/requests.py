"""What the pages of the designer read of a request: the engine that serves it, language, days."""

from __future__ import annotations

from datetime import date, datetime

from flask import current_app, request
from flask_babel import get_locale

from designer.review import BadPublication
from engine.runtime import Engine


def engine() -> Engine:
    return current_app.extensions["motcua"]


def language() -> str:
    """Return "vi" or "en"."""
    return "en" if str(get_locale() or "vi").startswith("en") else "vi"


def day(name: str) -> date:
    """Read a local day from the form: 31/12/2026 or 2026-12-31.

    Raises:
        BadPublication: If it is none.
    """
    text = request.form.get(name, "").strip()
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, shape).date()
        except ValueError:
            continue
    raise BadPublication(
        "a day such as 01/12/2026",
        f"“{text}” was given",
        sentence=f"Cần một ngày như 01/12/2026; đang ghi “{text}”.",
        sentence_en=f"A day such as 01/12/2026 is needed; “{text}” was given.",
    )


def optional_day(name: str) -> date | None:
    """Read a local day that may be left out."""
    return day(name) if request.form.get(name, "").strip() else None
