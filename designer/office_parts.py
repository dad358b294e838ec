"""Writing what the office says about an element: the other half of `engine.bpmn.extensions`.

What is not given stays as it was, and what this module does not know is left alone, so that a step which
was edited in a table keeps everything that only the diagram shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lxml import etree

from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.steps import LegalBasis, Outcome
from engine.domain.texts import Text

_SAID_IN_ENGLISH = ("name", "documentation", "public")


def set_word(element: Any, name: str, value: str) -> None:
    """Set an attribute of the office's namespace; an empty value takes it away."""
    key = f"{{{MC}}}{name}"
    if value:
        element.set(key, value)
    else:
        element.attrib.pop(key, None)


def set_name(element: Any, name: Text) -> None:
    element.set("name", name.vi)
    set_english(element, "name", name.en)


def set_english(element: Any, what: str, words: str) -> None:
    """Set the English name, documentation or sentence for the citizen."""
    found = next((one for one in _of(element, "text") if one.get("lang") == "en"), None)
    if found is None and words:
        found = _make(element, "text", {"lang": "en"})
        _holder(element).insert(0, found)
    if found is None:
        return
    if words:
        found.set(what, words)
    else:
        found.attrib.pop(what, None)
    if not any(found.get(one) for one in _SAID_IN_ENGLISH):
        _drop(found)


def set_documentation(element: Any, words: Text) -> None:
    for old in element.findall(f"{{{BPMN}}}documentation"):
        element.remove(old)
    if words.vi:
        said = element.makeelement(f"{{{BPMN}}}documentation")
        said.text = words.vi
        element.insert(0, said)
    set_english(element, "documentation", words.en)


def set_public(element: Any, words: Text) -> None:
    """Set the sentence that the citizen reads."""
    _replace(element, "public", [({}, words.vi)] if words.vi else [])
    set_english(element, "public", words.en)


def set_todo(element: Any, vi: Sequence[str], en: Sequence[str]) -> None:
    lines = [({}, line) for line in vi if line.strip()]
    lines += [({"lang": "en"}, line) for line in en if line.strip()]
    _replace(element, "do", lines)


def set_legal(element: Any, found: Iterable[LegalBasis]) -> None:
    parts = [
        ({"document": one.document, "article": one.article, "note": one.note}, "")
        for one in found
        if one.document
    ]
    _replace(element, "legal", parts)


def set_outcomes(element: Any, outcomes: Iterable[Outcome]) -> None:
    _replace(element, "outcome", [(_outcome(one), "") for one in outcomes])


def set_fields(element: Any, fields: Iterable[tuple[str, str]]) -> None:
    """Set what a message carries: (name, FEEL)."""
    _replace(element, "field", [({"name": name, "value": value}, "") for name, value in fields if name])


def _outcome(one: Outcome) -> dict[str, str]:
    facts = {
        "code": one.code,
        "name": one.name.vi,
        "nameEn": one.name.en,
        "style": one.style,
        "reason": "true" if one.reason else "",
        "hint": one.hint.vi,
        "hintEn": one.hint.en,
    }
    return {name: value for name, value in facts.items() if value and value != "plain"}


def _replace(element: Any, kind: str, wanted: Sequence[tuple[dict[str, str], str]]) -> None:
    """Put these parts where those of the kind were; at the end where there were none."""
    old = _of(element, kind)
    if not old and not wanted:
        return
    holder = _holder(element)
    at = holder.index(old[0]) if old else len(holder)
    for one in old:
        holder.remove(one)
    for offset, (facts, text) in enumerate(wanted):
        part = _make(element, kind, {name: value for name, value in facts.items() if value})
        part.text = text or None
        holder.insert(at + offset, part)
    if len(holder) == 0:
        _drop(holder)


def _of(element: Any, kind: str) -> list[Any]:
    holder = element.find(f"{{{BPMN}}}extensionElements")
    return [] if holder is None else [one for one in holder if one.tag == f"{{{MC}}}{kind}"]


def _make(element: Any, kind: str, facts: dict[str, str]) -> Any:
    return element.makeelement(f"{{{MC}}}{kind}", facts)


def _holder(element: Any) -> Any:
    found = element.find(f"{{{BPMN}}}extensionElements")
    if found is None:
        found = element.makeelement(f"{{{BPMN}}}extensionElements")
        at = sum(1 for one in element if local_name(one) == "documentation")
        element.insert(at, found)
    return found


def _drop(part: Any) -> None:
    parent = part.getparent()
    parent.remove(part)
    if parent.tag == f"{{{BPMN}}}extensionElements" and len(parent) == 0:
        parent.getparent().remove(parent)


def written(element: Any) -> str:
    """Return an element as text, for telling whether two are the same."""
    return etree.tostring(element, encoding="unicode")
