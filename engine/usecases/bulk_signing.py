"""Signing the chosen decisions of a list with one PIN, each with what came of it.

The PIN is never kept, so no worker can go on with this: it is done while the leader waits, at most as many
as a batch may have. One that was cut short ends in words after a while; what was signed by then is signed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.domain.access import SYSTEM, Actor
from engine.domain.texts import Text
from engine.errors import ProcedureError, Refused
from engine.store import cases as rows
from engine.store.list_rows import OpenWorkRow
from engine.store.teamwork_rows import BulkLineRow, BulkRow
from engine.store.work import Unit
from engine.usecases import bulk
from engine.usecases.cases import Case
from engine.usecases.signing import SIGN, is_signed_here
from engine.usecases.signing_batches import MOST_AT_ONCE, BadChoice, SignResult, sign_decisions

if TYPE_CHECKING:
    from engine.runtime import Engine

CUT_OFF = timedelta(minutes=10)  # so long after its begin, nobody signs any more


class SigningCutOff(Refused):
    code = "bulk_signing_cut_off"
    vi = "Việc ký bị ngắt giữa chừng. Hãy mở lại hàng chờ ký để xem bước này đã ký hay chưa."
    en = "The signing was cut short. Open the signing queue again to see whether this step was signed."


def may_sign_all(unit: Unit, bulk_id: int) -> bool:
    """Say whether all chosen steps that the actor knows sign decisions on the screen, and are few enough."""
    chosen = unit.session.execute(
        select(OpenWorkRow.kind, OpenWorkRow.dossier_id)
        .join(BulkLineRow, BulkLineRow.work_item_id == OpenWorkRow.work_item_id)
        .where(BulkLineRow.bulk_id == bulk_id, BulkLineRow.code != "")
        .limit(MOST_AT_ONCE + 1)
    ).all()
    if not 0 < len(chosen) <= MOST_AT_ONCE or any(one.kind != SIGN for one in chosen):
        return False
    return is_signed_here(Case.of(unit, rows.get_dossier(unit, chosen[0].dossier_id)))


def sign_chosen(engine: Engine, actor: Actor, bulk_id: int, pin: str) -> bool:
    """Sign the decisions of a prepared bulk; return false if it was begun before.

    Raises:
        BadChoice, NoKey, KeyOfAnother, KeyMissing, WrongPin, TooManyPins: Then nothing was signed, and the
            choice stands as before.
    """
    with engine.unit(actor) as unit:
        row = bulk.own_bulk(unit, bulk_id, lock=True)
        if row.state != "prepared":
            return False
        if row.total > MOST_AT_ONCE:
            raise BadChoice("fewer", f"{row.total}", most=MOST_AT_ONCE, count=row.total)
        lines = unit.session.execute(
            select(BulkLineRow.work_item_id, BulkLineRow.version, BulkLineRow.id)
            .where(BulkLineRow.bulk_id == bulk_id)
            .order_by(BulkLineRow.id)
        ).all()
        row.act, row.state, row.begun_at = bulk.SIGN, "running", unit.now
    line_of = {one.work_item_id: one.id for one in lines}

    def told(result: SignResult) -> None:
        said = result.said or Text("Đã ký số.", "Signed.")
        with engine.unit(actor) as unit:
            line = bulk.waiting_line(unit, line_of[result.key])
            if line is not None:
                bulk.settle(unit, line, "refused" if result.said else "done", said)

    try:
        sign_decisions(engine, actor, [(one.work_item_id, one.version) for one in lines], pin, told)
    except ProcedureError:
        with engine.unit(actor) as unit:
            row = bulk.own_bulk(unit, bulk_id, lock=True)
            row.act, row.state, row.begun_at = "", "prepared", None
        raise
    with engine.unit(actor) as unit:
        row = bulk.own_bulk(unit, bulk_id, lock=True)
        row.state, row.ended_at = "done", unit.now
    return True


def carry_on(engine: Engine, most: int) -> int:
    """Go on with acts on many, for the worker; where none waits, end what was cut short. Return how much."""
    return bulk.carry_out_due(engine, most) or end_cut_off(engine)


def end_cut_off(engine: Engine) -> int:
    """End the signing that was cut short long ago, in words; return how many acts were ended."""
    cut_off = (BulkRow.state == "running", BulkRow.act == bulk.SIGN)
    with engine.reading(SYSTEM) as unit:
        too_old = BulkRow.begun_at < unit.now - CUT_OFF
        if unit.session.scalar(select(BulkRow.id).where(*cut_off, too_old).limit(1)) is None:
            return 0
    with engine.unit(SYSTEM) as unit:
        found = unit.session.scalars(select(BulkRow).where(*cut_off, too_old).with_for_update()).all()
        for row in found:
            bulk.refuse_rest(unit, row, SigningCutOff("to be signed", "it was cut short"))
        return len(found)
