"""Incidents: a dossier on which something could not go on by itself, made visible until somebody acts.

A refusal on a person's click is told to that person and leaves no trace. What fails in the background has
nobody to tell, so after the last try it becomes a row, and what caused it rests until somebody tries it
again, corrects an answer, or skips it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.domain.access import Assignment, check_holds
from engine.domain.fields import Field
from engine.domain.forms import Form, FormInvalid, input_value, parse_answers
from engine.domain.texts import Text
from engine.errors import Invalid, NotFound, ProcedureError, Refused
from engine.execution import DataChanged, Skip, get_executor
from engine.store import cases as rows
from engine.store import messages as letters
from engine.store import units
from engine.store.rows import DossierRow, IncidentRow, OutboxRow, TimerRow
from engine.store.work import Unit
from engine.usecases import stuck_messages
from engine.usecases.audit import record
from engine.usecases.cases import Case, write_history
from engine.usecases.evaluation import evaluate
from engine.usecases.firing import fire_timer
from engine.usecases.moving import move
from engine.usecases.visibility import check_visible

SMS_GIVEN_UP = "sms_not_sent"
ADMIN = "IT_ADMIN"
LEADERS = ("COORDINATOR", "HEAD", "SIGNATORY")
SKIPPERS = ("SIGNATORY", "COORDINATOR")
LEAST_REASON, LONGEST_REASON = 10, 2000


class IncidentEnded(Refused):
    """Somebody acted before."""

    code = "incident_ended"
    vi = "Sự cố này đã được xử lý trước đó. Hãy tải lại trang."
    en = "This incident was already dealt with. Reload the page."


class IncidentReason(Invalid):
    """Changing and skipping are explained."""

    code = "incident_reason"
    vi = "Hãy ghi lý do cụ thể, từ {least} đến {most} ký tự; lý do được lưu trong nhật ký của hồ sơ."
    en = "Please give a reason of {least} to {most} characters; it is kept in the dossier's audit log."


class NoSuchAnswer(Invalid):
    """A name that no form of the procedure knows, or a field that is hidden with these answers."""

    code = "no_such_answer"
    vi = "Thủ tục này không có ô “{name}” để sửa, hoặc ô đang ẩn. Hãy chọn một ô trong danh sách."
    en = "This procedure has no field “{name}” to change, or it is hidden now. Choose one of the list."


class CannotSkip(Refused):
    """Nothing waits there any more, or the flow does not leave it."""

    code = "cannot_skip"
    vi = "Không bỏ qua được theo hướng này: bước không còn chờ hoặc không có hướng đi đó. Hãy tải lại trang."
    en = "It cannot be skipped this way: the step no longer waits, or has no such way on. Reload the page."


def open_incident(
    unit: Unit,
    dossier_id: int,
    error: ProcedureError,
    *,
    timer: TimerRow | None = None,
    outbox_id: int | None = None,
    message_id: int | None = None,
    attempts: int = 1,
) -> IncidentRow:
    """Write down what could not go on, in the words of the refusal."""
    row = IncidentRow(
        dossier_id=dossier_id,
        node_id=timer.node_id if timer else "",
        token=timer.token if timer else 0,
        number=timer.number if timer else 0,
        outbox_id=outbox_id,
        message_id=message_id,
        attempts=attempts,
        code=error.code,
        text_vi=error.say("vi"),
        text_en=error.say("en"),
        since=unit.now,
    )
    unit.session.add(row)
    if timer:
        timer.attempts = max(timer.attempts, attempts)
    case = Case.of(unit, rows.lock_dossier(unit, dossier_id), items=[])
    case.note("incident.opened", row.node_id, code=error.code, text=row.text_vi, text_en=row.text_en)
    write_history(case)
    record(unit, f"dossier:{dossier_id}", "incident.opened", {"node": row.node_id, "code": error.code})
    return row


def retry_incident(unit: Unit, incident_id: int, note: str = "") -> None:
    """Try again what failed; the incident ends if it works, and nothing changes if it does not.

    Raises:
        IncidentEnded: If somebody was faster.
        RoleMissing: If the actor is not IT staff and leads neither the competent nor the receiving unit.
        ProcedureError: Whatever refuses this time.
    """
    row, dossier = _lock(unit, incident_id)
    assignment = unit.actor.holds(ADMIN) or _check_leads(unit, dossier)
    _take(unit, row)
    case = _case(unit, dossier, assignment)
    _do_again(case, row)
    _end(case, row, "retry", note.strip()[:LONGEST_REASON])


def change_answer(unit: Unit, incident_id: int, name: str, raw: Any, reason: str) -> None:
    """Correct one answer of the dossier, by the rules of its field, and try again.

    Raises:
        IncidentEnded, RoleMissing: As for `retry_incident`; IT staff change no answers.
        IncidentReason, NoSuchAnswer, FormInvalid: If what was filled in does not do.
        ProcedureError: Whatever still refuses; then the answer is not changed either.
    """
    row, dossier = _lock(unit, incident_id)
    assignment = _check_leads(unit, dossier)
    _take(unit, row)
    reason = _checked(reason)
    case = _case(unit, dossier, assignment)
    form, field = _field(case, name)
    value = _read(case, form, field, raw)
    before = dossier.data.get(name)
    case.put({name: value})
    case.note("answer.changed", row.node_id, name=field.label.vi, name_en=field.label.en, reason=reason)
    move(case, DataChanged())
    _do_again(case, row)
    _end(case, row, "change", reason, field=name, before=before, after=value)


def change_keys(unit: Unit, incident_id: int, typed: Mapping[str, str], reason: str) -> None:
    """Correct the keys by which a message finds its receiver, and have one looked for again.

    Raises:
        IncidentEnded, RoleMissing: As for `retry_incident`; IT staff change no keys.
        IncidentReason, BadMessage, NotFound: If what was filled in does not do, or there is no message.
    """
    row, dossier = _lock(unit, incident_id)
    assignment = _check_leads(unit, dossier)
    _take(unit, row)
    reason = _checked(reason)
    message = letters.get_message(unit, row.message_id or 0)
    if message is None:
        raise NotFound("a message of the incident", "there is none", what="tin")
    case = _case(unit, dossier, assignment)
    keys = stuck_messages.typed_keys(message, typed)
    before = stuck_messages.keep_again(unit, message.id, keys)
    case.note("message.readdressed", reason=reason, name=message.title_vi, name_en=message.title_en)
    _end(case, row, "change", reason, message=message.id, before=sorted(before), after=sorted(keys))


def skip_incident(unit: Unit, incident_id: int, flow: str, reason: str) -> None:
    """Give up what failed: the step goes on along `flow`; a message is sent no more.

    Raises:
        IncidentEnded: If somebody was faster.
        RoleMissing: If the actor is neither signatory nor coordinator of the competent unit.
        IncidentReason, CannotSkip: If what was filled in does not do.
        ProcedureError: Whatever refuses behind the flow; then nothing is skipped.
    """
    row, dossier = _lock(unit, incident_id)
    assignment = _check_skips(unit, dossier)
    _take(unit, row)
    reason = _checked(reason)
    case = _case(unit, dossier, assignment)
    if row.message_id is not None:
        stuck_messages.drop(unit, row.message_id)
        case.note("message.dropped", reason=reason)
    elif row.outbox_id is None:
        way = next((one for one in ways_on(case, row) if one.id == flow), None)
        if way is None:
            raise CannotSkip("a flow that leaves the step", f"{flow!r} does not"[:80])
        case.note("step.skipped", way.source, reason=reason, **_name(case, way.source))
        move(case, Skip(row.token, flow), reason)
    _end(case, row, "skip", reason, flow=flow)


def ways_on(case: Case, row: IncidentRow) -> list[Any]:
    """Return the flows along which the step of an incident could go on without it."""
    if (
        row.outbox_id is not None
        or row.message_id is not None
        or not row.token
        or case.row.ended_at is not None
    ):
        return []
    if not _resting(case, row):
        return []
    return get_executor(case.row.executor).ways_on(case.definition, case.state, row.token)


def fields_of(case: Case) -> dict[str, tuple[Form, Field]]:
    """Return the answers that the forms of the procedure ask for, by name; the reception's come first."""
    forms = case.procedure.forms
    first = [forms[case.procedure.reception_form]] if case.procedure.reception_form in forms else []
    found: dict[str, tuple[Form, Field]] = {}
    for form in (*first, *forms.values()):
        for field in form.fields:
            if field.has_answer:
                found.setdefault(field.name, (form, field))
    return found


def may_retry(unit: Unit, dossier: DossierRow) -> bool:
    return unit.actor.holds(ADMIN) is not None or may_change(unit, dossier)


def may_change(unit: Unit, dossier: DossierRow) -> bool:
    return unit.actor.is_system or any(
        unit.actor.holds(role, office)
        for office in (dossier.competent_unit_id, dossier.received_unit_id)
        for role in LEADERS
    )


def may_skip(unit: Unit, dossier: DossierRow) -> bool:
    return unit.actor.is_system or any(unit.actor.holds(role, dossier.competent_unit_id) for role in SKIPPERS)


# --- checks -----------------------------------------------------------------------------------


def _lock(unit: Unit, incident_id: int) -> tuple[IncidentRow, DossierRow]:
    """Lock the dossier, then its incident; to whom the dossier does not exist, neither does this."""
    dossier_id = unit.session.scalar(select(IncidentRow.dossier_id).where(IncidentRow.id == incident_id))
    if dossier_id is None:
        raise NotFound("the incident to exist", "there is none", what="sự cố")
    dossier = rows.lock_dossier(unit, dossier_id)
    if unit.actor.holds(ADMIN) is None:
        check_visible(unit, dossier)
    row = unit.session.scalars(
        select(IncidentRow)
        .where(IncidentRow.id == incident_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return row, dossier


def _take(unit: Unit, row: IncidentRow) -> None:
    """End an open incident before what it is about moves on, so that nothing else ends it by the way."""
    if row.ended_at is not None:
        raise IncidentEnded("an open incident", "it has ended")
    row.ended_at, row.ended_by = unit.now, unit.actor.user_id
    unit.session.flush()


def _check_leads(unit: Unit, dossier: DossierRow) -> Assignment | None:
    for unit_id in (dossier.competent_unit_id, dossier.received_unit_id):
        for role in LEADERS:
            found = unit.actor.holds(role, unit_id)
            if found:
                return found
    where = units.get_unit(unit, dossier.competent_unit_id).name_vi
    return check_holds(unit.actor, "HEAD", dossier.competent_unit_id, where)


def _check_skips(unit: Unit, dossier: DossierRow) -> Assignment | None:
    for role in SKIPPERS:
        found = unit.actor.holds(role, dossier.competent_unit_id)
        if found:
            return found
    where = units.get_unit(unit, dossier.competent_unit_id).name_vi
    return check_holds(unit.actor, SKIPPERS[0], dossier.competent_unit_id, where)


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= LONGEST_REASON:
        found = f"{len(reason)} characters"
        raise IncidentReason("a reason", found, least=LEAST_REASON, most=LONGEST_REASON)
    return reason


# --- acting -----------------------------------------------------------------------------------


def _case(unit: Unit, dossier: DossierRow, assignment: Assignment | None) -> Case:
    case = Case.of(unit, dossier)
    case.assignment_id = assignment.id if assignment else None
    return case


def _do_again(case: Case, row: IncidentRow) -> None:
    """Do what failed; if it is no longer there, events have overtaken it."""
    if row.message_id is not None:
        stuck_messages.keep_again(case.unit, row.message_id)
        return
    if row.outbox_id is not None:
        message = case.unit.session.get(OutboxRow, row.outbox_id, with_for_update=True)
        if message is not None and message.sent_at is None:
            message.next_try_at, message.attempts = case.unit.now, 0
        return
    write_history(case)  # what the correction set and cleared
    for timer in _resting(case, row):
        fire_timer(case, timer)


def _resting(case: Case, row: IncidentRow) -> list[TimerRow]:
    return list(
        case.unit.session.scalars(
            select(TimerRow).where(
                TimerRow.dossier_id == row.dossier_id,
                TimerRow.node_id == row.node_id,
                TimerRow.token == row.token,
                TimerRow.number == row.number,
            )
        )
    )


def _end(case: Case, row: IncidentRow, action: str, resolution: str, **facts: Any) -> None:
    unit = case.unit
    row.action, row.resolution = action, resolution
    case.note("incident.ended", row.node_id, code=row.code, note=resolution, action=action)
    write_history(case)
    said = {"incident": row.id, "reason": resolution, **facts}
    record(unit, f"dossier:{row.dossier_id}", f"incident.{_PAST[action]}", said, case.assignment_id)


def _field(case: Case, name: str) -> tuple[Form, Field]:
    found = fields_of(case).get(name)
    if found is None:
        raise NoSuchAnswer("a field of the procedure", f"{name!r} is none"[:80], name=name[:60])
    return found


def _read(case: Case, form: Form, field: Field, raw: Any) -> Any:
    """Read the new answer as its form would, beside the answers that are there."""
    typed = {one.name: input_value(one, case.row.data.get(one.name)) for one in form.fields if one.has_answer}
    values, problems = parse_answers(form, {**typed, field.name: raw}, case.context(), evaluate)
    if field.name in problems:
        raise FormInvalid({field.name: problems[field.name]})
    value = values[field.name]
    if value is None and raw not in ("", None, []):
        raise NoSuchAnswer("a field that is shown", "it is hidden", name=field.label.vi)
    return value


def _name(case: Case, node: str) -> dict[str, str]:
    name = case.spec(node).name or Text(node)
    return {"name": name.vi or node, "name_en": name.en}


_PAST = {"retry": "retried", "change": "changed", "skip": "skipped"}
