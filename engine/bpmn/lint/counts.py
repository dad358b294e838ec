"""How often a part may stand in its whole, by the schema of BPMN 2.0.2: missing parts, and parts twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, bpmn_children
from engine.bpmn.lint.findings import Report

LEAST: Mapping[str, tuple[str, ...]] = {
    "participantAssociation": ("innerParticipantRef", "outerParticipantRef"),
    "correlationProperty": ("correlationPropertyRetrievalExpression",),
    "correlationPropertyRetrievalExpression": ("messagePath",),
    "correlationPropertyBinding": ("dataPath",),
    "dataInputAssociation": ("targetRef",),
    "dataOutputAssociation": ("targetRef",),
    "ioSpecification": ("inputSet", "outputSet"),
    "interface": ("operation",),
    "operation": ("inMessageRef",),
    "relationship": ("source", "target"),
}
# None of these may stand twice in the same element, wherever they stand.
ONCE = frozenset(
    {
        "extensionElements", "auditing", "monitoring", "ioSpecification", "conditionExpression", "condition",
        "activationCondition", "completionCondition", "loopCondition", "loopCardinality", "loopDataInputRef",
        "loopDataOutputRef", "inputDataItem", "outputDataItem", "transformation", "dataState", "childLaneSet",
        "partitionElement", "participantMultiplicity", "messagePath", "dataPath", "script", "text",
        "inMessageRef", "outMessageRef", "innerParticipantRef", "outerParticipantRef", "event",
    }
)  # fmt: skip
_ONCE_IN = frozenset(
    {
        ("dataInputAssociation", "targetRef"), ("dataOutputAssociation", "targetRef"),
        ("linkEventDefinition", "target"), ("messageEventDefinition", "operationRef"),
        ("startEvent", "outputSet"), ("boundaryEvent", "outputSet"), ("intermediateCatchEvent", "outputSet"),
        ("endEvent", "inputSet"), ("intermediateThrowEvent", "inputSet"),
    }
)  # fmt: skip


def check_counts(diagram: Diagram, report: Report) -> None:
    """Report parts that are missing, and parts that stand twice where one would have to be ignored."""
    for xml in diagram.elements:
        kind = local_name(xml)
        found = Counter(local_name(child) for child in bpmn_children(xml))
        for part in LEAST.get(kind, ()):
            if not found[part]:
                report.error("part-missing", xml, f"thiếu <{part}>.", f"lacks its <{part}>.")
        for part, number in found.items():
            if number > 1 and (part in ONCE or (kind, part) in _ONCE_IN):
                report.error(
                    "part-twice",
                    xml,
                    f"có {number} <{part}>; chỉ được một.",
                    f"has {number} <{part}>; only one is allowed.",
                )
