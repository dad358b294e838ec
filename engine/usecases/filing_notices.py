"""What the applicant is told by SMS before acceptance: number, matter, what to do. Never a name."""

from __future__ import annotations

import re

from engine.domain.texts import fold
from engine.domain.timewords import say_date
from engine.store.counter_rows import FilingRow
from engine.store.rows import OutboxRow, RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.procedures import procedure_of

LONGEST = 160
_MOBILE = re.compile(r"0\d{9}")

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
