"""What the linter says about a set before it is imported."""

from __future__ import annotations

from bpmn_library.packages import Entry, Package
from engine.bpmn.lint import Finding, lint, lint_procedure


def check_set(package: Package) -> dict[str, list[Finding]]:
    """Return the findings about each procedure, by key; nothing to find is an empty list."""
    return {entry.key: check_entry(entry) for entry in package}


def check_entry(entry: Entry) -> list[Finding]:
    """Return the findings about one procedure: its drawing, and the drawing against its content."""
    return [*lint(entry.xml), *lint_procedure(entry.definition, entry.procedure)]
