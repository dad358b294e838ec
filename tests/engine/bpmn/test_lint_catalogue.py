"""Every rule that the linter's code speaks of is in the catalogue, and the catalogue has no other."""

import ast
from pathlib import Path

import pytest

from engine.bpmn import lint
from engine.bpmn.lint.catalogue import CATALOGUE, ENGINE, LAWS, OFFICE, STANDARD, clause_of, law_of

CODE = Path(lint.__file__).parent
# Written with the kind of thing in front: error-code, signal-name, …
COMPOSED = {
    f"{kind}-{what}"
    for kind, whats in {
        "error": ("code", "missing"), "escalation": ("code", "missing"), "message": ("name", "twice"),
        "signal": ("name", "twice"),
    }.items()
    for what in whats
}  # fmt: skip


def spoken():
    """Every text in the code that may be a rule: the first argument of what adds a finding, and of tables."""
    found = set()
    for path in CODE.glob("*.py"):
        if path.name in ("catalogue.py", "rules_standard.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = (
                node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else ()
            )
            first = parts[0] if parts else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_no_rule_of_the_catalogue_is_without_code():
    assert set(CATALOGUE) - spoken() - COMPOSED == set()


def test_no_finding_is_added_without_a_rule_in_the_catalogue():
    adds = ("report.error", "report.warning", "Finding")
    calls = [
        node
        for path in CODE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in adds
    ]
    said = {one.args[0].value for one in calls if isinstance(one.args[0], ast.Constant)}

    assert len(said) > 100
    assert said <= set(CATALOGUE)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_rule_says_what_it_asks_and_rests_on_a_law(code):
    rule = CATALOGUE[code]

    assert rule.law in LAWS
    assert bool(rule.clause) == (rule.law == STANDARD)
    assert rule.asks.vi.endswith(".")
    assert rule.asks.en.endswith(".")
    assert (law_of(code), clause_of(code)) == (rule.law, rule.clause)


def test_a_rule_outside_the_catalogue_is_the_parsers_or_the_namespaces():
    assert (law_of("flow-into-event"), law_of("mc-hours"), clause_of("mc-hours")) == (ENGINE, OFFICE, "")
