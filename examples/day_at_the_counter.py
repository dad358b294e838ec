"""A day at the counter: 60 dossiers through 8 people, on a clock of its own, with the register at its end.

    .venv/bin/python examples/day_at_the_counter.py [FOLDER]

60 people stand in line within the first hour: 45 at the commune for certified copies, 15 at the centre of the
province for a construction permit. Everybody works as in daily life: who stands at the counter first, then
the most urgent step of the own list. Nothing is made up but the minutes that each step takes; codes, dates,
numbers and the register are those that the product makes.
The database is thrown away afterwards; with FOLDER the register stays there as PDF.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from engine.documents.pdf import make_pdf
from engine.domain.calendar import at, local_time
from engine.domain.timewords import say_date
from engine.runtime import Engine, open_engine
from engine.settings import Settings
from engine.store.rows import UnitRow, WorkItemRow
from engine.store.schema import upgrade
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.reception import Applicant, ReceivedComponent
from engine.usecases.registers import RECEIVED, Period, register_lines, register_sheet
from engine.usecases.tasks import complete_task
from engine.usecases.timers import fire_due_timers
from engine.usecases.worklists import list_tasks
from runtime_api.demo import load_province
from runtime_api.demo_dossiers import ANSWERS, StoryClock, taken_by
from runtime_api.demo_procedures import acting

DAY = date(2026, 11, 23)
OFFICES_OPEN = datetime(2025, 7, 1, 1, tzinfo=UTC)
OPEN, NOON, AFTERNOON, CLOSED = time(7), time(11), time(13), time(17)
TICK = timedelta(minutes=2)

NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Lý", "Danh", "Sơn")
GIVEN = ("Thị Bé", "Văn Út", "Hoàng Phi", "Cẩm Tú", "Minh Trí", "Thị Sa Rây", "Hữu Lợi", "Kim Chi", "Dũng")
TITLES = ("Bằng tốt nghiệp THPT", "Giấy khai sinh", "Học bạ", "Chứng chỉ hành nghề", "Căn cước công dân")

MINUTES = {  # that a step takes the one who does it
    "receive P07": 2, "receive P03": 5, "P07 T2": 4, "P07 T3": 1, "P07 T4": 3, "P07 T5": 2,
    "P07 TR": 6, "P07 T3r": 1, "P07 T4r": 3, "P07 T5r": 2, "P03 T2": 2, "P03 T3": 25, "P03 T5a": 10,
}  # fmt: skip
OUTCOME = {
    "P07 T2": "valid", "P07 T3": "sign", "P07 T4": "sealed", "P07 T5": "handed_over", "P07 TR": "refuse",
    "P07 T3r": "sign", "P07 T4r": "issue", "P07 T5r": "handed_over", "P03 T2": "assign", "P03 T3": "pass",
    "P03 T5a": "done",
}  # fmt: skip
ALTERED = 15  # every so many papers is altered and may not be certified
REASON = "Bản chính bị tẩy xóa tại trang 2."


@dataclass
class Person:
    """One of the eight; `queue` are those who wait at the counter of this person."""

    login: str
    place: str = ""
    queue: list[int] = field(default_factory=list)
    free_at: datetime = datetime.min.replace(tzinfo=UTC)
    done: int = 0


@dataclass(frozen=True)
class Visitor:
    """Who comes when, and for what."""

    number: int
    procedure: str
    at: datetime

    @property
    def name(self) -> str:
        return f"{NAMES[self.number % len(NAMES)]} {GIVEN[self.number % len(GIVEN)]}"

    @property
    def data(self) -> Mapping[str, str]:
        if self.procedure == "P07":
            title = TITLES[self.number % len(TITLES)]
            return {"doc_title": title, "pages": str(1 + self.number % 4), "copies": "2", "consent": "1"}
        return {
            "work_type": "detached_house", "work_class": "IV", "on_fire_list": "0", "consent": "1",
            "parcel_no": str(100 + self.number), "map_sheet": "14", "parcel_address": "ấp 4, xã Năm Căn",
            "parcel_area": "200", "build_area": "92,5", "total_floor": "185", "height": "7,8", "storeys": "2",
        }  # fmt: skip

    @property
    def components(self) -> tuple[str, ...]:
        return ("C1",) if self.procedure == "P07" else ("C1", "C2", "C3")


def visitors() -> list[Visitor]:
    """Return the 60 of the day in the order in which they come, one a minute."""
    opened = at(DAY, OPEN)
    return [
        Visitor(number, "P03" if number % 4 == 3 else "P07", opened + timedelta(minutes=number))
        for number in range(60)
    ]


def people() -> list[Person]:
    return [
        Person("my.nk", place="nam-can"),  # counter and return desk of the commune
        Person("tho.pv"),  # civil status
        Person("khanh.tq"),  # chairman, signs
        Person("ut.lt"),  # clerk, seals and enters the register
        Person("mai.lt", place="ttpvhcc"),  # counter of the centre
        Person("khoa.nd"),  # head of division, assigns
        Person("linh.vt"),  # specialists
        Person("dat.lq"),
    ]


def play(engine: Engine, clock: StoryClock) -> Iterator[str]:
    """Let the day happen; yield a line of the diary for every half hour, and what each of the eight did."""
    office, coming = people(), visitors()
    told = Counter[str]()
    counters = {"P07": office[0], "P03": office[4]}
    clock.moment = at(DAY, OPEN)
    while clock.moment <= at(DAY, CLOSED):
        fire_due_timers(engine, 100)
        while coming and coming[0].at <= clock.moment:
            one = coming.pop(0)
            counters[one.procedure].queue.append(one.number)
        if at(DAY, NOON) <= clock.moment < at(DAY, AFTERNOON):
            clock.moment = at(DAY, AFTERNOON)
        worked = [_work(engine, clock, person, told) for person in office]
        is_over = not coming and not any(worked)
        if clock.moment.minute % 30 == 0 or is_over:
            said = "  ".join(f"{name} {told[name]:3}" for name in ("received", "steps done", "handed over"))
            waiting = sum(len(one.queue) for one in office)
            yield f"{local_time(clock.moment):%H:%M}  in line {waiting:2}  {said}"
        if is_over:
            break
        clock.moment += TICK
    yield "  ".join(f"{one.login} {one.done}" for one in office)


def _work(engine: Engine, clock: StoryClock, person: Person, told: Counter[str]) -> bool:
    """Do the next thing if this person is free; return whether there was work."""
    if person.free_at > clock.moment:
        return True
    if person.queue:
        visitor = visitors()[person.queue.pop(0)]
        _receive(engine, person, visitor)
        told["received"] += 1
        took = f"receive {visitor.procedure}"
    else:
        took = _do_next(engine, person)
        told["steps done"] += bool(took)
        told["handed over"] += took in ("P07 T5", "P07 T5r")
    if took:
        person.done += 1
        person.free_at = clock.moment + timedelta(minutes=MINUTES[took])
    return bool(took)


def _receive(engine: Engine, person: Person, visitor: Visitor) -> None:
    with acting(engine, person.login) as unit:
        place = unit.session.scalars(select(UnitRow.id).where(UnitRow.code == person.place)).one()
        receive_dossier(
            unit,
            Reception(
                procedure_key=visitor.procedure,
                receiving_unit_id=place,
                applicant=Applicant(
                    kind=0,
                    name=visitor.name,
                    id_no=f"096090{visitor.number:06}",
                    phone=f"0918{visitor.number:06}",
                    address="tỉnh Cà Mau",
                ),
                data=visitor.data,
                components=[ReceivedComponent(code=code) for code in visitor.components],
            ),
        )


def _do_next(engine: Engine, person: Person) -> str:
    """Finish the most urgent step that this person may do; return what it was, "" if there is none."""
    with acting(engine, person.login) as unit:
        items = (unit.session.get_one(WorkItemRow, line.id) for line in list_tasks(unit, scope="role").lines)
        # A visit to the site and what is drafted after it are another day's work.
        item = next((one for one in items if _name(one) in OUTCOME), None)
        if item is None:
            return ""
        dossier, step = item.dossier, _name(item)
        is_altered = step == "P07 T2" and dossier.id % ALTERED == 0
        answers, taken = dict(ANSWERS.get(step, {})), None
        if step in ("P07 T5", "P07 T5r"):
            answers |= {"recipient_name": dossier.applicant_name, "recipient_id_no": dossier.applicant_id_no}
            taken = taken_by(dossier.applicant_name, dossier.applicant_id_no)
        complete_task(
            unit,
            item.id,
            outcome="not_copyable" if is_altered else OUTCOME[step],
            raw=answers,
            reason=REASON if is_altered else "",
            hand_over=taken,
        )
        return step


def register(engine: Engine, folder: Path | None) -> Iterator[str]:
    """Yield the lines of the commune's register of the day (Mẫu 07); leave it in the folder to be printed."""
    with acting(engine, "my.nk") as unit:
        office = unit.session.scalars(select(UnitRow.id).where(UnitRow.code == "nam-can")).one()
        period = Period.of(DAY, DAY)
        for line in register_lines(unit, office, RECEIVED, period):
            returned = f"returned {say_date(line.returned)}" if line.returned else "open"
            name = line.applicant.split(",")[0]
            yield f"{line.number:3}  {line.code}  {name:24}  due {say_date(line.due)}  {returned}"
        if folder:
            sheet = register_sheet(unit, office, RECEIVED, period)
            page = make_pdf(sheet.html, title=sheet.title.vi, size=sheet.form.papers[0])
            (folder / "register.pdf").write_bytes(page)


def _name(item: WorkItemRow) -> str:
    return f"{item.dossier.procedure.key} {item.node_id}"


def main(folder: Path | None = None) -> None:
    with TemporaryDirectory() as scratch:
        place = Path(scratch)
        clock = StoryClock(OFFICES_OPEN)
        address = f"sqlite:///{place / 'day.sqlite'}"
        settings = Settings(database_url=address, files=place / "files", secret_key="of one day only " * 3)
        engine = replace(open_engine(settings), clock=clock)
        upgrade(engine.database)
        load_province(engine)
        for line in play(engine, clock):
            print(line)
        for line in register(engine, folder):
            print(line)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
