"""What a dossier has to do with others, as pages show it: dossiers that belong to it, messages awaited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from engine.domain.dossiers import Status
from engine.domain.messages import KEPT, STUCK
from engine.domain.texts import Text
from engine.store import messages as letters
from engine.store import units
from engine.store.hanging import hanging_on
from engine.store.message_rows import DossierLinkRow, MessageRow, MessageWaitRow
from engine.store.rows import DossierRow, ProcedureRow, UnitRow
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.visibility import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDossier:
    """A dossier that belongs to this one.

    Attributes:
        is_child: This one's message began it; else the other way round, or both were there.
        visible: Whether the reader may open it.
    """

    code: str
    procedure_name: Text
    unit: str
    status: Status
    is_child: bool
    is_parent: bool
    visible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A message that the dossier waits for.

    Attributes:
        by: Names of the units of the dossiers that belong to it; empty when nobody is known yet.
    """

    title: Text
    node: str
    since: datetime
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A message of this dossier that nobody has taken yet. `stuck`: until somebody decides."""

    title: Text
    to_unit: str
    since: datetime
    until: datetime
    stuck: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanges:
    linked: tuple[LinkedDossier, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    sent: tuple[SentMessage, ...] = ()


def exchanges_of(case: Case, scope: Scope) -> Exchanges:
    """Return what a dossier has to do with others, for this reader."""
    linked = _linked(case.unit, case.row.id, scope)
    running = tuple(dict.fromkeys(one.unit for one in linked if one.status not in _OVER))
    return Exchanges(
        linked=linked,
        awaited=tuple(
            Awaited(title=_title(case, one), node=one.node_id, since=one.since, by=running)
            for one in _waits(case)
            if not _only_interrupts(case, one)
        ),
        sent=_sent(case.unit, case.row.id),
    )


def _waits(case: Case) -> Sequence[Any]:
    known = hanging_on(case.unit, case.row.id)
    return letters.waits_of(case.unit, [case.row.id]) if known is None else known.waits


def waiting_dossiers(unit: Unit, dossier_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return, of these dossiers, those that wait for a message, each with the units it may come from."""
    found: dict[int, list[str]] = {}
    wanted = set(dossier_ids)
    if not wanted:
        return {}
    for dossier_id in unit.session.scalars(
        select(MessageWaitRow.dossier_id).where(MessageWaitRow.dossier_id.in_(wanted)).distinct()
    ):
        found[dossier_id] = []
    if not found:
        return {}
    for own, other in (
        (DossierLinkRow.parent_id, DossierLinkRow.child_id),
        (DossierLinkRow.child_id, DossierLinkRow.parent_id),
    ):
        for dossier_id, name in unit.session.execute(
            select(own, UnitRow.name_vi)
            .join(DossierRow, DossierRow.id == other)
            .join(UnitRow, UnitRow.id == DossierRow.competent_unit_id)
            .where(own.in_(found), DossierRow.status.not_in([one.value for one in _OVER]))
            .order_by(DossierLinkRow.id)
        ):
            found[dossier_id].append(name)
    return {one: tuple(dict.fromkeys(names)) for one, names in found.items()}


_OVER = frozenset({Status.RETURNED, Status.WITHDRAWN, Status.STOPPED, Status.REJECTED})


def _linked(unit: Unit, dossier_id: int, scope: Scope) -> tuple[LinkedDossier, ...]:
    known = hanging_on(unit, dossier_id)
    if known is not None and not known.is_linked:
        return ()
    found = unit.session.execute(
        select(DossierLinkRow, DossierRow, ProcedureRow, UnitRow.name_vi)
        .join(
            DossierRow,
            or_(
                (DossierLinkRow.parent_id == dossier_id) & (DossierLinkRow.child_id == DossierRow.id),
                (DossierLinkRow.child_id == dossier_id) & (DossierLinkRow.parent_id == DossierRow.id),
            ),
        )
        .join(ProcedureRow, ProcedureRow.id == DossierRow.procedure_id)
        .join(UnitRow, UnitRow.id == DossierRow.competent_unit_id)
        .order_by(DossierLinkRow.id)
    ).all()
    if not found:
        return ()
    among = DossierRow.id.in_([one.id for _, one, _, _ in found])
    visible = set(unit.session.scalars(select(DossierRow.id).where(among, scope.dossiers())))
    return tuple(
        LinkedDossier(
            code=dossier.code,
            procedure_name=Text(procedure.name_vi, procedure.name_en),
            unit=name,
            status=Status(dossier.status),
            is_child=link.kind == "started" and link.parent_id == dossier_id,
            is_parent=link.kind == "started" and link.child_id == dossier_id,
            visible=dossier.id in visible,
        )
        for link, dossier, procedure, name in found
    )


def _sent(unit: Unit, dossier_id: int) -> tuple[SentMessage, ...]:
    known = hanging_on(unit, dossier_id)
    rows = (
        unit.session.scalars(
            select(MessageRow)
            .where(MessageRow.source_dossier_id == dossier_id, MessageRow.state.in_((KEPT, STUCK)))
            .order_by(MessageRow.id)
        ).all()
        if known is None
        else known.sent
    )
    names = units.names_of(unit, (one.to_unit_id for one in rows))
    return tuple(
        SentMessage(
            title=Text(one.title_vi or one.name, one.title_en),
            to_unit=names.get(one.to_unit_id or 0, ""),
            since=one.thrown_at,
            until=one.expires_at,
            stuck=one.state == STUCK,
        )
        for one in rows
    )


def _title(case: Case, wait: MessageWaitRow) -> Text:
    name = case.spec(wait.node_id).name
    return name if name.vi else Text(wait.name)


def _only_interrupts(case: Case, wait: MessageWaitRow) -> bool:
    """An event sub-process may be called at any time; the dossier does not wait for that."""
    return wait.token == 0 or any(
        start.id == wait.node_id
        for scope in case.definition.model.scopes
        for _, start in case.definition.model.event_starts(scope)
    )
