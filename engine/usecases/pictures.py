"""Pictures of the papers of a dossier: a small one for lists, made in the background, and pages to be read.

A page is drawn when somebody first looks at it, and kept. Whoever may open a file may see its pictures; they
lie under hashes of their own, so every look asks for the attachment and its dossier again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from sqlalchemy import func, select

from engine.domain.access import SYSTEM
from engine.domain.file_types import PDF, may_be_drawn
from engine.errors import NotFound
from engine.rendering import Drawing, NotDrawn, draw
from engine.store.crashpoints import crashpoint
from engine.store.file_rows import FilePictureRow, FileStateRow
from engine.store.work import Unit
from engine.usecases.attachments import get_attachment

if TYPE_CHECKING:
    from engine.runtime import Engine

SMALL, PAGE = "small", "page"
WIDTHS = {SMALL: 240, PAGE: 1200}
MOST_PAGES = 2000
LARGEST_PICTURE = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture to be sent: WebP. `pages` is how many pages the file has."""

    sha256: str
    pages: int
    width: int
    height: int
    stream: BinaryIO


def find_picture(unit: Unit, attachment_id: int, page: int, size: str) -> Picture | None:
    """Return a picture that was made before; None if it is still to be made.

    Raises:
        NotFound: If there is no such attachment, size or page, or this person may not see it.
        FileQuarantined, FileNotScanned: As for the file itself.
        NotDrawn: If nothing can be drawn of it.
    """
    row = get_attachment(unit, attachment_id)
    if size not in WIDTHS or not 0 <= page < MOST_PAGES:
        raise NotFound("a page", "there is none", what="trang")
    state = unit.session.get(FileStateRow, row.sha256)
    if not may_be_drawn(row.content_type) or (state is not None and state.drawing == "none"):
        raise NotDrawn("a file that can be drawn", row.content_type)
    if state is not None and state.pages is not None and page >= state.pages:
        raise NotFound("a page", "there is none", what="trang")
    made = unit.session.get(FilePictureRow, (row.sha256, page, size))
    return _picture(unit, made, state.pages or 1) if made and state else None


def make_picture(engine: Engine, sha256: str, content_type: str, page: int, size: str) -> None:
    """Draw a page outside any transaction, and keep it.

    Raises:
        NotDrawn: If nothing can be drawn of it.
    """
    drawing = draw(engine.files.place(sha256), content_type == PDF, page, WIDTHS[size])
    stored, _size = engine.files.put(io.BytesIO(drawing.picture), LARGEST_PICTURE)
    crashpoint("file-before-row")
    with engine.unit(SYSTEM) as unit:
        _keep(unit, sha256, page, size, drawing, stored)


def draw_due(engine: Engine, limit: int = 10) -> int:
    """Make at most `limit` small pictures that are due, the oldest first; return how many were tried."""
    tried = 0
    for _ in range(limit):
        with engine.unit(SYSTEM) as unit:
            taken = _take(unit)
        if taken is None:
            break
        sha256, content_type = taken
        tried += 1
        try:
            if not may_be_drawn(content_type):
                raise NotDrawn("a file that can be drawn", content_type)
            make_picture(engine, sha256, content_type, 0, SMALL)
        except (NotDrawn, NotFound):
            with engine.unit(SYSTEM) as unit:
                state = unit.session.get_one(FileStateRow, sha256)
                state.drawing, state.draw_at = "none", None
    return tried


def next_drawing_due(unit: Unit) -> datetime | None:
    return unit.session.scalar(select(func.min(FileStateRow.draw_at)).where(FileStateRow.draw_at > unit.now))


def _take(unit: Unit) -> tuple[str, str] | None:
    """Take the next content for as long as a worker may be silent, so that no other draws it too."""
    row = unit.session.scalars(
        select(FileStateRow)
        .where(FileStateRow.draw_at <= unit.now)
        .order_by(FileStateRow.draw_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    row.draw_tries += 1
    if row.draw_tries > 3:  # whoever draws it dies
        row.drawing, row.draw_at = "none", None
        return None
    row.draw_at = unit.now + unit.engine.rescue * 2
    return row.sha256, row.content_type


def _keep(unit: Unit, sha256: str, page: int, size: str, drawing: Drawing, stored: str) -> None:
    state = unit.session.scalars(
        select(FileStateRow).where(FileStateRow.sha256 == sha256).with_for_update()
    ).one()
    state.pages = drawing.pages
    if size == SMALL and page == 0:
        state.drawing, state.draw_at = "made", None
    if unit.session.get(FilePictureRow, (sha256, page, size)) is None:
        unit.session.add(
            FilePictureRow(
                sha256=sha256,
                page=page,
                size=size,
                picture_sha256=stored,
                width=drawing.width,
                height=drawing.height,
            )
        )


def _picture(unit: Unit, row: FilePictureRow, pages: int) -> Picture:
    return Picture(
        pages=pages,
        sha256=row.picture_sha256,
        width=row.width,
        height=row.height,
        stream=unit.engine.files.open(row.picture_sha256),
    )
