"""Scans that lie inside a signed decision: a certified copy and the words that certify it, in one file.

A procedure names in its option `enclosed` the paper whose files go in (P07: the original that was shown).
They become attachments of the PDF/A-3 before it is signed, so that the signature covers them, and a list of
them with their hashes ends the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select

from engine.domain.timewords import say_number
from engine.errors import Refused
from engine.runtime import Engine
from engine.store.rows import AttachmentRow
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.file_states import check_openable

OPTION = "enclosed"
KINDS = ("application/pdf", "image/jpeg", "image/png")
MOST = 20
LARGEST = 20 * 1024 * 1024  # bytes, all together


class TooMuchEnclosed(Refused):
    code = "too_much_enclosed"
    vi = "Các bản quét kèm theo quá nhiều ({count} tệp, {size} MB; tối đa {most} tệp, {limit} MB). Chưa ký."
    en = "The scans are too much to enclose ({count} files, {size} MB; at most {most}, {limit} MB)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes into the signed one."""

    name: str
    sha256: str
    size: int
    added_at: datetime


def enclosures_of(unit: Unit, case: Case) -> tuple[Enclosure, ...]:
    """Return the scans that go into the decision of a dossier, each content once.

    Raises:
        TooMuchEnclosed: If they are too many or too large.
        FileQuarantined, FileNotScanned: If one of them may not be opened.
    """
    paper = case.procedure.options.get(OPTION)
    if not isinstance(paper, str) or not paper:
        return ()
    found: dict[str, Enclosure] = {}
    for row in unit.session.scalars(
        select(AttachmentRow)
        .where(
            AttachmentRow.dossier_id == case.row.id,
            AttachmentRow.component_code == paper,
            AttachmentRow.content_type.in_(KINDS),
        )
        .order_by(AttachmentRow.id)
        .limit(MOST + 1)
    ):
        check_openable(unit, row.sha256, row.file_name)
        one = Enclosure(name=row.file_name, sha256=row.sha256, size=row.size, added_at=row.added_at)
        found.setdefault(row.sha256, one)
    size = sum(one.size for one in found.values())
    if len(found) > MOST or size > LARGEST:
        megabytes = 1024 * 1024
        raise TooMuchEnclosed(
            f"at most {MOST} files and {LARGEST} bytes",
            f"{len(found)} files, {size} bytes",
            count=len(found),
            size=-(-size // megabytes),
            most=MOST,
            limit=LARGEST // megabytes,
        )
    return tuple(found.values())


def list_of(enclosed: Sequence[Enclosure]) -> Markup:
    """Return the end of the page: what lies in the file, each with its hash; nothing where nothing does."""
    if not enclosed:
        return Markup("")
    lines = Markup("").join(
        Markup("<li>{} ({} KB)<br><small>SHA-256: {}</small></li>").format(
            one.name, say_number(-(-one.size // 1024), "vi"), one.sha256
        )
        for one in enclosed
    )
    title = "Bản quét nằm trong tệp này, được chữ ký bảo vệ cùng văn bản"
    return Markup('<section class="enclosed"><p><b>{}:</b></p><ol>{}</ol></section>').format(title, lines)


def read_enclosed(engine: Engine, enclosed: Sequence[Enclosure]) -> list[tuple[Enclosure, bytes]]:
    """Return the files with their content; outside any transaction."""
    found = []
    for one in enclosed:
        with engine.files.open(one.sha256) as file:
            found.append((one, file.read()))
    return found
