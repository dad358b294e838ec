"""Files that come in pieces over a bad line: begun, gone on with after a cut, whole, used once.

A piece is written beside the file store and counted in the same breath; after a cut the sender asks how much
came and goes on from there. A whole file lies in the store; the form names its token. What nobody goes on
with or uses is forgotten after a day.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from engine.domain.access import SYSTEM
from engine.domain.file_types import HEAD, FileRefused, allowed, clean_name, content_type_of, fits
from engine.errors import Conflict, Invalid, NotFound, ProcedureError
from engine.store.file_rows import UploadRow
from engine.store.files import FileTooLarge
from engine.store.work import Unit
from engine.usecases.file_states import FileQuarantined, forget_unused, judge, note_file

if TYPE_CHECKING:
    from engine.runtime import Engine

KEPT = timedelta(days=1)
MOST_OPEN = 40  # uploads of one person at a time
LARGEST_PIECE = 4 * 1024 * 1024
UPLOADS = "uploads"  # the name of this work


class UploadGone(NotFound):
    """There is no such upload of this person: used, forgotten after a day, or never begun."""

    code = "upload_gone"
    vi = "Tệp tải lên không còn trên máy chủ (đã dùng, hoặc quá một ngày). Hãy chọn lại tệp."
    en = "The uploaded file is no longer on the server (used, or over a day old). Choose the file again."


class UploadUnfinished(Invalid):
    """A form names a file that has not come whole."""

    code = "upload_unfinished"
    vi = "Tệp “{name}” chưa tải xong: mới được {received} trên {size} byte. Hãy chờ tải xong rồi gửi."
    en = "The file “{name}” has not come whole: {received} of {size} bytes. Wait until it has, then send."


class WrongOffset(Conflict):
    """The piece does not begin where the last one ended; ask how much came, and go on from there."""

    code = "wrong_offset"
    vi = "Phần tệp không nối tiếp phần trước: máy chủ có {received} byte, phần này bắt đầu từ {offset}."
    en = "The piece does not follow the one before: {received} bytes are here, it begins at {offset}."


class TooManyUploads(Invalid):
    code = "too_many_uploads"
    vi = "Đang có {count} tệp tải lên chưa dùng, tối đa {most}. Hãy gửi biểu mẫu, hoặc bỏ bớt tệp."
    en = "{count} uploaded files have not been used, at most {most} may be. Send the form, or drop some."


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on its way in; `sha256` and `content_type` are "" until it is whole. Sizes in bytes."""

    token: str
    file_name: str
    content_type: str
    size: int
    received: int
    sha256: str
    expires_at: datetime

    @property
    def is_whole(self) -> bool:
        return bool(self.sha256)


def begin_upload(unit: Unit, file_name: str, size: int) -> Upload:
    """Begin to take a file of `size` bytes.

    Raises:
        FileRefused: If no file with such a name is taken.
        FileTooLarge: If it is larger than the installation accepts.
        TooManyUploads: If this person has too many unused ones.
    """
    name = clean_name(file_name)
    if size < 1 or not _may_come(name):
        raise FileRefused("a known kind of file", "it is another", name=name[:80], allowed=allowed())
    limit = unit.engine.max_file
    if size > limit:
        raise FileTooLarge(f"at most {limit} bytes", f"there are {size}", limit_mb=limit // (1024 * 1024))
    count = unit.session.scalar(
        select(func.count()).select_from(UploadRow).where(UploadRow.user_id == unit.actor.user_id)
    )
    if count >= MOST_OPEN:
        raise TooManyUploads("fewer uploads", f"there are {count}", count=count, most=MOST_OPEN)
    row = UploadRow(
        token=secrets.token_urlsafe(24),
        user_id=unit.actor.user_id,
        file_name=name,
        size=size,
        received=0,
        sha256="",
        content_type="",
        begun_at=unit.now,
        expires_at=unit.now + KEPT,
    )
    unit.session.add(row)
    return _view(row)


def get_upload(unit: Unit, token: str) -> Upload:
    """Return how far a file has come.

    Raises:
        UploadGone: If there is none of this person.
    """
    return _view(_own(unit, token))


def add_piece(unit: Unit, token: str, offset: int, content: bytes) -> Upload:
    """Take the next piece; with the last one the file is checked and moves into the store.

    Raises:
        UploadGone: If there is none of this person.
        WrongOffset: If `offset` is not where the last piece ended.
        FileTooLarge: If more comes than was announced.
        FileRefused: If it turns out to be something else than its name says; drop it then.
    """
    row = _own(unit, token, locked=True)
    if offset != row.received or row.sha256:
        raise WrongOffset("the next piece", "another one", received=row.received, offset=offset)
    if offset + len(content) > row.size:
        raise FileTooLarge(f"{row.size} bytes", "more came", limit_mb=max(1, row.size // (1024 * 1024)))
    if offset == 0 and content and not fits(row.file_name, content[:HEAD].ljust(HEAD, b"\0")):
        raise FileRefused(
            "content that fits the name", "it does not", name=row.file_name[:80], allowed=allowed()
        )
    files = unit.engine.files
    files.add_part(token, offset, content)
    row.received = offset + len(content)
    if row.received == row.size:
        with files.open_part(token) as stream:
            row.content_type = content_type_of(row.file_name, stream)
            row.sha256, _size = files.put(stream, unit.engine.max_file)
        note_file(unit, row.sha256, row.content_type)
    return _view(row)


def settle_upload(engine: Engine, upload: Upload) -> None:
    """After the commit of the last piece: forget the pieces, and ask the scanner at once if there is one.

    Raises:
        FileQuarantined: If malware was found; the upload is gone then. A scanner that is away is no
            hindrance: the background asks it later.
    """
    engine.files.drop_part(upload.token)
    if engine.scanner is None:
        return
    try:
        with engine.files.open(upload.sha256) as stream:
            found = engine.scanner.scan(stream)
    except ProcedureError:
        return
    if found:
        with engine.unit(SYSTEM) as unit:
            judge(unit, upload.sha256, found)
            unit.session.execute(delete(UploadRow).where(UploadRow.token == upload.token))
        raise FileQuarantined("a clean file", f"{found} was found", name=upload.file_name, malware=found)


def drop_upload(unit: Unit, token: str) -> None:
    """Forget a file of this person; what does not exist is forgotten already."""
    unit.session.execute(
        delete(UploadRow).where(UploadRow.token == token, UploadRow.user_id == unit.actor.user_id)
    )


def take_upload(unit: Unit, token: str) -> Upload:
    """Use a whole file, once: its row goes with the command that uses it.

    Raises:
        UploadGone: If there is none of this person.
        UploadUnfinished: If it has not come whole.
    """
    row = _own(unit, token, locked=True)
    if not row.sha256:
        raise UploadUnfinished(
            "a whole file", "a part", name=row.file_name[:80], received=row.received, size=row.size
        )
    taken = _view(row)
    unit.session.delete(row)
    return taken


def whole_uploads(unit: Unit, tokens: list[str]) -> list[Upload]:
    """Return those of these that are whole and this person's, for a page that comes back after a refusal."""
    found = unit.session.scalars(
        select(UploadRow).where(
            UploadRow.token.in_(tokens[:MOST_OPEN]),
            UploadRow.user_id == unit.actor.user_id,
            UploadRow.sha256 != "",
        )
    )
    return [_view(one) for one in found]


def forget_uploads(engine: Engine, limit: int = 100) -> int:
    """Forget what nobody went on with or used for a day, and its bytes if nothing else names them.

    Returns how many uploads were forgotten. Bytes that are stored again at that moment stay, and so do those
    of a process that is killed between the commit and the deletion; nobody can open them.
    """
    with engine.unit(SYSTEM) as unit:
        due = select(UploadRow.token, UploadRow.sha256).where(UploadRow.expires_at <= unit.now).limit(limit)
        old = dict(unit.session.execute(due).all())
        unit.session.execute(delete(UploadRow).where(UploadRow.token.in_(old)))
        unused = forget_unused(unit, [one for one in old.values() if one])
    for token in old:
        engine.files.drop_part(token)
    for sha256 in unused:
        engine.files.drop(sha256)
    return len(old)


def next_forgetting(unit: Unit) -> datetime | None:
    return unit.session.scalar(select(func.min(UploadRow.expires_at)).where(UploadRow.expires_at > unit.now))


def _own(unit: Unit, token: str, *, locked: bool = False) -> UploadRow:
    statement = select(UploadRow).where(
        UploadRow.token == token,
        UploadRow.user_id == unit.actor.user_id,
        UploadRow.expires_at > unit.now,
    )
    row = unit.session.scalars(statement.with_for_update() if locked else statement).one_or_none()
    if row is None:
        raise UploadGone("the upload to exist", "there is none")
    return row


def _may_come(name: str) -> bool:
    return name.rpartition(".")[2].lower() in allowed().split(", ")


def _view(row: UploadRow) -> Upload:
    return Upload(
        token=row.token,
        file_name=row.file_name,
        content_type=row.content_type,
        size=row.size,
        received=row.received,
        sha256=row.sha256,
        expires_at=row.expires_at,
    )
