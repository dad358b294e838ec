"""Attachments on disk: each lies under the SHA-256 of its content, the same content once.

A file is written beside its place, forced to disk, and then renamed: under its final name it is always
whole. The database row is written after that, so a row never points to nothing; a file whose row was rolled
back is harmless and is found by the nightly sweep.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from engine.errors import Invalid, NotFound, Refused

CHUNK = 256 * 1024
QUIET = 3600.0  # seconds; no transaction is open so long
FULL = (errno.ENOSPC, errno.EDQUOT)


class FileTooLarge(Invalid):
    """A file is longer than this installation accepts."""

    code = "file_too_large"
    vi = "Tệp vượt quá {limit_mb} MB. Hãy chia nhỏ hoặc quét lại với độ phân giải thấp hơn."
    en = "The file is larger than {limit_mb} MB. Split it, or scan it again at a lower resolution."


class NoRoom(Refused):
    """The disk with the attachments is full."""

    code = "no_room"
    vi = "Máy chủ đã hết chỗ lưu tệp nên chưa có gì được ghi. Hãy báo cán bộ CNTT, rồi gửi lại."
    en = "The server has no room left for files, so nothing was written. Tell the IT staff, then send again."


class DiskFileStore:
    """Keeps files under `root`, two letters of the hash to a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._parts = root / "parts"
        self._parts.mkdir(exist_ok=True)

    def put(self, stream: BinaryIO, limit: int) -> tuple[str, int]:
        """Store a stream durably; return its hex SHA-256 and size in bytes.

        Raises:
            FileTooLarge: If the stream is longer than `limit` bytes; nothing is kept.
            NoRoom: If the disk is full; nothing is kept.
        """
        try:
            return self._put(stream, limit)
        except OSError as error:
            if error.errno in FULL:
                raise NoRoom("room on the disk", "it is full") from error
            raise

    def _put(self, stream: BinaryIO, limit: int) -> tuple[str, int]:
        handle, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size = _copy(stream, file, limit)
                file.flush()
                os.fsync(file.fileno())
            place = self._place(digest)
            try:
                os.utime(place)  # whoever would drop it sees that it is wanted again
            except FileNotFoundError:
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(name, place)
                _sync_folder(place.parent)
                _sync_folder(self.root)
        finally:
            Path(name).unlink(missing_ok=True)
        return digest, size

    def open(self, sha256: str) -> BinaryIO:
        """Open stored bytes for reading.

        Raises:
            NotFound: If nothing is stored under this name.
        """
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError as missing:
            raise NotFound("a stored file", "there is none under this hash", what=sha256) from missing

    def place(self, sha256: str) -> Path:
        """Return where stored bytes lie, for a program that reads files.

        Raises:
            NotFound: If nothing is stored under this name.
        """
        path = self._place(sha256)
        if not path.is_file():
            raise NotFound("a stored file", "there is none under this hash", what=sha256)
        return path

    def add_part(self, token: str, offset: int, content: bytes) -> None:
        """Write a piece of what is still coming, durably, at `offset`; what lay behind it is dropped.

        Raises:
            NoRoom: If the disk is full.
        """
        try:
            with os.fdopen(os.open(self._part(token), os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
                file.seek(offset)
                file.truncate()
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if error.errno in FULL:
                raise NoRoom("room on the disk", "it is full") from error
            raise

    def open_part(self, token: str) -> BinaryIO:
        """Open what came so far.

        Raises:
            NotFound: If nothing came.
        """
        try:
            return self._part(token).open("rb")
        except FileNotFoundError as missing:
            raise NotFound("a file on its way in", "there is none", what=token) from missing

    def drop_part(self, token: str) -> None:
        """Forget what came; nothing happens if nothing did."""
        self._part(token).unlink(missing_ok=True)

    def drop(self, sha256: str) -> bool:
        """Delete stored bytes that nothing names any more; return whether they are gone.

        What was stored again within `QUIET` stays: a command that has not committed yet may rest on it.
        """
        place, aside = self._place(sha256), self._incoming / f"drop-{sha256}"
        try:
            os.replace(place, aside)  # from here on a command that stores the same writes it anew
        except FileNotFoundError:
            return False
        if time.time() - aside.stat().st_mtime < QUIET:
            if place.exists():
                aside.unlink()
            else:
                os.replace(aside, place)
            return False
        aside.unlink()
        return True

    def names(self) -> Iterator[str]:
        """Return the hashes of all stored files, for checks."""
        return (path.name for path in self.root.glob("??/*"))

    def _part(self, token: str) -> Path:
        if not re.fullmatch(r"[\w-]{16,40}", token, re.ASCII):
            raise NotFound("a token", "something else was given", what=token[:40])
        return self._parts / token

    def _place(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise NotFound("a SHA-256 in hex", "something else was given", what=sha256)
        return self.root / sha256[:2] / sha256


def _copy(stream: BinaryIO, file: BinaryIO, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(f"at most {limit} bytes", "there are more", limit_mb=limit // (1024 * 1024))
        digest.update(chunk)
        file.write(chunk)
    return digest.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
