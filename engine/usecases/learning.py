"""What history says about a procedure: how long its steps took, how choices fell, how many dossiers came.

Simulations may begin with it. A step that was done too seldom teaches nothing and is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine.store.rows import DossierRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.calendars import calendar_of
from engine.usecases.procedures import find_procedure

LEAST = 20  # fewer examples are chance
MOST = 20_000  # rows that are read; the newest


@dataclass(frozen=True, slots=True)
class Learnt:
    """What history says.

    Attributes:
        arrivals: Dossiers of a working day; 0 when there were none.
        times: By step: minutes below which 5 %, half and 95 % of all stayed. Working minutes from taken to
            done, or minutes on the wall where the office only waited.
        chances: By step or variable: shares of outcomes or values.
        dossiers: How many dossiers this is learnt from.
    """

    arrivals: float = 0.0
    times: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    chances: Mapping[str, tuple[tuple[Any, float], ...]] = field(default_factory=dict)
    dossiers: int = 0


def learn(unit: Unit, procedure_key: str, variables: Sequence[str] = (), days: int = 365) -> Learnt:
    """Return what the dossiers of the last days say about a procedure.

    Args:
        variables: Names of answers whose shares are wanted.

    Raises:
        NotFound: If there is no such procedure.
    """
    row = find_procedure(unit, procedure_key)
    since = unit.now - timedelta(days=days)
    accepted = unit.session.execute(
        select(DossierRow.accepted_at, DossierRow.data, DossierRow.competent_unit_id)
        .where(DossierRow.procedure_id == row.id, DossierRow.accepted_at >= since)
        .order_by(DossierRow.accepted_at.desc())
        .limit(MOST)
    ).all()
    if not accepted:
        return Learnt()
    times, chances = _steps(unit, row.id, since)
    for name in variables:
        seen = Counter(
            one.data.get(name) for one in accepted if not isinstance(one.data.get(name), list | dict)
        )
        if sum(seen.values()) >= LEAST:
            chances[name] = _shares(seen)
    calendar = calendar_of(unit, accepted[0].competent_unit_id)
    worked = calendar.working_minutes_between(accepted[-1].accepted_at, unit.now) / calendar.day_minutes
    return Learnt(len(accepted) / max(worked, 1.0), times, chances, len(accepted))


def _steps(
    unit: Unit, procedure_id: int, since: datetime
) -> tuple[dict[str, tuple[float, float, float]], dict[str, tuple[tuple[Any, float], ...]]]:
    took: dict[str, list[float]] = defaultdict(list)
    chosen: dict[str, Counter[str]] = defaultdict(Counter)
    rows = unit.session.execute(
        select(
            WorkItemRow.node_id,
            WorkItemRow.kind,
            WorkItemRow.unit_id,
            WorkItemRow.outcome,
            WorkItemRow.opened_at,
            WorkItemRow.claimed_at,
            WorkItemRow.ended_at,
        )
        .join(DossierRow, DossierRow.id == WorkItemRow.dossier_id)
        .where(
            DossierRow.procedure_id == procedure_id,
            WorkItemRow.status == "done",
            WorkItemRow.ended_at >= since,
        )
        .order_by(WorkItemRow.ended_at.desc())
        .limit(MOST)
    )
    for one in rows:
        is_taken = one.claimed_at is not None and one.claimed_at < one.ended_at
        begun = one.claimed_at if is_taken else one.opened_at  # else it was taken and done with one click
        if one.kind == "wait_citizen":
            took[one.node_id].append((one.ended_at - one.opened_at).total_seconds() / 60)
        else:
            calendar = calendar_of(unit, one.unit_id)
            took[one.node_id].append(float(calendar.working_minutes_between(begun, one.ended_at)))
        if one.outcome:
            chosen[one.node_id][one.outcome] += 1
    times = {node: _spread(found) for node, found in took.items() if len(found) >= LEAST}
    chances = {node: _shares(seen) for node, seen in chosen.items() if sum(seen.values()) >= LEAST}
    return times, chances


def _spread(found: list[float]) -> tuple[float, float, float]:
    ordered = sorted(found)
    low, usual, high = (ordered[int(share * (len(ordered) - 1))] for share in (0.05, 0.5, 0.95))
    return low, usual, max(high, 1.0)


def _shares(seen: Counter[Any]) -> tuple[tuple[Any, float], ...]:
    total = sum(seen.values())
    return tuple((value, count / total) for value, count in seen.most_common())
