"""Imported diagrams that lie beside a file (BPMN 2.0.2, 8.2.2): there, readable, with what is asked for.

Only the command line asks for this, for files in the same folder and below; nothing is ever fetched, and
what is imported is still not executed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from engine.bpmn.extensions import BPMN
from engine.bpmn.lint.core import references
from engine.bpmn.lint.diagram import Diagram
from engine.bpmn.lint.findings import Report
from engine.bpmn.xml import BadXml, parse_xml

Reader = Callable[[str], bytes | None]


def check_neighbours(diagram: Diagram, read: Reader, report: Report) -> None:
    """Report imported diagrams that are not there or not what they should be, and references into them."""
    known: dict[str, set[str]] = {}
    for xml in diagram.of_kind("import"):
        location = (xml.get("location") or "").strip()
        if (xml.get("importType") or "").strip() == BPMN and _is_beside(location):
            root = _read(xml, location, read, report)
            if root is not None:
                space = (xml.get("namespace") or "").strip()
                known.setdefault(space, set()).update(one.get("id", "") for one in root.iter(f"{{{BPMN}}}*"))
    for xml, name, value in references(diagram):
        prefix, _, ident = value.rpartition(":")
        ids = known.get(xml.nsmap.get(prefix, "")) if prefix else None
        if ids is not None and ident not in ids:
            report.error(
                "dangling-reference",
                xml,
                f"trỏ ({name}) tới “{value[:60]}”, nhưng tệp nhập vào không có phần tử đó.",
                f"refers ({name}) to “{value[:60]}”, but the imported file has no such element.",
            )


def _is_beside(location: str) -> bool:
    path = PurePosixPath(location)
    return bool(location) and ":" not in location and not path.is_absolute() and ".." not in path.parts


def _read(xml: Any, location: str, read: Reader, report: Report) -> Any:
    data = read(location)
    if data is None:
        report.error(
            "import-missing",
            xml,
            f"nhập “{location[:80]}”, nhưng không có tệp đó.",
            f"imports “{location[:80]}”, but there is no such file.",
        )
        return None
    try:
        root = parse_xml(data)
    except BadXml as bad:
        report.error(
            "import-broken",
            xml,
            f"nhập “{location[:80]}”. {bad.say('vi')}",
            f"imports “{location[:80]}”. {bad.say('en')}",
        )
        return None
    space = (root.get("targetNamespace") or "").strip()
    if root.tag != f"{{{BPMN}}}definitions" or space != (xml.get("namespace") or "").strip():
        report.error(
            "import-namespace",
            xml,
            f"nhập “{location[:80]}” cho một không gian tên khác với của tệp đó (“{space[:80]}”).",
            f"imports “{location[:80]}” for another namespace than that file's (“{space[:80]}”).",
        )
        return None
    return root
