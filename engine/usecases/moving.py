"""One step of a dossier: what the executor decided becomes rows, in the order in which it happened.

`move` is the only way from an event of the outside (a person completes work, a timer falls due, the office
withdraws a dossier) to a new state. It writes everything or, if it raises, nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.model import BoundaryEvent
from engine.bpmn.steps import StepSpec
from engine.domain.calendar import WorkingCalendar
from engine.domain.deadlines import step_target
from engine.domain.dossiers import Status
from engine.errors import Refused
from engine.execution import (
    Assigned,
    Effect,
    Happening,
    Reached,
    Thrown,
    TimerCleared,
    TimerSet,
    WorkClosed,
    WorkOpened,
    get_executor,
)
from engine.feel import to_plain
from engine.store.cases import DONE, WITHDRAWN
from engine.store.jsontext import write_json
from engine.store.steps import Item
from engine.usecases.awaiting import keep_waits
from engine.usecases.cases import Case, number_rows
from engine.usecases.overtaken import end_overtaken
from engine.usecases.results import settle_result
from engine.usecases.routing import check_someone_is_there, unit_of_step
from engine.usecases.stops import (
    end_suspension,
    spent_minutes,
    start_clock,
    stop_clock,
    stops_clock,
    waiting_status,
)
from engine.usecases.throwing import throw_message
from engine.usecases.timer_texts import alarm

OVER = frozenset({Status.RETURNED, Status.WITHDRAWN, Status.STOPPED, Status.REJECTED})


class ProcessFailed(Refused):
    """The diagram threw an error that nothing catches."""

    code = "process_failed"
    vi = "Quy trình gặp lỗi mà sơ đồ không xử lý. Hãy báo người xây dựng quy trình; hồ sơ chưa thay đổi."
    en = "The process ended by an error that the diagram does not handle. Tell its author; nothing changed."


def move(case: Case, event: Happening, reason: str = "") -> None:
    """Carry out one event on a dossier.

    Args:
        reason: What the person gave as reason; it is what the citizen is told if papers are asked for.

    Raises:
        ProcedureError: Whatever the diagram, the expressions or the rules of the office refuse.
    """
    executor = get_executor(case.row.executor)
    with case.unit.no_autoflush():  # every row is written once, not after every question
        before = case.state
        step = executor.advance(case.definition, before, event, case.evaluate)
        case.row.state = write_json(step.state)
        _apply(case, step.effects)
        keep_waits(case, before, step.state)
        _settle(case, step.status, reason)


def timer_calendar(case: Case, node: str, working: bool) -> WorkingCalendar | None:
    """Return the working time by which a timer runs: that of the unit that does the step it hangs on."""
    if not working:
        return None
    found = case.definition.model.nodes[node]
    if isinstance(found, BoundaryEvent):
        return case.calendar(unit_of_step(case, case.spec(found.host)).id)
    return case.calendar(case.row.competent_unit_id)


def _apply(case: Case, effects: Iterable[Effect]) -> None:
    for effect in effects:
        match effect:
            case WorkOpened(node, token):
                _open(case, node, token)
            case WorkClosed(node, token, how):
                _close(case, node, token, how)
            case Assigned(name, value):
                case.put({name: to_plain(value)})
            case TimerSet():
                _set_timer(case, effect)
            case TimerCleared(node, token, number):
                _clear_timer(case, node, token, number)
            case Thrown("message"):
                throw_message(case, effect)
            case Thrown(kind, ref, node):
                case.note("thrown", node, what=kind, ref=ref)
            case Reached(node):
                case.note("end.reached", node)
            case _:
                pass  # entered, left, taken: the diagram's own history, not the office's


def _open(case: Case, node: str, token: int) -> None:
    spec = case.spec(node)
    target = unit_of_step(case, spec)
    name = spec.name.vi or case.definition.model.nodes[node].name or node
    item = Item.opened(
        dossier_id=case.row.id,
        node_id=node,
        token=token,
        name_vi=name,
        name_en=spec.name.en,
        kind=spec.kind,
        role=spec.role,
        unit_id=target.id,
        allotted_minutes=spec.minutes,
        opened_at=case.unit.now,
        due_at=_target(case, spec, target.id),
        answers={},
        draft={},
    )
    case.items.append(item)
    case.opened.append(item)
    case.created.append(item)
    case.note("step.opened", node, item, **_said(item))


def _close(case: Case, node: str, token: int, how: str) -> None:
    item = next((one for one in case.items if one.node_id == node and one.token == token), None)
    if item is None:  # work that no person does has no row
        return
    case.items.remove(item)
    case.closed.append(item)
    case.ended.append(item)
    if item in case.opened:  # opened and taken back within the same step
        case.opened.remove(item)
    item.status = DONE if how == "completed" else WITHDRAWN
    item.ended_at = case.unit.now
    item.ended_by = case.unit.actor.user_id
    item.spent_minutes = spent_minutes(case, item)
    kind = "step.done" if item.status == DONE else "step.withdrawn"
    case.note(kind, node, item, outcome=item.outcome, spent=item.spent_minutes, **_said(item))
    if item.status == DONE:
        settle_result(case, item, case.spec(node))


def _set_timer(case: Case, effect: TimerSet) -> None:
    found = alarm(effect.kind, effect.text, case.unit.now, timer_calendar(case, effect.node, effect.working))
    case.writings.timers.append(
        {
            "dossier_id": case.row.id,
            "token": effect.token,
            "node_id": effect.node,
            "number": effect.number,
            "due_at": found.at,
            "repeats": found.times,
            "every": found.every,
            "working": effect.working,
        }
    )


def _clear_timer(case: Case, node: str, token: int, number: int) -> None:
    key = (node, token, number)
    kept = [one for one in case.writings.timers if (one["node_id"], one["token"], one["number"]) != key]
    if len(kept) < len(case.writings.timers):  # set and cleared within the same step
        case.writings.timers[:] = kept
    else:
        case.writings.cleared.append(key)
    if case.may_have_incidents:
        end_overtaken(case, node, token, number)


def _settle(case: Case, status: str, reason: str) -> None:
    """Bring clock, status and end in line with the steps that are open now."""
    check_someone_is_there(case.unit, case.opened)
    if any(stops_clock(case.spec(item.node_id)) for item in case.opened):
        number_rows(case)  # the stop names its step
    for item in case.closed:
        start_clock(case, item, case.spec(item.node_id))
    if case.row.clock_stopped_at is not None and (status != "running" or case.row.resolved_at is not None):
        end_suspension(case)  # nothing is left for which it could stand still
    for item in case.opened:
        stop_clock(case, item, case.spec(item.node_id), reason)
    case.closed.clear()
    if status == "failed":
        raise ProcessFailed("the process to go on", "it ended by an error that nothing catches")
    if status != "running":
        _end(case, status)
    elif case.row.status not in OVER and case.row.resolved_at is None:
        _settle_status(case)


def _settle_status(case: Case) -> None:
    row, waiting = case.row, waiting_status(case)
    if waiting is not None:
        row.status = waiting.value
    elif row.status in (Status.SUPPLEMENT, Status.AWAITING_PAYMENT):
        row.status = Status.IN_PROGRESS.value


def _end(case: Case, status: str) -> None:
    """The process is over: nothing waits any more."""
    row = case.row
    row.ended_at = case.unit.now
    if row.status not in OVER and row.resolved_at is None:
        row.status = Status.STOPPED.value
    case.note("ended", status=row.status, process=status)


def _target(case: Case, spec: StepSpec, unit_id: int):
    if spec.kind == "wait_citizen":
        days = case.procedure.supplement.days
        return case.calendar(unit_id).add_calendar_days(case.unit.now, days)
    if spec.minutes is None:
        return None
    return step_target(case.calendar(unit_id), case.unit.now, spec.minutes)


def _said(item: Item) -> dict[str, str]:
    """The step's name as it was: a later revision may call it something else."""
    return {"name": item.name_vi, "name_en": item.name_en, "role": item.role}
