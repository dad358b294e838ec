"""The books of an office, made from the record: who handed in what, when it was promised, ready, handed over.

Mẫu 07 is the book of all dossiers that an office received; besides it there are the books in which results
are numbered. Nobody types them; they can be read for any days, a few hundred dossiers at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from engine.documents.issuing import REGISTER, Composed, compose_for_office
from engine.domain.calendar import at, local_day
from engine.domain.deadlines import punctuality
from engine.domain.dossiers import Status
from engine.domain.texts import Text
from engine.domain.timewords import say_date
from engine.errors import Invalid, NotFound, Refused
from engine.store import cases as rows
from engine.store import units
from engine.store.rows import DossierRow, EventRow, ProcedureRow, RegisterEntryRow, UnitRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.visibility import scope_of

RECEIVED = "received"  # the book of Mẫu 07
BATCH = 500
LONGEST_DAYS = 366
LONGEST_SHEET = 1_500  # lines on paper; more go into a workbook
LONGEST_TABLE = 200_000
METHODS = {"counter": "Tại quầy", "post": "Bưu chính", "electronic": "Bản điện tử"}


class BadPeriod(Invalid):
    code = "bad_register_period"
    vi = "Hãy chọn lại thời gian của sổ: từ ngày không được sau đến ngày, và tối đa {most} ngày."
    en = "Choose the time of the register again: from must not be after until, and at most {most} days."


class RegisterTooLong(Refused):
    code = "register_too_long"
    vi = "Thời gian này có {count} hồ sơ, quá {most} dòng một lần. Chọn ít ngày hơn, hoặc xuất XLSX, CSV."
    en = "There are {count} dossiers in this time, more than {most} lines. Choose fewer days, or XLSX or CSV."


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book that can be asked for: RECEIVED, or the name of a book in which results are numbered."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days of the office's clock, both included."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date, last: date) -> Period:
        """Raises: BadPeriod: If it is turned around or too long."""
        if first > last or (last - first).days >= LONGEST_DAYS:
            raise BadPeriod("a period", f"{first} to {last}", most=LONGEST_DAYS)
        return cls(first=first, last=last)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The moments between which it lies: from the first, before the second."""
        return at(self.first, time()), at(self.last + timedelta(days=1), time())


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """One line, as Mẫu 07 has it. Days are local."""

    number: int
    code: str
    procedure: str
    sets: int
    applicant: str
    competent_unit: str
    received: date
    due: date
    resolved: date | None
    returned: date | None
    method: str
    taken_by: str
    note: str


def offices_with_books(unit: Unit) -> list[tuple[int, str]]:
    """Return the offices whose books the actor may read, by name."""
    scope = scope_of(unit)
    statement = select(UnitRow.id, UnitRow.name_vi).order_by(UnitRow.name_vi)
    if not scope.everything:
        statement = statement.where(UnitRow.id.in_(scope.units))
    return [(one.id, one.name_vi) for one in unit.session.execute(statement)]


def books_of(unit: Unit, office_id: int) -> list[Book]:
    """Return the books of an office, that of Mẫu 07 first.

    Raises:
        NotFound: If the actor may not read them.
    """
    _check_office(unit, office_id)
    prefix = f"register:{office_id}:"
    names = unit.session.scalars(
        select(RegisterEntryRow.book)
        .where(RegisterEntryRow.book.startswith(prefix, autoescape=True))
        .distinct()
        .order_by(RegisterEntryRow.book)
    )
    numbered = [one.removeprefix(prefix) for one in names]
    return [
        Book(code=RECEIVED, name=Text("Sổ theo dõi hồ sơ (Mẫu số 07)", "Register of dossiers (form 07)")),
        *(Book(code=one, name=Text(f"Sổ kết quả “{one}”", f"Book of results “{one}”")) for one in numbered),
    ]


def register_lines(unit: Unit, office_id: int, book: str, period: Period) -> Iterator[RegisterLine]:
    """Yield the lines of a book in order; only some hundreds are in memory at a time.

    Raises:
        NotFound: If there is no such book, or the actor may not read it.
        RegisterTooLong: If there are more lines than any table holds.
    """
    _check_book(unit, office_id, book)
    _check_count(count_lines(unit, office_id, book, period), LONGEST_TABLE)
    names = dict(unit.session.execute(select(UnitRow.id, UnitRow.name_vi)).all())
    if book == RECEIVED:
        yield from _received(unit, office_id, period, names)
    else:
        yield from _numbered(unit, office_id, book, period, names)


def count_lines(unit: Unit, office_id: int, book: str, period: Period) -> int:
    """Return how many lines a book has in a period."""
    first, after = period.moments
    if book == RECEIVED:
        where = (
            DossierRow.received_unit_id == office_id,
            DossierRow.accepted_at >= first,
            DossierRow.accepted_at < after,
        )
        return unit.session.scalar(select(func.count(DossierRow.id)).where(*where)) or 0
    entries = select(func.count(RegisterEntryRow.id)).where(
        RegisterEntryRow.book == f"register:{office_id}:{book}",
        RegisterEntryRow.at >= first,
        RegisterEntryRow.at < after,
    )
    return unit.session.scalar(entries) or 0


def register_sheet(unit: Unit, office_id: int, book: str, period: Period) -> Composed:
    """Return a book of some days as Mẫu 07, ready to print.

    Raises:
        RegisterTooLong: If it has more lines than one print may have.
    """
    _check_book(unit, office_id, book)
    _check_count(count_lines(unit, office_id, book, period), LONGEST_SHEET)
    name = next(one.name.vi for one in books_of(unit, office_id) if one.code == book)
    lines = [_plain(one) for one in register_lines(unit, office_id, book, period)]
    facts = {"lines": lines, "book": name, "from": period.first, "to": period.last}
    return compose_for_office(unit, office_id, REGISTER, facts)


def _check_office(unit: Unit, office_id: int) -> None:
    if not scope_of(unit).holds(office_id):
        raise NotFound("an office of one's own", "it is another", what="sổ")
    units.get_unit(unit, office_id)


def _check_book(unit: Unit, office_id: int, book: str) -> None:
    if book not in {one.code for one in books_of(unit, office_id)}:
        raise NotFound("a book of the office", "there is none", what="sổ")


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise RegisterTooLong("fewer lines", f"{count}", count=count, most=most)


def _received(unit: Unit, office_id: int, period: Period, names: Mapping[int, str]) -> Iterator[RegisterLine]:
    """Number the dossiers of each year in the order in which they were accepted."""
    first, after = period.moments
    place = (at(period.first, time()), 0)
    year, number = 0, 0
    while True:
        batch = unit.session.execute(
            _dossiers()
            .where(
                DossierRow.received_unit_id == office_id,
                DossierRow.accepted_at >= first,
                DossierRow.accepted_at < after,
                _later(DossierRow.accepted_at, DossierRow.id, place),
            )
            .order_by(DossierRow.accepted_at, DossierRow.id)
            .limit(BATCH)
        ).all()
        takers, late = _takers(unit, [one.id for one in batch]), _late_reasons(unit, batch)
        for one in batch:
            if local_day(one.accepted_at).year != year:
                year = local_day(one.accepted_at).year
                number = _received_before(unit, office_id, one, year)
            number += 1
            yield _line(one, number, names, takers, late)
        if len(batch) < BATCH:
            return
        place = (batch[-1].accepted_at, batch[-1].id)


def _received_before(unit: Unit, office_id: int, dossier: Any, year: int) -> int:
    """Count the dossiers of the year that came before the first one of the page."""
    place = (dossier.accepted_at, dossier.id)
    counted = select(func.count(DossierRow.id)).where(
        DossierRow.received_unit_id == office_id,
        DossierRow.accepted_at >= at(date(year, 1, 1), time()),
        ~_later(DossierRow.accepted_at, DossierRow.id, place),
        DossierRow.id != dossier.id,
    )
    return unit.session.scalar(counted) or 0


def _numbered(
    unit: Unit, office_id: int, book: str, period: Period, names: Mapping[int, str]
) -> Iterator[RegisterLine]:
    """Go through a book in which results are numbered."""
    first, after = period.moments
    place: tuple[str, int] = ("", 0)
    while True:
        batch = unit.session.execute(
            _dossiers(RegisterEntryRow.number, RegisterEntryRow.period)
            .join(RegisterEntryRow, RegisterEntryRow.dossier_id == DossierRow.id)
            .where(
                RegisterEntryRow.book == f"register:{office_id}:{book}",
                RegisterEntryRow.at >= first,
                RegisterEntryRow.at < after,
                _later(RegisterEntryRow.period, RegisterEntryRow.number, place),
            )
            .order_by(RegisterEntryRow.period, RegisterEntryRow.number)
            .limit(BATCH)
        ).all()
        takers, late = _takers(unit, [one.id for one in batch]), _late_reasons(unit, batch)
        for one in batch:
            yield _line(one, one.number, names, takers, late)
        if len(batch) < BATCH:
            return
        place = (batch[-1].period, batch[-1].number)


def _dossiers(*more: Any) -> Select[Any]:
    """Select what a line says, and nothing else: rows of a register are many."""
    wanted = (
        "id", "code", "applicant_name", "applicant_address", "applicant_phone", "competent_unit_id", "status",
        "accepted_at", "promised_due", "current_due", "resolved_at", "returned_at", "result", "return_method",
        "delivery_status", "supplement_rounds",
    )  # fmt: skip
    columns = [getattr(DossierRow, name) for name in wanted]
    return select(*columns, ProcedureRow.name_vi.label("procedure"), *more).join(
        ProcedureRow, ProcedureRow.id == DossierRow.procedure_id
    )


def _later(first: Any, second: Any, place: tuple[Any, int]) -> ColumnElement[bool]:
    return or_(first > place[0], and_(first == place[0], second > place[1]))


def _takers(unit: Unit, ids: list[int]) -> dict[int, str]:
    """Return who took the results, as the hand-over step noted it."""
    found = unit.session.execute(
        select(WorkItemRow.dossier_id, WorkItemRow.answers).where(
            WorkItemRow.dossier_id.in_(ids),
            WorkItemRow.kind == "return_result",
            WorkItemRow.status == rows.DONE,
        )
    )
    return {one.dossier_id: str(one.answers.get("recipient_name") or "") for one in found}


def _late_reasons(unit: Unit, batch: Sequence[Any]) -> dict[int, str]:
    """Return why steps of late dossiers came late, each reason once; what was taken back says nothing."""
    late = [one.id for one in batch if _is_late(one)]
    if not late:
        return {}
    found: dict[int, dict[int, str]] = {}  # by step: one that is done again says it anew
    said = select(EventRow.dossier_id, EventRow.work_item_id, EventRow.kind, EventRow.data).where(
        EventRow.dossier_id.in_(late), EventRow.kind.in_(("step.late", "step.undone"))
    )
    for dossier_id, step, kind, data in unit.session.execute(said.order_by(EventRow.id)):
        reasons = found.setdefault(dossier_id, {})
        reasons.pop(step, None)
        if kind == "step.late":
            reasons[step] = data["reason"]
    return {number: ", ".join(dict.fromkeys(reasons.values())) for number, reasons in found.items()}


def _is_late(one: Any) -> bool:
    return bool(one.resolved_at) and punctuality(one.resolved_at, one.current_due) == "late"


def _line(
    one: Any, number: int, names: Mapping[int, str], takers: Mapping[int, str], late: Mapping[int, str]
) -> RegisterLine:
    is_back = one.returned_at is not None
    method = "post" if one.delivery_status == "sent_by_post" else one.return_method
    return RegisterLine(
        number=number,
        code=one.code,
        procedure=one.procedure,
        sets=1,
        applicant=", ".join(filter(None, (one.applicant_name, one.applicant_address, one.applicant_phone))),
        competent_unit=names.get(one.competent_unit_id, ""),
        received=local_day(one.accepted_at),
        due=local_day(one.promised_due),
        resolved=local_day(one.resolved_at) if one.resolved_at else None,
        returned=local_day(one.returned_at) if is_back else None,
        method=METHODS.get(method, method) if is_back else "",
        taken_by=takers.get(one.id, "") if is_back else "",
        note=_note(one, late.get(one.id, "")),
    )


def _note(one: Any, why_late: str) -> str:
    """Say what the columns do not: supplements, a new date, a refusal, an early end, lateness and why."""
    said = []
    if one.supplement_rounds:
        said.append(f"bổ sung {one.supplement_rounds} lần")
    if local_day(one.current_due) != local_day(one.promised_due):
        said.append(f"hẹn lại {say_date(one.current_due)}")
    if one.result == "refused":
        said.append("từ chối")
    ended = {Status.WITHDRAWN: "người nộp rút", Status.STOPPED: "dừng giải quyết", Status.REJECTED: "từ chối"}
    if one.status in ended:
        said.append(ended[Status(one.status)])
    if _is_late(one):
        said.append(f"quá hạn: {why_late}" if why_late else "quá hạn")
    return "; ".join(said)


def _plain(line: RegisterLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in COLUMNS}


COLUMNS: Mapping[str, Text] = {
    "number": Text("TT", "No."),
    "code": Text("Mã hồ sơ", "Dossier code"),
    "procedure": Text("Tên thủ tục", "Procedure"),
    "sets": Text("Số bộ", "Sets"),
    "applicant": Text("Tên, địa chỉ, điện thoại người nộp", "Applicant, address, telephone"),
    "competent_unit": Text("Cơ quan giải quyết", "Deciding office"),
    "received": Text("Ngày nhận hồ sơ", "Received"),
    "due": Text("Ngày hẹn trả", "Promised"),
    "resolved": Text("Ngày có kết quả", "Result ready"),
    "returned": Text("Ngày trả kết quả", "Handed over"),
    "method": Text("Cách nhận", "How"),
    "taken_by": Text("Người nhận", "Taken by"),
    "note": Text("Ghi chú", "Note"),
}
"""The columns of Mẫu 07, in its order; tables that are exported have the same."""
