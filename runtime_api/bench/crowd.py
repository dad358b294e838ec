"""A province full of dossiers: the stories of the demo, told again for a million invented people.

Each dossier is one of those that really went through the demo's offices, with its steps, history, papers
and clock stops, under another name, number and week, at one of many communes. Python thinks up the people,
the database copies the rows, so many dossiers at a time that memory stays small. There are no audit chains
and no registers: such a database is good for measuring and looking at, not for work.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, text

from engine.domain.access import SYSTEM
from engine.domain.searching import search_text
from engine.runtime import Engine
from engine.store.base import UtcTime
from engine.store.list_rebuild import bulk_load
from engine.store.rows import (
    AssignmentRow,
    ClockStopRow,
    CompetenceRow,
    ComponentRow,
    DossierRow,
    EventRow,
    PositionRow,
    TimerRow,
    UnitRow,
    UserRow,
    WorkItemRow,
)

AT_ONCE = 25_000  # dossiers written together
COMMUNES = 60  # besides those of the demo
OPEN_SHARE = 0.12
WEEKS_BACK, OPEN_WEEKS = 104, 6  # over which ended and open dossiers are spread
FAMILY = (
    *["Nguyễn"] * 38, *["Trần"] * 12, *["Lê"] * 10, *["Phạm"] * 7, *["Huỳnh"] * 5, *["Võ"] * 4,
    *["Phan"] * 4, *["Đặng"] * 3, *["Bùi"] * 2, *["Đỗ"] * 2, "Hồ",
    "Ngô", "Dương", "Lý", "Lâm", "Trương", "Đoàn", "Mai", "Thạch",
)  # fmt: skip
MIDDLE = (
    *["Văn"] * 9, *["Thị"] * 12, "Đức", "Hữu", "Minh", "Ngọc", "Thanh", "Quốc", "Hoàng", "Thùy", "Kim",
    "Tấn", "Bảo",
)  # fmt: skip
GIVEN = """
    An Anh Ánh Bảo Bé Bình Cường Châu Chi Cúc Danh Diễm Diệu Dũng Duy Duyên Đạt Đào Điền Đông Đức
    Giang Giàu Hà Hải Hạnh Hằng Hân Hậu Hiền Hiếu Hoa Hòa Hoàng Hồng Huệ Hùng Huy Hương Khang Khánh
    Khoa Kiệt Kiều Lam Lan Lành Liên Linh Loan Lộc Lợi Long Luân Mai Mạnh Mỹ Minh My Nam Nga Ngân
    Nghĩa Ngọc Nguyên Nhàn Nhân Nhi Như Nhung Oanh Phát Phong Phú Phúc Phương Quang Quân Quốc Quý
    Quyên Quỳnh Sang Sơn Tài Tâm Tân Thảo Thắng Thanh Thành Thiện Thoa Thơ Thu Thủy Thúy Tiên Tiến
    Tín Toàn Trâm Trang Trinh Trí Trung Tú Tuấn Tùng Tuyết Út Vân Việt Vinh Vũ Xuân Yến
""".split()  # noqa: SIM905 - as people read names
TRADE = ("Công ty TNHH", "Công ty CP", "Hộ kinh doanh", "Hợp tác xã")
CHILDREN = (WorkItemRow, EventRow, ComponentRow, ClockStopRow, TimerRow)
PLAN = (
    *("id", "template", "seconds", "first_item", "unit", "clerk", "code", "name", "id_no", "phone"),
    *("words", "parcel", "sheet"),
)


@dataclass(frozen=True, slots=True)
class Template:
    """One dossier of the demo, to be told again.

    Attributes:
        items: How many steps it has.
        is_local: Received and decided by the same commune.
    """

    id: int
    identity: str
    accepted: datetime
    is_company: bool
    has_parcel: bool
    items: int
    is_local: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Commune:
    unit_id: int
    identity: str
    clerk: int


def fill(engine: Engine, count: int, say: Callable[[int], None] = lambda _: None, seed: int = 1) -> None:
    """Add `count` dossiers to a demo province with its own dossiers in it.

    Args:
        say: Hears after each piece how many are written.
        seed: The same seed gives the same people.
    """
    luck = random.Random(seed)
    communes = _add_communes(engine, luck)
    with engine.database.connect() as connection, _long_work(connection):
        crowd = _Crowd(luck, communes, _read_templates(connection), connection)
        _keep_templates(connection)
        with bulk_load(connection):
            for done in range(0, count, AT_ONCE):
                _plan(connection, crowd.next(min(AT_ONCE, count - done)))
                for row in (DossierRow, *CHILDREN):
                    connection.exec_driver_sql(_copies(connection.dialect.name, row))
                say(min(count, done + AT_ONCE))
        _set_sequences(connection)
    with engine.database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE")


class _Crowd:
    """Thinks up people and weeks: one line of the plan for each dossier."""

    def __init__(
        self,
        luck: random.Random,
        communes: Sequence[Commune],
        templates: Sequence[Template],
        connection: Connection,
    ) -> None:
        self.luck, self.communes = luck, communes
        self.open = [one for one in templates if one.is_open]
        self.ended = [one for one in templates if not one.is_open]
        self.dossier = _last(connection, DossierRow)
        self.item = _last(connection, WorkItemRow) + 1
        self.used = _used_codes(connection)

    def next(self, count: int) -> Iterator[tuple[Any, ...]]:
        """Give the lines of the next dossiers, in the order of `PLAN`."""
        luck = self.luck
        for _ in range(count):
            is_open = luck.random() < OPEN_SHARE
            template = luck.choice(self.open if is_open else self.ended)
            commune = luck.choice(self.communes) if template.is_local else None
            # Whole weeks, so that what happened on a working day still does, and some minutes.
            weeks = luck.randrange(OPEN_WEEKS if is_open else WEEKS_BACK)
            seconds = -weeks * 7 * 86_400 + luck.randrange(-2_400, 2_400)
            identity = commune.identity if commune else template.identity
            code = self._code(identity, template.accepted + timedelta(seconds=seconds))
            name, id_no, phone = self._person(template)
            numbers = (luck.randrange(1, 900), luck.randrange(1, 90)) if template.has_parcel else (None, None)
            words = search_text(code, name, [id_no, phone, *(str(one) for one in numbers if one)])
            self.dossier += 1
            yield (
                *(self.dossier, template.id, seconds, self.item),
                *((commune.unit_id, commune.clerk) if commune else (None, None)),
                *(code, name, id_no, phone, words, *numbers),
            )
            self.item += template.items

    def _code(self, identity: str, moment: datetime) -> str:
        day = (moment + timedelta(hours=7)).date()
        self.used[identity, day] += 1
        return f"{identity}-{day:%y%m%d}-{self.used[identity, day]:04d}"

    def _person(self, template: Template) -> tuple[str, str, str]:
        luck = self.luck
        name = f"{luck.choice(FAMILY)} {luck.choice(MIDDLE)} {luck.choice(GIVEN)}"
        if template.is_company:
            name = f"{luck.choice(TRADE)} {luck.choice(GIVEN)} {luck.choice(GIVEN)}"
        return name, f"096{luck.randrange(10**9):09d}", f"09{luck.randrange(10**8):08d}"


# --- reading and writing ----------------------------------------------------------------------


def _add_communes(engine: Engine, luck: random.Random) -> list[Commune]:
    """Add communes with one clerk each, who does everything; return them."""
    found = []
    with engine.unit(SYSTEM) as unit:
        model = unit.session.scalars(select(UnitRow).where(UnitRow.code == "dat-mui")).one()
        chair = unit.session.scalars(select(PositionRow).where(PositionRow.code == "dat-mui-mc")).one()
        competence = unit.session.scalars(
            select(CompetenceRow).where(CompetenceRow.unit_id == model.id)
        ).first()
        model_user = unit.session.scalars(select(UserRow).where(UserRow.login == "sang.lv")).one()
        for number in range(1, COMMUNES + 1):
            office = UnitRow(
                code=f"xa-{number:02d}", identity_code=f"H12.{200 + number}", name_vi=f"UBND xã Mẫu {number}",
                name_en=f"Sample commune {number}", kind=model.kind, level_code=model.level_code,
                parent_id=model.parent_id, effective_from=model.effective_from, geo_code=f"9{number:04d}",
            )  # fmt: skip
            clerk = UserRow(
                login=f"xa-{number:02d}",
                full_name=f"{luck.choice(FAMILY)} {luck.choice(MIDDLE)} {luck.choice(GIVEN)}",
                password_hash=model_user.password_hash,
                created_at=unit.now,
            )
            unit.session.add_all([office, clerk])
            unit.session.flush()
            seat = PositionRow(
                code=f"xa-{number:02d}-mc", unit_id=office.id, title_vi=chair.title_vi,
                title_en=chair.title_en,
                roles=[*chair.roles, "SIGNATORY", "HEAD"], effective_from=chair.effective_from,
            )  # fmt: skip
            unit.session.add(seat)
            unit.session.flush()
            unit.session.add(
                AssignmentRow(user_id=clerk.id, position_id=seat.id, starts_on=chair.effective_from)
            )
            if competence is not None:
                unit.session.add(
                    CompetenceRow(
                        procedure_id=competence.procedure_id, unit_id=office.id, geo_code=office.geo_code,
                        effective_from=office.effective_from,
                    )
                )  # fmt: skip
            found.append(Commune(office.id, office.identity_code, clerk.id))
    return found


def _read_templates(connection: Connection) -> list[Template]:
    """Return the demo's dossiers that ended as usual or are open."""
    kinds = dict(connection.execute(select(UnitRow.id, UnitRow.kind)).all())
    items = dict(
        connection.execute(
            select(WorkItemRow.dossier_id, func.count()).group_by(WorkItemRow.dossier_id)
        ).all()
    )
    found = []
    for row in connection.execute(select(DossierRow.__table__)):
        local = {kinds[one] for one in (row.received_unit_id, row.competent_unit_id)} == {"committee"}
        found.append(
            Template(
                id=row.id,
                identity=row.code.rsplit("-", 2)[0],
                accepted=row.accepted_at,
                is_company=bool(row.applicant_kind),
                has_parcel="parcel_no" in row.data,
                items=items[row.id],
                is_local=local,
                is_open=row.ended_at is None,
            )
        )
    return found


def _keep_templates(connection: Connection) -> None:
    """Copy the templates aside: the tables themselves grow while they are read."""
    for row in (DossierRow, *CHILDREN):
        name = row.__tablename__
        connection.exec_driver_sql(f"CREATE TEMP TABLE template_{name} AS SELECT * FROM {name}")
    connection.exec_driver_sql(
        "CREATE TEMP TABLE template_rank AS SELECT id, dossier_id,"
        " row_number() OVER (PARTITION BY dossier_id ORDER BY id) - 1 AS rank FROM work_item"
    )
    kinds = {
        "seconds": "INTEGER",
        "unit": "INTEGER",
        "clerk": "INTEGER",
        "parcel": "INTEGER",
        "sheet": "INTEGER",
    }
    whole = dict.fromkeys(("id", "template", "first_item"), "BIGINT")
    columns = ", ".join(f"{name} {(kinds | whole).get(name, 'TEXT')}" for name in PLAN)
    connection.exec_driver_sql(f"CREATE TEMP TABLE plan ({columns})")


def _plan(connection: Connection, lines: Iterator[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    connection.exec_driver_sql("DELETE FROM plan")
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy("COPY plan FROM STDIN") as copy:
            for line in lines:
                copy.write_row(line)
        connection.exec_driver_sql("ANALYZE plan")
    else:
        driver.executemany(f"INSERT INTO plan VALUES ({', '.join('?' for _ in PLAN)})", lines)


def _copies(dialect: str, row: Any) -> str:
    """Return the statement that tells the templates' rows of one table again, as planned."""
    table: Table = row.__table__
    values = {one.name: _value(dialect, row, one) for one in table.c}
    if row not in (DossierRow, WorkItemRow):
        del values["id"]
    key = "id" if row is DossierRow else "dossier_id"
    source = f"plan p JOIN template_{table.name} t ON t.{key} = p.template"
    if row is WorkItemRow:
        source += " JOIN template_rank r ON r.id = t.id"
    elif "work_item_id" in table.c:
        source += " LEFT JOIN template_rank r ON r.id = t.work_item_id"
    return f"INSERT INTO {table.name} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {source}"


def _value(dialect: str, row: Any, column: Column[Any]) -> str:
    name = column.name
    if row is DossierRow and name in _OF_PLAN:
        return f"p.{_OF_PLAN[name]}"
    if row is DossierRow and name == "data":
        return _PARCEL[dialect]
    if name == "dossier_id":
        return "p.id"
    if name == "id" or name == "work_item_id":
        return "p.first_item + r.rank"
    if isinstance(column.type, UtcTime):
        return _SHIFTED[dialect].format(name=name)
    if name in ("unit_id", "received_unit_id", "competent_unit_id", "return_unit_id"):
        return f"CASE WHEN t.{name} IS NULL THEN NULL ELSE COALESCE(p.unit, t.{name}) END"
    if name in ("claimed_by", "ended_by", "user_id", "received_by"):
        return f"CASE WHEN t.{name} IS NULL THEN NULL ELSE COALESCE(p.clerk, t.{name}) END"
    if name == "assignment_id":
        return "CASE WHEN p.clerk IS NULL THEN t.assignment_id END"
    return f"t.{name}"


_OF_PLAN = {
    "id": "id", "code": "code", "applicant_name": "name", "applicant_id_no": "id_no",
    "applicant_phone": "phone", "search_text": "words",
}  # fmt: skip
_SHIFTED = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', t.{name}, p.seconds || ' seconds') || '.000000'",
    "postgresql": "t.{name} + p.seconds * INTERVAL '1 second'",
}
_PARCEL = {
    "sqlite": "CASE WHEN p.parcel IS NULL THEN t.data"
    " ELSE json_set(t.data, '$.parcel_no', p.parcel, '$.map_sheet', p.sheet) END",
    "postgresql": "CASE WHEN p.parcel IS NULL THEN t.data ELSE (CAST(t.data AS jsonb)"
    " || jsonb_build_object('parcel_no', p.parcel, 'map_sheet', p.sheet))::json END",
}


@contextmanager
def _long_work(connection: Connection) -> Iterator[None]:
    """One transaction of any length, without checks of foreign keys, which hold by making."""
    if connection.dialect.name != "postgresql":
        driver: Any = connection.connection.driver_connection
        for pragma in ("foreign_keys = OFF", "cache_size = -200000"):
            driver.execute(f"PRAGMA {pragma}")
        with connection.begin():
            yield
        driver.execute("PRAGMA foreign_keys = ON")
        return
    with connection.begin():
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        connection.exec_driver_sql("SET LOCAL work_mem = '128MB'")
        if connection.exec_driver_sql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").scalar():
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield


def _last(connection: Connection, row: Any) -> int:
    return connection.scalar(select(func.coalesce(func.max(row.id), 0))) or 0


def _used_codes(connection: Connection) -> Counter[tuple[str, date]]:
    """Return the last number of each office and day that is taken already."""
    used: Counter[tuple[str, date]] = Counter()
    for code in connection.scalars(select(DossierRow.code)):
        identity, day, number = code.rsplit("-", 2)
        at = (identity, datetime.strptime(day, "%y%m%d").date())
        used[at] = max(used[at], int(number))
    return used


def _set_sequences(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    for one in (DossierRow, WorkItemRow):
        name = one.__tablename__
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
        )
