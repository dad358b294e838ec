"""Who may see which dossier: one rule, used by every list, page and file.

A unit sees the dossiers that it received, decides or hands back, those that wait or waited on a desk of its
own, and those of the units whose work it continues. Leaders also see those of the units below them. Whoever
stands in for a colleague sees what the colleague's unit sees, of the procedures that were lent. To everybody
else a dossier does not exist.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, true

from engine.domain.access import Actor
from engine.errors import NotFound
from engine.store import units
from engine.store.list_rows import DossierUnitRow
from engine.store.rows import DossierRow
from engine.store.work import Unit

LEADERS = frozenset({"SUPERVISOR", "HEAD", "SIGNATORY", "COORDINATOR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What somebody may see.

    Attributes:
        units: Ids of the units whose dossiers are visible; empty with `everything`.
        lent: Units of which only dossiers of some procedures are visible: (unit, procedures).
    """

    units: frozenset[int] = frozenset()
    everything: bool = False
    lent: tuple[tuple[int, frozenset[int]], ...] = ()

    def dossiers(self) -> ColumnElement[bool]:
        """Return the condition on DossierRow."""
        if self.everything:
            return true()
        lent = [
            and_(DossierRow.procedure_id.in_(procedures), _seen_by({unit_id}))
            for unit_id, procedures in self.lent
        ]
        return or_(_seen_by(self.units), *lent) if lent else _seen_by(self.units)

    def holds(self, unit_id: int) -> bool:
        return self.everything or unit_id in self.units

    def seen_by(self, procedure_id: int) -> Scope:
        """Return the scope for one dossier: what is lent of its procedure counts like an own unit."""
        more = {unit_id for unit_id, procedures in self.lent if procedure_id in procedures}
        return Scope(units=self.units | more, everything=self.everything) if more else self


def scope_of(unit: Unit) -> Scope:
    """Return what the actor may see now."""
    actor: Actor = unit.actor
    if actor.is_system:
        return Scope(everything=True)
    if not actor.assignments:
        return Scope()
    leading = {one.unit_id for one in actor.assignments if one.roles & LEADERS}
    reached = actor.unit_ids | (units.below(unit, leading) if leading else frozenset())
    reached |= {one.unit_id for one in actor.lent if not one.procedures}
    narrow = tuple((one.unit_id, one.procedures) for one in actor.lent if one.procedures)
    return Scope(units=units.with_predecessors(unit, reached), lent=narrow)


def is_involved(scope: Scope, row: DossierRow) -> bool:
    """Say whether the dossier is the office's own: received, decided or handed back by it."""
    return any(scope.holds(one) for one in (row.received_unit_id, row.competent_unit_id, row.return_unit_id))


def check_visible(unit: Unit, row: DossierRow, scope: Scope | None = None) -> Scope:
    """Return the actor's scope if the dossier lies in it.

    Raises:
        NotFound: Otherwise, in the words for a dossier that does not exist.
    """
    scope = (scope or scope_of(unit)).seen_by(row.procedure_id)
    if is_involved(scope, row):
        return scope
    seen = unit.session.scalar(
        select(DossierUnitRow.dossier_id)
        .where(DossierUnitRow.dossier_id == row.id, DossierUnitRow.unit_id.in_(scope.units))
        .limit(1)
    )
    if seen is None:
        raise NotFound("it to exist", "there is none", what="hồ sơ")
    return scope


def _seen_by(ids: Set[int]) -> ColumnElement[bool]:
    return DossierRow.id.in_(select(DossierUnitRow.dossier_id).where(DossierUnitRow.unit_id.in_(ids)))
