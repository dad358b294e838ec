"""What must hold for the tables of files, counted; part of `engine.usecases.checks`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from engine.errors import NotFound
from engine.store.file_rows import FilePictureRow, FileStateRow, UploadRow
from engine.store.rows import AttachmentRow
from engine.store.work import Unit
from engine.usecases.uploads import KEPT


def attachments_unknown(unit: Unit) -> int:
    """Attachments of which nothing is noted: they would never be scanned."""
    noted = exists().where(FileStateRow.sha256 == AttachmentRow.sha256)
    return _count(unit, AttachmentRow, ~noted)


def pictures_without_file(unit: Unit) -> int:
    """Pictures whose bytes are gone."""
    stored = unit.session.scalars(select(FilePictureRow.picture_sha256))
    return sum(not _lies_there(unit, one) for one in stored)


def verdicts_half_written(unit: Unit) -> int:
    """Judged and still to be scanned, or neither; malware without a name; drawn and still to be drawn."""
    waits = FileStateRow.scan == "waiting"
    draws = FileStateRow.drawing == "waiting"
    return _count(
        unit,
        FileStateRow,
        or_(
            waits != FileStateRow.scan_at.is_not(None),
            and_(FileStateRow.scan == "infected", FileStateRow.found == ""),
            draws != FileStateRow.draw_at.is_not(None),
        ),
    )


def uploads_miscounted(unit: Unit) -> int:
    """Uploads of more than they are, or whole without being all there, or the reverse."""
    whole = UploadRow.sha256 != ""
    all_came = UploadRow.received == UploadRow.size
    wrong = _count(unit, UploadRow, or_(UploadRow.received > UploadRow.size, whole != all_came))
    stored = unit.session.scalars(select(UploadRow.sha256).where(whole))
    return wrong + sum(not _lies_there(unit, one) for one in stored)


def uploads_overdue(unit: Unit) -> int:
    """Uploads that should have been forgotten a day ago: the background does not do it."""
    return _count(unit, UploadRow, UploadRow.expires_at < unit.now - KEPT)


FILE_CHECKS = (
    attachments_unknown,
    pictures_without_file,
    verdicts_half_written,
    uploads_miscounted,
    uploads_overdue,
)


def _lies_there(unit: Unit, sha256: str) -> bool:
    try:
        unit.engine.files.open(sha256).close()
    except NotFound:
        return False
    return True


def _count(unit: Unit, table: type, *where: ColumnElement[bool]) -> int:
    return unit.session.scalar(select(func.count()).select_from(table).where(*where)) or 0
