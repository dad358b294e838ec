"""Which open steps stand in which list: each condition written once, for lines and for numbers alike.

A list is a handful of branches, each served in order by one index of `open_work`; the lists of somebody with
very many units are read in the order of all open work instead.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Self

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union,
)

from engine.domain.calendar import at, local_day
from engine.domain.searching import AskedWord
from engine.store import units
from engine.store.kept_statements import among
from engine.store.list_rows import OpenWorkRow
from engine.store.offices import know_offices
from engine.store.rows import DossierRow, WorkItemRow
from engine.store.search import found_dossiers, has_words
from engine.store.work import Unit
from engine.usecases.keysets import Key, Order
from engine.usecases.visibility import LEADERS

SCOPES = ("role", "mine", "unit", "team", "waiting")
STATES = ("all", "late", "today", "supplement", "agency")
MOST_BRANCHES = 24
MOST_ACTS = 1_000  # of somebody, the last ones, in which "waiting for others" is looked for
COUNTED, COUNTED_OF_WORDS = 1_000, 100  # numbers of lists stop here; earlier where words have to be looked at
NOW, DAY_ENDS = "now", "day_ends"  # names of values in the statements
FEW, SOME = 300, 3_000  # dossiers that may be named in a question; that may be looked up for each list
LOOKED_AT = 2_000  # lines of a list at most whose answers are looked at: to narrow it by them, to sort it
SAMPLE = 2_000  # lines of each branch from which the choices of a filter are taken

URGENT = Order(
    "urgent",
    (
        Key("stopped", OpenWorkRow.stopped, bool),
        Key("due", OpenWorkRow.due, datetime),
        Key("id", OpenWorkRow.work_item_id, int),
    ),
)
NEWEST = Order("newest", (Key("id", OpenWorkRow.work_item_id, int),), descending=True)
OLDEST = Order("oldest", (Key("id", OpenWorkRow.work_item_id, int),))
WALKED = (URGENT, NEWEST, OLDEST)  # orders that indexes serve


class Count(int):
    """The length of a list; `more` when it is longer than anybody counts."""

    more: bool

    def __new__(cls, number: int, most: int = COUNTED, *, more: bool = False) -> Self:
        count = super().__new__(cls, min(number, most))
        count.more = more or number > most
        return count


@dataclass(slots=True)
class OpenLists:
    """The lists of the actor.

    Attributes:
        narrow: Further conditions on `OpenWorkRow`, in every list.
        sieve: Further conditions on `DossierRow` that no index serves. They are asked of the first
            `LOOKED_AT` lines only; who wants to see more goes on from there.
        most: Numbers stop here.
        narrowed: What `narrow` was made of, for statements that are kept; None where they cannot be.
    """

    unit: Unit
    narrow: Sequence[ColumnElement[bool]] = ()
    sieve: Sequence[ColumnElement[bool]] = ()
    most: int = COUNTED
    narrowed: Hashable | None = None
    _own: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        know_offices(self.unit)
        ids = self.unit.actor.unit_ids
        self._own = units.with_predecessors(self.unit, ids) if ids else frozenset()

    def branches(self, scope: str, state: str) -> list[ColumnElement[bool]]:
        """Return conditions that together give the list; a line may stand in two of them."""
        now, day_ends = self._now, self._day_ends
        running = OpenWorkRow.stopped.is_(False)
        match state:
            case "supplement":
                return self._supplement()
            case "agency":
                waits = and_(OpenWorkRow.is_away.is_(True), OpenWorkRow.kind != "wait_citizen")
                return [and_(one, waits) for one in self._of_units(OpenWorkRow.competent_unit_id, self._own)]
            case "late":
                more = and_(running, OpenWorkRow.due < now)
            case "today":
                more = and_(running, OpenWorkRow.due >= now, OpenWorkRow.due < day_ends)
            case _:
                more = true()
        return [and_(one, more) for one in self._of_scope(scope)]

    def chosen(
        self,
        branches: Iterable[ColumnElement[bool]],
        order: Order,
        limit: int,
        *,
        after: str | None = None,
        before: str | None = None,
    ) -> Select:
        """Return at most `limit` lines of a list as `id` and the keys of the order, in order.

        Only `LOOKED_AT` lines are looked at where `is_bounded`: those behind the cursor, or the most urgent
        ones of the whole list where the order is of answers.
        """
        if not self.is_bounded(order):
            return self._walk(branches, order, limit, after=after, before=before)
        backwards = before is not None and after is None
        if order in WALKED:
            window, place = self._walk(branches, order, LOOKED_AT, after=after, before=before), true()
        else:
            window = self._walk(branches, URGENT, LOOKED_AT)
            place = order.beyond(before if backwards else after, backwards=backwards)
        seen = window.subquery()
        columns = [OpenWorkRow.work_item_id.label("id")]
        columns += [one for one in order.columns() if one.name != "id"]
        lines = select(*columns).join(seen, seen.c.id == OpenWorkRow.work_item_id)
        if self.sieve:
            lines = lines.join(DossierRow, DossierRow.id == OpenWorkRow.dossier_id).where(*self.sieve)
        return order.sorted(lines.where(place), backwards=backwards).limit(limit)

    def is_bounded(self, order: Order) -> bool:
        """Say whether lines have to be looked at one by one."""
        return bool(self.sieve) or order not in WALKED

    def horizon(
        self,
        branches: Iterable[ColumnElement[bool]],
        order: Order,
        *,
        after: str | None = None,
        before: str | None = None,
    ) -> Select:
        """Return the last line that `chosen` looks at, if there may be others behind it."""
        if order not in WALKED:
            order, after, before = URGENT, None, None
        walk = self._walk(branches, order, LOOKED_AT, after=after, before=before)
        return walk.limit(1).offset(LOOKED_AT - 1)

    def _walk(
        self,
        branches: Iterable[ColumnElement[bool]],
        order: Order,
        limit: int,
        *,
        after: str | None = None,
        before: str | None = None,
    ) -> Select:
        """Return the first lines behind a cursor, in an order that indexes serve."""
        backwards = before is not None and after is None
        place = order.beyond(before if backwards else after, backwards=backwards)
        columns = [OpenWorkRow.work_item_id.label("id")]
        columns += [one for one in order.columns() if one.name != "id"]
        parts = [
            order.sorted(select(*columns).where(one, place, *self.narrow), backwards=backwards).limit(limit)
            for one in branches
        ]
        if len(parts) == 1:
            return parts[0]
        together = union(*(select(one.subquery()) for one in parts)).subquery()
        turned = order.descending != backwards
        keys = [together.c[one.name] for one in order.keys]
        return select(together).order_by(*(one.desc() if turned else one for one in keys)).limit(limit)

    def counted(self, scope: str, state: str) -> ColumnElement[int]:
        """Return the length of a list as one number of a larger question; it stops at `most` + 1."""
        branches = self.branches(scope, state)
        if not branches:
            return literal(0)
        if self.sieve:
            lines = self.chosen(branches, URGENT, self.most + 1).subquery()
            return select(func.count()).select_from(lines).scalar_subquery()
        some = [select(OpenWorkRow.work_item_id).where(one, *self.narrow) for one in branches]
        cut = [select(one.limit(self.most + 1).subquery()) for one in some]
        together = (union(*cut) if len(cut) > 1 else cut[0]).subquery()
        return select(func.count()).select_from(together).scalar_subquery()

    def is_longer(self, scope: str, state: str) -> ColumnElement[bool]:
        """Say whether a list has more lines than are looked at, so that its number may be too small."""
        branches = self.branches(scope, state)
        if not self.sieve or not branches:
            return false()
        return exists(self.horizon(branches, URGENT))

    def urgent(self, scope: str) -> Subquery:
        """Return `open`, `late` and `today`: lengths of three lists, read off the first lines of one walk.

        The late come first and what is due today behind them, so both are exact unless there are very many.
        """
        branches = self.branches(scope, "all")
        if not branches:
            return select(*(literal(0).label(one) for one in ("open", "late", "today"))).subquery()
        first = self.chosen(branches, URGENT, self.most + 1).subquery()
        running = first.c.stopped.is_(False)
        late = and_(running, first.c.due < self._now)
        today = and_(running, first.c.due >= self._now, first.c.due < self._day_ends)
        return (
            select(
                func.count().label("open"),
                func.coalesce(func.sum(case((late, 1), else_=0)), 0).label("late"),
                func.coalesce(func.sum(case((today, 1), else_=0)), 0).label("today"),
            )
            .select_from(first)
            .subquery()
        )

    def has_any(self, lists: Sequence[tuple[str, str]]) -> bool:
        """Say whether there is a line in any of these lists, each a scope and a state."""
        branches = [branch for scope, state in lists for branch in self.branches(scope, state)]
        found = [exists().where(one, *self.narrow) for one in branches]
        return bool(found) and bool(self.unit.session.scalar(select(or_(*found))))

    @property
    def moments(self) -> dict[str, datetime]:
        """The values that differ each time, by the names that they have in the statements."""
        return {NOW: self.unit.now, DAY_ENDS: at(local_day(self.unit.now) + timedelta(days=1), time.min)}

    @property
    def key(self) -> Hashable:
        """All on which the statements depend but for `moments` and the narrowing."""
        actor = self.unit.actor
        lent = tuple((one.giver_id, one.unit_id, one.roles, one.procedures) for one in actor.lent)
        return actor.user_id, actor.is_system, actor.assignments, lent, self.most

    @property
    def _now(self) -> ColumnElement[datetime]:
        return bindparam(NOW, self.moments[NOW], type_=OpenWorkRow.due.type)

    @property
    def _day_ends(self) -> ColumnElement[datetime]:
        return bindparam(DAY_ENDS, self.moments[DAY_ENDS], type_=OpenWorkRow.due.type)

    def kinds(self, scope: str) -> Subquery:
        """Return procedures and steps of a list, the newest step of each: those of its first lines."""
        parts = []
        for one in self.branches(scope, "all"):
            some = (
                select(OpenWorkRow.procedure_id, OpenWorkRow.node_id, OpenWorkRow.work_item_id)
                .where(one, *self.narrow)
                .limit(SAMPLE)
                .subquery()
            )
            newest = func.max(some.c.work_item_id).label("id")
            parts.append(
                select(some.c.procedure_id, some.c.node_id, newest).group_by(
                    some.c.procedure_id, some.c.node_id
                )
            )
        if not parts:
            parts = [
                select(
                    OpenWorkRow.procedure_id, OpenWorkRow.node_id, OpenWorkRow.work_item_id.label("id")
                ).where(false())
            ]
        return (union(*parts) if len(parts) > 1 else parts[0]).subquery()

    def _of_scope(self, scope: str) -> list[ColumnElement[bool]]:
        actor = self.unit.actor
        if scope == "mine":
            return [OpenWorkRow.holder == actor.user_id] if actor.user_id is not None else []
        if scope == "waiting":
            return self._waiting()
        if actor.is_system:
            return [true()]
        if scope == "team":
            leading = {one.unit_id for one in actor.assignments if one.roles & LEADERS}
            led = units.with_predecessors(self.unit, units.below(self.unit, leading)) if leading else ()
            return self._of_units(OpenWorkRow.unit_id, led)
        if scope == "unit":
            return self._of_units(OpenWorkRow.unit_id, self._own)
        free = or_(OpenWorkRow.holder.is_(None), OpenWorkRow.holder == actor.user_id)
        return [and_(one, free) for one in self._workable()] + self._lent()

    def _workable(self) -> list[ColumnElement[bool]]:
        pairs = sorted({(one.unit_id, role) for one in self.unit.actor.assignments for role in one.roles})
        found = [and_(OpenWorkRow.unit_id == unit_id, OpenWorkRow.role == role) for unit_id, role in pairs]
        return [or_(*found)] if len(found) > MOST_BRANCHES else found

    def _lent(self) -> list[ColumnElement[bool]]:
        """What colleagues have lent: what is free, and what the colleague has taken."""
        found = []
        for one in self.unit.actor.lent:
            holders = [one.giver_id, self.unit.actor.user_id or 0]
            free = or_(OpenWorkRow.holder.is_(None), among(OpenWorkRow.holder, holders))
            procedures = [*one.procedures]
            of_procedures = among(OpenWorkRow.procedure_id, procedures) if procedures else true()
            roles = or_(*(OpenWorkRow.role == role for role in sorted(one.roles)))
            found.append(and_(OpenWorkRow.unit_id == one.unit_id, roles, of_procedures, free))
        return found

    def _waiting(self) -> list[ColumnElement[bool]]:
        """Steps of dossiers on which the actor acted, that now wait for somebody else."""
        user_id = self.unit.actor.user_id
        if user_id is None:
            return []
        acts = (
            select(WorkItemRow.dossier_id)
            .where(WorkItemRow.ended_by == user_id)
            .order_by(WorkItemRow.id.desc())
            .limit(MOST_ACTS)
            .subquery()
        )
        held = OpenWorkRow.holder.is_not(None)
        others = [OpenWorkRow.holder != user_id]
        if workable := self._workable():
            others.append(and_(OpenWorkRow.holder.is_(None), not_(or_(*workable))))
        else:
            others.append(~held)
        acted = select(acts.c.dossier_id)
        if self.unit.engine.database.dialect.name == "postgresql":
            # As a list of numbers: of IN it would make a join, and read all open work there is.
            mine = OpenWorkRow.dossier_id == func.any(func.array(acted.scalar_subquery()))
        else:
            mine = OpenWorkRow.dossier_id.in_(acted)
        return [and_(mine, or_(*others))]

    def _supplement(self) -> list[ColumnElement[bool]]:
        waits = OpenWorkRow.kind == "wait_citizen"
        if self.unit.actor.is_system:
            return [waits]
        decided = [and_(one, waits) for one in self._of_units(OpenWorkRow.competent_unit_id, self._own)]
        return decided + [and_(one, waits) for one in self._of_units(OpenWorkRow.received_unit_id, self._own)]

    def _of_units(self, column: ColumnElement[int], ids: Iterable[int]) -> list[ColumnElement[bool]]:
        if self.unit.actor.is_system:
            return [true()]
        ids = sorted(ids)
        return [among(column, ids)] if len(ids) > MOST_BRANCHES else [column == one for one in ids]


def with_words(unit: Unit, asked: Sequence[AskedWord]) -> list[ColumnElement[bool]]:
    """Return the condition that the dossier of a step has the words.

    Where few dossiers at work match, they are looked up once and named. Where some thousands do, these are
    looked up once in each list; where more do, line by line, as any list is soon full of them.
    Numbers match personal data only in the units whose dossier it is; one that was merely asked does not
    find by what it may not read.
    """
    if not asked:
        return []
    numbers = any(one.may_be_personal for one in asked)
    shared = _few(unit, asked, personal=False)
    private = _few(unit, asked, personal=True) if numbers else shared
    if private is None:
        if not numbers:
            return [_has(unit, asked, personal=False)]
        at_home = and_(OpenWorkRow.is_away.is_(False), _has(unit, asked, personal=True))
        return [or_(at_home, _has(unit, asked, personal=False))]
    found = OpenWorkRow.dossier_id.in_(private)
    if not numbers:
        return [found]
    return [or_(and_(OpenWorkRow.is_away.is_(False), found), OpenWorkRow.dossier_id.in_(shared or ()))]


def _few(unit: Unit, asked: Sequence[AskedWord], *, personal: bool) -> Sequence[int] | None:
    """Return the dossiers at work that have the words; None if there are more than may be named."""
    dialect = unit.engine.database.dialect.name
    found = found_dossiers(dialect, asked, personal=personal, at_work=True)
    ids = select(found.c.dossier_id)
    if dialect == "sqlite":  # its index of words knows nothing of work
        ids = ids.join(OpenWorkRow, OpenWorkRow.dossier_id == found.c.dossier_id).distinct()
    few = unit.session.scalars(ids.limit(FEW + 1)).all()
    return few if len(few) <= FEW else None


def _has(unit: Unit, asked: Sequence[AskedWord], *, personal: bool) -> ColumnElement[bool]:
    dialect = unit.engine.database.dialect.name
    if dialect != "sqlite":
        found = found_dossiers(dialect, asked, personal=personal, at_work=True)
        counted = select(func.count()).select_from(select(found.c.dossier_id).limit(SOME + 1).subquery())
        if unit.session.scalar(counted) <= SOME:
            return OpenWorkRow.dossier_id.in_(select(found.c.dossier_id))
    return has_words(dialect, OpenWorkRow.dossier_id, asked, personal=personal)
