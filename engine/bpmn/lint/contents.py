"""What stands in an element, in which order and how often: the contents that BPMN 2.0.2 allows.

One line per kind of element, the families that it inherits from first, as in the standard's own
attribute tables. "?" is at most once, "*" any number, "+" at least once, no sign exactly once,
"{2,}" at least twice; "(a|b)" is one of them. "flowElement" and the like stand for the whole family.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.lint import groups

_FAMILIES: Mapping[str, frozenset[str]] = {
    "flowElement": groups.FLOW_ELEMENTS,
    "artifact": frozenset({"association", "group", "textAnnotation"}),
    "eventDefinition": groups.DEFINITIONS,
    "resourceRole": groups.RESOURCE_ROLES,
    "conversationNode": groups.CONVERSATION_NODES,
    "loopCharacteristics": frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"}),
    "expression": frozenset({"expression", "formalExpression"}),
    "rootElement": groups.CALLABLE
    | groups.COLLABORATIONS
    | groups.DEFINITIONS
    | {
        "category", "correlationProperty", "dataStore", "endPoint", "error", "escalation", "interface",
        "itemDefinition", "message", "partnerEntity", "partnerRole", "resource", "signal",
    },
}  # fmt: skip

_BASE = "documentation* extensionElements?"
_ELEMENT = f"{_BASE} auditing? monitoring? categoryValueRef*"
_NODE = f"{_ELEMENT} incoming* outgoing*"
_ACTIVITY = (
    f"{_NODE} ioSpecification? property* dataInputAssociation* dataOutputAssociation* resourceRole* "
    "loopCharacteristics?"
)
_SUB_PROCESS = f"{_ACTIVITY} laneSet* flowElement* artifact*"
_CATCH = (
    f"{_NODE} property* dataOutput* dataOutputAssociation* outputSet? eventDefinition* eventDefinitionRef*"
)
_THROW = f"{_NODE} property* dataInput* dataInputAssociation* inputSet? eventDefinition* eventDefinitionRef*"
_CALLABLE = f"{_BASE} supportedInterfaceRef* ioSpecification? ioBinding*"
_GLOBAL_TASK = f"{_CALLABLE} resourceRole*"
_COLLABORATION = (
    f"{_BASE} participant* messageFlow* artifact* conversationNode* conversationAssociation* "
    "participantAssociation* messageFlowAssociation* correlationKey* choreographyRef* conversationLink*"
)
_CONVERSATION = f"{_BASE} participantRef* messageFlowRef* correlationKey*"
_CHOREOGRAPHY = f"{_NODE} participantRef{{2,}} correlationKey*"
_ASSOCIATION = f"{_BASE} sourceRef* targetRef transformation? assignment*"
_LANES = f"{_BASE} lane*"
_ITEM = f"{_BASE} dataState?"
_FLOW_ITEM = f"{_ELEMENT} dataState?"
_ROLE = f"{_BASE} (resourceRef|resourceAssignmentExpression)? resourceParameterBinding*"

_WRITTEN: Mapping[str, str] = {
    "definitions": "import* extension* rootElement* BPMNDiagram* relationship*",
    "extension": "documentation*",
    "relationship": f"{_BASE} source+ target+",
    "process": f"{_CALLABLE} auditing? monitoring? property* laneSet* flowElement* artifact* resourceRole* "
    "correlationSubscription* supports*",
    **dict.fromkeys(groups.TASKS - {"userTask", "scriptTask"} | {"callActivity"}, _ACTIVITY),
    "userTask": f"{_ACTIVITY} rendering*",
    "scriptTask": f"{_ACTIVITY} script?",
    "subProcess": _SUB_PROCESS,
    "transaction": _SUB_PROCESS,
    "adHocSubProcess": f"{_SUB_PROCESS} completionCondition?",
    **dict.fromkeys(groups.GATEWAYS - {"complexGateway"}, _NODE),
    "complexGateway": f"{_NODE} activationCondition?",
    **dict.fromkeys(groups.CATCH_EVENTS, _CATCH),
    **dict.fromkeys(groups.THROW_EVENTS | groups.INNER_EVENT, _THROW),
    "sequenceFlow": f"{_ELEMENT} conditionExpression?",
    "dataObject": _FLOW_ITEM,
    "dataObjectReference": _FLOW_ITEM,
    "dataStoreReference": _FLOW_ITEM,
    **dict.fromkeys(("dataStore", "dataInput", "dataOutput", "property"), _ITEM),
    **dict.fromkeys(("inputDataItem", "outputDataItem"), _ITEM),
    "ioSpecification": f"{_BASE} dataInput* dataOutput* inputSet+ outputSet+",
    "inputSet": f"{_BASE} dataInputRefs* optionalInputRefs* whileExecutingInputRefs* outputSetRefs*",
    "outputSet": f"{_BASE} dataOutputRefs* optionalOutputRefs* whileExecutingOutputRefs* inputSetRefs*",
    "dataInputAssociation": _ASSOCIATION,
    "dataOutputAssociation": _ASSOCIATION,
    "assignment": f"{_BASE} from to",
    "standardLoopCharacteristics": f"{_BASE} loopCondition?",
    "multiInstanceLoopCharacteristics": f"{_BASE} loopCardinality? loopDataInputRef? loopDataOutputRef? "
    "inputDataItem? outputDataItem? complexBehaviorDefinition* completionCondition?",
    "complexBehaviorDefinition": f"{_BASE} condition event?",
    "conditionalEventDefinition": f"{_BASE} condition",
    "linkEventDefinition": f"{_BASE} source* target?",
    "messageEventDefinition": f"{_BASE} operationRef?",
    "timerEventDefinition": f"{_BASE} (timeDate|timeDuration|timeCycle)?",
    "laneSet": _LANES,
    "childLaneSet": _LANES,
    "lane": f"{_BASE} partitionElement? flowNodeRef* childLaneSet?",
    **dict.fromkeys(groups.RESOURCE_ROLES, _ROLE),
    "resource": f"{_BASE} resourceParameter*",
    "resourceAssignmentExpression": f"{_BASE} expression",
    "resourceParameterBinding": f"{_BASE} expression",
    **dict.fromkeys(("globalTask", "globalManualTask", "globalBusinessRuleTask"), _GLOBAL_TASK),
    "globalUserTask": f"{_GLOBAL_TASK} rendering*",
    "globalScriptTask": f"{_GLOBAL_TASK} script?",
    "interface": f"{_BASE} operation+",
    "operation": f"{_BASE} inMessageRef outMessageRef? errorRef*",
    "collaboration": _COLLABORATION,
    "globalConversation": _COLLABORATION,
    "choreography": f"{_COLLABORATION} flowElement*",
    "globalChoreographyTask": f"{_COLLABORATION} flowElement*",
    "participant": f"{_BASE} interfaceRef* endPointRef* participantMultiplicity?",
    "participantAssociation": f"{_BASE} innerParticipantRef outerParticipantRef",
    "partnerEntity": f"{_BASE} participantRef*",
    "partnerRole": f"{_BASE} participantRef*",
    "conversation": _CONVERSATION,
    "subConversation": f"{_CONVERSATION} conversationNode*",
    "callConversation": f"{_CONVERSATION} participantAssociation*",
    "choreographyTask": f"{_CHOREOGRAPHY} messageFlowRef{{1,2}}",
    "subChoreography": f"{_CHOREOGRAPHY} flowElement* artifact*",
    "callChoreography": f"{_CHOREOGRAPHY} participantAssociation*",
    "correlationKey": f"{_BASE} correlationPropertyRef*",
    "correlationProperty": f"{_BASE} correlationPropertyRetrievalExpression+",
    "correlationPropertyRetrievalExpression": f"{_BASE} messagePath",
    "correlationSubscription": f"{_BASE} correlationPropertyBinding*",
    "correlationPropertyBinding": f"{_BASE} dataPath",
    "category": f"{_BASE} categoryValue*",
    "textAnnotation": f"{_BASE} text?",
}  # fmt: skip

# Anything may be written inside these: they are text, or somebody else's business.
OPEN = frozenset({"documentation", "extensionElements", "text", "script"})
# Expressions hold text; so do references, which the table of elements knows.
EXPRESSIONS = frozenset(
    {
        "activationCondition", "completionCondition", "condition", "conditionExpression", "dataPath",
        "expression", "formalExpression", "from", "loopCardinality", "loopCondition", "messagePath",
        "timeCycle",
        "timeDate", "timeDuration", "to", "transformation",
    }
)  # fmt: skip
# These are formal by themselves; the others only when they say so (xsi:type).
FORMAL = frozenset({"dataPath", "formalExpression", "messagePath", "transformation"})


@dataclass(frozen=True, slots=True)
class Part:
    """One place in the contents: which kinds may stand there, how often; `most` None is any number."""

    kinds: frozenset[str]
    name: str
    least: int
    most: int | None


_PART = re.compile(
    r"(?:(?P<name>\w+)|\((?P<choice>[\w|]+)\))(?P<sign>[?*+]?)(?:\{(?P<least>\d),(?P<most>\d?)\})?"
)
_SIGNS: Mapping[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None), "": (1, 1)}


def contents(kind: str) -> tuple[Part, ...]:
    """Return the places in the contents of an element, in order."""
    return _CONTENTS.get(kind, _PLAIN)


def _read(written: str) -> tuple[Part, ...]:
    return tuple(_part(one) for one in written.split())


def _part(source: str) -> Part:
    match = _PART.fullmatch(source)
    if match is None:
        raise ValueError(f"not a part of an element: {source}")
    least, most = _SIGNS[match["sign"]]
    if match["least"]:
        least, most = int(match["least"]), int(match["most"]) if match["most"] else None
    names = (match["name"] or match["choice"]).split("|")
    kinds = frozenset().union(*(_FAMILIES.get(name, frozenset({name})) for name in names))
    return Part(kinds, match["name"] or ", ".join(names), least, most)


_CONTENTS = {kind: _read(written) for kind, written in _WRITTEN.items()}
_PLAIN = _read(_BASE)
