"""Rows of messages: whom one is for, who waits, which dossiers belong together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from engine.domain.messages import KEPT, OWN_CODE, fits_of, own_code
from engine.store.message_rows import DossierLinkRow, MessageRow, MessageWaitRow
from engine.store.rows import DossierRow
from engine.store.work import Unit

MOST_CANDIDATES = 20


def get_message(unit: Unit, message_id: int, *, lock: bool = False) -> MessageRow | None:
    """Load a message; `lock` to change it, after the dossiers that it concerns are locked."""
    statement = select(MessageRow).where(MessageRow.id == message_id)
    if lock:
        statement = statement.with_for_update(of=MessageRow)
    return unit.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def due_messages(unit: Unit, limit: int) -> list[int]:
    """Return the kept messages for which a receiver is to be looked for now, the oldest first."""
    return list(
        unit.session.scalars(
            select(MessageRow.id)
            .where(MessageRow.state == KEPT, MessageRow.next_try_at <= unit.now)
            .order_by(MessageRow.next_try_at, MessageRow.id)
            .limit(limit)
        )
    )


def due_waits(unit: Unit, limit: int) -> list[tuple[int, datetime]]:
    """Return the waits for which kept messages are to be looked through, with when they became due."""
    found = unit.session.execute(
        select(MessageWaitRow.id, MessageWaitRow.look_at)
        .where(MessageWaitRow.look_at <= unit.now)
        .order_by(MessageWaitRow.look_at, MessageWaitRow.id)
        .limit(limit)
    )
    return [(ident, look_at) for ident, look_at in found]


def who_waits(unit: Unit, message: MessageRow) -> list[MessageWaitRow]:
    """Return the waits that a message fits, of other dossiers than its own; the oldest first.

    One that names the receiver's code is for that dossier only; one that does not is, besides for those
    with the same keys, for the dossiers that belong to its own and compare no keys.
    """
    code = message.keys.get(OWN_CODE)
    fits = fits_of({name: value for name, value in message.keys.items() if name != OWN_CODE})
    if code is not None:
        fits += own_code([str(code)])
    elif message.source_dossier_id is not None:
        fits += own_code(one for _, one in linked(unit, message.source_dossier_id))
    if not fits:
        return []
    statement = (
        select(MessageWaitRow)
        .join(MessageWaitRow.dossier)
        .where(MessageWaitRow.name == message.name, MessageWaitRow.fit.in_(fits))
        .order_by(MessageWaitRow.token, MessageWaitRow.id)
        .limit(MOST_CANDIDATES)
        .execution_options(populate_existing=True)
    )
    if code is not None:
        statement = statement.where(DossierRow.code == str(code))
    if message.source_dossier_id is not None:
        statement = statement.where(MessageWaitRow.dossier_id != message.source_dossier_id)
    if message.to_unit_id is not None:
        statement = statement.where(
            or_(
                DossierRow.competent_unit_id == message.to_unit_id,
                DossierRow.received_unit_id == message.to_unit_id,
            )
        )
    return list(unit.session.scalars(statement))


def next_try_of_older(unit: Unit, message: MessageRow) -> datetime | None:
    """Return when an older message of the same sender, name and keys is tried; None if there is none.

    Messages of one conversation arrive in the order in which they were sent.
    """
    same = (
        MessageRow.source_dossier_id == message.source_dossier_id
        if message.source_dossier_id is not None
        else and_(MessageRow.source_dossier_id.is_(None), MessageRow.origin == message.origin)
    )
    to = (
        MessageRow.to_unit_id.is_(None)
        if message.to_unit_id is None
        else MessageRow.to_unit_id == message.to_unit_id
    )
    return unit.session.scalar(
        select(MessageRow.next_try_at)
        .where(
            MessageRow.state == KEPT,
            MessageRow.id < message.id,
            MessageRow.name == message.name,
            MessageRow.fit == message.fit,
            same,
            to,
        )
        .order_by(MessageRow.id.desc())
        .limit(1)
    )


def wait_at(unit: Unit, wait: MessageWaitRow) -> MessageWaitRow | None:
    """Return a wait as it is now that its dossier is locked; None if it is over or compares other keys."""
    return unit.session.scalars(
        select(MessageWaitRow)
        .where(MessageWaitRow.id == wait.id, MessageWaitRow.name == wait.name, MessageWaitRow.fit == wait.fit)
        .execution_options(populate_existing=True)
    ).one_or_none()


def wake_messages(unit: Unit, wait: MessageWaitRow) -> None:
    """Have a receiver looked for, at once, for every kept message that may be for this wait."""
    partners = [ident for ident, _ in linked(unit, wait.dossier_id)]
    may_fit: list[ColumnElement[bool]] = [
        and_(MessageRow.name == wait.name, MessageRow.fit == wait.fit),
        and_(MessageRow.name == wait.name, MessageRow.key_count > len(wait.keys)),
    ]
    if partners:
        may_fit.append(and_(MessageRow.source_dossier_id.in_(partners), MessageRow.name == wait.name))
    unit.session.execute(
        update(MessageRow)
        .where(MessageRow.state == KEPT, or_(*may_fit))
        .values(next_try_at=unit.now)
        .execution_options(synchronize_session=False)
    )


def linked(unit: Unit, dossier_id: int) -> list[tuple[int, str]]:
    """Return (id, code) of the dossiers that belong to this one, both ways."""
    found = unit.session.execute(
        select(DossierRow.id, DossierRow.code)
        .join(
            DossierLinkRow,
            or_(
                and_(DossierLinkRow.parent_id == dossier_id, DossierLinkRow.child_id == DossierRow.id),
                and_(DossierLinkRow.child_id == dossier_id, DossierLinkRow.parent_id == DossierRow.id),
            ),
        )
        .order_by(DossierLinkRow.id)
    )
    return [(ident, code) for ident, code in found]


def generations(unit: Unit, dossier_id: int, most: int) -> int:
    """Return how many dossiers, at most `most`, were begun one by another until this one."""
    count, at = 1, dossier_id
    while count < most:
        parent = unit.session.scalar(
            select(DossierLinkRow.parent_id).where(
                DossierLinkRow.child_id == at, DossierLinkRow.kind == "started"
            )
        )
        if parent is None:
            return count
        count, at = count + 1, parent
    return count


def link_dossiers(unit: Unit, parent: int, child: int, message_id: int, kind: str) -> None:
    """Let two dossiers, both locked, belong together; what they wait for is looked at again."""
    if parent == child or child in (ident for ident, _ in linked(unit, parent)):
        return
    unit.session.add(
        DossierLinkRow(parent_id=parent, child_id=child, message_id=message_id, kind=kind, at=unit.now)
    )
    unit.session.execute(
        update(MessageWaitRow)
        .where(MessageWaitRow.dossier_id.in_((parent, child)))
        .values(look_at=unit.now)
        .execution_options(synchronize_session=False)
    )


def take_message(unit: Unit, message_id: int, state: str, **values: Any) -> bool:
    """Change a kept message, if nobody else has meanwhile; say whether it was still kept."""
    done = unit.session.execute(
        update(MessageRow)
        .where(MessageRow.id == message_id, MessageRow.state == KEPT)
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount == 1  # type: ignore[attr-defined]


def waits_of(unit: Unit, dossier_ids: Iterable[int]) -> list[MessageWaitRow]:
    """Return what dossiers wait for, the oldest first."""
    return list(
        unit.session.scalars(
            select(MessageWaitRow)
            .where(MessageWaitRow.dossier_id.in_(list(dossier_ids)))
            .order_by(MessageWaitRow.id)
        )
    )
