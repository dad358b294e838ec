"""The demo province at work: people who act, and dossiers that are taken through their steps.

A scenario reads like the office's own story: `office.receive(...)`, `office.do("T3", "pass", ...)`. Who does
a step is looked up from the step's role and unit, as the worklist would show it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.domain.access import SYSTEM, Actor
from engine.domain.calendar import ZONE, local_day
from engine.domain.texts import fold
from engine.runtime import Engine
from engine.store.rows import (
    AssignmentRow,
    Base,
    CompetenceRow,
    DefinitionRow,
    DossierRow,
    PositionRow,
    ProcedureRow,
    RevisionRow,
    UnitRow,
    UserRow,
    WorkItemRow,
)
from engine.store.work import Unit
from engine.usecases.accounts import load_actor
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.hand_overs import HandOver
from engine.usecases.reception import Applicant, ReceivedComponent
from engine.usecases.tasks import Completed, complete_task
from engine.usecases.timers import fire_due_timers

SET = Path(__file__).parents[2] / "bpmn_library" / "sets" / "mot-cua-co-ban"
COMPETENCE = Path(__file__).parents[2] / "examples" / "demo_province" / "competence.json"
PARTICIPANTS = {"fire_police": "pc07", "culture_department": "svhttdl", "military_command": "bchqs"}

PERMIT = {
    "work_type": "detached_house",
    "work_class": "IV",
    "on_fire_list": "0",
    "parcel_no": "128",
    "map_sheet": "14",
    "parcel_area": "200",
    "parcel_address": "ấp 4, xã Năm Căn",
    "build_area": "92,5",
    "total_floor": "185",
    "height": "7,8",
    "storeys": "2",
    "consent": "1",
}
PERMIT_PAPERS = tuple(ReceivedComponent(code=code) for code in ("C1", "C2", "C3"))
APPLICANT = Applicant(
    name="Nguyễn Văn Á", id_no="096090001234", phone="0912345678", address="ấp 4, xã Năm Căn, tỉnh Cà Mau"
)

TAKEN = HandOver(
    method="counter", checked_by="id_card", recipient_name=APPLICANT.name, recipient_id_no=APPLICANT.id_no
)


@dataclass
class Office:
    """The province with a clock that can be set, and the people in it."""

    engine: Engine
    clock: Any

    @contextmanager
    def unit(self, login: str | None) -> Iterator[Unit]:
        with self.engine.unit(self.actor(login)) as unit:
            yield unit

    @contextmanager
    def reading(self, login: str | None) -> Iterator[Unit]:
        with self.engine.reading(self.actor(login)) as unit:
            yield unit

    def actor(self, login: str | None) -> Actor:
        if login is None:
            return SYSTEM
        with self.engine.reading(SYSTEM) as unit:
            user_id = unit.session.scalars(select(UserRow.id).where(UserRow.login == login)).one()
            return load_actor(unit, user_id)

    def unit_id(self, code: str) -> int:
        with self.engine.reading(SYSTEM) as unit:
            return unit.session.scalars(select(UnitRow.id).where(UnitRow.code == code)).one()

    def at(self, moment: str) -> None:
        """Set the clock: "2026-11-23 09:10", local."""
        self.clock.set(datetime.fromisoformat(moment).replace(tzinfo=ZONE))

    def receive(self, login: str, key: str, place: str, data: Mapping[str, Any], **more: Any) -> int:
        reception = Reception(
            procedure_key=key,
            receiving_unit_id=self.unit_id(place),
            applicant=more.pop("applicant", APPLICANT),
            data=data,
            **more,
        )
        with self.unit(login) as unit:
            return receive_dossier(unit, reception).dossier_id

    def redraw(self, xml: bytes | None = None, **content: Any) -> None:
        """Put another revision of P03 in force, with another diagram or other contents."""
        with self.unit(None) as unit:
            row = unit.session.scalars(select(ProcedureRow).where(ProcedureRow.key == "P03")).one()
            last = unit.session.scalars(
                select(RevisionRow)
                .where(RevisionRow.procedure_id == row.id)
                .order_by(RevisionRow.number.desc())
            ).first()
            add_revision(unit, row, xml or last.definition.xml, {**last.content, **content}, last.number + 1)

    def permit(self, **answers: str) -> int:
        """Receive a permit dossier at the provincial centre."""
        papers = list(PERMIT_PAPERS)
        if answers.get("on_fire_list") == "1":
            papers.append(ReceivedComponent(code="C5"))
        if answers.get("heritage_zone") == "1":
            papers.append(ReceivedComponent(code="C7"))
        return self.receive("mai.lt", "P03", "ttpvhcc", {**PERMIT, **answers}, components=papers)

    def do(self, dossier: int, node: str, outcome: str = "", reason: str = "", **raw: Any) -> Completed:
        """Finish the open step `node` of a dossier, by somebody who may."""
        task = self.task(dossier, node)
        with self.unit(self.who(task)) as unit:
            is_back = unit.session.get_one(WorkItemRow, task).kind == "return_result"
            taken = TAKEN if is_back else None
            return complete_task(unit, task, outcome=outcome, reason=reason, raw=raw, hand_over=taken)

    def task(self, dossier: int, node: str) -> int:
        with self.engine.reading(SYSTEM) as unit:
            return unit.session.scalars(
                select(WorkItemRow.id).where(
                    WorkItemRow.dossier_id == dossier,
                    WorkItemRow.node_id == node,
                    WorkItemRow.status == "open",
                )
            ).one()

    def dossier_of(self, task: int) -> int:
        with self.engine.reading(SYSTEM) as unit:
            return unit.session.get_one(WorkItemRow, task).dossier_id

    def who(self, task: int) -> str:
        """Return the login of somebody who holds the role of a step in its unit."""
        with self.engine.reading(SYSTEM) as unit:
            item = unit.session.get_one(WorkItemRow, task)
            today = local_day(unit.now)
            held = unit.session.execute(
                select(UserRow.login, PositionRow.roles)
                .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
                .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
                .where(PositionRow.unit_id == item.unit_id, AssignmentRow.starts_on <= today)
                .order_by(UserRow.id)
            )
            return next(login for login, roles in held if item.role in roles)

    def open_steps(self, dossier: int) -> list[str]:
        with self.engine.reading(SYSTEM) as unit:
            return list(
                unit.session.scalars(
                    select(WorkItemRow.node_id)
                    .where(WorkItemRow.dossier_id == dossier, WorkItemRow.status == "open")
                    .order_by(WorkItemRow.node_id)
                )
            )

    def dossier(self, dossier: int) -> DossierRow:
        with self.engine.reading(SYSTEM) as unit:
            return unit.session.get_one(DossierRow, dossier)

    def fire(self) -> int:
        return fire_due_timers(self.engine)

    def counts(self) -> dict[str, int]:
        """Count the rows of every table, to see that a refusal left none."""
        with self.engine.reading(SYSTEM) as unit:
            return {
                table.name: unit.session.scalar(select(func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            }

    def check(self) -> dict[str, int]:
        """Return the invariants that do not hold."""
        from engine.usecases.checks import check_everything

        with self.engine.reading(SYSTEM) as unit:
            return {name: count for name, count in check_everything(unit).items() if count}


def open_office(engine: Engine, clock: Any, executor: str = "marking") -> Office:
    """Return the province at work, with the shipped procedures in force."""
    engine = replace(engine, executor=executor)
    publish(engine)
    return Office(engine, clock)


def publish(engine: Engine) -> None:
    """Put the shipped procedures in force, unless the province has done so itself."""
    with engine.unit(SYSTEM) as unit:
        if unit.session.scalar(select(func.count()).select_from(RevisionRow)):
            return
        rows = {key: _publish_one(unit, key) for key in ("P03", "P07")}
        units = dict(unit.session.execute(select(UnitRow.code, UnitRow.id)).all())
        for one in json.loads(COMPETENCE.read_text(encoding="utf-8"))["competence"]:
            if one["procedure"] in rows:
                unit.session.add(
                    CompetenceRow(
                        procedure_id=rows[one["procedure"]].id,
                        unit_id=units[one["unit"]],
                        geo_code=one["geo_code"],
                        effective_from=date.fromisoformat(one["effective_from"]),
                        effective_to=one["effective_to"] and date.fromisoformat(one["effective_to"]),
                    )
                )


def content_of(key: str) -> dict[str, Any]:
    """Return the shipped content of a procedure, with its forms."""
    content = json.loads((SET / key / "procedure.json").read_text(encoding="utf-8"))
    forms = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in (SET / key / "forms").glob("*.json")
    }
    return {**content, "forms": forms}


def add_revision(
    unit: Unit, procedure: ProcedureRow, xml: bytes, content: Mapping[str, Any], number: int = 1
) -> RevisionRow:
    """Put a revision in force from today, ahead of those that are."""
    digest = hashlib.sha256(xml).hexdigest()
    if unit.session.get(DefinitionRow, digest) is None:
        unit.session.add(DefinitionRow(hash=digest, xml=xml, created_at=unit.now))
        unit.session.flush()
    revision = RevisionRow(
        procedure=procedure,
        number=number,
        state="PUBLISHED",
        definition_hash=digest,
        content=dict(content),
        participants=PARTICIPANTS,
        effective_from=local_day(unit.now),
        created_at=unit.now,
        changed_at=unit.now,
    )
    unit.session.add(revision)
    unit.session.flush()
    return revision


def _publish_one(unit: Unit, key: str) -> ProcedureRow:
    content = content_of(key)
    row = ProcedureRow(
        key=key,
        national_code=content["national_code"],
        name_vi=content["name"]["vi"],
        name_en=content["name"]["en"],
        field_vi=content["field"]["vi"],
        search_text=fold(f"{key} {content['national_code']} {content['name']['vi']}"),
    )
    unit.session.add(row)
    unit.session.flush()
    add_revision(unit, row, (SET / key / "process.bpmn").read_bytes(), content)
    return row
