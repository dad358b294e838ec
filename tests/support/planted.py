"""A fault planted in a diagram, and whether the linter finds it where it is."""

from __future__ import annotations

from engine.bpmn.lint import lint

WARNINGS = frozenset(
    {
        "expression-foreign", "expression-language", "message-name",
        "message-twice", "implicit-join", "implicit-split", "step-unit", "step-hours", "step-unused",
        "decision-without-outcomes", "outcome-same-way", "name-unknown", "participant-unused",
        "together-alone", "no-id", "import-unread", "message-alone", "message-unused",
    }
)  # fmt: skip


def check_found(xml: bytes, rule: str, element: str) -> None:
    """Fail unless `rule` is found at `element`, as severe as it should be, in two languages."""
    found = [one for one in lint(xml) if one.rule == rule]

    assert element in [one.element for one in found]
    assert {one.severity for one in found} == {"warning" if rule in WARNINGS else "error"}
    for one in found:
        assert one.message.vi.endswith((".", "”"))
        assert one.message.en.endswith((".", "”"))
        assert one.message.vi != one.message.en
