"""What the linter and the proof say about a set before it is imported."""

from __future__ import annotations

from collections.abc import Iterator

from bpmn_library.packages import Entry, Package
from designer.scenarios import failing
from engine.bpmn.lint import Finding, lint_procedure
from engine.domain.texts import Text
from engine.execution.dmn.lint import lint_files
from engine.execution.executors import EXECUTORS, lint_for
from engine.execution.verify import verify

_NOT_COMPLETE = Text(
    "Chưa chứng minh được: quy trình có nhiều trạng thái hơn giới hạn kiểm chứng.",
    "Not proven: the procedure has more states than the proof looks at.",
)


def check_set(package: Package) -> dict[str, list[Finding]]:
    """Return the findings about each procedure, by key; nothing to find is an empty list."""
    return {entry.key: check_entry(entry) for entry in package}


def check_entry(entry: Entry, executor: str = EXECUTORS[0]) -> list[Finding]:
    """Return the findings about one procedure: its drawing against its content, its scenarios, the proof.

    A drawing with errors is neither played nor proven: it would not run.

    Args:
        executor: On which dossiers run here; what it cannot run is an error.
    """
    found = [*lint_for(executor, entry.xml), *lint_procedure(entry.definition, entry.procedure)]
    found += lint_files(entry.procedure.decisions)
    if any(one.is_error for one in found):
        return found
    return [*found, *failing(entry.definition, entry.procedure), *_proof(entry)]


def _proof(entry: Entry) -> Iterator[Finding]:
    report = verify(entry.definition, entry.procedure)
    for one in report.problems:
        severity = "error" if one.severity == "error" else "warning"
        yield Finding(f"proof-{one.kind}", severity, one.elements[0] if one.elements else "", one.message)
    if report.limit:
        yield Finding("proof-not-complete", "warning", "", _NOT_COMPLETE)
