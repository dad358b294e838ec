"""After a unit closed: its open dossiers go to those who continue its work; codes and deadlines stay."""

from __future__ import annotations

from sqlalchemy import or_, select

from engine.domain.access import check_holds
from engine.domain.calendar import local_day
from engine.errors import Refused
from engine.store import cases as rows
from engine.store import units
from engine.store.rows import DossierRow, UnitRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.cases import Case, write_history
from engine.usecases.routing import check_someone_is_there

ADMIN = "IT_ADMIN"
PLACES = ("received_unit_id", "competent_unit_id", "return_unit_id")


class UnitStillOpen(Refused):
    code = "unit_still_open"
    vi = "{unit} vẫn đang hoạt động nên chưa chuyển hồ sơ đi được. Hãy ghi ngày ngừng hoạt động trước."
    en = "{unit} is still open, so its dossiers cannot move to another unit. Close it first."


class NobodyContinues(Refused):
    code = "nobody_continues"
    vi = "Hồ sơ {dossier} của {unit} chưa có đơn vị kế thừa. Hãy khai đơn vị tiếp nhận nhiệm vụ trước."
    en = "Nobody continues dossier {dossier} of {unit}. Enter the successor first."


def hand_over_dossiers(unit: Unit, closed_unit_id: int) -> int:
    """Move the running dossiers and open steps of a closed unit to its successors; return how many dossiers.

    Where the work was split, each goes to the unit that now decides its procedure.

    Raises:
        RoleMissing: If the actor is not IT staff.
        UnitStillOpen: If the unit has not closed.
        NobodyContinues, NoOneToDo: If a dossier would be left without a desk; nothing moves then.
    """
    assignment = check_holds(unit.actor, ADMIN)
    today = local_day(unit.now)
    old = units.get_unit(unit, closed_unit_id)
    if units.facts(old).is_open(today):
        raise UnitStillOpen("a closed unit", "it is open", unit=old.name_vi)
    moved = _dossiers_of(unit, closed_unit_id)
    for dossier_id in moved:
        case = Case.of(unit, rows.lock_dossier(unit, dossier_id))
        case.assignment_id = assignment.id if assignment else None
        heir = units.successor(unit, old, today, case.row.procedure_id)
        if heir is None:
            raise NobodyContinues("a successor", "none is named", dossier=case.row.code, unit=old.name_vi)
        _move(case, old, heir)
        write_history(case)
        record(
            unit,
            f"dossier:{dossier_id}",
            "dossier.moved",
            {"from": old.code, "to": heir.code},
            case.assignment_id,
        )
    return len(moved)


def _dossiers_of(unit: Unit, unit_id: int) -> list[int]:
    waits = select(WorkItemRow.dossier_id).where(
        WorkItemRow.unit_id == unit_id, WorkItemRow.status == rows.OPEN
    )
    places = [getattr(DossierRow, name) == unit_id for name in PLACES]
    return list(
        unit.session.scalars(
            select(DossierRow.id)
            .where(DossierRow.ended_at.is_(None), or_(*places, DossierRow.id.in_(waits)))
            .order_by(DossierRow.id)
        )
    )


def _move(case: Case, old: UnitRow, heir: UnitRow) -> None:
    for name in PLACES:
        if getattr(case.row, name) == old.id:
            setattr(case.row, name, heir.id)
    moved = [item for item in case.items if item.unit_id == old.id]
    for item in moved:
        item.unit_id = heir.id
        item.claimed_by = item.claimed_at = None
        case.note("step.moved", item.node_id, item, name=item.name_vi, name_en=item.name_en)
    check_someone_is_there(case.unit, moved)
