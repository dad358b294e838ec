"""The light marks of a procedure's own letters, read into parts that a template lays out.

A line that begins with `# ` is a heading in the middle, `> ` stands at the right, `- ` is an item, `**…**` is
bold; an empty line ends a paragraph. Parts hold plain text only: whoever lays them out escapes it.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

HEADING, RIGHT, ITEM, TEXT = "heading", "right", "item", "text"
_MARKS = {"# ": HEADING, "> ": RIGHT, "- ": ITEM}
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def parts_of(filled: str) -> list[dict[str, Any]]:
    """Return the parts of a text that `engine.documents.language.fill` has filled in, and thereby escaped.

    Each is `{"kind", "lines"}`; a line is a list of `{"text", "bold"}`.
    """
    parts: list[dict[str, Any]] = []
    is_open = False  # a paragraph that the next plain line goes on
    for raw in filled.split("\n"):
        line = unescape(raw.strip())
        kind = _MARKS.get(line[:2], TEXT)
        if not line:
            is_open = False
        elif kind != TEXT:
            parts.append({"kind": kind, "lines": [_spans(line[2:])]})
            is_open = False
        elif is_open:
            parts[-1]["lines"].append(_spans(line))
        else:
            parts.append({"kind": TEXT, "lines": [_spans(line)]})
            is_open = True
    return parts


def _spans(line: str) -> list[dict[str, Any]]:
    cut = _BOLD.split(line)  # every second piece was between the stars
    return [{"text": piece, "bold": at % 2 == 1} for at, piece in enumerate(cut) if piece]
