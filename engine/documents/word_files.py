"""Which .docx files are taken as templates: bounded, without programs, reaching nothing outside themselves.

A template is a program that somebody else wrote, in an archive that somebody else packed. So the archive is
read with bounds, every XML part goes through the one door for XML, what one part may refer to is a list of
what letters need, and fields that fetch or run something are refused. What was filled is looked at again: a
value could have become part of a field.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from engine.bpmn.xml import BadXml, parse_xml
from engine.documents.errors import WordTemplateRefused
from engine.domain.file_types import FileRefused, content_type_of
from engine.domain.texts import Text

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 300
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CONTENT_TYPES = "[Content_Types].xml"
REFERS_TO = frozenset(
    {
        "officeDocument", "core-properties", "extended-properties", "custom-properties", "styles", "settings",
        "fontTable", "theme", "webSettings", "numbering", "header", "footer", "footnotes", "endnotes",
        "image", "hyperlink", "customXml", "customXmlProps", "thumbnail", "glossaryDocument",
        "stylesWithEffects", "font", "people", "comments", "commentsExtended", "commentsIds",
    }
)  # fmt: skip
LINKS = ("http://", "https://", "mailto:", "tel:")
FIELD = re.compile(  # what a field may do: count, tell the day, point to a place of the letter or to a site
    r"""\s*((PAGE|NUMPAGES|SECTION|SECTIONPAGES|DATE|TIME|REF|PAGEREF|SEQ)(\s[^{}]*)?"""
    r"""|HYPERLINK\s+(\\l\s+)?"(https?://|mailto:|tel:|[\w-])[^"{}:]*"[^{}:]*)\Z""",
    re.IGNORECASE,
)
_COMES_WITH = ("oleobject", "control", "altchunk", "object", "subdoc", "attachedtemplate")


def check_word(content: bytes, name: str) -> None:
    """Check that a file is a .docx that may be filled, or may be handed out.

    Raises:
        WordTemplateRefused, FileRefused: Naming what is not allowed, and in which part.
    """
    if len(content) > LARGEST_FILE:
        raise _refused(name, f"lớn hơn {LARGEST_FILE // 1024**2} MB", f"over {LARGEST_FILE // 1024**2} MB")
    if not name.lower().endswith(".docx"):
        raise FileRefused("a .docx file", "it is another", name=name[:80], allowed="docx")
    content_type_of(name, io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_parts(archive.infolist(), name)
        parts = _read_parts(archive, name)
    _check_kind(parts, name)
    for part, tree in parts.items():
        if part.endswith(".rels"):
            _check_relations(part, tree, name)
        else:
            _check_text(part, tree, name)


def _check_parts(parts: list[zipfile.ZipInfo], name: str) -> None:
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > LARGEST_UNPACKED:
        raise _refused(name, "giải nén ra quá lớn", "it unpacks to too much")
    names = [one.filename.lower() for one in parts]
    if len(set(names)) != len(names):
        raise _refused(name, "có hai phần cùng tên", "two of its parts have one name")
    for one in parts:
        if one.flag_bits & 1:
            raise _refused(name, "đặt mật khẩu", "it is locked with a password")
        if one.filename.startswith("/") or ".." in PurePosixPath(one.filename).parts or "\\" in one.filename:
            raise _refused(name, f"tên phần {one.filename!r} không hợp lệ", f"bad part {one.filename!r}")


def _read_parts(archive: zipfile.ZipFile, name: str) -> Mapping[str, Any]:
    """Read the XML parts, each no longer than it said it would be."""
    trees = {}
    for one in archive.infolist():
        if not one.filename.lower().endswith((".xml", ".rels")):
            continue
        try:
            with archive.open(one) as part:
                trees[one.filename] = parse_xml(part.read(one.file_size + 1))
        except BadXml as bad:
            vi, en = bad.facts["why_vi"], bad.facts["why"]
            raise _refused(name, f"phần {one.filename}: {vi}", f"part {one.filename}: {en}") from bad
        except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as broken:
            raise _refused(name, f"phần {one.filename} bị hỏng", f"part {one.filename} is broken") from broken
    return trees


def _check_kind(parts: Mapping[str, Any], name: str) -> None:
    """A file may call itself .docx and be one with macros, or a template that loads another."""
    if CONTENT_TYPES not in parts:
        raise _refused(name, "thiếu mục lục các phần", "it has no list of its parts")
    kinds = [one.get("ContentType", "") for one in parts[CONTENT_TYPES].iter("{*}Override", "{*}Default")]
    bad = next((one for one in kinds if "macro" in one.lower() or "vba" in one.lower()), None)
    if bad:
        raise _refused(name, "có macro (chương trình nhúng)", "it holds macros (programs)")
    if MAIN not in kinds:
        raise _refused(name, "không phải văn bản Word", "it is no Word document")


def _check_relations(part: str, tree: Any, name: str) -> None:
    for one in tree.iter("{*}Relationship"):
        kind = one.get("Type", "").rpartition("/")[2]
        target = one.get("Target", "").strip()
        outside = one.get("TargetMode") == "External" or "://" in target or target.startswith(("\\", "//"))
        if kind not in REFERS_TO:
            raise _refused(name, f"chứa phần không được dùng ({kind})", f"it holds a part of kind {kind}")
        if outside and not (kind == "hyperlink" and target.lower().startswith(LINKS)):
            where = target[:60]
            raise _refused(name, f"tham chiếu ra ngoài tệp: {where}", f"it refers to the outside: {where}")


def _check_text(part: str, tree: Any, name: str) -> None:
    for one in tree.iter():
        kind = one.tag.rpartition("}")[2].lower() if isinstance(one.tag, str) else ""
        if kind in _COMES_WITH:
            raise _refused(name, f"nhúng đối tượng ({kind})", f"it embeds an object ({kind})")
    for instruction in _fields(tree, name):
        if not FIELD.match(instruction):
            said = instruction.strip()[:40] or "?"
            raise _refused(name, f"trường tự động “{said}” không được dùng", f"the field “{said}”")


def _fields(tree: Any, name: str) -> Iterator[str]:
    """Yield what each field of a part does; how Word splits it over runs makes no difference."""
    open_ones: list[list[str] | None] = []  # None: its instruction has ended
    for one in tree.iter(f"{WORD}fldSimple", f"{WORD}fldChar", f"{WORD}instrText", f"{WORD}delInstrText"):
        kind = one.tag.removeprefix(WORD)
        if kind == "fldSimple":
            yield one.get(f"{WORD}instr", "")
        elif kind.lower().endswith("instrtext"):
            if not open_ones or open_ones[-1] is None:
                raise _refused(name, "có lệnh trường nằm ngoài trường", "an instruction outside a field")
            open_ones[-1].append(one.text or "")
        elif one.get(f"{WORD}fldCharType") == "begin":
            if open_ones and open_ones[-1] is not None:
                raise _refused(name, "trường lồng trong lệnh của trường khác", "a field in an instruction")
            open_ones.append([])
        else:
            said = open_ones.pop() if open_ones else None
            if said is not None:
                yield "".join(said)
            if one.get(f"{WORD}fldCharType") == "separate":
                open_ones.append(None)
    if any(one is not None for one in open_ones):
        raise _refused(name, "có trường chưa đóng", "a field is not closed")


def _refused(name: str, vi: str, en: str) -> WordTemplateRefused:
    why = Text(vi, en)
    return WordTemplateRefused(
        "a .docx that may be filled", why.en, name=name[:80], why=why.vi, why_en=why.en
    )
