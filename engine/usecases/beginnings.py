"""Dossiers that a message begins: which procedure in force it starts, and the dossier itself.

The new dossier has its own code, clock and steps at the unit that decides it; it belongs to the dossier
that sent the message, and both pages say so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from engine.domain.calendar import local_day
from engine.domain.forms import parse_answers
from engine.domain.messages import MOST_GENERATIONS
from engine.domain.stored_answers import input_value
from engine.errors import ProcedureError, Refused
from engine.execution import Start
from engine.execution.pools import starts_by
from engine.store import messages as letters
from engine.store import units
from engine.store.message_rows import MessageRow
from engine.store.rows import DefinitionRow, DossierRow, ProcedureRow, RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.alerts import watch
from engine.usecases.audit import record
from engine.usecases.cases import Case
from engine.usecases.dossiers import Reception, new_row
from engine.usecases.evaluation import evaluate
from engine.usecases.moving import move
from engine.usecases.procedures import IN_FORCE, competent_unit, definition_of, procedure_of
from engine.usecases.reception import Applicant, reception_context
from engine.usecases.taking import outputs_of, refused_by, taken

ONLINE = 2  # the channel of a dossier that nobody brought to a counter
MOST_REMEMBERED = 10_000


class ChainTooLong(Refused):
    """Dossiers begin dossiers that begin dossiers: a circle of procedures."""

    code = "message_chain_too_long"
    vi = (
        "Tin “{title}” sẽ mở hồ sơ thứ {most} nối tiếp nhau. Các thủ tục đang gọi nhau thành vòng; "
        "hãy báo người xây dựng quy trình."
    )
    en = (
        "The message “{title_en}” would begin dossier number {most} of one chain. The procedures call each "
        "other in a circle; tell their authors."
    )


class MessageUnplaced(Refused):
    """A message from outside begins a dossier only with an applicant, a sender's account and a unit."""

    code = "message_unplaced"
    vi = (
        "Tin “{title}” từ bên ngoài mở hồ sơ mới thì phải nêu người nộp, đơn vị nhận và "
        "được gửi bằng tài khoản kết nối."
    )
    en = (
        "The message “{title_en}” from outside begins a dossier: it must name the applicant and the "
        "receiving unit, and be sent by an account."
    )


class Beginning(NamedTuple):
    revision: RevisionRow
    node: str


def beginnings(unit: Unit, message: MessageRow) -> list[Beginning]:
    """Return the procedures in force today that a message of this name starts, each with its start event."""
    newest: dict[int, tuple[int, str]] = {}
    for procedure_id, revision_id, hash_ in unit.session.execute(_in_force(unit)):
        newest[procedure_id] = (revision_id, hash_)
    found = []
    for revision_id, hash_ in newest.values():
        node = _starts(unit, hash_).get(message.name)
        if node is not None:
            found.append(Beginning(unit.session.get_one(RevisionRow, revision_id), node))
    return found


def begin_dossier(unit: Unit, message: MessageRow, beginning: Beginning) -> Case:
    """Accept a dossier because a message asks for it; the caller has locked the sender and the message.

    Raises:
        ChainTooLong, MessageUnplaced, NoCompetentUnit, MessageNotAccepted, NoOneToDo: If it cannot begin.
    """
    revision, node = beginning
    source = message.source
    procedure = procedure_of(revision)
    if source is not None and letters.generations(unit, source.id, MOST_GENERATIONS) >= MOST_GENERATIONS:
        raise _of(ChainTooLong, message, most=MOST_GENERATIONS + 1)
    competent = _competent(unit, message, revision.procedure)
    applicant = _applicant(message)
    received_by = message.thrown_by or (source.received_by if source else None)
    if received_by is None:
        raise _of(MessageUnplaced, message)
    definition = definition_of(unit, revision.definition_hash)
    known = reception_context(procedure, competent, unit, {}, ONLINE, applicant.kind)
    data = taken(unit, procedure, definition.steps[node], message, known)
    data |= _checked_form(procedure, data, known, message)
    context = reception_context(procedure, competent, unit, data, ONLINE, applicant.kind)
    fee = procedure.fee.amount(context, evaluate)
    reception = Reception(
        procedure_key=procedure.key, receiving_unit_id=competent.id, applicant=applicant, channel=ONLINE
    )
    row = new_row(unit, reception, revision, procedure, (competent, competent), applicant, data, fee)
    row.received_by = received_by
    row.payment_status = "due" if fee else "none"
    unit.session.add(row)
    unit.session.flush()
    case = Case.of(unit, row, items=[])
    case.note("received", unit_id=competent.id, channel=row.channel, due=row.promised_due.isoformat())
    watch(unit, row)
    move(case, Start(node=node, data=outputs_of(definition, node, data)))
    record(
        unit,
        f"dossier:{row.id}",
        "dossier.received",
        {
            "code": row.code,
            "procedure": procedure.key,
            "revision": revision.number,
            "due": row.promised_due,
            "fee": fee,
            "message": message.id,
            "opened": [one.node_id for one in case.opened],
        },
    )
    return case


def _competent(unit: Unit, message: MessageRow, procedure: ProcedureRow) -> UnitRow:
    today = local_day(unit.now)
    if message.to_unit_id is not None:
        named = units.get_unit(unit, message.to_unit_id)
        heir = units.successor(unit, named, today, procedure.id)
        if heir is not None:
            return heir
    elif message.source is not None:
        return competent_unit(unit, procedure, message.source.received_unit, today)
    raise _of(MessageUnplaced, message)


def _applicant(message: MessageRow) -> Applicant:
    """The applicant of the sending dossier is that of the new one."""
    source: DossierRow | None = message.source
    if source is None:
        if not message.applicant:
            raise _of(MessageUnplaced, message)
        return Applicant(**message.applicant)
    return Applicant(
        kind=source.applicant_kind,
        name=source.applicant_name,
        id_no=source.applicant_id_no,
        phone=source.applicant_phone,
        email=source.applicant_email,
        address=source.applicant_address,
    )


def _checked_form(procedure: Any, data: dict[str, Any], known: dict[str, Any], message: MessageRow):
    """Read the values of the reception form as the counter would, those that are missing included."""
    form = procedure.forms.get(procedure.reception_form)
    if form is None:
        return {}
    typed = {one.name: input_value(one, data.get(one.name)) for one in form.fields if one.has_answer}
    values, problems = parse_answers(form, typed, known, evaluate)
    if problems:
        labels = {one.name: one.label.vi for one in form.fields}
        raise refused_by(message, {labels.get(name) or name: text for name, text in problems.items()})
    return values


def _of(kind: type[ProcedureError], message: MessageRow, **facts: Any) -> ProcedureError:
    title = message.title_vi or message.name
    return kind("a message that can begin it", "it cannot", title=title,
                title_en=message.title_en or title, **facts)  # fmt: skip


def _in_force(unit: Unit):
    today = local_day(unit.now)
    return (
        select(RevisionRow.procedure_id, RevisionRow.id, RevisionRow.definition_hash)
        .where(
            RevisionRow.state.in_(IN_FORCE),
            RevisionRow.effective_from <= today,
            or_(RevisionRow.effective_to.is_(None), RevisionRow.effective_to >= today),
            or_(RevisionRow.state == "PUBLISHED", RevisionRow.effective_to.is_not(None)),
        )
        .order_by(RevisionRow.effective_from, RevisionRow.number)
    )


def _starts(unit: Unit, hash_: str) -> dict[str, str]:
    """Return the messages that start the process of a diagram, with the start events; remembered by hash."""
    with _lock:
        if hash_ in _remembered:
            return _remembered[hash_]
    xml = unit.session.execute(select(DefinitionRow.xml).where(DefinitionRow.hash == hash_)).scalar_one()
    found = dict(_start_messages(unit, hash_)) if b"essage" in xml else {}
    with _lock:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[hash_] = found
    return found


def _start_messages(unit: Unit, hash_: str) -> Iterator[tuple[str, str]]:
    definition = definition_of(unit, hash_)
    for name in {one for one in definition.model.messages.values() if one}:
        node = starts_by(definition.model, definition.process_id, "message", name)
        if node is not None and not getattr(node, "together", False):  # one message of several begins nothing
            yield name, node.id


_remembered: dict[str, dict[str, str]] = {}
_lock = threading.Lock()
