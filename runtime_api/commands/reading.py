"""What commands read from their arguments: JSON with exact numbers, and moments."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.domain.calendar import ZONE
from engine.errors import Invalid


class BadArgument(Invalid):
    """An argument or a line of a file should be a JSON object, and is not."""

    code = "bad_argument"
    vi = "{where}: cần một đối tượng JSON {{…}}, nhưng gặp {found}."
    en = "{where}: expected a JSON object {{…}}, but found {found}."


def read_object(text: str, where: str) -> dict[str, Any]:
    """Return a JSON object; numbers with a point become Decimal.

    Raises:
        BadArgument: If it is something else; `where` names the place in the sentence.
    """
    try:
        value = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadArgument("a JSON object", text[:60], where=where)
    return value


def moment(text: str) -> datetime:
    """Read an ISO moment for argparse; without a zone it is Vietnam's."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"ISO 8601? {text!r}") from None
    return value if value.tzinfo else value.replace(tzinfo=ZONE)
