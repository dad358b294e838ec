"""A dossier in the hand of one command: its row, its procedure, its diagram, and what happens to it.

A `Case` lives for one transaction. What happens to it is noted in order and written at the end
(`write_history`): work items first, for history names them by their numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.definitions import Definition
from engine.bpmn.steps import StepSpec
from engine.documents import MADE, Signer, compose, row_of, said_of
from engine.domain.access import Assignment
from engine.domain.calendar import WorkingCalendar
from engine.domain.deadlines import ClockPolicy, Stop
from engine.domain.dossiers import Status
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.execution.decisions import DecisionCall
from engine.store import steps, units
from engine.store.hanging import hanging_on
from engine.store.papers import add_paper
from engine.store.rows import DossierRow, UnitRow, WorkItemRow
from engine.store.steps import Dossier, Held, Item, Writings
from engine.store.steps import Stop as StopRecord
from engine.store.work import Unit
from engine.usecases.calendars import calendar_of
from engine.usecases.evaluation import Seen, answer, context_of, evaluate
from engine.usecases.procedures import definition_of, kept_procedure

MESSAGES, OUTBOX = "messages", "outbox"  # the kind of background work that sends them, and their table


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of history still to be written."""

    kind: str
    node: str
    item: Item | WorkItemRow | None
    unit_id: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A letter that an act leaves: its form, what it says, who signs (the actor if not given)."""

    form: str
    facts: Mapping[str, Any]
    item: Item | None = None
    signer: Signer | None = None


@dataclass(kw_only=True, eq=False)
class Case:
    """A dossier for the length of one command.

    Attributes:
        items: Work items that are open now; kept up to date while the command runs.
        opened: Those that this command opened and that are still open.
        created: Those that this command opened, in that order.
        closed: Those that ended in the movement at hand.
        ended: Those that ended in this command.
        writings: What is to be written besides what changed.
        assignment_id: The chair by which the person acts.
        instead_of: For whom they act and under which substitution; empty for an own chair.
        may_have_incidents: Whether one can be open, which what happens now may end.
        spare: Numbers for work items that open.
        papers: Letters that come with what happened; made when it is written.
        granted: What was added to the term before this command; None where that was not read.
    """

    unit: Unit
    row: DossierRow | Dossier
    procedure: Procedure
    definition: Definition
    items: list[Item]
    opened: list[Item] = field(default_factory=list)
    created: list[Item] = field(default_factory=list)
    closed: list[Item] = field(default_factory=list)
    ended: list[Item] = field(default_factory=list)
    writings: Writings = field(default_factory=Writings)
    history: list[Noted] = field(default_factory=list)
    assignment_id: int | None = None
    instead_of: Mapping[str, Any] = field(default_factory=dict)
    may_have_incidents: bool = True
    spare: Iterator[int] = field(default_factory=lambda: iter(()))
    papers: list[Paper] = field(default_factory=list)
    granted: int | None = None
    _stops: list[StopRecord] | None = None
    _calendars: dict[int, WorkingCalendar] = field(default_factory=dict)
    _context: tuple[Any, dict[str, Any]] | None = None  # for which facts, and what expressions then see

    @classmethod
    def of(cls, unit: Unit, row: DossierRow | Dossier, items: list[Item] | None = None) -> Case:
        """Take up a dossier whose row was loaded for a change.

        Args:
            items: The open ones; None to read them.
        """
        known = hanging_on(unit, row.id)
        if known is not None:
            items = [Item.read(one) for one in known.items if one.status == steps.OPEN]
        case = cls(
            unit=unit,
            row=row,
            procedure=kept_procedure(unit, row.revision),
            definition=definition_of(unit, row.revision.definition_hash),
            items=steps.open_items(unit.line, row.id) if items is None else items,
        )
        if known is not None:
            case._stops, case.granted = [StopRecord.read(one) for one in known.stops], known.granted
        return case

    @classmethod
    def held(cls, unit: Unit, held: Held) -> Case:
        """Take up a dossier that was locked for one step."""
        case = cls.of(unit, held.dossier, held.items)
        case.may_have_incidents, case.spare, case._stops = held.has_incidents, held.spare, held.stops
        case.granted = held.granted
        return case

    @property
    def state(self) -> Any:
        return json.loads(self.row.state) if self.row.state else None

    @property
    def competent_unit(self) -> UnitRow:
        return units.get_unit(self.unit, self.row.competent_unit_id)

    @property
    def stops(self) -> list[StopRecord]:
        """All clock stops of the dossier, this command's included."""
        if self._stops is None:
            self._stops = steps.clock_stops(self.unit.line, self.row.id)
        return self._stops

    @property
    def may_have_stopped(self) -> bool:
        """Whether the clock can have stood still so far; spares the question to most dossiers.

        A suspension that ended is seen by the due date that it moved.
        """
        row = self.row
        if self._stops is not None:
            return bool(self._stops)
        moved = row.clock_stopped_at is not None or row.current_due != row.promised_due
        return (
            moved
            or bool(row.supplement_rounds)
            or any(step.own_clock and step.kind != "wait_citizen" for step in self.definition.steps.values())
        )

    def spec(self, node: str) -> StepSpec:
        """Return what the procedure says about a step; a bare diagram says nothing but its name."""
        found = self.definition.steps.get(node)
        if found is not None:
            return found
        return StepSpec(id=node, name=Text(getattr(self.definition.model.nodes.get(node), "name", "")))

    def calendar(self, unit_id: int) -> WorkingCalendar:
        if unit_id not in self._calendars:
            self._calendars[unit_id] = calendar_of(self.unit, unit_id)
        return self._calendars[unit_id]

    def act_by(self, chair: Assignment | None) -> None:
        """Say by which chair the person acts, and for whom if it is a colleague's."""
        self.assignment_id = chair.id if chair else None
        self.instead_of = chair.instead_of.said() if chair and chair.instead_of else {}

    def start_work(self) -> None:
        """A desk behind the counter has taken the dossier up: it is no longer merely received."""
        if self.row.status == Status.RECEIVED:
            self.row.status = Status.IN_PROGRESS.value

    def put(self, values: Mapping[str, Any]) -> None:
        """Write values over the dossier's data; a new mapping, so that the change is noticed."""
        if values:
            self.row.data = {**self.row.data, **values}

    def context(self, item: Item | WorkItemRow | None = None) -> dict[str, Any]:
        """Return what expressions see now; the caller does not change it."""
        row = self.row
        seen = (
            item, row.data, row.status, row.supplement_rounds, row.current_due, row.fee, row.payment_status,
        )  # fmt: skip
        if self._context is None or self._context[0] != seen:
            found = context_of(row, self.procedure, row.data, self.competent_unit, self.unit.now, item)
            self._context = (seen, found)
        return self._context[1]

    def evaluate(self, text: str, names: Mapping[str, Any]) -> Any:
        """Evaluate an expression of the diagram; `names` are those that the executor made."""
        row, now = self.row, self.unit.now
        if names or isinstance(text, DecisionCall):
            return answer(text, {**self.context(), **names}, self.procedure, now)
        return evaluate(text, Seen(row, self.procedure, row.data, self.competent_unit, now))

    def note(
        self,
        kind: str,
        node: str = "",
        item: Item | WorkItemRow | None = None,
        unit_id: int | None = None,
        **data: Any,
    ) -> None:
        """Note what happened; written by `write_history`."""
        self.history.append(Noted(kind, node, item, unit_id, data))

    def working_stops(self) -> list[Stop]:
        """Return the stops as the deadline rules read them."""
        return [
            Stop(policy=ClockPolicy(one.policy), stopped_at=one.stopped_at, resumed_at=one.resumed_at)
            for one in self.stops
        ]


def number_rows(case: Case) -> None:
    """Write what others name by its number: work items, for stops and history."""
    case.unit.flush()  # what the mapper holds comes first
    for item in case.created:
        if item.id is None:
            item.id = next(case.spare, None)
    steps.number_rows(case.unit.line, case.created)


def make_ready(case: Case) -> None:
    """Do all that needs an answer of the database, before what happened is written in one go."""
    number_rows(case)
    papers, case.papers = case.papers, []
    for one in papers:
        _make(case, one)


def _make(case: Case, paper: Paper) -> None:
    """Make one letter. Its number is taken last of all, for others who need one wait until the commit."""
    unit, item = case.unit, paper.item
    made = compose(unit, case.row, paper.form, paper.facts, signer=paper.signer, numbered=True, spare=True)
    row = row_of(unit, case.row.id, made, item.id if item else None)
    if row["id"] is None:
        row["id"] = add_paper(unit.line, row)
    else:
        case.writings.papers.append(row)
    case.note(MADE, "", item, made.office_id, **said_of(made, row["id"]))


def write_history(case: Case) -> None:
    """Write all that happened in this command; what is written already is not written again."""
    make_ready(case)
    line, row = case.unit.line, case.row
    stops = case._stops or []
    # A step that ended leaves the lists before the dossier changes, and one that opens enters them after.
    records = [*case.ended, *([row] if isinstance(row, Dossier) else ()), *case.items]
    case.writings.events += [
        {
            "dossier_id": row.id,
            "at": case.unit.now,
            "kind": one.kind,
            "node_id": one.node,
            "work_item_id": one.item.id if one.item else None,
            "user_id": case.unit.actor.user_id,
            "assignment_id": case.assignment_id,
            "unit_id": one.item.unit_id if one.unit_id is None and one.item else one.unit_id,
            "data": {**one.data, **case.instead_of} if case.instead_of else dict(one.data),
        }
        for one in case.history
    ]
    case.history.clear()
    with line.together():
        for one in case.writings.papers:
            add_paper(line, one)
        case.writings.papers.clear()
        steps.write_changes(line, records + [one for one in stops if one.was is not None])
        added = steps.add_stops(line, stops)
        steps.write(line, row.id, case.writings)
        for one in case.writings.letters:
            steps.add_letter(line, one)
            case.unit.engine.jobs.announce_last(case.unit, MESSAGES, OUTBOX)
        case.writings.letters.clear()
    steps.take_numbers(added)
