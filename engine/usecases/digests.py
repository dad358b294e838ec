"""The daily letter: what is late, due and waiting, to each person at the hour they chose.

The next letter of a person is a row. It is written once, by whichever worker is first; after some days
without a worker there is one letter, not three.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.domain.access import SYSTEM, Actor
from engine.domain.calendar import local_day
from engine.domain.notifications import Choice
from engine.domain.texts import Text
from engine.errors import Conflict, NotFound
from engine.store.notification_rows import NotificationChoiceRow
from engine.store.work import Unit
from engine.usecases.accounts import load_actor
from engine.usecases.calendars import calendar_of
from engine.usecases.notifications import people_told, post
from engine.usecases.worklists import TaskPage, list_tasks

if TYPE_CHECKING:
    from engine.runtime import Engine

APART = timedelta(hours=6)  # a letter that was late, and the next one, do not follow on each other's heels
NAMED = 10  # dossiers that the letter names


def write_due_digests(engine: Engine, limit: int = 50) -> int:
    """Write at most `limit` letters that are due; return how many were written."""
    with engine.reading(SYSTEM) as unit:
        due = list(
            unit.session.scalars(
                select(NotificationChoiceRow.user_id)
                .where(NotificationChoiceRow.next_digest_at <= unit.now)
                .order_by(NotificationChoiceRow.next_digest_at, NotificationChoiceRow.user_id)
                .limit(limit)
            )
        )
    return sum(_write(engine, user_id) for user_id in due)


def next_digest_due(unit: Unit) -> datetime | None:
    """Return when the next letter is due that is not due already."""
    due = NotificationChoiceRow.next_digest_at
    return unit.session.scalar(select(func.min(due)).where(due > unit.now))


def _write(engine: Engine, user_id: int) -> bool:
    try:
        page = _work_of(engine, user_id)
        with engine.unit(SYSTEM) as unit:
            return _post(unit, user_id, page)
    except Conflict:
        return False  # another worker writes it
    except Exception:  # one person's letter must not hold up the others'
        logging.getLogger("motcua.digests").exception("the daily letter of account %d failed", user_id)
        with engine.unit(SYSTEM) as unit:
            _advance(unit, user_id)
        return False


def _work_of(engine: Engine, user_id: int) -> TaskPage | None:
    """Return the person's list; None if they may do nothing today."""
    with engine.reading(SYSTEM) as unit:
        try:
            actor: Actor = load_actor(unit, user_id)
        except NotFound:
            return None
        if not actor.assignments:
            return None
        office = actor.assignments[0].unit_id
        if not calendar_of(unit, office).is_working(local_day(unit.now)):
            return None
    with engine.reading(actor) as unit:
        return list_tasks(unit, scope="role", limit=NAMED)


def _post(unit: Unit, user_id: int, page: TaskPage | None) -> bool:
    if not _advance(unit, user_id) or page is None or not page.counts.all:
        return False
    people = people_told(unit, [user_id])
    address = f"{unit.engine.public_url}/staff/"
    post(unit, [(one, *digest(page, one.language, address)) for one in people])
    return bool(people)


def _advance(unit: Unit, user_id: int) -> bool:
    """Set the next letter; false if this one is not due any more."""
    row = unit.session.scalars(
        select(NotificationChoiceRow)
        .where(NotificationChoiceRow.user_id == user_id, NotificationChoiceRow.next_digest_at <= unit.now)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return False
    row.next_digest_at = Choice.read(row.topics, row.digest_at).next_digest(unit.now + APART)
    return True


def digest(page: TaskPage, language: str, address: str) -> tuple[str, str]:
    """Return subject and body: numbers, then codes and matters of the most urgent; no personal data."""
    counts = page.counts
    said = _COUNTS.filled(late=int(counts.late), today=int(counts.today), all=int(counts.all)).say(language)
    lines = [said, ""]
    for one in page.lines[:NAMED]:
        name, time = one.procedure_name.say(language), one.time.text.say(language)
        lines.append(f"- {one.code} – {name}: {one.step_name.say(language)} ({time})")
    return f"[Một Cửa] {said}"[:150], "\n".join([*lines, "", address])


_COUNTS = Text(
    "Việc hôm nay: {late} quá hạn, {today} đến hạn, {all} đang chờ",
    "Work today: {late} late, {today} due, {all} waiting",
)
