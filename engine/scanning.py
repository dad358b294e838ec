"""Looking for malware: a ClamAV daemon, asked over TCP or a Unix socket, one connection per file.

The daemon's INSTREAM command takes lengths of four bytes with so much content each, and a length of 0 at the
end. Source: clamd(8), section COMMANDS.
"""

from __future__ import annotations

import re
import socket
import struct
from typing import BinaryIO
from urllib.parse import urlsplit

from engine.errors import Refused
from engine.ports import Scanner
from engine.settings import Settings

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
PATIENCE = 20.0  # seconds without a word; a worker counts as dead after `Settings.rescue`
_ANSWER = re.compile(r"stream: (?:(OK)|(.+) FOUND)\s*\Z")


class ScannerAway(Refused):
    """The daemon does not answer, or says something that is no verdict."""

    code = "scanner_away"
    vi = "Bộ quét mã độc không trả lời: {found}."
    en = "The malware scanner does not answer: {found}."


class Clamd:
    """Asks one ClamAV daemon.

    Args:
        address: "tcp://127.0.0.1:3310" or "unix:/run/clamav/clamd.ctl".
    """

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self._address, self._patience = address, patience

    def scan(self, stream: BinaryIO) -> str:
        """Return the name of what was found in the rest of `stream`, "" if nothing was.

        Raises:
            ScannerAway: If there is no verdict, for whatever reason; the file may be clean or not.
        """
        try:
            with self._connect() as line:
                answer = _ask(line, stream)
        except OSError as error:
            raise ScannerAway("a verdict", str(error) or type(error).__name__) from error
        said = _ANSWER.search(answer)
        if said is None:
            found = answer.strip()[:200] or "—"
            raise ScannerAway("a verdict", found)
        return said[2] or ""

    def _connect(self) -> socket.socket:
        parts = urlsplit(self._address)
        if parts.scheme == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(self._patience)
            try:
                line.connect(parts.path)
            except OSError:
                line.close()
                raise
            return line
        return socket.create_connection((parts.hostname, parts.port), self._patience)


def open_scanner(settings: Settings) -> Scanner | None:
    """Return what scans files; None where no daemon is named."""
    return Clamd(settings.scanner) if settings.scanner else None


def _ask(line: socket.socket, stream: BinaryIO) -> str:
    line.sendall(b"zINSTREAM\0")
    try:
        while chunk := stream.read(CHUNK):
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(struct.pack("!I", 0))
    except BrokenPipeError:
        pass  # it said why, e.g. that its own size limit is exceeded, and hung up
    answer = b""
    while len(answer) < LONGEST_ANSWER and not answer.endswith(b"\0"):
        part = line.recv(LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace")
