"""Timers that fell due while nobody was looking; called by the worker.

Each fires in a transaction of its own. One that cannot go on is tried again later, at last becomes an
incident and rests; the others are not held up by it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, or_, select

from engine.domain.access import SYSTEM
from engine.errors import Conflict, ProcedureError, Refused
from engine.store import cases as rows
from engine.store.crashpoints import crashpoint
from engine.store.rows import DossierRow, IncidentRow, TimerRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.cases import Case, write_history
from engine.usecases.firing import fire_timer
from engine.usecases.incidents import open_incident
from engine.usecases.retries import next_try

if TYPE_CHECKING:
    from engine.runtime import Engine


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A timer that this worker has in hand."""

    due_at: datetime
    timer_id: int
    dossier_id: int


_FIRST = _Claimed(datetime.min.replace(tzinfo=UTC), 0, 0)


class InternalFault(Refused):
    """A fault of the product itself; its name is in the incident, the rest in the log."""

    code = "internal_fault"
    vi = "Hệ thống gặp lỗi khi tự chuyển bước ({found}). Hãy bấm thử lại; nếu vẫn lỗi, báo cán bộ CNTT."
    en = "The system failed to move the step on ({found}). Try again; if it persists, tell the IT staff."


def fire_due_timers(engine: Engine, limit: int = 100) -> int:
    """Fire at most `limit` timers that are due, the oldest first; return how many fired.

    Several workers may do so at once: each takes what no other has in hand.
    """
    with engine.reading(SYSTEM) as unit:
        if unit.session.scalars(_due(unit, TimerRow.id).limit(1)).first() is None:
            return 0  # on SQLite, looking must not hold up those who write
    fired = 0
    last = _FIRST
    for _ in range(limit):
        result, last = _fire_next(engine, last)
        if last is None:
            break
        fired += result
    return fired


def next_timer_due(unit: Unit) -> datetime | None:
    """Return when the next timer falls due; those that failed or rest are not asked."""
    return unit.session.scalars(
        select(TimerRow.due_at).where(TimerRow.due_at > unit.now).order_by(TimerRow.due_at).limit(1)
    ).first()


def _fire_next(engine: Engine, last: _Claimed) -> tuple[bool, _Claimed | None]:
    """Fire the next due timer after the `last`; return whether it fired, and which it was."""
    claimed: _Claimed | None = None
    try:
        with engine.unit(SYSTEM) as unit:
            claimed = _claim(unit, last)
            return claimed is not None and _fire_one(unit, claimed), claimed
    except Conflict:
        pass  # somebody was faster with this dossier; it is due again at the next round
    except ProcedureError as error:
        _put_off(engine, claimed.timer_id, error)
    except Exception as fault:  # a fault of ours on one dossier must not hold up all the others
        if claimed is None:
            raise
        logging.getLogger("motcua.timers").exception("timer %d could not fire", claimed.timer_id)
        _put_off(engine, claimed.timer_id, InternalFault("the step to be carried out", type(fault).__name__))
    return False, claimed


def _put_off(engine: Engine, timer_id: int, error: ProcedureError) -> None:
    """Let a timer wait for its next try; after the last one, for a person."""
    try:
        with engine.unit(SYSTEM) as unit:
            timer = _locked(unit, timer_id)
            if timer is None:  # another worker has counted this failure, or it is gone
                return
            timer.attempts += 1
            timer.next_try_at = next_try(timer.attempts, unit.now)
            if timer.next_try_at is None:
                open_incident(unit, timer.dossier_id, error, timer=timer, attempts=timer.attempts)
    except Conflict:
        pass  # it is due again at the next round, and fails again if it must


def _claim(unit: Unit, last: _Claimed) -> _Claimed | None:
    """Return the next due timer whose dossier nobody works on, and lock that dossier.

    Locked is the dossier, not the timer: whoever works on a dossier locks it first and then clears timers.
    """
    found = unit.session.execute(
        _due(unit, TimerRow.due_at, TimerRow.id, TimerRow.dossier_id)
        .join(DossierRow, DossierRow.id == TimerRow.dossier_id)
        .where(
            TimerRow.due_at >= last.due_at, or_(TimerRow.due_at > last.due_at, TimerRow.id > last.timer_id)
        )
        .order_by(TimerRow.due_at, TimerRow.id)
        .limit(1)
        .with_for_update(of=DossierRow, skip_locked=True)
    ).one_or_none()
    return _Claimed(*found) if found else None


def _fire_one(unit: Unit, claimed: _Claimed) -> bool:
    """Fire one timer, unless it was cleared between the look and the lock."""
    dossier = rows.lock_dossier(unit, claimed.dossier_id)
    timer = _still_due(unit, claimed.timer_id)
    if timer is None:
        return False
    case = Case.of(unit, dossier)
    node = timer.node_id
    fire_timer(case, timer)
    crashpoint("after-fire")
    write_history(case)
    opened = [one.node_id for one in case.opened]
    record(unit, f"dossier:{case.row.id}", "timer.fired", {"node": node, "opened": opened})
    return True


def _locked(unit: Unit, timer_id: int) -> TimerRow | None:
    """Return a timer if it is still due.

    The dossier is locked first, as by everybody else, so that two never wait for each other crosswise.
    """
    dossier_id = unit.session.scalar(select(TimerRow.dossier_id).where(TimerRow.id == timer_id))
    if dossier_id is None:
        return None
    rows.lock_dossier(unit, dossier_id)
    return _still_due(unit, timer_id)


def _still_due(unit: Unit, timer_id: int) -> TimerRow | None:
    return unit.session.scalars(_due(unit, TimerRow).where(TimerRow.id == timer_id)).one_or_none()


def _due(unit: Unit, *wanted: Any) -> Select:
    """Select of timers that are due, do not wait for another try and do not rest on an incident."""
    rests = exists().where(
        IncidentRow.dossier_id == TimerRow.dossier_id,
        IncidentRow.node_id == TimerRow.node_id,
        IncidentRow.token == TimerRow.token,
        IncidentRow.number == TimerRow.number,
        IncidentRow.outbox_id.is_(None),
        IncidentRow.ended_at.is_(None),
    )
    tried_later = or_(TimerRow.next_try_at.is_(None), TimerRow.next_try_at <= unit.now)
    return select(*wanted).where(TimerRow.due_at <= unit.now, tried_later, ~rests)
