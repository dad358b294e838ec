"""Before acceptance: what was handed in is kept, asked to be completed, passed on, refused, or lapses.

The clock of the office does not run yet. Each act writes the filing, a line of its history, a link of its
audit chain and, where the applicant has to know, a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.domain.access import SYSTEM, check_holds
from engine.domain.calendar import local_day
from engine.domain.deadlines import Term, TermKind, due
from engine.domain.filings import OPEN, AskedBefore, FilingNumber, FilingState, check_state
from engine.domain.texts import Text, fold
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.store import units
from engine.store.counter_rows import FilingEventRow, FilingFileRow, FilingRow
from engine.store.numbers import next_number
from engine.store.rows import AttachmentRow, UnitRow
from engine.store.work import Unit
from engine.usecases import submissions
from engine.usecases.attachments import NewFile, put_file
from engine.usecases.audit import record
from engine.usecases.calendars import calendar_of
from engine.usecases.drafts import drop_draft
from engine.usecases.filing_letters import PAPERS, REFUSAL, STAGE, write_letter
from engine.usecases.filing_notices import (
    tell_coordinators,
    tell_counter,
    tell_lapsed,
    tell_papers_wanted,
    tell_passed_on,
    tell_refused,
    tell_settled,
)
from engine.usecases.organisation import check_unit_open
from engine.usecases.reception import COUNTER, Applicant, find_place, read_applicant

if TYPE_CHECKING:
    from engine.runtime import Engine

COORDINATOR = "COORDINATOR"
LONGEST = 2000  # of a reason, a gap, a legal basis
MOST_GAPS = 60
MOST_DAYS = 60
USUAL_DAYS = 7  # working days to bring papers; `intake_days` among a procedure's options says otherwise
LARGEST_TYPED = 600  # fields
LAPSED = Text(
    "Quá thời hạn bổ sung mà không nhận được đủ giấy tờ đã yêu cầu.",
    "The papers that were asked for did not come within the time given.",
)


class FilingIncomplete(Invalid):
    """A letter to the applicant lacks what it has to say."""

    code = "filing_incomplete"
    vi = "Chưa gửi được: hãy ghi {what}; ô này đang để trống hoặc dài quá {most} ký tự."
    en = "Not sent: write {what_en}; this is empty or longer than {most} characters."


class BadDays(Invalid):
    code = "bad_days"
    vi = "Số ngày để bổ sung phải từ 1 đến {most} ngày làm việc."
    en = "The days for bringing papers must be 1 to {most} working days."


class NoCoordinator(Refused):
    code = "no_coordinator"
    vi = "Chưa có ai giữ vai trò điều phối Bộ phận Một cửa, nên chưa chuyển được. Hãy báo cán bộ CNTT."
    en = "Nobody holds the role of coordinator, so it cannot be passed on. Tell the IT staff."


class SameDesk(Refused):
    code = "same_desk"
    vi = "Hồ sơ đang ở chính {unit}. Hãy chọn nơi khác."
    en = "The filing lies at {unit} already. Choose another office."


class NoCounterThere(Refused):
    code = "no_counter_there"
    vi = "{unit} không có người tiếp nhận hồ sơ. Hãy chọn cơ quan khác, hoặc chuyển người điều phối."
    en = "Nobody at {unit} receives dossiers. Choose another office, or ask the coordinator."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What the counter keeps: the reception page as it was filled in, by field name, and the files."""

    procedure_key: str
    receiving_unit_id: int
    applicant: Applicant
    typed: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[NewFile] = ()
    channel: int = 1
    submission_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that is missing or wrong: which paper, what about it, what to bring."""

    component: str
    name_vi: str
    name_en: str
    wrong: str
    bring: str = ""


def file_request(unit: Unit, filing: Filing) -> str:
    """Keep what was handed in without accepting it; return its number. The same key gives the same number.

    Raises:
        RoleMissing, UnitClosed, NotInForce: As for receiving.
        FormInvalid: If the applicant cannot be read.
        FileRefused: If a file cannot be taken.
    """
    body = {
        "procedure": filing.procedure_key,
        "applicant": repr(filing.applicant),
        "typed": dict(filing.typed),
        "files": [(one.component_code, one.file_name) for one in filing.files],
    }
    earlier = submissions.begin(unit, filing.submission_key, "filing.submit", body)
    if earlier is not None:
        return earlier["number"]
    place = find_place(unit, filing.procedure_key, filing.receiving_unit_id)
    assignment = check_holds(unit.actor, COUNTER, place.receiving.id)
    applicant = read_applicant(filing.applicant)
    if len(filing.typed) > LARGEST_TYPED:
        raise Invalid("fewer fields", f"there are {len(filing.typed)}")
    row = FilingRow(
        number=_next_number(unit, place.receiving),
        procedure_id=place.procedure_row.id,
        revision_id=place.revision.id,
        channel=filing.channel,
        state=FilingState.SUBMITTED.value,
        received_unit_id=place.receiving.id,
        held_by_unit_id=place.receiving.id,
        applicant_kind=applicant.kind,
        applicant_name=applicant.name,
        applicant_id_no=applicant.id_no,
        applicant_phone=applicant.phone,
        applicant_email=applicant.email,
        applicant_address=applicant.address,
        typed=dict(filing.typed),
        search_text="",
        answer={},
        submitted_at=unit.now,
        submitted_by=unit.actor.user_id,
    )
    row.search_text = fold(f"{row.number} {applicant.name} {applicant.id_no} {applicant.phone}")
    unit.session.add(row)
    unit.session.flush()
    _add_files(unit, row, filing.files)
    _note(unit, row, "submitted", assignment.unit_id if assignment else None)
    drop_draft(unit, filing.submission_key)
    submissions.finish(unit, filing.submission_key, {"number": row.number})
    return row.number


def ask_for_papers(
    unit: Unit, number: str, version: int, gaps: Iterable[Gap], legal_basis: str, days: int
) -> datetime:
    """Ask the applicant for everything that is missing, once, with a last day (Mẫu 02); return that day.

    Raises:
        AskedBefore: If this was done before, unless the coordinator does it.
        FilingIncomplete: Without a gap, or if one does not say what is wrong.
        BadDays, FilingElsewhere, Conflict, RoleMissing, NotFound
    """
    row = _open(unit, number, version)
    check_state(number, FilingState(row.state), FilingState.SUBMITTED)
    assignment = _check_desk(unit, row)
    if row.rounds and unit.actor.holds(COORDINATOR) is None and not unit.actor.is_system:
        raise AskedBefore("one request", "there was one", number=number)
    found = list(gaps)[:MOST_GAPS]
    if not found:
        raise _incomplete("ít nhất một giấy tờ còn thiếu hoặc sai", "at least one gap")
    for gap in found:
        _check_text(gap.wrong, f"điều chưa đúng của “{gap.name_vi}”", f"what is wrong with “{gap.name_en}”")
    _check_text(legal_basis, "căn cứ pháp lý", "the legal basis")
    if not 1 <= days <= MOST_DAYS:
        raise BadDays("1 to 60 days", f"{days}", most=MOST_DAYS)
    term = Term(kind=TermKind.WORKING_DAY, value=days)
    row.until = due(calendar_of(unit, row.received_unit_id), unit.now, term).at
    row.state = FilingState.SUPPLEMENT.value
    row.rounds += 1
    row.answer = {
        "gaps": [{name: getattr(gap, name) for name in Gap.__slots__} for gap in found],
        "legal_basis": legal_basis.strip(),
    }
    write_letter(
        unit,
        row,
        PAPERS,
        row.held_by_unit_id,
        {
            "gaps": [{"name": gap.name_vi, "wrong": gap.wrong, "bring": gap.bring} for gap in found],
            "reason": "Hồ sơ chưa đủ điều kiện tiếp nhận. Thời hạn giải quyết chưa được tính.",
            "legal_basis": legal_basis.strip(),
            "deadline": row.until,
            "round": row.rounds,
            "stage": STAGE,
        },
    )
    tell_papers_wanted(unit, row)
    _note(unit, row, "supplement.asked", assignment, until=row.until.isoformat(), gaps=len(found))
    return row.until


def take_papers(unit: Unit, number: str, version: int) -> None:
    """The applicant has come back with the papers: the filing waits to be looked at again.

    Raises:
        FilingElsewhere, Conflict, RoleMissing, NotFound
    """
    row = _open(unit, number, version)
    check_state(number, FilingState(row.state), FilingState.SUPPLEMENT)
    assignment = _check_desk(unit, row)
    row.state, row.until = FilingState.SUBMITTED.value, None
    _note(unit, row, "supplement.received", assignment)


def refuse_filing(
    unit: Unit, number: str, version: int, reason: str, legal_basis: str, guidance: str = ""
) -> None:
    """Refuse to accept, in words that the applicant understands, with the law (Mẫu 03).

    Raises:
        FilingIncomplete: Without a reason or a legal basis.
        FilingElsewhere, Conflict, RoleMissing, NotFound
    """
    row = _open(unit, number, version)
    check_state(number, FilingState(row.state), *OPEN)
    assignment = _check_desk(unit, row)
    _check_text(reason, "lý do từ chối", "the reason")
    _check_text(legal_basis, "căn cứ pháp lý", "the legal basis")
    row.answer = {
        **row.answer,
        "reason": reason.strip(),
        "legal_basis": legal_basis.strip(),
        "guidance": guidance.strip()[:LONGEST],
    }
    _end(unit, row, FilingState.REJECTED)
    facts = {
        "reason": reason.strip(),
        "legal_basis": legal_basis.strip(),
        "instead": guidance.strip()[:LONGEST],
    }
    write_letter(unit, row, REFUSAL, row.held_by_unit_id, facts)
    tell_refused(unit, row)
    _note(unit, row, "rejected", assignment)


def pass_on(unit: Unit, number: str, version: int, to_unit_id: int, note: str) -> None:
    """Hand the filing to the counter of another office: the one that is competent.

    Raises:
        SameDesk, NoCounterThere, UnitClosed: If it cannot go there.
        FilingIncomplete: Without a note.
        FilingElsewhere, Conflict, RoleMissing, NotFound
    """
    row = _open(unit, number, version)
    check_state(number, FilingState(row.state), FilingState.SUBMITTED, FilingState.COORDINATION)
    assignment = _check_desk(unit, row)
    _check_text(note, "vì sao chuyển", "why it is passed on")
    target = _counter(unit, row, to_unit_id)
    before = row.held_by_unit_id
    row.held_by_unit_id, row.competent_unit_id = target.id, None
    row.state = FilingState.SUBMITTED.value
    tell_passed_on(unit, row, target)
    tell_counter(unit, row, COUNTER, note.strip())
    _note(unit, row, "passed_on", assignment, note=note.strip(), from_unit=before, to_unit=target.id)


def ask_coordinator(unit: Unit, number: str, version: int, note: str) -> None:
    """Nobody can tell who decides: the coordinator of the one-stop shop says.

    Raises:
        NoCoordinator: If nobody holds that role: the filing stays at the counter.
        FilingIncomplete: Without a note.
        FilingElsewhere, Conflict, RoleMissing, NotFound
    """
    row = _open(unit, number, version)
    check_state(number, FilingState(row.state), FilingState.SUBMITTED)
    assignment = _check_desk(unit, row)
    _check_text(note, "điều chưa rõ", "what is not clear")
    row.held_by_unit_id = _coordinating_unit(unit, row)
    row.state = FilingState.COORDINATION.value
    tell_coordinators(unit, row, COORDINATOR, note.strip())
    _note(unit, row, "coordination.asked", assignment, note=note.strip())


def settle_competence(unit: Unit, number: str, version: int, competent_unit_id: int, note: str) -> None:
    """The coordinator says who decides; the filing goes back to the counter where it was filed.

    Raises:
        UnitClosed: If that office does not work today.
        FilingElsewhere, Conflict, RoleMissing, NotFound
    """
    row = _open(unit, number, version)
    check_state(number, FilingState(row.state), FilingState.COORDINATION)
    where = units.get_unit(unit, row.held_by_unit_id).name_vi
    found = check_holds(unit.actor, COORDINATOR, row.held_by_unit_id, where)
    check_unit_open(unit, competent_unit_id, local_day(unit.now))
    row.competent_unit_id = competent_unit_id
    row.held_by_unit_id = row.received_unit_id
    row.state = FilingState.SUBMITTED.value
    tell_settled(unit, row, units.get_unit(unit, competent_unit_id).name_vi)
    _note(
        unit, row, "coordination.settled", found.unit_id if found else None,
        note=note.strip()[:LONGEST], competent=competent_unit_id,
    )  # fmt: skip


def withdraw_filing(unit: Unit, number: str, version: int) -> None:
    """The applicant takes the papers back.

    Raises:
        FilingElsewhere, Conflict, RoleMissing, NotFound
    """
    row = _open(unit, number, version)
    check_state(number, FilingState(row.state), *OPEN)
    assignment = _check_desk(unit, row)
    _end(unit, row, FilingState.WITHDRAWN)
    _note(unit, row, "withdrawn", assignment)


def lapse_filings(engine: Engine, limit: int = 100) -> int:
    """End filings whose papers were not brought in time; return how many. Called by the worker."""
    lapsed = 0
    with engine.reading(SYSTEM) as unit:
        late = list(unit.session.scalars(_late(unit).order_by(FilingRow.until).limit(limit)))
    for filing_id in late:
        try:
            with engine.unit(SYSTEM) as unit:
                lapsed += _lapse(unit, filing_id)
        except Conflict:
            continue  # somebody is at it; it is due again at the next round
    return lapsed


def next_lapse(unit: Unit) -> datetime | None:
    return unit.session.scalar(
        select(func.min(FilingRow.until)).where(
            FilingRow.state == FilingState.SUPPLEMENT.value, FilingRow.until > unit.now
        )
    )


def intake_days(row: FilingRow, options: Mapping[str, Any]) -> int:
    """Return how many working days a procedure gives for bringing papers before acceptance."""
    days = options.get("intake_days", USUAL_DAYS)
    return days if isinstance(days, int) and 1 <= days <= MOST_DAYS else USUAL_DAYS


def hold_for_acceptance(unit: Unit, number: str, receiving_unit_id: int) -> FilingRow:
    """Lock a filing that is about to be accepted at this counter.

    Raises:
        FilingElsewhere: If it does not wait to be accepted.
        NotFound: If it does not lie at this counter.
    """
    row = _locked(unit, number)
    check_state(number, FilingState(row.state), FilingState.SUBMITTED)
    if row.held_by_unit_id != receiving_unit_id:
        raise NotFound("a filing of this counter", "it lies elsewhere", what=f"hồ sơ {number}")
    return row


def note_accepted(unit: Unit, row: FilingRow, dossier_id: int, code: str, unit_id: int | None) -> None:
    """Write that a filing has become a dossier."""
    row.dossier_id = dossier_id
    _end(unit, row, FilingState.ACCEPTED)
    _note(unit, row, "accepted", unit_id, dossier=code)


def copy_filing_files(unit: Unit, row: FilingRow, dossier_id: int) -> None:
    """Make the files that came with the filing files of its dossier; the bytes stay where they are."""
    for one in unit.session.scalars(select(FilingFileRow).where(FilingFileRow.filing_id == row.id)):
        unit.session.add(
            AttachmentRow(
                dossier_id=dossier_id,
                component_code=one.component_code,
                file_name=one.file_name,
                content_type=one.content_type,
                size=one.size,
                sha256=one.sha256,
                added_at=one.added_at,
                added_by=one.added_by or unit.actor.user_id,
            )
        )


# --- inside -----------------------------------------------------------------------------------


def _late(unit: Unit):
    return select(FilingRow.id).where(
        FilingRow.state == FilingState.SUPPLEMENT.value, FilingRow.until <= unit.now
    )


def _lapse(unit: Unit, filing_id: int) -> bool:
    row = unit.session.scalars(
        select(FilingRow)
        .where(FilingRow.id == filing_id, FilingRow.id.in_(_late(unit)))
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return False
    row.answer = {**row.answer, "reason": LAPSED.vi, "reason_en": LAPSED.en}
    _end(unit, row, FilingState.LAPSED)
    facts = {"reason": LAPSED.vi, "legal_basis": row.answer.get("legal_basis", "")}
    write_letter(unit, row, REFUSAL, row.held_by_unit_id, facts)
    tell_lapsed(unit, row)
    _note(unit, row, "lapsed", row.held_by_unit_id)
    return True


def _open(unit: Unit, number: str, version: int) -> FilingRow:
    row = _locked(unit, number)
    if row.version != version:
        raise Conflict("the version that was shown", "it was changed meanwhile")
    return row


def _locked(unit: Unit, number: str) -> FilingRow:
    row = unit.session.scalars(
        select(FilingRow).where(FilingRow.number == str(FilingNumber.parse(number))).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("the filing to exist", "there is none", what=f"hồ sơ {number}")
    return row


def _check_desk(unit: Unit, row: FilingRow) -> int | None:
    """The counter that holds it works on it, and its coordinator; the queue is the coordinator's alone."""
    where = units.get_unit(unit, row.held_by_unit_id).name_vi
    check_unit_open(unit, row.held_by_unit_id, local_day(unit.now))
    found = unit.actor.holds(COORDINATOR, row.held_by_unit_id)
    if found is None:
        role = COORDINATOR if row.state == FilingState.COORDINATION else COUNTER
        found = check_holds(unit.actor, role, row.held_by_unit_id, where)
    return found.unit_id if found else None


def _counter(unit: Unit, row: FilingRow, unit_id: int) -> UnitRow:
    target = unit.session.get(UnitRow, unit_id)
    if target is None:
        raise NotFound("the office to exist", "there is none", what="cơ quan")
    if target.id == row.held_by_unit_id:
        raise SameDesk("another office", "it lies there already", unit=target.name_vi)
    today = local_day(unit.now)
    check_unit_open(unit, target.id, today)
    if COUNTER not in units.held_roles(unit, [target.id], today).get(target.id, frozenset()):
        raise NoCounterThere("a counter", "there is none", unit=target.name_vi)
    return target


def _coordinating_unit(unit: Unit, row: FilingRow) -> int:
    """Return the office whose coordinator decides: of the counter itself, above it, else any centre's."""
    today = local_day(unit.now)
    chain, at = [], unit.session.get(UnitRow, row.received_unit_id)
    while at is not None and len(chain) < 10:
        chain.append(at.id)
        at = unit.session.get(UnitRow, at.parent_id) if at.parent_id else None
    centres = unit.session.scalars(
        select(UnitRow.id)
        .where(UnitRow.kind == "centre", UnitRow.effective_to.is_(None))
        .order_by(UnitRow.id)
    ).all()
    wanted = [*chain, *centres]
    held = units.held_roles(unit, wanted, today)
    found = next((one for one in wanted if COORDINATOR in held.get(one, frozenset())), None)
    if found is None:
        raise NoCoordinator("a coordinator", "nobody holds the role")
    return found


def _end(unit: Unit, row: FilingRow, state: FilingState) -> None:
    row.state, row.ended_at, row.until = state.value, unit.now, None


def _note(unit: Unit, row: FilingRow, kind: str, unit_id: int | None, **facts: Any) -> None:
    unit.session.add(
        FilingEventRow(
            filing_id=row.id, at=unit.now, kind=kind, user_id=unit.actor.user_id, unit_id=unit_id, data=facts
        )
    )
    open_facts = {name: value for name, value in facts.items() if name != "note"}
    record(unit, f"filing:{row.id}", f"filing.{kind}", {"number": row.number, **open_facts})


def _next_number(unit: Unit, receiving: UnitRow) -> str:
    day = local_day(unit.now)
    count = next_number(unit, f"filing:{receiving.identity_code}", f"{day:%y%m%d}")
    return str(FilingNumber.make(receiving.identity_code, day, count))


def _add_files(unit: Unit, row: FilingRow, files: Iterable[NewFile]) -> None:
    for one in files:
        stored = put_file(unit, one)
        unit.session.add(
            FilingFileRow(
                filing_id=row.id,
                component_code=one.component_code,
                file_name=stored.file_name,
                content_type=stored.content_type,
                size=stored.size,
                sha256=stored.sha256,
                added_at=unit.now,
                added_by=unit.actor.user_id,
            )
        )


def _check_text(text: str, what: str, what_en: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise _incomplete(what, what_en)


def _incomplete(what: str, what_en: str) -> FilingIncomplete:
    return FilingIncomplete(
        "something written", "it is empty or too long", what=what, what_en=what_en, most=LONGEST
    )
