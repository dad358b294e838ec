"""Who is told what before acceptance: the applicant by SMS, never with a name; colleagues by the bell."""

from __future__ import annotations

import re

from sqlalchemy import select

from engine.domain.calendar import local_day
from engine.domain.texts import Text, fold
from engine.domain.timewords import say_date
from engine.store.counter_rows import FilingEventRow, FilingRow
from engine.store.rows import OutboxRow, RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.notifications import notify
from engine.usecases.procedures import procedure_of
from engine.usecases.substitutes import heads_of

LONGEST = 160
_MOBILE = re.compile(r"0\d{9}")

ASKED = Text(
    "Hồ sơ nộp {number} chờ bạn xác định nơi giải quyết: {note}",
    "Filing {number} waits for you to name its deciding office: {note}",
)
SETTLED = Text(
    "Đã xác định nơi giải quyết hồ sơ nộp {number}: {office}. Hãy tiếp nhận.",
    "The deciding office of filing {number} is {office}. Receive it now.",
)
ARRIVED = Text(
    "Hồ sơ nộp {number} được chuyển đến quầy của bạn: {note}",
    "Filing {number} was passed on to your counter: {note}",
)

PAPERS = "Mot cua: ho so {number} ({matter}) chua du, can bo sung truoc {until}. Xem Phieu yeu cau bo sung."
REFUSED = "Mot cua: ho so {number} ({matter}) khong duoc tiep nhan. Xem ly do tren Phieu tu choi."
LAPSED = "Mot cua: ho so {number} ({matter}) het han bo sung nen khong duoc tiep nhan. Co the nop lai."
PASSED_ON = "Mot cua: ho so {number} ({matter}) da chuyen den {office}."


def tell_papers_wanted(unit: Unit, row: FilingRow) -> None:
    _tell(unit, row, PAPERS, until=say_date(row.until))


def tell_refused(unit: Unit, row: FilingRow) -> None:
    _tell(unit, row, REFUSED)


def tell_lapsed(unit: Unit, row: FilingRow) -> None:
    _tell(unit, row, LAPSED)


def tell_passed_on(unit: Unit, row: FilingRow, target: UnitRow) -> None:
    _tell(unit, row, PASSED_ON, office=fold(target.short_name or target.name_vi).upper())


def tell_coordinators(unit: Unit, row: FilingRow, role: str, note: str) -> None:
    """Tell those who coordinate at the office where the filing lies now."""
    people = heads_of(unit, row.held_by_unit_id, local_day(unit.now), [role])
    _ring(unit, row, people, "work.filing_coordination", ASKED.filled(number=row.number, note=note))


def tell_settled(unit: Unit, row: FilingRow, office: str) -> None:
    """Tell whoever asked the coordinator that the filing can be received now."""
    asked = select(FilingEventRow.user_id).where(
        FilingEventRow.filing_id == row.id, FilingEventRow.kind == "coordination.asked"
    )
    asker = unit.session.scalar(asked.order_by(FilingEventRow.id.desc()).limit(1))
    _ring(unit, row, {asker}, "work.filing_settled", SETTLED.filled(number=row.number, office=office))


def tell_counter(unit: Unit, row: FilingRow, role: str, note: str) -> None:
    """Tell the counter to which the filing was passed on."""
    people = heads_of(unit, row.held_by_unit_id, local_day(unit.now), [role])
    _ring(unit, row, people, "work.filing_arrived", ARRIVED.filled(number=row.number, note=note))


def _ring(unit: Unit, row: FilingRow, people: set[int | None], kind: str, text: Text) -> None:
    notify(unit, people, kind, text, target=f"/staff/filings/{row.number}")


def _tell(unit: Unit, row: FilingRow, template: str, **facts: str) -> None:
    if not _MOBILE.fullmatch(row.applicant_phone):
        return
    procedure = procedure_of(unit.session.get_one(RevisionRow, row.revision_id))
    matter = procedure.sms_name or procedure.key
    text = template.format(number=row.number, matter=matter, **facts)[:LONGEST]
    unit.session.add(
        OutboxRow(
            kind="sms",
            payload={"phone": row.applicant_phone, "text": text},
            created_at=unit.now,
            next_try_at=unit.now,
        )
    )
