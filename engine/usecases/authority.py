"""By what right somebody acts on a dossier: an own chair, or the chair of a colleague who has lent its work.

Lent work counts for dossiers only, never for accounts, offices or procedures. Whoever acts for somebody is
named with them in history and audit, and signs with their own name.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from engine.documents import Signer
from engine.domain.access import Assignment, Lent, RoleMissing
from engine.domain.calendar import local_day
from engine.domain.signing import SigningCapacity, capacity, head_title, is_deputy
from engine.domain.substitution import SIGNING, Chair, LendingRule, Substitution, lent_for, powers
from engine.domain.timewords import say_date
from engine.errors import Forbidden
from engine.store import units
from engine.store.duty_rows import LendingRuleRow, SubstitutionRow
from engine.store.rows import AssignmentRow, DossierRow, LevelRow, PositionRow, UnitRow, UserRow
from engine.store.work import Unit


class NoSigningPower(Forbidden):
    """Neither a chair of their own nor one that was lent lets the person sign here."""

    code = "no_signing_power"
    vi = "{person} không có thẩm quyền ký hồ sơ này tại {where}: cần vai trò ký hoặc việc thay còn hiệu lực."
    en = "{person} may not sign this dossier at {where}: it needs a signing role or an authority in force."


def lent_to(unit: Unit, user_id: int, day: date) -> tuple[Lent, ...]:
    """Return what colleagues have lent to a person, as far as it counts on `day`."""
    found = unit.session.execute(
        SEATS.add_columns(SubstitutionRow)
        .join(SubstitutionRow, SubstitutionRow.assignment_id == AssignmentRow.id)
        .where(
            SubstitutionRow.taker_id == user_id,
            SubstitutionRow.revoked_at.is_(None),
            SubstitutionRow.starts_on <= day,
            SubstitutionRow.ends_on >= day,
            UserRow.is_active.is_(True),
            or_(PositionRow.effective_to.is_(None), PositionRow.effective_to >= day),
            or_(UnitRow.effective_to.is_(None), UnitRow.effective_to >= day),
        )
        .order_by(SubstitutionRow.id)
    ).all()
    if not found:
        return ()
    rules = lending_rules(unit)
    lent = []
    for one in found:
        row: SubstitutionRow = one.SubstitutionRow
        roles = powers(substitution_of(row), chair_of(one), rules, day)
        if roles:
            lent.append(_lent(row, one, roles))
    return tuple(lent)


def chair_for(unit: Unit, role: str, unit_id: int, dossier: Any, instead_of: int | None = None) -> Assignment:
    """Return the chair by which the actor may act in `role` on a dossier: an own one, else a lent one.

    Args:
        dossier: Its row or record.
        instead_of: The person who has taken the step: then only what they have lent counts.

    Raises:
        RoleMissing: If there is neither.
    """
    own = unit.actor.holds(role, unit_id) if instead_of is None else None
    if own is not None:
        return own
    lent = lent_for(unit.actor.lent, role, unit_id, dossier.procedure_id, dossier.data, instead_of)
    if lent is not None:
        return lent.as_chair()
    where = units.get_unit(unit, unit_id).name_vi
    raise RoleMissing(f"the role {role}", "no chair, own or lent, gives it", role=role, where=where)


def may_act(unit: Unit, role: str, unit_id: int, dossier: Any) -> bool:
    """Say whether the actor may act in `role` on a dossier, by an own or a lent chair."""
    if unit.actor.is_system or unit.actor.holds(role, unit_id) is not None:
        return True
    return lent_for(unit.actor.lent, role, unit_id, dossier.procedure_id, dossier.data) is not None


def signing_capacity(
    unit: Unit, user_id: int, dossier_id: int, unit_id: int | None = None
) -> SigningCapacity:
    """Return how a person signs a document of a dossier today: lines to print, both names.

    Args:
        unit_id: The unit that issues the document; the competent one by default.

    Raises:
        NoSigningPower: If the person may not sign there at all.
    """
    dossier = unit.session.get_one(DossierRow, dossier_id)
    where, day = unit_id or dossier.competent_unit_id, local_day(unit.now)
    person = units.people_of(unit, [user_id]).get(user_id, "—")
    chairs = unit.session.execute(
        SEATS.add_columns(AssignmentRow.is_acting).where(AssignmentRow.user_id == user_id, *_held_on(day))
    ).all()
    own = next((one for one in chairs if SIGNING in one.roles and one.unit_id == where), None)
    if own is not None:
        return _own_capacity(unit, person, own, day)
    lent = lent_for(lent_to(unit, user_id, day), SIGNING, where, dossier.procedure_id, dossier.data)
    if lent is not None:
        return _lent_capacity(unit, person, chairs[0].title_vi if chairs else "", lent)
    raise NoSigningPower(
        "a signing role or an authority",
        "there is neither",
        person=person,
        where=units.get_unit(unit, where).name_vi,
    )


def signer_for(unit: Unit, dossier_id: int) -> Signer:
    """Return how a paper names the actor who signs it; nobody where the system acts.

    Raises:
        NoSigningPower: If the actor may not sign.
    """
    if unit.actor.user_id is None:
        return Signer(name="")
    found = signing_capacity(unit, unit.actor.user_id, dossier_id)
    return Signer(name=found.signer, lines=found.lines, signed_at=unit.now)


def lending_rules(unit: Unit) -> dict[str, LendingRule]:
    return {
        row.role: LendingRule(role=row.role, how=row.how, source=row.source)  # type: ignore[arg-type]
        for row in unit.session.scalars(select(LendingRuleRow))
    }


def chairs_of(unit: Unit, user_id: int) -> list[Chair]:
    """Return every chair that a person holds, held or will hold."""
    rows = unit.session.execute(SEATS.where(AssignmentRow.user_id == user_id).order_by(AssignmentRow.id))
    return [chair_of(one) for one in rows]


def chair_of(row: Any) -> Chair:
    return Chair(
        assignment_id=row.assignment_id,
        user_id=row.user_id,
        unit_id=row.unit_id,
        rank=row.rank,
        roles=frozenset(row.roles),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def substitution_of(row: SubstitutionRow) -> Substitution:
    return Substitution(
        giver_id=row.giver_id,
        taker_id=row.taker_id,
        chair_id=row.assignment_id,
        unit_id=row.unit_id,
        roles=frozenset(row.roles),
        procedures=frozenset(row.procedures),
        limits=row.limits,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        form=row.form,
        has_decision=bool(row.decision_no and row.decision_on),
        is_revoked=row.revoked_at is not None,
    )


SEATS = (
    select(
        AssignmentRow.id.label("assignment_id"),
        AssignmentRow.user_id,
        AssignmentRow.starts_on,
        AssignmentRow.ends_on,
        PositionRow.unit_id,
        PositionRow.roles,
        PositionRow.title_vi,
        UnitRow.name_vi.label("unit_name"),
        LevelRow.rank,
        UserRow.full_name,
    )
    .join(UserRow, UserRow.id == AssignmentRow.user_id)
    .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
    .join(UnitRow, UnitRow.id == PositionRow.unit_id)
    .join(LevelRow, LevelRow.code == UnitRow.level_code)
)
"""Chairs with their holders, of any time; narrowed by whoever asks."""


def _held_on(day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        AssignmentRow.starts_on <= day,
        or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= day),
        or_(PositionRow.effective_to.is_(None), PositionRow.effective_to >= day),
        or_(UnitRow.effective_to.is_(None), UnitRow.effective_to >= day),
    )


def _lent(row: SubstitutionRow, chair: Any, roles: frozenset[str]) -> Lent:
    return Lent(
        substitution_id=row.id,
        giver_id=row.giver_id,
        giver_name=chair.full_name,
        assignment_id=row.assignment_id,
        unit_id=chair.unit_id,
        unit_name=chair.unit_name,
        title=chair.title_vi,
        roles=roles,
        procedures=frozenset(row.procedures),
        limits=row.limits,
        form=row.form,
    )


def _own_capacity(unit: Unit, person: str, chair: Any, day: date) -> SigningCapacity:
    """A deputy signs for the head by the chair itself; the head is named where one sits."""
    title = chair.title_vi
    if not is_deputy(title):
        return capacity(person, title, is_acting=chair.is_acting)
    head = unit.session.execute(
        select(UserRow.full_name, PositionRow.title_vi)
        .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
        .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
        .join(UnitRow, UnitRow.id == PositionRow.unit_id)
        .where(
            PositionRow.unit_id == chair.unit_id, PositionRow.title_vi == head_title(title), *_held_on(day)
        )
        .order_by(AssignmentRow.id)
    ).first()
    return capacity(
        person,
        title,
        form="KT",
        principal=head.full_name if head else "",
        principal_title=head_title(title),
    )


def _lent_capacity(unit: Unit, person: str, title: str, lent: Lent) -> SigningCapacity:
    row = unit.session.get_one(SubstitutionRow, lent.substitution_id)
    decided = f"{row.decision_no} ngày {say_date(row.decision_on)}" if row.decision_on else row.decision_no
    return capacity(
        person,
        title,
        form=lent.form,
        principal=lent.giver_name,
        principal_title=lent.title,
        substitution_id=lent.substitution_id,
        authority=decided,
    )
