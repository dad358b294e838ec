"""How a sentence speaks of an element: «Bước “Thẩm định”», «the user task “Thẩm định”»."""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Flow, Node, Scope, plain
from engine.bpmn.lint.elements import TABLE
from engine.domain.texts import Text

_UNKNOWN = Text("phần tử", "element")


def label(what: Node | Flow | Scope | Any) -> Text:
    """Return what people call an element, in the middle of a sentence."""
    xml = what.xml if isinstance(what, Node | Flow | Scope) else what
    kind = local_name(xml)
    word = TABLE[kind].word if kind in TABLE else _UNKNOWN
    if kind == "sequenceFlow" and not _name(xml):
        source, target = _end(xml, "sourceRef"), _end(xml, "targetRef")
        return Text(f"mũi tên từ {source} đến {target}", f"the flow from {source} to {target}")
    called = _name(xml) or xml.get("id") or f"<{kind}>"
    return Text(f"{word.vi} “{called}”", f"the {word.en} “{called}”")


def title(what: Node | Flow | Scope | Any) -> Text:
    """Return the same for the beginning of a sentence."""
    said = label(what)
    return Text(_capital(said.vi), _capital(said.en))


def sentence(what: Node | Flow | Scope | Any, vi: str, en: str) -> Text:
    """Return "<name> <rest>." in both languages."""
    said = title(what)
    return Text(f"{said.vi} {vi}", f"{said.en} {en}")


def listed(names: list[str], limit: int = 6) -> str:
    """Return names in quotes, cut after a few."""
    shown = ", ".join(f"“{one}”" for one in names[:limit])
    return shown + (", …" if len(names) > limit else "")


def _name(xml: Any) -> str:
    return " ".join((xml.get("name") or "").split())[:120]


def _end(flow: Any, attribute: str) -> str:
    reference = plain(flow.get(attribute))
    if not reference:
        return "?"
    for one in flow.getparent() if flow.getparent() is not None else ():
        if isinstance(one.tag, str) and one.get("id") == reference:
            return f"“{_name(one) or reference}”"
    return f"“{reference}”"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
