"""What processes exchange: message flows between pools, correlation keys, what a message carries.

Source: BPMN 2.0.2, 8.4.2 (correlation), 9.4 (message flows), 10.4 (data associations).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.definition_reader import local, reference, text_of
from engine.bpmn.extensions import BPMN, local_name


def message_flows(root: Any, by_id: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return both ends of every message flow: a node, a process for a pool, "" for a pool without one."""
    return tuple(
        (_end(by_id, flow.get("sourceRef")), _end(by_id, flow.get("targetRef")))
        for flow in root.iter(f"{{{BPMN}}}messageFlow")
    )


def sent(root: Any, by_id: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the names of the data that throwing nodes are given, by node."""
    found: dict[str, tuple[str, ...]] = {}
    for association in root.iter(f"{{{BPMN}}}dataInputAssociation"):
        node = association.getparent().get("id") or ""
        names = [
            data_name(by_id, one.text) for one in association.iterchildren(f"{{{BPMN}}}sourceRef") if one.text
        ]
        found[node] = (*found.get(node, ()), *names)
    return found


def message_paths(root: Any, by_id: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return, by message and correlation property, the expression that gives its value."""
    found: dict[str, dict[str, str]] = {}
    for retrieval in root.iter(f"{{{BPMN}}}correlationPropertyRetrievalExpression"):
        message = by_id.get(local(retrieval.get("messageRef")))
        path = text_of(retrieval, "messagePath")
        if message is not None and path:
            found.setdefault(reference(message, "message"), {})[_named(retrieval.getparent())] = path
    return found


def bindings(root: Any, by_id: Mapping[str, Any]) -> dict[str, str]:
    """Return, by correlation property, the expression of the process that it is compared with."""
    found = {}
    for binding in root.iter(f"{{{BPMN}}}correlationPropertyBinding"):
        prop = by_id.get(local(binding.get("correlationPropertyRef")))
        if prop is not None and text_of(binding, "dataPath"):
            found[_named(prop)] = text_of(binding, "dataPath")
    return found


def data_name(by_id: Mapping[str, Any], ref: str | None) -> str:
    """Return the name that expressions know a data element by."""
    element = by_id.get(local(ref))
    if element is None:
        return local(ref)
    target = by_id.get(local(element.get("dataObjectRef")))
    return _named(target if target is not None and not element.get("name") else element)


def _named(element: Any) -> str:
    return (element.get("name") or "").strip() or element.get("id") or ""


def _end(by_id: Mapping[str, Any], ref: str | None) -> str:
    element = by_id.get(local(ref))
    if element is None:
        return ""
    if local_name(element) == "participant":
        return local(element.get("processRef"))
    return element.get("id") or ""
