"""Real worker processes, which may be killed, and an SMS gateway that tells the test what reaches it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any

from engine.runtime import Engine
from engine.store.database import open_database
from engine.store.files import DiskFileStore
from engine.store.queue import open_jobs
from runtime_api.worker_process import run_worker

PATIENCE = 60  # seconds that a test waits for another process before it fails
RESCUE = timedelta(seconds=2)


@dataclass
class WorkerProcess:
    """`motcua worker` on one database, with a gateway of its own: `keys` are the messages that reached it.

    A stubborn one takes a message and never comes back from the gateway.
    """

    url: str
    folder: Path
    stubborn: bool = False
    rescue: timedelta = RESCUE
    process: Any = field(default=None, repr=False)
    pipe: Connection | None = field(default=None, repr=False)

    def start(self) -> WorkerProcess:
        context = multiprocessing.get_context("spawn")
        self.pipe, there = context.Pipe()
        args = (there, self.url, self.folder, self.stubborn, self.rescue)
        self.process = context.Process(target=_work, args=args, daemon=True)
        self.process.start()
        assert self.next() == "ready"
        return self

    def next(self, patience: float = PATIENCE) -> str:
        """Return the key of the next message that reaches the gateway."""
        assert self.pipe is not None
        assert self.pipe.poll(patience), "the worker sent nothing"
        return self.pipe.recv()

    def all_keys(self) -> list[str]:
        """Return the keys of all messages that reached the gateway and were not asked for yet."""
        found = []
        with contextlib.suppress(EOFError):  # it was killed
            while self.pipe.poll():
                found.append(self.pipe.recv())
        return found

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()

    def stop(self) -> int:
        """Tell it to stop as an office would; return its exit code."""
        self.process.terminate()
        self.process.join(PATIENCE)
        return self.process.exitcode


def _work(pipe: Connection, url: str, folder: Path, stubborn: bool, rescue: timedelta) -> None:
    engine = Engine(
        database=open_database(url),
        files=DiskFileStore(folder / "files"),
        sms=_Gateway(pipe, stubborn),
        jobs=open_jobs(url),
        rescue=rescue,
    )
    pipe.send("ready")
    run_worker(engine)
    engine.database.dispose()


class _Gateway:
    def __init__(self, pipe: Connection, stubborn: bool) -> None:
        self.pipe, self.stubborn = pipe, stubborn

    def send(self, _phone: str, _text: str, key: str) -> None:
        self.pipe.send(key)
        if self.stubborn:
            Event().wait()
