"""Files of a dossier: which may come in, under what name, and who may open them.

A file's type is told by its content, not by what the browser says. The list is short on purpose: papers,
pictures of papers, drawings as PDF, and the office formats that departments exchange.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from sqlalchemy import select

from engine.errors import Invalid, NotFound
from engine.store.cases import get_dossier
from engine.store.crashpoints import crashpoint
from engine.store.rows import AttachmentRow
from engine.store.work import Unit
from engine.usecases.visibility import check_visible

LONGEST_NAME = 255
MOST_FILES = 50

# extension → (content type, how such a file begins)
TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
}


class FileRefused(Invalid):
    """The file is of a kind that the office does not take, or not what its name says."""

    code = "file_refused"
    vi = "Không nhận tệp “{name}”: chỉ nhận {allowed}, và nội dung phải đúng với đuôi tệp."
    en = "The file “{name}” is not taken: only {allowed}, and the content must fit the ending."


class TooManyFiles(Invalid):
    code = "too_many_files"
    vi = "Mỗi lần gửi tối đa {most} tệp; đang gửi {count} tệp."
    en = "At most {most} files at a time; there are {count}."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file as it came; `stream` is read once, from where it stands."""

    component_code: str
    file_name: str
    content_type: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a dossier, ready to be sent to a person."""

    file_name: str
    content_type: str
    size: int
    sha256: str
    stream: BinaryIO


def add_files(unit: Unit, dossier_id: int, files: Iterable[NewFile], item_id: int | None = None) -> int:
    """Store files and write their rows; return how many.

    Raises:
        FileRefused, FileTooLarge, TooManyFiles: If one cannot be taken; the command then writes nothing.
    """
    files = list(files)
    if len(files) > MOST_FILES:
        raise TooManyFiles("fewer files", f"{len(files)} came", most=MOST_FILES, count=len(files))
    for file in files:
        put = put_file(unit, file)
        crashpoint("file-before-row")
        unit.session.add(
            AttachmentRow(
                dossier_id=dossier_id,
                component_code=file.component_code,
                work_item_id=item_id,
                file_name=put.file_name,
                content_type=put.content_type,
                size=put.size,
                sha256=put.sha256,
                added_at=unit.now,
                added_by=unit.actor.user_id,
            )
        )
    return len(files)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutFile:
    """A file that lies in the store, checked and named; its row is still to be written."""

    file_name: str
    content_type: str
    size: int
    sha256: str


def put_file(unit: Unit, file: NewFile) -> PutFile:
    """Check a file and put it into the store.

    Raises:
        FileRefused, FileTooLarge: If it cannot be taken.
    """
    name = clean_name(file.file_name)
    content_type = _check_type(name, file.stream)
    sha256, size = unit.engine.files.put(file.stream, unit.engine.max_file)
    return PutFile(file_name=name, content_type=content_type, size=size, sha256=sha256)


def open_attachment(unit: Unit, attachment_id: int) -> StoredFile:
    """Open a file for somebody who may see its dossier.

    Raises:
        NotFound: If there is none, or this person may not see it; the answer is the same.
    """
    row = unit.session.scalars(select(AttachmentRow).where(AttachmentRow.id == attachment_id)).one_or_none()
    if row is None:
        raise NotFound("the file to exist", "there is none", what="tệp")
    check_visible(unit, get_dossier(unit, row.dossier_id))
    return StoredFile(
        file_name=row.file_name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        stream=unit.engine.files.open(row.sha256),
    )


def clean_name(name: str) -> str:
    """Return a file's name without folders, control or direction characters, in composed form."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(
        char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char)[0] != "C"
    )
    stem, dot, ending = plain.strip().rpartition(".")
    room = LONGEST_NAME - len(ending) - 1
    return f"{stem[:room]}{dot}{ending}" if dot and stem else plain[:LONGEST_NAME]


def _check_type(name: str, stream: BinaryIO) -> str:
    ending = name.rpartition(".")[2].lower()
    start = stream.tell()
    head = stream.read(16)
    stream.seek(start)
    content_type, magic = TYPES.get(ending, ("", ()))
    if not magic or not head.startswith(magic):
        raise FileRefused("a known kind of file", "it is another", name=name[:80], allowed=", ".join(TYPES))
    return content_type
