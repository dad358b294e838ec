"""Pages about filings: the list of a counter or a coordinator, one filing, its letter, its public state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from engine.domain.calendar import local_day
from engine.domain.filings import OPEN, FilingNumber, FilingState
from engine.domain.procedures import Component, Legal
from engine.domain.texts import Text, fold
from engine.errors import NotFound
from engine.store import units
from engine.store.counter_rows import FilingEventRow, FilingFileRow, FilingRow
from engine.store.rows import DossierRow, ProcedureRow, RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.attachments import StoredFile
from engine.usecases.file_states import check_openable
from engine.usecases.filing_letters import FilingLetter, count_letter_print, newest_letter
from engine.usecases.filings import COORDINATOR, intake_days
from engine.usecases.procedures import competent_units, procedure_of
from engine.usecases.reception import COUNTER
from engine.usecases.visibility import scope_of

LONGEST_PAGE = 100
EVENTS = {
    "submitted": Text("Nhận giấy tờ, chưa tiếp nhận", "Papers taken, not accepted"),
    "supplement.asked": Text("Yêu cầu bổ sung (Mẫu 02)", "Papers asked for (form 02)"),
    "supplement.received": Text("Người nộp đã bổ sung", "The applicant brought papers"),
    "rejected": Text("Từ chối tiếp nhận (Mẫu 03)", "Refused (form 03)"),
    "passed_on": Text("Chuyển cơ quan có thẩm quyền", "Passed on to the competent office"),
    "coordination.asked": Text("Chuyển người điều phối", "Passed to the coordinator"),
    "coordination.settled": Text("Đã xác định nơi giải quyết", "The deciding office was named"),
    "lapsed": Text("Hết hạn bổ sung", "Lapsed"),
    "withdrawn": Text("Người nộp lấy lại giấy tờ", "Papers taken back"),
    "accepted": Text("Đã tiếp nhận", "Accepted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingLine:
    """One line of the list."""

    number: str
    procedure_name: Text
    applicant: str
    state: FilingState
    submitted_at: datetime
    until: datetime | None
    held_by: str
    dossier_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingPage:
    """Lines, how many wait in each open state, and where the next page begins."""

    lines: tuple[FilingLine, ...]
    counts: Mapping[str, int]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingEvent:
    at: datetime
    text: Text
    who: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingView:
    """One filing.

    Attributes:
        typed: The reception page as it was filled in.
        missing: Codes of the papers that were not ticked and are always needed.
        can_work: Whether this reader may act on it; `can_settle` as its coordinator.
        files: Id and name.
        counters: Id and name of the offices it may be passed on to; `deciders` of those that may decide it.
    """

    number: str
    version: int
    procedure_key: str
    procedure_name: Text
    state: FilingState
    applicant_name: str
    applicant_id_no: str
    applicant_phone: str
    applicant_address: str
    received_unit: str
    held_by: str
    held_by_id: int
    competent_unit: str
    submitted_at: datetime
    until: datetime | None
    ended_at: datetime | None
    rounds: int
    answer: Mapping[str, Any]
    typed: Mapping[str, Any]
    components: tuple[Component, ...]
    missing: frozenset[str]
    legal: tuple[Legal, ...]
    days: int
    files: tuple[tuple[int, str], ...]
    events: tuple[FilingEvent, ...]
    dossier_code: str
    can_work: bool
    can_settle: bool
    counters: tuple[tuple[int, str], ...]
    deciders: tuple[tuple[int, str], ...]


def list_filings(unit: Unit, state: str = "", text: str = "", before: int | None = None) -> FilingPage:
    """Return the filings on the desks of the actor's offices, the newest first.

    Args:
        state: One of FilingState; empty for all that are open.
    """
    held = FilingRow.held_by_unit_id.in_(scope_of(unit).units)
    counted = unit.session.execute(
        select(FilingRow.state, func.count())
        .where(held, FilingRow.state.in_([one.value for one in OPEN]))
        .group_by(FilingRow.state)
    )
    wanted = [state] if state in set(FilingState) else [one.value for one in OPEN]
    statement = (
        select(FilingRow)
        .options(joinedload(FilingRow.procedure), joinedload(FilingRow.held_by_unit))
        .where(held, FilingRow.state.in_(wanted))
    )
    for word in fold(text).split():
        statement = statement.where(FilingRow.search_text.contains(word, autoescape=True))
    if before is not None:
        statement = statement.where(FilingRow.id < before)
    rows = list(unit.session.scalars(statement.order_by(FilingRow.id.desc()).limit(LONGEST_PAGE + 1)))
    shown, more = rows[:LONGEST_PAGE], len(rows) > LONGEST_PAGE
    codes = _codes(unit, shown)
    return FilingPage(
        lines=tuple(_line(one, codes) for one in shown),
        counts=dict(counted.all()),  # type: ignore[arg-type]
        next=rows[LONGEST_PAGE - 1].id if more else None,
    )


def count_waiting(unit: Unit) -> int:
    """Return how many filings lie open on the desks of the actor's own offices."""
    return (
        unit.session.scalar(
            select(func.count())
            .select_from(FilingRow)
            .where(
                FilingRow.held_by_unit_id.in_(unit.actor.unit_ids),
                FilingRow.state.in_([one.value for one in OPEN]),
            )
        )
        or 0
    )


def count_to_settle(unit: Unit) -> int:
    """Return how many filings wait for the actor, as a coordinator, to name their deciding office."""
    desks = [one.unit_id for one in unit.actor.assignments if COORDINATOR in one.roles]
    if not desks:
        return 0
    waiting = select(func.count()).where(
        FilingRow.held_by_unit_id.in_(desks), FilingRow.state == FilingState.COORDINATION.value
    )
    return unit.session.scalar(waiting) or 0


def get_filing(unit: Unit, number: str) -> FilingView:
    """Return a filing that lies, or was filed, at one of the actor's offices.

    Raises:
        NotFound: If there is none that this person may see.
    """
    row = _seen(unit, number)
    procedure = procedure_of(unit.session.get_one(RevisionRow, row.revision_id))
    ticked = {name.removeprefix("c.") for name in row.typed if name.startswith("c.")}
    actor = unit.actor
    is_open = FilingState(row.state) in OPEN
    coordinates = actor.holds(COORDINATOR, row.held_by_unit_id) is not None
    receives = actor.holds(COUNTER, row.held_by_unit_id) is not None
    in_queue = row.state == FilingState.COORDINATION
    return FilingView(
        number=row.number,
        version=row.version,
        procedure_key=row.procedure.key,
        procedure_name=procedure.name,
        state=FilingState(row.state),
        applicant_name=row.applicant_name,
        applicant_id_no=row.applicant_id_no,
        applicant_phone=row.applicant_phone,
        applicant_address=row.applicant_address,
        received_unit=row.received_unit.name_vi,
        held_by=row.held_by_unit.name_vi,
        held_by_id=row.held_by_unit_id,
        competent_unit=row.competent_unit.name_vi if row.competent_unit else "",
        submitted_at=row.submitted_at,
        until=row.until,
        ended_at=row.ended_at,
        rounds=row.rounds,
        answer=row.answer,
        typed=row.typed,
        components=procedure.components,
        missing=frozenset(
            one.code for one in procedure.components if one.need == "mandatory" and one.code not in ticked
        ),
        legal=procedure.legal,
        days=intake_days(row, procedure.options),
        files=tuple(
            (one.id, one.file_name)
            for one in unit.session.execute(
                select(FilingFileRow.id, FilingFileRow.file_name)
                .where(FilingFileRow.filing_id == row.id)
                .order_by(FilingFileRow.id)
            )
        ),
        events=_events(unit, row),
        dossier_code=_codes(unit, [row]).get(row.dossier_id or 0, ""),
        can_work=is_open and (coordinates or (receives and not in_queue)),
        can_settle=in_queue and coordinates,
        counters=_counters(unit, row) if is_open else (),
        deciders=_deciders(unit, row) if in_queue and coordinates else (),
    )


def open_filing_file(unit: Unit, number: str, file_id: int) -> StoredFile:
    """Open a file that was handed in with a filing, for somebody who may see the filing.

    Raises:
        NotFound: If there is none that this person may see; the answer is the same.
        FileQuarantined, FileNotScanned: If malware was found in it, or it must be scanned first.
    """
    filing = _seen(unit, number)
    row = unit.session.scalars(
        select(FilingFileRow).where(FilingFileRow.id == file_id, FilingFileRow.filing_id == filing.id)
    ).one_or_none()
    if row is None:
        raise NotFound("the file to exist", "there is none", what="tệp")
    check_openable(unit, row.sha256, row.file_name)
    return StoredFile(
        file_name=row.file_name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        stream=unit.engine.files.open(row.sha256),
    )


def filing_letter(unit: Unit, number: str) -> FilingLetter:
    """Return the letter of a filing that counts now: the request for papers, or the refusal.

    Raises:
        NotFound: If there is none that this person may see, or no letter was written.
    """
    return newest_letter(unit, _seen(unit, number).id)


def print_filing_letter(unit: Unit, number: str) -> int:
    """Note that the letter is printed and return how often it was, this time included.

    Raises:
        NotFound: As for `filing_letter`.
    """
    return count_letter_print(unit, _seen(unit, number).id)


def _seen(unit: Unit, number: str) -> FilingRow:
    row = unit.session.scalars(
        select(FilingRow)
        .options(joinedload(FilingRow.procedure))
        .where(FilingRow.number == str(FilingNumber.parse(number)))
    ).one_or_none()
    scope = scope_of(unit)
    if row is None or not (scope.holds(row.held_by_unit_id) or scope.holds(row.received_unit_id)):
        raise NotFound("the filing to exist", "there is none", what=f"hồ sơ {number[:40]}")
    return row


def _line(row: FilingRow, codes: Mapping[int, str]) -> FilingLine:
    return FilingLine(
        number=row.number,
        procedure_name=Text(row.procedure.name_vi, row.procedure.name_en),
        applicant=row.applicant_name,
        state=FilingState(row.state),
        submitted_at=row.submitted_at,
        until=row.until,
        held_by=row.held_by_unit.name_vi,
        dossier_code=codes.get(row.dossier_id or 0, ""),
    )


def _events(unit: Unit, row: FilingRow) -> tuple[FilingEvent, ...]:
    rows = unit.session.scalars(
        select(FilingEventRow).where(FilingEventRow.filing_id == row.id).order_by(FilingEventRow.id)
    ).all()
    people = units.people_of(unit, (one.user_id for one in rows))
    places = units.names_of(unit, (one.unit_id for one in rows))
    return tuple(
        FilingEvent(
            at=one.at,
            text=EVENTS[one.kind],
            who=people.get(one.user_id or 0, ""),
            unit=places.get(one.unit_id or 0, ""),
            note=one.data.get("note", ""),
        )
        for one in rows
    )


def _counters(unit: Unit, row: FilingRow) -> tuple[tuple[int, str], ...]:
    """Offices where somebody receives today, by name."""
    today = local_day(unit.now)
    found = unit.session.execute(
        select(UnitRow.id, UnitRow.name_vi)
        .where(
            UnitRow.effective_from <= today,
            UnitRow.effective_to.is_(None),
            UnitRow.id != row.held_by_unit_id,
        )
        .order_by(UnitRow.name_vi)
    ).all()
    held = units.held_roles(unit, [one.id for one in found], today)
    return tuple((one.id, one.name_vi) for one in found if COUNTER in held.get(one.id, frozenset()))


def _deciders(unit: Unit, row: FilingRow) -> tuple[tuple[int, str], ...]:
    """Every office that works today, those named for the procedure first."""
    today = local_day(unit.now)
    procedure = unit.session.get_one(ProcedureRow, row.procedure_id)
    named = [(one.id, one.name_vi) for one in competent_units(unit, procedure, today)]
    others = unit.session.execute(
        select(UnitRow.id, UnitRow.name_vi)
        .where(UnitRow.effective_from <= today, UnitRow.effective_to.is_(None))
        .order_by(UnitRow.name_vi)
    )
    return (*named, *((one.id, one.name_vi) for one in others if (one.id, one.name_vi) not in named))


def _codes(unit: Unit, rows: Sequence[FilingRow]) -> dict[int, str]:
    ids = [one.dossier_id for one in rows if one.dossier_id]
    if not ids:
        return {}
    found = unit.session.execute(select(DossierRow.id, DossierRow.code).where(DossierRow.id.in_(ids)))
    return dict(found.all())  # type: ignore[arg-type]
