"""The engine as a whole: what a view, the worker or a test holds in its hand.

`engine.unit(actor)` opens one unit of work: one command, one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from engine.domain.access import Actor
from engine.mail import open_mail
from engine.ports import (
    Bells,
    Clock,
    FileStore,
    Jobs,
    LoggedSms,
    Mail,
    Scanner,
    SigningKeys,
    Sms,
    SystemClock,
)
from engine.scanning import open_scanner
from engine.settings import HOLD, Settings
from engine.store.database import for_reading, open_database
from engine.store.files import DiskFileStore
from engine.store.keys import KeyStore
from engine.store.queue import open_jobs
from engine.store.work import Unit, unit_of_work
from engine.trust import TrustServices, open_trust


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Sessions, clock and ports. Safe to share between threads.

    Attributes:
        executor: Name of the runtime for new dossiers: "marking" or "spiffworkflow".
        max_file: The largest file of a dossier, in bytes.
        rescue: After so long without a sign of life, what a worker had in hand is given to another.
        scans: Folder of the scanners' folders, one for each chair of a counter; None where there are none.
        message_days: How long a message waits for its receiver, where the diagram does not say.
        mail: None where no mail server is connected: then no letters are written.
        keys: Where the keys of signatories and offices are.
        public_url: The address that people type, for links in letters and on papers.
        scanner: Looks for malware; None where none is connected: then files are not scanned.
        trust: Stamps the time and says what was revoked; None where nobody outside is asked.
        hold_unscanned: Files are not opened before the scanner has seen them, also while it is away.
    """

    database: Database
    files: FileStore
    sms: Sms
    clock: Clock = SystemClock()
    jobs: Jobs = field(default_factory=Bells)
    executor: str = "marking"
    max_file: int = 20 * 1024 * 1024
    rescue: timedelta = timedelta(seconds=30)
    message_days: int = 30
    keys: SigningKeys = field(default_factory=lambda: KeyStore(None))
    mail: Mail | None = None
    public_url: str = ""
    scans: Path | None = None
    scanner: Scanner | None = None
    trust: TrustServices | None = None
    hold_unscanned: bool = False

    def unit(self, actor: Actor) -> AbstractContextManager[Unit]:
        """Open one unit of work; commit when the block ends, roll back when it raises."""
        return unit_of_work(self.database, actor, self.clock.now(), self)

    @contextmanager
    def reading(self, actor: Actor, *, steady: bool = False) -> Iterator[Unit]:
        """Open a unit for a page that only looks: never blocks a writer, and may not write.

        With `steady` all that it is asked is answered as of one moment, whatever others commit meanwhile.
        """
        database = for_reading(self.database, steady=True) if steady else self._looked_at
        with Session(database, expire_on_commit=False) as session:
            yield Unit(session, actor, self.clock.now(), self, is_reading=True)

    @cached_property
    def _looked_at(self) -> Database:
        return for_reading(self.database)


def open_engine(settings: Settings, *, clock: Clock | None = None, sms: Sms | None = None) -> Engine:
    """Open the database and the files that `settings` name; nothing is created or upgraded but folders."""
    if settings.is_sqlite:
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return Engine(
        database=open_database(settings.database_url),
        files=DiskFileStore(settings.files),
        sms=sms or LoggedSms(),
        clock=clock or SystemClock(),
        jobs=open_jobs(settings.database_url),
        executor=settings.executor,
        max_file=settings.max_file,
        rescue=timedelta(seconds=settings.rescue),
        message_days=settings.message_days,
        mail=open_mail(settings),
        scanner=open_scanner(settings),
        trust=open_trust(settings),
        hold_unscanned=settings.scanner_away == HOLD,
        public_url=settings.public_url,
        keys=KeyStore(settings.keys, settings.pkcs11),
        scans=settings.scans,
    )
