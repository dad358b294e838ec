"""Telling people at the office: `notify` in the transaction of what happened, the list, and how each is told.

The list is rows; mail is rows of the outbox, written with them and sent by the worker, so nothing is told of
what was rolled back and nothing is lost of what was not. Each person chooses the ways by topic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from engine.domain.access import Actor
from engine.domain.notifications import LIST, LONGEST_TEXT, MAIL, Choice, mail_of, topic_of
from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.notification_rows import NotificationChoiceRow, NotificationRow
from engine.store.rows import DossierRow, OutboxRow, ProcedureRow, UserRow
from engine.store.work import Unit

LETTERS = "letters"  # the kind of background work that sends mail
MAIL_KIND = "mail"  # of rows of the outbox
MOST_COUNTED = 99
LONGEST_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationLine:
    """One line of the list.

    Attributes:
        target: The page it is about, within the installation; "" when there is nothing to open.
        code: Of the dossier; "" when it is about none.
    """

    id: int
    kind: str
    text: Text
    code: str
    target: str
    at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPage:
    lines: tuple[NotificationLine, ...]
    unread: int
    next: int | None


def notify(
    unit: Unit,
    user_ids: Iterable[int | None],
    kind: str,
    text: Text,
    *,
    dossier_id: int | None = None,
    target: str = "",
) -> list[int]:
    """Tell people something, each in the ways chosen; return the ids of those who are told.

    Written in the transaction of `unit`: rolled back, nobody is told. The actor is not told of own acts;
    accounts that are closed are left out; a person named twice is told once.

    Args:
        kind: "topic.what", the topic one of `engine.domain.notifications.TOPICS`.
        text: What happened, both languages. It stays in the product and may name people; mail says only
            the code and the matter of the dossier and the address of `target`.
        target: Address of the page to open, e.g. "/staff/tasks/12"; "" leads to the dossier.

    Raises:
        ValueError: If the kind has no known topic.
    """
    topic = topic_of(kind)
    wanted = {one for one in user_ids if one is not None and one != unit.actor.user_id}
    people = people_told(unit, wanted)
    if not people:
        return []
    subject = _subject_of(unit, dossier_id)
    where = target or (f"/staff/dossiers/{subject.code}" if subject else "")
    for person in people:
        if person.choice.wants(topic, LIST):
            unit.session.add(
                NotificationRow(
                    user_id=person.id,
                    kind=kind,
                    text_vi=_short(text.say("vi")),
                    text_en=_short(text.say("en")),
                    dossier_id=dossier_id,
                    target=target,
                    at=unit.now,
                )
            )
    letters = [
        (person, *mail_of(kind, person.language, *_named(subject), unit.engine.public_url + where))
        for person in people
        if person.choice.wants(topic, MAIL)
    ]
    post(unit, letters, dossier_id)
    return [one.id for one in people]


def post(unit: Unit, letters: Sequence[tuple[Person, str, str]], dossier_id: int | None = None) -> None:
    """Put letters (to whom, subject, body) into the outbox; whoever has no address gets none.

    Nothing is written where no mail server is connected: a letter that nobody will send is not kept.
    """
    if unit.engine.mail is None:
        return
    written = [
        OutboxRow(
            kind=MAIL_KIND,
            dossier_id=dossier_id,
            payload={"address": person.email, "subject": subject, "text": body},
            created_at=unit.now,
            next_try_at=unit.now,
        )
        for person, subject, body in letters
        if person.email
    ]
    unit.session.add_all(written)
    unit.session.flush()
    if written:
        unit.engine.jobs.announce(unit, LETTERS, [one.id for one in written])


def unread_count(unit: Unit) -> int:
    """Return how many unread notifications the actor has, at most `MOST_COUNTED` + 1 are counted."""
    if unit.actor.user_id is None:
        return 0
    some = _own(unit.actor).where(NotificationRow.read_at.is_(None)).limit(MOST_COUNTED + 1).subquery()
    return unit.session.scalar(select(func.count()).select_from(some)) or 0


def list_notifications(
    unit: Unit, *, only_unread: bool = False, before: int | None = None
) -> NotificationPage:
    """Return the actor's notifications, the newest first; `before` is the `next` of the page before."""
    asked = (
        select(NotificationRow, DossierRow.code)
        .outerjoin(DossierRow, DossierRow.id == NotificationRow.dossier_id)
        .where(NotificationRow.user_id == unit.actor.user_id)
        .order_by(NotificationRow.id.desc())
        .limit(LONGEST_PAGE + 1)
    )
    if only_unread:
        asked = asked.where(NotificationRow.read_at.is_(None))
    if before is not None:
        asked = asked.where(NotificationRow.id < before)
    found = unit.session.execute(asked).all()
    page = found[:LONGEST_PAGE]
    return NotificationPage(
        lines=tuple(_line(row, code) for row, code in page),
        unread=unread_count(unit),
        next=page[-1][0].id if len(found) > LONGEST_PAGE else None,
    )


def open_notification(unit: Unit, notification_id: int) -> str:
    """Mark one's own notification as read; return the address it leads to, "" if it leads nowhere.

    Raises:
        NotFound: If the actor has no such notification.
    """
    found = unit.session.execute(
        select(NotificationRow, DossierRow.code)
        .outerjoin(DossierRow, DossierRow.id == NotificationRow.dossier_id)
        .where(NotificationRow.id == notification_id, NotificationRow.user_id == unit.actor.user_id)
    ).one_or_none()
    if found is None:
        raise NotFound("a notification of this person", "there is none", what="thông báo")
    row, code = found
    if row.read_at is None:
        row.read_at = unit.now
    return _line(row, code).target


def mark_all_read(unit: Unit) -> None:
    """Mark everything that the actor was told so far as read."""
    unit.session.execute(
        update(NotificationRow)
        .where(NotificationRow.user_id == unit.actor.user_id, NotificationRow.read_at.is_(None))
        .values(read_at=unit.now)
    )


def choice_of(unit: Unit, user_id: int) -> Choice:
    """Return how a person is told."""
    row = unit.session.get(NotificationChoiceRow, user_id)
    return Choice() if row is None else Choice.read(row.topics, row.digest_at)


def address_of(unit: Unit, user_id: int) -> str:
    """Return the mail address of an account, "" where none was written down."""
    return unit.session.scalar(select(UserRow.email).where(UserRow.id == user_id)) or ""


def choose(unit: Unit, ways: Mapping[str, Sequence[str]], digest_at: str) -> None:
    """Write how the actor wants to be told.

    Args:
        ways: "list" and "mail" by topic; a topic that is not named is not told at all.
        digest_at: Local time of the daily letter, "07:30"; "" for none.

    Raises:
        BadChoice: If something is not offered.
    """
    assert unit.actor.user_id is not None
    write_choice(unit, unit.actor.user_id, Choice.read(ways, digest_at))


def write_choice(unit: Unit, user_id: int, choice: Choice) -> None:
    """Write how somebody is told; a new account begins with what is usual."""
    row = unit.session.get(NotificationChoiceRow, user_id)
    if row is None:
        row = NotificationChoiceRow(user_id=user_id)
        unit.session.add(row)
    row.topics = choice.as_json()
    row.digest_at = f"{choice.digest_at:%H:%M}" if choice.digest_at else ""
    row.next_digest_at = choice.next_digest(unit.now)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be told, and how."""

    id: int
    language: str
    email: str
    choice: Choice


def people_told(unit: Unit, ids: Iterable[int]) -> list[Person]:
    """Return those of the accounts that are open, with how each is told."""
    wanted = set(ids)
    if not wanted:
        return []
    found = unit.session.execute(
        select(UserRow.id, UserRow.language, UserRow.email, NotificationChoiceRow)
        .outerjoin(NotificationChoiceRow, NotificationChoiceRow.user_id == UserRow.id)
        .where(UserRow.id.in_(wanted), UserRow.is_active.is_(True))
        .order_by(UserRow.id)
    )
    return [
        Person(one, language, email, Choice.read(row.topics, row.digest_at) if row else Choice())
        for one, language, email, row in found
    ]


def _subject_of(unit: Unit, dossier_id: int | None) -> Any:
    if dossier_id is None:
        return None
    return unit.session.execute(
        select(DossierRow.code, ProcedureRow.name_vi, ProcedureRow.name_en)
        .join(ProcedureRow, ProcedureRow.id == DossierRow.procedure_id)
        .where(DossierRow.id == dossier_id)
    ).one()


def _named(subject: Any) -> tuple[str, Text]:
    return (subject.code, Text(subject.name_vi, subject.name_en)) if subject else ("", Text(""))


def _own(actor: Actor) -> Any:
    return select(NotificationRow.id).where(NotificationRow.user_id == actor.user_id)


def _line(row: NotificationRow, code: str | None) -> NotificationLine:
    return NotificationLine(
        id=row.id,
        kind=row.kind,
        text=Text(row.text_vi, row.text_en),
        code=code or "",
        target=row.target or (f"/staff/dossiers/{code}" if code else ""),
        at=row.at,
        is_read=row.read_at is not None,
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
