"""What the engine needs from the outside world, and nothing of how it is done."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO, Protocol


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

    def place(self, sha256: str) -> Path:
        """Return where stored bytes lie, for a program that reads files.

        Raises:
            NotFound: If nothing is stored under this name.
        """

    def drop(self, sha256: str) -> bool:
        """Delete stored bytes that nothing names any more; return whether they are gone."""

    def add_part(self, token: str, offset: int, content: bytes) -> None:
        """Write a piece of what is still coming, durably, at `offset`; what lay behind it is dropped."""

    def open_part(self, token: str) -> BinaryIO:
        """Open what came so far.

        Raises:
            NotFound: If nothing came.
        """

    def drop_part(self, token: str) -> None:
        """Forget what came; nothing happens if nothing did."""


class Scanner(Protocol):
    def scan(self, stream: BinaryIO) -> str:
        """Return the name of the malware in the rest of `stream`, "" if there is none.

        It answers or raises within the time after which a worker counts as dead (`Engine.rescue`).

        Raises:
            Refused: If there is no verdict.
        """


class Sms(Protocol):
    def send(self, phone: str, text: str, key: str) -> None:
        """Send one message; `key` makes a repeat harmless at the gateway.

        It answers or raises within the time after which a worker counts as dead (`Engine.rescue`), else the
        message is sent again by another.
        """


class Mail(Protocol):
    def send(self, address: str, subject: str, text: str, key: str) -> None:
        """Send one letter as plain text; `key` names it, so that a repeat can be recognised.

        It answers or raises within the time after which a worker counts as dead (`Engine.rescue`), else the
        letter is sent again by another.
        """


class Jobs(Protocol):
    """Tells the background that rows wait to be done. The rows are the truth: what is lost here is found."""

    def announce(self, unit: Any, work: str, ids: Sequence[int]) -> None:
        """Let workers know of rows of this kind of work when a unit commits; never if it does not."""

    def announce_last(self, unit: Any, work: str, table: str) -> None:
        """The same for the row that this unit wrote last in a table, whose number nobody has read."""

    def bell(self, work: str) -> Event:
        """Return what rings in this process when such work was announced in it."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Bells:
    """One process does everything: announcing wakes the thread beside."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, Event] = defaultdict(Event)

    def announce(self, unit: Any, work: str, ids: Sequence[int]) -> None:
        unit.kept.append(self._bells[work].set)

    def announce_last(self, unit: Any, work: str, table: str) -> None:
        self.announce(unit, work, ())

    def bell(self, work: str) -> Event:
        return self._bells[work]


class LoggedSms:
    """Stands in where no gateway is connected: notes that a message was due, without number or words."""

    def send(self, phone: str, text: str, key: str) -> None:
        logging.getLogger("motcua.sms").info("message %s of %d characters: no gateway", key, len(text))


class SigningKey(Protocol):
    """A key that was opened with its PIN, for one act.

    Attributes:
        signer: What pyHanko signs with.
        name: The name in its certificate.
    """

    signer: Any
    name: str

    def close(self) -> None:
        """Forget the PIN; whoever opened the key calls this."""


class SigningKeys(Protocol):
    """Where keys are: files of a demonstration, tokens, a security module."""

    def open(self, kind: str, label: str, pin: str) -> SigningKey:
        """Open a key.

        Raises:
            WrongPin: If the PIN is not the key's.
            KeyMissing: If there is no such key, or its device is away.
            KeyBusy: If another act has the device.
        """

    def roots(self) -> Sequence[bytes]:
        """Return the certificates of issuers that are trusted, in PEM or DER."""
