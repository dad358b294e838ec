"""Sentences with values in them: “Hồ sơ hẹn trả ngày {dossier.current_due}”.

Between braces stands FEEL; `{{` and `}}` are braces themselves. A value is shown as people read it: days as
24/11/2026, numbers with the separators of the language, nothing where there is no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.domain.texts import Text
from engine.domain.timewords import say_date, say_moment, say_number
from engine.feel.errors import FeelError
from engine.feel.expressions import compile_feel, evaluate
from engine.feel.printing import show_value

_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


def fill(text: Text, context: Mapping[str, Any]) -> Text:
    """Return the text with its values, in both languages; what cannot be evaluated is left out."""
    if "{" not in text.vi and "{" not in text.en:
        return text
    return Text(_filled(text.vi, context, "vi"), _filled(text.en, context, "en"))


def formulas(text: str) -> Iterator[str]:
    """Give the FEEL between the braces of a text."""
    return (found[1].strip() for found in _PARTS.finditer(text) if found[1] is not None)


def names_in(text: str) -> frozenset[str]:
    """Return the names that the formulas of a text ask for.

    Raises:
        FeelError: If one of them is not FEEL.
    """
    return frozenset(name for one in formulas(text) for name in compile_feel(one).names)


def _filled(text: str, context: Mapping[str, Any], language: str) -> str:
    def shown(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        return _said(_value(found[1].strip(), context), language)

    return _PARTS.sub(shown, text)


def _value(formula: str, context: Mapping[str, Any]) -> Any:
    try:
        return evaluate(formula, context)
    except FeelError:  # the linter refused it; an older version of the text may still hold one
        return None


_YES_NO = {True: Text("có", "yes"), False: Text("không", "no")}


def _said(value: Any, language: str) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _YES_NO[value].say(language)
        case Decimal() | int():
            return say_number(value, language)
        case datetime():
            return say_moment(value)
        case date():
            return say_date(value)
        case list():
            return ", ".join(_said(one, language) for one in value)
    return show_value(value)
