"""Progress of units, in numbers that can be opened: each number is the length of its list.

Every measure is one condition, written once, and used both for counting and for listing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select

from engine.domain.calendar import at, local_day
from engine.domain.dossiers import ACTIVE, Status
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.store import units
from engine.store.local_days import local_day as day_of
from engine.store.rows import DossierRow, ProcedureRow, UnitRow
from engine.store.work import Unit
from engine.usecases.dossier_pages import DossierLine, dossier_lines, lines_of
from engine.usecases.visibility import scope_of

LONGEST_LIST = 10_000


class UnknownMeasure(Invalid):
    code = "unknown_measure"
    vi = "Không có chỉ tiêu “{found}” trong báo cáo; chọn một trong: {expected}."
    en = "There is no measure “{found}” in the report; choose one of: {expected}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Local days, both included, and the moment of the report."""

    since: date
    until: date
    now: datetime

    def holds(self, column: ColumnElement) -> ColumnElement[bool]:
        opens, closes = at(self.since, time.min), at(self.until + timedelta(days=1), time.min)
        return and_(column >= opens, column < closes)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """One unit and procedure. Measures with a period count what happened in it, the others what is now."""

    unit_id: int
    unit_name: str
    procedure_key: str
    procedure_name: Text
    received: int
    in_progress: int
    late: int
    due_soon: int
    supplement: int
    awaiting_payment: int
    resolved: int
    resolved_early: int
    resolved_on_time: int
    resolved_late: int
    not_collected: int
    returned: int
    withdrawn: int
    stopped: int


Measure = Callable[[Period], ColumnElement[bool]]


def _status(*wanted: Status) -> ColumnElement[bool]:
    return DossierRow.status.in_([one.value for one in wanted])


def _running(period: Period) -> ColumnElement[bool]:
    """Active with a clock that runs: only these can be late."""
    return and_(_status(*ACTIVE), DossierRow.clock_stopped_at.is_(None))


def _ready(period: Period) -> ColumnElement[bool]:
    return period.holds(DossierRow.resolved_at)


_READY_DAY = day_of(DossierRow.resolved_at)
_DUE_DAY = day_of(DossierRow.current_due)

MEASURES: Mapping[str, Measure] = {
    "received": lambda period: period.holds(DossierRow.accepted_at),
    "in_progress": lambda _: _status(*ACTIVE),
    "late": lambda period: and_(_running(period), period.now > DossierRow.current_due),
    "due_soon": lambda period: and_(
        _running(period),
        period.now <= DossierRow.current_due,
        at(local_day(period.now) + timedelta(days=2), time.min) > DossierRow.current_due,
    ),
    "supplement": lambda _: _status(Status.SUPPLEMENT),
    "awaiting_payment": lambda _: _status(Status.AWAITING_PAYMENT),
    "resolved": _ready,
    "resolved_early": lambda period: and_(_ready(period), _READY_DAY < _DUE_DAY),
    "resolved_on_time": lambda period: and_(_ready(period), _READY_DAY == _DUE_DAY),
    "resolved_late": lambda period: and_(_ready(period), _READY_DAY > _DUE_DAY),
    "not_collected": lambda _: _status(Status.RESOLVED),
    "returned": lambda period: period.holds(DossierRow.returned_at),
    "withdrawn": lambda period: and_(_status(Status.WITHDRAWN), period.holds(DossierRow.ended_at)),
    "stopped": lambda period: and_(_status(Status.STOPPED), period.holds(DossierRow.ended_at)),
}


def progress(unit: Unit, root_unit_id: int | None = None, *, since: date, until: date) -> list[UnitProgress]:
    """Return the progress of the visible units at and below `root_unit_id`, by unit and procedure.

    Args:
        since, until: Local days, both included.
    """
    period = Period(since=since, until=until, now=unit.now)
    sums = [func.sum(case((measure(period), 1), else_=0)).label(name) for name, measure in MEASURES.items()]
    found = unit.session.execute(
        select(
            DossierRow.competent_unit_id,
            UnitRow.name_vi,
            ProcedureRow.key,
            ProcedureRow.name_vi.label("procedure_vi"),
            ProcedureRow.name_en.label("procedure_en"),
            *sums,
        )
        .join(UnitRow, UnitRow.id == DossierRow.competent_unit_id)
        .join(ProcedureRow, ProcedureRow.id == DossierRow.procedure_id)
        .where(_where(unit, root_unit_id))
        .group_by(
            DossierRow.competent_unit_id,
            UnitRow.name_vi,
            ProcedureRow.key,
            ProcedureRow.name_vi,
            ProcedureRow.name_en,
        )
        .order_by(UnitRow.name_vi, ProcedureRow.key)
    )
    return [
        UnitProgress(
            unit_id=one.competent_unit_id,
            unit_name=one.name_vi,
            procedure_key=one.key,
            procedure_name=Text(one.procedure_vi, one.procedure_en),
            **{name: getattr(one, name) for name in MEASURES},
        )
        for one in found
    ]


def totals(lines: Iterable[UnitProgress]) -> dict[str, int]:
    """Add up lines, measure by measure."""
    lines = list(lines)
    return {name: sum(getattr(one, name) for one in lines) for name in MEASURES}


def list_for(
    unit: Unit,
    measure: str,
    *,
    since: date,
    until: date,
    root_unit_id: int | None = None,
    unit_id: int | None = None,
    procedure_key: str = "",
    limit: int = LONGEST_LIST,
) -> list[DossierLine]:
    """Return the dossiers that a number of `progress` counts, the ones due first at the top.

    Args:
        unit_id: The competent unit of the line; None for all lines.
        procedure_key: The procedure of the line; empty for all.

    Raises:
        UnknownMeasure: If there is no such measure.
    """
    if measure not in MEASURES:
        raise UnknownMeasure(", ".join(MEASURES), measure[:60])
    period = Period(since=since, until=until, now=unit.now)
    statement = (
        lines_of()
        .where(_where(unit, root_unit_id), MEASURES[measure](period))
        .order_by(DossierRow.current_due, DossierRow.id)
        .limit(limit)
    )
    if unit_id is not None:
        statement = statement.where(DossierRow.competent_unit_id == unit_id)
    if procedure_key:
        statement = statement.where(ProcedureRow.key == procedure_key)
    return list(dossier_lines(unit, unit.session.scalars(statement)))


def _where(unit: Unit, root_unit_id: int | None) -> ColumnElement[bool]:
    visible = scope_of(unit).dossiers()
    if root_unit_id is None:
        return visible
    return and_(visible, DossierRow.competent_unit_id.in_(units.below(unit, [root_unit_id])))
