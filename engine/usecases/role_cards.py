"""The card of a role: what whoever holds it does, step by step, as the procedures in force say today."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.bpmn.steps import StepSpec
from engine.domain.calendar import local_day
from engine.domain.texts import Text
from engine.domain.timewords import say_minutes
from engine.errors import NotFound
from engine.store.rows import RoleRow
from engine.store.work import Unit
from engine.usecases.procedures import definition_of, find_procedure, list_procedures, revision_in_force

MOST_PROCEDURES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStep:
    """A step: its name, the time for it, its buttons, and the first thing to do."""

    name: Text
    time: Text
    outcomes: tuple[Text, ...]
    first: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CardProcedure:
    key: str
    name: Text
    steps: tuple[CardStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCard:
    """What fits on a page.

    Attributes:
        more: Procedures with work for the role that found no room.
    """

    code: str
    name: Text
    procedures: tuple[CardProcedure, ...]
    more: int


def my_roles(unit: Unit) -> tuple[tuple[str, Text], ...]:
    """Return the roles that the actor holds, with their names."""
    found = unit.session.scalars(select(RoleRow).where(RoleRow.code.in_(unit.actor.roles)))
    return tuple((one.code, Text(one.name_vi, one.name_en)) for one in found)


def role_card(unit: Unit, code: str) -> RoleCard:
    """Return the card of a role.

    Raises:
        NotFound: If there is no such role.
    """
    role = unit.session.get(RoleRow, code)
    if role is None:
        raise NotFound("the role to exist", "there is none", what="vai trò")
    found = []
    for line in list_procedures(unit):
        procedure = find_procedure(unit, line.key)
        revision = revision_in_force(unit, procedure.id, local_day(unit.now))
        definition = definition_of(unit, revision.definition_hash)
        steps = tuple(_step(one) for one in definition.steps.values() if one.role == code)
        if steps:
            found.append(CardProcedure(key=line.key, name=line.name, steps=steps))
    return RoleCard(
        code=code,
        name=Text(role.name_vi, role.name_en),
        procedures=tuple(found[:MOST_PROCEDURES]),
        more=max(0, len(found) - MOST_PROCEDURES),
    )


def _step(spec: StepSpec) -> CardStep:
    return CardStep(
        name=spec.name or Text(spec.id),
        time=say_minutes(spec.minutes) if spec.minutes is not None else Text(""),
        outcomes=tuple(one.name for one in spec.outcomes),
        first=spec.todo[0] if spec.todo else Text(""),
    )
