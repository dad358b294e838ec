"""What somebody asks of the list of work: which list, narrowed how, in which order; kept as a view or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from engine.usecases.open_work import SCOPES, STATES

ORDER_NAMES = ("urgent", "newest", "oldest")
LONGEST = {"q": 100, "procedure": 60, "step": 128, "sort": 80}
MOST_FILTERS, LONGEST_FILTER = 24, 200
FILTER = "f."
_FILTER_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}(\.min|\.max)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """One question, as it stands in an address and in a saved view.

    Attributes:
        filters: What was typed into the filters of the procedure, by field name, with ".min" and ".max".
    """

    scope: str = "role"
    state: str = "all"
    text: str = ""
    procedure: str = ""
    step: str = ""
    sort: str = "urgent"
    filters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Mapping[str, Any]) -> Self:
        """Read a question from an address or a stored view; what cannot be read is left out."""

        def word(name: str) -> str:
            value = source.get(name, "")
            return value.strip().replace("\x00", "")[: LONGEST[name]] if isinstance(value, str) else ""

        filters = {
            name: value.strip().replace("\x00", "")[:LONGEST_FILTER]
            for key, value in source.items()
            if key.startswith(FILTER)
            and _FILTER_NAME.fullmatch(name := key.removeprefix(FILTER))
            and isinstance(value, str)
            and value.strip()
        }
        scope, state = source.get("scope"), source.get("state")
        return cls(
            scope=scope if scope in SCOPES else "role",
            state=state if state in STATES else "all",
            text=word("q"),
            procedure=word("procedure"),
            step=word("step"),
            sort=word("sort") or "urgent",
            filters=dict(list(filters.items())[:MOST_FILTERS]) if word("procedure") else {},
        )

    def as_args(self) -> dict[str, str]:
        """Return the question as arguments of an address; what is as usual is left out."""
        args = {
            "scope": self.scope,
            "state": self.state,
            "q": self.text,
            "procedure": self.procedure,
            "step": self.step,
            "sort": self.sort,
            **{FILTER + name: value for name, value in self.filters.items()},
        }
        usual = {"scope": "role", "state": "all", "sort": "urgent"}
        return {name: value for name, value in args.items() if value and usual.get(name) != value}

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.procedure or self.step or self.filters or self.state != "all")
