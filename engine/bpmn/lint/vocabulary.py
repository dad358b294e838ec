"""Walks the table: every element and attribute is executed, carried, or refused in a sentence."""

from __future__ import annotations

import re
from typing import Any

from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.lint.diagram import Diagram, bpmn_children, text_of
from engine.bpmn.lint.elements import TABLE, attribute_reason
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.table import REFUSED, Attribute, Row

_ID = re.compile(r"[^\W\d][\w.-]{0,127}")
_NAME = re.compile(r"([^\W\d][\w.-]*:)?[^\W\d][\w.-]*")
_INT = re.compile(r"[+-]?\d{1,9}")
_BOOLS = ("true", "false", "1", "0")
# Anything may be written inside these; it is text, or somebody else's business.
_OPEN = frozenset({"extensionElements", "documentation", "text", "script"})


def check_vocabulary(diagram: Diagram, report: Report) -> None:
    """Report unknown and misplaced elements, refused ones, and attributes likewise."""
    if diagram.root.tag == f"{{{BPMN}}}definitions":
        _check_element(diagram.root, "", False, report)


def _check_element(xml: Any, parent: str, inside_refused: bool, report: Report) -> None:
    kind = local_name(xml)
    row = TABLE.get(kind)
    if row is None:
        report.error(
            "unknown-element",
            xml,
            f"không phải phần tử của BPMN 2.0 (<{kind}>).",
            f"is not an element of BPMN 2.0 (<{kind}>).",
        )
        return
    _check_place(xml, row, parent, report)
    if row.fate == REFUSED and not inside_refused:
        report.error(
            "not-supported",
            xml,
            f"không thực thi được. {row.reason.vi}",
            f"cannot be executed. {row.reason.en}",
        )
    _check_attributes(xml, row, report)
    if kind in _OPEN:
        return
    for child in xml:
        if isinstance(child.tag, str) and not child.tag.startswith(f"{{{BPMN}}}"):
            _check_stranger(child, xml, kind, report)
    for child in bpmn_children(xml):
        _check_element(child, kind, inside_refused or row.fate == REFUSED, report)


def _check_place(xml: Any, row: Row, parent: str, report: Report) -> None:
    if row.name == "definitions" and xml.getparent() is None:
        return
    standing = "" if parent == "definitions" else parent
    if standing in row.inside or "*" in row.inside:
        return
    report.error(
        "misplaced-element", xml, f"không được đặt trong <{parent}>.", f"may not stand in <{parent}>."
    )


def _check_stranger(xml: Any, owner: Any, kind: str, report: Report) -> None:
    """Elements of other tools belong into extensionElements; the drawing belongs to the file."""
    if kind == "definitions" and local_name(xml) == "BPMNDiagram":
        return
    if kind in ("conditionExpression", "condition") or TABLE[kind].text is not None:
        return
    report.error(
        "foreign-element",
        owner,
        f"chứa phần tử lạ <{local_name(xml)}> ngoài extensionElements; không rõ phải làm gì với nó.",
        f"holds a foreign element <{local_name(xml)}> outside extensionElements; "
        "what it asks for is unknown.",
    )


def _check_attributes(xml: Any, row: Row, report: Report) -> None:
    for name, value in xml.attrib.items():
        if name.startswith("{"):
            continue
        attribute = row.attributes.get(name)
        if attribute is None:
            report.error(
                "unknown-attribute",
                xml,
                f"có thuộc tính “{name}” mà BPMN 2.0 không định nghĩa ở đây.",
                f"has an attribute “{name}” that BPMN 2.0 does not define here.",
            )
        else:
            _check_value(xml, attribute, value.strip(), report)
    if row.text is not None and row.text.kind == "ref":
        _check_value(xml, row.text, text_of(xml), report)
    for attribute in row.attributes.values():
        given = xml.get(attribute.name)
        if attribute.required and (given is None or not (given.strip() or attribute.kind == "text")):
            report.error(
                "missing-attribute",
                xml,
                f"thiếu thuộc tính bắt buộc “{attribute.name}”.",
                f"lacks the required attribute “{attribute.name}”.",
            )


def _check_value(xml: Any, attribute: Attribute, value: str, report: Report) -> None:
    expected = _expected(attribute, value)
    if expected is not None:
        vi, en = expected
        report.error(
            "bad-value",
            xml,
            f"có {attribute.name} = “{value[:60]}”; cần {vi}.",
            f"has {attribute.name} = “{value[:60]}”; expected {en}.",
        )
    elif attribute.choices.get(value, attribute.choices.get("*", attribute.fate)) == REFUSED:
        reason = attribute_reason(attribute.name)
        report.error(
            "not-supported",
            xml,
            f"dùng {attribute.name} = “{value[:60]}”, không thực thi được. {reason.vi}",
            f"uses {attribute.name} = “{value[:60]}”, which cannot be executed. {reason.en}",
        )


def _expected(attribute: Attribute, value: str) -> tuple[str, str] | None:
    """Return what was expected of a value that does not fit, else None."""
    if attribute.kind == "bool" and value not in _BOOLS:
        return "true hoặc false", "true or false"
    if attribute.kind == "int" and not _INT.fullmatch(value):
        return "một số nguyên", "a whole number"
    if attribute.kind == "id" and not _ID.fullmatch(value):
        return (
            "mã bắt đầu bằng chữ cái, gồm chữ, số, gạch, tối đa 128 ký tự",
            "an id that starts with a letter, of at most 128 letters, digits, - _ .",
        )
    if attribute.kind == "ref" and not _NAME.fullmatch(value):
        return "mã của một phần tử", "the id of an element"
    if attribute.kind == "choice" and not {value, "*"} & attribute.choices.keys():
        allowed = ", ".join(attribute.choices)
        return f"một trong: {allowed}", f"one of: {allowed}"
    return None
