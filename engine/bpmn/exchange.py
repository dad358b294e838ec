"""What processes exchange: message flows between pools, and the keys by which messages find them.

Source: BPMN 2.0.2, 8.4.2 (correlation), 9.4 (message flows).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.definition_reader import expression_of, local, reference
from engine.bpmn.extensions import BPMN, local_name


def message_flows(root: Any, by_id: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return both ends of every message flow: a node, a process for a pool, "" for a pool without one."""
    return tuple(
        (_end(by_id, flow.get("sourceRef")), _end(by_id, flow.get("targetRef")))
        for flow in root.iter(f"{{{BPMN}}}messageFlow")
    )


def message_paths(root: Any, by_id: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return, by message and correlation property, the expression that gives its value."""
    found: dict[str, dict[str, str]] = {}
    for retrieval in root.iter(f"{{{BPMN}}}correlationPropertyRetrievalExpression"):
        message = by_id.get(local(retrieval.get("messageRef")))
        path = expression_of(retrieval, "messagePath")
        if message is not None and path:
            found.setdefault(reference(message, "message"), {})[_named(retrieval.getparent())] = path
    return found


def bindings(root: Any, by_id: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return, by process and correlation property, the expression that keys are compared with."""
    found: dict[str, dict[str, str]] = {}
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        for binding in process.iter(f"{{{BPMN}}}correlationPropertyBinding"):
            prop = by_id.get(local(binding.get("correlationPropertyRef")))
            path = expression_of(binding, "dataPath")
            if prop is not None and path:
                found.setdefault(process.get("id") or "", {})[_named(prop)] = path
    return found


def _named(element: Any) -> str:
    return (element.get("name") or "").strip() or element.get("id") or ""


def _end(by_id: Mapping[str, Any], ref: str | None) -> str:
    element = by_id.get(local(ref))
    if element is None:
        return ""
    if local_name(element) == "participant":
        return local(element.get("processRef"))
    return element.get("id") or ""
