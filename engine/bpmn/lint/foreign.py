"""What other tools wrote into the file: harmless notes are carried, executable ones are refused.

A class name or a listener of another engine would be a step that silently does nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.extensions import BPMN, MC, local_name, local_of
from engine.bpmn.lint.diagram import Diagram, child_of
from engine.bpmn.lint.findings import Report

_XSI = "http://www.w3.org/2001/XMLSchema-instance"

_CAMUNDA_ATTRIBUTES = frozenset(
    {
        "class", "expression", "delegateExpression", "topic", "type", "resultVariable", "resource",
        "decisionRef", "decisionRefBinding", "mapDecisionResult", "caseRef", "collection",
        "elementVariable", "assignee", "candidateUsers", "candidateGroups", "owner", "formKey", "formRef",
        "formHandlerClass", "dueDate", "followUpDate", "initiator", "errorCodeVariable",
        "errorMessageVariable", "escalationCodeVariable", "variableMappingClass",
        "variableMappingDelegateExpression", "candidateStarterUsers", "candidateStarterGroups",
        "variableName", "variableEvents", "skipExpression", "businessKey", "inheritVariables",
        "ruleVariablesInput", "rules", "calledElementType", "extensionId",
    }
)  # fmt: skip
_CAMUNDA_ELEMENTS = frozenset(
    {
        "executionListener", "taskListener", "script", "expression", "field", "connector", "inputOutput",
        "inputParameter", "outputParameter", "in", "out", "formData", "formField", "formProperty",
        "errorEventDefinition", "potentialStarter", "eventListener", "transactionDependentListener",
        "chatterProperty", "eventType", "customResource",
    }
)  # fmt: skip
_ZEEBE_ELEMENTS = frozenset(
    {
        "taskDefinition", "ioMapping", "input", "output", "assignmentDefinition", "formDefinition",
        "userTaskForm", "calledDecision", "calledElement", "loopCharacteristics", "script", "subscription",
        "executionListeners", "executionListener", "taskListeners", "taskListener", "taskSchedule",
        "priorityDefinition", "linkedResources", "adHoc", "conditionalFilter",
    }
)  # fmt: skip
_SPIFF_ELEMENTS = frozenset(
    {
        "preScript", "postScript", "script", "serviceTaskOperator", "calledDecisionId",
        "messageVariable", "messagePayload", "processVariableCorrelation", "variableName",
        "guestConfirmation", "allowGuest",
    }
)  # fmt: skip

# Namespace → what in it would have to be executed.
_EXECUTABLE: Mapping[str, tuple[str, frozenset[str], frozenset[str]]] = {
    **{
        uri: (tool, _CAMUNDA_ATTRIBUTES, _CAMUNDA_ELEMENTS)
        for tool, uri in (
            ("camunda", "http://camunda.org/schema/1.0/bpmn"),
            ("activiti", "http://activiti.org/bpmn"),
            ("flowable", "http://flowable.org/bpmn"),
            ("operaton", "http://operaton.org/schema/1.0/bpmn"),
        )
    },
    "http://camunda.org/schema/zeebe/1.0": ("zeebe", frozenset({"formKey"}), _ZEEBE_ELEMENTS),
    "http://spiffworkflow.org/bpmn/schema/1.0/core": (
        "spiffworkflow",
        frozenset({"calledDecisionId"}),
        _SPIFF_ELEMENTS,
    ),
    "http://www.jboss.org/drools": (
        "jbpm",
        frozenset({"taskName", "ruleFlowGroup", "packageName", "serviceinterface", "serviceoperation"}),
        frozenset({"onEntry-script", "onExit-script", "import", "global", "script", "metaData-script"}),
    ),
}
# In a namespace that we do not know, only what can hardly mean anything else.
_ANYWHERE_ATTRIBUTES = frozenset({"class", "delegateExpression"})
_ANYWHERE_ELEMENTS = frozenset(
    {"executionListener", "taskListener", "script", "preScript", "postScript", "taskDefinition"}
)


def check_foreign(diagram: Diagram, report: Report) -> None:
    """Report what another engine would execute and this one would not."""
    for xml in diagram.elements:
        for name in xml.attrib:
            if name.startswith("{"):
                _check_attribute(xml, name, report)
        extensions = child_of(xml, "extensionElements")
        if extensions is not None:
            for child in extensions:
                _check_extension(xml, child, report)


def _check_attribute(xml: Any, name: str, report: Report) -> None:
    namespace, local = name[1:].split("}", 1)
    if namespace in (MC, _XSI):
        return
    if namespace == BPMN:
        report.error(
            "unknown-attribute",
            xml,
            f"viết thuộc tính “{local}” với tiền tố BPMN; BPMN 2.0 không đọc như vậy.",
            f"writes the attribute “{local}” with the BPMN prefix, which BPMN 2.0 does not read.",
        )
        return
    tool, attributes, _ = _EXECUTABLE.get(namespace, ("", _ANYWHERE_ATTRIBUTES, frozenset()))
    if local in attributes:
        _refuse(xml, f"{tool or namespace}:{local}", report)


def _check_extension(owner: Any, xml: Any, report: Report) -> None:
    """Look at one extension element; a listener may hide inside a harmless-looking list."""
    if not isinstance(xml.tag, str) or xml.tag.startswith((f"{{{MC}}}", f"{{{BPMN}}}")):
        return
    namespace = xml.tag[1:].split("}", 1)[0] if xml.tag.startswith("{") else ""
    tool, _, elements = _EXECUTABLE.get(namespace, ("", frozenset(), _ANYWHERE_ELEMENTS))
    if local_name(xml) in elements:
        _refuse(owner, f"{tool or namespace}:{local_of(xml.tag)}", report)
        return
    for child in xml:
        _check_extension(owner, child, report)


def _refuse(owner: Any, what: str, report: Report) -> None:
    report.error(
        "foreign-execution",
        owner,
        f"có “{what[:80]}” của công cụ khác; hệ thống không chạy phần đó nên không bỏ qua được. "
        "Hãy xóa đi và mô tả lại bằng bước, biểu mẫu hoặc điều kiện.",
        f"has “{what[:80]}” of another tool; it is not run here and cannot be ignored. "
        "Remove it and describe it by a step, a form or a condition.",
    )
