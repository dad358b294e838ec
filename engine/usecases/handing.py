"""Handing work to others: lent to a colleague who gives it back, or moved on with a reason for good.

A step that is lent is held by the colleague; who lent it may take it back at any time. A step that is moved
belongs to whoever has it then, and nobody in between has to click.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from engine.domain.calendar import local_day
from engine.domain.texts import Text
from engine.errors import Forbidden, Invalid, Refused
from engine.store import cases as rows
from engine.store import units
from engine.store.rows import AssignmentRow, CompetenceRow, PositionRow, UnitRow, UserRow, WorkItemRow
from engine.store.teamwork_rows import DelegationRow
from engine.store.work import Unit
from engine.usecases.notifications import notify
from engine.usecases.organisation import check_unit_open
from engine.usecases.substitutes import said_away
from engine.usecases.tasks import check_leads, check_open, check_role, note

LONGEST_REASON = 1_000


class HandingReasonMissing(Invalid):
    code = "handing_reason_missing"
    vi = "Hãy ghi lý do chuyển việc (tối đa {most} ký tự); ô lý do đang để trống hoặc quá dài."
    en = "Write why the work is moved on (at most {most} characters); the reason is empty or too long."


class NotYoursToLend(Forbidden):
    """Only who has taken a step can lend it."""

    code = "not_yours_to_lend"
    vi = "Chỉ người đang nhận bước “{step}” mới nhờ đồng nghiệp làm được. Hãy nhận việc trước."
    en = "Only who has taken the step “{step}” can lend it. Take it first."


class LentAlready(Refused):
    code = "lent_already"
    vi = "Bước “{step}” đang nhờ {person} làm. Hãy lấy lại trước khi nhờ người khác."
    en = "The step “{step}” is lent to {person}. Take it back before you lend it to somebody else."


class NotLent(Refused):
    code = "not_lent"
    vi = "Bước “{step}” không còn nhờ ai làm. Hãy tải lại trang."
    en = "The step “{step}” is not lent any more. Reload the page."


class SamePlace(Refused):
    code = "same_place"
    vi = "Bước “{step}” đã ở chỗ {where}; chọn người hoặc đơn vị khác."
    en = "The step “{step}” is with {where} already; choose another person or unit."


class UnitCannotDo(Refused):
    """The unit has nobody for the step's role, or has nothing to do with such dossiers."""

    code = "unit_cannot_do"
    vi = (
        "{where} không làm được bước “{step}”: cần đơn vị cùng ngành hoặc có thẩm quyền, "
        "có người giữ vai trò {role}."
    )
    en = "{where} cannot do “{step}”: it takes a related or competent unit with somebody in the role {role}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """To whom a step may go.

    Attributes:
        colleagues: Id and name of people of its unit who hold its role, without who has it; beside the name
            of whoever is away, until when and who stands in.
        units: Id and name of other units that may do it; empty unless the actor leads its unit.
    """

    colleagues: tuple[tuple[int, Text], ...]
    units: tuple[tuple[int, str], ...]


def delegate_task(unit: Unit, task_id: int, user_id: int, text: str = "") -> int:
    """Lend an own step to a colleague, who does it or gives it back; return its new version.

    Raises:
        NotYoursToLend, LentAlready: If the actor does not have it, or has lent it.
        RoleMissing: If the colleague does not hold the step's role.
    """
    item = rows.lock_task(unit, task_id)
    check_open(unit, item)
    if item.claimed_by is not None and item.claimed_by != unit.actor.user_id:
        if lent := _lent(unit, item):
            _check_not_lent_by_me(unit, item, lent)
        raise NotYoursToLend("an own step", "a colleague has it", step=item.name_vi)
    assignment = check_role(unit, item)
    if user_id == unit.actor.user_id:
        raise SamePlace("somebody else", "oneself", step=item.name_vi, where=unit.actor.name)
    units.check_holder(unit, user_id, item.role, item.unit_id, local_day(unit.now))
    text = text.strip()[:LONGEST_REASON]
    unit.session.add(
        DelegationRow(
            work_item_id=item.id, from_user_id=unit.actor.user_id, to_user_id=user_id, note=text, at=unit.now
        )
    )
    item.claimed_by, item.claimed_at = user_id, unit.now
    note(unit, item, "step.lent", assignment, to=user_id, reason=text)
    _tell(unit, item, [user_id], "work.lent", "nhờ bạn làm bước", "asks you to do")
    unit.session.flush()
    return item.version


def give_back(unit: Unit, task_id: int, answer: str = "") -> int:
    """End a loan: the colleague gives the step back, or who lent it takes it back. Return its new version.

    Raises:
        NotLent: If it is not lent to or by the actor.
    """
    item = rows.lock_task(unit, task_id)
    check_open(unit, item)
    lent = _lent(unit, item)
    if lent is None or unit.actor.user_id not in (lent.to_user_id, lent.from_user_id):
        raise NotLent("a lent step", "it is not lent", step=item.name_vi)
    returned = unit.actor.user_id == lent.to_user_id
    lent.ended, lent.ended_at = ("returned" if returned else "taken_back"), unit.now
    lent.answer = answer.strip()[:LONGEST_REASON]
    item.claimed_by, item.claimed_at = lent.from_user_id, unit.now
    note(unit, item, "step.lent_back", check_role(unit, item), to=lent.from_user_id, reason=lent.answer)
    other = lent.from_user_id if returned else lent.to_user_id
    _tell(unit, item, [other], "work.lent_back", "trả lại bước", "gave back")
    unit.session.flush()
    return item.version


def reassign_task(
    unit: Unit,
    task_id: int,
    reason: str,
    *,
    user_id: int | None = None,
    unit_id: int | None = None,
    version: int | None = None,
) -> int:
    """Move a step on to a colleague, or to another unit that may do it; return its new version.

    Who has the step may move it to a colleague; whoever leads the unit may also move it elsewhere.

    Raises:
        HandingReasonMissing: Without a reason.
        RoleMissing: If the actor may not, or the colleague does not hold the role.
        UnitCannotDo, UnitClosed, SamePlace: If the place does not do.
        StalePage: If the step changed since it was shown.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise HandingReasonMissing("a reason", f"{len(reason)} characters", most=LONGEST_REASON)
    item = rows.lock_task(unit, task_id)
    check_open(unit, item, version)
    mine = item.claimed_by is not None and item.claimed_by == unit.actor.user_id
    assignment = check_role(unit, item) if mine and unit_id is None else check_leads(unit, item)
    before = {"before_unit": item.unit_id, "before": item.claimed_by}
    if unit_id is not None:
        _move(unit, item, unit_id)
    else:
        _give(unit, item, user_id or 0)
    if lent := _lent(unit, item):
        lent.ended, lent.ended_at = "moved", unit.now
    item.draft = item.draft if unit_id is None else {}
    note(unit, item, "step.reassigned", assignment, to=user_id, to_unit=unit_id, reason=reason, **before)
    people = [user_id] if user_id else _leaders(unit, item.unit_id)
    _tell(unit, item, people, "work.reassigned", "chuyển cho bạn bước", "moved to you", reason)
    unit.session.flush()
    return item.version


def places_for(unit: Unit, task_id: int) -> Places:
    """Return to whom the actor may hand a step."""
    item = rows.get_task(unit, task_id)
    check_open(unit, item)
    leads = any(unit.actor.holds(role, item.unit_id) for role in ("HEAD", "COORDINATOR"))
    holders = [one for one in _holders(unit, item) if one[0] not in (item.claimed_by, unit.actor.user_id)]
    away = said_away(unit, [user_id for user_id, _ in holders])
    return Places(
        colleagues=tuple(
            (user_id, Text(f"{name} ({away[user_id].vi})", f"{name} ({away[user_id].en})"))
            if user_id in away
            else (user_id, Text(name, name))
            for user_id, name in holders
        ),
        units=tuple(_other_units(unit, item)) if leads else (),
    )


def colleagues_led(unit: Unit) -> tuple[tuple[int, str], ...]:
    """Return id and name of those who hold a chair in the units that the actor leads, by name; at most 200.

    Whether one of them may do a certain step is looked at when it is given to them.
    """
    led = [one.unit_id for one in unit.actor.assignments if one.roles & {"HEAD", "COORDINATOR"}]
    people = {user_id: name for unit_id in led for user_id, name, _roles in _people(unit, unit_id)}
    people.pop(unit.actor.user_id, None)
    return tuple(sorted(people.items(), key=lambda one: one[1]))[:200]


def lent_to(unit: Unit, task_id: int) -> tuple[str, str, str] | None:
    """Return who lent an open step, to whom, and the words that came with it; None if it is not lent."""
    found = _lent(unit, rows.get_task(unit, task_id))
    if found is None:
        return None
    names = units.people_of(unit, [found.from_user_id, found.to_user_id])
    return names[found.from_user_id], names[found.to_user_id], found.note


def _give(unit: Unit, item: WorkItemRow, user_id: int) -> None:
    if user_id == item.claimed_by:
        where = units.people_of(unit, [user_id]).get(user_id, "")
        raise SamePlace("somebody else", "the same person", step=item.name_vi, where=where)
    units.check_holder(unit, user_id, item.role, item.unit_id, local_day(unit.now))
    item.claimed_by, item.claimed_at = user_id, unit.now


def _move(unit: Unit, item: WorkItemRow, unit_id: int) -> None:
    where = units.get_unit(unit, unit_id).name_vi
    if unit_id == item.unit_id:
        raise SamePlace("another unit", "the same", step=item.name_vi, where=where)
    check_unit_open(unit, unit_id, local_day(unit.now))
    if unit_id not in dict(_other_units(unit, item)):
        raise UnitCannotDo("a unit that may do it", where, step=item.name_vi, where=where, role=item.role)
    item.unit_id, item.claimed_by, item.claimed_at = unit_id, None, None


def _other_units(unit: Unit, item: WorkItemRow) -> list[tuple[int, str]]:
    """Units that may do a step instead: competent for the procedure, or above, below or beside its unit."""
    today = local_day(unit.now)
    own = units.get_unit(unit, item.unit_id)
    related = or_(
        UnitRow.parent_id == item.unit_id,
        UnitRow.id == own.parent_id,
        (UnitRow.parent_id == own.parent_id) if own.parent_id is not None else UnitRow.id == item.unit_id,
        UnitRow.id.in_(
            select(CompetenceRow.unit_id).where(
                CompetenceRow.procedure_id == item.dossier.procedure_id,
                CompetenceRow.effective_from <= today,
                or_(CompetenceRow.effective_to.is_(None), CompetenceRow.effective_to >= today),
            )
        ),
    )
    found = unit.session.execute(
        select(UnitRow.id, UnitRow.name_vi)
        .where(
            related,
            UnitRow.id != item.unit_id,
            UnitRow.effective_from <= today,
            or_(UnitRow.effective_to.is_(None), UnitRow.effective_to >= today),
        )
        .order_by(UnitRow.name_vi, UnitRow.id)
    ).all()
    held = units.held_roles(unit, [one.id for one in found], today)
    return [(one.id, one.name_vi) for one in found if item.role in held.get(one.id, ())]


def _holders(unit: Unit, item: WorkItemRow) -> list[tuple[int, str]]:
    return [(user_id, name) for user_id, name, roles in _people(unit, item.unit_id) if item.role in roles]


def _leaders(unit: Unit, unit_id: int) -> list[int]:
    return [user_id for user_id, _, roles in _people(unit, unit_id) if {"HEAD", "COORDINATOR"} & set(roles)]


def _people(unit: Unit, unit_id: int):
    today = local_day(unit.now)
    return unit.session.execute(
        select(UserRow.id, UserRow.full_name, PositionRow.roles)
        .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
        .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
        .where(
            PositionRow.unit_id == unit_id,
            UserRow.is_active,
            AssignmentRow.starts_on <= today,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= today),
        )
        .order_by(UserRow.full_name, UserRow.id)
    ).all()


def _lent(unit: Unit, item: WorkItemRow) -> DelegationRow | None:
    """Return the loan of a step that is not over: the colleague still has it."""
    found = unit.session.scalars(_open_loan(item.id)).first()
    return found if found is not None and found.to_user_id == item.claimed_by else None


def _open_loan(task_id: int):
    return (
        select(DelegationRow)
        .where(DelegationRow.work_item_id == task_id, DelegationRow.ended_at.is_(None))
        .order_by(DelegationRow.id.desc())
    )


def _check_not_lent_by_me(unit: Unit, item: WorkItemRow, lent: DelegationRow) -> None:
    if lent.from_user_id == unit.actor.user_id:
        person = units.people_of(unit, [lent.to_user_id])[lent.to_user_id]
        raise LentAlready("a step that is not lent", "it is", step=item.name_vi, person=person)


def _tell(
    unit: Unit, item: WorkItemRow, people: list[int], kind: str, vi: str, en: str, reason: str = ""
) -> None:
    name, code = unit.actor.name, item.dossier.code
    more = f": {reason}" if reason else ""
    text = Text(
        f"{name} {vi} “{item.name_vi}”, hồ sơ {code}{more}",
        f"{name} {en} “{item.name_en or item.name_vi}”, dossier {code}{more}",
    )
    notify(unit, people, kind, text, dossier_id=item.dossier_id, target=f"/staff/tasks/{item.id}")
