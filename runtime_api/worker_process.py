"""A worker in a process of its own: the sweeps, and on PostgreSQL the jobs of the queue beside them.

A worker that dies leaves a job in hand behind. Every other worker looks for such jobs and puts them back
into the queue; the row's own lease lets it be dealt out again even if the queue knows nothing of it.
"""

from __future__ import annotations

import asyncio
import logging
import signal

from procrastinate import App
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from engine.errors import Refused
from engine.runtime import Engine
from engine.store.database import clock_skew
from engine.store.queue import Queue
from engine.usecases.background import work_named
from runtime_api.worker import Worker

AT_THE_SAME_TIME = 4  # jobs of one process; they mostly wait for others
SIGNS_OF_LIFE = 6  # within the time after which a worker counts as dead
FETCH_PAUSE = 1.0  # seconds; jobs are announced, this is for announcements that were lost
AFTER_FAILURE = 2.0  # seconds until the queue is asked again, for instance when the database was restarted

WORST_CLOCK = 5.0  # seconds; with more, timers fire early here and rows in others' hands look abandoned

log = logging.getLogger("motcua.worker")


class ClockAskew(Refused):
    """This machine's clock and the database's disagree."""

    code = "clock_askew"
    vi = "Giờ máy này lệch {seconds} giây so với máy chủ cơ sở dữ liệu. Hãy bật NTP rồi chạy lại."
    en = "This machine's clock is {seconds} seconds off the database server's. Turn on NTP, then start again."


def run_worker(engine: Engine) -> None:
    """Work in this process until SIGTERM or SIGINT.

    Raises:
        ClockAskew: If this machine would do things too early or too late.
    """
    if isinstance(engine.jobs, Queue):
        skew = clock_skew(engine.database, engine.clock.now())
        if skew > WORST_CLOCK:
            raise ClockAskew("the database's time", f"it is {skew:.0f} s off", seconds=round(skew))
    asyncio.run(_run(engine))


async def _run(engine: Engine) -> None:
    over = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, over.set)
    worker = Worker(engine)
    worker.start()
    log.info("the worker begins")
    if isinstance(engine.jobs, Queue):
        await _do_jobs(engine, engine.jobs, over)
    else:
        await over.wait()
    await asyncio.to_thread(worker.stop)
    log.info("the worker stopped")


async def _do_jobs(engine: Engine, queue: Queue, over: asyncio.Event) -> None:
    """Do jobs until it is over; begin again when the connection to the database is lost."""

    def do(work: str, row: int) -> None:
        known = work_named(work)
        if known is not None and known.queued is not None:
            known.queued.do(engine, row)

    ending = asyncio.create_task(over.wait())
    while not over.is_set():
        doing = asyncio.create_task(_connected(engine, queue.open_for_work(do)))
        await asyncio.wait([doing, ending], return_when=asyncio.FIRST_COMPLETED)
        doing.cancel()
        (outcome,) = await asyncio.gather(doing, return_exceptions=True)
        if not over.is_set():
            log.error("the queue is left for %.0f s: %s", AFTER_FAILURE, outcome)
            await asyncio.wait([ending], timeout=AFTER_FAILURE)


async def _connected(engine: Engine, app: App) -> None:
    silence = engine.rescue.total_seconds()
    sign = silence / SIGNS_OF_LIFE
    async with app.open_async():
        rescuing = asyncio.create_task(_rescue(app, silence, sign))
        try:
            await app.run_worker_async(
                concurrency=AT_THE_SAME_TIME,
                fetch_job_polling_interval=FETCH_PAUSE,
                update_heartbeat_interval=sign,
                stalled_worker_timeout=silence,
                shutdown_graceful_timeout=silence,
                delete_jobs="always",
                install_signal_handlers=False,
            )
        finally:
            rescuing.cancel()


async def _rescue(app: App, silence: float, every: float) -> None:
    """Put the jobs of workers that are silent back into the queue, again and again."""
    while True:
        try:
            await app.job_manager.prune_stalled_workers(silence)
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
                log.warning("job %s of a worker that is silent is done by another", job.call_string)
                await _put_back(app, job)
        except ConnectorException:
            log.exception("the queue could not be looked through")
        await asyncio.sleep(every)


async def _put_back(app: App, job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:  # the row was dealt out anew meanwhile
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
    except ConnectorException:
        log.debug("another worker has put job %s back", job.id)
