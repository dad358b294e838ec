"""A dossier in the hand of one command: its row, its procedure, its diagram, and what happens to it.

A `Case` lives for one transaction. What happens is noted in order and written as history in one statement
at the end (`write_history`), when the new work items have their numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from engine.bpmn.definitions import Definition
from engine.bpmn.steps import StepSpec
from engine.domain.calendar import WorkingCalendar
from engine.domain.deadlines import ClockPolicy, Stop
from engine.domain.dossiers import Status
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.store import cases as rows
from engine.store import units
from engine.store.rows import ClockStopRow, DossierRow, EventRow, UnitRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.calendars import calendar_of
from engine.usecases.evaluation import context_of, evaluate
from engine.usecases.procedures import definition_of, kept_procedure

_ADD_EVENTS = insert(EventRow.__table__)


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of history still to be written."""

    kind: str
    node: str
    item: WorkItemRow | None
    unit_id: int | None
    data: Mapping[str, Any]


@dataclass(kw_only=True, eq=False)
class Case:
    """A dossier for the length of one command.

    Attributes:
        items: Work items that are open now; kept up to date while the command runs.
        opened: Those that this command opened and that are still open.
        closed: Those that ended in the movement at hand.
        assignment_id: The chair by which the person acts.
    """

    unit: Unit
    row: DossierRow
    procedure: Procedure
    definition: Definition
    items: list[WorkItemRow]
    opened: list[WorkItemRow] = field(default_factory=list)
    closed: list[WorkItemRow] = field(default_factory=list)
    history: list[Noted] = field(default_factory=list)
    assignment_id: int | None = None
    _stops: list[ClockStopRow] | None = None
    _calendars: dict[int, WorkingCalendar] = field(default_factory=dict)
    _context: dict[str, Any] | None = None

    @classmethod
    def of(cls, unit: Unit, row: DossierRow, items: list[WorkItemRow] | None = None) -> Case:
        """Take up a dossier whose row was loaded for a change."""
        return cls(
            unit=unit,
            row=row,
            procedure=kept_procedure(unit, row.revision),
            definition=definition_of(unit, row.revision.definition_hash),
            items=rows.open_items(unit, row.id) if items is None else items,
        )

    @property
    def state(self) -> Any:
        return json.loads(self.row.state) if self.row.state else None

    @property
    def competent_unit(self) -> UnitRow:
        return units.get_unit(self.unit, self.row.competent_unit_id)

    @property
    def stops(self) -> list[ClockStopRow]:
        """All clock stops of the dossier, this command's included."""
        if self._stops is None:
            self._stops = rows.clock_stops(self.unit, self.row.id)
        return self._stops

    @property
    def may_have_stopped(self) -> bool:
        """Whether the clock can have stood still so far; spares the question to most dossiers."""
        return bool(self.row.supplement_rounds) or any(
            step.own_clock and step.kind != "wait_citizen" for step in self.definition.steps.values()
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

    def start_work(self) -> None:
        """A desk behind the counter has taken the dossier up: it is no longer merely received."""
        if self.row.status == Status.RECEIVED:
            self.row.status = Status.IN_PROGRESS.value

    def put(self, values: Mapping[str, Any]) -> None:
        """Write values over the dossier's data; a new mapping, so that the change is noticed."""
        if values:
            self.row.data = {**self.row.data, **values}
            self._context = None

    def context(self, item: WorkItemRow | None = None) -> dict[str, Any]:
        """Return what expressions see now."""
        return context_of(self.row, self.procedure, self.row.data, self.competent_unit, self.unit.now, item)

    def evaluate(self, text: str, names: Mapping[str, Any]) -> Any:
        """Evaluate an expression of the diagram; `names` are those that the executor made."""
        if self._context is None:
            self._context = self.context()
        return evaluate(text, {**self._context, **names} if names else self._context)

    def note(
        self,
        kind: str,
        node: str = "",
        item: WorkItemRow | None = None,
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


def write_history(case: Case) -> None:
    """Write what was noted, in order, in one statement."""
    if not case.history:
        return
    case.unit.session.flush()  # new work items get their numbers
    case.unit.session.execute(
        _ADD_EVENTS,
        [
            {
                "dossier_id": case.row.id,
                "at": case.unit.now,
                "kind": one.kind,
                "node_id": one.node,
                "work_item_id": one.item.id if one.item else None,
                "user_id": case.unit.actor.user_id,
                "assignment_id": case.assignment_id,
                "unit_id": one.item.unit_id if one.item else one.unit_id,
                "data": dict(one.data),
            }
            for one in case.history
        ],
    )
    case.history.clear()
