"""Ids and references: every id once, every reference to something of the right kind."""

from __future__ import annotations

from typing import Any

from engine.bpmn import imports
from engine.bpmn.extensions import BPMN, local_name
from engine.bpmn.lint.diagram import Diagram, text_of
from engine.bpmn.lint.elements import TABLE
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import NODES, TARGETS
from engine.bpmn.lint.names import label

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
# Flow ends have their own rule, which knows about scopes.
_ELSEWHERE = frozenset({("sequenceFlow", "sourceRef"), ("sequenceFlow", "targetRef")})


def check_ids(diagram: Diagram, report: Report) -> None:
    """Report ids that are used twice, and nodes without one."""
    seen: dict[str, Any] = {}
    for xml in diagram.root.iter():
        if not isinstance(xml.tag, str):
            continue
        ident = xml.get("id")
        if ident is None:
            if xml.tag.startswith(f"{{{BPMN}}}") and local_name(xml) in NODES | {"process"}:
                add = report.error if diagram.of_the_office else report.warning
                add("no-id", xml, "chưa có mã (id).", "has no id.")
        elif ident in seen and _is_ours(xml):
            first = label(seen[ident])
            report.error(
                "same-id",
                xml,
                f"dùng lại mã “{ident}” của {first.vi}; mỗi phần tử cần một mã riêng.",
                f"uses the id “{ident}” of {first.en} again; every element needs its own.",
            )
        else:
            seen.setdefault(ident, xml)


def check_imports(diagram: Diagram, report: Report) -> None:
    """An imported file is never fetched: a warning, and an error where something would need it."""
    imported = imports.namespaces(diagram.root)
    for xml, text in imports.foreign_references(diagram.root, imported):
        report.error(
            "import",
            xml,
            f"trỏ tới “{text[:60]}” trong tệp nhập vào; mọi thứ được thực thi phải nằm trong một tệp.",
            f"refers to “{text[:60]}” in an imported file; all that is executed must be in one file.",
        )
    for xml in diagram.of_kind("import"):
        report.warning(
            "import-unread",
            xml,
            f"nhập “{(xml.get('location') or '')[:80]}”; tệp đó không được tải và không cần để thực thi.",
            f"imports “{(xml.get('location') or '')[:80]}”, which is not fetched; running does not need it.",
        )


def _is_ours(xml: Any) -> bool:
    """Ids inside another tool's extension are that tool's business."""
    return xml.tag.startswith((f"{{{BPMN}}}", f"{{{DI}}}"))


def check_references(diagram: Diagram, report: Report) -> None:
    """Report references to nothing, or to something of the wrong kind."""
    for xml in diagram.elements:
        row = TABLE.get(local_name(xml))
        if row is None:
            continue
        for attribute in row.attributes.values():
            if attribute.kind == "ref" and (row.name, attribute.name) not in _ELSEWHERE:
                value = (xml.get(attribute.name) or "").strip()
                if value:
                    _check(diagram, xml, attribute.name, value, attribute.target, report)
        if row.text is not None and row.text.kind == "ref":
            _check(diagram, xml, row.name, text_of(xml), row.text.target, report)


def _check(diagram: Diagram, xml: Any, name: str, value: str, target: str, report: Report) -> None:
    found = diagram.named(value)
    prefix = value.rpartition(":")[0]
    if (
        found is None
        and prefix
        and xml.nsmap.get(prefix) != (diagram.root.get("targetNamespace") or "").strip()
    ):
        return  # leads into another file: said by the imports and the prefixes
    owner = xml.getparent() if TABLE[local_name(xml)].text is not None else xml
    if found is None:
        report.error(
            "dangling-reference",
            owner,
            f"trỏ ({name}) tới “{value[:60]}”, nhưng sơ đồ không có phần tử đó.",
            f"refers ({name}) to “{value[:60]}”, but the diagram has no such element.",
            at=xml,
        )
    elif target != "any" and local_name(found) not in TARGETS[target]:
        said = label(found)
        report.error(
            "wrong-reference",
            owner,
            f"trỏ ({name}) tới {said.vi}, không đúng loại cần có.",
            f"refers ({name}) to {said.en}, which is of the wrong kind.",
            at=xml,
        )
