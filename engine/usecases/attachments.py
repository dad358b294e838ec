"""Files of a dossier: which may come in, under what name, and who may open them.

A file comes with the form, or it was sent in pieces before (`engine.usecases.uploads`) and is named by its
token. What a type is told by: `engine.domain.file_types`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select

from engine.domain.file_types import FileRefused, clean_name, content_type_of
from engine.errors import Invalid, NotFound
from engine.store.cases import get_dossier
from engine.store.crashpoints import crashpoint
from engine.store.rows import AttachmentRow
from engine.store.work import Unit
from engine.usecases.file_states import check_openable, note_file, refuse_infected
from engine.usecases.uploads import take_upload
from engine.usecases.visibility import check_visible

MOST_FILES = 50


class TooManyFiles(Invalid):
    code = "too_many_files"
    vi = "Mỗi lần gửi tối đa {most} tệp; đang gửi {count} tệp."
    en = "At most {most} files at a time; there are {count}."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file as it came: `stream` is read once, from where it stands; or the token of one sent in pieces."""

    component_code: str
    file_name: str
    content_type: str
    stream: BinaryIO | None = None
    upload: str = ""


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
        FileRefused, FileTooLarge, TooManyFiles, UploadGone: If one cannot be taken; the command then writes
            nothing.
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
    """A file that lies in the store, checked, named and noted; its row is still to be written."""

    file_name: str
    content_type: str
    size: int
    sha256: str


def put_file(unit: Unit, file: NewFile) -> PutFile:
    """Check a file and put it into the store, or take one that was sent in pieces before.

    Raises:
        FileRefused, FileTooLarge, UploadGone, UploadUnfinished, FileQuarantined: If it cannot be taken.
    """
    name, content_type, sha256, size = _stored(unit, file)
    note_file(unit, sha256, content_type)
    refuse_infected(unit, sha256, name)
    return PutFile(file_name=name, content_type=content_type, size=size, sha256=sha256)


def get_attachment(unit: Unit, attachment_id: int) -> AttachmentRow:
    """Return a file's row for somebody who may see its dossier and open the file.

    Raises:
        NotFound: If there is none, or this person may not see it; the answer is the same.
        FileQuarantined, FileNotScanned: If malware was found in it, or it must be scanned first.
    """
    row = unit.session.scalars(select(AttachmentRow).where(AttachmentRow.id == attachment_id)).one_or_none()
    if row is None:
        raise NotFound("the file to exist", "there is none", what="tệp")
    check_visible(unit, get_dossier(unit, row.dossier_id))
    check_openable(unit, row.sha256, row.file_name)
    return row


def open_attachment(unit: Unit, attachment_id: int) -> StoredFile:
    """Open a file for somebody who may see its dossier.

    Raises:
        NotFound, FileQuarantined, FileNotScanned: As `get_attachment`.
    """
    row = get_attachment(unit, attachment_id)
    return StoredFile(
        file_name=row.file_name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        stream=unit.engine.files.open(row.sha256),
    )


def _stored(unit: Unit, file: NewFile) -> tuple[str, str, str, int]:
    """Return name, content type, hash and size of a file that lies in the store now."""
    if file.upload:
        sent = take_upload(unit, file.upload)
        return sent.file_name, sent.content_type, sent.sha256, sent.size
    name = clean_name(file.file_name)
    if file.stream is None:
        raise FileRefused("a file with a content", "there is none", name=name[:80], allowed="")
    content_type = content_type_of(name, file.stream)
    return name, content_type, *unit.engine.files.put(file.stream, unit.engine.max_file)
