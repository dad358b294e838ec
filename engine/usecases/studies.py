"""Long looks at a revision, in slices: each slice is a few seconds of work and one transaction.

A kind of study says how much there is to do and does one slice at a time. Kinds live above this layer and
are made known by `known_kinds`; a worker that dies loses one slice, which another does again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from engine.domain.access import SYSTEM
from engine.domain.texts import Text
from engine.errors import NotFound, ProcedureError, Refused
from engine.store.study_rows import StudyRow
from engine.store.work import Unit

if TYPE_CHECKING:
    from engine.runtime import Engine

WAITING, DONE, FAILED, STOPPED = "waiting", "done", "failed", "stopped"
MOST_ATTEMPTS = 3
MOST_WAITING = 20  # of one installation
AT_ONCE = 40  # pieces of a study that are done right away, while the person waits


class TooManyStudies(Refused):
    """Others wait already."""

    code = "too_many_studies"
    vi = "Đang có {count} lần tính khác chờ máy; hãy thử lại sau ít phút."
    en = "{count} other studies wait for the machine; try again in some minutes."


class StudyBroken(Refused):
    """The study could not be carried out."""

    code = "study_broken"
    vi = "Chưa tính được: {reason_vi}"
    en = "It could not be computed: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyKind:
    """How one kind is done.

    Attributes:
        slice: Does the next pieces of a study, from `done` on: returns what they gave and how many they were.
        finish: Makes the result of all pieces.
    """

    slice: Callable[[Unit, Mapping[str, Any], int], tuple[list[Any], int]]
    finish: Callable[[Unit, Mapping[str, Any], list[Any]], dict[str, Any]]


known_kinds: dict[str, StudyKind] = {}


def begin_study(
    unit: Unit,
    kind: str,
    revision_id: int,
    base_id: int | None,
    given: Mapping[str, Any],
    total: int,
    digest: str = "",
) -> int:
    """Write down a study to be done; return its id.

    Raises:
        TooManyStudies: If too many wait already.
    """
    waiting = unit.session.scalar(select(func.count()).select_from(StudyRow).where(StudyRow.state == WAITING))
    if (waiting or 0) >= MOST_WAITING:
        raise TooManyStudies("fewer studies", f"{waiting} wait", count=waiting)
    row = StudyRow(
        kind=kind,
        revision_id=revision_id,
        base_id=base_id,
        digest=digest,
        given=dict(given),
        state=WAITING,
        total=total,
        partial=[],
        result={},
        next_try_at=unit.now,
        begun_at=unit.now,
        begun_by=unit.actor.user_id,
    )
    unit.session.add(row)
    unit.session.flush()
    return row.id


def last_study(unit: Unit, kind: str, revision_id: int, base_id: int | None = None) -> StudyRow | None:
    """Return the newest study of a revision, against this base if one is named."""
    statement = select(StudyRow).where(StudyRow.kind == kind, StudyRow.revision_id == revision_id)
    if base_id is not None:
        statement = statement.where(StudyRow.base_id == base_id)
    return unit.session.scalars(statement.order_by(StudyRow.id.desc()).limit(1)).one_or_none()


def stop_study(unit: Unit, study_id: int) -> None:
    """Give up a study that nobody needs any more."""
    row = unit.session.get(StudyRow, study_id)
    if row is None:
        raise NotFound("a study", "there is none", what="lần tính")
    if row.state == WAITING:
        row.state, row.next_try_at, row.ended_at = STOPPED, None, unit.now


def do_due_studies(engine: Engine, limit: int) -> int:
    """Do at most `limit` slices of studies that wait, the oldest first; return how many."""
    done = 0
    with engine.reading(SYSTEM) as unit:
        due = due_studies(unit, limit)
    for study_id in due:
        done += do_slice(engine, study_id)
    return done


def due_studies(unit: Unit, limit: int) -> list[int]:
    return list(
        unit.session.scalars(
            select(StudyRow.id).where(StudyRow.next_try_at <= unit.now).order_by(StudyRow.id).limit(limit)
        )
    )


def next_study_due(unit: Unit) -> datetime | None:
    return unit.session.scalar(select(func.min(StudyRow.next_try_at)).where(StudyRow.next_try_at > unit.now))


def do_slice(engine: Engine, study_id: int) -> bool:
    """Do the next slice of a study, unless it is not due or another worker has it."""
    with engine.unit(SYSTEM) as unit:
        taken = _take(unit, study_id)
    if taken is None:
        return False
    kind, given, done, total, attempt = taken
    result: dict[str, Any] | None = None
    try:
        with engine.reading(SYSTEM) as unit:
            pieces, count = known_kinds[kind].slice(unit, given, done)
            if done + count >= total or not count:
                row = unit.session.get_one(StudyRow, study_id)
                result = known_kinds[kind].finish(unit, given, [*row.partial, *pieces])
    except ProcedureError as refused:
        _fail(engine, study_id, attempt, Text(refused.say("vi"), refused.say("en")))
        return True
    except Exception as error:  # a fault of ours in one study must not stop the others
        if attempt < MOST_ATTEMPTS:
            raise
        said = type(error).__name__
        _fail(engine, study_id, attempt, Text(f"lỗi chương trình ({said}).", f"a program error ({said})."))
        return True
    _put(engine, study_id, attempt, pieces, count, result)
    return True


def finish_small(engine: Engine, study_id: int) -> None:
    """Do a study that is short at once, while the person waits."""
    for _ in range(AT_ONCE):
        if not do_slice(engine, study_id):
            return


def _take(unit: Unit, study_id: int) -> tuple[str, dict[str, Any], int, int, int] | None:
    row = unit.session.scalars(
        select(StudyRow)
        .where(StudyRow.id == study_id, StudyRow.next_try_at <= unit.now)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None or row.kind not in known_kinds:
        return None
    row.attempts += 1
    row.next_try_at = unit.now + unit.engine.rescue
    return row.kind, dict(row.given), row.done, row.total, row.attempts


def _put(
    engine: Engine, study_id: int, attempt: int, pieces: list[Any], count: int, result: dict[str, Any] | None
) -> None:
    with engine.unit(SYSTEM) as unit:
        row = unit.session.get_one(StudyRow, study_id, with_for_update=True)
        if row.state != WAITING or row.attempts != attempt:
            return  # stopped, or another worker took it because this one was slow
        row.partial = [*row.partial, *pieces]
        row.done += count
        row.attempts, row.next_try_at = 0, unit.now
        if result is not None:
            row.result, row.state, row.partial = result, DONE, []
            row.next_try_at, row.ended_at = None, unit.now


def _fail(engine: Engine, study_id: int, attempt: int, why: Text) -> None:
    with engine.unit(SYSTEM) as unit:
        row = unit.session.get_one(StudyRow, study_id, with_for_update=True)
        if row.state == WAITING and row.attempts == attempt:
            row.state, row.error_vi, row.error_en = FAILED, why.vi, why.say("en")
            row.next_try_at, row.ended_at = None, unit.now
