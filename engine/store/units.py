"""Units and people as the steps need them: who continues a closed unit, who holds a role, what lies below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, and_, bindparam, or_, select

from engine.domain.access import RoleMissing
from engine.domain.organisation import UnitFacts
from engine.errors import NotFound
from engine.store.offices import keep, kept_offices
from engine.store.rows import AssignmentRow, CompetenceRow, PositionRow, SuccessionRow, UnitRow, UserRow
from engine.store.work import Unit

MOST_HOPS = 20  # a succession longer than this is a circle

_DAY = bindparam("day", type_=Date)
_HELD = (  # the roles of the chairs that active people hold on a day
    select(PositionRow.roles)
    .join(AssignmentRow, AssignmentRow.position_id == PositionRow.id)
    .join(UserRow, UserRow.id == AssignmentRow.user_id)
    .where(
        PositionRow.effective_from <= _DAY,
        or_(PositionRow.effective_to.is_(None), PositionRow.effective_to >= _DAY),
        AssignmentRow.starts_on <= _DAY,
        or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= _DAY),
        UserRow.is_active,
    )
)
_SEATED = (
    select(UserRow.id, UserRow.login, UserRow.full_name)
    .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
    .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
    .where(
        PositionRow.unit_id == bindparam("unit"),
        UserRow.is_active,
        AssignmentRow.starts_on <= _DAY,
        or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= _DAY),
    )
    .distinct()
)
_HELD_THERE = _HELD.add_columns(PositionRow.unit_id).where(
    PositionRow.unit_id.in_(bindparam("units", expanding=True))
)
_HOLDERS = (
    _HELD.with_only_columns(UserRow.full_name, PositionRow.roles)
    .where(PositionRow.unit_id == bindparam("unit"))
    .order_by(UserRow.full_name)
)


class Office(NamedTuple):
    """A unit as rules and expressions read it, shared by all commands."""

    id: int
    code: str
    name_vi: str
    name_en: str
    kind: str
    level_code: str
    parent_id: int | None
    address: str
    phone: str
    effective_from: date
    effective_to: date | None
    identity_code: str
    geo_code: str


def get_unit(unit: Unit, unit_id: int) -> UnitRow | Office:
    """Return a unit, from memory where that may answer, else from its row, read once in a command."""
    offices = kept_offices(unit)
    if offices is not None and unit_id in offices.units:
        return offices.units[unit_id]
    row = unit.session.get(UnitRow, unit_id)
    if row is None:
        raise NotFound("the unit to exist", "there is none", what="đơn vị")
    if offices is not None:
        keep(offices.units, unit_id, _office(row))
    unit.info.setdefault("units", {})[unit_id] = row  # the session itself would forget it at once
    return row


def unit_by_code(unit: Unit, code: str) -> UnitRow | Office | None:
    offices = kept_offices(unit)
    if offices is not None and code in offices.codes:
        return offices.codes[code]
    row = unit.session.scalars(select(UnitRow).where(UnitRow.code == code)).one_or_none()
    if offices is not None and row is not None:
        keep(offices.codes, code, _office(row))
    return row


def names_of(unit: Unit, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of units by id, in one statement."""
    wanted = {one for one in ids if one is not None}
    offices = kept_offices(unit)
    known = {one: offices.names[one] for one in wanted if one in offices.names} if offices else {}
    if missing := wanted - known.keys():
        found = unit.session.execute(select(UnitRow.id, UnitRow.name_vi).where(UnitRow.id.in_(missing))).all()
        known |= dict(found)
        if offices is not None:
            for unit_id, name in found:
                keep(offices.names, unit_id, name)
    return known


def people_of(unit: Unit, ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of users by id, in one statement, or from memory where that may answer."""
    wanted = {one for one in ids if one is not None}
    offices = kept_offices(unit)
    known = {one: offices.people[one] for one in wanted if one in offices.people} if offices else {}
    if missing := wanted - known.keys():
        asked = select(UserRow.id, UserRow.full_name).where(UserRow.id.in_(missing))
        for user_id, name in unit.session.execute(asked):
            known[user_id] = name
            if offices is not None:
                keep(offices.people, user_id, name)
    return known


def colleagues_in(unit: Unit, unit_id: int, day: date) -> tuple[tuple[str, int, str], ...]:
    """Return name, id and login of the active people who hold a chair in a unit on `day`, by name."""
    offices, asked = kept_offices(unit), (unit_id, day)
    if offices is not None and asked in offices.colleagues:
        return offices.colleagues[asked]
    rows = unit.session.execute(_SEATED, {"unit": unit_id, "day": day})
    found = tuple(sorted((name, user_id, login) for user_id, login, name in rows))
    if offices is not None:
        keep(offices.colleagues, asked, found)
    return found


def facts(row: UnitRow | Office) -> UnitFacts:
    return UnitFacts(
        id=row.id, name=row.name_vi, effective_from=row.effective_from, effective_to=row.effective_to
    )


def successor(unit: Unit, row: UnitRow | Office, day: date, procedure_id: int) -> UnitRow | Office | None:
    """Return the open unit that continues the work of `row` on `day`: itself, an heir's heir, or None.

    Where the work of one unit was split among several, the one that now decides this procedure continues.
    """
    for _ in range(MOST_HOPS):
        if facts(row).is_open(day):
            return row
        heirs = unit.session.execute(
            select(SuccessionRow.new_unit_id, CompetenceRow.id)
            .outerjoin(
                CompetenceRow,
                and_(
                    CompetenceRow.unit_id == SuccessionRow.new_unit_id,
                    CompetenceRow.procedure_id == procedure_id,
                    CompetenceRow.effective_from <= day,
                    or_(CompetenceRow.effective_to.is_(None), CompetenceRow.effective_to >= day),
                ),
            )
            .where(
                SuccessionRow.old_unit_id == row.id,
                SuccessionRow.new_unit_id.is_not(None),
                SuccessionRow.effective_on <= day,
            )
            .order_by(SuccessionRow.effective_on.desc(), SuccessionRow.id)
        ).all()
        if not heirs:
            return None
        heir = next((one.new_unit_id for one in heirs if one.id), heirs[0].new_unit_id)
        row = get_unit(unit, heir)
    return None


def held_roles(unit: Unit, unit_ids: Iterable[int], day: date) -> dict[int, frozenset[str]]:
    """Return, for each unit, the roles that somebody active holds there on `day`."""
    offices = kept_offices(unit)
    wanted = set(unit_ids)
    if offices is None:
        return _ask_held_roles(unit, wanted, day)
    found = {one: offices.roles[one, day] for one in wanted if (one, day) in offices.roles}
    if missing := wanted - found.keys():
        for unit_id, roles in _ask_held_roles(unit, missing, day).items():
            found[unit_id] = roles
            keep(offices.roles, (unit_id, day), roles)
    return found


def holders(unit: Unit, unit_id: int, role: str, day: date) -> tuple[str, ...]:
    """Return the names of those who hold a role in a unit on `day`, in order of their names."""
    found = unit.session.execute(_HOLDERS, {"day": day, "unit": unit_id})
    return tuple(dict.fromkeys(name for name, roles in found if role in roles))


def check_holder(unit: Unit, user_id: int, role: str, unit_id: int, day: date) -> None:
    """Check that a person holds a role in a unit on `day`.

    Raises:
        RoleMissing: If none of their assignments gives it.
    """
    rows = unit.session.scalars(
        _HELD.where(AssignmentRow.user_id == user_id, PositionRow.unit_id == unit_id), {"day": day}
    )
    if not any(role in roles for roles in rows):
        where = get_unit(unit, unit_id).name_vi
        raise RoleMissing(f"the role {role}", "no assignment of the person gives it", role=role, where=where)


def below(unit: Unit, roots: Iterable[int]) -> frozenset[int]:
    """Return the units at and below `roots`, whatever their dates."""
    return _reach(roots, _ways(unit, "below", select(UnitRow.parent_id, UnitRow.id)))


def with_predecessors(unit: Unit, unit_ids: Iterable[int]) -> frozenset[int]:
    """Return the units and those whose work they continue: their old dossiers are theirs now."""
    continued = select(SuccessionRow.new_unit_id, SuccessionRow.old_unit_id)
    return _reach(unit_ids, _ways(unit, "before", continued.where(SuccessionRow.new_unit_id.is_not(None))))


def _ask_held_roles(unit: Unit, unit_ids: Iterable[int], day: date) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {one: set() for one in unit_ids}
    for roles, unit_id in unit.session.execute(_HELD_THERE, {"day": day, "units": list(found)}):
        found[unit_id].update(roles)
    return {unit_id: frozenset(roles) for unit_id, roles in found.items()}


def _ways(unit: Unit, name: str, pairs: Select[Any]) -> Mapping[int | None, list[int]]:
    """Return whither one comes from each unit, from memory where that may answer."""
    offices = kept_offices(unit)
    if offices is not None and name in offices.ways:
        return offices.ways[name]
    ways: dict[int | None, list[int]] = {}
    for here, there in unit.session.execute(pairs):
        ways.setdefault(here, []).append(there)
    if offices is not None:
        offices.ways[name] = ways
    return ways


def _office(row: UnitRow) -> Office:
    return Office(*(getattr(row, name) for name in Office._fields))


def _reach(roots: Iterable[int], ways: Mapping[int | None, list[int]]) -> frozenset[int]:
    found: set[int] = set()
    ahead = list(roots)
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead.extend(ways.get(one, ()))
    return frozenset(found)
