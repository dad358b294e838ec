"""The procedures of the demo province: the shipped set, imported and published by the people who do that.

IT staff import, the author submits, the head of the unit approves, the province approves and publishes: the
same way, and the same checks, as in an office.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from bpmn_library.imports import import_set
from bpmn_library.preview import Choices
from bpmn_library.sets import shipped_set
from designer.review import Decision, approve, publish, submit
from engine.domain.access import SYSTEM, Actor
from engine.domain.calendar import local_day
from engine.runtime import Engine
from engine.store.rows import UserRow
from engine.store.work import Unit
from engine.usecases.accounts import load_actor

SET = "mot-cua-co-ban"
OWNERS = {"P03": "sxd", "P07": "stp"}
PARTICIPANTS = {"fire_police": "pc07", "culture_department": "svhttdl", "military_command": "bchqs"}
IT_STAFF = "vinh.dq"
AUTHORS = {"P03": "thao.np", "P07": "nga.tt"}
HEADS = {"P03": "tuan.pm", "P07": "binh.lc"}
PROVINCE = "lan.dt"
DECISIONS = {"P03": "1201/QĐ-UBND", "P07": "1202/QĐ-UBND"}


def publish_procedures(engine: Engine) -> None:
    """Import the shipped set and publish what the province works with, in force from today."""
    with acting(engine, IT_STAFF) as unit:
        done = import_set(unit, shipped_set(SET), Choices(participants=PARTICIPANTS, owners=OWNERS))
    revisions = {one.key: one.revision_id for one in done.installed}
    for key, revision in revisions.items():
        with acting(engine, AUTHORS[key]) as unit:
            submit(unit, revision, "Nhập từ bộ thủ tục chuẩn")
        for approver in (HEADS[key], PROVINCE):
            with acting(engine, approver) as unit:
                approve(unit, revision)
        with acting(engine, PROVINCE) as unit:
            today = local_day(unit.now)
            decision = Decision(number=DECISIONS[key], signed_on=today, signer="Huỳnh Văn Hải")
            publish(unit, revision, today, decision)


@contextmanager
def acting(engine: Engine, login: str) -> Iterator[Unit]:
    """Open a unit of work of one demo user."""
    with engine.unit(person(engine, login)) as unit:
        yield unit


def person(engine: Engine, login: str) -> Actor:
    """Return a demo user with the chairs of the engine's day."""
    with engine.reading(SYSTEM) as unit:
        user_id = unit.session.scalars(select(UserRow.id).where(UserRow.login == login)).one()
        return load_actor(unit, user_id)
