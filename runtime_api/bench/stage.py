"""The database that is measured: the demo province, and as many open dossiers as one wants.

The procedure is the shipped building permit with two changes: a timer hangs on the step that is measured,
and papers may be asked for without end, so that one dossier can go round and round. Dossiers are received
and moved once through the use cases, then multiplied by the database itself; the copies share one history,
which is why such a database is good for measuring only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import String, Table, cast, func, literal, select, text

from engine.domain.access import SYSTEM, Actor
from engine.domain.calendar import local_day
from engine.errors import Refused
from engine.ports import LoggedSms
from engine.runtime import Engine
from engine.store.alert_rows import AlertRow
from engine.store.database import open_database
from engine.store.files import DiskFileStore
from engine.store.queue import open_jobs
from engine.store.rows import (
    AuditHeadRow,
    AuditRow,
    ComponentRow,
    DefinitionRow,
    DossierRow,
    EventRow,
    ProcedureRow,
    RevisionRow,
    TimerRow,
    UnitRow,
    UserRow,
    WorkItemRow,
)
from engine.store.schema import upgrade
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.reception import Applicant, ReceivedComponent
from engine.usecases.tasks import complete_task
from runtime_api.bench.memory import permit_xml
from runtime_api.demo import load_province
from runtime_api.demo_procedures import person

OFFICES_OPEN = datetime(2025, 7, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)  # a working morning, whenever the bench runs
PERMIT = {
    "work_type": "detached_house", "work_class": "IV", "on_fire_list": "0", "parcel_no": "128",
    "map_sheet": "14", "parcel_area": "200", "parcel_address": "ấp 4, xã Năm Căn", "build_area": "92,5",
    "total_floor": "185", "height": "7,8", "storeys": "2", "consent": "1",
}  # fmt: skip
TIMER = b"""
<bpmn:boundaryEvent id="T3b_late" attachedToRef="T3b" cancelActivity="true">
<bpmn:outgoing>F_late_back</bpmn:outgoing><bpmn:timerEventDefinition id="T3b_late_def" mc:clock="working">
<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT24H</bpmn:timeDuration></bpmn:timerEventDefinition>
</bpmn:boundaryEvent><bpmn:sequenceFlow id="F_late_back" sourceRef="T3b_late" targetRef="T3"/>
</bpmn:process>"""


class NotEmpty(Refused):
    """The database has people in it; measuring would fill it with invented dossiers."""

    code = "bench_not_empty"
    vi = "Cơ sở dữ liệu này đã có dữ liệu. Hãy dùng một cơ sở dữ liệu trống để đo; chưa có gì thay đổi."
    en = "This database has data in it. Measure on an empty one; nothing was changed."


@dataclass(frozen=True, slots=True)
class Act:
    """One step of the round that is measured: who does it, what is chosen."""

    node: str
    login: str
    outcome: str
    reason: str = ""


ROUND = (
    Act("T3", "linh.vt", "supplement", "Thiếu giấy tờ về quyền sử dụng đất."),
    Act("T3b", "khoa.nd", "approve"),
    Act("TS", "mai.lt", "received"),
)


@dataclass
class StoppedClock:
    """The morning on which everything is measured."""

    moment: datetime = MONDAY

    def now(self) -> datetime:
        return self.moment


def open_stage(url: str, folder: Path) -> Engine:
    """Return an engine whose clock stands still."""
    database = open_database(url)
    return Engine(
        database=database,
        files=DiskFileStore(folder),
        sms=LoggedSms(),
        clock=StoppedClock(),
        jobs=open_jobs(url),
    )


def set_stage(engine: Engine) -> int:
    """Fill an empty database; return a dossier that waits at the first act of the round.

    Raises:
        NotEmpty: If somebody works with this database.
    """
    upgrade(engine.database)
    with engine.reading(SYSTEM) as unit:
        if unit.session.scalar(select(func.count()).select_from(UserRow)):
            raise NotEmpty("an empty database", "it has accounts")
    engine.clock.moment = OFFICES_OPEN
    load_province(engine)
    engine.clock.moment = MONDAY
    _redraw(engine)
    return receive(engine)


def receive(engine: Engine) -> int:
    """Take one permit dossier through the use cases to the first act of the round."""
    dossier = _receive(engine)
    act(engine, dossier, Act("T2", "khoa.nd", "assign"))
    return dossier


def _receive(engine: Engine) -> int:
    actor = person(engine, "mai.lt")
    with engine.unit(actor) as unit:
        office = unit.session.scalars(select(UnitRow.id).where(UnitRow.code == "ttpvhcc")).one()
        name = Applicant(name="Nguyễn Văn Á", id_no="096090001234", phone="0912345678", address="ấp 4")
        papers = tuple(ReceivedComponent(code=code) for code in ("C1", "C2", "C3"))
        return receive_dossier(
            unit,
            Reception(
                procedure_key="P03",
                receiving_unit_id=office,
                applicant=name,
                data=PERMIT,
                components=papers,
            ),
        ).dossier_id


def act(engine: Engine, dossier: int, done: Act, key: str = "", actor: Actor | None = None) -> None:
    """Carry out one act on a dossier through the use case."""
    task = open_tasks(engine.database, [dossier])[dossier]
    with engine.unit(actor or person(engine, done.login)) as unit:
        complete_task(unit, task, outcome=done.outcome, reason=done.reason, submission_key=key)


def open_tasks(database: Database, dossiers: list[int]) -> dict[int, int]:
    """Return the open step of each dossier; each has one."""
    wanted = select(WorkItemRow.dossier_id, WorkItemRow.id).where(
        WorkItemRow.dossier_id.in_(dossiers), WorkItemRow.status == "open"
    )
    with database.execution_options(reading=True).connect() as connection:
        return {row.dossier_id: row.id for row in connection.execute(wanted)}


def multiply(database: Database, template: int, count: int) -> list[int]:
    """Copy a dossier with all that hangs on it; return the numbers of the copies."""
    with database.begin() as connection:
        if database.dialect.name == "postgresql":  # the product's own limit is for people who wait
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        first = connection.scalar(select(func.max(DossierRow.id))) + 1
        numbers = _series(count)
        key = literal(first) + numbers.c.n
        tables = {
            DossierRow: {"id": key, "code": literal("copy-") + _text(key)},
            WorkItemRow: {"id": None, "dossier_id": key},
            EventRow: {"id": None, "dossier_id": key},
            TimerRow: {"id": None, "dossier_id": key},
            ComponentRow: {"id": None, "dossier_id": key},
            AlertRow: {"dossier_id": key},
            AuditRow: {"id": None, "chain": literal("dossier:") + _text(key)},
            AuditHeadRow: {"chain": literal("dossier:") + _text(key)},
        }
        for row, changed in tables.items():
            _copy(connection, row.__table__, numbers, template, changed)
        if connection.dialect.name == "postgresql":
            sequence = "SELECT setval(pg_get_serial_sequence('dossier', 'id'), max(id)) FROM dossier"
            connection.execute(text(sequence))
    with database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return list(range(first, first + count))


def size_of(database: Database) -> int:
    """Return the size of the database in bytes, indexes included."""
    asked = (
        "SELECT pg_database_size(current_database())"
        if database.dialect.name == "postgresql"
        else "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    )
    with database.execution_options(reading=True).connect() as connection:
        return connection.scalar(text(asked))


def _copy(connection: Any, table: Table, numbers: Any, template: int, changed: dict[str, Any]) -> None:
    if "chain" in table.c:
        of_template = table.c.chain == f"dossier:{template}"
    else:
        of_template = (table.c.dossier_id if "dossier_id" in table.c else table.c.id) == template
    # Found once: otherwise PostgreSQL looks through the growing table anew for every copy.
    rows = select(table).where(of_template).cte("template").prefix_with("MATERIALIZED", dialect="postgresql")
    names = [name for name in table.c.keys() if changed.get(name, "") is not None]  # noqa: SIM118
    values = [changed.get(name, rows.c[name]) for name in names]
    copies = select(*values).select_from(rows.join(numbers, literal(True)))
    connection.execute(table.insert().from_select(names, copies))


def _series(count: int) -> Any:
    numbers = select(literal(0).label("n")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n + 1 < count))


def _text(number: Any) -> Any:
    return cast(number, String(20))


def _redraw(engine: Engine) -> None:
    """Put the changed procedure in force."""
    xml = permit_xml().replace(b"</bpmn:process>", TIMER)
    digest = hashlib.sha256(xml).hexdigest()
    with engine.unit(SYSTEM) as unit:
        procedure = unit.session.scalars(select(ProcedureRow).where(ProcedureRow.key == "P03")).one()
        last = unit.session.scalars(select(RevisionRow).where(RevisionRow.procedure_id == procedure.id)).one()
        unit.session.add(DefinitionRow(hash=digest, xml=xml, created_at=unit.now))
        unit.session.flush()
        unit.session.add(
            RevisionRow(
                procedure=procedure,
                number=last.number + 1,
                state="PUBLISHED",
                definition_hash=digest,
                content={**last.content, "supplement": {**last.content["supplement"], "max_rounds": 10**6}},
                participants=last.participants,
                effective_from=local_day(unit.now),
                created_at=unit.now,
                changed_at=unit.now,
            )
        )
