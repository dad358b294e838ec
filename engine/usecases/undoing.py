"""Taking back one's own last step, while nobody has built on it.

A step that is done leaves in its work item what taking it back needs: how the dossier was, and the timers
that it cleared. So a step costs no statement more, and undoing restores rows instead of playing anything
again. Nothing is deleted from the history: it shows the step and that it was taken back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from engine.domain.deadlines import ClockPolicy
from engine.domain.texts import Text
from engine.domain.timewords import say_moment
from engine.errors import Refused
from engine.store import cases as rows
from engine.store import units
from engine.store.base import UtcTime
from engine.store.hanging import hanging_on
from engine.store.message_rows import MessageRow
from engine.store.rows import ClockStopRow, DossierRow, EventRow, OutboxRow, TimerRow, WorkItemRow
from engine.store.steps import Dossier, Item, take_timers
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.awaiting import keep_waits
from engine.usecases.cases import Case, write_history
from engine.usecases.visibility import check_visible

UNDO = "undo"  # in the draft of a work item that is done
BINDING = frozenset({"registered", "resolved", "returned", "fee.paid", "message.thrown", "ended"})
"""What cannot be unsaid: a number of a register, a result, money, a message to another dossier."""


class NotUndoable(Refused):
    """The step has consequences that do not wait."""

    code = "not_undoable"
    vi = "Không lấy lại được bước “{step}”: {why_vi}."
    en = "“{step_en}” cannot be taken back: {why_en}."


@dataclass(frozen=True, slots=True)
class Undoable:
    """The actor's own last step on a dossier, which may still be taken back."""

    task_id: int
    step: Text
    at: datetime


def remember(case: Case, item: Item) -> None:
    """Leave in a step that has just been carried out what taking it back needs; nothing if it binds."""
    row = case.row
    if not isinstance(row, Dossier) or BINDING.intersection(one.kind for one in case.history):
        return
    changed = row.changed()
    data = changed.pop("data", None)
    before = row.was["data"]
    item.draft = {
        UNDO: {
            "row": {name: _plain(row.was[name]) for name in changed},
            "had": {}
            if data is None
            else {n: v for n, v in before.items() if data.get(n) != v or n not in data},
            "new": [] if data is None else [name for name in data if name not in before],
            "item": {
                "claimed_by": item.was["claimed_by"],
                "claimed_at": _plain(item.was["claimed_at"]),
                "draft": item.was["draft"],
            },
            "closed": [one.id for one in case.ended if one is not item and one.id is not None],
            "due": {
                one.id: _plain(one.was["due_at"])
                for one in case.items
                if one.was is not None and one.was["due_at"] != one.due_at
            },
            "set": [[one["node_id"], one["token"], one["number"]] for one in case.writings.timers],
            "cleared": _cleared(case),
        }
    }


def undoable(unit: Unit, dossier_id: int) -> Undoable | None:
    """Return the actor's last step on a dossier if it is the last thing that happened there."""
    known = hanging_on(unit, dossier_id)
    if known is not None:
        last = known.events[-1] if known.events else None
    else:
        last = unit.session.scalars(
            select(EventRow).where(EventRow.dossier_id == dossier_id).order_by(EventRow.id.desc()).limit(1)
        ).one_or_none()
    if last is None or unit.actor.user_id is None or last.user_id != unit.actor.user_id:
        return None
    item = unit.session.scalars(
        select(WorkItemRow)
        .where(
            WorkItemRow.dossier_id == dossier_id,
            WorkItemRow.status == rows.DONE,
            WorkItemRow.ended_by == unit.actor.user_id,
            WorkItemRow.ended_at == last.at,
        )
        .order_by(WorkItemRow.id.desc())
        .limit(1)
    ).one_or_none()
    if item is None or UNDO not in item.draft:
        return None
    return Undoable(item.id, Text(item.name_vi, item.name_en), item.ended_at)


def undo_step(unit: Unit, task_id: int) -> None:
    """Take back one's own last step: state, steps, timers, clock, answers; unsent messages are recalled.

    Raises:
        NotFound: If the actor may not know of it.
        NotUndoable: With the reason: not one's own, somebody acted since, a message went out, it binds.
    """
    item = rows.lock_task(unit, task_id)
    dossier = item.dossier
    check_visible(unit, dossier)
    opened = _check(unit, item, dossier)
    kept: Mapping[str, Any] = item.draft[UNDO]
    case = Case.of(unit, dossier, items=[])
    case.assignment_id = unit.session.scalar(
        select(EventRow.assignment_id).where(EventRow.work_item_id == item.id, EventRow.kind == "step.done")
    )
    _recall(unit, item)
    after = json.loads(dossier.state)
    _restore_dossier(dossier, kept)
    keep_waits(case, after, json.loads(dossier.state))
    _restore_clock(unit, item, opened)
    _restore_timers(unit, dossier.id, kept)
    _restore_items(unit, item, opened, kept)
    case.note("step.undone", item.node_id, item, **_named(item))
    for one in opened:
        case.note("step.withdrawn", one.node_id, one, **_named(one))
    unit.session.flush()
    write_history(case)
    record(
        unit,
        f"dossier:{dossier.id}",
        "task.undone",
        {"task": item.id, "node": item.node_id},
        case.assignment_id,
    )


def _check(unit: Unit, item: WorkItemRow, dossier: DossierRow) -> list[WorkItemRow]:
    """Return the steps that it opened, untouched; else refuse with the reason."""
    if item.status != rows.DONE:
        raise _refused(item, _NOT_DONE)
    if item.ended_by is None or item.ended_by != unit.actor.user_id:
        raise _refused(item, _NOT_OWN)
    if UNDO not in item.draft:
        raise _refused(item, _BINDS)
    last = unit.session.scalars(
        select(EventRow).where(EventRow.dossier_id == dossier.id).order_by(EventRow.id.desc()).limit(1)
    ).one()
    if last.at != item.ended_at or last.user_id != unit.actor.user_id:
        who = units.people_of(unit, [last.user_id]).get(last.user_id or 0, "hệ thống")
        raise _refused(item, _SINCE.filled(who=who, at=say_moment(last.at)))
    opened = list(
        unit.session.scalars(
            select(WorkItemRow).where(
                WorkItemRow.dossier_id == dossier.id,
                WorkItemRow.opened_at == item.ended_at,
                WorkItemRow.id != item.id,
            )
        )
    )
    opened = [one for one in opened if one.ended_at != item.ended_at]  # taken back within the same step
    if any(one.status != rows.OPEN or one.claimed_by is not None or one.draft for one in opened):
        raise _refused(item, _TAKEN_ON)
    thrown = select(MessageRow.id).where(
        MessageRow.source_dossier_id == dossier.id, MessageRow.thrown_at == item.ended_at
    )
    if unit.session.scalar(thrown.limit(1)) is not None:
        raise _refused(item, _MESSAGE)
    return opened


def _recall(unit: Unit, item: WorkItemRow) -> None:
    """Take back text messages that nobody has begun to send; one that went out binds."""
    letters = unit.session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.dossier_id == item.dossier_id,
            OutboxRow.created_at == item.ended_at,
            OutboxRow.kind == "sms",
        )
        .with_for_update()
    )
    for one in letters:
        if one.sent_at is not None or one.attempts:
            raise _refused(item, _TOLD)
        one.next_try_at, one.error = None, "recalled"


def _restore_dossier(dossier: DossierRow, kept: Mapping[str, Any]) -> None:
    for name, value in kept["row"].items():
        setattr(dossier, name, _read(DossierRow, name, value))
    new = set(kept["new"])
    if new or kept["had"]:
        dossier.data = {n: v for n, v in dossier.data.items() if n not in new} | kept["had"]


def _restore_clock(unit: Unit, item: WorkItemRow, opened: list[WorkItemRow]) -> None:
    """A stop that the step began counts for nothing; one that it ended goes on."""
    begun = {one.id for one in opened}
    for stop in unit.session.scalars(select(ClockStopRow).where(ClockStopRow.dossier_id == item.dossier_id)):
        if stop.work_item_id in begun:
            stop.policy, stop.resumed_at = ClockPolicy.RUN.value, stop.stopped_at
        elif stop.resumed_at == item.ended_at:
            stop.resumed_at = None


def _restore_timers(unit: Unit, dossier_id: int, kept: Mapping[str, Any]) -> None:
    for node, token, number in kept["set"]:
        unit.session.execute(
            delete(TimerRow).where(
                TimerRow.dossier_id == dossier_id,
                TimerRow.node_id == node,
                TimerRow.token == token,
                TimerRow.number == number,
            )
        )
    for one in kept["cleared"]:
        values = {name: _read(TimerRow, name, value) for name, value in one.items()}
        unit.session.execute(insert(TimerRow).values(dossier_id=dossier_id, **values))


def _restore_items(unit: Unit, item: WorkItemRow, opened: list[WorkItemRow], kept: Mapping[str, Any]) -> None:
    for one in opened:
        one.status, one.ended_at, one.ended_by, one.spent_minutes = (
            rows.WITHDRAWN, unit.now, unit.actor.user_id, 0,
        )  # fmt: skip
    again = {"status": rows.OPEN, "ended_at": None, "ended_by": None, "spent_minutes": None}
    if kept["closed"]:
        unit.session.execute(
            update(WorkItemRow)
            .where(WorkItemRow.id.in_(kept["closed"]))
            .values(**again, version=WorkItemRow.version + 1)
        )
    for number, due in kept["due"].items():
        unit.session.execute(
            update(WorkItemRow)
            .where(WorkItemRow.id == int(number))
            .values(due_at=_read(WorkItemRow, "due_at", due), version=WorkItemRow.version + 1)
        )
    for name, value in again.items():
        setattr(item, name, value)
    held = kept["item"]
    item.outcome, item.answers, item.draft = "", {}, held["draft"]
    item.claimed_by, item.claimed_at = (
        held["claimed_by"],
        _read(WorkItemRow, "claimed_at", held["claimed_at"]),
    )


def _cleared(case: Case) -> list[dict[str, Any]]:
    """The timers that the step clears, as they were; asked only where there are any."""
    keys = list(case.writings.cleared)
    if not keys:
        return []
    case.writings.cleared.clear()
    return [
        {name: _plain(value) for name, value in one.items() if name not in ("id", "dossier_id")}
        for one in take_timers(case.unit.line, case.row.id, keys)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(table: type, name: str, value: Any) -> Any:
    column = table.__table__.c[name]  # type: ignore[attr-defined]
    is_moment = value is not None and isinstance(column.type, UtcTime)
    return datetime.fromisoformat(value) if is_moment else value


def _named(item: WorkItemRow) -> dict[str, str]:
    return {"name": item.name_vi, "name_en": item.name_en, "role": item.role}


def _refused(item: WorkItemRow, why: Text) -> NotUndoable:
    return NotUndoable(
        "a step that nobody has built on",
        why.en,
        step=item.name_vi,
        step_en=item.name_en or item.name_vi,
        why_vi=why.vi,
        why_en=why.en,
    )


_NOT_DONE = Text("bước chưa hoàn thành hoặc đã được lấy lại", "it is not done, or was taken back already")
_NOT_OWN = Text("không phải bạn đã hoàn thành bước này", "somebody else completed it")
_BINDS = Text(
    "bước này đã cấp số, có kết quả, thu tiền, trả hồ sơ hoặc gửi tin",
    "it gave a number or a result, took money, handed over or sent a message",
)
_SINCE = Text("{who} đã làm tiếp lúc {at}", "{who} went on at {at}")
_TAKEN_ON = Text(
    "người sau đã nhận việc hoặc đang làm dở", "somebody has taken the next step or begun with it"
)
_MESSAGE = Text("một tin đã gửi sang hồ sơ khác", "a message went to another dossier")
_TOLD = Text("người nộp đã được báo", "the applicant has been told")
