"""Pages about incidents: the list of those who lead, and one incident with what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.bpmn.model import Flow, Gateway
from engine.domain.access import RoleMissing
from engine.domain.fields import Field
from engine.domain.forms import input_value
from engine.domain.messages import OWN_CODE
from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store import cases as rows
from engine.store import messages as letters
from engine.store import units
from engine.store.rows import DossierRow, IncidentRow, ProcedureRow
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.incidents import LEADERS, fields_of, may_change, may_retry, may_skip, ways_on
from engine.usecases.overtaken import OVERTAKEN, RESENT
from engine.usecases.visibility import check_visible, scope_of

LONGEST_LIST = 200
OUTCOMES = {
    "retry": Text("Đã thử lại", "Tried again"),
    "change": Text("Đã sửa thông tin rồi thử lại", "An answer was corrected, then tried again"),
    "skip": Text("Đã bỏ qua", "Skipped"),
    OVERTAKEN: Text("Bước đã được làm xong, không còn vướng", "The step was finished; nothing is left"),
    RESENT: Text("Cán bộ CNTT đã cho gửi lại tin nhắn", "IT staff let the message be sent again"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentItem:
    """One open incident as a line of the list."""

    id: int
    code: str
    procedure_name: Text
    applicant: str
    unit: str
    text: Text
    since: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A flow along which the step may be skipped, with what waits at its other end."""

    flow: str
    name: Text


@dataclass(frozen=True, slots=True)
class MessageKey:
    """One key by which a message finds its receiver."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckMessage:
    """The message that an incident is about.

    Attributes:
        keys: What it has, and last the receiver's code, which may be added.
        sender: Code of the sending dossier, or who sent it from outside.
        to_unit: Name of the unit that it is for; empty for whoever its keys fit.
    """

    title: Text
    sender: str
    to_unit: str
    thrown_at: datetime
    keys: tuple[MessageKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident, open or ended.

    Attributes:
        step: Name of the step that waits, or of the event; empty for a message.
        is_message: It is about a text to the applicant. `message`: it is about one between dossiers.
        ways: Empty if there is nothing to skip to.
        field: The answer chosen to be changed, with what it holds now.
        person: Who dealt with it.
        outcome: In which way; `resolution` is what that person wrote about it.
    """

    id: int
    dossier_code: str
    procedure_name: Text
    applicant: str
    step: Text
    text: Text
    since: datetime
    attempts: int
    is_message: bool
    message: StuckMessage | None
    ended_at: datetime | None
    person: str
    outcome: Text
    resolution: str
    fields: tuple[tuple[str, Text], ...]
    field: Field | None
    value: str | list[str]
    ways: tuple[Way, ...]
    can_retry: bool
    can_change: bool
    can_skip: bool


def list_incidents(unit: Unit) -> list[IncidentItem]:
    """Return the open incidents of the dossiers that the actor's units receive or decide, oldest first.

    Raises:
        RoleMissing: If the actor leads no unit.
    """
    if not unit.actor.is_system and not any(unit.actor.holds(role) for role in LEADERS):
        raise RoleMissing("a role that leads", "no assignment gives it", role="COORDINATOR", where="—")
    found = unit.session.execute(
        select(IncidentRow, DossierRow, ProcedureRow)
        .join(DossierRow, DossierRow.id == IncidentRow.dossier_id)
        .join(ProcedureRow, ProcedureRow.id == DossierRow.procedure_id)
        .where(IncidentRow.ended_at.is_(None), scope_of(unit).dossiers())
        .order_by(IncidentRow.since, IncidentRow.id)
        .limit(LONGEST_LIST)
    ).all()
    names = units.names_of(unit, (dossier.competent_unit_id for _, dossier, _ in found))
    return [
        IncidentItem(
            id=one.id,
            code=dossier.code,
            procedure_name=Text(procedure.name_vi, procedure.name_en),
            applicant=dossier.applicant_name,
            unit=names[dossier.competent_unit_id],
            text=Text(one.text_vi, one.text_en),
            since=one.since,
            attempts=one.attempts,
        )
        for one, dossier, procedure in found
    ]


def get_incident(unit: Unit, incident_id: int, field: str = "") -> IncidentView:
    """Return one incident; `field` is the answer that somebody wants to change.

    Raises:
        NotFound: If there is none, or none that this person may see.
    """
    row = unit.session.get(IncidentRow, incident_id)
    if row is None:
        raise NotFound("the incident to exist", "there is none", what="sự cố")
    dossier = rows.get_dossier(unit, row.dossier_id)
    check_visible(unit, dossier)
    case = Case.of(unit, dossier)
    is_open = row.ended_at is None
    ways = ways_on(case, row) if is_open else []
    known = fields_of(case)
    chosen = known[field][1] if field in known else None
    return IncidentView(
        id=row.id,
        dossier_code=dossier.code,
        procedure_name=Text(dossier.procedure.name_vi, dossier.procedure.name_en),
        applicant=dossier.applicant_name,
        step=_called(case, ways[0].source if ways else row.node_id),
        text=Text(row.text_vi, row.text_en),
        since=row.since,
        attempts=row.attempts,
        is_message=row.outbox_id is not None,
        message=_message(unit, row.message_id) if row.message_id is not None else None,
        ended_at=row.ended_at,
        person=units.people_of(unit, [row.ended_by]).get(row.ended_by or 0, ""),
        outcome=OUTCOMES.get(row.action, Text("")),
        resolution=row.resolution,
        fields=tuple((name, one.label) for name, (_, one) in known.items()),
        field=chosen,
        value=input_value(chosen, dossier.data.get(field)) if chosen else "",
        ways=tuple(Way(flow=one.id, name=_way(case, one)) for one in ways),
        can_retry=is_open and may_retry(unit, dossier),
        can_change=is_open and row.outbox_id is None and may_change(unit, dossier),
        can_skip=is_open and may_skip(unit, dossier) and (bool(ways) or _is_sent(row)),
    )


def _is_sent(row: IncidentRow) -> bool:
    return row.outbox_id is not None or row.message_id is not None


def _message(unit: Unit, message_id: int) -> StuckMessage | None:
    row = letters.get_message(unit, message_id)
    if row is None:
        return None
    names = [*(one for one in row.keys if one != OWN_CODE), OWN_CODE]
    return StuckMessage(
        title=Text(row.title_vi or row.name, row.title_en),
        sender=row.source.code if row.source else row.origin,
        to_unit=row.to_unit.name_vi if row.to_unit else "",
        thrown_at=row.thrown_at,
        keys=tuple(MessageKey(one, "" if row.keys.get(one) is None else str(row.keys[one])) for one in names),
    )


def _way(case: Case, flow: Flow) -> Text:
    """Say where a flow leads: the steps behind it; gateways without a name say nothing to anybody."""
    found = _behind(case, flow.target)
    vi, en = " / ".join(one.vi for one in found), " / ".join(one.say("en") for one in found)
    return Text(f"{flow.name}: {vi}", f"{flow.name}: {en}") if flow.name else Text(vi, en)


def _behind(case: Case, node: str) -> list[Text]:
    nodes, found, waiting, seen = case.definition.model.nodes, [], [node], set()
    while waiting:
        ident = waiting.pop(0)
        if ident in seen:
            continue
        seen.add(ident)
        if isinstance(nodes[ident], Gateway) and not nodes[ident].name:
            waiting.extend(flow.target for flow in nodes[ident].outgoing)
        else:
            found.append(_called(case, ident))
    return found


def _called(case: Case, node: str) -> Text:
    """Return what a node is called; gateways and events without a name go by what they are."""
    name = case.spec(node).name if node else Text("")
    if name.vi:
        return name
    kind = getattr(case.definition.model.nodes.get(node), "kind", "")
    return _KINDS.get(kind, Text(node))


_KINDS = {
    "endEvent": Text("kết thúc", "the end"),
    "boundaryEvent": Text("hết thời gian chờ", "time ran out"),
    "intermediateCatchEvent": Text("sự kiện chờ", "a waiting event"),
    "startEvent": Text("bắt đầu", "the start"),
}
