"""The worker: does what falls due and what steps left to be done. A thread of the server on SQLite, one or
more processes on PostgreSQL.

Every kind of work (`engine.usecases.background`) has a thread of its own, which sleeps until the next row
falls due, a second at most; so work that waits for somebody outside holds up no other. Work in batches is
worth a moment's wait: nobody notices a tenth of a second.
"""

from __future__ import annotations

import logging
from threading import Event, Thread

import designer.studies  # noqa: F401  makes the kinds of studies known
from engine.domain.access import SYSTEM
from engine.runtime import Engine
from engine.store.queue import Queue
from engine.usecases.background import ALL_WORK, Work

AT_ONCE = 50
SHORTEST_PAUSE = 0.1  # seconds between two looks when there was nothing to do
LONGEST_PAUSE = 1.0
LONGEST_AFTER_FAILURE = 60.0

log = logging.getLogger("motcua.worker")


class Sweep:
    """Looks again and again for due rows of one kind of work; a failure makes it wait longer."""

    def __init__(self, engine: Engine, work: Work, over: Event, pause: float = LONGEST_PAUSE) -> None:
        self.engine, self.work, self.over, self.pause = engine, work, over, pause
        self.bell = engine.jobs.bell(work.name)
        self.failures = 0

    def run(self) -> None:
        """Work until `over` is set; whoever sets it rings the bell too."""
        while not self.over.is_set():
            self.bell.clear()
            if self.once() == 0:
                self.bell.wait(self.next_pause())

    def once(self) -> int:
        """Do, or deal out, at most `AT_ONCE` rows; return how many."""
        try:
            done = self._deal() if self._is_dealt else self.work.do_due(self.engine, AT_ONCE)
            self.failures = 0
            return done
        except Exception:
            self.failures += 1
            log.exception("%s failed for the %d. time in a row", self.work.name, self.failures)
            return 0

    def next_pause(self) -> float:
        """Return the seconds until the next row falls due, within bounds; more and more after failures."""
        if self.failures:
            return min(self.pause * 2 ** min(self.failures, 10), LONGEST_AFTER_FAILURE)
        try:
            with self.engine.reading(SYSTEM) as unit:
                due = self.work.next_due(unit)
        except Exception:
            log.exception("%s could not look ahead", self.work.name)
            return self.pause
        if due is None:
            return self.pause
        wait = (due - self.engine.clock.now()).total_seconds()
        return min(max(wait, SHORTEST_PAUSE), self.pause)

    @property
    def _is_dealt(self) -> bool:
        return self.work.queued is not None and isinstance(self.engine.jobs, Queue)

    def _deal(self) -> int:
        """Give due rows that nobody was told of, or whose worker died, to the queue."""
        assert self.work.queued is not None
        assert isinstance(self.engine.jobs, Queue)
        with self.engine.unit(SYSTEM) as unit:
            due = self.work.queued.due(unit, AT_ONCE)
            return self.engine.jobs.deal(unit, self.work.name, due) if due else 0


class Worker:
    """All kinds of work, each in its thread, until it is stopped."""

    def __init__(
        self, engine: Engine, works: tuple[Work, ...] = ALL_WORK, pause: float = LONGEST_PAUSE
    ) -> None:
        self._over = Event()
        self.sweeps = [Sweep(engine, work, self._over, pause) for work in works]
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin to work in threads."""
        self._threads = [
            Thread(target=one.run, name=f"motcua-{one.work.name}", daemon=True) for one in self.sweeps
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 30.0) -> None:
        """Finish the rows in hand and stop; wait for that at most `patience` seconds."""
        self._over.set()
        for one in self.sweeps:
            one.bell.set()
        for thread in self._threads:
            thread.join(patience)

    def is_well(self) -> bool:
        """Tell whether all threads live; work that fails now and then does not make it unwell."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)
