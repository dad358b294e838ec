"""Taking running dossiers over to a newer revision of their procedure.

Dossiers stay on their revision unless an approver of the province decides otherwise, with a reason. Steps,
who has taken them, what was typed, timers, history and due dates stay as they are; only what comes next is
by the new revision. A dossier that does not fit stays where it is, and the result says why.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine.bpmn.definitions import Definition
from engine.bpmn.model import Activity
from engine.domain.access import check_holds
from engine.domain.texts import Text
from engine.errors import Forbidden, Invalid, NotFound, ProcedureError, Refused
from engine.execution.readdress import obstacles
from engine.store import cases as rows
from engine.store import units
from engine.store.rows import (
    DossierRow,
    MigrationLineRow,
    MigrationRow,
    RevisionRow,
    WorkItemRow,
)
from engine.store.work import Unit
from engine.usecases import submissions
from engine.usecases.audit import record
from engine.usecases.authorship import writers
from engine.usecases.awaiting import rewrite_waits
from engine.usecases.cases import Case, write_history
from engine.usecases.procedures import definition_of, procedure_of

APPROVER = "PROC_APPROVER_PROV"
LEAST_REASON, LONGEST_REASON = 10, 2000
AT_ONCE = 500  # dossiers of one decision; the rest are listed again
MOVED, REFUSED, UNDONE, KEPT = "moved", "refused", "undone", "kept"


class NotANewerRevision(Refused):
    """Dossiers go only to a published, newer revision of the same procedure."""

    code = "not_a_newer_revision"
    vi = "Chỉ chuyển hồ sơ sang phiên bản mới hơn, đã ban hành, của cùng thủ tục."
    en = "Dossiers can only be moved to a newer, published version of the same procedure."


class OwnRevision(Forbidden):
    """Two persons are needed: one writes, another decides."""

    code = "own_revision"
    vi = "Bạn đã soạn phiên bản này nên không thể tự chuyển hồ sơ sang đó. Việc này cần một người khác."
    en = "You wrote this version, so you cannot move dossiers to it yourself. Another person has to."


class MigrationReason(Invalid):
    code = "migration_reason"
    vi = "Hãy ghi lý do cụ thể, từ {least} đến {most} ký tự; lý do được lưu trong từng hồ sơ."
    en = "Please give a reason of {least} to {most} characters; it is kept with every dossier."


class NothingToUndo(Refused):
    """Every dossier was taken back, or has moved on since."""

    code = "nothing_to_undo"
    vi = "Không còn hồ sơ nào của lần chuyển này có thể hoàn lại. Hãy tải lại trang."
    en = "No dossier of this move can be taken back any more. Reload the page."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """One step of the older diagram: what it is in the newer one, or why it is nothing there."""

    node: str
    name: Text
    new_name: Text
    why: Text
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierPlan:
    """One running dossier; `why` is empty if it can go."""

    id: int
    code: str
    steps: tuple[Text, ...]
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    steps: tuple[StepPlan, ...]
    dossiers: tuple[DossierPlan, ...]

    @property
    def can_go(self) -> int:
        return sum(1 for one in self.dossiers if not one.why.vi)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A move that was made, with what came of it."""

    id: int
    from_number: int
    at: datetime
    person: str
    reason: str
    moved: int
    refused: int
    undone: int
    kept: int


def sources(unit: Unit, revision_id: int, *, ahead: bool = False) -> list[tuple[int, int, int]]:
    """Return (id, number, running dossiers) of the older revisions that still have some, newest first.

    Args:
        ahead: The revision may still be in the making, and anybody who may see it may look.
    """
    target = _looked_at(unit, revision_id) if ahead else _target(unit, revision_id)
    found = unit.session.execute(
        select(RevisionRow.id, RevisionRow.number, func.count(DossierRow.id))
        .join(DossierRow, DossierRow.revision_id == RevisionRow.id)
        .where(
            RevisionRow.procedure_id == target.procedure_id,
            RevisionRow.number < target.number,
            DossierRow.ended_at.is_(None),
        )
        .group_by(RevisionRow.id, RevisionRow.number)
        .order_by(RevisionRow.number.desc())
    )
    return [(ident, number, count) for ident, number, count in found]


def preview(unit: Unit, from_id: int, to_id: int, *, ahead: bool = False) -> Preview:
    """Return what would happen, without touching anything.

    Args:
        ahead: The revision may still be in the making, and anybody who may see it may look.

    Raises:
        RoleMissing: If the actor does not approve procedures for the province.
        NotANewerRevision, NotFound: If dossiers cannot go that way at all.
    """
    source, target = _pair(unit, from_id, to_id, ahead=ahead)
    old, new = (definition_of(unit, one.definition_hash) for one in (source, target))
    found = _running(unit, source.id)
    names: dict[int, list[WorkItemRow]] = {one.id: [] for one in found}
    for item in unit.session.scalars(
        select(WorkItemRow)
        .where(WorkItemRow.dossier_id.in_(names), WorkItemRow.status == rows.OPEN)
        .order_by(WorkItemRow.id)
    ):
        names[item.dossier_id].append(item)
    waiting = Counter(item.node_id for items in names.values() for item in items)
    return Preview(
        steps=tuple(_step(old, new, node, waiting[node]) for node in _steps_of(old)),
        dossiers=tuple(
            DossierPlan(
                id=one.id,
                code=one.code,
                steps=tuple(Text(item.name_vi, item.name_en) for item in names[one.id]),
                why=_why(source, target, old, new, one),
            )
            for one in found
        ),
    )


def apply(unit: Unit, from_id: int, to_id: int, reason: str, submission_key: str = "") -> dict[str, int]:
    """Take over every running dossier that fits, at most `AT_ONCE`; return id and counts of the move.

    Raises:
        RoleMissing, OwnRevision: If this person may not decide it.
        MigrationReason, NotANewerRevision, NotFound: If it cannot be decided like this.
    """
    source, target = _pair(unit, from_id, to_id)
    assignment = check_holds(unit.actor, APPROVER, where="UBND tỉnh")
    if unit.actor.user_id in writers(unit, target.id):
        raise OwnRevision("another person", "the author decides")
    reason = _checked(reason)
    body = {"from": from_id, "to": to_id, "reason": reason}
    earlier = submissions.begin(unit, submission_key, "dossiers.migrate", body)
    if earlier is not None:
        return earlier
    migration = MigrationRow(
        from_revision_id=source.id,
        to_revision_id=target.id,
        reason=reason,
        at=unit.now,
        user_id=unit.actor.user_id,
    )
    unit.session.add(migration)
    unit.session.flush()
    old, new = (definition_of(unit, one.definition_hash) for one in (source, target))
    counts: Counter[str] = Counter()
    for one in _running(unit, source.id):
        row = rows.lock_dossier(unit, one.id)
        if row.revision_id != source.id or row.ended_at is not None:  # moved on before it was locked
            continue
        why = _why(source, target, old, new, row)
        line = MigrationLineRow(
            migration_id=migration.id, dossier_id=row.id, result=REFUSED if why.vi else MOVED
        )
        line.text_vi, line.text_en = why.vi, why.en
        if not why.vi:
            line.state_hash = _hash(row.state)
            _put(unit, row, target, "dossier.migrated", reason, assignment and assignment.id)
        unit.session.add(line)
        counts[line.result] += 1
    done = {"id": migration.id, MOVED: counts[MOVED], REFUSED: counts[REFUSED]}
    facts = {"from": source.id, "reason": reason, **done}
    record(unit, f"revision:{target.id}", "dossiers.migrated", facts, assignment and assignment.id)
    submissions.finish(unit, submission_key, done)
    return done


def undo(unit: Unit, migration_id: int, reason: str) -> dict[str, int]:
    """Take back the dossiers of a move that nobody has moved on since; return the counts.

    Raises:
        RoleMissing: If the actor does not approve procedures for the province.
        MigrationReason, NothingToUndo, NotFound
    """
    assignment = check_holds(unit.actor, APPROVER, where="UBND tỉnh")
    reason = _checked(reason)
    migration = unit.session.get(MigrationRow, migration_id, with_for_update=True)
    if migration is None:
        raise NotFound("a move of dossiers", "there is none", what="lần chuyển hồ sơ")
    source = unit.session.get_one(RevisionRow, migration.from_revision_id)
    counts: Counter[str] = Counter()
    for line in unit.session.scalars(
        select(MigrationLineRow)
        .where(MigrationLineRow.migration_id == migration_id, MigrationLineRow.result == MOVED)
        .order_by(MigrationLineRow.dossier_id)
    ).all():
        row = rows.lock_dossier(unit, line.dossier_id)
        untouched = row.revision_id == migration.to_revision_id and _hash(row.state) == line.state_hash
        if untouched and row.ended_at is None:
            _put(unit, row, source, "dossier.migration_undone", reason, assignment and assignment.id)
            line.result = UNDONE
        else:
            line.result = KEPT
        counts[line.result] += 1
    if not counts[UNDONE]:
        raise NothingToUndo("a dossier that was not touched", "there is none")
    done = {UNDONE: counts[UNDONE], KEPT: counts[KEPT]}
    facts = {"migration": migration_id, "reason": reason, **done}
    chain = f"revision:{migration.to_revision_id}"
    record(unit, chain, "dossiers.migration_undone", facts, assignment and assignment.id)
    return done


def past(unit: Unit, to_id: int) -> list[Past]:
    """Return the moves to a revision, the newest first."""
    found = unit.session.execute(
        select(MigrationRow, RevisionRow.number)
        .join(RevisionRow, RevisionRow.id == MigrationRow.from_revision_id)
        .where(MigrationRow.to_revision_id == to_id)
        .order_by(MigrationRow.id.desc())
    ).all()
    people = units.people_of(unit, (one.user_id for one, _ in found))
    counts: dict[int, Counter[str]] = {one.id: Counter() for one, _ in found}
    for ident, result, count in unit.session.execute(
        select(MigrationLineRow.migration_id, MigrationLineRow.result, func.count())
        .where(MigrationLineRow.migration_id.in_(counts))
        .group_by(MigrationLineRow.migration_id, MigrationLineRow.result)
    ):
        counts[ident][result] = count
    return [
        Past(
            id=one.id,
            from_number=number,
            at=one.at,
            person=people.get(one.user_id or 0, ""),
            reason=one.reason,
            **{name: counts[one.id][name] for name in (MOVED, REFUSED, UNDONE, KEPT)},
        )
        for one, number in found
    ]


def _pair(unit: Unit, from_id: int, to_id: int, *, ahead: bool = False) -> tuple[RevisionRow, RevisionRow]:
    target = _looked_at(unit, to_id) if ahead else _target(unit, to_id)
    source = unit.session.get(RevisionRow, from_id)
    if source is None:
        raise NotFound("a revision", "there is none", what="phiên bản quy trình")
    if source.procedure_id != target.procedure_id or source.number >= target.number:
        raise NotANewerRevision("a newer revision", f"{target.number} is not")
    return source, target


def _target(unit: Unit, revision_id: int) -> RevisionRow:
    check_holds(unit.actor, APPROVER, where="UBND tỉnh")
    row = unit.session.get(RevisionRow, revision_id)
    if row is None:
        raise NotFound("a revision", "there is none", what="phiên bản quy trình")
    if row.state != "PUBLISHED":
        raise NotANewerRevision("a published revision", f"it is {row.state}")
    return row


def _looked_at(unit: Unit, revision_id: int) -> RevisionRow:
    row = unit.session.get(RevisionRow, revision_id)
    if row is None:
        raise NotFound("a revision", "there is none", what="phiên bản quy trình")
    return row


def _running(unit: Unit, revision_id: int) -> list[DossierRow]:
    return list(
        unit.session.scalars(
            select(DossierRow)
            .where(DossierRow.revision_id == revision_id, DossierRow.ended_at.is_(None))
            .order_by(DossierRow.id)
            .limit(AT_ONCE)
        )
    )


def _why(source: RevisionRow, target: RevisionRow, old: Definition, new: Definition, row: DossierRow) -> Text:
    """Return why a dossier cannot go, or nothing."""
    before, after = procedure_of(source).limit, procedure_of(target).limit
    if (before.kind, before.value, before.cutoff) != (after.kind, after.value, after.cutoff):
        return Text(
            "Thời hạn giải quyết khác nhau; chuyển sẽ làm đổi ngày hẹn trả.",
            "The time limits differ; moving would change the due date.",
        )
    if row.executor != "marking":
        return Text("Bộ chạy của hồ sơ này không chuyển được.", "This dossier's executor cannot be moved.")
    try:
        state = json.loads(row.state)
        found = obstacles(old.model, new.model, state, _names(old, new))
    except (ProcedureError, ValueError):
        return Text("Trạng thái của hồ sơ không đọc được.", "The state of the dossier cannot be read.")
    if found:
        return found[0].text
    for node in {one["at"] for one in _tokens(state)}:
        if not _means_the_same(old, new, node):
            return _otherwise(old, node)
    return Text("")


def _tokens(state: Mapping) -> list[Mapping]:
    """Return all tokens of a marking, inner ones too."""
    found: list[Mapping] = []
    waiting = list(state.get("tokens", ()))
    while waiting:
        token = waiting.pop()
        found.append(token)
        waiting += [*token.get("instances", ()), *token.get("inner", {}).get("tokens", ())]
    return found


def _means_the_same(old: Definition, new: Definition, node: str) -> bool:
    """A step that stops the clock must go on stopping it, and the other way round."""
    before, after = old.steps.get(node), new.steps.get(node)
    if before is None or after is None:
        return before is after or not (before or after).kind
    return (before.kind, before.own_clock) == (after.kind, after.own_clock)


def _step(old: Definition, new: Definition, node: str, waiting: int) -> StepPlan:
    name, there = _name(old, node), new.model.nodes.get(node)
    why = Text("")
    if there is None:
        why = Text("Không còn ở phiên bản mới.", "Not in the new version.")
    elif there.kind != old.model.nodes[node].kind or not _means_the_same(old, new, node):
        why = _otherwise(old, node)
    new_name = _name(new, node) if there else Text("")
    return StepPlan(node=node, name=name, new_name=new_name, why=why, waiting=waiting)


def _steps_of(definition: Definition) -> list[str]:
    """Return the steps that somebody does, in the order of the file; gateways are not for people."""
    return [one.id for one in definition.model.nodes.values() if isinstance(one, Activity)]


def _names(old: Definition, new: Definition) -> dict[str, Text]:
    """Return what steps are called in both languages, by the older revision where both have them."""
    every = {**new.steps, **old.steps}
    return {node: spec.name for node, spec in every.items() if spec.name.vi}


def _name(definition: Definition, node: str) -> Text:
    spec = definition.steps.get(node)
    return spec.name if spec and spec.name.vi else Text(definition.model.nodes[node].name or node)


def _otherwise(old: Definition, node: str) -> Text:
    name = _name(old, node)
    return Text(
        f"Bước “{name.vi}” là loại việc khác ở phiên bản mới.",
        f"The step “{name.say('en')}” is another kind of work in the new version.",
    )


def _put(
    unit: Unit, row: DossierRow, target: RevisionRow, action: str, reason: str, assignment_id: int | None
) -> None:
    before = row.revision.number
    row.revision = target
    case = Case.of(unit, row, items=[])
    case.assignment_id = assignment_id
    case.note(action, before=before, after=target.number, reason=reason)
    write_history(case)
    rewrite_waits(case)
    facts = {"revision": target.id, "before": before, "after": target.number, "reason": reason}
    record(unit, f"dossier:{row.id}", action, facts, assignment_id)


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= LONGEST_REASON:
        raise MigrationReason("a reason", f"{len(reason)} long", least=LEAST_REASON, most=LONGEST_REASON)
    return reason


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
