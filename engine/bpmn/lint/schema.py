"""The schema's own demands: order and number of parts, no stray text, types that fit (8.2)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.lint.contents import EXPRESSIONS, FORMAL, OPEN, Part, contents
from engine.bpmn.lint.diagram import Diagram, bpmn_children
from engine.bpmn.lint.elements import TABLE
from engine.bpmn.lint.findings import Report

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_FORMAL_ATTRIBUTES = ("language", "evaluatesToTypeRef")
# Elements whose type is not simply their own name.
_TYPES = {
    "event": "ImplicitThrowEvent",
    "childLaneSet": "LaneSet",
    "inputDataItem": "DataInput",
    "outputDataItem": "DataOutput",
    "ioBinding": "InputOutputBinding",
    "ioSpecification": "InputOutputSpecification",
}


def check_contents(diagram: Diagram, report: Report) -> None:
    """Parts stand in the order of the schema, none is missing, none is there too often."""
    for xml in diagram.elements:
        kind = local_name(xml)
        if kind in TABLE and TABLE[kind].text is None and kind not in OPEN:
            _check_parts(xml, contents(kind), report)


def _check_parts(xml: Any, places: tuple[Part, ...], report: Report) -> None:
    numbers: Counter[int] = Counter()
    reached, late = 0, None
    for child in xml:
        if not isinstance(child.tag, str):
            continue
        kind = local_name(child)
        place = next((at for at, part in enumerate(places) if kind in part.kinds), None)
        if place is None:
            continue  # said by the vocabulary
        numbers[place] += 1
        if place < reached and late is None:
            late = kind, places[reached].name
        reached = max(reached, place)
    if late is not None:
        report.error(
            "part-order",
            xml,
            f"có <{late[0]}> đứng sau <{late[1]}>; BPMN 2.0 đòi <{late[0]}> đứng trước.",
            f"has <{late[0]}> after <{late[1]}>; BPMN 2.0 wants <{late[0]}> first.",
        )
    for at, part in enumerate(places):
        if numbers[at] < part.least:
            report.error(
                "part-missing",
                xml,
                f"cần ít nhất {part.least} <{part.name}>, đang có {numbers[at]}.",
                f"needs at least {part.least} <{part.name}>; it has {numbers[at]}.",
            )
        elif part.most is not None and numbers[at] > part.most:
            report.error(
                "part-twice",
                xml,
                f"có {numbers[at]} <{part.name}>; chỉ được nhiều nhất {part.most}.",
                f"has {numbers[at]} <{part.name}>; at most {part.most} may stand here.",
            )


def check_text(diagram: Diagram, report: Report) -> None:
    """Text stands only where the schema lets text stand."""
    for xml in diagram.elements:
        kind = local_name(xml)
        row = TABLE.get(kind)
        inner = next((local_name(child) for child in xml if local_name(child)), "")
        if row is not None and row.text is not None and inner:
            report.error(
                "stray-text",
                xml,
                f"chứa <{inner}> ở chỗ chỉ được có chữ.",
                f"holds <{inner}>, where only text may stand.",
            )
        if row is None or row.text is not None or kind in OPEN | EXPRESSIONS:
            continue
        loose = [xml.text, *(child.tail for child in xml)]
        text = next((one.strip() for one in loose if one and one.strip()), "")
        if text:
            report.error(
                "stray-text",
                xml,
                f"chứa chữ “{text[:40]}” ở chỗ không được có chữ.",
                f"holds the text “{text[:40]}”, where none may stand.",
            )


def check_types(diagram: Diagram, report: Report) -> None:
    """A type that an element claims (xsi:type) is its own; only formal expressions have a language."""
    for xml in diagram.elements:
        kind = local_name(xml)
        claimed = (xml.get(XSI_TYPE) or "").strip()
        if claimed:
            _check_type(xml, kind, claimed, report)
        if kind in EXPRESSIONS and not _is_formal(xml, kind):
            for name in _FORMAL_ATTRIBUTES:
                if xml.get(name) is not None:
                    report.error(
                        "not-formal",
                        xml,
                        f"có “{name}” nhưng không ghi xsi:type = “tFormalExpression”.",
                        f"has “{name}” without saying xsi:type = “tFormalExpression”.",
                    )


def _check_type(xml: Any, kind: str, claimed: str, report: Report) -> None:
    prefix, _, name = claimed.rpartition(":")
    own = "t" + _TYPES.get(kind, kind[:1].upper() + kind[1:])
    allowed = {"tFormalExpression", "tExpression"} if kind in EXPRESSIONS else {own}
    if kind in FORMAL:
        allowed = {"tFormalExpression"}
    if kind == "partitionElement" or kind not in TABLE:
        return
    if xml.nsmap.get(prefix or None) != BPMN or name not in allowed:
        wanted = " / ".join(sorted(allowed))
        report.error(
            "bad-type",
            xml,
            f"có xsi:type = “{claimed[:60]}”; cần {wanted}.",
            f"has xsi:type = “{claimed[:60]}”; expected {wanted}.",
        )


def _is_formal(xml: Any, kind: str) -> bool:
    owner = xml.getparent()
    native = kind in FORMAL or (
        kind == "condition" and owner is not None and local_name(owner) == "complexBehaviorDefinition"
    )
    return native or (xml.get(XSI_TYPE) or "").strip().rpartition(":")[2] == "tFormalExpression"


def check_extensions(diagram: Diagram, report: Report) -> None:
    """What extends the standard stands in a namespace of its own."""
    for xml in diagram.of_kind("extensionElements"):
        strange = [
            one for one in xml if isinstance(one.tag, str) and (one.tag[0] != "{" or one in _of_bpmn(xml))
        ]
        if strange:
            kind = local_name(strange[0])
            report.error(
                "extension-namespace",
                xml.getparent(),
                f"có <{kind}> trong extensionElements; phần mở rộng phải dùng không gian tên riêng.",
                f"has <{kind}> in extensionElements; an extension needs a namespace of its own.",
            )


def _of_bpmn(xml: Any) -> list[Any]:
    return list(bpmn_children(xml))
