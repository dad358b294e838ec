"""Names that data of a procedure may not have, because expressions mean something else by them.

An answer called `today` or `count` would change what every condition of the procedure says; so no field, no
choice and no register may be called so.
"""

from __future__ import annotations

RESERVED = ("dossier", "form", "task", "unit", "today", "now")
"""What expressions are given besides the data."""

PUBLIC_NAMES = ("dossier", "unit", "today", "now")
"""What sentences for the public may speak of: where the dossier stands, never what was answered."""

KEYWORDS = (
    *("and", "or", "not", "in", "between", "if", "then", "else", "for", "return", "some", "every"),
    *("satisfies", "instance", "of", "function", "external", "true", "false", "null", "item", "partial"),
)

FUNCTIONS = (
    *("abs", "after", "all", "any", "append", "before", "ceiling", "coincides", "concatenate", "contains"),
    *("context", "count", "date", "decimal", "duration", "during", "even", "exp", "extract", "finishes"),
    *("flatten", "floor", "includes", "is", "log", "matches", "max", "mean", "median", "meets", "min"),
    *(
        "mode",
        "modulo",
        "number",
        "odd",
        "overlaps",
        "product",
        "range",
        "remove",
        "replace",
        "reverse",
        "sort",
    ),
    *("split", "sqrt", "starts", "stddev", "string", "sublist", "substring", "sum", "time", "trim", "union"),
)
"""Built-in functions whose names are one word; a test compares them with FEEL's."""


def is_free(name: str) -> bool:
    """Say whether data may have this name."""
    return name not in RESERVED and name not in KEYWORDS and name not in FUNCTIONS
