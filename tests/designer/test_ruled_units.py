"""Which units a rule can give: asked with every answer where those are few, else read from its codes."""

from __future__ import annotations

import pytest

from designer.ruled_units import codes_of
from engine.domain.procedures import Procedure

LABEL = {"vi": "x", "en": "x"}
OPTIONS = [{"value": one, "label": LABEL} for one in ("a", "b", "c")]
FORM = {
    "id": "f",
    "title": LABEL,
    "sections": [
        {
            "title": LABEL,
            "fields": [
                {"name": "kind", "label": LABEL, "type": "choice", "options": OPTIONS},
                {"name": "big", "label": LABEL, "type": "bool"},
                {"name": "place", "label": LABEL, "type": "text"},
            ],
        }
    ],
}
PROCEDURE = Procedure.from_json(
    {
        "key": "X",
        "name": LABEL,
        "limit": {"kind": "working_day", "value": 5},
        "reception_form": "f",
        "forms": {"f": FORM},
    }
)


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ('"tax"', {"tax"}),
        ('if kind = "a" then "tax" else "police"', {"tax", "police"}),
        ('if kind = "z" then "tax" else "police"', {"police"}),  # nobody can answer z
        ('if big and kind = "b" then "tax" else "police"', {"tax", "police"}),
        ('if kind = "a" then "tax" else null', {"tax"}),
        ("kind", {"a", "b", "c"}),
        ('if starts with(place, "96") then "tax" else "police"', {"96", "tax", "police"}),
        ("place", set()),
    ],
)
def test_codes_of_a_rule(rule, codes):
    assert codes_of(rule, PROCEDURE) == codes
