"""What stands between a drawing and its publication: the linter, the procedure's own rules, its scenarios.

The second opinion asks the other runtime which parts it would not run. Those are notes for a careful
reader; they stop nothing, unless this installation runs its dossiers there. Where it runs all of them, it
plays the scenarios too, and a difference stops the publication until somebody has cleared it with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from designer import law
from designer.letters import check_letter
from designer.scenarios import failing, uncleared
from engine.bpmn.definitions import load_definition
from engine.bpmn.lint import Finding, lint, lint_procedure
from engine.bpmn.lint.findings import ERROR
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.execution import get_executor
from engine.execution.dmn.lint import lint_files
from engine.store.rows import RevisionRow, RoleRow
from engine.store.work import Unit

SECOND = "spiffworkflow"
PLAYED = ("scenario", "second-opinion")  # said of a drawing that ran
UNREADABLE = ("xml", "not-bpmn")


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
        return [one for one in self.own if one.is_error]

    @property
    def can_run(self) -> bool:
        """Whether the drawing itself has no error, whatever became of its scenarios."""
        return all(one.rule in PLAYED for one in self.errors)

    @property
    def warnings(self) -> list[Finding]:
        return [one for one in self.own if not one.is_error]

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
    """Check a stored revision as it stands, its scenarios on both engines."""
    found = check_diagram(unit, row, row.definition.xml)
    return found if found.errors else replace(found, own=(*found.own, *uncleared(unit, row)))


def check_diagram(unit: Unit, row: RevisionRow, xml: bytes) -> Checks:
    """Check a drawing against the content of the revision it is meant for."""
    own = lint(xml)
    if any(one.rule in UNREADABLE for one in own):
        return Checks(own=tuple(own))
    roles = unit.session.scalars(select(RoleRow.code)).all()
    procedure = Procedure.from_json(row.content)
    own += lint_procedure(xml, procedure, roles=roles)
    own += lint_files(procedure.decisions)
    own += law.findings(unit, procedure, xml)
    own += _letters(procedure)
    if any(one.is_error for one in own):
        return Checks(own=tuple(own))
    definition = load_definition(xml)
    own += failing(definition, procedure)
    second = tuple(get_executor(SECOND).unsupported(definition))
    if unit.engine.executor == SECOND:
        return Checks(own=(*own, *second))
    return Checks(own=tuple(own), second=second)


def _letters(procedure: Procedure) -> list[Finding]:
    """Return an error for everything that is wrong with a letter."""
    return [
        Finding(
            "letter",
            ERROR,
            "",
            Text(f"Mẫu “{one.title.vi}”: {said.vi}", f"The letter “{one.title.say('en')}”: {said.say('en')}"),
            None,
        )
        for one in procedure.letters.values()
        for said in check_letter(one, procedure)
    ]
