"""The list of work: what is open, the most urgent first, with numbers that are the lengths of their lists.

The time of a line is that of its step, but never later than the dossier's own due date. While the citizen
supplements, the clock stands still and nothing is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, null, select

from engine.domain.access import Lent
from engine.domain.calendar import WorkingCalendar
from engine.domain.searching import read_question
from engine.domain.substitution import lent_for
from engine.domain.texts import Text
from engine.domain.timewords import TimeLeft, say_minutes, time_left
from engine.store import units
from engine.store.kept_statements import ForOnce, Kept, among, statement
from engine.store.list_rows import OpenWorkRow
from engine.store.message_rows import MessageWaitRow
from engine.store.offices import know_offices
from engine.store.rows import CompetenceRow, DossierRow, ProcedureRow, UserRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.calendars import calendar_of
from engine.usecases.exchanges import waiting_dossiers
from engine.usecases.finding import whole_code
from engine.usecases.keysets import Order
from engine.usecases.list_columns import BadFilter, Columns, columns_of, read_filters
from engine.usecases.list_queries import ListQuery
from engine.usecases.open_work import (
    COUNTED_OF_WORDS,
    LOOKED_AT,
    NEWEST,
    OLDEST,
    SCOPES,
    STATES,
    URGENT,
    WALKED,
    Count,
    OpenLists,
    with_words,
)
from engine.usecases.visibility import LEADERS
from engine.usecases.watching import watched_number

TaskScope = Literal["role", "mine", "unit", "team", "waiting"]
TaskState = Literal["all", "late", "today", "supplement", "agency"]
ORDERS = {one.name: one for one in (URGENT, NEWEST, OLDEST)}
LONGEST_PAGE = 100
_OF_PROCEDURE = (ProcedureRow.id, ProcedureRow.key, ProcedureRow.name_vi, ProcedureRow.name_en)
_OF_STEP = (
    WorkItemRow.node_id,
    WorkItemRow.name_vi.label("step_vi"),
    WorkItemRow.name_en.label("step_en"),
)
APPLICANT_KINDS = (
    Text("Công dân", "Citizen"),
    Text("Tổ chức", "Organisation"),
    Text("Hộ kinh doanh", "Household business"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One open step as a line of the list.

    Attributes:
        time: How the step's own time stands.
        due_date: When the dossier is due to the citizen.
        awaits: Units from which the dossier awaits a message; empty if not known, None if it awaits none.
        workable: Whether the actor holds the role for it, or stands in; the others are shown to be watched.
        instead_of: Name of the colleague for whom the actor may do it; empty for own work.
        since: When the step opened.
        values: What stands in the columns of the procedure.
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
    since: datetime
    values: tuple[Text, ...]
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounts:
    """Each is the length of the list with that `state`."""

    all: Count
    late: Count
    today: Count
    supplement: Count
    agency: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class TabCounts:
    """The lengths of the lists beside this one: each scope that the actor has, and what the actor follows."""

    open: tuple[tuple[str, Count], ...]
    followed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """One page of the list.

    Attributes:
        procedures: Key and name of the procedures that are in the list, for the filter.
        steps: Node id and name of its steps.
        columns: What the chosen procedure adds to lists.
        next: Cursor for `after`; None on the last page.
        previous: Cursor for `before`; None on the first page.
        looked_at: So many lines were looked at for this page, and there are more; 0 if nothing was left out.
    """

    lines: tuple[TaskLine, ...]
    counts: TaskCounts
    tabs: TabCounts
    procedures: tuple[tuple[str, Text], ...]
    steps: tuple[tuple[str, Text], ...]
    columns: Columns
    next: str | None
    previous: str | None
    looked_at: int = 0


def list_tasks(
    unit: Unit,
    *,
    scope: TaskScope = "unit",
    text: str = "",
    procedure: str = "",
    step: str = "",
    state: TaskState = "all",
    sort: str = "urgent",
    filters: Mapping[str, str] | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> TaskPage:
    """Return open steps for the actor.

    Args:
        scope: What the actor may do; has taken; of the actor's units; of the units that the actor leads and
            those below; of dossiers on which the actor acted and that now wait for others.
        text: Words of code, name, ID or telephone number or parcel, with or without diacritics.
        state: "supplement" and "agency" show steps of the actor's own dossiers that wait elsewhere.
        sort: One of `ORDERS`, or "column.name" of the procedure, descending with "column.-name".
        filters: Of the procedure, as `list_columns.read_filters` takes them. No index serves them, nor the
            order of a column: `TaskPage.looked_at` lines are looked at, and `next` goes on from there.
        after, before: The `next` or `previous` of the page from which one comes.

    Raises:
        BadCursor: If the cursor is none of this order.
        BadFilter: If a filter cannot be read.
    """
    know_offices(unit)
    columns = columns_of(unit, procedure)
    lists = _lists(unit, scope, text, procedure, step, read_filters(columns, filters or {}))
    order = ORDERS.get(sort) or columns.order(sort) or URGENT
    limit = max(1, min(limit, LONGEST_PAGE))
    branches = lists.branches(scope, state if state in STATES else "all")
    backwards = before is not None and after is None
    place = order.place(before if backwards else after)

    def make() -> Select:
        chosen = lists.chosen(branches, order, limit + 1, after=after, before=before).subquery()
        return _lines(chosen, order, backwards=backwards, with_data=bool(columns.shown))

    key = None
    if lists.narrowed is not None and order.name in ORDERS:
        key = ("lines", lists.key, lists.narrowed, scope, state, order.name, backwards, bool(place), limit)
        key += (bool(columns.shown),)
    of_lines = statement(unit, key, make) if branches else None
    of_choices, of_numbers = _statement_of_choices(unit, scope), _statement_of_numbers(lists, scope)
    of_tabs = _statement_of_tabs(unit)
    with nullcontext() if key is None else unit.line.together():
        lines = of_lines.ask(unit, **lists.moments, **place) if of_lines else list
        kinds = of_choices.ask(unit, **lists.moments)
        numbers = of_numbers.ask(unit, **lists.moments)
        beside = of_tabs.ask(unit)
    found = list(lines())
    page = found[:limit]
    beyond = len(found) > limit
    if backwards:
        page.reverse()
    procedures, steps = _choices(unit, scope, procedure, kinds())
    counts, tabs = _counts(lists, numbers()), _tab_counts(unit, beside())
    has_previous = beyond if backwards else bool(after)
    has_next = bool(page) if backwards else beyond
    ahead = order.cursor(page[-1]) if page and has_next else None
    behind = order.cursor(page[0]) if page and has_previous else None
    looked_at = 0
    walked = order in WALKED
    if branches and lists.is_bounded(order) and not (beyond and walked):
        horizon = unit.session.execute(lists.horizon(branches, order, after=after, before=before)).first()
        looked_at = 0 if horizon is None else LOOKED_AT
        if horizon is not None and walked:
            ahead, behind = (ahead, order.cursor(horizon)) if backwards else (order.cursor(horizon), behind)
    return TaskPage(
        lines=_read(unit, page, columns),
        columns=columns,
        counts=counts,
        tabs=tabs,
        procedures=procedures,
        steps=steps,
        next=ahead,
        previous=behind,
        looked_at=looked_at,
    )


def first_line(unit: Unit, scope: TaskScope) -> TaskLine | None:
    """Return the most urgent line of a list; None if it is empty."""
    lists = OpenLists(unit)
    branches = lists.branches(scope, "all")
    if not branches:
        return None

    def make() -> Select:
        chosen = lists.chosen(branches, URGENT, 1).subquery()
        return _lines(chosen, URGENT, backwards=False, with_data=False)

    found = statement(unit, ("first line", lists.key, scope), make).ask(unit, **lists.moments)()
    return next(iter(_read(unit, found, Columns())), None)


def count_tasks(lists: OpenLists, scope: TaskScope) -> tuple[TaskCounts, TabCounts]:
    """Return the lengths of the lists of a scope, one for each state, and of those beside."""
    rows = _statement_of_numbers(lists, scope).ask(lists.unit, **lists.moments)()
    return _counts(lists, rows), _tab_counts(lists.unit, _statement_of_tabs(lists.unit).ask(lists.unit)())


def _statement_of_numbers(lists: OpenLists, scope: str) -> Kept | ForOnce:
    def make() -> Select:
        urgent = lists.urgent(scope)
        numbers = {one: lists.counted(scope, one) for one in ("supplement", "agency")}
        numbers |= {f"longer_{one}": lists.is_longer(scope, one) for one in ("all", "supplement", "agency")}
        asked = select(urgent.c.open, urgent.c.late, urgent.c.today)
        return asked.add_columns(*(one.label(name) for name, one in numbers.items()))

    key = None if lists.narrowed is None else ("numbers", lists.key, lists.narrowed, scope)
    return statement(lists.unit, key, make)


def _statement_of_tabs(unit: Unit) -> Kept | ForOnce:
    """Return what asks for the numbers beside the tabs, which no narrowing changes."""
    wide = OpenLists(unit)

    def make() -> Select:
        numbers = {f"tab_{one}": wide.counted(one, "all") for one in _tabs(unit)}
        numbers["followed"] = watched_number(unit)
        return select(*(one.label(name) for name, one in numbers.items()))

    return statement(unit, ("tabs", wide.key), make)


def _tabs(unit: Unit) -> list[str]:
    leads = any(one.roles & LEADERS for one in unit.actor.assignments)
    return [one for one in SCOPES if one != "team" or leads]


def _counts(lists: OpenLists, rows: Sequence[Any]) -> TaskCounts:
    (found,) = rows
    most = lists.most
    return TaskCounts(
        all=Count(found.open, most, more=found.longer_all),
        late=Count(found.late, most, more=found.longer_all),
        today=Count(
            found.today,
            most,
            more=found.longer_all or (found.open > most and found.late + found.today > most),
        ),
        supplement=Count(found.supplement, most, more=found.longer_supplement),
        agency=Count(found.agency, most, more=found.longer_agency),
    )


def _tab_counts(unit: Unit, rows: Sequence[Any]) -> TabCounts:
    (found,) = rows
    open_tabs = tuple((one, Count(getattr(found, f"tab_{one}"))) for one in _tabs(unit))
    return TabCounts(open=open_tabs, followed=found.followed)


def count_narrowed(
    unit: Unit, scope: TaskScope, text: str, procedure: str, step: str, filters: Mapping[str, str]
) -> tuple[TaskCounts, TabCounts]:
    """Return the numbers that `list_tasks` would give; a filter that cannot be read is none."""
    conditions: list[ColumnElement[bool]] = []
    if procedure and filters:
        with suppress(BadFilter):
            conditions = read_filters(columns_of(unit, procedure), filters)
    return count_tasks(_lists(unit, scope, text, procedure, step, conditions), scope)


def all_of(unit: Unit, query: ListQuery, most: int) -> list[tuple[int, int]]:
    """Return id and version of all steps of a list, in its usual order, at most `most`.

    Raises:
        BadFilter: If a filter cannot be read.
    """
    conditions = read_filters(columns_of(unit, query.procedure), query.filters)
    scope: TaskScope = query.scope  # type: ignore[assignment]
    lists = _lists(unit, scope, query.text, query.procedure, query.step)
    if conditions:  # all that were chosen, wherever they stand
        of_dossier = select(DossierRow.id).where(DossierRow.id == OpenWorkRow.dossier_id, *conditions)
        lists = replace(lists, narrow=[*lists.narrow, exists(of_dossier)])
    branches = lists.branches(query.scope, query.state)
    if not branches:
        return []
    chosen = lists.chosen(branches, URGENT, most).subquery()
    rows = unit.session.execute(
        select(WorkItemRow.id, WorkItemRow.version).join(chosen, chosen.c.id == WorkItemRow.id)
    )
    return [(one.id, one.version) for one in rows]


def next_task(unit: Unit, *, text: str = "", procedure: str = "") -> int | None:
    """Return the most urgent step that nobody has taken and the actor may take; None if there is none."""
    lists = _lists(unit, "role", text, procedure, "")
    free = and_(OpenWorkRow.holder.is_(None), OpenWorkRow.stopped.is_(False))
    branches = [and_(one, free) for one in lists.branches("role", "all")]
    return unit.session.scalar(lists.chosen(branches, URGENT, 1)) if branches else None


def _lists(
    unit: Unit,
    scope: TaskScope,
    text: str,
    procedure: str,
    step: str,
    filters: Iterable[ColumnElement[bool]] = (),
) -> OpenLists:
    """Return the lists narrowed as asked; where complete words find nothing, beginnings of words may."""
    narrow: list[ColumnElement[bool]] = []
    sieve = list(filters)
    narrowed = None if sieve else (procedure, step)
    if procedure:
        # Asked first: a plan for any procedure at all is a bad one for rare ones.
        number = unit.session.scalar(select(ProcedureRow.id).where(ProcedureRow.key == procedure))
        narrow.append(OpenWorkRow.procedure_id == (number or 0))
    if step:
        narrow.append(OpenWorkRow.node_id == bindparam("step", step))  # by name: never in the text
    if code := whole_code(text):
        of_dossier = select(DossierRow.id).where(DossierRow.code == code).scalar_subquery()
        return OpenLists(unit, [*narrow, OpenWorkRow.dossier_id == of_dossier], sieve)
    exactly, loosely = read_question(text), read_question(text, loosely=True)
    if not exactly:
        return OpenLists(unit, narrow, sieve, narrowed=narrowed)
    lists = OpenLists(unit, [*narrow, *with_words(unit, exactly)], sieve, COUNTED_OF_WORDS)
    everywhere = [(scope, one) for one in ("all", "supplement", "agency")]
    if exactly == loosely or lists.has_any(everywhere):
        return lists
    return OpenLists(unit, [*narrow, *with_words(unit, loosely)], sieve, COUNTED_OF_WORDS)


def _statement_of_choices(unit: Unit, scope: str) -> Kept | ForOnce:
    """Return what asks for the procedures and steps with open work, whatever else the list is narrowed to.

    They are those of the first lines of a very long list, and of the procedures that the units decide.
    """
    lists = OpenLists(unit)

    def make() -> Any:
        kinds = lists.kinds(scope)
        own = among(CompetenceRow.unit_id, [*unit.actor.unit_ids])
        competent = select(CompetenceRow.procedure_id).where(own)
        return (
            select(*_OF_PROCEDURE, *_OF_STEP)
            .join(kinds, kinds.c.procedure_id == ProcedureRow.id)
            .join(WorkItemRow, WorkItemRow.id == kinds.c.id)
            .union_all(
                select(*_OF_PROCEDURE, *(null() for _ in _OF_STEP)).where(ProcedureRow.id.in_(competent))
            )
        )

    return statement(unit, ("choices", lists.key, scope), make)


def _choices(
    unit: Unit, scope: str, procedure: str, rows: Sequence[Any]
) -> tuple[tuple[tuple[str, Text], ...], tuple[tuple[str, Text], ...]]:
    """Return the procedures that are in a list, and its steps, narrowed to the procedure that is chosen."""
    procedures = {one.key: Text(one.name_vi, one.name_en) for one in rows}
    chosen = next((one.id for one in rows if one.key == procedure), None)
    if chosen:
        lists = OpenLists(unit, [OpenWorkRow.procedure_id == chosen])

        def make() -> Select:
            kinds = lists.kinds(scope)
            return select(*_OF_STEP).join(kinds, kinds.c.id == WorkItemRow.id)

        rows = statement(unit, ("steps", lists.key, scope, chosen), make).ask(unit, **lists.moments)()
    named = sorted(
        (one.step_vi, one.node_id, Text(one.step_vi, one.step_en)) for one in rows if one.node_id is not None
    )
    steps = {node: (node, name) for _, node, name in named}
    return tuple(sorted(procedures.items(), key=lambda one: one[0])), tuple(steps.values())


def _lines(chosen: Any, order: Order, *, backwards: bool, with_data: bool) -> Select:
    """All that a line shows, of the steps that were chosen, in their order."""
    turned = order.descending != backwards
    keys = [chosen.c[one.name] for one in order.keys]
    return (
        select(
            chosen,
            WorkItemRow.version,
            WorkItemRow.dossier_id,
            WorkItemRow.name_vi,
            WorkItemRow.name_en,
            WorkItemRow.kind,
            WorkItemRow.role,
            WorkItemRow.unit_id,
            WorkItemRow.opened_at,
            WorkItemRow.allotted_minutes,
            WorkItemRow.claimed_by,
            UserRow.full_name,
            DossierRow.code,
            DossierRow.procedure_id,
            DossierRow.applicant_name,
            DossierRow.applicant_kind,
            DossierRow.current_due,
            DossierRow.due_is_provisional,
            DossierRow.supplement_rounds,
            ProcedureRow.name_vi.label("procedure_vi"),
            ProcedureRow.name_en.label("procedure_en"),
            OpenWorkRow.stopped.label("is_stopped"),
            OpenWorkRow.due.label("time"),
            exists().where(MessageWaitRow.dossier_id == WorkItemRow.dossier_id).label("is_waiting"),
            DossierRow.data.label("data") if with_data else null().label("data"),
        )
        .join(OpenWorkRow, OpenWorkRow.work_item_id == chosen.c.id)
        .join(WorkItemRow, WorkItemRow.id == chosen.c.id)
        .join(DossierRow, DossierRow.id == WorkItemRow.dossier_id)
        .join(ProcedureRow, ProcedureRow.id == DossierRow.procedure_id)
        .outerjoin(UserRow, UserRow.id == WorkItemRow.claimed_by)
        .order_by(*(one.desc() if turned else one for one in keys))
    )


def _read(unit: Unit, page: Iterable[Any], columns: Columns) -> tuple[TaskLine, ...]:
    page = list(page)
    offices = {one.unit_id for one in page}
    names = units.names_of(unit, offices)
    calendars = {office: calendar_of(unit, office) for office in offices}
    waiting = waiting_dossiers(unit, [one.dossier_id for one in page if one.is_waiting])
    return tuple(
        _line(unit, one, calendars[one.unit_id], names[one.unit_id], waiting.get(one.dossier_id), columns)
        for one in page
    )


def _line(
    unit: Unit,
    one: Any,
    calendar: WorkingCalendar,
    unit_name: str,
    awaits: tuple[str, ...] | None,
    columns: Columns,
) -> TaskLine:
    own = unit.actor.holds(one.role, one.unit_id) is not None
    lent = _lent(unit, one, own)
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
        time=time_left(calendar, unit.now, one.time, stopped=bool(one.is_stopped)),
        due_date=one.current_due,
        provisional=one.due_is_provisional,
        awaits=awaits,
        claimed_by_name=one.full_name or "",
        mine=one.claimed_by is not None and one.claimed_by == unit.actor.user_id,
        workable=own or bool(lent),
        unit_name=unit_name,
        since=one.opened_at,
        values=columns.values(one.data or {}),
        instead_of=lent.giver_name if lent else "",
    )


def _lent(unit: Unit, one: Any, own: bool) -> Lent | None:
    """The authority under which the actor may do a step that is not their own, as far as a list can tell.

    Amounts are looked at when the step is opened.
    """
    if not unit.actor.lent or (own and one.claimed_by in (None, unit.actor.user_id)):
        return None
    holder = None if one.claimed_by in (None, unit.actor.user_id) else one.claimed_by
    anything = tuple(replace(lent, limits={}) for lent in unit.actor.lent)
    return lent_for(anything, one.role, one.unit_id, one.procedure_id, {}, holder)


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
