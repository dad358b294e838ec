"""What the engine needs from the outside world, and nothing of how it is done."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import BinaryIO, Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class FileStore(Protocol):
    """Keeps bytes under their SHA-256; the same content is kept once."""

    def put(self, stream: BinaryIO, limit: int) -> tuple[str, int]:
        """Store a stream durably; return its hex SHA-256 and size in bytes.

        Raises:
            Invalid: If the stream is longer than `limit` bytes; nothing is kept.
        """

    def open(self, sha256: str) -> BinaryIO:
        """Open stored bytes for reading.

        Raises:
            NotFound: If nothing is stored under this name.
        """


class Sms(Protocol):
    def send(self, phone: str, text: str, key: str) -> None:
        """Send one message; `key` makes a repeat harmless at the gateway."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class LoggedSms:
    """Stands in where no gateway is connected: notes that a message was due, without number or words."""

    def send(self, phone: str, text: str, key: str) -> None:
        logging.getLogger("motcua.sms").info("message %s of %d characters: no gateway", key, len(text))
