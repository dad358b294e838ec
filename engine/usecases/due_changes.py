"""Moving a due date: an extension (Mẫu 04) that the head proposes and a signatory signs, or a change by hand.

What is proposed moves nothing; what is decided moves the current due date only. The letter, the message to
the applicant and the history come with the decision, in its transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from engine.domain.access import Assignment
from engine.domain.calendar import local_day
from engine.domain.deadlines import TermKind, extra_for
from engine.domain.dossiers import Status
from engine.domain.extensions import (
    ExtensionLimits,
    check_before_due,
    check_extension,
    check_movable,
    check_second,
)
from engine.domain.texts import Text
from engine.domain.timewords import say_date
from engine.errors import Invalid, NotFound, Refused
from engine.store import cases as rows
from engine.store import units
from engine.store.due_rows import DueChangeRow
from engine.store.rows import DossierRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.authority import chair_for, may_act, signer_for
from engine.usecases.cases import Case, Paper, write_history
from engine.usecases.notices import tell_due
from engine.usecases.notifications import notify
from engine.usecases.reasons import EXTENSION, read_reason
from engine.usecases.stops import due_with, granted_of, renew_due, term_of
from engine.usecases.substitutes import heads_of
from engine.usecases.visibility import check_visible

BY_OFFICE, BY_HAND = "extension", "manual"
PROPOSED, IN_FORCE, REFUSED, TAKEN_BACK = "proposed", "in_force", "refused", "taken_back"
MOVERS = ("HEAD", "COORDINATOR", "SIGNATORY")
LONGEST_REASON = 2000


class ChangeWaits(Refused):
    code = "due_change_waits"
    vi = "Hồ sơ đang có một đề nghị đổi hạn chờ quyết định; hãy quyết định hoặc rút lại đề nghị đó trước."
    en = "A change of this due date already waits for a decision; decide it or take it back first."


class ChangeDecided(Refused):
    code = "due_change_decided"
    vi = "Đề nghị này đã được quyết định hoặc rút lại. Hãy tải lại trang."
    en = "This proposal was decided or taken back already. Reload the page."


class DueReasonMissing(Invalid):
    code = "due_reason_missing"
    vi = "Hãy ghi lý do, tối đa {most} ký tự."
    en = "Write a reason of at most {most} characters."


class DueUnchanged(Invalid):
    code = "due_unchanged"
    vi = "Ngày {day} không phải là một hạn mới: hãy chọn ngày khác với hạn hiện tại, từ hôm nay trở đi."
    en = "{day} is no new due date: choose another day than the present one, today or later."


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChangeLine:
    """A change of the due date as people read it.

    Attributes:
        can_decide: Whether the actor may put it in force or refuse it.
        can_take_back: Whether it is the actor's own proposal.
    """

    id: int
    kind: str
    state: str
    reason: str
    before: datetime
    wanted: date
    after: datetime | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    note: str
    can_decide: bool
    can_take_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRights:
    """What the actor may do about the due date of a dossier.

    Attributes:
        most_days: The longest extension.
        extensions_left: How many more the procedure allows.
    """

    can_extend: bool
    can_change: bool
    most_days: int
    extensions_left: int


def propose_extension(unit: Unit, dossier_id: int, days: int, reason_code: str, reason: str = "") -> int:
    """Propose more time before the due date; the head of the competent unit does. Return its number.

    Args:
        days: As the term counts them: working days, or days of the calendar.

    Raises:
        RoleMissing: If the actor does not head the competent unit.
        DueFixed, AlreadyDue, NoMoreExtensions, ExtensionTooLong, ChangeWaits: If it cannot be extended.
        ReasonNotChosen: Without a reason of the catalogue.
    """
    case, chair = _begin(unit, dossier_id, ("HEAD",))
    said = read_reason(unit, EXTENSION, reason_code, reason)
    limits = ExtensionLimits.of(case.procedure.options, case.procedure.limit)
    check_extension(limits, _used(unit, dossier_id), days, case.row.current_due, unit.now)
    amount = days
    calendar = case.calendar(case.row.competent_unit_id)
    if term_of(case.procedure).kind is TermKind.HOUR:
        amount = days * calendar.day_minutes
    after = due_with(case, granted_of(case) + amount).at
    row = _propose(case, chair, BY_OFFICE, amount, local_day(after), said.vi, reason_code)
    _ask_deciders(case, row, ("SIGNATORY",))
    return row.id


def propose_due_date(unit: Unit, dossier_id: int, wanted: date, reason: str) -> int:
    """Propose another due date by hand; whoever leads the competent unit does. Return its number.

    Raises:
        RoleMissing: If the actor does not lead the competent unit.
        DueFixed, ChangeWaits: If it cannot be changed now.
        DueUnchanged, DayNotCounted: If that day is no new due date.
        DueReasonMissing: Without a reason.
    """
    case, chair = _begin(unit, dossier_id, MOVERS)
    said = _checked(reason)
    if wanted == local_day(case.row.current_due) or wanted < local_day(unit.now):
        raise DueUnchanged("a new day to come", f"{wanted}", day=say_date(wanted))
    granted = granted_of(case)
    calendar = case.calendar(case.row.competent_unit_id)
    amount = extra_for(
        calendar, case.row.accepted_at, term_of(case.procedure), case.working_stops(), granted, wanted
    )
    row = _propose(case, chair, BY_HAND, amount - granted, wanted, said)
    _ask_deciders(case, row, MOVERS)
    return row.id


def put_in_force(unit: Unit, change_id: int) -> datetime:
    """Decide a proposal: the due date moves, the applicant is told, an extension gets its letter.

    Returns the new due date.

    Raises:
        ChangeDecided: If somebody was faster.
        RoleMissing: If the actor may not sign an extension, or does not lead the unit for a change by hand.
        SecondPerson: If it is the actor's own proposal.
        DueFixed, AlreadyDue: If meanwhile it is too late.
    """
    row, case = _lock(unit, change_id)
    chair = _decider(case, row)
    check_second(row.proposed_by, unit.actor.user_id)
    check_movable(Status(case.row.status), is_stopped=case.row.clock_stopped_at is not None)
    before = case.row.current_due
    if row.kind == BY_OFFICE:
        check_before_due(before, unit.now)
    _decide(unit, row, IN_FORCE, chair)
    case.act_by(chair)
    unit.session.flush()  # what is granted is asked of the rows
    case.note(f"{row.kind}.decided", unit_id=case.row.competent_unit_id, reason=row.reason, change=row.id)
    renew_due(case)
    after = row.due_after = case.row.current_due
    tell_due(case, after)
    if row.kind == BY_OFFICE:
        letter = {"reason": row.reason, "due_before": before, "due_after": after}
        case.papers.append(Paper(form="04", facts=letter, signer=signer_for(unit, row.dossier_id)))
    write_history(case)
    facts = {"change": row.id, "before": before, "after": after, "proposed_by": row.proposed_by}
    record(
        unit, f"dossier:{row.dossier_id}", f"{row.kind}.decided", facts | case.instead_of, case.assignment_id
    )
    _tell_proposer(unit, row, _DECIDED, after)
    return after


def refuse_change(unit: Unit, change_id: int, note: str) -> None:
    """Refuse a proposal with a reason, or take back one's own; nothing moves.

    Raises:
        ChangeDecided, RoleMissing, DueReasonMissing: If that is not possible.
    """
    row, case = _lock(unit, change_id)
    is_own = row.proposed_by == unit.actor.user_id
    chair = None if is_own else _decider(case, row)
    row.note = note.strip()[:LONGEST_REASON] if is_own else _checked(note)
    _decide(unit, row, TAKEN_BACK if is_own else REFUSED, chair)
    case.act_by(chair)
    case.note(f"{row.kind}.{row.state}", unit_id=case.row.competent_unit_id, reason=row.note, change=row.id)
    write_history(case)
    facts = {"change": row.id, "reason": row.note}
    record(unit, f"dossier:{row.dossier_id}", f"{row.kind}.{row.state}", facts, case.assignment_id)
    if not is_own:
        _tell_proposer(unit, row, _NOT_GRANTED, row.due_before)


def due_changes_of(unit: Unit, dossier: DossierRow) -> list[DueChangeLine]:
    """Return the changes of a dossier's due date, the newest first."""
    found = list(
        unit.session.scalars(
            select(DueChangeRow)
            .where(DueChangeRow.dossier_id == dossier.id)
            .order_by(DueChangeRow.id.desc())
            .limit(50)
        )
    )
    people = units.people_of(unit, {one for row in found for one in (row.proposed_by, row.decided_by)})
    return [
        DueChangeLine(
            id=row.id,
            kind=row.kind,
            state=row.state,
            reason=row.reason,
            before=row.due_before,
            wanted=row.wanted,
            after=row.due_after,
            proposed_by=people.get(row.proposed_by or 0, ""),
            proposed_at=row.proposed_at,
            decided_by=people.get(row.decided_by or 0, ""),
            note=row.note,
            can_decide=row.state == PROPOSED
            and row.proposed_by != unit.actor.user_id
            and any(may_act(unit, role, dossier.competent_unit_id, dossier) for role in _deciders(row.kind)),
            can_take_back=row.state == PROPOSED and row.proposed_by == unit.actor.user_id,
        )
        for row in found
    ]


def due_rights(unit: Unit, case: Case) -> DueRights:
    """Return what the actor may propose now."""
    row, limits = case.row, ExtensionLimits.of(case.procedure.options, case.procedure.limit)
    movable = row.ended_at is None and row.resolved_at is None and row.clock_stopped_at is None
    left = max(0, limits.most - _used(unit, row.id)) if movable else 0
    office = row.competent_unit_id
    return DueRights(
        can_extend=movable
        and left > 0
        and unit.now <= row.current_due
        and may_act(unit, "HEAD", office, row),
        can_change=movable and any(may_act(unit, role, office, row) for role in MOVERS),
        most_days=limits.days,
        extensions_left=left,
    )


def _begin(unit: Unit, dossier_id: int, roles: tuple[str, ...]) -> tuple[Case, Assignment | None]:
    row = rows.lock_dossier(unit, dossier_id)
    check_visible(unit, row)
    chair = _chair(unit, row, roles)
    check_movable(Status(row.status), is_stopped=row.clock_stopped_at is not None)
    waiting = select(DueChangeRow.id).where(
        DueChangeRow.dossier_id == dossier_id, DueChangeRow.state == PROPOSED
    )
    if unit.session.scalar(waiting) is not None:
        raise ChangeWaits("no proposal", "one waits")
    return Case.of(unit, row, items=[]), chair


def _chair(unit: Unit, row: DossierRow, roles: tuple[str, ...]) -> Assignment | None:
    """Return the chair by which the actor acts in one of `roles`; the refusal names the first."""
    if unit.actor.is_system:
        return None
    fitting = next((role for role in roles if may_act(unit, role, row.competent_unit_id, row)), roles[0])
    return chair_for(unit, fitting, row.competent_unit_id, row)


def _propose(
    case: Case, chair: Assignment | None, kind: str, amount: int, wanted: date, reason: str, code: str = ""
) -> DueChangeRow:
    unit = case.unit
    row = DueChangeRow(
        dossier_id=case.row.id,
        kind=kind,
        state=PROPOSED,
        amount=amount,
        wanted=wanted,
        reason_code=code,
        reason=reason,
        due_before=case.row.current_due,
        proposed_at=unit.now,
        proposed_by=unit.actor.user_id,
        proposed_chair=chair.id if chair else None,
    )
    unit.session.add(row)
    unit.session.flush()
    case.act_by(chair)
    office = case.row.competent_unit_id
    case.note(f"{kind}.proposed", unit_id=office, reason=reason, wanted=wanted.isoformat(), change=row.id)
    write_history(case)
    facts = {"change": row.id, "wanted": wanted, "reason": reason}
    record(unit, f"dossier:{row.dossier_id}", f"{kind}.proposed", facts | case.instead_of, case.assignment_id)
    return row


def _lock(unit: Unit, change_id: int) -> tuple[DueChangeRow, Case]:
    """Lock the dossier first, as everybody does, and then the change."""
    dossier_id = unit.session.scalar(select(DueChangeRow.dossier_id).where(DueChangeRow.id == change_id))
    if dossier_id is None:
        raise NotFound("a change of a due date", "there is none", what="đề nghị")
    dossier = rows.lock_dossier(unit, dossier_id)
    check_visible(unit, dossier)
    row = unit.session.get_one(DueChangeRow, change_id, with_for_update=True, populate_existing=True)
    if row.state != PROPOSED:
        raise ChangeDecided("a proposal", f"it is {row.state}")
    return row, Case.of(unit, dossier, items=[])


def _deciders(kind: str) -> tuple[str, ...]:
    return ("SIGNATORY",) if kind == BY_OFFICE else MOVERS


def _decider(case: Case, row: DueChangeRow) -> Assignment | None:
    return _chair(case.unit, case.row, _deciders(row.kind))


def _decide(unit: Unit, row: DueChangeRow, state: str, chair: Assignment | None) -> None:
    row.state, row.decided_at, row.decided_by = state, unit.now, unit.actor.user_id
    row.decided_chair = chair.id if chair else None


def _used(unit: Unit, dossier_id: int) -> int:
    return (
        unit.session.scalar(
            select(func.count())
            .select_from(DueChangeRow)
            .where(
                DueChangeRow.dossier_id == dossier_id,
                DueChangeRow.kind == BY_OFFICE,
                DueChangeRow.state == IN_FORCE,
            )
        )
        or 0
    )


def _checked(reason: str) -> str:
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise DueReasonMissing("a reason", f"{len(said)} characters", most=LONGEST_REASON)
    return said


def _ask_deciders(case: Case, row: DueChangeRow, roles: tuple[str, ...]) -> None:
    unit = case.unit
    people = heads_of(unit, case.row.competent_unit_id, local_day(unit.now), roles)
    text = _ASKED.filled(code=case.row.code, day=say_date(row.wanted))
    notify(unit, people, "work.due_change", text, dossier_id=case.row.id)


def _tell_proposer(unit: Unit, row: DueChangeRow, text: Text, due: datetime) -> None:
    notify(
        unit, [row.proposed_by], "work.due_change", text.filled(day=say_date(due)), dossier_id=row.dossier_id
    )


_ASKED = Text(
    "Có đề nghị đổi hạn hồ sơ {code} sang {day}, chờ bạn quyết định.",
    "A change of the due date of {code} to {day} waits for your decision.",
)
_DECIDED = Text("Đề nghị của bạn được chấp thuận: hạn mới là {day}.", "Granted: the new due date is {day}.")
_NOT_GRANTED = Text(
    "Đề nghị đổi hạn của bạn không được chấp thuận.", "Your change of the due date was refused."
)
