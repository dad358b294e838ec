"""The folder into which the scanner of a desk writes: what lies there, opened by name and put aside.

Names are never joined from what a browser sent: only what a listing of the folder shows can be opened.
Links, folders and hidden files are left alone. A file that was taken is moved to `taken/`, not deleted: the
paper may be needed again before somebody clears the folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from engine.errors import Refused

MOST_SHOWN = 50
TAKEN = "taken"


class ScanGone(Refused):
    """A scan that was chosen does not lie in the folder any more."""

    code = "scan_gone"
    vi = "Tệp quét “{name}” không còn trong thư mục của quầy. Hãy xem lại thư mục rồi chọn lại."
    en = "The scan “{name}” is no longer in the folder of this desk. Look at the folder again, then choose."


@dataclass(frozen=True, slots=True)
class Scan:
    """A file that waits in the folder; `size` in bytes."""

    name: str
    size: int
    at: datetime


def list_scans(folder: Path) -> list[Scan]:
    """Return the newest files of a desk's folder; none if there is no such folder."""
    found = [Scan(entry.name, info.st_size, _moment(info)) for entry, info in _files(folder)]
    return sorted(found, key=lambda one: (one.at, one.name), reverse=True)[:MOST_SHOWN]


def open_scan(folder: Path, name: str) -> BinaryIO:
    """Open a file of the folder.

    Raises:
        ScanGone: If no plain file of this name lies in it.
    """
    for entry, _ in _files(folder):
        if entry.name == name:
            try:
                return os.fdopen(os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
            except OSError:
                break
    raise ScanGone("a file of the folder", "there is none", name=name[:80])


def put_aside(folder: Path, name: str) -> None:
    """Move a file that was taken out of the way; one that cannot be moved stays and is only seen again."""
    for entry, _ in _files(folder):
        if entry.name == name:
            try:
                (folder / TAKEN).mkdir(exist_ok=True)
                os.replace(entry.path, folder / TAKEN / f"{datetime.now(UTC):%y%m%d-%H%M%S-%f}-{name}")
            except OSError:
                return


def _files(folder: Path) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(info.st_mode) and info.st_size:
            yield entry, info


def _moment(info: os.stat_result) -> datetime:
    return datetime.fromtimestamp(info.st_mtime, UTC)
