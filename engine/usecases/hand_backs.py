"""Handing a result back: who took it, how, known by what; and who has not come yet.

The step of the diagram is finished as any other, with what `hand_overs` writes for the paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from engine.domain.access import check_holds
from engine.domain.calendar import local_day
from engine.domain.dossiers import Status
from engine.domain.forms import Form
from engine.domain.texts import Text
from engine.errors import NotFound, Refused
from engine.store import cases as rows
from engine.store import units
from engine.store.counter_rows import HandOverRow, ReminderRow
from engine.store.list_rows import OpenWorkRow
from engine.store.rows import DossierRow, OutboxRow, UserRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.authority import may_act
from engine.usecases.cases import Case
from engine.usecases.hand_overs import CHECKS, METHODS, HandOver, check_given
from engine.usecases.keysets import Key, Order
from engine.usecases.notices import mobile_of
from engine.usecases.ratings import keep_rating
from engine.usecases.results import is_main
from engine.usecases.tasks import complete_task
from engine.usecases.visibility import check_visible, scope_of
from engine.usecases.working import form_of

DESK = "RETURN_DESK"
OURS = (
    "recipient_name",
    "recipient_id_no",
    "method",
    "post_code",
)  # fields of a form that this page asks itself
REMIND_AGAIN = timedelta(days=3)
MOST_REMINDED = 200
LONGEST_PAGE = 100
LONGEST_WAIT = Order(
    "waiting_results",
    (Key("resolved_at", DossierRow.resolved_at, datetime), Key("id", DossierRow.id, int)),
)
READY = (
    "Mot cua: ket qua ho so {code} dang cho ong/ba tai noi nop ho so tu {day}. Moi den nhan, mang giay hen."
)


class NotReady(Refused):
    code = "result_not_ready"
    vi = "Hồ sơ {dossier} chưa có kết quả để trả ở quầy này ({status})."
    en = "Dossier {dossier} has no result to hand back at this desk ({status_en})."


@dataclass(frozen=True, slots=True, kw_only=True)
class HandBack(HandOver):
    """What the desk sends.

    Attributes:
        raw: The other fields of the procedure's own form, as typed.
    """

    code: str
    raw: Mapping[str, Any] = field(default_factory=dict)
    score: int | None = None
    comment: str = ""
    version: int | None = None
    submission_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandBackView:
    """A result that waits at this desk: whom to expect, what the step asks, what is to be paid."""

    code: str
    task_id: int
    version: int
    outcome: str
    procedure_name: Text
    applicant_name: str
    applicant_id_no: str
    applicant_phone: str
    applicant_address: str
    result: str
    return_method: str
    resolved_at: datetime
    days_waiting: int
    fee_due: int
    form: Form | None
    asked: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverSheet:
    """What the printed hand-over says."""

    code: str
    procedure_name: Text
    applicant_name: str
    result: str
    office: str
    superior: str
    place: str
    method: Text
    checked_by: Text
    recipient_name: str
    recipient_id_no: str
    is_proxy: bool
    proxy_paper: str
    post_number: str
    note: str
    at: datetime
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingResult:
    """A result that nobody has fetched."""

    id: int
    code: str
    procedure_name: Text
    applicant: str
    resolved_at: datetime
    days: int
    can_remind: bool
    reminded_at: datetime | None


def find_hand_back(unit: Unit, code: str) -> HandBackView:
    """Return the result of a dossier that this desk may hand back now.

    Raises:
        NotFound: If there is no such dossier that this person may see.
        NotReady: If there is no result, or another desk hands it back.
    """
    row = rows.get_dossier(unit, code)
    check_visible(unit, row)
    item = _open_step(unit, row)
    if item is None:
        raise _not_ready(row)
    case = Case.of(unit, row)
    spec = case.spec(item.node_id)
    form = form_of(case, spec)
    main = next((one.code for one in spec.outcomes if is_main(spec, one.code)), "")
    since = row.resolved_at or item.opened_at  # a diagram that never says what came out
    return HandBackView(
        code=row.code,
        task_id=item.id,
        version=item.version,
        outcome=main,
        procedure_name=case.procedure.name,
        applicant_name=row.applicant_name,
        applicant_id_no=row.applicant_id_no,
        applicant_phone=row.applicant_phone,
        applicant_address=row.applicant_address,
        result=row.result,
        return_method=row.return_method,
        resolved_at=since,
        days_waiting=_days(unit, since),
        fee_due=row.fee if row.payment_status == "due" else 0,
        form=form,
        asked=frozenset(one.name for one in form.fields) if form else frozenset(),
    )


def hand_back(unit: Unit, given: HandBack) -> str:
    """Write who took the result and finish the step; return the code of the dossier.

    Raises:
        HandBackIncomplete: If it is not written who took it, how, or known by what.
        NotReady, NotFound: If there is nothing to hand back here.
        TaskNotOpen, StalePage, RoleMissing, FormInvalid: As for any step.
        BadRating: If the rating is none of the five steps.
    """
    row = rows.get_dossier(unit, given.code)
    check_visible(unit, row)
    if given.submission_key and _open_step(unit, row) is None:
        _repeat(unit, row, given)
        return row.code
    check_given(given, row)
    view = find_hand_back(unit, given.code)
    ours = {
        "recipient_name": given.recipient_name.strip(),
        "recipient_id_no": given.recipient_id_no.strip(),
        "method": given.method,
        "post_code": given.post_number.strip(),
    }
    raw = {**given.raw, **{name: value for name, value in ours.items() if name in view.asked and value}}
    complete_task(
        unit,
        view.task_id,
        outcome=view.outcome,
        raw=raw,
        version=given.version,
        submission_key=given.submission_key,
        hand_over=given,
    )
    if given.score is not None:
        keep_rating(unit, row, given.score, given.comment, "counter")
    return row.code


def hand_over_sheet(unit: Unit, code: str) -> HandOverSheet:
    """Return what the printed hand-over of a dossier says.

    Raises:
        NotFound: If there is none that this person may see.
    """
    row = rows.get_dossier(unit, code)
    check_visible(unit, row)
    given = unit.session.scalars(
        select(HandOverRow).where(HandOverRow.dossier_id == row.id).order_by(HandOverRow.id.desc()).limit(1)
    ).one_or_none()
    if given is None:
        raise NotFound("a hand-over", "there is none", what=f"biên bản giao trả hồ sơ {row.code}")
    office = units.get_unit(unit, given.unit_id)
    above = units.get_unit(unit, office.parent_id) if office.parent_id else None
    giver = unit.session.get(UserRow, given.user_id) if given.user_id else None
    return HandOverSheet(
        code=row.code,
        procedure_name=Text(row.procedure.name_vi, row.procedure.name_en),
        applicant_name=row.applicant_name,
        result=row.result,
        office=office.name_vi,
        superior=above.name_vi if above else "",
        place=(office.address or "").rpartition(",")[2].strip(),
        method=METHODS[given.method],
        checked_by=CHECKS[given.checked_by],
        recipient_name=given.recipient_name,
        recipient_id_no=given.recipient_id_no,
        is_proxy=given.is_proxy,
        proxy_paper=given.proxy_paper,
        post_number=given.post_number,
        note=given.note,
        at=given.at,
        officer=giver.full_name if giver else "",
    )


def uncollected(
    unit: Unit, after: str = "", limit: int = LONGEST_PAGE
) -> tuple[list[WaitingResult], str | None]:
    """Return results that wait at the actor's desks, the longest first, and where the next page begins.

    Raises:
        RoleMissing: If the actor sits at no such desk.
        BadCursor: If `after` is not what a page before gave.
    """
    check_holds(unit.actor, DESK)
    statement = (
        select(DossierRow)
        .join(OpenWorkRow, OpenWorkRow.dossier_id == DossierRow.id)
        .options(joinedload(DossierRow.procedure))
        .where(
            OpenWorkRow.unit_id.in_(scope_of(unit).units),
            OpenWorkRow.kind == "return_result",
            DossierRow.resolved_at.is_not(None),
            LONGEST_WAIT.beyond(after),
        )
    )
    found = list(unit.session.scalars(LONGEST_WAIT.sorted(statement).limit(limit + 1)))
    shown = found[:limit]
    reminded = dict(
        unit.session.execute(
            select(ReminderRow.dossier_id, func.max(ReminderRow.at))
            .where(ReminderRow.dossier_id.in_([one.id for one in shown]))
            .group_by(ReminderRow.dossier_id)
        ).all()
    )
    lines = [
        WaitingResult(
            id=row.id,
            code=row.code,
            procedure_name=Text(row.procedure.name_vi, row.procedure.name_en),
            applicant=row.applicant_name,
            resolved_at=row.resolved_at,
            days=_days(unit, row.resolved_at),
            can_remind=bool(mobile_of(row.applicant_phone)) and _may_remind(unit, reminded.get(row.id)),
            reminded_at=reminded.get(row.id),
        )
        for row in shown
        if row.resolved_at is not None
    ]
    return lines, LONGEST_WAIT.cursor(shown[-1]) if len(found) > limit else None


def remind_uncollected(unit: Unit, dossier_ids: Iterable[int]) -> int:
    """Send a message to applicants whose results wait; return how many were told.

    Left out are those who were told within three days, who have no mobile number, or whose result was fetched
    meanwhile.

    Raises:
        RoleMissing: If the actor sits at no such desk.
    """
    check_holds(unit.actor, DESK)
    wanted = sorted(set(dossier_ids))[:MOST_REMINDED]
    told = 0
    for row in unit.session.scalars(
        select(DossierRow).where(
            DossierRow.id.in_(wanted),
            DossierRow.status == Status.RESOLVED.value,
            DossierRow.return_unit_id.in_(scope_of(unit).units),
        )
    ):
        last = unit.session.scalar(select(func.max(ReminderRow.at)).where(ReminderRow.dossier_id == row.id))
        phone = mobile_of(row.applicant_phone)
        if not phone or not _may_remind(unit, last) or row.resolved_at is None:
            continue
        text = READY.format(code=row.code, day=f"{local_day(row.resolved_at):%d/%m}")[:160]
        unit.session.add(
            OutboxRow(
                kind="sms",
                dossier_id=row.id,
                payload={"phone": phone, "text": text},
                created_at=unit.now,
                next_try_at=unit.now,
            )
        )
        unit.session.add(ReminderRow(dossier_id=row.id, at=unit.now, user_id=unit.actor.user_id))
        record(unit, f"dossier:{row.id}", "result.reminded", {})
        told += 1
    return told


def _open_step(unit: Unit, row: DossierRow) -> WorkItemRow | None:
    """Return the step that hands back, if it is open and the actor may do it."""
    item = unit.session.scalars(
        select(WorkItemRow).where(
            WorkItemRow.dossier_id == row.id,
            WorkItemRow.kind == "return_result",
            WorkItemRow.status == rows.OPEN,
        )
    ).first()
    may = item is not None and may_act(unit, item.role, item.unit_id, row)
    return item if may else None


def _repeat(unit: Unit, row: DossierRow, given: HandBack) -> None:
    """A second click finds its hand-over; a second desk is told that it was handed back already."""
    same = unit.session.scalar(
        select(HandOverRow.id).where(
            HandOverRow.dossier_id == row.id,
            HandOverRow.user_id == unit.actor.user_id,
            HandOverRow.recipient_name == given.recipient_name.strip(),
        )
    )
    if same is None:
        raise _not_ready(row)


def _not_ready(row: DossierRow) -> NotReady:
    status = Status(row.status).label
    return NotReady(
        "a result to hand back", row.status, dossier=row.code, status=status.vi, status_en=status.en
    )


def _may_remind(unit: Unit, last: datetime | None) -> bool:
    return last is None or last <= unit.now - REMIND_AGAIN


def _days(unit: Unit, since: datetime) -> int:
    return (local_day(unit.now) - local_day(since)).days
