"""The drawing (BPMN 2.0.2, chapter 12): shapes, edges and labels fit the schema and draw what there is."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import Diagram, plain
from engine.bpmn.lint.findings import Report
from engine.bpmn.lint.groups import (
    COLLABORATIONS,
    CONVERSATION_NODES,
    DATA_ELEMENTS,
    FLOW_CONTAINERS,
    NODES,
)
from engine.bpmn.lint.names import label

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
_PLANES = FLOW_CONTAINERS | COLLABORATIONS | {"callActivity", "process"}
_EDGES = frozenset(
    {
        "sequenceFlow", "messageFlow", "association", "dataInputAssociation", "dataOutputAssociation",
        "conversationLink",
    }
)  # fmt: skip
_SHAPES = (
    NODES
    | CONVERSATION_NODES
    | DATA_ELEMENTS
    | {"participant", "lane", "textAnnotation", "group", "dataInput", "dataOutput", "dataStore", "message"}
)
_BOOL, _TEXT, _REF, _NUMBER, _ID = "bool", "text", "ref", "number", "id"
_BANDS = "/".join(
    f"{place}_{role}" for place in ("top", "middle", "bottom") for role in ("initiating", "non_initiating")
)
_DIAGRAM = {"name": _TEXT, "documentation": _TEXT, "resolution": _NUMBER, "id": _ID}
# Attributes by element; what ends with "!" is required.
_ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "BPMNDiagram": _DIAGRAM,
    "BPMNPlane": {"id": _ID, "bpmnElement": _REF},
    "BPMNShape": {
        "id": _ID, "bpmnElement": _REF, "isHorizontal": _BOOL, "isExpanded": _BOOL, "isMarkerVisible": _BOOL,
        "isMessageVisible": _BOOL, "participantBandKind": _BANDS, "choreographyActivityShape": _REF,
    },
    "BPMNEdge": {
        "id": _ID, "bpmnElement": _REF, "sourceElement": _REF, "targetElement": _REF,
        "messageVisibleKind": "initiating/non_initiating",
    },
    "BPMNLabel": {"id": _ID, "labelStyle": _REF},
    "BPMNLabelStyle": {"id": _ID},
    "Bounds": {"x!": _NUMBER, "y!": _NUMBER, "width!": _NUMBER, "height!": _NUMBER},
    "waypoint": {"x!": _NUMBER, "y!": _NUMBER},
    "Font": {
        "name": _TEXT, "size": _NUMBER, "isBold": _BOOL, "isItalic": _BOOL, "isUnderline": _BOOL,
        "isStrikeThrough": _BOOL,
    },
}  # fmt: skip
# Parts in their order: name, least, most (0 is any number).
_PARTS: Mapping[str, tuple[tuple[str, int, int], ...]] = {
    "BPMNDiagram": (("BPMNPlane", 1, 1), ("BPMNLabelStyle", 0, 0)),
    "BPMNPlane": (("extension", 0, 1), ("BPMNShape BPMNEdge", 0, 0)),
    "BPMNShape": (("extension", 0, 1), ("Bounds", 1, 1), ("BPMNLabel", 0, 1)),
    "BPMNEdge": (("extension", 0, 1), ("waypoint", 2, 0), ("BPMNLabel", 0, 1)),
    "BPMNLabel": (("extension", 0, 1), ("Bounds", 0, 1)),
    "BPMNLabelStyle": (("Font", 1, 1),),
}
_NAME = re.compile(r"[^\W\d][\w.-]*")
_BOOLS = ("true", "false", "1", "0")


def drawn(diagram: Diagram) -> Iterator[Any]:
    """Yield every element of the drawing that the standard knows."""
    for top in diagram.root.iterchildren(f"{{{DI}}}BPMNDiagram"):
        for xml in top.iter(f"{{{DI}}}*", f"{{{DC}}}*", f"{{{DD}}}*"):
            if not any(local_name(one) == "extension" for one in xml.iterancestors(f"{{{DD}}}extension")):
                yield xml


def check_schema(diagram: Diagram, report: Report) -> None:
    """Every part is known, complete, in its place, and holds values of the right kind."""
    for xml in drawn(diagram):
        kind = local_name(xml)
        if kind == "extension":
            continue
        if kind not in _ATTRIBUTES:
            report.error(
                "drawing-part", xml, f"không phải phần của hình vẽ (<{kind}>).",
                f"is not a part of a drawing (<{kind}>).",
            )  # fmt: skip
            continue
        _check_attributes(xml, _ATTRIBUTES[kind], report)
        loose = next(
            (one.strip() for one in (xml.text, *(child.tail for child in xml)) if one and one.strip()), ""
        )
        if loose:
            report.error(
                "drawing-part",
                xml,
                f"chứa chữ “{loose[:40]}” ở chỗ không được có chữ.",
                f"holds the text “{loose[:40]}”, where none may stand.",
            )
        _check_parts(xml, _PARTS.get(kind, ()), report)


def _check_attributes(xml: Any, known: Mapping[str, str], report: Report) -> None:
    for name in xml.attrib:
        if name[0] != "{" and name not in known and f"{name}!" not in known:
            report.error(
                "drawing-attribute",
                xml,
                f"có thuộc tính “{name}” mà hình vẽ BPMN không định nghĩa.",
                f"has an attribute “{name}” that a BPMN drawing does not define.",
            )
    for name, kind in known.items():
        value = xml.get(name.rstrip("!"))
        if value is None and name.endswith("!"):
            report.error(
                "drawing-attribute",
                xml,
                f"thiếu “{name[:-1]}” của <{local_name(xml)}>.",
                f"lacks “{name[:-1]}” of its <{local_name(xml)}>.",
            )
        elif value is not None and not _fits(kind, value.strip(), xml.nsmap):
            report.error(
                "drawing-value",
                xml,
                f"có {name.rstrip('!')} = “{value[:40]}”, không đúng kiểu.",
                f"has {name.rstrip('!')} = “{value[:40]}”, which is of the wrong kind.",
            )


def _fits(kind: str, value: str, prefixes: Mapping[str | None, str]) -> bool:
    if kind == _BOOL:
        return value in _BOOLS
    if kind == _NUMBER:
        try:
            return math.isfinite(float(value))
        except ValueError:
            return False
    if kind in (_ID, _REF):
        prefix, colon, name = value.rpartition(":")
        return bool(_NAME.fullmatch(name)) and (not colon or (kind == _REF and prefix in prefixes))
    return "/" not in kind or value in kind.split("/")


def _check_parts(xml: Any, places: tuple[tuple[str, int, int], ...], report: Report) -> None:
    numbers: Counter[int] = Counter()
    reached = 0
    for child in xml:
        kind = local_name(child)
        at = next((number for number, place in enumerate(places) if kind in place[0].split()), None)
        if not kind:
            continue
        if at is None or at < reached:
            report.error(
                "drawing-part",
                xml,
                f"có <{kind}> đặt sai chỗ.",
                f"has <{kind}> in the wrong place.",
            )
            continue
        reached = at
        numbers[at] += 1
    for at, (name, least, most) in enumerate(places):
        if numbers[at] < least or (most and numbers[at] > most):
            wanted = str(least) if most else f"{least}+"
            report.error(
                "drawing-part",
                xml,
                f"có {numbers[at]} <{name}>; cần {wanted}.",
                f"has {numbers[at]} <{name}>; expected {wanted}.",
            )


def check_drawn(diagram: Diagram, report: Report) -> None:
    """Shapes draw nodes, edges draw connections, planes draw a whole; what they name exists."""
    by_id = {one.get("id"): one for one in drawn(diagram) if one.get("id")}
    for xml in drawn(diagram):
        kind = local_name(xml)
        allowed = {"BPMNPlane": _PLANES, "BPMNShape": _SHAPES, "BPMNEdge": _EDGES}.get(kind)
        value = (xml.get("bpmnElement") or "").strip()
        if allowed is not None and value:
            _check_element(diagram, xml, value, allowed, report)
        for name in ("sourceElement", "targetElement", "choreographyActivityShape", "labelStyle"):
            named = plain(xml.get(name))
            if named and named not in by_id:
                report.error(
                    "drawn-reference",
                    xml,
                    f"trỏ ({name}) tới “{named[:60]}”, nhưng hình vẽ không có phần đó.",
                    f"refers ({name}) to “{named[:60]}”, but the drawing has no such part.",
                )


def _check_element(diagram: Diagram, xml: Any, value: str, allowed: frozenset[str], report: Report) -> None:
    found = diagram.named(value)
    if found is None:
        prefix = value.rpartition(":")[0]
        own = (diagram.root.get("targetNamespace") or "").strip()
        if prefix and xml.nsmap.get(prefix, own) != own:
            return  # draws something of an imported file
        report.error(
            "drawn-nothing",
            xml,
            f"vẽ “{plain(value)}”, nhưng sơ đồ không có phần tử đó.",
            f"draws “{plain(value)}”, but the diagram has no such element.",
        )
    elif local_name(found) not in allowed:
        said = label(found)
        word = {"BPMNPlane": ("mặt vẽ", "plane"), "BPMNShape": ("hình", "shape")}.get(
            local_name(xml), ("đường", "edge")
        )
        report.error(
            "drawn-wrong",
            xml,
            f"là {word[0]} nhưng vẽ {said.vi}, không vẽ như vậy được.",
            f"is a {word[1]} but draws {said.en}, which is not drawn so.",
        )


def check_marks(diagram: Diagram, report: Report) -> None:
    """Some marks of a shape are for some elements only; elsewhere they say nothing."""
    for xml in drawn(diagram):
        found = diagram.named(xml.get("bpmnElement"))
        if local_name(xml) != "BPMNShape" or found is None:
            continue
        kind = local_name(found)
        for name, allowed in (
            ("isHorizontal", {"participant", "lane"}),
            ("participantBandKind", {"participant"}),
            ("isMessageVisible", {"participant"}),
            ("choreographyActivityShape", {"participant"}),
        ):
            if xml.get(name) is not None and kind not in allowed:
                said = label(found)
                report.warning(
                    "drawn-mark",
                    xml,
                    f"ghi {name} cho {said.vi}; ở đó không có nghĩa.",
                    f"has {name} for {said.en}, where it means nothing.",
                )
