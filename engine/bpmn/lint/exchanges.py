"""Messages of an office's diagram: somebody sends what is awaited and takes what is sent; fields are FEEL.

Only diagrams that use the namespace are asked: in others a message may be for any system.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.extensions import BPMN, MC, local_name
from engine.bpmn.lint.diagram import Diagram, Node, is_true, plain
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import CATCH_EVENTS, THROW_EVENTS
from engine.domain.messages import MOST_KEYS
from engine.feel import FeelError, compile_feel


def check_exchanges(diagram: Diagram, report: Report) -> None:
    """Report messages that only one side of the file knows, and fields that belong to none."""
    if not diagram.of_the_office:
        return
    nodes = [node for scope in diagram.running for node in scope.nodes]
    sent = {name for node in nodes if sends(node) for name in _names(diagram, node)}
    awaited = {name for node in nodes if takes(node) for name in _names(diagram, node)}
    joined = set(_ends(diagram))
    for node in nodes:
        _check_fields(node, report)
        if node.id in joined or (node.scope.process.xml.get("id") or "") in joined:
            continue
        if sends(node):
            _check_other_side(diagram, node, awaited, report, is_sent=True)
        elif takes(node):
            _check_other_side(diagram, node, sent, report, is_sent=False)
    _check_key_count(diagram, report)
    _check_pools(diagram, report)


def sends(node: Node) -> bool:
    return node.kind == "sendTask" or (node.kind in THROW_EVENTS and "message" in node.triggers)


def takes(node: Node) -> bool:
    return node.kind == "receiveTask" or (node.kind in CATCH_EVENTS and "message" in node.triggers)


def _check_other_side(
    diagram: Diagram, node: Node, known: set[str], report: Report, *, is_sent: bool
) -> None:
    for name in sorted(set(_names(diagram, node)) - known):
        vi, en = (("gửi", "nhận"), ("sends", "takes")) if is_sent else (("chờ", "gửi"), ("awaits", "sends"))
        report.warning(
            "message-alone",
            node,
            f"{vi[0]} thông điệp “{name}”, nhưng sơ đồ này không có nơi nào {vi[1]} và không có dòng thông "
            "điệp chỉ bên kia là ai. Hãy vẽ bên kia, hoặc kiểm tra tên thông điệp.",
            f"{en[0]} the message “{name}”, but nothing in this file {en[1]} it and no message flow shows "
            "who the other side is. Draw the other side, or look at the name of the message.",
        )


def _check_fields(node: Node, report: Report) -> None:
    holder = node.xml.find(f"{{{BPMN}}}extensionElements")
    fields = [] if holder is None else list(holder.iterchildren(f"{{{MC}}}field"))
    kept = node.xml.get(f"{{{MC}}}keep") is not None
    if (fields and not (sends(node) or takes(node))) or (kept and not sends(node)):
        what = "mc:keep" if kept and not sends(node) else "mc:field"
        report.warning(
            "message-unused",
            node,
            f"có {what}, nhưng bước này không gửi hay nhận thông điệp nên không được dùng.",
            f"has {what}, but it neither sends nor takes a message, so that it is not used.",
        )
    for one in fields:
        text = (one.get("value") or "").strip()
        try:
            if text:
                compile_feel(text)
        except FeelError as error:
            report.error(
                "message-field",
                node,
                f"trường “{one.get('name') or ''}” của thông điệp không đọc được: {error.say('vi')}",
                f"has the message field “{one.get('name') or ''}” that cannot be read: {error.say('en')}",
            )


def _check_pools(diagram: Diagram, report: Report) -> None:
    """A dossier runs one process; another that is meant to run would be left out in silence."""
    called = {plain(one.get("calledElement")) for one in diagram.of_kind("callActivity")}
    first, *others = [
        one
        for one in diagram.processes
        if is_true(one.xml, "isExecutable") and one.xml.get("id") not in called
    ] or [None]
    for one in others if first is not None else ():
        report.error(
            "second-pool",
            one,
            "cũng được đánh dấu để thực thi, nhưng hồ sơ chỉ chạy quy trình đầu tiên của tệp. Hãy bỏ đánh "
            "dấu (isExecutable = “false”) và đặt bên này vào thủ tục của cơ quan đó.",
            "is marked as executable too, but a dossier runs only the first process of its file. Unmark it "
            "(isExecutable = “false”) and make it a procedure of that agency.",
        )


def _check_key_count(diagram: Diagram, report: Report) -> None:
    counts: dict[str, int] = {}
    for one in diagram.of_kind("correlationPropertyRetrievalExpression"):
        message = plain(one.get("messageRef"))
        counts[message] = counts.get(message, 0) + 1
    for message, count in counts.items():
        named = diagram.named(message)
        if named is not None and count > MOST_KEYS:
            report.error(
                "message-keys",
                named,
                f"có {count} khóa ghép; giữa các hồ sơ tối đa {MOST_KEYS}.",
                f"has {count} correlation keys; between dossiers there are at most {MOST_KEYS}.",
            )


def _names(diagram: Diagram, node: Node) -> Iterator[str]:
    holders = [node.xml] if node.kind in ("sendTask", "receiveTask") else node.definitions
    for one in holders:
        message = diagram.named(one.get("messageRef"))
        if message is not None and local_name(message) == "message":
            yield (message.get("name") or "").strip() or message.get("id") or ""


def _ends(diagram: Diagram) -> Iterator[str]:
    """Ids of the nodes and processes that a message flow leaves or enters."""
    for flow in diagram.of_kind("messageFlow"):
        for end in (flow.get("sourceRef"), flow.get("targetRef")):
            element: Any = diagram.named(end)
            if element is None:
                continue
            yield (
                plain(element.get("processRef"))
                if local_name(element) == "participant"
                else element.get("id")
            )
