"""Reminding people of deadlines, once for each stage; called by the worker.

Each dossier has one row that says when it is looked at next. Whoever looks locks the dossier first, so that
of several workers one tells; what fails is tried again at the next round and holds up no other. While the
clock stands still nobody is reminded: the row is looked at again when it runs.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from engine.domain.access import SYSTEM
from engine.domain.alerts import (
    CODES,
    ESCALATE,
    HEAD,
    LEADER,
    OWNER,
    REASSIGN,
    UNIT_HEAD,
    WHO,
    WORDS,
    AlertRule,
    Span,
    Stage,
    next_moment,
    stage_at,
)
from engine.domain.calendar import local_day
from engine.domain.deadlines import ClockPolicy
from engine.domain.texts import Text
from engine.domain.timewords import say_moment
from engine.errors import Conflict
from engine.store import cases as rows
from engine.store import steps
from engine.store.alert_rows import AlertRow
from engine.store.crashpoints import crashpoint
from engine.store.driver import Prepared
from engine.store.duty_rows import SubstitutionRow
from engine.store.rows import DossierRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.calendars import calendar_of
from engine.usecases.cases import Case, write_history
from engine.usecases.notifications import notify
from engine.usecases.substitutes import heads_of

if TYPE_CHECKING:
    from engine.runtime import Engine

MOST_TOLD = 20  # people of one role who are told of work that nobody has taken
AFTER_FAILURE = timedelta(minutes=10)
LEADERS = ("SIGNATORY", "SUPERVISOR")
_LOOK_AGAIN = Prepared(
    update(AlertRow.__table__)
    .where(AlertRow.dossier_id == bindparam("of"))
    .values(next_at=bindparam("next_at"))
)


def tell_due_alerts(engine: Engine, limit: int = 100) -> int:
    """Look at no more than `limit` dossiers whose time has come; return how many were told of."""
    with engine.reading(SYSTEM) as unit:
        due = due_alerts(unit, limit)
    return sum(_look(engine, dossier_id) for dossier_id in due)


def due_alerts(unit: Unit, limit: int) -> list[int]:
    """Return dossiers to be looked at now, those that wait longest first."""
    return list(
        unit.session.scalars(
            select(AlertRow.dossier_id)
            .where(AlertRow.next_at <= unit.now)
            .order_by(AlertRow.next_at, AlertRow.dossier_id)
            .limit(limit)
        )
    )


def next_alert_due(unit: Unit) -> datetime | None:
    """Return when the next dossier is to be looked at that is not due already."""
    return unit.session.scalar(select(func.min(AlertRow.next_at)).where(AlertRow.next_at > unit.now))


def watch(unit: Unit, row: DossierRow) -> None:
    """Begin to watch a dossier that was just accepted."""
    span = Span(calendar_of(unit, row.competent_unit_id), row.accepted_at, row.current_due)
    moment = next_moment(span, Stage.NONE, unit.now)
    unit.session.add(AlertRow(dossier_id=row.id, told=Stage.NONE, due=row.current_due, next_at=moment))


def look_again(case: Case) -> None:
    """Let a dossier be looked at anew: its due date moved, or its clock runs again."""
    case.writings.others.append((_LOOK_AGAIN, {"of": case.row.id, "next_at": case.unit.now}))


def _look(engine: Engine, dossier_id: int) -> bool:
    try:
        with engine.unit(SYSTEM) as unit:
            return _look_at(unit, dossier_id)
    except Conflict:
        return False  # somebody works on the dossier; it is due again at the next round
    except Exception:  # a fault with one dossier must not hold up all the others
        logging.getLogger("motcua.alerts").exception("the alert of dossier %d failed", dossier_id)
        with engine.unit(SYSTEM) as unit:
            later = update(AlertRow).where(AlertRow.dossier_id == dossier_id)
            unit.session.execute(later.values(next_at=unit.now + AFTER_FAILURE))
        return False


def _look_at(unit: Unit, dossier_id: int) -> bool:
    """Tell what has to be told of one dossier, and say when to look again; true if somebody was told."""
    locked = unit.session.scalar(
        select(DossierRow.id).where(DossierRow.id == dossier_id).with_for_update(skip_locked=True)
    )
    alert = unit.session.get(AlertRow, dossier_id, populate_existing=True) if locked else None
    if alert is None or alert.next_at is None or alert.next_at > unit.now:
        return False
    row = rows.lock_dossier(unit, dossier_id)
    if row.resolved_at is not None or row.ended_at is not None or row.clock_stopped_at is not None:
        alert.next_at = None  # `look_again` when the clock runs
        return False
    span = _span(unit, row)
    stage = stage_at(span, unit.now)
    told = Stage(alert.told)
    if alert.due != row.current_due:
        told = min(told, stage)  # stages of a date that moved away are told anew when they come
    is_new = stage > told
    if is_new:
        _tell(unit, row, stage)
        crashpoint("after-alert")
    alert.told, alert.due = max(stage, told), row.current_due
    alert.next_at = next_moment(span, max(stage, told), unit.now)
    return is_new


def _span(unit: Unit, row: DossierRow) -> Span:
    """Return the time of the office, net of stops; a term that begins anew counts from there."""
    calendar, lost = calendar_of(unit, row.competent_unit_id), 0
    for stop in steps.clock_stops(unit.line, row.id):
        if stop.resumed_at is None or stop.policy == ClockPolicy.RUN:
            continue
        begins = row.accepted_at if stop.policy == ClockPolicy.RESET else stop.stopped_at
        minutes = calendar.working_minutes_between(begins, stop.resumed_at)
        lost = minutes if stop.policy == ClockPolicy.RESET else lost + minutes
    return Span(calendar, row.accepted_at, row.current_due, lost)


def _tell(unit: Unit, row: DossierRow, stage: Stage) -> None:
    case = Case.of(unit, row)
    people = _people(unit, row, [one.id for one in case.items], WHO[stage])
    text = WORDS[stage].filled(code=row.code, due=say_moment(row.current_due))
    notify(unit, people, f"alert.{CODES[stage]}", text, dossier_id=row.id)
    rule = AlertRule.of(case.procedure.options)
    if rule.stage == stage and rule.action == ESCALATE:
        _escalate(unit, case)
    elif rule.stage == stage and rule.action == REASSIGN:
        _reassign(unit, case)


def _people(unit: Unit, row: DossierRow, item_ids: list[int], who: tuple[str, ...]) -> set[int]:
    """Return whom a stage concerns; whoever stands in for one of them today is told too."""
    day = local_day(unit.now)
    items = unit.session.scalars(select(WorkItemRow).where(WorkItemRow.id.in_(item_ids))).all()
    found: set[int] = set()
    for item in items:
        if OWNER in who:
            found |= (
                {item.claimed_by}
                if item.claimed_by
                else _some(heads_of(unit, item.unit_id, day, [item.role]))
            )
        if HEAD in who:
            found |= heads_of(unit, item.unit_id, day)
    if UNIT_HEAD in who:
        found |= heads_of(unit, row.competent_unit_id, day)
    if LEADER in who:
        found |= heads_of(unit, row.competent_unit_id, day, LEADERS)
    return found | _substitutes(unit, found)


def _substitutes(unit: Unit, people: set[int]) -> set[int]:
    day = local_day(unit.now)
    return set(
        unit.session.scalars(
            select(SubstitutionRow.taker_id).where(
                SubstitutionRow.giver_id.in_(people),
                SubstitutionRow.revoked_at.is_(None),
                SubstitutionRow.starts_on <= day,
                SubstitutionRow.ends_on >= day,
            )
        )
    )


def _some(people: set[int]) -> set[int]:
    return set(sorted(people)[:MOST_TOLD])


def _escalate(unit: Unit, case: Case) -> None:
    """Put the dossier before the leaders of the competent unit, and say so in its history."""
    row = case.row
    leaders = heads_of(unit, row.competent_unit_id, local_day(unit.now), ("HEAD", *LEADERS))
    notify(unit, leaders, "work.escalated", _ESCALATED.filled(code=row.code), dossier_id=row.id)
    case.note("alert.escalated", unit_id=row.competent_unit_id)
    write_history(case)
    record(unit, f"dossier:{row.id}", "alert.escalated", {"told": sorted(leaders)})


def _reassign(unit: Unit, case: Case) -> None:
    """Give each open step to the colleague with the least in hand; where there is none, back to all."""
    day = local_day(unit.now)
    for item in case.items:
        before = item.claimed_by
        if item.kind == "wait_citizen":
            continue
        others = heads_of(unit, item.unit_id, day, [item.role]) - {before}
        chosen = _least_busy(unit, others)
        if chosen == before or (before is None and chosen is None):
            continue
        item.claimed_by, item.claimed_at = chosen, unit.now if chosen else None
        case.note("alert.reassigned", item.node_id, item, name=item.name_vi, name_en=item.name_en, to=chosen)
        text = _REASSIGNED.filled(code=case.row.code, step=Text(item.name_vi, item.name_en or item.name_vi))
        notify(
            unit,
            [chosen, before],
            "work.reassigned",
            text,
            dossier_id=case.row.id,
            target=f"/staff/tasks/{item.id}",
        )
        facts = {"task": item.id, "from": before, "to": chosen}
        write_history(case)
        record(unit, f"dossier:{case.row.id}", "alert.reassigned", facts)


def _least_busy(unit: Unit, people: set[int]) -> int | None:
    if not people:
        return None
    held = dict(
        unit.session.execute(
            select(WorkItemRow.claimed_by, func.count())
            .where(WorkItemRow.claimed_by.in_(people), WorkItemRow.status == rows.OPEN)
            .group_by(WorkItemRow.claimed_by)
        ).all()
    )
    return min(sorted(people), key=lambda one: held.get(one, 0))


_ESCALATED = Text(
    "Hồ sơ {code} được chuyển lên lãnh đạo vì sát hoặc quá hạn.",
    "{code} is put before the leaders: it is late.",
)
_REASSIGNED = Text(
    "Bước “{step}” của hồ sơ {code} được chuyển người làm vì sát hoặc quá hạn.",
    "The step “{step}” of {code} was given to another person: it is late.",
)
