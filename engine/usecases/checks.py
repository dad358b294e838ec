"""Every invariant of the database, counted: all 0 when it is sound. Read-only, safe in production.

Each check counts what must not exist, by a name that says what that is. `motcua check` prints them; the
tests of faults call them after every kill.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select

from engine.domain.calendar import WorkingCalendar
from engine.domain.deadlines import ClockPolicy, Stop, due
from engine.domain.dossiers import RUNNING
from engine.errors import NotFound, ProcedureError
from engine.execution import get_executor
from engine.store import cases as rows
from engine.store.alert_rows import AlertRow
from engine.store.due_rows import DueChangeRow
from engine.store.message_rows import MessageWaitRow
from engine.store.rows import (
    AttachmentRow,
    ClockStopRow,
    CounterRow,
    DossierRow,
    EventRow,
    IncidentRow,
    OutboxRow,
    RegisterEntryRow,
    TimerRow,
    WorkItemRow,
)
from engine.store.work import Unit
from engine.usecases.audit import verify_audit
from engine.usecases.calendars import calendar_of
from engine.usecases.counter_checks import COUNTER_CHECKS
from engine.usecases.draft_checks import DRAFT_CHECKS
from engine.usecases.due_checks import DUE_CHECKS
from engine.usecases.file_checks import FILE_CHECKS
from engine.usecases.list_checks import LIST_CHECKS
from engine.usecases.message_checks import MESSAGE_CHECKS
from engine.usecases.paper_checks import PAPER_CHECKS
from engine.usecases.procedures import definition_of, procedure_of
from engine.usecases.signature_checks import SIGNATURE_CHECKS
from engine.usecases.stops import SUSPENSION, term_of
from engine.usecases.study_checks import STUDY_CHECKS
from engine.usecases.substitution_checks import SUBSTITUTION_CHECKS
from engine.usecases.teamwork_checks import TEAMWORK_CHECKS

BATCH = 500


def check_everything(unit: Unit) -> dict[str, int]:
    """Return the number of violations of every invariant."""
    return {name: check(unit) for name, check in CHECKS.items()}


def dossiers_nobody_works_on(unit: Unit) -> int:
    """Accepted, not ended, and nothing that could ever move it: no step, timer, awaited message, incident."""
    moves = [
        exists().where(WorkItemRow.dossier_id == DossierRow.id, WorkItemRow.status == rows.OPEN),
        exists().where(TimerRow.dossier_id == DossierRow.id),
        exists().where(MessageWaitRow.dossier_id == DossierRow.id),
        exists().where(IncidentRow.dossier_id == DossierRow.id, IncidentRow.ended_at.is_(None)),
    ]
    return _count(unit, DossierRow, _is_running(), *(not_(one) for one in moves))


def dossiers_ended_with_work(unit: Unit) -> int:
    """Ended, and still a step is open, a timer armed or a message awaited."""
    ended = DossierRow.ended_at.is_not(None)
    left = or_(
        exists().where(WorkItemRow.dossier_id == DossierRow.id, WorkItemRow.status == rows.OPEN),
        exists().where(TimerRow.dossier_id == DossierRow.id),
        exists().where(MessageWaitRow.dossier_id == DossierRow.id),
    )
    return _count(unit, DossierRow, ended, left)


def steps_unlike_the_marking(unit: Unit) -> int:
    """Open steps that the executor does not wait for, and work it waits for without an open step."""
    wrong = 0
    for row, items in _running_dossiers(unit):
        try:
            definition = definition_of(unit, row.revision.definition_hash)
            wanted = get_executor(row.executor).open_work(definition, json.loads(row.state))
        except (ProcedureError, ValueError):
            wrong += 1
            continue
        wrong += len(set(wanted) ^ items)
    return wrong


def steps_without_dossier(unit: Unit) -> int:
    return _count(unit, WorkItemRow, ~exists().where(DossierRow.id == WorkItemRow.dossier_id))


def history_without_dossier(unit: Unit) -> int:
    return _count(unit, EventRow, ~exists().where(DossierRow.id == EventRow.dossier_id))


def dossiers_without_history(unit: Unit) -> int:
    """Every dossier begins with its acceptance."""
    begins = exists().where(EventRow.dossier_id == DossierRow.id, EventRow.kind == "received")
    return _count(unit, DossierRow, ~begins)


def done_steps_without_history(unit: Unit) -> int:
    """A step that ended without a line that says so."""
    said = exists().where(
        EventRow.work_item_id == WorkItemRow.id, EventRow.kind.in_(("step.done", "step.withdrawn"))
    )
    return _count(unit, WorkItemRow, WorkItemRow.status != rows.OPEN, ~said)


def register_gaps_and_duplicates(unit: Unit) -> int:
    """Registers whose numbers are not 1 … n, or whose counter is not at n."""
    entries = unit.session.execute(
        select(
            RegisterEntryRow.book,
            RegisterEntryRow.period,
            func.count(),
            func.count(RegisterEntryRow.number.distinct()),
            func.min(RegisterEntryRow.number),
            func.max(RegisterEntryRow.number),
        ).group_by(RegisterEntryRow.book, RegisterEntryRow.period)
    )
    heads = {
        (book, period): last
        for book, period, last in unit.session.execute(
            select(CounterRow.book, CounterRow.period, CounterRow.last).where(
                CounterRow.book.startswith("register:", autoescape=True)
            )
        )
    }
    wrong = 0
    for book, period, count, distinct, least, most in entries:
        wrong += not (count == distinct == most == heads.pop((book, period), 0) and least == 1)
    return wrong + len(heads)  # a counter that went on without an entry is a gap too


def audit_broken(unit: Unit) -> int:
    """1 if any link of the audit chain does not hold."""
    return int(verify_audit(unit) is not None)


def messages_forgotten(unit: Unit) -> int:
    """Neither sent, nor to be sent, nor given up with a reason."""
    return _count(
        unit, OutboxRow, OutboxRow.sent_at.is_(None), OutboxRow.next_try_at.is_(None), OutboxRow.error == ""
    )


def stops_without_waiting(unit: Unit) -> int:
    """A clock that stands still although nothing waits any more."""
    waits = exists().where(WorkItemRow.id == ClockStopRow.work_item_id, WorkItemRow.status == rows.OPEN)
    is_suspended = and_(
        ClockStopRow.kind == SUSPENSION,
        exists().where(DossierRow.id == ClockStopRow.dossier_id, DossierRow.ended_at.is_(None)),
    )
    return _count(unit, ClockStopRow, ClockStopRow.resumed_at.is_(None), ~waits, ~is_suspended)


def due_dates_moved_by_one_person(unit: Unit) -> int:
    """Changes of due dates in force without a second person, or without their new date."""
    alone = or_(
        DueChangeRow.decided_by.is_(None),
        DueChangeRow.decided_by == DueChangeRow.proposed_by,
        DueChangeRow.due_after.is_(None),
    )
    return _count(unit, DueChangeRow, DueChangeRow.state == "in_force", alone)


def waiting_without_stop(unit: Unit) -> int:
    """A step that waits for the citizen while no stop is noted for it."""
    stop = exists().where(ClockStopRow.work_item_id == WorkItemRow.id, ClockStopRow.resumed_at.is_(None))
    return _count(
        unit, WorkItemRow, WorkItemRow.kind == "wait_citizen", WorkItemRow.status == rows.OPEN, ~stop
    )


def clocks_wrongly_shown(unit: Unit) -> int:
    """The dossier's own note of a stopped clock differs from its stops."""
    stopped = exists().where(
        ClockStopRow.dossier_id == DossierRow.id,
        ClockStopRow.resumed_at.is_(None),
        ClockStopRow.policy != ClockPolicy.RUN.value,
    )
    shown = DossierRow.clock_stopped_at.is_not(None)
    return _count(unit, DossierRow, or_(and_(stopped, ~shown), and_(~stopped, shown)))


def due_dates_unlike_the_rules(unit: Unit) -> int:
    """Running dossiers whose current due date is not the one that the rules give now."""
    wrong = 0
    calendars: dict[int, WorkingCalendar] = {}
    stops, granted = _stops_of_running(unit), _granted_to_running(unit)
    for row, _ in _running_dossiers(unit):
        office = row.competent_unit_id
        if office not in calendars:
            calendars[office] = calendar_of(unit, office)
        term = term_of(procedure_of(row.revision))
        found = due(calendars[office], row.accepted_at, term, stops.get(row.id, ()), granted.get(row.id, 0))
        wrong += found.at != row.current_due
    return wrong


def dossiers_nobody_is_reminded_of(unit: Unit) -> int:
    """Dossiers at work whose clock runs and whose deadline nobody watches; late ones have been told of."""
    watched = exists().where(AlertRow.dossier_id == DossierRow.id)
    return _count(unit, DossierRow, DossierRow.ended_at.is_(None), DossierRow.resolved_at.is_(None), ~watched)


def attachments_without_file(unit: Unit) -> int:
    wrong = 0
    for sha256 in unit.session.scalars(select(AttachmentRow.sha256).distinct()):
        try:
            unit.engine.files.open(sha256).close()
        except NotFound:
            wrong += 1
    return wrong


def results_half_written(unit: Unit) -> int:
    """Resolved without a result, handed over without being resolved, or the reverse."""
    resolved, result = DossierRow.resolved_at.is_not(None), DossierRow.result != ""
    returned, says_returned = DossierRow.returned_at.is_not(None), DossierRow.status == "returned"
    return _count(
        unit,
        DossierRow,
        or_(
            and_(resolved, ~result),
            and_(~resolved, result),
            and_(returned, ~resolved),
            and_(returned, ~says_returned),
            and_(says_returned, ~returned),
        ),
    )


CHECKS: dict[str, Callable[[Unit], int]] = {
    check.__name__: check
    for check in (
        dossiers_nobody_works_on,
        dossiers_ended_with_work,
        steps_unlike_the_marking,
        steps_without_dossier,
        history_without_dossier,
        dossiers_without_history,
        done_steps_without_history,
        register_gaps_and_duplicates,
        audit_broken,
        messages_forgotten,
        stops_without_waiting,
        due_dates_moved_by_one_person,
        dossiers_nobody_is_reminded_of,
        waiting_without_stop,
        clocks_wrongly_shown,
        due_dates_unlike_the_rules,
        attachments_without_file,
        results_half_written,
        *MESSAGE_CHECKS,
        *COUNTER_CHECKS,
        *LIST_CHECKS,
        *DUE_CHECKS,
        *TEAMWORK_CHECKS,
        *PAPER_CHECKS,
        *SIGNATURE_CHECKS,
        *DRAFT_CHECKS,
        *FILE_CHECKS,
        *STUDY_CHECKS,
        *SUBSTITUTION_CHECKS,
    )
}


def _granted_to_running(unit: Unit) -> dict[int, int]:
    found = unit.session.execute(
        select(DueChangeRow.dossier_id, func.sum(DueChangeRow.amount))
        .join(DossierRow, DossierRow.id == DueChangeRow.dossier_id)
        .where(DossierRow.ended_at.is_(None), DueChangeRow.state == "in_force")
        .group_by(DueChangeRow.dossier_id)
    )
    return dict(found.all())


def _stops_of_running(unit: Unit) -> dict[int, list[Stop]]:
    found: dict[int, list[Stop]] = {}
    for dossier_id, policy, stopped_at, resumed_at in unit.session.execute(
        select(ClockStopRow.dossier_id, ClockStopRow.policy, ClockStopRow.stopped_at, ClockStopRow.resumed_at)
        .join(DossierRow, DossierRow.id == ClockStopRow.dossier_id)
        .where(DossierRow.ended_at.is_(None))
        .order_by(ClockStopRow.id)
    ):
        stop = Stop(policy=ClockPolicy(policy), stopped_at=stopped_at, resumed_at=resumed_at)
        found.setdefault(dossier_id, []).append(stop)
    return found


def _is_running() -> ColumnElement[bool]:
    return and_(DossierRow.ended_at.is_(None), DossierRow.status.in_([one.value for one in RUNNING]))


def _count(unit: Unit, table: type, *where: ColumnElement[bool]) -> int:
    return unit.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _running_dossiers(unit: Unit) -> Iterator[tuple[DossierRow, set[tuple[str, int]]]]:
    """Yield running dossiers with (node, token) of their open steps, some hundreds at a time."""
    last = 0
    while True:
        batch = list(
            unit.session.scalars(
                rows.with_revision(select(DossierRow))
                .where(DossierRow.ended_at.is_(None), DossierRow.id > last)
                .order_by(DossierRow.id)
                .limit(BATCH)
            )
        )
        if not batch:
            return
        last = batch[-1].id
        items: dict[int, set[tuple[str, int]]] = {row.id: set() for row in batch}
        for dossier_id, node, token in unit.session.execute(
            select(WorkItemRow.dossier_id, WorkItemRow.node_id, WorkItemRow.token).where(
                WorkItemRow.dossier_id.in_(items), WorkItemRow.status == rows.OPEN
            )
        ):
            items[dossier_id].add((node, token))
        for row in batch:
            yield row, items[row.id]
        unit.session.expunge_all()  # a million dossiers must not stay in memory
