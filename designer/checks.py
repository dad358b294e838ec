"""What stands between a drawing and its publication: the linter, the procedure's own rules, a second opinion.

The second opinion asks the other runtime which parts it would not run. Those are notes for a careful
reader; they stop nothing, unless this installation runs its dossiers there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.lint import Finding, lint, lint_procedure
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.execution import get_executor
from engine.store.rows import RevisionRow
from engine.store.work import Unit

SECOND = "spiffworkflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """All findings about one drawing.

    Attributes:
        own: What the linter and the procedure's rules say.
        second: What the second runtime would not run.
    """

    own: tuple[Finding, ...]
    second: tuple[Finding, ...] = ()

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.own if one.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        return [one for one in self.own if one.severity != "error"]

    def as_json(self, language: str) -> list[dict[str, Any]]:
        """Return the findings as the editor lists them, in one language."""
        groups = (("rules", self.own), ("second_opinion", self.second))
        return [
            {
                "rule": one.rule,
                "severity": one.severity,
                "element": one.element,
                "message": one.message.say(language),
                "line": one.line,
                "group": group,
            }
            for group, findings in groups
            for one in findings
        ]


def check_revision(unit: Unit, row: RevisionRow) -> Checks:
    """Check a stored revision as it stands."""
    return check_diagram(unit, row, row.definition.xml)


def check_diagram(unit: Unit, row: RevisionRow, xml: bytes) -> Checks:
    """Check a drawing against the content of the revision it is meant for."""
    try:
        own = list(lint(xml))
    except ProcedureError as unreadable:  # what cannot be parsed at all is one finding, not a failed page
        return Checks(own=(_unreadable(unreadable),))
    if any(one.severity == "error" for one in own):
        return Checks(own=tuple(own))
    definition = load_definition(xml)
    own += lint_procedure(definition, Procedure.from_json(row.content))
    second = tuple(get_executor(SECOND).unsupported(definition))
    if unit.engine.executor == SECOND:
        return Checks(own=(*own, *second))
    return Checks(own=tuple(own), second=second)


def definition_of(row: RevisionRow) -> Definition | None:
    """Return the parsed drawing of a revision, or None while a draft cannot be parsed."""
    try:
        return load_definition(row.definition.xml)
    except ProcedureError:
        return None


def _unreadable(error: ProcedureError) -> Finding:
    return Finding(error.code, "error", "", Text(error.say("vi"), error.say("en")))
