"""Word files for tests: honest ones made by python-docx, and hostile ones packed by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from docx import Document

RELATIONS = "word/_rels/document.xml.rels"
DOCUMENT = "word/document.xml"


def letter(*paragraphs: str, rows: tuple[str, ...] = (), footer: str = "") -> bytes:
    """A .docx with these paragraphs; `rows` are the rows of a table of one column."""
    document = Document()
    for one in paragraphs:
        document.add_paragraph(one)
    if rows:
        table = document.add_table(rows=len(rows), cols=1)
        for cell, text in zip(table.columns[0].cells, rows, strict=True):
            cell.text = text
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def text_of(content: bytes) -> str:
    """All that a .docx says, a line for each paragraph, then cells, then footers."""
    document = Document(io.BytesIO(content))
    said = [one.text for one in document.paragraphs]
    said += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said += [one.text for section in document.sections for one in section.footer.paragraphs]
    return "\n".join(said)


def with_parts(content: bytes, changed: Mapping[str, bytes | None]) -> bytes:
    """The same archive with parts replaced, or taken out where None; new names are added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.infolist():
            body = changed[one.filename] if one.filename in changed else old.read(one)
            if body is not None:
                new.writestr(one.filename, body)
        known = set(old.namelist())
        for name, body in changed.items():
            if name not in known and body is not None:
                new.writestr(name, body)
    return target.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def with_relation(content: bytes, kind: str, target: str, *, outside: bool = True) -> bytes:
    """The same letter, referring to something."""
    mode = ' TargetMode="External"' if outside else ""
    line = (
        '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'{kind}" Target="{target}"{mode}/></Relationships>'
    )
    old = part_of(content, RELATIONS)
    return with_parts(content, {RELATIONS: old.replace(b"</Relationships>", line.encode())})


def with_field(content: bytes, *pieces: str) -> bytes:
    """The same letter with a field whose instruction is split over runs, as Word splits it."""
    runs = "".join(f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in pieces)
    field = (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p><w:sectPr'
    )
    old = part_of(content, DOCUMENT).decode()
    return with_parts(content, {DOCUMENT: old.replace("<w:sectPr", field, 1).encode()})
