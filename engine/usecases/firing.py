"""One timer of a dossier that fell due: the diagram goes on, and a cycle is set again."""

from __future__ import annotations

from engine.execution import Fire
from engine.store.rows import TimerRow
from engine.usecases.cases import Case
from engine.usecases.moving import move, timer_calendar
from engine.usecases.timer_texts import next_round


def fire_timer(case: Case, timer: TimerRow) -> None:
    """Fire a timer that is due. Whether it stays is written first, so that the diagram may still clear it."""
    more = timer.repeats > 1
    event = Fire(timer.token, timer.node_id, timer.number, more)
    case.note("timer.fired", timer.node_id, due=timer.due_at.isoformat(), more=more)
    if more:
        calendar = timer_calendar(case, timer.node_id, timer.working)
        timer.due_at = next_round(timer.every, timer.due_at, calendar)
        timer.repeats -= 1
    else:
        case.unit.session.delete(timer)
    case.unit.session.flush()
    move(case, event)
