"""Work on one step: take it, give it back, keep what was typed, finish it.

A step belongs to a role in a unit; whoever holds that role there today may take it. Finishing a step that
nobody has taken takes it at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from engine.domain.access import Assignment
from engine.domain.calendar import local_day
from engine.domain.dossiers import Status
from engine.domain.substitution import lent_for
from engine.domain.texts import Text
from engine.domain.timewords import say_moment
from engine.errors import Conflict, Invalid, Refused
from engine.store import cases as rows
from engine.store import units
from engine.store.offices import known_revision, take_offices
from engine.store.rows import WorkItemRow
from engine.store.steps import Item, hold
from engine.store.work import Unit
from engine.usecases import submissions
from engine.usecases.attachments import NewFile, add_files
from engine.usecases.audit import know_head, record
from engine.usecases.authority import chair_for, may_act
from engine.usecases.cases import Case, make_ready, write_history
from engine.usecases.hand_overs import HandOver, check_handed_over, hands_over, keep_hand_over
from engine.usecases.organisation import check_unit_open
from engine.usecases.reception import ReceivedComponent, add_components
from engine.usecases.step_reasons import NOT_ASKED, Chosen, read_reasons
from engine.usecases.undoing import remember
from engine.usecases.visibility import check_visible
from engine.usecases.working import check_outcome, check_signed_where_required, finish_item, read_answers

LARGEST_DRAFT = 100_000  # characters


class TaskNotOpen(Refused):
    """The step was finished, withdrawn or moved before this command."""

    code = "task_not_open"
    vi = "Bước “{step}” đã {ended_vi} lúc {at}{by_vi}, không cần làm nữa. Lần bấm này không thay đổi gì."
    en = "The step “{step_en}” was already {ended_en} at {at}{by_en}. This click changed nothing."


class TaskTaken(Conflict):
    """A colleague has taken the step."""

    code = "task_taken"
    vi = "{person} đã nhận bước “{step}” từ {at}. Hãy hỏi {person}, hoặc chọn việc khác."
    en = "{person} took the step “{step_en}” at {at}. Ask {person}, or choose other work."


class StalePage(Conflict):
    """The page shows the step as it was before somebody changed it."""

    code = "stale_page"
    vi = "Bước “{step}” đã thay đổi sau khi bạn mở trang. Hãy tải lại trang, xem rồi làm tiếp."
    en = "The step “{step_en}” changed after you opened the page. Reload, look, and go on."


class DraftTooLong(Invalid):
    code = "draft_too_long"
    vi = "Nội dung lưu tạm quá dài ({size} ký tự, tối đa {most})."
    en = "The draft is too long ({size} characters, at most {most})."


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A step that opened now: who has it next."""

    name: Text
    unit: str
    role: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What came of finishing a step.

    Attributes:
        next: Steps that opened; empty when others must finish first, or when the process ended.
    """

    dossier_id: int
    dossier_code: str
    status: Status
    next: tuple[NextStep, ...]
    ended: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "dossier_id": self.dossier_id,
            "dossier_code": self.dossier_code,
            "status": self.status.value,
            "ended": self.ended,
            "next": [
                {
                    "name": one.name.as_json(),
                    "unit": one.unit,
                    "role": one.role,
                    "due_at": one.due_at.isoformat() if one.due_at else None,
                }
                for one in self.next
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        steps = tuple(
            NextStep(
                name=Text.of(one["name"]),
                unit=one["unit"],
                role=one["role"],
                due_at=datetime.fromisoformat(one["due_at"]) if one["due_at"] else None,
            )
            for one in stored["next"]
        )
        return cls(
            dossier_id=stored["dossier_id"],
            dossier_code=stored["dossier_code"],
            status=Status(stored["status"]),
            next=steps,
            ended=stored["ended"],
        )


def claim_task(unit: Unit, task_id: int) -> int:
    """Take a step, so that colleagues see who works on it; return its new version.

    Raises:
        TaskTaken: If a colleague was faster. Taking one's own step again changes nothing.
    """
    item = rows.lock_task(unit, task_id)
    assignment = check_may_work(unit, item)
    if item.claimed_by is None:
        _take(unit, item)
        note(unit, item, "step.claimed", assignment)
    unit.session.flush()
    return item.version


def release_task(unit: Unit, task_id: int) -> int:
    """Give a step back to its role; the head or the coordinator may do so for somebody absent."""
    item = rows.lock_task(unit, task_id)
    _check_open(unit, item)
    if item.claimed_by is not None and item.claimed_by != unit.actor.user_id:
        assignment = _standing_in(unit, item) or check_leads(unit, item)
    else:
        assignment = check_role(unit, item)
    if item.claimed_by is not None:
        item.claimed_by = item.claimed_at = None
        note(unit, item, "step.released", assignment)
    unit.session.flush()
    return item.version


def save_task_draft(unit: Unit, task_id: int, raw: Mapping[str, Any]) -> int:
    """Keep what was typed so far, unread and unchecked; return the step's new version.

    Raises:
        DraftTooLong: If it is more than a form can hold.
    """
    item = rows.lock_task(unit, task_id)
    check_may_work(unit, item)
    size = sum(len(str(key)) + len(str(value)) for key, value in raw.items())
    if size > LARGEST_DRAFT:
        raise DraftTooLong("a shorter draft", f"it has {size}", size=size, most=LARGEST_DRAFT)
    item.draft = {"at": unit.now.isoformat(), "raw": dict(raw)}
    unit.session.flush()
    return item.version


def complete_task(
    unit: Unit,
    task_id: int,
    *,
    outcome: str = "",
    raw: Mapping[str, Any] | None = None,
    reason: str = "",
    version: int | None = None,
    files: Iterable[NewFile] = (),
    components: Iterable[ReceivedComponent] = (),
    submission_key: str = "",
    signed: bool = False,
    reasons: Chosen = NOT_ASKED,
    hand_over: HandOver | None = None,
) -> Completed:
    """Finish a step and move its dossier on; everything is written, or nothing.

    Args:
        version: Of the step as the page showed it; None when the caller did not look.
        components: Papers that came with this step, e.g. those that were asked for.
        submission_key: The same key again returns the same answer and does nothing.
        signed: The decision was signed with the person's key (`signing.finish_signed`).
        reasons: What was chosen of the catalogue: why it is late, why it goes back.
        hand_over: Who took the result, at a step that hands it back.

    Raises:
        TaskNotOpen, TaskTaken, StalePage, UnitClosed, RoleMissing: If this person may not finish it now.
        OutcomeUnknown, ReasonMissing, ReasonNotChosen, FormInvalid: If what was filled in does not do.
        HandOverMissing, HandBackIncomplete: If a result would go to nobody knows whom.
        NoOneToDo, TooManyRounds: If the next step cannot open.
    """
    files, components, raw = list(files), list(components), dict(raw or {})
    body = {
        "task": task_id,
        "outcome": outcome,
        "raw": raw,
        "reason": reason,
        "files": [(one.component_code, one.file_name) for one in files],
    }
    line = unit.line
    held = hold(line, task_id, submissions.stored(submission_key))
    earlier = submissions.repeat(unit, held.earlier, "task.complete", body)
    if earlier is not None:
        return Completed.from_json(earlier)

    take_offices(unit, held.organisation)
    held.dossier.revision = known_revision(unit, held.dossier.revision_id)
    item = held.item
    assignment = check_may_work(unit, item, version)
    know_head(unit, f"dossier:{held.dossier.id}", held.head)
    case = Case.held(unit, held)
    case.act_by(assignment)
    spec = case.spec(item.node_id)
    reason, coded = read_reasons(unit, spec, outcome, item.due_at, reason, reasons)
    chosen = check_outcome(spec, outcome, reason)
    check_signed_where_required(case, spec, chosen.code if chosen else "", signed)
    check_handed_over(case, spec, chosen.code if chosen else "", hand_over)
    answers = read_answers(case, spec, chosen.code if chosen else "", raw)

    if item.claimed_by is None:
        _take(unit, item)
    add_components(unit, case, components)
    add_files(unit, case.row.id, files, item.id)
    finish_item(
        case, item, outcome=chosen.code if chosen else "", answers=answers, reason=reason.strip(), coded=coded
    )
    case.start_work()

    done = completed(case)
    said = {
        "task": item.id,
        "node": item.node_id,
        "outcome": item.outcome,
        "answered": sorted(name for name, value in answers.items() if value is not None),
        "opened": [one.node_id for one in case.opened],
        "status": case.row.status,
        **case.instead_of,
    }
    remember(case, item)
    make_ready(case)
    with line.together():
        write_history(case)
        record(unit, f"dossier:{case.row.id}", "task.completed", said, case.assignment_id)
        submissions.keep(unit, submission_key, "task.complete", body, done.as_json())
    if hand_over is not None and hands_over(spec, item.outcome):
        keep_hand_over(unit, item, hand_over)
    return done


def assign_task(unit: Unit, task_id: int, user_id: int) -> int:
    """Give a step to a person of its unit; by the head or the coordinator there.

    Raises:
        RoleMissing: If the actor does not lead the unit, or the person does not hold the step's role.
    """
    item = rows.lock_task(unit, task_id)
    _check_open(unit, item)
    assignment = check_leads(unit, item)
    units.check_holder(unit, user_id, item.role, item.unit_id, local_day(unit.now))
    item.claimed_by, item.claimed_at = user_id, unit.now
    note(unit, item, "step.assigned", assignment, to=user_id)
    unit.session.flush()
    return item.version


def completed(case: Case) -> Completed:
    """Describe where the dossier stands now."""
    return Completed(
        dossier_id=case.row.id,
        dossier_code=case.row.code,
        status=Status(case.row.status),
        ended=case.row.ended_at is not None,
        next=tuple(
            NextStep(
                name=Text(item.name_vi, item.name_en),
                unit=units.get_unit(case.unit, item.unit_id).name_vi,
                role=item.role,
                due_at=item.due_at,
            )
            for item in case.opened
        ),
    )


# --- checks -----------------------------------------------------------------------------------


def check_may_work(unit: Unit, item: WorkItemRow | Item, version: int | None = None) -> Assignment | None:
    """Return the chair by which the actor may work on this step now.

    Raises:
        NotFound: If the actor may not even know of it.
        TaskNotOpen, UnitClosed, RoleMissing, TaskTaken, StalePage: In this order.
    """
    _check_open(unit, item)
    holder = item.claimed_by
    if holder is None or holder == unit.actor.user_id or unit.actor.is_system:
        assignment = check_role(unit, item)
    else:
        assignment = _standing_in(unit, item)
        if assignment is None:
            check_role(unit, item)
            person = units.people_of(unit, [holder])[holder]
            raise TaskTaken(
                "a free step",
                "a colleague has it",
                person=person,
                at=say_moment(item.claimed_at),
                **_named(item),
            )
    # A step that I hold changes only by my own drafts; one saved as I click must not make my page stale.
    if version is not None and version != item.version and item.claimed_by != unit.actor.user_id:
        raise StalePage("the step as it was shown", f"version {item.version}, not {version}", **_named(item))
    return assignment


def check_role(unit: Unit, item: WorkItemRow | Item) -> Assignment | None:
    """Check that the unit is open and the actor holds the step's role there, or stands in for a holder."""
    check_unit_open(unit, item.unit_id, local_day(unit.now))
    if unit.actor.is_system:
        return None
    return chair_for(unit, item.role, item.unit_id, item.dossier)


def check_leads(unit: Unit, item: WorkItemRow) -> Assignment | None:
    """Check that the actor is head or coordinator of the step's unit, or stands in for one."""
    if unit.actor.is_system:
        return None
    if may_act(unit, "COORDINATOR", item.unit_id, item.dossier):
        return chair_for(unit, "COORDINATOR", item.unit_id, item.dossier)
    return chair_for(unit, "HEAD", item.unit_id, item.dossier)


def _standing_in(unit: Unit, item: WorkItemRow | Item) -> Assignment | None:
    """Return the chair of whoever has taken the step, if the actor stands in for them; else None."""
    lent = lent_for(
        unit.actor.lent,
        item.role,
        item.unit_id,
        item.dossier.procedure_id,
        item.dossier.data,
        instead_of=item.claimed_by,
    )
    return lent.as_chair() if lent else None


def check_open(unit: Unit, item: WorkItemRow | Item, version: int | None = None) -> None:
    """Check that the actor may know of the step, that it is open, and as it was shown.

    Raises:
        NotFound, TaskNotOpen, StalePage: In this order.
    """
    _check_open(unit, item)
    if version is not None and version != item.version:
        raise StalePage("the step as it was shown", f"version {item.version}, not {version}", **_named(item))


def _check_open(unit: Unit, item: WorkItemRow | Item) -> None:
    if item.unit_id not in unit.actor.unit_ids:
        check_visible(unit, item.dossier)
    if item.status == rows.OPEN:
        return
    is_done = item.status == rows.DONE
    person = units.people_of(unit, [item.ended_by]).get(item.ended_by, "")
    raise TaskNotOpen(
        "the step to be open",
        f"it is {item.status}",
        ended_vi="hoàn thành" if is_done else "được rút",
        ended_en="completed" if is_done else "withdrawn",
        at=say_moment(item.ended_at),
        by_vi=f" bởi {person}" if person else "",
        by_en=f" by {person}" if person else "",
        **_named(item),
    )


def _take(unit: Unit, item: WorkItemRow | Item) -> None:
    item.claimed_by, item.claimed_at = unit.actor.user_id, unit.now


def note(unit: Unit, item: WorkItemRow, kind: str, assignment: Assignment | None, **data: Any) -> None:
    """Write what happened to a step without the dossier moving on."""
    case = Case.of(unit, item.dossier, items=[])
    case.act_by(assignment)
    if kind != "step.released":
        case.start_work()
    case.note(kind, item.node_id, item, name=item.name_vi, name_en=item.name_en, **data)
    write_history(case)
    said = {"task": item.id, **data, **case.instead_of}
    record(unit, f"dossier:{item.dossier_id}", kind, said, case.assignment_id)


def _named(item: WorkItemRow | Item) -> dict[str, str]:
    return {"step": item.name_vi, "step_en": item.name_en or item.name_vi}
