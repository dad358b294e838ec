"""Offices, chairs and who sits on them: dated facts, written by IT staff, never deleted.

A unit is closed by its last day. Whoever continues its work is written beside it, so that old slips and
registers keep the old name and open dossiers find their way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select, update

from engine.domain.access import check_holds
from engine.domain.organisation import UnitFacts, check_open
from engine.domain.texts import Text
from engine.errors import Invalid, NotFound, Refused
from engine.store import units
from engine.store.rows import AssignmentRow, LevelRow, PositionRow, RoleRow, SuccessionRow, UnitRow, UserRow
from engine.store.work import Unit
from engine.usecases.audit import record

ADMIN = "IT_ADMIN"
RELATIONS = ("merge", "split", "rename", "abolish", "transfer_function")


class CodeTaken(Refused):
    code = "code_taken"
    vi = "Mã “{taken}” đã được dùng. Hãy chọn mã khác."
    en = "The code “{taken}” is in use. Choose another one."


class DatesReversed(Invalid):
    code = "dates_reversed"
    vi = "Ngày kết thúc {ends} sớm hơn ngày bắt đầu {starts}."
    en = "The end {ends} is before the beginning {starts}."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """What it takes to open an office."""

    code: str
    identity_code: str
    name: Text
    kind: str
    level_code: str
    effective_from: date
    parent_id: int | None = None
    short_name: str = ""
    legal_basis: str = ""
    address: str = ""
    phone: str = ""
    geo_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """Who continues the work of a closed unit, and in what way."""

    unit_id: int | None
    relation: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNode:
    """An office with the offices below it, as they were on one day."""

    id: int
    code: str
    name: Text
    kind: str
    level: str
    children: tuple[UnitNode, ...] = ()


def create_unit(unit: Unit, new: NewUnit) -> int:
    """Open an office and return its id.

    Raises:
        RoleMissing: If the actor is not IT staff.
        CodeTaken: If the code is in use.
        NotFound: If there is no such level or parent.
        UnitClosed: If the parent does not work on the first day.
    """
    check_holds(unit.actor, ADMIN)
    if unit.session.scalar(select(UnitRow.id).where(UnitRow.code == new.code)) is not None:
        raise CodeTaken("a new code", f"{new.code} exists", taken=new.code)
    if unit.session.get(LevelRow, new.level_code) is None:
        raise NotFound("a level", f"there is none called {new.level_code}", what=new.level_code)
    if new.parent_id is not None:
        check_open(unit_facts(unit, new.parent_id), new.effective_from)
    row = UnitRow(
        code=new.code,
        identity_code=new.identity_code,
        name_vi=new.name.vi,
        name_en=new.name.en,
        short_name=new.short_name,
        kind=new.kind,
        level_code=new.level_code,
        parent_id=new.parent_id,
        effective_from=new.effective_from,
        legal_basis=new.legal_basis,
        address=new.address,
        phone=new.phone,
        geo_code=new.geo_code,
    )
    unit.session.add(row)
    unit.session.flush()
    record(unit, f"unit:{row.id}", "unit.created", {"code": new.code, "from": new.effective_from})
    return row.id


def close_unit(unit: Unit, unit_id: int, last_day: date, successors: Sequence[Successor]) -> None:
    """Close an office after `last_day`; its chairs and their holders end with it.

    Raises:
        RoleMissing: If the actor is not IT staff.
        UnitClosed: If it was closed before.
        DatesReversed: If it would close before it opened.
        Invalid: If a relation is none of `RELATIONS`.
    """
    check_holds(unit.actor, ADMIN)
    row = _unit_row(unit, unit_id)
    check_open(unit_facts(unit, unit_id), last_day)
    _check_order(row.effective_from, last_day)
    for successor in successors:
        if successor.relation not in RELATIONS:
            raise Invalid(f"one of {', '.join(RELATIONS)}", f"{successor.relation} was given")
    row.effective_to = last_day
    chairs = unit.session.scalars(select(PositionRow.id).where(PositionRow.unit_id == unit_id)).all()
    _end_chairs(unit, chairs, last_day)
    for successor in successors:
        unit.session.add(
            SuccessionRow(
                old_unit_id=unit_id,
                new_unit_id=successor.unit_id,
                relation=successor.relation,
                effective_on=last_day + timedelta(days=1),
                note=successor.note,
            )
        )
    record(unit, f"unit:{unit_id}", "unit.closed", {"last_day": last_day})


def create_position(
    unit: Unit, unit_id: int, code: str, title: Text, roles: Iterable[str], effective_from: date
) -> int:
    """Set up a chair in an office, with the roles that come with it; return its id.

    Raises:
        RoleMissing, CodeTaken, UnitClosed: See `create_unit`.
        NotFound: If a role does not exist.
    """
    check_holds(unit.actor, ADMIN)
    check_open(unit_facts(unit, unit_id), effective_from)
    if unit.session.scalar(select(PositionRow.id).where(PositionRow.code == code)) is not None:
        raise CodeTaken("a new code", f"{code} exists", taken=code)
    wanted = sorted(set(roles))
    known = set(unit.session.scalars(select(RoleRow.code).where(RoleRow.code.in_(wanted))))
    if missing := [role for role in wanted if role not in known]:
        raise NotFound("a role", f"there is none called {missing[0]}", what=missing[0])
    row = PositionRow(
        code=code,
        unit_id=unit_id,
        title_vi=title.vi,
        title_en=title.en,
        roles=wanted,
        effective_from=effective_from,
    )
    unit.session.add(row)
    unit.session.flush()
    record(unit, f"unit:{unit_id}", "position.created", {"position": row.id, "roles": wanted})
    return row.id


def assign(
    unit: Unit,
    user_id: int,
    position_id: int,
    starts_on: date,
    ends_on: date | None = None,
    *,
    is_acting: bool = False,
    delegated_by: int | None = None,
) -> int:
    """Put a person on a chair between two days, both included; return the assignment's id.

    Raises:
        RoleMissing: If the actor is not IT staff.
        NotFound: If there is no such person or chair.
        DatesReversed: If it would end before it begins.
        UnitClosed: If the office does not work on the first day.
    """
    check_holds(unit.actor, ADMIN)
    position = unit.session.get(PositionRow, position_id)
    if position is None or unit.session.get(UserRow, user_id) is None:
        raise NotFound("a person and a chair", "one of them does not exist", what=f"{user_id}/{position_id}")
    _check_order(starts_on, ends_on)
    check_open(unit_facts(unit, position.unit_id), starts_on)
    row = AssignmentRow(
        user_id=user_id,
        position_id=position_id,
        starts_on=starts_on,
        ends_on=ends_on,
        is_acting=is_acting,
        delegated_by=delegated_by,
    )
    unit.session.add(row)
    unit.session.flush()
    record(unit, f"account:{user_id}", "assignment.created", {"assignment": row.id, "position": position_id})
    return row.id


def end_assignment(unit: Unit, assignment_id: int, ends_on: date) -> None:
    """Let a person leave a chair after `ends_on`, the last day."""
    check_holds(unit.actor, ADMIN)
    row = unit.session.get(AssignmentRow, assignment_id)
    if row is None:
        raise NotFound("an assignment", "there is none", what=assignment_id)
    _check_order(row.starts_on, ends_on)
    row.ends_on = ends_on
    record(unit, f"account:{row.user_id}", "assignment.ended", {"assignment": row.id, "on": ends_on})


def unit_facts(unit: Unit, unit_id: int) -> UnitFacts:
    """Return what rules need to know of an office."""
    row = _unit_row(unit, unit_id)
    return UnitFacts(
        id=row.id, name=row.name_vi, effective_from=row.effective_from, effective_to=row.effective_to
    )


def check_unit_open(unit: Unit, unit_id: int, day: date) -> None:
    """Raise UnitClosed, naming who continues, if the office does not work on `day`."""
    facts = units.facts(units.get_unit(unit, unit_id))
    if not facts.is_open(day):
        names = unit.session.scalars(
            select(UnitRow.name_vi)
            .join(SuccessionRow, SuccessionRow.new_unit_id == UnitRow.id)
            .where(SuccessionRow.old_unit_id == unit_id)
            .order_by(SuccessionRow.id)
        )
        check_open(facts, day, successor=", ".join(names))


def unit_tree(unit: Unit, on: date) -> tuple[UnitNode, ...]:
    """Return the offices as they were on `on`; those whose superior was closed stand at the top."""
    rows = unit.session.scalars(
        select(UnitRow)
        .where(UnitRow.effective_from <= on, or_(UnitRow.effective_to.is_(None), UnitRow.effective_to >= on))
        .order_by(UnitRow.id)
    ).all()
    present = {row.id for row in rows}
    below: dict[int | None, list[UnitRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in present else None, []).append(row)
    return _branches(below, None)


def subtree(unit: Unit, unit_id: int) -> frozenset[int]:
    """Return the ids of an office and of all offices below it, closed ones included."""
    top = select(UnitRow.id).where(UnitRow.id == unit_id).cte("below", recursive=True)
    below = top.union(select(UnitRow.id).join(top, UnitRow.parent_id == top.c.id))
    return frozenset(unit.session.scalars(select(below.c.id)))


def _branches(below: dict[int | None, list[UnitRow]], parent: int | None) -> tuple[UnitNode, ...]:
    return tuple(
        UnitNode(
            id=row.id,
            code=row.code,
            name=Text(row.name_vi, row.name_en),
            kind=row.kind,
            level=row.level_code,
            children=_branches(below, row.id),
        )
        for row in below.get(parent, ())
    )


def _end_chairs(unit: Unit, chairs: Sequence[int], last_day: date) -> None:
    for table, of_chairs, end in (
        (PositionRow, PositionRow.id.in_(chairs), PositionRow.effective_to),
        (AssignmentRow, AssignmentRow.position_id.in_(chairs), AssignmentRow.ends_on),
    ):
        unit.session.execute(
            update(table).where(of_chairs, or_(end.is_(None), end > last_day)).values({end: last_day})
        )


def _unit_row(unit: Unit, unit_id: int) -> UnitRow:
    row = unit.session.get(UnitRow, unit_id)
    if row is None:
        raise NotFound("an office", f"there is no number {unit_id}", what=f"đơn vị {unit_id}")
    return row


def _check_order(starts: date, ends: date | None) -> None:
    if ends is not None and ends < starts:
        raise DatesReversed(
            "an end after the beginning",
            "it is before",
            starts=f"{starts:%d/%m/%Y}",
            ends=f"{ends:%d/%m/%Y}",
        )
