"""What is known of files by their content: whether malware was looked for and found, and pictures of them.

A content is noted once, with the attachment that brings it. The malware scanner is asked by the background,
outside any transaction; so a file lies here for a moment before its verdict. Whether it may be opened in that
moment, and while the scanner is away, the installation chooses (`Engine.hold_unscanned`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, bindparam, delete, func, select, text

from engine.domain.access import SYSTEM
from engine.domain.texts import Text
from engine.errors import ProcedureError, Refused
from engine.store.base import Base, UtcTime
from engine.store.file_rows import FilePictureRow, FileStateRow
from engine.store.rows import AttachmentRow, DossierRow
from engine.store.work import Unit
from engine.usecases.notifications import notify

if TYPE_CHECKING:
    from engine.runtime import Engine

WAITING, CLEAN, INFECTED = "waiting", "clean", "infected"
SCANS, DRAWINGS = "scans", "drawings"  # names of background work
LONGEST_PAUSE = timedelta(hours=2)
_OWN_COLUMNS = frozenset({FileStateRow.__table__.c.sha256, FilePictureRow.__table__.c.sha256})

_NOTE = text(
    "INSERT INTO file_state"
    " (sha256, content_type, scan, scan_at, scan_tries, found, drawing, draw_at, draw_tries)"
    " VALUES (:sha256, :content_type, 'waiting', :now, 0, '', 'waiting', :now, 0)"
    " ON CONFLICT (sha256) DO NOTHING"
).bindparams(bindparam("now", type_=UtcTime()))


class FileQuarantined(Refused):
    """Malware was found in the file; nobody opens it here."""

    code = "file_quarantined"
    vi = "Tệp “{name}” bị giữ lại vì có mã độc ({malware}). Không ai mở được; hãy xin người nộp một bản khác."
    en = "The file “{name}” is held back because of malware ({malware}). Nobody can open it; ask for another."


class FileNotScanned(Refused):
    """The installation holds files back until the scanner has seen them."""

    code = "file_not_scanned"
    vi = "Tệp “{name}” đang chờ quét mã độc nên chưa mở được. Hãy thử lại sau ít phút."
    en = "The file “{name}” waits for the malware scanner and cannot be opened yet. Try again soon."


def note_file(unit: Unit, sha256: str, content_type: str) -> None:
    """Note a content that lies in the store, once, so that it is scanned and drawn soon."""
    unit.session.execute(_NOTE, {"sha256": sha256, "content_type": content_type, "now": unit.now})
    for work in (SCANS, DRAWINGS):
        unit.engine.jobs.announce(unit, work, ())


def forget_unused(unit: Unit, hashes: Iterable[str]) -> list[str]:
    """Forget what is known of contents that no row names; return them and their pictures, to be deleted.

    Every column of any table whose name ends in "sha256" counts as naming a content, so that a table of the
    future keeps its files without being entered here.
    """
    pictures: dict[str, list[str]] = {}
    wanted = _unnamed(unit, set(hashes), _OWN_COLUMNS)
    for one, picture in unit.session.execute(
        select(FilePictureRow.sha256, FilePictureRow.picture_sha256).where(FilePictureRow.sha256.in_(wanted))
    ):
        pictures.setdefault(one, []).append(picture)
    unit.session.execute(delete(FilePictureRow).where(FilePictureRow.sha256.in_(wanted)))
    unit.session.execute(delete(FileStateRow).where(FileStateRow.sha256.in_(wanted)))
    drawn = {one for several in pictures.values() for one in several}
    return [*sorted(wanted), *sorted(_unnamed(unit, drawn, frozenset()))]


def _unnamed(unit: Unit, hashes: set[str], apart: frozenset[Column[Any]]) -> set[str]:
    left = set(hashes)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if left and column.name.endswith("sha256") and column not in apart:
                left -= set(unit.session.scalars(select(column).where(column.in_(left))))
    return left


def states_of(unit: Unit, hashes: Iterable[str]) -> Mapping[str, FileStateRow]:
    """Return what is known of contents, by hash."""
    found = unit.session.scalars(select(FileStateRow).where(FileStateRow.sha256.in_(set(hashes))))
    return {one.sha256: one for one in found}


def shown_scan(unit: Unit, state: FileStateRow | None) -> str:
    """Return "infected" or, where there is a scanner, "waiting" or "clean"; "" if nothing is to be said."""
    if state is None or (unit.engine.scanner is None and state.scan != INFECTED):
        return ""
    return state.scan


def refuse_infected(unit: Unit, sha256: str, name: str) -> None:
    """Refuse a content in which malware was found before.

    Raises:
        FileQuarantined: If so.
    """
    state = unit.session.get(FileStateRow, sha256)
    if state is not None and state.scan == INFECTED:
        raise FileQuarantined("a clean file", f"{state.found} was found", name=name, malware=state.found)


def check_openable(unit: Unit, sha256: str, name: str) -> None:
    """Refuse to open a content that is, or may be, harmful.

    Raises:
        FileQuarantined, FileNotScanned: As their names say.
    """
    refuse_infected(unit, sha256, name)
    state = unit.session.get(FileStateRow, sha256)
    if state is None:
        return
    if state.scan == WAITING and unit.engine.scanner is not None and unit.engine.hold_unscanned:
        raise FileNotScanned("a scanned file", "it was not scanned yet", name=name)


def judge(unit: Unit, sha256: str, found: str) -> None:
    """Write down a verdict; whoever added a file in which malware was found is told."""
    row = unit.session.get_one(FileStateRow, sha256)
    row.scan, row.scan_at, row.scanned_at = INFECTED if found else CLEAN, None, unit.now
    row.found = found[:200]
    if not found:
        return
    row.drawing, row.draw_at = "none", None
    for name, dossier_id, added_by, code in unit.session.execute(
        select(AttachmentRow.file_name, DossierRow.id, AttachmentRow.added_by, DossierRow.code)
        .join(DossierRow, DossierRow.id == AttachmentRow.dossier_id)
        .where(AttachmentRow.sha256 == sha256)
    ):
        said = Text(
            f"Tệp “{name}” của hồ sơ {code} bị giữ lại vì có mã độc ({found}). Hãy xin bản khác.",
            f"The file “{name}” of dossier {code} is held back: malware ({found}). Ask for another.",
        )
        notify(unit, [added_by], "system.malware", said, dossier_id=dossier_id)


def scan_due(engine: Engine, limit: int = 20) -> int:
    """Scan at most `limit` contents that are due, the oldest first; return how many got a verdict."""
    if engine.scanner is None:
        return 0
    judged = 0
    for _ in range(limit):
        with engine.unit(SYSTEM) as unit:
            sha256 = _take(unit)
        if sha256 is None:
            break
        try:
            with engine.files.open(sha256) as stream:
                found = engine.scanner.scan(stream)
        except ProcedureError:  # the scanner is away, or the file is: both are for later
            with engine.unit(SYSTEM) as unit:
                _put_off(unit, sha256)
            break
        with engine.unit(SYSTEM) as unit:
            judge(unit, sha256, found)
        judged += 1
    return judged


def next_scan_due(unit: Unit) -> datetime | None:
    """Return when the next content is to be scanned that is not due already."""
    if unit.engine.scanner is None:
        return None
    return unit.session.scalar(select(func.min(FileStateRow.scan_at)).where(FileStateRow.scan_at > unit.now))


def _take(unit: Unit) -> str | None:
    """Take the next content for as long as a worker may be silent, so that no other scans it too."""
    row = unit.session.scalars(
        select(FileStateRow)
        .where(FileStateRow.scan_at <= unit.now)
        .order_by(FileStateRow.scan_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    row.scan_at = unit.now + unit.engine.rescue
    return row.sha256


def _put_off(unit: Unit, sha256: str) -> None:
    row = unit.session.get_one(FileStateRow, sha256)
    row.scan_tries += 1
    row.scan_at = unit.now + min(timedelta(minutes=2 ** min(row.scan_tries, 10)), LONGEST_PAUSE)
