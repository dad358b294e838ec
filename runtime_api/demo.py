"""The demo province: offices, people, calendar and procedures from `examples/demo_province`.

Everything is invented but the shape. The people share one password, so nothing here may ever serve an office.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from engine.domain.access import SYSTEM
from engine.domain.calendar import local_day
from engine.domain.notifications import Choice
from engine.runtime import Engine
from engine.store.rows import (
    AssignmentRow,
    CompetenceRow,
    LevelRow,
    PositionRow,
    ProcedureRow,
    RoleRow,
    SuccessionRow,
    UnitRow,
    UserRow,
)
from engine.store.work import Unit
from engine.usecases.notifications import write_choice
from engine.usecases.passwords import hash_password
from runtime_api.demo_procedures import publish_procedures
from runtime_api.national_calendar import add_national_calendar

PROVINCE = Path(__file__).parents[1] / "examples" / "demo_province"
PASSWORD = "motcua-demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One demo user for the tables of the sign-in page and the command line."""

    login: str
    name: str
    title: str
    unit: str
    roles: tuple[str, ...]


def load_province(engine: Engine) -> None:
    """Fill an empty database with the province and its published procedures, but no dossiers."""
    organisation = _read("organisation.json")
    with engine.unit(SYSTEM) as unit:
        units = _add_units(unit, organisation)
        _add_people(unit, organisation, units)
        add_national_calendar(unit)
    publish_procedures(engine)
    with engine.unit(SYSTEM) as unit:
        _add_competence(unit)


def people(unit: Unit) -> list[Person]:
    """Return who can be signed in as today, in the order of the offices."""
    today = local_day(unit.now)
    rows = unit.session.execute(
        select(UserRow.login, UserRow.full_name, PositionRow.title_vi, PositionRow.roles, UnitRow.name_vi)
        .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
        .join(PositionRow, AssignmentRow.position_id == PositionRow.id)
        .join(UnitRow, PositionRow.unit_id == UnitRow.id)
        .where(
            AssignmentRow.starts_on <= today,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= today),
        )
        .order_by(UnitRow.id, PositionRow.id)
    )
    return [
        Person(login=login, name=name, title=title, unit=office, roles=tuple(roles))
        for login, name, title, roles, office in rows
    ]


def _read(name: str) -> dict[str, Any]:
    return json.loads((PROVINCE / name).read_text(encoding="utf-8"))


def _dated(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the ISO days of a JSON object into dates; everything else stays as it is."""
    names = ("effective_from", "effective_to", "starts_on", "ends_on", "active_from", "active_to")
    names += ("effective_on",)
    return {
        name: date.fromisoformat(value) if name in names and value else value for name, value in facts.items()
    }


def _add_units(unit: Unit, organisation: Mapping[str, Any]) -> dict[str, UnitRow]:
    unit.session.add_all(LevelRow(**_dated(level)) for level in organisation["levels"])
    unit.session.add_all(RoleRow(**role) for role in organisation["roles"])
    unit.session.flush()
    units: dict[str, UnitRow] = {}
    for facts in organisation["units"]:
        parent = units.get(facts["parent"] or "")
        values = {name: value for name, value in _dated(facts).items() if name != "parent"}
        row = UnitRow(**values, parent_id=parent.id if parent else None)
        unit.session.add(row)
        unit.session.flush()
        units[row.code] = row
    for facts in organisation["succession"]:
        new = units.get(facts["new"] or "")
        unit.session.add(
            SuccessionRow(
                old_unit_id=units[facts["old"]].id,
                new_unit_id=new.id if new else None,
                relation=facts["relation"],
                effective_on=date.fromisoformat(facts["effective_on"]),
                note=facts["note"],
            )
        )
    return units


def _add_people(unit: Unit, organisation: Mapping[str, Any], units: Mapping[str, UnitRow]) -> None:
    password = hash_password(PASSWORD)
    users = {
        facts["login"]: UserRow(**facts, password_hash=password, created_at=unit.now)
        for facts in organisation["users"]
    }
    positions = {}
    for facts in organisation["positions"]:
        values = {name: value for name, value in _dated(facts).items() if name != "unit"}
        positions[facts["code"]] = PositionRow(**values, unit_id=units[facts["unit"]].id)
    unit.session.add_all([*users.values(), *positions.values()])
    unit.session.flush()
    for user in users.values():
        write_choice(unit, user.id, Choice())
    for facts in map(_dated, organisation["assignments"]):
        delegator = users.get(facts["delegated_by"] or "")
        unit.session.add(
            AssignmentRow(
                user_id=users[facts["user"]].id,
                position_id=positions[facts["position"]].id,
                starts_on=facts["starts_on"],
                ends_on=facts["ends_on"],
                is_acting=facts["is_acting"],
                delegated_by=delegator.id if delegator else None,
            )
        )


def _add_competence(unit: Unit) -> None:
    procedures = {row.key: row.id for row in unit.session.execute(select(ProcedureRow.key, ProcedureRow.id))}
    units = {row.code: row.id for row in unit.session.execute(select(UnitRow.code, UnitRow.id))}
    for facts in map(_dated, _read("competence.json")["competence"]):
        if facts["procedure"] in procedures:
            unit.session.add(
                CompetenceRow(
                    procedure_id=procedures[facts["procedure"]],
                    unit_id=units[facts["unit"]],
                    geo_code=facts["geo_code"],
                    effective_from=facts["effective_from"],
                    effective_to=facts["effective_to"],
                )
            )
