"""Inputs, outputs and the flows between them and data: whose they are, and that nothing must be guessed.

Source: BPMN 2.0.2, 10.4.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, bpmn_children, child_of, plain, text_of
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label

_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")


def check_associations(diagram: Diagram, report: Report) -> None:
    """Values come from one place, unless a transformation says how to make one of several."""
    for xml in diagram.of_kind(*_ASSOCIATIONS):
        sources = list(bpmn_children(xml, "sourceRef"))
        if len(sources) > 1 and child_of(xml, "transformation") is None:
            report.error(
                "data-sources",
                xml,
                f"nhận dữ liệu từ {len(sources)} nguồn mà không nói cách gộp (transformation).",
                f"is given data from {len(sources)} sources without saying how (transformation).",
            )


def check_sets(diagram: Diagram, report: Report) -> None:
    """Sets list inputs and outputs of their own element, and name each other from both sides."""
    for one in diagram.of_kind("inputSet", "outputSet"):
        owner = one.getparent()
        for ref in bpmn_children(one):
            _check_own(diagram, owner, one, ref, report)
        mine, theirs = ("outputSetRefs", "inputSetRefs")
        if local_name(one) == "outputSet":
            mine, theirs = theirs, mine
        for ref in bpmn_children(one, mine):
            other = diagram.named(text_of(ref))
            if other is not None and one.get("id") not in {
                plain(text_of(back)) for back in bpmn_children(other, theirs)
            }:
                said = label(other)
                report.error(
                    "data-one-sided",
                    one,
                    f"trỏ tới {said.vi}, nhưng bộ đó không trỏ lại (<{theirs}>).",
                    f"refers to {said.en}, which does not refer back (<{theirs}>).",
                )


def _check_own(diagram: Diagram, owner: Any, one: Any, ref: Any, report: Report) -> None:
    if local_name(ref) in ("inputSetRefs", "outputSetRefs", "documentation", "extensionElements"):
        return
    data = diagram.named(text_of(ref))
    if data is not None and data.getparent() is not owner:
        said = label(data)
        report.error(
            "data-foreign",
            one,
            f"ghi {said.vi} của phần tử khác.",
            f"lists {said.en} of another element.",
        )


def check_operations(diagram: Diagram, report: Report) -> None:
    """A task or event that names both an operation and a message names the operation's message."""
    for xml in diagram.of_kind("sendTask", "receiveTask", "messageEventDefinition"):
        reference = xml.get("operationRef") or text_of(child_of(xml, "operationRef"))
        operation, message = diagram.named(reference), plain(xml.get("messageRef"))
        if operation is None or not message:
            continue
        taken = [plain(text_of(one)) for one in bpmn_children(operation, "inMessageRef", "outMessageRef")]
        if taken and message not in taken:
            owner = xml.getparent() if local_name(xml) == "messageEventDefinition" else xml
            said = label(operation)
            report.error(
                "operation-message",
                owner,
                f"dùng thông điệp “{message}”, không phải thông điệp của {said.vi}.",
                f"uses the message “{message}”, which is not one of {said.en}.",
            )
