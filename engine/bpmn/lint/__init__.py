"""The linter: nothing in a diagram is silently ignored.

`lint(xml)` judges a diagram by itself, `lint_procedure(xml, procedure)` against what its procedure has.
What is executed, carried or refused is one table (`elements`); everything else is a rule of the
standard or of the office, one function each, in the modules of this package.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from engine.bpmn.extensions import BPMN, Problem
from engine.bpmn.lint import (
    activities,
    catchers,
    choreographies,
    collaborations,
    core,
    data,
    drawing,
    ends,
    events,
    exchanges,
    expressions,
    flows,
    foreign,
    gateways,
    items,
    neighbours,
    office,
    payloads,
    processes,
    reach,
    references,
    schema,
    tasks,
    triggers,
    vocabulary,
)
from engine.bpmn.lint.catalogue import CATALOGUE, STANDARD
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.lint.findings import ERROR, WARNING, Finding, Report
from engine.bpmn.lint.procedure import check_procedure
from engine.bpmn.parse import parse_bpmn
from engine.bpmn.problems import BadDiagram
from engine.bpmn.xml import BadXml, parse_xml
from engine.domain.procedures import Procedure
from engine.domain.texts import Text

__all__ = ["ERROR", "WARNING", "Finding", "lint", "lint_procedure", "refuse_faults"]

# By chapter of the standard, then what the engine and the office ask.
RULES: tuple[Callable[[Diagram, Report], None], ...] = (
    # 8: the file, its parts, its references, flows
    vocabulary.check_vocabulary,
    schema.check_contents,
    schema.check_text,
    schema.check_types,
    schema.check_extensions,
    foreign.check_foreign,
    references.check_ids,
    references.check_references,
    references.check_imports,
    core.check_names,
    core.check_types,
    core.check_file,
    core.check_items,
    core.check_keys,
    core.check_resources,
    processes.check_texts,
    flows.check_flow_ends,
    flows.check_connections,
    flows.check_listed,
    flows.check_conditions,
    flows.check_immediate,
    # 9: collaborations
    processes.check_participants,
    processes.check_message_flows,
    collaborations.check_message_numbers,
    collaborations.check_conversations,
    collaborations.check_called_collaborations,
    # 10.2, 10.3: processes and activities
    processes.check_executable,
    tasks.check_quantities,
    tasks.check_scripts,
    tasks.check_services,
    tasks.check_sub_processes,
    tasks.check_instantiating,
    activities.check_activities,
    activities.check_recursion,
    activities.check_transactions,
    # 10.4: data
    processes.check_data,
    data.check_associations,
    data.check_sets,
    data.check_operations,
    items.check_holders,
    items.check_event_data,
    items.check_flows,
    payloads.check_payloads,
    items.check_loop_data,
    items.check_calls,
    items.check_bindings,
    items.check_stores,
    # 10.5: events
    events.check_events,
    catchers.check_catchers,
    events.check_starts,
    events.check_links,
    events.check_compensated,
    ends.check_ends,
    ends.check_thrown,
    ends.check_partners,
    triggers.check_triggers,
    triggers.check_messages,
    triggers.check_shared,
    triggers.check_instantiation,
    # 10.6, 10.8: gateways and lanes
    gateways.check_gateways,
    gateways.check_circles,
    processes.check_lanes,
    # 11, 12: choreographies and the drawing
    choreographies.check_choreographies,
    choreographies.check_order,
    choreographies.check_data,
    drawing.check_schema,
    drawing.check_drawn,
    drawing.check_marks,
    # the engine and the office
    reach.check_reach,
    reach.check_implicit_splits,
    expressions.check_expressions,
    office.check_office,
    exchanges.check_exchanges,
)


class HasXml(Protocol):
    @property
    def xml(self) -> bytes: ...


def lint(xml: bytes, beside: neighbours.Reader | None = None) -> list[Finding]:
    """Return everything that keeps a diagram from running, and everything that looks like a slip.

    Args:
        beside: Reads an imported diagram in the same folder, None when there is none; without it
            imports are not looked at.

    Never raises for what a person may send: a file that is not XML gives one finding.
    """
    try:
        root = parse_xml(xml)
    except BadXml as bad:
        return [Finding("xml", ERROR, "", Text(bad.say("vi"), bad.say("en")))]
    if root.tag != f"{{{BPMN}}}definitions":
        return [_not_bpmn(root)]
    report = Report()
    diagram = Diagram(root)
    for rule in RULES:
        rule(diagram, report)
    if beside is not None:
        neighbours.check_neighbours(diagram, beside, report)
    if not report.has_errors:
        _ask_parser(root, report)
    if not (diagram.is_executable or diagram.of_the_office):
        report.soften()
    return report.in_order()


def refuse_faults(xml: bytes) -> None:
    """Refuse what the standard forbids and what would leave in doubt what is executed.

    Raises:
        BadDiagram: With the sentences of the linter.
    """
    faults = [
        Problem(one.rule, one.element, one.message, one.line)
        for one in lint(xml)
        if one.is_error and one.law == STANDARD and not CATALOGUE[one.rule].is_clear
    ]
    if faults:
        raise BadDiagram(faults)


def lint_procedure(
    source: bytes | HasXml, procedure: Procedure, *, roles: Collection[str] | None = None
) -> list[Finding]:
    """Return where a diagram and its procedure do not fit; `source` is the XML or a definition.

    Args:
        roles: Role codes that exist in the installation; None leaves roles unchecked.

    Raises:
        BadXml: If the diagram cannot be parsed at all; `lint` says so in a finding.
    """
    report = Report()
    diagram = Diagram(parse_xml(source if isinstance(source, bytes) else source.xml))
    check_procedure(diagram, procedure, roles, report)
    return report.in_order()


def _not_bpmn(root: object) -> Finding:
    message = Text(
        "Tệp không phải là sơ đồ BPMN 2.0: phần gốc phải là <definitions> của BPMN.",
        "The file is not a BPMN 2.0 diagram: its root must be BPMN's <definitions>.",
    )
    return Finding("not-bpmn", ERROR, "", message, getattr(root, "sourceline", None))


def _ask_parser(root: object, report: Report) -> None:
    """The executor's own parser has the last word: what it refuses may not pass here."""
    try:
        parse_bpmn(root)
    except BadDiagram as bad:
        for problem in bad.facts["problems"]:  # type: ignore[attr-defined]
            report.add(problem.rule, problem.element, problem.message, problem.line)
