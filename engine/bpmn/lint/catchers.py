"""Who catches an error or an escalation: one catcher for each code, or nobody knows who goes on.

The standard does not say which of two would win. An engine that takes the first one in the file does
something else after the next save of an editor.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, Node, plain
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label

_CODES = {"error": "errorCode", "escalation": "escalationCode"}


def check_catchers(diagram: Diagram, report: Report) -> None:
    """Report a second catcher of the same code on one activity, or in one part of the diagram."""
    for scope in diagram.running:
        for node in scope.nodes:
            _check(diagram, node.boundaries, report)
        subs = [node for node in scope.nodes if node.is_event_sub]
        _check(diagram, [start for sub in subs for start in _starts(diagram, sub)], report)


def _check(diagram: Diagram, catchers: Iterable[Node], report: Report) -> None:
    first: dict[tuple[str, str], Node] = {}
    for node in catchers:
        for kind, code in dict.fromkeys(_caught(diagram, node)):
            other = first.setdefault((kind, code), node)
            if other is node:
                continue
            said = label(other)
            vi, en = (f"mã “{code[:60]}”", f"the code “{code[:60]}”") if code else ("mọi mã", "every code")
            report.error(
                "caught-twice",
                node,
                f"bắt {vi}, như {said.vi} đã bắt; mỗi mã chỉ có một nơi bắt.",
                f"catches {en}, as {said.en} does already; each code has one catcher.",
            )


def _caught(diagram: Diagram, node: Node) -> Iterable[tuple[str, str]]:
    """Yield kind and code of what an event catches; no code for one that catches all."""
    for definition in node.definitions:
        kind = local_name(definition).removesuffix("EventDefinition")
        if kind in _CODES:
            reference = plain(definition.get(f"{kind}Ref"))
            named = diagram.named(reference)
            code = "" if named is None else (named.get(_CODES[kind]) or "").strip()
            if code or not reference:  # another fault, said elsewhere
                yield kind, code


def _starts(diagram: Diagram, sub: Node) -> Iterable[Node]:
    inner = next(scope for scope in diagram.scopes if scope.node is sub)
    return (node for node in inner.nodes if node.kind == "startEvent")
