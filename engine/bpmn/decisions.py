"""Which decisions DMN files have, for checks; what they say is read in `engine.execution.dmn`."""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.xml import BadXml, parse_xml

_KINDS = ("decision", "decisionService", "businessKnowledgeModel")


def decision_names(files: Iterable[str]) -> set[str]:
    """Return names and ids of all decisions, services and knowledge models; none of a file that is broken."""
    names: set[str] = set()
    for text in files:
        try:
            root = parse_xml(text.encode())
        except BadXml:
            continue
        for element in root:
            if isinstance(element.tag, str) and element.tag.rpartition("}")[2] in _KINDS:
                names |= {element.get("name", ""), element.get("id", "")}
    return names - {""}
