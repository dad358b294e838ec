"""What everything rests on (BPMN 2.0.2, chapter 8): references, imports, items, keys, categories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.bpmn import imports
from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, bpmn_children, is_true, plain, text_of
from engine.bpmn.lint.elements import TABLE
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.names import label

# References by plain id; all others are names that may have a prefix.
_BY_ID = frozenset(
    {
        ("sequenceFlow", "sourceRef"), ("sequenceFlow", "targetRef"),
        ("dataObjectReference", "dataObjectRef"),
        ("ioBinding", "inputDataRef"), ("ioBinding", "outputDataRef"),
    }
)  # fmt: skip
_TEXTS_BY_ID = frozenset(
    {
        "flowNodeRef", "dataInputRefs", "dataOutputRefs", "optionalInputRefs", "optionalOutputRefs",
        "whileExecutingInputRefs", "whileExecutingOutputRefs", "inputSetRefs", "outputSetRefs", "sourceRef",
        "targetRef",
    }
)  # fmt: skip
_TYPES = ("structureRef", "implementationRef", "evaluatesToTypeRef", "type", "definition")
_URI = re.compile(r"[^\s<>\"{}|\\^`]*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_LANGUAGES = (
    "targetNamespace",
    "expressionLanguage",
    "typeLanguage",
    "language",
    "scriptLanguage",
    "implementation",
)


def references(diagram: Diagram) -> Iterator[tuple[Any, str, str]]:
    """Yield every reference of the file: the element that holds it, its name, its text."""
    for xml in diagram.elements:
        row = TABLE.get(local_name(xml))
        if row is None:
            continue
        for attribute in row.attributes.values():
            value = (xml.get(attribute.name) or "").strip()
            if attribute.kind == "ref" and value:
                yield xml, attribute.name, value
        if row.text is not None and row.text.kind == "ref":
            yield xml, row.name, text_of(xml)


def check_names(diagram: Diagram, report: Report) -> None:
    """A prefix is declared and leads into this file or an imported one; plain ids have none."""
    own = (diagram.root.get("targetNamespace") or "").strip()
    known = {own, *imports.namespaces(diagram.root)}
    for xml, name, value in references(diagram):
        prefix, colon, _ = value.rpartition(":")
        if not colon:
            continue
        row = TABLE[local_name(xml)]
        by_id = name == "default" or (row.name, name) in _BY_ID or (row.text and name in _TEXTS_BY_ID)
        if by_id:
            report.error(
                "id-with-prefix",
                xml,
                f"trỏ ({name}) bằng “{value[:60]}”; ở đây chỉ ghi mã, không có tiền tố.",
                f"refers ({name}) by “{value[:60]}”; a plain id without prefix is expected here.",
            )
        elif prefix not in xml.nsmap:
            report.error(
                "prefix-unknown",
                xml,
                f"trỏ ({name}) bằng tiền tố “{prefix[:40]}” chưa được khai báo.",
                f"refers ({name}) by the prefix “{prefix[:40]}”, which is not declared.",
            )
        elif xml.nsmap[prefix] not in known:
            report.error(
                "prefix-foreign",
                xml,
                f"trỏ ({name}) tới “{value[:60]}” trong không gian tên không phải của tệp và chưa được nhập.",
                f"refers ({name}) to “{value[:60]}” in a namespace that is neither the file's nor imported.",
            )


def check_types(diagram: Diagram, report: Report) -> None:
    """Types, and what implements a service, may be of another file; a prefix is declared all the same."""
    for xml in diagram.elements:
        for name in _TYPES:
            value = (xml.get(name) or "").strip()
            prefix, colon, _ = value.rpartition(":")
            if local_name(xml) == "relationship" or not value:
                continue
            if colon and prefix not in xml.nsmap:
                report.error(
                    "prefix-unknown",
                    xml,
                    f"trỏ ({name}) bằng tiền tố “{prefix[:40]}” chưa được khai báo.",
                    f"refers ({name}) by the prefix “{prefix[:40]}”, which is not declared.",
                )
            elif not colon and name in ("evaluatesToTypeRef", "type") and diagram.named(value) is None:
                report.error(
                    "dangling-reference",
                    xml,
                    f"trỏ ({name}) tới “{value[:60]}”, nhưng sơ đồ không có phần tử đó.",
                    f"refers ({name}) to “{value[:60]}”, but the diagram has no such element.",
                )


def check_file(diagram: Diagram, report: Report) -> None:
    """Languages and namespaces are URIs; an import says where from and of which kind."""
    for xml in diagram.elements:
        for name in _LANGUAGES:
            value = (xml.get(name) or "").strip()
            if value and not _URI.fullmatch(value):
                report.error(
                    "not-uri",
                    xml,
                    f"có {name} = “{value[:60]}”; cần một URI.",
                    f"has {name} = “{value[:60]}”; expected a URI.",
                )
    for xml in diagram.of_kind("import"):
        kind = (xml.get("importType") or "").strip()
        if kind and not _ABSOLUTE.fullmatch(kind):
            report.error(
                "import-type",
                xml,
                f"có importType = “{kind[:60]}”; cần URI tuyệt đối của loại tệp.",
                f"has importType = “{kind[:60]}”; expected the absolute URI of a kind of file.",
            )


def check_items(diagram: Diagram, report: Report) -> None:
    """Data that is a collection has a type that is one, and the reverse."""
    for xml in diagram.of_kind("dataObject", "dataInput", "dataOutput", "inputDataItem", "outputDataItem"):
        item = diagram.named(xml.get("itemSubjectRef"))
        if item is None or local_name(item) != "itemDefinition":
            continue
        here, there = is_true(xml, "isCollection"), is_true(item, "isCollection")
        if here != there:
            said = label(item)
            report.error(
                "collection-differs",
                xml,
                f"có isCollection = “{str(here).lower()}” còn {said.vi} thì “{str(there).lower()}”; "
                "phải giống nhau.",
                f"has isCollection = “{str(here).lower()}” but {said.en} “{str(there).lower()}”; "
                "both must be the same.",
            )


def check_keys(diagram: Diagram, report: Report) -> None:
    """A subscription binds properties of its key; a property is read from each message in one way."""
    for subscription in diagram.of_kind("correlationSubscription"):
        key = diagram.named(subscription.get("correlationKeyRef"))
        if key is None or local_name(key) != "correlationKey":
            continue
        owned = {plain(text_of(one)) for one in bpmn_children(key, "correlationPropertyRef")}
        for binding in bpmn_children(subscription, "correlationPropertyBinding"):
            bound = plain(binding.get("correlationPropertyRef"))
            if bound and bound not in owned and diagram.named(bound) is not None:
                said = label(key)
                report.error(
                    "key-binding",
                    subscription,
                    f"gắn thuộc tính “{bound}” không thuộc {said.vi}.",
                    f"binds the property “{bound}”, which is not one of {said.en}.",
                    at=binding,
                )
    for prop in diagram.of_kind("correlationProperty"):
        seen: set[str] = set()
        for way in bpmn_children(prop, "correlationPropertyRetrievalExpression"):
            message = plain(way.get("messageRef"))
            if message and message in seen:
                report.error(
                    "key-twice",
                    prop,
                    f"lấy giá trị từ thông điệp “{message}” theo hai cách; chỉ được một.",
                    f"reads the message “{message}” in two ways; only one is allowed.",
                    at=way,
                )
            seen.add(message)


def check_resources(diagram: Diagram, report: Report) -> None:
    """Parameters are bound to a resource, and to its own parameters only."""
    for role in diagram.of_kind("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        named = next((text_of(one) for one in bpmn_children(role, "resourceRef")), "")
        resource = diagram.named(named)
        for binding in bpmn_children(role, "resourceParameterBinding"):
            if not named:
                report.error(
                    "resource-binding",
                    role,
                    "gắn tham số nhưng không chọn nguồn lực (resourceRef).",
                    "binds a parameter but names no resource (resourceRef).",
                )
            parameter = diagram.named(binding.get("parameterRef"))
            if resource is not None and parameter is not None and parameter.getparent() is not resource:
                said = label(resource)
                report.error(
                    "resource-parameter",
                    role,
                    f"gắn tham số “{parameter.get('id')}” không thuộc {said.vi}.",
                    f"binds the parameter “{parameter.get('id')}”, which is not one of {said.en}.",
                    at=binding,
                )
