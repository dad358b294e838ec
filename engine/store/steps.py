"""The rows of one step: what has to be known of a dossier before it, and all that is written after it.

Records are plain objects with the attributes of the mapped rows; they remember what was read, so that only
what changed is written, where the version is still the one that was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any, ClassVar, NamedTuple, Self

from sqlalchemy import (
    Column,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from engine.errors import NotFound
from engine.store.driver import Answer, Line, Prepared
from engine.store.due_rows import DueChangeRow
from engine.store.rows import (
    AuditHeadRow,
    ClockStopRow,
    CounterRow,
    DossierRow,
    EventRow,
    IncidentRow,
    OutboxRow,
    RevisionRow,
    SubmissionRow,
    TimerRow,
    WorkItemRow,
)

MOST_AT_ONCE = 5  # lines of history; psycopg remembers how to convert at most 50 parameters
ORGANISATION = "organisation"  # the book in which changes of offices, people and calendars are counted
_DOSSIERS, _ITEMS, _STOPS = DossierRow.__table__, WorkItemRow.__table__, ClockStopRow.__table__
_REVISIONS, _HEADS, _TIMERS = RevisionRow.__table__, AuditHeadRow.__table__, TimerRow.__table__
_COUNTERS, _SUBMISSIONS, _INCIDENTS = CounterRow.__table__, SubmissionRow.__table__, IncidentRow.__table__
_EVENTS, _CHANGES = EventRow.__table__, DueChangeRow.__table__
OPEN, DONE = "open", "done"


class Record:
    """A row in hand."""

    __slots__ = ("__dict__", "was")
    table: ClassVar[Table]
    was: dict[str, Any] | None  # as it was read; None while it is not written yet

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)
        self.was = None

    @classmethod
    def read(cls, values: Iterable[Any]) -> Self:
        """Take up a row whose values come in the order of the table's columns."""
        record = cls.__new__(cls)
        record.was = dict(zip(_names(cls.table), values, strict=False))
        record.__dict__.update(record.was)
        return record

    def changed(self) -> dict[str, Any]:
        """Return what is no longer as it was read."""
        now = self.__dict__
        return {
            name: now[name]
            for name, before in self.was.items()
            if now[name] is not before and now[name] != before
        }


class Revision(NamedTuple):
    """What a step must know of the revision of its dossier; the content is kept elsewhere."""

    id: int
    version: int
    number: int
    definition_hash: str
    participants: dict[str, Any]


class Dossier(Record):
    """A dossier; `revision` is put in by whoever holds it, from memory."""

    table = _DOSSIERS
    revision: Revision


class Item(Record):
    """A work item. `id` is None until it is written; `dossier` is there where it was read with it."""

    table = _ITEMS
    dossier: Dossier

    @classmethod
    def opened(cls, **values: Any) -> Self:
        return cls(**(_NEW_ITEM | values))


class Stop(Record):
    """A clock stop."""

    table = _STOPS


class Head(NamedTuple):
    """The end of an audit chain; number 0 and an empty hash where nothing was written yet."""

    number: int
    hash: str


class Earlier(NamedTuple):
    """A click that was carried out before under the same key."""

    action: str
    user_id: int | None
    digest: str
    answer: dict[str, Any]


@dataclass(slots=True)
class Held:
    """A dossier locked for one step.

    Attributes:
        item: The work item that was asked for, open or not.
        items: All that are open, the oldest first.
        organisation: How often offices, people and calendars have changed.
        granted: What extensions and changes by hand add to the term so far.
        stops: None where asking for them later costs no round trip, for most dossiers never stopped.
        spare: Numbers for work items that open. On PostgreSQL one, for asking later is a round trip; on
            SQLite, where nobody else writes meanwhile, all that follow the last.
    """

    dossier: Dossier
    item: Item
    items: list[Item]
    head: Head
    earlier: Earlier | None
    organisation: int
    granted: int
    has_incidents: bool
    stops: list[Stop] | None
    spare: Iterator[int]


@dataclass(slots=True)
class Writings:
    """What a step leaves besides the changes of the records that it was given."""

    cleared: list[tuple[str, int, int]] = field(default_factory=list)  # node, token, number
    timers: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)  # rows of `document` with their numbers
    others: list[tuple[Prepared, dict[str, Any]]] = field(default_factory=list)  # any statement, its values


def hold(line: Line, task_id: int, key: str) -> Held:
    """Lock the dossier of a work item and read all that a step on it needs.

    The lock comes in a statement of its own: what is read in the statement that waited for it could be
    older than what the one before wrote.

    Raises:
        NotFound: If there is no such work item.
    """
    with line.together():
        if line.is_postgresql:
            line.ask(_LOCK, task=task_id)
        facts = line.ask(_FACTS_AND_SPARE if line.is_postgresql else _FACTS, task=task_id, key=key)
        found = line.ask(_ITEMS_OF_TASK, task=task_id)
        stops = line.ask(_STOPS_OF_TASK, task=task_id) if line.is_postgresql else None
    fact = facts.one_or_none()
    if fact is None:
        raise NotFound("it to exist", "there is none", what="công việc")
    items = [Item.read(one) for one in found.rows()]
    item = next(one for one in items if one.id == task_id)
    head, earlier = fact[_AT_HEAD:_AT_EARLIER], fact[_AT_EARLIER:_AT_REST]
    organisation, granted, has_incidents, number = fact[_AT_REST:]
    dossier = Dossier.read(fact)
    item.dossier = dossier
    return Held(
        dossier=dossier,
        item=item,
        items=[one for one in items if one.status == OPEN],
        head=Head(*head) if head[0] is not None else Head(0, ""),
        earlier=Earlier(*earlier) if earlier[0] is not None else None,
        organisation=organisation or 0,
        granted=granted or 0,
        has_incidents=bool(has_incidents),
        stops=[Stop.read(one) for one in stops.rows()] if stops else None,
        spare=iter([number]) if line.is_postgresql else count(number + 1),
    )


def revision_of(line: Line, revision_id: int) -> Revision:
    """Return what a step must know of a revision; `engine.store.offices` keeps it in memory."""
    return Revision(*line.ask(_REVISION, id=revision_id).one_or_none())


def open_items(line: Line, dossier_id: int) -> list[Item]:
    """Return the open work items of a dossier, the oldest first."""
    return [Item.read(one) for one in line.ask(_OPEN_ITEMS, dossier=dossier_id).rows()]


def clock_stops(line: Line, dossier_id: int) -> list[Stop]:
    return [Stop.read(one) for one in line.ask(_CLOCK_STOPS, dossier=dossier_id).rows()]


def last_answers(line: Line, dossier_id: int) -> list[dict[str, Any]]:
    """Return what was filled in in the steps done last, the newest first."""
    return [answers for (answers,) in line.ask(_LAST_ANSWERS, dossier=dossier_id).rows()]


def number_rows(line: Line, items: Iterable[Item]) -> None:
    """Write work items that opened and have no number yet; the database gives them theirs."""
    items = [one for one in items if one.id is None]
    if not items:
        return  # also an empty pipeline is a round trip
    with line.together():
        added = [(one, line.ask(_ADD_ITEM, **one.__dict__)) for one in items]
    take_numbers(added)


def add_letter(line: Line, letter: Mapping[str, Any]) -> None:
    """Write a message that is to be sent."""
    line.ask(_ADD_LETTER, **letter)


def add_stops(line: Line, stops: Iterable[Stop]) -> list[tuple[Stop, Answer]]:
    """Write new clock stops; `take_numbers` reads the answers."""
    return [(one, line.ask(_ADD_STOP, **one.__dict__)) for one in stops if one.was is None]


def take_numbers(added: Iterable[tuple[Record, Answer]]) -> None:
    """Give records that were added the numbers that the database chose."""
    for record, answer in added:
        ((record.id,),) = answer.rows()
        record.was = dict(record.__dict__)


def write_changes(line: Line, records: Iterable[Record]) -> None:
    """Write what changed in records that were read; work items that took a spare number are added.

    Raises:
        StaleDataError: If a row is no longer as it was read.
    """
    for record in records:
        if record.was is None:
            line.ask(_ADD_NUMBERED_ITEM, **record.__dict__)
            record.was = dict(record.__dict__)
        elif changed := record.changed():
            if "version" in record.was:
                changed["version"] = record.was["version"] + 1
                record.version = changed["version"]
            same = {"was_id": record.was["id"], "was_version": record.was.get("version")}
            line.change_one(_update(record.table, tuple(sorted(changed))), **changed, **same)
            record.was = dict(record.__dict__)


def write(line: Line, dossier_id: int, writings: Writings) -> None:
    """Write what a step leaves, and forget that it was to be written."""
    for node, token, number in writings.cleared:
        line.ask(_CLEAR_TIMER, of=dossier_id, node=node, token=token, at=number)
    for timer in writings.timers:
        line.ask(_ADD_TIMER, **timer)
    for start in range(0, len(writings.events), MOST_AT_ONCE):
        some = writings.events[start : start + MOST_AT_ONCE]
        values = {f"{name}_{at}": value for at, one in enumerate(some) for name, value in one.items()}
        line.ask(_add_events(len(some)), **values)
    for statement, of_it in writings.others:
        line.ask(statement, **of_it)
    for one in (writings.cleared, writings.timers, writings.events, writings.others):
        one.clear()


def take_timers(line: Line, dossier_id: int, keys: Iterable[tuple[str, int, int]]) -> list[Mapping[str, Any]]:
    """Clear timers now and return them as they were."""
    with line.together():
        found = [
            line.ask(_TAKE_TIMER, of=dossier_id, node=node, token=token, at=number)
            for node, token, number in keys
        ]
    return [dict(zip(_NAMES[_TIMERS.name], one, strict=True)) for answer in found for one in answer.rows()]


def _names(table: Table) -> tuple[str, ...]:
    return _NAMES[table.name]


def _add(table: Table, *, numbered: bool = False) -> Any:
    """An insertion of one row; what is not given is as the table says, the number by default too."""
    return insert(table).values({one.name: _place(one) for one in table.c if numbered or one.name != "id"})


def _place(column: Column[Any]) -> Any:
    if column.default is not None and column.default.is_scalar:
        return bindparam(column.name, column.default.arg)
    return bindparam(column.name, None) if column.nullable else bindparam(column.name)


def _written(word: str) -> Any:
    """A word of ours in the text of a statement.

    As a parameter it would make SQLite plan anew each time, wherever an index is for some words only.
    """
    return literal_column(f"'{word}'", String)


@cache
def _add_events(count: int) -> Prepared:
    """An insertion of several lines of history at once."""
    names = [one.name for one in _EVENTS.c if one.name != "id"]
    lines = [
        {name: bindparam(f"{name}_{at}", type_=_EVENTS.c[name].type) for name in names} for at in range(count)
    ]
    return Prepared(insert(_EVENTS).values(lines))


@cache
def _update(table: Table, names: tuple[str, ...]) -> Prepared:
    """A change of some columns of one row; a step changes few different sets of them."""
    same = [table.c.id == bindparam("was_id")]
    if "version" in table.c:
        same.append(table.c.version == bindparam("was_version"))
    change = update(table).where(*same)
    return Prepared(change.values({name: bindparam(name, type_=table.c[name].type) for name in names}))


_NAMES = {table.name: tuple(one.name for one in table.c) for table in (_DOSSIERS, _ITEMS, _STOPS, _TIMERS)}
_NEW_ITEM: Mapping[str, Any] = {
    "id": None, "status": OPEN, "claimed_by": None, "claimed_at": None, "ended_at": None, "ended_by": None,
    "outcome": "", "spent_minutes": None, "version": 1,
}  # fmt: skip
_OF_TASK = select(_ITEMS.c.dossier_id).where(_ITEMS.c.id == bindparam("task")).scalar_subquery()
_AT_HEAD = len(_DOSSIERS.c)
_AT_EARLIER = _AT_HEAD + len(Head._fields)
_AT_REST = _AT_EARLIER + len(Earlier._fields)
_LOCK = Prepared(select(_DOSSIERS.c.id).where(_DOSSIERS.c.id == _OF_TASK).with_for_update())
_KNOWN = (
    select(
        *_DOSSIERS.c,
        *(_HEADS.c[name] for name in Head._fields),
        *(_SUBMISSIONS.c[name] for name in Earlier._fields),
        _COUNTERS.c.last,
        select(func.sum(_CHANGES.c.amount))
        .where(_CHANGES.c.dossier_id == _DOSSIERS.c.id, _CHANGES.c.state == _written("in_force"))
        .scalar_subquery(),
        exists().where(_INCIDENTS.c.dossier_id == _DOSSIERS.c.id, _INCIDENTS.c.ended_at.is_(None)),
    )
    .select_from(_DOSSIERS)
    .outerjoin(_HEADS, _HEADS.c.chain == _written("dossier:") + cast(_DOSSIERS.c.id, String(20)))
    .outerjoin(_SUBMISSIONS, _SUBMISSIONS.c.key == bindparam("key"))
    .outerjoin(
        _COUNTERS, and_(_COUNTERS.c.book == _written(ORGANISATION), _COUNTERS.c.period == _written(""))
    )
    .where(_DOSSIERS.c.id == _OF_TASK)
)
_FACTS = Prepared(_KNOWN.add_columns(select(func.max(_ITEMS.c.id)).scalar_subquery()))
_FACTS_AND_SPARE = Prepared(
    _KNOWN.add_columns(func.nextval(func.pg_get_serial_sequence(_ITEMS.name, "id"), type_=Integer))
)
_REVISION = Prepared(
    select(*(_REVISIONS.c[name] for name in Revision._fields)).where(_REVISIONS.c.id == bindparam("id"))
)
_ITEMS_OF_TASK = Prepared(
    select(_ITEMS)
    .where(
        _ITEMS.c.dossier_id == _OF_TASK,
        or_(_ITEMS.c.status == _written(OPEN), _ITEMS.c.id == bindparam("task")),
    )
    .order_by(_ITEMS.c.id)
)
_OPEN_ITEMS = Prepared(
    select(_ITEMS)
    .where(_ITEMS.c.dossier_id == bindparam("dossier"), _ITEMS.c.status == _written(OPEN))
    .order_by(_ITEMS.c.id)
)
_STOPS_OF_TASK = Prepared(select(_STOPS).where(_STOPS.c.dossier_id == _OF_TASK).order_by(_STOPS.c.id))
_LAST_ANSWERS = Prepared(
    select(_ITEMS.c.answers)
    .where(_ITEMS.c.dossier_id == bindparam("dossier"), _ITEMS.c.status == _written(DONE))
    .order_by(_ITEMS.c.ended_at.desc(), _ITEMS.c.id.desc())
    .limit(5)
)
_CLOCK_STOPS = Prepared(
    select(_STOPS).where(_STOPS.c.dossier_id == bindparam("dossier")).order_by(_STOPS.c.id)
)
_ADD_ITEM = Prepared(_add(_ITEMS).returning(_ITEMS.c.id))
_ADD_NUMBERED_ITEM = Prepared(_add(_ITEMS, numbered=True))
_ADD_STOP = Prepared(_add(_STOPS).returning(_STOPS.c.id))
_ADD_TIMER = Prepared(_add(_TIMERS))
_ADD_LETTER = Prepared(_add(OutboxRow.__table__))
_CLEARED = delete(_TIMERS).where(
    _TIMERS.c.dossier_id == bindparam("of"),
    _TIMERS.c.node_id == bindparam("node"),
    _TIMERS.c.token == bindparam("token"),
    _TIMERS.c.number == bindparam("at"),
)
_CLEAR_TIMER = Prepared(_CLEARED)
_TAKE_TIMER = Prepared(_CLEARED.returning(*_TIMERS.c))
