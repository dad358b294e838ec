"""What the linter says: findings, each a sentence that names the element, and how they are collected."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from engine.bpmn.lint.catalogue import ENGINE, clause_of, law_of
from engine.bpmn.lint.diagram import Flow, Node, Scope
from engine.bpmn.lint.names import sentence
from engine.domain.texts import Text

ERROR = "error"
WARNING = "warning"
_NEVER_SOFT = frozenset({"xml", "not-supported", "foreign-execution", "call-recursion", "bad-count"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at in a diagram.

    Attributes:
        rule: Stable id of the rule, for filters and for links to its explanation.
        severity: "error" (publication is refused) or "warning".
        element: Id of the element, "" when the finding is about the whole diagram.
        message: What was expected and what was found, naming the element.
        line: Line in the XML, where there is one.

    The law and the clause of its rule are those of the catalogue.
    """

    rule: str
    severity: str
    element: str
    message: Text
    line: int | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    @property
    def law(self) -> str:
        """On what the finding rests: "standard", "engine", "office" or "advice"."""
        return law_of(self.rule)

    @property
    def clause(self) -> str:
        """The clause of BPMN 2.0.2, for findings that rest on the standard."""
        return clause_of(self.rule)

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "law": self.law,
            "clause": self.clause,
            "element": self.element,
            "message": self.message.as_json(),
            "line": self.line,
        }


@dataclass(slots=True)
class Report:
    """Collects findings.

    `what` is the node, flow or XML element that a sentence begins with, or None for the whole diagram;
    `vi` and `en` are the rest of the sentence.
    """

    found: list[Finding] = field(default_factory=list)

    def error(self, rule: str, what: Any, vi: str, en: str, at: Any = None) -> None:
        """Add an error; `at` is the XML element to point to, when it is not `what` itself."""
        self._add(rule, ERROR, what, vi, en, at)

    def warning(self, rule: str, what: Any, vi: str, en: str, at: Any = None) -> None:
        self._add(rule, WARNING, what, vi, en, at)

    def add(self, rule: str, element: str, message: Text, line: int | None) -> None:
        """Add an error whose sentence is already written."""
        self.found.append(Finding(rule, ERROR, element, message, line))

    def soften(self) -> None:
        """Make advice of what only keeps a diagram from running: it is not meant to run.

        What the standard forbids stays an error, and so does what would be refused in any case.
        """
        self.found = [
            replace(one, severity=WARNING) if one.law == ENGINE and one.rule not in _NEVER_SOFT else one
            for one in self.found
        ]

    def in_order(self) -> list[Finding]:
        """Return the findings by line, each once, so that two runs over one diagram agree."""
        return sorted(dict.fromkeys(self.found), key=_place)

    @property
    def has_errors(self) -> bool:
        return any(finding.is_error for finding in self.found)

    def _add(self, rule: str, severity: str, what: Any, vi: str, en: str, at: Any) -> None:
        if what is None:
            self.found.append(Finding(rule, severity, "", Text(vi, en)))
            return
        if at is None:
            at = what.xml if isinstance(what, Node | Flow | Scope) else what
        self.found.append(Finding(rule, severity, _nearest_id(at), sentence(what, vi, en), at.sourceline))


def _place(finding: Finding) -> tuple[int, str, str, str]:
    return (finding.line or 0, finding.rule, finding.element, finding.message.vi)


def _nearest_id(element: Any) -> str:
    """Return the id that a person can click: the element's own or that of what it belongs to."""
    while element is not None:
        if element.get("id"):
            return element.get("id")
        element = element.getparent()
    return ""
