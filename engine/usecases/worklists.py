"""The list of work: what is open, the most urgent first, with numbers that are the lengths of their lists.

The time of a line is that of its step, but never later than the dossier's own due date. While the citizen
supplements, the clock stands still and nothing is late.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select, true

from engine.domain.calendar import WorkingCalendar, at, local_day
from engine.domain.texts import Text, fold
from engine.domain.timewords import TimeLeft, say_minutes, time_left
from engine.errors import Invalid
from engine.store import units
from engine.store.cases import OPEN
from engine.store.rows import DossierRow, ProcedureRow, UserRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.calendars import calendar_of
from engine.usecases.exchanges import waiting_dossiers

TaskScope = Literal["unit", "mine", "role"]
TaskState = Literal["all", "late", "today", "supplement", "agency"]
STATES = ("all", "late", "today", "supplement", "agency")
LONGEST_PAGE = 100
APPLICANT_KINDS = (
    Text("Công dân", "Citizen"),
    Text("Tổ chức", "Organisation"),
    Text("Hộ kinh doanh", "Household business"),
)


class BadCursor(Invalid):
    code = "bad_cursor"
    vi = "Không mở được trang tiếp theo của danh sách. Hãy mở lại danh sách từ đầu."
    en = "The next page of the list cannot be opened. Open the list again from its beginning."


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One open step as a line of the list.

    Attributes:
        time: How the step's own time stands.
        due_date: When the dossier is due to the citizen.
        awaits: Units from which the dossier awaits a message; empty if not known, None if it awaits none.
        workable: Whether the actor holds the role for it; the others are shown to be watched.
    """

    id: int
    version: int
    dossier_id: int
    code: str
    procedure_name: Text
    step_name: Text
    detail: Text
    applicant: str
    applicant_detail: Text
    time: TimeLeft
    due_date: datetime
    provisional: bool
    awaits: tuple[str, ...] | None
    claimed_by_name: str
    mine: bool
    workable: bool
    unit_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounts:
    """Each is the length of the list with that `state`."""

    all: int
    late: int
    today: int
    supplement: int
    agency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """One page of the list.

    Attributes:
        procedures: Key and name of the procedures that are in the list, for the filter.
        steps: Node id and name of its steps.
        next: Cursor for `after`; None on the last page.
    """

    lines: tuple[TaskLine, ...]
    counts: TaskCounts
    procedures: tuple[tuple[str, Text], ...]
    steps: tuple[tuple[str, Text], ...]
    next: str | None


def list_tasks(
    unit: Unit,
    *,
    scope: TaskScope = "unit",
    text: str = "",
    procedure: str = "",
    step: str = "",
    state: TaskState = "all",
    after: str | None = None,
    limit: int = 50,
) -> TaskPage:
    """Return open steps for the actor.

    Args:
        scope: Of the actor's units, of the actor's roles there, or taken by the actor.
        text: Words of code, name, ID or telephone number, with or without diacritics.
        state: "supplement" and "agency" show steps of the actor's own dossiers that wait elsewhere.
        after: The `next` of the page before.
    """
    lists = _Lists(unit, scope, _narrow(text, procedure, step))
    where = lists.where(state)
    limit = max(1, min(limit, LONGEST_PAGE))
    found = unit.session.execute(
        _lines().where(where, _behind(after)).order_by(_STOPPED, _TIME, WorkItemRow.id).limit(limit + 1)
    ).all()
    page = found[:limit]
    return TaskPage(
        lines=_read(unit, page),
        counts=lists.counts(),
        procedures=lists.procedures(),
        steps=lists.steps(),
        next=_cursor(page[-1]) if len(found) > limit else None,
    )


def next_task(unit: Unit, *, text: str = "", procedure: str = "") -> int | None:
    """Return the most urgent step that nobody has taken and the actor may take; None if there is none."""
    lists = _Lists(unit, "role", _narrow(text, procedure, ""))
    return unit.session.scalar(
        select(WorkItemRow.id)
        .join(WorkItemRow.dossier)
        .join(DossierRow.procedure)
        .where(lists.where("all"), WorkItemRow.claimed_by.is_(None), not_(_STOPPED))
        .order_by(_TIME, WorkItemRow.id)
        .limit(1)
    )


_STOPPED = DossierRow.clock_stopped_at.is_not(None)
_TIME = case(
    (or_(WorkItemRow.due_at.is_(None), DossierRow.current_due < WorkItemRow.due_at), DossierRow.current_due),
    else_=WorkItemRow.due_at,
)


class _Lists:
    """The conditions of the five lists, each written once and used for lines and for numbers alike."""

    def __init__(self, unit: Unit, scope: TaskScope, narrow: ColumnElement[bool]) -> None:
        self.unit = unit
        actor = unit.actor
        own = units.with_predecessors(unit, actor.unit_ids) if actor.unit_ids else frozenset()
        opened = and_(WorkItemRow.status == OPEN, narrow)
        is_own = true() if actor.is_system else WorkItemRow.unit_id.in_(own)
        is_ours = true() if actor.is_system else DossierRow.competent_unit_id.in_(own)
        received = true() if actor.is_system else DossierRow.received_unit_id.in_(own)
        self.base = and_(opened, is_own, _scope(unit, scope, own))
        late = and_(self.base, not_(_STOPPED), unit.now > _TIME)
        tomorrow = at(local_day(unit.now) + timedelta(days=1), time.min)
        self._states: dict[str, ColumnElement[bool]] = {
            "all": self.base,
            "late": late,
            "today": and_(self.base, not_(_STOPPED), unit.now <= _TIME, tomorrow > _TIME),
            "supplement": and_(opened, or_(is_ours, received), WorkItemRow.kind == "wait_citizen"),
            "agency": and_(
                opened,
                is_ours,
                WorkItemRow.kind != "wait_citizen",
                WorkItemRow.unit_id.not_in(
                    [DossierRow.competent_unit_id, DossierRow.received_unit_id, DossierRow.return_unit_id]
                ),
            ),
        }

    def where(self, state: str) -> ColumnElement[bool]:
        return self._states[state if state in STATES else "all"]

    def counts(self) -> TaskCounts:
        """Count all five in one pass over the open steps."""
        sums = [func.sum(case((self._states[one], 1), else_=0)).label(one) for one in STATES]
        row = self.unit.session.execute(
            _from(select(*sums)).where(or_(*(self._states[one] for one in ("all", "supplement", "agency"))))
        ).one()
        return TaskCounts(**{one: getattr(row, one) or 0 for one in STATES})

    def procedures(self) -> tuple[tuple[str, Text], ...]:
        rows = self.unit.session.execute(
            _from(select(ProcedureRow.key, ProcedureRow.name_vi, ProcedureRow.name_en).distinct())
            .where(self.base)
            .order_by(ProcedureRow.key)
        )
        return tuple((one.key, Text(one.name_vi, one.name_en)) for one in rows)

    def steps(self) -> tuple[tuple[str, Text], ...]:
        rows = self.unit.session.execute(
            _from(select(WorkItemRow.node_id, WorkItemRow.name_vi, WorkItemRow.name_en).distinct())
            .where(self.base)
            .order_by(WorkItemRow.name_vi)
        )
        return tuple({one.node_id: (one.node_id, Text(one.name_vi, one.name_en)) for one in rows}.values())


def _scope(unit: Unit, scope: TaskScope, own: Iterable[int]) -> ColumnElement[bool]:
    actor = unit.actor
    if scope == "mine":
        return WorkItemRow.claimed_by == actor.user_id
    if scope == "role" and not actor.is_system:
        held = [
            and_(WorkItemRow.unit_id == one.unit_id, WorkItemRow.role.in_(one.roles))
            for one in actor.assignments
        ]
        free = or_(WorkItemRow.claimed_by.is_(None), WorkItemRow.claimed_by == actor.user_id)
        return and_(or_(false(), *held), free)
    return true()


def _narrow(text: str, procedure: str, step: str) -> ColumnElement[bool]:
    words = [DossierRow.search_text.contains(word, autoescape=True) for word in fold(text).split()]
    if procedure:
        words.append(ProcedureRow.key == procedure)
    if step:
        words.append(WorkItemRow.node_id == step)
    return and_(true(), *words)


def _from(statement):
    return statement.select_from(WorkItemRow).join(WorkItemRow.dossier).join(DossierRow.procedure)


def _lines():
    columns = (
        WorkItemRow.id,
        WorkItemRow.version,
        WorkItemRow.dossier_id,
        WorkItemRow.name_vi,
        WorkItemRow.name_en,
        WorkItemRow.kind,
        WorkItemRow.role,
        WorkItemRow.unit_id,
        WorkItemRow.allotted_minutes,
        WorkItemRow.claimed_by,
        UserRow.full_name,
        DossierRow.code,
        DossierRow.applicant_name,
        DossierRow.applicant_kind,
        DossierRow.current_due,
        DossierRow.due_is_provisional,
        DossierRow.supplement_rounds,
        ProcedureRow.name_vi.label("procedure_vi"),
        ProcedureRow.name_en.label("procedure_en"),
        _STOPPED.label("stopped"),
        _TIME.label("time"),
    )
    return _from(select(*columns)).outerjoin(UserRow, UserRow.id == WorkItemRow.claimed_by)


def _read(unit: Unit, page: Iterable[Any]) -> tuple[TaskLine, ...]:
    page = list(page)
    offices = {one.unit_id for one in page}
    names = units.names_of(unit, offices)
    calendars = {office: calendar_of(unit, office) for office in offices}
    waiting = waiting_dossiers(unit, (one.dossier_id for one in page))
    return tuple(
        _line(unit, one, calendars[one.unit_id], names[one.unit_id], waiting.get(one.dossier_id))
        for one in page
    )


def _line(
    unit: Unit, one: Any, calendar: WorkingCalendar, unit_name: str, awaits: tuple[str, ...] | None
) -> TaskLine:
    return TaskLine(
        id=one.id,
        version=one.version,
        dossier_id=one.dossier_id,
        code=one.code,
        procedure_name=Text(one.procedure_vi, one.procedure_en),
        step_name=Text(one.name_vi, one.name_en),
        detail=_detail(one, calendar),
        applicant=one.applicant_name,
        applicant_detail=APPLICANT_KINDS[one.applicant_kind],
        time=time_left(calendar, unit.now, one.time, stopped=bool(one.stopped)),
        due_date=one.current_due,
        provisional=one.due_is_provisional,
        awaits=awaits,
        claimed_by_name=one.full_name or "",
        mine=one.claimed_by is not None and one.claimed_by == unit.actor.user_id,
        workable=unit.actor.holds(one.role, one.unit_id) is not None,
        unit_name=unit_name,
    )


def _detail(one: Any, calendar: WorkingCalendar) -> Text:
    """The second line under the step: which round it is, else how much time it is given."""
    rounds = one.supplement_rounds
    if one.kind == "wait_citizen":
        return Text(f"Bổ sung lần {rounds}", f"Supplement, round {rounds}")
    if rounds:
        return Text(f"Đã bổ sung {rounds} lần", f"Supplemented {rounds} time{'' if rounds == 1 else 's'}")
    if one.allotted_minutes is None:
        return Text("")
    amount = say_minutes(one.allotted_minutes, calendar.day_minutes)
    return Text(f"Thời gian được giao: {amount.vi}", f"Allotted: {amount.en}")


def _cursor(one: Any) -> str:
    return json.dumps([int(bool(one.stopped)), one.time.isoformat(), one.id])


def _behind(after: str | None) -> ColumnElement[bool]:
    """The condition for lines behind the cursor."""
    if not after:
        return true()
    try:
        stopped, moment, last = json.loads(after)
        due = datetime.fromisoformat(moment)
        if due.tzinfo is None or not isinstance(last, int):
            raise ValueError(after)
    except (ValueError, TypeError) as bad:
        raise BadCursor("a cursor of this list", "it is another") from bad
    rest = or_(due < _TIME, and_(due == _TIME, WorkItemRow.id > last))
    if stopped:
        return and_(_STOPPED, rest)
    return or_(_STOPPED, rest)
