"""Every kind of background work, in one list. A new kind is one more line here and nothing elsewhere.

Rows are the truth. A kind says which of its rows are due and does them, each in transactions of its own that
may be repeated at any time: a worker can die, a queue can be emptied, two workers can want the same row.
What fails is put off by `retries.next_try` and becomes an incident after the last try.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from engine.store.work import Unit
from engine.usecases.alerts import next_alert_due, tell_due_alerts
from engine.usecases.bulk import next_bulk_due
from engine.usecases.bulk_signing import carry_on
from engine.usecases.counter_work import do_counter_work, next_counter_work
from engine.usecases.delivery import deliver_messages, next_delivery_due
from engine.usecases.digests import next_digest_due, write_due_digests
from engine.usecases.file_states import DRAWINGS, SCANS, next_scan_due, scan_due
from engine.usecases.notices import MESSAGES
from engine.usecases.notifications import LETTERS
from engine.usecases.outbox import (
    due_letters,
    due_messages,
    next_message_due,
    send_due,
    send_due_letters,
    send_message,
)
from engine.usecases.pictures import draw_due, next_drawing_due
from engine.usecases.studies import do_due_studies, next_study_due
from engine.usecases.timers import fire_due_timers, next_timer_due
from engine.usecases.uploads import UPLOADS, forget_uploads, next_forgetting
from engine.usecases.watching import next_watch_due, tell_watchers

if TYPE_CHECKING:
    from engine.runtime import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """How work that waits for somebody outside is dealt out, row by row, to workers who may wait.

    Attributes:
        due: Rows that wait now, at most so many.
        do: Does one row; false if it is not due, another has it, or it failed and was put off.
    """

    due: Callable[[Unit, int], list[int]]
    do: Callable[[Engine, int], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One kind of background work.

    Attributes:
        name: Never changed once released: it stands in the queue.
        do_due: Does at most so many rows that are due, and returns how many were done. Safe in several
            workers at once: each takes what no other has in hand.
        next_due: When the next row falls due that is not due yet; it is looked for every second anyway.
        queued: Given if it calls the outside world: on PostgreSQL it then goes through the queue.
    """

    name: str
    do_due: Callable[[Engine, int], int]
    next_due: Callable[[Unit], datetime | None]
    queued: Queued | None = None


TIMERS = Work(name="timers", do_due=fire_due_timers, next_due=next_timer_due)
DELIVERY = Work(name="delivery", do_due=deliver_messages, next_due=next_delivery_due)
SENDING = Work(
    name=MESSAGES,
    do_due=send_due,
    next_due=next_message_due,
    queued=Queued(due=due_messages, do=send_message),
)
MAILING = Work(
    name=LETTERS,
    do_due=send_due_letters,
    next_due=next_message_due,
    queued=Queued(due=due_letters, do=send_message),
)
COUNTER = Work(name="counter", do_due=do_counter_work, next_due=next_counter_work)
SCANNING = Work(name=SCANS, do_due=scan_due, next_due=next_scan_due)
DRAWING = Work(name=DRAWINGS, do_due=draw_due, next_due=next_drawing_due)
FORGETTING = Work(name=UPLOADS, do_due=forget_uploads, next_due=next_forgetting)
STUDIES = Work(name="studies", do_due=do_due_studies, next_due=next_study_due)
BULK = Work(name="bulk", do_due=carry_on, next_due=next_bulk_due)
WATCHING = Work(name="watching", do_due=tell_watchers, next_due=next_watch_due)
ALERTS = Work(name="alerts", do_due=tell_due_alerts, next_due=next_alert_due)
DIGESTS = Work(name="digests", do_due=write_due_digests, next_due=next_digest_due)
ALL_WORK: tuple[Work, ...] = (
    TIMERS,
    DELIVERY,
    SENDING,
    MAILING,
    COUNTER,
    SCANNING,
    DRAWING,
    FORGETTING,
    STUDIES,
    BULK,
    WATCHING,
    ALERTS,
    DIGESTS,
)


def work_named(name: str) -> Work | None:
    """Return a kind of work by its name; None for one that this version does not know."""
    return next((one for one in ALL_WORK if one.name == name), None)
