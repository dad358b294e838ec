"""Taking a published revision out of force: back to the one before, off the schedule, or abolished.

None of it touches running dossiers: each keeps the revision it was accepted under.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from designer.drafts import check_version, get_revision, state_facts
from designer.review import BadNote, BadPublication, Decision, WrongState
from designer.states import ABOLISHED, APPROVED, PROVINCE_APPROVER, PUBLISHED, SUPERSEDED, SUSPENDED
from engine.domain.access import check_holds
from engine.domain.calendar import local_day
from engine.errors import Refused
from engine.store.rows import RevisionRow
from engine.store.work import Unit
from engine.usecases.audit import record

LEAST_REASON = 10


class NothingBefore(Refused):
    """There is no revision to go back to."""

    code = "nothing_before"
    vi = "Trước phiên bản {number} không có phiên bản nào từng được ban hành, nên không quay lại được."
    en = "No version was published before version {number}, so there is none to go back to."


class NotYetInForce(Refused):
    code = "not_yet_in_force"
    vi = "Phiên bản {number} chỉ có hiệu lực từ {day}; hãy dùng “Hủy lịch ban hành”."
    en = "Version {number} takes effect only on {day}; use “Cancel the publication”."


class AlreadyInForce(Refused):
    code = "already_in_force"
    vi = "Phiên bản {number} đã có hiệu lực từ {day} nên không hủy lịch được; hãy dùng “Quay lại bản trước”."
    en = "Version {number} has been in force since {day}; use “Back to the version before”."


def roll_back(unit: Unit, revision_id: int, reason: str, *, version: int | None = None) -> int:
    """Put the revision before in force again, at once; return its number.

    Dossiers accepted from this moment on follow it. The one that is taken back is suspended, and dossiers
    that were accepted under it go on under it.

    Raises:
        RoleMissing: If the actor does not approve procedures for the province.
        WrongState, NotYetInForce: If the revision is not in force.
        NothingBefore: If nothing was published before.
        BadNote: Without a reason.
    """
    row, reason = _published(unit, revision_id, reason, version)
    if row.effective_from and row.effective_from > local_day(unit.now):
        raise NotYetInForce("in force", "not yet", number=row.number, day=f"{row.effective_from:%d/%m/%Y}")
    before = _before(unit, row)
    if before is None:
        raise NothingBefore("a revision before", "there is none", number=row.number)
    _put_back(unit, before, row)
    row.state, row.review_note, row.changed_at = SUSPENDED, reason, unit.now
    record(unit, f"revision:{row.id}", "revision.rolled_back", {"to": before.number, "note": reason})
    return before.number


def cancel_publication(unit: Unit, revision_id: int, reason: str, *, version: int | None = None) -> None:
    """Take a revision that is published for a later day off the schedule; it is approved as before.

    Raises:
        RoleMissing, WrongState, BadNote: As for `roll_back`.
        AlreadyInForce: If its day has come.
    """
    row, reason = _published(unit, revision_id, reason, version)
    day = row.effective_from
    if day is None or day <= local_day(unit.now):
        raise AlreadyInForce("a later day", f"it is {day}", number=row.number, day=f"{day:%d/%m/%Y}")
    before = _before(unit, row)
    if before is not None and before.effective_to == day - timedelta(days=1):
        _put_back(unit, before, row)
    row.state, row.effective_from, row.publisher_id = APPROVED, None, None
    row.review_note, row.changed_at = reason, unit.now
    record(unit, f"revision:{row.id}", "revision.unscheduled", {"day": day, "note": reason})


def abolish(
    unit: Unit,
    revision_id: int,
    last_day: date,
    decision: Decision,
    reason: str,
    *,
    version: int | None = None,
) -> None:
    """End a procedure: no dossier is received after `last_day`, those under way go on.

    Raises:
        RoleMissing, WrongState, BadNote: As for `roll_back`.
        BadPublication: If the day lies in the past or the decision has no number.
    """
    check_holds(unit.actor, PROVINCE_APPROVER, where="UBND tỉnh")
    row = _expect(unit, revision_id, version, PUBLISHED, SUSPENDED)
    reason = _checked(reason)
    today = local_day(unit.now)
    if last_day < today:
        raise BadPublication(
            f"a day from {today} on",
            f"{last_day} was given",
            sentence=f"Ngày cuối nhận hồ sơ không được trước hôm nay; đang ghi {last_day:%d/%m/%Y}.",
            sentence_en=f"The last day must not lie before today; {last_day:%d/%m/%Y} was given.",
        )
    if not decision.number.strip():
        raise BadPublication(
            "a decision number",
            "there is none",
            sentence="Hãy ghi số quyết định bãi bỏ.",
            sentence_en="Please write the number of the decision.",
        )
    was_suspended = row.state == SUSPENDED
    row.state, row.review_note, row.changed_at = ABOLISHED, reason, unit.now
    # Suspended, it received nothing any more; abolishing it must not open it again for some days.
    row.effective_to = today - timedelta(days=1) if was_suspended else last_day
    data = {"until": row.effective_to, "decision": decision.number.strip(), "note": reason}
    record(unit, f"revision:{row.id}", "revision.abolished", data)


def _published(unit: Unit, revision_id: int, reason: str, version: int | None) -> tuple[RevisionRow, str]:
    check_holds(unit.actor, PROVINCE_APPROVER, where="UBND tỉnh")
    return _expect(unit, revision_id, version, PUBLISHED), _checked(reason)


def _expect(unit: Unit, revision_id: int, version: int | None, *states: str) -> RevisionRow:
    row = get_revision(unit, revision_id)
    if row.state not in states:
        raise WrongState(states[0], f"it is {row.state}", number=row.number, **state_facts(row.state))
    check_version(unit, row, version)
    return row


def _checked(reason: str) -> str:
    if len(reason.strip()) < LEAST_REASON:
        raise BadNote(
            "a reason",
            "hardly anything is said",
            what=f"lý do cụ thể, ít nhất {LEAST_REASON} ký tự",
            what_en=f"a reason of at least {LEAST_REASON} characters",
        )
    return reason.strip()[:2000]


def _before(unit: Unit, row: RevisionRow) -> RevisionRow | None:
    """Return the revision that held until this one came."""
    return unit.session.scalars(
        select(RevisionRow)
        .where(
            RevisionRow.procedure_id == row.procedure_id,
            RevisionRow.state == SUPERSEDED,
            RevisionRow.number < row.number,
        )
        .order_by(RevisionRow.effective_to.desc(), RevisionRow.number.desc())
        .limit(1)
    ).one_or_none()


def _put_back(unit: Unit, before: RevisionRow, row: RevisionRow) -> None:
    before.state, before.effective_to, before.changed_at = PUBLISHED, None, unit.now
    record(unit, f"revision:{before.id}", "revision.put_back", {"instead_of": row.number})
