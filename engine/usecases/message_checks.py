"""Invariants of messages between dossiers; each counts what must not exist. Called by `checks`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import and_, exists, func, or_, select

from engine.domain.messages import DELIVERED, DROPPED, KEPT, STUCK
from engine.errors import ProcedureError
from engine.execution import get_executor
from engine.store import messages as letters
from engine.store.message_rows import DossierLinkRow, MessageRow, MessageWaitRow
from engine.store.rows import DossierRow, EventRow, IncidentRow, RevisionRow
from engine.store.work import Unit
from engine.usecases.procedures import definition_of

BATCH = 500


def waits_unlike_the_marking(unit: Unit) -> int:
    """Messages that the executor waits for without a row, and rows that it does not wait for."""
    wrong = 0
    kept: set[int] = set()
    for row, hash_, waits in _awaiting(unit):
        kept.add(row.id)
        try:
            found = get_executor(row.executor).awaits(definition_of(unit, hash_), json.loads(row.state))
        except (ProcedureError, ValueError):
            wrong += 1
            continue
        wrong += len({(*one.address, one.name) for one in found} ^ waits)
    for dossier_id, count in unit.session.execute(
        select(MessageWaitRow.dossier_id, func.count()).group_by(MessageWaitRow.dossier_id)
    ):
        wrong += 0 if dossier_id in kept else count
    return wrong


def messages_in_two_states(unit: Unit) -> int:
    """Delivered and still to be tried, kept and never to be tried, ended without an end, and the like."""
    tried, ended = MessageRow.next_try_at.is_not(None), MessageRow.ended_at.is_not(None)
    aimed = MessageRow.target_dossier_id.is_not(None)
    sound = or_(
        and_(MessageRow.state == KEPT, tried, ~ended, ~aimed),
        and_(MessageRow.state == DELIVERED, ~tried, ended, aimed),
        and_(MessageRow.state == STUCK, ~tried, ~ended, ~aimed),
        and_(MessageRow.state == DROPPED, ~tried, ended, ~aimed),
    )
    return _count(unit, select(func.count()).select_from(MessageRow).where(~sound))


def messages_without_one_effect(unit: Unit) -> int:
    """Delivered messages that left no line in their receiver's history, or more than one; both sides."""
    return _differs(unit, MessageRow.target_dossier_id, "message.received") + _differs(
        unit, MessageRow.source_dossier_id, "message.delivered"
    )


def messages_nobody_is_told_of(unit: Unit) -> int:
    """A dossier's message laid aside without an incident that asks somebody to decide."""
    told = exists().where(IncidentRow.message_id == MessageRow.id, IncidentRow.ended_at.is_(None))
    return _count(
        unit,
        select(func.count())
        .select_from(MessageRow)
        .where(MessageRow.state == STUCK, MessageRow.source_dossier_id.is_not(None), ~told),
    )


def messages_asleep(unit: Unit) -> int:
    """Kept and not to be tried yet, although somebody waits for it and was looked at."""
    somebody = exists().where(MessageWaitRow.name == MessageRow.name, MessageWaitRow.look_at.is_(None))
    resting = unit.session.scalars(
        select(MessageRow).where(
            MessageRow.state == KEPT, MessageRow.next_try_at > unit.now, MessageRow.attempts == 0, somebody
        )
    )
    return sum(any(one.look_at is None for one in letters.who_waits(unit, row)) for row in resting.all())


def links_without_message(unit: Unit) -> int:
    """Dossiers that belong together by a message that was not delivered to one of them."""
    by = exists().where(
        MessageRow.id == DossierLinkRow.message_id,
        MessageRow.state == DELIVERED,
        MessageRow.source_dossier_id == DossierLinkRow.parent_id,
        MessageRow.target_dossier_id == DossierLinkRow.child_id,
    )
    return _count(unit, select(func.count()).select_from(DossierLinkRow).where(~by))


MESSAGE_CHECKS = (
    waits_unlike_the_marking,
    messages_in_two_states,
    messages_without_one_effect,
    messages_nobody_is_told_of,
    messages_asleep,
    links_without_message,
)


def _differs(unit: Unit, column, kind: str) -> int:
    """Compare, dossier by dossier, the messages that were delivered with the lines that say so."""
    delivered = select(column, func.count()).where(MessageRow.state == DELIVERED, column.is_not(None))
    said = select(EventRow.dossier_id, func.count()).where(EventRow.kind == kind)
    counts: Counter[int] = Counter()
    for dossier_id, count in unit.session.execute(delivered.group_by(column)):
        counts[dossier_id] += count
    for dossier_id, count in unit.session.execute(said.group_by(EventRow.dossier_id)):
        counts[dossier_id] -= count
    return sum(abs(count) for count in counts.values())


def _awaiting(unit: Unit) -> Iterator[tuple[DossierRow, str, set[tuple[int, str, int, str]]]]:
    """Yield running dossiers whose diagram waits for messages, with what their rows say they wait for."""
    running = DossierRow.ended_at.is_(None)
    hashes = unit.session.scalars(
        select(RevisionRow.definition_hash)
        .where(exists().where(DossierRow.revision_id == RevisionRow.id, running))
        .distinct()
    ).all()
    for hash_ in hashes:
        if not definition_of(unit, hash_).model.awaits_messages:
            continue
        last = 0
        while batch := unit.session.scalars(
            select(DossierRow)
            .join(DossierRow.revision)
            .where(running, RevisionRow.definition_hash == hash_, DossierRow.id > last)
            .order_by(DossierRow.id)
            .limit(BATCH)
        ).all():
            last = batch[-1].id
            waits: dict[int, set[tuple[int, str, int, str]]] = {row.id: set() for row in batch}
            for one in letters.waits_of(unit, waits):
                waits[one.dossier_id].add((one.token, one.node_id, one.number, one.name))
            yield from ((row, hash_, waits[row.id]) for row in batch)
            unit.session.expunge_all()


def _count(unit: Unit, statement) -> int:
    return unit.session.scalar(statement) or 0
