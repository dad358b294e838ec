"""Families of BPMN elements: where an element may stand, and what a reference may point to."""

from __future__ import annotations

from collections.abc import Mapping

TASKS = frozenset(
    {
        "task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask",
        "sendTask", "receiveTask",
    }
)  # fmt: skip
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"}
)
CATCH_EVENTS = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
THROW_EVENTS = frozenset({"endEvent", "intermediateThrowEvent", "implicitThrowEvent"})
EVENTS = CATCH_EVENTS | THROW_EVENTS
CHOREOGRAPHY_NODES = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
NODES = ACTIVITIES | GATEWAYS | EVENTS | CHOREOGRAPHY_NODES
DEFINITIONS = frozenset(
    f"{kind}EventDefinition"
    for kind in (
        "message", "timer", "signal", "error", "escalation", "conditional", "link", "compensate",
        "cancel", "terminate",
    )
)  # fmt: skip
GLOBAL_TASKS = frozenset(
    {"globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"}
)
CALLABLE = GLOBAL_TASKS | {"process"}
CHOREOGRAPHIES = frozenset({"choreography", "globalChoreographyTask"})
COLLABORATIONS = CHOREOGRAPHIES | {"collaboration", "globalConversation"}
FLOW_CONTAINERS = SUB_PROCESSES | CHOREOGRAPHIES | {"process", "subChoreography"}
CONVERSATION_NODES = frozenset({"conversation", "subConversation", "callConversation"})
RESOURCE_ROLES = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner"})
# An event that is written inside a multi-instance activity, and thrown by it.
INNER_EVENT = frozenset({"event"})
DATA_ELEMENTS = frozenset({"dataObject", "dataObjectReference", "dataStoreReference"})
DATA = DATA_ELEMENTS | {
    "dataStore", "dataInput", "dataOutput", "inputDataItem", "outputDataItem", "property",
}  # fmt: skip
FLOW_ELEMENTS = NODES | DATA_ELEMENTS | {"sequenceFlow"}

GROUPS: Mapping[str, frozenset[str]] = {
    # Everything may be documented and extended; the table's test knows the few exceptions.
    "all": frozenset({"*"}),
    "activities": ACTIVITIES,
    "events": EVENTS | INNER_EVENT,
    "catching": CATCH_EVENTS,
    "throwing": THROW_EVENTS | INNER_EVENT,
    "nodes": NODES | INNER_EVENT,
    "flow_elements": FLOW_ELEMENTS | INNER_EVENT,
    "containers": FLOW_CONTAINERS,
    "sub_processes": SUB_PROCESSES,
    "collaborations": COLLABORATIONS,
    "conversations": CONVERSATION_NODES,
    "choreography_nodes": CHOREOGRAPHY_NODES,
    "callable": CALLABLE,
    "global_tasks": GLOBAL_TASKS,
    "resource_roles": RESOURCE_ROLES,
    "associations": frozenset({"dataInputAssociation", "dataOutputAssociation"}),
}

# What a reference may point to, by the name that the table uses.
TARGETS: Mapping[str, frozenset[str]] = {
    "flow": frozenset({"sequenceFlow"}),
    "node": NODES,
    "activity": ACTIVITIES,
    "host": ACTIVITIES | CHOREOGRAPHY_NODES,
    "callable": CALLABLE,
    "data": DATA,
    "definition": DEFINITIONS,
    "collaboration": COLLABORATIONS,
    "choreography": CHOREOGRAPHIES,
    "conversation": CONVERSATION_NODES | {"participant"},
    "conversation_node": CONVERSATION_NODES,
    "message_end": ACTIVITIES | EVENTS | {"participant", "choreographyTask"} | CONVERSATION_NODES,
    "data_input": frozenset({"dataInput", "inputDataItem"}),
    "data_output": frozenset({"dataOutput", "outputDataItem"}),
    "link": frozenset({"linkEventDefinition"}),
    **{
        name: frozenset({name})
        for name in (
            "message", "signal", "error", "escalation", "participant", "process", "operation", "interface",
            "endPoint", "itemDefinition", "dataObject", "dataStore", "inputSet", "outputSet",
            "categoryValue", "correlationKey", "correlationProperty", "messageFlow", "resource",
            "resourceParameter",
        )
    },
}  # fmt: skip
