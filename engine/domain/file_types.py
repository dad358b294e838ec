"""Which files offices take, told by their content and never by what a browser or a name says.

The list is short on purpose: papers, pictures of papers, drawings as PDF, and the formats that departments
exchange. Formats that carry programs (macros, HTML, SVG) are not on it.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from engine.errors import Invalid

LONGEST_NAME = 255
HEAD = 64  # bytes that tell a type
MOST_PARTS = 5000  # entries of an office file
LARGEST_UNPACKED = 512 * 1024 * 1024
MACROS = ("vbaproject.bin", "vbadata.xml")
SCRIPTS = ("basic/", "scripts/")  # of OpenDocument
OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


class FileRefused(Invalid):
    """The file is of a kind that the office does not take, or not what its name says."""

    code = "file_refused"
    vi = "Không nhận tệp “{name}”: chỉ nhận {allowed}, và nội dung phải đúng với đuôi tệp."
    en = "The file “{name}” is not taken: only {allowed}, and the content must fit the ending."


class FileWithMacros(FileRefused):
    code = "file_with_macros"
    vi = "Không nhận tệp “{name}” vì có macro (chương trình nhúng). Hãy lưu lại dạng không macro, hoặc PDF."
    en = "The file “{name}” holds macros (programs). Save it without them, or as PDF."


class FileBroken(FileRefused):
    code = "file_broken"
    vi = "Tệp “{name}” bị hỏng hoặc thiếu, không mở được. Hãy lưu lại và gửi bản khác."
    en = "The file “{name}” is broken or cut short and cannot be opened. Save it again and send another."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of file.

    Attributes:
        begins: Tells by the first bytes.
        within: Name that one of its parts must begin with, for kinds that are archives.
    """

    content_type: str
    begins: Callable[[bytes], bool]
    within: str = ""


def _with(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(starts)


_ZIP = _with(b"PK\x03\x04")
_JPEG = Kind(content_type="image/jpeg", begins=_with(b"\xff\xd8\xff"))
_TIFF = Kind(content_type="image/tiff", begins=_with(b"II*\x00", b"MM\x00*"))

KINDS: Mapping[str, Kind] = {  # ending → kind
    "pdf": Kind(content_type="application/pdf", begins=_with(b"%PDF-")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Kind(content_type="image/png", begins=_with(b"\x89PNG\r\n\x1a\n")),
    "webp": Kind(
        content_type="image/webp", begins=lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    ),
    "tif": _TIFF,
    "tiff": _TIFF,
    "docx": Kind(content_type=f"{OPEN_XML}wordprocessingml.document", begins=_ZIP, within="word/"),
    "xlsx": Kind(content_type=f"{OPEN_XML}spreadsheetml.sheet", begins=_ZIP, within="xl/"),
    "odt": Kind(content_type=f"{OPEN_DOCUMENT}text", begins=_ZIP, within="content.xml"),
    "ods": Kind(content_type=f"{OPEN_DOCUMENT}spreadsheet", begins=_ZIP, within="content.xml"),
}
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/tiff"})
PDF = "application/pdf"


def content_type_of(name: str, stream: BinaryIO) -> str:
    """Return the content type of a file by its ending and its content; the stream is left where it stood.

    Raises:
        FileRefused: If the ending is none of `KINDS`, or the content is not of that kind.
        FileBroken: If it is an archive that cannot be opened, or unpacks to more than it should.
        FileWithMacros: If it carries programs.
    """
    kind = KINDS.get(name.rpartition(".")[2].lower())
    start = stream.tell()
    head = stream.read(HEAD)
    stream.seek(start)
    if kind is None or not kind.begins(head):
        raise FileRefused("a known kind of file", "it is another", name=name[:80], allowed=allowed())
    if kind.within:
        try:
            _check_archive(name, stream, kind.within)
        finally:
            stream.seek(start)
    return kind.content_type


def may_be_drawn(content_type: str) -> bool:
    """Tell whether pictures of such a file can be made."""
    return content_type == PDF or content_type in PICTURES


def fits(name: str, head: bytes) -> bool:
    """Tell whether a file may go on coming, by its name and first bytes; the rest is checked at its end."""
    kind = KINDS.get(name.rpartition(".")[2].lower())
    return kind is not None and kind.begins(head)


def allowed() -> str:
    return ", ".join(KINDS)


def clean_name(name: str) -> str:
    """Return a file's name without folders, control or direction characters, in composed form."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(
        char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char)[0] != "C"
    )
    stem, dot, ending = plain.strip().rpartition(".")
    room = LONGEST_NAME - len(ending) - 1
    return f"{stem[:room]}{dot}{ending}" if dot and stem else plain[:LONGEST_NAME]


def _check_archive(name: str, stream: BinaryIO, within: str) -> None:
    """Read the list of contents only; nothing is unpacked."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileBroken("an archive that opens", "it does not", name=name[:80]) from error
    unpacked = sum(one.file_size for one in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        raise FileBroken("a reasonable content", f"it unpacks to {unpacked} bytes", name=name[:80])
    names = [one.filename.lower() for one in parts]
    if any(one.endswith(MACROS) or one.startswith(SCRIPTS) for one in names):
        raise FileWithMacros("a file without programs", "it holds macros", name=name[:80])
    if not any(one.startswith(within) for one in names):
        raise FileRefused("the content to fit the name", "it does not", name=name[:80], allowed=allowed())
