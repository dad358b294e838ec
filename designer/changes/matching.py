"""Which boxes of two drawings are the same box, where somebody drew one anew under the same name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.extensions import BPMN, is_step, local_name
from engine.bpmn.xml import parse_xml
from engine.domain.texts import fold

_REFERENCES = ("id", "sourceRef", "targetRef", "attachedToRef", "bpmnElement", "default", "processRef")
_NAMED = ("incoming", "outgoing", "flowNodeRef")


@dataclass(frozen=True, slots=True)
class Aligned:
    """The older drawing with the ids of the newer one; `ids` says which it had: new → old."""

    before: bytes
    ids: Mapping[str, str]


def align(before: bytes, after: bytes) -> Aligned:
    """Give boxes of `before` the ids of the same boxes of `after`.

    Same are boxes of one kind and one name that each drawing has once, and arrows between the same boxes.

    Raises:
        BadXml: If one of them cannot be read.
    """
    old, new = parse_xml(before), parse_xml(after)
    pairs = _pairs(_keys(old, {}), _keys(new, {}))
    pairs |= _pairs(_arrows(old, pairs), _arrows(new, {}))
    if not pairs:
        return Aligned(before, {})
    _rename(old, pairs)
    return Aligned(etree.tostring(old), {now: was for was, now in pairs.items()})


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Return old id → new id for ids that only one side has and whose key each side has once."""
    left = {ident: key for ident, key in old.items() if ident not in new}
    right = {ident: key for ident, key in new.items() if ident not in old}
    once_left, once_right = Counter(left.values()), Counter(right.values())
    found = {key: ident for ident, key in right.items() if once_right[key] == 1}
    return {ident: found[key] for ident, key in left.items() if once_left[key] == 1 and key in found}


def _keys(root: Any, _: Mapping[str, str]) -> dict[str, Any]:
    elements = (one for one in _elements(root) if is_step(one) and one.get("id"))
    return {
        one.get("id"): (local_name(one), fold(one.get("name") or "")) for one in elements if one.get("name")
    }


def _arrows(root: Any, pairs: Mapping[str, str]) -> dict[str, Any]:
    def end(flow: Any, name: str) -> str:
        return pairs.get(flow.get(name, ""), flow.get(name, ""))

    flows = (one for one in _elements(root) if local_name(one) == "sequenceFlow" and one.get("id"))
    return {one.get("id"): (end(one, "sourceRef"), end(one, "targetRef")) for one in flows}


def _elements(root: Any) -> Iterable[Any]:
    return root.iter(f"{{{BPMN}}}*")


def _rename(root: Any, pairs: Mapping[str, str]) -> None:
    for one in root.iter():
        if not isinstance(one.tag, str):
            continue
        for name in _REFERENCES:
            if one.get(name) in pairs:
                one.set(name, pairs[one.get(name)])
        if local_name(one) in _NAMED and (one.text or "").strip() in pairs:
            one.text = pairs[one.text.strip()]
