"""Everything that is wrong with a drawing, as authors see it: where, why, and the repair of one click.

Three sources speak: the linter with the procedure's rules, the deadline arithmetic among them; the proof,
once the linter has no error; and the second engine. While somebody draws, the proof looks at less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from designer.checks import Checks, check_diagram
from designer.mending import Proposal, proposals
from designer.proof import prove_drawing
from designer.rows import Sum, time_sum
from engine.bpmn.lint import Finding
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.execution.verify import KINDS, Limits, Report
from engine.store.rows import RevisionRow, RoleRow
from engine.store.work import Unit

WHILE_DRAWING = Limits(states=4_000, seconds=1.5)
ORDER = {"error": 0, "open": 1, "warning": 2, "note": 3}

RULES = Text("Quy tắc vẽ", "Rules of drawing")
PROOF = Text("Kiểm chứng đường đi", "Proof of the ways")
TIME = Text("Thời hạn", "Time")
SECOND = Text("Bộ máy thứ hai", "Second engine")
SCENARIO = Text("Kịch bản thử", "Test scenarios")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One problem.

    Attributes:
        element: Where it is; "" for the whole drawing.
        path: The way there on the drawing, for problems of the proof.
        group: rules, time, proof, scenario or second_opinion.
    """

    rule: str
    severity: str
    element: str
    message: Text
    group: str
    source: Text
    line: int | None = None
    path: tuple[str, ...] = ()
    repair: Proposal | None = None

    def as_json(self, language: str) -> dict[str, Any]:
        mending = self.repair
        return {
            "rule": self.rule,
            "severity": self.severity,
            "element": self.element,
            "message": self.message.say(language),
            "line": self.line,
            "group": self.group,
            "source": self.source.say(language),
            "path": list(self.path),
            "repair": None
            if mending is None
            else {
                "id": mending.id,
                "text": mending.text.say(language),
                "question": mending.question.say(language),
            },
        }


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of playing all scenarios again; none is played while the drawing has errors of its own."""

    count: int
    failed: int
    is_played: bool

    @property
    def words(self) -> Text:
        if not self.is_played:
            return Text("kịch bản chưa chạy lại được", "scenarios cannot run yet")
        vi = f"{self.count - self.failed}/{self.count} kịch bản như mong đợi"
        return Text(vi, f"{self.count - self.failed}/{self.count} scenarios as expected")

    @property
    def tone(self) -> str:
        return "soon" if not self.is_played else "late" if self.failed else "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """All problems of one drawing, the worst first.

    Attributes:
        total: None where the drawing cannot be read.
        scenarios: None where the procedure has none.
    """

    shown: tuple[Shown, ...]
    checks: Checks
    total: Sum | None
    proof: Report | None
    scenarios: Replayed | None = None

    @property
    def own(self) -> tuple[Shown, ...]:
        return tuple(one for one in self.shown if one.group != "second_opinion")

    @property
    def errors(self) -> int:
        return sum(1 for one in self.own if one.severity == "error")

    @property
    def warnings(self) -> int:
        return len(self.own) - self.errors

    def as_json(self, language: str) -> dict[str, Any]:
        return {
            "findings": [one.as_json(language) for one in self.shown],
            "errors": self.errors,
            "warnings": self.warnings,
            "total": self.total.words.say(language) if self.total else "",
            "over": bool(self.total and self.total.is_over),
            "proof": self.proof.verdict if self.proof else "",
            "scenarios": self.scenarios.words.say(language) if self.scenarios else "",
            "scenariosTone": self.scenarios.tone if self.scenarios else "",
        }


def list_problems(unit: Unit, row: RevisionRow, xml: bytes, language: str = "vi") -> Problems:
    """Check a drawing against its procedure, prove it if it can run, and offer repairs."""
    checks = check_diagram(unit, row, xml)
    procedure = Procedure.from_json(row.content)
    try:
        total = time_sum(xml, procedure)
        offered = proposals(xml, list(checks.own), procedure, _roles(unit))
    except ProcedureError:  # the file cannot be read; the linter has said so
        return Problems(shown=tuple(_findings(checks, {})), checks=checks, total=None, proof=None)
    proof = prove_drawing(unit, row, xml, WHILE_DRAWING) if checks.can_run else None
    shown = [*_findings(checks, offered), *(_proven(proof) if proof else ())]
    shown.sort(key=lambda one: ORDER[one.severity])
    played = _replayed(checks, procedure)
    return Problems(shown=tuple(shown), checks=checks, total=total, proof=proof, scenarios=played)


def _replayed(checks: Checks, procedure: Procedure) -> Replayed | None:
    """Count what `check_diagram` has said of the scenarios: one finding for each that fails."""
    if not procedure.scenarios:
        return None
    failed = sum(1 for one in checks.own if one.rule == "scenario")
    return Replayed(len(procedure.scenarios), failed, checks.can_run)


def _roles(unit: Unit) -> dict[str, Text]:
    rows = unit.session.execute(select(RoleRow.code, RoleRow.name_vi, RoleRow.name_en))
    return {code: Text(vi, en) for code, vi, en in rows}


def _findings(checks: Checks, offered: Mapping[str, Proposal]) -> list[Shown]:
    found = [_shown(one, offered) for one in checks.own]
    found += [
        Shown(
            rule=one.rule, severity="note", element=one.element, message=one.message,
            group="second_opinion", source=SECOND, line=one.line,
        )
        for one in checks.second
    ]  # fmt: skip
    return found


_GROUPS = {
    "hours-over-limit": ("time", TIME),
    "step-hours": ("time", TIME),
    "scenario": ("scenario", SCENARIO),
}


def _shown(one: Finding, offered: Mapping[str, Proposal]) -> Shown:
    group, source = _GROUPS.get(one.rule, ("rules", RULES))
    return Shown(
        rule=one.rule,
        severity=one.severity,
        element=one.element,
        message=one.message,
        group=group,
        source=source,
        line=one.line,
        repair=offered.get(f"{one.rule}:{one.element}"),
    )


def _proven(report: Report) -> list[Shown]:
    return [
        Shown(
            rule=one.kind,
            severity=one.severity,
            element=one.elements[0] if one.elements else "",
            message=Text(f"{KINDS[one.kind].vi}: {one.message.vi}",
                         f"{KINDS[one.kind].say('en')}: {one.message.say('en')}"),
            group="proof",
            source=PROOF,
            path=tuple(one.path),
        )
        for one in report.problems
    ]  # fmt: skip
