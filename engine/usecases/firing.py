"""One timer of a dossier that fell due: the diagram goes on, and a cycle is set again."""

from __future__ import annotations

from datetime import datetime

from engine.domain.calendar import WorkingCalendar
from engine.execution import Fire
from engine.store.rows import TimerRow
from engine.usecases.cases import Case
from engine.usecases.moving import move, timer_calendar
from engine.usecases.timer_texts import next_round


def fire_timer(case: Case, timer: TimerRow) -> None:
    """Fire a timer that is due. Whether it stays is written first, so that the diagram may still clear it.

    A cycle of which several rounds were missed, because no worker ran, fires once for all of them.
    """
    calendar = timer_calendar(case, timer.node_id, timer.working) if timer.repeats > 1 else None
    missed, next_due = _catch_up(timer, case.unit.now, calendar)
    more = next_due is not None
    event = Fire(timer.token, timer.node_id, timer.number, more)
    case.note("timer.fired", timer.node_id, due=timer.due_at.isoformat(), more=more, missed=missed)
    if next_due is not None:
        timer.due_at = next_due
        timer.repeats -= missed + 1
        timer.attempts, timer.next_try_at = 0, None
    else:
        case.unit.session.delete(timer)
    case.unit.session.flush()
    move(case, event)


def _catch_up(
    timer: TimerRow, now: datetime, calendar: WorkingCalendar | None
) -> tuple[int, datetime | None]:
    """Return how many rounds after the due one have passed too, and when the next one is, if one is left."""
    due_at = timer.due_at
    for missed in range(timer.repeats - 1):
        due_at = next_round(timer.every, due_at, calendar)
        if due_at > now:
            return missed, due_at
    return timer.repeats - 1, None
