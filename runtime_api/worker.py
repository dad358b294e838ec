"""Background work: timers that fall due and messages to send, taken from the rows of the database.

On SQLite a thread of the serving process, on PostgreSQL a process of its own (`motcua worker`, as many as
wanted). The rows are the truth: a worker that dies loses nothing, the next one goes on.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from threading import Event, Thread
from types import FrameType

from engine.runtime import Engine
from engine.usecases.outbox import send_due
from engine.usecases.timers import fire_due_timers

AT_ONCE = 50
PAUSE = 1.0  # seconds between two looks when there was nothing to do
LONGEST_PAUSE = 60.0  # after failures

log = logging.getLogger("motcua.worker")

Chore = Callable[[Engine, int], int]
CHORES: tuple[Chore, ...] = (fire_due_timers, send_due)


class Worker:
    """Does the chores until it is stopped. A failing chore is logged, waits longer, and stops nobody else."""

    def __init__(self, engine: Engine, chores: tuple[Chore, ...] = CHORES, pause: float = PAUSE) -> None:
        self.engine = engine
        self.pause = pause
        self._failures = dict.fromkeys(chores, 0)
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to work in a thread."""
        self._thread = Thread(target=self.run, name="motcua-worker", daemon=True)
        self._thread.start()

    def stop(self, patience: float = 30.0) -> None:
        """Finish the chore in hand and stop; wait for that at most `patience` seconds."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(patience)

    def is_well(self) -> bool:
        """Tell whether the thread lives; a chore that fails now and then does not make it unwell."""
        return self._thread is not None and self._thread.is_alive()

    def run(self) -> None:
        """Work until `stop`."""
        while not self._stop.is_set():
            if self.run_once() == 0:
                self._stop.wait(self._next_pause())

    def run_once(self) -> int:
        """Do every chore once; return how much was done."""
        done = 0
        for chore in self._failures:
            if self._stop.is_set():
                break
            try:
                done += chore(self.engine, AT_ONCE)
                self._failures[chore] = 0
            except Exception:
                self._failures[chore] += 1
                log.exception("%s failed for the %d. time in a row", chore.__name__, self._failures[chore])
        return done

    def _next_pause(self) -> float:
        worst = max(self._failures.values(), default=0)
        return min(self.pause * 2 ** min(worst, 10), LONGEST_PAUSE)


def run_worker(engine: Engine) -> None:
    """Work in this process until SIGTERM or SIGINT."""
    worker = Worker(engine)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop(patience=0)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    log.info("the worker begins")
    worker.run()
    log.info("the worker stopped")
