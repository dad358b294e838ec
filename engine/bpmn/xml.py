"""The one door through which XML comes in: bounded, without DOCTYPE, entities or network.

Nothing else in the product may parse XML. What passes here is a plain element tree; what the
elements mean is for the callers to say.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from engine.errors import Invalid

MOST_BYTES = 2_000_000
MOST_NODES = 20_000
MOST_DEPTH = 64
MOST_ATTRIBUTES = 100

_DECLARED = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"})


class BadXml(Invalid):
    """The bytes are not XML, or XML of a kind that is refused on sight."""

    code = "bad_xml"
    vi = "Không đọc được tệp XML: {why_vi}"
    en = "The XML file cannot be read: {why}"

    def __init__(self, vi: str, en: str) -> None:
        super().__init__("an XML file within the bounds", en.rstrip("."), why_vi=vi, why=en)


def parse_xml(data: bytes) -> Any:
    """Return the root element of an XML document.

    Raises:
        BadXml: If it is not well-formed, has a DOCTYPE, is not UTF-8 or UTF-16, or is larger than
            2 MB, 20,000 elements, 64 levels, or 100 attributes on one element.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError("XML is read from bytes")
    text = _decoded(bytes(data))
    _check_declarations(text)
    body = text.encode()
    _run(etree.XMLParser(target=_Bounds(), **_SAFE), body)
    return _run(etree.XMLParser(**_SAFE), body)


_SAFE: dict[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
}


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise BadXml(
            f"tệp lớn quá {MOST_BYTES // 1_000_000} MB.", f"it is larger than {MOST_BYTES // 1_000_000} MB."
        )
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise BadXml("tệp phải dùng mã UTF-8 hoặc UTF-16.", "it must be UTF-8 or UTF-16.") from None


def _check_declarations(text: str) -> None:
    declared = _DECLARED.match(text[:400])
    if declared and declared[1].lower() not in _ENCODINGS:
        raise BadXml("tệp phải dùng mã UTF-8 hoặc UTF-16.", "it must be UTF-8 or UTF-16.")
    # Also inside a comment: no honest diagram writes it, and the parser need not be trusted with it.
    if re.search(r"<!\s*(doctype|entity)", text, re.IGNORECASE):
        raise BadXml("tệp có khai báo DOCTYPE, không được chấp nhận.", "it has a DOCTYPE, which is refused.")


def _run(parser: Any, body: bytes) -> Any:
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise BadXml(
            f"dòng {line} không đúng cú pháp XML ({error.msg}).",
            f"line {line} is not well-formed XML ({error.msg}).",
        ) from None
    except (ValueError, LookupError) as error:
        raise BadXml(f"không đúng cú pháp XML ({error}).", f"it is not well-formed XML ({error}).") from None


class _Bounds:
    """Counts while reading, so that a hostile tree is refused before it is built."""

    def __init__(self) -> None:
        self.nodes = self.depth = 0

    def start(self, tag: str, attributes: Any) -> None:
        self.nodes += 1
        self.depth += 1
        if self.nodes > MOST_NODES:
            raise BadXml(f"có quá {MOST_NODES} phần tử.", f"it has more than {MOST_NODES} elements.")
        if self.depth > MOST_DEPTH:
            raise BadXml(f"lồng nhau quá {MOST_DEPTH} cấp.", f"it is nested deeper than {MOST_DEPTH} levels.")
        if len(attributes) > MOST_ATTRIBUTES:
            raise BadXml(
                f"một phần tử có quá {MOST_ATTRIBUTES} thuộc tính.",
                f"an element has more than {MOST_ATTRIBUTES} attributes.",
            )

    def end(self, tag: str) -> None:
        self.depth -= 1

    def data(self, text: str) -> None:
        """Text is bounded by the size of the file."""

    def close(self) -> None:
        """Nothing is built."""
