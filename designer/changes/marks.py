"""Where the differences of two drawings are: marks for both pictures, of boxes and of arrows."""

from __future__ import annotations

from collections.abc import Iterable

from designer.changes.change import ADDED, CHANGED, REMOVED, Change
from designer.changes.matching import align
from engine.bpmn.extensions import BPMN, is_step, local_name
from engine.bpmn.xml import parse_xml

_ARROWS = ("sequenceFlow", "messageFlow")


def marks_of(before: bytes, after: bytes, changes: Iterable[Change]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the marks of the older and of the newer picture, by element id.

    Raises:
        BadXml: If one of them cannot be read.
    """
    aligned = align(before, after)
    old, new = _ends(aligned.before), _ends(after)
    left = {key: REMOVED for key in old if key not in new}
    right = {key: ADDED for key in new if key not in old}
    moved = {key for key in old if key in new and old[key] != new[key]}  # arrows that lead elsewhere
    for key in (*moved, *(one.element for one in changes if one.kind == CHANGED)):
        if key in old:
            left.setdefault(key, CHANGED)
        if key in new:
            right.setdefault(key, CHANGED)
    return {aligned.ids.get(key, key): mark for key, mark in left.items()}, right


def _ends(xml: bytes) -> dict[str, tuple[str, str]]:
    """Return every box and arrow, arrows with their two ends."""
    found = {}
    for one in parse_xml(xml).iter(f"{{{BPMN}}}*"):
        kind = local_name(one)
        if one.get("id") and kind != "process" and (kind in _ARROWS or is_step(one)):
            is_arrow = kind in _ARROWS
            found[one.get("id")] = (
                (one.get("sourceRef", ""), one.get("targetRef", "")) if is_arrow else ("", "")
            )
    return found
