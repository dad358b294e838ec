"""The clock of the office: when it stands still, when it goes on, and what that does to the due date.

A step that waits for the citizen, or that runs on a clock of its own, stops it; the step's end starts it
again. The legal and the promised due date never move, only the current one.
"""

from __future__ import annotations

from sqlalchemy import func, select

from engine.bpmn.steps import StepSpec
from engine.domain.deadlines import ClockPolicy, Due, Term, TermKind, due
from engine.domain.dossiers import Status
from engine.domain.procedures import Procedure
from engine.errors import Refused
from engine.store import steps
from engine.store.cases import DONE
from engine.store.due_rows import DueChangeRow
from engine.store.steps import Item
from engine.store.steps import Stop as StopRecord
from engine.usecases.alerts import look_again
from engine.usecases.cases import Case, Paper
from engine.usecases.notices import tell_supplement

LEADERS = frozenset({"HEAD", "SIGNATORY"})
SUPPLEMENT, PAYMENT, AGENCY, SUSPENSION = "supplement", "payment", "agency", "suspension"


class TooManyRounds(Refused):
    """The citizen was already asked for papers as often as the procedure allows."""

    code = "too_many_rounds"
    vi = (
        "Hồ sơ {dossier} đã được yêu cầu bổ sung {rounds} lần, là mức tối đa của thủ tục này. "
        "Hãy xử lý với giấy tờ đang có, từ chối có nêu lý do, hoặc lãnh đạo ghi lý do khi duyệt để hỏi thêm."
    )
    en = (
        "Dossier {dossier} was already asked for papers {rounds} times, the most this procedure allows. "
        "Go on with what is there, refuse with the reason, or let the head write why to ask once more."
    )


def term_of(procedure: Procedure) -> Term:
    limit = procedure.limit
    return Term(kind=TermKind(limit.kind), value=limit.value, cutoff=limit.cutoff)


def due_of(case: Case) -> Due:
    """Compute the due date of the dossier anew, from its acceptance, its stops and what was granted."""
    return due_with(case, granted_of(case))


def due_with(case: Case, granted: int) -> Due:
    """Compute the due date as it is with so much granted (`domain.deadlines.due`, `extra`)."""
    row = case.row
    calendar = case.calendar(row.competent_unit_id)
    return due(calendar, row.accepted_at, term_of(case.procedure), case.working_stops(), granted)


def granted_of(case: Case) -> int:
    """Return what extensions and changes by hand add to the term, those of this command included."""
    if case.granted is not None:
        return case.granted
    asked = select(func.sum(DueChangeRow.amount)).where(
        DueChangeRow.dossier_id == case.row.id, DueChangeRow.state == "in_force"
    )
    return case.unit.session.scalar(asked) or 0


def stop_clock(case: Case, item: Item, spec: StepSpec, reason: str) -> None:
    """Stop the clock for a step that has just opened, if it is one of those that do.

    Raises:
        TooManyRounds: If the procedure does not allow another request for papers.
    """
    kind = kind_of_stop(spec)
    if not kind:
        return
    row, policy = case.row, ClockPolicy.PAUSE
    if kind == SUPPLEMENT:
        policy = ClockPolicy(case.procedure.supplement.clock)
        _count_round(case)
    stop = StopRecord(
        id=None,
        dossier_id=row.id,
        kind=kind,
        policy=policy.value,
        stopped_at=case.unit.now,
        resumed_at=None,
        reason=reason or _last_reason(case),
        round=row.supplement_rounds if kind == SUPPLEMENT else 1,
        work_item_id=item.id,
    )
    case.stops.append(stop)
    if policy is not ClockPolicy.RUN and row.clock_stopped_at is None:
        row.clock_stopped_at = case.unit.now
    if kind == SUPPLEMENT:
        case.note(
            "supplement.asked", item.node_id, item, round=row.supplement_rounds, reason=stop.reason,
            policy=policy.value,
        )  # fmt: skip
        tell_supplement(case, item.due_at)
        case.papers.append(_request(case, item, stop))


def _request(case: Case, item: Item, stop: StopRecord) -> Paper:
    """Mẫu 02: all that is missing, a line each, in the words of whoever asked for it."""
    lines = [line.strip(" -•\t") for line in stop.reason.splitlines() if line.strip(" -•\t")]
    facts = {
        "gaps": [{"name": line, "wrong": "", "bring": ""} for line in lines],
        "reason": stop.reason or "Hồ sơ chưa đủ căn cứ để giải quyết.",
        "deadline": item.due_at,
        "round": stop.round,
        "stage": "thẩm định",
    }
    return Paper(form="02", facts=facts, item=item)


def stops_clock(spec: StepSpec) -> bool:
    """Say whether the clock stands still while such a step is open."""
    return bool(kind_of_stop(spec))


def start_clock(case: Case, item: Item, spec: StepSpec) -> None:
    """End the stop that belongs to a step which has just ended, and move the current due date."""
    if not kind_of_stop(spec) or item.id is None:  # opened and taken back within the same step
        return
    stop = next((one for one in case.stops if one.work_item_id == item.id and one.resumed_at is None), None)
    if stop is None:
        return
    stop.resumed_at = case.unit.now
    if stop.kind == SUPPLEMENT and item.status == "done":
        case.note("supplement.received", item.node_id, item, round=stop.round)
    _go_on(case, stop)


def end_suspension(case: Case) -> bool:
    """Let a suspended dossier go on; false if it is not suspended."""
    stop = next((one for one in case.stops if one.kind == SUSPENSION and one.resumed_at is None), None)
    if stop is None:
        return False
    stop.resumed_at = case.unit.now
    _go_on(case, stop)
    return True


def renew_due(case: Case) -> None:
    """Write the current due date as the rules compute it now; say so in the history if it moved."""
    found, row = due_of(case), case.row
    if found.at != row.current_due:
        case.note("due.changed", before=row.current_due.isoformat(), after=found.at.isoformat())
    row.current_due, row.due_is_provisional = found.at, found.provisional
    look_again(case)


def spent_minutes(case: Case, item: Item) -> int:
    """Working minutes that a step took until now, net of the stops in between.

    The citizen's own time is shown as it was; stops of other steps are taken off.
    """
    calendar, now = case.calendar(item.unit_id), case.unit.now
    minutes = calendar.working_minutes_between(item.opened_at, now)
    if not case.may_have_stopped:
        return minutes
    for start, end in _merged(
        (max(s.stopped_at, item.opened_at), s.resumed_at or now)
        for s in case.stops
        if s.policy != ClockPolicy.RUN and s.work_item_id != item.id
    ):
        minutes -= calendar.working_minutes_between(start, end)
    return max(0, minutes)


def waiting_status(case: Case) -> Status | None:
    """Return the status that the open steps ask for, or None: the office is at work."""
    kinds = {kind_of_stop(case.spec(item.node_id)) for item in case.items}
    if SUPPLEMENT in kinds:
        return Status.SUPPLEMENT
    return Status.AWAITING_PAYMENT if PAYMENT in kinds else None


def kind_of_stop(spec: StepSpec) -> str:
    """Return why the clock stands still while such a step is open, "" when it does not."""
    if spec.kind == "wait_citizen":
        return SUPPLEMENT
    if not spec.own_clock:
        return ""
    return PAYMENT if spec.kind == "collect_fee" else AGENCY


def _go_on(case: Case, stop: StopRecord) -> None:
    """Bring the clock, the targets of open steps and the due date in line with a stop that ended."""
    waiting = [s.stopped_at for s in case.stops if s.resumed_at is None and s.policy != ClockPolicy.RUN]
    case.row.clock_stopped_at = min(waiting, default=None)
    if stop.policy != ClockPolicy.RUN:
        _move_targets(case, stop)
        renew_due(case)


def _count_round(case: Case) -> None:
    """Count another request; past the most that is allowed it takes a reason of the head's own."""
    row, most = case.row, case.procedure.supplement.max_rounds
    if row.supplement_rounds >= most:
        exception = next((one for one in case.ended if one.status == DONE and one.role in LEADERS), None)
        written = exception.answers.get("reason", "") if exception else ""
        if written:
            case.note("supplement.beyond", exception.node_id, exception, reason=written)
            row.supplement_rounds += 1
            return
        raise TooManyRounds(
            f"at most {most} rounds", "all are used", dossier=row.code, rounds=row.supplement_rounds
        )
    row.supplement_rounds += 1


def _last_reason(case: Case) -> str:
    """What the officer wrote who asked for the papers, when the step that approved it adds nothing."""
    for item in reversed(case.ended):
        if item.status == DONE and item.answers.get("reason"):
            return item.answers["reason"]
    answers = steps.last_answers(case.unit.line, case.row.id)
    return next((one["reason"] for one in answers if one.get("reason")), "")


def _move_targets(case: Case, stop: StopRecord) -> None:
    """Steps that were open in parallel get the stopped time back, unless they were late before."""
    for item in case.items:
        if item.due_at is None or item.opened_at > stop.stopped_at or item.due_at <= stop.stopped_at:
            continue
        calendar = case.calendar(item.unit_id)
        lost = calendar.working_minutes_between(stop.stopped_at, case.unit.now)
        item.due_at = calendar.add_working_minutes(item.due_at, lost)


def _merged(spans):
    """Join spans that overlap, so that no minute is taken off twice."""
    last = None
    for start, end in sorted(spans):
        if end <= start:
            continue
        if last and start <= last[1]:
            last = (last[0], max(last[1], end))
        else:
            if last:
                yield last
            last = (start, end)
    if last:
        yield last
