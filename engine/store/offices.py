"""What rarely changes and steps ask: offices, who holds and lends roles in them, calendars, own forms.

It is kept in memory as of one number, which every change of these tables raises in its own transaction and
every step reads with its dossier. So a role that is taken away is gone at the next step, in every process.
Whoever writes to these tables past this package (by SQL at night) has to raise the number too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine as Database
from sqlalchemy import event, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import ORMExecuteState, Session

from engine.store.document_rows import TemplateRow
from engine.store.duty_rows import LendingRuleRow, SubstitutionRow
from engine.store.rows import (
    AssignmentRow,
    CalendarDayRow,
    CalendarRow,
    CounterRow,
    PositionRow,
    RevisionRow,
    SuccessionRow,
    UnitRow,
    UserRow,
)
from engine.store.steps import ORGANISATION, Revision, revision_of

RARELY = frozenset(
    {
        UnitRow, SuccessionRow, PositionRow, AssignmentRow, CalendarRow, CalendarDayRow, UserRow, TemplateRow,
        RevisionRow, SubstitutionRow, LendingRuleRow,
    }
)  # fmt: skip
DRAFT = "DRAFT"  # the state of a revision that no dossier follows
MOST = 5_000  # answers kept of each kind
_KEPT, _CHANGED = "offices", "offices_changed"  # in unit.info and session.info


@dataclass(slots=True)
class Offices:
    """Answers that hold as long as `version` is the number in the database."""

    version: int
    units: dict[int, Any] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)
    roles: dict[tuple[int, date], frozenset[str]] = field(default_factory=dict)
    calendars: dict[tuple[int, date], Any] = field(default_factory=dict)
    templates: dict[tuple[str, int, date], Any] = field(default_factory=dict)
    revisions: dict[int, Revision] = field(default_factory=dict)
    ways: dict[str, dict[int | None, list[int]]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    colleagues: dict[tuple[int, date], Any] = field(default_factory=dict)
    statements: dict[Any, Any] = field(default_factory=dict)  # see engine.store.kept_statements
    actors: dict[tuple[int, date], Any] = field(default_factory=dict)


def take_offices(unit: Any, version: int) -> None:
    """Let this unit answer from memory, as of the number that it has read."""
    database: Database = unit.engine.database
    kept = _offices.get(database)
    if kept is None or kept.version != version:
        kept = Offices(version)
        with _lock:
            newest = _offices.get(database)
            if newest is None or newest.version < version:
                _offices[database] = kept
    unit.info[_KEPT] = kept


def know_offices(unit: Any) -> None:
    """Let a page that asks for many offices answer from memory, for one question more."""
    if _KEPT not in unit.info:
        asked = select(CounterRow.last).where(CounterRow.book == ORGANISATION, CounterRow.period == "")
        take_offices(unit, unit.session.scalar(asked) or 0)


def kept_offices(unit: Any) -> Offices | None:
    """Return what may be answered from memory; None where the unit has not read the number."""
    return unit.info.get(_KEPT)


def known_revision(unit: Any, revision_id: int) -> Revision:
    """Return what a step must know of a revision, from memory where that may answer."""
    offices = kept_offices(unit)
    found = None if offices is None else offices.revisions.get(revision_id)
    if found is None:
        found = revision_of(unit.line, revision_id)
        if offices is not None:
            keep(offices.revisions, revision_id, found)
    return found


def keep(answers: dict[Any, Any], key: Any, answer: Any) -> None:
    """Keep one answer; a full memory starts anew."""
    if len(answers) >= MOST:
        answers.clear()
    answers[key] = answer


def count_changes(session: Session) -> None:
    """Raise the number if this transaction has changed what others keep in memory."""
    if session.new or session.dirty or session.deleted:
        session.flush()
    if not session.info.pop(_CHANGED, False):
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(CounterRow).values(book=ORGANISATION, period="", last=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[CounterRow.book, CounterRow.period], set_={"last": CounterRow.last + 1}
        )
    )


_offices: WeakKeyDictionary[Database, Offices] = WeakKeyDictionary()
_lock = Lock()


def _note(session: Session) -> None:
    session.info[_CHANGED] = True
    session.info.pop(_KEPT, None)


@event.listens_for(Session, "after_flush")
def _see_rows(session: Session, _context: Any) -> None:
    for row in (*session.new, *session.deleted):
        if type(row) in RARELY and type(row) is not RevisionRow:  # no dossier follows it yet, or ever did
            return _note(session)
    for row in session.dirty:
        if type(row) in RARELY and _is_about_work(row):
            return _note(session)
    return None


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_CHANGED, None)


@event.listens_for(Session, "do_orm_execute")
def _see_statements(state: ORMExecuteState) -> None:
    if state.is_select or state.bind_mapper is None:
        return
    if state.bind_mapper.class_ in RARELY:
        _note(state.session)


def _is_about_work(row: Any) -> bool:
    """Signing in changes an account, and drawing a draft, but not what steps rest on."""
    if type(row) is UserRow:
        attributes = inspect(row).attrs
        return any(attributes[name].history.has_changes() for name in ("is_active", "full_name"))
    return type(row) is not RevisionRow or row.state != DRAFT
