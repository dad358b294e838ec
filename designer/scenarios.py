"""The test scenarios of a revision: kept in its content, a gate before publication, and mended with it.

A scenario that fails stops the publication. So does a difference between the two engines, until somebody
clears it with a reason; the clearing is a line in the revision's history and holds for that very difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from designer.drafts import NotADraft, check_author, check_version, get_revision, state_facts
from designer.states import AUTHOR, DRAFT, IN_THE_MAKING, PROVINCE_APPROVER, UNIT_APPROVER
from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.lint.findings import ERROR, Finding
from engine.domain.access import check_holds
from engine.domain.calendar import DayKind
from engine.domain.procedures import Procedure
from engine.domain.scenarios import Scenario
from engine.domain.texts import Text
from engine.errors import Invalid, NotFound
from engine.scenarios.coverage import picture
from engine.scenarios.remap import remap
from engine.scenarios.reports import Report, opinions, report
from engine.scenarios.runs import Difference, Run, recorded
from engine.scenarios.second import SECOND, can_compare
from engine.store.rows import AuditRow, RevisionRow, UserRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.calendars import calendar_of

CLEARED = "second_opinion.cleared"
LONGEST_REASON = 2000


class ClearingReasonMissing(Invalid):
    """A difference is not cleared without saying why."""

    code = "clearing_reason_missing"
    vi = "Hãy ghi vì sao điểm khác này không ảnh hưởng (tối đa 2000 ký tự)."
    en = "Write why this difference does no harm (at most 2000 characters)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A difference between the two engines.

    Attributes:
        digest: By which it is cleared: of the drawing, the scenario and the difference.
        reason, by, at: Of the clearing; empty while nobody has.
    """

    scenario: Scenario
    difference: Difference
    digest: str
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioLine:
    """One scenario in the list; `second` says what the other engine made of it: same, differs, outside."""

    run: Run
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenariosPage:
    """What the page of scenarios shows.

    Attributes:
        can_write: The person may add, mend and drop scenarios now.
        can_clear: The person may clear differences now.
        is_comparable: The whole diagram lies in what the second engine runs.
    """

    revision_id: int
    number: int
    version: int
    procedure_id: int
    key: str
    name: Text
    state: str
    can_write: bool
    can_clear: bool
    is_comparable: bool
    lines: tuple[ScenarioLine, ...]
    report: Report
    disagreements: tuple[Disagreement, ...]
    picture: str


def failing(definition: Definition, procedure: Procedure) -> list[Finding]:
    """Return an error for every scenario that does not go as expected."""
    return [
        Finding(
            "scenario",
            ERROR,
            run.differences[0].element,
            _in_scenario(run.scenario, run.differences[0]),
            None,
        )
        for run in report(definition, procedure).runs
        if not run.passed
    ]


def uncleared(unit: Unit, row: RevisionRow) -> list[Finding]:
    """Return an error for every difference between the engines that nobody has cleared."""
    definition, procedure = load_definition(row.definition.xml), Procedure.from_json(row.content)
    return [
        Finding(
            "second-opinion", ERROR, one.difference.element, _in_scenario(one.scenario, one.difference), None
        )
        for one in disagreements(unit, row, definition, procedure)
        if not one.reason
    ]


def disagreements(
    unit: Unit, row: RevisionRow, definition: Definition, procedure: Procedure
) -> tuple[Disagreement, ...]:
    """Return where the two engines differ, with what was said about it."""
    found = opinions(definition, procedure)
    if not any(found.values()):
        return ()
    said = _clearings(unit, row.id)
    return tuple(
        replace(one, **said.get(one.digest, {}))
        for scenario in procedure.scenarios
        for difference in found[scenario.id] or ()
        for one in [
            Disagreement(
                scenario=scenario, difference=difference, digest=_digest(definition, scenario, difference)
            )
        ]
    )


def get_scenarios_page(unit: Unit, revision_id: int, language: str) -> ScenariosPage:
    """Return the scenarios of a revision, played.

    Raises:
        NotFound: If there is no such revision.
        BadDiagram, BadExtension: If its drawing cannot run yet.
    """
    row = get_revision(unit, revision_id)
    definition, procedure = load_definition(row.definition.xml), Procedure.from_json(row.content)
    played, found = report(definition, procedure), opinions(definition, procedure)
    words = {None: "outside", (): "same"}
    return ScenariosPage(
        revision_id=row.id,
        number=row.number,
        version=row.version,
        procedure_id=row.procedure_id,
        key=row.procedure.key,
        name=procedure.name,
        state=row.state,
        can_write=may_write(unit, row),
        can_clear=_may_clear(unit, row),
        is_comparable=can_compare(definition),
        lines=tuple(
            ScenarioLine(run=run, second=words.get(found[run.scenario.id], "differs")) for run in played.runs
        ),
        report=played,
        disagreements=disagreements(unit, row, definition, procedure),
        picture=picture(definition, played.coverage, language) if played.runs else "",
    )


def save_scenario(unit: Unit, revision_id: int, scenario: Scenario, *, version: int | None = None) -> None:
    """Add a scenario to a draft, or replace the one with its id; what happens now is what it expects.

    Raises:
        RoleMissing, NotADraft, StaleDraft: As for a save of the drawing.
    """

    def changed(definition: Definition, procedure: Procedure) -> list[Scenario]:
        new = recorded(definition, procedure, scenario)
        kept = [new if one.id == new.id else one for one in procedure.scenarios]
        return kept if new in kept else [*kept, new]

    _change(unit, revision_id, version, changed, {"saved": scenario.id})


def drop_scenario(unit: Unit, revision_id: int, ident: str, *, version: int | None = None) -> None:
    """Take a scenario out of a draft."""

    def changed(definition: Definition, procedure: Procedure) -> list[Scenario]:
        _find(procedure, ident)
        return [one for one in procedure.scenarios if one.id != ident]

    _change(unit, revision_id, version, changed, {"dropped": ident})


def accept_now(unit: Unit, revision_id: int, ident: str, *, version: int | None = None) -> None:
    """Take what happens now for what the scenario expects."""

    def changed(definition: Definition, procedure: Procedure) -> list[Scenario]:
        _find(procedure, ident)
        return [
            recorded(definition, procedure, one) if one.id == ident else one for one in procedure.scenarios
        ]

    _change(unit, revision_id, version, changed, {"accepted": ident})


def remap_scenarios(
    unit: Unit, revision_id: int, ids: Mapping[str, str], *, version: int | None = None
) -> None:
    """Let all scenarios speak of steps under their new ids; pairs that name no step are left out."""

    def changed(definition: Definition, procedure: Procedure) -> list[Scenario]:
        nodes = definition.model.nodes
        pairs = {old: new for old, new in ids.items() if old not in nodes and new in nodes}
        return [remap(definition, one, pairs) for one in procedure.scenarios]

    _change(unit, revision_id, version, changed, {"remapped": dict(ids)})


def clear_difference(
    unit: Unit, revision_id: int, digest: str, reason: str, *, version: int | None = None
) -> None:
    """Say why a difference between the engines does no harm; the reason stays in the revision's history.

    Raises:
        RoleMissing: If the actor neither writes nor decides on this procedure.
        ClearingReasonMissing: Without a reason.
        NotFound: If there is no such difference (any more).
    """
    row = get_revision(unit, revision_id)
    check_version(unit, row, version)
    if not _may_clear(unit, row):
        check_holds(unit.actor, AUTHOR, row.procedure.owner_unit_id, where=row.procedure.name_vi)
        raise NotADraft("a revision in the making", row.state, number=row.number, **state_facts(row.state))
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ClearingReasonMissing("a reason", "it is empty or too long")
    definition, procedure = load_definition(row.definition.xml), Procedure.from_json(row.content)
    one = next((d for d in disagreements(unit, row, definition, procedure) if d.digest == digest), None)
    if one is None:
        raise NotFound("a difference", "there is none with this digest", what="điểm khác của hai bộ chạy")
    data = {"difference": digest, "scenario": one.scenario.id, "element": one.difference.element}
    record(unit, f"revision:{row.id}", CLEARED, {**data, "reason": reason.strip()})


def may_write(unit: Unit, row: RevisionRow) -> bool:
    """Say whether the actor may change this revision's scenarios now."""
    actor = unit.actor
    writes = actor.is_system or actor.holds(AUTHOR, row.procedure.owner_unit_id) is not None
    return row.state == DRAFT and writes


def days_of(unit: Unit, row: RevisionRow, start: date) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the days off and the days worked of this installation in the year from `start`."""
    seats = unit.actor.assignments
    place = row.procedure.owner_unit_id or (seats[0].unit_id if seats else None)
    if place is None:
        return (), ()
    calendar = calendar_of(unit, place)
    near = sorted(day for day in calendar.days if start <= day <= start + timedelta(days=366))
    off = tuple(day for day in near if not calendar.is_working(day))
    worked = tuple(day for day in near if calendar.kind(day) is DayKind.WORK and day.weekday() > 4)
    return off, worked


def free_id(procedure: Procedure, wanted: str) -> str:
    """Return `wanted`, with a number behind it if another scenario has that id."""
    taken = {one.id for one in procedure.scenarios}
    ident, number = wanted, 1
    while ident in taken:
        number += 1
        ident = f"{wanted}-{number}"
    return ident


def _change(
    unit: Unit,
    revision_id: int,
    version: int | None,
    changed: Callable[[Definition, Procedure], list[Scenario]],
    said: Mapping[str, object],
) -> None:
    row = get_revision(unit, revision_id)
    check_author(unit, row.procedure)
    if row.state != DRAFT:
        raise NotADraft("a draft", f"it is {row.state}", number=row.number, **state_facts(row.state))
    check_version(unit, row, version)
    definition, procedure = load_definition(row.definition.xml), Procedure.from_json(row.content)
    after = replace(procedure, scenarios=tuple(changed(definition, procedure)))
    row.content = Procedure.from_json(
        after.as_json()
    ).as_json()  # read again: the bounds hold for all writers
    row.changed_at = unit.now
    unit.session.flush()
    record(unit, f"revision:{row.id}", "draft.saved", {"scenarios": dict(said)})


def _find(procedure: Procedure, ident: str) -> Scenario:
    found = next((one for one in procedure.scenarios if one.id == ident), None)
    if found is None:
        raise NotFound("a scenario", f"there is none called {ident[:60]!r}", what="kịch bản thử")
    return found


def _may_clear(unit: Unit, row: RevisionRow) -> bool:
    if row.state not in IN_THE_MAKING:
        return False
    owner = row.procedure.owner_unit_id
    chairs = ((AUTHOR, owner), (UNIT_APPROVER, owner), (PROVINCE_APPROVER, None))
    return unit.actor.is_system or any(unit.actor.holds(role, place) for role, place in chairs)


def _clearings(unit: Unit, revision_id: int) -> dict[str, dict[str, object]]:
    lines = unit.session.execute(
        select(AuditRow.data, AuditRow.at, UserRow.full_name)
        .outerjoin(UserRow, UserRow.id == AuditRow.user_id)
        .where(AuditRow.chain == f"revision:{revision_id}", AuditRow.action == CLEARED)
        .order_by(AuditRow.number)
    )
    return {
        data["difference"]: {"reason": data["reason"], "at": at, "by": name or ""} for data, at, name in lines
    }


def _digest(definition: Definition, scenario: Scenario, difference: Difference) -> str:
    said = "\0".join((SECOND, definition.hash, scenario.id, str(difference.number), difference.text.vi))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _in_scenario(scenario: Scenario, difference: Difference) -> Text:
    vi = f"Kịch bản “{scenario.title.vi}”: {difference.text.vi}"
    return Text(vi, f"Scenario “{scenario.title.say('en')}”: {difference.text.say('en')}")
