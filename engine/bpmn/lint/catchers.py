"""Who catches an error or an escalation: one catcher for each code, or nobody knows who goes on.

The standard does not say which of two would win. An engine that takes the first one in the file does
something else after the next save of an editor. The same holds for what undoes a part, and for the event
that a cancelled transaction is left by. Of an event that interrupts, the standard has one event sub-process.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, Node, is_true, plain
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label

_CODES = {"error": "errorCode", "escalation": "escalationCode"}
_ONCE = ("compensate", "cancel")
_DECLARED = ("message", "signal")


def check_catchers(diagram: Diagram, report: Report) -> None:
    """Report a second catcher of the same code on one activity, or in one part of the diagram."""
    for scope in diagram.running:
        for node in scope.nodes:
            _check(diagram, node.boundaries, report)
        subs = [node for node in scope.nodes if node.is_event_sub]
        starts = [start for sub in subs for start in _starts(diagram, sub)]
        _check(diagram, starts, report)
        _check_subs(starts, report)
        for node in scope.nodes:
            _check_once([one for one in node.boundaries if "cancel" in _kinds(one)], report)
        _check_once([one for one in starts if "compensate" in _kinds(one)], report)


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


def _check_once(catchers: list[Node], report: Report) -> None:
    for node in catchers[1:]:
        said = label(catchers[0])
        report.error(
            "caught-twice",
            node,
            f"làm cùng việc như {said.vi}; không rõ nơi nào sẽ chạy, hãy để một.",
            f"does the same as {said.en}; which of them would run is not said. Keep one.",
        )


def _check_subs(starts: list[Node], report: Report) -> None:
    """One event sub-process for an event that interrupts; several may run beside what goes on."""
    first: dict[tuple[str, str], Node] = {}
    interrupts: dict[tuple[str, str], bool] = {}
    for node in starts:
        for definition in node.definitions:
            kind = local_name(definition).removesuffix("EventDefinition")
            key = kind, plain(definition.get(f"{kind}Ref"))
            if kind not in _DECLARED or not key[1]:
                continue
            other = first.setdefault(key, node)
            interrupts[key] = interrupts.get(key, False) or is_true(node.xml, "isInterrupting", True)
            if other is not node and interrupts[key]:
                said = label(other)
                report.error(
                    "event-sub-twice",
                    node,
                    f"chờ cùng sự kiện như {said.vi}; sự kiện ngắt chỉ có một quy trình con.",
                    f"waits for the same event as {said.en}; one that interrupts has one sub-process.",
                )


def _kinds(node: Node) -> set[str]:
    return {local_name(one).removesuffix("EventDefinition") for one in node.definitions}


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
