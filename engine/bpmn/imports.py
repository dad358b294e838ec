"""Imports of a diagram: never fetched, and refused as soon as something that is executed needs one.

Types of other files (XSD, WSDL) say nothing about what happens, so a diagram that only names them
runs. A reference that leads into an imported file would have to be guessed, so it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpmn.extensions import BPMN
from engine.bpmn.problems import Problems

# References that decide what happens; those to types and services are carried.
_EXECUTED = (
    "messageRef", "signalRef", "errorRef", "escalationRef", "calledElement", "attachedToRef", "sourceRef",
    "targetRef", "default", "activityRef", "processRef", "noneBehaviorEventRef", "oneBehaviorEventRef",
)  # fmt: skip
_EXECUTED_TEXTS = ("eventDefinitionRef", "loopDataInputRef", "loopDataOutputRef")


def namespaces(root: Any) -> dict[str, str]:
    """Return the namespaces that a diagram imports, each with where its file is said to be."""
    own = (root.get("targetNamespace") or "").strip()
    found = {
        (one.get("namespace") or "").strip(): (one.get("location") or "").strip()
        for one in root.iterchildren(f"{{{BPMN}}}import")
    }
    return {space: location for space, location in found.items() if space != own or not own}


def foreign_references(root: Any, imported: Mapping[str, str]) -> Iterator[tuple[Any, str]]:
    """Yield every reference into an imported file that would have to be followed: element and text."""
    if not imported:
        return
    for element in root.iter(f"{{{BPMN}}}*"):
        texts = [element.get(name) or "" for name in _EXECUTED]
        if element.tag.rpartition("}")[2] in _EXECUTED_TEXTS:
            texts.append(element.text or "")
        for text in texts:
            prefix, colon, _ = text.strip().rpartition(":")
            if colon and element.nsmap.get(prefix) in imported:
                yield element, text.strip()


def check_references(root: Any, imported: Mapping[str, str], problems: Problems) -> None:
    for element, text in foreign_references(root, imported):
        problems.add(
            "import", element,
            f"trỏ tới “{text[:60]}” trong tệp nhập vào (import); phần được thực thi phải nằm trong một tệp.",
            f"refers to “{text[:60]}” in an imported file; all that is executed must be in one file.",
        )  # fmt: skip
