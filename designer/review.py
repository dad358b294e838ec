"""The way of a revision from draft to law: submitted, approved twice, published by someone else.

Whoever wrote a revision, even one save of it, neither approves nor publishes it. Publication names a
decision and a first day; the revision before it holds until the day before. Running dossiers keep theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from designer.checks import check_revision
from designer.drafts import check_author, check_version, get_revision, state_facts
from designer.proof import check_sound, prove
from designer.states import (
    APPROVED,
    DRAFT,
    IN_REVIEW,
    PENDING,
    PROVINCE_APPROVER,
    PUBLISHED,
    SUPERSEDED,
    UNIT_APPROVER,
    UNIT_REVIEW,
)
from engine.domain.access import check_holds
from engine.domain.calendar import local_day
from engine.errors import Forbidden, Invalid, Refused
from engine.store.rows import RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.authorship import writers


class OwnWork(Forbidden):
    """Two persons are needed: one writes, another decides."""

    code = "own_work"
    vi = "Bạn đã soạn phiên bản này nên không thể tự duyệt hay ban hành. Việc này cần một người khác."
    en = "You wrote this version, so you cannot approve or publish it yourself. Another person has to."


class WrongState(Refused):
    """The revision is somewhere else on its way."""

    code = "wrong_state"
    vi = "Phiên bản {number} đang ở trạng thái “{state}”, nên không làm được việc này."
    en = "Version {number} is “{state_en}”, so this cannot be done."


class HasErrors(Refused):
    """The linter found what would stop a dossier."""

    code = "has_errors"
    vi = "Quy trình còn {count} lỗi, lỗi đầu tiên: {first} Hãy sửa hết lỗi rồi làm lại."
    en = "The procedure has {count} errors, the first: {first_en} Correct them and try again."


class BadNote(Invalid):
    """A step of the review needs words."""

    code = "note_missing"
    vi = "Hãy ghi {what}."
    en = "Please write {what_en}."


class BadPublication(Invalid):
    """The day or the decision of a publication cannot stand."""

    code = "bad_publication"
    vi = "{sentence}"
    en = "{sentence_en}"


class Unproven(Refused):
    """Not every case was looked at, and nobody answers for the rest yet."""

    code = "unproven"
    vi = (
        "Chưa chứng minh được mọi đường đi của quy trình này. Muốn ban hành, hãy ghi vì sao vẫn ban hành; "
        "lý do được lưu cùng quyết định."
    )
    en = (
        "Not every way through this procedure could be proven. To publish it, write why it may be published "
        "all the same; the reason is kept with the decision."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The paper by which a revision becomes law.

    Attributes:
        unproven: Why it may be published although not every case could be looked at; needed only then.
    """

    number: str
    signed_on: date | None = None
    signer: str = ""
    unproven: str = ""


def submit(unit: Unit, revision_id: int, note: str, *, version: int | None = None) -> None:
    """Hand a draft to the head of the unit; `note` says what changed and why.

    Raises:
        WrongState: If it is no draft.
        HasErrors: If the linter found errors.
        BadNote: If nothing is said about the change.
    """
    row = _expect(unit, revision_id, version, DRAFT)
    check_author(unit, row.procedure)
    if not note.strip():
        words = {"what": "đã thay đổi gì và vì sao", "what_en": "what changed and why"}
        raise BadNote("a note", "there is none", **words)
    _check_clean(unit, row)
    row.change_note = note.strip()
    _move(unit, row, UNIT_REVIEW, "revision.submitted")


def approve(unit: Unit, revision_id: int, note: str = "", *, version: int | None = None) -> str:
    """Approve what waits: first the unit, then the province. Returns the new state.

    Raises:
        WrongState, OwnWork, RoleMissing, HasErrors.
    """
    row = _expect(unit, revision_id, version, UNIT_REVIEW, PENDING)
    if row.state == UNIT_REVIEW:
        owner = row.procedure.owner_unit_id
        check_holds(unit.actor, UNIT_APPROVER, owner, where=_unit_name(unit, owner))
    else:
        check_holds(unit.actor, PROVINCE_APPROVER, where="UBND tỉnh")
    _check_other_person(unit, row)
    _check_clean(unit, row)
    row.review_note = note.strip()
    after = PENDING if row.state == UNIT_REVIEW else APPROVED
    _move(unit, row, after, "revision.approved")
    return after


def send_back(unit: Unit, revision_id: int, reason: str, *, version: int | None = None) -> None:
    """Return a revision to its author, with a reason.

    Raises:
        WrongState, RoleMissing.
        BadNote: If no reason is given.
    """
    row = _expect(unit, revision_id, version, *IN_REVIEW)
    if row.state == UNIT_REVIEW:
        owner = row.procedure.owner_unit_id
        check_holds(unit.actor, UNIT_APPROVER, owner, where=_unit_name(unit, owner))
    else:
        check_holds(unit.actor, PROVINCE_APPROVER, where="UBND tỉnh")
    if not reason.strip():
        raise BadNote("a reason", "there is none", what="lý do trả lại", what_en="why it is sent back")
    row.review_note = reason.strip()
    _move(unit, row, DRAFT, "revision.sent_back")


def publish(
    unit: Unit,
    revision_id: int,
    effective_from: date,
    decision: Decision,
    *,
    version: int | None = None,
) -> None:
    """Publish an approved revision from `effective_from`, a local day not in the past.

    Dossiers accepted from that day on follow it; those accepted before keep the revision they have.

    Raises:
        WrongState, OwnWork, RoleMissing, HasErrors.
        BadPublication: If the day lies in the past or the decision has no number.
        Unproven: If not every case could be looked at and nobody says why it may be published all the same.
    """
    row = _expect(unit, revision_id, version, APPROVED)
    check_holds(unit.actor, PROVINCE_APPROVER, where="UBND tỉnh")
    _check_other_person(unit, row)
    _check_day(unit, effective_from)
    if not decision.number.strip():
        raise BadPublication(
            "a decision number",
            "there is none",
            sentence="Hãy ghi số quyết định ban hành.",
            sentence_en="Please write the number of the decision.",
        )
    _check_clean(unit, row)
    _check_proven(unit, row, decision)

    _end_predecessors(unit, row, effective_from)
    row.effective_from = effective_from
    row.effective_to = None
    row.decision_no = decision.number.strip()
    row.decision_date = decision.signed_on
    row.signer = decision.signer.strip()
    row.publisher_id = unit.actor.user_id
    data = {"from": effective_from, "decision": row.decision_no}
    data |= {"unproven": decision.unproven.strip()} if decision.unproven.strip() else {}
    _move(unit, row, PUBLISHED, "revision.published", data)


def _expect(unit: Unit, revision_id: int, version: int | None, *states: str) -> RevisionRow:
    row = get_revision(unit, revision_id)
    if row.state not in states:
        raise WrongState(
            f"one of {', '.join(states)}", f"it is {row.state}", number=row.number, **state_facts(row.state)
        )
    check_version(unit, row, version)
    return row


def _move(unit: Unit, row: RevisionRow, state: str, action: str, data: dict | None = None) -> None:
    row.state = state
    row.changed_at = unit.now
    unit.session.flush()
    note = row.change_note if action == "revision.submitted" else row.review_note
    record(unit, f"revision:{row.id}", action, {"state": state, "note": note, **(data or {})})


def _check_other_person(unit: Unit, row: RevisionRow) -> None:
    if unit.actor.user_id in writers(unit, row.id):
        raise OwnWork("somebody who did not write it", "the actor did")


def _check_clean(unit: Unit, row: RevisionRow) -> None:
    checks = check_revision(unit, row)
    errors = checks.errors
    if errors:
        raise HasErrors(
            "no errors",
            f"there are {len(errors)}",
            count=len(errors),
            first=errors[0].message.vi,
            first_en=errors[0].message.say("en"),
        )
    check_sound(unit, row, checks)


def _check_proven(unit: Unit, row: RevisionRow, decision: Decision) -> None:
    report = prove(unit, row)
    if report is not None and report.verdict == "not-proven" and not decision.unproven.strip():
        raise Unproven("every case to be looked at", f"after {report.states} states it stopped")


def _check_day(unit: Unit, day: date) -> None:
    today = local_day(unit.now)
    if day < today:
        raise BadPublication(
            f"a day from {today} on",
            f"{day} was given",
            sentence=f"Ngày hiệu lực phải từ hôm nay ({today:%d/%m/%Y}) trở đi; đang ghi {day:%d/%m/%Y}.",
            sentence_en=f"The first day must be today ({today:%d/%m/%Y}) or later; {day:%d/%m/%Y} was given.",
        )


def _end_predecessors(unit: Unit, row: RevisionRow, effective_from: date) -> None:
    """Let every revision in force end the day before; it then holds until that day, and no longer."""
    for other in _published(unit, row):
        other.state = SUPERSEDED
        other.effective_to = effective_from - timedelta(days=1)
        other.changed_at = unit.now
        record(
            unit,
            f"revision:{other.id}",
            "revision.superseded",
            {"by": row.number, "until": other.effective_to},
        )


def _published(unit: Unit, row: RevisionRow) -> list[RevisionRow]:
    """Return the other revisions of the procedure that are published."""
    return list(
        unit.session.scalars(
            select(RevisionRow).where(
                RevisionRow.procedure_id == row.procedure_id,
                RevisionRow.state == PUBLISHED,
                RevisionRow.id != row.id,
            )
        )
    )


def _unit_name(unit: Unit, unit_id: int | None) -> str:
    row = unit.session.get(UnitRow, unit_id) if unit_id else None
    return row.name_vi if row else "—"
